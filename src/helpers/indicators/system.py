"""A system of linear constraints over counts: tightest bounds, what follows from what, and what contradicts what.

The bounds are the optimum of two small integer programs a cell (`solver`): exact, where repeated interval arithmetic
would stay too wide as soon as two shares have the same base.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from helpers.indicators.solver import CEILING, solve

Cell = Hashable


@dataclass(frozen=True)
class Constraint:
    """``low <= sum(coefficient x cell) <= high``; ``source`` is the printed figure, None for structure and tables.

    ``centre`` is the same constraint as it would read without rounding (coefficients and value), when it has one.
    """

    coefficients: dict[Cell, float]
    low: float
    high: float
    source: str | None = None
    centre: dict[Cell, float] | None = None


@dataclass(frozen=True)
class Conflict:
    """Printed figures that cannot hold together, and those of them that are set aside so that the rest can."""

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

    def cells(self) -> list[Cell]:
        """Every cell a constraint names, in order of first appearance."""
        return list(dict.fromkeys(cell for constraint in self.constraints for cell in constraint.coefficients))

    def around(self, cells: Iterable[Cell], *, through_known: bool = True) -> "System":
        """The constraints linked to these cells, directly or through others.

        Not ``through_known``: those that can bear on these cells. What lies beyond a cell whose value is known says
        nothing that this value does not: a printed total so parts its questions into programs many times smaller.
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
    def _places(self) -> dict[Cell, list[int]]:
        """Where the constraints that name each cell stand in the list."""
        found: dict[Cell, list[int]] = {}
        for place, constraint in enumerate(self.constraints):
            for cell in constraint.coefficients:
                found.setdefault(cell, []).append(place)
        return found

    @cached_property
    def known(self) -> dict[Cell, int]:
        """The cells that a constraint of their own fixes, and their value; not those that two fix differently."""
        values: dict[Cell, set] = {}
        for constraint in self.constraints:
            if constraint.low == constraint.high and list(constraint.coefficients.values()) == [1.0]:
                values.setdefault(*constraint.coefficients, set()).add(constraint.low)
        return {cell: round(found.pop()) for cell, found in values.items() if len(found) == 1}


def _program(system: System, objective: dict[Cell, float]) -> tuple[list[Cell], tuple]:
    """The cells of a program, and the program itself, in which each is named by its place."""
    cells = list(dict.fromkeys([*system.cells(), *objective]))
    place = {cell: index for index, cell in enumerate(cells)}

    def placed(weights: dict[Cell, float]) -> tuple[tuple[int, float], ...]:
        return tuple((place[cell], weight) for cell, weight in weights.items())

    rows = tuple((placed(each.coefficients), each.low, each.high) for each in system.constraints)
    return cells, (rows, placed(objective), len(cells))


def least(system: System, objective: dict[Cell, float]) -> dict[Cell, int] | None:
    """The counts that make a combination of cells the smallest, or None when no counts are possible."""
    cells, program = _program(system, objective)
    found = solve(*program)
    return None if found is None else {cell: round(value) for cell, value in zip(cells, found, strict=True)}


def floor(system: System, objective: dict[Cell, float]) -> float:
    """What a combination of cells cannot be below, where some counts hold: its least if they had fractions."""
    cells, program = _program(system, objective)
    return worth(dict(zip(cells, solve(*program, in_fractions=True), strict=True)), objective)


def worth(counts: dict[Cell, float], objective: dict[Cell, float]) -> float:
    """What a combination of cells is worth at these counts."""
    return sum(weight * counts[cell] for cell, weight in objective.items())


def is_feasible(system: System) -> bool:
    """Whether some counts satisfy every constraint."""
    return not system.constraints or least(system, {}) is not None


def bounds(system: System, direction: dict[Cell, float]) -> tuple[int, int | None]:
    """The smallest and largest value of a combination of cells; the largest is None when nothing limits it.

    Raises
    ------
    ValueError
        when the system has no solution.

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


def _given(system: System, direction: dict[Cell, float]) -> int | None:
    """The value of a lone cell that is known: nothing is left to solve; None for anything else."""
    (cell, weight), *others = direction.items()
    return system.known.get(cell) if weight == 1 and not others else None


def determines(system: System, direction: dict[Cell, float]) -> bool:
    """Whether the constraints, read without rounding, leave only one value to this combination of cells."""
    if _given(system, direction) is not None:
        return True
    near = system.around(direction, through_known=False)
    cells = list(dict.fromkeys([*near.cells(), *direction]))
    rows = _equations(near, cells)
    target = np.array([direction.get(cell, 0.0) for cell in cells])
    return np.linalg.matrix_rank(np.vstack([rows, target])) == np.linalg.matrix_rank(rows) if len(rows) else False


def _equations(system: System, cells: list[Cell]) -> np.ndarray:
    """What the constraints say of these cells when nothing is rounded, one equation a row."""
    equations = [c.centre for c in system.constraints if c.centre is not None]
    equations += [c.coefficients for c in system.constraints if c.centre is None and c.low == c.high]
    return np.array([[each.get(cell, 0.0) for cell in cells] for each in equations]).reshape(-1, len(cells))


def rank(system: System) -> int:
    """How many independent equations the constraints make, read without rounding."""
    rows = _equations(system, system.cells())
    return int(np.linalg.matrix_rank(rows)) if rows.size else 0


def _smallest_conflict(system: System) -> set[str]:
    """A set of printed figures that cannot hold together, none of which can be left out (deletion filter)."""
    figures = list(dict.fromkeys(c.source for c in system.constraints if c.source is not None))
    needed = list(figures)
    for source in figures:
        others = [name for name in needed if name != source]
        if not is_feasible(system.without(set(figures) - set(others))):
            needed = others
    return set(needed)


def contradictions(system: System, *, spared: Iterable[str] = ()) -> list[Conflict]:
    """Every contradiction between printed figures, one after the other; empty when all hold together.

    The figures in ``spared`` (totals that everything else rests on) are set aside only when nothing else can be.

    Raises
    ------
    ValueError
        when the counted tables contradict each other without any printed figure.
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
