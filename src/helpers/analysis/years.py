"""Differences between two years (03): what is observed, from the bounds alone."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.analysis.shares import Measure, exact, is_protected
from helpers.indicators.clusters import ELSEWHERE, KINDS
from helpers.indicators.comparisons import ROUNDED
from helpers.indicators.lookup import BESIDE, PROTECTED, uncrossed, with_shares
from helpers.schema import FEWEST_FOR_SHARE, FEWEST_PERSONS, FROM_RECORDS, UNSAID, catalogue

# --- Which comparisons are commented and tested: chosen before any data is seen ---
# Two notes share few shares, all compared. Records give a hundred, two full notes thirty: testing each would make some
# stand out by chance. One share per question is then commented and tested; the others are listed without a test.

# One share per question of the note.
HEADLINED = (
    "alses/sexe/filles",
    "alses/nouvel_accompagnement/oui",
    "alses/origine/college",
    "alses/niveau/4e_3e",
    "alses/demande_initiale/scolaire",
    "alses/objectif/difficultes_familiales",
    "alses/parents_associes/oui",
    "collegiens/suivi_par/alses",
)

# Shares of the ALSES that have a section beside the rest of prévention spécialisée.
HEADLINED_RESTS = ("nouvel_accompagnement/oui", "sexe/garcons")

# The only answers of the posts that a place can explain: tested between associations.
BY_ASSOCIATION = (("equipe_sur_le_quartier", "non"),)

# Size of the family of each question, whatever a year publishes: a verdict does not change with the rest of the page.
FAMILIES = {"annees": len(HEADLINED), "reponses": len(BY_ASSOCIATION)}

# Beyond, a list of findings is no longer read.
MOST_SAID = 12


def is_counted(indicators: pd.DataFrame) -> bool:
    """Whether a year has figures counted from records."""
    return bool(indicators["source"].isin(FROM_RECORDS).any())


def are_many(gaps: pd.DataFrame) -> bool:
    """Whether both years give more than `MOST_SAID` shares of persons; ``gaps`` comes from `differences`."""
    compared = gaps[gaps["modalite"].ne("") & gaps["indicateur"].map(is_compared).astype(bool)]
    return int(compared[["ecart_part_min_pts", "ecart_part_max_pts"]].notna().all(axis=1).sum()) > MOST_SAID


def counted_words(row, **suffixes: str) -> dict[str, str]:
    """How counts taken from records were obtained; ``suffixes`` name both sides: ``now="_apres"``…"""
    ends = {"now": "", "reference": "_reference"}
    return {
        f"{name}{ends[side]}": ROUNDED if is_protected(row, suffix) else "compté dans les dossiers individuels"
        for side, suffix in suffixes.items()
        if getattr(row, f"source{suffix}") in FROM_RECORDS
        for name in ("effectif", "base")
    }


def is_compared(indicator: str) -> bool:
    """Whether a question is about the persons, not about how the data are filled in, which is on page 02."""
    return catalogue().indicators[indicator].topic != "donnees"


# --- Differences between two years ---
# The database is exhaustive: a difference is a fact up to rounding and entry errors, without sampling error.


def finding(low: float, high: float, *, stable_within: float) -> str:
    """What the bounds of a difference allow: hausse, baisse, stable, indetermine; ``""`` without bounds.

    Stable comes first: a difference within ``stable_within`` is too small to be called a rise or a fall even where its
    direction is certain, so that counted and printed shares are judged alike.

    >>> finding(-6.9, -5.0, stable_within=1), finding(-0.9, 0.9, stable_within=1), finding(-2, 1, stable_within=1)
    ('baisse', 'stable', 'indetermine')
    """
    if pd.isna(low) or pd.isna(high):
        return ""
    if max(abs(low), abs(high)) <= stable_within:
        return "stable"
    if low > 0:
        return "hausse"
    return "baisse" if high < 0 else "indetermine"


# Units that only documents count.
_PRINTED_UNITS = ("personnes", "alses")


def _cells(rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    return list(zip(rows["perimetre"], rows["indicateur"], rows["modalite"], strict=True))


def _base_of(perimeter: str, indicator: str, modality: str) -> tuple[str, str, str] | None:
    base = catalogue().indicators[indicator].base
    name, _, member = (base or "").partition("/")
    return (perimeter, name, modality if member == "*" else member) if base else None


def reliable(before: pd.DataFrame, controls: pd.DataFrame, *, compare_to: int | None) -> pd.DataFrame:
    """The indicators of the earlier year without what ``controls`` (schema ``controles``) of this year contradicts.

    Contradicted values are dropped; a share keeps what is printed, not its base; deduced values may rest on them, and
    go. A printed difference is filed under the later year, so the earlier one alone may show no contradiction.
    """
    wrong = controls[controls["verdict"].eq("contradictoire") & controls["mesure"].ne("ecart")]
    cells = set(_cells(wrong[wrong["annee"].eq(compare_to)]))
    if not cells:
        return before
    is_printed = before["unite"].isin(_PRINTED_UNITS)
    is_wrong = is_printed & pd.Series([cell in cells for cell in _cells(before)], index=before.index)
    is_deduced = is_printed & ~is_wrong & before["precision"].eq("deduit")
    rests = is_printed & pd.Series([_base_of(*cell) in cells for cell in _cells(before)], index=before.index)
    no_count = is_wrong | is_deduced | (rests & before["precision"].eq("arrondi_imprime"))
    kept = {name: before[name].mask(no_count) for name in ("effectif_min", "effectif_max")}
    kept |= {name: before[name].mask(is_wrong | is_deduced | rests) for name in ("base_min", "base_max")}
    told = before["precision"].mask(is_wrong, "contradictoire").mask(is_deduced, "non_publie")
    return before.assign(**kept, precision=told)


def published(indicators: pd.DataFrame, year: int | None) -> pd.DataFrame:
    """The shares of persons that a year publishes for the place of the page; cross-tabulations left out."""
    rows = uncrossed(indicators)
    rows = rows[rows["perimetre"].ne(BESIDE)]
    said = (rows["annee"] == year) & ~rows["precision"].isin(UNSAID) & (rows["unite"] == "personnes")
    return with_shares(rows[said])


def differences(now: pd.DataFrame, before: pd.DataFrame, *, year: int, compare_to: int | None) -> pd.DataFrame:
    """One row per indicator of persons published in both years, in catalogue order.

    Columns: ``perimetre``, ``indicateur``, ``modalite``, ``libelle``; those of `indicators.with_shares` for each year
    (``…_avant``, ``…_apres``); ``ecart_min``, ``ecart_max`` (persons); ``ecart_part_min_pts``, ``ecart_part_max_pts``,
    ``ecart_part_pts`` (points, the last from printed or exact shares); ``constat_effectif``, ``constat_part`` (a key of
    `schema.FINDINGS`, or ``""`` when a bound is unknown).

    >>> annees = [data.load(annee, "indicateurs") for annee in (2020, 2019)]
    >>> ecarts = differences(*annees, year=2020, compare_to=2019)
    >>> ecarts.loc[1:2, ["libelle", "ecart_min", "ecart_max", "ecart_part_min_pts", "constat_part"]].round(1)
       libelle  ecart_min  ecart_max  ecart_part_min_pts constat_part
    1   filles        177        217                 1.0       hausse
    2  garçons        164        204                -3.0       baisse
    """
    keys = ["perimetre", "indicateur", "modalite"]
    pairs = published(before, compare_to).merge(
        published(now, year), on=keys, suffixes=("_avant", "_apres"), validate="1:1"
    )
    pairs = pairs.assign(
        libelle=[catalogue().indicators[row.indicateur].label_of(row.modalite) for row in pairs.itertuples()],
        ecart_min=pairs["effectif_min_apres"] - pairs["effectif_max_avant"],
        ecart_max=pairs["effectif_max_apres"] - pairs["effectif_min_avant"],
        # Rounded so that the last bit of a subtraction does not decide between up and stable.
        ecart_part_min_pts=(pairs["part_min_pct_apres"] - pairs["part_max_pct_avant"]).round(9),
        ecart_part_max_pts=(pairs["part_max_pct_apres"] - pairs["part_min_pct_avant"]).round(9),
        ecart_part_pts=pairs["part_pct_apres"] - pairs["part_pct_avant"],
    )
    return pairs.assign(
        constat_effectif=[
            finding(low, high, stable_within=0)
            for low, high in zip(pairs["ecart_min"], pairs["ecart_max"], strict=True)
        ],
        constat_part=[
            finding(low, high, stable_within=catalogue().stable_points)
            for low, high in zip(pairs["ecart_part_min_pts"], pairs["ecart_part_max_pts"], strict=True)
        ],
    )


def totals(table: pd.DataFrame) -> pd.DataFrame:
    """The differences of whole populations printed in both years."""
    printed = table["precision_avant"].ne("deduit") & table["precision_apres"].ne("deduit")
    return table[table["modalite"].eq("") & table["ecart_min"].notna() & printed].reset_index(drop=True)


def only_once(now: pd.DataFrame, before: pd.DataFrame, *, year: int, compare_to: int | None) -> list[str]:
    """The indicators of persons published in only one of the two years, in catalogue order, with their population.

    >>> annees = [data.load(annee, "indicateurs") for annee in (2020, 2019)]
    >>> only_once(*annees, year=2020, compare_to=2019)[:2]
    ['Nouvel accompagnement', 'Professionnel du collège qui oriente']
    """
    seen = [
        set(zip(rows["perimetre"], rows["indicateur"], strict=True))
        for rows in (published(now, year), published(before, compare_to))
    ]
    entries = catalogue()
    return [
        entry.label if perimeter.id == "alses" else f"{entry.label} ({perimeter.label})"
        for perimeter in entries.perimeters.values()
        for entry in entries.indicators.values()
        if (perimeter.id, entry.id) in seen[0] ^ seen[1] and is_compared(entry.id)
    ]


# --- Three years or more ---

# By what consecutive differences allow; any other mixture with « indetermine » is not known.
_COURSES = {
    ("hausse",): "augmente d’année en année",
    ("baisse",): "diminue d’année en année",
    ("hausse", "stable"): "augmente ou reste stable d’une année à la suivante",
    ("baisse", "stable"): "diminue ou reste stable d’une année à la suivante",
    ("stable",): "reste stable, à un point près, d’une année à la suivante",
}


def _course(bounds: list[tuple[float, float]]) -> str:
    """What consecutive differences allow to say; stable if the share never leaves the threshold."""
    within = catalogue().stable_points
    if max(high for _, high in bounds) - min(low for low, _ in bounds) <= within:
        return "reste stable, à un point près"
    steps = {
        finding(after[0] - before[1], after[1] - before[0], stable_within=within) for before, after in pairwise(bounds)
    }
    if steps >= {"hausse", "baisse"}:
        return "ne va pas toujours dans le même sens"
    unknown = "a pu changer, mais l’arrondi ne permet pas de dire dans quel sens"
    return _COURSES.get(tuple(sorted(steps)), unknown)


def courses(shares: pd.DataFrame) -> pd.DataFrame:
    """What may be said of each share over its years, one row a share: ``libelle``, ``cours`` (in words).

    ``shares`` are rows of `indicators.readable` for several years, whose bounds are known.
    """
    keys = ["perimetre", "indicateur", "modalite", "libelle"]
    rows = [
        (*key, _course(list(parts[["part_min_pct", "part_max_pct"]].itertuples(index=False, name=None))))
        for key, parts in shares.sort_values("annee").groupby(keys, sort=False)
    ]
    return pd.DataFrame(rows, columns=[*keys, "cours"])


# --- Missing answers: a share may move for no other reason ---

# Answers that tell nothing; of several choices, only an empty list is one.
_EMPTY, _NOTHING_TOLD = "non_renseigne", ("non_renseigne", "ne_sait_pas", "non_prevu")


def unanswered(indicators: pd.DataFrame, year: int | None) -> dict[str, float]:
    """By question (« alses/sexe »), the percentage of missing or empty answers; only of questions counted in
    records.
    """
    rows = published(indicators, year)
    rows = rows[rows["source"].isin(FROM_RECORDS) & rows["modalite"].isin(_NOTHING_TOLD) & rows["part_pct"].notna()]
    rows = rows[rows["precision"].ne(PROTECTED)]
    is_single = [catalogue().indicators[name].choice == "unique" for name in rows["indicateur"]]
    rows = rows[pd.Series(is_single, index=rows.index, dtype=bool) | rows["modalite"].eq(_EMPTY)]
    shares = rows.groupby(["perimetre", "indicateur"])["part_pct"].sum()
    return {f"{perimeter}/{indicator}": float(share) for (perimeter, indicator), share in shares.items()}


# --- Persons of both years, known by their records ---


@dataclass(frozen=True)
class Overlap:
    """Persons in both years, and the correlation (phi) of their two answers."""

    persons: int
    correlation: float

    def shared(self) -> float:
        """How many persons with an unchanged answer would weigh as much: persons × phi."""
        return self.persons * self.correlation


def is_hidden(count: int) -> bool:
    """Whether a count shows one to four persons."""
    return 0 < count < FEWEST_PERSONS


def phi(both: int, now: int, before: int, persons: int) -> float:
    """The correlation of two binary answers of the same persons; 0 when all answer alike in one of the years."""
    spread = now * (persons - now) * before * (persons - before)
    return (persons * both - now * before) / np.sqrt(spread) if spread > 0 else 0.0


def _correlation(row) -> float:
    return float(phi(int(row.effectif_deux_fois), int(row.effectif), int(row.effectif_anterieur), int(row.base)))


def _is_of_everybody(row) -> bool:
    """Whether a question is put to everyone: persons of both years are then the same for both answers."""
    return catalogue().indicators[row.indicateur].base == "accompagnements" and row.base == row.base_anterieure


def overlaps_of(overlaps: pd.DataFrame, *, compare_to: int | None) -> dict[str, Overlap]:
    """For each share (« alses/sexe/filles »), the persons of both years; nothing for a question not put to all.

    With phi their correlation, n the persons of both years, N and N' those of each, the variance of the difference of
    two shares is p(1 − p)(1/N + 1/N' − 2 n phi/(N N')): Derrick, Dobson-McKittrick, Toher and White (2015), two
    proportions with partially overlapping samples. ``overlaps`` has the schema ``recouvrements``.
    """
    rows = overlaps[overlaps["annee_anterieure"].eq(compare_to) & overlaps["population"].eq("personnes_communes")]
    rows = rows[rows["modalite"].ne("") & rows["base"].gt(0) & rows["effectif_deux_fois"].notna()]
    return {
        f"{row.perimetre}/{row.indicateur}/{row.modalite}": Overlap(int(row.base), _correlation(row))
        for row in rows.itertuples()
        if _is_of_everybody(row)
    }


def persons_in_both(overlaps: pd.DataFrame, *, compare_to: int | None) -> dict[str, int]:
    """For each population, the persons of both years, unless they are one to four."""
    rows = overlaps[overlaps["annee_anterieure"].eq(compare_to) & overlaps["population"].eq("personnes_communes")]
    rows = rows[rows["modalite"].eq("") & rows["indicateur"].eq("accompagnements")]
    return {row.perimetre: int(row.effectif) for row in rows.itertuples() if not is_hidden(int(row.effectif))}


# --- Collèges that entered or left, apart from all the others ---


class Group(NamedTuple):
    """Persons of some collèges: concerned and all, the year and the earlier one."""

    count: int
    base: int
    count_ref: int
    base_ref: int

    @property
    def is_small(self) -> bool:
        """Whether it holds a cell of one to four persons."""
        return any(map(is_hidden, (self.count, self.base - self.count, self.count_ref, self.base_ref - self.count_ref)))


Groups = dict[str, Group]


def _share(count: int, base: int) -> Fraction:
    return Fraction(count, base) if base else Fraction(0)


def decompose(groups: Groups) -> dict[str, Fraction]:
    """A change of share in parts that add up to it exactly, as fractions.

    P and P' are the shares of the year and of the earlier one, n that of the collèges that entered, s' that of those
    that left, a and a' those of all the others, w the weight of each in its year. Since P − a = w_n (n − a), and alike
    the year before,

        P − P' = (a − a') + w_n (n − a) − w_s' (s' − a')

    The first part is what would have been seen if no collège had entered or left; the second and third are the « effet
    mécanique » (Melitz and Polanec, 2015).
    """
    (count, base, count_ref, base_ref), others = of_whole(groups), groups[ELSEWHERE]
    stays, stayed = _share(others.count, others.base), _share(others.count_ref, others.base_ref)
    return {
        "ecart_ailleurs": stays - stayed,
        "apport_entres": _share(count, base) - stays,
        "apport_sortis": stayed - _share(count_ref, base_ref),
    }


def groups_of(overlaps: pd.DataFrame, *, compare_to: int | None) -> dict[str, Groups]:
    """For each share, the persons of the three kinds of collèges (``recouvrements``).

    A share is left out whole when a cell would say one to four persons.
    """
    rows = overlaps[overlaps["annee_anterieure"].eq(compare_to) & overlaps["population"].isin(KINDS)]
    found: dict[str, Groups] = {}
    for row in rows.itertuples():
        path = f"{row.perimetre}/{row.indicateur}/{row.modalite}"
        counts = (row.effectif, row.base, row.effectif_anterieur, row.base_anterieure)
        found.setdefault(path, {})[row.population] = Group(*map(int, counts))
    return {path: groups for path, groups in found.items() if not any(group.is_small for group in groups.values())}


def of_whole(groups: Groups) -> tuple[int, ...]:
    """The counts and bases of all the groups together, as `Group` orders them."""
    return tuple(map(sum, zip(*groups.values(), strict=True)))


def composition_measures(groups: Groups) -> dict[str, Measure]:
    """The parts of a change in points, and the share (per cent) and persons of each kind of collèges."""
    others, entered, left = (groups[name] for name in KINDS)
    found = {name: float(100 * value) for name, value in decompose(groups).items()}
    found["effet_mecanique"] = found["apport_entres"] + found["apport_sortis"]
    found |= {"base_ailleurs": others.base, "base_ailleurs_reference": others.base_ref}
    found |= {"part_ailleurs": 100 * others.count / others.base}
    found |= {"part_ailleurs_reference": 100 * others.count_ref / others.base_ref}
    found |= {"base_entres": entered.base, "base_sortis": left.base_ref}
    if entered.base >= FEWEST_FOR_SHARE:
        found["part_entres"] = 100 * entered.count / entered.base
    if left.base_ref >= FEWEST_FOR_SHARE:
        found["part_sortis"] = 100 * left.count_ref / left.base_ref
    return {name: exact(value) for name, value in found.items()}
