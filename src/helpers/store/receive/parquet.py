"""A Parquet file of an export: one part a group of rows."""

from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers import paths
from helpers.records import Batch, Change, Part
from helpers.schema import DataError
from helpers.store.receive.cells import has_hour, write_cell
from helpers.store.receive.headers import Layout, lay_out, title_faults
from helpers.store.receive.opened import Opened, refused
from helpers.store.receive.parse import CODED, IDENTIFIER

NO_HOUR = "heure d’une date, laissée de côté"
_PLAIN = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return any(is_kind(kind) for is_kind in _PLAIN)


def _coded(column: pa.ChunkedArray) -> pa.Array:
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    array = column.unify_dictionaries().combine_chunks()
    array = array.chunk(0) if isinstance(array, pa.ChunkedArray) else array
    spellings = array.dictionary.cast(pa.string()).to_pylist()
    # Absent values become one more spelling, the empty text: there is no null in a batch.
    codes = pc.fill_null(array.indices.cast(pa.int32()), len(spellings))
    labels = pa.array([*(text or "" for text in spellings), ""], pa.string())
    return pa.DictionaryArray.from_arrays(codes, labels)


def _as_received(column: pa.ChunkedArray, name: str) -> tuple[pa.Array, int]:
    """A column as the batch wants it, and how many dates lost an hour."""
    hours = 0
    if not _is_text(column.type):
        values = column.to_pylist()
        hours = sum(has_hour(value) for value in values)
        column = pa.chunked_array([pa.array([write_cell(value) for value in values], pa.string())])
    coded = _coded(column)
    return (coded.cast(pa.string()) if name == IDENTIFIER else coded.cast(CODED)), hours


def _read_group(path: Path, group: int, *, first: int, layout: Layout, names: list[str]) -> Batch:
    try:
        with pq.ParquetFile(path) as file:
            table = file.read_row_group(group, columns=names, use_threads=False)
        read = {name: _as_received(table[names[place]], name) for place, name in enumerate(layout.columns)}
    except (pa.ArrowException, OSError, ValueError, UnicodeError):
        raise DataError(f"{path.name} : le groupe de lignes {group + 1} est illisible ; refaites l’export.") from None
    changes = [Change(path.name, name, NO_HOUR, hours) for name, (_, hours) in read.items() if hours]
    if layout.left_out:
        changes.append(Change(path.name, "", f"colonnes hors liste, laissées de côté : {layout.left_out}", len(table)))
    lines = np.arange(first, first + len(table))
    return Batch({name: column for name, (column, _) in read.items()}, lines, [], changes)


def open_parquet(path: Path, known: dict[str, str]) -> Opened:
    """The parts of a Parquet file; its lines are counted from 1, titles not included."""
    shown = paths.relative(path)
    try:
        with pq.ParquetFile(path) as file:
            titles = file.schema_arrow.names
            counts = [file.metadata.row_group(each).num_rows for each in range(file.num_row_groups)]
    except (pa.ArrowException, OSError, ValueError, UnicodeError):
        return refused(f"{shown} : ce fichier Parquet est tronqué ou abîmé ; refaites l’export.")
    faults = title_faults(titles, [], known)
    if not sum(counts):
        faults.append("aucune ligne sous les titres ; refaites l’export, ou retirez ce fichier.")
    if faults:
        return refused(*(f"{shown} : {fault}" for fault in faults))
    layout = lay_out(titles, known)
    names = [titles[layout.positions[name]] for name in layout.columns]
    starts = np.cumsum([1, *counts])
    parts = [
        Part(path.name, "", partial(_read_group, path, each, first=int(starts[each]), layout=layout, names=names))
        for each, count in enumerate(counts)
        if count
    ]
    return Opened(parts, layout.columns)
