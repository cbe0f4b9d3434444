"""Which code of the book is a code of a coding, and what must the book gain to have them all?

A coding calls its codes ``parent/enfant``; the book (schema ``themes``) has a short code, a label and, if it likes, a
parent (docs/decisions/0041-a-code-of-a-coding-is-a-code-of-the-book.md).
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

import pandas as pd

from helpers.exchange import Code, Project, code_labels
from helpers.exchange.tables import disarmed
from helpers.schema import DataError, table_schema
from helpers.typography import fold, french_spaces, shortened

# What a code without a definition is given: a book that people read says that it is missing.
TO_DEFINE = "À définir."
_FIELDS = {"definition": "definition", "inclure": "include", "exclure": "exclude"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Looking for the nearest name grows with the number and the length of the names.
_MOST_COMPARED, _LONGEST = 2_000, 80


def _key(name: str) -> str:
    """What is alike in two spellings of a name; a name of signs alone is itself."""
    return fold(name) or " ".join(name.split())


class _Book:
    """The rows of the book by the names that a coding may call them."""

    def __init__(self, book: pd.DataFrame) -> None:
        self.keys: dict[str, set[str]] = {}
        self.parents: dict[str, str] = {}
        self._named: dict[str, set[str]] = {}
        for row in book.itertuples():
            self.add(row.theme, row.libelle, row.parent)

    def add(self, theme: str, label: str, parent: str) -> None:
        self.keys[theme] = {_key(theme), _key(label)}
        self.parents[theme] = parent
        for key in self.keys[theme]:
            self._named.setdefault(key, set()).add(theme)

    def find(self, path: str) -> str:
        """The one row that a code is; ``""`` without any, or with several."""
        labels = [_key(label) for label in code_labels(path)]
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
    index = _Book(book)
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
    named = {_key(name): row.libelle for row in book.itertuples() for name in (row.theme, row.libelle)}
    short = (key for key in named if len(key) <= _LONGEST)
    near = get_close_matches(_key(code.name)[:_LONGEST], [*islice(short, _MOST_COMPARED)], n=1)
    path = " / ".join(code_labels(code.path))
    if near and near[0] == _key(code.name):
        remedy = "il y a un code de ce nom, sous un autre parent ou deux fois : précisez le parent."
    else:
        remedy = f"vouliez-vous « {named[near[0]]} » ?" if near else "corrigez-le, ou ajoutez-le au livre."
    return french_spaces(f"le code « {shortened(' '.join(path.split()))} » n’est pas dans le livre de codes ; {remedy}")


def rows_to_add(project: Project, book: pd.DataFrame) -> list[dict[str, str]]:
    """The rows (schema ``themes``) that the book must gain for every code in use, parents first.

    The code is the label in snake case, after that of its parent where it is taken; a code without a definition is
    given « À définir. »; a day of change that is no date is left empty. Examples are not taken: they may be words of a
    meeting, and the book is public.

    Raises
    ------
    DataError
        for a label or a text that is longer than the book takes, or a label that nothing can tell from another.

    >>> livre = pd.DataFrame({"theme": ["outils"], "libelle": ["Les outils"], "parent": [""]})
    >>> codage = exchange.Project((exchange.Code("Outils"), exchange.Code("Grille d’accueil", "Outils")))
    >>> codebook.rows_to_add(codage, livre)[0]["theme"], codebook.rows_to_add(codage, livre)[0]["parent"]
    ('grille_d_accueil', 'outils')
    """
    by_path, wanted = {code.path: code for code in project.codes}, {}
    for code in missing_codes(project, book):
        line = []
        while code:
            line.append(code)
            code = by_path.get(code.parent)
        wanted |= {each.path: each for each in reversed(line)}
    index, labels, rows = _Book(book), set(book["libelle"]), []
    for path, code in wanted.items():
        if not index.find(path):
            row = _row(code, index.find(code.parent) if code.parent else "", set(index.parents), labels)
            index.add(row["theme"], row["libelle"], row["parent"])
            labels.add(row["libelle"])
            rows.append(row)
        if not index.find(path):
            told = f"le code « {shortened(path)} » ne peut pas être distingué d’un autre du livre de codes"
            raise DataError(french_spaces(f"{told} ; ajoutez-le vous-même à data/raw/reference/themes.csv."))
    return rows


def _row(code: Code, parent: str, themes: set[str], labels: set[str]) -> dict[str, str]:
    theme, label = fold(code.name)[:_LONGEST].strip("_") or "code", disarmed(" ".join(code.name.split()))
    if theme in themes and parent:
        theme = f"{parent}_{theme}"
    if label in labels and code.parent:
        label = f"{code_labels(code.parent)[-1]} : {label}"
    number, free, name = 1, theme, label
    while free in themes or name in labels:
        number += 1
        free = f"{theme}_{number}" if theme in themes else theme
        name = f"{label} ({number})" if label in labels else label
    texts = {column: disarmed(" ".join(getattr(code, field).split())) for column, field in _FIELDS.items()}
    texts["definition"] = texts["definition"] or TO_DEFINE
    changed = code.changed if _DAY.fullmatch(code.changed) else ""
    return _checked({"theme": free, "libelle": name, **texts, "parent": parent, "modifie_le": changed})


def _checked(row: dict[str, str]) -> dict[str, str]:
    for field in table_schema("themes")["fields"]:
        text, most = row.get(field["name"], ""), field.get("constraints", {}).get("maxLength")
        if most and len(text) > most:
            told = f"le code « {shortened(row['libelle'], width=40)} » a {len(text)} caractères dans {field['name']}"
            raise DataError(french_spaces(f"{told}, {most} au plus ; abrégez-le dans l’outil d’analyse."))
    return row
