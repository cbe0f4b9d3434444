"""Exports as workbooks (xlsx, ods) or as frames (Parquet): cells as text."""

import datetime as dt
import io
import re
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from pathlib import Path
from posixpath import join, normpath

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from helpers import paths
from helpers.clean.records import EMPTY, Change, ReceivedTable
from helpers.data.titles import (
    BLANK,
    LEAST_TITLES,
    NO_TITLES,
    TITLE_ROWS,
    Layout,
    OpenedFile,
    Titles,
    find_titles,
    join_titles,
    layout_of,
    open_table,
    refuse_file,
    table_of,
)

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
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "VRAI" if value else "FAUX"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, list | tuple | np.ndarray):
        return ";".join(write_cell(each) for each in value)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def has_hour(value: object) -> bool:
    """Whether a date also holds an hour, which `write_cell` drops."""
    return isinstance(value, dt.datetime) and value is not pd.NaT and value.time() != dt.time()


# --- A workbook as an archive of XML files: checked before it is read, and searched for what values do not tell ---

# Far above any real export, below a zip bomb: unpacked bytes, and unpacked bytes per packed byte.
MOST_BYTES = 2 << 30
MOST_RATIO = 100
_RATIO_FROM = 32 << 20

PROTECTED = "le classeur est protégé par un mot de passe ; ouvrez-le, enlevez le mot de passe et enregistrez-le."
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


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def archive_fault(path: Path) -> str | None:
    """Why an archive cannot be opened safely; None when it can, or when it is a workbook of before 2007 (.xls)."""
    content = path.read_bytes()
    if content.startswith(_OLE):
        return PROTECTED if _ENCRYPTED in content else None
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if not names & {"xl/workbook.xml", "content.xml"}:
                return "ce n’est pas un classeur xlsx ou ods ; enregistrez-le au format .xlsx ou .csv."
            if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
                return PROTECTED
            ratios = [e.file_size / max(1, e.compress_size) for e in entries if e.file_size > _RATIO_FROM]
            if sum(entry.file_size for entry in entries) > MOST_BYTES or max(ratios, default=0) > MOST_RATIO:
                return "le classeur est démesuré une fois décompressé ; enregistrez la table au format CSV UTF-8."
            if any(entry.flag_bits & 1 for entry in entries):
                return PROTECTED
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


def read_sheet(book: CalamineWorkbook, name: str, known: Titles, *, is_hidden: bool, marks: Marks) -> Sheet:
    """A sheet of a workbook, with its header located."""
    sheet: CalamineSheet = guarded(book.get_sheet_by_name, name)
    rows = guarded(_filled_rows, sheet)
    first = list(rows)[:TITLE_ROWS]
    at, count = find_titles([[write_cell(cell) for cell in rows[place]] for place in first], known)
    titles = first[at] if first else 0
    for upper, lower in pairwise(first[max(0, at - 1) : at + 2]):
        joined = join_titles(*([write_cell(cell) for cell in rows[place]] for place in (upper, lower)), known)
        if lower == upper + 1 and (named := find_titles([joined], known)[1]) > count:
            titles, count, rows = lower, named, {**rows, lower: joined}
            break
    return Sheet(name, titles, count, sheet.merged_cell_ranges or [], is_hidden, rows, marks)


# --- Frames: Parquet, and whatever another program reads as a frame ---

NO_HOUR = "heure d’une date, laissée de côté"


def open_frame(path: Path, frame: pd.DataFrame, known: Titles) -> OpenedFile:
    """The rows of a frame that was read from a file, of any types, as one table; they are numbered from 1."""
    titles = [str(title) for title in frame]
    layout = layout_of(titles, known)
    faults = [] if len(frame) else ["aucune ligne sous les titres ; refaites l’export, ou retirez ce fichier."]

    def table() -> ReceivedTable:
        numbered = frame.set_axis(range(frame.shape[1]), axis=1).set_axis(np.arange(1, len(frame) + 1))
        cells, changes = {}, []
        for place in {*layout.positions.values(), *layout.goals}:
            column = numbered[place]
            if isinstance(column.dtype, pd.CategoricalDtype):
                texts = column.cat.rename_categories(write_cell).cat
                cells[place] = texts.set_categories([*{*texts.categories, EMPTY}]).fillna(EMPTY)
            elif pd.api.types.is_string_dtype(column.dtype) and not column.dtype == "object":
                cells[place] = column.fillna(EMPTY)
            else:
                hours = sum(map(has_hour, column))
                changes += [Change(path.name, titles[place], NO_HOUR, hours)] if hours else []
                cells[place] = column.astype("object").map(write_cell).astype("str")
        return table_of(path.name, "", pd.DataFrame(cells), layout, known, made=changes)

    return open_table(path, "", titles, layout, known, line=0, rows=len(frame), read=table, faults=faults)


def open_parquet(path: Path, known: Titles) -> OpenedFile:
    """The rows of a Parquet file."""
    try:
        titles = pq.read_schema(path).names
        wanted = [titles[place] for place in layout_of(titles, known).places]
        # Texts that come back again and again are read as categories.
        read = pq.read_table(path, columns=wanted, read_dictionary=wanted)
        frame = read.to_pandas(types_mapper=_NULLABLE.get).reindex(columns=titles)
    except (pa.ArrowException, OSError, ValueError, UnicodeError, TypeError):
        return refuse_file(f"{paths.relative(path)} : ce fichier Parquet est tronqué ou abîmé ; refaites l’export.")
    return open_frame(path, frame, known)


# Integers with missing values would become decimals.
_NULLABLE = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype(), pa.bool_(): pd.BooleanDtype()}


# --- Workbooks (xlsx, ods): every visible sheet of records ---

MERGED = "cellules fusionnées vers le bas : valeur recopiée sur chaque ligne"
HIDDEN = "lignes masquées ou filtrées dans le classeur, lues comme les autres"
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
    places = sorted({*layout.positions.values(), *layout.goals})
    letters = {_letters(place) for place in places}

    def under(cells: tuple[str, ...]) -> list[str]:
        split = [(cell.rstrip("0123456789"), cell) for cell in cells]
        return [cell for column, cell in split if column in letters and int(cell[len(column) :]) > sheet.titles + 1]

    errors = under(sheet.marks.errors) + [
        f"{_letters(column)}{place + 1}"
        for place in sheet.under
        for column in places
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


def _table(file: str, sheet: Sheet, layout: Layout, known: Titles) -> ReceivedTable:
    counts = {MERGED: _fill_merged(sheet), HIDDEN: sheet.marks.hidden}
    counts[BLANK] = sheet.under[-1] - sheet.titles - len(sheet.under)
    changes = [Change(file, "", rule, count) for rule, count in counts.items() if count]
    names, cells = {place: name for name, place in layout.positions.items()}, {}
    for place in sorted({*layout.positions.values(), *layout.goals}):
        values = [sheet.rows[line][place] for line in sheet.under]
        cells[place] = [write_cell(value) for value in values]
        if hours := sum(map(has_hour, values)):
            changes.append(Change(file, names.get(place, ""), NO_HOUR, hours))
    frame = pd.DataFrame(cells, index=np.array(sheet.under) + 1, dtype="str")
    return table_of(file, sheet.name, frame, layout, known, made=changes)


def _sheets(path: Path, known: Titles) -> list[Sheet] | str:
    """The sheets of a workbook; the end of a French sentence when one cannot be read."""
    book = guarded(CalamineWorkbook.from_filelike, io.BytesIO(path.read_bytes()))
    sheets = []
    for entry in book.sheets_metadata:
        marks = read_marks(path, entry.name)
        if marks.is_far:
            return f", feuille « {entry.name} » : des cases sont remplies très loin de la table ; supprimez-les."
        is_hidden = entry.visible != SheetVisibleEnum.Visible
        sheets.append(read_sheet(book, entry.name, known, is_hidden=is_hidden, marks=marks))
    return sheets


def _open_sheet(path: Path, sheet: Sheet, known: Titles, remedy: str) -> OpenedFile:
    """The table of a sheet, or its faults, each with this remedy."""
    titles, rows = sheet.texts(sheet.titles), [sheet.texts(place) for place in sheet.under]
    layout, faults = layout_of(titles, known), []
    faults += _mark_faults(sheet, layout)
    if not rows:
        faults.append("aucune ligne sous les titres ; refaites l’export, ou retirez ce fichier.")
    return open_table(
        *(path, sheet.name, titles, layout, known),
        line=sheet.titles + 1,
        rows=len(rows),
        read=lambda: _table(path.name, sheet, layout, known),
        faults=faults,
        beside=[sheet.texts(sheet.titles - 1), sheet.texts(sheet.titles + 1)],
        sample=rows,
        remedy=remedy,
    )


def _place(file: str, sheet: Sheet) -> str:
    # With the file, which no page shows: a sheet may bear the name of a person.
    return f"{file}, feuille « {sheet.name} »"


def open_workbook(path: Path, known: Titles) -> OpenedFile:
    """The records of a workbook, one table for each visible sheet that holds some; or all its faults.

    A hidden sheet is read only when someone shows it in the workbook; a sheet that is left out is told.
    """
    shown, file = paths.relative(path), path.name
    if fault := archive_fault(path):
        return refuse_file(f"{shown} : {fault}")
    try:
        sheets = _sheets(path, known)
    except UnreadableWorkbook as error:
        return refuse_file(f"{shown} : {PROTECTED if 'assword' in str(error.__cause__) else _DAMAGED}")
    if isinstance(sheets, str):
        return refuse_file(f"{shown}{sheets}")
    of_persons = [sheet for sheet in sheets if sheet.known >= LEAST_TITLES]
    visible = [sheet for sheet in of_persons if not sheet.is_hidden]
    visible = [sheet for sheet in visible if sheet.under] or visible
    if not of_persons:
        return refuse_file(f"{shown} : aucune feuille ne porte les titres attendus ; {NO_TITLES}")
    if not visible:
        names = ", ".join(f"« {sheet.name} »" for sheet in of_persons)
        return refuse_file(
            f"{shown} : seules des feuilles masquées portent les titres attendus ({names}) ; affichez celle à lire."
        )
    remedy = " Si cette feuille n’est pas une liste de personnes, masquez-la." if len(visible) > 1 else ""
    opened, changes = [_open_sheet(path, sheet, known, remedy) for sheet in visible], []
    for sheet in visible:
        if sheet.titles:
            changes.append(Change(file, "", "lignes au-dessus des titres, laissées de côté", sheet.titles))
        if len(visible) > 1:
            changes.append(Change(_place(file, sheet), "", "feuille lue", len(sheet.under)))
    for sheet in sheets:
        if sheet not in visible and sheet.rows:
            why = "masquée" if sheet.is_hidden else "sans ligne"
            why = why if sheet in of_persons else "sans les titres attendus"
            changes.append(Change(_place(file, sheet), "", f"feuille {why}, laissée de côté", len(sheet.rows)))
    return OpenedFile(
        [table for each in opened for table in each.tables],
        sorted({name for each in opened for name in each.columns}),
        [fault for each in opened for fault in each.faults],
        changes,
        [title for each in opened for title in each.unread],
        any(each.is_of_persons for each in opened),
    )
