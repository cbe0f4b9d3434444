"""Drawings of intervals, ratios and tests: they compute nothing and return the matplotlib figure."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.charts.draw.axes import bare, name_rows, percent_ticks, room
from helpers.charts.palette import BAND, BLUE, GREY, GROUND, INK, PALE, TRACK
from helpers.charts.sheet import WIDE, Sheet, canvas
from helpers.wording import number, percent, probability, signed

BESIDE = {"textcoords": "offset points", "va": "center", "fontweight": "bold"}
# One shape a series: legible without colour.
SHAPES = ("o", "s", "^", "D", "v")


def forest(rows: pd.DataFrame, *, sheet: Sheet = WIDE) -> Figure:
    """One difference a row: thick for rounding, thin for the interval, a full point when it is conclusive.

    Columns ``etiquette``, ``ecart_pts``, ``ecart_min_pts``, ``ecart_max_pts``, ``ic_bas_pts``, ``ic_haut_pts``,
    ``est_concluant``.
    """
    names = rows["etiquette"].str.replace("\n", " : " if sheet.is_narrow else "\n")
    figure, axes = canvas(0.7 + room(sheet, names, 0.3 if sheet.is_narrow else 0.4) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    axes.axvline(0, color=GREY, linewidth=1)
    axes.hlines(places, rows["ic_bas_pts"], rows["ic_haut_pts"], color=INK, linewidth=1.2)
    axes.hlines(places, rows["ecart_min_pts"], rows["ecart_max_pts"], color=BLUE, linewidth=7, alpha=BAND)
    for place, row in zip(places, rows.itertuples(), strict=True):
        face = BLUE if row.est_concluant else GROUND
        axes.scatter(row.ecart_pts, place, s=60, facecolor=face, edgecolor=BLUE, linewidth=2, zorder=3)
        # Away from the line at zero.
        is_below = row.ecart_pts < 0
        end = min(row.ic_bas_pts, row.ecart_min_pts) if is_below else max(row.ic_haut_pts, row.ecart_max_pts)
        axes.annotate(
            signed(row.ecart_pts, 1),
            (end, place),
            xytext=(-6 if is_below else 6, 0),
            textcoords="offset points",
            ha="right" if is_below else "left",
            va="center",
            fontweight="bold",
        )
    name_rows(axes, places, names, sheet, width=80)
    low, high = min(rows["ic_bas_pts"].min(), 0), max(rows["ic_haut_pts"].max(), 0)
    axes.set_xlim(low - (high - low) * 0.14, high + (high - low) * 0.14)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10], integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: signed(value))
    axes.set_xlabel("écart en points", color=GREY)
    bare(axes)
    return figure


def shares_with_interval(rows: pd.DataFrame, colours: list[str], *, sheet: Sheet = WIDE) -> Figure:
    """A point and its interval a row; columns ``etiquette``, ``effectif``, ``base``, ``part_pct``, ``ic_…_pct``."""
    figure, axes = canvas(0.5 + room(sheet, rows["etiquette"], 0.4) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    axes.hlines(places, 0, 100, color=TRACK, linewidth=9, zorder=0)
    axes.hlines(places, rows["ic_bas_pct"], rows["ic_haut_pct"], color=INK, linewidth=1.6)
    axes.scatter(rows["part_pct"], places, s=85, color=colours, zorder=3)
    for place, row in zip(places, rows.itertuples(), strict=True):
        text = f"{number(row.effectif)} sur {number(row.base)}, {percent(row.part_pct)}"
        axes.text(102, place, text, va="center", fontweight="bold")
    name_rows(axes, places, rows["etiquette"], sheet, width=38)
    axes.set_xlim(0, 150 if sheet.is_narrow else 140)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    percent_ticks(axes)
    bare(axes)
    return figure


def ratios(rows: pd.DataFrame, *, sheet: Sheet = WIDE) -> Figure:
    """How many objectives for one request, on a multiplying scale; columns ``etiquette``, ``rapport``, the counts."""
    figure, axes = canvas(0.5 + room(sheet, rows["etiquette"]) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    axes.set_xscale("log")
    axes.axvline(1, color=GREY, linewidth=1)
    axes.hlines(places, 1, rows["rapport"], color=PALE, linewidth=5)
    axes.scatter(rows["rapport"], places, s=80, color=BLUE, zorder=3)
    for place, row in zip(places, rows.itertuples(), strict=True):
        text = f"× {number(row.rapport, 1)}  ({number(row.demandes)} → {number(row.objectifs)})"
        axes.text(row.rapport * 1.12, place, text, va="center", fontweight="bold")
    most = rows["rapport"].max()
    graduations = [value for value in (1, 2, 5, 10, 20, 50, 100, 200, 500) if value <= most * 1.3]
    axes.set_xticks(graduations, [f"× {value}" for value in graduations], color=GREY)
    axes.set_xticks([], minor=True)
    axes.set_xlim(min(0.9, rows["rapport"].min() * 0.9), most * 4)
    name_rows(axes, places, rows["etiquette"], sheet)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    bare(axes)
    return figure


def tests_by_design(
    rows: pd.DataFrame, *, effects: list[str], threshold: float, colours: list[str], sheet: Sheet = WIDE
) -> Figure:
    """p by assumed variance: one series a comparison, a line for the counts that rounding allows.

    Columns ``etiquette`` and, for each effect ``0``, ``1`` …, ``p_0``, ``p_0_min``, ``p_0_max`` …
    """
    figure, axes = canvas(3.4, sheet)
    axes.set_yscale("log")
    axes.axhline(threshold, color=GREY, linewidth=1, linestyle="--")
    axes.text(-0.88, threshold * 0.9, f"seuil {number(threshold, 2)}", va="top", color=GREY, fontsize=sheet.small)
    for rank, (row, colour) in enumerate(zip(rows.to_dict("records"), colours, strict=True)):
        places = [index + 0.12 * (rank - (len(rows) - 1) / 2) for index in range(len(effects))]
        values = [row[f"p_{index}"] for index in range(len(effects))]
        ends = [[row[f"p_{index}_{end}"] for index in range(len(effects))] for end in ("min", "max")]
        axes.vlines(places, *ends, color=colour, linewidth=1.6)
        shape = SHAPES[rank % len(SHAPES)]
        axes.plot(places, values, shape, color=colour, markersize=8, linestyle="none", label=row["etiquette"])
        for place, value in zip(places, values, strict=True):
            # Two series that meet keep their numbers apart.
            side, away = ("right", -7) if rank == 0 and len(rows) > 1 else ("left", 7)
            axes.annotate(probability(value), (place, value), (away, 0), ha=side, fontsize=sheet.small, **BESIDE)
    axes.legend(loc="lower right", frameon=False)
    axes.set_xticks(range(len(effects)), effects)
    axes.set_xlim(-0.9, len(effects) - 0.4)
    axes.set_ylim(top=3)
    ticks = {1: "1", 0.1: "0,1", 0.01: "0,01", 0.001: "0,001", 0.0001: "0,0001"}
    axes.set_yticks(list(ticks), list(ticks.values()), color=GREY)
    axes.set_yticks([], minor=True)
    bare(axes)
    return figure
