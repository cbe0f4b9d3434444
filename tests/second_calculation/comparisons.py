"""The comparisons of a report, calculated a second time: plain Python, from the figures calculated again.

``compare(rows, ...)`` gives ``{(comparison, measure): (value, least, greatest)}``: the value at the central counts, and
its extremes over every count that the printed figures allow, all of them tried. A comparison reads ``second minus
first``: the year against the one before, the ALSES against the others, the objective against the request.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

from scipy.stats import t as student

from second_calculation import formulas as stat
from second_calculation.persons import OBJECTIVES, Printed
from second_calculation.records import (
    COLLEGES,
    FEW,
    ONLY_RECORDED,
    Cluster,
    Overlap,
    Spread,
    clusters_of_colleges,
    followed_answers,
    followed_in,
    giving,
    shown_of_colleges,
    shown_overlaps,
    spread_of_colleges,
)
from second_calculation.rows import Key, Raw, Row, Rows, read_csv

Measure = tuple[float | None, float | None, float | None]
Found = dict[str, Measure]
Four = tuple[int, int, int, int]

# The hypotheses of the page: the intraclass correlation of the persons of one post, and their number where unknown.
LIKENESS = {"faible": 0.02, "moyen": 0.07, "fort": 0.12}
USUAL_SIZE = 30
# Within one point, whatever the rounding hides, a share is called stable.
STABLE = 1.0
# Below this corrected p, a test is conclusive.
LEVEL = 0.05
# Of a year counted from records, one share a question is said and tested; the others are details, without a test.
HEADLINED = {
    "alses/sexe/filles",
    "alses/nouvel_accompagnement/oui",
    "alses/origine/college",
    "alses/niveau/4e_3e",
    "alses/demande_initiale/scolaire",
    "alses/objectif/difficultes_familiales",
    "alses/parents_associes/oui",
    "collegiens/suivi_par/alses",
}
HEADLINED_RESTS = {"nouvel_accompagnement/oui", "sexe/garcons"}
# What says how well the data are filled in is not compared.
NOT_COMPARED = {"colonne_remplie"}
# What is tested between associations.
CONDITIONS_BY_ASSOCIATION = [("equipe_sur_le_quartier", "non")]
# How many tests each question makes at most: p is corrected for all of them, made or not.
FAMILIES = {"annees": len(HEADLINED), "reponses": len(CONDITIONS_BY_ASSOCIATION)}


class Comparison(NamedTuple):
    """A comparison: its measures, which of them is the test, and what may be said."""

    measures: Found
    tested: str = ""
    finding: str = ""
    count_finding: str = ""


class Known(NamedTuple):
    """What the exports of a pair of years tell beside their figures; nothing, when both are printed."""

    overlaps: dict[tuple, Overlap] = {}
    clusters: tuple[dict[tuple, Cluster], dict[tuple, Cluster]] = ({}, {})
    spreads: dict[tuple, Spread] = {}
    counted: tuple[int, ...] = ()

    def persons(self) -> int | None:
        """How many persons are in both years."""
        whole = self.overlaps.get(("personnes_communes", "accompagnements", ""))
        return whole.count if whole and whole.count not in FEW else None

    def overlap(self, key: Key) -> Overlap | None:
        """The persons of both years and their answers to a question that is put to everybody."""
        found = self.overlaps.get(("personnes_communes", key.indicator, key.modality))
        is_told = found and key.perimeter == "alses" and key.indicator != "orienteur" and found.twice is not None
        return found if is_told and found.base else None

    @property
    def is_counted(self) -> bool:
        """Whether a year of the pair has an export."""
        return bool(self.counted)

    def designs(self, key: Key) -> list[Cluster]:
        """How much persons of one collège are alike: of the year and of the earlier one, or of the one that tells it."""
        place = (key.indicator, key.modality)
        return [year[place] for year in self.clusters if key.perimeter == "alses" and place in year]

    def colleges(self, key: Key) -> dict[str, Overlap] | None:
        """The persons of collèges of both years, of one, of none that is known; None with a cell of one to four."""
        if key.perimeter != "alses":
            return None
        nobody = Overlap(0, 0, 0, 0, None)
        told = {kind: self.overlaps.get((kind, key.indicator, key.modality), nobody) for kind in COLLEGES}
        cells = {
            cell
            for each in told.values()
            for cell in (each.count, each.base - each.count, each.earlier_count, each.earlier_base - each.earlier_count)
        }
        kept = told[COLLEGES[0]]
        return told if kept.base and kept.earlier_base and not cells & FEW else None


def known_of(raw_root: Path, year: int, before: int) -> Known:
    """What the exports of two years tell beside their figures, from what is shown of both years and of collèges."""
    raw = Raw(raw_root)
    counted = tuple(each for each in (year, before) if raw.export(each))
    if not counted:
        return Known()
    folders = {each: raw_root.parent / "processed" / "diffusion" / "data" / "processed" / str(each) for each in (year, before)}
    now, then = (shown_of_colleges(folder / "indicateurs_des_sites.csv") for folder in folders.values())
    overlaps, spreads = {}, {}
    if len(counted) == 2:
        followed = followed_in(raw, year), followed_in(raw, before)
        overlaps = shown_overlaps(folders[year] / "recouvrements.csv", before, followed)
        for name, answer in followed_answers(folders[year] / "recouvrements.csv", before):
            own, earlier = ((giving(each, name, answer), len(each)) for each in followed)
            spreads["alses", name, answer] = spread_of_colleges((name, answer), Overlap(*own, *earlier, None), now, then)
    return Known(overlaps=overlaps, clusters=(clusters_of_colleges(now), clusters_of_colleges(then)), spreads=spreads, counted=counted)


def exactly(value: float) -> Measure:
    """A measure that no rounding moves."""
    return value, value, value


def half_up(value: Fraction) -> int:
    """To the nearest whole number, a half upwards."""
    return math.floor(value + Fraction(1, 2))


def central(row: Row) -> tuple[int, int]:
    """The middle count and base of a figure: the printed share of the middle base, else the middle of the bounds."""
    base = half_up(Fraction(sum(row.base), 2))
    middle = Fraction(sum(row.counts), 2) if row.share is None or row.counts[0] == row.counts[1] else row.share * base / 100
    return min(max(half_up(middle), row.counts[0]), row.counts[1]), base


def possible(row: Row) -> list[tuple[int, int]]:
    """Every count and base that a figure may have."""
    said = Printed(None, row.share, row.decimals)
    counts = range(row.counts[0], row.counts[1] + 1)
    return [(n, base) for base in range(row.base[0], row.base[1] + 1) for n in counts if len(counts) == 1 or said.allows(n, base)]


def share_bounds(row: Row) -> tuple[Fraction, Fraction]:
    """The ends of a share in per cent: over the pairs that hold together, else those of the rounding alone."""
    if row.joint or row.share is None:
        return tuple(100 * end for end in row.ends)
    half = Fraction(1, 2 * 10**row.decimals)
    return row.share - half, row.share + half


def swept(measure: Callable[..., float | None], middle: Four, every: Iterable[Four]) -> Measure:
    """A measure at the central counts, and its extremes over all of them; none, if it is not defined for one of them."""
    values = [measure(*counts) for counts in (middle, *every)]
    return (None,) * 3 if None in values else (values[0], min(values), max(values))


def finding(low: float, high: float, *, stable: float = STABLE) -> str:
    """What the bounds of a difference allow one to say; within the threshold it neither rises nor falls."""
    if max(-low, high) <= stable:
        return "stable"
    return "hausse" if low > 0 else "baisse" if high < 0 else "indetermine"


# --- two shares ----------------------------------------------------------------------------------------------------------------

# Measures of two shares; the arguments are the reference then what is compared to it.
TWO_SHARES: dict[str, Callable[..., float]] = {
    "effectif": lambda _x1, _n1, x2, _n2: x2,
    "base": lambda _x1, _n1, _x2, n2: n2,
    "part": lambda _x1, _n1, x2, n2: 100 * x2 / n2,
    "effectif_reference": lambda x1, _n1, _x2, _n2: x1,
    "base_reference": lambda _x1, n1, _x2, _n2: n1,
    "part_reference": lambda x1, n1, _x2, _n2: 100 * x1 / n1,
    "ecart": lambda *four: 100 * stat.difference(*four),
    "h": stat.cohen_h,
    "rapport": lambda *four: (four[2] / four[3]) / (four[0] / four[1]) if four[0] and four[2] else None,
}
# What a test adds to them.
TESTED: dict[str, Callable[..., float]] = {
    "ic_bas": lambda *four: 100 * stat.newcombe(*four)[0],
    "ic_haut": lambda *four: 100 * stat.newcombe(*four)[1],
    "p_valeur": lambda *four: _p(*four),
}
# The interval of a ratio takes in neither the persons of both years nor the likeness.
RATIO: dict[str, Callable[..., float]] = {
    "rapport_ic_bas": lambda *four: stat.log_ratio(*four)[1] if four[0] and four[2] else None,
    "rapport_ic_haut": lambda *four: stat.log_ratio(*four)[2] if four[0] and four[2] else None,
}


def _sizes(rows: Rows, year: int, before: int) -> tuple[Measure | None, Measure | None]:
    """Persons a post, the year before then the year: those followed for each ALSES announced, if all were at work."""

    def of(each: int) -> Measure | None:
        persons, posts = (rows.get(Key(each, *place, "")) for place in (("alses", "accompagnements"), ("reseau_alses", "postes")))
        if not (persons and persons.counts and posts and posts.counts and posts.counts[0] == posts.counts[1] > 0):
            return None
        return tuple(n / posts.counts[0] for n in (sum(persons.counts) / 2, *persons.counts))

    return of(before), of(year)


def _assumed(then: Measure | None, now: Measure | None) -> tuple[float, float]:
    """Persons a post of both years; of a year that does not tell, those of the other."""
    return (then or now or (USUAL_SIZE,))[0], (now or then or (USUAL_SIZE,))[0]


def _effects(alike: float, sizes: tuple[float, float]) -> tuple[float, float]:
    return tuple(1 + (max(1, size) - 1) * alike for size in sizes)


@cache
def _detectable(x1: int, n1: int, n2: int, effects: tuple[float, float] = (1.0, 1.0)) -> float:
    # Upwards from a share below a half, downwards above: where there is room.
    share = x1 / n1
    return 100 * stat.detectable(min(share, 1 - share), n1 / effects[0], n2 / effects[1])


def _p(*four: int, shared: float = 0.0, effects: tuple[float, float] = (1.0, 1.0)) -> float:
    """p of the two-proportion test when ``shared`` persons answer alike both years, each variance being widened."""
    x1, n1, x2, n2 = four
    pooled = (x1 + x2) / (n1 + n2)
    variance = pooled * (1 - pooled) * (effects[0] / n1 + effects[1] / n2 - 2 * min(shared, n1, n2) / (n1 * n2))
    return stat.two_sided(stat.difference(*four) / math.sqrt(variance)) if variance else 1.0


def _limit(*four: int, sizes: tuple[float, float]) -> float:
    """The likeness at which p, times the tests of the question, reaches the level, by bisection; from 0 to 1."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        passes = FAMILIES["annees"] * _p(*four, effects=_effects(middle, sizes)) < LEVEL
        low, high = (middle, high) if passes else (low, middle)
    return (low + high) / 2


def _robustness(shared: int | None, sizes: tuple[float, float]) -> dict[str, Callable[..., float]]:
    measures = {"ecart_detectable": lambda x1, n1, _x2, n2: _detectable(x1, n1, n2)}
    for name, alike in LIKENESS.items():
        wide = _effects(alike, sizes)
        measures[f"p_grappe_{name}"] = lambda *four, wide=wide: _p(*four, effects=wide)
        measures[f"ecart_detectable_{name}"] = lambda x1, n1, _x2, n2, wide=wide: _detectable(x1, n1, n2, wide)
    measures["ressemblance_limite"] = lambda *four: _limit(*four, sizes=sizes)
    if shared is not None:
        strong = _effects(LIKENESS["fort"], sizes)
        measures["p_recouvrement"] = lambda *four: _p(*four, shared=shared)
        measures["p_recouvrement_grappe_fort"] = lambda *four: _p(*four, shared=shared, effects=strong)
    return measures


def _counts(first: Row, second: Row, middles: tuple[int, int]) -> Found:
    before, now = middles
    change = (now - before, second.counts[0] - first.counts[1], second.counts[1] - first.counts[0])
    found = {"effectif": (now, *second.counts), "effectif_reference": (before, *first.counts), "ecart_effectif": change}
    if first.counts[0]:
        ratios = (now / before, second.counts[0] / first.counts[1], second.counts[1] / first.counts[0])
        found["evolution"] = tuple(100 * (ratio - 1) for ratio in ratios)
    return found


def _in_both_years(rows: Rows, year: int, before: int) -> Iterator[tuple[Key, Row, Row]]:
    for key, now in rows.items():
        then = rows.get(key._replace(year=before))
        is_compared = key.year == year and now.unit == "personnes" and key.indicator not in NOT_COMPARED
        if is_compared and not key.crossed_with and then:
            if "non_publie" not in (now.precision, then.precision):
                yield key, then, now


def years(rows: Rows, year: int, before: int, known: Known) -> Iterator[tuple[str, Comparison]]:
    """Shares that both years tell; counts that are only deduced; and the totals, without a test."""
    going_on = rows.get(Key(year, "alses", "nouvel_accompagnement", "non"))
    shared = going_on.counts[1] if going_on and going_on.counts else None
    sizes = _assumed(*_sizes(rows, year, before))
    for key, then, now in _in_both_years(rows, year, before):
        path = "/".join(filter(None, (key.perimeter, key.indicator, key.modality)))
        is_printed = "deduit" not in (now.precision, then.precision)
        are_counted = None not in (now.counts, then.counts)
        is_said = not known.is_counted or path in HEADLINED
        if not key.modality:
            if are_counted and is_printed:
                yield f"volume/{path}", _volume(then, now)
        elif is_printed and are_counted and None not in (now.base, then.base):
            # Of records, what is not of the ALSES alone is in no published count of a collège: no chance is weighed.
            if path in HEADLINED and (not known.is_counted or key.perimeter == "alses"):
                found = _tested(key, then, now, shared=shared if key.perimeter == "alses" else None, known=known, sizes=sizes)
                found |= _unanswered(rows, key, before, known)
            else:
                found = _shown_only(then, now)
            says = finding(*found["ecart"][1:]), finding(*found["ecart_effectif"][1:], stable=0)
            tested = next((name for name in ("p_grappe", "p_commun", "p_valeur") if name in found), "")
            yield f"{'annees' if is_said else 'details'}/{path}", Comparison(found, tested, *says)
        elif is_printed and all(row.share is not None or (row.counts and row.base) for row in (now, then)):
            (low, high), (least, most) = share_bounds(now), share_bounds(then)
            own, its = (100 * row.ends[0] if row.share is None else row.share for row in (now, then))
            found = {"part": (own, low, high), "part_reference": (its, least, most), "ecart": (own - its, low - most, high - least)}
            found = {name: tuple(float(each) for each in values) for name, values in found.items()}
            kind = "annees" if is_said else "details"
            yield f"{kind}/{path}", Comparison(found, finding=finding(*found["ecart"][1:]))
        elif are_counted:
            found = _counts(then, now, (central(then)[0], central(now)[0]))
            yield f"annees/{path}", Comparison(found, count_finding=finding(*found["ecart_effectif"][1:], stable=0))


def _every_count(then: Row, now: Row) -> tuple[Four, list[Four]]:
    return (*central(then), *central(now)), [(*first, *second) for first in possible(then) for second in possible(now)]


def _shown_only(then: Row, now: Row) -> Found:
    middle, every = _every_count(then, now)
    found = {name: swept(measure, middle, every) for name, measure in TWO_SHARES.items()}
    return found | _counts(then, now, (middle[0], middle[2]))


def _tested(key: Key, then: Row, now: Row, *, shared: int | None, known: Known, sizes: tuple[float, float]) -> Found:
    """Every measure of a share that is said; what exports tell takes the place of what would be assumed."""
    overlap, designs = known.overlap(key), known.designs(key)
    middle, every = _every_count(then, now)
    moves = known.spreads.get((key.perimeter, key.indicator, key.modality)) if len(every) == 1 else None
    measures = TWO_SHARES | TESTED | RATIO | _robustness(None if overlap else shared, sizes)
    if designs or moves:
        gone = ("faible", "moyen", "fort", "limite")
        measures = {name: each for name, each in measures.items() if not name.endswith(gone)}
    if overlap or designs or moves:
        measures = {name: each for name, each in measures.items() if name not in RATIO}
    if overlap or designs:
        measures |= _corrected(overlap, designs)
    groups = known.colleges(key)
    if groups is None or _whole(groups) != middle or len(every) > 1:
        groups = None
        if all(four[3] > four[1] for four in (middle, *every)):
            measures |= {"supplement": lambda _x1, n1, _x2, n2: n2 - n1, "part_supplement": lambda *four: 100 * (four[2] - four[0]) / (four[3] - four[1])}
    found = {name: swept(measure, middle, every) for name, measure in measures.items()}
    found |= _told(overlap, designs) | _counts(then, now, (middle[0], middle[2]))
    found |= _moved(moves, found["ecart"][0]) if moves else {}
    return found | (_by_college(groups) if groups else {})


def _moved(moves: Spread, gap: float) -> Found:
    """The test and the interval of a difference whose error is that of the collèges."""
    freedom = moves.colleges - 1
    around = moves.error * student.isf(0.025, freedom)
    values = {
        "p_grappe": 2 * student.sf(abs(gap / moves.error), freedom),
        "ic_bas": gap - around,
        "ic_haut": gap + around,
        "erreur_type": moves.error,
        "colleges": moves.colleges,
        "ecart_detectable": around + moves.error * student.isf(0.2, freedom),
    }
    return {name: exactly(value) for name, value in values.items()}


def _unanswered(rows: Rows, key: Key, before: int, known: Known) -> Found:
    """Whose answer is missing, or says nothing, each year that counts it; an empty list, of several answers."""
    nothing = ["non_renseigne"] if key.indicator == "objectif" else ONLY_RECORDED
    found = {}
    for year, name in ((key.year, "part_sans_reponse"), (before, "part_sans_reponse_reference")):
        told = [row for each in nothing if (row := rows.get(key._replace(year=year, modality=each)))]
        if year in known.counted and told:
            found[name] = exactly(float(100 * sum(row.ends[0] for row in told)))
    return found


def _phi(overlap: Overlap) -> float:
    """The correlation of both answers of the same persons."""
    n, now, then = overlap.base, overlap.count, overlap.earlier_count
    spread = now * (n - now) * then * (n - then)
    return (n * overlap.twice - now * then) / math.sqrt(spread) if spread else 0.0


def _corrected(overlap: Overlap | None, designs: list[Cluster]) -> dict[str, Callable[..., float]]:
    """The tests and the interval with the persons of both years, and with the likeness inside collèges."""
    weight = overlap.base * _phi(overlap) if overlap else 0.0
    effects = (designs[0].effect, designs[-1].effect) if designs else (1.0, 1.0)

    def interval(x1: int, n1: int, x2: int, n2: int) -> tuple[float, float]:
        p1, p2 = x1 / n1, x2 / n2
        m1, m2 = n1 / effects[1], n2 / effects[0]
        (low1, high1), (low2, high2) = stat.wilson(p1 * m1, m1), stat.wilson(p2 * m2, m2)
        common = weight / math.sqrt(n1 * n2 * effects[0] * effects[1])

        def arm(a: float, b: float) -> float:
            return math.sqrt(max(0.0, a * a + b * b - 2 * common * a * b))

        return 100 * (p2 - p1 - arm(p2 - low2, high1 - p1)), 100 * (p2 - p1 + arm(high2 - p2, p1 - low1))

    measures = {"ic_bas": lambda *four: interval(*four)[0], "ic_haut": lambda *four: interval(*four)[1]}
    if overlap:
        measures["p_commun"] = lambda *four: _p(*four, shared=weight)
    if designs:
        wide = effects[::-1]
        measures["p_grappe"] = lambda *four: _p(*four, shared=weight, effects=wide)
        measures["ecart_detectable"] = lambda x1, n1, _x2, n2: _detectable(x1, n1, n2, wide)
    return measures


def _told(overlap: Overlap | None, designs: list[Cluster]) -> Found:
    values = {"personnes_communes": overlap.base, "correlation": _phi(overlap)} if overlap else {}
    if designs:
        own = designs[0]
        values |= {"effet_de_plan": own.effect, "ressemblance": own.alike, "colleges": own.colleges}
        values |= {"ressemblance_ic_bas": own.low, "ressemblance_ic_haut": own.high}
        values |= {"effet_de_plan_reference": designs[1].effect} if len(designs) > 1 else {}
    return {name: exactly(value) for name, value in values.items()}


def _whole(groups: dict[str, Overlap]) -> Four:
    """The counts and bases of all the collèges: of the earlier year, then of the year."""
    each = groups.values()
    earlier = sum(one.earlier_count for one in each), sum(one.earlier_base for one in each)
    return *earlier, sum(one.count for one in each), sum(one.base for one in each)


def _by_college(groups: dict[str, Overlap]) -> Found:
    """What of a change comes from collèges of both years, from those that entered, that left, and from the unknown."""
    kept, entered, left, unknown = (groups[name] for name in COLLEGES)
    _, all_before, _, all_now = _whole(groups)

    def gap(count: int, base: int, reference: Fraction, whole: int) -> Fraction:
        return Fraction(base, whole) * (Fraction(count, base) - reference) if base else Fraction(0)

    stays, stayed = Fraction(kept.count, kept.base), Fraction(kept.earlier_count, kept.earlier_base)
    new = gap(entered.count, entered.base, stays, all_now)
    gone = -gap(left.earlier_count, left.earlier_base, stayed, all_before)
    blurred = gap(unknown.count, unknown.base, stays, all_now)
    blurred -= gap(unknown.earlier_count, unknown.earlier_base, stayed, all_before)
    values = {
        "ecart_anciens": 100 * (stays - stayed),
        "apport_nouveaux": 100 * new,
        "apport_sortis": 100 * gone,
        "apport_inconnu": 100 * blurred,
        "effet_mecanique": 100 * (new + gone),
        "base_anciens": kept.base,
        "base_anciens_reference": kept.earlier_base,
        "part_anciens": 100 * stays,
        "part_anciens_reference": 100 * stayed,
        "base_nouveaux": entered.base,
        "base_sortis": left.earlier_base,
        "base_inconnu": unknown.base,
    }
    if entered.base:
        values["part_nouveaux"] = Fraction(100 * entered.count, entered.base)
    if left.earlier_base:
        values["part_sortis"] = Fraction(100 * left.earlier_count, left.earlier_base)
    return {name: exactly(float(value)) for name, value in values.items()}


def _volume(then: Row, now: Row) -> Comparison:
    found = _counts(then, now, (then.counts[0], now.counts[0]))
    found["rapport"] = exactly(now.counts[0] / then.counts[0])
    return Comparison(found, count_finding=finding(*found["ecart_effectif"][1:], stable=0))


def rests(rows: Rows, year: int, *, is_counted: bool) -> Iterator[tuple[str, Comparison]]:
    """The ALSES against the rest of prévention spécialisée, for what is printed of both; for few of a counted year."""
    for key, part in rows.items():
        whole = rows.get(key._replace(perimeter="prevention_specialisee"))
        is_due = (key.year, key.perimeter) == (year, "alses") and key.modality and whole
        is_said = not is_counted or f"{key.indicator}/{key.modality}" in HEADLINED_RESTS
        if not is_due or key.crossed_with or not is_said or not {part.precision, whole.precision} <= {"exact", "arrondi_imprime"}:
            continue
        if None in (part.counts, part.base, whole.counts, whole.base):
            continue
        (count, base), (total, all_of_them) = central(part), central(whole)
        middle = (total - count, all_of_them - base, count, base)
        every = [(n - own, size - its, own, its) for n, size in possible(whole) for own, its in possible(part)]
        found = {name: swept(measure, middle, every) for name, measure in TWO_SHARES.items()}
        naive, all_naive = ((total, all_of_them, count, base), [(*all_, *own) for all_ in possible(whole) for own in possible(part)])
        for name in ("ecart", "h", "rapport"):
            found[f"{name}_naif"] = swept(TWO_SHARES[name], naive, all_naive)
        says = finding(*found["ecart"][1:])
        yield f"reste/alses/{key.indicator}/{key.modality}", Comparison(found, finding=says)


# --- small groups ----------------------------------------------------------------------------------------------------------------


def _wilson(x: int, n: int) -> Found:
    low, high = stat.wilson(x, n)
    values = {"effectif": x, "base": n, "part": 100 * x / n, "ic_bas": 100 * low, "ic_haut": 100 * high}
    return {name: exactly(value) for name, value in values.items()}


def _against(chosen: tuple[int, int], others: tuple[int, int], groups: int) -> Found:
    p, (odds, low, high) = stat.central_fisher(*others, *chosen), stat.exact_odds_ratio(*others, *chosen)
    values = {
        "rapport_de_cotes": odds,
        "rapport_de_cotes_ic_bas": low,
        "rapport_de_cotes_ic_haut": high,
        "effectif_reference": others[0],
        "base_reference": others[1],
        "part_reference": 100 * others[0] / others[1],
        "ecart": 100 * stat.difference(*others, *chosen),
        "p_fisher": p,
        "p_choix": min(1.0, groups * p),
    }
    return {name: exactly(value) for name, value in values.items()}


def answers(rows: Rows, year: int, printed: Iterable[dict]) -> Iterator[tuple[str, Comparison]]:
    """The shares of posts that the note prints; the association with most posts that answer so against the others."""
    for figure in printed:
        if figure["perimetre"] == "postes" and figure["mesure"] == "part" and int(figure["annee"]) == year:
            row = rows[Key(year, "postes", figure["indicateur"], figure["modalite"])]
            yield (f"reponses/postes/{figure['indicateur']}/{figure['modalite']}", Comparison(_wilson(row.counts[0], row.base[0])))
    for indicator, answer in CONDITIONS_BY_ASSOCIATION:
        among = {
            key.crossed: (row.counts[0], row.base[0]) for key, row in rows.items() if key[:5] == (year, "postes", indicator, answer, "association")
        }
        most = [pair for pair in among.values() if pair[0] == max(x for x, _ in among.values())]
        if len(most) == 1 and len(among) > 1:
            (x, n) = most[0]
            others = (sum(x for x, _ in among.values()) - x, sum(n for _, n in among.values()) - n)
            found = {name: exactly(value) for name, value in {"effectif": x, "base": n, "part": 100 * x / n}.items()}
            against = _against((x, n), others, len(among))
            id = f"reponses/postes/{indicator}/{answer}/association"
            yield id, Comparison(found | against, "p_choix", finding(*against["ecart"][1:]))


def nested(rows: Rows, year: int) -> Iterator[tuple[str, Comparison]]:
    """Objective against request, in the same persons, without a test: every overlap that may be is tried."""
    for code in OBJECTIVES:
        asked, worked = (rows.get(Key(year, "alses", name, code)) for name in ("demande_initiale", "objectif"))
        if not asked or not worked or {asked.precision, worked.precision} != {"exact"}:
            continue
        first, second, n = asked.counts[0], worked.counts[0], worked.base[0]
        crossed = rows.get(Key(year, "alses", "objectif", code, "demande_initiale", code))
        fewest, most = crossed.counts if crossed else (max(0, first + second - n), min(first, second))
        # Of thousands of persons, a dozen overlaps from end to end.
        overlaps = [*range(fewest, most, max(1, (most - fewest) // 12)), most]
        deviations = [stat.paired_difference(first, second, both, n)[1] for both in overlaps]
        gap, wide, narrow = (second - first) / n, max(deviations), min(deviations)
        values = {
            "effectif": second,
            "base": n,
            "part": 100 * second / n,
            "effectif_reference": first,
            "base_reference": n,
            "part_reference": 100 * first / n,
            "ecart": 100 * gap,
        }
        values |= {"rapport": second / first} if first else {}
        found = {name: exactly(value) for name, value in values.items()}
        low, high = ([100 * (gap + way * stat.Z95 * each) for each in (wide, narrow)] for way in (-1, 1))
        found["ecart_type"] = (100 * wide, 100 * narrow, 100 * wide)
        found["ic_bas"], found["ic_haut"] = (low[0], *low), (high[0], *high[::-1])
        yield f"emboitee/alses/{code}", Comparison(found, finding=finding(100 * gap, 100 * gap))


# --- the page ----------------------------------------------------------------------------------------------------------------------


def _page(rows: Rows, year: int, before: int, found: dict[str, Comparison], known: Known, rounded: set[str]) -> Comparison:
    values = {"nombre_de_tests": sum(bool(each.tested) and not is_of(id, rounded) for id, each in found.items()), "seuil": LEVEL}
    values |= {"ecart_stable": STABLE, **{f"tests_{question}": size for question, size in FAMILIES.items()}}
    posts = dict(zip(("personnes_par_poste_reference", "personnes_par_poste"), _sizes(rows, year, before), strict=True))
    posts = {name: size for name, size in posts.items() if size}
    if not any("p_grappe_fort" in each.measures for each in found.values()):
        posts = {}
    else:
        for name, alike in LIKENESS.items():
            then, now = _effects(alike, _assumed(*_sizes(rows, year, before)))
            values |= {f"ressemblance_{name}": alike}
            values |= {f"effet_grappe_{name}": now, f"effet_grappe_{name}_reference": then}
    if known.is_counted:
        compared = [id for id, each in found.items() if "ecart" in each.measures]
        values["nombre_de_comparaisons"] = sum(id.split("/")[0] in ("annees", "details") for id in compared)
        values["annees_comptees"] = len(known.counted)
        values |= {} if known.persons() is None else {"personnes_communes": known.persons()}
    return Comparison({name: exactly(value) for name, value in values.items()} | posts)


def corrected(found: dict[str, Comparison]) -> dict[str, Comparison]:
    """The tests, each p corrected by Holm for its question: the tests that are not made count as 1."""
    made = dict(found)
    for question, size in FAMILIES.items():
        tested = [(id, each) for id, each in found.items() if each.tested and id.startswith(f"{question}/")]
        for likeness in ("", *LIKENESS):
            name = f"p_grappe_{likeness}"
            ps = [each.measures.get(name, each.measures[each.tested]) for _, each in tested]
            ends = [stat.holm([*(p[end] for p in ps), *[1.0] * (size - len(ps))])[: len(ps)] for end in range(3)]
            for (id, each), values in zip(tested, zip(*ends, strict=True), strict=True):
                if not likeness or name in each.measures:
                    name_of = f"p_holm_{likeness}" if likeness else "p_holm"
                    made[id] = made[id]._replace(measures=made[id].measures | {name_of: values})
    return made


def compare(
    rows: Rows, year: int, before: int, *, printed: Iterable[dict], known: Known | None = None, rounded: set[str] = frozenset()
) -> dict[str, Comparison]:
    """Every comparison of the report of a year.

    ``printed`` are the printed figures, « près de » included; ``known`` what exports tell beside the figures; no test is
    made of what is published ``rounded``.
    """
    known = known or Known()
    found = dict(
        [*years(rows, year, before, known), *rests(rows, year, is_counted=known.is_counted), *answers(rows, year, printed), *nested(rows, year)]
    )
    return corrected(found) | {"page": _page(rows, year, before, found, known, rounded)}


def reach(comparison: Comparison) -> str:
    """How far a comparison reaches: its corrected p stays below the level whatever the rounding and likeness hide."""
    if not comparison.tested:
        return ""
    passes = {name: p[2] < LEVEL for name, p in comparison.measures.items() if name in ("p_holm", "p_holm_fort")}
    return "concluante" if all(passes.values()) else "selon_ressemblance" if passes["p_holm"] else "non_concluante"


def published(path: Path) -> dict[str, list[dict]]:
    """The rows of a published comparaisons.csv, by comparison."""
    found: dict[str, list[dict]] = {}
    for row in read_csv(path, delimiter=";"):
        found.setdefault(row["comparaison"], []).append(row)
    return found


def number(text: str) -> float | None:
    """A published number: a decimal comma, nothing when it is not known."""
    return float(text.replace(",", ".")) if text else None


def same(name: str, here: float | None, there: float | None) -> bool:
    """Equal to a millionth; of a p-value, to a millionth of itself: 1e-17 is compared too."""
    if None in (here, there):
        return here == there
    # The other tail, which the closed form leaves out, weighs a millionth at a power of 80 %.
    close = 1e-4 if name.startswith("ecart_detectable") else 1e-6
    return math.isclose(here, there, rel_tol=close, abs_tol=1e-250 if name.startswith("p_") else 1e-6)


def is_of(id: str, paths: set[str]) -> bool:
    """Whether a comparison is of one of these figures: « annees/alses/sexe/filles »."""
    return any(id.endswith(f"/{path}") for path in paths)


def differences(said: dict[str, list[dict]], again: dict[str, Comparison], *, rounded: set[str] = frozenset()) -> list[str]:
    """What is published and not found again, calculated and not published, or not the same; one line each.

    The comparisons of figures that are ``rounded`` are left: they rest on bounds, not on these counts.
    """
    said, again = ({id: each for id, each in side.items() if not is_of(id, rounded)} for side in (said, again))
    found = [f"published, not calculated: {id}" for id in said if id not in again]
    found += [f"calculated, not published: {id}" for id in again if id not in said]
    for id in said.keys() & again.keys():
        own, measures = again[id], {row["mesure"]: row for row in said[id]}
        found += [f"{id}: {name} is on one side only" for name in measures.keys() ^ own.measures.keys()]
        for column, there in (("constat", own.finding), ("constat_effectif", own.count_finding), ("portee", reach(own))):
            here = {row.get(column, "") for row in said[id]}
            if here != {there}:
                found.append(f"{id}: {column} {sorted(here)} is published, {there!r} calculated")
        for name in measures.keys() & own.measures.keys():
            for column, there in zip(("valeur", "valeur_min", "valeur_max"), own.measures[name], strict=True):
                here = number(measures[name][column])
                if not same(name, here, there):
                    found.append(f"{id}: {name} {column} {here} is published, {there} calculated")
    return sorted(found)
