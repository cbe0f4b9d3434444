"""Tests and intervals that take in what records tell: the persons of both years, the likeness within collèges."""

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from helpers.compare.beside import Design
from helpers.compare.compatible import Pair
from helpers.compare.overlap import Overlap
from helpers.compare.robustness import NOT_ALIKE, detectable, two_sided_p
from helpers.compare.two_shares import Measure, Values, exact

INTERVAL = (
    "Newcombe, effectifs divisés par l’effet de plan, corrélation des personnes communes (MOVER ; Zou et Donner, 2008)"
)


def interval(pair: Pair, *, shared: float, designs: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Newcombe's interval of the difference, in points, of two shares that are not independent.

    Wilson's limits are those of as many persons as the design effect leaves; the correlation of both shares is that of
    the persons of both years. Without either, it is Newcombe's own interval.
    """
    sizes = pair.base / designs[0], pair.base_ref / designs[1]
    shares = pair.count / pair.base, pair.count_ref / pair.base_ref
    limits = [
        proportion_confint(share * size, size, method="wilson") for share, size in zip(shares, sizes, strict=True)
    ]
    (low, high), (low_ref, high_ref) = limits
    # The covariance is that of the persons themselves: the design effect does not widen it.
    common = shared / np.sqrt(pair.base * pair.base_ref * designs[0] * designs[1])

    def reach(own: np.ndarray, other: np.ndarray) -> np.ndarray:
        return np.sqrt(np.maximum(0.0, own**2 + other**2 - 2 * common * own * other))

    gap = shares[0] - shares[1]
    below, above = reach(shares[0] - low, high_ref - shares[1]), reach(high - shares[0], shares[1] - low_ref)
    return 100 * (gap - below), 100 * (gap + above)


def corrected(pair: Pair, *, shared: float, overlap: Overlap | None, design: Design | None) -> Values:
    """p with the persons of both years (``p_commun``), then with the likeness too (``p_grappe``), and the interval."""
    designs = design.effects if design else NOT_ALIKE
    found = {"p_commun": two_sided_p(pair, shared=shared)} if overlap else {}
    if design:
        found["p_grappe"] = two_sided_p(pair, shared=shared, designs=designs)
        found["ecart_detectable"] = detectable(pair, designs=designs)
    found["ic_bas"], found["ic_haut"] = interval(pair, shared=shared, designs=designs)
    return found


def told(overlap: Overlap | None, design: Design | None) -> dict[str, Measure]:
    """What the correction rests on: persons of both years and their correlation, likeness and design effects."""
    found = {}
    if overlap:
        found |= {"personnes_communes": exact(overlap.persons), "correlation": overlap.correlation}
    if design:
        found |= {"effet_de_plan": exact(design.effect), "ressemblance": exact(design.likeness)}
        for end, value in zip(("bas", "haut"), design.likeness_ends, strict=True):
            found[f"ressemblance_ic_{end}"] = exact(value)
        found["colleges"] = exact(design.colleges)
        if design.is_of_both:
            found["effet_de_plan_reference"] = exact(design.effect_ref)
    return found
