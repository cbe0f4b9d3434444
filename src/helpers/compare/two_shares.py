"""Two shares: difference, interval, tests, effect size, on arrays of counts."""

from collections.abc import Callable, Iterable

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_effectsize, test_proportions_2indep

from helpers.compare.compatible import Pair

# A measure: its value at the central counts, its least and its greatest over the compatible ones.
Measure = tuple[float, float, float]

Values = dict[str, np.ndarray]


def exact(value: float) -> Measure:
    """A measure that no rounding moves."""
    return float(value), float(value), float(value)


def measures(pair: Pair) -> Values:
    """Counts, shares, difference, interval, test, effect size and ratio of each pair; missing where not defined."""
    count, base, count_ref, base_ref = pair.count, pair.base, pair.count_ref, pair.base_ref
    share, share_ref = count / base, count_ref / base_ref
    given = (count, base, count_ref, base_ref)
    with np.errstate(all="ignore"):
        low, high = confint_proportions_2indep(*given, method="newcomb", compare="diff")
        # With a difference of zero as hypothesis, the score test is the z test with pooled variance.
        test = test_proportions_2indep(*given, method="score", compare="diff", correction=False)
        ratio = share / share_ref
    return {
        "effectif": count,
        "base": base,
        "part": 100 * share,
        "effectif_reference": count_ref,
        "base_reference": base_ref,
        "part_reference": 100 * share_ref,
        "ecart": 100 * (share - share_ref),
        "ic_bas": 100 * low,
        "ic_haut": 100 * high,
        # Nobody, or everybody, on both sides: nothing differs.
        "p_valeur": np.nan_to_num(test.pvalue, nan=1.0),
        "h": proportion_effectsize(share, share_ref),
        "rapport": np.where((count > 0) & (count_ref > 0), ratio, np.nan),
    }


def ratio_interval(pair: Pair) -> dict[str, Measure]:
    """The score interval of the ratio of the first shares of a pair; missing where a share is zero.

    It is found by search, so it is given at these counts only.
    """
    given = [float(each[0]) for each in (pair.count, pair.base, pair.count_ref, pair.base_ref)]
    if not given[0] or not given[2]:
        ends = (np.nan, np.nan)
    else:
        # A share of 100 % leaves the search a root of less than zero by a rounding: its real part is the end.
        ends = np.real(confint_proportions_2indep(*given, method="score", compare="ratio"))
    return {name: exact(end) for name, end in zip(("rapport_ic_bas", "rapport_ic_haut"), ends, strict=True)}


def fisher(pair: Pair) -> float:
    """Fisher's exact test of the first counts of a pair."""
    count, base, count_ref, base_ref = (int(a[0]) for a in (pair.count, pair.base, pair.count_ref, pair.base_ref))
    return float(stats.fisher_exact([[count, base - count], [count_ref, base_ref - count_ref]]).pvalue)


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
