"""What could make a comparison of two years wrong: the same persons twice, clusters, new collèges, too few persons."""

import numpy as np
from scipy import stats
from statsmodels.stats.power import NormalIndPower

from helpers.compare.compatible import Pair
from helpers.compare.two_shares import Measure, Values, exact
from helpers.comparisons import LEVEL

# How much wider the variance is when persons of one post resemble each other: for some thirty persons a post, an
# intra-class correlation of about 0.02, 0.07 and 0.12, the usual range of school and social-work studies.
DESIGN_EFFECTS = {"faible": 1.6, "moyen": 3.0, "fort": 4.5}

POWER = 0.8


def two_sided_p(
    pair: Pair, *, shared: float = 0, design: float = 1, designs: tuple[float, float] = (1.0, 1.0)
) -> np.ndarray:
    """p of the pooled z test when ``shared`` persons are in both years, with the same answer, and by design effect.

    ``design`` widens the variance of the difference, ``designs`` that of each year (the persons of both years are then
    not thought more alike than they are: the test is the more prudent).
    """
    pooled = (pair.count + pair.count_ref) / (pair.base + pair.base_ref)
    shared = np.minimum(shared, np.minimum(pair.base, pair.base_ref))
    effect, effect_ref = designs
    spread = effect / pair.base + effect_ref / pair.base_ref - 2 * shared / (pair.base * pair.base_ref)
    gap = pair.count / pair.base - pair.count_ref / pair.base_ref
    with np.errstate(all="ignore"):
        z = gap / np.sqrt(design * pooled * (1 - pooled) * spread)
    return 2 * stats.norm.sf(np.abs(np.nan_to_num(z, nan=0.0)))


def robustness(pair: Pair, *, shared: int | None) -> Values:
    """p with full overlap and by design effect; the share among the extra persons that would make the whole change.

    ``shared`` is how many persons can be in both years: those whose follow-up goes on. None when it is not known.
    """
    found = {f"p_grappe_{name}": two_sided_p(pair, design=effect) for name, effect in DESIGN_EFFECTS.items()}
    if shared is not None:
        found["p_recouvrement"] = two_sided_p(pair, shared=shared)
        found["p_recouvrement_grappe_fort"] = two_sided_p(pair, shared=shared, design=DESIGN_EFFECTS["fort"])
    if (pair.base > pair.base_ref).all():
        # The others keep the earlier share: they are as many as before, with the same count.
        found["supplement"] = pair.base - pair.base_ref
        found["part_supplement"] = 100 * (pair.count - pair.count_ref) / (pair.base - pair.base_ref)
    return found


def detectable(central: Pair, *, designs: tuple[float, float] = (1.0, 1.0)) -> Measure:
    """The least change, in points, that a test at 5 % sees four times in five, from the reference share.

    ``designs`` leave that many times fewer persons to each year.
    """
    base, base_ref, count_ref = (float(each[0]) for each in (central.base, central.base_ref, central.count_ref))
    size, size_ref = base / designs[0], base_ref / designs[1]
    effect = NormalIndPower().solve_power(nobs1=size_ref, ratio=size / size_ref, alpha=LEVEL, power=POWER)
    start = np.arcsin(np.sqrt(count_ref / base_ref))
    # Away from the nearer end, where there is room: Cohen's h turned back into a share.
    end = start + effect / 2 if start < np.pi / 4 else start - effect / 2
    return exact(100 * abs(np.sin(end) ** 2 - count_ref / base_ref))


def clustering(persons: tuple[int, int], posts: int) -> dict[str, Measure]:
    """Persons a post if all the posts announced were held, and the resemblance that each design effect stands for."""
    per_post = tuple(each / posts for each in (sum(persons) / 2, *persons))
    found = {"personnes_par_poste": per_post}
    for name, effect in DESIGN_EFFECTS.items():
        found[f"effet_grappe_{name}"] = exact(effect)
        if per_post[1] > 1:
            middle, least, most = per_post
            found[f"ressemblance_{name}"] = tuple((effect - 1) / (size - 1) for size in (middle, most, least))
    return found
