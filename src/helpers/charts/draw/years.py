"""Drawings of two years or two populations: they compute nothing and return the matplotlib figure."""

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts.draw.axes import bare, folded
from helpers.charts.figure import canvas
from helpers.charts.palette import GREY, ORANGE, PALE
from helpers.wording import number, percent, points

# Characters a line of a row's label may hold.
LABEL = 26


def two_shares(rows: pd.DataFrame, colours: list[str]) -> Figure:
    """A hollow point for the reference, a full one for what is spoken of, a thin line for what rounding allows.

    Columns ``etiquette``, ``texte``, ``part_pct``, ``reference_pct`` and their bounds (``…_min_pct`` …), ``ecart_pts``.
    """
    figure, axes = canvas(0.6 + 0.55 * len(rows))
    places = list(range(len(rows)))[::-1]
    axes.hlines(places, rows["reference_pct"], rows["part_pct"], color=PALE, linewidth=6)
    for place, row, colour in zip(places, rows.itertuples(), colours, strict=True):
        axes.hlines(place - 0.2, row.reference_min_pct, row.reference_max_pct, color="black", linewidth=1.6)
        axes.hlines(place - 0.2, row.part_min_pct, row.part_max_pct, color="black", linewidth=1.6)
        axes.scatter(row.reference_pct, place, s=80, facecolor="white", edgecolor=colour, linewidth=2, zorder=3)
        axes.scatter(row.part_pct, place, s=80, color=colour, zorder=4)
        # Beside the axes: the layout makes room for it, however long.
        said = f"{row.texte} : {points(row.ecart_pts)}"
        axes.text(1.02, place, said, transform=axes.get_yaxis_transform(), va="center", fontweight="bold")
    low, high = (rows[["part_pct", "reference_pct"]].agg(each).agg(each) for each in ("min", "max"))
    reach = max(high - low, 10)
    axes.set_xlim(max(0, low - reach * 0.25), min(100, high + reach * 0.25))
    return _shares_axis(figure, axes, places, rows)


def _shares_axis(figure: Figure, axes, places: list[int], rows: pd.DataFrame) -> Figure:
    axes.set_yticks(places, folded(rows["etiquette"], LABEL))
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.xaxis.set_major_formatter(lambda value, _: percent(value) if value <= 100 else "")
    bare(axes)
    axes.tick_params(axis="x", labelcolor=GREY)
    return figure


def stacked_counts(rows: pd.DataFrame, colours: tuple[str, str]) -> Figure:
    """One bar a year: the persons concerned, then the others; hatched where rounding leaves the limit open.

    Columns ``annee``, ``effectif`` and its bounds, ``base``, ``part_pct``, in the order of the years.
    """
    figure, axes = canvas(0.7 + 0.62 * len(rows))
    places = list(range(len(rows)))[::-1]
    axes.barh(places, rows["base"], color=colours[1], height=0.62)
    axes.barh(places, rows["effectif"], color=colours[0], height=0.62)
    axes.barh(
        places,
        rows["effectif_max"] - rows["effectif_min"],
        left=rows["effectif_min"],
        color="white",
        edgecolor="black",
        hatch="////",
        linewidth=0.8,
        height=0.62,
    )
    for place, row in zip(places, rows.itertuples(), strict=True):
        said = f"{number(row.effectif)}, {percent(row.part_pct, 1)}"
        axes.text(row.effectif_min / 2, place, said, ha="center", va="center", color="white", fontweight="bold")
        others = f"{number(row.base - row.effectif)}, {percent(100 - row.part_pct, 1)}"
        middle = (row.effectif_max + row.base) / 2
        axes.text(middle, place, others, ha="center", va="center", color="white", fontweight="bold")
        axes.text(row.base * 1.01, place, number(row.base), va="center", fontweight="bold")
    axes.set_yticks(places, [str(year) for year in rows["annee"]], fontweight="bold")
    axes.set_xlim(0, rows["base"].max() * 1.12)
    axes.set_xticks([])
    bare(axes)
    return figure


def composition(rows: pd.DataFrame, colours: list[str]) -> Figure:
    """Earlier share, present share, and the one that the extra persons would need, with its bounds.

    Columns of `two_shares`, then ``supplement_pct`` and its bounds.
    """
    figure, axes = canvas(0.7 + 0.7 * len(rows))
    places = list(range(len(rows)))[::-1]
    for place, row, colour in zip(places, rows.itertuples(), colours, strict=True):
        axes.hlines(place, row.supplement_min_pct, row.supplement_max_pct, color="black", linewidth=1.6)
        axes.scatter(row.reference_pct, place, s=80, facecolor="white", edgecolor=colour, linewidth=2, zorder=3)
        axes.scatter(row.part_pct, place, s=80, color=colour, zorder=4)
        axes.scatter(row.supplement_pct, place, s=95, marker="D", color=ORANGE, zorder=5)
        text = f"il faudrait {percent(row.supplement_pct, 1)}"
        axes.text(row.supplement_pct, place + 0.24, text, ha="center", fontweight="bold")
    axes.set_xlim(0, 100)
    figure = _shares_axis(figure, axes, places, rows)
    axes.set_ylim(-0.5, len(rows) - 0.3)
    return figure
