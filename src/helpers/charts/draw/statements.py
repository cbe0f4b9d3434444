"""Drawings of the coded statements: they compute nothing and return the matplotlib figure."""

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts.draw.axes import bare
from helpers.charts.figure import canvas
from helpers.charts.palette import GREY
from helpers.wording import number


def heat(counts: pd.DataFrame) -> Figure:
    """A matrix of counts: the darker, the more; each cell says its number."""
    figure, axes = canvas(0.7 + 0.42 * len(counts))
    top = max(1, int(counts.to_numpy().max()))
    axes.imshow(counts.to_numpy(), cmap="Blues", vmin=0, vmax=top * 1.3, aspect="auto")
    for row, values in enumerate(counts.to_numpy()):
        for column, value in enumerate(values):
            axes.text(
                column,
                row,
                number(value),
                ha="center",
                va="center",
                fontweight="bold" if value else "normal",
                color="white" if value > 0.7 * top * 1.3 else "black" if value else GREY,
            )
    axes.set_yticks(range(len(counts)), counts.index)
    axes.set_xticks(range(len(counts.columns)), [f"{name}s" for name in counts.columns])
    axes.xaxis.tick_top()
    axes.spines["top"].set_visible(False)
    bare(axes)
    return figure
