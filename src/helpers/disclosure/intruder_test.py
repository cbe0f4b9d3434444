"""The intruder test of a release: the feasibility interval that its files leave to every small cell."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.disclosure.intruder_model import (
    EXACT,
    FEWEST_VALUES,
    GOOD,
    NOTHING,
    OWN,
    PUPIL,
    SIZES,
    STATES,
    THIN,
    Cell,
    Model,
    System,
    Truth,
    contradicted_values,
    is_size_elsewhere,
    known_in,
    to_sparse_matrix,
    verdicts_of,
)
from helpers.disclosure.intruder_pages import faults_of, merge_folders, read_folders
from helpers.disclosure.intruder_relations import (
    VERDICTS,
    Audit,
    Finding,
    add_overlaps,
    model_of,
    rows_of,
    unexplained_numbers,
)
from helpers.schema import FEWEST_PERSONS

# --- Bounds of sums of unknown counts: linear programs, and witnesses that spare most of them ---
# A point where every relation holds is a witness for all cells at once. Objectives that push many cells up or down
# together show most cells to be wide; only the rest get programs of their own.

# A value farther than this from a whole number is no count.
_NEAR = 1e-6
# Stands for no upper end: no département accompanies so many persons.
CEILING = 1_000_000


@dataclass(frozen=True)
class Component:
    """A part of a system that is independent once some unknowns are fixed: places of unknowns and of rows."""

    unknowns: np.ndarray
    rows: np.ndarray
    # Its rows, in all the unknowns and in its own.
    matrix: object
    inside: object


class Solver:
    """A system ready to be attacked: its matrix, its tightened ends, its independent pieces."""

    def __init__(self, system: System) -> None:
        self.system, self.matrix = system, system.matrix
        self.low, self.high, self.below, self.above = (each.copy() for each in system.ends)
        np.minimum(self.high, CEILING, out=self.high)
        self._tighten()

    def _tighten(self) -> None:
        """Ends that each relation alone allows: an unknown is the relation minus the others (three passes)."""
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
        """For each entry, the sum of the other entries of its row; infinite if one of them is."""
        count = self.matrix.shape[0]
        finite = np.isfinite(values)
        total = np.bincount(row, np.where(finite, values, 0), count)
        endless = np.bincount(row, ~finite, count)
        sign = np.where(np.any(values == np.inf), np.inf, -np.inf)
        alone = total[row] - np.where(finite, values, 0)
        return np.where(endless[row] - ~finite > 0, sign, alone)

    def pieces(self, fixed: np.ndarray) -> list[Component]:
        """The independent parts once the unknowns of ``fixed`` (a mask) have a value."""
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

    def cut(self, unknowns: np.ndarray, rows: np.ndarray) -> Component:
        """The piece with these unknowns and these relations."""
        matrix = self.matrix[rows]
        return Component(unknowns, rows, matrix, matrix[:, unknowns])

    def solve(
        self,
        piece: Component,
        cost: np.ndarray,
        point: np.ndarray,
        *,
        whole: bool | np.ndarray = False,
        wanted: tuple[np.ndarray, float] | None = None,
    ) -> np.ndarray | None:
        """The point of least ``cost`` over a piece, the other unknowns being those of ``point``; None without one.

        ``whole`` says which unknowns are integers; ``wanted`` is a sum over the piece and the least value it must have.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp

        still = piece.matrix @ point - piece.inside @ point[piece.unknowns]
        limits = LinearConstraint(piece.inside, self.below[piece.rows] - still, self.above[piece.rows] - still)
        asked = [LinearConstraint(wanted[0][None, :], wanted[1])] if wanted else []
        result = milp(
            cost,
            constraints=[limits, *asked] if len(piece.rows) else asked,
            bounds=Bounds(self.low[piece.unknowns], self.high[piece.unknowns]),
            integrality=np.broadcast_to(whole, len(cost)).astype(int),
            options={"mip_rel_gap": 0},
        )
        if not result.success:
            return None
        moved = point.copy()
        moved[piece.unknowns] = result.x
        return moved

    def is_witness(self, point: np.ndarray) -> bool:
        """Whether a point is made of whole counts and satisfies every relation, to the unit."""
        if not is_whole(point):
            return False
        near = np.round(point)
        sums = self.matrix @ near
        inside = (near >= self.low) & (near <= self.high)
        return bool(inside.all() and (sums >= self.below).all() and (sums <= self.above).all())


def is_whole(values: np.ndarray) -> bool:
    """Whether values are whole counts, up to the solver's tolerance."""
    return bool(np.abs(values - np.round(values)).max(initial=0) <= _NEAR)


# --- Bounds of a single cell with increasingly large programs: site sizes fixed, then free, then the full system ---


def bounds_of_cell(ranges: "Ranges", place: int) -> None:
    """Bounds one cell, from the cheapest program to the one that holds everything it is tied to."""
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


def _try(ranges: "Ranges", place: int, piece: Component, *ways: Callable) -> None:
    for find in ways:
        for sign in (1.0, -1.0):
            if ranges.unsettled[place]:
                ranges.record(find(ranges, place, sign, piece))


def _by_sizes(ranges: "Ranges", place: int, sign: float, piece: Component) -> np.ndarray | None:
    """Whole site sizes that leave the cell enough values on one side; then each family of questions follows them."""
    point = _far(ranges, place, sign, piece, whole=ranges.hubs[piece.unknowns])
    if point is None:
        return None
    # The cells that wait are pushed the same way: one change of sizes often serves many.
    cost = sign * (ranges.sums[[place]].toarray()[0] + 1e-2 * (ranges.unsettled @ ranges.sums))
    return ranges.fill(point, cost + 1e-4 * ranges.random.uniform(-1, 1, len(cost)), ranges.families)


def _by_family(ranges: "Ranges", place: int, sign: float, piece: Component) -> np.ndarray | None:
    """The same with whole counts for the questions of the cell; the other families follow."""
    local = ranges.around(ranges.sums[[place]].indices)
    point = _far(ranges, place, sign, piece, whole=np.isin(piece.unknowns, local.unknowns))
    return None if point is None else _complete(ranges, point, local)


def _in_whole(ranges: "Ranges", place: int, sign: float, piece: Component) -> np.ndarray | None:
    """Whole counts with enough values on one side, far cheaper than the farthest ones; else the farthest."""
    point = _far(ranges, place, sign, piece, whole=True)
    return _end(ranges, place, sign, piece, whole=True) if point is None else point


def _far(ranges: "Ranges", place: int, sign: float, piece: Component, *, whole: bool | np.ndarray) -> np.ndarray | None:
    sums = -sign * ranges.sums[[place]].toarray()[0]
    end = ranges.high[place] - FEWEST_VALUES + 1 if sign > 0 else ranges.low[place] + FEWEST_VALUES - 1
    if not ranges.least[place] <= end <= ranges.most[place]:
        return None
    wanted = sums[piece.unknowns], -sign * end
    return ranges.solver.solve(piece, np.zeros(len(piece.unknowns)), ranges.truth, whole=whole, wanted=wanted)


def _push(ranges: "Ranges", place: int, sign: float, families: list[Component]) -> None:
    """The farthest point of a cell with the true site sizes; in whole counts if need be."""
    cost, point = sign * ranges.sums[[place]].toarray()[0], ranges.truth
    for family in families:
        moved = ranges.best(family, cost, point)
        point = point if moved is None else moved
    ranges.record(point)


def _end(ranges: "Ranges", place: int, sign: float, piece: Component, *, whole: bool = False) -> np.ndarray | None:
    """The point of a piece where a cell is least (or greatest, sign −1); tightens the bound that it proves."""
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


def _complete(ranges: "Ranges", point: np.ndarray, local: Component) -> np.ndarray | None:
    """A point of some families completed to all: the others follow its site sizes."""
    own = np.zeros(len(point), dtype=bool)
    own[local.unknowns] = True
    others = [family for family in ranges.families if not own[family.unknowns].any()]
    cost = ranges.random.uniform(-1, 1, len(point))
    return ranges.fill(point, cost, others)


# --- Feasibility intervals: from inside by witnesses, from outside by programs ---

# Directions tried on all cells together; after so many in a row that settle few, each cell gets its own programs.
_ROUNDS, _FRUITLESS, _WORTH, _WORTH_BRIEFLY = 40, 2, 3, 12


class Ranges:
    """The feasibility interval of each cell asked of a system; the truth is the first witness.

    ``seen`` are ends reached in a scenario where the reader knew more: they are reached here too. A cell is left as
    soon as its verdict is sure; with ``to_the_end``, once it is wide or both its ends are known; if ``is_brief``, once
    it is not exact: it may then be called thin although more values could be reached.
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
        self.sums = to_sparse_matrix([system.sums[name] for name in asked], len(system.low))
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
        self._around: dict[tuple[int, ...], Component] = {}

    def settle(self) -> None:
        """Finds the ends of every cell, or that five values at least are reached."""
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
                bounds_of_cell(self, place)

    @property
    def unsettled(self) -> np.ndarray:
        """Which cells still have different verdicts from inside and from outside."""
        inside, outside = self._both_verdicts
        if not self.to_the_end:
            return inside != outside
        return (inside != GOOD) & ((self.low > self.least) | (self.high < self.most))

    @property
    def verdicts(self) -> np.ndarray:
        """0 good, 1 thin, 2 exact: from inside when settled; else from outside, never good without witnesses."""
        inside, outside = self._both_verdicts
        return np.where(self.unsettled, np.maximum(outside, THIN), inside)

    @property
    def _both_verdicts(self) -> tuple[np.ndarray, np.ndarray]:
        return verdicts_of(self.low, self.high), verdicts_of(self.least, self.most)

    def _try_together(self, turn: int) -> None:
        """One point that pushes the unsettled cells up or down, all in one direction the first two times."""
        waiting = self.unsettled
        if turn < 2:
            signs = np.full(len(waiting), 1.0 - 2 * turn)
        else:
            up, down = self.most - self.high > 0, self.low - self.least > 0
            signs = np.where(up & down, self.random.choice([-1.0, 1.0], len(waiting)), np.where(up, 1.0, -1.0))
        # Very unequal weights: some cells go as far as they can at the expense of the others.
        weights = np.where(waiting, signs * np.exp(2 * self.random.standard_normal(len(waiting))), 0)
        self.record(self.fill(self.truth, -(weights @ self.sums), self.families))

    def fill(self, point: np.ndarray, cost: np.ndarray, families: list[Component]) -> np.ndarray | None:
        """The point with each family at its best; None when one of them has no solution."""
        for family in families:
            if cost[family.unknowns].any():
                moved = self.best(family, cost, point)
                if moved is None:
                    return None
                point = moved
        return point

    def best(self, family: Component, cost: np.ndarray, point: np.ndarray) -> np.ndarray | None:
        """The best point of a family in whole counts; linear programs give them, except in cross-tabulations."""
        moved = self.solver.solve(family, cost[family.unknowns], point)
        if moved is None or is_whole(moved[family.unknowns]):
            return moved
        return self.solver.solve(family, cost[family.unknowns], point, whole=True)

    def record(self, point: np.ndarray | None) -> None:
        """Widens every interval by a point, if it is a witness."""
        if point is not None and self.solver.is_witness(point):
            worth = self.sums @ np.round(point)
            np.minimum(self.low, worth, out=self.low)
            np.maximum(self.high, worth, out=self.high)

    def around(self, unknowns: np.ndarray) -> Component:
        """The families of some unknowns, with the site sizes: a relaxation of the whole system."""
        own = tuple(rank for rank, family in enumerate(self.families) if np.isin(unknowns, family.unknowns).any())
        if own not in self._around:
            inside = self.hubs & ~self.fixed
            for rank in own:
                inside[self.families[rank].unknowns] = True
            outside = ~inside & ~self.fixed
            rows = np.flatnonzero(abs(self.solver.matrix) @ outside.astype(float) == 0)
            self._around[own] = self.solver.cut(np.flatnonzero(inside), rows)
        return self._around[own]


# --- Which published numbers reveal a cell: those that hold its two ends, by the dual values ---

_WEIGHS = 1e-7


def explain(ranges: Ranges, place: int) -> tuple[str, ...]:
    """Why the ends of an asked cell are what they are: published numbers and relations, in French, each once."""
    sums = ranges.sums[[place]]
    everything = ranges.solver.cut(np.arange(len(ranges.truth)), np.arange(ranges.solver.matrix.shape[0]))
    for piece in (ranges.around(sums.indices), everything):
        program, cost = _Program(ranges, piece), sums.toarray()[0]
        held = [program.held(sign * cost) for sign in (1.0, -1.0)]
        values = [value for value, _ in held]
        whys = tuple(dict.fromkeys(why for _, each in held for why in each if why))
        if None not in values and -values[1] - values[0] < ranges.most[place] - ranges.least[place] + 1:
            break
    # Ends that only whole counts have, by a cross-tabulation, are explained by the nearest ones in fractions.
    return whys


class _Program:
    """The least of a cell over a piece: a linear program with named rows and published ends."""

    def __init__(self, ranges: Ranges, piece: Component) -> None:
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
        """The least of a sum, and what holds it there: rows and ends with a dual value."""
        from scipy.optimize import linprog

        result = linprog(cost[self.own], method="highs", **self.limits)
        if not result.success:
            return None, []
        ends = result.lower.marginals + result.upper.marginals
        rows = [*result.eqlin.marginals, *result.ineqlin.marginals]
        named = [*zip(self.whys, ends, strict=True), *zip(self.reasons, rows, strict=True)]
        return float(result.fun), [why for why, weight in named if abs(weight) > _WEIGHS]


# --- The test of the tables: every cell of one to four persons, in every scenario, each year ---

# At most so many findings that refuse the release are explained in a scenario: each takes two more programs.
_EXPLAINED = 12


def attack(
    indicators: pd.DataFrame,
    truth: Truth,
    *,
    states: Iterable[str] = tuple(STATES),
    comparisons: pd.DataFrame | None = None,
    stops_early: bool = False,
) -> Audit:
    """What a reader of these tables can find again, in each disclosure scenario.

    ``indicators`` has the schema ``indicateurs``: rows of the network, of associations and of collèges, of all years; a
    column ``lieu``, if any, names the file of each; a site without a row has no report. ``comparisons`` has the schema
    ``comparaisons``. ``stops_early`` stops after the first scenario that refuses. A cell is good (0) with at least five
    possible values, exact (2) with one, else thin (1). The release is refused by an exact cell in any scenario, a thin
    one for a reader who knows nothing else, or a number that is neither exact nor rounded as it says.
    """
    audit = Audit([], {state: dict.fromkeys(VERDICTS.values(), 0) for state in states})
    for year in truth.years:
        if stops_early and not audit.is_good:
            break
        rows = rows_of(indicators, year)
        model = model_of(truth, rows, year)
        if comparisons is not None:
            add_overlaps(model, truth, comparisons)
        contradicted = [_CONTRADICTED.format(why) for why in contradicted_values(model.system)]
        texts = [*unexplained_numbers(rows), *contradicted]
        audit = audit.with_more([Finding(EXACT, NOTHING, None, because=(text,)) for text in texts])
        # Numbers that cannot hold together leave no value to find: the release is refused already.
        if not contradicted:
            audit = _attack_year(audit, model, list(states), stops_early=stops_early)
    return audit


_CONTRADICTED = "Un nombre publié en contredit un autre, ou n’est pas celui des dossiers : {}"


def sensitive_cells(model: Model) -> list[Cell]:
    """The cells whose true value is one to four persons, at every level, remainders included."""
    worth = ((cell, model.system.value(terms)) for cell, terms in model.system.sums.items())
    return [cell for cell, count in worth if 0 < count < FEWEST_PERSONS]


def _attack_year(audit: Audit, model: Model, states: list[str], *, stops_early: bool) -> Audit:
    """Scenarios with more knowledge come first, since what they leave possible is possible with less.

    The very first is the one that refuses most often.
    """
    asked = sensitive_cells(model)
    # The same sum may bear two names (an association of one collège): it is asked once.
    names = list({tuple(sorted(model.system.sums[cell].items())): cell for cell in reversed(asked)}.values())
    truth = np.array([model.system.value(model.system.sums[cell]) for cell in names], dtype=float)
    seen = truth.copy(), truth.copy()
    for state in sorted(states, key=lambda name: (name == NOTHING, name != PUPIL)):
        if stops_early and not audit.is_good:
            break
        # The worst verdict of all the intruders of a scenario; -1 for a cell that none of them is judged on.
        worst, found = np.full(len(names), -1), {}
        for known in known_in(state, model):
            given = {cell for cell, low, high, _ in known if low == high}
            judged = (cell not in given and _has_others(model, cell, given, state) for cell in names)
            places = np.flatnonzero(np.fromiter(judged, dtype=bool, count=len(names)))
            start = tuple(each[places] for each in seen) if state == NOTHING else None
            own = [names[place] for place in places]
            ranges = Ranges(model.system.with_known(known), own, start, is_brief=state != NOTHING)
            ranges.settle()
            supposed = _implied_by_scenario(model, state, known, ranges)
            worst[places] = np.where(supposed, worst[places], np.maximum(worst[places], ranges.verdicts))
            found = {each.cell: each for each in _findings(ranges, state, model.told, supposed)} | found
            seen[0][places] = np.minimum(seen[0][places], ranges.low)
            seen[1][places] = np.maximum(seen[1][places], ranges.high)
        counts = {name: int((worst == verdict).sum()) for verdict, name in VERDICTS.items()}
        audit = audit.with_more(list(found.values()), {state: counts})
    return audit


def _has_others(model: Model, cell: Cell, given: set[Cell], state: str) -> bool:
    """Whether somebody counted in a cell is not in the records of the association that looks for it."""
    if state != OWN:
        return True
    own = {place for each in given for place in model.system.sums[each]}
    return any(model.system.truth[place] for place in model.system.sums[cell] if place not in own)


def _implied_by_scenario(model: Model, state: str, known: list, ranges: Ranges) -> np.ndarray:
    """Which cells are exact for who knows what a scenario supposes and reads nothing: no release reveals them.

    So is the number of persons in no known collège, for who knows the size of each: it says nothing of them.
    """
    exact = np.flatnonzero(ranges.verdicts == EXACT)
    supposed = np.array([state == SIZES and is_size_elsewhere(cell) for cell in ranges.asked], dtype=bool)
    if known and len(exact):
        bare = Ranges(model.unread.with_known(known), [ranges.asked[place] for place in exact], is_brief=True)
        bare.settle()
        supposed[exact] |= bare.verdicts == EXACT
    return supposed


def _findings(ranges: Ranges, state: str, told: dict[str, Cell], supposed: np.ndarray) -> list[Finding]:
    """The exact and thin cells; in a scenario where thin ones refuse nothing, only those proved so."""
    verdicts, is_wide = ranges.verdicts, ranges.most - ranges.least + 1 >= FEWEST_VALUES
    bad = sorted(np.flatnonzero((verdicts > GOOD) & ~supposed), key=lambda place: -verdicts[place])
    findings = []
    for rank, place in enumerate(bad):
        ends = float(ranges.least[place]), float(ranges.most[place])
        finding = Finding(int(verdicts[place]), state, ranges.asked[place], *ends)
        if is_wide[place] and not finding.is_refused:
            continue
        if rank < _EXPLAINED and finding.is_refused:
            because = explain(ranges, place)
            cells = [told[text] for why in because for text in why.split(" ; ") if text in told]
            finding = replace(finding, because=because, told_by=tuple(dict.fromkeys(cells)))
        findings.append(finding)
    return findings


# --- The test of a whole release: its tables together, and the marked numbers of its pages ---


def audit(folder: Path, truth: Truth, *, states: Iterable[str] = tuple(STATES)) -> Audit:
    """What a reader of a published folder can find again, and the marked numbers that are not those published.

    Reads every ``indicateurs.csv``, the network's ``comparaisons.csv`` and all pages; findings name the file. See
    `attack` for what refuses a release.

    Raises
    ------
    FileNotFoundError
        when the folder holds no indicateurs.csv.
    """
    folders = read_folders(folder)
    tables = attack(merge_folders(folders), truth, states=states, comparisons=folders[0].comparisons)
    return tables.with_more([fault for each in folders for fault in faults_of(each, folder)])
