"""From the bytes of a small table to rows, and from what a schema refuses to French sentences."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from helpers import paths
from helpers.schema import DataError, columns, optional_columns, table_schema
from helpers.store.sentences import constraint_fault, header_faults, type_fault
from helpers.typography import shortened

# Excel writes a French decimal comma and day-first dates; both are unambiguous in a column of that type.
_DECIMAL_COMMA = re.compile(r"^-?\d+,\d+$")
_FRENCH_DATE = re.compile(r"^(\d{2})/(\d{2})/(\d{4})$")
# What Python would read as a number and a person would not: 1_7, ٧, NaN, 1e400, twenty digits.
_PLAIN_NUMBER = re.compile(r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$")
_REFUSED = "✗"
# What a cell in plain form is read as; each raises ValueError for what is not of its type.
_READERS = {
    "string": str,
    "integer": int,
    "number": float,
    "date": lambda cell: datetime.strptime(cell, "%Y-%m-%d"),
}
_LINE_END = re.compile("\r\n?")
# Control characters and codes that are no character, which break a picture, and those that turn the direction of the
# text, which change what is read.
INVISIBLE = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


# The same small table is asked for by each check, each cell and each notebook of a JupyterLab that stays open. What its
# bytes were read as is remembered: a file that changed has other bytes, and is read again. What is remembered is shared
# by all who ask: nobody changes it.
remembered = lru_cache(maxsize=64)


@dataclass(frozen=True)
class Rows:
    """The cells of a file: header, rows, and the line each row starts at, as an editor shows it."""

    header: list[str]
    rows: list[list[str]]
    lines: list[int]


def content_of(path: Path) -> bytes:
    """The bytes of a file.

    Raises
    ------
    DataError
        when the file is absent or cannot be opened.
    """
    shown = paths.relative(path)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"Fichier absent : {shown}. Déposez-le dans ce dossier, puis relancez.") from None
    except PermissionError:
        raise DataError(f"Impossible de lire {shown} : fermez-le s’il est ouvert, ou vérifiez vos droits.") from None


def _decode(content: bytes, shown: str) -> str:
    if b"\0" in content:
        raise DataError(f"{shown} n’est pas une table en texte : enregistrez-la au format CSV UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    found = INVISIBLE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        code = f"U+{ord(found[0]):04X}"
        raise DataError(f"{shown}, ligne {line} : un caractère invisible ({code}) trouble l’affichage ; supprimez-le.")
    return text


@remembered
def read_rows(content: bytes, shown: str) -> Rows:
    """The cells of a CSV file: UTF-8 or Windows-1252, comma, semicolon or tab; blank lines are left out.

    Raises
    ------
    DataError
        when the file, whose name is ``shown``, is empty or not a text table.
    """
    text = _decode(content, shown)
    if not text.strip():
        raise DataError(f"{shown} est vide : la première ligne doit porter les noms des colonnes.")
    first = text.split("\n", 1)[0]
    if not first.strip():
        raise DataError(
            f"{shown}, ligne 1 : cette ligne est blanche ; supprimez-la, les noms des colonnes viennent d’abord."
        )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    cells, lines, start = [], [], 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                # A lone CR in a cell would be written back without quotes, and cut its row in two.
                cells.append([_LINE_END.sub("\n", cell.strip()) for cell in row])
                lines.append(start)
            start = reader.line_num + 1
    except csv.Error:
        raise DataError(
            f"{shown}, ligne {start} : un guillemet est mal placé ou n’est pas refermé ; corrigez cette ligne."
        ) from None
    return Rows(*_without_empty_columns(cells), lines[1:])


def _without_empty_columns(cells: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    # A spreadsheet writes the columns somebody once clicked in: no name, no value, nothing to lose.
    used = len(cells[0])
    while used and not cells[0][used - 1] and not any(cell for row in cells for cell in row[used - 1 :]):
        used -= 1
    return cells[0][:used], [row[:used] if len(row) > used and not any(row[used:]) else row for row in cells[1:]]


def _normalised(cell: str, kind: str) -> str:
    if kind in ("number", "integer"):
        plain = cell.replace(",", ".") if _DECIMAL_COMMA.match(cell) else cell
        return plain if not plain or _PLAIN_NUMBER.match(plain) else _REFUSED
    if kind == "date" and (found := _FRENCH_DATE.match(cell)):
        return "-".join(reversed(found.groups()))
    return cell


def _read_cell(column: dict, plain: str, cell: str) -> tuple[object, str]:
    """What a cell is read as, None for nothing, and what its schema has against it; ``cell`` is as received."""
    try:
        value = _READERS[column["type"]](plain) if plain else None
    except ValueError:
        return None, type_fault(column, cell)
    return value, constraint_fault(column, value, cell)


def _row_faults(header: list[str], rows: Iterable[tuple[list[str], list[str]]], schema: dict) -> Iterator[tuple]:
    """For each fault, the place of its row and the end of its sentence; ``rows`` are in plain form and as received."""
    described = {column["name"]: column for column in schema["fields"]}
    seen: dict[str, set] = {name: set() for name in header if described[name].get("constraints", {}).get("unique")}
    key, keys = schema.get("primaryKey", []), set()
    for place, (row, received) in enumerate(rows):
        if len(row) < len(header):  # its values may stand under the wrong names: nothing else is said of it
            yield place, " : des cases manquent en fin de ligne ; complétez la ligne."
            continue
        values = {}
        for name, plain, cell in zip(header, row, received, strict=False):
            values[name], fault = _read_cell(described[name], plain, cell)
            if name in seen and values[name] is not None:
                if not fault and values[name] in seen[name]:
                    fault = f"« {shortened(cell)} » figure déjà plus haut ; chaque valeur doit être unique."
                seen[name].add(values[name])
            if fault:
                yield place, f", colonne « {name} » : {fault}"
        if len(row) > len(header):
            yield place, " : une case de trop ; entourez de guillemets les textes qui contiennent le séparateur."
        identity = tuple(values.get(name) for name in key)
        if identity in keys:
            yield place, f" : cette ligne répète une ligne précédente ({', '.join(key)}) ; gardez-en une."
        if any(part is not None for part in identity):
            keys.add(identity)


@remembered
def validated_rows(content: bytes, shown: str, name: str) -> tuple[Rows, tuple[str, ...]]:
    """The rows of a table, its numbers and dates in plain form, and every fault that its schema finds, as a sentence.

    A fault names file, line, column, value as received and remedy; one sentence a cell.

    Raises
    ------
    DataError
        when the file is empty or not a text table.
    """
    schema, table = table_schema(name), read_rows(content, shown)
    faults = header_faults(table.header, columns(name), shown, optional=optional_columns(name))
    if faults:
        return table, tuple(faults)
    if not table.rows:
        return table, (f"{shown} n’a aucune ligne sous les noms de colonnes ; complétez-la ou retirez-la.",)
    kinds = {column["name"]: column["type"] for column in schema["fields"]}
    width = len(table.header)
    rows = [
        [_normalised(cell, kinds[column]) for column, cell in zip(table.header, row, strict=False)] + row[width:]
        for row in table.rows
    ]
    told = _row_faults(table.header, zip(rows, table.rows, strict=True), schema)
    faults = [f"{shown}, ligne {table.lines[place]}{text}" for place, text in told]
    return Rows(table.header, rows, table.lines), tuple(faults)
