"""The look, the words and the bare axes that every chart shares."""

import warnings

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from helpers.palette import AMBER, BLUE, GREEN, GREY, INK, ORANGE, PURPLE, SKY
from helpers.text.formats import number, percent
from helpers.text.tables import column_title

# --- The look of every drawing ---

# What the white style of seaborn does not say. Texts are measured with matplotlib's own font, so that all machines lay
# out alike; a reader's font is at most as wide.
STYLE = {
    "font.family": "DejaVu Sans",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.formatter.useoffset": False,
    "axes.labelcolor": INK,
    "figure.constrained_layout.use": True,
    "figure.dpi": 72,
    "figure.figsize": (7.2, 4),
    "hatch.color": INK,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": INK,
    "ytick.color": INK,
}

YEARS = (1900, 2100)  # an axis between these bears years
_PLAIN = ("libelle", "annee")  # what these columns hold says what it is


def style() -> None:
    """Gives seaborn and matplotlib the look of the report, for drawings that `publier` or a page shows."""
    import seaborn as sns

    # Grids of seaborn ask for their own layout; `publier` lays out again.
    warnings.filterwarnings("ignore", message="The figure layout has changed to tight")
    sns.set_theme(style="white", palette=[BLUE, ORANGE, GREEN, PURPLE, SKY, AMBER], rc=STYLE)
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
