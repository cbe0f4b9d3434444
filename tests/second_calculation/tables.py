"""The posts, the meetings and the statements, read by hand (« oct-19 », « 1,5 ans », « NON », « REP + ») and counted."""

import re
import unicodedata
from collections import Counter
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from second_calculation.rows import Key, Raw, Row, Rows, ends, exactly, family

# --- the new posts -----------------------------------------------------------------------------------------------------

MONTHS = ["janv", "févr", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct", "nov", "déc"]
YES_NO = {"OUI": "oui", "NON": "non"}
UNSURE = {**YES_NO, "Ne Sait Pas": "ne_sait_pas"}
# How each condition is printed, and what is meant; a list of answers for which nobody answered holds a zero.
CONDITIONS = {
    "type_education_prioritaire": {"REP": "rep", "REP +": "rep_plus", "": "non_renseigne"},
    "equipe_sur_le_quartier": {**YES_NO, "Agil": "autre"},
    "convention": UNSURE,
    "projet_annuel": {**UNSURE, "en cours": "en_cours"},
    "bureau": YES_NO,
    "presentation_formelle": YES_NO,
}


def years_in(printed: str) -> Fraction:
    """« 1,5 ans » or « 6 mois » as a number of years; « NON » is none."""
    if printed == "NON":
        return Fraction(0)
    number, unit = re.fullmatch(r"([\d,]+) (an|mois)s?", printed).groups()
    return Fraction(number.replace(",", ".")) / (12 if unit == "mois" else 1)


def day_of(printed: str) -> date:
    """« oct-19 » or « 13-janv-20 » as a date; the first of the month when no day is printed."""
    *day, month, year = printed.split("-")
    return date(2000 + int(year), MONTHS.index(month) + 1, int(day[0]) if day else 1)


def fold(text: str) -> str:
    """Without accents, case or signs: what two spellings of a name have in common."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return " ".join(re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode().lower()))


class Post(NamedTuple):
    """One new post: what is printed, what it answers to each condition, and how the rest is read."""

    printed: dict
    read: dict[str, str]
    uai: str
    start: date
    before: Fraction
    as_alses: Fraction


def college_of(raw: Raw, printed: str) -> str:
    """The UAI of a printed collège: reviewed, or the one whose name and commune hold the printed ones."""
    if ("college", printed) in raw.aliases:
        return raw.aliases["college", printed]
    name, _, commune = printed.rstrip(")").partition(" (")
    found = [
        uai
        for uai, row in raw.colleges.items()
        if set(fold(name).split()) <= set(fold(row["nom_officiel"]).split()) and fold(commune) == fold(row["commune"])
    ]
    assert len(found) == 1, f"{printed}: {found}"
    return found[0]


def posts(raw: Raw, year: int) -> list[Post]:
    """The posts of a year, each row that only repeats another left out."""
    found, seen = [], set()
    for row in raw.table(year, "prises_de_poste"):
        said = tuple(value for name, value in row.items() if name != "ligne")
        if said in seen:
            continue
        seen.add(said)
        start, before, as_alses = day_of(row["date_debut"]), years_in(row["anciennete_prev"]), years_in(row["anciennete_alses"])
        read = {name: spellings[row[name]] for name, spellings in CONDITIONS.items()}
        read["association"] = raw.aliases.get(("association", row["association"]), row["association"])
        read["experience_prevention"] = "oui" if before else "non"
        read["premiere_prise_de_poste"] = "oui" if as_alses == 0 else "incertain" if as_alses < 1 else "non"
        found.append(Post(row, read, college_of(raw, row["college"]), start, before, as_alses))
    return found


ANSWERS = {name: list(dict.fromkeys(spellings.values())) for name, spellings in CONDITIONS.items()} | {
    "convention": ["oui", "non", "ne_sait_pas"],
    "experience_prevention": ["oui", "non"],
    "premiere_prise_de_poste": ["oui", "incertain", "non", "oui_ou_incertain"],
}
BY_ASSOCIATION = "equipe_sur_le_quartier"  # the answer that is also published association by association
GROUPED = {("premiere_prise_de_poste", "oui_ou_incertain"): ("oui", "incertain")}


@family("nouveaux_postes", "mois_de_debut", *ANSWERS)
def conditions(raw: Raw, year: int) -> Rows:
    """The posts one by one: how many, the month of their start, the answers; then the posts by association."""
    all_posts = posts(raw, year)
    if not all_posts:
        return {}
    rows = {Key(year, "postes", "nouveaux_postes"): exactly("postes", len(all_posts))}
    for month, count in Counter(f"{post.start:%Y_%m}" for post in all_posts).items():
        rows[Key(year, "postes", "mois_de_debut", month)] = exactly("postes", count, len(all_posts))

    def count(name: str, among: list[Post], *cross: str) -> None:
        for answer in ANSWERS[name]:
            members = GROUPED.get((name, answer), (answer,))
            rows[Key(year, "postes", name, answer, *cross)] = exactly("postes", sum(post.read[name] in members for post in among), len(among))

    for name in ANSWERS:
        count(name, all_posts)
    for association in {post.read["association"] for post in all_posts}:
        own = [post for post in all_posts if post.read["association"] == association]
        cell = Key(year, "postes", "nouveaux_postes", "", "association", association)
        rows[cell] = exactly("postes", len(own), len(all_posts))
        count(BY_ASSOCIATION, own, "association", association)
    return rows


@family("ips_du_college", "eleves_inscrits")
def colleges(raw: Raw, year: int) -> Rows:
    """The collèges of the posts among all those of the département; their pupils, each collège once."""
    all_posts = posts(raw, year)
    if not all_posts:
        return {}
    marks = {row["repere"]: Fraction(row["valeur"]) for row in raw.table("reference", "reperes")}

    def place(index: str) -> str:
        if not index:
            return "inconnu"
        ends = {"premier_quartile": marks["ips_premier_quartile"], "sous_mediane": marks["ips_mediane"]}
        return next((name for name, end in ends.items() if Fraction(index) <= end), "au_dessus")

    places = [place(raw.colleges[post.uai]["ips_2022_23"]) for post in all_posts]
    rows = {
        Key(year, "postes", "ips_du_college", name): exactly("postes", places.count(name), len(all_posts))
        for name in ("premier_quartile", "sous_mediane", "au_dessus", "inconnu")
    }
    enrolled = [raw.colleges[uai]["effectif_2022_23_eleves"] for uai in {post.uai for post in all_posts}]
    if all(enrolled):
        rows[Key(year, "postes", "eleves_inscrits")] = exactly("eleves", sum(map(int, enrolled)))
    return rows


# --- the meetings ------------------------------------------------------------------------------------------------------

OF_ALSES = ("nouveaux", "nord", "sud")


@family("reunions", "invites", "participants")
def meetings(raw: Raw, year: int) -> Rows:
    """Meetings held, present and invited by group; the groups of ALSES together; then each meeting."""
    held, late, present, invited, rows = Counter(), Counter(), Counter(), {}, {}
    for row in raw.table(year, "reunions"):
        group, count = row["groupe"], int(row["participants"])
        held[group] += 1
        late[group] += date.fromisoformat(row["date"]) > date(year, 12, 31)
        present[group] += count
        if row["invites_du_groupe"]:
            invited.setdefault(group, int(row["invites_du_groupe"]))
        cell = Key(year, "reunions", "participants", group, "reunion", f"{date.fromisoformat(row['date']):%Y_%m_%d}")
        rows[cell] = exactly("participants", count)
    for table in (held, late, present, invited):
        together = [table[group] for group in OF_ALSES if group in table]
        if together:
            table["groupes_alses"] = sum(together)
    for group, count in held.items():
        rows[Key(year, "reunions", "reunions", group)] = exactly("reunions", count)
        after = Key(year, "reunions", "reunions", group, "periode", "apres_l_annee")
        rows[after] = exactly("reunions", late[group], count)
        rows[Key(year, "reunions", "participants", group)] = exactly("participants", present[group], invited.get(group))
    for group, count in invited.items():
        rows[Key(year, "reunions", "invites", group)] = exactly("participants", count)
    return rows


# --- the statements ----------------------------------------------------------------------------------------------------

NATURES = ["constat", "tension", "levier", "recommandation"]
GROUPS = ["journee_nouveaux", "nouveaux", "nord", "sud", "chefs_de_service"]
AT_COLLEGE = ["college", "principal", "cpe", "enseignants", "assistant_service_social", "conseil_administration"]
FAMILIES_OF_PUPILS = ["collegiens", "parents"]
ACTORS = [
    *("alses", "equipe_prevention", "association", "chef_de_service", "coordinateur", "reseau_prevention", "apsn"),
    *(*AT_COLLEGE, "education_nationale", "departement", "dtpas", *FAMILIES_OF_PUPILS),
]
# What a statement may be counted under; themes and associations are those that are named.
UNDER = {
    "theme_enonce": [],
    "nature_enonce": NATURES,
    "echelle_enonce": ["alses", "cadres_intermediaires", "territorial", "interinstitutionnel"],
    "acteur_enonce": [*ACTORS, "cote_college", "familles"],
    "association_enonce": [],
    "chiffre_lie": ["oui", "non"],
    "reunion_enonce": [*GROUPS, "inconnue"],
}
BY_NATURE = {"theme_enonce", "echelle_enonce", "acteur_enonce"}


def _codes(row: dict, column: str) -> set[str]:
    return set(row[column].split(";")) - {""}


def _under(row: dict) -> dict[str, set[str]]:
    """What a statement counts under: each of its actors, and once each group of them."""
    actors = _codes(row, "acteurs")
    groups = {"cote_college": AT_COLLEGE, "familles": FAMILIES_OF_PUPILS}
    return {
        "theme_enonce": {row["theme"]},
        "nature_enonce": {row["nature"]},
        "echelle_enonce": {row["echelle"]},
        "acteur_enonce": actors | {name for name, members in groups.items() if actors.intersection(members)},
        "association_enonce": _codes(row, "associations"),
        "chiffre_lie": {"oui" if row["indicateur_lie"] else "non"},
        "reunion_enonce": {row.get("reunion") or "inconnue"},
    }


@family("enonces", "niveaux_proposes", *UNDER)
def statements(raw: Raw, year: int) -> Rows:
    """The statements: how many, under each heading; under a theme, a scale or an actor, by nature too."""
    said = [(row, _under(row)) for row in raw.table(year, "enonces")]
    if not said:
        return {}
    rows = {Key(year, "enonces", "enonces"): exactly("enonces", len(said))}
    for indicator, answers in UNDER.items():
        if indicator == "reunion_enonce" and not any(row.get("reunion") for row, _ in said):
            continue
        for answer in answers or set().union(*(under[indicator] for _, under in said)):
            natures = [row["nature"] for row, under in said if answer in under[indicator]]
            rows[Key(year, "enonces", indicator, answer)] = exactly("enonces", len(natures), len(said))
            for nature in NATURES if indicator in BY_NATURE else ():
                cell = Key(year, "enonces", indicator, answer, "nature_enonce", nature)
                rows[cell] = exactly("enonces", natures.count(nature), len(said))
    if proposed := {row["echelle"] for row, _ in said if row["theme"] == "perspectives"}:
        rows[Key(year, "enonces", "niveaux_proposes")] = exactly("niveaux", len(proposed))
    return rows


# The sections of page 02 and what each counts, for the figures that statements stand beside in the reports tested.
SECTIONS = {
    "deploiement": {*CONDITIONS, "experience_prevention", "premiere_prise_de_poste"},
    "volume": {"accompagnements", "situation", "suivi_par"}, "public": {"sexe", "nouvel_accompagnement", "age"}, "entrees": {"origine", "orienteur"},
    "parents": {"parents_associes"}, "demandes": {"demande_initiale", "objectif"}, "niveaux": {"niveau"}, "temps": {"duree"}, "reunions": {"participants", "invites"},
    "reseau": {"postes"}, "associations": {"associations_nommees"}, "enonces": {"enonces"}, "donnees": {"lignes"},
}  # fmt: skip


@family("rubrique_liee")
def linked_sections(raw: Raw, year: int) -> Rows:
    """The statements that stand beside a figure, by the section of the figure; nothing if none does."""
    indicators = [row["indicateur_lie"].split("/")[1] for row in raw.table(year, "enonces") if row["indicateur_lie"]]
    assert set(indicators) <= set().union(*SECTIONS.values())
    return {
        Key(year, "enonces", "rubrique_liee", name): exactly("enonces", sum(each in section for each in indicators), len(indicators))
        for name, section in SECTIONS.items() if indicators
    }


@family("reponse_tension")
def answered_tensions(raw: Raw, year: int) -> Rows:
    """The tensions, by the nature of the statements that answer them; nothing if no answer is coded in the year."""
    said = raw.table(year, "enonces")
    answers = {row["id"]: {each["nature"] for each in said if row["id"] in _codes(each, "repond_a")} for row in said}
    tensions = [answers[row["id"]] for row in said if row["nature"] == "tension"]
    if not any(answers.values()):
        return {}
    both = {"levier", "recommandation"}
    kinds = {"levier": [{"levier"}], "recommandation": [{"recommandation"}], "les_deux": [both], "aucune": [set()]}
    counts = {name: sum(found in meant for found in tensions) for name, meant in kinds.items()}
    counts["au_moins_une"] = sum(map(bool, tensions))
    return {Key(year, "enonces", "reponse_tension", name): exactly("enonces", n, len(tensions)) for name, n in counts.items()}


# --- the associations --------------------------------------------------------------------------------------------------


@family("associations_nommees", "presence_associations")
def associations(raw: Raw, year: int) -> Rows:
    """The associations: in the table of the posts, in a list of a meeting, in the statements.

    Two names that the register joins may be those of one association: name by name, then as if they were.
    """
    places = {
        "postes": {post.read["association"] for post in posts(raw, year)},
        "reunions": {name for row in raw.table(year, "reunions") for name in _codes(row, "associations")},
        "synthese": {name for row in raw.table(year, "enonces") for name in _codes(row, "associations")},
    }
    found = set().union(*places.values())
    if not found:
        return {}
    owner = {row["association"]: row["rattachement"] for row in raw.table("reference", "associations") if row["rattachement"] in found}
    cases = []
    for joined in ({}, owner):
        marks: dict[str, set[str]] = {}
        for place, names in places.items():
            for name in names:
                marks.setdefault(joined.get(name, name), set()).add(place)
        cases.append(list(marks.values()))
    wanted = {place: lambda mark, place=place: place in mark for place in places}
    wanted["postes_sans_reunion"] = lambda mark: "postes" in mark and "reunions" not in mark
    wanted["reunions_sans_poste"] = lambda mark: "reunions" in mark and "postes" not in mark
    wanted["synthese_seule"] = lambda mark: mark == {"synthese"}
    named = ends(len(marks) for marks in cases)
    rows = {Key(year, "reseau_alses", "associations_nommees"): _between("associations", named)}
    for name, is_wanted in wanted.items():
        counts = [sum(map(is_wanted, marks)) for marks in cases]
        shares = ends(Fraction(count, len(marks)) for count, marks in zip(counts, cases, strict=True))
        rows[Key(year, "reseau_alses", "presence_associations", name)] = _between("associations", ends(counts), named, shares)
    return rows


def _between(unit: str, counts: tuple, base: tuple | None = None, joint: tuple | None = None) -> Row:
    """A figure known by its ends; deduced unless both are the same."""
    return Row(unit, counts, base, precision="exact" if counts[0] == counts[1] else "deduit", joint=joint)
