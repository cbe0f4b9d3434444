"""Linear constraints over counts: from printed figures to the tightest bounds and to contradictions."""

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from helpers.indicators.lookup import NETWORK, decimals_of
from helpers.schema import FROM_RECORDS, PRINTED, Catalogue, Indicator, apply_schema, catalogue, columns

# --- The rows of the indicator table: how one is written, found and bounded ---

# year, perimeter, indicator, modality.
Cell = tuple[int, str, str, str]


def share_bounds(share_pct: float, base: int, *, decimals: int = 0) -> tuple[int, int]:
    """The smallest and largest count that a printed share allows; ties count both ways.

    >>> indicators.share_bounds(42, 2233), indicators.share_bounds(41.5, 2233, decimals=1)
    ((927, 949), (926, 927))
    """
    half = Fraction(1, 2 * 10**decimals)
    printed = Fraction(str(share_pct))
    low = math.ceil((printed - half) * base / 100)
    return max(0, low), min(base, math.floor((printed + half) * base / 100))


def possible_counts(share_pct: float, base: tuple[int, int]) -> tuple[int, int] | None:
    """The smallest and largest count that a printed share allows, on a base known by its bounds; None if none does.

    >>> possible_counts(42, (2233, 2233)), possible_counts(70, (1017, 1038)), possible_counts(36, (17, 17))
    ((927, 949), (707, 731), None)
    """
    decimals, (low, high) = decimals_of(share_pct), base
    # From this base on, neighbouring counts are closer than the rounding: one of them always fits.
    sure = 100 * 10**decimals
    tried = {low, high, *range(low, min(high, sure) + 1)}
    found = [pair for each in tried if (pair := share_bounds(share_pct, each, decimals=decimals))[0] <= pair[1]]
    return (min(pair[0] for pair in found), max(pair[1] for pair in found)) if found else None


def base_cell(cell: Cell, indicator: Indicator) -> Cell | None:
    """The cell of the denominator, in the same year and perimeter; None for an indicator without base."""
    year, perimeter, _, own = cell
    base = indicator.base_of(own)
    if base is None:
        return None
    name, _, modality = base.partition("/")
    return (year, perimeter, name, own if modality == "*" else modality)


def row(
    cell: Cell,
    unit: str,
    *,
    counts: tuple | None,
    base: tuple | None = None,
    cross: tuple[str, str] = ("", ""),
    share: float | None = None,
    decimals: int | None = None,
    ends: tuple[float, float] | None = None,
    precision: str,
    reference: str,
) -> dict:
    """One row of the indicator table; ``counts`` and ``base`` are (min, max) or None when unknown.

    ``ends`` are those of the share, in per cent, where they are tighter than the counts' over the base's.
    """
    (low, high), (base_low, base_high) = counts or (None, None), base or (None, None)
    if ends is None and counts and base and base_low > 0:
        ends = (100 * low / base_high, 100 * high / base_low)
    share_low, share_high = ends or (None, None)
    of_cell = dict(zip(("annee", "perimetre", "indicateur", "modalite"), cell, strict=True))
    return of_cell | {
        "site_type": NETWORK,
        "site": "",
        "croise_avec": cross[0],
        "modalite_croisee": cross[1],
        "unite": unit,
        "effectif_min": low,
        "effectif_max": high,
        "base_min": base_low,
        "base_max": base_high,
        "part_imprimee_pct": share,
        "decimales": decimals,
        "part_min_pct": share_low,
        "part_max_pct": share_high,
        "precision": precision,
        "source": PRINTED,
        "reference": reference,
    }


def single(cell: Cell, count: int, reference: str, *, base: tuple | None = None, cross: tuple = ("", "")) -> dict:
    """The row of an exact count, in the unit of its indicator; ``base`` is (min, max)."""
    unit = catalogue().indicators[cell[2]].unit
    return row(cell, unit, counts=(count, count), base=base, cross=cross, precision="exact", reference=reference)


def table(rows: list[dict], *, source: str = "") -> pd.DataFrame:
    """The rows as a typed indicator table; ``source`` (of `schema.SOURCES`), if given, is that of all rows."""
    made = rows if not source else [{**each, "source": source} for each in rows]
    return apply_schema(pd.DataFrame(made, columns=columns("indicateurs")), "indicateurs")


# --- Small integer programs (``scipy.optimize.milp``, HiGHS): counts that linear constraints allow ---

# A count this large means that there is no upper bound: no département has so many persons.
CEILING = 1_000_000


# The same program comes back when a value of another question is left out, and in the next cell of the notebook.
@lru_cache(maxsize=1024)
def solve(
    rows: tuple[tuple[tuple, float, float], ...], objective: tuple, size: int, *, in_fractions: bool = False
) -> tuple[float, ...] | None:
    """The counts (0 or more) that minimise the objective; None when there are none.

    A row is its weights, its least and its largest value; weights, like the objective, are pairs (place of a count,
    weight). The counts are whole, unless ``in_fractions``.

    >>> from helpers.indicators.constraints import solve
    >>> sum_of_both = (((0, 2.0), (1, 2.0)), 5, 7)
    >>> solve((sum_of_both,), ((1, -1.0),), 2), solve((sum_of_both,), ((1, -1.0),), 2, in_fractions=True)
    ((0.0, 3.0), (0.0, 3.5))
    """
    # Imported late: it takes a third of the start-up time, and individual records need no solver.
    from scipy.optimize import Bounds, LinearConstraint, milp

    matrix, cost = np.zeros((len(rows), size)), np.zeros(size)
    for row, (weights, _, _) in enumerate(rows):
        for place, weight in weights:
            matrix[row, place] = weight
    for place, weight in objective:
        cost[place] = weight
    constraints = [LinearConstraint(matrix, *zip(*((low, high) for _, low, high in rows), strict=True))] if rows else []
    # By default the solver stops within 1e-4 of the optimum, which is several persons for large counts.
    exact, whole = {"mip_rel_gap": 0}, np.full(size, not in_fractions)
    found = milp(cost, constraints=constraints, bounds=Bounds(0, CEILING), integrality=whole, options=exact)
    return tuple(found.x.tolist()) if found.success else None


# --- A system of linear constraints over counts: tightest bounds, deductions, contradictions ---
# The bounds of a cell are the optima of two small integer programs: exact, where interval arithmetic is too wide
# as soon as two shares have one base.

Variable = Hashable


@dataclass(frozen=True)
class Constraint:
    """``low <= sum(coefficient x cell) <= high``; ``source`` is the printed figure, None for structure and tables.

    ``centre`` is the same constraint without rounding (coefficients and value), if it has one.
    """

    coefficients: dict[Variable, float]
    low: float
    high: float
    source: str | None = None
    centre: dict[Variable, float] | None = None


@dataclass(frozen=True)
class Conflict:
    """Printed figures that contradict one another, and those set aside so that the rest are consistent."""

    figures: frozenset[str]
    culprits: frozenset[str]


@dataclass(frozen=True)
class System:
    """Constraints over non-negative integer cells."""

    constraints: list[Constraint] = field(default_factory=list)

    def without(self, sources: Iterable[str]) -> "System":
        """The same system without the constraints of these printed figures."""
        dropped = set(sources)
        return replace(self, constraints=[c for c in self.constraints if c.source not in dropped])

    def cells(self) -> list[Variable]:
        """Every cell of the constraints, in order of first appearance."""
        return list(dict.fromkeys(cell for constraint in self.constraints for cell in constraint.coefficients))

    def around(self, cells: Iterable[Variable], *, through_known: bool = True) -> "System":
        """The constraints linked to these cells, directly or through others.

        Without ``through_known``, the search stops at cells of known value: what lies beyond has no bearing on these
        cells. A printed total thus splits its questions into programs many times smaller.
        """
        reached, waiting, places = set(cells), list(cells), set()
        while waiting:
            cell = waiting.pop()
            found = self._places.get(cell, [])
            if cell in self.known and not through_known:
                found = [place for place in found if len(self.constraints[place].coefficients) == 1]
            places.update(found)
            new = {other for place in found for other in self.constraints[place].coefficients} - reached
            reached |= new
            waiting += new
        return replace(self, constraints=[self.constraints[place] for place in sorted(places)])

    @cached_property
    def _places(self) -> dict[Variable, list[int]]:
        """The places of the constraints of each cell."""
        found: dict[Variable, list[int]] = {}
        for place, constraint in enumerate(self.constraints):
            for cell in constraint.coefficients:
                found.setdefault(cell, []).append(place)
        return found

    @cached_property
    def known(self) -> dict[Variable, int]:
        """The cells fixed by a constraint of their own, and their value; not those fixed to two values."""
        values: dict[Variable, set] = {}
        for constraint in self.constraints:
            if constraint.low == constraint.high and list(constraint.coefficients.values()) == [1.0]:
                values.setdefault(*constraint.coefficients, set()).add(constraint.low)
        return {cell: round(found.pop()) for cell, found in values.items() if len(found) == 1}


def least(
    system: System, objective: dict[Variable, float], *, in_fractions: bool = False
) -> dict[Variable, float] | None:
    """The counts that minimise a combination of cells, whole unless ``in_fractions``; None when there are none."""
    cells = list(dict.fromkeys([*system.cells(), *objective]))
    place = {cell: index for index, cell in enumerate(cells)}

    def placed(weights: dict[Variable, float]) -> tuple[tuple[int, float], ...]:
        return tuple((place[cell], weight) for cell, weight in weights.items())

    rows = tuple((placed(each.coefficients), each.low, each.high) for each in system.constraints)
    found = solve(rows, placed(objective), len(cells), in_fractions=in_fractions)
    counts = found if found is None or in_fractions else map(round, found)
    return None if counts is None else dict(zip(cells, counts, strict=True))


def worth(counts: dict[Variable, float], objective: dict[Variable, float]) -> float:
    """The value of a combination of cells at these counts."""
    return sum(weight * counts[cell] for cell, weight in objective.items())


def is_feasible(system: System) -> bool:
    """Whether any counts satisfy every constraint."""
    return not system.constraints or least(system, {}) is not None


def bounds(system: System, direction: dict[Variable, float]) -> tuple[int, int | None]:
    """The smallest and largest value of a combination of cells; the largest is None if unbounded.

    Raises ValueError when the system has no solution.

    >>> girls, boys = "filles", "garçons"
    >>> total = Constraint({girls: 1, boys: 1}, 2233, 2233)
    >>> printed = Constraint({girls: 1}, 926.695, 949.025, source="l. 219")
    >>> bounds(System([total, printed]), {boys: 1})
    (1284, 1306)
    """
    if (value := _given(system, direction)) is not None:
        return value, value
    near = system.around(direction, through_known=False)
    low = least(near, direction)
    high = least(near, {cell: -weight for cell, weight in direction.items()})
    if low is None or high is None:
        raise ValueError(f"no count satisfies every constraint on {direction}")
    largest = round(worth(high, direction))
    return round(worth(low, direction)), None if largest >= CEILING else largest


def _given(system: System, direction: dict[Variable, float]) -> int | None:
    """The value of a single cell, if known without solving; else None."""
    (cell, weight), *others = direction.items()
    return system.known.get(cell) if weight == 1 and not others else None


def determines(system: System, direction: dict[Variable, float]) -> bool:
    """Whether the constraints, without rounding, leave a single value to this combination of cells."""
    if _given(system, direction) is not None:
        return True
    near = system.around(direction, through_known=False)
    cells = list(dict.fromkeys([*near.cells(), *direction]))
    rows = _equations(near, cells)
    target = np.array([direction.get(cell, 0.0) for cell in cells])
    return np.linalg.matrix_rank(np.vstack([rows, target])) == np.linalg.matrix_rank(rows) if len(rows) else False


def _equations(system: System, cells: list[Variable]) -> np.ndarray:
    """The constraints without rounding as equations over these cells, one a row."""
    equations = [c.centre for c in system.constraints if c.centre is not None]
    equations += [c.coefficients for c in system.constraints if c.centre is None and c.low == c.high]
    return np.array([[each.get(cell, 0.0) for cell in cells] for each in equations]).reshape(-1, len(cells))


def rank(system: System) -> int:
    """The number of independent equations among the constraints, without rounding."""
    rows = _equations(system, system.cells())
    return int(np.linalg.matrix_rank(rows)) if rows.size else 0


def _smallest_conflict(system: System) -> set[str]:
    """A minimal set of contradictory printed figures (deletion filter)."""
    figures = list(dict.fromkeys(c.source for c in system.constraints if c.source is not None))
    needed = list(figures)
    for source in figures:
        others = [name for name in needed if name != source]
        if not is_feasible(system.without(set(figures) - set(others))):
            needed = others
    return set(needed)


def contradictions(system: System, *, spared: Iterable[str] = ()) -> list[Conflict]:
    """Every contradiction between printed figures; empty when they are consistent.

    Figures in ``spared`` (totals that everything rests on) are set aside only as a last resort.

    Raises ValueError when the counted tables contradict each other without any printed figure.
    """
    found, rest = [], system
    while not is_feasible(rest):
        figures = _smallest_conflict(rest)
        if not figures:
            raise ValueError("the counted tables contradict each other")
        culprits = figures - set(spared) or figures
        found.append(Conflict(frozenset(figures), frozenset(culprits)))
        rest = rest.without(culprits)
    return found


# --- From printed figures and counted tables to one system of constraints ---

HYPOTHESIS = "hypothese/"


def cell_of(figure) -> Cell:
    """The cell of a printed figure."""
    return (int(figure.annee), figure.perimetre, figure.indicateur, figure.modalite)


def _share(figure, cell: Cell, base: Cell) -> list[Constraint]:
    # Whole coefficients, so that the solver's tolerance never decides whether a count fits.
    scale = 10 ** decimals_of(figure.valeur)
    printed = round(2 * figure.valeur * scale)
    centre = {cell: 1.0, base: -figure.valeur / 100}
    low = {cell: 200.0 * scale, base: -(printed - 1.0)}
    high = {cell: 200.0 * scale, base: -(printed + 1.0)}
    return [
        Constraint(low, 0, float("inf"), figure.id, centre),
        Constraint(high, float("-inf"), 0, figure.id, centre),
        Constraint({base: 1.0}, 1, float("inf"), figure.id),  # a share was printed, so somebody was counted
    ]


def _of_figure(figure, years: list[int]) -> list[Constraint]:
    cell, entry = cell_of(figure), catalogue().indicators[figure.indicateur]
    if figure.operateur != "=" or figure.base or figure.unite == "points":
        return []  # « près de », unknown bases and differences of rounded shares give no bound; they are only checked
    if figure.mesure == "effectif":
        return [Constraint({cell: 1.0}, figure.valeur, figure.valeur, figure.id)]
    if figure.mesure == "part":
        return _share(figure, cell, base_cell(cell, entry))
    if cell[0] - 1 not in years:
        return []
    return [Constraint({cell: 1.0, (cell[0] - 1, *cell[1:]): -1.0}, figure.valeur, figure.valeur, figure.id)]


def _structure(cell: Cell, entries: Catalogue, open_cells: set[Cell]) -> list[Constraint]:
    year, perimeter, name, _ = cell
    entry, link = entries.indicators[name], entries.perimeters[perimeter]
    found, base = [], base_cell(cell, entry)
    modalities = [*entry.modalities] or sorted(m for y, p, i, m in open_cells if (y, p, i) == cell[:3])
    parts = [(year, perimeter, name, modality) for modality in modalities]
    if entry.choice == "unique":
        found.append(Constraint({**dict.fromkeys(parts, 1.0), base: -1.0}, 0, 0))
    if entry.choice == "multiple" and base and not entry.base.endswith("/*"):
        found += [Constraint({part: 1.0, base: -1.0}, float("-inf"), 0) for part in parts]
    for group, value in entry.groups.items() if entry.choice == "unique" else ():
        members = {(year, perimeter, name, member): -1.0 for member in value.members}
        found.append(Constraint({(year, perimeter, name, group): 1.0, **members}, 0, 0))
    if name == "accompagnements" and link.count_of:
        source = f"{HYPOTHESIS}{perimeter}" if link.hypothesis else None
        found.append(Constraint({cell: 1.0, (year, *link.count_of.split("/")): -1.0}, 0, 0, source))
    return found


def left_to_print(figures: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """The printed figures (schema ``chiffres_publies``) that records do not count, by year, perimeter and question.

    ``counted`` has the schema ``indicateurs``. Where records count a question, its printed figures and differences with
    the year before are dropped; `indicators.reconcile` compares both.
    """
    names = ["annee", "perimetre", "indicateur"]
    known = set(counted.loc[counted["source"].isin(FROM_RECORDS), names].itertuples(index=False, name=None))
    is_left = [each not in known for each in figures[names].itertuples(index=False, name=None)]
    return figures[pd.Series(is_left, index=figures.index, dtype=bool)]


def _counted_beside(figures: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """The counts that bear on printed figures; of records, only the size of a population that print still describes.

    Answers counted in records are known, and those that no document has would not add up with the others.
    """
    plain = counted[counted["croise_avec"] == ""]
    persons = set(figures.loc[figures["unite"].isin(["personnes", "pct", "points"]), "annee"])
    size = plain["indicateur"].eq("accompagnements") & plain["annee"].isin(persons)
    return plain[~plain["source"].isin(FROM_RECORDS) | size]


def build_system(figures: pd.DataFrame, counted: pd.DataFrame) -> System:
    """The constraints of printed figures, counted tables and the catalogue (sums, groups, parts inside their whole).

    The source of a constraint is the id of a printed figure, or ``hypothese/<perimetre>`` for an assumption of the
    catalogue. A multiple-choice group is not tied to its members, which overlap.
    """
    figures = left_to_print(figures, counted)
    entries, years = catalogue(), sorted(set(figures["annee"]))
    constraints = [c for figure in figures.itertuples() for c in _of_figure(figure, years)]
    facts = [*figures.itertuples(), *_counted_beside(figures, counted).itertuples()]
    counts = [(cell_of(fact), fact) for fact in facts[len(figures) :]]
    constraints += [Constraint({cell: 1.0}, fact.effectif_min, fact.effectif_max) for cell, fact in counts]
    waiting, done = list(dict.fromkeys(map(cell_of, facts))), set()
    cells = set(waiting)
    for cell in waiting:  # which grows
        if cell[:3] not in done:
            done.add(cell[:3])
            new = _structure(cell, entries, cells)
            constraints += new
            waiting += [other for constraint in new for other in constraint.coefficients]
    return System(constraints)


# --- The tightest bounds of a share: both counts move together ---


def ratio_bounds(system: System, part: Variable, whole: Variable) -> tuple[Fraction, Fraction] | None:
    """The smallest and largest ``part / whole`` over the feasible counts; None when one of them is unbounded.

    Tighter than the bounds of each: the smallest part seldom goes with the largest whole. Dinkelbach (1967): a sequence
    of integer linear programs, each from the best ratio so far.
    """
    (low, high), (whole_low, whole_high) = bounds(system, {part: 1}), bounds(system, {whole: 1})
    if None in (high, whole_high) or whole_low == 0:
        return None
    if whole_low == whole_high:  # only the part moves
        return Fraction(low, whole_low), Fraction(high, whole_low)
    near = system.around([part, whole], through_known=False)
    return _extreme_ratio(near, part, whole, sign=1), _extreme_ratio(near, part, whole, sign=-1)


def _extreme_ratio(system: System, part: Variable, whole: Variable, *, sign: int) -> Fraction:
    """The smallest (``sign`` 1) or largest (-1) ratio of two cells, the second never zero."""
    counts = least(system, {part: float(sign)})
    while True:
        ratio = Fraction(counts[part], counts[whole])
        direction = {part: float(sign * ratio.denominator), whole: float(-sign * ratio.numerator)}
        # A better ratio would give -1 or less, since weights are whole; the minimum in fractions is quicker.
        if worth(least(system, direction, in_fractions=True), direction) > -0.5:
            return ratio
        better = least(system, direction)
        if better is None or round(worth(better, direction)) >= 0:
            return ratio
        counts = better
