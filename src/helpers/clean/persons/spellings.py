"""The reviewed table of spellings (``reference/modalites.csv``): what an answer written so means."""

import re
from dataclasses import dataclass, field

import pandas as pd

from helpers.clean.persons.text import key_of, tidy
from helpers.records import EMPTY
from helpers.schema import DataError, catalogue, table_schema

# The rows that speak for every column.
EVERY = "toutes"
UNSURE = "ne_sait_pas"
UNFORESEEN = "non_prevu"
UNANSWERED = "non_renseigne"

FIELDS = {each["name"]: each for each in table_schema("accompagnements")["fields"]}
CLOSED = tuple(name for name, each in FIELDS.items() if "enum" in each.get("constraints", {}))
MULTIPLE = tuple(name for name, each in FIELDS.items() if "separateur" in each)


def answers_of(column: str) -> dict[str, str]:
    """The modalities that a column of a closed list may have, in catalogue order, and how each is named."""
    entry = catalogue().indicators[FIELDS[column]["indicateur"]]
    return {**entry.modalities, **entry.recorded}


@dataclass(frozen=True)
class Found:
    """What the table says of a text, and why."""

    value: str
    reason: str


@dataclass
class Spellings:
    """The table, ready to be asked; ``faults`` are the rows that cannot be used."""

    exact: dict[tuple[str, str], Found] = field(default_factory=dict)
    patterns: dict[str, list[tuple[re.Pattern, Found]]] = field(default_factory=dict)
    faults: list[DataError] = field(default_factory=list)

    def find(self, column: str, text: str) -> Found | None:
        """What a text means in a column: by its own spellings, those of the catalogue, those of all, then patterns."""
        key = key_of(text)
        return (
            self.exact.get((column, key))
            or _named(column).get(key)
            or self.exact.get((EVERY, key))
            or next((found for pattern, found in self._patterns(column) if pattern.fullmatch(key)), None)
        )

    def _patterns(self, column: str) -> list[tuple[re.Pattern, Found]]:
        return [*self.patterns.get(column, []), *self.patterns.get(EVERY, [])]


def _named(column: str) -> dict[str, Found]:
    if column not in CLOSED and column not in MULTIPLE:
        return {}
    if column not in _NAMED:
        names = answers_of(column)
        value = {name: EMPTY if name == UNANSWERED else name for name in names}
        _NAMED[column] = {key_of(each): Found(value[name], "") for name in names for each in (names[name], name)}
    return _NAMED[column]


# Filled once: the catalogue is that of the package.
_NAMED: dict[str, dict[str, Found]] = {}


def read_spellings(table: pd.DataFrame) -> Spellings:
    """The spellings of a table (schema ``modalites``)."""
    out = Spellings()
    for line, row in zip(table.index, table.itertuples(index=False), strict=True):
        told = _fault(row)
        if told:
            out.faults.append(DataError(f"reference/modalites.csv, ligne {line}, {told}"))
        elif row.ecriture == "motif":
            found = (re.compile(row.texte), Found(row.valeur, row.raison))
            out.patterns.setdefault(row.colonne, []).append(found)
        else:
            out.exact.setdefault((row.colonne, key_of(tidy(row.texte))), Found(row.valeur, row.raison))
    return out


def _fault(row: tuple) -> str:
    if row.colonne != EVERY and row.colonne not in FIELDS:
        return f"colonne « colonne » : « {row.colonne} » n’est pas une colonne de l’export."
    closed = row.colonne in CLOSED or row.colonne in MULTIPLE
    allowed = [EMPTY, *(answers_of(row.colonne) if closed else [UNSURE] if row.colonne == EVERY else [])]
    if row.valeur not in allowed:
        said = ", ".join(filter(None, allowed)) or "vide"
        return (
            f"colonne « valeur » : « {row.valeur} » n’est pas une modalité de « {row.colonne} » ; choisissez : {said}."
        )
    if row.ecriture == "motif":
        try:
            re.compile(row.texte)
        except re.error:
            return "colonne « texte » : ce motif n’est pas une expression régulière ; corrigez-le."
    return ""
