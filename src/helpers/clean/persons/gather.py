"""The persons kept: the columns of all the parts, put one after the other."""

from collections.abc import Iterator
from concurrent.futures import Executor

import numpy as np
import pyarrow as pa

from helpers.clean.persons.coding import Coded, smallest
from helpers.clean.persons.rows import Rules, final_codes
from helpers.records import EMPTY, Persons


def bounds_of(parts: list[Coded]) -> np.ndarray:
    """Where each part begins among all the rows, and where the last ends."""
    return np.cumsum([0, *(len(part) for part in parts)])


def _pieces(parts: list[Coded], rows: np.ndarray) -> Iterator[tuple[Coded, np.ndarray]]:
    """The parts that hold some rows (places among all of them, in order), with the places of those inside each."""
    starts = bounds_of(parts)
    cuts = np.searchsorted(rows, starts)
    for part, start, first, last in zip(parts, starts.tolist(), cuts, cuts[1:], strict=False):
        if last > first:
            yield part, rows[first:last] - start


def identifiers_at(parts: list[Coded], rows: np.ndarray) -> pa.Array:
    """The identifiers of some rows."""
    return pa.concat_arrays([part.identifiers.take(pa.array(inside)) for part, inside in _pieces(parts, rows)])


def keys_at(parts: list[Coded], rows: np.ndarray) -> np.ndarray:
    """The keys of the identifiers of some rows."""
    return np.concatenate([part.keys[inside] for part, inside in _pieces(parts, rows)])


def answers_at(parts: list[Coded], rules: Rules, rows: np.ndarray) -> Iterator[np.ndarray]:
    """The final codes of some rows, column by column."""
    for name in rules.columns:
        found = []
        for part, inside in _pieces(parts, rows):
            codes = final_codes(part, name, rules)
            found.append(np.zeros(len(inside), dtype=np.uint8) if codes is None else codes[inside])
        yield np.concatenate(found)


def gather_persons(parts: list[Coded], rules: Rules, excluded: np.ndarray, *, year: int, pool: Executor) -> Persons:
    """The persons of the rows that are not excluded; the parts lose their columns on the way, to spare the memory."""
    keep = excluded == 0
    identifiers = _gather_identifiers(parts, keep)
    # The two whose cells depend on another column come before that column is let go.
    first = [name for name in ("uai", "orienteur") if name in rules.columns]
    codes, labels = {}, {}
    for names in (first, [name for name in rules.columns if name not in first]):
        done = pool.map(lambda name: _gather(parts, name, rules, keep), names)
        for name, (values, words) in zip(names, done, strict=True):
            codes[name], labels[name] = values, words
    names = list(rules.columns)
    return Persons(year, {name: codes[name] for name in names}, {name: labels[name] for name in names}, identifiers)


def _gather_identifiers(parts: list[Coded], keep: np.ndarray) -> pa.Array:
    pieces = [pa.array([], pa.string())]
    for part, start in zip(parts, bounds_of(parts).tolist(), strict=False):
        mask = keep[start : start + len(part)]
        pieces.append(part.identifiers if mask.all() else part.identifiers.filter(pa.array(mask)))
        part.identifiers = part.received = pieces[0]
    joined = pa.concat_arrays(pieces)
    pieces.clear()
    pa.default_memory_pool().release_unused()
    return joined


def _gather(parts: list[Coded], name: str, rules: Rules, keep: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """The codes of a column for the rows to keep, and the labels that they use."""
    labels = rules.columns[name].labels
    used = np.zeros(len(labels), dtype=bool)
    out = np.zeros(int(keep.sum()), dtype=smallest(len(labels) - 1))
    stop = 0
    for part, start in zip(parts, bounds_of(parts).tolist(), strict=False):
        mask = keep[start : start + len(part)]
        codes = final_codes(part, name, rules)
        codes = np.zeros(len(part), dtype=out.dtype) if codes is None else codes
        codes = codes if mask.all() else codes[mask]
        used[codes] = True
        out[stop : (stop := stop + len(codes))] = codes
        part.columns.pop(name, None)
    pa.default_memory_pool().release_unused()
    used[labels.index(EMPTY)] = True
    if used.all():
        return out, labels
    places = (np.cumsum(used) - 1).astype(smallest(int(used.sum()) - 1))
    return places[out], [label for label, is_used in zip(labels, used, strict=True) if is_used]
