"""Exports as workbooks (xlsx, ods) or Parquet files: cells as text."""

import datetime as dt
import io
import re
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from html import unescape
from pathlib import Path
from posixpath import join, normpath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from python_calamine import CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from helpers import paths
from helpers.clean.records import Batch, Change, Part
from helpers.data.text_files import (
    BLANK,
    CODED,
    IDENTIFIER,
    LEAST_TITLES,
    TITLE_ROWS,
    Layout,
    OpenedFile,
    find_titles,
    layout_of,
    refuse_file,
    table_faults,
    title_faults,
)
from helpers.schema import DataError

# --- A cell as text ---

# What a spreadsheet shows for a value it could not compute, in English and in French.
ERRORS = {
    *("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!"),
    *("#VALEUR!", "#NOM?", "#NUL!", "#NOMBRE!", "Err:502", "Err:508", "Err:509"),
}


def write_cell(value: object) -> str:
    """The text of a value: dates as AAAA-MM-JJ (hours are dropped), integers without decimals, VRAI or FAUX.

    >>> from helpers.data.workbooks import write_cell
    >>> import datetime
    >>> [write_cell(value) for value in (2020.0, 0.5, True, datetime.date(2020, 4, 3), None, ["a", "b"])]
    ['2020', '0.5', 'VRAI', '2020-04-03', '', 'a;b']
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, list | tuple):
        return ";".join(write_cell(each) for each in value)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def has_hour(value: object) -> bool:
    """Whether a date also holds an hour, which `write_cell` drops."""
    return isinstance(value, dt.datetime) and value.time() != dt.time()


# --- A workbook as an archive of XML files: checked before it is read, and searched for what values do not tell ---

# Far above any real export, below a zip bomb: unpacked bytes, and unpacked bytes per packed byte.
MOST_BYTES = 2 << 30
MOST_RATIO = 100
_RATIO_FROM = 32 << 20

_DAMAGED = "le classeur est tronqué ou abîmé ; enregistrez-le de nouveau, ou refaites l’export."
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_CHUNK = 4 << 20

_ERROR = re.compile(rb'<(?:\w+:)?c\s[^>]*?t="e"[^>]*>')
_NO_VALUE = re.compile(
    rb"<(?:\w+:)?c\s[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|</(?:\w+:)?c>)"
)
_HIDDEN = re.compile(rb'<(?:\w+:)?row\s[^>]*?hidden="(?:1|true)"')
_PLACE = re.compile(rb'r="([A-Z]{1,3}[0-9]{1,7})"')
_FAR = re.compile(rb'r="(?:[A-Z]{3}[0-9]+"(?![^>]*/>)|[A-Z]{0,3}[0-9]{8,}"|[A-Z]{0,3}[2-9][0-9]{6}")')
_ODS_NAME = re.compile(rb'<table:table\s[^>]*?table:name="([^"]*)"')
_ODS_HIDDEN = re.compile(rb'<table:table-row\s[^>]*?table:visibility="(?:collapse|filter)"')
# A value repeated thousands of times: unfolded, it would fill the memory.
_ODS_REPEATED = re.compile(
    rb'<table:table-cell\s(?=[^>]*number-columns-repeated="[0-9]{4,}")[^>]*office:value-type'
    rb'|<table:table-row\s[^>]*number-rows-repeated="[0-9]{4,}"[^>]*>'
    rb"(?:(?!</table:table-row>)[^o]|(?!office:value-type)o)*+office:value-type"
)
_ODS_SPANNED = re.compile(rb'table:number-rows-spanned="(?:[2-9]|[1-9][0-9]+)"')


@dataclass(frozen=True)
class Marks:
    """What the values of a sheet do not tell: cells in error, formulas without a value, hidden rows."""

    errors: tuple[str, ...] = ()
    without_value: tuple[str, ...] = ()
    hidden: int = 0
    is_far: bool = False
    is_merged: bool = False


def archive_fault(path: Path) -> str | None:
    """Why an archive cannot be opened safely; None when it can."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if not names & {"xl/workbook.xml", "content.xml"}:
                return "ce n’est pas un classeur xlsx ou ods ; enregistrez-le au format .xlsx ou .csv."
            ratios = [e.file_size / max(1, e.compress_size) for e in entries if e.file_size > _RATIO_FROM]
            if sum(entry.file_size for entry in entries) > MOST_BYTES or max(ratios, default=0) > MOST_RATIO:
                return "le classeur est démesuré une fois décompressé ; enregistrez la table au format CSV UTF-8."
            if any(entry.flag_bits & 1 for entry in entries):
                return "fichier protégé par un mot de passe ; retirez la protection."
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    with archive.open(entry) as file:
                        if _DECLARATION.search(file.read(64 << 10)):
                            return "le classeur contient une déclaration XML interdite ; refaites l’export."
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError, RuntimeError):
        return _DAMAGED
    return None


def _member_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The XML file of a sheet of an xlsx workbook, by its name."""
    relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    sheets = (tag for tag in book.iter() if tag.tag.endswith("}sheet") and tag.get("name") == sheet)
    wanted = next((tag.get(relation) for tag in sheets), None)
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next((tag.get("Target") for tag in links.iter() if tag.get("Id") == wanted), None)
    return None if target is None else normpath(join("xl", target)).lstrip("/")


def _pieces(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The XML of a sheet, cut after whole rows."""
    with archive.open(member) as file:
        left = b""
        while content := file.read(_CHUNK):
            content = left + content
            cut = content.rfind(b"</row>") + 1 or len(content)
            left = content[cut:]
            yield content[:cut]
        yield left


def _cells(found: Iterator[re.Match]) -> list[str]:
    places = (_PLACE.search(each[0]) for each in found)
    return [place[1].decode() for place in places if place]


def read_marks(path: Path, sheet: str) -> Marks:
    """The marks of a sheet; none when its archive has an unusual layout."""
    errors, without_value, hidden, is_far = [], [], 0, False
    try:
        with zipfile.ZipFile(path) as archive:
            if "content.xml" in archive.namelist():
                return _ods_marks(archive.read("content.xml"), sheet)
            member = _member_of(archive, sheet)
            for piece in _pieces(archive, member) if member in archive.namelist() else ():
                errors += _cells(_ERROR.finditer(piece))
                without_value += _cells(_NO_VALUE.finditer(piece))
                hidden += sum(1 for _ in _HIDDEN.finditer(piece))
                is_far = is_far or _FAR.search(piece) is not None
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, SyntaxError, ValueError, NotImplementedError):
        return Marks()
    return Marks(tuple(errors), tuple(without_value), hidden, is_far)


def _ods_marks(content: bytes, sheet: str) -> Marks:
    names = ((each.start(), unescape(each[1].decode("utf-8"))) for each in _ODS_NAME.finditer(content))
    start = next((start for start, name in names if name == sheet), 0)
    own = content[start : content.find(b"</table:table>", start)]
    hidden = sum(1 for _ in _ODS_HIDDEN.finditer(own))
    return Marks((), (), hidden, _ODS_REPEATED.search(own) is not None, _ODS_SPANNED.search(own) is not None)


# --- Sheets, as calamine reads them ---


@dataclass(frozen=True)
class Sheet:
    """A sheet: its non-blank rows by place (from 0), the place of its header, how many columns this names."""

    name: str
    titles: int
    known: int
    merged: list
    is_hidden: bool
    rows: dict[int, list]
    marks: Marks

    @property
    def under(self) -> list[int]:
        """The places of the rows below the header."""
        return [place for place in self.rows if place > self.titles]

    def texts(self, place: int) -> list[str]:
        """The cells of a row as text; none for a blank row."""
        return [write_cell(cell) for cell in self.rows.get(place, [])]


class UnreadableWorkbook(Exception):
    """calamine cannot read the workbook."""


def guarded(call, *arguments):
    """The result of a call to calamine; raises `UnreadableWorkbook` if it fails."""
    # On a damaged file, a panic in its Rust code is an exception that is not an Exception.
    try:
        return call(*arguments)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        raise UnreadableWorkbook from error


def _filled_rows(sheet: CalamineSheet) -> dict[int, list]:
    # Columns before the first cell are put back, so that places are those that the spreadsheet shows. Blank rows are
    # skipped: a cell far below the table (a click, a format) makes thousands of them.
    left = [""] * (sheet.start[1] if sheet.start else 0)
    return {
        place: left + row
        for place, row in enumerate(sheet.iter_rows())
        if any(cell.strip() if isinstance(cell, str) else cell != "" for cell in row)
    }


def read_sheet(book: CalamineWorkbook, name: str, known: dict[str, str], *, is_hidden: bool, marks: Marks) -> Sheet:
    """A sheet of a workbook, with its header located."""
    sheet: CalamineSheet = guarded(book.get_sheet_by_name, name)
    rows = guarded(_filled_rows, sheet)
    first = list(rows)[:TITLE_ROWS]
    at, count = find_titles([[write_cell(cell) for cell in rows[place]] for place in first], known)
    titles = first[at] if first else 0
    return Sheet(name, titles, count, sheet.merged_cell_ranges or [], is_hidden, rows, marks)


# --- Parquet: one part per row group ---

NO_HOUR = "heure d’une date, laissée de côté"


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _coded(column: pa.ChunkedArray) -> pa.Array:
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    array = column.unify_dictionaries().combine_chunks()
    array = array.chunk(0) if isinstance(array, pa.ChunkedArray) else array
    spellings = array.dictionary.cast(pa.string()).to_pylist()
    # A batch has no nulls: missing values become one more spelling, the empty text.
    codes = pc.fill_null(array.indices.cast(pa.int32()), len(spellings))
    labels = pa.array([*(text or "" for text in spellings), ""], pa.string())
    return pa.DictionaryArray.from_arrays(codes, labels)


def _as_received(column: pa.ChunkedArray, name: str) -> tuple[pa.Array, int]:
    """A column as a batch needs it, and how many dates lost an hour."""
    hours = 0
    if not _is_text(column.type):
        values = column.to_pylist()
        hours = sum(has_hour(value) for value in values)
        column = pa.chunked_array([pa.array([write_cell(value) for value in values], pa.string())])
    coded = _coded(column)
    return (coded.cast(pa.string()) if name == IDENTIFIER else coded.cast(CODED)), hours


def _left_out(file: str, layout: Layout, rows: int) -> list[Change]:
    rule = f"colonnes hors liste, laissées de côté : {layout.left_out}"
    return [Change(file, "", rule, rows)] if layout.left_out else []


def _read_group(path: Path, group: int, *, first: int, layout: Layout, names: list[str]) -> Batch:
    try:
        with pq.ParquetFile(path) as file:
            table = file.read_row_group(group, columns=names, use_threads=False)
        read = {name: _as_received(table[names[place]], name) for place, name in enumerate(layout.columns)}
    except (pa.ArrowException, OSError, ValueError, UnicodeError):
        raise DataError(f"{path.name} : le groupe de lignes {group + 1} est illisible ; refaites l’export.") from None
    changes = [Change(path.name, name, NO_HOUR, hours) for name, (_, hours) in read.items() if hours]
    changes += _left_out(path.name, layout, len(table))
    lines = np.arange(first, first + len(table))
    return Batch({name: column for name, (column, _) in read.items()}, lines, [], changes)


def open_parquet(path: Path, known: dict[str, str]) -> OpenedFile:
    """The parts of a Parquet file; its rows are numbered from 1."""
    shown = paths.relative(path)
    try:
        with pq.ParquetFile(path) as file:
            titles = file.schema_arrow.names
            counts = [file.metadata.row_group(each).num_rows for each in range(file.num_row_groups)]
    except (pa.ArrowException, OSError, ValueError, UnicodeError):
        return refuse_file(f"{shown} : ce fichier Parquet est tronqué ou abîmé ; refaites l’export.")
    faults = title_faults(titles, [], known)
    if not sum(counts):
        faults.append("aucune ligne sous les titres ; refaites l’export, ou retirez ce fichier.")
    if faults:
        return refuse_file(*(f"{shown} : {fault}" for fault in faults))
    layout = layout_of(titles, known)
    names = [titles[layout.positions[name]] for name in layout.columns]
    starts = np.cumsum([1, *counts])
    parts = [
        Part(path.name, "", partial(_read_group, path, each, first=int(starts[each]), layout=layout, names=names))
        for each, count in enumerate(counts)
        if count
    ]
    return OpenedFile(parts, layout.columns)


# --- Workbooks (xlsx, ods): the sheet that holds the records ---

MERGED = "cellules fusionnées vers le bas : valeur recopiée sur chaque ligne"
HIDDEN = "lignes masquées ou filtrées dans le classeur, lues comme les autres"
NOT_SHOWN = "feuille masquée, lue parce qu’elle porte les titres attendus"
# A sentence names this many cells and counts the others.
_NAMED = 5


def _named(cells: list[str]) -> str:
    more = f" et {len(cells) - _NAMED} autres" if len(cells) > _NAMED else ""
    return ", ".join(cells[:_NAMED]) + more


def _letters(place: int) -> str:
    text, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def _mark_faults(sheet: Sheet, layout: Layout) -> list[str]:
    # Errors in columns that are left out change nothing.
    columns = {_letters(place) for place in layout.positions.values()}

    def under(cells: tuple[str, ...]) -> list[str]:
        split = [(cell.rstrip("0123456789"), cell) for cell in cells]
        return [cell for letters, cell in split if letters in columns and int(cell[len(letters) :]) > sheet.titles + 1]

    errors = under(sheet.marks.errors) + [
        f"{_letters(column)}{place + 1}"
        for place in sheet.under
        for column in sorted(layout.positions.values())
        if str(sheet.rows[place][column]) in ERRORS
    ]
    faults = []
    if errors:
        faults.append(f"cellule en erreur (#REF!, #N/A…) : {_named(errors)} ; corrigez-la dans le classeur.")
    if empty := under(sheet.marks.without_value):
        faults.append(f"formule sans valeur enregistrée : {_named(empty)} ; ouvrez le classeur et enregistrez-le.")
    if sheet.marks.is_merged:
        faults.append("des cellules sont fusionnées vers le bas ; défusionnez-les et remplissez chaque ligne.")
    return faults


def _fill_merged(sheet: Sheet) -> int:
    """Copies each cell merged downwards into the rows it covers; returns the number of rows filled."""
    filled = set()
    for (top, left), (bottom, _) in sheet.merged:
        if top <= sheet.titles or top not in sheet.rows:
            continue
        for place in range(top + 1, bottom + 1):
            if place in sheet.rows and left < len(sheet.rows[place]):
                sheet.rows[place][left] = sheet.rows[top][left]
                filled.add(place)
    return len(filled)


def _batch(file: str, sheet: Sheet, layout: Layout, changes: list[Change]) -> Batch:
    places, arrays, changes = sheet.under, {}, list(changes)
    for name in layout.columns:
        values = [sheet.rows[place][layout.positions[name]] for place in places]
        array = pa.array([write_cell(value) for value in values], pa.string())
        arrays[name] = array if name == IDENTIFIER else array.dictionary_encode()
        if hours := sum(has_hour(value) for value in values):
            changes.append(Change(file, name, NO_HOUR, hours))
    if blank := places[-1] - sheet.titles - len(places):
        changes.append(Change(file, "", BLANK, blank))
    return Batch(arrays, np.array(places, int) + 1, [], changes + _left_out(file, layout, len(places)))


def _choose(path: Path, known: dict[str, str]) -> Sheet | str:
    """The sheet that names most columns; the end of a French sentence when there is none, or more than one."""
    book = guarded(CalamineWorkbook.from_filelike, io.BytesIO(path.read_bytes()))
    sheets = []
    for entry in book.sheets_metadata:
        marks = read_marks(path, entry.name)
        if marks.is_far:
            return f", feuille « {entry.name} » : des cases sont remplies très loin de la table ; supprimez-les."
        is_hidden = entry.visible != SheetVisibleEnum.Visible
        sheets.append(read_sheet(book, entry.name, known, is_hidden=is_hidden, marks=marks))
    best = max((sheet.known for sheet in sheets), default=0)
    if best < LEAST_TITLES:
        return (
            " : aucune feuille ne porte les titres attendus ; la première ligne doit porter les intitulés des colonnes "
            "(data/raw/reference/entetes.csv dit lesquels sont connus)."
        )
    same = [sheet for sheet in sheets if sheet.known == best]
    same = [sheet for sheet in same if sheet.under] or same
    if len(same) > 1:
        names = ", ".join(f"« {sheet.name} »" for sheet in same)
        return f" : plusieurs feuilles portent les mêmes titres ({names}) ; n’en gardez qu’une, ou réunissez-les."
    return same[0]


def open_workbook(path: Path, known: dict[str, str]) -> OpenedFile:
    """The records of a workbook, as one part; or all its faults."""
    shown, file = paths.relative(path), path.name
    if fault := archive_fault(path):
        return refuse_file(f"{shown} : {fault}")
    try:
        sheet = _choose(path, known)
    except UnreadableWorkbook:
        return refuse_file(f"{shown} : {_DAMAGED}")
    if isinstance(sheet, str):
        return refuse_file(f"{shown}{sheet}")
    titles, rows = sheet.texts(sheet.titles), [sheet.texts(place) for place in sheet.under]
    layout = layout_of(titles, known)
    beside = [sheet.texts(sheet.titles - 1), sheet.texts(sheet.titles + 1)]
    faults = table_faults(titles, beside=beside, layout=layout, rows=rows, known=known)
    faults += _mark_faults(sheet, layout)
    if not rows:
        faults.append("aucune ligne sous les titres ; refaites l’export, ou retirez ce fichier.")
    if faults:
        place = f"{shown}, feuille « {sheet.name} », ligne {sheet.titles + 1}"
        return refuse_file(*(f"{place} : {fault}" for fault in faults))
    counts = {MERGED: _fill_merged(sheet), HIDDEN: sheet.marks.hidden, NOT_SHOWN: len(rows) if sheet.is_hidden else 0}
    above = [Change(file, "", "lignes au-dessus des titres, laissées de côté", sheet.titles)] if sheet.titles else []
    batch = _batch(file, sheet, layout, [Change(file, "", rule, count) for rule, count in counts.items() if count])
    return OpenedFile([Part(file, sheet.name, lambda: batch)], layout.columns, [], above)
