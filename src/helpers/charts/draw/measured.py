"""Drawings of what records tell of two years or more: they compute nothing and return the matplotlib figure."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.charts.draw.axes import HATCH, bare, folded, name_rows, room, thick
from helpers.charts.palette import BLUE, GREY, GROUND, INK, ORANGE, PALE
from helpers.charts.sheet import WIDE, Sheet, canvas
from helpers.wording import is_rounded, number, percent, points, signed

# Frames side by side, and inches each is high.
ACROSS, HIGH = {False: 3, True: 1}, 1.75


def effects(rows: pd.DataFrame, colours: list[str], *, sheet: Sheet = WIDE) -> Figure:
    """How many times fewer persons one would have observed, from one; columns ``etiquette``, ``effet``."""
    figure, axes = canvas(0.5 + room(sheet, rows["etiquette"]) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    axes.barh(places, rows["effet"] - 1, left=1, color=colours, height=thick(sheet))
    axes.axvline(1, color=GREY, linewidth=1)
    for place, effect in zip(places, rows["effet"], strict=True):
        axes.annotate(f"× {number(effect, 1)}", (effect, place), (6, 0), textcoords="offset points", va="center")
    name_rows(axes, places, rows["etiquette"], sheet)
    axes.set_xlim(1, 1 + max(rows["effet"].max() - 1, 0.5) * 1.15)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: f"× {number(value)}")
    axes.tick_params(axis="x", labelcolor=GREY)
    bare(axes)
    return figure


def parts(rows: pd.DataFrame, *, sheet: Sheet = WIDE) -> Figure:
    """The parts of a difference end to end from zero, each way apart, and the whole of it as a diamond.

    Columns ``etiquette``, ``ecart_pts``, ``anciens_pts``, ``mecanique_pts``, ``inconnu_pts``.
    """
    figure, axes = canvas(0.6 + (0.62 if sheet.is_narrow else 0.46) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    styles = {
        "anciens_pts": {"color": BLUE},
        "mecanique_pts": {"facecolor": GROUND, "edgecolor": ORANGE, "hatch": HATCH},
        "inconnu_pts": {"color": PALE},
    }
    for place, row in zip(places, rows.to_dict("records"), strict=True):
        reached = {True: 0.0, False: 0.0}
        for name, style in styles.items():
            way = row[name] >= 0
            axes.barh(place, row[name], left=reached[way], height=0.4 if sheet.is_narrow else 0.55, **style)
            reached[way] += row[name]
        axes.scatter(row["ecart_pts"], place, s=70, marker="D", color=INK, edgecolor=GROUND, zorder=5)
        said = f"{signed(row['anciens_pts'], 1)} et {signed(row['mecanique_pts'], 1)}"
        if not sheet.is_narrow:
            said = f"{said} : {points(row['ecart_pts'])}"
        axes.text(1.02, place, said, transform=axes.get_yaxis_transform(), va="center", fontweight="bold")
    axes.axvline(0, color=GREY, linewidth=1)
    name_rows(axes, places, rows["etiquette"], sheet, width=26, rise=12)
    axes.set_ylim(-0.6, len(rows) - 0.3)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: signed(value))
    axes.tick_params(axis="x", labelcolor=GREY)
    axes.margins(x=0.06)
    bare(axes)
    return figure


def series(rows: pd.DataFrame, colours: list[str], *, sheet: Sheet = WIDE) -> Figure:
    """One frame a share, each with its own scale: a point a year, a line for what rounding allows.

    Columns ``etiquette``, ``annee``, ``part_pct`` (missing when only bounds are known), ``part_min_pct``,
    ``part_max_pct``, ``dite`` (the share in words), ``est_protege``.
    """
    names = list(dict.fromkeys(rows["etiquette"]))
    across = ACROSS[sheet.is_narrow]
    down = -(-len(names) // across)
    figure, frames = canvas(HIGH * down, sheet, grid=(down, across))
    frames = list(frames.flat) if down * across > 1 else [frames]
    for axes, name, colour in zip(frames, names, colours, strict=False):
        _frame(axes, rows[rows["etiquette"].eq(name)], colour)
        axes.set_title("\n".join(folded([name], 34 if sheet.is_narrow else 24)), fontsize=sheet.small, loc="left")
    for axes in frames[len(names) :]:
        axes.set_visible(False)
    return figure


def _written(row) -> str:
    """A share as it is said where it is rounded to protect persons, else with the decimal that it has."""
    if row.est_protege:
        return row.dite
    return percent(row.part_pct, 0 if is_rounded(row.part_pct, row.part_min_pct, row.part_max_pct) else 1)


def _frame(axes, rows: pd.DataFrame, colour: str) -> None:
    years = rows["annee"].astype(int)
    axes.vlines(years, rows["part_min_pct"], rows["part_max_pct"], color=INK, linewidth=1.6)
    axes.plot(years, rows["part_pct"], color=PALE, linewidth=3, zorder=0)
    axes.scatter(years, rows["part_pct"], s=45, color=colour, zorder=3)
    low, high = rows["part_min_pct"].min(), rows["part_max_pct"].max()
    # Ten points at least: a frame must not make a fall of what is a ripple.
    reach = max(high - low, 10)
    axes.set_ylim(max(0, low - reach * 0.3), min(100, high + reach * 0.45))
    for year, row in zip(years, rows.itertuples(), strict=True):
        if pd.notna(row.part_pct):
            place = {"textcoords": "offset points", "ha": "center", "va": "bottom", "fontweight": "bold"}
            axes.annotate(_written(row), (year, row.part_max_pct), (0, 5), **place)
    axes.set_xticks(years, [str(year) for year in years], color=GREY)
    axes.set_xlim(years.min() - 0.4, years.max() + 0.4)
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.tick_params(axis="y", labelcolor=GREY)
    bare(axes)
