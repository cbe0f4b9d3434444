"""Drawings of the coded statements: they compute nothing and return the matplotlib figure."""

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts.draw.axes import bare, name_rows, percent_ticks, room, thick
from helpers.charts.palette import BAND, BLUE, GREY, GROUND, PALE, SHADES, colour_of, text_on
from helpers.charts.sheet import WIDE, Sheet, canvas
from helpers.wording import number

NATURES = ("constat", "tension", "levier", "recommandation")
COLOURS = {nature: colour_of("nature_enonce", nature) for nature in NATURES}
# Full or hollow, and a shape each: a nature is known without its colour.
HOLLOW = ("constat", "recommandation")
SHAPES = {"constat": "s", "tension": "^", "levier": "o", "recommandation": "D"}
A_ROW = 5  # marks side by side in a cell before a second row begins
LABEL = 38  # characters a line of a row's label may hold
A_LOT = 70  # per cent: from there on the value is written to the left of its dot
# A number in its cell or its bar does not stick out of the frame: the layout need not measure it.
INSIDE = {"ha": "center", "va": "center_baseline", "in_layout": False}
HALO = {"bbox": {"facecolor": GROUND, "edgecolor": "none", "pad": 1}}  # the line does not cross the value


def heat(counts: pd.DataFrame, *, sheet: Sheet = WIDE) -> Figure:
    """A matrix of counts: a darker cell has more; each cell says its number. Columns of `themes.by_nature`."""
    figure, axes = canvas(0.4 + room(sheet, counts["libelle"], 0.4) * len(counts), sheet)
    high, top = thick(sheet) if sheet.is_narrow else 0.94, max(1, int(counts[list(NATURES)].to_numpy().max()))
    for place, row in enumerate(counts.to_dict("records")):
        for column, nature in enumerate(NATURES):
            shade = SHADES[-(-row[nature] * (len(SHADES) - 1) // top)]
            axes.barh(place, 0.98, left=column - 0.49, height=high, color=shade)
            said = {"color": text_on(shade), "fontweight": "bold"} if row[nature] else {"color": GREY}
            axes.text(column, place, number(row[nature]), **INSIDE, **said)
    name_rows(axes, range(len(counts)), counts["libelle"], sheet, width=LABEL)
    axes.set_xticks(range(len(NATURES)), [f"{name}s" for name in NATURES], fontsize=sheet.small)
    axes.xaxis.tick_top()
    axes.set_xlim(-0.5, len(NATURES) - 0.5)
    axes.set_ylim(len(counts) - 0.5, -0.8 if sheet.is_narrow else -0.5)
    bare(axes)
    return figure


def _bar(axes, places: list[int], start: pd.Series, counts: pd.Series, nature: str, sheet: Sheet) -> None:
    """Bars of one nature from ``start``, to the left when the counts are negative, each with its number."""
    colour, is_hollow = COLOURS[nature], nature in HOLLOW
    fill = GROUND if is_hollow else colour
    said = {**INSIDE, "fontsize": sheet.small, "fontweight": "bold"}
    for place, first, count in zip(places, start, counts, strict=True):
        if count:
            axes.barh(place, count, left=first, color=fill, edgecolor=colour, linewidth=1.4, height=thick(sheet))
            axes.text(first + count / 2, place, number(abs(count)), color=text_on(fill), **said)


def _weight(count: int) -> dict:
    return {"fontweight": "bold"} if count else {"color": GREY}


def diverging(rows: pd.DataFrame, *, sheet: Sheet = WIDE) -> Figure:
    """Tensions to the left of a line, what is proposed to its right, observations apart (`themes.by_nature`)."""
    figure, axes = canvas(0.4 + room(sheet, rows["libelle"], 0.28) * len(rows), sheet)
    places, zero = list(range(len(rows)))[::-1], pd.Series(0, index=rows.index)
    apart = max((rows["levier"] + rows["recommandation"]).max(), 13) + 4
    _bar(axes, places, zero, -rows["tension"], "tension", sheet)
    _bar(axes, places, zero, rows["levier"], "levier", sheet)
    _bar(axes, places, rows["levier"], rows["recommandation"], "recommandation", sheet)
    # What only describes takes no side: its number stands apart, and the bars keep the width of the sheet.
    for place, count in zip(places, rows["constat"], strict=True):
        axes.text(apart, place, number(count), ha="right", va="center_baseline", **_weight(count))
    top, left = len(rows) + 0.1, -max(rows["tension"].max(), 5) - 0.5
    heads = [(-0.3, "right", "tensions"), (0.3, "left", "leviers"), (4.4, "left", "recommandations")]
    for x, side, name in [*heads, (apart, "right", "constats")]:
        axes.text(x, top, name, ha=side, fontsize=sheet.small, fontweight="bold")
    axes.vlines(0, -0.5, len(rows) - 0.5, color=GREY, linewidth=1)
    name_rows(axes, places, rows["libelle"], sheet, width=LABEL, rise=8)
    axes.set_xlim(left, apart + 0.5)
    axes.set_ylim(-0.6, len(rows) + 0.6)
    axes.set_xticks([])
    bare(axes)
    return figure


def _signs(axes, x: list[float], y: list[float], nature: str) -> None:
    colour = COLOURS[nature]
    fill = GROUND if nature in HOLLOW else colour
    axes.plot(x, y, SHAPES[nature], color=colour, markerfacecolor=fill, markeredgewidth=1.6, markersize=7)


def marks(rows: pd.DataFrame, *, sheet: Sheet = WIDE) -> Figure:
    """One mark a statement, a row a scale, a column a nature; columns of `themes.by_nature`."""
    in_line = 3 if sheet.is_narrow else A_ROW
    wide, lines = in_line + 2.6, -(-max(1, int(rows[list(NATURES)].to_numpy().max())) // in_line)
    figure, axes = canvas(0.4 + room(sheet, row=0.3 + 0.17 * lines) * len(rows), sheet)
    places, step = list(range(len(rows)))[::-1], 0.17 / room(sheet, row=0.3 + 0.17 * lines)
    for column, nature in enumerate(NATURES):
        start = column * wide
        for place, count in zip(places, rows[nature], strict=True):
            axes.text(start - 0.2, place, number(count), ha="right", va="center", **_weight(count))
            own = -(-count // in_line)
            _signs(
                axes,
                [start + 0.5 + rank % in_line for rank in range(count)],
                [place + step * ((own - 1) / 2 - rank // in_line) for rank in range(count)],
                nature,
            )
        name = f"{nature}s" if not sheet.is_narrow or nature != "recommandation" else "recomm."
        axes.text(start - 0.9, len(rows) - 0.35, name, fontweight="bold", fontsize=sheet.small)
    axes.hlines([place + 0.5 for place in places[1:]], -1.2, 4 * wide - 2.6, color=PALE, linewidth=0.8)
    name_rows(axes, places, rows["libelle"], sheet, rise=4 + 6.5 * lines)
    axes.set_xlim(-1.4, 4 * wide - 1.6)
    axes.set_ylim(-0.5, len(rows) - 0.1)
    axes.set_xticks([])
    bare(axes)
    return figure


def _spread(populations: pd.Series) -> tuple[list[float], list[tuple[float, str]]]:
    """A place for each row, downwards, and one above the first row of each population for its name."""
    places, heads, place = [], [], 0.0
    for before, name in zip([None, *populations], populations, strict=False):
        if name != before:
            heads.append((place, name))
            place -= 0.8
        places.append(place)
        place -= 1
    return places, heads


def beside(rows: pd.DataFrame, *, sheet: Sheet = WIDE) -> Figure:
    """Shares as dots on one line each, with their bounds, and the statements that they stand beside as signs.

    Columns ``titre``, ``population``, ``dit`` (the value in words), ``part_pct``, ``part_min_pct``, ``part_max_pct``,
    and one a nature; the rows of a population follow one another.
    """
    places, heads = _spread(rows["population"])
    each = 9 if sheet.is_narrow else 6  # per cent of the scale that a sign takes
    row = 0.26 if sheet.is_narrow else 0.38
    figure, axes = canvas(0.4 + room(sheet, rows["titre"], row) * (len(rows) + 0.8 * len(heads)), sheet)
    axes.hlines(places, 0, 100, color=PALE, linewidth=1)
    axes.hlines(places, rows["part_min_pct"], rows["part_max_pct"], color=BLUE, linewidth=6, alpha=BAND)
    axes.plot(rows["part_pct"].astype(float), places, "o", color=BLUE, markersize=8)
    for place, name in heads:
        axes.text(0, place, f"{name[:1].upper()}{name[1:]}", fontsize=sheet.small, va="center", color=GREY)
    for place, row in zip(places, rows.itertuples(), strict=True):
        is_left = row.part_max_pct > A_LOT
        edge, side, away = (row.part_min_pct, "right", -9) if is_left else (row.part_max_pct, "left", 9)
        said = {"va": "center_baseline", "fontsize": sheet.small, "fontweight": "bold", "textcoords": "offset points"}
        axes.annotate(row.dit, (edge, place), (away, 0), ha=side, **said, **HALO)
        natures = [nature for nature in NATURES for _ in range(getattr(row, nature))]
        for rank, nature in enumerate(natures):
            _signs(axes, [110 + each * rank], [place], nature)
    name_rows(axes, places, rows["titre"], sheet, width=LABEL, rise=7)
    percent_ticks(axes)
    axes.set_xlim(-2, 110 + each * max(2, rows[list(NATURES)].sum(axis=1).max()))
    axes.set_ylim(min(places) - 0.6, 0.5)
    bare(axes)
    return figure
