"""Counts to persons: exactly so many of each answer, dealt by chance, the likelier the more often."""

import numpy as np


def allot(rng: np.random.Generator, counts: list[int], odds: np.ndarray, fixed: np.ndarray | None = None) -> np.ndarray:
    """The answer of each person, as a number: ``counts`` of each, however the logarithms of ``odds`` lean.

    ``fixed`` holds what a person is known to answer, or -1; it is kept as far as the counts allow.

    >>> even = np.zeros((6, 3))
    >>> np.bincount(allot(np.random.default_rng(1), [3, 2, 1], even)).tolist()
    [3, 2, 1]
    >>> allot(np.random.default_rng(1), [3, 2, 1], even, np.array([2, 2, 2, 1, 1, 0])).tolist()[3:]
    [1, 1, 0]
    """
    given = np.full(len(odds), -1)
    left = np.array(counts)
    if fixed is not None:
        for label in range(len(left)):
            who = np.flatnonzero(fixed == label)
            kept = rng.permutation(who)[: left[label]] if len(who) > left[label] else who
            given[kept] = label
            left[label] -= len(kept)
    # The rarest choose first: a weighted draw without replacement, by the Gumbel maximum.
    for label in np.argsort(left, kind="stable"):
        free = np.flatnonzero(given < 0)
        score = odds[free, label] + rng.gumbel(size=len(free))
        given[free[np.argsort(-score, kind="stable")[: left[label]]]] = label
    return given
