"""Which published numbers tell a cell: those that hold its two ends, by the dual values of the two programs."""

import numpy as np

from helpers.auditor.ranges import Ranges
from helpers.auditor.solver import Piece

_WEIGHS = 1e-7


def explain(ranges: Ranges, place: int) -> tuple[str, ...]:
    """Why the ends of an asked cell are what they are: published numbers and relations, in French, each once."""
    sums = ranges.sums[[place]]
    everything = ranges.solver.cut(np.arange(len(ranges.truth)), np.arange(ranges.solver.matrix.shape[0]))
    for piece in (ranges.around(sums.indices), everything):
        found = [_held_by(ranges, sums.toarray()[0], piece, sign) for sign in (1.0, -1.0)]
        values = [value for value, _ in found]
        if None not in values and -values[1] - values[0] < ranges.most[place] - ranges.least[place] + 1:
            return tuple(dict.fromkeys(why for _, whys in found for why in whys if why))
    return ()


def _held_by(ranges: Ranges, cell: np.ndarray, piece: Piece, sign: float) -> tuple[float | None, list[str]]:
    """An end of a cell over a piece, with its published ends as they stand, and what holds it there."""
    from scipy.optimize import linprog

    system, solver = ranges.solver.system, ranges.solver
    low, high, below, above = system.ends
    own = np.union1d(piece.unknowns, np.flatnonzero(ranges.fixed))
    matrix = solver.matrix[piece.rows][:, own]
    equal = below[piece.rows] == above[piece.rows]
    rows = piece.rows[~equal]
    up, down = rows[np.isfinite(above[rows])], rows[np.isfinite(below[rows])]
    sub = solver.matrix[:, own]
    from scipy.sparse import vstack

    sided = vstack([sub[up], -sub[down]], format="csr") if len(up) + len(down) else None
    limits = np.concatenate([above[up], -below[down]]) if sided is not None else None
    ends = np.column_stack([low[own], np.where(np.isfinite(high[own]), high[own], solver.high[own].max(initial=0))])
    fixed = matrix[equal] if equal.any() else None
    held = below[piece.rows][equal] if equal.any() else None
    found = linprog(sign * cell[own], A_ub=sided, b_ub=limits, A_eq=fixed, b_eq=held, bounds=ends, method="highs")
    if not found.success:
        return None, []
    whys = []
    for unknown, weight in zip(own, found.lower.marginals + found.upper.marginals, strict=True):
        if abs(weight) > _WEIGHS:
            whys.append(system.whys[unknown])
    names = [*(piece.rows[equal] if equal.any() else []), *up, *down]
    marginals = [*(found.eqlin.marginals if equal.any() else []), *(found.ineqlin.marginals if sided is not None else [])]
    whys += [system.relations[row].why for row, weight in zip(names, marginals, strict=True) if abs(weight) > _WEIGHS]
    return float(found.fun), whys
