"""The formulas of the comparisons, written a second time: plain Python, no helper.

Each function is the textbook formula, or a plain enumeration. Shares are fractions of one, never percentages; counts are
``(x, n)``: x persons among n.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from statistics import NormalDist

Z95 = NormalDist().inv_cdf(0.975)
Interval = tuple[float, float]


def wilson(x: float, n: float) -> Interval:
    """Wilson's score interval of a share, 95 %."""
    middle = (x + Z95**2 / 2) / (n + Z95**2)
    half = Z95 / (n + Z95**2) * math.sqrt(x * (n - x) / n + Z95**2 / 4)
    return middle - half, middle + half


# --- two independent shares: the second minus the first ------------------------------------------------------------------


def difference(x1: int, n1: int, x2: int, n2: int) -> float:
    """The second share minus the first."""
    return x2 / n2 - x1 / n1


def newcombe(
    x1: int, n1: int, x2: int, n2: int, *, effects: tuple[float, float] = (1.0, 1.0), shared: float = 0.0
) -> Interval:
    """Newcombe's hybrid score interval of the difference, without continuity correction, 95 %.

    Each sample is divided by its design effect; ``shared`` persons of both samples answer alike.
    """
    p1, p2, m1, m2 = x1 / n1, x2 / n2, n1 / effects[0], n2 / effects[1]
    (low1, high1), (low2, high2) = wilson(p1 * m1, m1), wilson(p2 * m2, m2)
    common = shared / math.sqrt(n1 * n2 * effects[0] * effects[1])

    def arm(a: float, b: float) -> float:
        return math.sqrt(max(0.0, a * a + b * b - 2 * common * a * b))

    return p2 - p1 - arm(p2 - low2, high1 - p1), p2 - p1 + arm(high2 - p2, p1 - low1)


def two_proportions(
    x1: int, n1: int, x2: int, n2: int, *, effects: tuple[float, float] = (1.0, 1.0), shared: float = 0.0
) -> float:
    """p of the pooled test of two shares, each variance widened by its design effect; ``shared`` persons answer alike."""
    pooled = (x1 + x2) / (n1 + n2)
    variance = pooled * (1 - pooled) * (effects[0] / n1 + effects[1] / n2 - 2 * min(shared, n1, n2) / (n1 * n2))
    return math.erfc(abs(difference(x1, n1, x2, n2)) / math.sqrt(2 * variance)) if variance else 1.0


def _tables(x1: int, n1: int, x2: int, n2: int) -> list[tuple[int, int]]:
    """Every count of the second group with these margins, with the number of ways to it."""
    total = x1 + x2
    return [(k, math.comb(n2, k) * math.comb(n1, total - k)) for k in range(max(0, total - n1), min(total, n2) + 1)]


def central_fisher(x1: int, n1: int, x2: int, n2: int) -> float:
    """Fisher's exact p-value, twice the smaller tail, in whole numbers."""
    tables = _tables(x1, n1, x2, n2)
    every = sum(ways for _, ways in tables)
    tails = (sum(ways for k, ways in tables if is_in(k)) for is_in in (lambda k: k <= x2, lambda k: k >= x2))
    return min(1.0, 2 * float(Fraction(min(tails), every)))


def exact_odds_ratio(x1: int, n1: int, x2: int, n2: int) -> tuple[float, float, float]:
    """The odds of the second group over the first's: conditional estimate, then its exact 95 % interval, by bisection."""
    tables = _tables(x1, n1, x2, n2)

    def expected(odds: float, value: Callable[[int], float]) -> float:
        weights = [(value(k), ways * odds**k) for k, ways in tables]
        return math.fsum(v * w for v, w in weights) / math.fsum(w for _, w in weights)

    def where(value: Callable[[int], float], target: float, *, rises: bool) -> float:
        low, high = 1e-6, 1e6
        for _ in range(200):
            middle = math.sqrt(low * high)
            is_past = (expected(middle, value) > target) == rises
            low, high = (low, middle) if is_past else (middle, high)
        return math.sqrt(low * high)

    estimate = where(float, x2, rises=True)
    return estimate, where(lambda k: k >= x2, 0.025, rises=True), where(lambda k: k <= x2, 0.025, rises=False)


def cohen_h(x1: int, n1: int, x2: int, n2: int) -> float:
    """Cohen's h: the difference of the arcsine-transformed shares."""
    return 2 * math.asin(math.sqrt(x2 / n2)) - 2 * math.asin(math.sqrt(x1 / n1))


def log_ratio(x1: int, n1: int, x2: int, n2: int) -> tuple[float, float]:
    """The 95 % interval of the second share divided by the first, on the log scale (Katz)."""
    ratio, spread = (x2 / n2) / (x1 / n1), math.exp(Z95 * math.sqrt(1 / x1 - 1 / n1 + 1 / x2 - 1 / n2))
    return ratio / spread, ratio * spread


def holm(values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values, in the order given."""
    order = sorted(range(len(values)), key=values.__getitem__)
    adjusted, highest = [0.0] * len(values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - rank) * values[place]))
        adjusted[place] = highest
    return adjusted


def _power(gap: float, share: float, n1: int, n2: int) -> float:
    h = 2 * math.asin(math.sqrt(share + gap)) - 2 * math.asin(math.sqrt(share))
    away = h / math.sqrt(1 / n1 + 1 / n2)
    return NormalDist().cdf(away - Z95) + NormalDist().cdf(-away - Z95)


@cache
def detectable(share: float, n1: int, n2: int, *, power: float = 0.8) -> float:
    """The smallest rise from ``share`` that a test at 5 % finds with that power, by bisection."""
    low, high = 0.0, 1 - share
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if _power(middle, share, n1, n2) >= power else (middle, high)
    return high
