"""The faults of a table in French: where, what, and what to do."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from helpers.typography import fold, shortened

# « 2 233 » as a document prints it: every kind of space.
_SPACES, _DIGITS = re.compile(r"[ \u00a0\u2009\u202f]"), re.compile(r"-?\d+(?:[.,]\d+)?")

_TYPES = {
    "integer": "un nombre entier",
    "number": "un nombre",
    "date": "une date écrite AAAA-MM-JJ ou JJ/MM/AAAA",
    "string": "un texte",
}


def header_faults(header: list[str], expected: list[str], shown: str, *, optional: Sequence[str] = ()) -> list[str]:
    """What is missing, unknown or double in a line of column names; a name that was misspelt is told once."""
    missing = [name for name in expected if name not in (*header, *optional)]
    unknown = {fold(name): name for name in header if name not in expected}
    faults = []
    for name in missing:
        close = get_close_matches(name, list(unknown), n=1, cutoff=0.6)
        remedy = f"renommez « {unknown.pop(close[0])} »" if close else "ajoutez-la, même vide"
        faults.append(f"la colonne « {name} » manque ; {remedy}.")
    for name in unknown.values():
        close = get_close_matches(fold(name), [each for each in optional if each not in header], n=1, cutoff=0.6)
        remedy = f"vouliez-vous « {close[0]} » ?" if close else "supprimez-la de ce fichier."
        faults.append(f"colonne « {name} » inconnue ; {remedy}")
    twice = dict.fromkeys(name for name in header if name in expected and header.count(name) > 1)
    faults += [f"la colonne « {name} » figure deux fois ; supprimez l’une des deux." for name in twice]
    return [f"{shown}, ligne 1 : {fault}" for fault in faults]


def _limits(rules: dict) -> str:
    low, high = rules.get("minimum"), rules.get("maximum")
    if None not in (low, high):
        return f"entre {low} et {high}"
    return f"au moins {low}" if high is None else f"au plus {high}"


def _constraint(column: dict, note: str, cell: str) -> str:
    rules = column.get("constraints", {})
    if '"required"' in note:
        return "la case est vide alors qu’elle est obligatoire ; complétez-la."
    if '"enum"' in note:
        close = get_close_matches(cell, rules["enum"], n=1)
        hint = f" Vouliez-vous « {close[0]} » ?" if close else ""
        return f"« {shortened(cell)} » n’est pas dans la liste ({', '.join(rules['enum'])}).{hint}"
    if '"minimum"' in note or '"maximum"' in note:
        limits = _limits(rules)
        return f"« {cell} » est impossible : la valeur doit être {limits} ; vérifiez-la dans le document."
    if '"maxLength"' in note:
        return f"« {shortened(cell)} » a {len(cell)} caractères, {rules['maxLength']} au plus sont permis ; abrégez."
    return f"« {shortened(cell)} » n’a pas la forme attendue ; corrigez la valeur, par exemple « {column['example']} »."


def sentence_of(error, schema: dict, cell: str) -> str | None:
    """What follows « fichier, ligne n » for an error of frictionless, ``cell`` as received; None for no fault."""
    name = getattr(error, "field_name", None)
    column = next((entry for entry in schema["fields"] if entry["name"] == name), None)
    if error.type == "type-error":
        joined = _SPACES.sub("", cell)
        if column["type"] in ("number", "integer") and _DIGITS.fullmatch(joined) and joined != cell:
            return f", colonne « {name} » : « {cell} » contient une espace ; écrivez {joined}."
        return f", colonne « {name} » : « {shortened(cell)} » n’est pas {_TYPES[column['type']]} ; corrigez la valeur."
    if error.type == "unique-error":
        return f", colonne « {name} » : « {shortened(cell)} » figure déjà plus haut ; chaque valeur doit être unique."
    if error.type == "constraint-error":
        return f", colonne « {name} » : {_constraint(column, error.note, cell)}"
    if error.type == "primary-key":
        return f" : cette ligne répète une ligne précédente ({', '.join(schema['primaryKey'])}) ; gardez-en une."
    if error.type == "extra-cell":
        return " : une case de trop ; entourez de guillemets les textes qui contiennent le séparateur."
    if error.type == "missing-cell":
        return " : des cases manquent en fin de ligne ; complétez la ligne."
    return None
