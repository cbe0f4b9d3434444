"""What every drawing shares: the room of a row and its name, bare axes."""

import textwrap
from collections.abc import Iterable

from helpers.charts.palette import GREY, GROUND
from helpers.charts.sheet import Sheet
from helpers.facts import fact_of
from helpers.wording import percent, share
from helpers.wording.written import write_share

ROW = 0.38  # inches a bar or row takes
ABOVE = 0.19  # inches more that its name takes above it, on a narrow sheet
SECOND = 0.14  # inches of a further line of it
RISE = 11  # points from the middle of a row to the foot of a name above it
HATCH = "/////"  # what was deduced, or what a rounding leaves open
LABEL_BOX = {"facecolor": GROUND, "edgecolor": "none", "pad": 0.6}  # so that a line does not cross a number
ACROSS = 52  # characters that a narrow sheet holds from side to side
LINE = 30  # characters a line of a row's label may hold beside wide drawings


def bare(axes, *, left: bool = False) -> None:
    """Axes without frame or ticks; ``left`` keeps the vertical line."""
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(left)
    axes.tick_params(length=0)


def written(row) -> str:
    """The share in a row (columns of `describe.breakdown`), as a drawing bears it."""
    if not hasattr(row, "croise_avec"):  # a share of nothing that the catalogue names
        return share(row.part_pct, row.part_decimales, (row.part_min_pct, row.part_max_pct))
    return write_share(fact_of(row))


def percent_ticks(axes) -> None:
    """Five graduations from zero to the whole."""
    axes.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", percent(100)], color=GREY)


def folded(labels, width: int = LINE) -> list[str]:
    """The labels on lines of at most ``width`` characters, words whole; line breaks stay."""
    parts = (label.split("\n") for label in labels)
    return ["\n".join(textwrap.fill(line, width, break_long_words=False) for line in lines) for lines in parts]


def _above(labels: Iterable[str]) -> list[str]:
    """The names of rows as they stand above them."""
    return folded((label.replace("\n", " ") for label in labels), ACROSS)


def room(sheet: Sheet, labels: Iterable[str] = (), row: float = ROW) -> float:
    """Inches a row takes, with its name above it on a narrow sheet, however many lines the longest ``labels`` need."""
    if not sheet.is_narrow:
        return row
    return row + ABOVE + SECOND * max((label.count("\n") for label in _above(labels)), default=0)


def thick(sheet: Sheet) -> float:
    """The part of a row that its bar takes: about as thick on both sheets."""
    return 0.38 if sheet.is_narrow else 0.62


def limit_rows(axes, count: int) -> None:
    """The vertical limits of rows numbered upwards from zero, the same room for each whatever their number."""
    axes.set_ylim(-0.5, count - 0.5)


def name_rows(
    axes, places: Iterable[float], labels: Iterable[str], sheet: Sheet, *, width: int = LINE, rise: float = RISE
) -> None:
    """The name of each row: on its left, or above it on a narrow sheet, ``rise`` points over its middle."""
    if not sheet.is_narrow:
        axes.set_yticks(list(places), folded(labels, width))
        return
    axes.set_yticks([])
    for place, label in zip(places, _above(labels), strict=True):
        at = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
        axes.annotate(label, (0, place), (0, rise), va="bottom", bbox=LABEL_BOX, **at)
