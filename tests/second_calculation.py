"""The figures of a report, calculated a second time: plain Python from the raw CSV files, no helper and no library.

The report tightens its intervals with an integer solver; here every base and every count that the printed figures allow
is tried, one by one. Tables are counted by hand-written readings of « oct-19 », « 1,5 ans », « NON », « REP + ».

``recompute(raw, 2020)`` gives ``{Key: Row}``. Each family is a function registered under its indicators: an indicator
that is published and has none fails the tests with its name, and is added here.
"""

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache, cached_property
from itertools import product
from pathlib import Path
from typing import NamedTuple


class Key(NamedTuple):
    """Which figure: the columns that name a row of indicateurs.csv."""

    year: int
    perimeter: str
    indicator: str
    modality: str = ""
    crossed_with: str = ""
    crossed: str = ""

    @property
    def cross(self) -> tuple[str, str]:
        """The indicator and the variable it is crossed with, which is empty when it is not."""
        return self.indicator, self.crossed_with


class Row(NamedTuple):
    """What is published of a figure; counts and bases are (smallest, largest), None when unknown."""

    unit: str
    counts: tuple[int, int] | None
    base: tuple[int, int] | None = None
    share: Fraction | None = None
    decimals: int | None = None
    precision: str = "exact"
    # Smallest and largest count / base over the pairs that hold together, tighter than the ends of both.
    joint: tuple[Fraction, Fraction] | None = None


Rows = dict[Key, Row]
Family = Callable[["Raw", int], Rows]
FAMILIES: dict[str, Family] = {}

# Cross tables that are calculated here and may not be published: they are expected as soon as one of their rows is.
OPTIONAL: set[tuple[str, str]] = set()


def family(*indicators: str) -> Callable[[Family], Family]:
    """Registers the function that calculates these indicators."""

    def register(function: Family) -> Family:
        FAMILIES.update(dict.fromkeys(indicators, function))
        return function

    return register


def read_csv(path: Path, *, delimiter: str = ",") -> list[dict]:
    """The rows of a file as dictionaries of text; none when it is missing."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@dataclass(frozen=True, eq=False)
class Raw:
    """The raw folder, as it is when it is first read."""

    root: Path

    def table(self, year: int | str, name: str) -> list[dict]:
        """The rows of a raw table; none when it was not received."""
        return read_csv(self.root / str(year) / f"{name}.csv")

    @cached_property
    def aliases(self) -> dict[tuple[str, str], str]:
        """The reviewed value of a spelling, by column and spelling."""
        return {(row["colonne"], row["graphie"]): row["valeur"] for row in self.table("reference", "alias")}

    @cached_property
    def colleges(self) -> dict[str, dict]:
        """The register of collèges, by UAI."""
        return {row["uai"]: row for row in self.table("reference", "colleges")}

    def printed(self, year: int) -> list[dict]:
        """The figures printed for a year that bound something: « près de » and « plus de » do not."""
        return [row for row in self.table(year, "chiffres_publies") if row["operateur"] == "="]


def exactly(unit: str, count: int, base: int | None = None) -> Row:
    """A figure known to the unit."""
    return Row(unit, (count, count), None if base is None else (base, base))


# --- persons: every count that the printed figures allow -----------------------------------------------------------------

# The ways in which each single-choice answer adds up to its base, in the terms that the note may print.
PARTITIONS = {
    "situation": [["collegien", "lyceen", "autre"], ["collegien", "hors_college"]],
    "suivi_par": [["alses", "autre_educateur"]],
    "sexe": [["filles", "garcons"]],
    "nouvel_accompagnement": [["oui", "non"]],
    "origine": [
        ["college", "travail_de_rue", "bouche_a_oreille", "demarche_personnelle", "famille", "partenaire", "autre"],
        ["college", "hors_college"],
    ],
    "orienteur": [["direction_vie_scolaire", "enseignants", "assistants_service_social", "autre"]],
    "niveau": [["6e", "5e", "4e", "3e", "autre"], ["4e_3e", "6e_5e_autre"]],
    "demande_initiale": [
        [
            "scolarite",
            "exclusion_scolaire",
            "besoin_de_parler",
            "loisirs_culture_vacances",
            "difficultes_familiales",
            "sante_addiction",
            "mobilite",
            "aides_administratives",
            "autre",
        ],
        [
            "scolaire",
            "besoin_de_parler",
            "loisirs_culture_vacances",
            "difficultes_familiales",
            "sante_addiction",
            "mobilite",
            "aides_administratives",
            "autre",
        ],
    ],
    "parents_associes": [["oui", "non"]],
}
# Several answers a person: nothing adds up, and a group is known only if it is printed.
OBJECTIVES = PARTITIONS["demande_initiale"][0]
# Whose size is a cell of whom: the ALSES follow some of the collégiens, who are some of the persons of the whole.
INSIDE = {"alses": ("collegiens", "suivi_par"), "collegiens": ("prevention_specialisee", "situation")}
# A larger population than any département's.
LARGEST = 20_000


class Printed(NamedTuple):
    """What is printed of one answer: a count, a share with its decimals, and whether the base of the share is known."""

    count: int | None = None
    share: Fraction | None = None
    decimals: int | None = None
    is_ambiguous: bool = False

    def allows(self, count: int, base: int) -> bool:
        """Whether this count of this base may have been printed so, both ends of the rounding included."""
        if self.count is not None and count != self.count:
            return False
        if self.share is None:
            return True
        over, under = self.share.as_integer_ratio()
        return abs(100 * count * under - over * base) * 2 * 10**self.decimals <= base * under

    def candidates(self, base: int) -> list[int]:
        """Every count of this base that may have been printed so."""
        if self.share is None:
            return [self.count] if self.count <= base else []
        # A count one point away cannot round to the share.
        first, last = (int(base * (self.share + shift) / 100) for shift in (-1, 1))
        return [n for n in range(max(0, first), min(base, last + 1) + 1) if self.allows(n, base)]


@cache
def printed_of(raw: Raw, year: int, perimeter: str, indicator: str) -> dict[str, Printed]:
    """What is printed of each answer of an indicator."""
    found: dict[str, Printed] = {}
    for row in raw.printed(year):
        if (row["perimetre"], row["indicateur"]) != (perimeter, indicator) or row["mesure"] == "ecart":
            continue
        known = found.get(row["modalite"], Printed())
        if row["mesure"] == "effectif":
            found[row["modalite"]] = known._replace(count=int(row["valeur"]))
        else:
            places = len(row["valeur"].partition(".")[2])
            found[row["modalite"]] = known._replace(
                share=Fraction(row["valeur"]), decimals=places, is_ambiguous=bool(row["base"])
            )
    return found


@cache
def bases_of(raw: Raw, year: int, perimeter: str, indicator: str) -> list[int]:
    """Every number that the base of an indicator may be; empty when nothing says."""
    if indicator == "orienteur":
        return sorted({counts["college"] for counts, _ in splits(raw, year, perimeter, "origine")})
    return sizes_of(raw, year, perimeter)


@cache
def sizes_of(raw: Raw, year: int, perimeter: str) -> list[int]:
    """Every size that a population may have: printed, counted elsewhere, or tried one by one."""
    said = printed_of(raw, year, perimeter, "accompagnements").get("")
    if said:
        return [said.count]
    if perimeter == "collegiens":
        known = printed_of(raw, year, "prevention_specialisee", "situation").get("collegien")
        return [known.count] if known and known.count is not None else []
    both = [
        printed
        for indicator in PARTITIONS
        for printed in printed_of(raw, year, perimeter, indicator).values()
        if None not in (printed.count, printed.share)
    ]
    return [size for size in range(1, LARGEST) if all(p.allows(p.count, size) for p in both)] if both else []


def splits(raw: Raw, year: int, perimeter: str, indicator: str) -> Iterator[tuple[dict[str, int], int]]:
    """Every way of sharing every base out between the answers that are printed, and the one that is left over."""
    printed = printed_of(raw, year, perimeter, indicator)
    for parts in PARTITIONS[indicator]:
        known, left = [name for name in parts if name in printed], [name for name in parts if name not in printed]
        if len(left) > 1 or not known:
            continue
        for base in bases_of(raw, year, perimeter, indicator):
            for counts in product(*(printed[name].candidates(base) for name in known)):
                rest = base - sum(counts)
                if (left and rest >= 0) or rest == 0:
                    yield dict(zip([*known, *left], [*counts, rest], strict=False)), base


def ends(values: Iterable) -> tuple | None:
    """The smallest and the largest, or None."""
    values = set(values)
    return (min(values), max(values)) if values else None


def _answer(unit: str, printed: Printed, counts: set[int], base: tuple | None, shares: set[Fraction]) -> Row:
    if printed.count is not None:
        precision = "exact"
    elif printed.share is not None:
        precision = "arrondi_imprime"
    else:
        precision = "deduit" if counts else "non_publie"
    base = None if printed.is_ambiguous else base
    return Row(unit, ends(counts), base, printed.share, printed.decimals, precision, ends(shares))


def is_told(raw: Raw, year: int, perimeter: str, indicator: str) -> bool:
    """Whether a row is due: something is printed, or it is where the size of a smaller population belongs."""
    if printed_of(raw, year, perimeter, indicator):
        return True
    return any(
        (perimeter, indicator) == place and any(row["perimetre"] in ("alses", part) for row in raw.printed(year))
        for part, place in INSIDE.items()
    )


@family("accompagnements")
def populations(raw: Raw, year: int) -> Rows:
    """The size of each population that something is told of."""
    rows = {}
    for perimeter in ("alses", "collegiens", "prevention_specialisee"):
        if any(is_told(raw, year, perimeter, name) for name in [*PARTITIONS, "objectif", "accompagnements"]):
            printed = printed_of(raw, year, perimeter, "accompagnements").get("", Printed())
            sizes = set(sizes_of(raw, year, perimeter))
            rows[Key(year, perimeter, "accompagnements")] = _answer("personnes", printed, sizes, None, set())
    return rows


@family(*PARTITIONS)
def single_answers(raw: Raw, year: int) -> Rows:
    """Answers of which each person gives one: counts over every way of sharing the base out."""
    rows = {}
    for perimeter, (indicator, partitions) in product(
        ("alses", "collegiens", "prevention_specialisee"), PARTITIONS.items()
    ):
        if not is_told(raw, year, perimeter, indicator):
            continue
        printed = printed_of(raw, year, perimeter, indicator)
        bases = ends(bases_of(raw, year, perimeter, indicator))
        counts: dict[str, set[int]] = {name: set() for parts in partitions for name in parts}
        shares: dict[str, set[Fraction]] = {name: set() for name in counts}
        pairs = {
            (name, n, base) for split, base in splits(raw, year, perimeter, indicator) for name, n in split.items()
        }
        for name, n, base in pairs:
            counts[name].add(n)
            shares[name].add(Fraction(n, base))
        for name, found in counts.items():
            row = _answer("personnes", printed.get(name, Printed()), found, bases, shares[name])
            rows[Key(year, perimeter, indicator, name)] = row
    return rows


@family("objectif")
def objectives(raw: Raw, year: int) -> Rows:
    """Answers of which a person gives several: each by itself."""
    rows = {}
    for perimeter in ("alses", "collegiens", "prevention_specialisee"):
        printed = printed_of(raw, year, perimeter, "objectif")
        sizes = sizes_of(raw, year, perimeter)
        for name in dict.fromkeys([*OBJECTIVES, *printed]) if printed else ():
            own = printed.get(name, Printed())
            is_known = own != Printed() and not own.is_ambiguous
            pairs = [(n, base) for base in sizes for n in own.candidates(base)] if is_known else []
            counts, shares = {n for n, _ in pairs}, {Fraction(n, base) for n, base in pairs}
            rows[Key(year, perimeter, "objectif", name)] = _answer("personnes", own, counts, ends(sizes), shares)
    return rows


@family("postes", "nouveaux_colleges", "duree_formation_initiale")
def network(raw: Raw, year: int) -> Rows:
    """What the note says of the network, that nothing else counts."""
    return {
        Key(year, "reseau_alses", row["indicateur"]): exactly(row["unite"], int(row["valeur"]))
        for row in raw.printed(year)
        if row["perimetre"] == "reseau_alses"
    }


# --- the new posts ---------------------------------------------------------------------------------------------------------

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
    """« 1,5 ans » as a number of years; « NON » is none."""
    return Fraction(0) if printed == "NON" else Fraction(re.fullmatch(r"([\d,]+) ans?", printed)[1].replace(",", "."))


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
            return f"{self.start:%Y-%m}"
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
GROUPED = {("premiere_prise_de_poste", "oui_ou_incertain"): ("oui", "incertain")}


@family("nouveaux_postes", "mois_de_debut", *ANSWERS)
def conditions(raw: Raw, year: int) -> Rows:
    """The posts one by one: how many, the month of their start, the answers; then the answers by association."""
    all_posts = posts(raw, year)
    if not all_posts:
        return {}
    rows = {Key(year, "postes", "nouveaux_postes"): exactly("postes", len(all_posts))}
    for month, count in Counter(post.answer("mois_de_debut") for post in all_posts).items():
        rows[Key(year, "postes", "mois_de_debut", month)] = exactly("postes", count, len(all_posts))
    for (name, answers), association in product(
        ANSWERS.items(), ["", *{post.read["association"]: None for post in all_posts}]
    ):
        among = [post for post in all_posts if association in ("", post.read["association"])]
        cross = ("association", association) if association else ("", "")
        for answer in answers:
            members = GROUPED.get((name, answer), (answer,))
            count = sum(post.answer(name) in members for post in among)
            rows[Key(year, "postes", name, answer, *cross)] = exactly("postes", count, len(among))
    return rows


OPTIONAL |= {(name, "association") for name in ANSWERS}


# --- the meetings ------------------------------------------------------------------------------------------------------------

OF_ALSES = ("nouveaux", "nord", "sud")


@family("reunions", "invites", "participants")
def meetings(raw: Raw, year: int) -> Rows:
    """Meetings held, present and invited by group; the groups of ALSES together; then each meeting."""
    held, present, invited, rows = Counter(), Counter(), {}, {}
    for row in raw.table(year, "reunions"):
        group, count = row["groupe"], int(row["participants"])
        held[group] += 1
        present[group] += count
        if row["invites_du_groupe"]:
            invited.setdefault(group, int(row["invites_du_groupe"]))
        cell = Key(year, "reunions", "participants", group, "reunion", date.fromisoformat(row["date"]).isoformat())
        rows[cell] = exactly("participants", count)
    for table in (held, present, invited):
        together = [table[group] for group in OF_ALSES if group in table]
        if together:
            table["groupes_alses"] = sum(together)
    for group, count in held.items():
        rows[Key(year, "reunions", "reunions", group)] = exactly("reunions", count)
        rows[Key(year, "reunions", "participants", group)] = exactly("participants", present[group], invited.get(group))
    for group, count in invited.items():
        rows[Key(year, "reunions", "invites", group)] = exactly("participants", count)
    return rows


# --- the statements ----------------------------------------------------------------------------------------------------------

NATURES = ["constat", "tension", "levier", "recommandation"]
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
    "enonces", "theme_enonce", "nature_enonce", "echelle_enonce", "acteur_enonce", "association_enonce", "chiffre_lie"
)
def statements(raw: Raw, year: int) -> Rows:
    """The statements: how many, by theme, nature, scale, actor and association, and these by nature."""
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
        count("association_enonce", name, lambda row, name=name: name in _codes(row, "associations"), by_nature=True)
    for name, is_linked in (("oui", True), ("non", False)):
        count("chiffre_lie", name, lambda row, linked=is_linked: bool(row["indicateur_lie"]) is linked, by_nature=False)
    return rows


OPTIONAL |= {
    *(
        (name, cross)
        for name in ("echelle_enonce", "acteur_enonce", "association_enonce")
        for cross in ("", "nature_enonce")
    ),
    ("chiffre_lie", ""),
    ("reponse_tension", ""),
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


# --- the data themselves -------------------------------------------------------------------------------------------------------


def written(raw: Raw, post: Post) -> dict[str, str]:
    """A post as the cleaned table must write it, column by column of the raw table."""
    return post.read | {
        "college": raw.colleges[post.uai]["nom_officiel"],
        "date_debut": post.start.isoformat(),
        "anciennete_prev": f"{float(post.before):g}".replace(".", ","),
        "anciennete_alses": f"{float(post.as_alses):g}".replace(".", ","),
    }


@family("lignes")
def ledger(raw: Raw, year: int) -> Rows:
    """Rows of the posts read, kept, rejected because they repeat another; and cells that are written another way."""
    kept = posts(raw, year)
    read = len(raw.table(year, "prises_de_poste"))
    changes = sum(post.printed[name] != value for post in kept for name, value in written(raw, post).items())
    counts = {"lues": read, "gardees": len(kept), "rejetees": read - len(kept), "modifications": changes}
    return {Key(year, "donnees", "lignes", name): exactly("lignes", n) for name, n in counts.items()}


VERDICTS = ["confirme", "sous_hypothese", "non_verifiable", "ambigu", "contradictoire"]
# How far « près de » may be: half of a five-point step for a share, a tenth for a count.
NEAR_SHARE, NEAR_COUNT = Fraction(5, 2), Fraction(1, 10)


def _fits(figure: dict, low: Fraction, high: Fraction) -> bool:
    said = Fraction(figure["valeur"])
    if figure["operateur"] == "plus_de":
        return low > said
    if figure["operateur"] == "pres_de":
        near = NEAR_SHARE if figure["mesure"] == "part" else NEAR_COUNT * said
        return low - near <= said <= high + near
    half = Fraction(1, 2) if figure["mesure"] == "part" else 0
    return low - half <= said <= high + half


def _from_tables(raw: Raw, figure: dict) -> tuple[Fraction, Fraction] | None:
    """What the posts, the meetings and the statements say of a printed figure."""
    year, cell = int(figure["annee"]), (figure["perimetre"], figure["indicateur"])
    if figure["perimetre"] not in ("postes", "reunions", "enonces"):
        return None
    counted = conditions(raw, year) | meetings(raw, year) | statements(raw, year)
    if figure["indicateur"] == "invites_par_reunion":
        parts = [counted[Key(year, "reunions", name, figure["modalite"])] for name in ("invites", "reunions")]
        return (Fraction(parts[0].counts[0], parts[1].counts[0]),) * 2
    row = counted[Key(year, *cell, figure["modalite"])]
    return (Fraction(100 * row.counts[0], row.base[0]) if figure["mesure"] == "part" else Fraction(row.counts[0]),) * 2


def _from_figures(figure: dict, known: dict[tuple, Fraction]) -> tuple[Fraction, Fraction] | None:
    """What other printed figures say of this one, by each rule that a reader could apply with a pencil."""
    year, perimeter, indicator, answer = (
        int(figure["annee"]),
        *(figure[n] for n in ("perimetre", "indicateur", "modalite")),
    )
    half, measure = Fraction(1, 2), figure["mesure"]

    def said(what: str, *, answer: str = answer, year: int = year, indicator: str = indicator) -> Fraction | None:
        return known.get((year, perimeter, indicator, answer, what))

    size = said("effectif", indicator="accompagnements", answer="")
    now, before = said("effectif"), said("effectif", year=year - 1)
    # A difference, and the two numbers between which it is.
    if measure == "ecart" and figure["unite"] == "points":
        now, before = said("part"), said("part", year=year - 1)
        return None if None in (now, before) else (now - before - 1, now - before + 1)
    if measure == "ecart":
        return None if None in (now, before) else (now - before,) * 2
    gap, next_gap = said("ecart"), said("ecart", year=year + 1)
    after = said("effectif", year=year + 1)
    if measure == "effectif" and None not in (gap, before) and figure["unite"] != "points":
        return (before + gap,) * 2
    if measure == "effectif" and None not in (next_gap, after):
        return (after - next_gap,) * 2
    # A count and a share of the same answer.
    if measure == "effectif" and None not in (said("part"), size) and indicator != "orienteur":
        return (said("part") - half) * size / 100, (said("part") + half) * size / 100
    if measure == "part" and None not in (now, size) and indicator != "orienteur":
        return (100 * now / size,) * 2
    # The other answer of two.
    two = next((parts for parts in PARTITIONS.get(indicator, []) if answer in parts and len(parts) == 2), [])
    other = next((said("part", answer=name) for name in two if name != answer), None)
    return None if measure != "part" or other is None else (100 - other - half, 100 - other + half)


def _if_all_are_pupils(figure: dict, known: dict[tuple, Fraction]) -> tuple[Fraction, Fraction] | None:
    """What the size of the ALSES' public says of the collégiens, if all of it are collégiens."""
    year = int(figure["annee"])
    followed = known.get((year, "alses", "accompagnements", "", "effectif"))
    pupils = known.get((year, "prevention_specialisee", "situation", "collegien", "effectif"))
    others = known.get((year, "collegiens", "suivi_par", "autre_educateur", "part"))
    place = (figure["perimetre"], figure["indicateur"], figure["modalite"], figure["mesure"])
    if place == ("prevention_specialisee", "situation", "collegien", "effectif") and None not in (followed, others):
        return tuple(100 * followed / (100 - others + shift) for shift in (Fraction(1, 2), Fraction(-1, 2)))
    if place == ("collegiens", "suivi_par", "autre_educateur", "part") and None not in (followed, pupils):
        return (100 - 100 * followed / pupils,) * 2
    return None


def verdict(raw: Raw, figure: dict, known: dict[tuple, Fraction]) -> str:
    """What the other data say of a printed figure."""
    if figure["base"]:
        return "ambigu"
    found = _from_tables(raw, figure) or _from_figures(figure, known)
    assumed = None if found else _if_all_are_pupils(figure, known)
    if found or assumed:
        if not _fits(figure, *(found or assumed)):
            return "contradictoire"
        # « A first post » is so for the uncertain ones only if their seniority is that of the post itself.
        return "sous_hypothese" if assumed or figure["modalite"] == "oui_ou_incertain" else "confirme"
    return "non_verifiable"


@family("chiffres_imprimes")
def verdicts(raw: Raw, year: int) -> Rows:
    """The printed figures of the year and of the one before, by verdict."""
    figures = [row for each in (year - 1, year) for row in raw.table(each, "chiffres_publies")]
    known = {
        (int(row["annee"]), *(row[name] for name in ("perimetre", "indicateur", "modalite", "mesure"))): Fraction(
            row["valeur"]
        )
        for row in figures
        if row["operateur"] == "=" and not row["base"]
    }
    found = Counter(verdict(raw, figure, known) for figure in figures)
    counts = {"controles": len(figures)} | {name: found[name] for name in VERDICTS}
    return {Key(year, "donnees", "chiffres_imprimes", name): exactly("chiffres", n) for name, n in counts.items()}


# --- all of it -----------------------------------------------------------------------------------------------------------------


def recompute(raw_root: Path, *years: int) -> Rows:
    """Every figure of these years that the raw files allow."""
    raw = Raw(raw_root)
    rows: Rows = {}
    for year, function in product(years, dict.fromkeys(FAMILIES.values())):
        rows |= function(raw, year)
    return rows


def published(path: Path) -> Rows:
    """The rows of a published indicateurs.csv, read as they are."""

    def pair(row: dict, name: str) -> tuple[int, int] | None:
        found = [int(row[f"{name}_{end}"]) if row[f"{name}_{end}"] else None for end in ("min", "max")]
        return None if found == [None, None] else tuple(found)

    rows = {}
    for row in read_csv(path, delimiter=";"):
        assert (row["site_type"], row["site"], row["source"]) == ("reseau", "", "imprime"), row
        names = ("perimetre", "indicateur", "modalite", "croise_avec", "modalite_croisee")
        share = Fraction(row["part_imprimee_pct"].replace(",", ".")) if row["part_imprimee_pct"] else None
        decimals = int(row["decimales"]) if row["decimales"] else None
        key = Key(int(row["annee"]), *(row[name] for name in names))
        assert key not in rows, f"twice: {key}"
        rows[key] = Row(row["unite"], pair(row, "effectif"), pair(row, "base"), share, decimals, row["precision"])
    return rows


def differences(said: Rows, again: Rows) -> list[str]:
    """What is published and not found again, calculated and not published, or not the same; one line each."""
    crosses = {key.cross for key in said}
    due = {key for key in again if key.cross not in OPTIONAL or key.cross in crosses}
    found = [f"published, not calculated: {key}" for key in said if key not in due]
    found += [f"calculated, not published: {key}" for key in due if key not in said]
    for key in said.keys() & due:
        for name, here, there in zip(Row._fields[:-1], said[key], again[key], strict=False):
            if here != there:
                found.append(f"{'/'.join(map(str, key))}: {name} {here} is published, {there} calculated")
    return sorted(found)
