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

from second_calculation.persons import OBJECTIVES, single_answers
from second_calculation.persons import populations as populations_printed
from second_calculation.rows import COUNTED, Key, Raw, Row, Rows, exactly, family, read_csv

ONLY_RECORDED = ["ne_sait_pas", "non_prevu", "non_renseigne"]
ANSWERS = {
    "situation": ["collegien", "lyceen", "autre"],
    "suivi_par": ["alses", "autre_educateur"],
    "sexe": ["filles", "garcons"],
    "nouvel_accompagnement": ["oui", "non"],
    "origine": ["college", "travail_de_rue", "bouche_a_oreille", "demarche_personnelle", "famille", "partenaire", "autre"],
    "orienteur": ["direction_vie_scolaire", "enseignants", "assistants_service_social", "autre"],
    "niveau": ["6e", "5e", "4e", "3e", "autre"],
    "demande_initiale": OBJECTIVES,
    "objectif": OBJECTIVES,
    "parents_associes": ["oui", "non"],
    "age": ["11_ou_moins", "12", "13", "14", "15", "16_ou_plus"],
    "nombre_d_objectifs": ["1", "2", "3", "4_ou_plus"],
    "demande_travaillee": ["oui", "non"],
    "mois_d_ouverture": ["avant", *(f"mois_{month:02}" for month in range(1, 13))],
    "duree": ["moins_de_3_mois", "3_a_5_mois", "6_a_11_mois", "12_mois_ou_plus"],
    "fin_dans_l_annee": ["oui", "non"],
}
RECORDED = {name: ONLY_RECORDED for name in list(ANSWERS)[:10]}
RECORDED |= {name: ["non_renseigne"] for name in list(ANSWERS)[10:-1]} | {"fin_dans_l_annee": []}
RECORDED["niveau"] = ["hors_college", *ONLY_RECORDED]
GROUPS = {
    ("situation", "hors_college"): ["lyceen", "autre"],
    ("origine", "hors_college"): ANSWERS["origine"][1:],
    ("niveau", "4e_3e"): ["4e", "3e"],
    ("niveau", "6e_5e_autre"): ["6e", "5e", "autre"],
    ("demande_initiale", "scolaire"): ["scolarite", "exclusion_scolaire"],
    ("objectif", "scolaire"): ["scolarite", "exclusion_scolaire"],
}
COLUMNS = [
    "association", "territoire", "uai", "situation", "niveau", "sexe", "annee_naissance", "nouvel_accompagnement",
    "date_debut", "origine", "orienteur", "demande_initiale", "objectifs", "parents_associes",
]  # fmt: skip
# Whose answers are followed from one year to the next, and from collège to collège.
FOLLOWED = ["sexe", "nouvel_accompagnement", "origine", "niveau", "demande_initiale", "objectif", "parents_associes"]
COLLEGES = ["colleges_anciens", "colleges_nouveaux", "colleges_sortis", "college_inconnu"]
FEW = {1, 2, 3, 4}


class Person(NamedTuple):
    """A row of the file, and what it answers to each question."""

    row: dict[str, str]
    answers: dict[str, set[str]]


class Overlap(NamedTuple):
    """A row of ``recouvrements``: count and base of the year, of the earlier one, and both years."""

    count: int
    base: int
    earlier_count: int
    earlier_base: int
    twice: int | None


class Cluster(NamedTuple):
    """A row of ``grappes``."""

    colleges: int
    persons: int
    size: float
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


def _bracket(value: int, bounds: list[int], names: list[str]) -> str:
    for bound, name in zip(bounds, names, strict=False):
        if value < bound:
            return name
    return names[-1]


def _months(start: date, end: date) -> int:
    """Complete months between two days."""
    whole = 12 * (end.year - start.year) + end.month - start.month
    return whole if end.day >= start.day else whole - 1


def read_person(row: dict[str, str], year: int) -> Person:
    """What a row answers to each question."""
    goals = {each.strip() for each in row["objectifs"].split(";")} - {""}
    themes, request = goals & set(OBJECTIVES), row["demande_initiale"]
    start, end = _day(row["date_debut"]), _day(row["date_fin"])
    last = date(year, 12, 31)
    found = {name: {row[name]} - {""} for name in list(ANSWERS)[:10] if name != "objectif"} | {"objectif": goals}
    birth, own = row["annee_naissance"], len(themes)
    found["age"] = {_bracket(year - int(birth), [12, 13, 14, 15, 16], ANSWERS["age"])} if birth else set()
    found["nombre_d_objectifs"] = {_bracket(own, [2, 3, 4], ANSWERS["nombre_d_objectifs"])} if own else set()
    is_known = request in OBJECTIVES and themes
    found["demande_travaillee"] = {"oui" if request in goals else "non"} if is_known else set()
    found["mois_d_ouverture"] = {f"mois_{start.month:02}" if start.year == year else "avant"} if start else set()
    months = _months(start, min(end or last, last)) if start else None
    found["duree"] = set() if months is None else {_bracket(months, [3, 6, 12], ANSWERS["duree"])}
    found["fin_dans_l_annee"] = {"oui" if end and end.year == year else "non"}
    return Person(row, {name: answers or {"non_renseigne"} for name, answers in found.items()})


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


def giving(persons: Iterable[Person], indicator: str, answer: str) -> int:
    """Who gives an answer, or one of those of a group."""
    meant = set(GROUPS.get((indicator, answer), [answer]))
    return sum(bool(each.answers[indicator] & meant) for each in persons)


def groups_of(indicator: str) -> list[str]:
    """The groups of answers of an indicator."""
    return [group for name, group in GROUPS if name == indicator]


def answers_of(indicator: str) -> list[str]:
    """Every answer of an indicator, what is only recorded and groups included."""
    return [*ANSWERS[indicator], *RECORDED[indicator], *groups_of(indicator)]


def _margins(persons: list[Person], year: int, perimeter: str) -> Rows:
    rows = {Key(year, perimeter, "accompagnements"): exactly("personnes", len(persons))}
    for name in [name for name in ANSWERS if name in COUNTED[perimeter]]:
        asked = [each for each in persons if name != "orienteur" or each.row["origine"] == "college"]
        for answer in answers_of(name):
            count = giving(asked, name, answer)
            if count or answer not in RECORDED[name] or answer == "non_renseigne":
                rows[Key(year, perimeter, name, answer)] = exactly("personnes", count, len(asked))
    return rows


def _of_the_file(followed: list[Person], year: int) -> Rows:
    rows = {
        Key(year, "alses", name): exactly(unit, len({each.row[column] for each in followed} - {""}))
        for name, unit, column in (("colleges_suivis", "colleges", "uai"), ("associations_suivantes", "associations", "association"))
    }
    for column in COLUMNS:
        asked = [each for each in followed if column != "orienteur" or each.row["origine"] == "college"]
        filled = sum(bool(each.row[column]) for each in asked)
        rows[Key(year, "alses", "colonne_remplie", column)] = exactly("personnes", filled, len(asked))
    for name, is_ended in (("duree_terminee", True), ("duree_en_cours", False)):
        starts = {id(each): _day(each.row["date_debut"]) for each in followed}
        ends = {id(each): _day(each.row["date_fin"]) for each in followed}
        kept = [each for each in followed if starts[id(each)] and bool(ends[id(each)] and ends[id(each)].year == year) == is_ended]
        last = date(year, 12, 31)
        lengths = sorted(_months(starts[id(each)], min(ends[id(each)] or last, last)) for each in kept)
        lengths = [length for length in lengths if length >= 0]
        for rank, answer in enumerate(("premier_quartile", "mediane", "troisieme_quartile"), start=1):
            if len(lengths) >= 20:
                rows[Key(year, "alses", name, answer)] = exactly("mois", lengths[-(-rank * len(lengths) // 4) - 1])
    return rows


# --- cross-tabulations and two years -----------------------------------------------------------------------------------


def crossed(followed: list[Person], key: Key) -> Row:
    """A cell: persons who give one of the answers of its row among those who give one of those of its column."""
    inside = [each for each in followed if each.answers[key.crossed_with] & set(key.crossed.split("+"))]
    given = sum(bool(each.answers[key.indicator] & set(key.modality.split("+"))) for each in inside)
    return exactly("personnes", given, len(inside))


def overlap_of(now: list[Person], before: list[Person], population: str, indicator: str, answer: str) -> Overlap:
    """A row of ``recouvrements``: the persons of both years, or those of a kind of collège."""
    if population != "personnes_communes":
        now, before = (_kinds(*each)[population] for each in ((now, before, COLLEGES[1]), (before, now, COLLEGES[2])))
    else:
        earlier = {each.row["identifiant"]: each for each in before}
        pairs = [(each, earlier[each.row["identifiant"]]) for each in now if each.row["identifiant"] in earlier]
        now, before = [one for one, _ in pairs], [other for _, other in pairs]
    if indicator == "accompagnements":
        counts, twice = (len(now), len(now), len(before), len(before)), len(now)
    else:
        counts = giving(now, indicator, answer), len(now), giving(before, indicator, answer), len(before)
        meant = set(GROUPS.get((indicator, answer), [answer]))
        twice = sum(bool(one.answers[indicator] & meant and other.answers[indicator] & meant) for one, other in zip(now, before, strict=False))
    return Overlap(*counts, twice if population == "personnes_communes" else None)


def _kinds(own: list[Person], other: list[Person], alone: str) -> dict[str, list[Person]]:
    elsewhere = {each.row["uai"] for each in other} - {""}
    kinds: dict[str, list[Person]] = {name: [] for name in COLLEGES}
    for each in own:
        uai = each.row["uai"]
        kinds["college_inconnu" if not uai else COLLEGES[0] if uai in elsewhere else alone].append(each)
    return kinds


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
    rows = [row for row in read_csv(path) if row["population"] == "ensemble" and row["perimetre"] == "alses"]
    return [(row["indicateur"], row["modalite"]) for row in rows if int(row["annee_anterieure"]) == before]


def shown_overlaps(path: Path, before: int, years: tuple[list[Person], list[Person]]) -> dict[tuple[str, str, str], Overlap]:
    """What is shown of two years, once it holds: exact by kind of collège, four multiples of five near the truth else."""
    shown = read_overlaps(path, before)
    for key, row in shown.items():
        true = overlap_of(*years, *key)
        if key[0] != "personnes_communes":
            assert row == true, key
            continue
        cells, counted = (
            (each.twice, each.count - each.twice, each.earlier_count - each.twice, each.base - each.count - each.earlier_count + each.twice)
            for each in (row, true)
        )
        assert row.base == row.earlier_base == 5 * round(true.base / 5), key
        assert all(cell % 5 == 0 and abs(cell - own) < 10 for cell, own in zip(cells, counted, strict=True)), key
    return shown


# --- clusters ----------------------------------------------------------------------------------------------------------


def _cluster(given: dict[str, int], sizes: dict[str, int], *, moved: int = 0) -> Cluster | None:
    """How alike the persons of one collège are; rounding moves each count by the root of ``moved``, on average."""
    total, many, everyone = sum(sizes.values()), len(sizes), sum(given.values())
    if many < 2 or total == many or everyone in (0, total):
        return None
    # Sums of squares of zeros and ones: between collèges, and inside them.
    inside = sum(Fraction(count**2, sizes[uai]) for uai, count in given.items())
    between = (inside - Fraction(everyone**2, total)) / (many - 1)
    within = (everyone - inside) / (total - many)
    yes = Fraction(everyone, total)
    # Who gives the answer and who does not are moved apart: their share moves by both, over the size of the collège.
    between -= moved * sum(((1 - yes) ** 2 + yes**2) / size for size in sizes.values()) / many
    between = max(between, Fraction(0))
    size = (total - Fraction(sum(n * n for n in sizes.values()), total)) / (many - 1)
    alike = _likeness(between, within, size)
    # What the ratio of both would be, at either end of what chance makes of it.
    chances = [fisher.ppf(chance, many - 1, total - many) for chance in (0.975, 0.025)]
    low, high = (_likeness(float(between), float(within) * chance, float(size)) for chance in chances)
    effect = float(1 + (size - 1) * alike)
    return Cluster(many, total, float(size), float(alike), effect, low, high)


def _likeness(between: Fraction | float, within: Fraction | float, size: Fraction | float) -> Fraction | float:
    return max(0 * between, (between - within) / (between + (size - 1) * within))


# --- from what is published of collèges --------------------------------------------------------------------------------

# The counts of a collège by question and answer, as they are shown.
Shown = dict[str, dict[tuple[str, str], int]]
SIZE = ("accompagnements", "")
# The mean square of −2, −1, 0, 1 and 2: how far the nearest multiple of five is.
MOVED = 2


def shown_of_colleges(path: Path) -> Shown:
    """The protected figures of the collèges of a year, from ``indicateurs_des_sites``."""
    found: Shown = {}
    for row in read_csv(path) if path.is_file() else ():
        if row["site_type"] == "college" and row["perimetre"] == "alses" and not row["croise_avec"]:
            found.setdefault(row["site"], {})[row["indicateur"], row["modalite"]] = int(row["effectif_arrondi"])
    return found


def clusters_of_colleges(shown: Shown) -> dict[tuple, Cluster]:
    """How alike the persons of one collège are, from what is shown of collèges."""
    sizes = {uai: counts[SIZE] for uai, counts in shown.items() if counts[SIZE]}
    found = {}
    for key in [(name, answer) for name in FOLLOWED for answer in [*ANSWERS[name], *groups_of(name)]]:
        given = {uai: shown[uai].get(key, 0) for uai in sizes}
        cluster = _cluster(given, sizes, moved=MOVED)
        found |= {key: cluster} if cluster else {}
    return found


def spread_of_colleges(key: tuple[str, str], whole: Overlap, now: Shown, before: Shown) -> Spread:
    """The error of a difference: each collège that is shown is one draw, and each person who is in none of them."""
    pulls, alone = Counter(), 0.0
    sides = (1, now, whole.count, whole.base), (-1, before, whole.earlier_count, whole.earlier_base)
    for sign, shown, count, base in sides:
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


def recompute_export(path: Path, year: int) -> Rows:
    """Every indicator that is counted of a clean export, but cross-tabulations."""
    known = populations(read_export(path, year))
    rows: Rows = {}
    for perimeter, persons in known.items():
        rows |= _margins(persons, year, perimeter)
    return rows | _of_the_file(known["alses"], year)


# --- in the raw folder -------------------------------------------------------------------------------------------------


@family(*list(ANSWERS)[10:], "colleges_suivis", "associations_suivantes", "colonne_remplie")
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
    persons = read_export(path, year) if path else []
    known = {row["association"] for row in raw.table("reference", "associations")} | {""}
    unknown = [sum(each.row["association"] not in known for each in persons)]
    unknown += [sum(each.row["college"] != "" and not each.row["uai"] for each in persons)]
    size = len(persons)
    is_told = not any(0 < count < 5 or count == size for count in unknown)
    kept = None if 0 < size < 5 else size
    counts = {"lues": kept, "gardees": kept, "rejetees": 0, "modifications": sum(unknown) if is_told else None}
    return {
        Key(year, "donnees", "lignes_export", name): (Row("lignes", None, precision="non_publie") if n is None else exactly("lignes", n))
        for name, n in (counts if path else {}).items()
    }


def outcome(figure: dict, rows: Rows, before: Rows) -> str:
    """What the export says of a printed figure: ``rows`` are its counts, ``before`` those of the year before."""
    place = tuple(figure[name] for name in ("perimetre", "indicateur", "modalite"))
    year, said = int(figure["annee"]), Fraction(figure["valeur"])
    row, earlier = rows.get(Key(year, *place)), before.get(Key(year - 1, *place))
    half = Fraction(1, 2 * 10 ** len(figure["valeur"].partition(".")[2]))
    is_share = figure["mesure"] == "part" or figure["unite"] == "points"
    if row is None or (is_share and not row.base[0]):
        return "non_recomptable"
    if figure["base"]:
        return "ambigu"
    now = 100 * row.ends[0] if is_share else Fraction(row.counts[0])
    if figure["mesure"] == "ecart":
        if earlier is None or earlier.counts is None:
            return "non_recomptable"
        low, high = (100 * end for end in earlier.ends) if is_share else earlier.counts
        wide = half * (1 if low < high else 2) if is_share else 0
        return "concorde" if now - high - wide <= said <= now - low + wide else "differe"
    if figure["operateur"] == "plus_de":
        return "concorde" if now > said else "differe"
    near = (Fraction(5, 2) if is_share else said / 10) if figure["operateur"] == "pres_de" else half * is_share
    return "concorde" if abs(now - said) <= near else "differe"


@family("rapprochements")
def reconciled(raw: Raw, year: int) -> Rows:
    """The printed figures of persons, by what the export of the year says of them."""
    if not raw.export(year):
        return {}
    rows = records(raw, year)
    before = records(raw, year - 1) or populations_printed(raw, year - 1) | single_answers(raw, year - 1)
    printed = [row for row in raw.received(year, "chiffres_publies") if row["perimetre"] in COUNTED]
    found = Counter(outcome(figure, rows, before) for figure in printed)
    names = ["concorde", "differe", "ambigu", "non_recomptable"]
    counts = {"rapproches": len(printed)} | {name: found[name] for name in names} if printed else {}
    return {Key(year, "donnees", "rapprochements", name): exactly("chiffres", n) for name, n in counts.items()}
