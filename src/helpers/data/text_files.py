"""Text exports (CSV): the header and the columns it names, faults, then rows as dictionary-encoded columns."""

import codecs
import csv
import io
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from helpers import paths
from helpers.clean.records import Batch, Change, Part, UnreadableRow
from helpers.data.text_scan import (
    PIECE_BYTES,
    QUOTE,
    SINGLE_BYTE,
    Block,
    Source,
    Span,
    changed,
    cut,
    decodes,
    encoding_of,
    guess_single_byte,
    line_ends,
    misplaced_quote,
    scan,
    source_of,
)
from helpers.schema import DataError, columns, table_schema
from helpers.typography import fold, shorten


@dataclass(frozen=True)
class OpenedFile:
    """The parts of a file, its columns, its faults, and the changes already made by opening it."""

    parts: list[Part] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    faults: list[DataError] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def refuse_file(*sentences: str) -> OpenedFile:
    """A file that cannot be used, and why: one French sentence per fault."""
    return OpenedFile(faults=[DataError(sentence) for sentence in sentences])


# --- The header: which column of the project each title names ---

TABLE = "accompagnements"
# Rows searched for the header: a letterhead, a date or a filter may stand above it.
TITLE_ROWS = 30
# Two answers can look like titles (« Autre », « Collège »); three known titles are no coincidence.
LEAST_TITLES = 3
# An earlier row is the header if it names this share of the columns of the best row, in per cent: two exports put end
# to end have two headers, with persons in between.
_NEARLY_PCT = 75

_HELP = "data/raw/reference/entetes.csv"
_TWO_LINES = "les titres tiennent sur deux lignes ; gardez une seule ligne de titres."


@dataclass(frozen=True)
class Layout:
    """Where each column stands in the rows of a file, counted from 0.

    ``width`` is the number of cells in a row, ``named`` those up to the last title, ``untitled`` the places without a
    title, ``left_out`` how many titles name no column of the project.
    """

    positions: dict[str, int]
    width: int
    named: int
    untitled: tuple[int, ...]
    left_out: int

    @property
    def columns(self) -> list[str]:
        """The columns found, in the order of the schema."""
        return [name for name in columns(TABLE) if name in self.positions]


def known_titles(table: pd.DataFrame) -> dict[str, str]:
    """Each folded title and the column it names: those of the schema, then of the reference table ``entetes``."""
    known = {fold(entry[key]): entry["name"] for entry in table_schema(TABLE)["fields"] for key in ("name", "title")}
    expected = set(columns(TABLE))
    for column, title in zip(table["colonne"], table["graphie"], strict=True):
        if column in expected and fold(title):
            known.setdefault(fold(title), column)
    return known


def unknown_columns(table: pd.DataFrame) -> list[str]:
    """One French sentence for each column that ``entetes`` names and the project does not have."""
    names = dict.fromkeys(name for name in table["colonne"] if name not in columns(TABLE))
    return [f"{_HELP} : la colonne « {name} » n’existe pas ; corrigez-la." for name in names]


def find_titles(rows: list[list[str]], known: dict[str, str]) -> tuple[int, int]:
    """The place of the header (the first row that names about as many columns as any other) and how many it names."""
    counts = [len({known[fold(cell)] for cell in cells if fold(cell) in known}) for cells in rows[:TITLE_ROWS]]
    least = max(counts, default=0) * _NEARLY_PCT
    return next(((place, count) for place, count in enumerate(counts) if count and count * 100 >= least), (0, 0))


def layout_of(cells: list[str], known: dict[str, str], *, width: int = 0) -> Layout:
    """The layout that a header gives; ``width`` is that of the rows, where they are wider."""
    titles = [fold(cell) for cell in cells]
    named = max((place + 1 for place, cell in enumerate(cells) if cell.strip()), default=0)
    width = max(width, len(cells))
    positions: dict[str, int] = {}
    for place, title in enumerate(titles):
        if title in known:
            positions.setdefault(known[title], place)
    untitled = tuple(place for place in range(width) if place >= len(cells) or not cells[place].strip())
    return Layout(positions, width, named, untitled, width - len(untitled) - sum(t in known for t in titles))


def title_faults(cells: list[str], beside: list[list[str]], known: dict[str, str]) -> list[str]:
    """What is wrong with a header, as French sentences; ``beside`` are the rows before and after it."""
    designated = Counter(known[fold(cell)] for cell in cells if fold(cell) in known)
    faults = [
        f"deux colonnes désignent « {name} » ; n’en gardez qu’une dans l’export."
        for name, times in designated.items()
        if times > 1
    ]
    required = [entry["name"] for entry in table_schema(TABLE)["fields"] if entry.get("presence") == "obligatoire"]
    missing = [name for name in required if name not in designated]
    # A value may look like a title (« Collège »): it is the second half of the header only if that column is missing
    # and it stands beside a blank title.
    halves = {
        known.get(fold(cell)) for row in beside for cell, title in zip(row, cells, strict=False) if not title.strip()
    }
    if halves & set(missing):
        faults.append(_TWO_LINES)
    elif missing:
        faults.append(_missing(missing, [cell for cell in cells if fold(cell) and fold(cell) not in known], known))
    return faults


def _missing(missing: list[str], unknown: list[str], known: dict[str, str]) -> str:
    left = {fold(cell): " ".join(cell.split()) for cell in unknown}
    named = []
    for name in missing:
        # Compared with every known spelling of this column, so that « Nouvo accompagnement » is recognised.
        spellings = [title for title, column in known.items() if column == name]
        close = next((title for title in left if get_close_matches(title, spellings, n=1, cutoff=0.75)), None)
        named.append(f"« {name} » (peut-être « {shorten(left.pop(close), width=40)} »)" if close else f"« {name} »")
    one = len(named) == 1
    return (
        f"{'colonne obligatoire absente' if one else 'colonnes obligatoires absentes'} : {', '.join(named)} ; "
        f"ajoutez-{'la' if one else 'les'} à l’export, ou {'son intitulé' if one else 'leurs intitulés'} à {_HELP}."
    )


def _untitled_faults(layout: Layout, rows: list[list[str]]) -> list[str]:
    """Columns without a title that hold values in these rows: they may have shifted the others."""
    filled = {
        place
        for cells in rows
        for place, cell in enumerate(cells)
        if cell.strip() and (place >= layout.width or place in layout.untitled)
    }
    if places := ", ".join(str(place + 1) for place in sorted(filled) if place < layout.named):
        return [f"une colonne n’a pas de titre mais contient des valeurs (place {places}) ; donnez-lui un titre."]
    wide = sum(any(cell.strip() for cell in cells[layout.named :]) for cells in rows)
    if rows and wide > len(rows) / 2:
        return ["une colonne n’a pas de titre : les lignes ont plus de cases que de titres ; complétez les titres."]
    return []


def table_faults(
    cells: list[str], *, beside: list[list[str]], layout: Layout, rows: list[list[str]], known: dict[str, str]
) -> list[str]:
    """What is wrong with a header and the rows below it, as French sentences."""
    faults = title_faults(cells, beside, known)
    return faults if _TWO_LINES in faults else faults + _untitled_faults(layout, rows)


# --- The beginning of a text file: its delimiter, its header, and where its rows start ---

DELIMITERS = (";", ",", "\t", "|")
_SAMPLE_ROWS = 100


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


def read_head(content: bytes, skip: int, encoding: str, known: dict[str, str]) -> Head:
    """The beginning of a file, read with the delimiter under which most columns are recognised."""
    body = content[skip:]
    stops = [0, *(int(place) + 1 for place in line_ends(body))]
    lines = [body[a:b] for a, b in zip(stops, [*stops[1:], len(body)], strict=True) if a < b]
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
    start = skip + sep_bytes + sum(len(line) for line in lines[:after])
    sample = [cells for cells, _ in rows[place + 1 :]]
    beside = [cells for cells, _ in (rows[max(0, place - 1) : place] + rows[place + 1 : place + 2])]
    return Head(delimiter, titles, before + 1, beside, sample, start, after + 1, count, bool(sep))


def width_of(head: Head) -> int:
    """The usual number of cells in a row: more than the titles when most rows end in empty cells."""
    widths = sorted(len(cells) for cells in head.rows if any(cell.strip() for cell in cells))
    return widths[len(widths) // 2] if widths else 0


# --- Whole rows as columns: pyarrow's CSV reader, set so that nothing is guessed and no row is lost ---

IDENTIFIER = "identifiant"
CODED = pa.dictionary(pa.int32(), pa.string())


def parse_rows(content: bytes, layout: Layout, delimiter: str) -> tuple[pa.Table, list[arrow_csv.InvalidRow]]:
    """The columns to read, named ``c`` and their place, and the rows with another number of cells.

    Raises `pyarrow.ArrowException` when the bytes are not rows in UTF-8.
    """
    bad: list[arrow_csv.InvalidRow] = []

    def keep_aside(row: arrow_csv.InvalidRow) -> str:
        bad.append(row)
        return "skip"

    # Arrow strips a leading byte order mark. One inside the file, where two exports were put end to end, is kept
    # wherever the ranges are cut.
    content = codecs.BOM_UTF8 + content if content.startswith(codecs.BOM_UTF8) else content
    names = [f"c{place}" for place in range(layout.width)]
    read = arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(content) + 1)
    parse = arrow_csv.ParseOptions(
        delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep_aside
    )
    # Every cell is text, an empty one the empty text. Columns are dictionary-encoded, except the identifier.
    named = {place: pa.string() if name == IDENTIFIER else CODED for name, place in layout.positions.items()}
    types = {f"c{place}": named.get(place, CODED) for place in [*named, *layout.untitled]}
    convert = arrow_csv.ConvertOptions(
        column_types=types,
        include_columns=list(types),
        null_values=[],
        strings_can_be_null=False,
        check_utf8=False,  # `validate` checks each distinct spelling, which is cheaper than each cell
    )
    table = arrow_csv.read_csv(pa.BufferReader(content), read, parse, convert)
    table.validate(full=True)
    return table.combine_chunks(), bad


def column_of(table: pa.Table, name: str) -> pa.Array:
    """A column as one array."""
    column = table[name]
    return column.chunk(0) if column.num_chunks == 1 else pa.array([], column.type)


# --- The rows of a range ---

BLANK = "lignes blanches, laissées de côté"
TRIMMED = "cases vides en trop ou absentes en fin de ligne, sans titre : ligne ramenée à ses titres"
SHORT = "ligne trop courte : des cases manquent"
LONG = "ligne trop longue : des cases en trop"
UNTITLED = "une valeur se trouve dans une colonne sans titre"


def _blanks(delimiter: str) -> str:
    return f' \t\r\n"{delimiter}\u00a0'


def _row_starts(content: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Where each row starts and how many lines are above it; a line end inside quotes ends no row."""
    ends = line_ends(content)
    quotes = np.flatnonzero(np.frombuffer(content, np.uint8) == QUOTE)
    order = np.flatnonzero(np.searchsorted(quotes, ends) % 2 == 0)
    starts = np.concatenate([[0], ends[order] + 1])
    above = np.concatenate([[0], order + 1])
    whole = starts < len(content)
    return starts[whole], above[whole]


def _lines(content: bytes, span: Span, *, count: int) -> np.ndarray:
    """The line of each row, as an editor numbers it."""
    # Nearly always as many rows as lines: no need to look for where they end.
    is_open = not content.endswith((b"\n", b"\r"))
    return span.line + (np.arange(count) if span.ends + is_open == count else _row_starts(content)[1])


def _fitted(text: str, layout: Layout, delimiter: str) -> list[str] | None:
    """The row, brought to the expected width if it differs only by empty cells without a title."""
    csv.field_size_limit(2**31 - 1)  # after an unclosed quote, a cell holds the rest of the file
    cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    if len(cells) < layout.named or any(cell.strip() for cell in cells[layout.named :]):
        return None
    return (cells + [""] * layout.width)[: layout.width]


def _sort_bad(bad: list, lines: np.ndarray, layout: Layout, delimiter: str) -> tuple[list[UnreadableRow], dict, int]:
    refused, fitted, blank = [], {}, 0
    for row in bad:
        if not row.text.strip(_blanks(delimiter)):
            blank += 1
        elif cells := _fitted(row.text, layout, delimiter):
            fitted[row.number - 1] = cells
        else:
            reason = SHORT if row.actual_columns < layout.width else LONG
            refused.append(UnreadableRow(int(lines[row.number - 1]), reason, row.text))
    return refused, fitted, blank


def _with_fitted(table: pa.Table, order: np.ndarray, fitted: dict, layout: Layout, delimiter: str):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(fitted.values())
    more, _ = parse_rows(text.getvalue().encode("utf-8"), layout, delimiter)
    joined = pa.concat_tables([table, more]).unify_dictionaries().combine_chunks()
    places = np.concatenate([order, np.array(list(fitted), int)])
    rank = np.argsort(places)
    return joined.take(pa.array(rank)).combine_chunks(), places[rank]


def _is_empty(column: pa.Array) -> np.ndarray:
    if pa.types.is_dictionary(column.type):
        empty = np.array([not (text or "").strip() for text in column.dictionary.to_pylist()], bool)
        return empty[column.indices.to_numpy()] if len(empty) else np.zeros(len(column), bool)
    return pc.equal(column, "").to_numpy(zero_copy_only=False)


def _set_aside(rows: "_Texts", table: pa.Table, layout: Layout, delimiter: str) -> tuple[np.ndarray, np.ndarray]:
    """Whether each row is blank, and whether it holds a value in a column without a title."""
    blank, shifted = np.zeros(len(rows), bool), np.zeros(len(rows), bool)
    # A row without an identifier may still hold something, perhaps in a column that is left out.
    for place in np.flatnonzero(_is_empty(column_of(table, f"c{layout.positions[IDENTIFIER]}"))):
        blank[place] = not rows[place].strip(_blanks(delimiter))
    for place in layout.untitled:
        shifted |= ~_is_empty(column_of(table, f"c{place}"))
    return blank, shifted


@dataclass(frozen=True)
class _Texts:
    """The text of each row of a range, extracted on demand."""

    content: bytes
    order: np.ndarray

    @cached_property
    def starts(self) -> np.ndarray:
        return _row_starts(self.content)[0]

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, place: int) -> str:
        row = self.order[place]
        stop = self.starts[row + 1] if row + 1 < len(self.starts) else len(self.content)
        return self.content[self.starts[row] : stop].decode("utf-8")


def read_span(source: Source, span: Span, *, layout: Layout, delimiter: str, changes: tuple[str, ...]) -> Batch:
    """The rows of a range: read, refused for their number of cells, or counted as blank.

    ``changes`` are the rules that apply to every row of the file.
    """
    content = source.read_text(span.start, span.stop)
    try:
        table, bad = parse_rows(content, layout, delimiter)
    except pa.ArrowException:
        raise changed(source.path) from None
    lines = _lines(content, span, count=table.num_rows + len(bad))
    if len(lines) != table.num_rows + len(bad):
        raise changed(source.path)
    refused, fitted, blank = _sort_bad(bad, lines, layout, delimiter)
    order = np.delete(np.arange(len(lines)), [row.number - 1 for row in bad])
    if fitted:
        table, order = _with_fitted(table, order, fitted, layout, delimiter)
    texts = _Texts(content, order)
    is_blank, is_shifted = _set_aside(texts, table, layout, delimiter)
    refused += [UnreadableRow(int(lines[order[row]]), UNTITLED, texts[row]) for row in np.flatnonzero(is_shifted)]
    if is_blank.any() or is_shifted.any():
        keep = ~(is_blank | is_shifted)
        table, order = table.filter(pa.array(keep)).combine_chunks(), order[keep]
    arrays = {name: column_of(table, f"c{layout.positions[name]}") for name in layout.columns}
    blank += int(np.count_nonzero(is_blank))
    counts = {**dict.fromkeys(changes, len(order)), BLANK: blank, TRIMMED: len(fitted)}
    applied = [Change(source.path.name, "", rule, rows) for rule, rows in counts.items() if rows]
    return Batch(arrays, lines[order], sorted(refused, key=lambda row: row.line), applied)


# --- A whole text file: its header, its faults, then its parts ---

# Enough for the rows above the header, the header, and tens of rows that show their width.
_HEAD_BYTES = 256 << 10
_MIXED = "des caractères ne se lisent pas"
_SAVE = "enregistrez-la au format CSV UTF-8"
_NUL = f"un caractère nul coupe le texte ; ce n’est pas une table en texte : {_SAVE}."


def _faults_of(source: Source, head: Head, blocks: list[Block], encoding: str | int) -> list[str]:
    """What makes the bytes unusable, each with its line."""

    def line(place: int) -> int:
        starts = range(head.start, place, PIECE_BYTES)
        return head.line + sum(len(line_ends(source.read(at, min(at + PIECE_BYTES, place)))) for at in starts)

    nul = next((block.nul for block in blocks if block.nul is not None), None)
    if nul is not None:
        return [f", ligne {line(nul)} : {_NUL}"]
    faults = []
    if isinstance(encoding, int):
        faults.append(f", ligne {line(encoding)} : {_MIXED}, deux encodages s’y mêlent ; {_SAVE}.")
    mojibake = next((block.mojibake for block in blocks if block.mojibake is not None), None)
    if mojibake is not None and encoding == "utf-8":
        faults.append(
            f", ligne {line(mojibake)} : des accents sont abîmés (« Ã© » pour « é ») ; refaites l’export en UTF-8, "
            "sans rouvrir le fichier dans un autre logiciel."
        )
    if (quote := misplaced_quote(blocks)) is not None:
        faults.append(
            f", ligne {line(quote)} : un guillemet est mal placé ou n’est pas refermé ; corrigez cette ligne."
        )
    return faults


def open_text(path: Path, known: dict[str, str]) -> OpenedFile:
    """The parts of a text file, each a range of whole rows; or all its faults."""
    shown, opened = paths.relative(path), source_of(path)
    if isinstance(opened, str):
        return refuse_file(f"{shown} : {opened}")
    source, skip = opened
    content = source.read(0, _HEAD_BYTES)
    if b"\0" in content:
        at = len(line_ends(content[: content.index(b"\0")])) + 1
        return refuse_file(f"{shown}, ligne {at} : {_NUL}")
    whole = content if source.size <= _HEAD_BYTES else content[: max(content.rfind(b"\n"), content.rfind(b"\r")) + 1]
    head = read_head(whole, skip, "utf-8" if decodes(whole) else guess_single_byte(whole), known)
    if head.known < LEAST_TITLES:
        return refuse_file(
            f"{shown} : aucune ligne de titres parmi les premières ; la première ligne doit porter les intitulés des "
            "colonnes (data/raw/reference/entetes.csv dit lesquels sont connus)."
        )
    blocks = scan(source, head.start, head.delimiter)
    encoding = encoding_of(whole[skip : head.start], blocks, source)
    layout = layout_of(head.titles, known, width=width_of(head))
    of_header = table_faults(head.titles, beside=head.beside, layout=layout, rows=head.rows, known=known)
    faults = [f", ligne {head.titles_line} : {fault}" for fault in of_header]
    faults += _faults_of(source, head, blocks, encoding)
    if not faults and not _has_rows(source, head):
        faults = [" n’a aucune ligne sous ses titres : refaites l’export, ou retirez ce fichier."]
    if faults:
        return refuse_file(*(f"{shown}{fault}" for fault in faults))
    return _opened(replace(source, encoding=encoding), head, layout, blocks)


def _has_rows(source: Source, head: Head) -> bool:
    blank, step = f' \t\r\n"{head.delimiter}'.encode(), PIECE_BYTES
    return any(source.read(at, at + step).strip(blank) for at in range(head.start, source.size, step))


def _opened(source: Source, head: Head, layout: Layout, blocks: list[Block]) -> OpenedFile:
    file, rules = source.path.name, []
    if source.content is not None:
        rules.append("texte en UTF-16, lu comme tel")
    elif source.encoding != "utf-8":
        rules.append(f"texte en {SINGLE_BYTE[source.encoding]}, lu comme tel")
    if layout.left_out:
        rules.append(f"colonnes hors liste, laissées de côté : {layout.left_out}")
    read = partial(read_span, source, layout=layout, delimiter=head.delimiter, changes=tuple(rules))
    parts = [Part(file, "", partial(read, span)) for span in cut(source, blocks, head.line)]
    above = head.titles_line - 1 - head.says_delimiter
    changes = [Change(file, "", "lignes au-dessus des titres, laissées de côté", above)] if above else []
    if head.says_delimiter:
        changes.append(Change(file, "", "première ligne « sep= », lue comme séparateur", 1))
    return OpenedFile(parts, layout.columns, [], changes)
