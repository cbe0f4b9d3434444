"""Individual records to exact indicators: every count of the catalogue, in every perimeter that the export knows."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.indicators.answers import answers_to, asked_of
from helpers.indicators.crossings import cross
from helpers.indicators.groups import Group, tally
from helpers.indicators.quartiles import LENGTHS, quartiles_of
from helpers.indicators.rows import row, table
from helpers.records import Persons
from helpers.schema import Indicator, catalogue

# Shown even when nobody gave such an answer: that an answer is never missing is worth knowing.
_ALWAYS_SHOWN = "non_renseigne"
# Totals that count the different values of a column, not persons.
_DIFFERENT = {"colleges_suivis": "uai", "associations_suivantes": "association"}


def perimeters(persons: Persons) -> dict[str, Group]:
    """Who is in each perimeter; an export without any other educator knows none but the ALSES'."""
    everyone = Group(persons)
    by_alses = {"alses": everyone.having("suivi_par", "alses")}
    if not everyone.having("suivi_par", "autre_educateur").size:
        return by_alses
    return by_alses | {"collegiens": everyone.having("situation", "collegien"), "prevention_specialisee": everyone}


def count_persons(persons: Persons, *, source: str, reference: str) -> pd.DataFrame:
    """Exact indicators (schema ``indicateurs``) of the records of a year, for the network alone.

    Every indicator of the catalogue that counts records, in its perimeters; what nobody answered is ``non_renseigne``
    and belongs to the base. A group is counted in persons: who gives two of its answers counts once. A duration is in
    complete calendar months, as an age is in years, until the last day of the year at most. ``source`` is export or
    synthetique. Crossings whose cells are too small are folded or left out. Empty without records.

    >>> lignes = pd.DataFrame({"identifiant": ["F1", "F2"], "suivi_par": "alses", "sexe": ["filles", ""]})
    >>> personnes = records.Persons.of(2021, lignes)
    >>> comptes = indicators.count_persons(personnes, source="export", reference="export de la base, 2021")
    >>> comptes.loc[comptes["indicateur"].eq("sexe"), ["modalite", "effectif_min", "base_min"]].to_numpy().tolist()
    [['filles', 1, 2], ['garcons', 0, 2], ['non_renseigne', 1, 2]]
    """
    if not len(persons):
        return table([])
    rows = []
    for perimeter, group in perimeters(persons).items():
        for entry in catalogue().indicators.values():
            if perimeter in entry.counted_in:
                rows += _rows(group, entry, perimeter)
    return table([{**each, "reference": reference} for each in rows], source=source)


def published_answers(persons: Persons) -> dict[str, pd.DataFrame]:
    """What the indicators tell of each person: by perimeter, a row each (index: her place) and a column
    ``<indicateur>`` a question.

    Answers are those that are counted, not what was written: who is in no perimeter is in no table, a column that no
    question reads is not there, nor is an identifier. An answer is missing where the question is not asked. What a
    column has filled and how long follow-ups last tell nothing more of a person, and are left out.

    >>> lignes = pd.DataFrame({"identifiant": ["F1", "F2"], "suivi_par": "alses", "sexe": ["filles", ""]})
    >>> indicators.published_answers(records.Persons.of(2021, lignes))["alses"]["sexe"].tolist()
    ['filles', 'non_renseigne']
    """
    return {perimeter: _answers_in(group, perimeter) for perimeter, group in perimeters(persons).items()}


def _answers_in(group: Group, perimeter: str) -> pd.DataFrame:
    found = pd.DataFrame(index=_places(group))
    for entry in catalogue().indicators.values():
        if perimeter not in entry.counted_in or entry.id in LENGTHS or entry.id == "colonne_remplie":
            continue
        if entry.choice != "total":
            answers = answers_to(group, entry)
            words = [";".join(members) for members in answers.members]
            found[entry.id] = pd.Series(_words(answers.codes, words), index=_places(asked_of(group, entry)))
        elif entry.id in _DIFFERENT:
            column = _DIFFERENT[entry.id]
            found[column] = _words(group.codes(column), group.persons.labels[column])
    return found


def _places(group: Group) -> np.ndarray:
    return np.arange(group.size) if group.rows is None else group.rows


def _words(codes: np.ndarray, words: list[str]) -> pd.Categorical:
    places, known = pd.factorize(np.array(words, dtype=object))
    return pd.Categorical.from_codes(places[codes], categories=known)


def _rows(group: Group, entry: Indicator, perimeter: str) -> Iterator[dict]:
    if entry.choice == "total":
        yield _exact(group, entry, perimeter, "", _total(group, entry))
        return
    if entry.id == "colonne_remplie":
        for column in entry.modalities:
            asked = _asked(group, entry, column)
            filled = int(np.count_nonzero(asked.codes(column)))
            yield _exact(group, entry, perimeter, column, filled, base=(asked.size,) * 2)
        return
    if entry.id in LENGTHS:
        for modality, months in zip(entry.modalities, quartiles_of(group, entry.id), strict=False):
            yield _exact(group, entry, perimeter, modality, months)
        return
    answers = answers_to(group, entry)
    base = (answers.base,) * 2
    for modality, count in answers.counts().items():
        if count or modality not in entry.recorded or modality == _ALWAYS_SHOWN:
            yield _exact(group, entry, perimeter, modality, count, base=base)
    # Elsewhere the margins are not known, and the difference of two perimeters would show smaller cells.
    for other in [catalogue().indicators[name] for name in entry.crossed_with]:
        for cell in cross(answers, answers_to(group, other)) if perimeter in other.counted_in else ():
            crossed = (other.id, cell.crossed)
            yield _exact(group, entry, perimeter, cell.modality, cell.count, base=(cell.base,) * 2, cross=crossed)


def _total(group: Group, entry: Indicator) -> int:
    if entry.id not in _DIFFERENT:
        return group.size
    column = _DIFFERENT[entry.id]
    return int((tally(group.codes(column), len(group.persons.labels[column]))[1:] > 0).sum())


def _asked(group: Group, entry: Indicator, modality: str) -> Group:
    """Whom a modality is about: a referrer is expected only of who comes by the collège."""
    column, _, answer = entry.base_of(modality).partition("/")
    return group.having(column, answer) if answer else group


def _exact(group: Group, entry: Indicator, perimeter: str, modality: str, count: int, **options) -> dict:
    cell = (group.persons.year, perimeter, entry.id, modality)
    return row(cell, entry.unit, counts=(count, count), precision="exact", reference="", **options)
