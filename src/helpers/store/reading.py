"""From the bytes of a small table to rows, and from what a schema refuses to French sentences."""

import csv
import io
import re
from difflib import get_close_matches
from pathlib import Path

from frictionless import Resource, Schema

from helpers import paths
from helpers.schema import DataError, table_schema

# Excel writes a French decimal comma and day-first dates; both are unambiguous in a column of that type.
_DECIMAL_COMMA = re.compile(r"^-?\d+,\d+$")
_FRENCH_DATE = re.compile(r"^(\d{2})/(\d{2})/(\d{4})$")

_TYPES = {
    "integer": "un nombre entier",
    "number": "un nombre",
    "date": "une date écrite AAAA-MM-JJ ou JJ/MM/AAAA",
    "string": "un texte",
}


def read_rows(path: Path) -> list[list[str]]:
    """The cells of a CSV file, header first: UTF-8 or Windows-1252, comma, semicolon or tab, French numbers kept.

    Raises
    ------
    DataError
        when the file is absent, empty, unreadable or not a text table.
    """
    shown = paths.relative(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"Fichier absent : {shown}. Déposez-le dans ce dossier, puis relancez.") from None
    except PermissionError:
        raise DataError(f"Impossible de lire {shown} : fermez-le s’il est ouvert, ou vérifiez vos droits.") from None
    if b"\0" in content:
        raise DataError(f"{shown} n’est pas une table en texte : enregistrez-la au format CSV UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    header = text.split("\n", 1)[0]
    if not header.strip():
        raise DataError(f"{shown} est vide : la première ligne doit porter les noms des colonnes.")
    delimiter = max(",;\t", key=header.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _header_faults(header: list[str], expected: list[str], shown: str) -> list[DataError]:
    missing = [name for name in expected if name not in header]
    unknown = [name for name in header if name not in expected]
    twice = sorted({name for name in header if header.count(name) > 1})
    faults = []
    for name in missing:
        near = get_close_matches(name, unknown, n=1, cutoff=0.6)
        remedy = f"renommez « {near[0]} »" if near else "ajoutez-la, même vide"
        faults.append(DataError(f"{shown}, ligne 1 : la colonne « {name} » manque ; {remedy}."))
    for name in unknown:
        if not any(name in get_close_matches(name, [other], cutoff=0.6) for other in missing):
            faults.append(DataError(f"{shown}, ligne 1 : colonne « {name} » inconnue ; supprimez-la de ce fichier."))
    faults += [DataError(f"{shown}, ligne 1 : la colonne « {name} » figure deux fois.") for name in twice]
    return faults


def _constraint_sentence(column: dict, note: str, cell: str) -> str:
    rules = column.get("constraints", {})
    if '"required"' in note:
        return "la case est vide alors qu’elle est obligatoire ; complétez-la."
    if '"enum"' in note:
        near = get_close_matches(cell, rules["enum"], n=1)
        hint = f" Vouliez-vous « {near[0]} » ?" if near else ""
        return f"« {cell} » n’est pas dans la liste ({', '.join(rules['enum'])}).{hint}"
    if '"minimum"' in note or '"maximum"' in note:
        low, high = rules.get("minimum"), rules.get("maximum")
        limits = (
            f"entre {low} et {high}"
            if None not in (low, high)
            else f"au moins {low}"
            if high is None
            else f"au plus {high}"
        )
        return f"« {cell} » est impossible : la valeur doit être {limits} ; vérifiez-la dans le document."
    if '"unique"' in note:
        return f"« {cell} » figure déjà plus haut ; chaque valeur doit être unique."
    return f"« {cell} » n’a pas la forme attendue ({column['description']})"


def _sentence(error, schema: dict, shown: str) -> str | None:
    where = f"{shown}, ligne {getattr(error, 'row_number', '?')}"
    name = getattr(error, "field_name", None)
    column = next((entry for entry in schema["fields"] if entry["name"] == name), None)
    if error.type == "type-error":
        return (
            f"{where}, colonne « {name} » : « {error.cell} » n’est pas {_TYPES[column['type']]} ; corrigez la valeur."
        )
    if error.type == "constraint-error":
        return f"{where}, colonne « {name} » : {_constraint_sentence(column, error.note, str(error.cell or ''))}"
    if error.type == "primary-key":
        return f"{where} : cette ligne répète une ligne précédente ({', '.join(schema['primaryKey'])}) ; gardez-en une."
    if error.type == "extra-cell":
        return f"{where} : une case de trop ; entourez de guillemets les textes qui contiennent le séparateur."
    if error.type == "missing-cell":
        return f"{where} : des cases manquent en fin de ligne ; complétez la ligne."
    return None


def _normalised(cell: str, kind: str) -> str:
    cell = cell.strip()
    if kind in ("number", "integer") and _DECIMAL_COMMA.match(cell):
        return cell.replace(",", ".")
    if kind == "date" and (found := _FRENCH_DATE.match(cell)):
        return "-".join(reversed(found.groups()))
    return cell


def validated_rows(path: Path, name: str) -> tuple[list[str], list[list[str]], list[int], list[DataError]]:
    """Header, rows without blank ones, their line numbers in the file, and every fault the schema finds.

    A fault is a `DataError` that names file, line, column, value and remedy; one sentence a cell.
    """
    schema, shown = table_schema(name), paths.relative(path)
    header, *rows = read_rows(path)
    header = [cell.strip() for cell in header]
    kinds = {column["name"]: column["type"] for column in schema["fields"]}
    faults = _header_faults(header, list(kinds), shown)
    if faults:
        return header, [], [], faults
    rows = [
        [_normalised(cell, kinds.get(column, "string")) for column, cell in zip(header, row, strict=False)]
        + row[len(header) :]
        for row in rows
    ]
    full = [(number, row) for number, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)]
    if not full:
        return (
            header,
            [],
            [],
            [DataError(f"{shown} n’a aucune ligne sous les noms de colonnes ; complétez-la ou retirez-la.")],
        )
    ordered = {**schema, "fields": sorted(schema["fields"], key=lambda column: header.index(column["name"]))}
    report = Resource(data=[header, *rows], schema=Schema.from_descriptor(ordered)).validate()
    blank = {number for number in range(2, len(rows) + 2)} - {number for number, _ in full}
    seen, sentences = set(), []
    for error in report.tasks[0].errors:
        key = (getattr(error, "row_number", None), getattr(error, "field_name", None) or error.type)
        sentence = None if key[0] in blank or key in seen else _sentence(error, schema, shown)
        seen.add(key)
        if sentence and not _shadowed(error, report.tasks[0].errors):
            sentences.append(sentence)
    return (
        header,
        [row for _, row in full],
        [number for number, _ in full],
        [DataError(s) for s in dict.fromkeys(sentences)],
    )


def _shadowed(error, errors) -> bool:
    # A short line makes one fault a missing column besides the one that says so: keep the latter.
    short = {other.row_number for other in errors if other.type == "missing-cell"}
    return error.type == "constraint-error" and error.row_number in short
