"""The same persons and the same collèges, in two years of records."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.indicators.answers import Answers, answers_to, by_class
from helpers.indicators.crossings import is_small
from helpers.indicators.errors import errors_of
from helpers.indicators.groups import Group, steps, tally
from helpers.indicators.hiding import FEWEST_COLLEGES, may_show, shown_parts
from helpers.indicators.persons import perimeters
from helpers.records import EMPTY, Persons
from helpers.schema import Indicator, catalogue, columns, typed

# The questions that documents print, whose base is everybody.
_ASKED = ("sexe", "nouvel_accompagnement", "origine", "niveau", "demande_initiale", "objectif", "parents_associes")
_PERIMETER = "alses"
# Whose differences get a standard error: who, and the questions that a document prints of all of them.
_COMPARED = {_PERIMETER: _ASKED, "collegiens": ("suivi_par",)}
_WHOLE = "ensemble"
_SHARED = "personnes_communes"
_COLLEGES = ("colleges_anciens", "colleges_nouveaux", "colleges_sortis", "college_inconnu")
_OLD, _ONE_YEAR, _UNKNOWN = 0, (1, 2), 3

# A group of the year and one of the earlier year.
Pair = tuple[Group, Group]


def count_overlaps(persons: Persons, earlier: dict[int, Persons], *, source: str) -> pd.DataFrame:
    """Who and which collèges are in the records of both years (schema ``recouvrements``), among the ALSES' persons.

    For each earlier year with records: the persons of both, by identifier, with what they answered each year; then
    those of the year and of the earlier one by kind of collège. A collège is known by its UAI; one where somebody is
    followed both years is old. No count of one to four persons is shown, nor is a difference of two shown numbers: an
    answer or a kind of collège that would tell one is left out, and with it another when it would be told by
    subtraction. So is a kind of one or two collèges, whose own figures it would be. A kind of collège that has no row
    is hidden: without anybody, it has a row with 0. The count of the two years, ``effectif_deux_fois``, alone is left
    empty when so few changed their answer. Then, of the whole of each year (``ensemble``, collégiens too), the standard
    error of the difference of two shares (`errors.standard_error`). ``source`` is export or synthetique; empty without
    earlier records.

    >>> lignes = pd.DataFrame({"identifiant": [f"F{rang}" for rang in range(20)], "suivi_par": "alses"})
    >>> avant, apres = records.Persons.of(2020, lignes.head(12)), records.Persons.of(2021, lignes.tail(15))
    >>> communes = indicators.count_overlaps(apres, {2020: avant}, source="export")
    >>> communes.loc[communes["indicateur"].eq("accompagnements"), ["population", "effectif"]].to_numpy().tolist()
    [['personnes_communes', 7], ['colleges_anciens', 0], ['colleges_nouveaux', 0], ['colleges_sortis', 0],
     ['college_inconnu', 15]]
    """
    rows = []
    for year, others in sorted(earlier.items()) if len(persons) else ():
        if len(others):
            cell = {"annee": persons.year, "annee_anterieure": year}
            known = perimeters(persons), perimeters(others)
            pair = known[0][_PERIMETER], known[1][_PERIMETER]
            found = [{"perimetre": _PERIMETER, **row} for row in [*_of_persons(pair), *_of_colleges(pair)]]
            rows += [cell | row for row in [*found, *_of_everybody(known)]]
    return typed(pd.DataFrame(rows, columns=columns("recouvrements")).assign(source=source), "recouvrements")


def _of_everybody(known: tuple[dict[str, Group], dict[str, Group]]) -> Iterator[dict]:
    """The counts that both years publish, and how far the difference of their shares could move by chance."""
    for perimeter, questions in _COMPARED.items():
        if perimeter in known[0] and perimeter in known[1]:
            head = {"perimetre": perimeter, "population": _WHOLE}
            yield from (head | row for row in errors_of((known[0][perimeter], known[1][perimeter]), questions))


def _of_persons(pair: Pair) -> Iterator[dict]:
    """Those of both years: how many, then what they answered."""
    places = [np.arange(group.size) if group.rows is None else group.rows for group in pair]
    found = pair[0].persons.shared(places[0], pair[1].persons, places[1])
    shared = tuple(Group(group.persons, rows) for group, rows in zip(pair, found, strict=True))
    size = shared[0].size
    sizes = np.array([size, pair[0].size - size, size, pair[1].size - size])
    if is_small(sizes).any():
        return
    yield _row(_SHARED, "accompagnements", "", (size, size), (size, size), twice=size)
    for entry in [catalogue().indicators[name] for name in _ASKED] if size else ():
        whole, own = ([answers_to(group, entry) for group in groups] for groups in (pair, shared))
        (now, before), (all_now, all_before) = ([_counts(answers) for answers in each] for each in (own, whole))
        parts = np.column_stack([now, all_now - now, before, all_before - before])
        twice = _twice(own, now, before)
        for place in np.flatnonzero(may_show(parts, sizes, entry) & parts.any(axis=1)):
            counts = int(now[place]), int(before[place])
            yield _row(_SHARED, entry.id, _names(entry)[place], counts, (size, size), twice=twice[place])


def _twice(own: list[Answers], now: np.ndarray, before: np.ndarray) -> list[int | None]:
    """Who gave each answer both years; None when one to four gave it one of the two only, or came to it by another."""
    entry, (first, second) = own[0].entry, [answers.incidence(with_groups=True).astype(bool) for answers in own]
    both = np.zeros(first.shape[1], dtype=np.int64)
    for step in steps(own[0].base):
        both += (first[own[0].codes[step]] & second[own[1].codes[step]]).sum(axis=0)
    is_told = is_small(np.column_stack([both, now - both, before - both, own[0].base - now - before + both])).any(
        axis=1
    )
    names = _names(entry)
    for group, value in entry.groups.items():
        place, members = names.index(group), [names.index(member) for member in value.members]
        # Who went from one member of the group to another.
        is_told[place] |= is_small(both[place] - both[members].sum(keepdims=True)).any()
    return [None if told else int(count) for told, count in zip(is_told, both, strict=True)]


def _of_colleges(pair: Pair) -> Iterator[dict]:
    """The persons of each year by kind of collège: how many, then what they answered."""
    kinds, colleges = _kinds(pair)
    sizes = [tally(codes, len(_COLLEGES)) for codes in kinds]
    shown = shown_parts(*sizes, colleges=colleges)
    for place in shown:
        own = tuple(int(size[place]) for size in sizes)
        yield _row(_COLLEGES[place], "accompagnements", "", own, own)
    for entry in [catalogue().indicators[name] for name in _ASKED] if shown else ():
        counts = [
            by_class(codes, len(_COLLEGES), answers_to(group, entry)) for codes, group in zip(kinds, pair, strict=True)
        ]
        parts = np.vstack([_parts(each, shown) for each in counts]).T
        of_parts = np.concatenate([_parts(size, shown) for size in sizes])
        for answer in np.flatnonzero(may_show(parts, of_parts, entry) & parts.any(axis=1)):
            for place in shown:
                found = tuple(int(each[place, answer]) for each in counts)
                bases = tuple(int(size[place]) for size in sizes)
                yield _row(_COLLEGES[place], entry.id, _names(entry)[answer], found, bases)


def _parts(counts: np.ndarray, shown: list[int]) -> np.ndarray:
    """The kinds that are shown, then all the others together."""
    return np.concatenate([counts[shown], np.delete(counts, shown, axis=0).sum(axis=0, keepdims=True)])


def _kinds(pair: Pair) -> tuple[list[np.ndarray], np.ndarray]:
    """The kind of collège of each person of each year, a place in ``_COLLEGES``; how many collèges each kind has."""
    labels = [group.persons.labels["uai"] for group in pair]
    seen = [
        {label for label, count in zip(names, tally(group.codes("uai"), len(names)), strict=True) if count}
        for group, names in zip(pair, labels, strict=True)
    ]
    seen = [names - {EMPTY} for names in seen]
    common = seen[0] & seen[1]
    # Nobody knows how many collèges the unknown ones are: many, so that they can stand with others.
    colleges = np.array([len(common), *(len(own - common) for own in seen), FEWEST_COLLEGES])
    kinds = [
        np.array([_UNKNOWN if name == EMPTY else _OLD if name in common else alone for name in names], dtype=np.uint8)
        for names, alone in zip(labels, _ONE_YEAR, strict=True)
    ]
    return [kind.take(group.codes("uai")) for kind, group in zip(kinds, pair, strict=True)], colleges


def _counts(answers: Answers) -> np.ndarray:
    return answers.by_code @ answers.incidence(with_groups=True)


def _names(entry: Indicator) -> list[str]:
    return [*entry.modalities, *entry.recorded, *entry.groups]


def _row(
    population: str, indicator: str, modality: str, counts: tuple, bases: tuple, *, twice: int | None = None
) -> dict:
    names = ("effectif", "effectif_anterieur", "base", "base_anterieure")
    cell = {"population": population, "indicateur": indicator, "modalite": modality}
    return {**cell, **dict(zip(names, (*counts, *bases), strict=True)), "effectif_deux_fois": twice}
