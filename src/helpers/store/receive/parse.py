"""The bytes of whole rows as columns: pyarrow's reader of CSV, set so that nothing is guessed and no row is lost."""

import codecs

import pyarrow as pa
from pyarrow import csv

from helpers.store.receive.headers import Layout

IDENTIFIER = "identifiant"
CODED = pa.dictionary(pa.int32(), pa.string())


def parse_rows(content: bytes, layout: Layout, delimiter: str) -> tuple[pa.Table, list[csv.InvalidRow]]:
    """The columns to read, named ``c`` then their place, one array each; beside, the rows with another number of cells.

    Raises
    ------
    pyarrow.ArrowException
        when the bytes are not those of rows in UTF-8.
    """
    bad: list[csv.InvalidRow] = []

    def keep_aside(row: csv.InvalidRow) -> str:
        bad.append(row)
        return "skip"

    # Arrow takes a mark of UTF-8 away from the beginning of what it is given: one that stands inside the file, where
    # two exports were put end to end, must not depend on where the file is cut.
    content = codecs.BOM_UTF8 + content if content.startswith(codecs.BOM_UTF8) else content
    names = [f"c{place}" for place in range(layout.width)]
    read = csv.ReadOptions(column_names=names, use_threads=False, block_size=len(content) + 1)
    parse = csv.ParseOptions(
        delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep_aside
    )
    table = csv.read_csv(pa.BufferReader(content), read, parse, _as_text(layout))
    table.validate(full=True)
    return table.combine_chunks(), bad


def _as_text(layout: Layout) -> csv.ConvertOptions:
    """Each cell is text, an empty one the empty text: columns as codes into their spellings, but for the identifier."""
    named = {place: pa.string() if name == IDENTIFIER else CODED for name, place in layout.positions.items()}
    types = {f"c{place}": named.get(place, CODED) for place in [*named, *layout.untitled]}
    return csv.ConvertOptions(
        column_types=types,
        include_columns=list(types),
        null_values=[],
        strings_can_be_null=False,
        # Whether the bytes are UTF-8 is asked of each spelling, once parsed, not of each cell.
        check_utf8=False,
    )


def column_of(table: pa.Table, name: str) -> pa.Array:
    """A column as one array."""
    column = table[name]
    return column.chunk(0) if column.num_chunks == 1 else pa.array([], column.type)
