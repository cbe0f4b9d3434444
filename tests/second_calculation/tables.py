"""The posts, the meetings and the statements, read by hand (« oct-19 », « 1,5 ans », « NON », « REP + ») and counted."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

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


@dataclass(frozen=True)
class Post:
    """One new post: what is printed, and how it is read."""

    printed: dict
    read: dict[str, str]
    uai: str
    start: date
    before: Fraction
    as_alses: Fraction

    def answer(self, condition: str) -> str:
        """The answer to a condition, printed or read from the seniority."""
        if condition == "experience_prevention":
            return "oui" if self.before else "non"
        if condition == "premiere_prise_de_poste":
            return "oui" if self.as_alses == 0 else "incertain" if self.as_alses < 1 else "non"
        if condition == "mois_de_debut":
            return f"{self.start:%Y_%m}"
        return self.read[condition]


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
        read = {name: spellings[row[name]] for name, spellings in CONDITIONS.items()}
        read["association"] = raw.aliases.get(("association", row["association"]), row["association"])
        seniority = (years_in(row[name]) for name in ("anciennete_prev", "anciennete_alses"))
        found.append(Post(row, read, college_of(raw, row["college"]), day_of(row["date_debut"]), *seniority))
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
    for month, count in Counter(post.answer("mois_de_debut") for post in all_posts).items():
        rows[Key(year, "postes", "mois_de_debut", month)] = exactly("postes", count, len(all_posts))
    for association, count in Counter(post.read["association"] for post in all_posts).items():
        cell = Key(year, "postes", "nouveaux_postes", "", "association", association)
        rows[cell] = exactly("postes", count, len(all_posts))
    crossed = [(BY_ASSOCIATION, post.read["association"]) for post in all_posts]
    for name, association in {**dict.fromkeys((name, "") for name in ANSWERS), **dict.fromkeys(crossed)}:
        among = [post for post in all_posts if association in ("", post.read["association"])]
        cross = ("association", association) if association else ("", "")
        for answer in ANSWERS[name]:
            members = GROUPED.get((name, answer), (answer,))
            count = sum(post.answer(name) in members for post in among)
            rows[Key(year, "postes", name, answer, *cross)] = exactly("postes", count, len(among))
    return rows


@family("ips_du_college", "eleves_inscrits")
def colleges(raw: Raw, year: int) -> Rows:
    """The collèges of the posts among all those of the département; their pupils, each collège once."""
    all_posts = posts(raw, year)
    if not all_posts:
        return {}
    marks = {row["repere"]: Fraction(row["valeur"]) for row in raw.table("reference", "reperes")}
    quartile, median = marks["ips_premier_quartile"], marks["ips_mediane"]
    places = Counter()
    for post in all_posts:
        index = raw.colleges[post.uai]["ips_2022_23"]
        if not index:
            places["inconnu"] += 1
        elif Fraction(index) <= quartile:
            places["premier_quartile"] += 1
        else:
            places["sous_mediane" if Fraction(index) <= median else "au_dessus"] += 1
    rows = {
        Key(year, "postes", "ips_du_college", name): exactly("postes", places[name], len(all_posts))
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
SCALES = ["alses", "cadres_intermediaires", "territorial", "interinstitutionnel"]
AT_COLLEGE = ("college", "principal", "cpe", "enseignants", "assistant_service_social", "conseil_administration")
FAMILIES_OF_PUPILS = ("collegiens", "parents")
ACTORS = [
    *("alses", "equipe_prevention", "association", "chef_de_service", "coordinateur", "reseau_prevention", "apsn"),
    *(*AT_COLLEGE, "education_nationale", "departement", "dtpas", *FAMILIES_OF_PUPILS),
]


def _codes(row: dict, column: str) -> list[str]:
    return [code for code in row[column].split(";") if code]


@family(
    "enonces", "theme_enonce", "nature_enonce", "echelle_enonce", "acteur_enonce", "association_enonce", "chiffre_lie",
    "reunion_enonce", "niveaux_proposes",
)  # fmt: skip
def statements(raw: Raw, year: int) -> Rows:
    """The statements: how many, by theme, nature, scale, actor and association; all but the last, by nature too."""
    said = raw.table(year, "enonces")
    if not said:
        return {}
    rows = {Key(year, "enonces", "enonces"): exactly("enonces", len(said))}

    def count(indicator: str, modality: str, are_meant: Callable[[dict], bool], *, by_nature: bool) -> None:
        for nature in ["", *NATURES] if by_nature else [""]:
            number = sum(are_meant(row) and nature in ("", row["nature"]) for row in said)
            cross = ("nature_enonce", nature) if nature else ("", "")
            rows[Key(year, "enonces", indicator, modality, *cross)] = exactly("enonces", number, len(said))

    for theme in {row["theme"] for row in said}:
        count("theme_enonce", theme, lambda row, theme=theme: row["theme"] == theme, by_nature=True)
    for nature in NATURES:
        count("nature_enonce", nature, lambda row, nature=nature: row["nature"] == nature, by_nature=False)
    for scale in SCALES:
        count("echelle_enonce", scale, lambda row, scale=scale: row["echelle"] == scale, by_nature=True)
    groups = {"cote_college": AT_COLLEGE, "familles": FAMILIES_OF_PUPILS}
    for name, members in [*((actor, (actor,)) for actor in ACTORS), *groups.items()]:
        meant = set(members)
        count("acteur_enonce", name, lambda row, meant=meant: bool(meant & set(_codes(row, "acteurs"))), by_nature=True)
    for name in {name for row in said for name in _codes(row, "associations")}:
        count("association_enonce", name, lambda row, name=name: name in _codes(row, "associations"), by_nature=False)
    for name, is_linked in (("oui", True), ("non", False)):
        count("chiffre_lie", name, lambda row, linked=is_linked: bool(row["indicateur_lie"]) is linked, by_nature=False)
    if any(row.get("reunion") for row in said):
        for group in (*GROUPS, ""):
            count("reunion_enonce", group or "inconnue", lambda row, group=group: row["reunion"] == group, by_nature=False)
    if proposed := {row["echelle"] for row in said if row["theme"] == "perspectives"}:
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
    answers = {row["id"]: set() for row in said}
    for row in said:
        for tension in _codes(row, "repond_a"):
            answers[tension].add(row["nature"])
    tensions = [answers[row["id"]] for row in said if row["nature"] == "tension"]
    if not any(answers.values()):
        return {}
    kinds = {
        "levier": sum(found == {"levier"} for found in tensions),
        "recommandation": sum(found == {"recommandation"} for found in tensions),
        "les_deux": sum(found == {"levier", "recommandation"} for found in tensions),
        "aucune": sum(not found for found in tensions),
        "au_moins_une": sum(bool(found) for found in tensions),
    }
    return {
        Key(year, "enonces", "reponse_tension", name): exactly("enonces", count, len(tensions))
        for name, count in kinds.items()
    }


# --- the associations --------------------------------------------------------------------------------------------------


@family("associations_nommees", "presence_associations")
def associations(raw: Raw, year: int) -> Rows:
    """The associations: in the table of the posts, in a list of a meeting, in the statements.

    Two names that the register joins may be those of one association: name by name, then as if they were.
    """
    places = {
        "postes": [post.read["association"] for post in posts(raw, year)],
        "reunions": [name for row in raw.table(year, "reunions") for name in _codes(row, "associations")],
        "synthese": [name for row in raw.table(year, "enonces") for name in _codes(row, "associations")],
    }
    found = {name for names in places.values() for name in names}
    owner = {row["association"]: row["rattachement"] for row in raw.table("reference", "associations")}
    cases = []
    for is_joined in (False, True):
        marks: dict[str, set[str]] = {}
        for place, names in places.items():
            for name in names:
                joined = owner.get(name) if is_joined and owner.get(name) in found else name
                marks.setdefault(joined, set()).add(place)
        cases.append(list(marks.values()))
    if not found:
        return {}
    wanted = {
        "postes": lambda mark: "postes" in mark,
        "reunions": lambda mark: "reunions" in mark,
        "synthese": lambda mark: "synthese" in mark,
        "postes_sans_reunion": lambda mark: "postes" in mark and "reunions" not in mark,
        "reunions_sans_poste": lambda mark: "reunions" in mark and "postes" not in mark,
        "synthese_seule": lambda mark: mark == {"synthese"},
    }
    named = ends(len(marks) for marks in cases)
    rows = {Key(year, "reseau_alses", "associations_nommees"): _between("associations", named)}
    for name, is_wanted in wanted.items():
        counts = [sum(map(is_wanted, marks)) for marks in cases]
        shares = ends(Fraction(100 * count, len(marks)) for count, marks in zip(counts, cases, strict=True))
        rows[Key(year, "reseau_alses", "presence_associations", name)] = _between("associations", ends(counts), named, shares)
    return rows


def _between(unit: str, counts: tuple, base: tuple | None = None, joint: tuple | None = None) -> Row:
    """A figure known by its ends; deduced unless both are the same."""
    joint = joint and tuple(share / 100 for share in joint)
    return Row(unit, counts, base, precision="exact" if counts[0] == counts[1] else "deduit", joint=joint)
