"""Drawing of the audit: it computes nothing and returns the matplotlib figure."""

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts.draw.axes import bare, folded
from helpers.charts.figure import canvas
from helpers.charts.palette import GREY, colour_of

ROW = 0.46  # inches a row of squares takes, with the line numbers under it
LABEL = 22  # characters a line of a row's label may hold
PER_ROW = 18  # squares a row may hold before it goes on below
# The letter in each square says the verdict without its colour; a contradiction also has a thick frame.
LETTERS = {"confirme": "C", "sous_hypothese": "H", "non_verifiable": "N", "ambigu": "A", "contradictoire": "X"}
FRAMES = {"contradictoire": ("black", 2.2)}


def verdicts(figures: pd.DataFrame) -> Figure:
    """One square a figure, a row a topic: letter and colour of its verdict, its line below.

    Columns ``rubrique`` (label, rows in order of appearance), ``verdict``, ``ligne``; in order of line.
    """
    rows = [
        ("" if start else topic, own.iloc[start : start + PER_ROW])
        for topic, own in figures.groupby("rubrique", sort=False)
        for start in range(0, len(own), PER_ROW)
    ]
    figure, axes = canvas(0.2 + ROW * len(rows))
    for place, (_, own) in enumerate(rows):
        for column, each in enumerate(own.itertuples()):
            letter, colour = LETTERS[each.verdict], colour_of("verdict", each.verdict)
            edge, width = FRAMES.get(each.verdict, (GREY, 0.6))
            axes.scatter(column, place, s=260, marker="s", color=colour, edgecolor=edge, linewidth=width)
            axes.text(column, place, letter, ha="center", va="center_baseline", fontweight="bold")
            axes.text(column, place + 0.46, f"{each.ligne}", ha="center", va="center", color=GREY, fontsize=7)
    axes.set_yticks(range(len(rows)), folded((label for label, _ in rows), LABEL))
    axes.set_xlim(-0.7, PER_ROW - 0.3)
    axes.set_ylim(len(rows) - 0.35, -0.5)
    axes.set_xticks([])
    bare(axes)
    return figure
