"""Drawings of any indicator: counts as bars, and a cross table as a heat table."""

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts.draw.axes import ROW, bare, folded
from helpers.charts.figure import canvas
from helpers.charts.palette import GREY
from helpers.wording import number

LABEL = 34  # characters a line of a row's label may hold
HEAD = 14  # and of a column's
DARK = 0.6  # share of the largest count from which a cell is dark enough for white ink


def _said(low: int, high: int) -> str:
    return number(low) if low == high else f"{number(low)} à {number(high)}"


def counts(rows: pd.DataFrame, colours: list[str]) -> Figure:
    """A bar up to the smallest possible count of each modality, and a thin line up to the largest.

    Columns ``libelle``, ``effectif_min``, ``effectif_max``, all known.
    """
    figure, axes = canvas(0.5 + ROW * len(rows))
    places, top = list(range(len(rows)))[::-1], max(1, int(rows["effectif_max"].max()))
    for place, row, colour in zip(places, rows.itertuples(), colours, strict=True):
        axes.barh(place, row.effectif_min, color=colour, height=0.62)
        axes.hlines(place, row.effectif_min, row.effectif_max, color="black", linewidth=1.6)
        said = _said(row.effectif_min, row.effectif_max)
        axes.text(row.effectif_max + top / 80, place, said, va="center", fontweight="bold")
    axes.set_yticks(places, folded(rows["libelle"], LABEL))
    axes.set_xlim(0, top * 1.18)
    axes.xaxis.set_major_formatter(lambda value, _: number(value) if value == round(value) else "")
    bare(axes)
    return figure


def crossing(rows: pd.DataFrame) -> Figure:
    """A cross table of counts: the darker, the more; each cell says its number, or its bounds.

    Columns ``libelle``, ``libelle_croise``, ``effectif_min``, ``effectif_max``; a cell that is not there is a dash.
    """
    lines, columns = list(dict.fromkeys(rows["libelle"])), list(dict.fromkeys(rows["libelle_croise"]))
    figure, axes = canvas(1.0 + 0.42 * len(lines))
    known = rows.dropna(subset=["effectif_min", "effectif_max"])
    cells = {(row.libelle, row.libelle_croise): (row.effectif_min, row.effectif_max) for row in known.itertuples()}
    top = max(1, *(int(high) for _, high in cells.values()), 1)
    shades = [[cells.get((line, column), (0, 0))[1] for column in columns] for line in lines]
    axes.imshow(shades, cmap="Blues", vmin=0, vmax=top * 1.3, aspect="auto")
    for place, line in enumerate(lines):
        for rank, column in enumerate(columns):
            low, high = cells.get((line, column), (None, None))
            text = "—" if low is None else _said(low, high)
            ink = GREY if not high else "white" if high > DARK * top * 1.3 else "black"
            axes.text(rank, place, text, ha="center", va="center", fontweight="bold" if high else "normal", color=ink)
    axes.set_yticks(range(len(lines)), folded(lines, LABEL))
    axes.set_xticks(range(len(columns)), folded(columns, HEAD))
    axes.xaxis.tick_top()
    axes.spines["top"].set_visible(False)
    bare(axes)
    return figure
