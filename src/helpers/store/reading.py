"""From the bytes of a small table to rows, and from what a schema refuses to French sentences."""

import csv
import io
import re
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from helpers import paths
from helpers.schema import DataError, columns, optional_columns, table_schema
from helpers.store.sentences import header_faults, sentence_of

# frictionless loads jsonschema, which loads this optional check of international addresses if it is installed (with
# JupyterLab it is): 38 grammars, 0.8 s in each notebook and each check, and no schema of ours has an address. None is
# how Python is told that a module is not there.
sys.modules.setdefault("rfc3987_syntax", None)

# Excel writes a French decimal comma and day-first dates; both are unambiguous in a column of that type.
_DECIMAL_COMMA = re.compile(r"^-?\d+,\d+$")
_FRENCH_DATE = re.compile(r"^(\d{2})/(\d{2})/(\d{4})$")
# What Python would read as a number and a person would not: 1_7, ٧, NaN, 1e400, twenty digits.
_PLAIN_NUMBER = re.compile(r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$")
_REFUSED = "✗"
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


def _report(table: Rows, schema: dict) -> tuple[list[list[str]], list]:
    # A sixth of what starting takes, and pages made of clean tables validate nothing: loaded with the first raw table.
    from frictionless import Resource, Schema

    kinds = {column["name"]: column["type"] for column in schema["fields"]}
    width = len(table.header)
    rows = [
        [_normalised(cell, kinds[column]) for column, cell in zip(table.header, row, strict=False)] + row[width:]
        for row in table.rows
    ]
    present = [column for column in schema["fields"] if column["name"] in table.header]
    ordered = {**schema, "fields": sorted(present, key=lambda column: table.header.index(column["name"]))}
    task = Resource(data=[table.header, *rows], schema=Schema.from_descriptor(ordered)).validate().tasks[0]
    return rows, task.errors


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
    rows, errors = _report(table, schema)
    short = {error.row_number for error in errors if error.type == "missing-cell"}
    told: dict[tuple, str] = {}
    for error in errors:
        place = getattr(error, "row_number", 2) - 2  # frictionless counts the header; rows wider than it have no place
        column = getattr(error, "field_name", None)
        cell = table.rows[place][table.header.index(column)] if column and error.row_number not in short else ""
        text = sentence_of(error, schema, cell)
        # A short line makes one fault a missing column besides the one that says so: keep the latter.
        is_echo = error.row_number in short and error.type != "missing-cell"
        if text and not is_echo:
            key = (place, column if error.type != "missing-cell" else "")
            told.setdefault(key, f"{shown}, ligne {table.lines[place]}{text}")
    return Rows(table.header, rows, table.lines), tuple(told.values())
