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


def type_fault(column: dict, cell: str) -> str:
    """What is said of a cell, as received, that is not of the type of its column."""
    joined = _SPACES.sub("", cell)
    if column["type"] in ("number", "integer") and _DIGITS.fullmatch(joined) and joined != cell:
        return f"« {cell} » contient une espace ; écrivez {joined}."
    return f"« {shortened(cell)} » n’est pas {_TYPES[column['type']]} ; corrigez la valeur."


def constraint_fault(column: dict, value, cell: str) -> str:
    """What is said of the first constraint that a value (None: empty) breaks, ``cell`` as received; ``""`` for none."""
    rules = column.get("constraints", {})
    if value is None:
        return "la case est vide alors qu’elle est obligatoire ; complétez-la." if rules.get("required") else ""
    if not rules.get("minimum", value) <= value <= rules.get("maximum", value):
        return f"« {cell} » est impossible : la valeur doit être {_limits(rules)} ; vérifiez-la dans le document."
    if len(cell) > rules.get("maxLength", len(cell)):
        return f"« {shortened(cell)} » a {len(cell)} caractères, {rules['maxLength']} au plus sont permis ; abrégez."
    if "pattern" in rules and not re.fullmatch(rules["pattern"], cell):
        example = column["example"]
        return f"« {shortened(cell)} » n’a pas la forme attendue ; corrigez la valeur, par exemple « {example} »."
    if cell not in rules.get("enum", (cell,)):
        close = get_close_matches(cell, rules["enum"], n=1)
        hint = f" Vouliez-vous « {close[0]} » ?" if close else ""
        return f"« {shortened(cell)} » n’est pas dans la liste ({', '.join(rules['enum'])}).{hint}"
    return ""
