"""Text exports (CSV): encoding, header, faults with their line, then the rows by pyarrow's reader."""

import codecs
import csv
import io
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import union_categoricals
from pyarrow import csv as arrow_csv

from helpers import paths
from helpers.clean.records import IDENTIFIER, Change, ReceivedTable, UnreadableRow
from helpers.data.reading import SINGLE_BYTE, guess_single_byte
from helpers.data.titles import (
    BLANK,
    LEAST_TITLES,
    NO_TITLES,
    Layout,
    OpenedFile,
    Titles,
    find_titles,
    layout_of,
    open_table,
    refuse_file,
    table_of,
)
from helpers.schema import DataError

# --- Encoding ---

# « é » in UTF-8, read as Windows-1252 and saved again: Ã, then a character of the upper half of that code page.
_MOJIBAKE = re.compile(rb"\xc3\x83(?:\xc2[\x80-\xbf]|\xc5\x93|\xe2\x80[\x90-\xbf])")
_CHARACTERS = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# Read around the first byte that is not UTF-8 to tell one broken character from another encoding.
_SAMPLE_BYTES = 1 << 20


def undecodable(content: bytes, encoding: str = "utf-8") -> int | None:
    """The offset of the first byte that the encoding does not define."""
    if encoding == "utf-8":  # Arrow checks in place, without a second copy of a large file
        offsets = pa.py_buffer(np.array([0, len(content)], np.int64))
        with suppress(pa.ArrowInvalid):
            pa.LargeStringArray.from_buffers(1, offsets, pa.py_buffer(content)).validate(full=True)
            return None
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return None


def encoding_of(content: bytes, titles: bytes) -> str | int:
    """The encoding of the bytes, or the offset of a character that fits none; ``titles`` are those down to the rows."""
    place = undecodable(content)
    if place is None:
        return "utf-8"
    sample = titles + content[max(0, place - _SAMPLE_BYTES) : place + _SAMPLE_BYTES]
    sound = sum(len(character) for character in _CHARACTERS.findall(sample))
    # Mostly valid UTF-8: one broken character. Otherwise: another encoding.
    is_titled_in_utf8 = not titles.isascii() and undecodable(titles) is None
    if is_titled_in_utf8 or 2 * sound > np.count_nonzero(np.frombuffer(sample, np.uint8) > 127):
        return place
    guess = guess_single_byte(sample)
    return guess if undecodable(content, guess) is None else place


# --- Line ends and quotes ---

_QUOTE, _FEED, _RETURN = 34, 10, 13


def line_ends(content: bytes) -> np.ndarray:
    """The offset of the last byte of each line end (LF, CR LF or CR), in order."""
    values = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero(values == _FEED)
    if b"\r" not in content:
        return ends
    returns = np.flatnonzero(values == _RETURN)
    follows = np.append(values, 0)[returns + 1]
    return np.sort(np.concatenate([ends, returns[follows != _FEED]]))


def misplaced_quote(content: bytes, start: int, delimiter: str) -> int | None:
    """The offset of the first quote, from ``start`` on, that neither opens nor closes a cell, or is never closed.

    A quote opens after a delimiter, a line end or a quote, and closes before one. Programs disagree on how to read a
    quote anywhere else, so it is refused rather than guessed.
    """
    if content.find(b'"', start) < 0:
        return None
    values = np.frombuffer(content, np.uint8)[start:]
    quotes = np.flatnonzero(values == _QUOTE)
    is_edge = np.isin(np.arange(256), [ord(delimiter), _FEED, _RETURN, _QUOTE])
    opens = is_edge[values[np.maximum(quotes - 1, 0)]] | (quotes == 0)
    closes = is_edge[values[np.minimum(quotes + 1, len(values) - 1)]] | (quotes == len(values) - 1)
    # Quotes open and close in turn. One that cannot close was meant to open: the one before it was left open.
    wrong = [*2 * np.flatnonzero(~opens[0::2])[:1], *2 * np.flatnonzero(~closes[1::2])[:1]]
    wrong += [len(quotes) - 1] if len(quotes) % 2 else []  # well placed, but never closed
    return start + int(quotes[min(wrong)]) if wrong else None


# --- The beginning of a text file: its delimiter, its header, and where its rows start ---

DELIMITERS = (";", ",", "\t", "|")
_SAMPLE_ROWS = 100
# Enough for the rows above the header, the header, and tens of rows that show their width.
_HEAD_BYTES = 256 << 10


@dataclass(frozen=True)
class Head:
    """The header of a text file, the rows around and below it, and where these start (byte and line)."""

    delimiter: str
    titles: list[str]
    titles_line: int
    beside: list[list[str]]
    rows: list[list[str]]
    start: int
    line: int
    known: int
    says_delimiter: bool


def _rows(lines: list[bytes], encoding: str, delimiter: str) -> list[tuple[list[str], int]]:
    """The first rows, as far as they can be read, and the number of lines read by the end of each."""
    reader = csv.reader((line.decode(encoding, errors="replace") for line in lines), delimiter=delimiter)
    rows = []
    with suppress(csv.Error):
        for cells in reader:
            rows.append((cells, reader.line_num))
            if len(rows) > _SAMPLE_ROWS:
                break
    return rows


def read_head(content: bytes, known: Titles) -> Head:
    """The beginning of a file, read with the delimiter under which most columns are recognised."""
    body = content[:_HEAD_BYTES]
    ends = [int(place) + 1 for place in line_ends(body)]
    body = body if len(content) <= _HEAD_BYTES else body[: max(ends, default=0)]
    encoding = "utf-8" if undecodable(body) is None else guess_single_byte(body)
    stops = [0, *ends, len(body)]
    lines = [body[a:b] for a, b in zip(stops, stops[1:], strict=False) if a < b]
    sep = re.match(rb'\A"?sep=(.)"?\s*\Z', lines[0], re.IGNORECASE) if lines else None
    delimiters = (sep[1].decode("latin-1"),) if sep and sep[1].isascii() else DELIMITERS
    sep_bytes = len(lines[0]) - 1 if sep else 0
    lines = [b"\n", *lines[1:]] if sep else lines
    read = {each: _rows(lines, encoding, each) for each in delimiters}
    headers = {each: find_titles([cells for cells, _ in rows], known) for each, rows in read.items()}
    delimiter = max(delimiters, key=lambda each: headers[each][1])
    place, count = headers[delimiter]
    rows = read[delimiter]
    titles, after = rows[place] if rows else ([], 0)
    before = rows[place - 1][1] if place else 0
    start = sep_bytes + sum(len(line) for line in lines[:after])
    sample = [cells for cells, _ in rows[place + 1 :]]
    beside = [cells for cells, _ in (rows[max(0, place - 1) : place] + rows[place + 1 : place + 2])]
    return Head(delimiter, titles, before + 1, beside, sample, start, after + 1, count, bool(sep))


def width_of(head: Head) -> int:
    """The usual number of cells in a row: more than the titles when most rows end in empty cells."""
    widths = sorted(len(cells) for cells in head.rows if any(cell.strip() for cell in cells))
    return widths[len(widths) // 2] if widths else 0


# --- The rows: pyarrow's CSV reader, set so that nothing is guessed; what it refuses is read by the csv module ---

TRIMMED = "cases vides en trop ou absentes en fin de ligne, sans titre : ligne ramenée à ses titres"
SHORT = "ligne trop courte : des cases manquent"
LONG = "ligne trop longue : des cases en trop"
UNTITLED = "une valeur se trouve dans une colonne sans titre"
_BLOCK_BYTES = 4 << 20


@dataclass(frozen=True)
class _Body:
    """The rows of a file, in UTF-8, and the line of the first."""

    content: bytes
    line: int
    delimiter: str

    @cached_property
    def starts(self) -> tuple[np.ndarray, np.ndarray]:
        """Where each row starts and how many lines are above it; a line end inside quotes ends no row."""
        ends = line_ends(self.content)
        quotes = np.flatnonzero(np.frombuffer(self.content, np.uint8) == _QUOTE)
        order = np.flatnonzero(np.searchsorted(quotes, ends) % 2 == 0)
        starts, above = np.concatenate([[0], ends[order] + 1]), np.concatenate([[0], order + 1])
        return starts[starts < len(self.content)], above[starts < len(self.content)]

    def lines(self, count: int) -> np.ndarray:
        """The line of each row, as an editor numbers it."""
        # Nearly always as many rows as lines: no need to look for where they end.
        is_plain = self.content.count(b"\n") + (not self.content.endswith(b"\n")) == count
        return self.line + (np.arange(count) if is_plain else self.starts[1])

    def text(self, row: int) -> str:
        """The text of a row."""
        starts = self.starts[0]
        return self.content[starts[row] : starts[row + 1] if row + 1 < len(starts) else None].decode("utf-8")

    def is_blank(self, text: str) -> bool:
        """Whether a row holds nothing."""
        return not text.strip(f' \t\r\n"{self.delimiter}\u00a0')


def parse_rows(body: _Body, layout: Layout) -> tuple[pd.DataFrame, list[arrow_csv.InvalidRow]]:
    """The cells by place, numbered by row from 0, and the rows with another number of cells."""
    bad: list[arrow_csv.InvalidRow] = []

    def keep_aside(row: arrow_csv.InvalidRow) -> str:
        bad.append(row)
        return "skip"

    content = body.content
    # Arrow strips a leading byte order mark: one in the rows, where two exports were put end to end, is kept.
    content = codecs.BOM_UTF8 + content if content.startswith(codecs.BOM_UTF8) else content
    names = [str(place) for place in range(layout.width)]
    # Every cell is text, an empty one the empty text; each distinct one is kept once, but for the identifiers.
    coded = pa.dictionary(pa.int32(), pa.string())
    types = {str(place): pa.string() if place == layout.positions[IDENTIFIER] else coded for place in layout.places}
    convert = arrow_csv.ConvertOptions(
        column_types=types, include_columns=list(types), null_values=[], strings_can_be_null=False, check_utf8=False
    )

    def read(block: int, handler: Callable | None) -> pa.Table:
        parse = arrow_csv.ParseOptions(
            delimiter=body.delimiter,
            newlines_in_values=b'"' in content,
            ignore_empty_lines=False,
            invalid_row_handler=handler,
        )
        # Rows are numbered only by one thread.
        options = arrow_csv.ReadOptions(column_names=names, use_threads=handler is None, block_size=block)
        return arrow_csv.read_csv(pa.BufferReader(content), options, parse, convert)

    try:
        table = read(_BLOCK_BYTES, None)
    except pa.ArrowInvalid:  # rows with another number of cells
        try:
            table = read(_BLOCK_BYTES, keep_aside)
        except pa.ArrowInvalid:  # a row longer than a block
            bad.clear()
            table = read(len(content) + 1, keep_aside)
    cells = table.to_pandas(split_blocks=True, self_destruct=True).rename(columns=int)
    order = np.delete(np.arange(len(cells) + len(bad)), [row.number - 1 for row in bad]) if bad else None
    return (cells if order is None else cells.set_axis(order)), bad


def _fitted(text: str, layout: Layout, delimiter: str) -> list[str] | None:
    """The row, brought to the expected width if it differs only by empty cells without a title."""
    csv.field_size_limit(2**31 - 1)
    cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    if len(cells) < layout.named or any(cell.strip() for cell in cells[layout.named :]):
        return None
    return (cells + [""] * layout.width)[: layout.width]


def _joined(cells: pd.DataFrame, fitted: dict[int, list[str]]) -> pd.DataFrame:
    more = pd.DataFrame.from_dict(fitted, orient="index", dtype="str")[list(cells)]
    columns = {
        place: pd.concat([cells[place], more[place]]).array
        if cells[place].dtype == "str"
        else union_categoricals([cells[place], more[place].astype("category")])
        for place in cells
    }
    return pd.DataFrame(columns, index=[*cells.index, *more.index]).sort_index()


def read_rows(body: _Body, layout: Layout) -> tuple[pd.DataFrame, list[UnreadableRow], dict[str, int]]:
    """The cells by place, numbered by line; the rows refused; the rows of each rule."""
    cells, bad = parse_rows(body, layout)
    lines = body.lines(len(cells) + len(bad))
    refused, fitted, blank = [], {}, 0
    for row in bad:
        if body.is_blank(row.text):
            blank += 1
        elif found := _fitted(row.text, layout, body.delimiter):
            fitted[row.number - 1] = found
        else:
            reason = SHORT if row.actual_columns < layout.width else LONG
            refused.append(UnreadableRow(int(lines[row.number - 1]), reason, row.text))
    cells = _joined(cells, fitted) if fitted else cells
    # A row without an identifier may still hold something, perhaps in a column that is left out.
    nobody = cells.index[cells[layout.positions[IDENTIFIER]].str.strip().eq("")]
    empty = [row for row in nobody if body.is_blank(body.text(row))]
    untitled = [cells[place].astype("str").str.strip().ne("") for place in layout.untitled]
    shifted = cells.index[np.logical_or.reduce(untitled)].difference(empty) if untitled else []
    refused += [UnreadableRow(int(lines[row]), UNTITLED, body.text(row)) for row in shifted]
    cells = cells.drop([*empty, *shifted]) if len(empty) or len(shifted) else cells
    return cells.set_axis(lines[cells.index]), refused, {BLANK: blank + len(empty), TRIMMED: len(fitted)}


# --- A whole text file ---

_MIXED = "des caractères ne se lisent pas"
_SAVE = "enregistrez-la au format CSV UTF-8"
_NUL = f"un caractère nul coupe le texte ; ce n’est pas une table en texte : {_SAVE}."


def _faults_of(content: bytes, head: Head, encoding: str | int) -> list[str]:
    """What makes the bytes unusable, each with its line: the ends of sentences."""

    def line(place: int) -> int:
        return len(line_ends(content[:place])) + 1

    faults = []
    if isinstance(encoding, int):
        faults.append(f", ligne {line(encoding)} : {_MIXED}, deux encodages s’y mêlent ; {_SAVE}.")
    # 0x83 is half of « Ã » and of hardly any other letter: a plain search for it is ten times as fast.
    elif encoding == "utf-8" and b"\x83" in content and (mojibake := _MOJIBAKE.search(content, head.start)):
        faults.append(
            f", ligne {line(mojibake.start())} : des accents sont abîmés (« Ã© » pour « é ») ; refaites l’export en "
            "UTF-8, sans rouvrir le fichier dans un autre logiciel."
        )
    if (quote := misplaced_quote(content, head.start, head.delimiter)) is not None:
        faults.append(
            f", ligne {line(quote)} : un guillemet est mal placé ou n’est pas refermé ; corrigez cette ligne."
        )
    anything = re.compile(rf'[^ \t\r\n"{re.escape(head.delimiter)}]'.encode())
    if not faults and not anything.search(content, head.start):
        faults = [" n’a aucune ligne sous ses titres : refaites l’export, ou retirez ce fichier."]
    return faults


def _utf8_of(path: Path) -> tuple[bytes, bool] | str:
    """The bytes without their mark, UTF-16 as UTF-8, and whether they were; why not, as the end of a sentence."""
    content = path.read_bytes()
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16").encode("utf-8"), True
        except UnicodeError:
            return " : des caractères ne se lisent pas (UTF-16) ; enregistrez-le au format CSV UTF-8."
    content = content.removeprefix(codecs.BOM_UTF8)
    if (nul := content.find(b"\0")) >= 0:
        return f", ligne {len(line_ends(content[:nul])) + 1} : {_NUL}"
    return content, False


def open_text(path: Path, known: Titles) -> OpenedFile:
    """The rows of a text file, as one table; or all its faults."""
    shown, file, read = paths.relative(path), path.name, _utf8_of(path)
    if isinstance(read, str):
        return refuse_file(f"{shown}{read}")
    content, was_utf16 = read
    head = read_head(content, known)
    if head.known < LEAST_TITLES:
        return refuse_file(f"{shown} : aucune ligne de titres parmi les premières ; {NO_TITLES}")
    encoding = encoding_of(content, content[: head.start])
    layout = layout_of(head.titles, known, width=width_of(head))
    of_bytes = [DataError(f"{shown}{fault}") for fault in _faults_of(content, head, encoding)]

    def table() -> ReceivedTable:
        rows = content[head.start :]
        rows = rows if encoding == "utf-8" else rows.decode(encoding).encode("utf-8")
        cells, refused, counts = read_rows(_Body(rows, head.line, head.delimiter), layout)
        if was_utf16:
            counts["texte en UTF-16, lu comme tel"] = len(cells)
        elif encoding != "utf-8":
            counts[f"texte en {SINGLE_BYTE[encoding]}, lu comme tel"] = len(cells)
        changes = [Change(file, "", rule, count) for rule, count in counts.items() if count]
        return table_of(file, "", cells, layout, known, refused=refused, made=changes)

    opened = open_table(
        *(path, "", head.titles, layout, known),
        line=head.titles_line,
        rows=len(head.rows),
        read=table,
        is_readable=not of_bytes,
        beside=head.beside,
        sample=head.rows,
    )
    opened.faults.extend(of_bytes)
    if above := head.titles_line - 1 - head.says_delimiter:
        opened.changes.append(Change(file, "", "lignes au-dessus des titres, laissées de côté", above))
    if head.says_delimiter:
        opened.changes.append(Change(file, "", "première ligne « sep= », lue comme séparateur", 1))
    return opened
