"""Which published numbers tell a cell: those that hold its two ends, by the dual values of the two programs."""

import numpy as np

from helpers.auditor.ranges import Ranges
from helpers.auditor.solver import CEILING, Piece

_WEIGHS = 1e-7


def explain(ranges: Ranges, place: int) -> tuple[str, ...]:
    """Why the ends of an asked cell are what they are: published numbers and relations, in French, each once."""
    sums = ranges.sums[[place]]
    everything = ranges.solver.cut(np.arange(len(ranges.truth)), np.arange(ranges.solver.matrix.shape[0]))
    for piece in (ranges.around(sums.indices), everything):
        program, cost = _Program(ranges, piece), sums.toarray()[0]
        found = [program.held(sign * cost) for sign in (1.0, -1.0)]
        values = [value for value, _ in found]
        whys = tuple(dict.fromkeys(why for _, each in found for why in each if why))
        if None not in values and -values[1] - values[0] < ranges.most[place] - ranges.least[place] + 1:
            break
    # Ends that only whole counts have, by a crossing, are told by the nearest ones in fractions.
    return whys


class _Program:
    """The least of a cell over a piece: a linear program whose rows are named, with the published ends."""

    def __init__(self, ranges: Ranges, piece: Piece) -> None:
        from scipy.sparse import vstack

        system, solver = ranges.solver.system, ranges.solver
        low, high, below, above = system.ends
        self.own = np.union1d(piece.unknowns, np.flatnonzero(ranges.fixed))
        matrix, rows = solver.matrix[:, self.own], piece.rows
        self.equal = rows[below[rows] == above[rows]]
        others = np.setdiff1d(rows, self.equal)
        self.up, self.down = others[np.isfinite(above[others])], others[np.isfinite(below[others])]
        self.limits = {
            "A_ub": vstack([matrix[self.up], -matrix[self.down]], format="csr"),
            "b_ub": np.concatenate([above[self.up], -below[self.down]]),
            "A_eq": matrix[self.equal],
            "b_eq": below[self.equal],
            "bounds": np.column_stack([low[self.own], np.minimum(high[self.own], CEILING)]),
        }
        self.whys = [system.whys[unknown] for unknown in self.own]
        self.reasons = [system.relations[row].why for row in (*self.equal, *self.up, *self.down)]

    def held(self, cost: np.ndarray) -> tuple[float | None, list[str]]:
        """The least of a sum, and what holds it there: rows and ends whose dual value is not 0."""
        from scipy.optimize import linprog

        found = linprog(cost[self.own], method="highs", **self.limits)
        if not found.success:
            return None, []
        ends = found.lower.marginals + found.upper.marginals
        rows = [*found.eqlin.marginals, *found.ineqlin.marginals]
        named = [*zip(self.whys, ends, strict=True), *zip(self.reasons, rows, strict=True)]
        return float(found.fun), [why for why, weight in named if abs(weight) > _WEIGHS]
