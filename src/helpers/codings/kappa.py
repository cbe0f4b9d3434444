"""How far two persons agree on one code, from four counts: both, the first alone, the second alone, neither."""

import math
from typing import NamedTuple

# The level of the interval, as everywhere in the report: χ² with one degree of freedom, 95 %.
_CRITICAL = 3.841458820694124


class Cells(NamedTuple):
    """The units by who put the code there."""

    both: int
    first: int
    second: int
    neither: int


def percent(part: float, whole: float) -> float:
    """A share in percent; missing of nothing."""
    return 100 * part / whole if whole else math.nan


def cohen(cells: Cells) -> float:
    """Cohen's kappa (1960); missing when chance alone would make them agree always.

    Both 20 times, neither 15, one alone 5 and 10: they agree on 0.7 of the units, by chance on 0.5.

    >>> round(cohen(Cells(20, 5, 10, 15)), 3)
    0.4
    """
    n = sum(cells)
    if not n:
        return math.nan
    one, two = (cells.both + cells.first) / n, (cells.both + cells.second) / n
    chance = one * two + (1 - one) * (1 - two)
    agreed = (cells.both + cells.neither) / n
    return math.nan if chance == 1 else (agreed - chance) / (1 - chance)


def alpha(cells: Cells) -> tuple[float, float, float]:
    """Krippendorff's alpha (two coders, nominal, nothing missing), then its interval; missing without variety.

    The interval is that of the likeness of two judgements of one unit (Donner and Eliasziw, 1992): all the values of it
    that a χ² test does not reject. It leaves room even when all agree, as those of a normal law do not. It takes the
    units for independent; those of one meeting are alike, so that the truth is wider.

    >>> [[round(value, 2) for value in alpha(cells)] for cells in (Cells(20, 5, 10, 15), Cells(5, 0, 0, 5))]
    [[0.4, 0.13, 0.62], [1.0, 0.47, 1.0]]
    """
    n = sum(cells)
    share = (2 * cells.both + cells.first + cells.second) / (2 * n) if n else 0.0
    if not 0 < share < 1:
        return math.nan, math.nan, math.nan
    variety, apart = share * (1 - share), cells.first + cells.second
    likeness = 1 - apart / (2 * n * variety)
    # The statistic is convex in it, and least at the estimate: each end is found by halving.
    least = -min(share / (1 - share), (1 - share) / share)
    low = _end(cells, share, likeness, least)
    high = _end(cells, share, likeness, 1.0)
    # Alpha corrects the likeness for the number of judgements, which are 2 n.
    return tuple(1 - (1 - 1 / (2 * n)) * (1 - value) for value in (likeness, low, high))


def _end(cells: Cells, share: float, inside: float, outside: float) -> float:
    """Where the statistic passes its critical value, between the estimate and a bound; the bound if it never does."""
    if _distance(cells, share, outside) <= _CRITICAL:
        return outside
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if _distance(cells, share, middle) <= _CRITICAL else (inside, middle)
    return inside


def _distance(cells: Cells, share: float, likeness: float) -> float:
    """χ² of the counts against those that a likeness would give."""
    n, variety = sum(cells), share * (1 - share)
    apart = 2 * variety * (1 - likeness)
    expected = (share**2 + likeness * variety, apart, (1 - share) ** 2 + likeness * variety)
    seen = (cells.both, cells.first + cells.second, cells.neither)
    total = 0.0
    for count, part in zip(seen, expected, strict=True):
        if n * part > 1e-12:
            total += (count - n * part) ** 2 / (n * part)
        elif count:
            return math.inf
    return total
