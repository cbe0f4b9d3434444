"""Drawings of several populations at once: they compute nothing and return the matplotlib figure."""

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts.draw.axes import bare, folded
from helpers.charts.figure import canvas
from helpers.charts.palette import GREY, PALE, colour_of
from helpers.wording import number, percent

MARKERS = ("o", "s")  # one shape a modality, legible without colour


def populations(parts: list[pd.DataFrame], names: list[str]) -> Figure:
    """Two modalities of one indicator in several populations: a row a population, a dot a share, a bar its bounds.

    ``parts`` has the columns of `describe.breakdown`, one frame a population, named by ``names``. A share that is only
    bounded has its bar and no dot.
    """
    figure, axes = canvas(0.7 + 0.8 * len(parts))
    for place, rows in enumerate(parts):
        axes.hlines(place, 0, 100, color=PALE, linewidth=0.8, zorder=0)
        lowest = rows.sort_values("part_min_pct")["modalite"].iloc[0]
        for marker, row in zip(MARKERS, rows.sort_values("modalite").itertuples(), strict=True):
            _share(axes, place, row, marker=marker, is_left=row.modalite == lowest)
    axes.set_yticks(range(len(parts)), folded(names, 24))
    axes.set_xlim(0, 100)
    axes.set_ylim(len(parts) - 0.6, -0.85)
    axes.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", percent(100)], color=GREY)
    bare(axes)
    return figure


def _share(axes, place: int, row, *, marker: str, is_left: bool) -> None:
    """One share, its name above and its value beside, both on the side where the other modality is not."""
    colour, low, high = colour_of(row.indicateur, row.modalite), float(row.part_min_pct), float(row.part_max_pct)
    axes.hlines(place, low, high, color=colour, linewidth=7, alpha=0.4)
    said = f"{number(low, 1)} à {percent(high, 1)}"
    if not pd.isna(row.part_pct):
        axes.plot(row.part_pct, place, marker, markersize=8, color=colour)
        said = percent(row.part_pct, int(row.part_decimales))
    side, (beside, above) = ("right", (low - 2, high + 1)) if is_left else ("left", (high + 2, low - 1))
    axes.text(beside, place, said, ha=side, va="center", fontweight="bold")
    [name] = folded([row.libelle], 24)
    axes.text(above, place - 0.2, name, ha=side, va="bottom", color=colour, fontweight="bold", fontsize=9)
