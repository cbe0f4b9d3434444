"""Which row of the book a code of a coding is."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

import pandas as pd

from helpers.exchange import Code, Project, code_labels
from helpers.typography import fold, french_spaces, shortened

# Looking for the nearest name grows with the number and the length of the names.
_MOST_COMPARED, LONGEST = 2_000, 80


def key_of(name: str) -> str:
    """What is alike in two spellings of a name; a name of signs alone is itself."""
    return fold(name) or " ".join(name.split())


class Book:
    """The rows of the book by the names that a coding may call them."""

    def __init__(self, book: pd.DataFrame) -> None:
        self.keys: dict[str, set[str]] = {}
        self.parents: dict[str, str] = {}
        self._named: dict[str, set[str]] = {}
        for row in book.itertuples():
            self.add(row.theme, row.libelle, row.parent)

    def add(self, theme: str, label: str, parent: str) -> None:
        self.keys[theme] = {key_of(theme), key_of(label)}
        self.parents[theme] = parent
        for key in self.keys[theme]:
            self._named.setdefault(key, set()).add(theme)

    def find(self, path: str) -> str:
        """The one row that a code is; ``""`` without any, or with several."""
        labels = [key_of(label) for label in code_labels(path)]
        own, above = labels[-1], labels[-2] if len(labels) > 1 else ""
        # A label that was taken has that of its parent before it.
        near = self._named.get(own, set()) | (self._named.get(f"{above}_{own}", set()) if above else set())
        known = {theme: self.keys.get(self.parents[theme], {self.parents[theme]}) - {""} for theme in near}
        possible = [theme for theme in near if not above or not known[theme] or above in known[theme]]
        exact = [theme for theme in possible if above in known[theme] or not (above or known[theme])]
        chosen = exact if len(exact) == 1 else possible
        return chosen[0] if len(chosen) == 1 else ""


def themes_of(codes: Iterable[str], book: pd.DataFrame) -> dict[str, str]:
    """The code of the book that each code of a coding is; ``""`` for one that the book does not have.

    The last label is the code (``theme``) or the label (``libelle``) of a row of the book (schema ``themes``), case and
    accents aside. Where both have a parent it must be the same; where several rows remain, the one that has that
    parent, or that has none when the code has none, is meant. Others are not guessed.

    >>> livre = pd.DataFrame({"theme": ["outils", "temps"], "libelle": ["Les outils", "Temps"], "parent": ["", ""]})
    >>> codebook.themes_of(["Les Outils", "Cadre/TEMPS", "Lieux"], livre)
    {'Les Outils': 'outils', 'Cadre/TEMPS': 'temps', 'Lieux': ''}
    """
    index = Book(book)
    return {path: index.find(path) for path in codes}


def used_codes(project: Project) -> list[str]:
    """The codes that passages have, in order; all of them for a coding without any document, which is a code book.

    >>> codebook.used_codes(exchange.Project((exchange.Code("Accueil"), exchange.Code("Élèves", "Accueil"))))
    ['Accueil', 'Accueil/Élèves']
    """
    if not project.documents:
        return [code.path for code in project.codes]
    used = {passage.code for passage in project.passages}
    return [code.path for code in project.codes if code.path in used]


def missing_codes(project: Project, book: pd.DataFrame) -> list[Code]:
    """The codes in use that the book does not have, in order; of it (schema ``themes``), see `themes_of`.

    >>> livre = pd.DataFrame({"theme": ["outils"], "libelle": ["Les outils"], "parent": [""]})
    >>> codage = exchange.Project((exchange.Code("Outils"), exchange.Code("Lieux")))
    >>> [code.name for code in codebook.missing_codes(codage, livre)]
    ['Lieux']
    """
    known = themes_of(used_codes(project), book)
    return [code for code in project.codes if known.get(code.path) == ""]


def unknown_code(code: Code, book: pd.DataFrame) -> str:
    """The French sentence on a code that the book (schema ``themes``) does not have: the nearest one, and what to do.

    >>> livre = pd.DataFrame({"theme": ["outils"], "libelle": ["Les outils"], "parent": [""]})
    >>> print(codebook.unknown_code(exchange.Code("Les outil"), livre))
    le code « Les outil » n’est pas dans le livre de codes ; vouliez-vous « Les outils » ?
    """
    named = {key_of(name): row.libelle for row in book.itertuples() for name in (row.theme, row.libelle)}
    short = (key for key in named if len(key) <= LONGEST)
    near = get_close_matches(key_of(code.name)[:LONGEST], [*islice(short, _MOST_COMPARED)], n=1)
    path = " / ".join(code_labels(code.path))
    if near and near[0] == key_of(code.name):
        remedy = "il y a un code de ce nom, sous un autre parent ou deux fois : précisez le parent."
    else:
        remedy = f"vouliez-vous « {named[near[0]]} » ?" if near else "corrigez-le, ou ajoutez-le au livre."
    return french_spaces(f"le code « {shortened(' '.join(path.split()))} » n’est pas dans le livre de codes ; {remedy}")
