"""Figures counted in individual records as tables: they are exact and have one source, which the figure says once."""

import pandas as pd

from helpers.facts import Fact, fact_of
from helpers.tables.frame import Group, headings, lay_out
from helpers.wording import Html, say
from helpers.wording.marks import say_base, say_count, say_share

_NO_CELL = "—"


def counted_table(parts: list[list[Fact]], names: list[str], *, unit: str, caption: str) -> Html:
    """Count and share of each answer, population by population; a base that is the same for all stands in a last row.

    ``names`` head the populations; empty, there is one.
    """
    has_base = any(len({fact.base for fact in facts}) > 1 for facts in parts)
    groups = [Group(name, _counted(facts, has_base=has_base)) for name, facts in zip(names, parts, strict=True)]
    numbers = [f"Effectif ({unit})", *([f"Base ({unit})"] if has_base else []), "Part"]
    return lay_out(caption, headings("Modalité", *numbers, numbers=numbers), groups)


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


def completeness_table(rows: pd.DataFrame, *, caption: str) -> Html:
    """How many persons have each column of the export filled; nothing at all without an export.

    ``rows`` has the columns of `describe.completeness`, the emptiest column first.

    >>> vides = describe.completeness(store.load(2020, "indicateurs"), year=2020)
    >>> tables.completeness_table(vides, caption="Colonnes").text
    ''
    """
    return _read_table(rows, caption=caption, heading="Colonne", sentence="completeness")


def months_table(rows: pd.DataFrame, *, caption: str) -> Html:
    """How many accompaniments began in each month of the year, in persons; nothing at all without an export.

    ``rows`` has the columns of `describe.breakdown`.

    >>> mois = describe.breakdown(store.load(2020, "indicateurs"), "mois_d_ouverture", year=2020)
    >>> tables.months_table(mois, caption="Mois d’ouverture").text
    ''
    """
    return _read_table(rows, caption=caption, heading="Début", sentence="starts")


def _read_table(rows: pd.DataFrame, *, caption: str, heading: str, sentence: str) -> Html:
    """Persons and share, line by line, and how the first line is read; source and precision are those of an export."""
    facts = [fact_of(row) for row in rows.itertuples()]
    if not facts:
        return Html("", "")
    numbers, note = ["Personnes", "Part"], say("describe", sentence, fact=facts[0])
    titles = headings(heading, *numbers, numbers=numbers)
    return lay_out(caption, titles, _counted(facts, has_base=False), note=note)


def crossing_table(cells: pd.DataFrame, *, caption: str) -> Html:
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
    return lay_out(caption, titles, [*rows, base], kind="matrice")


def _cell(fact: Fact | None):
    return say_count(fact, cited=False) if fact and fact.counts else _NO_CELL
