"""What comes of a year's codings and stays on this machine: sentences to choose from, disagreements to talk about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers import paths
from helpers.schema import columns, typed
from helpers.store.codings import codings, load_coding
from helpers.store.export import inert
from helpers.store.private import folder_of
from helpers.store.raw import read_table
from helpers.store.whole import whole

if TYPE_CHECKING:
    from helpers.exchange import Project

POSSIBLE, DISAGREEMENTS = "citations_possibles.csv", "desaccords.csv"


def load_codings(year: int) -> dict[str, Project]:
    """Every coding of a year, by the name of its folder.

    Raises
    ------
    DataError
        for a table that is damaged.

    >>> store.load_codings(2020)
    {}
    """
    return {name: load_coding(year, name) for name in codings(year)}


def quoted_file(year: int) -> Path:
    """The private file where a person keeps the quotations chosen, there or not.

    >>> paths.relative(store.quoted_file(2021))
    'data/raw/2021/codages/citations.csv'
    """
    return paths.codings_folder(year) / f"{paths.QUOTED}.csv"


def load_earlier_codings(year: int) -> dict[str, Project]:
    """Every coding of the year just before, by the name of its folder: the one that pages compare codes with.

    Raises
    ------
    DataError
        for a table that is damaged.

    >>> store.load_earlier_codings(2020)
    {}
    """
    return load_codings(year - 1)


def possible_file(year: int) -> Path:
    """The private file of the sentences that a person may choose, there or not.

    >>> paths.relative(store.possible_file(2021))
    'data/processed/2021/prive/citations_possibles.csv'
    """
    return folder_of(year) / POSSIBLE


def read_quoted(year: int) -> pd.DataFrame:
    """The quotations that a person chose for a year (schema ``citations``), by the lines of their file.

    Empty without that file.

    Raises
    ------
    DataError
        for its first fault.

    >>> store.read_quoted(2020).empty
    True
    """
    path = quoted_file(year)
    if paths.has_rows(path):
        return read_table(path, "citations")
    return typed(pd.DataFrame(columns=columns("citations"), dtype="str"), "citations")


def save_coded(year: int, possible: pd.DataFrame, disagreements: pd.DataFrame) -> Path:
    """The private folder where the sentences that may be chosen and the disagreements of two coders now are.

    ``possible`` has the columns of `codings.quotable`, to which ``relue_le`` is added, to be filled; ``disagreements``
    those of `codings.disagreements`. For a French spreadsheet; a table without any row is no file. Both hold what was
    said: never in git, nor in a report.

    >>> vide = pd.DataFrame()
    >>> paths.relative(store.save_coded(2020, vide, vide))
    'data/processed/2020/prive'
    """
    folder = folder_of(year)
    for name, table in ((POSSIBLE, possible.assign(relue_le="")), (DISAGREEMENTS, disagreements)):
        path = folder / name
        if table.empty:
            path.unlink(missing_ok=True)
            continue
        safe = table.map(lambda value: inert(value) if isinstance(value, str) else value)
        with whole(path) as beside:
            content = safe.to_csv(index=False, sep=";", lineterminator="\r\n")
            beside.write_text(content, encoding="utf-8-sig", newline="")
    return folder
