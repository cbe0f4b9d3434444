"""The comparisons of a report, calculated a second time: plain Python, from the figures calculated again.

A measure is (value, least, greatest): the value at the central counts, and its extremes over every count that the
printed figures allow, all of them tried. A comparison reads ``second minus first``: the year against the one before, the
ALSES against the others, the objective against the request.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import NamedTuple

from scipy.stats import t as student

from second_calculation import formulas as stat
from second_calculation import records
from second_calculation.persons import OBJECTIVES, Printed
from second_calculation.records import COLLEGES, FEW, ONLY_RECORDED, Cluster, Overlap, Spread
from second_calculation.rows import Key, Raw, Row, Rows, read_csv

Measure = tuple[float | None, float | None, float | None]
Found = dict[str, Measure]
Four = tuple[int, int, int, int]  # count and base of the reference, then of what is compared to it
Formula = Callable[..., float | None]
Pair = tuple[float, float]

# The hypotheses of the page: the intraclass correlation of the persons of one post, and their number where unknown.
LIKENESS = {"faible": 0.02, "moyen": 0.07, "fort": 0.12}
USUAL_SIZE = 30
# Within one point, whatever the rounding hides, a share is called stable.
STABLE = 1.0
# Below this corrected p, a test is conclusive.
LEVEL = 0.05
# Of a year counted from records, one share a question is said and tested; the others are details, without a test.
HEADLINED = {
    "alses/sexe/filles", "alses/nouvel_accompagnement/oui", "alses/origine/college", "alses/niveau/4e_3e",
    "alses/demande_initiale/scolaire", "alses/objectif/difficultes_familiales", "alses/parents_associes/oui",
    "collegiens/suivi_par/alses",
}  # fmt: skip
HEADLINED_RESTS = {"nouvel_accompagnement/oui", "sexe/garcons"}
# What is tested between associations.
CONDITION = ("equipe_sur_le_quartier", "non")
# How many tests each question makes at most: p is corrected for all of them, made or not.
FAMILIES = {"annees": len(HEADLINED), "reponses": 1}


class Comparison(NamedTuple):
    """A comparison: its measures, which of them is the test, and what may be said."""

    measures: Found
    tested: str = ""
    finding: str = ""
    count_finding: str = ""


class Known(NamedTuple):
    """What the exports of a pair of years tell beside their figures; nothing, when both are printed."""

    overlaps: dict[tuple, Overlap] = {}
    # By question and answer, of the year then of the earlier one.
    clusters: tuple[dict[tuple, Cluster], ...] = ()
    spreads: dict[tuple, Spread] = {}
    counted: tuple[int, ...] = ()

    def of_both(self, key: Key) -> Overlap | None:
        """The persons of both years and their answers to a question that is put to everybody."""
        found = self.overlaps.get(("personnes_communes", key.indicator, key.modality))
        is_told = found and found.base and found.twice is not None
        return found if is_told and key.perimeter == "alses" and key.indicator != "orienteur" else None

    def designs(self, key: Key) -> list[Cluster]:
        """How much persons of one collège are alike: of the year and of the earlier one, or of the one that tells it."""
        place = (key.indicator, key.modality)
        return [year[place] for year in self.clusters if key.perimeter == "alses" and place in year]

    def by_college(self, key: Key) -> list[Overlap] | None:
        """Those of collèges that entered, that left, and all others; None when not told, or with a cell of one to four."""
        told = [self.overlaps.get((kind, key.indicator, key.modality)) for kind in COLLEGES]
        cells = {x for each in told if each for x in (each.count, each.base - each.count, each.earlier_count, each.earlier_base - each.earlier_count)}
        return told if key.perimeter == "alses" and None not in told and not cells & FEW else None


def known_of(raw_root: Path, year: int, before: int) -> Known:
    """What the exports of two years tell beside their figures, from what is shown of both years and of collèges."""
    raw = Raw(raw_root)
    counted = tuple(each for each in (year, before) if raw.export(each))
    if not counted:
        return Known()
    released = raw_root.parent / "processed" / "diffusion" / "data" / "processed"
    shown = [records.shown_of_colleges(released / str(each) / "indicateurs_des_sites.csv") for each in (year, before)]
    clusters = tuple(map(records.clusters_of_colleges, shown))
    if len(counted) < 2:
        return Known(clusters=clusters, counted=counted)
    path, followed = released / str(year) / "recouvrements.csv", [records.followed_in(raw, each) for each in counted]
    spreads = {}
    for answer in records.followed_answers(path, before):
        now, then = ((records.giving(each, *answer), len(each)) for each in followed)
        spreads["alses", *answer] = records.spread_of_colleges(answer, Overlap(*now, *then, None), *shown)
    return Known(records.shown_overlaps(path, before, followed, shown), clusters, spreads, counted)


# --- measures ----------------------------------------------------------------------------------------------------------


def exactly(values: dict[str, float]) -> Found:
    """Measures that no rounding moves."""
    return {name: (value, value, value) for name, value in values.items()}


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


def swept(measures: dict[str, Formula], middle: Four, every: Iterable[Four]) -> Found:
    """Each measure at the central counts, with its extremes over all; none, if it is not defined for one of them."""
    found = {}
    for name, measure in measures.items():
        values = [measure(*counts) for counts in (middle, *every)]
        found[name] = (None,) * 3 if None in values else (values[0], min(values), max(values))
    return found


def finding(low: float, high: float, *, stable: float = STABLE) -> str:
    """What the bounds of a difference allow one to say; within the threshold it neither rises nor falls."""
    if max(-low, high) <= stable:
        return "stable"
    return "hausse" if low > 0 else "baisse" if high < 0 else "indetermine"


TWO_SHARES: dict[str, Formula] = {
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
# The interval of a ratio takes in neither the persons of both years nor the likeness.
RATIO: dict[str, Formula] = {
    "rapport_ic_bas": lambda *four: stat.log_ratio(*four)[0] if four[0] and four[2] else None,
    "rapport_ic_haut": lambda *four: stat.log_ratio(*four)[1] if four[0] and four[2] else None,
}


def persons_by_post(rows: Rows, *years: int) -> list[Measure | None]:
    """Persons a post, of each year: those followed for each ALSES announced, if all were at work."""
    found = []
    for year in years:
        persons, posts = (rows.get(Key(year, *place)) for place in (("alses", "accompagnements"), ("reseau_alses", "postes")))
        is_told = persons and persons.counts and posts and posts.counts and posts.counts[0] == posts.counts[1] > 0
        found.append(tuple(n / posts.counts[0] for n in (sum(persons.counts) / 2, *persons.counts)) if is_told else None)
    return found


def effects_of(alike: float, sizes: list[Measure | None]) -> Pair:
    """The design effects of both years; a year that does not tell has the persons a post of the other."""
    then, now = sizes
    assumed = (then or now or (USUAL_SIZE,))[0], (now or then or (USUAL_SIZE,))[0]
    return tuple(1 + (max(1, size) - 1) * alike for size in assumed)


def detectable(x1: int, n1: int, _x2: int, n2: int, effects: Pair = (1.0, 1.0)) -> float:
    """The smallest difference that the test would find, in points: where there is room, above or below a half."""
    return 100 * stat.detectable(min(x1 / n1, 1 - x1 / n1), n1 / effects[0], n2 / effects[1])


def likeness_limit(*four: int, sizes: list[Measure | None]) -> float:
    """The likeness at which p, times the tests of the question, reaches the level, by bisection; from 0 to 1."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        passes = FAMILIES["annees"] * stat.two_proportions(*four, effects=effects_of(middle, sizes)) < LEVEL
        low, high = (middle, high) if passes else (low, middle)
    return (low + high) / 2


# --- two years ---------------------------------------------------------------------------------------------------------


def change_of_counts(then: Row, now: Row, middles: tuple[int, int] | None = None) -> Found:
    """The counts of both years and what moved, at the ends of what each may be."""
    before, count = middles or (then.counts[0], now.counts[0])
    change = (count - before, now.counts[0] - then.counts[1], now.counts[1] - then.counts[0])
    found = {"effectif": (count, *now.counts), "effectif_reference": (before, *then.counts), "ecart_effectif": change}
    if then.counts[0]:
        ratios = (count / before, now.counts[0] / then.counts[1], now.counts[1] / then.counts[0])
        found["evolution"] = tuple(100 * (ratio - 1) for ratio in ratios)
    return found


def change_of_printed_shares(then: Row, now: Row) -> Found:
    """The difference of two shares of which a count is not known."""

    def ends(row: Row) -> tuple[Fraction, Fraction, Fraction]:
        if row.share is None:
            return 100 * row.ends[0], 100 * row.ends[0], 100 * row.ends[1]
        half = Fraction(1, 2 * 10**row.decimals)
        low, high = (100 * end for end in row.joint) if row.joint else (row.share - half, row.share + half)
        return row.share, low, high

    (own, low, high), (its, least, most) = ends(now), ends(then)
    found = {"part": (own, low, high), "part_reference": (its, least, most), "ecart": (own - its, low - most, high - least)}
    return {name: tuple(map(float, values)) for name, values in found.items()}


def in_both_years(rows: Rows, year: int, before: int) -> Iterator[tuple[str, Key, Row, Row]]:
    """The persons that both years publish, but what says how well a column is filled in."""
    for key, now in rows.items():
        then = rows.get(key._replace(year=before))
        is_compared = key.year == year and now.unit == "personnes" and not key.crossed_with and key.indicator != "colonne_remplie"
        if is_compared and then and "non_publie" not in (now.precision, then.precision):
            yield "/".join(filter(None, key[1:4])), key, then, now


def years(rows: Rows, year: int, before: int, known: Known) -> Iterator[tuple[str, Comparison]]:
    """Shares that both years tell; counts that are only deduced; and the totals, without a test."""
    going_on = rows.get(Key(year, "alses", "nouvel_accompagnement", "non"))
    shared = going_on.counts[1] if going_on and going_on.counts else None
    for path, key, then, now in in_both_years(rows, year, before):
        is_printed = "deduit" not in (now.precision, then.precision)
        are_counted = None not in (now.counts, then.counts)
        kind = "annees" if not known.counted or path in HEADLINED else "details"
        if not key.modality:
            if are_counted and is_printed:
                found = change_of_counts(then, now) | exactly({"rapport": now.counts[0] / then.counts[0]})
                yield f"volume/{path}", Comparison(found, count_finding=finding(*found["ecart_effectif"][1:], stable=0))
        elif is_printed and are_counted and None not in (now.base, then.base):
            middle, every = (*central(then), *central(now)), [(*a, *b) for a in possible(then) for b in possible(now)]
            # Of records, what is not of the ALSES alone is in no published count of a collège: no chance is weighed.
            is_tested = path in HEADLINED and (not known.counted or key.perimeter == "alses")
            found = swept(TWO_SHARES, middle, every)
            if is_tested:
                of_both = shared if key.perimeter == "alses" else None
                sizes = persons_by_post(rows, before, year)
                found |= tested(key, middle, every, shared=of_both, known=known, sizes=sizes, gap=found["ecart"][0])
                found |= unanswered(rows, key, before, known)
            found |= change_of_counts(then, now, (middle[0], middle[2]))
            says = finding(*found["ecart"][1:]), finding(*found["ecart_effectif"][1:], stable=0)
            yield f"{kind}/{path}", Comparison(found, next((n for n in ("p_grappe", "p_commun", "p_valeur") if n in found), ""), *says)
        elif is_printed and all(row.share is not None or (row.counts and row.base) for row in (now, then)):
            found = change_of_printed_shares(then, now)
            yield f"{kind}/{path}", Comparison(found, finding=finding(*found["ecart"][1:]))
        elif are_counted:
            found = change_of_counts(then, now, (central(then)[0], central(now)[0]))
            yield f"annees/{path}", Comparison(found, count_finding=finding(*found["ecart_effectif"][1:], stable=0))


def tested(
    key: Key, middle: Four, every: list[Four], *, shared: int | None, known: Known, sizes: list[Measure | None], gap: float
) -> Found:
    """What chance makes of a share that is said; what exports tell takes the place of what would be assumed."""
    both, designs = known.of_both(key), known.designs(key)
    moves = known.spreads.get(key[1:4]) if len(every) == 1 else None
    weight = both.base * correlation(both) if both else 0.0
    effects = (designs[-1].effect, designs[0].effect) if designs else (1.0, 1.0)
    p = stat.two_proportions
    measures: dict[str, Formula] = {
        "p_valeur": p,
        "ic_bas": lambda *four: 100 * stat.newcombe(*four, effects=effects, shared=weight)[0],
        "ic_haut": lambda *four: 100 * stat.newcombe(*four, effects=effects, shared=weight)[1],
        "ecart_detectable": partial(detectable, effects=effects),
    }
    if both:
        measures["p_commun"] = partial(p, shared=weight)
    elif shared is not None:
        measures["p_recouvrement"] = partial(p, shared=shared)
    if designs:
        measures["p_grappe"] = partial(p, shared=weight, effects=effects)
    if not (both or designs or moves):
        measures |= RATIO
    if not (designs or moves):  # the likeness is assumed
        for name, alike in LIKENESS.items():
            wide = effects_of(alike, sizes)
            measures |= {f"p_grappe_{name}": partial(p, effects=wide), f"ecart_detectable_{name}": partial(detectable, effects=wide)}
        measures["ressemblance_limite"] = partial(likeness_limit, sizes=sizes)
        if shared is not None and not both:
            measures["p_recouvrement_grappe_fort"] = partial(p, shared=shared, effects=effects_of(LIKENESS["fort"], sizes))
    groups = known.by_college(key)
    if groups and (len(every) > 1 or whole_of(groups) != middle):
        groups = None
    if not groups and all(n2 > n1 for _, n1, _, n2 in (middle, *every)):
        measures["supplement"] = lambda _x1, n1, _x2, n2: n2 - n1
        measures["part_supplement"] = lambda x1, n1, x2, n2: 100 * (x2 - x1) / (n2 - n1)
    found = swept(measures, middle, every)
    if both:
        found |= exactly({"personnes_communes": both.base, "correlation": correlation(both)})
    if designs:
        own = designs[0]
        values = {"effet_de_plan": own.effect, "ressemblance": own.alike, "colleges": own.colleges}
        values |= {"ressemblance_ic_bas": own.low, "ressemblance_ic_haut": own.high}
        found |= exactly(values | ({"effet_de_plan_reference": designs[1].effect} if len(designs) > 1 else {}))
    return found | (moved(moves, gap) if moves else {}) | (by_college(*groups) if groups else {})


def moved(moves: Spread, gap: float) -> Found:
    """The test and the interval of a difference whose error is that of the collèges."""
    error, freedom = moves.error, moves.colleges - 1
    around = error * student.isf(0.025, freedom)
    values = {"p_grappe": 2 * student.sf(abs(gap / error), freedom), "ic_bas": gap - around, "ic_haut": gap + around}
    values |= {"erreur_type": error, "colleges": moves.colleges, "ecart_detectable": around + error * student.isf(0.2, freedom)}
    return exactly(values)


def unanswered(rows: Rows, key: Key, before: int, known: Known) -> Found:
    """Whose answer is missing, or says nothing, each year that counts it exactly; an empty list, of several answers."""
    nothing = ["non_renseigne"] if key.indicator == "objectif" else ONLY_RECORDED
    found = {}
    for year, name in ((key.year, "part_sans_reponse"), (before, "part_sans_reponse_reference")):
        told = [row for each in nothing if (row := rows.get(key._replace(year=year, modality=each)))]
        if year in known.counted and told and all(row.ends[0] == row.ends[1] for row in told):
            found[name] = float(100 * sum(row.ends[0] for row in told))
    return exactly(found)


def correlation(both: Overlap) -> float:
    """The correlation of both answers of the same persons."""
    n, now, then = both.base, both.count, both.earlier_count
    spread = now * (n - now) * then * (n - then)
    return (n * both.twice - now * then) / math.sqrt(spread) if spread else 0.0


def whole_of(groups: list[Overlap]) -> Four:
    """The counts and bases of all the collèges: of the earlier year, then of the year."""
    count, base, earlier_count, earlier_base = (sum(column) for column in list(zip(*groups, strict=True))[:4])
    return earlier_count, earlier_base, count, base


def by_college(others: Overlap, entered: Overlap, left: Overlap) -> Found:
    """What of a change comes from collèges that entered, from those that left, and from all the others."""
    _, all_before, _, all_now = whole_of([others, entered, left])
    stays, stayed = Fraction(others.count, others.base), Fraction(others.earlier_count, others.earlier_base)
    new = (entered.count - entered.base * stays) / all_now
    gone = (left.earlier_count - left.earlier_base * stayed) / all_before
    shares = {"ecart_ailleurs": stays - stayed, "apport_entres": new, "apport_sortis": -gone}
    shares |= {"effet_mecanique": new - gone, "part_ailleurs": stays, "part_ailleurs_reference": stayed}
    shares |= {"part_entres": Fraction(entered.count, entered.base)} if entered.base >= 20 else {}
    shares |= {"part_sortis": Fraction(left.earlier_count, left.earlier_base)} if left.earlier_base >= 20 else {}
    bases = {"base_ailleurs": others.base, "base_ailleurs_reference": others.earlier_base}
    bases |= {"base_entres": entered.base, "base_sortis": left.earlier_base}
    return exactly({name: float(100 * share) for name, share in shares.items()} | bases)


# --- two groups of a year ----------------------------------------------------------------------------------------------


def rests(rows: Rows, year: int, *, is_counted: bool) -> Iterator[tuple[str, Comparison]]:
    """The ALSES against the rest of prévention spécialisée, for what is printed of both; for few of a counted year."""
    for key, part in rows.items():
        whole, name = rows.get(key._replace(perimeter="prevention_specialisee")), f"{key.indicator}/{key.modality}"
        is_due = key[:2] == (year, "alses") and key.modality and not key.crossed_with and whole
        if not is_due or (is_counted and name not in HEADLINED_RESTS):
            continue
        if not {part.precision, whole.precision} <= {"exact", "arrondi_imprime"} or None in (part.counts, part.base, whole.counts, whole.base):
            continue
        (count, base), (total, everybody) = central(part), central(whole)
        pairs = [(*all_, *own) for all_ in possible(whole) for own in possible(part)]
        found = swept(TWO_SHARES, (total - count, everybody - base, count, base), [(n - x, size - b, x, b) for n, size, x, b in pairs])
        naive = swept({f"{each}_naif": TWO_SHARES[each] for each in ("ecart", "h", "rapport")}, (total, everybody, count, base), pairs)
        yield f"reste/alses/{name}", Comparison(found | naive, finding=finding(*found["ecart"][1:]))


def answers(rows: Rows, year: int, printed: Iterable[dict]) -> Iterator[tuple[str, Comparison]]:
    """The shares of posts that the note prints; the association with most posts that answer so against the others."""
    for figure in printed:
        if figure["perimetre"] == "postes" and figure["mesure"] == "part" and int(figure["annee"]) == year:
            row = rows[Key(year, "postes", figure["indicateur"], figure["modalite"])]
            (x, _), (n, _) = row.counts, row.base
            low, high = stat.wilson(x, n)
            values = {"effectif": x, "base": n, "part": 100 * x / n, "ic_bas": 100 * low, "ic_haut": 100 * high}
            yield f"reponses/postes/{figure['indicateur']}/{figure['modalite']}", Comparison(exactly(values))
    among = [(row.counts[0], row.base[0]) for key, row in rows.items() if key[:5] == (year, "postes", *CONDITION, "association")]
    most = [pair for pair in among if pair[0] == max(among)[0]]
    if len(most) == 1 and len(among) > 1:
        x, n = most[0]
        others = (sum(x for x, _ in among) - x, sum(n for _, n in among) - n)
        (odds, low, high), p = stat.exact_odds_ratio(*others, x, n), stat.central_fisher(*others, x, n)
        gap = 100 * stat.difference(*others, x, n)
        values = {"effectif": x, "base": n, "part": 100 * x / n, "effectif_reference": others[0], "base_reference": others[1]}
        values |= {"part_reference": 100 * others[0] / others[1], "ecart": gap, "p_fisher": p, "p_choix": min(1.0, len(among) * p)}
        values |= {"rapport_de_cotes": odds, "rapport_de_cotes_ic_bas": low, "rapport_de_cotes_ic_haut": high}
        yield f"reponses/postes/{'/'.join(CONDITION)}/association", Comparison(exactly(values), "p_choix", finding(gap, gap))


def nested(rows: Rows, year: int) -> Iterator[tuple[str, Comparison]]:
    """Objective against request, in the same persons, without a test: every overlap that may be is tried."""
    for code in OBJECTIVES:
        asked, worked = (rows.get(Key(year, "alses", name, code)) for name in ("demande_initiale", "objectif"))
        if not asked or not worked or {asked.precision, worked.precision} != {"exact"}:
            continue
        first, second, n = asked.counts[0], worked.counts[0], worked.base[0]
        crossed = rows.get(Key(year, "alses", "objectif", code, "demande_initiale", code))
        fewest, most = crossed.counts if crossed else (max(0, first + second - n), min(first, second))
        gap = (second - first) / n
        narrow, wide = (100 * math.sqrt(((first + second - 2 * both) / n - gap**2) / n) for both in (most, fewest))
        values = {"effectif": second, "base": n, "part": 100 * second / n, "ecart": 100 * gap}
        values |= {"effectif_reference": first, "base_reference": n, "part_reference": 100 * first / n}
        found = exactly(values | ({"rapport": second / first} if first else {})) | {"ecart_type": (wide, narrow, wide)}
        for name, way in (("ic_bas", -1), ("ic_haut", 1)):
            far, near = (100 * gap + way * stat.Z95 * each for each in (wide, narrow))
            found[name] = (far, min(far, near), max(far, near))
        yield f"emboitee/alses/{code}", Comparison(found, finding=finding(100 * gap, 100 * gap))


# --- all of them -------------------------------------------------------------------------------------------------------


def corrected(found: dict[str, Comparison]) -> dict[str, Comparison]:
    """The tests, each p corrected by Holm for its question: the tests that are not made count as 1."""
    made = dict(found)
    for question, size in FAMILIES.items():
        own = [id for id, each in found.items() if each.tested and id.startswith(f"{question}/")]
        for likeness in ("", *(f"_{name}" for name in LIKENESS)):
            name = f"p_grappe{likeness}" if likeness else ""
            ps = [found[id].measures.get(name, found[id].measures[found[id].tested]) for id in own]
            ends = [stat.holm([*(p[end] for p in ps), *[1.0] * (size - len(ps))]) for end in range(3)]
            for id, *values in zip(own, *(each[: len(own)] for each in ends), strict=True):
                if not likeness or name in found[id].measures:
                    made[id] = made[id]._replace(measures=made[id].measures | {f"p_holm{likeness}": tuple(values)})
    return made


def of_the_page(rows: Rows, year: int, before: int, found: dict[str, Comparison], known: Known, rounded: set[str]) -> Comparison:
    """What the page says of its own tests."""
    values = {"nombre_de_tests": sum(bool(each.tested) and not is_of(id, rounded) for id, each in found.items()), "seuil": LEVEL}
    values |= {"ecart_stable": STABLE, **{f"tests_{question}": size for question, size in FAMILIES.items()}}
    sizes, posts = persons_by_post(rows, before, year), {}
    if any("p_grappe_fort" in each.measures for each in found.values()):
        posts = dict(zip(("personnes_par_poste_reference", "personnes_par_poste"), sizes, strict=True))
        for name, alike in LIKENESS.items():
            then, now = effects_of(alike, sizes)
            values |= {f"ressemblance_{name}": alike, f"effet_grappe_{name}": now, f"effet_grappe_{name}_reference": then}
    if known.counted:
        compared = [id for id, each in found.items() if "ecart" in each.measures]
        values["nombre_de_comparaisons"] = sum(id.split("/")[0] in ("annees", "details") for id in compared)
        values["annees_comptees"] = len(known.counted)
        whole = known.overlaps.get(("personnes_communes", "accompagnements", ""))
        values |= {"personnes_communes": whole.count} if whole and whole.count not in FEW else {}
    return Comparison(exactly(values) | {name: size for name, size in posts.items() if size})


def compare(
    rows: Rows, year: int, before: int, *, printed: Iterable[dict], known: Known | None = None, rounded: set[str] = frozenset()
) -> dict[str, Comparison]:
    """Every comparison of the report of a year.

    ``printed`` are the printed figures, « près de » included; ``known`` what exports tell beside the figures; no test is
    made of what is published ``rounded``.
    """
    known = known or Known()
    is_counted = bool(known.counted)
    found = dict([*years(rows, year, before, known), *rests(rows, year, is_counted=is_counted), *answers(rows, year, printed), *nested(rows, year)])
    return corrected(found) | {"page": of_the_page(rows, year, before, found, known, rounded)}


# --- beside what is published ------------------------------------------------------------------------------------------


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
    found = [f"{id} is on one side only" for id in said.keys() ^ again.keys()]
    for id in said.keys() & again.keys():
        own, measures = again[id], {row["mesure"]: row for row in said[id]}
        found += [f"{id}: {name} is on one side only" for name in measures.keys() ^ own.measures.keys()]
        for column, there in (("constat", own.finding), ("constat_effectif", own.count_finding), ("portee", reach(own))):
            here = {row.get(column, "") for row in said[id]}
            found += [f"{id}: {column} {sorted(here)} is published, {there!r} calculated"] if here != {there} else []
        for name in measures.keys() & own.measures.keys():
            here = tuple(number(measures[name][column]) for column in ("valeur", "valeur_min", "valeur_max"))
            if not all(same(name, *pair) for pair in zip(here, own.measures[name], strict=True)):
                found.append(f"{id}: {name} {here} is published, {own.measures[name]} calculated")
    return sorted(found)
