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


def join_identifiers(parts: list[Coded]) -> pa.Array:
    """The identifiers of all the rows; the parts now point into them, so that they are in memory once."""
    if not parts:
        return pa.array([], pa.string())
    joined = pa.concat_arrays([part.identifiers for part in parts])
    for part, start in zip(parts, bounds_of(parts).tolist(), strict=False):
        place = joined.slice(start, len(part))
        part.received = place if part.received is part.identifiers else part.received
        part.identifiers = place
    return joined


def answers_at(parts: list[Coded], rules: Rules, rows: np.ndarray) -> Iterator[np.ndarray]:
    """The final codes of some rows (places among all of them), column by column."""
    order = np.argsort(rows, kind="stable")
    cuts = np.searchsorted(rows[order], bounds_of(parts))
    for name in rules.columns:
        values = np.zeros(len(rows), dtype=np.uint32)
        for part, start, first, last in zip(parts, bounds_of(parts).tolist(), cuts, cuts[1:], strict=False):
            codes = final_codes(part, name, rules) if last > first else None
            if codes is not None:
                values[order[first:last]] = codes[rows[order[first:last]] - start]
        yield values


def gather_persons(
    parts: list[Coded], rules: Rules, excluded: np.ndarray, identifiers: pa.Array, *, year: int, pool: Executor
) -> Persons:
    """The persons of the rows that are not excluded; the parts lose their columns on the way, to spare the memory."""
    keep = excluded == 0
    if not keep.all():
        identifiers = identifiers.filter(pa.array(keep))
    # The two whose cells depend on another column come before that column is let go.
    first = [name for name in ("uai", "orienteur") if name in rules.columns]
    codes, labels = {}, {}
    for names in (first, [name for name in rules.columns if name not in first]):
        done = pool.map(lambda name: _gather(parts, name, rules, keep), names)
        for name, (values, words) in zip(names, done, strict=True):
            codes[name], labels[name] = values, words
    return Persons(
        year, {name: codes[name] for name in rules.columns}, {name: labels[name] for name in rules.columns}, identifiers
    )


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
    used[labels.index(EMPTY)] = True
    if used.all():
        return out, labels
    places = (np.cumsum(used) - 1).astype(smallest(int(used.sum()) - 1))
    return places[out], [label for label, is_used in zip(labels, used, strict=True) if is_used]
