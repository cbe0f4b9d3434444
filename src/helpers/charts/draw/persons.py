"""Drawings of the persons followed: they compute nothing and return the matplotlib figure."""

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts.draw.axes import HATCH, ROW, bare
from helpers.charts.figure import canvas
from helpers.charts.palette import BLUE, GREY, ORANGE, PALE
from helpers.wording import number, percent


def bars(rows: pd.DataFrame, colours: list[str]) -> Figure:
    """A bar up to each share, or up to its lower bound when only bounds are known, and a thin line between the bounds.

    Columns of `describe.breakdown`. A middle is never drawn: nobody printed it. What was deduced is hatched.
    """
    figure, axes = canvas(0.5 + ROW * len(rows))
    places = list(range(len(rows)))[::-1]
    low, high = rows["part_min_pct"].astype(float), rows["part_max_pct"].astype(float)
    shares = rows["part_pct"].fillna(rows["part_min_pct"]).astype(float)
    axes.barh(places, [100] * len(rows), color="#f2f2f2", height=0.62)
    for place, share, colour, precision in zip(places, shares, colours, rows["precision"], strict=True):
        fill = {"facecolor": "white", "hatch": HATCH} if precision == "deduit" else {"facecolor": colour}
        axes.barh(place, share, edgecolor=colour, linewidth=0.8, height=0.62, **fill)
    axes.hlines(places, low, high, color="black", linewidth=1.6)
    for place, row, end in zip(places, rows.itertuples(), pd.concat([shares, high], axis=1).max(axis=1), strict=True):
        bounds = f"{number(row.part_min_pct, 1)} à {percent(row.part_max_pct, 1)}"
        text = bounds if pd.isna(row.part_pct) else percent(row.part_pct, int(row.part_decimales))
        axes.text(end + 1.2, place, text, va="center", fontweight="bold")
    axes.set_yticks(places, rows["libelle"])
    axes.set_xlim(0, 112)
    axes.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", percent(100)], color=GREY)
    bare(axes)
    return figure


def dumbbell(rows: pd.DataFrame) -> Figure:
    """From the request to the objective, one row a theme; columns ``libelle``, ``demande_pct``, ``objectif_pct``."""
    figure, axes = canvas(0.9 + ROW * len(rows))
    places = list(range(len(rows)))[::-1]
    axes.hlines(places, rows["demande_pct"].astype(float), rows["objectif_pct"].astype(float), color=PALE, linewidth=5)
    axes.scatter(
        rows["demande_pct"].astype(float),
        places,
        s=70,
        facecolor="white",
        edgecolor=ORANGE,
        linewidth=2,
        zorder=3,
        label="demande initiale",
    )
    axes.scatter(rows["objectif_pct"].astype(float), places, s=80, color=BLUE, zorder=3, label="objectif travaillé")
    for place, row in zip(places, rows.itertuples(), strict=True):
        text = f"{number(row.demande_pct, 1)} → {percent(row.objectif_pct, 1)}"
        axes.text(max(row.demande_pct, row.objectif_pct) + 1.2, place, text, va="center", fontweight="bold")
    axes.set_yticks(places, rows["libelle"])
    axes.set_xlim(-1, max(50, rows[["demande_pct", "objectif_pct"]].max().max() * 1.35))
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.xaxis.set_major_formatter(lambda value, _: percent(value))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, borderaxespad=0)
    bare(axes)
    return figure
