"""What is known of a pair of years beside its two indicator tables, when records tell it."""

from dataclasses import dataclass, field

import pandas as pd

from helpers.compare.composition import Groups, groups_of
from helpers.compare.headlines import HEADLINED, are_many, is_counted
from helpers.compare.overlap import Overlap, overlaps_of, persons_in_both
from helpers.compare.robustness import USUAL_SIZE, persons_a_post
from helpers.compare.spread import Spread, spreads_of
from helpers.compare.two_shares import Measure
from helpers.compare.unanswered import measures, unanswered
from helpers.compare.years import published
from helpers.facts import USUAL, Facts


@dataclass(frozen=True)
class Design:
    """Likeness of the persons of one collège, estimated: by how much it widens each variance, in how many collèges.

    Of one year only when the other has no records: assumed the same in both.
    """

    effect: float
    effect_ref: float
    likeness: float
    likeness_ends: tuple[float, float]
    colleges: int
    is_of_both: bool

    @property
    def effects(self) -> tuple[float, float]:
        """By how much each variance is widened: that of the year, that of the earlier one."""
        return self.effect, self.effect_ref


@dataclass(frozen=True)
class Beside:
    """By share (« alses/sexe/filles »): persons of both years, likeness, old and new collèges, spread.

    ``is_chosen`` is whether only the shares of `headlines` are said and tested; ``counted`` how many of the two years
    are counted from records; ``shared`` how many persons can be in both years when only the printed figures say it
    (those whose follow-up goes on); ``missing``, by question, those whose
    answer is missing, now and before; ``posts``, the persons a post of each year, where it is known.
    """

    is_chosen: bool = False
    counted: int = 0
    shared: int | None = None
    overlaps: dict[str, Overlap] = field(default_factory=dict)
    persons: dict[str, int] = field(default_factory=dict)
    designs: dict[str, Design] = field(default_factory=dict)
    groups: dict[str, Groups] = field(default_factory=dict)
    spreads: dict[str, Spread] = field(default_factory=dict)
    missing: tuple[dict[str, float], dict[str, float]] = ({}, {})
    posts: tuple[Measure | None, Measure | None] = (None, None)

    @property
    def sizes(self) -> tuple[float, float]:
        """Persons a post, that year and the earlier one; of a year that does not tell, those of the other."""
        now, before = self.posts
        return (now or before or (USUAL_SIZE,))[0], (before or now or (USUAL_SIZE,))[0]

    def is_headlined(self, path: str) -> bool:
        """Whether a share is said and tested, or only shown in a table."""
        return not self.is_chosen or path in HEADLINED

    def may_test(self, path: str) -> bool:
        """Whether chance is weighed: of records, only for the ALSES, whose persons alone are published by collège."""
        return not self.counted or path.startswith(f"{USUAL}/")

    def unanswered(self, path: str) -> dict[str, Measure]:
        """The missing answers to the question of a share, each year that counts them."""
        return measures(path, *self.missing)


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


def beside(
    now: pd.DataFrame,
    before: pd.DataFrame,
    gaps: pd.DataFrame,
    *,
    overlaps: pd.DataFrame | None,
    clusters: pd.DataFrame | None,
    year: int,
    compare_to: int | None,
) -> Beside:
    """What is told beside ``gaps``, those of `years.differences`: the records of both years, if any.

    Schemas ``recouvrements`` and ``grappes``, each None or empty without.
    """
    going_on = published(now, year).query(f"perimetre == '{USUAL}' and indicateur == 'nouvel_accompagnement'")
    going_on = going_on.loc[going_on["modalite"].eq("non"), "effectif_max"].dropna()
    found = {"shared": None if going_on.empty else int(going_on.iloc[0])}
    if overlaps is not None and not overlaps.empty:
        found["overlaps"] = overlaps_of(overlaps, compare_to=compare_to)
        found["persons"] = persons_in_both(overlaps, compare_to=compare_to)
        found["groups"] = groups_of(overlaps, compare_to=compare_to)
        found["spreads"] = spreads_of(overlaps, compare_to=compare_to)
    if clusters is not None and not clusters.empty:
        found["designs"] = _designs(clusters, year=year, compare_to=compare_to)
    found["missing"] = unanswered(now, year), unanswered(before, compare_to)
    earlier = None if compare_to is None else persons_a_post(Facts(before, year=compare_to))
    found["posts"] = persons_a_post(Facts(now, year=year)), earlier
    counted = is_counted(now) + is_counted(before)
    return Beside(is_chosen=bool(counted) or are_many(gaps), counted=counted, **found)
