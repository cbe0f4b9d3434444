"""A heat table, for the drawings of coded segments."""

import math

from matplotlib.figure import Figure

from helpers.charts import theme

LABEL = 34  # characters a line of a row's label may hold
HEAD = 10  # and of a column's, all columns together being as wide as seven of them
LINE_PT = 13  # points a line of a column's head takes


def heat_table_drawing(
    cells: list[list[tuple[float | None, str] | None]],
    lines: list[str],
    heads: list[str],
    *,
    sheet: theme.Sheet = theme.WIDE,
) -> Figure:
    """Cells by row, each a value and how it is written: the darker, the greater; None is a dash.

    A cell with no text is not drawn; one without value, as a total, has no shade.
    """
    heads = theme.folded(heads, max(5, 7 * HEAD // (len(heads) * (2 if sheet.is_narrow else 1))))
    tall = max(head.count("\n") + 1 for head in heads) * LINE_PT / 72
    figure, axes = theme.canvas(0.4 + tall + theme.room(sheet, lines, theme.ROW + 0.04) * len(lines), sheet)
    high = theme.thick(sheet) if sheet.is_narrow else 0.94
    top = max([1, *(float(cell[0]) for row in cells for cell in row if cell and cell[0] is not None)])
    shaded = [
        (_shade(cell, top), (rank, place), cell) for place, row in enumerate(cells) for rank, cell in enumerate(row)
    ]
    # Grouped by shade: neighbours in the file that look alike are written once.
    for shade, (rank, place), cell in sorted(shaded, key=lambda each: theme.SHADES.index(each[0])):
        _write_cell(axes, (rank, place), cell, shade=shade, high=high)
    theme.name_rows(axes, range(len(lines)), lines, sheet, width=LABEL)
    axes.set_xticks(range(len(heads)), heads, fontsize=sheet.small)
    axes.xaxis.tick_top()
    axes.set_xlim(-0.5, len(heads) - 0.5)
    axes.set_ylim(len(lines) - 0.5, -0.8 if sheet.is_narrow else -0.5)
    theme.bare(axes)
    return figure


def _shade(cell: tuple[float | None, str] | None, top: float) -> str:
    return theme.SHADES[math.ceil(float((cell and cell[0]) or 0) * (len(theme.SHADES) - 1) / top)]


def _write_cell(axes, at: tuple[int, int], cell: tuple[float | None, str] | None, *, shade: str, high: float) -> None:
    value, said = cell or (0, "—")
    if not said:
        return
    if value is not None:
        axes.barh(at[1], 0.98, left=at[0] - 0.49, height=high, color=shade)
    look = (
        {"color": theme.text_on(shade), "fontweight": "bold"}
        if value
        else {"color": theme.INK if value is None else theme.GREY}
    )
    # Inside its cell: measuring hundreds of them in the layout would take seconds.
    axes.text(*at, said, ha="center", va="center_baseline", in_layout=False, **look)
