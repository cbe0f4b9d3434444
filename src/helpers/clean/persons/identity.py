"""Who is who: identifiers written in one way, and the rows that hold the same one."""

from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from helpers.clean.persons.reasons import PLACES, Reason
from helpers.clean.persons.text import RULE_TEXT, tidy
from helpers.records import EMPTY, Change

# FNV-1a, 64 bits.
_START, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)


def _bytes_of(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Where each text starts (and the last ends) in the bytes that follow."""
    _, offsets, data = texts.buffers()
    places = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return places, np.frombuffer(data, dtype=np.uint8) if data else np.zeros(0, dtype=np.uint8)


def tidy_identifiers(texts: pa.Array, file: str) -> tuple[pa.Array, list[Change]]:
    """The identifiers without stray spaces or signs, and how many that changed; capitals are kept, they may matter."""
    if not len(texts):
        return texts, []
    places, data = _bytes_of(texts)
    odd = (data[places[0] : places[-1]] - np.uint8(0x21)) > np.uint8(0x7E - 0x21)
    odd |= np.isin(data[places[0] : places[-1]], np.frombuffer(b"'`", dtype=np.uint8))
    if not odd.any():
        return texts, []
    before = np.concatenate([[0], np.cumsum(odd)])
    rows = np.flatnonzero(np.diff(before[places - places[0]]))
    old = texts.take(pa.array(rows)).to_pylist()
    new = [tidy(text) for text in old]
    mask = np.zeros(len(texts), dtype=bool)
    mask[rows] = True
    changed = sum(left != right for left, right in zip(old, new, strict=True))
    tidied = pc.replace_with_mask(texts, pa.array(mask), pa.array(new, pa.string()))
    return tidied, [Change(file, "identifiant", RULE_TEXT, changed)] if changed else []


def hash_texts(texts: pa.Array) -> np.ndarray:
    """A number of 64 bits a text: equal texts have the same one, different texts hardly ever."""
    keys = np.full(len(texts), _START, dtype=np.uint64)
    if not len(texts):
        return keys
    places, data = _bytes_of(texts)
    starts, lengths = places[:-1], np.diff(places)
    shortest = int(lengths.min())
    for position in range(shortest):
        keys = (keys ^ data[starts + position]) * _PRIME
    rows, position = np.flatnonzero(lengths > shortest), shortest
    while rows.size:
        keys[rows] = (keys[rows] ^ data[starts[rows] + position]) * _PRIME
        position += 1
        rows = rows[lengths[rows] > position]
    return keys


def is_empty(texts: pa.Array) -> np.ndarray:
    """Which identifiers are not given."""
    return pc.equal(texts, EMPTY).to_numpy(zero_copy_only=False)


def is_word(texts: pa.Array, pattern: str) -> np.ndarray:
    """Which identifiers are a word of a total rather than somebody."""
    return pc.match_substring_regex(texts, pattern, ignore_case=True).to_numpy(zero_copy_only=False)


# Gives the cleaned answers of some rows, column by column.
Answers = Callable[[np.ndarray], Iterable[np.ndarray]]


def exclude_twice(excluded: np.ndarray, keys: np.ndarray, identifiers: pa.Array, answers: Answers) -> None:
    """Marks, among the rows that are not excluded yet, those whose identifier is there several times.

    Identical answers: the first row is kept. Different answers: nobody knows which is true, so none is.
    """
    rows = _suspects(keys, excluded)
    if not rows.size:
        return
    rows, is_same = _in_order(rows, keys, identifiers)
    alike = np.ones(len(rows) - 1, dtype=bool)
    for values in answers(rows):
        alike &= values[1:] == values[:-1]
    group = np.concatenate([[0], np.cumsum(~is_same)])
    differs = np.zeros(int(group[-1]) + 1, dtype=bool)
    differs[group[1:][is_same & ~alike]] = True
    again = np.concatenate([[False], is_same])
    reasons = np.where(again, PLACES[Reason.IDENTICAL], 0)
    excluded[rows] = np.where(differs[group], PLACES[Reason.CONTRADICTORY], reasons)


def _suspects(keys: np.ndarray, excluded: np.ndarray) -> np.ndarray:
    """The rows not excluded whose key is there several times."""
    ordered = np.sort(keys[excluded == 0] if excluded.any() else keys)
    several = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not several.size:
        return np.zeros(0, dtype=np.int64)
    place = np.minimum(np.searchsorted(several, keys), several.size - 1)
    return np.flatnonzero((several[place] == keys) & (excluded == 0))


def _in_order(rows: np.ndarray, keys: np.ndarray, identifiers: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The rows by identifier, then as received; and whether each but the first has the identifier of the one before."""
    rows = rows[np.argsort(keys[rows], kind="stable")]
    texts = identifiers.take(pa.array(rows))
    is_same = pc.equal(texts[1:], texts[:-1]).to_numpy(zero_copy_only=False)
    if (~is_same & (keys[rows][1:] == keys[rows][:-1])).any():
        # Two identifiers share a key: the texts themselves decide.
        order = pc.sort_indices(pa.table({"text": texts, "row": rows}), [("text", "ascending"), ("row", "ascending")])
        rows, texts = rows[order.to_numpy()], texts.take(order)
        is_same = pc.equal(texts[1:], texts[:-1]).to_numpy(zero_copy_only=False)
    return rows, is_same
