"""The export of a year as received: its files, their columns, and the changes made by reading them.

Text files (CSV) are read here: by pyarrow the sound ones, by the standard ``csv`` module those in which a row is not.
"""

import csv
import io
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from helpers import paths
from helpers.clean.answers import read_spellings
from helpers.clean.records import IDENTIFIER, TITLE, ReceivedRecords, UnreadableRow
from helpers.data import titles
from helpers.data.reading import as_utf8, content_of, simulated_exports, split_rows
from helpers.data.to_complete import AS_IT_IS, read_own, read_reference_for
from helpers.data.workbooks import STATISTICAL, open_parquet, open_statistical, open_workbook
from helpers.schema import DataError, columns

# --- Text files ---

DELIMITERS = (";", ",", "\t", "|")
SEP = "première ligne « sep= », lue comme séparateur"
TRIMMED = "cases vides en trop ou absentes en fin de ligne, sans titre : ligne ramenée à ses titres"
SHORT = "ligne trop courte : des cases manquent"
LONG = "ligne trop longue : des cases en trop"
UNTITLED = "une valeur se trouve dans une colonne sans titre"
# Enough for the rows above the titles, the titles, and tens of rows that show their width.
_HEAD_BYTES, _SAMPLE_ROWS = 256 << 10, 100
_BLOCK_BYTES = 4 << 20
csv.field_size_limit(2**31 - 1)  # A cell may be as long as its file


def open_text(path: Path, known: titles.Titles) -> ReceivedRecords:
    """The rows of a text file, as one table, or its faults; `DataError` for what is no such text."""
    shown = paths.relative(path)
    content, encoding = as_utf8(content_of(path), shown)
    lines = content[:_HEAD_BYTES].splitlines(keepends=True)
    lines = lines[:-1] if len(content) > _HEAD_BYTES else lines
    sep = re.match(rb'"?sep=([!-~\t])"?\s*\Z', lines[0], re.IGNORECASE) if lines else None
    heads = {each: _read_head(lines, each) for each in ((sep[1].decode(),) if sep else DELIMITERS)}
    grids = {each: titles.locate(rows, known) for each, (rows, _) in heads.items()}
    # The delimiter under which most columns are recognised, or else seen.
    delimiter = max(grids, key=lambda each: (grids[each].known, len(grids[each].titles)))
    grid, remedy = grids[delimiter], ""
    if grid.known < titles.LEAST_TITLES:
        grid, remedy = titles.locate_unknown(heads[delimiter][0], known), titles.PROBABLY
    if grid is None:
        told = titles.LYING if titles.lies_on_its_side(heads[delimiter][0], known) else titles.NO_TITLES
        raise DataError(f"{shown} : aucune ligne de titres parmi les premières ; {told}")
    last = heads[delimiter][1][grid.at]
    body = _Body(content, sum(map(len, lines[:last])), last + 1, delimiter)
    if re.compile(rf'[^ \t\r\n"{re.escape(delimiter)}]'.encode()).search(content, body.start) is None:
        raise DataError(f"{shown} : {titles.NO_ROWS}")

    def read(layout: titles.Layout) -> titles.Cells:
        cells, refused, counts = _read_sound(body, layout) or _read_rows(body, layout, shown)
        return cells, refused, counts | {f"texte en {encoding}, lu comme tel": len(cells) if encoding else 0}

    widths = sorted(map(len, grid.under.values()))
    width = widths[len(widths) // 2] if widths else 0  # Rows are wider than the titles when most end in empty cells
    about = {"width": width, "size": body.lines, "told": {SEP: 1} if sep else {}, "remedy": remedy}
    return titles.open_grid(path, "", grid, known, read, **about)


def _read_head(lines: list[bytes], delimiter: str) -> tuple[dict[int, list[str]], dict[int, int]]:
    """The first rows that hold something, by the line on which they start, and the line on which each ends."""
    reader, rows, ends, start = csv.reader((line.decode() for line in lines), delimiter=delimiter), {}, {}, 1
    with suppress(csv.Error):
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows[start], ends[start] = cells, reader.line_num
            start = reader.line_num + 1
            if len(rows) > _SAMPLE_ROWS:
                break
    return rows, ends


@dataclass(frozen=True)
class _Body:
    """The content of a file, in UTF-8, where its rows start in it, and the line of the first."""

    content: bytes
    start: int
    line: int
    delimiter: str

    @cached_property
    def lines(self) -> int:
        """The number of lines of the rows."""
        return self.content.count(b"\n", self.start) + (not self.content.endswith(b"\n"))


def _read_sound(body: _Body, layout: titles.Layout) -> titles.Cells | None:
    """The rows by pyarrow, each distinct text kept once; None when one of them is not on one line, whole, of somebody.

    Nothing is guessed: every cell is text, an empty one the empty text.
    """
    coded, identifier = pa.dictionary(pa.int32(), pa.string()), layout.positions[IDENTIFIER]
    types = {str(place): pa.string() if place == identifier else coded for place in (*layout.places, *layout.untitled)}
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(body.content)[body.start :]),
            # Threads would spend more than they gain on one dictionary a block.
            arrow_csv.ReadOptions(
                column_names=[*map(str, range(layout.width))], block_size=_BLOCK_BYTES, use_threads=False
            ),
            arrow_csv.ParseOptions(delimiter=body.delimiter, newlines_in_values=True, ignore_empty_lines=False),
            arrow_csv.ConvertOptions(column_types=types, include_columns=list(types), null_values=[], check_utf8=False),
        )
    except pa.ArrowInvalid:
        return None
    cells = table.to_pandas(split_blocks=True, self_destruct=True).rename(columns=int)
    is_filled = any(cells[place].astype("str").str.strip().ne("").any() for place in layout.untitled)
    if len(cells) != body.lines or is_filled or cells[identifier].str.strip().eq("").any():
        return None
    return cells.set_axis(np.arange(body.line, body.line + body.lines)), [], {}


def _read_rows(body: _Body, layout: titles.Layout, shown: str) -> titles.Cells:
    """The rows one by one: blank ones are counted, those that have not the cells of the titles refused."""
    text = io.TextIOWrapper(io.BytesIO(body.content[body.start :]), encoding="utf-8", newline="")
    rows, refused, counts, once = {}, [], Counter(), {}
    for line, cells in split_rows(text, body.delimiter, shown, body.line):
        if not any(cell.strip() for cell in cells):
            counts[titles.BLANK] += 1
            continue
        is_other = len(cells) != layout.width
        if is_other and layout.named <= len(cells) and not any(map(str.strip, cells[layout.named :])):
            cells = (cells + [""] * layout.width)[: layout.width]
            counts[TRIMMED] += 1
        if len(cells) != layout.width:
            reason = SHORT if len(cells) < layout.width else LONG
        elif any(cells[place].strip() for place in layout.untitled):
            reason = UNTITLED
        else:
            rows[line] = [once.setdefault(cells[place], cells[place]) for place in layout.places]
            continue
        refused.append(UnreadableRow(line, reason, body.delimiter.join(cells)))
    table = pd.DataFrame([*rows.values()], index=[*rows], columns=layout.places, dtype="str")
    return table, refused, dict(counts)


# --- The files of a year ---

_TEXTS, _WORKBOOKS, _PARQUET = (".csv", ".txt", ".tsv"), (".xlsx", ".xlsm", ".ods", ".xls"), ".parquet"
_RECEIVED = "enregistrez la table en .csv, .xlsx, .ods, .parquet, .sav ou .dta."
# The command is whole: it is to be copied.
_R = (
    'un fichier R : dans R, write.csv2({}, "accompagnements.csv", row.names = FALSE, na = "", '
    'fileEncoding = "UTF-8") en fait une table ; retirez ensuite le fichier R.'
)
_R_READS = {".rds": 'readRDS("{}")', ".rdata": 'get(load("{}"))', ".rda": 'get(load("{}"))'}
_WORKBOOK_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_MARKUP = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|meta|head)", re.IGNORECASE)


def _open(path: Path, known: titles.Titles) -> ReceivedRecords:
    """The tables of a file, by what it holds rather than by its extension; all that is wrong with it."""
    shown, suffix = paths.relative(path), path.suffix.lower()
    try:
        if suffix in _R_READS:
            raise DataError(f"{shown} : {_R.format(_R_READS[suffix].format(path.name))}")
        if suffix == ".zip":
            raise DataError(f"{shown} : c’est une archive ; ouvrez-la, déposez ses fichiers ici et retirez-la.")
        if suffix not in (*_TEXTS, *_WORKBOOKS, _PARQUET, *STATISTICAL):
            raise DataError(f"{shown} : ce format n’est pas lu ; {_RECEIVED}")
        with path.open("rb") as file:
            begin = file.read(512)
        if not begin.strip(b"\xef\xbb\xbf \t\r\n"):
            raise DataError(f"{shown} : le fichier est vide ; refaites l’export, ou retirez ce fichier.")
        if suffix in STATISTICAL:
            return open_statistical(path, known)
        if _MARKUP.match(begin):
            raise DataError(
                f"{shown} : c’est une page web sous un autre nom ; ouvrez-la dans un tableur et enregistrez-la au "
                "format .xlsx."
            )
        if begin.startswith(_WORKBOOK_MARKS):
            return open_workbook(path, known)
        return open_parquet(path, known) if begin.startswith(b"PAR1") else open_text(path, known)
    except DataError as fault:
        return ReceivedRecords(faults=[fault])
    except OSError:
        told = f"Impossible de lire {shown} : fermez-le s’il est ouvert, ou vérifiez vos droits."
    except MemoryError:
        told = f"{shown} est trop gros pour la mémoire de cette machine : enregistrez-le au format CSV UTF-8."
    return ReceivedRecords(faults=[DataError(told)])


def _known(year: int) -> titles.Titles:
    """The titles of the export of a year; `DataError` for what is wrong with a reference table."""
    spellings = read_spellings(read_reference_for(year, "modalites"))
    own = read_own(year)
    is_of_place = own["graphie"].str.startswith(titles.EVERY_ROW) & own["valeur"].ne(AS_IT_IS)
    of_places = {(row.colonne, row.graphie): row.valeur for row in own[is_of_place].itertuples()}
    ignored = own.loc[own["colonne"].eq(TITLE) & own["valeur"].eq(AS_IT_IS), "graphie"]
    return titles.known_titles(read_reference_for(year, "entetes"), spellings, year, of_places, ignored)


def is_overlooked(path: Path, year: int) -> bool:
    """Whether a file that is not read, because of its name or place, has the titles of an export."""
    if path.suffix.lower() not in (*_TEXTS, *_WORKBOOKS, _PARQUET, *STATISTICAL):
        return False
    try:
        found = _open(path, _known(year)).columns
        return "identifiant" in found and len(found) >= titles.LEAST_TITLES
    except DataError:  # of a reference table, which is told with the others
        return False


def receive(year: int) -> ReceivedRecords:
    """The records received for a year, not yet cleaned; nothing without an export.

    ``faults`` holds every fault of every file, as French sentences without any value of a person; a year with a fault
    cannot be used. A simulation (``accompagnements_synthetique.csv``, or ``synthetic`` in ``carte_export.json``) is
    marked as such. Titles are those of the schema ``accompagnements`` and of the reference table ``entetes``.
    """
    files, simulated = paths.exports(year), simulated_exports(year)
    out = ReceivedRecords(year, is_synthetic=bool(simulated))
    if not files:
        return out
    try:
        known = _known(year)
    except DataError as fault:
        return ReceivedRecords(year, faults=[fault])
    if simulated and len(simulated) < len(files):
        folder, names = paths.relative(paths.raw(year)), ", ".join(path.name for path in simulated)
        out.faults.append(DataError(f"{folder} : {names} est une simulation, à côté d’un export reçu ; retirez-la."))
    for path in files:
        out.add(_open(path, known))
    out.columns.sort(key=columns(titles.TABLE).index)
    return out
