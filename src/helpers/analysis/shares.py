"""Two shares: every count that is compatible with what is printed, tests and intervals on arrays of counts."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_effectsize, test_proportions_2indep

from helpers.indicators.lookup import PROTECTED
from helpers.schema import catalogue

# --- The counts behind printed shares ---

# Cells computed at once: some tens of megabytes.
BLOCK = 200_000
# Pairs computed in about a second. Beyond, each share keeps a sample of its cells with the extremes; bases are then so
# large that what lies between does not show at a tenth of a point.
MOST_PAIRS = 2_000_000
KEPT_BASES, KEPT_COUNTS = 21, 41


@dataclass(frozen=True)
class Pair:
    """Counts and bases of two shares, as arrays of one shape."""

    count: np.ndarray
    base: np.ndarray
    count_ref: np.ndarray
    base_ref: np.ndarray


@dataclass(frozen=True)
class Side:
    """One share: bounds of its count and base, bounds of its rounding in per cent.

    ``shown`` are count and base as displayed, when they are rounded to protect persons.
    """

    counts: tuple[int, int]
    bases: tuple[int, int]
    printed: float | None = None
    rounding: tuple[float, float] = (0.0, 100.0)
    shown: tuple[int, int] | None = None

    def central(self) -> tuple[int, int]:
        """Count and base as displayed if protected, else printed share of the central base, else middle of the
        bounds.
        """
        if self.shown is not None:
            return self.shown
        base = int(np.floor((self.bases[0] + self.bases[1]) / 2 + 0.5))
        middle = sum(self.counts) / 2 if self.printed is None else self.printed * base / 100
        return int(np.clip(np.floor(middle + 0.5), *self.counts)), base

    def whole(self) -> tuple[int | None, int | None]:
        """Count and base when both are exact, else None twice."""
        is_known = self.counts[0] == self.counts[1] and self.bases[0] == self.bases[1]
        return (self.counts[0], self.bases[0]) if is_known else (None, None)

    def ends(self, bases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The least and greatest count that bounds and rounding allow, for each base; low > high if none."""
        # Rounded far below a person: 46.5 % of 2 000 must stay 930.
        low = np.maximum(np.ceil((self.rounding[0] * bases / 100).round(6)), self.counts[0])
        high = np.minimum(np.floor((self.rounding[1] * bases / 100).round(6)), self.counts[1])
        return low.astype(int), high.astype(int)

    def size(self) -> int:
        low, high = self.ends(self._bases())
        return int(np.maximum(high - low + 1, 0).sum())

    def cells(self) -> tuple[np.ndarray, np.ndarray]:
        """Every (count, base) that bounds and rounding allow."""
        bases = self._bases()
        low, high = self.ends(bases)
        wide = np.maximum(high - low + 1, 0)
        rank = np.arange(wide.sum()) - np.repeat(np.cumsum(wide) - wide, wide)
        return np.repeat(low, wide) + rank, np.repeat(bases, wide)

    def some_cells(self, near: float) -> tuple[np.ndarray, np.ndarray]:
        """An evenly spread sample of the cells, always with both ends.

        It keeps the bases of the least and greatest share, beyond which no difference goes, and the count nearest to
        the share ``near``, where both sides may be equal and p is at its greatest.
        """
        bases = self._bases()
        low, high = self.ends(bases)
        bases, low, high = (each[low <= high] for each in (bases, low, high))
        if not len(bases):
            return bases, bases
        spread = np.linspace(0, len(bases) - 1, KEPT_BASES).round().astype(int)
        kept = np.unique([*spread, np.argmin(low / bases), np.argmax(high / bases)])
        bases, low, high = bases[kept], low[kept], high[kept]
        counts = np.vstack([np.linspace(low, high, KEPT_COUNTS), np.clip(near * bases, low, high)]).round().astype(int)
        pairs = np.unique(np.stack([counts.T.ravel(), np.repeat(bases, KEPT_COUNTS + 1)]), axis=1)
        return pairs[0], pairs[1]

    def shares(self) -> tuple[float, float]:
        """The least and the greatest share of the base."""
        bases = self._bases()
        low, high = self.ends(bases)
        return float((low / bases).min()), float((high / bases).max())

    def _bases(self) -> np.ndarray:
        return np.arange(self.bases[0], self.bases[1] + 1)


# The displayed column of a count and of a base, and the exact one.
_SHOWN = {"effectif_arrondi": "effectif_min", "base_arrondie": "base_min"}


def _shown(row, name: str, suffix: str) -> int:
    rounded = getattr(row, f"{name}{suffix}")
    return int(getattr(row, f"{_SHOWN[name]}{suffix}") if pd.isna(rounded) else rounded)


def is_protected(row, suffix: str = "") -> bool:
    """Whether the row (as in `side_of`) is rounded to protect persons."""
    return getattr(row, f"precision{suffix}") == PROTECTED


def shown_count(row, suffix: str = "") -> int:
    """The displayed count of a row: rounded if protected, else its least value."""
    return _shown(row, "effectif_arrondi", suffix)


def side_of(row, suffix: str = "") -> Side | None:
    """The share in a row of `indicators.with_shares` (or `differences`, with its suffix); None if unbounded."""
    names = ("effectif_min", "effectif_max", "base_min", "base_max")
    values = [getattr(row, f"{name}{suffix}") for name in names]
    if any(pd.isna(value) for value in values) or values[2] <= 0:
        return None
    counts, bases = (int(values[0]), int(values[1])), (int(values[2]), int(values[3]))
    if is_protected(row, suffix):
        # Its share is that of the rounded numbers: no rounding of a share bounds them further.
        return Side(counts, bases, shown=tuple(_shown(row, name, suffix) for name in _SHOWN))
    printed, decimals = (getattr(row, f"{name}{suffix}") for name in ("part_imprimee_pct", "decimales"))
    if pd.isna(printed) or counts[0] == counts[1]:
        return Side(counts, bases)
    half = 0.5 / 10 ** int(decimals)
    return Side(counts, bases, float(printed), (max(0.0, printed - half), min(100.0, printed + half)))


def central_pair(side: Side, reference: Side) -> Pair:
    """The central counts of two shares of distinct populations."""
    return Pair(*(np.array([value]) for value in (*side.central(), *reference.central())))


def compatible_pairs(side: Side, reference: Side) -> Iterator[Pair]:
    """Every compatible pair of counts, by blocks; the sample of `Side.some_cells` when there are too many."""
    if side.size() * reference.size() <= MOST_PAIRS:
        (count, base), (count_ref, base_ref) = side.cells(), reference.cells()
    else:
        # The middle of what both shares may be; of what separates them if they cannot be equal: an end is then kept.
        near = sum(sorted([*side.shares(), *reference.shares()])[1:3]) / 2
        (count, base), (count_ref, base_ref) = side.some_cells(near), reference.some_cells(near)
    step = max(1, BLOCK // max(1, len(count_ref)))
    for first in range(0, len(count), step):
        here = slice(first, first + step)
        arrays = np.broadcast_arrays(count[here, None], base[here, None], count_ref[None, :], base_ref[None, :])
        yield Pair(*(array.ravel() for array in arrays))


def central_rest(part: Side, whole: Side) -> Pair:
    """The central counts of a part, and of the whole without it."""
    (count, base), (all_count, all_base) = part.central(), whole.central()
    return Pair(*(np.array([value]) for value in (count, base, all_count - count, all_base - base)))


def compatible_rests(part: Side, whole: Side) -> Iterator[Pair]:
    """Every compatible pair of a part and of the rest of its whole, by blocks."""
    for both in compatible_pairs(part, whole):
        pair = (both.count, both.base, both.count_ref - both.count, both.base_ref - both.base)
        is_possible = (pair[2] >= 0) & (pair[3] > 0) & (pair[2] <= pair[3])
        yield Pair(*(array[is_possible] for array in pair))


# --- Two shares: description, test and intervals, on arrays of counts ---

# Value at the central counts, least and greatest over the compatible ones.
Measure = tuple[float, float, float]

Values = dict[str, np.ndarray]


def exact(value: float) -> Measure:
    return float(value), float(value), float(value)


def described_measures(pair: Pair) -> Values:
    """Counts, shares, difference in points, Cohen's h and ratio of each pair (missing where a share is zero)."""
    count, base, count_ref, base_ref = pair.count, pair.base, pair.count_ref, pair.base_ref
    share, share_ref = count / base, count_ref / base_ref
    with np.errstate(all="ignore"):
        ratio = share / share_ref
    return {
        "effectif": count,
        "base": base,
        "part": 100 * share,
        "effectif_reference": count_ref,
        "base_reference": base_ref,
        "part_reference": 100 * share_ref,
        "ecart": 100 * (share - share_ref),
        "h": proportion_effectsize(share, share_ref),
        "rapport": np.where((count > 0) & (count_ref > 0), ratio, np.nan),
    }


def tested_measures(pair: Pair) -> Values:
    """Newcombe's interval of the difference in points, p of the pooled z test, interval of the ratio (Katz, 1978).

    The last is in closed form, so that it can be given over every compatible count; missing where a share is zero.
    """
    given = (pair.count, pair.base, pair.count_ref, pair.base_ref)
    with np.errstate(all="ignore"):
        low, high = confint_proportions_2indep(*given, method="newcomb", compare="diff")
        # Under a null difference, the score test is the z test with pooled variance.
        test = test_proportions_2indep(*given, method="score", compare="diff", correction=False)
        ratio = confint_proportions_2indep(*given, method="log", compare="ratio")
    is_defined = (pair.count > 0) & (pair.count_ref > 0)
    return {
        "ic_bas": 100 * low,
        "ic_haut": 100 * high,
        # Nobody, or everybody, on both sides: nothing differs.
        "p_valeur": np.nan_to_num(test.pvalue, nan=1.0),
        "rapport_ic_bas": np.where(is_defined, ratio[0], np.nan),
        "rapport_ic_haut": np.where(is_defined, ratio[1], np.nan),
    }


def sweep(compute: Callable[[Pair], Values], central: Pair, compatible: Iterable[Pair]) -> dict[str, Measure]:
    """Each measure at the central counts, with its least and greatest values over the compatible ones.

    A measure that is undefined for some of the compatible counts has no extremes.
    """
    middle = {name: float(values[0]) for name, values in compute(central).items()}
    low, high = dict(middle), dict(middle)
    for block in compatible:
        for name, values in compute(block).items() if block.count.size else ():
            low[name] = float(np.minimum(low[name], values.min()))
            high[name] = float(np.maximum(high[name], values.max()))
    return {name: (value, low[name], high[name]) for name, value in middle.items()}


# --- A comparison ---

NEWCOMBE = "Newcombe : statsmodels confint_proportions_2indep"
WILSON = "Wilson : scipy binomtest"


@dataclass(frozen=True)
class ComparisonResult:
    """A comparison: findings from the bounds of share and count, its measures, and the measure that tests it.

    ``interval`` is the unit and method of ``ic_bas`` and ``ic_haut``; ``methods`` replaces the usual ones.
    """

    id: str
    label: str
    finding: str
    measures: dict[str, Measure]
    count_finding: str = ""
    tested: str = ""
    interval: tuple[str, str] = ("points", NEWCOMBE)
    methods: dict[str, str] = field(default_factory=dict)
    unit: str = "personnes"

    def spelled(self, measure: str) -> tuple[str, str]:
        """The unit and the method of a measure."""
        if measure in ("ic_bas", "ic_haut"):
            return self.interval
        kind = catalogue().measures[measure]
        return self.unit if kind.unit == "personnes" else kind.unit, self.methods.get(measure, kind.method)
