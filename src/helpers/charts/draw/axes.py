"""What every drawing shares: the room of a row and its name, bare axes."""

import textwrap
from collections.abc import Iterable

from helpers.charts.palette import GREY, GROUND
from helpers.charts.sheet import Sheet
from helpers.wording import percent

ROW = 0.38  # inches a bar or row takes
ABOVE = 0.19  # inches more that its name takes above it, on a narrow sheet
RISE = 9  # points from the middle of a row to the foot of a name above it
HATCH = "/////"  # what was deduced, or what a rounding leaves open
LABEL_BOX = {"facecolor": GROUND, "edgecolor": "none", "pad": 0.6}  # so that a line does not cross a number
LINE = 30  # characters a line of a row's label may hold beside wide drawings


def bare(axes, *, left: bool = False) -> None:
    """Axes without frame or ticks; ``left`` keeps the vertical line."""
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(left)
    axes.tick_params(length=0)


def percent_ticks(axes) -> None:
    """Five graduations from zero to the whole."""
    axes.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", percent(100)], color=GREY)


def folded(labels, width: int = LINE) -> list[str]:
    """The labels on lines of at most ``width`` characters, words whole."""
    return [textwrap.fill(label, width, break_long_words=False) for label in labels]


def room(sheet: Sheet, row: float = ROW) -> float:
    """Inches a row takes, with its name above it on a narrow sheet."""
    return row + ABOVE if sheet.is_narrow else row


def thick(sheet: Sheet) -> float:
    """The part of a row that its bar takes: about as thick on both sheets."""
    return 0.38 if sheet.is_narrow else 0.62


def name_rows(
    axes, places: Iterable[float], labels: Iterable[str], sheet: Sheet, *, width: int = LINE, rise: float = RISE
) -> None:
    """The name of each row: on its left, or above it on a narrow sheet, on one line, ``rise`` points over its middle."""
    if not sheet.is_narrow:
        axes.set_yticks(list(places), folded(labels, width))
        return
    axes.set_yticks([])
    for place, label in zip(places, labels, strict=True):
        at = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
        axes.annotate(label.replace("\n", " "), (0, place), (0, rise), va="bottom", **at)
