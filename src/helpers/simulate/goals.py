"""Objectives to persons: exactly so many of each, so many a person, and so many persons with two that go together."""

from typing import NamedTuple

import numpy as np

from helpers.schema import DataError

# More than any chance: who is so is first.
_SURE = 1e3


class Pair(NamedTuple):
    """Two objectives that a document counts together, and how many persons have both."""

    one: int
    other: int
    both: int


def deal_goals(
    rng: np.random.Generator,
    sizes: np.ndarray,
    counts: list[int],
    odds: np.ndarray,
    first: np.ndarray,
    pairs: tuple[Pair, ...] = (),
) -> np.ndarray:
    """Which objectives each person has (a table of booleans): ``sizes`` a person, ``counts`` an objective.

    ``first`` is the objective that a person has before any other, as far as the counts allow; -1 for none. Exactly so
    many persons as they say have both objectives of each of the ``pairs``.

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
    own = had.copy()
    order = np.argsort(-wanted, kind="stable")
    for place, goal in enumerate(order):
        able = np.flatnonzero((left > 0) & ~had[:, goal])
        must = left[able] >= (~had[able][:, order[place:]]).sum(axis=1)
        score = odds[able, goal] + np.log(left[able]) + rng.gumbel(size=len(able)) + _SURE * must
        _give(had, left, wanted, goal, able[np.argsort(-score, kind="stable")[: wanted[goal]]])
    _mend(rng, had, left, wanted)
    for pair in pairs:
        _make_both(rng, had, own, pair)
    return had


def _give(had: np.ndarray, left: np.ndarray, wanted: np.ndarray, goal: int, who: np.ndarray) -> None:
    had[who, goal] = True
    left[who] -= 1
    wanted[goal] -= len(who)


def _nobody() -> DataError:
    return DataError("La simulation ne sait pas répartir ces objectifs : essayez une autre graine (--seed).")


def _mend(rng: np.random.Generator, had: np.ndarray, left: np.ndarray, wanted: np.ndarray) -> None:
    """What chance left over: somebody else takes the objective, and leaves one of theirs."""
    while wanted.any():
        goal, person = int(np.flatnonzero(wanted)[0]), int(np.flatnonzero(left)[0])
        if had[person, goal]:
            takers = np.flatnonzero(~had[:, goal] & (had & ~had[person]).any(axis=1))
            if not len(takers):
                raise _nobody()
            taker = int(rng.choice(takers))
            passed = int(rng.choice(np.flatnonzero(had[taker] & ~had[person])))
            had[taker, passed], had[taker, goal], had[person, passed] = False, True, True
        else:
            had[person, goal] = True
        left[person] -= 1
        wanted[goal] -= 1


def _make_both(rng: np.random.Generator, had: np.ndarray, own: np.ndarray, pair: Pair) -> None:
    """Persons exchange objectives, one for one, until so many have both; those of their own are given last."""
    while (missing := pair.both - int((had[:, pair.one] & had[:, pair.other]).sum())) != 0:
        ways = [(int(goal), beside) for goal in rng.permutation(pair[:2]) for beside in pair[:2] if beside != goal]
        if not any(_exchange(rng, had, own, way, is_more=missing > 0) for way in ways):
            raise _nobody()


def _exchange(
    rng: np.random.Generator, had: np.ndarray, own: np.ndarray, way: tuple[int, int], *, is_more: bool
) -> bool:
    """Whether somebody could take the first objective of ``way`` from another, for one outside the pair.

    With ``is_more``, from who has not the second one to who has; the other way round without.
    """
    goal, beside = way
    takers, givers = (had[:, beside] == is_more) & ~had[:, goal], had[:, goal] & (had[:, beside] != is_more)
    apart = np.isin(np.arange(had.shape[1]), way, invert=True)
    for kept in (own, np.zeros_like(own)):
        spare = had & ~kept & apart
        able = rng.permutation(np.flatnonzero(takers & spare.any(axis=1)))
        for giver in rng.permutation(np.flatnonzero(givers & ~kept[:, goal])):
            fits = (spare[able] & ~had[giver]).any(axis=1)
            if fits.any():
                taker = int(able[np.argmax(fits)])
                passed = int(rng.choice(np.flatnonzero(spare[taker] & ~had[giver])))
                had[taker, passed], had[taker, goal] = False, True
                had[giver, goal], had[giver, passed] = False, True
                return True
    return False
