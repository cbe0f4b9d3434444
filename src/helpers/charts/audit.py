"""Figure of the audit: what became of each printed figure."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import compose
from helpers.charts.words import bases, nothing
from helpers.facts import Facts
from helpers.schema import VERDICTS, catalogue
from helpers.tables import matrix_table
from helpers.wording import Html, say

_say = partial(say, "figures_clean")


def show_verdicts(controls: pd.DataFrame, facts: Facts) -> Html:
    """Every printed figure as a square with its verdict, by topic and in order of line (schema ``controles``).

    A box when no printed figure was noted.

    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> print(charts.show_verdicts(store.load(2020, "controles"), chiffre).text)
    Sur 49 chiffres imprimés, 18 sont retrouvés par le calcul, aucun n’est contredit et 26 ne peuvent pas être
    vérifiés
    Carrés de 49 chiffres imprimés selon le verdict : confirmé, 18 ; confirmé sous hypothèse, 4 ; non vérifiable, 26 ;
    ambigu, 1 ; contradictoire, 0.
    """
    if controls.empty:
        return nothing("aucun chiffre imprimé n’a été relevé pour cette année")
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
        partial(draw.verdicts, named),
        id="verdicts",
        title=_say("verdicts_title", facts=dict(zip(VERDICTS, found, strict=True)), every=every),
        subtitle=_say("verdicts_subtitle"),
        reading=_say("verdicts_reading"),
        base=bases([(every, "chiffres imprimés")]),
        source=_say("verdicts_source", every=every),
        alt=_say("verdicts_alt", found=found, every=every).text,
        table=matrix_table(_counts(named), caption="Chiffres imprimés par rubrique et par verdict"),
    )


def _counts(named: pd.DataFrame) -> pd.DataFrame:
    """Figures by topic (in order of line) and verdict, with the total of each verdict."""
    counted = pd.crosstab(named["rubrique"], named["verdict"]).reindex(
        index=list(dict.fromkeys(named["rubrique"])), columns=list(VERDICTS), fill_value=0
    )
    counted.loc["Ensemble"] = counted.sum()
    return counted.rename(columns=VERDICTS).rename_axis(index="rubrique", columns=None)
