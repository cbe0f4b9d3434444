"""Unknown counts and the linear relations that hold between them, as arrays for a solver."""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

Terms = dict[int, int]


class Relation(NamedTuple):
    """``low <= sum(coefficient x unknown) <= high``, and why it holds, in French."""

    terms: Terms
    low: float
    high: float
    why: str


@dataclass
class System:
    """Unknown counts with their ends, and relations; a cell is a sum of unknowns.

    ``truth`` is one possible value of every unknown, which the auditor knows: the relations must hold for it.
    """

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    truth: list[int] = field(default_factory=list)
    whys: list[str] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    sums: dict[Hashable, Terms] = field(default_factory=dict)
    # Unknowns that stand in every question: once they are fixed, the questions are independent.
    hubs: set[int] = field(default_factory=set)

    def add(self, name: Hashable, truth: int, low: float = 0, high: float = np.inf, why: str = "") -> int:
        """A new unknown, which is also a cell of that name; its place."""
        place = len(self.low)
        self.low.append(low)
        self.high.append(high)
        self.truth.append(truth)
        self.whys.append(why)
        self.sums[name] = {place: 1}
        return place

    def name(self, name: Hashable, terms: Terms) -> None:
        """Names a sum of unknowns, so that it can be bounded and asked."""
        self.sums[name] = terms

    def bound(self, terms: Terms, low: float, high: float, why: str) -> None:
        """Keeps a sum between two ends: as the ends of the unknown itself when it stands alone."""
        if len(terms) == 1 and set(terms.values()) == {1}:
            (place,) = terms
            if low > self.low[place] or high < self.high[place]:
                self.whys[place] = f"{self.whys[place]} ; {why}" if self.whys[place] else why
            self.low[place], self.high[place] = max(self.low[place], low), min(self.high[place], high)
        elif terms:
            self.relations.append(Relation(terms, low, high, why))

    def require(self, parts: Iterable[Terms], less: Terms, ends: tuple[float, float], why: str) -> None:
        """Keeps a sum, less another, between two ends if it is so in truth: a reader relies on nothing else."""
        terms = added([*parts, {place: -weight for place, weight in less.items()}])
        if ends[0] <= self.value(terms) <= ends[1]:
            self.bound(terms, *ends, why)

    def with_known(self, known: Iterable[tuple[Hashable, float, float, str]]) -> "System":
        """A copy in which the reader also knows these cells (name, low, high, why)."""
        copy = System(
            list(self.low), list(self.high), self.truth, list(self.whys), list(self.relations), self.sums, self.hubs
        )
        for name, low, high, why in known:
            copy.bound(self.sums[name], low, high, why)
        return copy

    @cached_property
    def matrix(self):
        """The relations as a sparse matrix, a row each."""
        return sparse([relation.terms for relation in self.relations], len(self.low))

    @cached_property
    def ends(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The ends of the unknowns, then of the relations."""
        rows = [(relation.low, relation.high) for relation in self.relations]
        low, high = np.array(rows, dtype=float).reshape(-1, 2).T
        return np.array(self.low, dtype=float), np.array(self.high, dtype=float), low, high

    def value(self, terms: Terms) -> int:
        """The true value of a sum."""
        return sum(weight * self.truth[place] for place, weight in terms.items())


def added(parts: Iterable[Terms]) -> Terms:
    """Sums of unknowns, together; an unknown that they cancel is gone."""
    total: Counter = Counter()
    for terms in parts:
        total.update(terms)
    return {place: weight for place, weight in total.items() if weight}


def sparse(rows: list[Terms], width: int):
    """Sums of unknowns as a sparse matrix, a row each."""
    from scipy.sparse import csr_array

    places = [place for terms in rows for place in terms]
    weights = [weight for terms in rows for weight in terms.values()]
    starts = np.cumsum([0, *map(len, rows)])
    return csr_array(
        (np.array(weights, dtype=float), np.array(places, dtype=np.int32), starts), shape=(len(rows), width)
    )


def told_apart(system: System) -> list[str]:
    """The published numbers that the truth belies, or that leave nothing possible: why each holds, in French."""
    low, high, below, above = system.ends
    truth = np.array(system.truth, dtype=float)
    found = [system.whys[place] for place in np.flatnonzero((truth < low) | (truth > high))]
    sums = system.matrix @ truth
    return found + [system.relations[row].why for row in np.flatnonzero((sums < below) | (sums > above))]
