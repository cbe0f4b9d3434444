"""What every drawing shares: the room of a row, bare axes."""

import textwrap

from helpers.charts.palette import GREY
from helpers.wording import percent

ROW = 0.38  # inches a bar or row takes
HATCH = "/////"  # what was deduced, or what a rounding leaves open
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
