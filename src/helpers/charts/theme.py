"""Palette, sheets, words and bare axes that every chart shares."""

import warnings

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from helpers.text.formats import number, percent
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


# --- The look of every drawing ---

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

    # Grids of seaborn ask for their own layout; `publier` lays out again.
    warnings.filterwarnings("ignore", message="The figure layout has changed to tight")
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
