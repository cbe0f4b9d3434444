"""The smallest and the largest value of sums of unknown counts: linear programs, and witnesses that spare most of them.

A point where every relation holds is a witness for all cells at once. Objectives that push many cells up or down
together show most cells to be wide; only the rest get programs of their own.
"""

from dataclasses import dataclass

import numpy as np

from helpers.auditor.system import System

# Farther than this from a whole number, a value is no count.
_NEAR = 1e-6
# Any larger count is an absent end: no département accompanies so many persons.
CEILING = 1_000_000


@dataclass(frozen=True)
class Piece:
    """A part of a system that nothing links to the rest, once some unknowns are fixed: places of unknowns and rows."""

    unknowns: np.ndarray
    rows: np.ndarray
    # Its rows, in all the unknowns and in its own.
    matrix: object
    inside: object


class Solver:
    """A system ready to be attacked: its matrix, its ends tightened by themselves, its pieces."""

    def __init__(self, system: System) -> None:
        self.system, self.matrix = system, system.matrix
        self.low, self.high, self.below, self.above = (each.copy() for each in system.ends)
        np.minimum(self.high, CEILING, out=self.high)
        self._tighten()

    def _tighten(self) -> None:
        """Ends that each relation alone allows: an unknown is the relation less the others (three passes)."""
        entries = self.matrix.tocoo()
        row, place, weight = entries.coords[0], entries.coords[1], entries.data
        for _ in range(3 if len(row) else 0):
            small = np.where(weight > 0, weight * self.low[place], weight * self.high[place])
            large = np.where(weight > 0, weight * self.high[place], weight * self.low[place])
            least, most = self._others(row, small), self._others(row, large)
            top, bottom = (self.above[row] - least) / weight, (self.below[row] - most) / weight
            top, bottom = np.where(weight > 0, top, bottom), np.where(weight > 0, bottom, top)
            np.minimum.at(self.high, place, np.floor(np.nan_to_num(top, nan=np.inf, posinf=np.inf) + _NEAR))
            np.maximum.at(self.low, place, np.ceil(np.nan_to_num(bottom, nan=-np.inf, neginf=-np.inf) - _NEAR))

    def _others(self, row: np.ndarray, values: np.ndarray) -> np.ndarray:
        """For each entry, the sum of the other entries of its row; infinite as soon as one of them is."""
        count = self.matrix.shape[0]
        finite = np.isfinite(values)
        total = np.bincount(row, np.where(finite, values, 0), count)
        endless = np.bincount(row, ~finite, count)
        sign = np.where(np.any(values == np.inf), np.inf, -np.inf)
        alone = total[row] - np.where(finite, values, 0)
        return np.where(endless[row] - ~finite > 0, sign, alone)

    def pieces(self, fixed: np.ndarray) -> list[Piece]:
        """The independent parts when the unknowns of ``fixed`` (a mask) have a value."""
        from scipy.sparse import bmat
        from scipy.sparse.csgraph import connected_components

        free = np.flatnonzero(~fixed)
        if not len(free):
            return []
        shape = self.matrix[:, free]
        _, labels = connected_components(bmat([[None, shape.T], [shape, None]], format="csr"), directed=False)
        of_unknowns, of_rows = labels[: len(free)], labels[len(free) :]
        order, rows = np.argsort(of_unknowns, kind="stable"), np.argsort(of_rows, kind="stable")
        names, starts = np.unique(of_unknowns[order], return_index=True)
        ends = [*starts[1:], len(order)]
        first, last = (np.searchsorted(of_rows[rows], names, side=side) for side in ("left", "right"))
        return [
            self.cut(free[order[start:end]], rows[one:two])
            for start, end, one, two in zip(starts, ends, first, last, strict=True)
        ]

    def cut(self, unknowns: np.ndarray, rows: np.ndarray) -> Piece:
        """The piece made of these unknowns and these relations."""
        matrix = self.matrix[rows]
        return Piece(unknowns, rows, matrix, matrix[:, unknowns])

    def solve(
        self,
        piece: Piece,
        cost: np.ndarray,
        point: np.ndarray,
        *,
        whole: bool | np.ndarray = False,
        wanted: tuple[np.ndarray, float] | None = None,
    ) -> np.ndarray | None:
        """The point that makes ``cost`` the least over a piece, the other unknowns being those of ``point``.

        ``whole`` says which unknowns are whole counts; ``wanted`` is a sum over the piece and the least it must be.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp

        still = piece.matrix @ point - piece.inside @ point[piece.unknowns]
        limits = LinearConstraint(piece.inside, self.below[piece.rows] - still, self.above[piece.rows] - still)
        asked = [LinearConstraint(wanted[0][None, :], wanted[1])] if wanted else []
        found = milp(
            cost,
            constraints=[limits, *asked] if len(piece.rows) else asked,
            bounds=Bounds(self.low[piece.unknowns], self.high[piece.unknowns]),
            integrality=np.broadcast_to(whole, len(cost)).astype(int),
            options={"mip_rel_gap": 0},
        )
        if not found.success:
            return None
        moved = point.copy()
        moved[piece.unknowns] = found.x
        return moved

    def is_witness(self, point: np.ndarray) -> bool:
        """Whether a point holds whole counts only, and every relation, to the unit."""
        if not is_whole(point):
            return False
        near = np.round(point)
        sums = self.matrix @ near
        inside = (near >= self.low) & (near <= self.high)
        return bool(inside.all() and (sums >= self.below).all() and (sums <= self.above).all())


def is_whole(values: np.ndarray) -> bool:
    """Whether values are whole counts, but for the arithmetic of the solver."""
    return bool(np.abs(values - np.round(values)).max(initial=0) <= _NEAR)
