"""Counts to persons: exactly so many of each answer, dealt by chance, the likelier the more often."""

import numpy as np

from helpers.schema import DataError

# More than any chance: who is so is first.
_SURE = 1e3


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


def deal_goals(
    rng: np.random.Generator, sizes: np.ndarray, counts: list[int], odds: np.ndarray, first: np.ndarray
) -> np.ndarray:
    """Which objectives each person has (a table of booleans): ``sizes`` a person, ``counts`` an objective.

    ``first`` is the objective that a person has before any other, as far as the counts allow; -1 for none.

    Raises
    ------
    DataError
        when no way of dealing is found.

    >>> sizes = np.array([1, 2, 2, 0])
    >>> had = deal_goals(np.random.default_rng(1), sizes, [3, 1, 1], np.zeros((4, 3)), np.array([0, 1, -1, -1]))
    >>> had.sum(axis=0).tolist(), had.sum(axis=1).tolist(), bool(had[0, 0]), bool(had[1, 1])
    ([3, 1, 1], [1, 2, 2, 0], True, True)
    """
    left, wanted = sizes.copy(), np.array(counts)
    had = np.zeros((len(sizes), len(counts)), dtype=bool)
    for goal in range(len(counts)):
        who = rng.permutation(np.flatnonzero((first == goal) & (left > 0)))[: wanted[goal]]
        _give(had, left, wanted, goal, who)
    order = np.argsort(-wanted, kind="stable")
    for place, goal in enumerate(order):
        able = np.flatnonzero((left > 0) & ~had[:, goal])
        must = left[able] >= (~had[able][:, order[place:]]).sum(axis=1)
        score = odds[able, goal] + np.log(left[able]) + rng.gumbel(size=len(able)) + _SURE * must
        _give(had, left, wanted, goal, able[np.argsort(-score, kind="stable")[: wanted[goal]]])
    _mend(rng, had, left, wanted)
    return had


def _give(had: np.ndarray, left: np.ndarray, wanted: np.ndarray, goal: int, who: np.ndarray) -> None:
    had[who, goal] = True
    left[who] -= 1
    wanted[goal] -= len(who)


def _mend(rng: np.random.Generator, had: np.ndarray, left: np.ndarray, wanted: np.ndarray) -> None:
    """What chance left over: somebody else takes the objective, and leaves one of theirs."""
    while wanted.any():
        goal, person = int(np.flatnonzero(wanted)[0]), int(np.flatnonzero(left)[0])
        if had[person, goal]:
            takers = np.flatnonzero(~had[:, goal] & (had & ~had[person]).any(axis=1))
            if not len(takers):
                raise DataError(
                    "La simulation n’a pas pu répartir les objectifs : choisissez une autre graine (--seed)."
                )
            taker = int(rng.choice(takers))
            passed = int(rng.choice(np.flatnonzero(had[taker] & ~had[person])))
            had[taker, passed], had[taker, goal], had[person, passed] = False, True, True
        else:
            had[person, goal] = True
        left[person] -= 1
        wanted[goal] -= 1
