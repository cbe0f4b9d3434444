"""The intruder test of a release: the feasibility interval that its files leave to every small count."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.disclosure.intruder_model import (
    ALONE,
    ASSOCIATION,
    NETWORK,
    NOTHING,
    OWN,
    PART,
    PROTECTED,
    PUPIL,
    REST,
    SCENARIOS,
    SIZE,
    SIZES,
    Cell,
    Known,
    Model,
    Relation,
    System,
    Terms,
    Truth,
    read_comparisons,
    rows_of,
)
from helpers.disclosure.marked_numbers import faults_of, merge_folders, read_folders
from helpers.schema import FEWEST_FOR_SHARE, FEWEST_PERSONS, ROUNDING_BASE
from helpers.typography import french_spaces

# --- Verdicts: how many values the feasibility interval of a cell has ---

# From this many possible values on, a reader has learnt little more than that the count is small.
FEWEST_VALUES = 5
GOOD, THIN, EXACT = 0, 1, 2
VERDICTS = {GOOD: "bon", THIN: "mince", EXACT: "exact"}


def verdicts_of(values):
    """The verdict on cells that have so many possible values."""
    return np.where(values < 2, EXACT, np.where(values < FEWEST_VALUES, THIN, GOOD))


# At most so many published numbers are named: the first ones show where to look.
_NAMED = 8


@dataclass(frozen=True)
class Finding:
    """What refuses a release: a cell of one to four persons with a narrow interval, or a number that nothing explains.

    ``verdict`` is 2 (exact, or a number that should not be there) or 1 (fewer than five values); ``low`` and ``high``
    are the ends of the interval; ``because`` the published numbers and relations that give it, in French; ``told_by``
    the cells of these numbers: one of them must say less.

    >>> cellule = Cell(2021, "alses", "college", "0590001A", "sexe", "filles")
    >>> print(Finding(2, "rien", cellule, 3, 3, ("indicateurs.csv : 3",)).sentence)
    On retrouve le nombre exact, sans rien savoir d’autre : collège 0590001A, 2021, Sexe : filles vaut 3. Ce qui le
    révèle : indicateurs.csv : 3.
    """

    verdict: int
    scenario: str
    cell: Cell | None
    low: float = 0
    high: float = 0
    because: tuple[str, ...] = ()
    told_by: tuple[Cell, ...] = ()

    @property
    def sentence(self) -> str:
        """The finding in one French sentence, with the places where the numbers stand."""
        reasons = " ; ".join(self.because[:_NAMED]) + (" …" if len(self.because) > _NAMED else "")
        if self.cell is None:
            return french_spaces(f"{reasons}.")
        what, ends = "On retrouve le nombre exact", f"{self.low:.0f}"
        if self.verdict == THIN:
            what, ends = "On approche trop un petit nombre", f"de {self.low:.0f} à {self.high:.0f}"
        text = f"{what}, {SCENARIOS[self.scenario].words} : {self.cell.title} vaut {ends}."
        return french_spaces(f"{text} Ce qui le révèle : {reasons}." if reasons else text)


@dataclass(frozen=True)
class IntruderResult:
    """What refuses a release, the gravest first, and for each scenario how many cells are good, thin and exact.

    Where the intruder knows more than what is published, thin counts the cells not shown to be wide: an upper bound.
    """

    findings: list[Finding] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether the release may leave."""
        return not self.findings

    @property
    def sentence(self) -> str:
        """The gravest finding, in French, or that there is none."""
        return self.findings[0].sentence if self.findings else "Aucun petit nombre ne se retrouve."

    @property
    def tried(self) -> list[str]:
        """The scenarios that were tried, how many cells, how thin, in French sentences.

        >>> for phrase in IntruderResult([], {"rien": {"bon": 9, "mince": 0, "exact": 0}}).tried:
        ...     print(phrase)
        Petits nombres (de 1 à 4) cherchés dans les tableaux : 9 ; retrouvé exactement : aucun.
        Il en reste moins de cinq valeurs possibles : pour aucun, sans rien savoir d’autre.
        Aucun autre savoir n’a été supposé.
        """
        cells = max((sum(values.values()) for values in self.counts.values()), default=0)
        if not cells:
            return ["Aucun petit nombre (de 1 à 4) à chercher dans les tableaux."]
        exact = max(values[VERDICTS[EXACT]] for values in self.counts.values())
        thin = {name: values[VERDICTS[THIN]] for name, values in self.counts.items()}
        said = [f"pour {f'{n} au plus' if n else 'aucun'}, {SCENARIOS[name].words}" for name, n in thin.items()]
        whole = f"Petits nombres (de 1 à 4) cherchés dans les tableaux : {cells} ; retrouvé exactement :"
        return [
            french_spaces(f"{whole} {exact or 'aucun'}."),
            french_spaces(f"Il en reste moins de cinq valeurs possibles : {' ; '.join(said)}."),
            "Aucun autre savoir n’a été supposé.",
        ]

    def with_more(
        self, findings: Iterable[Finding], counts: dict[str, dict[str, int]] | None = None
    ) -> "IntruderResult":
        """The result with other findings and other cells, in order of gravity."""
        merged = {name: Counter(values) for name, values in self.counts.items()}
        for name, values in (counts or {}).items():
            merged.setdefault(name, Counter()).update(values)
        order = list(SCENARIOS)
        ranked = sorted(
            [*self.findings, *findings],
            key=lambda each: (-each.verdict, order.index(each.scenario), each.high - each.low),
        )
        return IntruderResult(ranked, {name: dict(values) for name, values in merged.items()})


# --- A system as linear programs: in whole numbers where a witness is looked for ---

# A value farther than this from a whole number is no count.
_NEAR = 1e-6
# Stands for no upper end: no département accompanies so many persons.
_CEILING = 1_000_000
# A point found in whole numbers is a witness, however far from the best one.
_GAP = 0.5


class Program:
    """A system as arrays: ends of the unknowns, then rows of a sparse matrix with their ends."""

    def __init__(self, system: System) -> None:
        self.truth = np.array(system.truth, dtype=float)
        relations = system.relations
        alone = [each for each in relations if set(each.terms.values()) == {1} and len(each.terms) == 1]
        self.low, self.high = np.zeros(len(self.truth)), np.full(len(self.truth), float(_CEILING))
        for (place,), low, high in ((each.terms, each.low, each.high) for each in alone):
            self.low[place], self.high[place] = max(low, self.low[place]), min(high, self.high[place])
        rows = [each for each in relations if len(each.terms) > 1 or set(each.terms.values()) != {1}]
        self.matrix = to_matrix([each.terms for each in rows], len(self.truth))
        self.below, self.above = np.array([each[1:3] for each in rows], dtype=float).reshape(-1, 2).T

    def knowing(self, known: Iterable[tuple[Terms, float, float]]) -> "Program":
        """The program of who knows more: sums of unknowns and their ends."""
        from scipy.sparse import vstack

        more = Program.__new__(Program)
        more.truth, more.low, more.high = self.truth, self.low.copy(), self.high.copy()
        sums = []
        for terms, low, high in known:
            if len(terms) == 1 and set(terms.values()) == {1}:
                (place,) = terms
                more.low[place], more.high[place] = max(low, more.low[place]), min(high, more.high[place])
            else:
                sums.append((terms, low, high))
        more.matrix = vstack([self.matrix, to_matrix([each[0] for each in sums], len(self.truth))], format="csr")
        more.below, more.above = (
            np.concatenate([ends, [each[side] for each in sums]]) for side, ends in ((1, self.below), (2, self.above))
        )
        return more

    def blocks(self, held: np.ndarray) -> list[np.ndarray]:
        """The unknowns (places) that are independent of the others once those of ``held`` (a mask) keep their value."""
        from scipy.sparse import bmat
        from scipy.sparse.csgraph import connected_components

        free = np.flatnonzero(~held & (self.low < self.high))
        shape = self.matrix[:, free]
        _, labels = connected_components(bmat([[None, shape.T], [shape, None]], format="csr"), directed=False)
        order = np.argsort(labels[: len(free)], kind="stable")
        _, starts = np.unique(labels[: len(free)][order], return_index=True)
        return [free[part] for part in np.split(order, starts[1:])] if len(free) else []

    def solve(
        self, cost: np.ndarray, block: np.ndarray, *, whole: bool | np.ndarray = True, **options
    ) -> np.ndarray | None:
        """The point where a cost is least over a block, the other unknowns being true; None without any."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        if not len(block):
            return None
        inside = self.matrix[:, block]
        rows = np.flatnonzero(np.diff(inside.indptr))
        still = (self.matrix[rows] @ self.truth) - inside[rows] @ self.truth[block]
        limits = LinearConstraint(inside[rows], self.below[rows] - still, self.above[rows] - still)
        result = milp(
            cost[block],
            constraints=limits if len(rows) else None,
            bounds=Bounds(self.low[block], self.high[block]),
            integrality=np.broadcast_to(whole, len(self.truth))[block].astype(int),
            options={"mip_rel_gap": 0} | options,
        )
        if result.x is None:
            return None
        point = self.truth.copy()
        point[block] = result.x
        return point

    def holds(self, point: np.ndarray) -> bool:
        """Whether a point is made of whole counts and satisfies every relation, to the unit."""
        near = np.rint(point)
        sums = self.matrix @ near
        is_inside = ((near >= self.low) & (near <= self.high)).all() and np.abs(near - point).max(initial=0) <= _NEAR
        return bool(is_inside and (sums >= self.below).all() and (sums <= self.above).all())


def to_matrix(sums: list[Terms], width: int):
    """Sums of unknowns as a sparse matrix, one row each."""
    from scipy.sparse import csr_array

    places = [place for terms in sums for place in terms]
    weights = [weight for terms in sums for weight in terms.values()]
    starts = np.cumsum([0, *map(len, sums)])
    return csr_array((np.array(weights, float), np.array(places, np.int32), starts), shape=(len(sums), width))


# --- Feasibility intervals: from inside by witnesses, from outside by the relaxed programs ---

# Directions tried on all cells together, as long as each shows this many to be wide.
_ROUNDS, _WORTH = 8, 4
# From so many unknowns on, a program in whole numbers takes seconds.
_LARGE = 1000


class Intervals:
    """The feasibility interval of some cells, ``low`` to ``high``: values that witnesses reach; the truth is the first.

    A cell is left once it has five values; if ``is_brief``, once it has two: it may then be called thin although more
    could be reached. ``start`` are ends that are known to be reached.
    """

    def __init__(self, program: Program, sums, stages: list[np.ndarray], *, start=None, is_brief: bool = False) -> None:
        self.program, self.sums, self.stages, self.is_brief = program, sums, stages, is_brief
        worth = sums @ program.truth
        self.low, self.high = (worth.copy(), worth.copy()) if start is None else (start[0].copy(), start[1].copy())
        self.random = np.random.default_rng(7)

    @property
    def verdicts(self) -> np.ndarray:
        """0 good, 1 thin, 2 exact."""
        return verdicts_of(self.high - self.low + 1)

    @property
    def waiting(self) -> np.ndarray:
        """Which cells are not shown to be wide; or not to be inexact, if that is enough."""
        return self.verdicts > (THIN if self.is_brief else GOOD)

    def explore(self, held: np.ndarray) -> "Intervals":
        """Widens the intervals by points that push many cells at once, the unknowns of ``held`` being true."""
        blocks = self.program.blocks(held)
        for turn in range(_ROUNDS):
            aimed = self.verdicts > GOOD
            if not self.waiting.any():
                break
            signs = 1.0 - 2 * turn if turn < 2 else self.random.choice([-1.0, 1.0], len(aimed))
            # Very unequal weights: some cells go as far as they can at the expense of the others.
            cost = -(np.where(aimed, signs * np.exp(2 * self.random.standard_normal(len(aimed))), 0) @ self.sums)
            for block in blocks:
                # Most ends of relaxed programs are whole; any witness will do where they are not.
                if cost[block].any() and not self.record(self.program.solve(cost, block, whole=False)):
                    if len(block) < _LARGE:
                        self.record(self.program.solve(cost, block, mip_rel_gap=_GAP, node_limit=1))
            if turn and aimed.sum() - (aimed & (self.verdicts > GOOD)).sum() < _WORTH:
                break
        return self

    def settle(self) -> "Intervals":
        """Finds the ends of every cell that is not wide: the sizes of places being true, then with all that holds."""
        for held in self.stages:
            self.explore(held)
        blocks = self.program.blocks(self.stages[-2])
        everything = np.flatnonzero(self.program.low < self.program.high)
        for place in np.flatnonzero(self.waiting):
            own = [block for block in blocks if np.isin(self.sums[[place]].indices, block).any()]
            # Whole counts for its own questions and for sizes: those of other questions follow, nearly always.
            partly = self.stages[-2].copy()
            partly[np.concatenate([*own, []]).astype(int)] = True
            tries = [*((block, True) for block in own), *((everything, each) for each in (False, partly, True))]
            for block, whole in tries:
                is_wider: bool | None = True
                while self.waiting[place] and is_wider:
                    is_wider = self._push(place, block, whole=whole)
                if not self.waiting[place] or (block is everything and is_wider is None):
                    break
        return self

    def _push(self, place: int, block: np.ndarray, *, whole: bool | np.ndarray) -> bool | None:
        """Looks for values of a cell beyond those that are reached: whether one is found; None where there is none."""
        own, before, is_possible = self.sums[[place]], (self.low[place], self.high[place]), False
        terms = dict(zip(own.indices.tolist(), own.data.tolist(), strict=True))
        for sign in (1.0, -1.0):
            beyond = (self.high[place] + 1, np.inf) if sign > 0 else (-np.inf, self.low[place] - 1)
            farther = self.program.knowing([(terms, *beyond)])
            point = farther.solve(-sign * own.toarray()[0], block, whole=whole, mip_rel_gap=np.inf)
            is_possible |= point is not None
            self.record(point)
        return (self.low[place], self.high[place]) != before if is_possible else None

    def record(self, point: np.ndarray | None) -> bool:
        """Widens every interval by a point; whether it is a witness."""
        is_witness = point is not None and self.program.holds(point)
        if is_witness:
            worth = self.sums @ np.rint(point)
            np.minimum(self.low, worth, out=self.low)
            np.maximum(self.high, worth, out=self.high)
        return is_witness


# A published number weighs on an end when its dual value is above this.
_WEIGHS = 1e-7
_KNOWN = "connaissance supposée : {}"


def explain(model: Model, cell: Cell, known: Iterable[Known]) -> list[Relation]:
    """What holds the ends of a cell: the relations that have a dual value in the relaxed programs."""
    from scipy.optimize import linprog

    system, cells = model.system, model.system.cells
    supposed = [Relation(cells[own], *ends, _KNOWN.format(own.title)) for own, *ends in known]
    relations = [*system.relations, *supposed]
    signed = [(each, 1.0, each.high) for each in relations] + [(each, -1.0, -each.low) for each in relations]
    rows = [each for each in signed if np.isfinite(each[2])]
    width, sides = len(system.truth), np.array([side for _, side, _ in rows])
    matrix = to_matrix([each.terms for each, *_ in rows], width).multiply(sides[:, None]).tocsr()
    cost, found = to_matrix([cells[cell]], width).toarray()[0], []
    for sign in (1.0, -1.0):
        limits = {"A_ub": matrix, "b_ub": [end for *_, end in rows], "bounds": (0, _CEILING)}
        result = linprog(sign * cost, method="highs", **limits)
        weights = result.ineqlin.marginals if result.success else np.zeros(len(rows))
        found += [rows[place][0] for place in np.flatnonzero(np.abs(weights) > _WEIGHS)]
    return list({id(each): each for each in found}.values())


# --- The test of tables: every cell of one to four persons, in every scenario, each year ---

# At most so many findings are explained in a scenario: each takes two more programs.
_EXPLAINED = 12
_CONTRADICTED = "Un nombre publié en contredit un autre, ou n’est pas celui des dossiers : {}"


def try_tables(
    indicators: pd.DataFrame,
    truth: Truth,
    *,
    scenarios: Iterable[str] = tuple(SCENARIOS),
    comparisons: pd.DataFrame | None = None,
    stops_early: bool = False,
) -> IntruderResult:
    """What an intruder finds again in these tables, in each disclosure scenario.

    ``indicators`` has the schema ``indicateurs``: rows of the network, of associations and of collèges, of all years; a
    column ``lieu``, if any, names the file of each; a site without a row has no report. ``comparisons`` has the schema
    ``comparaisons``. ``stops_early`` stops after the first scenario that refuses. The release is refused by a cell with
    one possible value in any scenario, by one with fewer than five for an intruder who knows nothing else, or by a
    number that is neither exact nor rounded as it says.
    """
    result = IntruderResult(counts={name: dict.fromkeys(VERDICTS.values(), 0) for name in scenarios})
    for year in truth.years:
        if stops_early and not result.is_good:
            break
        rows = rows_of(indicators, year)
        model = Model(truth, rows, year)
        if comparisons is not None:
            read_comparisons(model, truth, comparisons)
        values = [(each, model.system.value(each.terms)) for each in model.system.relations]
        wrong = [_CONTRADICTED.format(each.why) for each, value in values if not each.low <= value <= each.high]
        result = result.with_more(
            Finding(EXACT, NOTHING, None, because=(text,)) for text in [*unexplained_numbers(rows), *wrong]
        )
        # Numbers that cannot hold together leave no value to find: the release is refused already.
        if not wrong:
            result = _try_year(result, model, list(result.counts), stops_early=stops_early)
    return result


def small_cells(model: Model) -> list[Cell]:
    """The cells of one to four persons, at every level, remainders included; a sum with two names, once."""
    cells = {tuple(sorted(terms.items())): cell for cell, terms in reversed(model.system.cells.items())}
    small = (cell for cell in cells.values() if 0 < model.system.value(model.system.cells[cell]) < FEWEST_PERSONS)
    return list(small)


def _try_year(result: IntruderResult, model: Model, scenarios: list[str], *, stops_early: bool) -> IntruderResult:
    """Each scenario, the one that refuses most often first; without other knowledge last, since all witnesses hold."""
    system, cells = model.system, small_cells(model)
    program, sums = Program(system), to_matrix([system.cells[cell] for cell in cells], len(system.truth))
    # What keeps its true value, from most to nothing: the sizes of places tie all questions, cross-tabulations some.
    sizes, crossed = np.zeros((2, len(system.truth)), dtype=bool)
    sizes[model.sizes] = True
    crossed[[place for own in model.crossed.values() for cell in own for place in system.cells[cell]]] = True
    stages = [sizes | crossed, ~crossed, sizes, sizes & crossed]
    # What is wide for who knows almost everything is wide for others, who know less.
    strong = [_Stronger(model, program, sums, stages, groups) for groups in _groups_of_associations(model)]
    worth = sums @ program.truth
    reached = worth.copy(), worth.copy()
    for name in sorted(scenarios, key=lambda name: (name == NOTHING, name != PUPIL)):
        if stops_early and not result.is_good:
            break
        # The worst verdict of all the intruders of a scenario; -1 for a cell that none of them is judged on.
        worst, found = np.full(len(cells), -1), {}
        for known, association in SCENARIOS[name].knowledge(model):
            places, terms = _judged(model, cells, known, name), [(system.cells[cell], *ends) for cell, *ends in known]
            starts = [each.reached_for(name, association) for each in strong] + ([reached] if name == NOTHING else [])
            start = (
                np.min([low for low, _ in starts], axis=0)[places],
                np.max([high for _, high in starts], axis=0)[places],
            )
            informed, is_brief = program.knowing(terms), name != NOTHING
            own = Intervals(informed, sums[places], stages, start=start, is_brief=is_brief).settle()
            supposed = _is_supposed(model, [cells[place] for place in places], own, terms, name)
            verdicts = np.where(supposed, -1, own.verdicts)
            worst[places] = np.maximum(worst[places], verdicts)
            np.minimum.at(reached[0], places, own.low)
            np.maximum.at(reached[1], places, own.high)
            for rank in np.flatnonzero(verdicts > (THIN if is_brief else GOOD)):
                cell, ends = cells[places[rank]], (float(own.low[rank]), float(own.high[rank]))
                because = explain(model, cell, known) if len(found) < _EXPLAINED else []
                whys = dict.fromkeys(each.why for each in because)
                told_by = dict.fromkeys(told for each in because for told in each.cells)
                found[cell] = Finding(int(verdicts[rank]), name, cell, *ends, tuple(whys), tuple(told_by))
        counts = {word: int((worst == verdict).sum()) for verdict, word in VERDICTS.items()}
        result = result.with_more(found.values(), {name: counts})
    return result


def _groups_of_associations(model: Model) -> list[dict[str, int]]:
    """Three ways to group associations: each alone, then the rows and the columns of a square that they fill.

    Two associations are never together in both the rows and the columns.
    """
    names = sorted({association for association, _ in model.pairs})
    side = int(np.ceil(np.sqrt(len(names))))
    ranks = range(len(names))
    ways = dict.fromkeys([tuple(ranks), tuple(n // side for n in ranks), tuple(n % side for n in ranks)])
    return [dict(zip(names, way, strict=True)) for way in ways]


class _Stronger(Intervals):
    """The intervals left to who knows the network, all sizes, and the totals of groups of associations (their ranks).

    What moves inside a group moves nothing that an association of another group knows.
    """

    def __init__(self, model: Model, program: Program, sums, stages: list[np.ndarray], groups: dict[str, int]) -> None:
        self.groups, truth = groups, program.truth
        sites = {leaf: pair[0] for pair, leaf in model.leaves.items()} | {(PART, ALONE): ""}
        sites |= {(ASSOCIATION, name): name for name in groups if name}
        owner, totals = np.full(len(truth), -1), {}
        for cell, terms in model.system.cells.items():
            if len(terms) == 1 and cell[2:4] in sites:
                owner[list(terms)] = groups[sites[cell[2:4]]]
                totals.setdefault((groups[sites[cell[2:4]]], *cell[4:]), {}).update(terms)
        fixed = [{int(place): 1} for place in np.flatnonzero(stages[-2] | (owner < 0))]
        known = [(terms, *[truth[list(terms)].sum()] * 2) for terms in [*totals.values(), *fixed]]
        super().__init__(program.knowing(known), sums, stages)
        owners = [set(group) for group in np.split(owner[sums.indices], sums.indptr[1:-1])]
        self.owner = np.array([group.pop() if len(group) == 1 else -1 for group in owners], dtype=int)
        for held in stages[:-1]:
            self.explore(held)

    def reached_for(self, name: str, association: str) -> tuple[np.ndarray, np.ndarray]:
        """The ends that are reached for the intruder of a scenario too, an association or nobody in particular."""
        is_other = (self.owner >= 0) & (self.owner != self.groups.get(association)) if name == OWN else name != PUPIL
        worth = self.sums @ self.program.truth
        return np.where(is_other, self.low, worth), np.where(is_other, self.high, worth)


def _judged(model: Model, cells: list[Cell], known: list[Known], name: str) -> np.ndarray:
    """The places of the cells that an intruder is judged on: not known, nor, of an association, its persons alone."""
    given = {cell for cell, low, high in known if low == high}
    own = {place for cell in given for place in model.system.cells[cell]} if name == OWN else set()
    truth, sums = model.system.truth, model.system.cells
    judged = (
        rank
        for rank, cell in enumerate(cells)
        if cell not in given and (name != OWN or any(truth[place] for place in sums[cell] if place not in own))
    )
    return np.fromiter(judged, dtype=int)


def _is_supposed(model: Model, cells: list[Cell], own: Intervals, known: list, name: str) -> np.ndarray:
    """Which cells are exact for who knows what a scenario supposes and reads nothing: no release reveals them.

    So is the number of persons in no known collège, for who knows the size of each: it says nothing of them.
    """
    is_exact = own.verdicts == EXACT
    supposed = np.array([name == SIZES and cell.indicateur == SIZE and cell.site_type == REST for cell in cells], bool)
    if known and is_exact.any():
        unread = Program(System(model.system.truth, model.system.cells, model.system.logic)).knowing(known)
        supposed[is_exact] |= (
            Intervals(unread, own.sums[is_exact], own.stages, is_brief=True).settle().verdicts == EXACT
        )
    return supposed


# --- Does each published row follow the rounding rules? What they do not explain comes from elsewhere ---

# How far the true count may be from the multiple that is shown: one base, or two when one was not enough.
SHIFTS = (ROUNDING_BASE - 1, 2 * ROUNDING_BASE - 1)


def unexplained_numbers(rows: pd.DataFrame) -> Iterator[str]:
    """The numbers of `rows_of` a table that no rule explains, in French; protected ones have ``effectif_arrondi``."""
    is_network, is_protected = rows["site_type"].eq(NETWORK), rows["precision"].eq(PROTECTED)
    is_exact = {name: rows[shown].isna() & rows[f"{name}_min"].eq(rows[f"{name}_max"]) for name, shown in _SHOWN}
    none = pd.Series(np.nan, index=rows.index)
    faults = {
        "un nombre exact, au niveau d’un site": ~is_protected & ~is_network,
        # In the network, a count may be exact beside a rounded base, but not both.
        "un nombre exact dit protégé": is_protected & is_exact["effectif"] & rows["base_arrondie"].isna(),
    }
    for (name, shown), most, is_asked in (
        (_SHOWN[0], rows["base_max"], is_protected & ~(is_network & is_exact["effectif"])),
        (_SHOWN[1], none, is_protected & rows["base_min"].notna() & ~is_exact["base"]),
    ):
        ends = rows[[f"{name}_min", f"{name}_max"]].to_numpy().T
        tops = [
            (rows[shown] - by, top) for by in SHIFTS for top in (rows[shown] + by, np.minimum(rows[shown] + by, most))
        ]
        is_told = np.any([(ends[0] == low.clip(lower=0)) & (ends[1] == top) for low, top in tops], axis=0)
        faults[f"{name} qui n’est pas un multiple de {ROUNDING_BASE}"] = is_asked & rows[shown].mod(ROUNDING_BASE).ne(0)
        faults[f"{name} dont les bornes ne sont pas celles de l’arrondi"] = is_asked & rows[shown].notna() & ~is_told
    faults |= _share_faults(rows, is_protected)
    for fault, is_found in faults.items():
        for row in rows[is_found].itertuples():
            yield f"{row.lieu} : {row.cellule.title} : {fault}"


# Each number of a row, and the column of its rounded value.
_SHOWN = (("effectif", "effectif_arrondi"), ("base", "base_arrondie"))


def _share_faults(rows: pd.DataFrame, is_protected: pd.Series) -> dict[str, pd.Series]:
    """The shares must be those of the numbers displayed, their ends those of the ends displayed."""
    count, base = (rows[shown].fillna(rows[f"{name}_min"]) for name, shown in _SHOWN)
    share, printed = (100 * count / base).clip(upper=100), rows["part_imprimee_pct"]
    half = 0.5 * 10.0 ** -rows["decimales"].fillna(0)
    is_exact = rows["effectif_min"].eq(rows["effectif_max"]) & rows["base_min"].eq(rows["base_max"]) & base.gt(0)
    is_far = printed.notna() & ~(printed - share).abs().le(half + 1e-9)
    faults = {
        "une part sans base": is_protected & base.isna() & printed.notna(),
        f"une part sur une base de moins de {FEWEST_FOR_SHARE}": is_protected
        & base.lt(FEWEST_FOR_SHARE)
        & printed.notna(),
        "une part qui n’est pas celle des nombres affichés": is_far & base.notna() & (is_protected | is_exact),
    }
    counts, bases = (
        [rows[f"{name}_min"], rows[f"{name}_max"], own] for (name, _), own in zip(_SHOWN, (count, base), strict=True)
    )
    possible = [(100 * one / whole).clip(upper=100) for one in counts for whole in (*bases, one)]
    for end in (rows["part_min_pct"], rows["part_max_pct"]):
        is_explained = np.any([(end - each).abs().lt(1e-6) for each in [*possible, 0 * share, 0 * share + 100]], axis=0)
        is_own = (end - share).abs().lt(1e-6)
        is_wrong = end.notna() & np.where(is_protected, base.notna() & ~is_explained, is_exact & ~is_own)
        name = "une borne de part que les nombres affichés n’expliquent pas"
        faults[name] = is_wrong | faults.get(name, False)
    return faults


# --- The test of a whole release: its tables together, and the marked numbers of its pages ---


def try_folder(folder: Path, truth: Truth, *, scenarios: Iterable[str] = tuple(SCENARIOS)) -> IntruderResult:
    """What an intruder finds again in a published folder, and the marked numbers that are not those published.

    Reads every ``indicateurs.csv``, the network's ``comparaisons.csv`` and all pages; findings name the file. See
    `try_tables` for what refuses a release.

    Raises
    ------
    FileNotFoundError
        when the folder holds no indicateurs.csv.
    """
    folders = read_folders(folder)
    tables = try_tables(merge_folders(folders), truth, scenarios=scenarios, comparisons=folders[0].comparisons)
    faults = (fault for each in folders for fault in faults_of(each, folder))
    return tables.with_more(Finding(EXACT, NOTHING, None, because=(fault,)) for fault in faults)
