"""What the persons of a group answered, a code each: all that counting and crossing need to know."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from helpers.indicators.derived import COMPUTED, READ, UNKNOWN
from helpers.indicators.groups import Group, steps, tally
from helpers.schema import Indicator


@dataclass(frozen=True)
class Answers:
    """Codes, one a person of the base; ``members`` gives the modalities that each code stands for."""

    entry: Indicator
    codes: np.ndarray
    members: list[tuple[str, ...]]

    @property
    def base(self) -> int:
        """How many persons the question is about."""
        return len(self.codes)

    @cached_property
    def by_code(self) -> np.ndarray:
        """Persons by code."""
        return tally(self.codes, len(self.members))

    def modalities(self) -> list[str]:
        """Every modality that may be answered: those of documents, then those that only records have."""
        return [*self.entry.modalities, *self.entry.recorded]

    def incidence(self, *, with_groups: bool = False) -> np.ndarray:
        """Which modality each code stands for: a table of zeros and ones, codes by modalities, then by groups.

        A code stands once for a group, whatever the number of the group's members that it stands for.
        """
        names = self.modalities()
        found = np.zeros((len(self.members), len(names) + with_groups * len(self.entry.groups)), dtype=np.int64)
        for place, members in enumerate(self.members):
            found[place, [names.index(member) for member in members]] = 1
        for rank, group in enumerate(self.entry.groups.values() if with_groups else ()):
            found[:, len(names) + rank] = found[:, [names.index(member) for member in group.members]].any(axis=1)
        return found

    def counts(self) -> dict[str, int]:
        """Persons by modality, then by group: a person with two of a group's members is counted once."""
        names = [*self.modalities(), *self.entry.groups]
        return dict(zip(names, (self.by_code @ self.incidence(with_groups=True)).tolist(), strict=True))


def joint(first: Answers, second: Answers) -> np.ndarray:
    """Persons by code of the first and code of the second, when the same persons answered both in the same order."""
    shape = (len(first.members), len(second.members))
    found = np.zeros(shape[0] * shape[1], dtype=np.int64)
    for step in steps(first.base):
        found += np.bincount(first.codes[step].astype(np.intp) * shape[1] + second.codes[step], minlength=len(found))
    return found.reshape(shape)


def by_class(classes: np.ndarray, width: int, answers: Answers) -> np.ndarray:
    """Persons by class (a code each, below ``width``) and by modality, then group, of their answer."""
    return joint(Answers(answers.entry, classes, [()] * width), answers) @ answers.incidence(with_groups=True)


def asked_of(group: Group, entry: Indicator) -> Group:
    """Those of a group whom a question of the catalogue is about."""
    name, _, modality = (entry.base or "").partition("/")
    return group.having(_column(name), modality) if modality else group


def answers_to(group: Group, entry: Indicator) -> Answers:
    """The answers of a group to a question of the catalogue; those out of the base of the question are left out."""
    asked = asked_of(group, entry)
    if entry.id in COMPUTED:
        return Answers(entry, *COMPUTED[entry.id](asked))
    column, read = READ.get(entry.id, (_column(entry.id), _set))
    labels = asked.persons.labels[column]
    return Answers(entry, asked.codes(column), [read(label, group.persons.year) or (UNKNOWN,) for label in labels])


def _column(indicator: str) -> str:
    return "objectifs" if indicator == "objectif" else indicator


def _set(label: str, year: int) -> tuple[str, ...]:
    del year
    return tuple(label.split(";")) if label else ()
