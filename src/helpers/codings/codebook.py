"""The code book: matching the codes of a coding with its rows, and the rows it must gain to cover them."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from helpers.codings.model import Code, Project, ancestors, code_labels, code_path, free_name, name_key
from helpers.codings.safe_files import coding_error, nearest, one_line
from helpers.schema import table_schema
from helpers.typography import escape_formula, fold


class Book:
    """The rows of the book, found by the names that a coding may use for them."""

    def __init__(self, book: pd.DataFrame) -> None:
        self.rows: dict[str, tuple[str, set[str]]] = {}
        for row in book.itertuples():
            self.add(row.theme, row.libelle, row.parent)

    def add(self, theme: str, label: str, parent: str) -> None:
        self.rows[theme] = parent, {name_key(theme), name_key(label)}

    def find(self, path: str, *, by_label: bool = False) -> str:
        """The one row at the path of a code, ``""`` for none or several; by its label, as far as both paths go."""
        labels = [name_key(label) for label in reversed(code_labels(path))]
        # A label alone or, as `rows_to_add` writes one that was taken, after that of its parent.
        names = [{label, f"{above}_{label}"} for label, above in zip(labels, [*labels[1:], ""], strict=True)]
        matches = []
        for theme in (theme for theme, (_, keys) in self.rows.items() if names[0] & keys):
            line = self._line(theme)
            if (by_label or len(line) == len(names)) and all(map(set.intersection, names, line)):
                matches.append(theme)
        return matches[0] if len(matches) == 1 else ""

    def _line(self, theme: str) -> list[set[str]]:
        """The names of a row, then of those above it."""
        line: list[set[str]] = []
        while theme in self.rows and len(line) < len(self.rows):
            theme, keys = self.rows[theme]
            line.append(keys)
        return line


def themes_of(
    codes: Iterable[str], book: pd.DataFrame, known: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """The row (``theme``) of the book for each of the codes that a coding uses; ``""`` where none is sure.

    ``known`` are the rows that a person chose, by code. Otherwise a code is the row at its path, each label being the
    ``theme`` or the ``libelle`` of a row, case and accents aside; else (Taguette has no tree) the one row whose path
    ends alike, as far as both go, unless another code of the coding means it.

    >>> livre = pd.DataFrame({"theme": ["outils", "temps"], "libelle": ["Les outils", "Temps"], "parent": ["", ""]})
    >>> codings.themes_of(["Les Outils", "Cadre/TEMPS", "Lieux"], livre)
    {'Les Outils': 'outils', 'Cadre/TEMPS': 'temps', 'Lieux': ''}
    >>> codings.themes_of(["École/Temps", "Cadre/Temps"], livre)
    {'École/Temps': '', 'Cadre/Temps': ''}
    """
    index = Book(book)
    found = {path: known.get(path) if known.get(path) in index.rows else index.find(path) for path in codes}
    by_label = {path: index.find(path, by_label=True) for path, theme in found.items() if not theme}
    claims = Counter([*found.values(), *by_label.values()])
    return found | {path: theme for path, theme in by_label.items() if claims[theme] == 1}


def used_codes(project: Project) -> list[str]:
    """The codes that passages use, in order; all of them for a code book, which has no document."""
    used = {passage.code for passage in project.passages}
    return [code.path for code in project.codes if code.path in used or not project.documents]


def missing_codes(project: Project, book: pd.DataFrame) -> list[Code]:
    """The codes in use that no row of the book is, in order; see `themes_of`."""
    known = themes_of(used_codes(project), book, project.themes)
    return [code for code in project.codes if known.get(code.path) == ""]


def unknown_code(code: Code, book: pd.DataFrame) -> str:
    """The French sentence on a code that the book does not have, with the nearest one and the remedy."""
    named = {name_key(name): row.libelle for row in book.itertuples() for name in (row.theme, row.libelle)}
    near = nearest(name_key(code.name), named)
    remedy = f"vouliez-vous « {named[near]} » ?" if near else "corrigez-le, ou ajoutez-le au livre."
    if near == name_key(code.name):
        remedy = "il y a un code de ce nom, sous un autre parent ou deux fois : précisez le parent."
    path = one_line(" / ".join(code_labels(code.path)))
    return f"le code « {path} » n’est pas dans le livre de codes ; {remedy}"


def codes_of(book: pd.DataFrame) -> dict[str, Code]:
    """The codes of the book (schema ``themes``) by ``theme``, which is their name too, parents first.

    Raises DataError for a code whose parent is not in the book, or is below it.
    """
    parents = dict(zip(book["theme"], book["parent"], strict=True))

    def path(theme: str, *below: str) -> str:
        """The path of a row; for one that is its own parent, a path that no code has."""
        return code_path(theme, path(parents.get(theme, ""), theme, *below)) if theme and theme not in below else ""

    codes = tuple(Code(theme, path(above)) for theme, above in parents.items())
    return {code.name: code for code in Project(codes).codes}


def recode_to_book(projects: Mapping[str, Project], book: pd.DataFrame) -> dict[str, Project]:
    """Codings, by their names, each passage under the code of the book (schema ``themes``) that its code means.

    Every project has all the codes of the book, so that tools, persons and years can be compared. Raises DataError for
    a code in use that the book does not have, with the nearest one.
    """
    codes, renamed = codes_of(book) if projects else {}, {}
    for name, project in projects.items():
        if missing := missing_codes(project, book):
            raise coding_error(" ".join(unknown_code(code, book) for code in missing[:3]))
        themes = themes_of(used_codes(project), book, project.themes)
        passages = tuple(replace(each, code=codes[themes[each.code]].path) for each in project.passages)
        renamed[name] = Project(tuple(codes.values()), project.documents, passages, project.told)
    return renamed


# --- The rows that the book must gain ---
# The definition of a code that has none: readers of the book see that it is missing.
TO_DEFINE = "À définir."
_FIELDS = {"definition": "definition", "inclure": "include", "exclure": "exclude"}


def rows_to_add(project: Project, book: pd.DataFrame) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The rows (schema ``themes``) that the book must gain to have every code in use, parents first.

    The second value gives the row of these codes, and of those above them, by their paths. ``theme`` is the label in
    snake case, prefixed with the parent's where it is taken; a missing definition is « À définir. »; a text that is too
    long is cut, with an ellipsis. Examples are not copied: they may quote a meeting, and the book is public.
    """
    by_path, wanted = {code.path: code for code in project.codes}, {}
    for code in missing_codes(project, book):
        wanted |= {path: by_path[path] for path in ancestors(code.path)}
    index, labels, rows, added = Book(book), set(book["libelle"]), [], {}
    themes = themes_of(used_codes(project), book, project.themes)
    for path, code in wanted.items():
        # A code above, which nobody applied, may be in the book; so may one that differs by its accents alone.
        theme = themes.get(path) or index.find(path)
        if not theme:
            row = _row(code, themes.get(code.parent, ""), set(index.rows), labels)
            theme = row["theme"]
            index.add(theme, row["libelle"], row["parent"])
            labels.add(row["libelle"])
            rows.append(row)
        themes[path] = added[path] = theme
    return rows, added


def _row(code: Code, parent: str, themes: set[str], labels: set[str]) -> dict[str, str]:
    most = {each["name"]: each.get("constraints", {}).get("maxLength") for each in table_schema("themes")["fields"]}
    # Nobody would type a longer one in another table.
    theme, label = fold(code.name)[:80].strip("_") or "code", _cut(code.name, most["libelle"] - 10)
    if theme in themes and parent:
        theme = f"{parent}_{theme}"[:160]
    if label in labels and code.parent:
        label = _cut(f"{code_labels(code.parent)[-1]} : {code.name}", most["libelle"] - 10)
    theme = fold(free_name(theme, Counter(themes)))
    texts = {column: _cut(getattr(code, field), most[column]) for column, field in _FIELDS.items()}
    texts["definition"] = texts["definition"] or TO_DEFINE
    changed = code.changed if re.fullmatch(r"\d{4}-\d{2}-\d{2}", code.changed) else ""
    label = free_name(label, Counter(labels))
    return {"theme": theme, "libelle": label, **texts, "parent": parent, "modifie_le": changed}


def _cut(text: str, most: int) -> str:
    """The text on one line, disarmed, no longer than a cell of the book may be."""
    line = escape_formula(" ".join(text.split()))
    return line if len(line) <= most else f"{line[: most - 1]}…"


def displayed_codes(book: pd.DataFrame, statements: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """The codes that a statement or a coding uses, and their ancestors, in tree order.

    Columns: ``libelle``, after those of its parents, ``definition``; ``inclure``, ``exclure``, ``modifie_le`` where
    some code has one; ``enonces``, the number of ``statements`` (schema ``enonces``), and ``extraits`` of ``codes``
    (columns of `codings.code_counts`), each unless all are zero.
    """
    labels = dict(zip(book["theme"], book["libelle"], strict=True))
    counts = {"enonces": statements["theme"].value_counts(), "extraits": codes.set_index("code")["extraits"]}
    used = {theme for count in counts.values() for theme, times in count.items() if times}
    lines = {theme: code_labels(code.path) for theme, code in codes_of(book).items()}
    displayed = {above for theme in used & lines.keys() for above in lines[theme]}
    table = book.set_index("theme").loc[[theme for theme in lines if theme in displayed]]
    table["libelle"] = [" › ".join(labels[each] for each in lines[theme]) for theme in table.index]
    filled = [name for name in ("inclure", "exclure", "modifie_le") if (table[name].notna() & table[name].ne("")).any()]
    for name, count in counts.items():
        table[name] = count.reindex(table.index, fill_value=0).astype("int64")
    filled += [name for name in counts if table[name].any()]
    return table[["libelle", "definition", *filled]].reset_index(drop=True)
