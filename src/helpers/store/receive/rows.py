"""The rows of a range of a text file, as codes into their distinct spellings."""

import csv
import io

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from helpers.records import Batch, Change, Refused
from helpers.store.receive.cut import Span
from helpers.store.receive.headers import Layout
from helpers.store.receive.scan import QUOTE, line_ends
from helpers.store.receive.source import Source, changed

IDENTIFIER = "identifiant"
CODED = pa.dictionary(pa.int32(), pa.string())

BLANK = "lignes blanches, laissées de côté"
TRIMMED = "cases vides en trop ou absentes en fin de ligne, sans titre : ligne ramenée à ses titres"
SHORT = "ligne trop courte : des cases manquent"
LONG = "ligne trop longue : des cases en trop"
UNTITLED = "une valeur se trouve dans une colonne sans titre"


def _types(layout: Layout) -> dict[str, pa.DataType]:
    named = {place: pa.string() if name == IDENTIFIER else CODED for name, place in layout.positions.items()}
    return {f"c{place}": named.get(place, CODED) for place in [*named, *layout.untitled]}


def _parse(content: bytes, layout: Layout, delimiter: str) -> tuple[pa.Table, list]:
    bad: list = []

    def keep_aside(row) -> str:
        bad.append(row)
        return "skip"

    types = _types(layout)
    table = arrow_csv.read_csv(
        pa.BufferReader(content),
        read_options=arrow_csv.ReadOptions(
            column_names=[f"c{place}" for place in range(layout.width)],
            use_threads=False,
            block_size=len(content) + 1,
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=keep_aside,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=types, include_columns=list(types), null_values=[], strings_can_be_null=False
        ),
    )
    return table.combine_chunks(), bad


def _row_starts(content: bytes, line: int, *, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Where each row starts, and its line; a line end inside quotes ends no row, so that there are only ``count``."""
    ends = line_ends(content)
    order = np.arange(len(ends))
    if len(ends) + (len(ends) == 0 or ends[-1] + 1 < len(content)) != count:
        quotes = np.flatnonzero(np.frombuffer(content, np.uint8) == QUOTE)
        order = np.flatnonzero(np.searchsorted(quotes, ends) % 2 == 0)
    starts = np.concatenate([[0], ends[order] + 1])
    lines = np.concatenate([[line], line + order + 1])
    whole = starts < len(content)
    return starts[whole], lines[whole]


def _cells(text: str, delimiter: str) -> list[str]:
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
        if not row.text.strip(f' \t\r\n"{delimiter}\u00a0'):
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
    more, _ = _parse(text.getvalue().encode("utf-8"), layout, delimiter)
    joined = pa.concat_tables([table, more]).unify_dictionaries().combine_chunks()
    places = np.concatenate([order, np.array(list(fitted), int)])
    rank = np.argsort(places)
    return joined.take(pa.array(rank)).combine_chunks(), places[rank]


def column_of(table: pa.Table, name: str) -> pa.Array:
    """A column as one array."""
    column = table[name]
    return column.chunk(0) if column.num_chunks == 1 else pa.array([], column.type)


def _is_empty(column: pa.Array) -> np.ndarray:
    if pa.types.is_dictionary(column.type):
        empty = np.array([not (text or "").strip() for text in column.dictionary.to_pylist()], bool)
        return empty[column.indices.to_numpy()] if len(empty) else np.zeros(len(column), bool)
    return pc.equal(column, "").to_numpy(zero_copy_only=False)


def _blank_rows(table: pa.Table, text_of, layout: Layout, delimiter: str) -> np.ndarray:
    blank = np.zeros(table.num_rows, bool)
    for place in np.flatnonzero(_is_empty(column_of(table, f"c{layout.positions[IDENTIFIER]}"))):
        blank[place] = not text_of(place).strip(f' \t\r\n"{delimiter}\u00a0')
    return blank


def read_span(source: Source, span: Span, *, layout: Layout, delimiter: str, changes: tuple[str, ...]) -> Batch:
    """The rows of a range: those that have the cells of their titles, those that do not, and the blank ones counted.

    ``changes`` are the rules that every row of the file goes through.
    """
    file = source.path.name
    content = source.read_text(span.start, span.stop)
    try:
        table, bad = _parse(content, layout, delimiter)
    except pa.ArrowException:
        raise changed(source.path) from None
    starts, lines = _row_starts(content, span.line, count=table.num_rows + len(bad))
    if len(starts) != table.num_rows + len(bad):
        raise changed(source.path)
    refused, fitted, blank = _sort_bad(bad, lines, layout, delimiter)
    order = np.delete(np.arange(len(starts)), [row.number - 1 for row in bad])
    if fitted:
        table, order = _with_fitted(table, order, fitted, layout, delimiter)
    stops = np.append(starts[1:], len(content))

    def text_of(place: int) -> str:
        return content[starts[order[place]] : stops[order[place]]].decode("utf-8")

    is_blank = _blank_rows(table, text_of, layout, delimiter)
    is_shifted = np.zeros(len(order), bool)
    for place in layout.untitled:
        is_shifted |= ~_is_empty(column_of(table, f"c{place}"))
    refused += [Refused(int(lines[order[row]]), UNTITLED, text_of(row)) for row in np.flatnonzero(is_shifted)]
    keep = ~(is_blank | is_shifted)
    blank += int(np.count_nonzero(is_blank))
    if not keep.all():
        table, order = table.filter(pa.array(keep)).combine_chunks(), order[keep]
    arrays = {name: column_of(table, f"c{layout.positions[name]}") for name in layout.columns}
    counts = {**dict.fromkeys(changes, len(order)), BLANK: blank, TRIMMED: len(fitted)}
    told = [Change(file, "", rule, rows) for rule, rows in counts.items() if rows]
    return Batch(arrays, lines[order], sorted(refused, key=lambda row: row.line), told)
