"""What stays on this machine: persons, counts of sites, pseudonymised minutes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from helpers import paths
from helpers.clean.records import EMPTY, Cleaned, Persons
from helpers.data.published import inert
from helpers.data.reading import content_of, read_rows
from helpers.schema import DataError, columns, table_schema, typed
from helpers.system import whole

if TYPE_CHECKING:  # slow to import, and only some callers need it
    from helpers.codings.model import Document


# --- Persons, on this machine only: ``data/processed/<year>/prive/``, which nothing published ever reads ---

# Rows written at a time, some 20 MB of them.
_ROW_GROUP = 250_000
PERSONS, QUARANTINE, SITES = "accompagnements.parquet", "quarantaine.csv", "comptes_par_site.csv"
# Where the file keeps its year and the order of the labels.
_NOTE = b"alses"


def folder_of(year: int) -> Path:
    """The private folder of a year, there or not."""
    return paths.processed(year) / "prive"


def _write(persons: Persons, path: Path) -> None:
    """The persons as Parquet, some rows at a time: only those are ever there a second time, as Arrow has them."""
    names = [name for name in columns("accompagnements") if name in persons.codes]
    words = {name: pa.array(persons.labels[name], pa.string()) for name in names}
    note = json.dumps({"annee": persons.year, "libelles": persons.labels}, ensure_ascii=False, sort_keys=True)
    kinds = {name: pa.dictionary(pa.from_numpy_dtype(persons.codes[name].dtype), pa.string()) for name in names}
    schema = pa.schema({"identifiant": pa.string(), **kinds}, metadata={_NOTE: note.encode()})
    # Identifiers all differ, and nobody looks for a range of labels: a dictionary of the first and bounds of the others
    # would take most of the time.
    with pq.ParquetWriter(path, schema, use_dictionary=names, write_statistics=False) as file:
        for start in range(0, len(persons), _ROW_GROUP):
            arrays = [persons.identifiers.slice(start, _ROW_GROUP)]
            for name in names:
                codes = pa.array(persons.codes[name][start : start + _ROW_GROUP])
                arrays.append(pa.DictionaryArray.from_arrays(codes, words[name]))
            file.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=_ROW_GROUP)


def _quarantine(rejected: pd.DataFrame) -> str:
    texts = [name for name in rejected.columns if name != "ligne"]
    safe = rejected.assign(**{name: rejected[name].astype(object).map(inert) for name in texts})
    return safe.to_csv(index=False, sep=";", lineterminator="\r\n")


def save_rejected(cleaned: Cleaned) -> Path:
    """The private ``quarantaine.csv`` where the rejected rows of a year now are, as received, whole or not at all.

    For a French spreadsheet: semicolons, UTF-8 with BOM, no text that would run as a formula. It holds data of persons:
    never in git, nor in a report.

    >>> registres = {"spellings": data.read_reference("modalites"), **data.read_registers()}
    >>> nettoyage = clean.clean_persons(records.Received(2021), **registres)
    >>> paths.relative(data.save_rejected(nettoyage))
    'data/processed/2021/prive/quarantaine.csv'
    """
    path = folder_of(cleaned.persons.year) / QUARANTINE
    with whole(path) as beside:
        beside.write_text(_quarantine(cleaned.rejected), encoding="utf-8-sig", newline="")
    return path


def save_persons(cleaned: Cleaned) -> Path:
    """The private folder where the persons of a year and the rows that are not counted now are, whole or not at all.

    ``accompagnements.parquet`` holds the persons (schema ``accompagnements``); ``quarantaine.csv`` is that of
    `save_rejected`. Both hold data of persons: the folder is never in git, nor in a report. A year without any row has
    no such folder: what an export that is no longer there left in it is removed.

    >>> personnes = Persons.of(2021, pd.DataFrame({"identifiant": ["F1"], "sexe": ["filles"]}))
    >>> rien = pd.DataFrame()
    >>> dossier = data.save_persons(Cleaned(personnes, rien, rien, rien, read=1))
    >>> paths.relative(dossier), sorted(fichier.name for fichier in dossier.iterdir())
    ('data/processed/2021/prive', ['accompagnements.parquet', 'quarantaine.csv'])
    """
    folder = folder_of(cleaned.persons.year)
    if not cleaned.read:
        _forget(folder)
        return folder
    # The persons take their place last, so that they are never there without the rows rejected beside them.
    with whole(folder / PERSONS) as beside:
        _write(cleaned.persons, beside)
        save_rejected(cleaned)
    return folder


def _forget(folder: Path) -> None:
    if folder.is_dir():
        for path in (folder / PERSONS, folder / QUARANTINE, folder / SITES, *folder.glob(".*.partiel")):
            path.unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()


def load_records(year: int) -> Persons:
    """The persons of a year, as cleaning kept them.

    Raises `DataError` when 01 has not cleaned an export of this year.

    >>> personnes = Persons.of(2021, pd.DataFrame({"identifiant": ["F1"], "sexe": ["filles"]}))
    >>> rien = pd.DataFrame()
    >>> dossier = data.save_persons(Cleaned(personnes, rien, rien, rien, read=1))
    >>> len(data.load_records(2021))
    1
    """
    path = folder_of(year) / PERSONS
    if not path.is_file():
        told = f"{paths.relative(path)} n’existe pas encore : exécutez 01_clean pour {year}, avec un export."
        raise DataError(told)
    names = [name for name in columns("accompagnements") if name != "identifiant"]
    try:
        table = pq.read_table(path, read_dictionary=names)
        note = json.loads(table.schema.metadata[_NOTE])
        codes = {name: _codes(table[name], note["libelles"][name]) for name in names if name in table.column_names}
        labels = {name: note["libelles"][name] for name in codes}
        return Persons(note["annee"], codes, labels, _joined(table["identifiant"]))
    except (pa.ArrowException, KeyError, TypeError, ValueError):
        raise DataError(f"{paths.relative(path)} a été modifié à la main : relancez 01_clean pour {year}.") from None


def _joined(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays([pa.array([], pa.string()), *(chunk.cast(pa.string()) for chunk in column.chunks)])


def _codes(column: pa.ChunkedArray, labels: list[str]) -> np.ndarray:
    """The codes of a column under the order of its labels, whatever the order in which the file has them."""
    place = {label: number for number, label in enumerate(labels)}
    dtype = np.min_scalar_type(max(len(labels) - 1, 0))
    found = [np.zeros(0, dtype=dtype)]
    for chunk in column.chunks:
        new = np.array([place[label] for label in chunk.dictionary.to_pylist()], dtype=dtype)
        found.append(new[chunk.indices.to_numpy(zero_copy_only=False)])
    return np.concatenate(found)


def load_persons(year: int) -> pd.DataFrame:
    """The persons of a year, one a row, to explore by hand: never to show or to send as they are.

    The columns are those of the schema ``accompagnements``: texts are categorical, the two dates are dates. An answer
    that was not given is ``non_renseigne``, so that counting does not lose it; a name or a date that was not given is
    missing.

    Raises `DataError` as `load_records` does.

    >>> personnes = Persons.of(2021, pd.DataFrame({"identifiant": ["F1"], "sexe": ["filles"]}))
    >>> rien = pd.DataFrame()
    >>> dossier = data.save_persons(Cleaned(personnes, rien, rien, rien, read=1))
    >>> list(data.load_persons(2021).columns[:3])
    ['identifiant', 'annee', 'association']
    """
    persons = load_records(year)
    out = {"identifiant": pd.Series(persons.identifiers.to_pandas(), dtype="str")}
    for field in table_schema("accompagnements")["fields"]:
        name = field["name"]
        if name in persons.codes:
            out[name] = _readable(persons, name, field)
    return pd.DataFrame(out)


def _readable(persons: Persons, name: str, field: dict) -> pd.Series:
    codes, labels = persons.codes[name], persons.labels[name]
    if field["type"] == "date":
        days = pd.to_datetime(pd.Series([label or None for label in labels], dtype="object"), format="%Y-%m-%d")
        return pd.Series(days.to_numpy()[codes])
    if "indicateur" in field:
        words = ["non_renseigne" if label == EMPTY else label for label in labels]
        return pd.Series(pd.Categorical.from_codes(codes.astype(np.int64), categories=words))
    return pd.Series(pd.Categorical.from_codes(codes.astype(np.int64) - 1, categories=labels[1:]))


# --- The exact counts of each site, on this machine only: the protection reads them, and nothing that leaves ---


def save_site_counts(year: int, counts: pd.DataFrame) -> Path:
    """The private file where the exact counts of each site now are (schema ``comptes_par_site``): none without any.

    >>> paths.relative(data.save_site_counts(2020, data.load_site_counts(2020)))
    'data/processed/2020/prive/comptes_par_site.csv'
    """
    path = folder_of(year) / SITES
    if counts.empty:
        path.unlink(missing_ok=True)
        return path
    with whole(path) as beside:
        beside.write_text(counts.to_csv(index=False, lineterminator="\n"), encoding="utf-8", newline="")
    return path


def load_site_counts(year: int) -> pd.DataFrame:
    """The exact counts of each site (schema ``comptes_par_site``), for the protection alone; empty without an export.

    >>> data.load_site_counts(2020).empty
    True
    """
    path = folder_of(year) / SITES
    if not path.is_file():
        return typed(pd.DataFrame(columns=columns("comptes_par_site"), dtype="str"), "comptes_par_site")
    return typed(pd.read_csv(path, dtype="str", keep_default_na=False), "comptes_par_site")


# --- The minutes of a year's meetings, private, and pseudonymised as they are read ---

# In the folder of the minutes: the names that the team knows, and what replaces them.
NAMES = "noms.csv"
_COLUMNS = ("nom", "remplacement")


def load_minutes(year: int) -> list[Document]:
    """The minutes of a year, in the order of their files' names; each name of person is the same mark in all of them.

    Replaced: mails, telephones, numbers of persons, dates of birth, names after a title, and those of ``noms.csv``
    (``nom``, ``remplacement``), in the names of the files too. This does not make a text anonymous: a person rereads.

    Raises `DataError` for the first file that cannot be read.

    >>> data.load_minutes(2020)
    []
    """
    from helpers.codings.model import Document

    return [Document(name, text, kind="compte_rendu") for name, text in _read(year)[0]]


def count_replaced(year: int) -> dict[str, int]:
    """How many things of each kind were replaced in the minutes of a year; never which.

    Raises `DataError` for the first file that cannot be read.

    >>> data.count_replaced(2020)
    {}
    """
    return _read(year)[1]


def minutes_faults(year: int) -> list[DataError]:
    """Every file of the minutes of a year that cannot be read, and every row of the list of names that says nothing.

    >>> data.minutes_faults(2020)
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
    from helpers.codings.reading import read_text

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
    from helpers.codings.personal_data import Pseudonyms

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
