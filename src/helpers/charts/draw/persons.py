"""Drawings of the persons followed: they compute nothing and return the matplotlib figure."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.charts.draw.axes import (
    HATCH,
    RISE,
    bare,
    folded,
    limit_rows,
    name_rows,
    percent_ticks,
    room,
    thick,
    written,
)
from helpers.charts.palette import GREY, GROUND, INK, PALE, TRACK, colour_of
from helpers.charts.sheet import WIDE, Sheet, canvas
from helpers.wording import number, percent

ASKED, WORKED = colour_of("demande_initiale"), colour_of("objectif")
FOOT = 0.2  # inches
_NETWORK = {"facecolor": GROUND, "edgecolor": INK, "linewidth": 1.2}
MARKERS = ("o", "s")  # one shape a modality, legible without colour


def bars(rows: pd.DataFrame, colours: list[str], *, beside: pd.DataFrame | None = None, sheet: Sheet = WIDE) -> Figure:
    """A bar up to each share, or up to its lower bound when only bounds are known, and a thin line between the bounds.

    Columns of `describe.breakdown`. A middle is never drawn: nobody printed it. What was deduced is hatched. ``beside``
    are the same modalities of the network, drawn as diamonds on the bars of a site.
    """
    # Of few rows, the names above them and the diamonds under them would meet.
    more = FOOT if beside is not None and sheet.is_narrow else 0
    figure, axes = canvas(0.4 + more + room(sheet, rows["libelle"]) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    low, high = rows["part_min_pct"].astype(float), rows["part_max_pct"].astype(float)
    shares = rows["part_pct"].fillna(rows["part_min_pct"]).astype(float)
    axes.barh(places, [100] * len(rows), color=TRACK, height=thick(sheet))
    for place, width, colour, precision in zip(places, shares, colours, rows["precision"], strict=True):
        fill = {"facecolor": GROUND, "hatch": HATCH} if precision == "deduit" else {"facecolor": colour}
        axes.barh(place, width, edgecolor=colour, linewidth=0.8, height=thick(sheet), **fill)
    axes.hlines(places, low, high, color=INK, linewidth=1.6)
    for place, row, end in zip(places, rows.itertuples(), pd.concat([shares, high], axis=1).max(axis=1), strict=True):
        axes.text(end + 1.2, place, written(row), va="center", fontweight="bold")
    if beside is not None:
        _mark_network(axes, places, beside, sheet)
    name_rows(axes, places, rows["libelle"], sheet)
    limit_rows(axes, len(rows))
    axes.set_xlim(0, 118 if sheet.is_narrow else 112)
    percent_ticks(axes)
    bare(axes)
    return figure


def _mark_network(axes, places: list[int], beside: pd.DataFrame, sheet: Sheet) -> None:
    """The network's shares on the rows of a site: a diamond under each, clear of its value, and theirs at the end."""
    feet = [place - thick(sheet) / 2 for place in places]
    axes.scatter(beside["part_pct"].astype(float), feet, s=26, marker="D", zorder=4, **_NETWORK)
    across = axes.get_yaxis_transform()
    for place, row in zip(places, beside.itertuples(), strict=True):
        said = f"réseau {written(row)}"
        if sheet.is_narrow:  # on the line of the row's name, at the other end
            at = {"xycoords": across, "textcoords": "offset points", "ha": "right", "va": "bottom"}
            axes.annotate(said, (1, place), (0, RISE), color=GREY, **at)
        else:  # beside the axes: the layout makes room for it
            axes.text(1.01, place, said, transform=across, va="center", color=GREY)


def dumbbell(rows: pd.DataFrame, *, sheet: Sheet = WIDE) -> Figure:
    """From the request to the objective, one row a theme; columns ``libelle``, ``demande_pct``, ``objectif_pct``."""
    figure, axes = canvas(0.7 + room(sheet, rows["libelle"]) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    axes.hlines(places, rows["demande_pct"].astype(float), rows["objectif_pct"].astype(float), color=PALE, linewidth=5)
    axes.scatter(
        rows["demande_pct"].astype(float),
        places,
        s=70,
        facecolor=GROUND,
        edgecolor=ASKED,
        linewidth=2,
        zorder=3,
        label="demande initiale",
    )
    axes.scatter(rows["objectif_pct"].astype(float), places, s=80, color=WORKED, zorder=3, label="objectif travaillé")
    for place, row in zip(places, rows.itertuples(), strict=True):
        text = f"{number(row.demande_pct, 1)} → {percent(row.objectif_pct, 1)}"
        end = (max(row.demande_pct, row.objectif_pct), place)
        axes.annotate(text, end, (8, 0), textcoords="offset points", va="center", fontweight="bold")
    name_rows(axes, places, rows["libelle"], sheet)
    axes.set_xlim(-1, max(50, rows[["demande_pct", "objectif_pct"]].max().max() * (1.6 if sheet.is_narrow else 1.35)))
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: percent(value))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, borderaxespad=0)
    bare(axes)
    return figure


def populations(parts: list[pd.DataFrame], names: list[str], *, sheet: Sheet = WIDE) -> Figure:
    """Two modalities of one indicator in several populations: a row a population, a dot a share, a bar its bounds.

    ``parts`` has the columns of `describe.breakdown`, one frame a population, named by ``names``. A share that is only
    bounded has its bar and no dot.
    """
    figure, axes = canvas(0.5 + (1 if sheet.is_narrow else 0.75) * len(parts), sheet)
    for place, rows in enumerate(parts):
        axes.hlines(place, 0, 100, color=PALE, linewidth=0.8, zorder=0)
        lowest = rows.sort_values("part_min_pct")["modalite"].iloc[0]
        for marker, row in zip(MARKERS, rows.sort_values("modalite").itertuples(), strict=True):
            _share(axes, place, row, marker=marker, is_left=row.modalite == lowest, small=sheet.small)
    name_rows(axes, range(len(parts)), names, sheet, width=30, rise=34)
    axes.set_xlim(0, 100)
    axes.set_ylim(len(parts) - 0.6, -0.85)
    percent_ticks(axes)
    bare(axes)
    return figure


def _share(axes, place: int, row, *, marker: str, is_left: bool, small: float) -> None:
    """One share, its name above and its value beside, both on the side where the other modality is not."""
    colour, low, high = colour_of(row.indicateur, row.modalite), float(row.part_min_pct), float(row.part_max_pct)
    axes.hlines(place, low, high, color=colour, linewidth=5)
    if not pd.isna(row.part_pct):
        axes.plot(row.part_pct, place, marker, markersize=8, color=colour)
    said = written(row)
    side, (beside, away), above = ("right", (low, -9), high + 1) if is_left else ("left", (high, 9), low - 1)
    at = {"textcoords": "offset points", "ha": side}
    axes.annotate(said, (beside, place), (away, 0), va="center", fontweight="bold", **at)
    [name] = folded([row.libelle], 22)
    axes.annotate(name, (above, place), (0, 7), va="bottom", fontsize=small, **at)
