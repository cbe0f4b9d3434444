"""Small integer programs (``scipy.optimize.milp``, HiGHS): counts that linear constraints allow."""

from functools import lru_cache

import numpy as np

# Any larger count is an absent upper bound: no département accompanies so many persons.
CEILING = 1_000_000


# The same program is met again when a figure of another question is taken out, and in the next cell of the notebook.
@lru_cache(maxsize=1024)
def solve(
    rows: tuple[tuple[tuple, float, float], ...], objective: tuple, size: int, *, in_fractions: bool = False
) -> tuple[float, ...] | None:
    """So many counts, from 0 up, that make the objective the smallest; None when no counts are possible.

    A row is its weights, its least and its largest value; weights, like the objective, are pairs (place of a count,
    weight). The counts are whole, unless ``in_fractions``.

    >>> from helpers.indicators.solver import solve
    >>> sum_of_both = (((0, 2.0), (1, 2.0)), 5, 7)
    >>> solve((sum_of_both,), ((1, -1.0),), 2), solve((sum_of_both,), ((1, -1.0),), 2, in_fractions=True)
    ((0.0, 3.0), (0.0, 3.5))
    """
    # A third of what starting takes, and records of persons ask for no solver: loaded when a printed figure does.
    from scipy.optimize import Bounds, LinearConstraint, milp

    matrix, cost = np.zeros((len(rows), size)), np.zeros(size)
    for row, (weights, _, _) in enumerate(rows):
        for place, weight in weights:
            matrix[row, place] = weight
    for place, weight in objective:
        cost[place] = weight
    limits = [(low, high) for _, low, high in rows]
    constraints = [LinearConstraint(matrix, *np.array(limits).T)] if limits else []
    # The solver stops within one in ten thousand of the optimum unless told otherwise: some persons, for large counts.
    exact, whole = {"mip_rel_gap": 0}, np.full(size, not in_fractions)
    found = milp(cost, constraints=constraints, bounds=Bounds(0, CEILING), integrality=whole, options=exact)
    return tuple(found.x.tolist()) if found.success else None
