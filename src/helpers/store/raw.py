"""Raw and reference tables, read as received."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.schema import DataError, columns, typed
from helpers.store.cards import describe_inputs, read_card
from helpers.store.reading import validated_rows


def present(year: int, name: str) -> bool:
    """Whether the year has this raw table."""
    return paths.raw_table(year, name).is_file()


@dataclass(frozen=True)
class RawYear:
    """What a year received, each table typed by its schema; a table that was not received is empty."""

    year: int
    document: str
    inputs: list[dict]
    figures: pd.DataFrame
    posts: pd.DataFrame
    meetings: pd.DataFrame
    statements: pd.DataFrame
    claims: pd.DataFrame
    remarks: pd.DataFrame


def faults_in(path: Path, name: str) -> list[DataError]:
    """Every fault of a table, in order of line; empty when it is as its schema says."""
    try:
        return validated_rows(path, name)[1]
    except DataError as fault:
        return [fault]


def _read(path: Path, name: str) -> pd.DataFrame:
    read, faults = validated_rows(path, name)
    if faults:
        raise faults[0]
    table = typed(pd.DataFrame(read.rows, columns=read.header, dtype="str"), name)
    table.index = pd.Index(read.lines, name="ligne_du_fichier")
    return table


def read_raw(year: int, name: str) -> pd.DataFrame:
    """A raw table of a year, typed by its schema; the index is the line number in the file, as an editor shows it.

    Raises
    ------
    DataError
        for an absent file, or its first fault.
    """
    return _read(paths.raw_table(year, name), name)


def read_reference(name: str) -> pd.DataFrame:
    """A public reference table, typed by its schema.

    Raises
    ------
    DataError
        for an absent file, or its first fault.
    """
    return _read(paths.reference() / f"{name}.csv", name)


def read_registers() -> dict[str, pd.DataFrame]:
    """The reference tables that cleaning the posts needs, named as `clean.clean_posts` takes them.

    Raises
    ------
    DataError
        for an absent file, or the first fault of a table.
    """
    return {
        "aliases": read_reference("alias"),
        "associations": read_reference("associations"),
        "colleges": read_reference("colleges"),
    }


def read_year(year: int) -> RawYear:
    """Every raw table of a year.

    Raises
    ------
    DataError
        for the first fault of a table.
    """
    inputs = describe_inputs(paths.read_with(year))
    tables = [
        read_raw(year, name) if present(year, name) else typed(pd.DataFrame(columns=columns(name), dtype="str"), name)
        for name in paths.RAW_TABLES
    ]
    if describe_inputs(paths.read_with(year)) != inputs:
        raise DataError(f"Les fichiers de {year} ont changé pendant leur lecture : relancez.")
    return RawYear(year, read_card(year)["title"], inputs, *tables)


def read_earlier_figures(year: int) -> pd.DataFrame:
    """The printed figures of the year before, which a printed difference needs; empty without one."""
    earlier = paths.previous_year(year)
    if earlier is None or not present(earlier, "chiffres_publies"):
        return typed(pd.DataFrame(columns=columns("chiffres_publies"), dtype="str"), "chiffres_publies")
    return read_raw(earlier, "chiffres_publies")
