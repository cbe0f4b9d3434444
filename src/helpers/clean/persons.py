"""The columns and rows of persons: codes, identities, rejected rows."""

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from itertools import pairwise
from threading import Lock

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.clean.answers import (
    CLOSED,
    FIELDS,
    MULTIPLE,
    PLACES,
    RULE_NAME,
    RULE_NAMESAKE,
    RULE_TEXT,
    Cell,
    Reason,
    Spellings,
    answers_of,
    association_finder,
    birth_reader,
    closed_reader,
    college_finder,
    day_reader,
    key_of,
    name_cells,
    normalise,
    several_reader,
    uai_reader,
    year_reader,
)
from helpers.clean.records import EMPTY, Batch, Change, Part, Persons, UnreadableRow

# --- Identifiers, and the rows that share one ---

# FNV-1a, 64 bits.
_START, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
# Keys are sorted in eight shards (by their first bits), in parallel, so that no second full copy is ever held.
_SHARES, _SHARE_SHIFT = 8, np.uint64(61)


def _bytes_of(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The offsets of the texts, and their bytes."""
    _, offsets, data = texts.buffers()
    places = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return places, np.frombuffer(data, dtype=np.uint8) if data else np.zeros(0, dtype=np.uint8)


def normalise_identifiers(texts: pa.Array, file: str) -> tuple[pa.Array, list[Change]]:
    """The identifiers as `normalise` writes them, and the change; capitals are kept, they may matter."""
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
    new = [normalise(text) for text in old]
    mask = np.zeros(len(texts), dtype=bool)
    mask[rows] = True
    changed = sum(left != right for left, right in zip(old, new, strict=True))
    tidied = pc.replace_with_mask(texts, pa.array(mask), pa.array(new, pa.string()))
    return tidied, [Change(file, "identifiant", RULE_TEXT, changed)] if changed else []


def hash_texts(texts: pa.Array) -> np.ndarray:
    """A 64-bit hash (FNV-1a) of each text."""
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
    """Which identifiers are missing."""
    return pc.equal(texts, EMPTY).to_numpy(zero_copy_only=False)


def holds(texts: pa.Array, text: str) -> bool:
    """Whether a text is one of the identifiers."""
    return pc.index(texts, text).as_py() >= 0


def is_word(texts: pa.Array, pattern: str) -> np.ndarray:
    """Which identifiers match a pattern, whatever their case."""
    return pc.match_substring_regex(texts, pattern, ignore_case=True).to_numpy(zero_copy_only=False)


def repeated_rows(keys: list[np.ndarray], excluded: list[np.ndarray], pool: Executor) -> np.ndarray:
    """Places, among all the rows, of those not excluded whose key is repeated; both arguments have an array a part."""

    def repeated(share: int) -> np.ndarray:
        """The repeated keys of one shard."""
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


def judge_repeats(texts: pa.Array, keys: np.ndarray, answers: Iterable[np.ndarray]) -> np.ndarray:
    """Why each row of a repeated identifier is rejected: places of reasons, or 0.

    Identical answers: the first row is kept. Different answers: none is, since nobody knows which is true.
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
    """The order by identifier, then as received, and whether each row but the first repeats the identifier before."""
    order = np.argsort(keys, kind="stable")
    sorted_texts = texts.take(pa.array(order))
    is_same = pc.equal(sorted_texts[1:], sorted_texts[:-1]).to_numpy(zero_copy_only=False)
    if (~is_same & (keys[order][1:] == keys[order][:-1])).any():
        # Hash collision: compare the texts.
        rows = pa.table({"text": texts, "row": np.arange(len(texts))})
        order = pc.sort_indices(rows, [("text", "ascending"), ("row", "ascending")]).to_numpy()
        sorted_texts = texts.take(pa.array(order))
        is_same = pc.equal(sorted_texts[1:], sorted_texts[:-1]).to_numpy(zero_copy_only=False)
    return order, is_same


# --- Parts read in parallel; distinct spellings are numbered across all parts ---

# More distinct spellings than any list, name or date of a national file: beyond, the column is something else and would
# fill the memory.
MOST_SPELLINGS = 500_000


@dataclass
class Vocabulary:
    """The distinct spellings of a column, numbered as they come (empty: 0).

    The numbers depend on thread timing; whatever is shown is sorted.
    """

    numbers: dict[str, int] = field(default_factory=lambda: {EMPTY: 0})
    is_full: bool = False
    lock: Lock = field(default_factory=Lock)

    def number(self, spellings: list[str]) -> np.ndarray:
        """The number of each spelling; beyond the limit, that of the empty cell."""
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
class CodedPart:
    """A part as numbers: ``columns`` has a spelling a row, ``counts`` the spellings seen and their rows."""

    part: Part
    lines: np.ndarray
    received: pa.Array
    identifiers: pa.Array
    keys: np.ndarray
    columns: dict[str, np.ndarray]
    counts: dict[str, tuple[np.ndarray, np.ndarray]]
    refused: list[UnreadableRow]
    changes: list[Change]

    def __len__(self) -> int:
        return len(self.lines)

    def at(self, rows: np.ndarray) -> "CodedPart":
        """Some of its rows (their places)."""
        identifiers = self.identifiers.take(pa.array(rows))
        columns = {name: codes[rows] for name, codes in self.columns.items()}
        # The keys are freed once duplicates are known.
        keys = self.keys[rows] if self.keys.size else self.keys
        return replace(self, lines=self.lines[rows], identifiers=identifiers, keys=keys, columns=columns)


def smallest(highest: int) -> np.dtype:
    """The smallest unsigned integer type that holds a number."""
    return np.min_scalar_type(max(highest, 0))


def _returnable(values: np.ndarray) -> np.ndarray:
    """The same values in Arrow's memory, which is returned to the system once freed; numpy's may not be."""
    out = np.frombuffer(pa.allocate_buffer(values.nbytes), values.dtype)
    out[:] = values
    return out


def code_part(part: Part, vocabularies: dict[str, Vocabulary]) -> CodedPart:
    """Reads a part and numbers its spellings."""
    batch = part.read()
    received = _plain(batch.columns.get("identifiant"), len(batch))
    identifiers, changes = normalise_identifiers(received, part.file)
    columns, counts = {}, {}
    for name, vocabulary in vocabularies.items():
        if name in batch.columns:
            columns[name], counts[name] = _code(batch, name, vocabulary)
    lines = np.asarray(batch.lines)
    lines = _returnable(lines.astype(smallest(int(lines.max(initial=0)))))
    keys = _returnable(hash_texts(identifiers))
    changes = [*batch.changes, *changes]
    return CodedPart(part, lines, received, identifiers, keys, columns, counts, list(batch.refused), changes)


def _plain(array: pa.Array | None, rows: int) -> pa.Array:
    if array is None:
        return pa.array([EMPTY] * rows, pa.string())
    return pc.fill_null(array.cast(pa.string()), EMPTY)


def _code(batch: Batch, name: str, vocabulary: Vocabulary) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    array = batch.columns[name]
    if not pa.types.is_dictionary(array.type) or array.null_count or array.dictionary.null_count:
        array = _plain(array, len(batch)).dictionary_encode()
    numbers = vocabulary.number(array.dictionary.to_pylist())
    # Taken by Arrow, so that the codes are in memory that is returned to the system.
    places = pa.array(numbers.astype(smallest(int(numbers.max(initial=0)))))
    codes = places.take(array.indices).to_numpy(zero_copy_only=False)
    return codes, (numbers, np.bincount(array.indices.to_numpy(zero_copy_only=False), minlength=len(numbers)))


# --- Columns: the meaning of each distinct spelling, found once ---

NAMES = ("association", "territoire", "college")
# « Total », « Sous-total CAPEP », « Ensemble »: totals written under the rows.
TOTAL = r"^\s*(sous[-\s]*)?(total|totaux)\b|^\s*ensemble\s*$"
_TOTAL_KEY = re.compile(r"(sous_?)?(total|totaux)(_.*)?|ensemble")


@dataclass
class Column:
    """The spellings of a column, in the order of their numbers, and their meaning.

    ``codes`` gives the place in ``labels`` of each spelling, ``reasons`` why its rows are rejected.
    """

    name: str
    spellings: list[str]
    cells: list[Cell]
    labels: list[str]
    codes: np.ndarray
    reasons: np.ndarray
    totals: np.ndarray


@dataclass(frozen=True)
class Registers:
    """The tables that resolve spellings."""

    spellings: Spellings
    aliases: pd.DataFrame
    associations: pd.DataFrame
    colleges: pd.DataFrame


def count_spellings(parts: list[CodedPart], name: str, size: int) -> np.ndarray:
    """The rows of each spelling of a column, by its number."""
    out = np.zeros(size, dtype=np.int64)
    for part in parts:
        if name in part.counts:
            np.add.at(out, *part.counts[name])
    return out


def read_columns(
    parts: list[CodedPart], vocabularies: dict[str, Vocabulary], registers: Registers, year: int
) -> dict[str, Column]:
    """Every column of the schema but ``identifiant``."""
    out = {}
    for name, vocabulary in vocabularies.items():
        spellings = list(vocabulary.numbers)
        if name in NAMES:
            rows = dict(zip(spellings, count_spellings(parts, name, len(spellings)).tolist(), strict=True))
            find = association_finder(registers.aliases, registers.associations) if name == "association" else None
            found = name_cells(name, rows, registers.spellings, find)
            cells = [found[text] for text in spellings]
        else:
            read = _reader(name, registers.spellings, year)
            cells = [read(text) for text in spellings]
        out[name] = _column(name, spellings, cells)
    return out


def _reader(name: str, spellings: Spellings, year: int):
    if name in CLOSED:
        return closed_reader(name, spellings)
    if name in MULTIPLE:
        return several_reader(name, spellings)
    if FIELDS[name]["type"] == "date":
        return day_reader(name, spellings, year)
    return {"annee": year_reader(year), "annee_naissance": birth_reader(spellings, year)}.get(name) or uai_reader(
        spellings
    )


def _column(name: str, spellings: list[str], cells: list[Cell], more: tuple[str, ...] = ()) -> Column:
    labels = order_labels(name, {cell.value for cell in cells} | set(more))
    place = {label: number for number, label in enumerate(labels)}
    return Column(
        name,
        spellings,
        cells,
        labels,
        np.array([place[cell.value] for cell in cells], dtype=smallest(len(labels) - 1)),
        np.array([PLACES.get(cell.reason, 0) for cell in cells], dtype=np.uint8),
        np.array([bool(_TOTAL_KEY.fullmatch(key_of(text))) for text in spellings]),
    )


def order_labels(name: str, values: set[str]) -> list[str]:
    """Labels, the empty one first: modalities in catalogue order, others sorted."""
    values = values - {EMPTY}
    if name in CLOSED or name in MULTIPLE:
        order = {modality: place for place, modality in enumerate(answers_of(name))}
        return [EMPTY, *sorted(values, key=lambda value: [order[each] for each in value.split(";")])]
    return [EMPTY, *sorted(values)]


def link_colleges(
    columns: dict[str, Column], registers: Registers, parts: list[CodedPart]
) -> tuple[np.ndarray, list[Cell]]:
    """For each spelling of ``college``, the place of its UAI among the labels of ``uai`` (extended), and its cell.

    A name alone is not enough when the export gives it to another collège: the register does not hold every namesake.
    """
    find = college_finder(registers.aliases, registers.colleges)
    found = [
        find(normalise(text)) if cell.value else Cell(EMPTY)
        for text, cell in zip(columns["college"].spellings, columns["college"].cells, strict=True)
    ]
    contradicted = _contradicted(columns, found, parts)
    found = [
        Cell(EMPTY, RULE_NAMESAKE) if cell.rule == RULE_NAME and cell.value in contradicted else cell for cell in found
    ]
    uai = columns["uai"]
    columns["uai"] = _column("uai", uai.spellings, uai.cells, tuple(cell.value for cell in found))
    place = {label: number for number, label in enumerate(columns["uai"].labels)}
    return np.array([place[cell.value] for cell in found], dtype=columns["uai"].codes.dtype), found


def _contradicted(columns: dict[str, Column], found: list[Cell], parts: list[CodedPart]) -> set[str]:
    """The UAI found by name alone, where some row gives that name with another UAI."""
    by_name = np.array([cell.rule == RULE_NAME for cell in found])
    uai, out = columns["uai"], set()
    place = {label: number for number, label in enumerate(uai.labels)}
    led_to = np.array([place.get(cell.value, -1) for cell in found], dtype=np.int32)
    for part in parts if by_name.any() else []:
        if "uai" in part.columns and "college" in part.columns:
            names, given = part.columns["college"], uai.codes[part.columns["uai"]]
            other = by_name[names] & (given != 0) & (given != led_to[names])
            out |= {found[name].value for name in np.unique(names[other]).tolist()}
    return out


# --- Rows: which are rejected, and what is decided from several cells of a row ---

RULE_REFERRER = "orienteur effacé : l’origine n’est pas le collège"

# The columns that can reject a row, in the order of the checks.
_EXCLUDING = ("annee", "date_debut", "date_fin", "annee_naissance", "uai")


@dataclass(frozen=True)
class Rules:
    """The columns, and the UAI of each spelling of a collège."""

    columns: dict[str, Column]
    college_codes: np.ndarray
    college_cells: list[Cell]


def exclude_rows(part: CodedPart, rules: Rules) -> np.ndarray:
    """The place of the reason why each row is rejected, or 0; duplicates are found later, across parts."""
    found = np.zeros(len(part), dtype=np.uint8)
    nobody = is_empty(part.identifiers)
    if nobody.any():
        total = np.zeros(len(part), dtype=bool)
        for name, codes in part.columns.items():
            total |= rules.columns[name].totals[codes]
        found[nobody] = np.where(total[nobody], PLACES[Reason.TOTAL], PLACES[Reason.NOBODY])
    found[is_word(part.identifiers, TOTAL)] = PLACES[Reason.TOTAL]
    for name in _EXCLUDING:
        reasons = rules.columns[name].reasons
        if name in part.columns and reasons.any():
            found = np.where(found == 0, reasons[part.columns[name]], found)
        elif name == "annee" and name not in part.columns:
            found[found == 0] = PLACES[Reason.NO_YEAR]
    found[(found == 0) & _ends_before(part, rules.columns)] = PLACES[Reason.ENDS_BEFORE]
    return found


def _ends_before(part: CodedPart, columns: dict[str, Column]) -> np.ndarray:
    if "date_debut" not in part.columns or "date_fin" not in part.columns:
        return np.zeros(len(part), dtype=bool)
    # A missing date contradicts nothing.
    start, end = (_days(columns[name], unknown) for name, unknown in (("date_debut", 0), ("date_fin", 2**31 - 1)))
    return end[part.columns["date_fin"]] < start[part.columns["date_debut"]]


def _days(column: Column, unknown: int) -> np.ndarray:
    """A sortable number for each spelling of a date."""
    numbers = [int(cell.value.replace("-", "")) if cell.value else unknown for cell in column.cells]
    return np.array(numbers, dtype=np.int32)


def referrer_is_stray(part: CodedPart, columns: dict[str, Column]) -> np.ndarray | None:
    """Which rows name a referrer of the collège though they come by another way; None without the column."""
    if "orienteur" not in part.columns:
        return None
    given = columns["orienteur"].codes[part.columns["orienteur"]] != 0
    if "origine" not in part.columns:
        return given
    by_college = np.array([cell.value == "college" for cell in columns["origine"].cells])
    return given & ~by_college[part.columns["origine"]]


def needs_uai(part: CodedPart, columns: dict[str, Column]) -> np.ndarray | None:
    """Which rows name a collège without its UAI; None without names."""
    if "college" not in part.columns:
        return None
    named = columns["college"].codes[part.columns["college"]] != 0
    if "uai" not in part.columns:
        return named
    uai = columns["uai"]
    empty = (uai.codes == 0) & (uai.reasons == 0)
    return named & empty[part.columns["uai"]]


def count_decisions(part: CodedPart, rules: Rules) -> list[Change]:
    """The decisions from several cells of a row, by rule: referrers cleared, UAI found by name or not."""
    out = []
    stray = referrer_is_stray(part, rules.columns)
    if stray is not None and stray.any():
        out.append(Change(part.part.file, "orienteur", RULE_REFERRER, int(stray.sum())))
    named = needs_uai(part, rules.columns)
    if named is not None and named.any():
        rows = np.bincount(part.columns["college"][named], minlength=len(rules.college_cells))
        for number in np.flatnonzero(rows):
            rule = rules.college_cells[number].rule
            out.append(Change(part.part.file, "uai", rule, int(rows[number])))
    return out


def final_codes(part: CodedPart, name: str, rules: Rules) -> np.ndarray:
    """The place of the label of each row in a column, that of the empty label without the column."""
    column = rules.columns[name]
    given = part.columns.get(name)
    codes = np.zeros(len(part), dtype=column.codes.dtype) if given is None else column.codes[given]
    if name == "orienteur" and given is not None:
        codes[referrer_is_stray(part, rules.columns)] = 0
    if name == "uai":
        named = needs_uai(part, rules.columns)
        if named is not None and named.any():
            codes[named] = rules.college_codes[part.columns["college"][named]]
    return codes


# --- The persons kept: the columns of all parts, concatenated ---


def parts_at(parts: list[CodedPart], rows: np.ndarray) -> list[CodedPart]:
    """Some rows (their places among all, in order) as small parts."""
    bounds = bounds_of(parts)
    cuts = np.searchsorted(rows, bounds)
    return [
        part.at(rows[first:last] - start)
        for part, start, (first, last) in zip(parts, bounds.tolist(), pairwise(cuts), strict=False)
        if last > first
    ]


def bounds_of(parts: list[CodedPart]) -> np.ndarray:
    """The offsets of the parts among all the rows."""
    return np.cumsum([0, *(len(part) for part in parts)])


def answers_at(parts: list[CodedPart], rules: Rules) -> Iterator[np.ndarray]:
    """The final codes of the rows of some parts, column by column."""
    for name in rules.columns:
        yield np.concatenate([final_codes(part, name, rules) for part in parts])


def gather_persons(parts: list[CodedPart], rules: Rules, excluded: np.ndarray, *, year: int, pool: Executor) -> Persons:
    """The persons of the rows that are not excluded; parts are emptied on the way, to save memory."""
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
            # Threads may mark the same label: they write the same value.
            used[name][found] = True
        return kept.identifiers

    pieces = [pa.array([], pa.string()), *pool.map(put, range(len(parts)))]
    pa.default_memory_pool().release_unused()
    identifiers = pa.concat_arrays(pieces)
    for name, found in zip(labels, pool.map(_only_used, codes.values(), labels.values(), used.values()), strict=True):
        codes[name], labels[name] = found
    return Persons(year, codes, labels, identifiers)


def _only_used(codes: np.ndarray, labels: list[str], used: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """The codes and labels without unused labels."""
    if used.all():
        return codes, labels
    places = (np.cumsum(used) - 1).astype(smallest(int(used.sum()) - 1))
    return places[codes], [label for label, is_used in zip(labels, used, strict=True) if is_used]
