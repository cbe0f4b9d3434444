"""What cannot be read, in one French sentence."""

import difflib
from collections.abc import Iterable
from itertools import islice

from helpers.schema import DataError
from helpers.typography import french_spaces, shortened

# Looking for the nearest of 2 000 names takes a second at most; it grows with the square of their length.
_MOST_COMPARED = 2_000
_LONGEST_COMPARED = 300


def fault(text: str) -> DataError:
    """The error to raise: what is wrong, then what to do, in French with its no-break spaces.

    >>> print(exchange.fault("le fichier est vide ; refaites l’export."))
    le fichier est vide ; refaites l’export.
    """
    return DataError(french_spaces(text))


def unknown(what: str, name: str, among: Iterable[str]) -> DataError:
    """The error to raise for a name that is not there, with the nearest one that is.

    >>> print(exchange.unknown("le code", "Acceuil", ["Accueil", "Outils"]))
    le code « Acceuil » n’existe pas ; vouliez-vous « Accueil » ?
    """
    short = (each for each in among if len(each) <= _LONGEST_COMPARED)
    near = difflib.get_close_matches(name[:_LONGEST_COMPARED], [*islice(short, _MOST_COMPARED)], n=1)
    remedy = f"vouliez-vous « {shown(near[0])} » ?" if near else "ajoutez-le, ou corrigez ce nom."
    return fault(f"{what} « {shown(name)} » n’existe pas ; {remedy}")


def shown(name: str) -> str:
    """A name on one line, for a sentence."""
    return shortened(" ".join(name.replace("\0", "").split()))
