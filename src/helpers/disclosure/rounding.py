"""Controlled rounding: counts that add up become multiples of a base that add up.

Cox (1987) gave the method for tables; as an integer program, it takes any set of sums at once.
"""

import hashlib
from dataclasses import dataclass, field

import numpy as np

# How much a tie-breaking draw may weigh against one person of shift: it never outweighs one of them.
_DRAW = 0.9
# The solver is exact, and answers in a second; a year that it cannot answer for must not hold a report for ever.
_TIME_LIMIT_S = 120


@dataclass
class Sums:
    """Sums of counts that must hold once the counts are rounded: terms (place, weight), least and most, in persons.

    >>> sommes = Sums()
    >>> sommes.add([0, 1], less=[2])
    >>> sommes.terms, sommes.least
    ([[(0, 1), (1, 1), (2, -1)]], [0])
    """

    terms: list[list[tuple[int, int]]] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    is_adjacent: list[bool] = field(default_factory=list)

    def add(self, places, *, less=(), least: float = 0, most: float = 0, is_adjacent: bool = False) -> None:
        """The counts of ``places`` less those of ``less`` are from ``least`` to ``most``: equal, if nothing is said."""
        self.terms.append([*((place, 1) for place in places), *((place, -1) for place in less)])
        self.least.append(least)
        self.most.append(most)
        self.is_adjacent.append(is_adjacent)

    def matrix(self, width: int):
        """The weights, a row a sum, of so many counts (a sparse matrix of scipy)."""
        from scipy import sparse

        pairs = [(row, place, weight) for row, terms in enumerate(self.terms) for place, weight in terms]
        rows, places, weights = np.array(pairs, dtype=np.int64).reshape(-1, 3).T
        return sparse.csr_matrix((weights, (rows, places)), shape=(len(self.terms), width))

    def add_rounded(self, places, total: int, *, base: int) -> None:
        """The counts of ``places`` add up to one of the two multiples around their true total."""
        low = total // base * base
        self.add(places, least=low, most=low + base * (low < total), is_adjacent=True)


def draws(names: list[str], key: bytes) -> np.ndarray:
    """A number from 0 to 1 for each name, that nobody can guess without the key; always the same with it.

    >>> draws(["a", "b"], b"cle").round(3).tolist() == draws(["a", "b"], b"cle").round(3).tolist()
    True
    """
    found = (hashlib.blake2b(name.encode(), key=key[:64], digest_size=8).digest() for name in names)
    return np.array([int.from_bytes(each, "big") / 2**64 for each in found])


def round_counts(
    counts: np.ndarray, sums: Sums, *, base: int, drawn: np.ndarray, is_wide: bool = False
) -> np.ndarray | None:
    """Multiples of the base, as near the counts as the sums allow; None when no rounding keeps them all.

    A multiple of the base stays, any other count goes to one of the two multiples around it: no shift reaches the base.
    If ``is_wide``, a count may go one base further, and so may an adjacent sum. ``drawn`` (from 0 to 1, one a count)
    decides between roundings that are as near.

    >>> sommes = Sums()
    >>> sommes.add([0, 1], less=[2])
    >>> round_counts(np.array([3, 8, 11]), sommes, base=5, drawn=np.array([0.2, 0.4, 0.6])).tolist()
    [5, 5, 10]
    """
    low = counts // base
    over, matrix = counts - low * base, sums.matrix(len(counts))
    cost = base - 2 * over + _DRAW * (drawn - 0.5)
    steps, costs, tops = [matrix], [np.where(over > 0, cost, 0.0)], [over > 0]
    if is_wide:  # one base further up, one further down: dearer, so that it comes last
        steps += [matrix, -matrix]
        costs += [np.full(len(counts), 2.0 * base)] * 2
        tops += [np.ones(len(counts), bool), low > 0]
    spare, known = np.where(sums.is_adjacent, float(is_wide), 0.0), matrix @ low
    least, most = (np.array(each, float) / base - known for each in (sums.least, sums.most))
    taken = _solve(steps, costs, tops, ends=(least - spare, most + spare))
    if taken is None:
        return None
    return base * (low + taken[0] + (taken[1] - taken[2] if is_wide else 0))


def _solve(steps: list, costs: list[np.ndarray], tops: list[np.ndarray], *, ends: tuple) -> np.ndarray | None:
    """How often each step is taken for each count, at the least cost; a row a step."""
    # Loaded here: most verbs of the command round nothing.
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    solved = milp(
        np.concatenate(costs),
        constraints=LinearConstraint(sparse.hstack(steps), *ends),
        bounds=Bounds(0, np.concatenate(tops).astype(float)),
        integrality=np.ones(sum(map(len, costs))),
        options={"time_limit": _TIME_LIMIT_S, "mip_rel_gap": 0.0},
    )
    return None if solved.x is None else np.rint(solved.x).astype(np.int64).reshape(len(steps), -1)
