"""The rows of a range of a text file, as codes into their distinct spellings."""

import csv
import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from helpers.records import Batch, Change, Refused
from helpers.store.receive.cut import Span
from helpers.store.receive.headers import Layout
from helpers.store.receive.parse import IDENTIFIER, column_of, parse_rows
from helpers.store.receive.scan import QUOTE, line_ends
from helpers.store.receive.source import Source, changed

BLANK = "lignes blanches, laissées de côté"
TRIMMED = "cases vides en trop ou absentes en fin de ligne, sans titre : ligne ramenée à ses titres"
SHORT = "ligne trop courte : des cases manquent"
LONG = "ligne trop longue : des cases en trop"
UNTITLED = "une valeur se trouve dans une colonne sans titre"


def _blanks(delimiter: str) -> str:
    return f' \t\r\n"{delimiter}\u00a0'


def _row_starts(content: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Where each row starts, and how many lines are above it: a line end inside quotes ends no row."""
    ends = line_ends(content)
    quotes = np.flatnonzero(np.frombuffer(content, np.uint8) == QUOTE)
    order = np.flatnonzero(np.searchsorted(quotes, ends) % 2 == 0)
    starts = np.concatenate([[0], ends[order] + 1])
    above = np.concatenate([[0], order + 1])
    whole = starts < len(content)
    return starts[whole], above[whole]


def _lines(content: bytes, span: Span, *, count: int) -> np.ndarray:
    """The line of each row, as an editor shows it."""
    # As many rows as lines, which is nearly always so: there is no need to look for where they end.
    is_open = not content.endswith((b"\n", b"\r"))
    return span.line + (np.arange(count) if span.ends + is_open == count else _row_starts(content)[1])


def _cells(text: str, delimiter: str) -> list[str]:
    csv.field_size_limit(2**31 - 1)  # after a quote that nothing closes, a cell holds the rest of the file
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])


def _fitted(text: str, layout: Layout, delimiter: str) -> list[str] | None:
    # Only cells without a title may come and go, and only while they hold nothing.
    cells = _cells(text, delimiter)
    if len(cells) < layout.named or any(cell.strip() for cell in cells[layout.named :]):
        return None
    return (cells + [""] * layout.width)[: layout.width]


def _sort_bad(bad: list, lines: np.ndarray, layout: Layout, delimiter: str) -> tuple[list[Refused], dict, int]:
    refused, fitted, blank = [], {}, 0
    for row in bad:
        if not row.text.strip(_blanks(delimiter)):
            blank += 1
        elif cells := _fitted(row.text, layout, delimiter):
            fitted[row.number - 1] = cells
        else:
            reason = SHORT if row.actual_columns < layout.width else LONG
            refused.append(Refused(int(lines[row.number - 1]), reason, row.text))
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
    """Whether each row is blank, and whether it holds a value in a column without title."""
    blank, shifted = np.zeros(len(rows), bool), np.zeros(len(rows), bool)
    # A row without identifier may still hold something, if only in a column that is left out.
    for place in np.flatnonzero(_is_empty(column_of(table, f"c{layout.positions[IDENTIFIER]}"))):
        blank[place] = not rows[place].strip(_blanks(delimiter))
    for place in layout.untitled:
        shifted |= ~_is_empty(column_of(table, f"c{place}"))
    return blank, shifted


@dataclass(frozen=True)
class _Texts:
    """The text of each row of a range, cut out when it is asked for."""

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
    """The rows of a range: those that have the cells of their titles, those that do not, and the blank ones counted.

    ``changes`` are the rules that every row of the file goes through.
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
    refused += [Refused(int(lines[order[row]]), UNTITLED, texts[row]) for row in np.flatnonzero(is_shifted)]
    if is_blank.any() or is_shifted.any():
        keep = ~(is_blank | is_shifted)
        table, order = table.filter(pa.array(keep)).combine_chunks(), order[keep]
    arrays = {name: column_of(table, f"c{layout.positions[name]}") for name in layout.columns}
    blank += int(np.count_nonzero(is_blank))
    counts = {**dict.fromkeys(changes, len(order)), BLANK: blank, TRIMMED: len(fitted)}
    told = [Change(source.path.name, "", rule, rows) for rule, rows in counts.items() if rows]
    return Batch(arrays, lines[order], sorted(refused, key=lambda row: row.line), told)
