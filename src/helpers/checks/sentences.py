"""How a fault is told: file, line, column, value, remedy."""

from collections.abc import Iterable
from difflib import get_close_matches

from helpers.schema import DataError
from helpers.typography import shortened


def fault(file: str, line: int, column: str, value: object, remedy: str) -> DataError:
    """One fault of one cell; ``remedy`` says what is wrong and what to do."""
    shown = f"« {shortened(str(value))} »" if str(value) else "la valeur"
    return DataError(f"{file}, ligne {line}, colonne « {column} » : {shown} {remedy}")


def unknown(value: str, known: Iterable[str], *, register: str = "") -> str:
    """What to say of a value that is not in a list: the nearest one, if any; else where to look, or where to add it.

    ``register`` is the reference table that holds the list, when a researcher may add to it.
    """
    if not value:
        return "est vide ; indiquez une modalité (voir docs/data-dictionary.md)."
    near = get_close_matches(value, list(known), n=1)
    if near:
        return f"est inconnu ; vouliez-vous « {near[0]} » ?"
    return f"est inconnu ; ajoutez-le à {register}." if register else "est inconnu ; voir docs/data-dictionary.md."
