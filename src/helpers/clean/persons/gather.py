"""The persons kept: the columns of all the parts, put one after the other."""

from collections.abc import Iterator
from concurrent.futures import Executor
from itertools import pairwise

import numpy as np
import pyarrow as pa

from helpers.clean.persons.coding import Coded, smallest
from helpers.clean.persons.rows import Rules, final_codes
from helpers.records import EMPTY, Persons


def parts_at(parts: list[Coded], rows: np.ndarray) -> list[Coded]:
    """Some rows (their places among all of them, in order), in as many small parts as hold any."""
    bounds = bounds_of(parts)
    cuts = np.searchsorted(rows, bounds)
    return [
        part.at(rows[first:last] - start)
        for part, start, (first, last) in zip(parts, bounds.tolist(), pairwise(cuts), strict=False)
        if last > first
    ]


def bounds_of(parts: list[Coded]) -> np.ndarray:
    """Where each part begins among all the rows, and where the last ends."""
    return np.cumsum([0, *(len(part) for part in parts)])


def answers_of(parts: list[Coded], rules: Rules) -> Iterator[np.ndarray]:
    """The final codes of the rows of some parts, column by column."""
    for name in rules.columns:
        yield np.concatenate([final_codes(part, name, rules) for part in parts])


def gather_persons(parts: list[Coded], rules: Rules, excluded: np.ndarray, *, year: int, pool: Executor) -> Persons:
    """The persons of the rows that are not excluded; each part loses its rows on the way, to spare the memory."""
    bounds = bounds_of(parts).tolist()
    keep = [excluded[start:stop] == 0 for start, stop in pairwise(bounds)]
    places = np.cumsum([0, *(int(np.count_nonzero(each)) for each in keep)]).tolist()
    labels = {name: column.labels for name, column in rules.columns.items()}
    codes = {name: np.zeros(places[-1], dtype=smallest(len(words) - 1)) for name, words in labels.items()}
    used = {name: np.arange(len(words)) == words.index(EMPTY) for name, words in labels.items()}

    def put(number: int) -> pa.Array:
        part, place = parts[number], slice(*places[number : number + 2])
        kept = part.at(np.flatnonzero(keep[number]))
        part.identifiers = part.received = pa.array([], pa.string())
        part.columns.clear()
        for name in labels:
            found = final_codes(kept, name, rules)
            codes[name][place] = found
            # Several threads may mark the same label: they write the same.
            used[name][found] = True
        return kept.identifiers

    pieces = [pa.array([], pa.string()), *pool.map(put, range(len(parts)))]
    pa.default_memory_pool().release_unused()
    identifiers = pa.concat_arrays(pieces)
    for name, found in zip(labels, pool.map(_only_used, codes.values(), labels.values(), used.values()), strict=True):
        codes[name], labels[name] = found
    return Persons(year, codes, labels, identifiers)


def _only_used(codes: np.ndarray, labels: list[str], used: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """The same codes without the labels that nobody has."""
    if used.all():
        return codes, labels
    places = (np.cumsum(used) - 1).astype(smallest(int(used.sum()) - 1))
    return places[codes], [label for label, is_used in zip(labels, used, strict=True) if is_used]
