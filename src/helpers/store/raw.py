"""Raw and reference tables, read as received."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.schema import DataError, columns, typed
from helpers.store.cards import read_card
from helpers.store.inputs import describe_inputs
from helpers.store.reading import content_of, remembered, validated_rows


def present(year: int, name: str) -> bool:
    """Whether the year has this raw table, with more than the names of its columns: `new-year` makes such tables.

    >>> store.present(2020, "reunions"), store.present(2019, "reunions")
    (True, False)
    """
    return paths.has_rows(paths.raw_table(year, name))


@dataclass(frozen=True)
class RawYear:
    """What a year received, each table typed by its schema; a table that was not received is empty.

    Its tables: schemas ``chiffres_publies``, ``prises_de_poste``, ``reunions``, ``enonces``, ``affirmations`` and
    ``remarques``, in this order.

    >>> recu = store.read_year(2020)
    >>> recu.document, len(recu.posts), len(recu.meetings)
    ('Note de synthèse 2020', 17, 8)
    """

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
    """Every fault of a table, in order of line; empty when it is as its schema says.

    >>> store.faults_in(paths.raw_table(2020, "reunions"), "reunions")
    []
    >>> print(store.faults_in(paths.raw_table(2020, "reunions"), "themes")[0])
    data/raw/2020/reunions.csv, ligne 1 : la colonne « theme » manque ; ajoutez-la, même vide.
    """
    try:
        return [DataError(fault) for fault in validated_rows(content_of(path), paths.relative(path), name)[1]]
    except DataError as fault:
        return [fault]


def read_table(path: Path, name: str) -> pd.DataFrame:
    """A table of this schema, typed; the index is the line number in the file, as an editor shows it.

    Raises
    ------
    DataError
        for an absent file, or its first fault.
    """
    return _typed(content_of(path), paths.relative(path), name).copy()


@remembered
def _typed(content: bytes, shown: str, name: str) -> pd.DataFrame:
    read, faults = validated_rows(content, shown, name)
    if faults:
        raise DataError(faults[0])
    table = typed(pd.DataFrame(read.rows, columns=read.header, dtype="str"), name)
    table.index = pd.Index(read.lines, name="ligne_du_fichier")
    return table


def read_raw(year: int, name: str) -> pd.DataFrame:
    """A raw table of a year, typed by its schema; the index is the line number in the file, as an editor shows it.

    Raises
    ------
    DataError
        for an absent file, or its first fault.

    Here the schema ``chiffres_publies``:

    >>> store.read_raw(2020, "chiffres_publies")[["indicateur", "valeur", "unite"]].head(2)
                           indicateur  valeur   unite
    ligne_du_fichier
    2                          postes    73.0   alses
    3           experience_prevention    35.0    pct
    """
    return read_table(paths.raw_table(year, name), name)


def read_reference(name: str) -> pd.DataFrame:
    """A public reference table, typed by its schema.

    Raises
    ------
    DataError
        for an absent file, or its first fault.

    Here the schema ``reperes``:

    >>> store.read_reference("reperes")[["libelle", "valeur", "champ"]].head(1)
                      libelle  valeur                     champ
    ligne_du_fichier
    2                 médiane   88.75  collèges publics du Nord
    """
    return read_table(paths.reference() / f"{name}.csv", name)


def read_registers() -> dict[str, pd.DataFrame]:
    """The reference tables that cleaning the posts needs, named as `clean.clean_posts` takes them.

    The schema ``alias``, schema ``associations`` and schema ``colleges``, under the names below.

    Raises
    ------
    DataError
        for an absent file, or the first fault of a table.

    >>> list(store.read_registers())
    ['aliases', 'associations', 'colleges']
    """
    return {
        "aliases": read_reference("alias"),
        "associations": read_reference("associations"),
        "colleges": read_reference("colleges"),
    }


def read_year(year: int) -> RawYear:
    """Every raw table of a year, with the document that it comes from.

    Raises
    ------
    DataError
        for the first fault of a table.

    >>> store.read_year(2020).meetings[["groupe", "participants"]].head(2)
                                groupe  participants
    ligne_du_fichier
    2                 journee_nouveaux            17
    3                 chefs_de_service             9
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
    """The printed figures of the year before (schema ``chiffres_publies``), which a printed difference needs.

    Empty when the year before has no data, or when this one prints nothing: no difference then speaks of that one.

    >>> len(store.read_earlier_figures(2020)), len(store.read_earlier_figures(2019))
    (5, 0)
    """
    earlier = paths.previous_year(year)
    if earlier is None or not (present(earlier, "chiffres_publies") and present(year, "chiffres_publies")):
        return typed(pd.DataFrame(columns=columns("chiffres_publies"), dtype="str"), "chiffres_publies")
    return read_raw(earlier, "chiffres_publies")
