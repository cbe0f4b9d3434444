"""Some of the persons of a year, and how many of them have each code.

A column of ten million codes is counted some hundred thousand at a time: what numpy copies to count them then stays in
the processor's own memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from helpers.records import Persons

# Codes counted at a time.
_STEP = 250_000


@dataclass(frozen=True)
class Group:
    """Some persons: all of them, or those of ``rows`` (their places, in order); the codes taken are kept."""

    persons: Persons
    rows: np.ndarray | None = None
    taken: dict[str, np.ndarray] = field(default_factory=dict, repr=False)

    @cached_property
    def size(self) -> int:
        """How many they are."""
        return len(self.persons) if self.rows is None else len(self.rows)

    def codes(self, column: str) -> np.ndarray:
        """Their codes in a column."""
        if self.rows is None:
            return self.persons.codes[column]
        if column not in self.taken:
            self.taken[column] = self.persons.codes[column].take(self.rows)
        return self.taken[column]

    def having(self, column: str, label: str) -> "Group":
        """Those of them who have a label in a column."""
        labels = self.persons.labels[column]
        if label not in labels:
            return Group(self.persons, np.array([], dtype=np.intp))
        places = np.flatnonzero(self.codes(column) == labels.index(label))
        return Group(self.persons, places if self.rows is None else self.rows[places])


def steps(size: int) -> Iterator[slice]:
    """The slices, one after the other, that make up so many rows."""
    return (slice(start, start + _STEP) for start in range(0, size, _STEP))


def tally(codes: np.ndarray, width: int) -> np.ndarray:
    """How many persons have each of the codes below ``width``."""
    return sum((np.bincount(codes[step], minlength=width) for step in steps(len(codes))), np.zeros(width, np.int64))
