"""Drawings of any indicator: counts as bars, and a cross table as a heat table."""

import math

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts.draw.axes import ROW, bare, folded, limit_rows, name_rows, room, thick
from helpers.charts.palette import GREY, INK, SHADES, text_on
from helpers.charts.sheet import WIDE, Sheet, canvas
from helpers.wording import number

LABEL = 34  # characters a line of a row's label may hold
HEAD = 10  # and of a column's, all columns together being as wide as seven of them
LINE_PT = 13  # points a line of a column's head takes


def _said(low: int, high: int) -> str:
    return number(low) if low == high else f"{number(low)} à {number(high)}"


def counts(rows: pd.DataFrame, colours: list[str], *, sheet: Sheet = WIDE) -> Figure:
    """A bar up to the smallest possible count of each modality, and a thin line up to the largest.

    Columns ``libelle``, ``effectif_min``, ``effectif_max``, all known.
    """
    figure, axes = canvas(0.5 + room(sheet, rows["libelle"]) * len(rows), sheet)
    places, top = list(range(len(rows)))[::-1], max(1, int(rows["effectif_max"].max()))
    for place, row, colour in zip(places, rows.itertuples(), colours, strict=True):
        axes.barh(place, row.effectif_min, color=colour, height=thick(sheet))
        axes.hlines(place, row.effectif_min, row.effectif_max, color=INK, linewidth=1.6)
        said = _said(row.effectif_min, row.effectif_max)
        axes.text(row.effectif_max + top / 80, place, said, va="center", fontweight="bold")
    name_rows(axes, places, rows["libelle"], sheet, width=LABEL)
    limit_rows(axes, len(rows))
    axes.set_xlim(0, top * (1.3 if sheet.is_narrow else 1.18))
    axes.xaxis.set_major_formatter(lambda value, _: number(value) if value == round(value) else "")
    axes.locator_params(axis="x", nbins=4)
    bare(axes)
    return figure


def crossing(rows: pd.DataFrame, heads: list[str], *, sheet: Sheet = WIDE) -> Figure:
    """A cross table of counts: the darker, the more; each cell says its number, or its bounds.

    Columns ``libelle``, ``libelle_croise``, ``effectif_min``, ``effectif_max``; a cell that is not there is a dash.
    ``heads`` name the columns, in the order in which ``libelle_croise`` first names them.
    """
    lines, columns = list(dict.fromkeys(rows["libelle"])), list(dict.fromkeys(rows["libelle_croise"]))
    known = rows.dropna(subset=["effectif_min", "effectif_max"])
    cells = {
        (row.libelle, row.libelle_croise): (row.effectif_max, _said(row.effectif_min, row.effectif_max))
        for row in known.itertuples()
    }
    return heat_table([[cells.get((line, column)) for column in columns] for line in lines], lines, heads, sheet=sheet)


def heat_table(
    cells: list[list[tuple[float | None, str] | None]], lines: list[str], heads: list[str], *, sheet: Sheet = WIDE
) -> Figure:
    """Cells line by line, each a value and how it is written: the darker, the greater; None is a dash.

    A cell about which nothing is written is not drawn at all; one without value, as a total, has no shade.
    """
    heads = folded(heads, max(5, 7 * HEAD // (len(heads) * (2 if sheet.is_narrow else 1))))
    tall = max(head.count("\n") + 1 for head in heads) * LINE_PT / 72
    figure, axes = canvas(0.4 + tall + room(sheet, lines, ROW + 0.04) * len(lines), sheet)
    high = thick(sheet) if sheet.is_narrow else 0.94
    top = max([1, *(float(cell[0]) for row in cells for cell in row if cell and cell[0] is not None)])
    shaded = [
        (_shade(cell, top), (rank, place), cell) for place, row in enumerate(cells) for rank, cell in enumerate(row)
    ]
    # One shade after another: neighbours in the file that look alike are written once.
    for shade, (rank, place), cell in sorted(shaded, key=lambda each: SHADES.index(each[0])):
        _write_cell(axes, (rank, place), cell, shade=shade, high=high)
    name_rows(axes, range(len(lines)), lines, sheet, width=LABEL)
    axes.set_xticks(range(len(heads)), heads, fontsize=sheet.small)
    axes.xaxis.tick_top()
    axes.set_xlim(-0.5, len(heads) - 0.5)
    axes.set_ylim(len(lines) - 0.5, -0.8 if sheet.is_narrow else -0.5)
    bare(axes)
    return figure


def _shade(cell: tuple[float | None, str] | None, top: float) -> str:
    return SHADES[math.ceil(float((cell and cell[0]) or 0) * (len(SHADES) - 1) / top)]


def _write_cell(axes, at: tuple[int, int], cell: tuple[float | None, str] | None, *, shade: str, high: float) -> None:
    value, said = cell or (0, "—")
    if not said:
        return
    if value is not None:
        axes.barh(at[1], 0.98, left=at[0] - 0.49, height=high, color=shade)
    look = {"color": text_on(shade), "fontweight": "bold"} if value else {"color": INK if value is None else GREY}
    # It stays in its cell: the layout need not measure it, which would take seconds for hundreds of them.
    axes.text(*at, said, ha="center", va="center_baseline", in_layout=False, **look)
