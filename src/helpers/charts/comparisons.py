"""What seaborn has not, for frames of comparisons: both values of a dumbbell, and the forest of differences."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from helpers import palette
from helpers.indicators.comparisons import comparison_of
from helpers.indicators.lookup import rows_in
from helpers.text.formats import decimals_of, percent, points, signed, write_part


def ecarts(axes: Axes, frame: pd.DataFrame) -> None:
    """Completes the points of both shares of each comparison: the way between them and how long it is, their values on
    the outer sides, and what rounding leaves open of each where it shows.

    ``frame`` (columns of `analysis.comparisons.table`) is in the order of the rows that are drawn.
    """
    aside = {"textcoords": "offset points", "va": "center"}
    above = {"textcoords": "offset points", "ha": "center", "va": "bottom", "fontweight": "bold"}
    for place, row in enumerate(rows_in(frame)):
        found = comparison_of(row)
        low, high = sorted((row.reference_pct, row.part_pct))
        axes.hlines(place, low, high, color=palette.PALE, linewidth=5, zorder=0)
        left, right = low, high
        for name, lower in (("reference", 0.1), ("part", -0.1)):
            least, most = getattr(row, f"{name}_min_pct"), getattr(row, f"{name}_max_pct")
            if most - least > _SHOWS:
                axes.hlines(place + lower * found.is_protected, least, most, color=palette.INK, linewidth=1.4, zorder=1)
                left, right = min(left, least), max(right, most)
        names = ("part_reference", "part") if row.reference_pct <= row.part_pct else ("part", "part_reference")
        axes.annotate(write_part(found, names[0]), (left, place), (-9, 0), ha="right", **aside)
        axes.annotate(write_part(found, names[1]), (right, place), (9, 0), ha="left", **aside)
        if not found.is_near_unanimous and found.finding != "stable":
            said = points(row.ecart_pts, 0 if found.is_protected else decimals_of(found["ecart"]))
            axes.annotate(said, ((low + high) / 2, place), (0, 7), **above)
    # From zero, so that a small change looks small; room for the values, on a phone too.
    ends = frame[["reference_pct", "part_pct"]]
    most, least = float(ends.max(axis=None)), float(ends.min(axis=None))
    axes.set_xlim(0 if least > 0.2 * most else -0.2 * most, 1.25 * most)
    axes.spines["left"].set_visible(False)
    axes.set_ylim(len(frame) - 0.5, -0.75)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=True))
    axes.xaxis.set_major_formatter(lambda part, _: percent(part) if 0 <= part <= 100 else "")


_SHOWS = 1.2  # points that a point covers: a narrower interval would not be seen


def foret(axes: Axes, frame: pd.DataFrame) -> None:
    """One difference a row, in points: thick for what rounding leaves open, thin for the interval, full beyond chance.

    ``frame`` is any rows of `analysis.comparisons.table` whose difference has an interval (``ic_bas``, ``ic_haut``).
    """
    axes.axvline(0, color=palette.GREY, linewidth=1)
    for place, row in enumerate(rows_in(frame)):
        axes.hlines(place, row.ic_bas, row.ic_haut, color=palette.INK, linewidth=1.2)
        band = {"color": palette.BLUE, "linewidth": 7, "alpha": palette.BAND}
        axes.hlines(place, row.ecart_min_pts, row.ecart_max_pts, **band)
        face = palette.BLUE if row.verdict == "hors du hasard" else palette.GROUND
        axes.scatter(row.ecart_pts, place, s=60, facecolor=face, edgecolor=palette.BLUE, linewidth=2, zorder=3)
    axes.set_yticks(range(len(frame)), frame["libelle"])
    axes.set_ylim(len(frame) - 0.5, -0.5)
    axes.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10], integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: signed(value))
    axes.set_xlabel("écart, en points")
