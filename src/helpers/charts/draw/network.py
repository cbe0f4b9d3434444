"""Drawings of the network, its posts and meetings: they compute nothing and return the matplotlib figure."""

import textwrap

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts.draw.axes import ROW, bare
from helpers.charts.figure import canvas
from helpers.charts.palette import BLUE, GREY, ORANGE, PALE, colour_of
from helpers.wording import month, number, percent

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


def answers(axes, given: list[tuple[float, float, str]]) -> None:
    """The sign of each answer (column, row, value): a disc more or less full, or a character."""
    for value, (fill, colour) in DISCS.items():  # all of a kind at once: the marker is then written once
        places = [(column, row) for column, row, answer in given if answer == value]
        style = {"markersize": 9, "markerfacecoloralt": "white", "markeredgewidth": 1.6}
        if places:
            axes.plot(*zip(*places, strict=True), "o", fillstyle=fill, color=colour, **style)
    for column, row, value in given:
        if value not in DISCS:
            axes.text(column, row, SIGNS[value], ha="center", va="center", fontweight="bold", color=GREY)


def grid(posts: pd.DataFrame, labels: dict[str, str], *, totals: dict[str, str]) -> Figure:
    """One row a post, one column a condition: a sign for each answer, legible without colour; below, the totals."""
    figure, axes = canvas(1.7 + 0.3 * len(posts))
    last = len(posts) + 0.1
    answers(axes, [(place, row, value) for place, name in enumerate(labels) for row, value in enumerate(posts[name])])
    for column, name in enumerate(labels):
        axes.text(column, last, totals[name], ha="center", va="center", fontweight="bold")
    names = [textwrap.fill(label, LABEL) for label in posts["poste"]]
    axes.set_yticks([*range(len(posts)), last], [*names, "Réponses « oui »"])
    axes.get_yticklabels()[-1].set_fontweight("bold")
    axes.set_xticks(
        range(len(labels)),
        [textwrap.fill(label, HEADING, break_long_words=False) for label in labels.values()],
        fontsize=9,
    )
    axes.xaxis.tick_top()
    axes.set_xlim(-0.5, len(labels) - 0.5)
    axes.set_ylim(len(posts) + 0.6, -0.5)
    axes.axhline(len(posts) - 0.5, color=GREY, linewidth=1)
    axes.hlines([row + 0.5 for row in range(len(posts) - 1)], -0.5, len(labels) - 0.5, color=PALE, linewidth=0.6)
    axes.spines["top"].set_visible(False)
    bare(axes)
    return figure


def attendance(rows: pd.DataFrame) -> Figure:
    """Present in a bar of the group's colour, invited in an empty one; columns of `describe.attendance`."""
    figure, axes = canvas(0.5 + ROW * len(rows))
    places = list(range(len(rows)))[::-1]
    present, invited = rows["effectif_max"].astype(float), rows["base_max"].astype(float)
    axes.barh(places, invited.fillna(0), color="white", edgecolor=GREY, height=0.62)
    axes.barh(places, present, color=[colour_of("participants", name) for name in rows["modalite"]], height=0.62)
    for place, row in zip(places, rows.itertuples(), strict=True):
        is_known = not pd.isna(row.base_max)
        share = f" ({percent(row.part_pct, int(row.part_decimales))})" if is_known and not pd.isna(row.part_pct) else ""
        asked = f" sur {number(row.base_max)}{share}" if is_known else " (invités non publiés)"
        end = max(row.effectif_max, row.base_max) if is_known else row.effectif_max
        axes.text(end + 0.4, place, number(row.effectif_max) + asked, va="center", fontweight="bold")
    axes.set_yticks(places, rows["libelle"])
    axes.set_xlim(0, max(present.max(), invited.max()) * 1.45)
    axes.set_xticks([])
    bare(axes)
    return figure
