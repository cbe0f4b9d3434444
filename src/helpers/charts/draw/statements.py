"""Drawings of the coded statements: they compute nothing and return the matplotlib figure."""

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts.draw.axes import ROW, bare, folded, percent_ticks
from helpers.charts.figure import canvas
from helpers.charts.palette import BLUE, GREY, PALE, colour_of
from helpers.wording import number

NATURES = ("constat", "tension", "levier", "recommandation")
COLOURS = {nature: colour_of("nature_enonce", nature) for nature in NATURES}
# Full or hollow, and a shape each: a nature is known without its colour.
HOLLOW = ("constat", "recommandation")
SHAPES = {"constat": "s", "tension": "^", "levier": "o", "recommandation": "D"}
A_ROW = 5  # marks side by side in a cell before a second row begins
LABEL = 38  # characters a line of a row's label may hold
A_LOT = 70  # per cent: from there on the value is written to the left of its dot
HALO = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1}}  # the line does not cross the value


def heat(counts: pd.DataFrame) -> Figure:
    """A matrix of counts: the darker, the more; each cell says its number. Columns of `themes.by_nature`."""
    figure, axes = canvas(0.7 + 0.42 * len(counts))
    cells = counts[list(NATURES)].to_numpy()
    top = max(1, int(cells.max()))
    axes.imshow(cells, cmap="Blues", vmin=0, vmax=top * 1.3, aspect="auto")
    for row, values in enumerate(cells):
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
    axes.set_yticks(range(len(counts)), counts["libelle"])
    axes.set_xticks(range(len(NATURES)), [f"{name}s" for name in NATURES])
    axes.xaxis.tick_top()
    axes.spines["top"].set_visible(False)
    bare(axes)
    return figure


def _bar(axes, places: list[int], start: pd.Series, counts: pd.Series, nature: str) -> None:
    """Bars of one nature from ``start``, to the left when the counts are negative, each with its number."""
    colour, is_hollow = COLOURS[nature], nature in HOLLOW
    fill = "white" if is_hollow else colour
    for place, first, count in zip(places, start, counts, strict=True):
        if count:
            axes.barh(place, count, left=first, color=fill, edgecolor=colour, linewidth=1.4, height=0.66)
            axes.text(
                first + count / 2,
                place,
                number(abs(count)),
                ha="center",
                va="center_baseline",
                fontsize=9,
                fontweight="bold",
                color=colour if is_hollow else "black",
            )


def diverging(rows: pd.DataFrame) -> Figure:
    """Tensions to the left of a line, what is proposed to its right, observations apart (`themes.by_nature`)."""
    figure, axes = canvas(0.8 + 0.31 * len(rows))
    places, zero = list(range(len(rows)))[::-1], pd.Series(0, index=rows.index)
    apart = max((rows["levier"] + rows["recommandation"]).max(), 13) + 6
    _bar(axes, places, zero, -rows["tension"], "tension")
    _bar(axes, places, zero, rows["levier"], "levier")
    _bar(axes, places, rows["levier"], rows["recommandation"], "recommandation")
    _bar(axes, places, zero + apart, rows["constat"], "constat")
    top = len(rows) - 0.3
    heads = [
        (-0.3, "right", "tension"),
        (0.3, "left", "levier"),
        (5.8, "left", "recommandation"),
        (apart, "left", "constat"),
    ]
    for x, side, nature in heads:
        axes.text(x, top, f"{nature}s", ha=side, fontsize=9.5, fontweight="bold", color=COLOURS[nature])
    axes.vlines([0, apart], -0.5, len(rows) - 0.5, color=GREY, linewidth=1)
    axes.set_yticks(places, folded(rows["libelle"], LABEL))
    axes.set_xlim(-max(rows["tension"].max(), 5) - 0.5, apart + max(rows["constat"].max(), 4) + 0.5)
    axes.set_ylim(-0.6, len(rows) + 0.4)
    axes.set_xticks([])
    bare(axes)
    return figure


def _signs(axes, x: list[float], y: list[float], nature: str) -> None:
    colour = COLOURS[nature]
    fill = "white" if nature in HOLLOW else colour
    axes.plot(x, y, SHAPES[nature], color=colour, markerfacecolor=fill, markeredgewidth=1.6, markersize=7)


def marks(rows: pd.DataFrame) -> Figure:
    """One mark a statement, a row a scale, a column a nature; columns of `themes.by_nature`."""
    figure, axes = canvas(0.7 + 0.62 * len(rows))
    places = list(range(len(rows)))[::-1]
    for column, nature in enumerate(NATURES):
        for place, count in zip(places, rows[nature], strict=True):
            start, lines = column * (A_ROW + 2.6), -(-count // A_ROW)
            axes.text(
                start - 0.2,
                place,
                number(count),
                ha="right",
                va="center",
                fontweight="bold" if count else "normal",
                color="black" if count else GREY,
            )
            _signs(
                axes,
                [start + 0.5 + rank % A_ROW for rank in range(count)],
                [place + 0.17 * (lines - 1) - 0.34 * (rank // A_ROW) for rank in range(count)],
                nature,
            )
        axes.text(
            column * (A_ROW + 2.6) - 0.9, len(rows) - 0.42, f"{nature}s", fontweight="bold", color=COLOURS[nature]
        )
    axes.hlines([place + 0.5 for place in places[1:]], -1.2, 4 * (A_ROW + 2.6) - 2.6, color=PALE, linewidth=0.8)
    axes.set_yticks(places, rows["libelle"])
    axes.set_xlim(-1.4, 4 * (A_ROW + 2.6) - 1.6)
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


def beside(rows: pd.DataFrame) -> Figure:
    """Shares as dots on one line each, with their bounds, and the statements that they stand beside as signs.

    Columns ``titre``, ``population``, ``dit`` (the value in words), ``part_pct``, ``part_min_pct``, ``part_max_pct``,
    and one a nature; the rows of a population follow one another.
    """
    places, heads = _spread(rows["population"])
    figure, axes = canvas(0.7 + ROW * (len(rows) + 0.8 * len(heads)))
    axes.hlines(places, 0, 100, color=PALE, linewidth=1)
    axes.hlines(places, rows["part_min_pct"], rows["part_max_pct"], color=BLUE, linewidth=6, alpha=0.45)
    axes.plot(rows["part_pct"].astype(float), places, "o", color=BLUE, markersize=8)
    for place, name in heads:
        axes.text(0, place, f"{name[:1].upper()}{name[1:]}", fontsize=9, va="center", color=GREY)
    for place, row in zip(places, rows.itertuples(), strict=True):
        is_left = row.part_max_pct > A_LOT
        edge, side = (row.part_min_pct - 3, "right") if is_left else (row.part_max_pct + 3, "left")
        axes.text(edge, place, row.dit, ha=side, va="center_baseline", fontsize=9, fontweight="bold", **HALO)
        natures = [nature for nature in NATURES for _ in range(getattr(row, nature))]
        for rank, nature in enumerate(natures):
            _signs(axes, [110 + 6 * rank], [place], nature)
    axes.set_yticks(places, folded(rows["titre"], LABEL), fontsize=9)
    percent_ticks(axes)
    axes.set_xlim(-2, 110 + 6 * max(2, rows[list(NATURES)].sum(axis=1).max()))
    axes.set_ylim(min(places) - 0.6, 0.5)
    bare(axes)
    return figure
