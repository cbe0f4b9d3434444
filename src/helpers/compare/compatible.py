"""The whole numbers behind printed shares: the central ones, and every one that is compatible with what is printed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

# Cells computed at once: some tens of megabytes, whatever the width of the intervals.
BLOCK = 200_000


@dataclass(frozen=True)
class Pair:
    """Persons concerned and base, of what is spoken of and of its reference; arrays of one shape."""

    count: np.ndarray
    base: np.ndarray
    count_ref: np.ndarray
    base_ref: np.ndarray


@dataclass(frozen=True)
class Side:
    """One share as it is known: bounds of its count and of its base, and the bounds of its rounding in per cent."""

    counts: tuple[int, int]
    bases: tuple[int, int]
    printed: float | None = None
    rounding: tuple[float, float] = (0.0, 100.0)

    def central(self) -> tuple[int, int]:
        """Count and base in the middle: the printed share of the central base, else the middle of the bounds."""
        base = int(np.floor((self.bases[0] + self.bases[1]) / 2 + 0.5))
        middle = sum(self.counts) / 2 if self.printed is None else self.printed * base / 100
        return int(np.clip(np.floor(middle + 0.5), *self.counts)), base

    def cells(self, bases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Every (count, base) that the bounds and the rounding allow, for these bases."""
        # Rounded far below a person: 46.5 % of 2 000 must stay 930.
        low = np.maximum(np.ceil((self.rounding[0] * bases / 100).round(6)), self.counts[0])
        high = np.minimum(np.floor((self.rounding[1] * bases / 100).round(6)), self.counts[1])
        wide = np.maximum(high - low + 1, 0).astype(int)
        base = np.repeat(bases, wide)
        rank = np.arange(wide.sum()) - np.repeat(np.cumsum(wide) - wide, wide)
        return (np.repeat(low, wide) + rank).astype(int), base


def side_of(row, suffix: str = "") -> Side | None:
    """The share in a row of `facts.with_shares` (or of `years.differences`, with its suffix); None if not bounded."""
    names = ("effectif_min", "effectif_max", "base_min", "base_max")
    values = [getattr(row, f"{name}{suffix}") for name in names]
    if any(pd.isna(value) for value in values) or values[2] <= 0:
        return None
    counts, bases = (int(values[0]), int(values[1])), (int(values[2]), int(values[3]))
    printed, decimals = (getattr(row, f"{name}{suffix}") for name in ("part_imprimee_pct", "decimales"))
    if pd.isna(printed) or counts[0] == counts[1]:
        return Side(counts, bases)
    half = 0.5 / 10 ** int(decimals)
    return Side(counts, bases, float(printed), (max(0.0, printed - half), min(100.0, printed + half)))


def central_pair(side: Side, reference: Side) -> Pair:
    """The central counts of two shares of distinct populations."""
    return Pair(*(np.array([value]) for value in (*side.central(), *reference.central())))


def compatible_pairs(side: Side, reference: Side) -> Iterator[Pair]:
    """Every pair of counts that is compatible, by blocks.

    Of a base that is only bounded, the ends and the middle are taken, each with all its counts: between them, every
    measure moves one way.
    """
    sides = [each.cells(np.arange(each.bases[0], each.bases[1] + 1)) for each in (side, reference)]
    (count, base), (count_ref, base_ref) = sides
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
    """Every compatible pair of a part and of the rest of its whole, by blocks: all bases, all counts of both."""
    count, base = part.cells(np.arange(part.bases[0], part.bases[1] + 1))
    wide = max(1, whole.counts[1] - whole.counts[0] + 1)
    every = np.arange(whole.bases[0], whole.bases[1] + 1)
    step = max(1, BLOCK // (wide * max(1, len(count))))
    for first in range(0, len(every), step):
        all_count, all_base = whole.cells(every[first : first + step])
        found = (count[:, None], base[:, None], all_count - count[:, None], all_base - base[:, None])
        pair = [array.ravel() for array in np.broadcast_arrays(*found)]
        is_possible = (pair[2] >= 0) & (pair[3] > 0) & (pair[2] <= pair[3])
        yield Pair(*(array[is_possible] for array in pair))
