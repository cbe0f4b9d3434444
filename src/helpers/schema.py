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

PRECISIONS = {
    "exact": "compté ou imprimé à l’unité",
    "arrondi_imprime": "part imprimée arrondie, qui encadre l’effectif",
    "arrondi_secret": "arrondi pour protéger les personnes",
    "deduit": "déduit d’autres chiffres imprimés",
    "non_publie": "donnée non publiée",
    "contradictoire": "imprimé, mais contredit par d’autres chiffres",
}

# The same in a word: marks (the style sheet puts a shape before it, never a colour alone), and tables to sort.
PRECISION_WORDS = {
    "exact": "exact",
    "arrondi_imprime": "arrondi",
    "arrondi_secret": "protégé",
    "deduit": "déduit",
    "non_publie": "non publié",
    "contradictoire": "contredit",
}

# Where a figure comes from. What is coded is one person's reading of a document; what is computed is not printed.
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
# The sources of figures that individual records count: received, or simulated.
FROM_RECORDS = ("export", SYNTHETIC)
# The meaning of the mark of a figure whose source is simulated records.
SYNTHETIC_MEANING = "compté dans des données simulées, qui ne décrivent personne"

# The precisions of a figure that pages neither say nor compare.
UNSAID = ("non_publie", "contradictoire")

# What the bounds of a difference allow one to say: of a share, of a count.
FINDINGS = {"hausse": "hausse", "baisse": "baisse", "stable": "stable", "indetermine": "indéterminé"}
COUNT_FINDINGS = {**FINDINGS, "stable": "inchangé"}

# Years of seniority below which the post may be the very one that is described: its answer is uncertain.
CERTAIN_FROM_YEARS = 1.0

# The code of the theme that says what should be worked on next, if the code book has one.
OUTLOOK = "perspectives"

# Of one person up to one fewer than this, somebody might be recognised: no page shows, nor lets compute, such a count
# (docs/decisions/disclosure.md).
FEWEST_PERSONS = 5

# What protects persons in a release (docs/decisions/disclosure.md; docs/method.md, 8).
# Counts are rounded to multiples of this, so that one to four persons become none or five.
ROUNDING_BASE = 5
# Of fewer persons, no report is made: the statistical secret of natural persons in France (INSEE, CASD).
FEWEST_FOR_REPORT = 11
# On a smaller base, no share of persons is said: one person would weigh five points.
FEWEST_FOR_SHARE = 20
# Of fewer persons, two questions are not crossed.
FEWEST_FOR_CROSSING = 30
# A share this near to nobody, or to everybody, is said of a group no larger than this by its bound only.
NEAR_UNANIMOUS_PCT, UNANIMOUS_BELOW = 5, 200
# A corrected release must change at least so many rows: the difference of two releases is a table like another.
FEWEST_CORRECTED_ROWS = 11
# (indicator, modality) pairs that the same persons give when records agree with themselves: rounded alike everywhere.
SAME_ANSWERS = (
    (("nombre_d_objectifs", "non_renseigne"), ("objectif", "non_renseigne")),
    (("mois_d_ouverture", "avant"), ("nouvel_accompagnement", "non")),
)
# Who gives the first answer gives the second one too.
WITHIN_ANSWERS = tuple(
    ((name, "non_renseigne"), ("demande_travaillee", "non_renseigne")) for name in ("objectif", "demande_initiale")
)


# --- The UAI, which names a collège: seven digits and the letter that they give ---

# The alphabet without I, O and Q, so that none is taken for a digit (Ministry of Education).
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def control_letter(digits: str) -> str:
    """The letter that ends a UAI, from its seven digits: a slip of one digit gives another letter.

    >>> control_letter("0592714"), control_letter("0592715")
    ('E', 'F')
    """
    return _LETTERS[int(digits) % len(_LETTERS)]


# --- The catalogue of indicators: ``catalogue.toml`` as Python objects ---

# Joins the modalities that are counted together so that no cell of a crossing is small.
FOLDED = "+"
# A day or a month as a code: a spreadsheet would take the hyphens of « 2020-03-09 » for a date, and write it otherwise.
_DATE = re.compile(r"\d{4}(_\d\d){1,2}")


def read_code(code: str) -> str:
    """The words of a code that no list names.

    >>> read_code("2020_03_09"), read_code("en_cours")
    ('2020-03-09', 'en cours')
    """
    return code.replace("_", "-" if _DATE.fullmatch(code) else " ")


@dataclass(frozen=True)
class Group:
    """Modalities read together, outside the sums; ``hypothesis`` says what must be true for it to mean what it says.

    >>> catalogue().indicators["niveau"].groups["4e_3e"]
    Group(label='4e ou 3e', members=('4e', '3e'), hypothesis=None)
    """

    label: str
    members: tuple[str, ...]
    hypothesis: str | None = None


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

    @property
    def is_open(self) -> bool:
        """Whether its modalities are those that the data hold, not a list of the catalogue."""
        return self.choice != "total" and not self.modalities

    def label_of(self, modality: str) -> str:
        """The French label of a modality or group; an open modality is read from its id.

        Modalities folded together (``mobilite+autre``) are named one after the other.
        """
        if modality in self.groups:
            return self.groups[modality].label
        if FOLDED in modality:
            return " ou ".join(map(self.label_of, modality.split(FOLDED)))
        return {**self.modalities, **self.recorded}.get(modality, read_code(modality))

    def base_of(self, modality: str) -> str | None:
        """The denominator of a modality: that of the indicator, unless it has its own."""
        return self.own_bases.get(modality, self.base)

    def title_of(self, modality: str) -> str:
        """What is counted, in full: « Sexe : filles », or the label alone for a total."""
        return f"{self.label} : {self.label_of(modality)}" if modality else self.label

    def members_of(self, modality: str) -> tuple[str, ...]:
        """The modalities that a group stands for; any other modality stands for itself."""
        return self.groups[modality].members if modality in self.groups else (modality,)

    def hypothesis_of(self, modality: str) -> str | None:
        """What must be true for this modality to be read as it is, or None."""
        return self.groups[modality].hypothesis if modality in self.groups else self.hypothesis


@dataclass(frozen=True)
class Perimeter:
    """Who or what is counted, in which units; ``count_of`` is the cell of a wider perimeter that gives its size.

    >>> collegiens = catalogue().perimeters["collegiens"]
    >>> collegiens.label, collegiens.short, collegiens.count_of
    ('collégiens suivis en prévention spécialisée', 'tous les collégiens', 'prevention_specialisee/situation/collegien')
    """

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


def _indicator(name: str, entry: dict) -> Indicator:
    groups = {
        group: Group(value["libelle"], tuple(value["regroupe"]), value.get("hypothese"))
        for group, value in entry.get("groupes", {}).items()
    }
    return Indicator(
        id=name,
        label=entry["libelle"],
        definition=entry["definition"],
        topic=entry["rubrique"],
        unit=entry["unite"],
        choice=entry["choix"],
        form=entry["forme"],
        base=entry.get("base"),
        own_bases=dict(entry.get("base_propre", {})),
        finding=entry.get("constat", Indicator.finding),
        population=entry.get("population"),
        base_words=tuple(entry.get("base_dite", ())),
        ratio=tuple(entry.get("rapport", ())),
        hypothesis=entry.get("hypothese"),
        modalities=dict(entry.get("modalites", {})),
        groups=groups,
        recorded=dict(entry.get("modalites_export", {})),
        counted_in=tuple(entry.get("compte_pour", ())),
        is_of_records=entry.get("export_seul", False),
        crossed_with=tuple(entry.get("croise_avec", ())),
        is_by_site=entry.get("par_site", False),
    )


def _perimeter(name: str, entry: dict) -> Perimeter:
    label, short = entry["libelle"], entry.get("court", entry["libelle"])
    return Perimeter(name, label, short, tuple(entry["unites"]), entry.get("effectif_de"), entry.get("hypothese"))


def read_catalogue(text: str) -> Catalogue:
    """The catalogue written in TOML: the package's, or a changed copy to try a new indicator with.

    Raises
    ------
    KeyError
        when an entry lacks a required field: the catalogue is code, its faults are the developer's.

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
    """The catalogue of the package: what each indicator counts, among whom, in which words.

    >>> catalogue().indicators["sexe"].modalities
    {'filles': 'filles', 'garcons': 'garçons'}
    """
    return read_catalogue(files("helpers").joinpath("catalogue.toml").read_text(encoding="utf-8"))


# --- The Table Schemas: ``schemas/*.json``, and tables typed by them ---


@cache
def table_schema(name: str) -> dict:
    """The Table Schema of a table, as the JSON file says it: title, type, unit, meaning and rules of each column.

    Raises
    ------
    FileNotFoundError
        for a table without schema; `table_names` lists those that have one.

    >>> colonne = table_schema("postes")["fields"][8]
    >>> colonne["name"], colonne["unit"], colonne["description"]
    ('anciennete_prev_ans', 'ans', '0 si « NON ».')
    """
    return json.loads(files("helpers").joinpath("schemas", f"{name}.json").read_text(encoding="utf-8"))


def table_names() -> list[str]:
    """The tables that have a Table Schema, in alphabetical order.

    >>> table_names()[:3]
    ['accompagnements', 'affirmations', 'alias']
    """
    return sorted(path.name.removesuffix(".json") for path in files("helpers").joinpath("schemas").iterdir())


def columns(name: str) -> list[str]:
    """The column names of a table, in order.

    Raises
    ------
    FileNotFoundError
        for a table without schema; `table_names` lists those that have one.

    >>> columns("registre")
    ['ligne', 'colonne', 'avant', 'apres', 'regle']
    """
    return [column["name"] for column in table_schema(name)["fields"]]


def optional_columns(name: str) -> list[str]:
    """The columns that a file of this table may leave out, in order.

    Raises
    ------
    FileNotFoundError
        for a table without schema; `table_names` lists those that have one.

    >>> optional_columns("themes")
    ['parent', 'inclure', 'exclure', 'exemple', 'modifie_le']
    """
    return [column["name"] for column in table_schema(name)["fields"] if column.get("presence") == "facultative"]


_TRUTHS = {"True": True, "False": False, "": None}
_DTYPES = {"integer": "Int64", "number": "Float64", "boolean": "boolean"}


def unfolded(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """The table with one row a value of a column that holds several, separated by « ; »; a row without any is left out.

    The index is kept, so that a value still leads to its line. Such columns are ``acteurs``, ``associations`` and
    ``repond_a`` of the statements (schema ``enonces``).

    >>> enonces = pd.DataFrame({"id": ["E01", "E02"], "acteurs": ["alses ; apsn", ""]})
    >>> unfolded(enonces, "acteurs").to_dict("records")
    [{'id': 'E01', 'acteurs': 'alses'}, {'id': 'E01', 'acteurs': 'apsn'}]
    """
    values = table[column].str.split(";")
    out = table.assign(**{column: values}).explode(column)
    out[column] = out[column].str.strip()
    return out[out[column].notna() & out[column].ne("")]


def typed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table with the columns, order and types of its schema; an empty cell of a text column stays ``""``.

    Raises
    ------
    KeyError
        when a column of the schema that is not optional is absent; an optional one is then empty.

    Texts become numbers, dates or texts; here with the schema ``themes``:

    >>> lus = pd.DataFrame({"libelle": ["Moyens"], "theme": ["moyens"], "definition": [None], "note": ["à revoir"]})
    >>> typed(lus.drop(columns="note"), "themes")[["theme", "definition", "parent"]].to_dict("records")
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
