"""The tests of one share of two years, from what is known of both."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from helpers.analysis import years
from helpers.analysis.shares import (
    Measure,
    Pair,
    Side,
    Values,
    central_pair,
    compatible_pairs,
    described_measures,
    exact,
    sweep,
    tested_measures,
)
from helpers.analysis.years import (
    HEADLINED,
    Groups,
    Overlap,
    are_many,
    groups_of,
    is_counted,
    overlaps_of,
    persons_in_both,
    published,
    unanswered,
)
from helpers.indicators.comparisons import LEVEL
from helpers.indicators.lookup import USUAL, Facts

# --- Threats to a comparison of two years: shared persons, clusters, new collèges, small numbers ---

# Intraclass correlation of the persons of one post, assumed where no records give it: the usual range of school and
# social-work studies.
LIKENESS = {"faible": 0.02, "moyen": 0.07, "fort": 0.12}
# Persons per post where neither year tells how many posts there are.
USUAL_SIZE = 30.0

POWER = 0.8

Designs = tuple[float, float]
NOT_ALIKE: Designs = (1.0, 1.0)


def designs_of(likeness: float, sizes: tuple[float, float]) -> Designs:
    """The design effect of each year: 1 + (persons per post − 1) × likeness (Kish, 1965)."""
    return tuple(1 + max(0.0, size - 1) * likeness for size in sizes)


def persons_a_post(figure: Facts) -> Measure | None:
    """Persons followed per announced ALSES, as if all were at work; None when either is unknown."""
    persons, posts = figure("alses/accompagnements/"), figure("reseau_alses/postes/")
    if not (persons and persons.counts and posts and posts.is_known and posts.counts[0] > 0):
        return None
    return tuple(each / posts.counts[0] for each in (sum(persons.counts) / 2, *persons.counts))


def two_sided_p(pair: Pair, *, shared: float = 0, designs: Designs = NOT_ALIKE) -> np.ndarray:
    """p of the pooled z test when ``shared`` persons are in both years with the same answer, by design effect.

    ``designs`` widens the variance of each year, not the covariance of the shared persons: the test is more
    conservative.
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
    """The smallest change, in points, that a 5 % test detects with a power of 80 % (Cohen's h, 1988)."""
    reached = stats.norm.isf(LEVEL / 2) + stats.norm.ppf(POWER)
    h = reached * np.sqrt(designs[0] / pair.base + designs[1] / pair.base_ref)
    share = pair.count_ref / pair.base_ref
    start = np.arcsin(np.sqrt(share))
    # Away from the nearer end, where there is room: h turned back into a share.
    end = np.where(start < np.pi / 4, start + h / 2, start - h / 2)
    return 100 * np.abs(np.sin(np.clip(end, 0, np.pi / 2)) ** 2 - share)


def likeness_limit(pair: Pair, *, sizes: tuple[float, float]) -> np.ndarray:
    """The likeness above which the test fails, after Bonferroni correction for its family; 0 if it never passes, at
    most 1.
    """
    apart = 1 / pair.base + 1 / pair.base_ref
    alike = max(0.0, sizes[0] - 1) / pair.base + max(0.0, sizes[1] - 1) / pair.base_ref
    ratio = stats.norm.isf(two_sided_p(pair) / 2) / stats.norm.isf(LEVEL / len(HEADLINED) / 2)
    with np.errstate(all="ignore"):
        return np.clip(np.nan_to_num((ratio**2 - 1) * apart / alike, nan=0.0), 0, 1)


def robustness(pair: Pair, *, shared: int | None, sizes: tuple[float, float]) -> Values:
    """p and detectable change by assumed likeness, p with full overlap, and what the extra persons would have to be.

    ``shared`` is how many persons can be in both years (follow-ups that continue), None if unknown; ``sizes`` the
    persons per post of each year. ``part_supplement`` is the share among the extra persons that would make the whole
    change.
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
    """Persons per post where known, the assumed likeness, and the design effect of each year."""
    names = ("personnes_par_poste", "personnes_par_poste_reference")
    found = {name: size for name, size in zip(names, known, strict=True) if size}
    for name, likeness in LIKENESS.items():
        designs = designs_of(likeness, sizes)
        found[f"ressemblance_{name}"] = exact(likeness)
        found[f"effet_grappe_{name}"], found[f"effet_grappe_{name}_reference"] = map(exact, designs)
    return found


# --- Sampling error of a difference between two years of records: each collège is one draw ---

SPREAD_INTERVAL = "écart ± quantile de Student (collèges − 1 degrés de liberté) × erreur_type"
METHODS = {
    "p_grappe": "écart ÷ erreur_type, loi de Student à (collèges − 1) degrés de liberté",
    "ecart_detectable": "puissance de 80 % à 5 %, avec erreur_type et la loi de Student",
    "colleges": "collèges dont des personnes sont suivies l’une des deux années",
}


@dataclass(frozen=True)
class Spread:
    """Standard error of a difference, in points, over how many collèges, for which counts and bases."""

    error_pts: float
    colleges: int
    counts: tuple[int, int, int, int]

    @property
    def gap_pts(self) -> float:
        """The difference of both shares, in points."""
        count, base, count_ref, base_ref = self.counts
        return 100 * (count / base - count_ref / base_ref)

    def reach(self, chance: float) -> float:
        """Half-width, in points, that leaves this probability above."""
        return self.error_pts * float(stats.t.isf(chance, self.colleges - 1))

    def measures(self) -> dict[str, Measure]:
        """The test, its interval, and the change detected with a power of 80 %."""
        p = 2 * stats.t.sf(abs(self.gap_pts) / self.error_pts, self.colleges - 1)
        around = self.reach(LEVEL / 2)
        found = {
            "p_grappe": p,
            "ic_bas": self.gap_pts - around,
            "ic_haut": self.gap_pts + around,
            "erreur_type": self.error_pts,
            "colleges": self.colleges,
            "ecart_detectable": around + self.reach(1 - POWER),
        }
        return {name: exact(value) for name, value in found.items()}


def spreads_of(overlaps: pd.DataFrame, *, compare_to: int | None) -> dict[str, Spread]:
    """For each share (« alses/sexe/filles »), the spread of its difference with a year (``recouvrements``)."""
    rows = overlaps[overlaps["annee_anterieure"].eq(compare_to) & overlaps["population"].eq("ensemble")]
    rows = rows[rows["erreur_type_pts"].gt(0).to_numpy(dtype=bool, na_value=False)]
    return {
        f"{row.perimetre}/{row.indicateur}/{row.modalite}": Spread(
            float(row.erreur_type_pts),
            int(row.colleges),
            tuple(map(int, (row.effectif, row.base, row.effectif_anterieur, row.base_anterieure))),
        )
        for row in rows.itertuples()
    }


# --- What records tell of a pair of years ---


@dataclass(frozen=True)
class Design:
    """Estimated intraclass correlation within collèges: design effect of each year, number of collèges.

    With records for one year only, the other is assumed alike.
    """

    effect: float
    effect_ref: float
    likeness: float
    likeness_ends: tuple[float, float]
    colleges: int
    is_of_both: bool


@dataclass(frozen=True)
class Corrections:
    """What records tell of both years, by share: persons in both, likeness, old and new collèges, spread.

    ``is_chosen``: only the shares of `HEADLINED` are commented and tested; ``counted``: how many of the two years come
    from records; ``shared``: continued follow-ups, when only the printed figures give it; ``missing``: by question,
    share of missing answers, now and before; ``posts``: persons per post of each year.
    """

    is_chosen: bool
    counted: int
    shared: int | None
    overlaps: dict[str, Overlap]
    persons: dict[str, int]
    designs: dict[str, Design]
    groups: dict[str, Groups]
    spreads: dict[str, Spread]
    missing: tuple[dict[str, float], dict[str, float]]
    posts: tuple[Measure | None, Measure | None]

    @property
    def sizes(self) -> tuple[float, float]:
        """Persons per post of both years; a year that does not tell takes those of the other."""
        now, before = self.posts
        return (now or before or (USUAL_SIZE,))[0], (before or now or (USUAL_SIZE,))[0]

    def is_headlined(self, path: str) -> bool:
        """Whether a share is commented and tested, or only listed."""
        return not self.is_chosen or path in HEADLINED

    def may_test(self, path: str) -> bool:
        """With records, only shares of the ALSES are tested: only their persons are published by collège."""
        return not self.counted or path.startswith(f"{USUAL}/")


def _designs(clusters: pd.DataFrame, *, year: int, compare_to: int | None) -> dict[str, Design]:
    keys = ["perimetre", "indicateur", "modalite"]
    now, before = (clusters[clusters["annee"].eq(each)].set_index(keys) for each in (year, compare_to))
    found = {}
    for key in dict.fromkeys([*now.index, *before.index]):
        known = [year.loc[key] for year in (now, before) if key in year.index]
        if any(pd.isna(each["effet_de_plan"]) for each in known):
            continue
        first, last = known[0], known[-1]
        found["/".join(key)] = Design(
            effect=float(first["effet_de_plan"]),
            effect_ref=float(last["effet_de_plan"]),
            likeness=float(first["ressemblance"]),
            likeness_ends=(float(first["ressemblance_min"]), float(first["ressemblance_max"])),
            colleges=int(first["colleges"]),
            is_of_both=len(known) > 1,
        )
    return found


def corrections_of(
    now: pd.DataFrame,
    before: pd.DataFrame,
    gaps: pd.DataFrame,
    *,
    overlaps: pd.DataFrame,
    clusters: pd.DataFrame,
    year: int,
    compare_to: int | None,
) -> Corrections:
    """What records tell beside ``gaps`` (`years.differences`); ``overlaps`` and ``clusters`` may be empty."""
    going_on = published(now, year).query(f"perimetre == '{USUAL}' and indicateur == 'nouvel_accompagnement'")
    going_on = going_on.loc[going_on["modalite"].eq("non"), "effectif_max"].dropna()
    counted = is_counted(now) + is_counted(before)
    earlier = None if compare_to is None else persons_a_post(Facts(before, year=compare_to))
    return Corrections(
        is_chosen=bool(counted) or are_many(gaps),
        counted=counted,
        shared=None if going_on.empty else int(going_on.iloc[0]),
        overlaps=overlaps_of(overlaps, compare_to=compare_to),
        persons=persons_in_both(overlaps, compare_to=compare_to),
        designs=_designs(clusters, year=year, compare_to=compare_to),
        groups=groups_of(overlaps, compare_to=compare_to),
        spreads=spreads_of(overlaps, compare_to=compare_to),
        missing=(unanswered(now, year), unanswered(before, compare_to)),
        posts=(persons_a_post(Facts(now, year=year)), earlier),
    )


# --- Tests and intervals with shared persons and likeness ---

INTERVAL = (
    "Newcombe, effectifs divisés par l’effet de plan, corrélation des personnes communes (MOVER ; Zou et Donner, 2008)"
)


def interval(pair: Pair, *, shared: float, designs: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Newcombe's interval, in points, of the difference of two dependent shares.

    Wilson's limits use the sample sizes that the design effect leaves; the correlation is that of the persons of both
    years. Without either, it is Newcombe's own interval.
    """
    sizes = pair.base / designs[0], pair.base_ref / designs[1]
    shares = pair.count / pair.base, pair.count_ref / pair.base_ref
    limits = [
        proportion_confint(share * size, size, method="wilson") for share, size in zip(shares, sizes, strict=True)
    ]
    (low, high), (low_ref, high_ref) = limits
    # The design effect does not widen the covariance, which is that of the persons themselves.
    common = shared / np.sqrt(pair.base * pair.base_ref * designs[0] * designs[1])

    def reach(own: np.ndarray, other: np.ndarray) -> np.ndarray:
        return np.sqrt(np.maximum(0.0, own**2 + other**2 - 2 * common * own * other))

    gap = shares[0] - shares[1]
    below, above = reach(shares[0] - low, high_ref - shares[1]), reach(high - shares[0], shares[1] - low_ref)
    return 100 * (gap - below), 100 * (gap + above)


def corrected(pair: Pair, *, shared: float, overlap: Overlap | None, design: Design | None) -> Values:
    """p with the persons of both years (``p_commun``), with likeness too (``p_grappe``), and the interval."""
    designs = (design.effect, design.effect_ref) if design else NOT_ALIKE
    found = {"p_commun": two_sided_p(pair, shared=shared)} if overlap else {}
    if design:
        found["p_grappe"] = two_sided_p(pair, shared=shared, designs=designs)
        found["ecart_detectable"] = detectable(pair, designs=designs)
    found["ic_bas"], found["ic_haut"] = interval(pair, shared=shared, designs=designs)
    return found


def correction_measures(overlap: Overlap | None, design: Design | None) -> dict[str, Measure]:
    """What the correction rests on: persons of both years, their correlation, likeness, design effects."""
    found = {}
    if overlap:
        found |= {"personnes_communes": exact(overlap.persons), "correlation": exact(overlap.correlation)}
    if design:
        found |= {"effet_de_plan": exact(design.effect), "ressemblance": exact(design.likeness)}
        for end, value in zip(("bas", "haut"), design.likeness_ends, strict=True):
            found[f"ressemblance_ic_{end}"] = exact(value)
        found["colleges"] = exact(design.colleges)
        if design.is_of_both:
            found["effet_de_plan_reference"] = exact(design.effect_ref)
    return found


# --- The tests of one share of two years ---

# Assumed measures, dropped once they are estimated.
_ASSUMED_LIKENESS = (
    *(f"{measure}_{name}" for measure in ("p_grappe", "ecart_detectable") for name in LIKENESS),
    "ressemblance_limite",
    "p_recouvrement_grappe_fort",
)
_ASSUMED_COMPOSITION = ("supplement", "part_supplement")
# The interval of a ratio takes in neither shared persons nor likeness.
_RATIO_INTERVAL = ("rapport_ic_bas", "rapport_ic_haut")


def test_of(measures: dict[str, Measure]) -> str:
    """The measure that decides: the one that takes in the most of what is known."""
    return next(name for name in ("p_grappe", "p_commun", "p_valeur") if name in measures)


def words_of(measures: dict[str, Measure]) -> tuple[dict[str, str], dict]:
    """The methods of these measures and the interval of `Found`, where they are not the usual ones."""
    if "erreur_type" in measures:
        return METHODS, {"interval": ("points", SPREAD_INTERVAL)}
    return {}, {} if test_of(measures) == "p_valeur" else {"interval": ("points", INTERVAL)}


def _usual(pair: Pair, *, shared: int | None, sizes: tuple[float, float]) -> Values:
    found = described_measures(pair) | tested_measures(pair)
    return found | robustness(pair, shared=shared, sizes=sizes)


def tests_of_years(now: Side, before: Side, *, path: str, known: Corrections) -> dict[str, Measure]:
    """Both shares, their difference, its interval and tests; what is estimated replaces what was assumed.

    When both years are known person by person, the spread of the difference over collèges covers shared persons and
    likeness at once, and decides. Otherwise the likeness estimated in one year replaces three assumed ones. Old and new
    collèges replace the share that new persons would need.
    """
    overlap, design, groups = known.overlaps.get(path), known.designs.get(path), known.groups.get(path)
    counts = (*now.whole(), *before.whole())
    moves = known.spreads.get(path)
    moves = moves if moves and moves.counts == counts else None
    central = central_pair(now, before)
    shared = None if overlap or not path.startswith("alses/") else known.shared
    found = sweep(partial(_usual, shared=shared, sizes=known.sizes), central, compatible_pairs(now, before))
    if overlap or design:
        together = overlap.shared() if overlap else 0.0
        found |= sweep(
            partial(corrected, shared=together, overlap=overlap, design=design), central, compatible_pairs(now, before)
        )
        found |= correction_measures(overlap, design)
    found |= moves.measures() if moves else {}
    is_split = groups is not None and years.of_whole(groups) == counts
    found |= years.composition_measures(groups) if is_split else {}
    assumed = (_ASSUMED_LIKENESS if design or moves else ()) + (_ASSUMED_COMPOSITION if is_split else ())
    assumed += () if test_of(found) == "p_valeur" else _RATIO_INTERVAL
    return {name: measure for name, measure in found.items() if name not in assumed}
