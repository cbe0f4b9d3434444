"""The tightest bounds of a share: both its counts move together."""

from fractions import Fraction

from helpers.indicators.system import Cell, System, bounds, floor, least, worth


def ratio_bounds(system: System, part: Cell, whole: Cell) -> tuple[Fraction, Fraction] | None:
    """The smallest and largest ``part / whole`` over the counts that hold together; None when one of them is unlimited.

    Tighter than the ends of each: the smallest part seldom goes with the largest whole. Solved as a sequence of linear
    programs (Dinkelbach, 1967), each from the best ratio so far, in whole numbers.

    >>> from helpers.indicators.system import Constraint
    >>> boys, everybody, any_ = "garçons", "tous", float("inf")
    >>> low = Constraint({boys: 200, everybody: -119}, 0, any_)
    >>> high = Constraint({boys: 200, everybody: -121}, -any_, 0)
    >>> ends = ratio_bounds(System([low, high, Constraint({everybody: 1}, 90, 110)]), boys, everybody)
    >>> [round(float(end), 3) for end in ends]
    [0.596, 0.604]
    """
    (low, high), (whole_low, whole_high) = bounds(system, {part: 1}), bounds(system, {whole: 1})
    if None in (high, whole_high) or whole_low == 0:
        return None
    if whole_low == whole_high:  # only the part moves
        return Fraction(low, whole_low), Fraction(high, whole_low)
    near = system.around([part, whole], through_known=False)
    return _extreme_ratio(near, part, whole, sign=1), _extreme_ratio(near, part, whole, sign=-1)


def _extreme_ratio(system: System, part: Cell, whole: Cell, *, sign: int) -> Fraction:
    """The smallest (``sign`` 1) or largest (-1) ratio of two cells, the second never zero."""
    counts = least(system, {part: float(sign)})
    while True:
        ratio = Fraction(counts[part], counts[whole])
        direction = {part: float(sign * ratio.denominator), whole: float(-sign * ratio.numerator)}
        if floor(system, direction) > -0.5:  # a better ratio would be worth -1 or less, all weights being whole
            return ratio
        better = least(system, direction)
        if better is None or round(worth(better, direction)) >= 0:
            return ratio
        counts = better
