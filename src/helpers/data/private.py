"""What stays on this machine: persons, exact counts by site, pseudonymised minutes."""

from __future__ import annotations

import zipfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from helpers import paths
from helpers.clean.cleaning import order_labels
from helpers.clean.records import IDENTIFIER, SEVERAL, CleanedRecords, Persons
from helpers.data.raw import empty_table
from helpers.data.reading import as_csv, content_of, read_rows, write_spreadsheet
from helpers.errors import NO_PERSONS, DataError
from helpers.schema import apply_schema, catalogue, columns, table_schema
from helpers.system import atomic_folder, atomic_write, make_private

if TYPE_CHECKING:  # slow to import, and only some callers need it
    from helpers.codings.personal_data import Pseudonyms


# --- Persons: ``data/processed/<year>/prive/``, which nothing published ever reads ---

PERSONS, QUARANTINE, SITES = "accompagnements.parquet", "quarantaine.csv", "comptes_par_site.csv"
# Other counts of the year that its published numbers allow: private, since all are near the true ones.
WITNESSES = "temoins.npz"
_ABSENT = "absent"  # Among the attributes of the persons' file: the columns that the export has not


def folder_of(year: int) -> Path:
    """The private folder of a year, existing or not."""
    return paths.processed(year) / "prive"


def save_rejected(cleaned: CleanedRecords) -> Path:
    """Writes the rejected rows of a year, as received, to the private ``quarantaine.csv`` (`write_spreadsheet`)."""
    path = make_private(folder_of(cleaned.persons.year)) / QUARANTINE
    return write_spreadsheet(path, cleaned.rejected.astype("object"))


def save_persons(cleaned: CleanedRecords) -> Path:
    """Writes the persons of a year (schema ``accompagnements``) and its rejected rows to its private folder; atomic.

    Without any row, what a former export left there is removed.
    """
    folder = folder_of(cleaned.persons.year)
    if not cleaned.read:
        _forget(folder)
        return folder
    # Persons are put in place last, so that they are never there without the rejected rows.
    make_private(folder)
    table = cleaned.persons.table.copy(deep=False)
    table.attrs = {_ABSENT: sorted(cleaned.persons.absent)}  # pandas writes them in the file
    with atomic_write(folder / PERSONS) as beside:
        table.to_parquet(beside, index=False)
        save_rejected(cleaned)
    return folder


def _forget(folder: Path) -> None:
    if folder.is_dir():
        for path in (*(folder / name for name in (PERSONS, QUARANTINE, SITES, WITNESSES)), *folder.glob(".*.partiel")):
            path.unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()


def load_records(year: int) -> Persons:
    """The persons of a year, as cleaning kept them; `DataError` when 01 has not cleaned an export of this year."""
    path = folder_of(year) / PERSONS
    if not path.is_file():
        raise DataError(f"{paths.relative(path)} n’existe pas encore : exécutez 01_clean pour {year}, avec un export.")
    try:
        table = pd.read_parquet(path)
        kinds = {IDENTIFIER: "str"} | {
            name: pd.CategoricalDtype(pd.Index(order_labels(name, set(table[name].dropna().unique())), dtype="str"))
            for name in columns("accompagnements")
            if name != IDENTIFIER
        }
        return Persons(year, table[list(kinds)].astype(kinds), absent=frozenset(table.attrs.get(_ABSENT, ())))
    except (pa.ArrowException, OSError, AttributeError, KeyError, TypeError, ValueError):
        raise DataError(f"{paths.relative(path)} a été modifié à la main : relancez 01_clean pour {year}.") from None


def load_persons(year: int) -> pd.DataFrame:
    """The persons of a year, one a row, to explore by hand; never to be shown or sent as they are.

    The columns are those of the schema ``accompagnements``. Answers are French labels, as ordered categories in the
    order of the catalogue, without those that nobody gave; one that is missing is « non renseigné », so that counts
    include it. ``objectifs`` holds the labels of each person as a tuple: ``explode("objectifs")`` gives one row an
    objective. The two dates are dates, years whole numbers, names unordered categories; NA where they are missing.

    Raises `DataError` as `load_records` does, and in a notebook that runs for a report, which never sees persons.
    """
    if paths.is_shareable():
        raise DataError(NO_PERSONS)
    return label_persons(load_records(year))


def label_persons(persons: Persons) -> pd.DataFrame:
    """The persons as `load_persons` gives them."""
    fields = table_schema("accompagnements")["fields"]
    return pd.DataFrame({field["name"]: _readable(persons.table[field["name"]], field) for field in fields})


def _readable(column: pd.Series, field: dict) -> pd.Series:
    if field["type"] == "date":
        return column.astype("datetime64[s]")
    if field["type"] == "integer":
        return column.astype("str").astype("Int64")
    if "indicateur" not in field:
        return column
    entry = catalogue().indicators[field["indicateur"]]
    given = column.cat.add_categories(["non_renseigne"]).fillna("non_renseigne").cat.remove_unused_categories()
    if entry.choice == "multiple":
        told = {label: tuple(map(entry.label_of, label.split(SEVERAL))) for label in given.cat.categories}
        return given.astype("object").map(told)
    order = [name for name in (*entry.modalities, *entry.recorded) if name in given.cat.categories]
    return given.cat.set_categories(order, ordered=True).cat.rename_categories(entry.label_of)


# --- Exact counts by site: only the protection reads them ---


def save_site_counts(year: int, counts: pd.DataFrame) -> Path:
    """Writes the exact counts by site (schema ``comptes_par_site``) to a private file; removes it if there are none."""
    path = folder_of(year) / SITES
    if counts.empty:
        path.unlink(missing_ok=True)
        return path
    make_private(path.parent)
    with atomic_write(path) as beside:
        beside.write_bytes(as_csv(counts))
    return path


def load_site_counts(year: int) -> pd.DataFrame:
    """The exact counts by site (schema ``comptes_par_site``), for the protection alone; empty without an export."""
    path = folder_of(year) / SITES
    if not path.is_file():
        return empty_table("comptes_par_site")
    return apply_schema(pd.read_csv(path, dtype="str", keep_default_na=False), "comptes_par_site")


def save_witnesses(year: int, witnesses: list[np.ndarray]) -> None:
    """Writes what proves that the published numbers of a year allow others, to a private file; removes it if none."""
    path = folder_of(year) / WITNESSES
    if not witnesses:
        path.unlink(missing_ok=True)
        return
    make_private(path.parent)
    with atomic_write(path) as beside, beside.open("wb") as file:
        np.savez_compressed(file, *(each.astype(np.int32) for each in witnesses))


def load_witnesses(year: int) -> list[np.ndarray]:
    """The witnesses kept; none where the file is missing or damaged: the intruder test does without."""
    with suppress(OSError, ValueError, zipfile.BadZipFile), np.load(folder_of(year) / WITNESSES) as kept:
        return [kept[name].astype(float) for name in kept.files]
    return []


# --- Minutes of meetings: private, pseudonymised as they are read ---

NAMES = "noms.csv"  # in their folder: the names that the team knows, and their replacements


TO_PROOFREAD = "a_relire.csv"  # Beside the pseudonymised texts: the words that were kept and may be names


def load_minutes(year: int) -> tuple[dict[str, str], Pseudonyms]:
    """The minutes of a year by their names, in the order of their files, and the pseudonyms that they have.

    Replaced, also in file names: addresses, accounts, phone numbers, personal identifiers, dates of birth, names after
    a title or a kinship, and those of ``noms.csv`` (``nom``, ``remplacement``). A person has the same pseudonym in all
    of them. This does not make a text anonymous: someone must reread it. Raises `DataError` for the first file that
    cannot be read.
    """
    from helpers.codings.model import free_name
    from helpers.codings.personal_data import Pseudonyms

    # Underscores would join the words of a file name.
    read = [(path.stem.replace("_", " "), _text(path)) for path in _files(year)]
    marks = Pseudonyms([each for pair in read for each in pair], _names(year), year=year)
    taken: Counter[str] = Counter()
    return {free_name(marks.replace(name), taken): marks.replace(text) for name, text in read}, marks


def save_minutes(year: int) -> tuple[Path, Pseudonyms]:
    """Writes the pseudonymised minutes of a year to its private folder, a text each, and the words to proofread.

    Raises `DataError` as `load_minutes` does, without minutes, or where that folder exists: its texts may be corrected.
    """
    folder = folder_of(year) / paths.minutes_folder(year).name
    if folder.exists():
        raise DataError(
            f"{paths.relative(folder)} existe déjà : ses textes sont peut-être relus ; déplacez-le d’abord."
        )
    texts, marks = load_minutes(year)
    if not texts:
        raise DataError(f"{paths.relative(paths.minutes_folder(year))} n’a aucun compte rendu ; déposez-y des textes.")
    make_private(folder.parent)
    with atomic_folder(folder) as beside:
        for name, text in texts.items():
            (beside / f"{paths.slug(name)}.txt").write_text(text, encoding="utf-8", newline="\n")
        write_spreadsheet(beside / TO_PROOFREAD, pd.DataFrame(marks.doubtful.most_common(), columns=["mot", "fois"]))
    return folder, marks


def minutes_faults(year: int) -> list[DataError]:
    """Files of the minutes of a year that cannot be read, and the first unusable row of the list of names."""
    folders = [path for path in _inside(year) if path.is_dir()]
    told = "est un dossier, il n’est pas lu : sortez-en les textes."
    faults = [DataError(f"{paths.relative(path)} {told}") for path in folders]
    for read in (lambda: _names(year), *(lambda path=path: _text(path) for path in _files(year))):
        try:
            read()
        except DataError as fault:
            faults.append(fault)
    return faults


def _inside(year: int) -> list[Path]:
    folder = paths.minutes_folder(year)
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _files(year: int) -> list[Path]:
    files = [path for path in _inside(year) if path.is_file() and not path.name.startswith((".", "~"))]
    return [path for path in files if path.name.casefold() != NAMES]


def _text(path: Path) -> str:
    from helpers.codings.reading import read_text

    try:
        return read_text(path)
    except DataError as fault:
        # `read_text` knows only the file's name: add its folder.
        raise DataError(f"{paths.relative(path.parent)}/{fault}") from None


def _names(year: int) -> dict[str, str]:
    """The names of the list and their replacements; messages give a line, never a name."""
    # Whatever the case of its name: an unread list would leave every name in the texts.
    path = next((each for each in _inside(year) if each.name.casefold() == NAMES), None)
    if path is None:
        return {}
    shown = paths.relative(path)
    read = read_rows(content_of(path), shown)
    if "nom" not in read.header or not set(read.header) <= {"nom", "remplacement"}:
        raise DataError(f"{shown}, ligne 1 : les colonnes sont « nom » et « remplacement » ; corrigez cette ligne.")
    names: dict[str, str] = {}
    for line, cells in zip(read.lines, read.rows, strict=True):
        row = dict(zip(read.header, cells, strict=False))
        name, mark = row.get("nom", ""), row.get("remplacement", "")
        if not any(map(str.isalpha, name)) or len(cells) > len(read.header):
            raise DataError(f"{shown}, ligne {line}, colonne « nom » : un nom est attendu ; complétez cette ligne.")
        if name.casefold() in mark.casefold():
            column = "colonne « remplacement »"
            raise DataError(f"{shown}, ligne {line}, {column} : le remplacement contient le nom ; changez-le.")
        if names.setdefault(name, mark) != mark:
            raise DataError(f"{shown}, ligne {line}, colonne « nom » : ce nom est déjà plus haut ; gardez une ligne.")
    return names
