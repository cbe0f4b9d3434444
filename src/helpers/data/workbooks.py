"""Exports that hold values: workbooks (xlsx, ods, xls), Parquet, SPSS and Stata; each cell becomes its text."""

import datetime as dt
import io
import re
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from pathlib import Path
from posixpath import join, normpath

import numpy as np
import pandas as pd
from python_calamine import CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from helpers import paths
from helpers.clean.answers import in_paris
from helpers.clean.records import Change, ReceivedRecords
from helpers.data import titles
from helpers.data.reading import content_of
from helpers.schema import DataError
from helpers.typography import fold

# --- A cell as text ---


def write_cell(value: object) -> str:
    """The text of a value: dates as AAAA-MM-JJ (hours are dropped), integers without decimals, VRAI or FAUX.

    >>> from helpers.data.workbooks import write_cell
    >>> import datetime
    >>> [write_cell(value) for value in (2020.0, 0.5, True, datetime.date(2020, 4, 3), None, ["a", "b"])]
    ['2020', '0.5', 'VRAI', '2020-04-03', '', 'a;b']
    """
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | np.ndarray):
        return ";".join(map(write_cell, value))
    if pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "VRAI" if value else "FAUX"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    if isinstance(value, dt.datetime) and value.tzinfo:
        value = in_paris(value)
    return value.strftime("%Y-%m-%d") if isinstance(value, dt.date) else str(value)


# --- Workbooks: every visible sheet of records ---

MERGED = "cellules fusionnées vers le bas : valeur recopiée sur chaque ligne"
HIDDEN = "lignes masquées ou filtrées dans le classeur, lues comme les autres"
HIDDEN_COLUMNS = "colonnes masquées dans le classeur, lues comme les autres"
STRUCK = "lignes barrées dans le classeur, lues comme les autres"
_PROTECTED = "le classeur est protégé par un mot de passe ; ouvrez-le, enlevez le mot de passe et enregistrez-le."
_DAMAGED = "ce n’est pas un classeur, ou il est abîmé ; enregistrez-le de nouveau en .xlsx, ou refaites l’export."
_HUGE = "le classeur est démesuré une fois décompressé ; enregistrez la table au format CSV UTF-8."
_FAR_AWAY = "des cases sont remplies très loin de la table ; supprimez-les."
_NO_TITLES = "feuille sans les titres attendus, laissée de côté"
_ASIDES = (
    " Ce que disent de chacun les feuilles laissées de côté ({}), rapportez-le sur sa ligne : RECHERCHEV, ou "
    "NB.SI.ENS, une colonne par objectif, s’il y en a plusieurs."
)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass
class Sheet:
    """A sheet of a workbook: the texts of its rows that hold something, by line; what its values do not tell.

    ``merged`` are the cells merged downwards that can be filled; ``lost`` those without a value (an error, a formula
    that was never computed); ``hidden`` counts hidden rows, ``struck`` those with a cell struck through; ``columns``
    are the places of hidden columns.
    """

    name: str
    is_hidden: bool
    rows: dict[int, list[str]]
    merged: list
    lost: list[tuple[str, int]] = field(default_factory=list)
    hidden: int = 0
    struck: int = 0
    columns: frozenset[int] = frozenset()
    is_merged: bool = False


def read_sheets(path: Path) -> list[Sheet]:
    """The sheets of a workbook; `DataError` for one that cannot be read."""
    content, shown = content_of(path), paths.relative(path)
    marks = _read_marks(content, shown)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = []
        for entry in book.sheets_metadata:
            sheet = book.get_sheet_by_name(entry.name)
            is_hidden = entry.visible != SheetVisibleEnum.Visible
            merged = sheet.merged_cell_ranges or []
            sheets.append(Sheet(entry.name, is_hidden, _texts(sheet), merged, **marks.get(entry.name, {})))
    except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except BaseException as error:  # a panic of calamine's Rust code is not an Exception
        is_protected = "assword" in str(error) or _ENCRYPTED in content
        raise DataError(f"{shown} : {_PROTECTED if is_protected else _DAMAGED}") from None
    return sheets


def _texts(sheet: CalamineSheet) -> dict[int, list[str]]:
    # Columns before the first cell are put back, so that places are those that the spreadsheet shows. Blank rows are
    # skipped: a cell far below the table (a click, a format) makes thousands of them.
    left = [""] * (sheet.start[1] if sheet.start else 0)
    rows = ((line, [*map(write_cell, row)]) for line, row in enumerate(sheet.iter_rows(), 1) if any(row))
    return {line: left + row for line, row in rows if any(cell.strip() for cell in row)}


# --- What the values of a workbook do not tell, searched for in its XML ---

# What a spreadsheet shows for a value that it could not compute, in English and in French.
_ERRORS = {
    *("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!"),
    *("#VALEUR!", "#NOM?", "#NUL!", "#NOMBRE!", "Err:502", "Err:508", "Err:509"),
}
_ERROR = re.compile(rb'<(?:\w+:)?c\s[^>]*?t="e"[^>]*>')
_FORMULA = rb"\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
_NO_VALUE = re.compile(
    rb"<(?:\w+:)?c\s[^>]*>" + _FORMULA + rb"(?:<(?:\w+:)?v\s*/>|</(?:\w+:)?c>)"
    # Excel writes an empty text so, with its type.
    rb'|<(?:\w+:)?c\s(?![^>]*t="str")[^>]*>' + _FORMULA + rb"<(?:\w+:)?v></"
)
_HIDDEN = re.compile(rb'<(?:\w+:)?row\s[^>]*?hidden="(?:1|true)"')
_PLACE = re.compile(rb'r="([A-Z]{1,3})([0-9]{1,7})"')
_ODS_NAME = re.compile(rb'<table:table\s[^>]*?table:name="([^"]*)"')
_ODS_HIDDEN = re.compile(rb'<table:table-row\s[^>]*?table:visibility="(?:collapse|filter)"')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\s(?=[^>]*?hidden="(?:1|true)")(?=[^>]*?min="(\d+)")[^>]*?max="(\d+)"')
_ODS_COLUMN = re.compile(rb"<table:table-column\b[^>]*>")
_ODS_COLUMNS = re.compile(rb'number-columns-repeated="(\d+)"')
_ODS_SPANNED = re.compile(rb'table:number-rows-spanned="(?:[2-9]|[1-9][0-9]+)"')
_STRUCK = re.compile(rb'<(?:\w+:)?c\s(?=[^>]*?r="[A-Z]{1,3}([0-9]+)")[^>]*?\bs="([0-9]+)"')
_ODS_ROW = re.compile(rb"<table:table-row\b.*?</table:table-row>", re.DOTALL)
_ODS_STRUCK = re.compile(
    rb'<style:style\s[^>]*?style:name="([^"]+)"[^>]*(?<!/)>(?:(?!</style:style>).)*?text-line-through-style="(?!none)',
    re.DOTALL,
)
# A value thousands of columns or rows away: unfolded, the sheet would fill the memory.
_FAR = re.compile(rb'r="(?:[A-Z]{3}[0-9]+"(?![^>]*/>)|[A-Z]{0,3}[0-9]{8,}"|[A-Z]{0,3}[2-9][0-9]{6}")')
_ODS_FAR = re.compile(
    rb'<table:table-cell\s(?=[^>]*number-columns-repeated="[0-9]{4,}")[^>]*office:value-type'
    rb'|<table:table-row\s[^>]*number-rows-repeated="[0-9]{4,}"[^>]*>'
    rb"(?:(?!</table:table-row>)[^o]|(?!office:value-type)o)*+office:value-type"
)
# Far above any real export, below a zip bomb: unpacked bytes, and unpacked bytes per packed byte of a large member.
_MOST_BYTES, _MOST_RATIO, _RATIO_FROM = 2 << 30, 100, 32 << 20
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _xml_of_sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Each sheet of a workbook and its XML."""
    if "content.xml" in archive.namelist():
        whole = archive.read("content.xml")
        for each in _ODS_NAME.finditer(whole):
            yield unescape(each[1].decode()), whole[each.start() : whole.find(b"</table:table>", each.start())]
        return
    tags = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter()
    relations = {tag.get("name"): tag.get(_RELATION) for tag in tags if tag.tag.endswith("}sheet")}
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")).iter()
    targets = {tag.get("Id"): tag.get("Target") for tag in links}
    for name, relation in relations.items():
        yield name, archive.read(normpath(join("xl", targets[relation])).lstrip("/"))


def _struck_styles(archive: zipfile.ZipFile) -> set[bytes]:
    """The styles of cells whose text is struck through."""
    if "content.xml" in archive.namelist():
        return {*_ODS_STRUCK.findall(archive.read("content.xml"))}
    if "xl/styles.xml" not in archive.namelist():  # what else is looked for must not be lost
        return set()
    fonts, styles = (
        [*next((tag for tag in ElementTree.fromstring(archive.read("xl/styles.xml")) if tag.tag.endswith(name)), ())]
        for name in ("}fonts", "}cellXfs")
    )
    struck = {
        str(place)
        for place, font in enumerate(fonts)
        if any(tag.tag.endswith("}strike") and tag.get("val", "1") not in ("0", "false") for tag in font)
    }
    return {str(place).encode() for place, style in enumerate(styles) if style.get("fontId") in struck}


def _count_struck(own: bytes, styles: set[bytes], *, is_ods: bool) -> int:
    if not styles:
        return 0
    if is_ods:
        names = [b'table:style-name="' + each + b'"' for each in styles]
        return sum(any(name in row for name in names) for row in _ODS_ROW.findall(own) if b"office:value" in row)
    return len({line for line, style in _STRUCK.findall(own) if style in styles})


def _hidden_columns(own: bytes, *, is_ods: bool) -> frozenset[int]:
    if not is_ods:
        return frozenset(place for low, high in _HIDDEN_COLUMN.findall(own) for place in range(int(low) - 1, int(high)))
    found, place = set(), 0
    for tag in _ODS_COLUMN.findall(own):
        count = int(repeated[1]) if (repeated := _ODS_COLUMNS.search(tag)) else 1
        found |= {*range(place, place + count)} if b'table:visibility="' in tag else set()
        place += count
    return frozenset(found)


def _read_marks(content: bytes, shown: str) -> dict[str, dict]:
    """What is told of each sheet beside its values; nothing of an old workbook, nor of an unusual archive.

    `DataError` for a workbook that would fill the memory, before anything is unfolded.
    """
    marks = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            ratios = [each.file_size / max(1, each.compress_size) for each in members if each.file_size > _RATIO_FROM]
            if sum(each.file_size for each in members) > _MOST_BYTES or max(ratios, default=0) > _MOST_RATIO:
                raise DataError(f"{shown} : {_HUGE}")
            is_ods, struck = "content.xml" in archive.namelist(), _struck_styles(archive)
            for name, own in _xml_of_sheets(archive):
                if (_ODS_FAR if is_ods else _FAR).search(own):
                    raise DataError(f"{shown}, feuille « {name} » : {_FAR_AWAY}")
                found = [_PLACE.search(each[0]) for each in (*_ERROR.finditer(own), *_NO_VALUE.finditer(own))]
                marks[name] = {
                    "lost": [(each[1].decode(), int(each[2])) for each in found if each],
                    "hidden": len((_ODS_HIDDEN if is_ods else _HIDDEN).findall(own)),
                    "struck": _count_struck(own, struck, is_ods=is_ods),
                    "columns": _hidden_columns(own, is_ods=is_ods),
                    "is_merged": is_ods and bool(_ODS_SPANNED.search(own)),
                }
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, KeyError, SyntaxError, ValueError):
        pass
    return marks


_NAMED = 5  # A sentence names this many cells and counts the others


def _sheet_faults(layout: titles.Layout, sheet: Sheet, grid: titles.Grid) -> list[str]:
    """Cells without a value in the columns that are read, cells merged downwards that cannot be filled."""
    from xlsxwriter.utility import xl_col_to_name  # slow to import, and only workbooks need it

    letters = {xl_col_to_name(place): place for place in layout.places}
    lost = [f"{column}{line}" for column, line in dict.fromkeys(sheet.lost) if column in letters and line > grid.at]
    lost += [
        f"{column}{line}"
        for line, cells in grid.under.items()
        for column, place in letters.items()
        if cells[place] in _ERRORS
    ]
    faults = [] if grid.under else [titles.NO_ROWS]
    if lost:
        more = f" et {len(lost) - _NAMED} autres" if len(lost) > _NAMED else ""
        faults.append(
            f"cellule en erreur (#REF!, #N/A…) ou formule sans valeur enregistrée : {', '.join(lost[:_NAMED])}{more} ; "
            "corrigez-la dans le classeur, puis enregistrez-le (pour une formule, l’ouvrir dans un "
            "tableur et l’enregistrer suffit)."
        )
    if sheet.is_merged:
        faults.append("des cellules sont fusionnées vers le bas ; défusionnez-les et remplissez chaque ligne.")
    return faults


def _read_sheet(layout: titles.Layout, sheet: Sheet, grid: titles.Grid) -> titles.Cells:
    rows, filled = grid.under, set()
    for (top, left), (bottom, _) in sheet.merged:
        for line in range(top + 2, bottom + 2):
            if top + 1 in rows and line in rows and left < len(rows[line]):
                rows[line][left] = rows[top + 1][left]
                filled.add(line)
    cells = pd.DataFrame({place: [row[place] for row in rows.values()] for place in layout.places}, dtype="str")
    blank = max(rows) - grid.at - len(rows)
    counts = {MERGED: len(filled), HIDDEN: sheet.hidden, STRUCK: sheet.struck, titles.BLANK: blank}
    hidden = [f"« {name} »" for name in layout.columns if layout.places_of(name) & sheet.columns]
    counts |= {f"{HIDDEN_COLUMNS} : {', '.join(hidden)}": len(rows)} if hidden else {}
    return cells.set_axis([*rows]), [], counts


def open_workbook(path: Path, known: titles.Titles) -> ReceivedRecords:
    """The records of a workbook, one table for each visible sheet that holds some; or all its faults.

    A hidden sheet is read only when someone shows it in the workbook; a sheet that is left out is told.
    """
    shown, file, sheets = paths.relative(path), path.name, read_sheets(path)
    grids = {sheet.name: titles.locate(sheet.rows, known) for sheet in sheets}
    of_persons = [sheet for sheet in sheets if grids[sheet.name].known >= titles.LEAST_TITLES]
    filled, is_sure = [sheet for sheet in sheets if sheet.rows and not sheet.is_hidden], bool(of_persons)
    if not is_sure and len(filled) == 1 and (grid := titles.locate_unknown(filled[0].rows, known)):
        grids[filled[0].name], of_persons = grid, filled
    visible = [sheet for sheet in of_persons if not sheet.is_hidden]
    visible = [sheet for sheet in visible if grids[sheet.name].under] or visible
    if not of_persons:
        is_lying = any(titles.lies_on_its_side(sheet.rows, known) for sheet in filled)
        told = titles.LYING if is_lying else titles.NO_TITLES
        raise DataError(f"{shown} : aucune feuille ne porte les titres attendus ; {told}")
    if not visible:
        names = ", ".join(f"« {sheet.name} »" for sheet in of_persons)
        told = f"seules des feuilles masquées portent les titres attendus ({names})"
        raise DataError(f"{shown} : {told} ; affichez celle à lire.")
    remedy = "" if is_sure else titles.PROBABLY
    remedy = " Masquez toute feuille qui n’est pas une liste de personnes." if len(visible) > 1 else remedy
    asides = [sheet.name for sheet in filled if sheet not in of_persons]
    out, same = ReceivedRecords(asides=[f"{file}, feuille « {name} »" for name in asides]), {}
    for sheet in sheets:
        grid, told = grids[sheet.name], ""
        if sheet in visible:
            read, find_faults = (partial(each, sheet=sheet, grid=grid) for each in (_read_sheet, _sheet_faults))
            found = titles.open_grid(path, sheet.name, grid, known, read, find_faults=find_faults, remedy=remedy)
            for fault in found.faults:
                told = str(fault).removeprefix(f"{shown}, feuille « {sheet.name} »")
                told = told.replace(titles.ASIDE.format(found.read), titles.ASIDE)
                same.setdefault(told, {})[sheet.name] = found.read
            found.faults.clear()
            out.add(found)
            told, rows = "feuille lue" if len(visible) > 1 else "", len(grid.under)
        elif rows := len(sheet.rows):
            told = "feuille sans ligne, laissée de côté" if sheet in of_persons else _NO_TITLES
            told = "feuille masquée, laissée de côté" if sheet.is_hidden else told
        if told:  # with the file, which no page shows: a sheet may bear the name of a person
            out.changes.append(Change(f"{file}, feuille « {sheet.name} »", "", told, rows))
    for told, places in same.items():  # one sentence for what several sheets lack
        named = f"feuille{'s' if len(places) > 1 else ''} {', '.join(f'« {each} »' for each in places)}"
        told = told.replace(titles.ASIDE, titles.ASIDE.format(sum(places.values())))
        told += _ASIDES.format(", ".join(f"« {name} »" for name in asides)) if asides and "obligatoire" in told else ""
        out.faults.append(DataError(f"{shown}, {named}{told}"))
    return out


# --- Frames: Parquet, and SPSS or Stata with labels in place of codes ---

STATISTICAL = (".sav", ".zsav", ".dta")


def _open_frame(path: Path, frame: pd.DataFrame, known: titles.Titles) -> ReceivedRecords:
    """The rows of a frame that was read from a file, of any types, as one table; they are numbered from 1."""

    def read(layout: titles.Layout) -> titles.Cells:
        texts = {place: frame.iloc[:, place].astype("object").map(write_cell).astype("str") for place in layout.places}
        return pd.DataFrame(texts).set_axis(np.arange(1, len(frame) + 1)), [], {}

    names = [str(title) for title in frame]
    first = frame.head(titles.TITLE_ROWS).astype("object").map(write_cell).to_numpy().tolist()
    grid = titles.Grid(dict(enumerate([names, *first])), 0, names, len(names))
    faults = [] if len(frame) else [titles.NO_ROWS]
    return titles.open_grid(path, "", grid, known, read, size=len(frame), find_faults=lambda _: faults)


def _guarded(path: Path, read: Callable, **options):
    """What a reader gives; `DataError` for a file that it cannot read."""
    try:
        return read(path, **options)
    except MemoryError:
        raise
    except Exception as error:  # each library raises its own classes, and pandas' dates theirs
        told = "protégé par un mot de passe ; enlevez-le" if "password" in str(error).lower() else "tronqué ou abîmé"
        raise DataError(f"{paths.relative(path)} : le fichier est {told} ; refaites l’export.") from None


def open_parquet(path: Path, known: titles.Titles) -> ReceivedRecords:
    """The rows of a Parquet file."""
    # Integers with missing values would become decimals.
    frame = _guarded(path, pd.read_parquet, dtype_backend="numpy_nullable")
    # pandas may have written a column as the index.
    return _open_frame(path, frame if frame.index.name is None else frame.reset_index(), known)


def open_statistical(path: Path, known: titles.Titles) -> ReceivedRecords:
    """The rows of an SPSS or Stata file.

    A value with a label is that label, even one declared missing (« ne sait pas »); a code without one stays a code.
    A variable is titled by its label unless its name is known: users of SPSS and Stata shorten the one and write the
    question in the other.
    """
    import pyreadstat  # slow to import, and only these files need it

    read = pyreadstat.read_dta if path.suffix.lower() == ".dta" else pyreadstat.read_sav
    table, about = _guarded(path, read, apply_value_formats=True, formats_as_category=False, user_missing=True)
    labels = about.column_names_to_labels
    names = [name if fold(name) in known.columns else labels.get(name) or name for name in table.columns]
    return _open_frame(path, table.set_axis(names, axis="columns"), known)
