"""The book as the codes of a coding, and a coding in the codes of the book."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from helpers.codebook.names import missing_codes, themes_of, unknown_code
from helpers.exchange import Code, Project, code_path
from helpers.schema import DataError


def codes_of(book: pd.DataFrame) -> dict[str, Code]:
    """The codes of the book (schema ``themes``) by their short code, which is their name too, parents first.

    Raises
    ------
    DataError
        for a code whose parent is not in the book, or is below it.

    >>> livre = pd.DataFrame({"theme": ["bureau", "lieux"], "libelle": ["Un bureau", "Lieux"], "parent": ["lieux", ""]})
    >>> [code.path for code in codebook.codes_of(livre).values()]
    ['lieux', 'lieux/bureau']
    """
    parents = dict(zip(book["theme"], book["parent"], strict=True))
    codes = (Code(theme, _path(parent, parents)) for theme, parent in parents.items())
    return {code.name: code for code in Project(tuple(codes)).codes}


def _path(theme: str, parents: dict[str, str]) -> str:
    """The path of a code of the book; of one that is its own parent, a path that no code has."""
    line = []
    while theme and theme not in line:
        line.append(theme)
        theme = parents.get(theme, "")
    path = ""
    for name in reversed(line):
        path = code_path(name, path)
    return path


def in_book(projects: Mapping[str, Project], book: pd.DataFrame) -> dict[str, Project]:
    """Codings, by their names, under the codes of the book: each passage under the one that its code is.

    All the codes of the book are there, so that codings of several tools, persons or years have the same. Of ``book``
    (schema ``themes``), see `themes_of`.

    Raises
    ------
    DataError
        for a code in use that the book does not have, with the nearest one.

    >>> livre = pd.DataFrame({"theme": ["outils", "temps"], "libelle": ["Les outils", "Temps"], "parent": ["", ""]})
    >>> passage = exchange.Passage("r1", 0, 8, "Un outil", "Les Outils")
    >>> codage = exchange.Project((exchange.Code("Les Outils"),), (exchange.Document("r1", "Un outil."),), (passage,))
    >>> [passage.code for passage in codebook.in_book({"Zoé": codage}, livre)["Zoé"].passages]
    ['outils']
    """
    codes = codes_of(book) if projects else {}
    return {name: _renamed(project, book, codes) for name, project in projects.items()}


def _renamed(project: Project, book: pd.DataFrame, codes: dict[str, Code]) -> Project:
    for code in missing_codes(project, book):
        raise DataError(unknown_code(code, book))
    named = themes_of({passage.code for passage in project.passages}, book)
    passages = tuple(replace(passage, code=codes[named[passage.code]].path) for passage in project.passages)
    return Project(tuple(codes.values()), project.documents, passages, project.told)
