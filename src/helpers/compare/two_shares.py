"""Two shares: what is seen of them, then the test and the intervals, on arrays of counts."""

from collections.abc import Callable, Iterable

import numpy as np
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_effectsize, test_proportions_2indep

from helpers.compare.compatible import Pair

# A measure: its value at the central counts, its least and its greatest over the compatible ones.
Measure = tuple[float, float, float]

Values = dict[str, np.ndarray]


def exact(value: float) -> Measure:
    """A measure that no rounding moves."""
    return float(value), float(value), float(value)


def described(pair: Pair) -> Values:
    """Counts, shares, their difference in points, Cohen's h and the ratio of each pair; no test.

    The ratio is missing where a share is zero.
    """
    count, base, count_ref, base_ref = pair.count, pair.base, pair.count_ref, pair.base_ref
    share, share_ref = count / base, count_ref / base_ref
    with np.errstate(all="ignore"):
        ratio = share / share_ref
    return {
        "effectif": count,
        "base": base,
        "part": 100 * share,
        "effectif_reference": count_ref,
        "base_reference": base_ref,
        "part_reference": 100 * share_ref,
        "ecart": 100 * (share - share_ref),
        "h": proportion_effectsize(share, share_ref),
        "rapport": np.where((count > 0) & (count_ref > 0), ratio, np.nan),
    }


def tested(pair: Pair) -> Values:
    """Newcombe's interval of the difference in points, p of the pooled z test, interval of the ratio, of each pair.

    The ratio's interval is that of its logarithm (Katz, 1978): it has a closed form, so it is given over every
    compatible count like the rest. Missing where a share is zero.
    """
    given = (pair.count, pair.base, pair.count_ref, pair.base_ref)
    with np.errstate(all="ignore"):
        low, high = confint_proportions_2indep(*given, method="newcomb", compare="diff")
        # With a difference of zero as hypothesis, the score test is the z test with pooled variance.
        test = test_proportions_2indep(*given, method="score", compare="diff", correction=False)
        ratio = confint_proportions_2indep(*given, method="log", compare="ratio")
    is_defined = (pair.count > 0) & (pair.count_ref > 0)
    return {
        "ic_bas": 100 * low,
        "ic_haut": 100 * high,
        # Nobody, or everybody, on both sides: nothing differs.
        "p_valeur": np.nan_to_num(test.pvalue, nan=1.0),
        "rapport_ic_bas": np.where(is_defined, ratio[0], np.nan),
        "rapport_ic_haut": np.where(is_defined, ratio[1], np.nan),
    }


def sweep(compute: Callable[[Pair], Values], central: Pair, compatible: Iterable[Pair]) -> dict[str, Measure]:
    """Each measure at the central counts, with its least and greatest values over the compatible ones.

    Blocks are read once and dropped: only the extremes are held. A measure that is not defined for some of the
    compatible counts has no extremes.
    """
    middle = {name: float(values[0]) for name, values in compute(central).items()}
    low, high = dict(middle), dict(middle)
    for block in compatible:
        for name, values in compute(block).items() if block.count.size else ():
            low[name] = float(np.minimum(low[name], values.min()))
            high[name] = float(np.maximum(high[name], values.max()))
    return {name: (value, low[name], high[name]) for name, value in middle.items()}
