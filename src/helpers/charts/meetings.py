"""Charts of the meetings, of the associations, and of the audit."""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts import theme
from helpers.charts.figure import compose
from helpers.indicators.lookup import Facts
from helpers.schema import VERDICTS, catalogue
from helpers.text.formats import Html, say
from helpers.text.tables import matrix_table

# --- Drawing of the audit ---

ROW = 0.44  # inches a row of squares takes, with the line numbers under it
LABEL = 22  # characters a line of a row's label may hold
PER_ROW = {False: 18, True: 14}  # on a wide and on a narrow sheet, squares a row may hold before it goes on below
# Letters make verdicts legible without colour; a contradiction also has a thick frame.
IN_SQUARE = {"ha": "center", "va": "center_baseline", "fontweight": "bold", "in_layout": False}
LEAST = 8.25  # points: 11 pixels
LETTERS = {"confirme": "C", "sous_hypothese": "H", "non_verifiable": "N", "ambigu": "A", "contradictoire": "X"}
FRAMES = {"contradictoire": (theme.INK, 2.2)}


def verdicts_drawing(figures: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """One square per printed value, one row per topic: letter and colour of its verdict, its line below.

    Columns ``rubrique`` (in order of appearance), ``verdict``, ``ligne``; in order of line.
    """
    per_row = PER_ROW[sheet.is_narrow]
    rows = [
        ("" if start else topic, own.iloc[start : start + per_row])
        for topic, own in figures.groupby("rubrique", sort=False)
        for start in range(0, len(own), per_row)
    ]
    figure, axes = theme.canvas(0.2 + (ROW + 0.04 + theme.ABOVE * sheet.is_narrow) * len(rows), sheet)
    below = {"textcoords": "offset points", "ha": "center", "va": "top", "color": theme.GREY, "in_layout": False}
    below["fontsize"] = min(sheet.small, LEAST)
    for place, (_, own) in enumerate(rows):
        for column, each in enumerate(own.itertuples()):
            letter, colour = LETTERS[each.verdict], theme.colour_of("verdict", each.verdict)
            edge, width = FRAMES.get(each.verdict, (theme.GREY, 0.6))
            square = {"marker": "s", "s": 170 if sheet.is_narrow else 230, "linewidth": width}
            axes.scatter(column, place, color=colour, edgecolor=edge, **square)
            axes.text(column, place, letter, color=theme.text_on(colour), **IN_SQUARE)
            axes.annotate(f"{each.ligne}", (column, place), (0, -9), **below)
    theme.name_rows(axes, range(len(rows)), [label for label, _ in rows], sheet, width=LABEL)
    axes.set_xlim(-0.7, per_row - 0.3)
    axes.set_ylim(len(rows) - 0.35, -0.5)
    theme.bare(axes, with_ticks=False)
    return figure


# --- Chart of the audit ---

_say = partial(say, "figures_clean")


def show_verdicts(controls: pd.DataFrame, facts: Facts) -> Html:
    """Every printed value as a square with its verdict, by topic and line (schema ``controles``)."""
    if controls.empty:
        return theme.nothing("aucun chiffre imprimé n’a été relevé pour cette année")
    entries = catalogue()
    topics = controls["indicateur"].map(lambda name: entries.indicators[name].topic)
    order = list(dict.fromkeys(topics.loc[controls.sort_values("ligne", kind="stable").index]))
    named = controls.assign(rubrique=topics, place=topics.map(order.index)).sort_values(
        ["place", "ligne"], kind="stable"
    )
    named["rubrique"] = named["rubrique"].map(entries.topics)
    found = [(VERDICTS[name], facts(f"donnees/chiffres_imprimes/{name}")) for name in VERDICTS]
    every = facts("donnees/chiffres_imprimes/controles")
    return compose(
        partial(verdicts_drawing, named),
        id="verdicts",
        title=_say("verdicts_title", facts=dict(zip(VERDICTS, found, strict=True)), every=every),
        subtitle=_say("verdicts_subtitle"),
        reading=_say("verdicts_reading"),
        base=theme.bases([(every, "chiffres imprimés")]),
        source=_say("verdicts_source", every=every),
        alt=_say("verdicts_alt", found=found, every=every).text,
        table=matrix_table(_counts(named), caption="Chiffres imprimés par rubrique et par verdict"),
    )


def _counts(named: pd.DataFrame) -> pd.DataFrame:
    """Printed values by topic (in order of line) and verdict, with totals."""
    counted = pd.crosstab(named["rubrique"], named["verdict"]).reindex(
        index=list(dict.fromkeys(named["rubrique"])), columns=list(VERDICTS), fill_value=0
    )
    counted.loc["Ensemble"] = counted.sum()
    return counted.rename(columns=VERDICTS).rename_axis(index="rubrique", columns=None)
