"""Drawings of two years or two populations: they compute nothing and return the matplotlib figure."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.charts.draw.axes import bare, name_rows
from helpers.charts.palette import GREY, GROUND, INK, ORANGE, PALE, text_on
from helpers.charts.sheet import WIDE, Sheet, canvas
from helpers.wording import is_rounded, number, percent

# Characters a line of a row's label may hold.
LABEL = 26
BOLD = {"va": "bottom", "fontweight": "bold"}
IN_BAR = {"ha": "center", "va": "center", "fontweight": "bold"}


def two_shares(rows: pd.DataFrame, colours: list[str], *, sheet: Sheet = WIDE) -> Figure:
    """A hollow point for the reference, a full one for what is spoken of, a thin line for what rounding allows.

    Columns ``etiquette``, ``texte``, ``est_protege``, ``part_pct``, ``reference_pct`` and their bounds (``…_min_pct``
    …).
    """
    figure, axes = canvas(0.4 + (0.74 if sheet.is_narrow else 0.5) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    axes.hlines(places, rows["reference_pct"], rows["part_pct"], color=PALE, linewidth=6)
    for place, row, colour in zip(places, rows.itertuples(), colours, strict=True):
        # Wide lines of both years would cover each other.
        lower = 0.1 if row.est_protege else 0
        axes.hlines(place - 0.2 - lower, row.reference_min_pct, row.reference_max_pct, color=INK, linewidth=1.6)
        axes.hlines(place - 0.2, row.part_min_pct, row.part_max_pct, color=INK, linewidth=1.6)
        axes.scatter(row.reference_pct, place, s=80, facecolor=GROUND, edgecolor=colour, linewidth=2, zorder=3)
        axes.scatter(row.part_pct, place, s=80, color=colour, zorder=4)
        said = row.texte
        if sheet.is_narrow:
            at = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
            axes.annotate(said, (0, place), (0, 10), va="bottom", fontweight="bold", **at)
        else:  # beside the axes: the layout makes room for it, however long
            axes.text(1.02, place, said, transform=axes.get_yaxis_transform(), va="center", fontweight="bold")
    low, high = (rows[["part_pct", "reference_pct"]].agg(each).agg(each) for each in ("min", "max"))
    reach = max(high - low, 10)
    axes.set_xlim(max(0, low - reach * 0.25), min(100, high + reach * 0.25))
    return _shares_axis(figure, axes, places, rows, sheet)


def _shares_axis(figure: Figure, axes, places: list[int], rows: pd.DataFrame, sheet: Sheet) -> Figure:
    name_rows(axes, places, rows["etiquette"], sheet, width=LABEL, rise=22)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    # A graduation bears no decimal, and few stand side by side where the values take the other half of the sheet.
    axes.xaxis.set_major_locator(MaxNLocator(5 if sheet.is_narrow else 3, steps=[1, 2, 5, 10], integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: percent(value) if value <= 100 else "")
    bare(axes)
    axes.tick_params(axis="x", labelcolor=GREY)
    return figure


def stacked_counts(rows: pd.DataFrame, colours: tuple[str, str], *, sheet: Sheet = WIDE) -> Figure:
    """One bar a year: the persons concerned, then the others; hatched where rounding leaves the limit open.

    Columns ``annee``, ``effectif``, ``part_pct`` and their bounds, ``base``, in the order of the years.
    """
    figure, axes = canvas(0.2 + 0.52 * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    axes.barh(places, rows["base"], color=colours[1], height=0.62)
    axes.barh(places, rows["effectif"], color=colours[0], height=0.62)
    axes.barh(
        places,
        rows["effectif_max"] - rows["effectif_min"],
        left=rows["effectif_min"],
        color=GROUND,
        edgecolor=INK,
        hatch="////",
        linewidth=0.8,
        height=0.62,
    )
    for place, row in zip(places, rows.itertuples(), strict=True):
        between, about = "\n" if sheet.is_narrow else ", ", "" if row.effectif_min == row.effectif_max else "environ "
        decimals = 0 if is_rounded(row.part_pct, row.part_min_pct, row.part_max_pct) else 1
        said = f"{about}{number(row.effectif)}{between}{percent(row.part_pct, decimals)}"
        axes.text(row.effectif_min / 2, place, said, color=text_on(colours[0]), **IN_BAR)
        others = f"{about}{number(row.base - row.effectif)}{between}{percent(100 - row.part_pct, decimals)}"
        middle = (row.effectif_max + row.base) / 2
        axes.text(middle, place, others, color=text_on(colours[1]), **IN_BAR)
        axes.text(row.base * 1.01, place, number(row.base), va="center", fontweight="bold")
    axes.set_yticks(places, [str(year) for year in rows["annee"]], fontweight="bold")
    axes.set_xlim(0, rows["base"].max() * (1.17 if sheet.is_narrow else 1.12))
    axes.set_xticks([])
    bare(axes)
    return figure


def composition(rows: pd.DataFrame, colours: list[str], *, sheet: Sheet = WIDE) -> Figure:
    """Earlier share, present share, and the one that the extra persons would need, with its bounds.

    Columns of `two_shares`, then ``supplement_pct`` and its bounds.
    """
    figure, axes = canvas(0.4 + (0.85 if sheet.is_narrow else 0.62) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    for place, row, colour in zip(places, rows.itertuples(), colours, strict=True):
        axes.hlines(place, row.supplement_min_pct, row.supplement_max_pct, color=INK, linewidth=1.6)
        axes.scatter(row.reference_pct, place, s=80, facecolor=GROUND, edgecolor=colour, linewidth=2, zorder=3)
        axes.scatter(row.part_pct, place, s=80, color=colour, zorder=4)
        axes.scatter(row.supplement_pct, place, s=95, marker="D", color=ORANGE, zorder=5)
        text = f"il faudrait {percent(row.supplement_pct, 1)}"
        side = "left" if row.supplement_pct < 50 else "right"  # away from the edge of the sheet
        axes.annotate(text, (row.supplement_pct, place), (0, 8), textcoords="offset points", ha=side, **BOLD)
    axes.set_xlim(0, 100)
    figure = _shares_axis(figure, axes, places, rows, sheet)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_ylim(-0.5, len(rows) - 0.3)
    return figure
