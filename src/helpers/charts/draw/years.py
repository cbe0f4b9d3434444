"""Drawings of two years: they compute nothing and return the matplotlib figure."""

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts.figure import canvas
from helpers.charts.palette import BLUE, GREY
from helpers.wording import points, signed


def differences(rows: pd.DataFrame) -> Figure:
    """Differences of shares: a point for the printed one, a bar for its bounds, a line at zero."""
    figure, axes = canvas(0.9 + 0.5 * len(rows))
    places = list(range(len(rows)))[::-1]
    low, high = rows["ecart_part_min_pts"].astype(float), rows["ecart_part_max_pts"].astype(float)
    axes.axvline(0, color=GREY, linewidth=1)
    axes.hlines(places, low, high, color=BLUE, linewidth=6, alpha=0.45)
    said = rows["ecart_part_pts"].astype(float)
    axes.scatter(said, places, s=70, color=BLUE, zorder=3)
    for place, value, least, most in zip(places, said, low, high, strict=True):
        # Without a printed share on both sides there is no point to say: only the bounds.
        text = points(value) if value == value else f"{signed(least, 1)} à {points(most)}"
        axes.text((least + most) / 2 if value != value else value, place + 0.22, text, ha="center", fontweight="bold")
    axes.set_yticks(places, rows["etiquette"])
    reach = max(abs(low).max(), abs(high).max(), 2) * 1.25
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-0.6, len(rows) - 0.2)
    axes.xaxis.set_major_formatter(lambda value, _: signed(value))
    axes.set_xlabel("écart en points", color=GREY)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure
