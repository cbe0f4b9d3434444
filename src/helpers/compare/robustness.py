"""What could make a comparison of two years wrong: the same persons twice, clusters, new collèges, too few persons."""

import numpy as np
from scipy import stats

from helpers.compare.compatible import Pair
from helpers.compare.headlines import HEADLINED
from helpers.compare.two_shares import Measure, Values, exact
from helpers.comparisons import LEVEL
from helpers.facts import Facts

# How much the persons of one post resemble each other (intraclass correlation), assumed where no records tell it: the
# usual range of school and social-work studies. Each year's design effect follows from its own persons a post.
LIKENESS = {"faible": 0.02, "moyen": 0.07, "fort": 0.12}
# Persons a post where neither year tells how many posts there are.
USUAL_SIZE = 30.0

POWER = 0.8

Designs = tuple[float, float]
NOT_ALIKE: Designs = (1.0, 1.0)


def designs_of(likeness: float, sizes: tuple[float, float]) -> Designs:
    """The design effect of each year for this likeness: 1 + (persons a post − 1) × likeness (Kish, 1965)."""
    return tuple(1 + max(0.0, size - 1) * likeness for size in sizes)


def persons_a_post(figure: Facts) -> Measure | None:
    """Persons followed for each ALSES announced that year, if all were at work; None when either is not known."""
    persons, posts = figure("alses/accompagnements/"), figure("reseau_alses/postes/")
    if not (persons and persons.counts and posts and posts.is_known and posts.counts[0] > 0):
        return None
    return tuple(each / posts.counts[0] for each in (sum(persons.counts) / 2, *persons.counts))


def two_sided_p(pair: Pair, *, shared: float = 0, designs: Designs = NOT_ALIKE) -> np.ndarray:
    """p of the pooled z test when ``shared`` persons are in both years, with the same answer, and by design effect.

    ``designs`` widens the variance of each year; the persons of both years are not thought more alike for it, so that
    the test is the more prudent.
    """
    pooled = (pair.count + pair.count_ref) / (pair.base + pair.base_ref)
    shared = np.minimum(shared, np.minimum(pair.base, pair.base_ref))
    effect, effect_ref = designs
    spread = effect / pair.base + effect_ref / pair.base_ref - 2 * shared / (pair.base * pair.base_ref)
    gap = pair.count / pair.base - pair.count_ref / pair.base_ref
    with np.errstate(all="ignore"):
        z = gap / np.sqrt(pooled * (1 - pooled) * spread)
    return 2 * stats.norm.sf(np.abs(np.nan_to_num(z, nan=0.0)))


def detectable(pair: Pair, *, designs: Designs = NOT_ALIKE) -> np.ndarray:
    """The least change, in points, that a test at 5 % sees four times in five, from the reference share.

    ``designs`` leave that many times fewer persons to each year. Power of Cohen's h (Cohen, 1988).
    """
    reached = stats.norm.isf(LEVEL / 2) + stats.norm.ppf(POWER)
    h = reached * np.sqrt(designs[0] / pair.base + designs[1] / pair.base_ref)
    share = pair.count_ref / pair.base_ref
    start = np.arcsin(np.sqrt(share))
    # Away from the nearer end, where there is room: h turned back into a share.
    end = np.where(start < np.pi / 4, start + h / 2, start - h / 2)
    return 100 * np.abs(np.sin(np.clip(end, 0, np.pi / 2)) ** 2 - share)


def likeness_limit(pair: Pair, *, sizes: tuple[float, float]) -> np.ndarray:
    """The likeness from which the test no longer passes, its p being counted once for each share of the family.

    From 0 (it never passes) to 1. The variance of the difference grows in proportion to the likeness.
    """
    apart = 1 / pair.base + 1 / pair.base_ref
    alike = max(0.0, sizes[0] - 1) / pair.base + max(0.0, sizes[1] - 1) / pair.base_ref
    ratio = stats.norm.isf(two_sided_p(pair) / 2) / stats.norm.isf(LEVEL / len(HEADLINED) / 2)
    with np.errstate(all="ignore"):
        return np.clip(np.nan_to_num((ratio**2 - 1) * apart / alike, nan=0.0), 0, 1)


def robustness(pair: Pair, *, shared: int | None, sizes: tuple[float, float]) -> Values:
    """p and detectable change by assumed likeness, p with full overlap, and what the extra persons would have to be.

    ``shared`` is how many persons can be in both years: those whose follow-up goes on; None when it is not known.
    ``sizes`` are the persons a post, that year and the earlier one. ``part_supplement`` is the share among the extra
    persons that would make the whole change, the others keeping the earlier share.
    """
    found = {"ecart_detectable": detectable(pair)}
    for name, likeness in LIKENESS.items():
        designs = designs_of(likeness, sizes)
        found[f"p_grappe_{name}"] = two_sided_p(pair, designs=designs)
        found[f"ecart_detectable_{name}"] = detectable(pair, designs=designs)
    found["ressemblance_limite"] = likeness_limit(pair, sizes=sizes)
    if shared is not None:
        found["p_recouvrement"] = two_sided_p(pair, shared=shared)
        strong = designs_of(LIKENESS["fort"], sizes)
        found["p_recouvrement_grappe_fort"] = two_sided_p(pair, shared=shared, designs=strong)
    if (pair.base > pair.base_ref).all():
        # The others keep the earlier share: they are as many as before, with the same count.
        found["supplement"] = pair.base - pair.base_ref
        found["part_supplement"] = 100 * (pair.count - pair.count_ref) / (pair.base - pair.base_ref)
    return found


def clustering(sizes: tuple[float, float], known: tuple[Measure | None, Measure | None]) -> dict[str, Measure]:
    """Persons a post of each year that tells them, the likeness assumed, and each year's design effect."""
    names = ("personnes_par_poste", "personnes_par_poste_reference")
    found = {name: size for name, size in zip(names, known, strict=True) if size}
    for name, likeness in LIKENESS.items():
        designs = designs_of(likeness, sizes)
        found[f"ressemblance_{name}"] = exact(likeness)
        found[f"effet_grappe_{name}"], found[f"effet_grappe_{name}_reference"] = map(exact, designs)
    return found
