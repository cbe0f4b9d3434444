"""What seaborn has not, for frames of comparisons: both values of a dumbbell, and the forest of differences."""

import pandas as pd
from matplotlib.axes import Axes

from helpers.charts import theme
from helpers.indicators.comparisons import comparison_of
from helpers.text.formats import points, signed, write_part


def ecarts(axes: Axes, frame: pd.DataFrame) -> None:
    """Completes the points of both shares of each comparison: a line between them, what rounding leaves open of each,
    their values on the outer sides, and the difference at the end of the row.

    ``frame`` (columns of `analysis.comparisons.table`) is in the order of the rows that are drawn.
    """
    beside = {"textcoords": "offset points", "va": "center"}
    for place, row in enumerate(frame.itertuples()):
        found = comparison_of(row)
        low, high = sorted((row.reference_pct, row.part_pct))
        axes.hlines(place, low, high, color=theme.PALE, linewidth=5, zorder=0)
        for name, lower in (("reference", 0.12), ("part", -0.12)):
            ends = (getattr(row, f"{name}_min_pct"), getattr(row, f"{name}_max_pct"))
            axes.hlines(place + lower, *ends, color=theme.INK, linewidth=1.4, zorder=1)
        left = min(row.reference_min_pct, row.part_min_pct)
        right = max(row.reference_max_pct, row.part_max_pct)
        names = ("part_reference", "part") if row.reference_pct <= row.part_pct else ("part", "part_reference")
        axes.annotate(write_part(found, names[0]), (left, place), (-9, 0), ha="right", **beside)
        axes.annotate(write_part(found, names[1]), (right, place), (9, 0), ha="left", **beside)
        if not found.is_near_unanimous:
            said = points(row.ecart_pts, 0 if found.is_protected or abs(row.ecart_pts) >= 10 else 1)
            at = axes.get_yaxis_transform()
            axes.text(1.0, place - 0.28, said, transform=at, ha="right", va="center", fontweight="bold")
    axes.margins(x=0.3)


def foret(axes: Axes, frame: pd.DataFrame) -> None:
    """One difference a row, in points: thick for what rounding leaves open, thin for the interval, full when net.

    ``frame`` is any rows of `analysis.comparisons.table` whose difference has an interval (``ic_bas``, ``ic_haut``).
    """
    axes.axvline(0, color=theme.GREY, linewidth=1)
    for place, row in enumerate(frame.itertuples()):
        axes.hlines(place, row.ic_bas, row.ic_haut, color=theme.INK, linewidth=1.2)
        band = {"color": theme.BLUE, "linewidth": 7, "alpha": theme.BAND}
        axes.hlines(place, row.ecart_min_pts, row.ecart_max_pts, **band)
        face = theme.BLUE if row.verdict == "net" else theme.GROUND
        axes.scatter(row.ecart_pts, place, s=60, facecolor=face, edgecolor=theme.BLUE, linewidth=2, zorder=3)
    axes.set_yticks(range(len(frame)), frame["libelle"])
    axes.set_ylim(len(frame) - 0.5, -0.5)
    axes.xaxis.set_major_formatter(lambda value, _: signed(value))
    axes.set_xlabel("écart, en points")
