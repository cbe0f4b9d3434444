"""The persons of an export, counted one by one: plain Python over the rows of a clean file.

``recompute_export(path, year, {2020: earlier_path})`` gives the indicators, the overlaps and the clusters. The file is
the canonical table: modalities of the catalogue, one row a person, nothing to reject.
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

from second_calculation import formulas
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
OVERLAPPED = ["sexe", "nouvel_accompagnement", "origine", "niveau", "demande_initiale", "objectif", "parents_associes"]
CLUSTERED = OVERLAPPED
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
    """A row of ``recouvrements`` about everybody: error of a difference in points, in how many collèges."""

    error: float
    colleges: int


class Export(NamedTuple):
    """All that is counted of an export."""

    rows: Rows
    overlaps: dict[tuple, Overlap]
    clusters: dict[tuple, Cluster]
    # By earlier year, population, question and answer.
    spreads: dict[tuple, Spread]


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


def _margins(persons: list[Person], year: int, perimeter: str) -> Rows:
    rows = {Key(year, perimeter, "accompagnements"): exactly("personnes", len(persons))}
    for name in [name for name in ANSWERS if name in COUNTED[perimeter]]:
        asked = [each for each in persons if name != "orienteur" or each.row["origine"] == "college"]
        for answer in [*ANSWERS[name], *RECORDED[name], *groups_of(name)]:
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


# --- crossings ---------------------------------------------------------------------------------------------------------

Column = tuple[str, list[int]]


def folded(columns: list[Column]) -> list[Column]:
    """The columns added together, smallest first, until none holds one to four persons; nothing if one is left."""
    left = [column for column in columns if sum(column[1])]
    while len(left) > 1:
        faulty = [column for column in left if FEW & set(column[1])]
        if not faulty:
            return left
        worst = min(faulty, key=lambda column: sum(column[1]))
        mate = min((column for column in left if column is not worst), key=lambda column: sum(column[1]))
        first, second = (column for column in left if column is worst or column is mate)
        both = (f"{first[0]}+{second[0]}", [a + b for a, b in zip(first[1], second[1], strict=True)])
        left = [both if column is first else column for column in left if column is not second]
    return []


def _in_order(name: str, answers: list[str]) -> str:
    return "+".join(sorted(name.split("+"), key=answers.index))


def _two_questions(persons: list[Person], rows: str, columns: str) -> list[tuple[str, str, int, int]]:
    """Row, column, count, and size of the column's or of the row's side: two single answers, rows the fewer."""
    best: list[tuple[str, str, int]] = []
    shape = (-1, 0)
    seen = [name for name in [*ANSWERS[rows], *RECORDED[rows]] if giving(persons, rows, name)]
    common = [name for name in seen if name in ANSWERS[rows]]
    rare = [name for name in seen if name in RECORDED[rows]]
    readings = [[[name] for name in seen]]
    if len(rare) > 1 and common:
        readings.append([*([name] for name in common), rare])
    if rare and len(common) > 1:
        readings.append([*([name] for name in common[:-1]), [common[-1], *rare]])
    for sides in readings:
        table = []
        for column in [*ANSWERS[columns], *RECORDED[columns]]:
            inside = [each for each in persons if column in each.answers[columns]]
            table.append((column, [sum(giving(inside, rows, name) for name in names) for names in sides]))
        order = [name for name, _ in table]
        kept = [(_in_order(name, order), counts) for name, counts in folded(table)]
        # How many answers of the note stand by themselves.
        alone = sum(name in ANSWERS[columns] for name, _ in kept)
        alone += sum(len(side) == 1 and side[0] in ANSWERS[rows] for side in sides)
        if kept and (alone, len(sides)) > shape:
            shape = (alone, len(sides))
            best = [("+".join(side), name, counts[at]) for name, counts in kept for at, side in enumerate(sides)]
    totals = Counter()
    for row, column, count in best:
        totals[row, ""] += count
        totals["", column] += count
    return [(row, column, count, (totals[row, ""], totals["", column])) for row, column, count in best]


def _goals_by_request(persons: list[Person]) -> list[tuple[str, str, int, int]]:
    """The commonest goals by initial request: as many as can be shown beside who has not each of them."""
    requests = [*OBJECTIVES, *ONLY_RECORDED]
    goals = [name for name in OBJECTIVES if giving(persons, "objectif", name)]
    goals.sort(key=lambda name: giving(persons, "objectif", name), reverse=True)
    while goals:
        table = []
        for request in requests:
            inside = [each for each in persons if request in each.answers["demande_initiale"]]
            having = [giving(inside, "objectif", name) for name in goals]
            table.append((request, having + [len(inside) - count for count in having]))
        kept = folded(table)
        alike = {request: counts[goals.index(request)] for request, counts in kept if request in goals}
        # Who works on what was asked is known: what is not shown of them is a difference.
        if kept and giving(persons, "demande_travaillee", "oui") - sum(alike.values()) not in FEW:
            return [
                (goal, _in_order(request, requests), counts[at], counts[at] + counts[at + len(goals)])
                for request, counts in kept
                for at, goal in enumerate(goals)
            ]
        goals = goals[:-1]
    return []


def _pairs_of_goals(persons: list[Person]) -> list[tuple[str, str, int, int]]:
    names, both, shown = [*OBJECTIVES, *ONLY_RECORDED], {}, []
    for goal, other in itertools.combinations(names, 2):
        four = Counter((goal in each.answers["objectif"], other in each.answers["objectif"]) for each in persons)
        if four[True, True]:
            both[goal, other] = four[True, True]
            if not FEW & set(four.values()):
                shown.append((goal, other))
    # The pairs of all persons are known from how many goals each has: what is left out must not all be able to be few.
    while shown and len(shown) < len(both):
        hidden = [count for pair, count in both.items() if pair not in shown]
        if sum(hidden) > len(hidden) * max(FEW):
            break
        shown.remove(min(shown, key=both.get))
    found = [(*pair, both[pair]) for pair in shown] + [(*pair[::-1], both[pair]) for pair in shown]
    return [(goal, other, count, giving(persons, "objectif", other)) for goal, other, count in found]


def _crossings(followed: list[Person], year: int) -> Rows:
    rows = {}

    def add(indicator: str, answer: str, crossed_with: str, crossed: str, count: int, base: int) -> None:
        rows[Key(year, "alses", indicator, answer, crossed_with, crossed)] = exactly("personnes", count, base)

    for sex, level, count, (of_sex, _) in _two_questions(followed, "sexe", "niveau"):
        add("niveau", level, "sexe", sex, count, of_sex)
    for name in ("nouvel_accompagnement", "parents_associes"):
        for answer, level, count, (_, of_level) in _two_questions(followed, name, "niveau"):
            add(name, answer, "niveau", level, count, of_level)
    for goal, request, count, base in _goals_by_request(followed):
        add("objectif", goal, "demande_initiale", request, count, base)
    for goal, other, count, base in _pairs_of_goals(followed):
        add("objectif", goal, "objectif", other, count, base)
    return rows


# --- two years ---------------------------------------------------------------------------------------------------------


def _shown(parts: dict[str, list[int]], sizes: list[int], indicator: str) -> list[str]:
    """The answers that may be shown: no part, nor what is left of it, nor what those left out share, is one to four."""

    def is_safe(counts: list[int]) -> bool:
        return not FEW & {*counts, *(size - count for size, count in zip(sizes, counts, strict=True))}

    answers = [*ANSWERS[indicator], *RECORDED[indicator]]
    hidden = [name for name in answers if not is_safe(parts[name])]
    if indicator != "objectif":
        waiting = sorted((name for name in answers if name not in hidden and any(parts[name])), key=lambda n: sum(parts[n]))
        while waiting and FEW & {sum(parts[name][at] for name in hidden) for at in range(len(sizes))}:
            hidden.append(waiting.pop(0))
    shown = [name for name in answers if name not in hidden]
    for group in groups_of(indicator):
        members = [parts[name] for name in GROUPS[indicator, group]]
        if indicator == "objectif":
            alone = {whole - own for member in members for whole, own in zip(parts[group], member, strict=True)}
            twice = {sum(each) - whole for *each, whole in zip(*members, parts[group], strict=True)}
            is_told = bool(FEW & (alone | twice))
        else:
            is_told = any(name in hidden for name in GROUPS[indicator, group])
        if not is_told and is_safe(parts[group]):
            shown.append(group)
    return [name for name in shown if any(parts[name])]


def _twice(pairs: list[tuple[Person, Person]], indicator: str, answer: str) -> int | None:
    """Who gives an answer both years, if that and its changes are not one to four persons."""
    meant = set(GROUPS.get((indicator, answer), [answer]))
    kinds = Counter(tuple(bool(each.answers[indicator] & meant) for each in pair) for pair in pairs)
    members = GROUPS.get((indicator, answer), [])
    inside = sum(all(name in each.answers[indicator] for each in pair) for pair in pairs for name in members)
    # Who went from one member of a group to another is the difference of what is shown.
    is_told = FEW & set(kinds.values()) or (members and kinds[True, True] - inside in FEW)
    return None if is_told else kinds[True, True]


def _same_persons(now: list[Person], before: list[Person]) -> dict[tuple, Overlap]:
    earlier = {each.row["identifiant"]: each for each in before}
    pairs = [(each, earlier[each.row["identifiant"]]) for each in now if each.row["identifiant"] in earlier]
    size = len(pairs)
    sizes = [size, len(now) - size, size, len(before) - size]
    if FEW & set(sizes):
        return {}
    found = {("personnes_communes", "accompagnements", ""): Overlap(size, size, size, size, size)}
    for name in OVERLAPPED if size else ():
        parts = {}
        for answer in [*ANSWERS[name], *RECORDED[name], *groups_of(name)]:
            own = [giving([pair[at] for pair in pairs], name, answer) for at in (0, 1)]
            whole = giving(now, name, answer), giving(before, name, answer)
            parts[answer] = [own[0], whole[0] - own[0], own[1], whole[1] - own[1]]
        for answer in _shown(parts, sizes, name):
            count, _, was, _ = parts[answer]
            found["personnes_communes", name, answer] = Overlap(count, size, was, size, _twice(pairs, name, answer))
    return found


def _kinds(own: list[Person], other: list[Person], *, alone: str) -> dict[str, list[Person]]:
    elsewhere = {each.row["uai"] for each in other} - {""}
    kinds: dict[str, list[Person]] = {name: [] for name in COLLEGES}
    for each in own:
        uai = each.row["uai"]
        kinds["college_inconnu" if not uai else COLLEGES[0] if uai in elsewhere else alone].append(each)
    return kinds


def _shown_kinds(sizes: dict[str, tuple[int, int]], sites: dict[str, tuple[int, int]]) -> list[str]:
    shown = list(COLLEGES)
    while shown:
        small = [name for name in shown if FEW & set(sizes[name]) or {1, 2} & set(sites[name])]
        alone = [sum(sites[name][at] for name in COLLEGES if name not in shown) in (1, 2) for at in (0, 1)]
        rest = [sum(sizes[name][at] for name in COLLEGES if name not in shown) for at in (0, 1)]
        if not small and not FEW & set(rest) and not any(alone):
            return shown
        useful = [name for name in shown if any(sizes[name][at] and (alone[at] or rest[at] in FEW) for at in (0, 1))]
        shown.remove(min(small or useful or shown, key=lambda name: sum(sizes[name])))
    return []


def _same_colleges(now: list[Person], before: list[Person]) -> dict[tuple, Overlap]:
    kinds = _kinds(now, before, alone=COLLEGES[1]), _kinds(before, now, alone=COLLEGES[2])
    sizes = {name: tuple(len(year[name]) for year in kinds) for name in COLLEGES}
    # The collèges of persons without a UAI are not known: as many as it takes.
    sites = {name: tuple(len({each.row["uai"] for each in year[name]}) for year in kinds) for name in COLLEGES}
    shown = _shown_kinds(sizes, sites | {"college_inconnu": tuple(3 if size else 0 for size in sizes["college_inconnu"])})
    found = {}
    for kind in shown:
        here, there = sizes[kind]
        found[kind, "accompagnements", ""] = Overlap(here, here, there, there, None)
    of_parts = [sum(sizes[k][at] for k in part) for at in (0, 1) for part in _parts(shown)]
    for name in OVERLAPPED if shown else ():
        parts = {
            answer: [sum(giving(kinds[at][k], name, answer) for k in part) for at in (0, 1) for part in _parts(shown)]
            for answer in [*ANSWERS[name], *RECORDED[name], *groups_of(name)]
        }
        for answer in _shown(parts, of_parts, name):
            for kind in shown:
                count, was = (giving(year[kind], name, answer) for year in kinds)
                found[kind, name, answer] = Overlap(count, sizes[kind][0], was, sizes[kind][1], None)
    return found


def _parts(shown: list[str]) -> list[list[str]]:
    return [*([name] for name in shown), [name for name in COLLEGES if name not in shown]]


# --- clusters ----------------------------------------------------------------------------------------------------------


def _clusters(followed: list[Person]) -> dict[tuple, Cluster]:
    placed = [each for each in followed if each.row["uai"]]
    sizes = Counter(each.row["uai"] for each in placed)
    found = {}
    for name in CLUSTERED:
        for answer in [*ANSWERS[name], *groups_of(name)]:
            meant = set(GROUPS.get((name, answer), [answer]))
            given = Counter(each.row["uai"] for each in placed if each.answers[name] & meant)
            cluster = _cluster(given, sizes)
            found |= {(name, answer): cluster} if cluster else {}
    return found


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
    chances = [formulas.fisher_quantile(chance, many - 1, total - many) for chance in (0.975, 0.025)]
    low, high = (_likeness(float(between), float(within) * chance, float(size)) for chance in chances)
    effect = float(1 + (size - 1) * alike)
    return Cluster(many, total, float(size), float(alike), effect, low, high)


def _likeness(between: Fraction | float, within: Fraction | float, size: Fraction | float) -> Fraction | float:
    return max(0 * between, (between - within) / (between + (size - 1) * within))


# --- how far a difference could move -----------------------------------------------------------------------------------


def _moves(years: tuple[list[Person], list[Person]], name: str, answer: str) -> Spread | None:
    """The error of the difference of both shares of an answer, each collège and each person of none being one draw."""
    meant = set(GROUPS.get((name, answer), [answer]))
    colleges = sorted({each.row["uai"] for persons in years for each in persons} - {""})
    pulls, alone = Counter(), 0.0
    for sign, persons in zip((1, -1), years, strict=True):
        share = Fraction(giving(persons, name, answer), len(persons))
        yes, no = (float(pull / len(persons)) for pull in (1 - share, -share))
        for each in persons:
            pull = yes if each.answers[name] & meant else no
            if each.row["uai"]:
                pulls[each.row["uai"]] += sign * pull
            else:
                alone += pull**2
    many = len(colleges)
    if many < 2:
        return None
    variance = alone + many / (many - 1) * sum(pull**2 for pull in pulls.values())
    error = round(100 * math.sqrt(variance), 6)  # kept to a millionth of a point
    return Spread(error, many) if error else None


def _spreads(now: dict[str, list[Person]], before: dict[str, list[Person]]) -> dict[tuple, Spread]:
    found = {}
    for perimeter, questions in (("alses", OVERLAPPED), ("collegiens", ["suivi_par"])):
        if perimeter in now and perimeter in before:
            for name in questions:
                for answer in [*ANSWERS[name], *groups_of(name)]:
                    moves = _moves((now[perimeter], before[perimeter]), name, answer)
                    found |= {(perimeter, name, answer): moves} if moves else {}
    return found


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
    for key in [(name, answer) for name in CLUSTERED for answer in [*ANSWERS[name], *groups_of(name)]]:
        given = {uai: shown[uai].get(key, 0) for uai in sizes}
        cluster = _cluster(given, sizes, moved=MOVED)
        found |= {key: cluster} if cluster else {}
    return found


def spread_of_colleges(key: tuple[str, str], whole: Overlap, now: Shown, before: Shown) -> Spread | None:
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
    if many < 2:
        return None
    error = round(100 * math.sqrt(alone + many / (many - 1) * sum(pull**2 for pull in pulls.values())), 6)
    return Spread(error, many) if error else None


def recompute_export(path: Path, year: int, earlier_paths: dict[int, Path] | None = None) -> Export:
    """Everything that is counted of a clean export, and of those of earlier years beside it."""
    known = populations(read_export(path, year))
    followed = known["alses"]
    rows: Rows = {}
    for perimeter, persons in known.items():
        rows |= _margins(persons, year, perimeter)
    rows |= _of_the_file(followed, year) | _crossings(followed, year)
    overlaps, spreads = {}, {}
    for before, earlier in (earlier_paths or {}).items():
        then = populations(read_export(earlier, before))
        both = _same_persons(followed, then["alses"]) | _same_colleges(followed, then["alses"])
        overlaps |= {(before, *key): value for key, value in both.items()}
        spreads |= {(before, *key): value for key, value in _spreads(known, then).items()}
    return Export(rows, overlaps, _clusters(followed), spreads)


# --- in the raw folder -------------------------------------------------------------------------------------------------


@family(*list(ANSWERS)[10:], "colleges_suivis", "associations_suivantes", "colonne_remplie")
@cache
def records(raw: Raw, year: int) -> Rows:
    """Every indicator of the export of the year, if there is one; what is printed of the same gives way."""
    path = raw.export(year)
    return recompute_export(path, year).rows if path else {}


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
