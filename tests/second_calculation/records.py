"""The persons of an export, counted one by one: plain Python over the rows of a clean file.

The file is the canonical table: modalities of the catalogue, one row a person, nothing to reject. Which cells of a
cross-tabulation, and which counts of two years, may be published is for the intruder test to judge; here, each that is
published is counted again.
"""

import math
from collections import Counter
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

from scipy.stats import f as fisher

from second_calculation.persons import GIVEN, GROUPS, OBJECTIVES, YES_NO
from second_calculation.rows import COUNTED, Key, Raw, Row, Rows, exactly, family, read_csv

ONLY_RECORDED = ["ne_sait_pas", "non_prevu", "non_renseigne"]
# Questions whose answer is worked out of the file.
DERIVED = {
    "age": ["11_ou_moins", "12", "13", "14", "15", "16_ou_plus"],
    "nombre_d_objectifs": ["1", "2", "3", "4_ou_plus"],
    "demande_travaillee": YES_NO,
    "mois_d_ouverture": ["avant", *(f"mois_{month:02}" for month in range(1, 13))],
    "duree": ["moins_de_3_mois", "3_a_5_mois", "6_a_11_mois", "12_mois_ou_plus"],
    "fin_dans_l_annee": YES_NO,
}
ANSWERS = GIVEN | DERIVED
# What is recorded beside the answers.
RECORDED = dict.fromkeys(GIVEN, ONLY_RECORDED) | dict.fromkeys(DERIVED, ["non_renseigne"])
RECORDED |= {"niveau": ["hors_college", *ONLY_RECORDED], "fin_dans_l_annee": []}
COLUMNS = [
    "association", "territoire", "uai", "situation", "niveau", "sexe", "annee_naissance", "nouvel_accompagnement",
    "date_debut", "origine", "orienteur", "demande_initiale", "objectifs", "parents_associes",
]  # fmt: skip
# Whose answers are followed from one year to the next, and from collège to collège.
FOLLOWED = ["sexe", "nouvel_accompagnement", "origine", "niveau", "demande_initiale", "objectif", "parents_associes"]
COLLEGES = ["ailleurs", "colleges_entres", "colleges_sortis"]
FEW = {1, 2, 3, 4}


class Person(NamedTuple):
    """A row of the file, what it answers to each question, and the complete months of the follow-up in the year."""

    row: dict[str, str]
    answers: dict[str, set[str]]
    months: int | None


class Overlap(NamedTuple):
    """A row of ``recouvrements``: count and base of the year, of the earlier one, and both years."""

    count: int
    base: int
    earlier_count: int
    earlier_base: int
    twice: int | None


class Cluster(NamedTuple):
    """How alike the persons of one collège are: an intraclass correlation, its interval, its design effect."""

    colleges: int
    alike: float
    effect: float
    low: float
    high: float


class Spread(NamedTuple):
    """Error of a difference in points, in how many collèges."""

    error: float
    colleges: int


# --- what a person answers ---------------------------------------------------------------------------------------------


def _day(text: str) -> date | None:
    if "/" in text:
        return date(*map(int, reversed(text.split("/"))))
    return date.fromisoformat(text) if text else None


def _class(indicator: str, value: int, *bounds: int) -> set[str]:
    """The answer whose upper bound is above the value."""
    return {ANSWERS[indicator][sum(value >= bound for bound in bounds)]}


def read_person(row: dict[str, str], year: int) -> Person:
    """What a row answers to each question."""
    goals = {each.strip() for each in row["objectifs"].split(";")} - {""}
    themes, request, birth = goals & set(OBJECTIVES), row["demande_initiale"], row["annee_naissance"]
    start, end, last = _day(row["date_debut"]), _day(row["date_fin"]), date(year, 12, 31)
    found = {name: {row[name]} - {""} for name in GIVEN if name != "objectif"} | {"objectif": goals}
    found |= {name: set() for name in DERIVED}
    if birth:
        found["age"] = _class("age", year - int(birth), 12, 13, 14, 15, 16)
    if themes:
        found["nombre_d_objectifs"] = _class("nombre_d_objectifs", len(themes), 2, 3, 4)
        if request in OBJECTIVES:
            found["demande_travaillee"] = {"oui" if request in goals else "non"}
    months = None
    if start:
        found["mois_d_ouverture"] = {f"mois_{start.month:02}" if start.year == year else "avant"}
        until = min(end or last, last)
        months = 12 * (until.year - start.year) + until.month - start.month - (until.day < start.day)
        found["duree"] = _class("duree", months, 3, 6, 12)
    found["fin_dans_l_annee"] = {"oui" if end and end.year == year else "non"}
    return Person(row, {name: answers or {"non_renseigne"} for name, answers in found.items()}, months)


def read_export(path: Path, year: int) -> list[Person]:
    """The persons of a file, with a comma or a semicolon between cells."""
    header = path.read_text(encoding="utf-8-sig").splitlines()[0]
    return [read_person(row, year) for row in read_csv(path, delimiter=";" if header.count(";") > 5 else ",")]


def populations(persons: list[Person]) -> dict[str, list[Person]]:
    """The persons of each population that the file knows."""
    found = {"alses": [each for each in persons if each.row["suivi_par"] == "alses"]}
    if any(each.row["suivi_par"] == "autre_educateur" for each in persons):
        found["collegiens"] = [each for each in persons if each.row["situation"] == "collegien"]
        found["prevention_specialisee"] = persons
    return found


# --- indicators --------------------------------------------------------------------------------------------------------


def gives(person: Person, indicator: str, answer: str) -> bool:
    """Whether a person gives an answer, or one of those of a group."""
    return not person.answers[indicator].isdisjoint(GROUPS.get((indicator, answer), [answer]))


def giving(persons: Iterable[Person], indicator: str, answer: str) -> int:
    """How many do; all of them for the size of a population, which is no question."""
    return sum(indicator == "accompagnements" or gives(each, indicator, answer) for each in persons)


def groups_of(indicator: str) -> list[str]:
    """The groups of answers of an indicator."""
    return [group for name, group in GROUPS if name == indicator]


def asked(persons: list[Person], question: str) -> list[Person]:
    """Those to whom a question is put: who referred whom is asked of those who come by the collège."""
    return [each for each in persons if question != "orienteur" or each.row["origine"] == "college"]


def _margins(persons: list[Person], year: int, perimeter: str) -> Rows:
    rows = {Key(year, perimeter, "accompagnements"): exactly("personnes", len(persons))}
    for name in ANSWERS.keys() & COUNTED[perimeter]:
        among = asked(persons, name)
        for answer in [*ANSWERS[name], *RECORDED[name], *groups_of(name)]:
            count = giving(among, name, answer)
            if count or answer not in RECORDED[name] or answer == "non_renseigne":
                rows[Key(year, perimeter, name, answer)] = exactly("personnes", count, len(among))
    return rows


def _of_the_file(followed: list[Person], year: int) -> Rows:
    rows = {
        Key(year, "alses", name): exactly(unit, len({each.row[column] for each in followed} - {""}))
        for name, unit, column in (("colleges_suivis", "colleges", "uai"), ("associations_suivantes", "associations", "association"))
        if any(each.row[column] for each in followed)
    }
    for column in COLUMNS:
        among = asked(followed, column)
        rows[Key(year, "alses", "colonne_remplie", column)] = exactly("personnes", sum(bool(each.row[column]) for each in among), len(among))
    for name, ended in (("duree_terminee", "oui"), ("duree_en_cours", "non")):
        lengths = sorted(each.months for each in followed if each.months is not None and gives(each, "fin_dans_l_annee", ended))
        for rank, answer in enumerate(("premier_quartile", "mediane", "troisieme_quartile"), start=1):
            if len(lengths) >= 20:
                around = lengths[round(Fraction(rank * (len(lengths) - 1), 4)) - 2 :][:5]
                rows[Key(year, "alses", name, answer)] = exactly("mois", round(Fraction(sum(around), 5)))
    return rows


def crossed(followed: list[Person], key: Key) -> Row:
    """A cell: persons who give one of the answers of its row among those who give one of those of its column."""
    inside = [each for each in followed if not each.answers[key.crossed_with].isdisjoint(key.crossed.split("+"))]
    return exactly("personnes", sum(not each.answers[key.indicator].isdisjoint(key.modality.split("+")) for each in inside), len(inside))


def recompute_export(path: Path, year: int) -> Rows:
    """Every indicator that is counted of a clean export, but cross-tabulations."""
    known = populations(read_export(path, year))
    rows = _of_the_file(known["alses"], year)
    for perimeter, persons in known.items():
        rows |= _margins(persons, year, perimeter)
    return rows


# --- two years ---------------------------------------------------------------------------------------------------------


def overlap_of(now: list[Person], before: list[Person], indicator: str, answer: str) -> Overlap:
    """The persons of both years."""
    earlier = {each.row["identifiant"]: each for each in before}
    now = [each for each in now if each.row["identifiant"] in earlier]
    before = [earlier[each.row["identifiant"]] for each in now]
    twice = sum(giving([one], indicator, answer) and giving([other], indicator, answer) for one, other in zip(now, before, strict=True))
    return Overlap(giving(now, indicator, answer), len(now), giving(before, indicator, answer), len(before), twice)


def of_colleges(kind: str, answer: tuple[str, str], years: list[list[Person]], shown: list["Shown"]) -> Overlap:
    """Those of collèges where nobody was the other year, as their reports show them, or all the others of both years."""
    counts: dict[str, list[int]] = {each: [] for each in COLLEGES}
    for rank, (own, other) in enumerate(zip(years, years[::-1], strict=True)):
        elsewhere = {each.row["uai"] for each in other}
        alone = [told for uai, told in shown[rank].items() if uai not in elsewhere]
        some = [sum(told.get(each, 0) for told in alone) for each in (answer, SIZE)]
        counts[COLLEGES[0]] += [giving(own, *answer) - some[0], len(own) - some[1]]
        counts[COLLEGES[1 + rank]] += some
        counts[COLLEGES[2 - rank]] += [0, 0]
    return Overlap(*counts[kind], None)


def read_overlaps(path: Path, before: int) -> dict[tuple[str, str, str], Overlap]:
    """The rows of ``recouvrements`` about one earlier year, but those about everybody."""
    names = ("effectif", "base", "effectif_anterieur", "base_anterieure", "effectif_deux_fois")
    return {
        (row["population"], row["indicateur"], row["modalite"]): Overlap(*(int(row[name]) if row[name] else None for name in names))
        for row in read_csv(path)
        if row["population"] != "ensemble" and int(row["annee_anterieure"]) == before
    }


def followed_answers(path: Path, before: int) -> list[tuple[str, str]]:
    """The answers of the ALSES' public whose difference with the year before has an error."""
    rows = [row for row in read_csv(path) if (row["population"], row["perimetre"]) == ("ensemble", "alses")]
    return [(row["indicateur"], row["modalite"]) for row in rows if int(row["annee_anterieure"]) == before]


def shown_overlaps(path: Path, before: int, years: list[list[Person]], colleges: list["Shown"]) -> dict[tuple[str, str, str], Overlap]:
    """What is shown of two years, once it holds: sums of what collèges show; of persons, four multiples of five."""
    shown = read_overlaps(path, before)
    for key, row in shown.items():
        if key[0] != "personnes_communes":
            assert row == of_colleges(key[0], key[1:], years, colleges), key
            continue
        true = overlap_of(*years, *key[1:])
        cells, counted = ((t, x - t, y - t, n - x - y + t) for x, n, y, _, t in (row, true))
        assert row.base == row.earlier_base == 5 * round(true.base / 5), key
        assert all(cell % 5 == 0 and abs(cell - own) < 10 for cell, own in zip(cells, counted, strict=True)), key
    return shown


# --- what is published of collèges -------------------------------------------------------------------------------------

# The counts of a collège by question and answer, as they are shown.
Shown = dict[str, dict[tuple[str, str], int]]
SIZE = ("accompagnements", "")
# The mean square of −2, −1, 0, 1 and 2: how far the nearest multiple of five is.
MOVED = 2


def shown_of_colleges(path: Path) -> Shown:
    """The protected figures of the collèges of a year, from ``indicateurs_des_sites``."""
    found: Shown = {}
    for row in read_csv(path):
        if row["site_type"] == "college" and row["perimetre"] == "alses" and not row["croise_avec"]:
            found.setdefault(row["site"], {})[row["indicateur"], row["modalite"]] = int(row["effectif_arrondi"])
    return found


def clusters_of_colleges(shown: Shown) -> dict[tuple, Cluster]:
    """How alike the persons of one collège are, from what is shown of collèges."""
    counts = [each for each in shown.values() if each[SIZE]]
    keys = [(name, answer) for name in FOLLOWED for answer in [*ANSWERS[name], *groups_of(name)]]
    found = {key: _cluster([(each.get(key, 0), each[SIZE]) for each in counts]) for key in keys}
    return {key: cluster for key, cluster in found.items() if cluster}


def _cluster(colleges: list[tuple[int, int]]) -> Cluster | None:
    """From who gives the answer and how many there are, by collège: an analysis of variance of zeros and ones."""
    many, given, total = len(colleges), sum(count for count, _ in colleges), sum(size for _, size in colleges)
    if many < 2 or total == many or given in (0, total):
        return None
    inside, yes = sum(Fraction(count**2, size) for count, size in colleges), Fraction(given, total)
    between, within = (inside - given * yes) / (many - 1), (given - inside) / (total - many)
    # Rounding moves who gives the answer and who does not: their share moves by both, over the size of the collège.
    between = max(between - MOVED * sum(((1 - yes) ** 2 + yes**2) / size for _, size in colleges) / many, Fraction(0))
    size = (total - Fraction(sum(n * n for _, n in colleges), total)) / (many - 1)

    def alike(chance: float) -> float:
        spread = float(within) * chance
        return max(0.0, (float(between) - spread) / (float(between) + float(size - 1) * spread))

    # What the ratio of both would be, at either end of what chance makes of it.
    low, high = (alike(fisher.ppf(each, many - 1, total - many)) for each in (0.975, 0.025))
    return Cluster(many, alike(1), float(1 + float(size - 1) * alike(1)), low, high)


def spread_of_colleges(key: tuple[str, str], whole: Overlap, now: Shown, before: Shown) -> Spread:
    """The error of a difference: each collège that is shown is one draw, and each person who is in none of them."""
    pulls, alone = Counter(), 0.0
    for sign, shown, count, base in ((1, now, whole.count, whole.base), (-1, before, whole.earlier_count, whole.earlier_base)):
        # More may be shown than there are: nobody is then left over.
        sizes, given = ({uai: counts.get(each, 0) for uai, counts in shown.items()} for each in (SIZE, key))
        others = max(base - sum(sizes.values()), 0)
        left = min(max(count - sum(given.values()), 0), others)
        total = others + sum(sizes.values())
        share = Fraction(left + sum(given.values()), total)
        for uai, size in sizes.items():
            pulls[uai] += sign * float((given[uai] - share * size) / total)
        alone += float(left * (1 - share) ** 2 + (others - left) * share**2) / total**2
    many = len(pulls)
    return Spread(round(100 * math.sqrt(alone + many / (many - 1) * sum(pull**2 for pull in pulls.values())), 6), many)


# --- in the raw folder -------------------------------------------------------------------------------------------------


@family(*DERIVED, "colleges_suivis", "associations_suivantes", "colonne_remplie")
@cache
def records(raw: Raw, year: int) -> Rows:
    """Every indicator of the export of the year, if there is one; what is printed of the same gives way."""
    path = raw.export(year)
    return recompute_export(path, year) if path else {}


@cache
def followed_in(raw: Raw, year: int) -> list[Person]:
    """The persons whom an ALSES follows, in the export of a year."""
    return populations(read_export(raw.export(year), year))["alses"]


@family("lignes_export")
def lines(raw: Raw, year: int) -> Rows:
    """The rows of a clean export: all are kept; what no register knows is told, and nothing else is changed.

    All that was told is counted unless one of its two kinds is of one to four rows, or of all of them.
    """
    path = raw.export(year)
    if not path:
        return {}
    rows = [each.row for each in read_export(path, year)]
    known = {row["association"] for row in raw.table("reference", "associations")} | {""}
    unknown = [sum(row["association"] not in known for row in rows), sum(row["college"] != "" and not row["uai"] for row in rows)]
    kept = None if len(rows) in FEW else len(rows)
    changes = None if set(unknown) & {*FEW, len(rows)} else sum(unknown)
    counts = {"lues": kept, "gardees": kept, "rejetees": 0, "modifications": changes}
    return {
        Key(year, "donnees", "lignes_export", name): Row("lignes", None, precision="non_publie") if n is None else exactly("lignes", n)
        for name, n in counts.items()
    }
