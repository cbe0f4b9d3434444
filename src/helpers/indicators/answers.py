"""What the persons of a perimeter answered, a code each: all that counting and crossing need to know."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers.records import EMPTY, Persons
from helpers.schema import Indicator, catalogue

UNKNOWN = "non_renseigne"

# Days of the bounds of the modalities of « duree »: three, six and twelve months of a year of 365.25 days.
_DURATION_BOUNDS = (91.3125, 182.625, 365.25)
_NEVER = np.datetime64("NaT")


@dataclass(frozen=True)
class Answers:
    """Codes into ``labels``, one a person of the base; ``members`` gives the modalities that each label stands for."""

    entry: Indicator
    codes: np.ndarray
    labels: list[str]
    members: dict[str, tuple[str, ...]]

    @property
    def base(self) -> int:
        """How many persons the question is about."""
        return len(self.codes)

    def of_labels(self) -> np.ndarray:
        """Persons by label."""
        return np.bincount(self.codes, minlength=len(self.labels))

    def modalities(self) -> list[str]:
        """Every modality that may be answered: those of documents, then those that only records have."""
        return [*self.entry.modalities, *self.entry.recorded]

    def incidence(self) -> np.ndarray:
        """Which modality each label stands for: a table of zeros and ones, labels by modalities."""
        names = self.modalities()
        found = np.zeros((len(self.labels), len(names)), dtype=np.int64)
        for place, label in enumerate(self.labels):
            for member in self.members[label]:
                found[place, names.index(member)] = 1
        return found

    def counts(self) -> dict[str, int]:
        """Persons by modality, then by group: a person with two of a group's members is counted once."""
        names, seen = self.modalities(), self.of_labels()
        found = dict(zip(names, (seen @ self.incidence()).tolist(), strict=True))
        for group, value in self.entry.groups.items():
            inside = [bool(set(self.members[label]) & set(value.members)) for label in self.labels]
            found[group] = int(seen[np.array(inside, dtype=bool)].sum())
        return found


def answers_to(persons: Persons, entry: Indicator, inside: np.ndarray) -> Answers:
    """The answers of the persons in ``inside`` to a question of the catalogue; those out of its base are left out."""
    name, _, modality = (entry.base or "").partition("/")
    if modality:
        inside = inside & persons.having(_column(name), modality)
    codes, labels = _DERIVED.get(entry.id, _as_received)(persons, entry)
    members = {label: tuple(label.split(";")) if label else (UNKNOWN,) for label in labels}
    if entry.id == "colonne_remplie":
        members = {label: tuple(filter(None, label.split(";"))) for label in labels}
    return Answers(entry, codes[inside], labels, members)


def _column(indicator: str) -> str:
    return "objectifs" if indicator == "objectif" else indicator


def _as_received(persons: Persons, entry: Indicator) -> tuple[np.ndarray, list[str]]:
    column = _column(entry.id)
    return persons.codes[column], persons.labels[column]


def _mapped(persons: Persons, column: str, name: Callable[[str], str]) -> tuple[np.ndarray, list[str]]:
    """A column read through a function of its labels."""
    found = [name(label) for label in persons.labels[column]]
    labels = list(dict.fromkeys(found))
    place = np.array([labels.index(each) for each in found], dtype=np.uint16)
    return place[persons.codes[column]], labels


def _classes(values: np.ndarray, bounds: tuple[float, ...], entry: Indicator) -> tuple[np.ndarray, list[str]]:
    """Numbers to the modalities of the catalogue, in order; not a number is not given."""
    codes = np.digitize(values, bounds) + 1
    return np.where(np.isnan(values), 0, codes).astype(np.uint8), [EMPTY, *entry.modalities]


def _age(persons: Persons, entry: Indicator) -> tuple[np.ndarray, list[str]]:
    years = np.array([float(label) if label else np.nan for label in persons.labels["annee_naissance"]])
    codes, labels = _classes(persons.year - years, (11, 12, 13, 14, 15, 16), entry)
    return codes[persons.codes["annee_naissance"]], labels


def _number_of_goals(persons: Persons, entry: Indicator) -> tuple[np.ndarray, list[str]]:
    goals = catalogue().indicators["objectif"].modalities
    sizes = [len(set(label.split(";")) & set(goals)) for label in persons.labels["objectifs"]]
    codes, labels = _classes(np.array([size or np.nan for size in sizes]), (2, 3, 4), entry)
    return codes[persons.codes["objectifs"]], labels


def _request_is_goal(persons: Persons, entry: Indicator) -> tuple[np.ndarray, list[str]]:
    del entry
    asked, worked = persons.labels["demande_initiale"], persons.labels["objectifs"]
    themes = catalogue().indicators["objectif"].modalities
    known = [[(a in themes) and bool(set(w.split(";")) & set(themes)) for w in worked] for a in asked]
    within = [[a in w.split(";") for w in worked] for a in asked]
    answer = np.where(np.array(known), np.where(np.array(within), 1, 2), 0).astype(np.uint8)
    return answer[persons.codes["demande_initiale"], persons.codes["objectifs"]], [EMPTY, "oui", "non"]


def _dates(persons: Persons, column: str) -> np.ndarray:
    days = np.array([label or _NEVER for label in persons.labels[column]], dtype="datetime64[D]")
    return days[persons.codes[column]]


def _duration(persons: Persons, entry: Indicator) -> tuple[np.ndarray, list[str]]:
    start, end = _dates(persons, "date_debut"), _dates(persons, "date_fin")
    last = np.datetime64(f"{persons.year}-12-31")
    days = (np.where(np.isnat(end), last, end) - start).astype("timedelta64[D]")
    return _classes(np.where(np.isnat(days), np.nan, days.astype(float)), _DURATION_BOUNDS, entry)


def _start(persons: Persons, entry: Indicator) -> tuple[np.ndarray, list[str]]:
    del entry
    year = str(persons.year)
    return _mapped(persons, "date_debut", lambda day: day and (day[5:7] if day[:4] == year else "avant"))


def _end(persons: Persons, entry: Indicator) -> tuple[np.ndarray, list[str]]:
    del entry
    codes, labels = _mapped(persons, "date_fin", lambda day: "oui" if day else "non")
    return codes, labels


def _filled(persons: Persons, entry: Indicator) -> tuple[np.ndarray, list[str]]:
    """Which columns are filled, as one set a person; a referrer is expected only of who comes by the collège."""
    weights = np.zeros(len(persons), dtype=np.uint32)
    for rank, column in enumerate(entry.modalities):
        filled = persons.codes[column] != 0
        if column == "orienteur":
            filled = filled | ~persons.having("origine", "college")
        weights |= filled.astype(np.uint32) << rank
    seen, codes = np.unique(weights, return_inverse=True)
    names = list(entry.modalities)
    return codes, [";".join(name for rank, name in enumerate(names) if value >> rank & 1) for value in seen.tolist()]


_DERIVED: dict[str, Callable[[Persons, Indicator], tuple[np.ndarray, list[str]]]] = {
    "age": _age,
    "nombre_d_objectifs": _number_of_goals,
    "demande_travaillee": _request_is_goal,
    "duree": _duration,
    "mois_d_ouverture": _start,
    "fin_dans_l_annee": _end,
    "colonne_remplie": _filled,
}
