"""How many values a reader must leave to each asked cell: seen from inside by witnesses, from outside by programs."""

from collections.abc import Hashable

import numpy as np

from helpers.auditor.asked import ask
from helpers.auditor.solver import Piece, Solver, is_whole
from helpers.auditor.system import System, sparse
from helpers.auditor.verdicts import GOOD, THIN, verdicts_of

# Directions tried on all the cells together; after so many in a row that settle few, each cell is asked for itself.
_ROUNDS, _FRUITLESS, _WORTH, _WORTH_BRIEFLY = 40, 2, 3, 12


class Ranges:
    """The smallest and largest value of each asked cell of a system; the truth is the first witness.

    ``seen`` are ends that were reached before, in a state where the reader knew more: they are reached here too.
    A cell is left as soon as its verdict is sure; ``to_the_end``, as soon as it is wide or its two ends are known;
    ``is_brief``, when it is not exact: it is then said thin if fewer values were reached, though more might be.
    """

    def __init__(
        self,
        system: System,
        asked: list[Hashable],
        seen: tuple[np.ndarray, np.ndarray] | None = None,
        *,
        to_the_end: bool = False,
        is_brief: bool = False,
    ) -> None:
        self.to_the_end, self.is_brief = to_the_end, is_brief
        self.asked, self.solver = asked, Solver(system)
        self.sums = sparse([system.sums[name] for name in asked], len(system.low))
        self.truth = np.array(system.truth, dtype=float)
        worth = self.sums @ self.truth
        self.low, self.high = (worth.copy(), worth.copy()) if seen is None else (seen[0].copy(), seen[1].copy())
        up, down = self.sums.maximum(0), self.sums.minimum(0)
        self.least = up @ self.solver.low + down @ self.solver.high
        self.most = up @ self.solver.high + down @ self.solver.low
        self.fixed = self.solver.low == self.solver.high
        self.hubs = np.zeros(len(self.truth), dtype=bool)
        self.hubs[sorted(system.hubs)] = True
        self.random = np.random.default_rng(7)
        self.families = self.solver.pieces(self.fixed | self.hubs)
        self._around: dict[tuple[int, ...], Piece] = {}

    def settle(self) -> None:
        """Finds the ends of every cell, or that at least five values are reached."""
        fruitless = 0
        for turn in range(_ROUNDS):
            before = int(self.unsettled.sum())
            if not before or fruitless == _FRUITLESS:
                break
            self._try_together(turn)
            # A program for each cell that is left costs less than a round that settles so few.
            worth = _WORTH_BRIEFLY if self.is_brief else _WORTH
            fruitless = 0 if before - int(self.unsettled.sum()) >= worth else fruitless + 1
        for place in np.flatnonzero(self.unsettled):
            if self.unsettled[place] and not (self.is_brief and self.high[place] > self.low[place]):
                ask(self, place)

    @property
    def unsettled(self) -> np.ndarray:
        """Which cells are not yet known well enough: what is reached and what is allowed say two things."""
        inside, outside = (verdicts_of(low, high) for low, high in ((self.low, self.high), (self.least, self.most)))
        if not self.to_the_end:
            return inside != outside
        return (inside != GOOD) & ((self.low > self.least) | (self.high < self.most))

    @property
    def verdicts(self) -> np.ndarray:
        """0 good, 1 thin, 2 exact: what is reached when settled; else what is allowed, never good without witnesses."""
        inside, outside = (verdicts_of(low, high) for low, high in ((self.low, self.high), (self.least, self.most)))
        return np.where(self.unsettled, np.maximum(outside, THIN), inside)

    def _try_together(self, turn: int) -> None:
        """One point that pushes the unsettled cells up or down, all together the first two times."""
        waiting = self.unsettled
        if turn < 2:
            signs = np.full(len(waiting), 1.0 - 2 * turn)
        else:
            up, down = self.most - self.high > 0, self.low - self.least > 0
            signs = np.where(up & down, self.random.choice([-1.0, 1.0], len(waiting)), np.where(up, 1.0, -1.0))
        # Very unequal weights: some cells go as far as they can, whatever it takes from the others.
        weights = np.where(waiting, signs * np.exp(2 * self.random.standard_normal(len(waiting))), 0)
        self.record(self.fill(self.truth, -(weights @ self.sums), self.families))

    def fill(self, point: np.ndarray, cost: np.ndarray, families: list[Piece]) -> np.ndarray | None:
        """The point with each family at its best; None when one of them has no solution."""
        for family in families:
            if cost[family.unknowns].any():
                moved = self.best(family, cost, point)
                if moved is None:
                    return None
                point = moved
        return point

    def best(self, family: Piece, cost: np.ndarray, point: np.ndarray) -> np.ndarray | None:
        """The best point of a family in whole counts: those of a program in fractions are whole, but in crossings."""
        moved = self.solver.solve(family, cost[family.unknowns], point)
        if moved is None or is_whole(moved[family.unknowns]):
            return moved
        return self.solver.solve(family, cost[family.unknowns], point, whole=True)

    def record(self, point: np.ndarray | None) -> bool:
        """Keeps what a point shows of every cell, if it is a witness; whether it is."""
        if point is None or not self.solver.is_witness(point):
            return False
        worth = self.sums @ np.round(point)
        np.minimum(self.low, worth, out=self.low)
        np.maximum(self.high, worth, out=self.high)
        return True

    def around(self, unknowns: np.ndarray) -> Piece:
        """The families of some unknowns, with the sizes of the sites: what it allows, the whole may refuse."""
        own = tuple(rank for rank, family in enumerate(self.families) if np.isin(unknowns, family.unknowns).any())
        if own not in self._around:
            inside = self.hubs & ~self.fixed
            for rank in own:
                inside[self.families[rank].unknowns] = True
            outside = ~inside & ~self.fixed
            rows = np.flatnonzero(abs(self.solver.matrix) @ outside.astype(float) == 0)
            self._around[own] = self.solver.cut(np.flatnonzero(inside), rows)
        return self._around[own]
