"""The code book: matching the codes of a coding with its rows, and the rows it must gain to cover them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from itertools import islice

import pandas as pd

from helpers.codings.model import Code, Project, code_labels, code_path
from helpers.codings.tables import escape_formula
from helpers.schema import DataError, table_schema
from helpers.typography import fold, french_spaces, shorten

# --- Matching codes with rows of the book ---

# The search for the nearest name gets slower with the number and the length of the names.
_MOST_COMPARED, LONGEST = 2_000, 80


def key_of(name: str) -> str:
    """A name without case and accents; one made of symbols alone is compared as it is."""
    return fold(name) or " ".join(name.split())


class Book:
    """The rows of the book, indexed by the names that a coding may use for them."""

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
        """The one row that a code means; ``""`` for none or several."""
        labels = [key_of(label) for label in code_labels(path)]
        own, above = labels[-1], labels[-2] if len(labels) > 1 else ""
        # `rows_to_add` prefixes a label that was taken with that of its parent.
        near = self._named.get(own, set()) | (self._named.get(f"{above}_{own}", set()) if above else set())
        known = {theme: self.keys.get(self.parents[theme], {self.parents[theme]}) - {""} for theme in near}
        possible = [theme for theme in near if not above or not known[theme] or above in known[theme]]
        exact = [theme for theme in possible if above in known[theme] or not (above or known[theme])]
        matches = exact if len(exact) == 1 else possible
        return matches[0] if len(matches) == 1 else ""


def themes_of(codes: Iterable[str], book: pd.DataFrame) -> dict[str, str]:
    """The row (``theme``) of the book for each code of a coding; ``""`` where the book (schema ``themes``) has none.

    The last label must be the ``theme`` or the ``libelle`` of a row, case and accents aside. Where both have a parent,
    it must be the same; among several rows, the one with that parent (or without, as the code) wins. Nothing is
    guessed.

    >>> livre = pd.DataFrame({"theme": ["outils", "temps"], "libelle": ["Les outils", "Temps"], "parent": ["", ""]})
    >>> codings.themes_of(["Les Outils", "Cadre/TEMPS", "Lieux"], livre)
    {'Les Outils': 'outils', 'Cadre/TEMPS': 'temps', 'Lieux': ''}
    """
    index = Book(book)
    return {path: index.find(path) for path in codes}


def used_codes(project: Project) -> list[str]:
    """The codes that passages use, in order; all of them for a code book, which has no document."""
    if not project.documents:
        return [code.path for code in project.codes]
    used = {passage.code for passage in project.passages}
    return [code.path for code in project.codes if code.path in used]


def missing_codes(project: Project, book: pd.DataFrame) -> list[Code]:
    """The codes in use that the book does not have, in order; see `themes_of`."""
    known = themes_of(used_codes(project), book)
    return [code for code in project.codes if known.get(code.path) == ""]


def unknown_code(code: Code, book: pd.DataFrame) -> str:
    """The French sentence on a code that the book does not have, with the nearest one and the remedy.

    >>> livre = pd.DataFrame({"theme": ["outils"], "libelle": ["Les outils"], "parent": [""]})
    >>> print(codings.unknown_code(Code("Les outil"), livre))
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
    return french_spaces(f"le code « {shorten(' '.join(path.split()))} » n’est pas dans le livre de codes ; {remedy}")


# --- The book as codes, and a coding under the codes of the book ---


def codes_of(book: pd.DataFrame) -> dict[str, Code]:
    """The codes of the book (schema ``themes``) by ``theme``, which is their name too, parents first.

    Raises DataError for a code whose parent is not in the book, or is below it.
    """
    parents = dict(zip(book["theme"], book["parent"], strict=True))
    codes = (Code(theme, _path(parent, parents)) for theme, parent in parents.items())
    return {code.name: code for code in Project(tuple(codes)).codes}


def _path(theme: str, parents: dict[str, str]) -> str:
    """The path of a code of the book; for one that is its own parent, a path that no code has."""
    line = []
    while theme and theme not in line:
        line.append(theme)
        theme = parents.get(theme, "")
    path = ""
    for name in reversed(line):
        path = code_path(name, path)
    return path


def recode_to_book(projects: Mapping[str, Project], book: pd.DataFrame) -> dict[str, Project]:
    """Codings, by their names, each passage under the code of the book (schema ``themes``) that its code means.

    Every project has all the codes of the book, so that tools, persons and years can be compared. Raises DataError for
    a code in use that the book does not have, with the nearest one.
    """
    codes, renamed = codes_of(book) if projects else {}, {}
    for name, project in projects.items():
        for code in missing_codes(project, book):
            raise DataError(unknown_code(code, book))
        themes = themes_of({passage.code for passage in project.passages}, book)
        passages = tuple(replace(each, code=codes[themes[each.code]].path) for each in project.passages)
        renamed[name] = Project(tuple(codes.values()), project.documents, passages, project.told)
    return renamed


# --- The rows that the book must gain ---

# The definition of a code that has none: readers of the book see that it is missing.
TO_DEFINE = "À définir."
_FIELDS = {"definition": "definition", "inclure": "include", "exclure": "exclude"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def rows_to_add(project: Project, book: pd.DataFrame) -> list[dict[str, str]]:
    """The rows (schema ``themes``) that the book must gain to have every code in use, parents first.

    ``theme`` is the label in snake case, prefixed with the parent's where it is taken; a missing definition is
    « À définir. »; a change day that is not a date is dropped. Examples are not copied: they may quote a meeting, and
    the book is public. Raises DataError for a label or text too long for the book, or a label too close to another.

    >>> livre = pd.DataFrame({"theme": ["outils"], "libelle": ["Les outils"], "parent": [""]})
    >>> codage = Project((Code("Outils"), Code("Grille d’accueil", "Outils")))
    >>> codings.rows_to_add(codage, livre)[0]["theme"], codings.rows_to_add(codage, livre)[0]["parent"]
    ('grille_d_accueil', 'outils')
    """
    by_path, wanted = {code.path: code for code in project.codes}, {}
    for code in missing_codes(project, book):
        branch = []
        while code:
            branch.append(code)
            code = by_path.get(code.parent)
        wanted |= {each.path: each for each in reversed(branch)}
    index, labels, rows = Book(book), set(book["libelle"]), []
    for path, code in wanted.items():
        if not index.find(path):
            row = _row(code, index.find(code.parent) if code.parent else "", set(index.parents), labels)
            index.add(row["theme"], row["libelle"], row["parent"])
            labels.add(row["libelle"])
            rows.append(row)
        if not index.find(path):
            problem = f"le code « {shorten(path)} » ne peut pas être distingué d’un autre du livre de codes"
            raise DataError(french_spaces(f"{problem} ; ajoutez-le vous-même à data/raw/reference/themes.csv."))
    return rows


def _row(code: Code, parent: str, themes: set[str], labels: set[str]) -> dict[str, str]:
    theme, label = fold(code.name)[:LONGEST].strip("_") or "code", escape_formula(" ".join(code.name.split()))
    if theme in themes and parent:
        theme = f"{parent}_{theme}"
    if label in labels and code.parent:
        label = f"{code_labels(code.parent)[-1]} : {label}"
    number, free, name = 1, theme, label
    while free in themes or name in labels:
        number += 1
        free = f"{theme}_{number}" if theme in themes else theme
        name = f"{label} ({number})" if label in labels else label
    texts = {column: escape_formula(" ".join(getattr(code, field).split())) for column, field in _FIELDS.items()}
    texts["definition"] = texts["definition"] or TO_DEFINE
    changed = code.changed if _DAY.fullmatch(code.changed) else ""
    return _checked({"theme": free, "libelle": name, **texts, "parent": parent, "modifie_le": changed})


def _checked(row: dict[str, str]) -> dict[str, str]:
    for field in table_schema("themes")["fields"]:
        text, most = row.get(field["name"], ""), field.get("constraints", {}).get("maxLength")
        if most and len(text) > most:
            told = f"le code « {shorten(row['libelle'], width=40)} » a {len(text)} caractères dans {field['name']}"
            raise DataError(french_spaces(f"{told}, {most} au plus ; abrégez-le dans l’outil d’analyse."))
    return row


# --- The code book as a page shows it ---


def displayed_codes(book: pd.DataFrame, statements: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """The codes that a statement or a coding uses, and their ancestors, in tree order.

    Columns: ``libelle``, after those of its parents, ``definition``; ``inclure``, ``exclure``, ``modifie_le`` where
    some code has one; ``enonces``, the number of ``statements`` (schema ``enonces``), and ``extraits`` of ``codes``
    (columns of `codings.code_counts`), each unless all are zero.
    """
    labels = dict(zip(book["theme"], book["libelle"], strict=True))
    counts = {"enonces": statements["theme"].value_counts(), "extraits": codes.set_index("code")["extraits"]}
    used = {theme for count in counts.values() for theme, times in count.items() if times}
    ancestors = {theme: code_labels(code.path) for theme, code in codes_of(book).items()}
    displayed = {above for theme in used & ancestors.keys() for above in ancestors[theme]}
    rows = book.set_index("theme").loc[[theme for theme in ancestors if theme in displayed]]
    table = pd.DataFrame({"libelle": [" › ".join(labels[each] for each in ancestors[theme]) for theme in rows.index]})
    table["definition"] = rows["definition"].to_list()
    for name in ("inclure", "exclure", "modifie_le"):
        if (rows[name].notna() & rows[name].ne("")).any():
            table[name] = rows[name].to_list()
    for name, count in counts.items():
        if count.sum():
            table[name] = count.reindex(rows.index, fill_value=0).astype("int64").to_list()
    return table
