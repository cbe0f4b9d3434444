"""Individual records to exact counts below the network: by association and collège, before any protection."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.indicators.answers import Answers, answers_to, asked_of, by_class
from helpers.indicators.groups import Group
from helpers.indicators.persons import perimeters
from helpers.records import Persons
from helpers.schema import Indicator, catalogue, columns, typed

_PERIMETER = "alses"
# The columns of persons that say where they are followed.
_PLACES = ("association", "uai")


def count_sites(persons: Persons) -> pd.DataFrame:
    """The exact counts of the ALSES' persons by association and collège together (schema ``comptes_par_site``).

    One row a pair of association and UAI, either of them empty when it is not known, and a modality or group that
    somebody there has; their number has the indicator ``accompagnements``. The indicators are those that the catalogue
    lets be known by site. Two questions are crossed when both take one answer. These counts are as private as the
    persons: they are read by the protection, and by nothing that leaves.

    >>> lignes = pd.DataFrame({"identifiant": list("ABC"), "suivi_par": "alses", "association": "AAPI"})
    >>> personnes = records.Persons.of(2021, lignes.assign(uai=["0592714E", "0592714E", ""], sexe="filles"))
    >>> comptes = indicators.count_sites(personnes)
    >>> comptes.loc[comptes["indicateur"].eq("sexe"), ["association", "uai", "modalite", "effectif"]]
      association       uai modalite  effectif
    2        AAPI             filles         1
    3        AAPI  0592714E   filles         2
    """
    found = list(_tables(perimeters(persons)[_PERIMETER])) if len(persons) else []
    whole = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns("comptes_par_site"))
    return typed(whole.assign(annee=persons.year)[columns("comptes_par_site")], "comptes_par_site")


def _tables(group: Group) -> Iterator[pd.DataFrame]:
    for entry in catalogue().indicators.values():
        if not entry.is_by_site:
            continue
        if entry.choice == "total":
            places, classes = _places(group)
            yield _rows(np.bincount(classes, minlength=len(places))[:, None], places, entry, [""])
            continue
        places, classes = _places(asked_of(group, entry))
        answers = answers_to(group, entry)
        names = [*answers.modalities(), *entry.groups]
        yield _rows(by_class(classes, len(places), answers), places, entry, names)
        for other in [catalogue().indicators[name] for name in entry.crossed_with]:
            if entry.choice == other.choice == "unique":
                yield from _crossed(places, classes, answers, answers_to(group, other))


def _places(group: Group) -> tuple[pd.DataFrame, np.ndarray]:
    """The pairs of association and UAI there are, and which one each person of the group has."""
    association, uai = (group.codes(name).astype(np.int64) for name in _PLACES)
    labels = [group.persons.labels[name] for name in _PLACES]
    pairs, classes = np.unique(association * len(labels[1]) + uai, return_inverse=True)
    there = {"association": pairs // len(labels[1]), "uai": pairs % len(labels[1])}
    names = {name: [known[code] for code in there[name]] for name, known in zip(_PLACES, labels, strict=True)}
    return pd.DataFrame(names), classes


def _crossed(places: pd.DataFrame, classes: np.ndarray, answers: Answers, other: Answers) -> Iterator[pd.DataFrame]:
    """The counts of one question, for those who gave each answer to another."""
    both = by_class(classes * len(other.members) + other.codes, len(places) * len(other.members), answers)
    cells = both.reshape(len(places), len(other.members), -1)
    for crossed in other.modalities():
        own = [place for place, members in enumerate(other.members) if crossed in members]
        found = cells[:, own, : len(answers.modalities())].sum(axis=1)
        yield _rows(found, places, answers.entry, answers.modalities(), cross=(other.entry.id, crossed))


def _rows(
    counts: np.ndarray, places: pd.DataFrame, entry: Indicator, names: list[str], *, cross: tuple[str, str] = ("", "")
) -> pd.DataFrame:
    """The counts that are not zero, a row each; ``counts`` has a row a place and a column a name."""
    place, rank = np.nonzero(counts)
    return places.iloc[place].assign(
        indicateur=entry.id,
        modalite=[names[each] for each in rank],
        croise_avec=cross[0],
        modalite_croisee=cross[1],
        effectif=counts[place, rank],
    )
