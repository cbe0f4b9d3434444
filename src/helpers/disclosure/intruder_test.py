"""The intruder test of a release: the feasibility interval that its files leave to every small count."""

import itertools
import math
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.disclosure.intruder_model import (
    ASSOCIATION,
    COLLEGE,
    NETWORK,
    PLACE,
    PROTECTED,
    REST,
    SIZE,
    Cell,
    Model,
    Relation,
    Terms,
    Truth,
    rows_of,
)
from helpers.schema import FEWEST_FOR_SHARE, FEWEST_PERSONS, ROUNDING_BASE, table_schema
from helpers.typography import french_spaces, unescape_formula

# --- Disclosure scenarios: what an intruder knows beside what is published ---

NOTHING, SIZES, ROW, PUPIL = "rien", "totaux_des_colleges", "ligne_du_reseau", "une_personne_par_college"
OWN = "dossiers_d_une_association"
SCENARIOS = {
    NOTHING: "sans rien savoir d’autre",
    SIZES: "en sachant combien de personnes sont suivies dans chaque collège",
    ROW: "en connaissant tous les chiffres exacts du réseau",
    PUPIL: "en connaissant une personne dans chaque collège",
    OWN: "en ayant les dossiers d’une association",
}
# What an intruder knows of a cell: it, and its ends.
Known = tuple[Cell, float, float]


def known_in(name: str, model: Model) -> Iterator[list[Known]]:
    """What each possible intruder of a scenario knows."""
    cells, value = model.cells, model.value
    if name == PUPIL:
        # The most telling pupil of each collège, with a report or not: of the rarest answer to every question.
        own = [
            (value(terms), cell) for cell, terms in cells.items() if cell.site_type == COLLEGE and not cell.croise_avec
        ]
        rarest = {(cell.site, cell.indicateur): cell for count, cell in sorted(own, reverse=True) if count}
        yield [(cell, 1, np.inf) for cell in rarest.values()]
        return
    known: list[list[Cell]] = [[]]
    if name == SIZES:
        known = [[size for site in model.sites if site[0] == COLLEGE and (size := model.at(*site)) in cells]]
    elif name == ROW:
        own = (cell for cell in cells if cell.site_type == NETWORK)
        known = [[cell for cell in own if cell in model.network or not cell.croise_avec]]
    elif name == OWN:  # all that each association counts, as a whole and in each of its collèges
        sites = {association: {(ASSOCIATION, association)} for association, _ in model.pairs if association}
        for (association, _), leaf in model.leaves.items():
            if association:
                sites[association].add(leaf)
        known = [[cell for cell in cells if cell[2:4] in own] for own in sites.values()]
    for own in known:
        yield [(cell, *[value(cells[cell])] * 2) for cell in own]


# --- What is found: cells with too few possible values ---

# From this many possible values on, a reader has learnt little more than that the count is small.
FEWEST_VALUES = 5
GOOD, THIN, EXACT = 0, 1, 2
VERDICTS = {GOOD: "bon", THIN: "mince", EXACT: "exact"}


@dataclass(frozen=True)
class Finding:
    """What refuses a release: a cell of one to four persons with a narrow interval, or a number that nothing explains.

    ``verdict`` is 2 (exact, or a number that should not be there) or 1 (fewer than five values); ``low`` and ``high``
    are the ends of the interval; ``number`` the published number that should not be there, in French.

    >>> cellule = Cell(2021, "alses", "college", "0590001A", "sexe", "filles")
    >>> print(Finding(2, "rien", cellule, 3, 3).sentence)
    On retrouve le nombre exact, sans rien savoir d’autre : collège 0590001A, 2021, Sexe : filles vaut 3.
    """

    verdict: int
    scenario: str
    cell: Cell | None
    low: float = 0
    high: float = 0
    number: str = ""

    @property
    def sentence(self) -> str:
        """The finding in one French sentence."""
        if self.cell is None:
            return french_spaces(f"{self.number}.")
        what, ends = "On retrouve le nombre exact", f"{self.low:.0f}"
        if self.verdict == THIN:
            what, ends = "On approche trop un petit nombre", f"de {self.low:.0f} à {self.high:.0f}"
        return french_spaces(f"{what}, {SCENARIOS[self.scenario]} : {self.cell.title} vaut {ends}.")


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
        said = [f"pour {f'{n} au plus' if n else 'aucun'}, {SCENARIOS[name]}" for name, n in thin.items()]
        whole = f"Petits nombres (de 1 à 4) cherchés dans les tableaux : {cells} ; retrouvé exactement :"
        return [
            french_spaces(f"{whole} {exact or 'aucun'}."),
            french_spaces(f"Il en reste moins de cinq valeurs possibles : {' ; '.join(said)}."),
            "Aucun autre savoir n’a été supposé.",
        ]


# --- What an intruder knows, as linear programs (HiGHS) ---

# A value farther than this from a whole number is no count.
_NEAR = 1e-6
# Stands for no upper end: no département accompanies so many persons.
_CEILING = 1_000_000
# What a program in whole numbers has not found in so many branches is not supposed: the cell counts as narrow. A limit
# of time would round otherwise on a slow machine.
_NODES = 1000


class Program:
    """Relations between unknowns as arrays: ends of the unknowns, then rows of a sparse matrix with their ends.

    They are added to those of ``base``, if any.
    """

    def __init__(self, truth: Iterable[int], relations: Iterable[Relation], base: "Program | None" = None) -> None:
        from scipy.sparse import vstack

        self.truth = np.array(truth, dtype=float)
        self.low, self.high = np.zeros(len(self.truth)), np.full(len(self.truth), float(_CEILING))
        if base:
            self.low, self.high = base.low.copy(), base.high.copy()
        rows: dict[tuple, tuple[float, float]] = {}
        for terms, low, high in relations:
            key = tuple(sorted(terms.items()))
            if len(key) == 1 and key[0][1] == 1:
                place = key[0][0]
                self.low[place], self.high[place] = max(low, self.low[place]), min(high, self.high[place])
            else:
                known = rows.get(key, (-np.inf, np.inf))
                rows[key] = max(low, known[0]), min(high, known[1])
        self.matrix = to_matrix([dict(key) for key in rows], len(self.truth))
        self.below, self.above = np.array([*rows.values()], dtype=float).reshape(-1, 2).T
        if base:
            self.matrix = vstack([base.matrix, self.matrix], format="csr")
            self.below, self.above = np.append(base.below, self.below), np.append(base.above, self.above)
        # By column too, from which the relations of a few unknowns are taken at once.
        self.columns = self.matrix.tocsc()

    def blocks(self, held: np.ndarray) -> np.ndarray:
        """The independent block of each unknown when those of a mask are held; -1 of one that cannot move."""
        from scipy.sparse import bmat
        from scipy.sparse.csgraph import connected_components

        blocks, places = np.full(len(held), -1), np.flatnonzero(~held & (self.low < self.high))
        if len(places):
            shape = self.columns[:, places]
            _, own = connected_components(bmat([[None, shape.T], [shape, None]], format="csr"), directed=False)
            blocks[places] = own[: len(places)]
        return blocks

    def push(self, sums, most, places: np.ndarray, point: np.ndarray, *, whole=False, gap: float = 0, is_alone=False):
        """The point where sums are largest in all, each counted up to its ``most``; None without one.

        The unknowns that are not at these ``places`` are those of ``point``; ``whole`` tells which are whole counts. If
        ``is_alone``, relations with the others are left aside.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import block_array, eye_array

        held, count = point.copy(), sums.shape[0]
        held[places] = 0
        inside = self.columns[:, places].tocsr()
        own = np.diff(inside.indptr)
        rows = np.flatnonzero(own)
        if is_alone:
            rows = rows[(own == np.diff(self.columns[:, self.low < self.high].tocsr().indptr))[rows]]
        still = self.matrix[rows] @ held
        # One more unknown for each sum, which is at most the sum, and at most what it is counted up to.
        matrix = block_array([[inside[rows], None], [sums[:, places], -eye_array(count)]], format="csc")
        least = np.concatenate([self.below[rows] - still, -(sums @ held)])
        largest = np.concatenate([self.above[rows] - still, np.full(count, np.inf)])
        ends = np.append(self.low[places], np.full(count, -np.inf)), np.append(self.high[places], most)
        result = milp(
            np.append(np.zeros(len(places)), -np.ones(count)),
            constraints=LinearConstraint(matrix, least, largest),
            bounds=Bounds(*ends),
            integrality=np.append(np.broadcast_to(whole, len(places)), np.zeros(count)).astype(int),
            options={"mip_rel_gap": gap, "node_limit": _NODES},
        )
        if result.x is None:
            return None
        held[places] = result.x[: len(places)]
        return held

    def fitting(self, points: np.ndarray) -> np.ndarray:
        """Which points, whole counts in a column each, satisfy every relation, to the unit."""
        is_inside = ((points >= self.low[:, None]) & (points <= self.high[:, None])).all(axis=0)
        sums = self.matrix @ points[:, is_inside]
        is_inside[is_inside] = ((sums >= self.below[:, None]) & (sums <= self.above[:, None])).all(axis=0)
        return is_inside


def is_broken(values: np.ndarray) -> np.ndarray:
    """Which values are no whole counts, up to the solver's tolerance."""
    return np.abs(values - np.rint(values)) > _NEAR


def to_matrix(sums: list[Terms], width: int):
    """Sums of unknowns as a sparse matrix, one row each."""
    from scipy.sparse import csr_array

    places = [place for terms in sums for place in terms]
    weights = [weight for terms in sums for weight in terms.values()]
    starts = np.cumsum([0, *map(len, sums)])
    return csr_array((np.array(weights, float), np.array(places, np.int32), starts), shape=(len(sums), width))


# --- Feasibility intervals: the values that witnesses reach, points in whole counts that fit all that is known ---

# How far apart the ends of a wide cell are.
_WIDE = FEWEST_VALUES - 1
# A witness for many cells need not be the best one.
_GAP = 0.1
# A push that widens a smaller share of the narrow cells is the last one in its direction, and a smaller share of all
# cells is left narrow: what a scenario judges of them is sought afterwards.
_WORTH, _FEW = 0.1, 0.02


class Intervals:
    """The feasibility interval of some cells, ``low`` to ``high``: values that witnesses reach, the truth among them.

    ``points`` are witnesses for readers who know other things: those that fit this program are taken, and new ones are
    added. The unknowns of ``sizes`` (a mask) tie all questions to each other: while they are held, each block of
    questions is independent of the others.
    """

    def __init__(self, program: Program, sums, sizes: np.ndarray, points: list[np.ndarray]) -> None:
        self.program, self.sums, self.sizes, self.points = program, sums, sizes, points
        known = np.column_stack([program.truth, *points])
        worth = sums @ known[:, program.fitting(known)]
        self.low, self.high = worth.min(axis=1), worth.max(axis=1)
        # How far apart the ends of the unknowns let those of each cell be.
        self._reach = abs(sums) @ (program.high - program.low)
        self._everything = np.flatnonzero(program.low < program.high)
        self._blocks = program.blocks(sizes)

    def narrow(self, span: int) -> np.ndarray:
        """The cells (places) whose ends are not known to be as far apart, or as far as they can be."""
        return np.flatnonzero(self.high - self.low < np.minimum(span, self._reach))

    def explore(self, span: int = _WIDE, *, worth: float = _WORTH, few: float = _FEW) -> "Intervals":
        """Widens the narrow cells, many at once: with the true sizes of places, then with others.

        A direction is left when a push widens less than a share ``worth`` of those that are left, and all are when only
        a share ``few`` of all cells is left.
        """
        for moves in (False, True):
            whole, signs = self.sizes & moves, [1.0, -1.0]
            # Pushed together, some cells make room for others: these are pushed once more.
            while signs and len(cells := self.narrow(span)) > few * len(self.low):
                sign, places = signs.pop(0), self._everything if moves else self._around(cells)
                if len(places) and self._move(cells, sign * span, places, whole, gap=_GAP):
                    signs += [sign] * (len(self.narrow(span)) < (1 - worth) * len(cells))
        return self

    def settle(self, span: int) -> "Intervals":
        """Finds the ends of the narrow cells: together while some widen, then one by one."""
        for cell in self.explore(span, worth=0, few=0).narrow(span):
            # What its own questions do not allow, whatever the others are, nothing does.
            only = np.array([cell])
            near = np.intersect1d(np.union1d(self._around(only), np.flatnonzero(self.sizes)), self._everything)
            ends = [self._push(only, sign * span, near, self.program.truth, is_alone=True) for sign in (-1.0, 1.0)]
            low, high = (np.nan if point is None else (self.sums[only] @ point)[0] for point in ends)
            reach = np.nan_to_num(np.floor(high + _NEAR) - np.ceil(low - _NEAR), nan=span)
            wanted = span if reach >= span else min(1, reach)
            for sign in (1.0, -1.0):
                if self.high[cell] - self.low[cell] < wanted:
                    self._move(only, sign * wanted, self._everything, self.sizes)
        return self

    def _around(self, cells: np.ndarray) -> np.ndarray:
        """The unknowns (places) of the blocks of these cells."""
        own = np.unique(self._blocks[self.sums[cells].indices])
        return np.flatnonzero(np.isin(self._blocks, own[own >= 0]))

    def _push(self, cells: np.ndarray, span: float, places: np.ndarray, point: np.ndarray, **options):
        """The point where these cells are as wide as ``span``, up or down (below zero), as far as possible."""
        most = self.low[cells] + span if span > 0 else -span - self.high[cells]
        return self.program.push(np.sign(span) * self.sums[cells], most, places, point, **options)

    def _move(self, cells: np.ndarray, span: float, places: np.ndarray, whole: np.ndarray, *, gap: float = 0) -> bool:
        """Looks for a witness where these cells are as wide as possible; ``whole`` (a mask) are those that must be."""
        truth = self.program.truth
        moved = self._push(cells, span, places, truth, whole=whole[places], gap=gap)
        if moved is None:
            return False
        # The others are whole too, except in cross-tabulations: these are moved again, with the sizes found.
        moved = np.where(self.sizes, np.rint(moved), moved)
        broken = is_broken(moved)
        for block in np.unique(self._blocks[broken]):
            inside, found = self._blocks == block, None
            # The broken counts alone, beside the others of their block as they are: most have a whole solution.
            for places in (np.flatnonzero(broken & inside), np.flatnonzero(inside)):
                own = cells[np.diff(self.sums[cells][:, places].indptr) > 0]
                found = self._push(own if len(own) else cells[:1], span, places, moved, whole=True, gap=_GAP)
                if found is not None:
                    break
            moved[inside] = (truth if found is None else found)[inside]
        point = np.rint(moved)
        is_witness = not is_broken(moved).any() and bool(self.program.fitting(point[:, None])[0])
        if is_witness:
            self.points.append(point)
            self.low, self.high = np.minimum(self.low, self.sums @ point), np.maximum(self.high, self.sums @ point)
        return is_witness


# --- The test of tables: every cell of one to four persons, in every scenario, each year ---

_CONTRADICTED = "Un nombre publié en contredit un autre, ou n’est pas celui des dossiers : {}"


def try_tables(
    indicators: pd.DataFrame,
    truth: Truth,
    *,
    scenarios: Iterable[str] = tuple(SCENARIOS),
    witnesses: list[np.ndarray] | None = None,
    is_brief: bool = False,
) -> IntruderResult:
    """What an intruder finds again in these tables, in each disclosure scenario.

    Of a year, the first scenario that refuses it is the last one tried.

    ``indicators`` has the schema ``indicateurs``: rows of the network, of associations and of collèges, of all years; a
    column ``lieu``, if any, names the file of each; a site without a row has no report. The release is refused by a
    cell with one possible value in any scenario, by one with fewer than five for an intruder who knows nothing else, or
    by a number that is neither exact nor rounded as it says.

    The ``witnesses`` that fit are used again, and new ones are added to the list: the next rounding of the same counts
    is much alike. If ``is_brief``, and there are some, only what refuses is sought beyond them.
    """
    names, kept = [*scenarios], [] if witnesses is None else witnesses
    findings, counts = [], {name: dict.fromkeys(VERDICTS.values(), 0) for name in names}
    for year in truth.years:
        rows = rows_of(indicators, year)
        model = Model(truth, rows, year)
        told = [*unexplained_numbers(rows), *map(_CONTRADICTED.format, model.contradictions)]
        findings += [Finding(EXACT, NOTHING, None, number=text) for text in told]
        # Numbers that cannot hold together leave no value to find: the release is refused already.
        if model.contradictions or not names:
            continue
        trial = _Trial(model, kept)
        known = len(trial.points)
        if not (is_brief and known):
            trial.explore(names)
        for name in names:
            found, verdicts = trial.run(name)
            findings += found
            for verdict, word in VERDICTS.items():
                counts[name][word] += int((verdicts == verdict).sum())
            if found:
                break
        kept += trial.points[known:]
    findings.sort(key=lambda each: (-each.verdict, list(SCENARIOS).index(each.scenario), each.high - each.low))
    return IntruderResult(findings, counts)


def small_cells(model: Model) -> list[Cell]:
    """The cells of one to four persons, at every level, remainders included; a sum with several names, once."""
    names = {frozenset(terms.items()): cell for cell, terms in model.cells.items()}
    return [cell for cell in names.values() if 0 < model.value(model.cells[cell]) < FEWEST_PERSONS]


class _Trial:
    """The small cells of a year, what all intruders read, and the witnesses known.

    What is wide for who knows nearly everything is wide for who knows a part of it: each scenario has few cells left.
    """

    def __init__(self, model: Model, witnesses: list[np.ndarray]) -> None:
        self.model, self.cells = model, small_cells(model)
        self.sums = to_matrix([model.cells[cell] for cell in self.cells], len(model.truth))
        self.sizes = np.zeros(len(model.truth), dtype=bool)
        self.sizes[model.sizes] = True
        self.unread = Program(model.truth, model.logic)
        self.read = Program(model.truth, model.published, self.unread)
        points = [point for point in witnesses if len(point) == len(model.truth)]
        self.points = [*(known := np.column_stack(points))[:, self.read.fitting(known)].T] if points else []

    def explore(self, scenarios: list[str]) -> None:
        """Seeks witnesses that serve in most of these scenarios: first of coalitions, who know the most."""
        told = {name: next(known_in(name, self.model)) for name in (SIZES, ROW, PUPIL) if name in scenarios}
        steps = [[sum(told.values(), []), *(_coalitions(self.model) if OWN in scenarios else ())], [*told.values()]]
        with ThreadPoolExecutor() as workers:  # HiGHS lets the others work meanwhile
            for step in steps:
                own = [self._intervals(known, self.sums, [*self.points]) for known in step]
                found = workers.map(lambda each: each.explore().explore(1, few=0), own)
                count = len(self.points)
                self.points += [point for each in [*found] for point in each.points[count:]]

    def run(self, name: str) -> tuple[list[Finding], np.ndarray]:
        """The findings in a scenario, and the worst verdict on each cell; -1 for one that no intruder is judged on."""
        worst, found, span = np.full(len(self.cells), -1), {}, _WIDE if name == NOTHING else 1
        for known in known_in(name, self.model):
            places = _judged(self.model, self.cells, known, name)
            own = self._intervals(known, self.sums[places], self.points).settle(span)
            # What is exact for who knows what a scenario supposes and reads nothing, no release reveals. So is the size
            # of what is outside known collèges, for who knows the size of each: it says nothing of these persons.
            judged, is_exact = [self.cells[place] for place in places], own.low == own.high
            rest = [name == SIZES and each.indicateur == SIZE and each.site_type == REST for each in judged]
            supposed = np.array(rest, dtype=bool)
            if name != NOTHING and is_exact.any():
                alone = self._intervals(known, own.sums[is_exact], [], is_read=False).settle(1)
                supposed[is_exact] |= alone.low == alone.high
            verdicts = np.where(is_exact, EXACT, np.where(own.high - own.low < _WIDE, THIN, GOOD))
            verdicts = np.where(supposed, -1, verdicts)
            worst[places] = np.maximum(worst[places], verdicts)
            for rank in np.flatnonzero(verdicts > (GOOD if name == NOTHING else THIN)):
                cell, ends = judged[rank], (float(own.low[rank]), float(own.high[rank]))
                found[cell] = Finding(int(verdicts[rank]), name, cell, *ends)
        return list(found.values()), worst

    def _intervals(self, known: Iterable[Known], sums, points: list[np.ndarray], *, is_read: bool = True) -> Intervals:
        """Those of an intruder who knows something beside what is published, or without reading it."""
        relations = ((self.model.cells[cell], *ends) for cell, *ends in known)
        program = Program(self.model.truth, relations, self.read if is_read else self.unread)
        return Intervals(program, sums, self.sizes, points)


def _coalitions(model: Model) -> Iterator[list[Known]]:
    """The records of coalitions of associations: what those outside may have is possible for each of the members.

    Each association has a code of as many digits as the others: of any two, one is inside without the other and the
    other without it.
    """
    records = list(known_in(OWN, model))
    digits = next(many for many in itertools.count(2) if math.comb(many, many // 2) >= len(records))
    codes = list(itertools.combinations(range(digits), digits // 2))[: len(records)]
    for digit in range(digits):
        yield [each for own, code in zip(records, codes, strict=True) if digit not in code for each in own]


def _judged(model: Model, cells: list[Cell], known: list[Known], name: str) -> np.ndarray:
    """The places of the cells that an intruder is judged on: not known, nor, of an association, its persons alone."""
    given = {cell for cell, low, high in known if low == high}
    own = {place for cell in given for place in model.cells[cell]} if name == OWN else set()
    others = [sum(model.truth[place] for place in model.cells[cell] if place not in own) for cell in cells]
    return np.array([rank for rank, cell in enumerate(cells) if cell not in given and others[rank]], dtype=int)


# --- Does each published row follow the rounding rules? What they do not explain comes from elsewhere ---


def unexplained_numbers(rows: pd.DataFrame) -> Iterator[str]:
    """The rows of `rows_of` a table that no rule explains, in French: they give more than the numbers displayed."""
    is_protected, is_network = rows["precision"].eq(PROTECTED), rows["site_type"].eq(NETWORK)
    rounded = rows[["effectif_arrondi", "base_arrondie"]]
    # Of a site, no count is exact; of the network, one beside a rounded base.
    is_fine = rounded.mod(ROUNDING_BASE).fillna(0).eq(0).all(axis=1) & rounded.notna().any(axis=1)
    is_fine &= (rounded["effectif_arrondi"].notna() | is_network) & _follows_display(rows)
    faults = {
        "un nombre exact, au niveau d’un site": ~is_protected & ~is_network,
        "un nombre qui n’est pas celui de l’arrondi": is_protected & ~is_fine,
    }
    for fault, is_found in faults.items():
        for row in rows[is_found].itertuples():
            yield f"{row.lieu} : {row.cellule.title} : {fault}"


def _follows_display(rows: pd.DataFrame) -> pd.Series:
    """Whether ends and shares are those of the displayed numbers, less than a base from the true ones."""
    spread, ends, displayed = ROUNDING_BASE - 1, {}, []
    for name, rounded in (("effectif", rows["effectif_arrondi"]), ("base", rows["base_arrondie"])):
        ends[f"{name}_min"] = (rounded - spread).clip(lower=0).fillna(rows[f"{name}_min"])
        ends[f"{name}_max"] = (rounded + spread).fillna(rows[f"{name}_min"])
        displayed.append(rounded.fillna(rows[f"{name}_min"]))
    ends["effectif_max"] = np.fmin(ends["effectif_max"], ends["base_max"])
    has_share, share = displayed[1] >= FEWEST_FOR_SHARE, (100 * displayed[0] / displayed[1]).clip(upper=100)
    ends["part_min_pct"] = (100 * ends["effectif_min"] / ends["base_max"]).where(has_share)
    ends["part_max_pct"] = (100 * ends["effectif_max"] / ends["base_min"]).clip(upper=100).where(has_share)
    given = rows[list(ends)].to_numpy(float)
    is_same = np.isclose(given, np.column_stack(list(ends.values())), rtol=0, atol=_NEAR, equal_nan=True).all(axis=1)
    is_near = (rows["part_imprimee_pct"] - share).abs() <= 0.5 * 10.0 ** -rows["decimales"] + _NEAR
    return is_same & is_near.where(has_share, rows["part_imprimee_pct"].isna())


# --- The test of a whole release, from its files ---

# The perimeter of the network's persons in the tables of a site, where « alses » is the site.
_BESIDE = "alses_reseau"


def try_folder(folder: Path, truth: Truth, *, witnesses: Iterable[np.ndarray] = ()) -> IntruderResult:
    """What an intruder finds again in a published folder: see `try_tables` for what refuses a release.

    Reads every ``indicateurs.csv``; findings name the file. Pages, and comparisons of two years, are made from these
    tables alone, where nothing else can be read.

    Raises
    ------
    FileNotFoundError
        when the folder holds no indicateurs.csv.
    """
    files = sorted(folder.rglob("indicateurs.csv"), key=lambda path: (path.parent != folder, path))
    if not files or files[0].parent != folder:
        raise FileNotFoundError(f"{folder.name} : indicateurs.csv manque")
    tables = [read_table(path, "indicateurs").assign(**{PLACE: path.relative_to(folder).as_posix()}) for path in files]
    rows = pd.concat(tables, ignore_index=True)
    rows["perimetre"] = rows["perimetre"].replace(_BESIDE, "alses")
    # The rows of the network stand in the folder of every site.
    rows = rows.drop_duplicates([column for column in rows if column != PLACE], ignore_index=True)
    return try_tables(rows, truth, witnesses=[*witnesses], is_brief=True)


def read_table(path: Path, name: str) -> pd.DataFrame:
    """A published table: texts without missing values, numbers (decimal comma) as floats."""
    table = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    kinds = {each["name"]: each["type"] for each in table_schema(name)["fields"]}
    for column in table:
        if kinds.get(column) in ("integer", "number"):
            table[column] = pd.to_numeric(table[column].str.replace(",", ".").replace("", None), errors="coerce")
        else:
            table[column] = table[column].map(unescape_formula)
    return table
