"""Drawings of the network, its posts and meetings: they compute nothing and return the matplotlib figure."""

import textwrap

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts.draw.axes import ROW, bare
from helpers.charts.figure import canvas
from helpers.charts.palette import BLUE, GREEN, GREY, ORANGE, PALE
from helpers.wording import month, number

HEADING = 11  # characters a line of a column's heading may hold before it meets its neighbour
TICKS = 10  # months named under a timeline before they meet
LABEL = 42  # characters a line of a row's label may hold
# How full the disc of an answer is: legible without colour.
DISCS = {"oui": ("full", BLUE), "en_cours": ("left", BLUE), "non": ("none", ORANGE)}
SIGNS = {"ne_sait_pas": "?", "autre": "*"}


def timeline(months: pd.DataFrame) -> Figure:
    """One dot a post above the month of its start; columns ``mois``, ``postes``."""
    figure, axes = canvas(2.0)
    span = pd.date_range(months["mois"].min(), months["mois"].max(), freq="MS")
    place = {first: index for index, first in enumerate(span)}
    for row in months.itertuples():
        axes.scatter([place[row.mois]] * row.postes, range(1, row.postes + 1), s=90, color=BLUE)
        axes.text(place[row.mois], row.postes + 0.75, number(row.postes), ha="center", fontweight="bold")
    step = -(-len(span) // TICKS)
    axes.set_xticks(range(0, len(span), step), [month(first).replace(" ", "\n") for first in span[::step]])
    axes.set_xlim(-0.6, len(span) - 0.4)
    axes.set_ylim(0, months["postes"].max() + 1.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    return figure


def grid(answers: pd.DataFrame, labels: dict[str, str]) -> Figure:
    """One row a post, one column a condition: a sign for each answer, legible without colour."""
    figure, axes = canvas(1.4 + 0.3 * len(answers))
    for column, name in enumerate(labels):
        for row, value in enumerate(answers[name]):
            if value in DISCS:
                fill, colour = DISCS[value]
                axes.plot(
                    column,
                    row,
                    "o",
                    fillstyle=fill,
                    color=colour,
                    markersize=9,
                    markerfacecoloralt="white",
                    markeredgewidth=1.6,
                )
            else:
                axes.text(column, row, SIGNS[value], ha="center", va="center", fontweight="bold", color=GREY)
    axes.set_yticks(range(len(answers)), [textwrap.fill(label, LABEL) for label in answers["poste"]])
    axes.set_xticks(
        range(len(labels)),
        [textwrap.fill(label, HEADING, break_long_words=False) for label in labels.values()],
        fontsize=9,
    )
    axes.xaxis.tick_top()
    axes.set_xlim(-0.5, len(labels) - 0.5)
    axes.set_ylim(len(answers) - 0.5, -0.5)
    axes.hlines([row + 0.5 for row in range(len(answers) - 1)], -0.5, len(labels) - 0.5, color=PALE, linewidth=0.6)
    axes.spines["top"].set_visible(False)
    bare(axes)
    return figure


def attendance(rows: pd.DataFrame) -> Figure:
    """Present in a filled bar, invited in an empty one; columns ``libelle``, ``effectif_max``, ``base_max``."""
    figure, axes = canvas(0.5 + ROW * len(rows))
    places = list(range(len(rows)))[::-1]
    present, invited = rows["effectif_max"].astype(float), rows["base_max"].astype(float)
    axes.barh(places, invited.fillna(0), color="white", edgecolor=GREY, height=0.62)
    axes.barh(places, present, color=GREEN, height=0.62)
    for place, here, asked in zip(places, present, invited, strict=True):
        text = f"{number(here)} sur {number(asked)}" if asked == asked else f"{number(here)} (invités non publiés)"
        axes.text(max(here, asked if asked == asked else here) + 0.4, place, text, va="center", fontweight="bold")
    axes.set_yticks(places, rows["libelle"])
    axes.set_xlim(0, max(present.max(), invited.max()) * 1.35)
    axes.set_xticks([])
    bare(axes)
    return figure
