"""The catalogue of indicators, the table schemas, and the vocabulary and thresholds that everything shares."""

import json
import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import pandas as pd

from helpers.errors import DataError  # noqa: F401 (most rooms take it from here)

# --- The words and thresholds that everything shares, and the error that a researcher can act on ---

VERDICTS = {
    "confirme": "confirmé",
    "sous_hypothese": "confirmé sous hypothèse",
    "non_verifiable": "non vérifiable",
    "ambigu": "ambigu",
    "contradictoire": "contradictoire",
}

# What is known of a value, in one word: `docs/method.md` explains them.
PRECISION_WORDS = {
    "exact": "exact",
    "arrondi_imprime": "arrondi",
    "arrondi_secret": "protégé",
    "deduit": "déduit",
    "non_publie": "non publié",
    "contradictoire": "contredit",
}

# Where a value comes from. Coded: one person's reading of a document. Computed: printed nowhere.
PRINTED, CODED, COMPUTED, REGISTER = "imprime", "codage", "calcul", "reference_publique"
SYNTHETIC = "synthetique"
SOURCES = {
    PRINTED: "imprimé",
    CODED: "codé par une personne",
    COMPUTED: "compté par le programme",
    REGISTER: "registre public",
    "export": "compté dans l’export",
    SYNTHETIC: "simulé",
}
# Sources of the values counted in individual records, received or simulated.
FROM_RECORDS = ("export", SYNTHETIC)

# Precision codes whose values are never displayed or compared.
UNSAID = ("non_publie", "contradictoire")

# What the bounds of a difference allow to conclude about a share, or about a count.
FINDINGS = {"hausse": "hausse", "baisse": "baisse", "stable": "stable", "indetermine": "indéterminé"}
COUNT_FINDINGS = {**FINDINGS, "stable": "inchangé"}

# Below this seniority, in years, the earlier post may be the very one described: the answer is uncertain.
CERTAIN_FROM_YEARS = 1.0

# The theme of what should be worked on next, if the code book has one.
OUTLOOK = "perspectives"

# Disclosure thresholds, in persons unless said otherwise (docs/decisions/disclosure.md; docs/method.md, 8). Those who
# protect and those who judge share them; they share no method.
# Smallest count above zero that a page may show or let compute: below it, somebody might be recognised.
FEWEST_PERSONS = 5
# Counts are rounded to multiples of this, so that one to four persons become none or five.
ROUNDING_BASE = 5
# Minimum population for a report: statistical confidentiality of natural persons in France (INSEE, CASD).
FEWEST_FOR_REPORT = 11
# Minimum base for a share: below it, one person would weigh more than five points.
FEWEST_FOR_SHARE = 20
# Minimum population for a cross-tabulation.
FEWEST_FOR_CROSSING = 30
# Minimum number of collèges in a part of the network: each of two could subtract its own persons and read the other's.
FEWEST_COLLEGES = 3
# Minimum population of a territory: below it, rounding moves a share by some three points, and the protection is long.
FEWEST_IN_TERRITORY = 150
# With fewer associations, the network is rounded too: two of three could subtract theirs and read the third’s.
FEWEST_ASSOCIATIONS = 4
# In a group smaller than the second, a share within the first (in points) of 0 % or 100 % is given by its bound only.
NEAR_UNANIMOUS_PCT, UNANIMOUS_BELOW = 5, 200
# (indicator, modality) pairs that the same persons give when records agree with themselves: rounded alike everywhere.
SAME_ANSWERS = (
    (("nombre_d_objectifs", "non_renseigne"), ("objectif", "non_renseigne")),
    (("mois_d_ouverture", "avant"), ("nouvel_accompagnement", "non")),
    (("duree", "non_renseigne"), ("mois_d_ouverture", "non_renseigne")),
)
# Who gives the first answer gives the second one too.
WITHIN_ANSWERS = tuple(
    ((name, "non_renseigne"), ("demande_travaillee", "non_renseigne")) for name in ("objectif", "demande_initiale")
)

# The ways to divide the collèges, with the territories of each: their code, and their name on pages.
TERRITORIES = {
    "education_prioritaire": {"rep_plus": "REP+", "rep": "REP", "hors_ep": "hors éducation prioritaire"},
    "secteur": {"nord": "nord du département", "sud": "sud du département"},
    "presence": {"ancien": "collèges déjà suivis", "nouveau": "nouveaux collèges"},
}
# What is told of a territory, its size first: answers of many, since two parts of an exact whole leave each other
# little margin where few persons answer.
TERRITORY_ANSWERS = (
    ("accompagnements", ""),
    ("sexe", "filles"),
    ("niveau", "4e_3e"),
    ("nouvel_accompagnement", "oui"),
    ("origine", "college"),
    ("demande_initiale", "scolaire"),
    ("parents_associes", "oui"),
)
# Where several of them stand in one text, this stands between them.
TERRITORY_MARK = ";"
# The latitude between Dunkerque and Lille, in the north, and Douai, Valenciennes, Cambrai and Avesnes: the two groups
# of the network's meetings.
NORTH_FROM_DEG = 50.5

# From this base on, one person weighs at most half a point: a share that was not printed is given with one decimal.
DECIMAL_FROM_BASE = 200


# --- The UAI, the identifier of a collège: seven digits and a check letter ---

# The alphabet without I, O and Q, which look like digits (Ministry of Education).
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def control_letter(digits: str) -> str:
    """The check letter of a UAI, from its seven digits; one wrong digit gives another letter.

    >>> control_letter("0592714"), control_letter("0592715")
    ('E', 'F')
    """
    return _LETTERS[int(digits) % len(_LETTERS)]


# --- The catalogue of indicators: ``catalogue.toml`` as Python objects ---

# Joins modalities counted together so that no cell of a cross-tabulation is small.
FOLDED = "+"
# A day or a month as a code; with hyphens, a spreadsheet would rewrite it as a date.
_DATE = re.compile(r"\d{4}(_\d\d){1,2}")


def read_code(code: str) -> str:
    """The words of a code that has no label.

    >>> read_code("2020_03_09"), read_code("en_cours")
    ('2020-03-09', 'en cours')
    """
    return code.replace("_", "-" if _DATE.fullmatch(code) else " ")


@dataclass(frozen=True)
class Group:
    """Modalities read together, outside the sums; ``hypothesis`` is the assumption under which the label is right."""

    label: str
    members: tuple[str, ...]
    hypothesis: str | None = None


# An association of two hundred persons has some ten in each cell of a cross-tabulation; more cells would be noise, and
# each costs the protection.
MOST_CELLS_OF_A_SITE = 20


@dataclass(frozen=True)
class Indicator:
    """One entry of the catalogue; the comment at the top of ``catalogue.toml`` defines each field.

    >>> niveau = catalogue().indicators["niveau"]
    >>> niveau.title_of("3e"), niveau.base, niveau.choice, niveau.members_of("4e_3e")
    ('Niveau de classe : 3e', 'accompagnements', 'unique', ('4e', '3e'))
    """

    id: str
    label: str
    definition: str
    topic: str
    unit: str
    choice: str
    form: str
    base: str | None = None
    own_bases: dict[str, str] = field(default_factory=dict)
    finding: str = "« {modalite} » : {part}"
    short: str | None = None
    population: str | None = None
    base_words: tuple[str, ...] = ()
    ratio: tuple[str, ...] = ()
    hypothesis: str | None = None
    modalities: dict[str, str] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    recorded: dict[str, str] = field(default_factory=dict)
    counted_in: tuple[str, ...] = ()
    is_of_records: bool = False
    crossed_with: tuple[str, ...] = ()
    is_by_site: bool = False

    def is_crossed_by_site(self, other: "Indicator") -> bool:
        """Whether associations cross-tabulate it with another: one answer each, few enough for cells with persons."""
        is_single = self.choice == other.choice == "unique" and self.is_by_site and other.is_by_site
        return is_single and len(self.modalities) * len(other.modalities) <= MOST_CELLS_OF_A_SITE

    @property
    def is_open(self) -> bool:
        """Whether its modalities come from the data, not from the catalogue."""
        return self.choice != "total" and not self.modalities

    def label_of(self, modality: str) -> str:
        """The French label of a modality or group, or of modalities counted together (``mobilite+autre``)."""
        if modality in self.groups:
            return self.groups[modality].label
        if FOLDED in modality:
            return " ou ".join(map(self.label_of, modality.split(FOLDED)))
        return {**self.modalities, **self.recorded}.get(modality, read_code(modality))

    def base_of(self, modality: str) -> str | None:
        """The denominator of a modality: that of the indicator, unless it has its own."""
        return self.own_bases.get(modality, self.base)

    def title_of(self, modality: str) -> str:
        """What is counted, in full: « Sexe : filles », or the label of a total."""
        return f"{self.label} : {self.label_of(modality)}" if modality else self.label

    def members_of(self, modality: str) -> tuple[str, ...]:
        """The modalities that a group stands for; any other modality stands for itself."""
        return self.groups[modality].members if modality in self.groups else (modality,)

    def hypothesis_of(self, modality: str) -> str | None:
        """The assumption under which the label of this modality is right, or None."""
        return self.groups[modality].hypothesis if modality in self.groups else self.hypothesis


@dataclass(frozen=True)
class Perimeter:
    """Who or what is counted, in which units; ``count_of`` is the cell of a wider perimeter that holds its size."""

    id: str
    label: str
    short: str
    units: tuple[str, ...] = ()
    count_of: str | None = None
    hypothesis: str | None = None


class MeasureKind(NamedTuple):
    """A measure of comparisons: its name for readers, its unit (empty: none) and how it is computed."""

    label: str
    unit: str
    method: str


@dataclass(frozen=True)
class Catalogue:
    """Every indicator, perimeter, topic, unit and measure, in reading order.

    ``anchors`` are sections of page 02 by topic; ``units`` give the singular and the plural; ``stable_points`` is the
    difference of shares, in points, up to which a share is called stable.

    >>> entrees = catalogue()
    >>> entrees.units["personnes"], [indicateur.id for indicateur in entrees.of_topic("public")]
    (('personne', 'personnes'), ['sexe', 'nouvel_accompagnement', 'age'])
    """

    indicators: dict[str, Indicator]
    perimeters: dict[str, Perimeter]
    topics: dict[str, str]
    anchors: dict[str, str]
    units: dict[str, tuple[str, str]]
    measures: dict[str, MeasureKind]
    stable_points: float

    def of_topic(self, topic: str) -> list[Indicator]:
        """The indicators of a section of page 02, in catalogue order."""
        return [entry for entry in self.indicators.values() if entry.topic == topic]


# The fields of an indicator by their names in the file; its groups are read apart.
_FIELDS = {
    "libelle": "label",
    "court": "short",
    "definition": "definition",
    "rubrique": "topic",
    "unite": "unit",
    "choix": "choice",
    "forme": "form",
    "base": "base",
    "base_propre": "own_bases",
    "constat": "finding",
    "population": "population",
    "base_dite": "base_words",
    "rapport": "ratio",
    "hypothese": "hypothesis",
    "modalites": "modalities",
    "modalites_export": "recorded",
    "compte_pour": "counted_in",
    "export_seul": "is_of_records",
    "croise_avec": "crossed_with",
    "par_site": "is_by_site",
}


def _indicator(name: str, entry: dict) -> Indicator:
    groups = {
        group: Group(value["libelle"], tuple(value["regroupe"]), value.get("hypothese"))
        for group, value in entry.pop("groupes", {}).items()
    }
    values = {_FIELDS[key]: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Indicator(id=name, groups=groups, **values)


def _perimeter(name: str, entry: dict) -> Perimeter:
    label, short = entry["libelle"], entry.get("court", entry["libelle"])
    return Perimeter(name, label, short, tuple(entry["unites"]), entry.get("effectif_de"), entry.get("hypothese"))


def read_catalogue(text: str) -> Catalogue:
    """A catalogue from TOML: the package's, or a changed copy to try a new indicator.

    Raises KeyError or TypeError when an entry has an unknown field or lacks one: the catalogue is code, this is a bug.

    >>> texte = (paths.repository() / "src" / "helpers" / "catalogue.toml").read_text(encoding="utf-8")
    >>> read_catalogue(texte.replace("garçons", "gars")).indicators["sexe"].modalities
    {'filles': 'filles', 'garcons': 'gars'}
    """
    content = tomllib.loads(text)
    return Catalogue(
        indicators={name: _indicator(name, entry) for name, entry in content["indicateurs"].items()},
        perimeters={name: _perimeter(name, entry) for name, entry in content["perimetres"].items()},
        topics=dict(content["rubriques"]),
        anchors=dict(content["ancres"]),
        units={name: tuple(forms) for name, forms in content["unites"].items()},
        measures={
            name: MeasureKind(entry["libelle"], entry.get("unite", ""), entry["methode"])
            for name, entry in content["mesures"].items()
        },
        stable_points=float(content["seuils"]["part_stable_points"]),
    )


@cache
def catalogue() -> Catalogue:
    """The catalogue of the package."""
    return read_catalogue(files("helpers").joinpath("catalogue.toml").read_text(encoding="utf-8"))


# --- The Table Schemas: ``schemas/*.json``, and tables typed by them ---


@cache
def table_schema(name: str) -> dict:
    """The Table Schema of a table: title, type, unit, meaning and rules of each column.

    Raises FileNotFoundError for a table without schema; `table_names` lists those that have one.

    >>> colonne = table_schema("postes")["fields"][8]
    >>> colonne["name"], colonne["unit"], colonne["description"]
    ('anciennete_prev_ans', 'ans', '0 si « NON ».')
    """
    return json.loads(files("helpers").joinpath("schemas", f"{name}.json").read_text(encoding="utf-8"))


def table_names() -> list[str]:
    """The tables that have a Table Schema, in alphabetical order."""
    return sorted(path.name.removesuffix(".json") for path in files("helpers").joinpath("schemas").iterdir())


def columns(name: str) -> list[str]:
    """The column names of a table, in order.

    >>> columns("registre")
    ['ligne', 'colonne', 'avant', 'apres', 'regle']
    """
    return [column["name"] for column in table_schema(name)["fields"]]


def optional_columns(name: str) -> list[str]:
    """The columns that a file of this table may leave out, in order."""
    return [column["name"] for column in table_schema(name)["fields"] if column.get("presence") == "facultative"]


_TRUTHS = {"True": True, "False": False, "": None}
_DTYPES = {"integer": "Int64", "number": "Float64", "boolean": "boolean"}


def split_multiple(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """The table with one row a value of a column that holds several, separated by « ; »; rows without any are dropped.

    The index is kept. Such columns are ``acteurs``, ``associations`` and ``repond_a`` (schema ``enonces``).

    >>> enonces = pd.DataFrame({"id": ["E01", "E02"], "acteurs": ["alses ; apsn", ""]})
    >>> split_multiple(enonces, "acteurs").to_dict("records")
    [{'id': 'E01', 'acteurs': 'alses'}, {'id': 'E01', 'acteurs': 'apsn'}]
    """
    values = table[column].str.split(";")
    out = table.assign(**{column: values}).explode(column)
    out[column] = out[column].str.strip()
    return out[out[column].notna() & out[column].ne("")]


def apply_schema(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table with the columns, order and types of its schema; an empty cell of a text column stays ``""``.

    Raises KeyError when a required column is absent; an absent optional one is empty. Here, the schema ``themes``:

    >>> lus = pd.DataFrame({"libelle": ["Moyens"], "theme": ["moyens"], "definition": [None], "note": ["à revoir"]})
    >>> apply_schema(lus.drop(columns="note"), "themes")[["theme", "definition", "parent"]].to_dict("records")
    [{'theme': 'moyens', 'definition': '', 'parent': ''}]
    """
    absent = [column for column in optional_columns(name) if column not in table.columns]
    out = table.assign(**dict.fromkeys(absent, ""))[columns(name)].copy()
    for column in table_schema(name)["fields"]:
        values, kind = out[column["name"]], column["type"]
        if kind == "string" and (values.dtype != "str" or values.hasnans):
            out[column["name"]] = values.astype("object").fillna("").astype("str")
        elif kind == "date":
            out[column["name"]] = pd.to_datetime(values.replace("", None), format="%Y-%m-%d")
        elif kind == "boolean":
            out[column["name"]] = values.astype("object").replace(_TRUTHS).astype(_DTYPES[kind])
        elif kind != "string" and values.dtype != _DTYPES[kind]:
            out[column["name"]] = pd.to_numeric(values.replace("", None)).astype(_DTYPES[kind])
    return out
