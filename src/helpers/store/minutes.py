"""The minutes of a year's meetings, private, and pseudonymised as they are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from helpers import paths
from helpers.schema import DataError
from helpers.store.reading import content_of, read_rows

if TYPE_CHECKING:  # as for the codings
    from helpers.exchange import Document

# In the folder of the minutes: the names that the team knows, and what replaces them.
NAMES = "noms.csv"
_COLUMNS = ("nom", "remplacement")


def load_minutes(year: int) -> list[Document]:
    """The minutes of a year, in the order of their files' names; each name of person is the same mark in all of them.

    Replaced: mails, telephones, numbers of persons, dates of birth, names after a title, and those of ``noms.csv``
    (``nom``, ``remplacement``), in the names of the files too. This does not make a text anonymous: a person rereads.

    Raises
    ------
    DataError
        for the first file that cannot be read.

    >>> store.load_minutes(2020)
    []
    """
    from helpers.exchange import Document

    return [Document(name, text, kind="compte_rendu") for name, text in _read(year)[0]]


def count_replaced(year: int) -> dict[str, int]:
    """How many things of each kind were replaced in the minutes of a year; never which.

    Raises
    ------
    DataError
        for the first file that cannot be read.

    >>> store.count_replaced(2020)
    {}
    """
    return _read(year)[1]


def minutes_faults(year: int) -> list[DataError]:
    """Every file of the minutes of a year that cannot be read, and every row of the list of names that says nothing.

    >>> store.minutes_faults(2020)
    []
    """
    folder = paths.minutes_folder(year)
    inside = sorted(each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
    found = [
        DataError(f"{paths.relative(each)} est un dossier, il n’est pas lu : sortez-en les textes.") for each in inside
    ]
    for read in (lambda: _names(year), *(lambda path=path: _text(path) for path in _files(year))):
        try:
            read()
        except DataError as fault:
            found.append(fault)
    return found


def _files(year: int) -> list[Path]:
    folder = paths.minutes_folder(year)
    found = folder.iterdir() if folder.is_dir() else []
    return sorted(
        path
        for path in found
        if path.is_file() and path.name.casefold() != NAMES and not path.name.startswith((".", "~"))
    )


def _text(path: Path) -> str:
    from helpers.exchange import read_text

    try:
        return read_text(path)
    except DataError as fault:
        # The place of the file, for what was told its name alone.
        raise DataError(f"{paths.relative(path.parent)}/{fault}") from None


def _names(year: int) -> dict[str, str]:
    """The names of the list and what replaces them; a sentence tells a line, and never a name."""
    folder = paths.minutes_folder(year)
    found = folder.iterdir() if folder.is_dir() else []
    # In capitals or not: a list that is not read would leave every name.
    path = next((each for each in sorted(found) if each.name.casefold() == NAMES), None)
    if path is None:
        return {}
    shown = paths.relative(path)
    read = read_rows(content_of(path), shown)
    if "nom" not in read.header or not set(read.header) <= set(_COLUMNS):
        raise DataError(f"{shown}, ligne 1 : les colonnes sont « nom » et « remplacement » ; corrigez cette ligne.")
    names: dict[str, str] = {}
    for line, cells in zip(read.lines, read.rows, strict=True):
        row = dict(zip(read.header, cells, strict=False))
        name, mark = row.get("nom", ""), row.get("remplacement", "")
        if not any(map(str.isalpha, name)) or len(cells) > len(read.header):
            raise DataError(f"{shown}, ligne {line}, colonne « nom » : un nom est attendu ; complétez cette ligne.")
        if name.casefold() in mark.casefold():
            told = "le remplacement contient le nom ; changez-le"
            raise DataError(f"{shown}, ligne {line}, colonne « remplacement » : {told}.")
        if names.setdefault(name, mark) != mark:
            raise DataError(f"{shown}, ligne {line}, colonne « nom » : ce nom est déjà plus haut ; gardez une ligne.")
    return names


def _read(year: int) -> tuple[list[tuple[str, str]], dict[str, int]]:
    from helpers.pseudonyms import Pseudonyms

    # Underscores would hold the words of a file's name together.
    read = [(path.stem.replace("_", " "), _text(path)) for path in _files(year)]
    marks = Pseudonyms([each for pair in read for each in pair], _names(year), year=year)
    out: dict[str, str] = {}
    for name, text in read:
        free = plain = marks.replace(name)
        number = 1
        while free in out:
            number += 1
            free = f"{plain} ({number})"
        out[free] = marks.replace(text)
    return [*out.items()], dict(marks.counts)
