"""Palette, sheets, words and bare axes that every chart shares."""

import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from helpers.indicators.lookup import PROTECTED, Fact, fact_of, merge_references
from helpers.text.formats import Html, number, percent, say, share, write_share
from helpers.text.tables import column_title

# --- One colour per modality in the whole report, light and dark; safe for the colour-blind ---
# Light colours serve as names: the SVG swaps each for its dark counterpart.

INK, GREY, MIDDLE, PALE = "#1b2026", "#55606b", "#8a8f94", "#d3d8dc"
GROUND = "#ffffff"  # of the page, and of what is written on a dark fill
TRACK = "#f0f2f3"  # behind a bar, up to the whole
BLACK = "#111111"  # written on a light fill, by day and by night
BLUE, ORANGE, GREEN = "#0067a5", "#c24f00", "#00916a"
SKY, PURPLE, AMBER = "#3c97d0", "#9a3a8a", "#b98400"
SHADES = (TRACK, "#dfeaf3", "#c5dbee", "#a3c8e4", "#7fb3da", "#5f9fce", BLUE)  # of a count, from none to the most

# INK and GROUND are those of the page (``style.css``).
DARK = {
    INK: "#e3e7ea",
    GREY: "#a5afb8",
    MIDDLE: "#7d868e",
    PALE: "#3a434b",
    GROUND: "#14181c",
    TRACK: "#20262b",
    BLACK: "#111111",
    BLUE: "#4aa3df",
    ORANGE: "#e8772e",
    GREEN: "#2fae86",
    SKY: "#9fd3f5",
    PURPLE: "#c76bb8",
    AMBER: "#efc665",
    SHADES[1]: "#21313e",
    SHADES[2]: "#23425a",
    SHADES[3]: "#275578",
    SHADES[4]: "#2b6088",
    SHADES[5]: "#2e6b99",
}

BAND = 0.7  # opacity of what a rounding leaves open behind a point: still three times the contrast of the ground

# Unlisted modalities are BLUE; a colour is never the only carrier of a meaning.
COLOURS = {
    "sexe/filles": PURPLE,
    "sexe/garcons": SKY,
    "origine/college": BLUE,
    "origine/hors_college": AMBER,
    "demande_initiale": ORANGE,
    "objectif": BLUE,
    "nouvel_accompagnement/oui": GREEN,
    "nouvel_accompagnement/non": GREY,
    "situation/collegien": MIDDLE,
    "situation/hors_college": PALE,
    "suivi_par/alses": BLUE,
    "suivi_par/autre_educateur": SKY,
    "participants/journee_nouveaux": PURPLE,
    "participants/nouveaux": GREEN,
    "participants/nord": BLUE,
    "participants/sud": ORANGE,
    "participants/chefs_de_service": GREY,
    "nature_enonce/constat": GREY,
    "nature_enonce/tension": ORANGE,
    "nature_enonce/levier": GREEN,
    "nature_enonce/recommandation": BLUE,
}


# Missing answers: the same neutral colour in every chart.
UNANSWERED = ("ne_sait_pas", "non_prevu", "non_renseigne")


def colour_of(indicator: str, modality: str = "") -> str:
    """The colour of a modality, else of its indicator, else the usual blue; what is no answer is grey.

    >>> colour_of("sexe", "filles"), colour_of("demande_initiale", "mobilite"), colour_of("niveau", "6e")
    ('#9a3a8a', '#c24f00', '#0067a5')
    """
    if modality in UNANSWERED:
        return MIDDLE
    return COLOURS.get(f"{indicator}/{modality}", COLOURS.get(indicator, BLUE))


def _luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def text_on(fill: str) -> str:
    """The text colour for a fill: the most legible in the worse of the two themes.

    >>> text_on(BLUE) == GROUND, text_on(PALE) == INK, text_on(GREEN) == BLACK
    (True, True, True)
    """
    themes = [lambda colour: colour, DARK.__getitem__]
    return max((GROUND, INK, BLACK), key=lambda text: min(contrast(theme(text), theme(fill)) for theme in themes))


# --- Texts of a chart ---

# Titles, readings and alt texts: macros shared by pages, then those of 02, of cross-tabulations and of a site.
words = partial(say, "figures")
describing = partial(say, "figures_describe")
crossing = partial(say, "figures_crossed")
site = partial(say, "figures_site")


def place_of(rows: pd.DataFrame) -> str:
    """The site of these rows (`indicators.named`); ``""`` for the network."""
    return rows["lieu"].iloc[0] if "lieu" in rows and len(rows) else ""


def is_protected(rows: pd.DataFrame) -> bool:
    """Whether some of these counts are rounded to protect persons."""
    return bool(rows["precision"].eq(PROTECTED).any())


def nothing(subject: str) -> Html:
    """The box that stands where a chart has no data."""
    return words("nothing", subject=subject)


def source(population: str, references: Iterable[str]) -> Html:
    return words("source", population=population, references=merge_references(references) or "calcul")


def bases(parts: Iterable[tuple[Fact | None, str]]) -> Html:
    """The bases of a chart, each with its population: « n = 2 233 (personnes suivies par un ALSES) »."""
    known = {(fact.base or fact.counts, label): (fact, label) for fact, label in parts if fact}
    return words("bases", facts=[said for (count, _), said in known.items() if count])


def is_tied(value: Any, values: list) -> bool:
    """Whether another value ties with the one that a title names."""
    return values.count(value) > 1


# --- The two sheets of a chart: wide screens and paper, phones ---


@dataclass(frozen=True)
class Sheet:
    """Width of a drawing in inches, and size of its texts in points.

    On a narrow sheet, the name of a row stands above it: beside it, it would take the room of what is drawn.
    """

    width: float
    text: float
    small: float
    is_narrow: bool = False


WIDE = Sheet(width=7.2, text=10, small=9)  # 691 pixels: the text column; small is 12 pixels
NARROW = Sheet(width=3.55, text=8.25, small=7.5, is_narrow=True)  # 341 pixels; 11 and 10 pixels

# Measured with matplotlib's own font, so that all machines lay out alike; a reader's font is at most as wide.
STYLE = {
    "font.family": "DejaVu Sans",
    "axes.spines.left": True,
    "axes.spines.bottom": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "white",
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.axisbelow": True,
    "axes.grid": False,
    "figure.facecolor": "white",
    "figure.dpi": 72,
    "hatch.color": INK,
    "lines.solid_capstyle": "round",
    "patch.edgecolor": "w",
    "patch.force_edgecolor": True,
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.direction": "out",
    "ytick.direction": "out",
    "xtick.top": False,
    "xtick.bottom": False,
    "ytick.left": False,
    "ytick.right": False,
}

YEARS = (1900, 2100)  # an axis between these bears years
_PLAIN = ("libelle", "annee")  # what these columns hold says what it is

_DRAWN = {
    "axes.formatter.useoffset": False,
    "figure.figsize": (7.2, 4),
    "figure.constrained_layout.use": True,
    "svg.fonttype": "none",
    "legend.frameon": False,
}


def style() -> None:
    """Gives seaborn and matplotlib the look of the report, for drawings that `publier` or a page shows."""
    import seaborn as sns

    sns.set_theme(style="white", palette=[BLUE, ORANGE, GREEN, PURPLE, SKY, AMBER], rc={**STYLE, **_DRAWN})
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg")  # text stays text
        shown = get_ipython().display_formatter.formatters["image/svg+xml"]
        draw = shown.for_type(Figure)
        shown.for_type(Figure, lambda figure: draw(_on_page(figure)))
    except (ImportError, AttributeError):  # no notebook
        pass


def _on_page(figure: Figure) -> Figure:
    """The figure, as wide as a page."""
    from helpers.charts.inline_svg import lay_out  # imports this module

    in_french(figure)
    lay_out(figure, is_narrow=False)
    return figure


class _French(ScalarFormatter):
    def __call__(self, value: float, place: int | None = None) -> str:
        return number(value, len(super().__call__(value, place).partition(".")[2]))


def in_french(figure: Figure) -> None:
    """Gives its axes words for the name of a column, whole years, French numbers, the unit of a share; in place."""
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        column, is_bare = axis.get_label_text(), type(axis.get_major_formatter()) is ScalarFormatter
        is_plain = column in _PLAIN or column.endswith("_pct") or column.startswith("effectif")
        axis.set_label_text("" if is_plain else column_title(column))
        if not is_bare or axis.get_scale() != "linear":
            continue
        if column.endswith("_pct"):
            axis.set_major_formatter(lambda value, _: percent(value))
        elif column.startswith("effectif"):
            axis.set_major_formatter(lambda value, _: number(value) if value == round(value) else "")
        else:
            low, high = sorted(axis.get_view_interval())
            if low > YEARS[0] and high < YEARS[1]:
                axis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
                axis.set_major_formatter("{x:.0f}")
            else:
                axis.set_major_formatter(_French())


def _style(sheet: Sheet) -> dict:
    return {**STYLE, "font.size": sheet.text}


def canvas(height: float, sheet: Sheet = WIDE, *, grid: tuple[int, int] = (1, 1)):
    """An empty figure in the house style and its axes (an array of them for a ``grid``); ``height`` in inches."""
    with mpl.rc_context(_style(sheet)):
        figure = Figure(figsize=(sheet.width, height), layout="constrained")
        return figure, figure.subplots(*grid)


def on(sheet: Sheet, draw: Callable[..., Figure]) -> Figure:
    """The drawing on a sheet, with the house style and the text size of that sheet."""
    with mpl.rc_context(_style(sheet)):
        return draw(sheet=sheet)


@lru_cache(maxsize=4096)
def size_of(text: str, font: FontProperties, is_math: bool) -> tuple[float, float, float]:
    """Width, height and descent of a text, in points; cached, as text measurement is expensive and repetitive."""
    return RendererBase().get_text_width_height_descent(text, font, is_math)


# --- Rows, their names, bare axes ---

ROW = 0.38  # inches a bar or row takes
ABOVE = 0.19  # inches more that its name takes above it, on a narrow sheet
SECOND = 0.14  # inches of a further line of it
RISE = 11  # points from the middle of a row to the foot of a name above it
HATCH = "/////"  # what was deduced, or what a rounding leaves open
LABEL_BOX = {"facecolor": GROUND, "edgecolor": "none", "pad": 0.6}  # so that a line does not cross a number
ACROSS = 52  # characters that a narrow sheet holds from side to side
LINE = 30  # characters a line of a row's label may hold beside wide drawings


def bare(axes, *, with_ticks: bool = True) -> None:
    """Axes without frame; ``with_ticks`` keeps the labels of the horizontal ones."""
    if not with_ticks:
        axes.set_xticks([])
    axes.spines[["bottom", "left"]].set_visible(False)
    axes.tick_params(length=0)


def written(row) -> str:
    """The share in a row (columns of `describe.breakdown`), as a drawing writes it."""
    if not hasattr(row, "croise_avec"):  # a share of nothing that the catalogue names
        return share(row.part_pct, row.part_decimales, (row.part_min_pct, row.part_max_pct))
    return write_share(fact_of(row))


def percent_ticks(axes) -> None:
    axes.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", percent(100)], color=GREY)


def folded(labels, width: int = LINE) -> list[str]:
    """The labels on lines of at most ``width`` characters, words whole; line breaks stay."""
    parts = (label.split("\n") for label in labels)
    return ["\n".join(textwrap.fill(line, width, break_long_words=False) for line in lines) for lines in parts]


def _above(labels: Iterable[str]) -> list[str]:
    return folded((label.replace("\n", " ") for label in labels), ACROSS)


def room(sheet: Sheet, labels: Iterable[str] = (), row: float = ROW) -> float:
    """Inches that a row takes, with its name above it on a narrow sheet."""
    if not sheet.is_narrow:
        return row
    return row + ABOVE + SECOND * max((label.count("\n") for label in _above(labels)), default=0)


def thick(sheet: Sheet) -> float:
    """The part of a row that its bar takes: about as thick on both sheets."""
    return 0.38 if sheet.is_narrow else 0.62


def name_rows(
    axes, places: Iterable[float], labels: Iterable[str], sheet: Sheet, *, width: int = LINE, rise: float = RISE
) -> None:
    """The name of each row: on its left, or ``rise`` points above its middle on a narrow sheet."""
    if not sheet.is_narrow:
        axes.set_yticks(list(places), folded(labels, width))
        return
    axes.set_yticks([])
    for place, label in zip(places, _above(labels), strict=True):
        at = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
        axes.annotate(label, (0, place), (0, rise), va="bottom", bbox=LABEL_BOX, **at)


# --- Rows with names of any length, on a scale of inches downwards ---

NAME_LINE = 0.155  # inches a line of a name takes, at the size of a wide sheet
GAP = 0.14  # inches between two rows
BAR, BEHIND = 0.17, 0.24  # inches that a bar is thick, and the one that shows behind it
FOOT = BEHIND / 2 + 0.02  # inches from the middle of a row to the foot of a name above it
STEP = 13  # points that a name below another stands further right
BESIDE, NAME_ABOVE = 34, 46  # characters a line of a name may hold on the left of a wide drawing, above a narrow one
LINES = 2  # lines of it: what is longer is cut, and whole in the table


def cut(names, width: int = BESIDE, lines: int = LINES) -> list[str]:
    """The names on a few lines, truncated past that; a word longer than a line is broken.

    >>> cut(["bureau", "a" * 9, "un bureau pour recevoir"], 8, 2)
    ['bureau', 'aaaaaaaa\\na', 'un\\nbureau…']
    """
    return [textwrap.fill(name, width, max_lines=lines, placeholder="…") for name in names]


def _lines(name: str) -> int:
    return name.count("\n") + 1


def stacked(names: list[str], sheet: Sheet, *, is_above: bool = False) -> tuple[list[float], float]:
    """The middle of each row, in inches from the top, and the total height; ``is_above`` for names over rows."""
    places, top, line = [], 0.0, NAME_LINE * sheet.text / 10
    for name in names:
        if is_above:
            places.append(top + _lines(name) * line + FOOT)
            top += _lines(name) * line + 2 * FOOT + 0.07
        else:
            high = max(BAR, _lines(name) * line) + GAP
            places.append(top + high / 2)
            top += high
    return places, top


def name_tree(axes, places: list[float], names: list[str], depths: list[int], sheet: Sheet) -> None:
    """The names of a tree, indented, its roots in bold; above the rows on a narrow sheet."""
    axes.set_yticks([])
    looks = [{} if depth else {"fontweight": "bold"} for depth in depths]
    step, wide = (STEP * 0.7, 0) if sheet.is_narrow else (STEP, _widest(names, depths, sheet) + 8)
    held = {"va": "bottom", "bbox": LABEL_BOX} if sheet.is_narrow else {"va": "center_baseline"}
    rise = FOOT * 72 if sheet.is_narrow else 0
    for place, name, depth, look in zip(places, names, depths, looks, strict=True):
        at = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
        axes.annotate(name, (0, place), (step * depth - wide, rise), ha="left", **at, **held, **look)


def _widest(names: list[str], depths: list[int], sheet: Sheet) -> float:
    """Points that the indented names take, as if all were in bold."""
    font = FontProperties(size=sheet.text, weight="bold")
    lines = [(line, depth) for name, depth in zip(names, depths, strict=True) for line in name.split("\n")]
    return max(STEP * depth + size_of(line, font, False)[0] for line, depth in lines)
