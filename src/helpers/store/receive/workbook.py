"""A workbook of an export (xlsx or ods): the sheet that holds the records, its cells as text."""

import io
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from python_calamine import CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from helpers import paths
from helpers.records import Batch, Change, Part
from helpers.store.receive.archive import Marks, archive_fault, read_marks
from helpers.store.receive.cells import ERRORS, has_hour, write_cell
from helpers.store.receive.headers import (
    LEAST_TITLES,
    TITLE_ROWS,
    Layout,
    find_titles,
    lay_out,
    title_faults,
    untitled_faults,
)
from helpers.store.receive.opened import Opened, refused
from helpers.store.receive.parquet import NO_HOUR
from helpers.store.receive.rows import BLANK, IDENTIFIER

MERGED = "cellules fusionnées vers le bas : valeur recopiée sur chaque ligne"
HIDDEN = "lignes masquées ou filtrées dans le classeur, lues comme les autres"
NOT_SHOWN = "feuille masquée, lue parce qu’elle porte les titres attendus"
# Cells named in a sentence, the others counted.
_NAMED = 5


@dataclass(frozen=True)
class Sheet:
    """A sheet that names columns of the project: its rows of values, where its titles stand, what else it holds."""

    name: str
    titles: int
    known: int
    merged: list
    is_hidden: bool
    rows: list[list]


class UnreadableWorkbook(Exception):
    """The library that reads workbooks gave up."""


def _guarded(call, *given):
    # The library is written in Rust: on a damaged file it may stop on an exception that is not an Exception.
    try:
        return call(*given)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        raise UnreadableWorkbook from error


def _sheet(book: CalamineWorkbook, name: str, known: dict[str, str], *, is_hidden: bool) -> Sheet:
    sheet: CalamineSheet = _guarded(book.get_sheet_by_name, name)
    # Rows and columns before the first cell are kept: line numbers are those that the spreadsheet shows.
    head = _guarded(partial(sheet.to_python, skip_empty_area=False, nrows=TITLE_ROWS + 1))
    titles, count = find_titles([[write_cell(cell) for cell in row] for row in head], known)
    rows = _guarded(partial(sheet.to_python, skip_empty_area=False)) if count >= LEAST_TITLES else []
    return Sheet(name, titles, count, sheet.merged_cell_ranges or [], is_hidden, rows)


def _named(cells: tuple[str, ...] | list[str]) -> str:
    more = f" et {len(cells) - _NAMED} autres" if len(cells) > _NAMED else ""
    return ", ".join(cells[:_NAMED]) + more


def _letters(place: int) -> str:
    text, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def _mark_faults(sheet: Sheet, marks: Marks) -> list[str]:
    below = sheet.titles + 1

    def under(cells: tuple[str, ...]) -> list[str]:
        return [cell for cell in cells if int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) > below]

    errors = under(marks.errors) + [
        f"{_letters(column)}{line + 1}"
        for line, row in enumerate(sheet.rows[below:], below)
        for column, cell in enumerate(row)
        if isinstance(cell, str) and cell in ERRORS
    ]
    faults = []
    if errors:
        faults.append(f"cellule en erreur (#REF!, #N/A…) : {_named(errors)} ; corrigez-la dans le classeur.")
    if empty := under(marks.without_value):
        faults.append(f"formule sans valeur enregistrée : {_named(empty)} ; ouvrez le classeur et enregistrez-le.")
    if marks.is_merged:
        faults.append("des cellules sont fusionnées vers le bas ; défusionnez-les et remplissez chaque ligne.")
    return faults


def _fill_merged(sheet: Sheet) -> int:
    """Copies each cell merged downwards into the rows it covers; how many rows were completed."""
    filled = set()
    for (top, left), (bottom, _) in sheet.merged:
        if top <= sheet.titles or bottom == top or top >= len(sheet.rows):
            continue
        for line in range(top + 1, min(bottom, len(sheet.rows) - 1) + 1):
            if left < len(sheet.rows[line]):
                sheet.rows[line][left] = sheet.rows[top][left]
                filled.add(line)
    return len(filled)


def _batch(file: str, sheet: Sheet, layout: Layout, changes: list[Change]) -> Batch:
    held = range(sheet.titles + 1, len(sheet.rows))
    lines = [line for line in held if any(cell != "" for cell in sheet.rows[line])]
    arrays, told = {}, list(changes)
    for name in layout.columns:
        values = [sheet.rows[line][layout.positions[name]] for line in lines]
        array = pa.array([write_cell(value) for value in values], pa.string())
        arrays[name] = array if name == IDENTIFIER else array.dictionary_encode()
        if hours := sum(has_hour(value) for value in values):
            told.append(Change(file, name, NO_HOUR, hours))
    # A cell far below the table (a click, a format) makes blank rows by the thousand: none after the last one counts.
    between = (lines[-1] - sheet.titles if lines else 0) - len(lines)
    if between:
        told.append(Change(file, "", BLANK, between))
    if layout.left_out:
        told.append(Change(file, "", f"colonnes hors liste, laissées de côté : {layout.left_out}", len(lines)))
    return Batch(arrays, np.array(lines, int) + 1, [], told)


def _choose(path: Path, known: dict[str, str]) -> Sheet | str:
    book = _guarded(CalamineWorkbook.from_filelike, io.BytesIO(path.read_bytes()))
    found = []
    for entry in book.sheets_metadata:
        if read_marks(path, entry.name).is_far:
            return f", feuille « {entry.name} » : des cases sont remplies très loin de la table ; supprimez-les."
        is_hidden = entry.visible != SheetVisibleEnum.Visible
        found.append(_sheet(book, entry.name, known, is_hidden=is_hidden))
    held = [sheet for sheet in found if sheet.known >= LEAST_TITLES]
    if not held:
        return (
            " : aucune feuille ne porte les titres attendus ; la première ligne doit porter les intitulés des colonnes "
            "(data/raw/reference/entetes.csv dit lesquels sont connus)."
        )
    best = max(sheet.known for sheet in held)
    same = [sheet for sheet in held if sheet.known == best]
    same = [sheet for sheet in same if len(sheet.rows) > sheet.titles + 1] or same
    if len(same) > 1:
        names = ", ".join(f"« {sheet.name} »" for sheet in same)
        return f" : plusieurs feuilles portent les mêmes titres ({names}) ; n’en gardez qu’une, ou réunissez-les."
    return same[0]


def open_workbook(path: Path, known: dict[str, str]) -> Opened:
    """The records of a workbook, as one part; or every fault at once."""
    shown, file = paths.relative(path), path.name
    fault = archive_fault(path)
    if fault:
        return refused(f"{shown} : {fault}")
    try:
        sheet = _choose(path, known)
    except UnreadableWorkbook:
        return refused(f"{shown} : le classeur est tronqué ou abîmé ; enregistrez-le de nouveau, ou refaites l’export.")
    if isinstance(sheet, str):
        return refused(f"{shown}{sheet}")
    marks = read_marks(path, sheet.name)
    titles = [write_cell(cell) for cell in sheet.rows[sheet.titles]]
    rows = [[write_cell(cell) for cell in row] for row in sheet.rows[sheet.titles + 1 :]]
    layout = lay_out(titles, known)
    faults = title_faults(titles, rows[0] if rows else [], known) + untitled_faults(layout, rows)
    faults += _mark_faults(sheet, marks)
    if not any(cell for row in rows for cell in row):
        faults.append("aucune ligne sous les titres ; refaites l’export, ou retirez ce fichier.")
    if faults:
        place = f"{shown}, feuille « {sheet.name} », ligne {sheet.titles + 1}"
        return refused(*(f"{place} : {fault}" for fault in faults))
    counts = {MERGED: _fill_merged(sheet), HIDDEN: marks.hidden, NOT_SHOWN: len(rows) if sheet.is_hidden else 0}
    told = [Change(file, "", rule, count) for rule, count in counts.items() if count]
    above = [Change(file, "", "lignes au-dessus des titres, laissées de côté", sheet.titles)] if sheet.titles else []
    batch = _batch(file, sheet, layout, told)
    return Opened([Part(file, sheet.name, lambda: batch)], layout.columns, [], above)
