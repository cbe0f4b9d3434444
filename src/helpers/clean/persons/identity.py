"""Who is who: identifiers written in one way, and the rows that hold the same one."""

from collections.abc import Iterable
from concurrent.futures import Executor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from helpers.clean.persons.reasons import PLACES, Reason
from helpers.clean.persons.text import RULE_TEXT, tidy
from helpers.records import EMPTY, Change

# FNV-1a, 64 bits.
_START, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
# Keys are looked at by their first bits, one share at a time: sorted side by side, and never all there a second time.
_SHARES, _SHARE_SHIFT = 8, np.uint64(61)


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


def holds(texts: pa.Array, text: str) -> bool:
    """Whether a text is one of the identifiers."""
    return pc.index(texts, text).as_py() >= 0


def is_word(texts: pa.Array, pattern: str) -> np.ndarray:
    """Which identifiers are a word of a total rather than somebody."""
    return pc.match_substring_regex(texts, pattern, ignore_case=True).to_numpy(zero_copy_only=False)


def suspect_rows(keys: list[np.ndarray], excluded: list[np.ndarray], pool: Executor) -> np.ndarray:
    """Places, among all the rows, of those not excluded whose key is there several times; one array a part is given."""

    def repeated(share: int) -> np.ndarray:
        """The keys that are there several times, of those that fall in one share of all the numbers."""
        kept = [each[(out == 0) & (each >> _SHARE_SHIFT == share)] for each, out in zip(keys, excluded, strict=True)]
        ordered = np.sort(np.concatenate([np.zeros(0, dtype=np.uint64), *kept]))
        return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])

    several = np.concatenate(list(pool.map(repeated, range(_SHARES))))

    def places(each: np.ndarray, out: np.ndarray) -> np.ndarray:
        found = np.minimum(np.searchsorted(several, each), several.size - 1)
        return np.flatnonzero((several[found] == each) & (out == 0))

    starts = np.cumsum([0, *(len(each) for each in keys)])
    inside = pool.map(places, keys, excluded) if several.size else ()
    return np.concatenate([np.zeros(0, dtype=np.int64), *map(np.add, starts, inside)])


def judge_twice(texts: pa.Array, keys: np.ndarray, answers: Iterable[np.ndarray]) -> np.ndarray:
    """Why each of some rows is not counted, their identifiers being there several times: places of reasons, or 0.

    Identical answers: the first row is kept. Different answers: nobody knows which is true, so none is.
    """
    order, is_same = _by_identifier(texts, keys)
    alike = np.ones(len(order) - 1, dtype=bool)
    for column in answers:
        values = column[order]
        alike &= values[1:] == values[:-1]
    group = np.concatenate([[0], np.cumsum(~is_same)])
    differs = np.zeros(int(group[-1]) + 1, dtype=bool)
    differs[group[1:][is_same & ~alike]] = True
    again = np.concatenate([[False], is_same])
    found = np.zeros(len(order), dtype=np.uint8)
    found[order] = np.where(differs[group], PLACES[Reason.CONTRADICTORY], np.where(again, PLACES[Reason.IDENTICAL], 0))
    return found


def _by_identifier(texts: pa.Array, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows by identifier, then as received; and whether each but the first has the identifier of the one before."""
    order = np.argsort(keys, kind="stable")
    sorted_texts = texts.take(pa.array(order))
    is_same = pc.equal(sorted_texts[1:], sorted_texts[:-1]).to_numpy(zero_copy_only=False)
    if (~is_same & (keys[order][1:] == keys[order][:-1])).any():
        # Two identifiers share a key: the texts themselves decide.
        rows = pa.table({"text": texts, "row": np.arange(len(texts))})
        order = pc.sort_indices(rows, [("text", "ascending"), ("row", "ascending")]).to_numpy()
        sorted_texts = texts.take(pa.array(order))
        is_same = pc.equal(sorted_texts[1:], sorted_texts[:-1]).to_numpy(zero_copy_only=False)
    return order, is_same
