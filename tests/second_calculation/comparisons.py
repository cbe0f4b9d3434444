"""The comparisons of a report, calculated a second time: plain Python, from the figures calculated again.

``compare(rows, ...)`` gives ``{(comparison, measure): (value, least, greatest)}``: the value at the central counts, and
its extremes over every count that the printed figures allow, all of them tried. A comparison reads ``second minus
first``: the year against the one before, the ALSES against the others, the objective against the request.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from second_calculation import formulas as stat
from second_calculation.persons import OBJECTIVES, Printed
from second_calculation.records import COLLEGES, FEW, ONLY_RECORDED, Cluster, Overlap, Spread, recompute_export
from second_calculation.rows import Key, Raw, Row, Rows, read_csv

Measure = tuple[float | None, float | None, float | None]
Found = dict[str, Measure]
Four = tuple[int, int, int, int]

# The hypotheses of the page: how much persons of one post may resemble each other, told as design effects.
DESIGN_EFFECTS = {"faible": 1.6, "moyen": 3.0, "fort": 4.5}
# Below one point, whatever the rounding hides, a share is called stable.
STABLE = 1.0
# Below this corrected p, a test is conclusive.
LEVEL = 0.05
# Below this, a difference is written 0,0 and neither rises nor falls.
UNSEEN = 0.05
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
    """What the exports of two years tell beside their figures."""
    raw = Raw(raw_root)
    paths = {each: path for each in (year, before) if (path := raw.export(each))}
    found = {
        each: recompute_export(path, each, {before: paths[before]} if (each, len(paths)) == (year, 2) else None)
        for each, path in paths.items()
    }
    own = found.get(year)
    return Known(
        overlaps={key[1:]: overlap for key, overlap in own.overlaps.items()} if own else {},
        clusters=tuple(found[each].clusters if each in found else {} for each in (year, before)),
        spreads={key[1:]: moves for key, moves in own.spreads.items()} if own else {},
        counted=tuple(paths),
    )


def exactly(value: float) -> Measure:
    """A measure that no rounding moves."""
    return value, value, value


def half_up(value: Fraction) -> int:
    """To the nearest whole number, a half upwards."""
    return math.floor(value + Fraction(1, 2))


def central(row: Row) -> tuple[int, int]:
    """The middle count and base of a figure: the printed share of the middle base, else the middle of the bounds."""
    base = half_up(Fraction(sum(row.base), 2))
    middle = (
        Fraction(sum(row.counts), 2) if row.share is None or row.counts[0] == row.counts[1] else row.share * base / 100
    )
    return min(max(half_up(middle), row.counts[0]), row.counts[1]), base


def possible(row: Row) -> list[tuple[int, int]]:
    """Every count and base that a figure may have."""
    said = Printed(None, row.share, row.decimals)
    counts = range(row.counts[0], row.counts[1] + 1)
    return [
        (n, base)
        for base in range(row.base[0], row.base[1] + 1)
        for n in counts
        if len(counts) == 1 or said.allows(n, base)
    ]


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
    """What the bounds of a difference allow one to say; what is written 0,0 neither rises nor falls."""
    if -UNSEEN < low and high < UNSEEN:
        return "stable"
    if low > 0:
        return "hausse"
    if high < 0:
        return "baisse"
    return "stable" if max(-low, high) <= stable else "indetermine"


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
    "ic_bas": lambda *four: 100 * stat.newcombe(*four)[0],
    "ic_haut": lambda *four: 100 * stat.newcombe(*four)[1],
    "p_valeur": stat.p_pooled,
    "h": stat.cohen_h,
    "rapport": lambda *four: (four[2] / four[3]) / (four[0] / four[1]) if four[0] and four[2] else None,
}


def _ratio_interval(*four: int) -> Found:
    _, low, high = stat.risk_ratio(*four)
    return {"rapport_ic_bas": exactly(low), "rapport_ic_haut": exactly(high)}


def _robustness(shared: int | None) -> dict[str, Callable[..., float]]:
    measures = {
        f"p_grappe_{name}": lambda *four, effect=effect: stat.two_sided(stat.z_pooled(*four), design_effect=effect)
        for name, effect in DESIGN_EFFECTS.items()
    }
    if shared is not None:

        def p(*four: int, effect: float = 1.0) -> float:
            return stat.two_sided(stat.z_overlapping(*four, shared=shared, pooled=True), design_effect=effect)

        measures["p_recouvrement"] = p
        measures["p_recouvrement_grappe_fort"] = lambda *four: p(*four, effect=DESIGN_EFFECTS["fort"])
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
    for key, then, now in _in_both_years(rows, year, before):
        path = "/".join(filter(None, (key.perimeter, key.indicator, key.modality)))
        is_printed = "deduit" not in (now.precision, then.precision)
        are_counted = None not in (now.counts, then.counts)
        is_said = not known.is_counted or path in HEADLINED
        if not key.modality:
            if are_counted and is_printed:
                yield f"volume/{path}", _volume(then, now)
        elif is_printed and are_counted and None not in (now.base, then.base):
            if is_said:
                found = _tested(key, then, now, shared=shared if key.perimeter == "alses" else None, known=known)
                found |= _unanswered(rows, key, before, known)
            else:
                found = _shown_only(then, now)
            says = finding(*found["ecart"][1:]), finding(*found["ecart_effectif"][1:], stable=0)
            tested = next((name for name in ("p_grappe", "p_commun", "p_valeur") if name in found), "")
            yield f"{'annees' if is_said else 'details'}/{path}", Comparison(found, tested, *says)
        elif is_printed and all(row.share is not None or (row.counts and row.base) for row in (now, then)):
            (low, high), (least, most) = share_bounds(now), share_bounds(then)
            own, its = (100 * row.ends[0] if row.share is None else row.share for row in (now, then))
            found = {
                "part": (own, low, high),
                "part_reference": (its, least, most),
                "ecart": (own - its, low - most, high - least),
            }
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
    measures = {name: each for name, each in TWO_SHARES.items() if name != "p_valeur"}
    found = {name: swept(measure, middle, every) for name, measure in measures.items()}
    return found | _counts(then, now, (middle[0], middle[2]))


def _tested(key: Key, then: Row, now: Row, *, shared: int | None, known: Known) -> Found:
    """Every measure of a share that is said; what exports tell takes the place of what would be assumed."""
    overlap, designs = known.overlap(key), known.designs(key)
    middle, every = _every_count(then, now)
    moves = known.spreads.get((key.perimeter, key.indicator, key.modality)) if len(every) == 1 else None
    measures = TWO_SHARES | _robustness(None if overlap else shared)
    if designs or moves:
        measures = {name: each for name, each in measures.items() if "grappe" not in name}
    if overlap or designs:
        measures |= _corrected(overlap, designs)
    groups = known.colleges(key)
    if groups is None or _whole(groups) != middle or len(every) > 1:
        groups = None
        if all(four[3] > four[1] for four in (middle, *every)):
            measures |= {
                "supplement": lambda _x1, n1, _x2, n2: n2 - n1,
                "part_supplement": lambda *four: 100 * stat.composition(*four),
            }
    found = {name: swept(measure, middle, every) for name, measure in measures.items()}
    found |= _told(overlap, designs) | _counts(then, now, (middle[0], middle[2]))
    found["p_fisher"] = exactly(stat.fisher(*middle))
    effects = [designs[0].effect, designs[-1].effect] if designs else [1.0, 1.0]
    sizes = middle[1] / effects[1], middle[3] / effects[0]
    found["ecart_detectable"] = exactly(_detectable(middle[0] / effects[1], sizes[0], 0, sizes[1]))
    found |= _moved(moves, found["ecart"][0]) if moves else {}
    # The interval of a ratio takes in neither the persons of both years nor the likeness.
    found |= {} if {"p_grappe", "p_commun"} & set(found) else _ratio_interval(*middle)
    return found | (_by_college(groups) if groups else {})


def _moved(moves: Spread, gap: float) -> Found:
    """The test and the interval of a difference whose error is that of the collèges."""
    freedom = moves.colleges - 1
    around = moves.error * stat.student_quantile(0.025, freedom)
    values = {
        "p_grappe": stat.student_two_sided(gap / moves.error, freedom),
        "ic_bas": gap - around,
        "ic_haut": gap + around,
        "erreur_type": moves.error,
        "colleges": moves.colleges,
        "ecart_detectable": around + moves.error * stat.student_quantile(0.2, freedom),
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

    def p(x1: int, n1: int, x2: int, n2: int, wide: tuple[float, float]) -> float:
        pooled = (x1 + x2) / (n1 + n2)
        variance = pooled * (1 - pooled) * (wide[0] / n2 + wide[1] / n1 - 2 * weight / (n1 * n2))
        return stat.two_sided(stat.difference(x1, n1, x2, n2) / math.sqrt(variance))

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
        measures["p_commun"] = lambda *four: p(*four, wide=(1.0, 1.0))
    if designs:
        measures["p_grappe"] = lambda *four: p(*four, wide=effects)
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


def _detectable(x1: float, n1: float, _x2: float, n2: float) -> float:
    # Upwards from a share below a half, downwards above: where there is room.
    share = x1 / n1
    return 100 * stat.detectable(min(share, 1 - share), n1, n2)


def _volume(then: Row, now: Row) -> Comparison:
    found = _counts(then, now, (then.counts[0], now.counts[0]))
    ratio, low, high = stat.poisson_ratio_score(then.counts[0], now.counts[0])
    found |= {"rapport": exactly(ratio), "rapport_ic_bas": exactly(low), "rapport_ic_haut": exactly(high)}
    return Comparison(found, count_finding=finding(*found["ecart_effectif"][1:], stable=0))


def rests(rows: Rows, year: int, *, is_counted: bool) -> Iterator[tuple[str, Comparison]]:
    """The ALSES against the rest of prévention spécialisée, for what is printed of both; for few of a counted year."""
    for key, part in rows.items():
        whole = rows.get(key._replace(perimeter="prevention_specialisee"))
        is_due = (key.year, key.perimeter) == (year, "alses") and key.modality and whole
        is_said = not is_counted or f"{key.indicator}/{key.modality}" in HEADLINED_RESTS
        if (
            not is_due
            or key.crossed_with
            or not is_said
            or not {part.precision, whole.precision} <= {"exact", "arrondi_imprime"}
        ):
            continue
        if None in (part.counts, part.base, whole.counts, whole.base):
            continue
        (count, base), (total, all_of_them) = central(part), central(whole)
        middle = (total - count, all_of_them - base, count, base)
        every = [(n - own, size - its, own, its) for n, size in possible(whole) for own, its in possible(part)]
        found = {name: swept(measure, middle, every) for name, measure in TWO_SHARES.items()}
        found |= _ratio_interval(*middle)
        found["p_fisher"] = exactly(stat.fisher(*middle))
        naive, all_naive = (
            (total, all_of_them, count, base),
            [(*all_, *own) for all_ in possible(whole) for own in possible(part)],
        )
        for name in ("ecart", "h", "rapport"):
            found[f"{name}_naif"] = swept(TWO_SHARES[name], naive, all_naive)
        says = finding(*found["ecart"][1:])
        yield f"reste/alses/{key.indicator}/{key.modality}", Comparison(found, "p_valeur", says)


# --- small groups ----------------------------------------------------------------------------------------------------------------


def _wilson(x: int, n: int) -> Found:
    low, high = stat.wilson(x, n)
    values = {"effectif": x, "base": n, "part": 100 * x / n, "ic_bas": 100 * low, "ic_haut": 100 * high}
    return {name: exactly(value) for name, value in values.items()}


def _against(chosen: tuple[int, int], others: tuple[int, int], groups: int) -> Found:
    p, (low, high) = stat.fisher(*others, *chosen), stat.newcombe(*others, *chosen)
    values = {
        "ecart_ic_bas": 100 * low,
        "ecart_ic_haut": 100 * high,
        "effectif_reference": others[0],
        "base_reference": others[1],
        "part_reference": 100 * others[0] / others[1],
        "ecart": 100 * stat.difference(*others, *chosen),
        "p_fisher": p,
        "p_choix": min(1.0, groups * p),
    }
    return {name: exactly(value) for name, value in values.items()}


def attendance(rows: Rows, year: int) -> Iterator[tuple[str, Comparison]]:
    """Present among invited: all the groups, each of them, and the least present against the others."""
    path = "groupes/reunions/participants"
    groups = {
        key.modality: (row.counts[0], row.base[0])
        for key, row in rows.items()
        if key[:3] == (year, "reunions", "participants") and row.base and key.modality != "groupes_alses"
    }
    if len(groups) > 1:
        tests = {"p_exacte": stat.freeman_halton(list(groups.values())), "p_khi2": stat.p_chi2(list(groups.values()))}
        tests["nombre_de_groupes"] = len(groups)
        yield path, Comparison({name: exactly(value) for name, value in tests.items()}, "p_exacte")
    shares = {name: x / n for name, (x, n) in groups.items()}
    for name, (x, n) in groups.items():
        found = Comparison(_wilson(x, n))
        if len(groups) > 1 and [share for share in shares.values() if share <= shares[name]] == [shares[name]]:
            others = [sum(pair[place] for other, pair in groups.items() if other != name) for place in (0, 1)]
            against = _against((x, n), tuple(others), len(groups))
            found = Comparison(found.measures | against, "p_choix", finding(*against["ecart"][1:]))
        yield f"{path}/{name}", found


def answers(rows: Rows, year: int, printed: Iterable[dict]) -> Iterator[tuple[str, Comparison]]:
    """The shares of posts that the note prints; the association with most posts that answer so against the others."""
    for figure in printed:
        if figure["perimetre"] == "postes" and figure["mesure"] == "part" and int(figure["annee"]) == year:
            row = rows[Key(year, "postes", figure["indicateur"], figure["modalite"])]
            yield (
                f"reponses/postes/{figure['indicateur']}/{figure['modalite']}",
                Comparison(_wilson(row.counts[0], row.base[0])),
            )
    for indicator, answer in CONDITIONS_BY_ASSOCIATION:
        among = {
            key.crossed: (row.counts[0], row.base[0])
            for key, row in rows.items()
            if key[:5] == (year, "postes", indicator, answer, "association")
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
    """Objective against request, in the same persons: every overlap that may be is tried for the test."""
    for code in OBJECTIVES:
        asked, worked = (rows.get(Key(year, "alses", name, code)) for name in ("demande_initiale", "objectif"))
        if not asked or not worked or {asked.precision, worked.precision} != {"exact"}:
            continue
        first, second, n = asked.counts[0], worked.counts[0], worked.base[0]
        crossed = rows.get(Key(year, "alses", "objectif", code, "demande_initiale", code))
        fewest, most = crossed.counts if crossed else (max(0, first + second - n), min(first, second))
        # Of thousands of persons, a dozen overlaps from end to end.
        overlaps = [*range(fewest, most, max(1, (most - fewest) // 12)), most]
        tests = [stat.mcnemar(first - both, second - both) for both in overlaps]
        gap, deviation = stat.paired_difference(first, second, most, n)
        values = {
            "effectif": second,
            "base": n,
            "part": 100 * second / n,
            "effectif_reference": first,
            "base_reference": n,
            "part_reference": 100 * first / n,
            "ecart": 100 * gap,
            "ecart_type": 100 * deviation,
            "ic_bas": 100 * (gap - stat.Z95 * deviation),
            "ic_haut": 100 * (gap + stat.Z95 * deviation),
        }
        values |= {"rapport": second / first} if first else {}
        found = {name: exactly(value) for name, value in values.items()}
        found["p_valeur"] = (max(tests), min(tests), max(tests))
        yield f"emboitee/alses/{code}", Comparison(found, "p_valeur", finding(100 * gap, 100 * gap))


# --- the page ----------------------------------------------------------------------------------------------------------------------


def _page(rows: Rows, year: int, found: dict[str, Comparison], known: Known) -> Comparison:
    persons, posts = (
        rows.get(Key(year, *place)) for place in (("alses", "accompagnements"), ("reseau_alses", "postes"))
    )
    values = {"nombre_de_tests": sum(bool(each.tested) for each in found.values()), "seuil": LEVEL}
    if persons and posts:
        values["personnes_par_poste"] = persons.counts[0] / posts.counts[0]
        for name, effect in DESIGN_EFFECTS.items():
            alike = (effect - 1) / (values["personnes_par_poste"] - 1)
            values |= {f"effet_grappe_{name}": effect, f"ressemblance_{name}": alike}
    if known.is_counted:
        compared = [id for id, each in found.items() if "ecart" in each.measures]
        values["nombre_de_comparaisons"] = sum(id.split("/")[0] in ("annees", "details") for id in compared)
        values["annees_comptees"] = len(known.counted)
        values |= {} if known.persons() is None else {"personnes_communes": known.persons()}
    return Comparison({name: exactly(value) for name, value in values.items()})


def compare(
    rows: Rows, year: int, before: int, *, printed: Iterable[dict], known: Known | None = None
) -> dict[str, Comparison]:
    """Every comparison of the report of a year.

    ``printed`` are the printed figures, « près de » included; ``known`` what exports tell beside the figures.
    """
    known = known or Known()
    found = dict(
        [
            *years(rows, year, before, known),
            *rests(rows, year, is_counted=known.is_counted),
            *attendance(rows, year),
            *answers(rows, year, printed),
            *nested(rows, year),
        ]
    )
    tested = [(id, each) for id, each in found.items() if each.tested]
    corrected = zip(
        *(stat.holm([each.measures[each.tested][end] for _, each in tested]) for end in range(3)), strict=True
    )
    for (id, each), values in zip(tested, corrected, strict=True):
        found[id] = each._replace(measures=each.measures | {"p_holm": values})
    return found | {"page": _page(rows, year, found, known)}


def reach(comparison: Comparison) -> str:
    """How far a comparison reaches: conclusive if its corrected p stays below the level whatever the rounding hides."""
    if not comparison.tested:
        return ""
    return "concluante" if comparison.measures["p_holm"][2] < LEVEL else "non_concluante"


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
    # Found by a search that stops a little before.
    close = 1e-4 if name == "ecart_detectable" else 1e-6
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
        for column, there in (
            ("constat", own.finding),
            ("constat_effectif", own.count_finding),
            ("portee", reach(own)),
        ):
            here = {row.get(column, "") for row in said[id]}
            if here != {there}:
                found.append(f"{id}: {column} {sorted(here)} is published, {there!r} calculated")
        for name in measures.keys() & own.measures.keys():
            for column, there in zip(("valeur", "valeur_min", "valeur_max"), own.measures[name], strict=True):
                here = number(measures[name][column])
                if not same(name, here, there):
                    found.append(f"{id}: {name} {column} {here} is published, {there} calculated")
    return sorted(found)
