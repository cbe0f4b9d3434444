"""The figure of any indicator, crossed or not: for the workbench, where the reader chooses what to look at."""

import re
from collections.abc import Callable
from datetime import date
from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import compose
from helpers.charts.palette import colour_of
from helpers.charts.persons import show_breakdown
from helpers.charts.words import bases, nothing, source
from helpers.facts import Fact, fact_of
from helpers.schema import UNSAID, catalogue
from helpers.tables import table
from helpers.wording import Html, day, say

_say = partial(say, "figures_explored")

_DAY = re.compile(r"\d{4}-\d\d-\d\d")

_TITLES = {
    "libelle": "Modalité",
    "libelle_croise": "Croisée avec",
    "effectif_min": "Au moins",
    "effectif_max": "Au plus",
    "reference": "Référence",
}


def show_explored(rows: pd.DataFrame) -> Html:
    """The figure of some rows of the indicator table; a single number is said in words.

    ``rows`` has the columns of `describe.breakdown`, or those of `describe.crossing`. Shares are drawn as page 02 draws
    them; else counts as bars; a cross table as a heat table. What is neither published nor counted is a « pas de
    donnée » box.

    >>> print(charts.show_explored(describe.breakdown(store.load(2020, "indicateurs"), "niveau", year=2020)).text)
    Parmi les personnes suivies par un ALSES, 63 % sont en 4e ou 3e
    Barres horizontales, Niveau de classe, 2020 : 6e, 5e ou autre, de 36,5 % à 37,5 % ; 4e ou 3e, 63 %.
    """
    known = rows[~rows["precision"].isin(UNSAID) & rows["effectif_min"].notna() & rows["effectif_max"].notna()]
    if "libelle_croise" in rows and len(known):
        heads = [_dated(name, "{:%d/%m %Y}".format) for name in dict.fromkeys(known["libelle_croise"])]
        known = known.assign(libelle_croise=[_dated(name, day) for name in known["libelle_croise"]])
        return _figure(known, partial(draw.crossing, known, heads), is_crossed=True)
    figure = show_breakdown(rows) if len(rows) else None
    if figure is not None:
        return figure
    if known.empty:
        return nothing("ce choix n’a aucun chiffre publié")
    if len(known) == 1:
        return _say("single", fact=fact_of(known.iloc[0]), entry=catalogue().indicators[known["indicateur"].iloc[0]])
    colours = [colour_of(row.indicateur, row.modalite) for row in known.itertuples()]
    return _figure(known, partial(draw.counts, known, colours), is_crossed=False)


def _base(facts: list[Fact], population: str):
    """The base, where all that is drawn has the same; the columns of a cross table each have theirs."""
    known = {fact.base: fact for fact in facts if fact.base}
    return bases([(fact, population) for fact in known.values()]) if len(known) == 1 else ""


def _dated(name: str, form: Callable[[date], str]) -> str:
    """A meeting is named by its day."""
    return form(date.fromisoformat(name)) if _DAY.fullmatch(name) else name


def _figure(rows: pd.DataFrame, drawn, *, is_crossed: bool) -> Html:
    entry = catalogue().indicators[rows["indicateur"].iloc[0]]
    perimeter = catalogue().perimeters[rows["perimetre"].iloc[0]]
    # A group is the largest by construction: the title names a modality where one is known.
    alone = rows[~rows["modalite"].isin(list(entry.groups))]
    compared = rows if alone.empty else alone
    most = compared.sort_values("effectif_max", ascending=False, kind="stable").iloc[0]
    facts = [fact_of(row) for row in rows.itertuples()]
    labels = [f"{row.libelle}, {row.libelle_croise}" if is_crossed else row.libelle for row in rows.itertuples()]
    label, fact = labels[list(rows.index).index(most.name)], fact_of(most)
    is_tied = list(compared["effectif_max"]).count(most["effectif_max"]) > 1
    titles = {name: title for name, title in _TITLES.items() if name in rows}
    return compose(
        drawn,
        id=f"explorer-{perimeter.id}-{entry.id}-{most['croise_avec']}".rstrip("-"),
        title=_say("title", entry=entry, fact=fact, label=label, is_tied=is_tied),
        subtitle=_say("subtitle", population=perimeter.label, year=int(most["annee"]), is_crossed=is_crossed),
        reading="",
        base=_base(facts, perimeter.label),
        source=source(perimeter.label, rows["reference"]),
        alt=_say("alt", entry=entry, figures=list(zip(labels, facts, strict=True))).text,
        table=table(rows, caption=f"{entry.label}, {perimeter.label}, {most['annee']}", titles=titles),
    )
