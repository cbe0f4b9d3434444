"""Questions that no column answers by itself: age, durations, what the request and the goals have in common.

What an answer means is said once a label, never once a person: the columns themselves are not rewritten.
"""

from collections.abc import Callable

import numpy as np

from helpers.indicators.groups import Group, steps
from helpers.schema import catalogue

UNKNOWN = "non_renseigne"

# A month is 32 of these, so that the 31 days of any month fit: the difference of two days, divided by 32 and rounded
# down, is the number of complete months between them, as for an age.
_MONTH = 32
# Complete months from which a duration has the next modality of « duree ».
_DURATION_BOUNDS = (3, 6, 12)
# The modalities that a label or a code stands for; none when nothing is known.
Members = tuple[str, ...]


def _class(value: int, bounds: tuple[int, ...], indicator: str) -> tuple[str]:
    """The modality of the catalogue in which a number falls, its modalities being in order."""
    return ([*catalogue().indicators[indicator].modalities][sum(value >= bound for bound in bounds)],)


def _age(birth: str, year: int) -> Members:
    return _class(year - int(birth), (12, 13, 14, 15, 16), "age") if birth.isdigit() else ()


def _themes(label: str) -> set[str]:
    return set(label.split(";")) & set(catalogue().indicators["objectif"].modalities)


def _number_of_goals(label: str, year: int) -> Members:
    del year
    size = len(_themes(label))
    return _class(size, (2, 3, 4), "nombre_d_objectifs") if size else ()


def _start(day: str, year: int) -> Members:
    if not day or int(day[:4]) > year:
        return ()
    return (f"mois_{day[5:7]}" if int(day[:4]) == year else "avant",)


def _end(day: str, year: int) -> Members:
    return ("oui" if day[:4] == str(year) else "non",)


def _request_is_goal(group: Group) -> tuple[np.ndarray, list[Members]]:
    """A code for each pair of an initial request and a set of goals; unknown without a theme on either side."""
    asked, worked = (group.persons.labels[column] for column in ("demande_initiale", "objectifs"))
    goals = [_themes(label) for label in worked]
    members = [
        (("oui" if request in own else "non") if own and _themes(request) else UNKNOWN,)
        for request in asked
        for own in goals
    ]
    codes = group.codes("demande_initiale").astype(np.uint32)
    codes *= np.uint32(len(worked))
    codes += group.codes("objectifs")
    return codes, members


def months_spent(group: Group) -> np.ndarray:
    """Complete calendar months from the start to the end, or to the last day of the year, whichever comes first.

    One a person, below zero when the start is not known.
    """
    labels, last = group.persons.labels, _rank(f"{group.persons.year}-12-31")
    starts = np.array([_rank(day) if day else last + _MONTH for day in labels["date_debut"]], dtype=np.int32)
    ends = np.array([min(_rank(day), last) if day else last for day in labels["date_fin"]], dtype=np.int32)
    months = np.empty(group.size, dtype=np.int16)
    for step in steps(group.size):
        months[step] = (ends[group.codes("date_fin")[step]] - starts[group.codes("date_debut")[step]]) // _MONTH
    return months


def _duration(group: Group) -> tuple[np.ndarray, list[Members]]:
    months = (np.clip(months_spent(group), -1, _DURATION_BOUNDS[-1]) + 1).astype(np.uint8)
    known = [_class(value, _DURATION_BOUNDS, "duree") for value in range(_DURATION_BOUNDS[-1] + 1)]
    return months, [(UNKNOWN,), *known]


def _rank(day: str) -> int:
    year, month, of_month = map(int, day.split("-"))
    return (12 * year + month) * _MONTH + of_month


# Questions read in one column, label by label; and those that need two columns.
READ: dict[str, tuple[str, Callable[[str, int], Members]]] = {
    "age": ("annee_naissance", _age),
    "nombre_d_objectifs": ("objectifs", _number_of_goals),
    "mois_d_ouverture": ("date_debut", _start),
    "fin_dans_l_annee": ("date_fin", _end),
}
COMPUTED: dict[str, Callable[[Group], tuple[np.ndarray, list[Members]]]] = {
    "demande_travaillee": _request_is_goal,
    "duree": _duration,
}
