"""Drawing of the audit: it computes nothing and returns the matplotlib figure."""

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts.draw.axes import ABOVE, bare, name_rows
from helpers.charts.palette import GREY, INK, colour_of, text_on
from helpers.charts.sheet import WIDE, Sheet, canvas

ROW = 0.44  # inches a row of squares takes, with the line numbers under it
LABEL = 22  # characters a line of a row's label may hold
PER_ROW = {False: 18, True: 14}  # on a wide and on a narrow sheet, squares a row may hold before it goes on below
# The letter in each square says the verdict without its colour; a contradiction also has a thick frame.
# Neither it nor the line below sticks out of the frame: the layout need not measure them, a hundred in all.
IN_SQUARE = {"ha": "center", "va": "center_baseline", "fontweight": "bold", "in_layout": False}
LEAST = 8.25  # points: 11 pixels
LETTERS = {"confirme": "C", "sous_hypothese": "H", "non_verifiable": "N", "ambigu": "A", "contradictoire": "X"}
FRAMES = {"contradictoire": (INK, 2.2)}


def verdicts(figures: pd.DataFrame, *, sheet: Sheet = WIDE) -> Figure:
    """One square a figure, a row a topic: letter and colour of its verdict, its line below.

    Columns ``rubrique`` (label, rows in order of appearance), ``verdict``, ``ligne``; in order of line.
    """
    per_row = PER_ROW[sheet.is_narrow]
    rows = [
        ("" if start else topic, own.iloc[start : start + per_row])
        for topic, own in figures.groupby("rubrique", sort=False)
        for start in range(0, len(own), per_row)
    ]
    figure, axes = canvas(0.2 + (ROW + 0.04 + ABOVE * sheet.is_narrow) * len(rows), sheet)
    below = {"textcoords": "offset points", "ha": "center", "va": "top", "color": GREY, "in_layout": False}
    below["fontsize"] = min(sheet.small, LEAST)
    for place, (_, own) in enumerate(rows):
        for column, each in enumerate(own.itertuples()):
            letter, colour = LETTERS[each.verdict], colour_of("verdict", each.verdict)
            edge, width = FRAMES.get(each.verdict, (GREY, 0.6))
            square = {"marker": "s", "s": 170 if sheet.is_narrow else 230, "linewidth": width}
            axes.scatter(column, place, color=colour, edgecolor=edge, **square)
            axes.text(column, place, letter, color=text_on(colour), **IN_SQUARE)
            axes.annotate(f"{each.ligne}", (column, place), (0, -9), **below)
    name_rows(axes, range(len(rows)), [label for label, _ in rows], sheet, width=LABEL)
    axes.set_xlim(-0.7, per_row - 0.3)
    axes.set_ylim(len(rows) - 0.35, -0.5)
    axes.set_xticks([])
    bare(axes)
    return figure
