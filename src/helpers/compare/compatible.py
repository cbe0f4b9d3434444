"""The whole numbers behind printed shares: the central ones, and every one that is compatible with what is printed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.facts import PROTECTED

# Cells computed at once: some tens of megabytes, whatever the width of the intervals.
BLOCK = 200_000
# Pairs that a page can wait for: about a second. Beyond, each share keeps some of its cells, its extremes among them;
# bases are then so large that what lies between two kept cells does not show at a tenth of a point.
MOST_PAIRS = 2_000_000
KEPT_BASES, KEPT_COUNTS = 21, 41


@dataclass(frozen=True)
class Pair:
    """Persons concerned and base, of what is spoken of and of its reference; arrays of one shape."""

    count: np.ndarray
    base: np.ndarray
    count_ref: np.ndarray
    base_ref: np.ndarray


@dataclass(frozen=True)
class Side:
    """One share as it is known: bounds of its count and of its base, and the bounds of its rounding in per cent.

    ``shown`` are both numbers as they are shown, when they are rounded to protect persons.
    """

    counts: tuple[int, int]
    bases: tuple[int, int]
    printed: float | None = None
    rounding: tuple[float, float] = (0.0, 100.0)
    shown: tuple[int, int] | None = None

    def central(self) -> tuple[int, int]:
        """Count and base in the middle: the printed share of the central base, else the middle of the bounds.

        Of what is rounded to protect persons, the numbers that are shown.
        """
        if self.shown is not None:
            return self.shown
        base = int(np.floor((self.bases[0] + self.bases[1]) / 2 + 0.5))
        middle = sum(self.counts) / 2 if self.printed is None else self.printed * base / 100
        return int(np.clip(np.floor(middle + 0.5), *self.counts)), base

    def whole(self) -> tuple[int | None, int | None]:
        """Count and base when both are known to the unit, else None twice."""
        is_known = self.counts[0] == self.counts[1] and self.bases[0] == self.bases[1]
        return (self.counts[0], self.bases[0]) if is_known else (None, None)

    def ends(self, bases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The least and greatest count that the bounds and the rounding allow, for each base; in disorder if none."""
        # Rounded far below a person: 46.5 % of 2 000 must stay 930.
        low = np.maximum(np.ceil((self.rounding[0] * bases / 100).round(6)), self.counts[0])
        high = np.minimum(np.floor((self.rounding[1] * bases / 100).round(6)), self.counts[1])
        return low.astype(int), high.astype(int)

    def size(self) -> int:
        """How many (count, base) are possible."""
        low, high = self.ends(self._bases())
        return int(np.maximum(high - low + 1, 0).sum())

    def cells(self) -> tuple[np.ndarray, np.ndarray]:
        """Every (count, base) that the bounds and the rounding allow."""
        bases = self._bases()
        low, high = self.ends(bases)
        wide = np.maximum(high - low + 1, 0)
        rank = np.arange(wide.sum()) - np.repeat(np.cumsum(wide) - wide, wide)
        return np.repeat(low, wide) + rank, np.repeat(bases, wide)

    def some_cells(self, near: float) -> tuple[np.ndarray, np.ndarray]:
        """Some (count, base) in place of every one: bases and counts spread evenly, both ends always among them.

        The bases of the least and of the greatest share are kept as well: no difference of shares goes further. So is
        the count nearest to the share ``near``, where both sides may be equal and p is at its greatest.
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


# What is shown of a count and of a base, and what is known of it when it is shown as it is.
_SHOWN = {"effectif_arrondi": "effectif_min", "base_arrondie": "base_min"}


def _shown(row, name: str, suffix: str) -> int:
    rounded = getattr(row, f"{name}{suffix}")
    return int(getattr(row, f"{_SHOWN[name]}{suffix}") if pd.isna(rounded) else rounded)


def is_protected(row, suffix: str = "") -> bool:
    """Whether the figure in a row (as in `side_of`) is rounded to protect persons."""
    return getattr(row, f"precision{suffix}") == PROTECTED


def shown_count(row, suffix: str = "") -> int:
    """The count that is shown of a row: rounded if it is protected, else its least value."""
    return _shown(row, "effectif_arrondi", suffix)


def side_of(row, suffix: str = "") -> Side | None:
    """The share in a row of `facts.with_shares` (or of `years.differences`, with its suffix); None if not bounded."""
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


def _crossed(side: Side, reference: Side) -> Iterator[Pair]:
    """Every cell of one share with every cell of the other, by blocks; some of them when there are too many."""
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


def compatible_pairs(side: Side, reference: Side) -> Iterator[Pair]:
    """Every pair of counts that is compatible, by blocks.

    Of bases that are only bounded, and far apart, there may be too many: `Side.some_cells` then stands for them, with
    the ends, between which every measure moves one way.
    """
    yield from _crossed(side, reference)


def central_rest(part: Side, whole: Side) -> Pair:
    """The central counts of a part, and of the whole without it."""
    (count, base), (all_count, all_base) = part.central(), whole.central()
    return Pair(*(np.array([value]) for value in (count, base, all_count - count, all_base - base)))


def compatible_rests(part: Side, whole: Side) -> Iterator[Pair]:
    """Every compatible pair of a part and of the rest of its whole, by blocks; chosen as in `compatible_pairs`."""
    for both in _crossed(part, whole):
        pair = (both.count, both.base, both.count_ref - both.count, both.base_ref - both.base)
        is_possible = (pair[2] >= 0) & (pair[3] > 0) & (pair[2] <= pair[3])
        yield Pair(*(array[is_possible] for array in pair))
