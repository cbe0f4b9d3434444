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
from second_calculation.persons import PARTITIONS, Printed
from second_calculation.rows import Key, Row, Rows, read_csv

Measure = tuple[float | None, float | None, float | None]
Found = dict[str, Measure]
Four = tuple[int, int, int, int]

# The hypotheses of the page: how much persons of one post may resemble each other, told as design effects.
DESIGN_EFFECTS = {"faible": 1.6, "moyen": 3.0, "fort": 4.5}
# Below one point, whatever the rounding hides, a share is called stable.
STABLE = 1.0
# Below this corrected p, a test is conclusive.
LEVEL = 0.05
# What is tested between associations.
CONDITIONS_BY_ASSOCIATION = [("equipe_sur_le_quartier", "non")]


class Comparison(NamedTuple):
    """A comparison: its measures, which of them is the test, and what may be said."""

    measures: Found
    tested: str = ""
    finding: str = ""
    count_finding: str = ""


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
    if row.joint:
        return 100 * row.joint[0], 100 * row.joint[1]
    half = Fraction(1, 2 * 10**row.decimals)
    return row.share - half, row.share + half


def swept(measure: Callable[..., float], middle: Four, every: Iterable[Four]) -> Measure:
    """A measure at the central counts, and its extremes over all of them."""
    return measure(*middle), *stat.sweep([middle, *every], measure)


def finding(low: float, high: float, *, stable: float = STABLE) -> str:
    """What the bounds of a difference allow one to say; what is written 0,0 neither rises nor falls."""
    if -0.05 < low and high < 0.05:
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
    "rapport": lambda *four: (four[2] / four[3]) / (four[0] / four[1]),
}


def _ratio_interval(*four: int) -> Found:
    _, low, high = stat.risk_ratio(*four)
    return {"rapport_ic_bas": exactly(low), "rapport_ic_haut": exactly(high)}


def _robustness(shared: int | None) -> dict[str, Callable[..., float]]:
    measures = {
        f"p_grappe_{name}": lambda *four, effect=effect: stat.two_sided(stat.z_pooled(*four), design_effect=effect)
        for name, effect in DESIGN_EFFECTS.items()
    }
    measures["supplement"] = lambda _x1, n1, _x2, n2: n2 - n1
    measures["part_supplement"] = lambda *four: 100 * stat.composition(*four)
    if shared is not None:

        def p(*four: int, effect: float = 1.0) -> float:
            return stat.two_sided(stat.z_overlapping(*four, shared=shared, pooled=True), design_effect=effect)

        measures["p_recouvrement"] = p
        measures["p_recouvrement_grappe_fort"] = lambda *four: p(*four, effect=DESIGN_EFFECTS["fort"])
    return measures


def _counts(first: Row, second: Row, middles: tuple[int, int]) -> Found:
    before, now = middles
    change = (now - before, second.counts[0] - first.counts[1], second.counts[1] - first.counts[0])
    ratios = (now / before, second.counts[0] / first.counts[1], second.counts[1] / first.counts[0])
    return {
        "effectif": (now, *second.counts),
        "effectif_reference": (before, *first.counts),
        "ecart_effectif": change,
        "evolution": tuple(100 * (ratio - 1) for ratio in ratios),
    }


def _in_both_years(rows: Rows, year: int, before: int) -> Iterator[tuple[Key, Row, Row]]:
    for key, now in rows.items():
        then = rows.get(key._replace(year=before))
        if key.year == year and now.unit == "personnes" and not key.crossed_with and then:
            if "non_publie" not in (now.precision, then.precision):
                yield key, then, now


def years(rows: Rows, year: int, before: int) -> Iterator[tuple[str, Comparison]]:
    """Shares that both years print; counts that are only deduced; and the totals, without a test."""
    going_on = rows.get(Key(year, "alses", "nouvel_accompagnement", "non"))
    shared = going_on.counts[1] if going_on and going_on.counts else None
    for key, then, now in _in_both_years(rows, year, before):
        path = "/".join(filter(None, (key.perimeter, key.indicator, key.modality)))
        is_printed = "deduit" not in (now.precision, then.precision)
        are_counted = None not in (now.counts, then.counts)
        if not key.modality:
            if are_counted and is_printed:
                yield f"volume/{path}", _volume(then, now)
        elif is_printed and are_counted and None not in (now.base, then.base):
            measures = TWO_SHARES | _robustness(shared if key.perimeter == "alses" else None)
            middle = (*central(then), *central(now))
            every = [(*first, *second) for first in possible(then) for second in possible(now)]
            found = {name: swept(measure, middle, every) for name, measure in measures.items()}
            found |= _counts(then, now, (middle[0], middle[2]))
            found |= _ratio_interval(*middle)
            found["p_fisher"] = exactly(stat.fisher(*middle))
            found["ecart_detectable"] = exactly(_detectable(*middle))
            says = finding(*found["ecart"][1:]), finding(*found["ecart_effectif"][1:], stable=0)
            yield f"annees/{path}", Comparison(found, "p_valeur", *says)
        elif is_printed and None not in (now.share, then.share):
            (low, high), (least, most) = share_bounds(now), share_bounds(then)
            found = {
                "part": (now.share, low, high),
                "part_reference": (then.share, least, most),
                "ecart": (now.share - then.share, low - most, high - least),
            }
            found = {name: tuple(float(each) for each in values) for name, values in found.items()}
            yield f"annees/{path}", Comparison(found, finding=finding(*found["ecart"][1:]))
        elif are_counted:
            found = _counts(then, now, (central(then)[0], central(now)[0]))
            yield f"annees/{path}", Comparison(found, count_finding=finding(*found["ecart_effectif"][1:], stable=0))


def _detectable(x1: int, n1: int, _x2: int, n2: int) -> float:
    # Upwards from a share below a half, downwards above: where there is room.
    share = x1 / n1
    return 100 * stat.detectable(min(share, 1 - share), n1, n2)


def _volume(then: Row, now: Row) -> Comparison:
    found = _counts(then, now, (then.counts[0], now.counts[0]))
    ratio, low, high = stat.poisson_ratio_score(then.counts[0], now.counts[0])
    found |= {"rapport": exactly(ratio), "rapport_ic_bas": exactly(low), "rapport_ic_haut": exactly(high)}
    return Comparison(found, count_finding=finding(*found["ecart_effectif"][1:], stable=0))


def rests(rows: Rows, year: int) -> Iterator[tuple[str, Comparison]]:
    """The ALSES against the rest of prévention spécialisée, for what is printed of both."""
    for key, part in rows.items():
        whole = rows.get(key._replace(perimeter="prevention_specialisee"))
        is_due = (key.year, key.perimeter) == (year, "alses") and key.modality and whole
        if not is_due or not {part.precision, whole.precision} <= {"exact", "arrondi_imprime"}:
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
    """Objective against request, in the same persons: all the overlaps of the two are tried for the test."""
    for code in PARTITIONS["demande_initiale"][0]:
        asked, worked = (rows.get(Key(year, "alses", name, code)) for name in ("demande_initiale", "objectif"))
        if not asked or not worked or {asked.precision, worked.precision} != {"exact"}:
            continue
        first, second, n = asked.counts[0], worked.counts[0], worked.base[0]
        gap, deviation = stat.nested_difference(first, second, n)
        tests = [
            stat.mcnemar(first - both, second - both)
            for both in range(max(0, first + second - n), min(first, second) + 1)
        ]
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
            "rapport": second / first,
        }
        found = {name: exactly(value) for name, value in values.items()}
        found["p_valeur"] = (max(tests), min(tests), max(tests))
        yield f"emboitee/alses/{code}", Comparison(found, "p_valeur", finding(100 * gap, 100 * gap))


# --- the page ----------------------------------------------------------------------------------------------------------------------


def _page(rows: Rows, year: int, tests: int) -> Comparison:
    persons, posts = (
        rows[Key(year, "alses", "accompagnements")].counts[0],
        rows[Key(year, "reseau_alses", "postes")].counts[0],
    )
    values = {"nombre_de_tests": tests, "seuil": LEVEL, "personnes_par_poste": persons / posts}
    for name, effect in DESIGN_EFFECTS.items():
        values |= {f"effet_grappe_{name}": effect, f"ressemblance_{name}": (effect - 1) / (persons / posts - 1)}
    return Comparison({name: exactly(value) for name, value in values.items()})


def compare(rows: Rows, year: int, before: int, *, printed: Iterable[dict]) -> dict[str, Comparison]:
    """Every comparison of the report of a year; ``printed`` are the printed figures, « près de » included."""
    found = dict(
        [
            *years(rows, year, before),
            *rests(rows, year),
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
    return found | {"page": _page(rows, year, len(tested))}


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
    return math.isclose(here, there, rel_tol=1e-6, abs_tol=1e-250 if name.startswith("p_") else 1e-6)


def differences(said: dict[str, list[dict]], again: dict[str, Comparison]) -> list[str]:
    """What is published and not found again, calculated and not published, or not the same; one line each."""
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
