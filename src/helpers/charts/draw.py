"""Drawings on empty axes: they compute nothing and return the matplotlib figure."""

import textwrap

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts.figure import BLUE, GREEN, GREY, ORANGE, PALE, canvas
from helpers.wording import month, number, percent, points, signed

ROW = 0.38  # inches a bar or row takes
HEADING = 11  # characters a line of a column's heading may hold before it meets its neighbour
TICKS = 10  # months named under a timeline before they meet
LABEL = 42  # characters a line of a row's label may hold
# How full the disc of an answer is: legible without colour.
DISCS = {"oui": ("full", BLUE), "en_cours": ("left", BLUE), "non": ("none", ORANGE)}
SIGNS = {"ne_sait_pas": "?", "autre": "*"}


def _bare(axes, *, left: bool = False) -> None:
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(left)
    axes.tick_params(length=0)


def bars(rows: pd.DataFrame, colours: list[str]) -> Figure:
    """A bar up to each share, or up to its lower bound when only bounds are known, and a thin line between the bounds.

    Columns of `describe.breakdown`. A middle is never drawn: nobody printed it.
    """
    figure, axes = canvas(0.5 + ROW * len(rows))
    places = list(range(len(rows)))[::-1]
    low, high = rows["part_min_pct"].astype(float), rows["part_max_pct"].astype(float)
    shares = rows["part_pct"].fillna(rows["part_min_pct"]).astype(float)
    axes.barh(places, [100] * len(rows), color="#f2f2f2", height=0.62)
    axes.barh(places, shares, color=colours, height=0.62)
    axes.hlines(places, low, high, color="black", linewidth=1.6)
    for place, row, end in zip(places, rows.itertuples(), pd.concat([shares, high], axis=1).max(axis=1), strict=True):
        bounds = f"{number(row.part_min_pct, 1)} à {percent(row.part_max_pct, 1)}"
        text = bounds if pd.isna(row.part_pct) else percent(row.part_pct, int(row.part_decimales))
        axes.text(end + 1.2, place, text, va="center", fontweight="bold")
    axes.set_yticks(places, rows["libelle"])
    axes.set_xlim(0, 112)
    axes.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", percent(100)], color=GREY)
    _bare(axes)
    return figure


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
    _bare(axes)
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
    _bare(axes)
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
    axes.legend(loc="lower right", frameon=False)
    _bare(axes)
    return figure


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
    _bare(axes)
    return figure
