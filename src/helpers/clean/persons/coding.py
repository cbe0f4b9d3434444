"""The parts of the files, read side by side: a number for each distinct spelling, shared by all the parts."""

from dataclasses import dataclass, field, replace
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from helpers.clean.persons.identity import hash_texts, tidy_identifiers
from helpers.records import EMPTY, Batch, Change, Part, Refused

# More distinct spellings than any list, name or date of a national file needs: past them the column is something else,
# and would fill the memory.
MOST_SPELLINGS = 500_000


@dataclass
class Vocabulary:
    """The distinct spellings of a column, numbered as they come; the empty cell is 0.

    The numbers depend on which thread came first, so nothing that is shown may: what comes out is sorted.
    """

    numbers: dict[str, int] = field(default_factory=lambda: {EMPTY: 0})
    is_full: bool = False
    lock: Lock = field(default_factory=Lock)

    def number(self, spellings: list[str]) -> np.ndarray:
        """The number of each spelling; those that come once it is full are taken for empty cells."""
        with self.lock:
            numbers = self.numbers
            for each in spellings:
                if each not in numbers:
                    if len(numbers) >= MOST_SPELLINGS:
                        self.is_full = True
                        break
                    numbers[each] = len(numbers)
            return np.array([numbers.get(each, 0) for each in spellings], dtype=np.uint32)


@dataclass
class Coded:
    """A part as numbers: ``columns`` gives a spelling a row, ``counts`` the rows of each spelling seen (two arrays)."""

    part: Part
    lines: np.ndarray
    received: pa.Array
    identifiers: pa.Array
    keys: np.ndarray
    columns: dict[str, np.ndarray]
    counts: dict[str, tuple[np.ndarray, np.ndarray]]
    refused: list[Refused]
    changes: list[Change]

    def __len__(self) -> int:
        return len(self.lines)

    def at(self, rows: np.ndarray) -> "Coded":
        """Some of its rows (their places), with their cells; nothing else of them."""
        identifiers = self.identifiers.take(pa.array(rows))
        columns = {name: codes[rows] for name, codes in self.columns.items()}
        # The keys are let go of once those who come twice are known.
        keys = self.keys[rows] if self.keys.size else self.keys
        return replace(self, lines=self.lines[rows], identifiers=identifiers, keys=keys, columns=columns)


def smallest(highest: int) -> np.dtype:
    """The smallest unsigned integer that holds a number."""
    return np.min_scalar_type(max(highest, 0))


def _returnable(values: np.ndarray) -> np.ndarray:
    """The same values in Arrow's memory, which goes back to the system once they are freed: that of numpy may not."""
    out = np.frombuffer(pa.allocate_buffer(values.nbytes), values.dtype)
    out[:] = values
    return out


def code_part(part: Part, vocabularies: dict[str, Vocabulary]) -> Coded:
    """Reads a part and numbers its spellings."""
    batch = part.read()
    received = _plain(batch.columns.get("identifiant"), len(batch))
    identifiers, changes = tidy_identifiers(received, part.file)
    columns, counts = {}, {}
    for name, vocabulary in vocabularies.items():
        if name in batch.columns:
            columns[name], counts[name] = _code(batch, name, vocabulary)
    lines = np.asarray(batch.lines)
    lines = _returnable(lines.astype(smallest(int(lines.max(initial=0)))))
    keys = _returnable(hash_texts(identifiers))
    changes = [*batch.changes, *changes]
    return Coded(part, lines, received, identifiers, keys, columns, counts, list(batch.refused), changes)


def _plain(array: pa.Array | None, rows: int) -> pa.Array:
    if array is None:
        return pa.array([EMPTY] * rows, pa.string())
    return pc.fill_null(array.cast(pa.string()), EMPTY)


def _code(batch: Batch, name: str, vocabulary: Vocabulary) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    array = batch.columns[name]
    if not pa.types.is_dictionary(array.type) or array.null_count or array.dictionary.null_count:
        array = _plain(array, len(batch)).dictionary_encode()
    numbers = vocabulary.number(array.dictionary.to_pylist())
    # Taken by Arrow, so that the codes are in its memory: it goes back to the system once they are freed.
    places = pa.array(numbers.astype(smallest(int(numbers.max(initial=0)))))
    codes = places.take(array.indices).to_numpy(zero_copy_only=False)
    return codes, (numbers, np.bincount(array.indices.to_numpy(zero_copy_only=False), minlength=len(numbers)))
