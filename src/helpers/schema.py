"""What does a column mean, what may it contain? The catalogue of indicators and the Table Schemas, as Python objects.

Both are files of the package (``catalogue.toml``, ``schemas/*.json``): this module reads nothing else.
"""

import json
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import pandas as pd

VERDICTS = {
    "confirme": "confirmé",
    "sous_hypothese": "confirmé sous hypothèse",
    "non_verifiable": "non vérifiable",
    "ambigu": "ambigu",
    "contradictoire": "contradictoire",
}

PRECISIONS = {
    "exact": "compté ou imprimé à l’unité",
    "arrondi_imprime": "part imprimée arrondie : l’effectif est encadré",
    "arrondi_secret": "arrondi pour protéger les personnes",
    "deduit": "déduit d’autres chiffres imprimés",
    "non_publie": "donnée non publiée",
}

# What the bounds of a difference allow one to say: of a share, of a count.
FINDINGS = {"hausse": "hausse", "baisse": "baisse", "stable": "stable à l’arrondi près", "indetermine": "indéterminé"}
COUNT_FINDINGS = {**FINDINGS, "stable": "inchangé"}


class DataError(Exception):
    """A fault in what was received: its text is one French sentence a researcher can act on."""


@dataclass(frozen=True)
class Group:
    """Modalities read together; ``hypothesis`` says what must be true for the group to mean what it says."""

    label: str
    members: tuple[str, ...]
    hypothesis: str | None = None


@dataclass(frozen=True)
class Indicator:
    """One entry of the catalogue; the comment at its top defines each field."""

    id: str
    label: str
    definition: str
    topic: str
    unit: str
    choice: str
    form: str
    base: str | None = None
    finding: str = "« {modalite} » : {part}"
    population: str | None = None
    ratio: tuple[str, ...] = ()
    modalities: dict[str, str] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)

    def label_of(self, modality: str) -> str:
        """The French label of a modality or group; an open modality is read from its id."""
        if modality in self.groups:
            return self.groups[modality].label
        return self.modalities.get(modality, modality.replace("_", " "))

    def title_of(self, modality: str) -> str:
        """What is counted, in full: « Sexe : filles », or the label alone for a total."""
        return f"{self.label} : {self.label_of(modality)}" if modality else self.label

    def hypothesis_of(self, modality: str) -> str | None:
        """What must be true for this modality to be read as it is, or None."""
        return self.groups[modality].hypothesis if modality in self.groups else None


@dataclass(frozen=True)
class Perimeter:
    """Who is counted; ``count_of`` is the cell of a wider perimeter that gives its size."""

    id: str
    label: str
    count_of: str | None = None
    hypothesis: str | None = None


@dataclass(frozen=True)
class Catalogue:
    """Every indicator, perimeter, topic and unit, in reading order."""

    indicators: dict[str, Indicator]
    perimeters: dict[str, Perimeter]
    topics: dict[str, str]
    units: dict[str, tuple[str, str]]

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
        finding=entry.get("constat", Indicator.finding),
        population=entry.get("population"),
        ratio=tuple(entry.get("rapport", ())),
        modalities=dict(entry.get("modalites", {})),
        groups=groups,
    )


def read_catalogue(text: str) -> Catalogue:
    """The catalogue written in TOML.

    Raises
    ------
    KeyError
        when an entry lacks a required field: the catalogue is code, its faults are the developer's.
    """
    content = tomllib.loads(text)
    return Catalogue(
        indicators={name: _indicator(name, entry) for name, entry in content["indicateurs"].items()},
        perimeters={
            name: Perimeter(name, entry["libelle"], entry.get("effectif_de"), entry.get("hypothese"))
            for name, entry in content["perimetres"].items()
        },
        topics=dict(content["rubriques"]),
        units={name: tuple(forms) for name, forms in content["unites"].items()},
    )


@cache
def catalogue() -> Catalogue:
    """The catalogue of the package."""
    return read_catalogue(files("helpers").joinpath("catalogue.toml").read_text(encoding="utf-8"))


@cache
def table_schema(name: str) -> dict:
    """The Table Schema of a table, as the JSON file says it."""
    return json.loads(files("helpers").joinpath("schemas", f"{name}.json").read_text(encoding="utf-8"))


def table_names() -> list[str]:
    """The tables that have a Table Schema, in alphabetical order."""
    return sorted(path.name.removesuffix(".json") for path in files("helpers").joinpath("schemas").iterdir())


def columns(name: str) -> list[str]:
    """The column names of a table, in order."""
    return [column["name"] for column in table_schema(name)["fields"]]


_DTYPES = {"integer": "Int64", "number": "Float64", "string": "str", "boolean": "boolean"}


def typed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table with the columns, order and types of its schema; an empty cell of a text column stays ``""``.

    Raises
    ------
    KeyError
        when a column of the schema is absent.
    """
    out = table[columns(name)].copy()
    for column in table_schema(name)["fields"]:
        values = out[column["name"]]
        if column["type"] == "date":
            out[column["name"]] = pd.to_datetime(values.replace("", None), format="%Y-%m-%d")
        elif column["type"] == "string":
            out[column["name"]] = values.fillna("").astype("str")
        else:
            out[column["name"]] = pd.to_numeric(values.replace("", None)).astype(_DTYPES[column["type"]])
    return out
