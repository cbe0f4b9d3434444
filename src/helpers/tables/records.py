"""Figures counted in individual records as tables: they are exact and have one source, which the figure says once."""

from collections.abc import Iterable

import pandas as pd
from markupsafe import Markup

from helpers.facts import Fact, fact_of
from helpers.schema import SYNTHETIC_MEANING, catalogue
from helpers.tables.frame import Group, headings, lay_out
from helpers.wording import Html, say
from helpers.wording.marks import say_base, say_count, say_share, synthetic_mark

_NO_CELL = "—"


def counted_table(parts: list[list[Fact]], names: list[str], *, unit: str, caption: str) -> Html:
    """Count and share of each answer, population by population; a base that is the same for all stands in a last row.

    ``names`` head the populations; empty, there is one.
    """
    has_base = any(len({fact.base for fact in facts}) > 1 for facts in parts)
    groups = [Group(name, _counted(facts, has_base=has_base)) for name, facts in zip(names, parts, strict=True)]
    numbers = [f"Effectif ({unit})", *([f"Base ({unit})"] if has_base else []), "Part"]
    note = _mark([fact for facts in parts for fact in facts])
    return lay_out(caption, headings("Modalité", *numbers, numbers=numbers), groups, note=note)


def _mark(facts: Iterable[Fact]) -> Markup:
    """What is simulated says so, once a table."""
    if not any(fact.is_synthetic for fact in facts):
        return Markup()
    return Markup("{} : {}. ").format(synthetic_mark(), SYNTHETIC_MEANING)


def _counted(facts: list[Fact], *, has_base: bool) -> list[list]:
    rows = [
        [
            fact.label,
            say_count(fact, cited=False),
            *([say_base(fact)] if has_base else []),
            say_share(fact, cited=False),
        ]
        for fact in facts
    ]
    return rows if has_base else [*rows, ["Ensemble", say_base(facts[0]), _NO_CELL]]


def reading_table(rows: pd.DataFrame, *, caption: str, sentence: str) -> Html:
    """Persons and share, line by line, then how it is read; nothing at all when there is no row.

    ``rows`` has the columns of `describe.breakdown`, all counted in an export; ``sentence`` is the macro of
    ``describe.j2`` that reads its first line.

    >>> vides = describe.completeness(store.load(2020, "indicateurs"), year=2020)
    >>> tables.reading_table(vides, caption="Colonnes", sentence="completeness").text
    ''
    """
    facts = [fact_of(row) for row in rows.itertuples()]
    if not all(fact.is_of_records for fact in facts) or not facts:
        return Html("", "")
    entry, has_base = catalogue().indicators[rows["indicateur"].iloc[0]], len({fact.base for fact in facts}) > 1
    numbers = ["Personnes", *(["Base"] if has_base else []), "Part"]
    titles, note = headings(entry.label, *numbers, numbers=numbers), say("describe", sentence, fact=_leading(facts))
    return lay_out(caption, titles, _counted(facts, has_base=has_base), note=_mark(facts) + Markup(note))


def pairs_table(cells: pd.DataFrame, pairs: pd.DataFrame, *, caption: str) -> Html:
    """How many persons gave two answers, each pair once, then how it is read; nothing at all without records.

    ``cells`` has the columns of `describe.crossed`, ``pairs`` those of `describe.pairs`, which are the same.

    >>> chiffres = store.load(2020, "indicateurs")
    >>> croises = describe.crossed(chiffres, "objectif", "objectif", year=2020)
    >>> tables.pairs_table(croises, describe.pairs(chiffres, "objectif", year=2020), caption="Paires").text
    ''
    """
    if pairs.empty:
        return Html("", "")
    places = {name: place for place, name in enumerate(dict.fromkeys(cells["modalite"]))}
    once = cells[cells["modalite"].map(places) < cells["modalite_croisee"].map(places)]
    note = say("describe", "pairs", fact=fact_of(next(pairs.itertuples())), other=pairs["libelle_croise"].iloc[0])
    return crossing_table(once, caption=caption, note=note)


def crossing_table(cells: pd.DataFrame, *, caption: str, note: Html | str = "") -> Html:
    """A crossing in persons, a column a group, then how many each group has; a cell that is not shown is a dash.

    ``cells`` has the columns of `describe.crossed`.

    >>> croises = describe.crossing(
    ...     store.load(2020, "indicateurs"), "equipe_sur_le_quartier", "association", year=2020, perimeter="postes"
    ... )
    >>> print(tables.crossing_table(croises.head(2), caption="Équipe, selon l’association").text)
    Équipe, selon l’association Modalité AAPI AEP Sambre Avesnois oui 1 3 Base 1 3
    """
    facts = {(row.modalite, row.modalite_croisee): fact_of(row) for row in cells.itertuples()}
    lines = dict(zip(cells["modalite"], cells["libelle"], strict=True))
    columns = dict(zip(cells["modalite_croisee"], cells["libelle_croise"], strict=True))
    rows = [[label, *(_cell(facts.get((name, column))) for column in columns)] for name, label in lines.items()]
    bases = [
        next((fact for (_, name), fact in facts.items() if name == column and fact.base), None) for column in columns
    ]
    base = ["Base", *(say_base(fact) if fact else _NO_CELL for fact in bases)]
    titles = headings("Modalité", *columns.values(), numbers=list(columns.values()))
    return lay_out(caption, titles, [*rows, base], kind="matrice", note=_mark(facts.values()) + Markup(note))


def _leading(facts: list[Fact]) -> Fact:
    """The answer that the sentence reads: the most frequent of those that answer; of columns, the emptiest."""
    entry = catalogue().indicators[facts[0].key.split("/")[2]]
    if entry.choice == "multiple":
        return min(facts, key=lambda fact: fact.counts[0] / max(fact.base[0], 1) if fact.base else fact.counts[0])
    answers = [fact for fact in facts if fact.key.split("/")[3] in entry.modalities]
    return max(answers or facts, key=lambda fact: fact.counts[0])


def _cell(fact: Fact | None) -> Markup | str:
    """A count; a dash for one that is not shown, nothing where there is no cell."""
    return "" if fact is None else say_count(fact, cited=False) if fact.counts else _NO_CELL
