"""A workbook of an export (xlsx or ods): the sheet that holds the records, its cells as text."""

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from helpers import paths
from helpers.records import Batch, Change, Part
from helpers.store.receive.archive import Marks, archive_fault, read_marks
from helpers.store.receive.cells import ERRORS, has_hour, write_cell
from helpers.store.receive.headers import (
    LEAST_TITLES,
    Layout,
    lay_out,
    table_faults,
)
from helpers.store.receive.opened import Opened, refused
from helpers.store.receive.parquet import NO_HOUR
from helpers.store.receive.parse import IDENTIFIER
from helpers.store.receive.rows import BLANK
from helpers.store.receive.sheets import Sheet, UnreadableWorkbook, guarded, read_sheet

MERGED = "cellules fusionnées vers le bas : valeur recopiée sur chaque ligne"
HIDDEN = "lignes masquées ou filtrées dans le classeur, lues comme les autres"
NOT_SHOWN = "feuille masquée, lue parce qu’elle porte les titres attendus"
# Cells named in a sentence, the others counted.
_NAMED = 5


def _named(cells: tuple[str, ...] | list[str]) -> str:
    more = f" et {len(cells) - _NAMED} autres" if len(cells) > _NAMED else ""
    return ", ".join(cells[:_NAMED]) + more


def _letters(place: int) -> str:
    text, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def _mark_faults(sheet: Sheet, marks: Marks, layout: Layout) -> list[str]:
    # An error in a column that is left out changes nothing.
    columns = {_letters(place) for place in layout.positions.values()}

    def under(cells: tuple[str, ...]) -> list[str]:
        split = [(cell.rstrip("0123456789"), cell) for cell in cells]
        return [cell for letters, cell in split if letters in columns and int(cell[len(letters) :]) > sheet.titles + 1]

    errors = under(marks.errors) + [
        f"{_letters(column)}{place + 1}"
        for place in sheet.under
        for column in sorted(layout.positions.values())
        if str(sheet.rows[place][column]) in ERRORS
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
        if top <= sheet.titles or top not in sheet.rows:
            continue
        for place in range(top + 1, bottom + 1):
            if place in sheet.rows and left < len(sheet.rows[place]):
                sheet.rows[place][left] = sheet.rows[top][left]
                filled.add(place)
    return len(filled)


def _batch(file: str, sheet: Sheet, layout: Layout, changes: list[Change]) -> Batch:
    places, arrays, told = sheet.under, {}, list(changes)
    for name in layout.columns:
        values = [sheet.rows[place][layout.positions[name]] for place in places]
        array = pa.array([write_cell(value) for value in values], pa.string())
        arrays[name] = array if name == IDENTIFIER else array.dictionary_encode()
        if hours := sum(has_hour(value) for value in values):
            told.append(Change(file, name, NO_HOUR, hours))
    between = places[-1] - sheet.titles - len(places)
    if between:
        told.append(Change(file, "", BLANK, between))
    if layout.left_out:
        told.append(Change(file, "", f"colonnes hors liste, laissées de côté : {layout.left_out}", len(places)))
    return Batch(arrays, np.array(places, int) + 1, [], told)


def _choose(path: Path, known: dict[str, str]) -> Sheet | str:
    book = guarded(CalamineWorkbook.from_filelike, io.BytesIO(path.read_bytes()))
    found = []
    for entry in book.sheets_metadata:
        if read_marks(path, entry.name).is_far:
            return f", feuille « {entry.name} » : des cases sont remplies très loin de la table ; supprimez-les."
        is_hidden = entry.visible != SheetVisibleEnum.Visible
        found.append(read_sheet(book, entry.name, known, is_hidden=is_hidden))
    held = [sheet for sheet in found if sheet.known >= LEAST_TITLES]
    if not held:
        return (
            " : aucune feuille ne porte les titres attendus ; la première ligne doit porter les intitulés des colonnes "
            "(data/raw/reference/entetes.csv dit lesquels sont connus)."
        )
    best = max(sheet.known for sheet in held)
    same = [sheet for sheet in held if sheet.known == best]
    same = [sheet for sheet in same if sheet.under] or same
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
    titles, rows = sheet.texts(sheet.titles), [sheet.texts(place) for place in sheet.under]
    layout = lay_out(titles, known)
    beside = [sheet.texts(sheet.titles - 1), sheet.texts(sheet.titles + 1)]
    faults = table_faults(titles, beside=beside, layout=layout, rows=rows, known=known) + _mark_faults(
        sheet, marks, layout
    )
    if not rows:
        faults.append("aucune ligne sous les titres ; refaites l’export, ou retirez ce fichier.")
    if faults:
        place = f"{shown}, feuille « {sheet.name} », ligne {sheet.titles + 1}"
        return refused(*(f"{place} : {fault}" for fault in faults))
    counts = {MERGED: _fill_merged(sheet), HIDDEN: marks.hidden, NOT_SHOWN: len(rows) if sheet.is_hidden else 0}
    told = [Change(file, "", rule, count) for rule, count in counts.items() if count]
    above = [Change(file, "", "lignes au-dessus des titres, laissées de côté", sheet.titles)] if sheet.titles else []
    batch = _batch(file, sheet, layout, told)
    return Opened([Part(file, sheet.name, lambda: batch)], layout.columns, [], above)
