"""One cell asked for itself: programs that end it, from the sizes of the sites as they are to the whole system.

The cheapest ways to show five values come first; only a cell that none of them widens is bounded by all it is tied to.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from helpers.auditor.solver import Piece
from helpers.auditor.verdicts import FEWEST_VALUES

if TYPE_CHECKING:
    from helpers.auditor.ranges import Ranges


def ask(ranges: "Ranges", place: int) -> None:
    """The two ends of one cell: the sizes of sites being true, then free with its own questions, then with all."""
    own = ranges.sums[[place]].indices
    families = [family for family in ranges.families if np.isin(own, family.unknowns).any()]
    for sign in (1.0, -1.0):
        _push(ranges, place, sign, families)
    everything = ranges.solver.cut(np.flatnonzero(~ranges.fixed), np.arange(ranges.solver.matrix.shape[0]))
    if not ranges.is_brief:
        _try(ranges, place, everything, _by_sizes, _by_family)
    if not ranges.unsettled[place]:
        return
    local = ranges.around(own)
    points = [_end(ranges, place, sign, local) for sign in (1.0, -1.0)]
    if ranges.is_brief and ranges.high[place] > ranges.low[place]:
        return
    for point in points:
        if ranges.unsettled[place] and point is not None:
            ranges.record(_complete(ranges, point, local))
    _try(ranges, place, everything, _end, _in_whole)


def _try(ranges: "Ranges", place: int, piece: Piece, *ways: Callable) -> None:
    for find in ways:
        for sign in (1.0, -1.0):
            if ranges.unsettled[place]:
                ranges.record(find(ranges, place, sign, piece))


def _by_sizes(ranges: "Ranges", place: int, sign: float, piece: Piece) -> np.ndarray | None:
    """Whole sizes of the sites that leave the cell enough values on one side; then each family follows them."""
    point = _far(ranges, place, sign, piece, whole=ranges.hubs[piece.unknowns])
    if point is None:
        return None
    # The cells that wait are pushed the same way: one change of sizes often serves many.
    cost = sign * (ranges.sums[[place]].toarray()[0] + 1e-2 * (ranges.unsettled @ ranges.sums))
    return ranges.fill(point, cost + 1e-4 * ranges.random.uniform(-1, 1, len(cost)), ranges.families)


def _by_family(ranges: "Ranges", place: int, sign: float, piece: Piece) -> np.ndarray | None:
    """The same, the questions of the cell being whole too: the other families follow."""
    local = ranges.around(ranges.sums[[place]].indices)
    point = _far(ranges, place, sign, piece, whole=np.isin(piece.unknowns, local.unknowns))
    return None if point is None else _complete(ranges, point, local)


def _in_whole(ranges: "Ranges", place: int, sign: float, piece: Piece) -> np.ndarray | None:
    """Whole counts that leave the cell enough values on one side, far sooner known than the farthest; or these."""
    found = _far(ranges, place, sign, piece, whole=True)
    return _end(ranges, place, sign, piece, whole=True) if found is None else found


def _far(ranges: "Ranges", place: int, sign: float, piece: Piece, *, whole: bool | np.ndarray) -> np.ndarray | None:
    sums = -sign * ranges.sums[[place]].toarray()[0]
    end = ranges.high[place] - FEWEST_VALUES + 1 if sign > 0 else ranges.low[place] + FEWEST_VALUES - 1
    if not ranges.least[place] <= end <= ranges.most[place]:
        return None
    wanted = sums[piece.unknowns], -sign * end
    return ranges.solver.solve(piece, np.zeros(len(piece.unknowns)), ranges.truth, whole=whole, wanted=wanted)


def _push(ranges: "Ranges", place: int, sign: float, families: list[Piece]) -> None:
    """The farthest point of a cell where the sizes of the sites are the true ones; in whole counts if need be."""
    cost, point = sign * ranges.sums[[place]].toarray()[0], ranges.truth
    for family in families:
        moved = ranges.best(family, cost, point)
        point = point if moved is None else moved
    ranges.record(point)


def _end(ranges: "Ranges", place: int, sign: float, piece: Piece, *, whole: bool = False) -> np.ndarray | None:
    """The point of a piece where a cell is the least (or the most, sign −1); what it cannot go beyond is kept."""
    cost = sign * ranges.sums[[place]].toarray()[0]
    point = ranges.solver.solve(piece, cost[piece.unknowns], ranges.truth, whole=whole)
    if point is None:
        return None
    worth = float(cost @ point)
    if sign > 0:
        ranges.least[place] = max(ranges.least[place], np.ceil(worth - 1e-6))
    else:
        ranges.most[place] = min(ranges.most[place], np.floor(-worth + 1e-6))
    return point


def _complete(ranges: "Ranges", point: np.ndarray, local: Piece) -> np.ndarray | None:
    """The point of some families made whole: the others are asked to follow the sizes it gives to the sites."""
    own = np.zeros(len(point), dtype=bool)
    own[local.unknowns] = True
    others = [family for family in ranges.families if not own[family.unknowns].any()]
    cost = ranges.random.uniform(-1, 1, len(point))
    return ranges.fill(point, cost, others)
