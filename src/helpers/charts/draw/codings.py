"""Drawings of coded texts: the book as a tree, codes by meeting, agreement. They return the matplotlib figure."""

from collections.abc import Iterable

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.charts.draw.axes import ACROSS, bare, name_rows
from helpers.charts.draw.explored import heat_table
from helpers.charts.draw.named import ABOVE, BAR, BEHIND, BESIDE, FOOT, cut, name_tree, stacked
from helpers.charts.palette import BLUE, GREY, INK, PALE, SHADES
from helpers.charts.sheet import WIDE, Sheet, canvas
from helpers.wording import coefficient, number

AT_END = {"textcoords": "offset points", "va": "center_baseline", "ha": "left"}


def _rows(names: list[str], sheet: Sheet, *, more: float):
    """Figure, axes and the place of each row, on a scale of inches downwards; ``more`` inches for what is around."""
    places, height = stacked(names, sheet, is_above=sheet.is_narrow)
    figure, axes = canvas(height + more, sheet)
    axes.set_ylim(height, 0)
    return figure, axes, places


def _cut_for(sheet: Sheet, names: Iterable[str], depths: Iterable[int]) -> list[str]:
    """The names as a sheet can hold them, those further right on shorter lines."""
    width = ABOVE if sheet.is_narrow else BESIDE
    return [cut([name], max(12, width - 2 * depth))[0] for name, depth in zip(names, depths, strict=True)]


def tree(rows: pd.DataFrame, *, sheet: Sheet = WIDE) -> Figure:
    """Pieces of each code as a bar, full; behind it, pale, with those of all below, when there are any.

    Columns ``libelle``, ``profondeur``, ``extraits``, ``extraits_branche``, ``a_dessous`` (whether codes stand below).
    """
    depths = list(rows["profondeur"])
    names = _cut_for(sheet, rows["libelle"], depths)
    figure, axes, places = _rows(names, sheet, more=0.1)
    top = max(1, int(rows["extraits_branche"].max()))
    axes.barh(places, rows["extraits_branche"].where(rows["a_dessous"], 0), color=SHADES[3], height=BEHIND)
    axes.barh(places, rows["extraits"], color=BLUE, height=BAR)
    for place, row in zip(places, rows.itertuples(), strict=True):
        end = row.extraits_branche if row.a_dessous else row.extraits
        more = f" (branche : {number(row.extraits_branche)})" if row.a_dessous else ""
        axes.annotate(f"{number(row.extraits)}{more}", (end, place), (5, 0), fontweight="bold", **AT_END)
    name_tree(axes, places, names, depths, sheet)
    axes.vlines(0, 0, axes.get_ylim()[0], color=GREY, linewidth=1)
    axes.set_xlim(0, top)
    axes.set_xticks([])
    bare(axes)
    return figure


def codes_by_group(counts: pd.DataFrame, heads: list[str], *, sheet: Sheet = WIDE) -> Figure:
    """Codes (the index) by meeting (the columns): the darker, the more; the total of each row stands last.

    ``heads`` name the columns of the drawing, the last of ``counts`` being the total.
    """
    cells = [[*((value, number(value)) for value in row[:-1]), (None, number(row[-1]))] for row in counts.to_numpy()]
    return heat_table(cells, cut(counts.index), heads, sheet=sheet)


def agreement(rows: pd.DataFrame, *, sheet: Sheet = WIDE) -> Figure:
    """Alpha of each code as a point on its interval, chance at zero; to the right, alpha and the units of the code.

    Columns ``libelle``, ``alpha``, ``alpha_bas``, ``alpha_haut``, ``posees`` (units where one at least put the code).
    """
    names = cut(rows["libelle"], ABOVE if sheet.is_narrow else BESIDE)
    figure, axes, places = _rows(names, sheet, more=0.55)
    bottom = axes.get_ylim()[0]
    axes.vlines(0, 0, bottom, color=PALE, linewidth=1.5)
    axes.annotate("hasard", (0, 0), (0, 4), textcoords="offset points", ha="center", color=GREY, fontsize=sheet.small)
    axes.hlines(places, rows["alpha_bas"], rows["alpha_haut"], color=INK, linewidth=1.6)
    axes.plot(rows["alpha"], places, "o", color=BLUE, markersize=8)
    for place, row in zip(places, rows.itertuples(), strict=True):
        at = {"xycoords": axes.get_yaxis_transform(), **AT_END}
        axes.annotate(f"{coefficient(row.alpha)} ({number(row.posees)})", (1, place), (6, 0), fontweight="bold", **at)
    name_rows(axes, places, names, sheet, width=ACROSS, rise=FOOT * 72)
    low = min(0, rows["alpha_bas"].min(), rows["alpha"].min())
    axes.set_xlim(low - 0.04, 1.02)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda value, _: number(value, 1))
    axes.tick_params(axis="x", labelcolor=GREY)
    bare(axes)
    return figure
