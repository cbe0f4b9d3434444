"""The account of every row read: what was written otherwise, what is not counted and why, and the rows themselves."""

from collections import Counter

import numpy as np
import pandas as pd

from helpers.clean.persons.coding import Coded
from helpers.clean.persons.columns import Column
from helpers.clean.persons.reasons import Reason
from helpers.records import EMPTY, Change
from helpers.schema import columns, typed

REASONS = np.array([EMPTY, *Reason], dtype=object)


def count_changes(parts: list[Coded], known: dict[str, Column], decided: list[Change]) -> pd.DataFrame:
    """What reading and cleaning wrote otherwise (schema ``normalisations``), rows by file, column and rule."""
    rows: Counter = Counter()
    for change in decided:
        rows[change.file, change.column, change.rule] += change.rows
    for name, column in known.items():
        rules = sorted({cell.rule for cell in column.cells})
        place = {rule: number for number, rule in enumerate(rules)}
        codes = np.array([place[cell.rule] for cell in column.cells])
        for part in parts:
            if name in part.counts:
                numbers, counts = part.counts[name]
                found = np.bincount(codes[numbers], weights=counts, minlength=len(rules))
                for rule, count in zip(rules, found.astype(int).tolist(), strict=True):
                    rows[part.part.file, name, rule] += count if rule else 0
    order = {name: number for number, name in enumerate(["", *columns("accompagnements")])}
    lines = [(*key, count) for key, count in rows.items() if count]
    lines.sort(key=lambda line: (line[0], order.get(line[1], len(order)), line[2]))
    return typed(pd.DataFrame(lines, columns=columns("normalisations"), dtype="object"), "normalisations")


def count_rejections(rejected: pd.DataFrame) -> pd.DataFrame:
    """The rows that are not counted (schema ``rejets``), by reason, the most frequent first."""
    seen = Counter(rejected["motif"].astype(object).tolist())
    lines = sorted(seen.items(), key=lambda pair: (-pair[1], pair[0]))
    return typed(pd.DataFrame(lines, columns=columns("rejets"), dtype="object"), "rejets")


def keep_rejected(parts: list[Coded], known: dict[str, Column], excluded: np.ndarray) -> pd.DataFrame:
    """The rows not counted, as received: ``fichier``, ``feuille``, ``ligne``, ``motif``, the columns, then ``texte``.

    ``texte`` is the row itself when it could not be cut into columns. Texts are categorical: a wrong file may have
    millions of such rows.
    """
    starts = np.cumsum([0, *(len(part) for part in parts)])
    places = [excluded[start:stop] for start, stop in zip(starts, starts[1:], strict=False)]
    rows = [np.flatnonzero(each) for each in places]
    refused = [row for part in parts for row in part.refused]
    files = list(dict.fromkeys((part.part.file, part.part.sheet) for part in parts))
    of_part = np.array([files.index((part.part.file, part.part.sheet)) for part in parts], dtype=np.int64)
    file = np.concatenate(
        [np.repeat(of_part, [len(each) for each in rows]), np.repeat(of_part, [len(part.refused) for part in parts])]
    )
    lines = [part.lines[each].astype(np.int64) for part, each in zip(parts, rows, strict=True)]
    line = np.concatenate([np.zeros(0, np.int64), *lines, np.array([row.line for row in refused], dtype=np.int64)])
    motif = np.concatenate([np.zeros(0, np.uint8), *(each[here] for each, here in zip(places, rows, strict=True))])
    blank = [EMPTY] * len(refused)
    out = {
        "fichier": _category(file, [name for name, _ in files]),
        "feuille": _category(file, [sheet for _, sheet in files]),
        "ligne": line,
        "motif": _category(*_numbered([*REASONS], motif, [row.reason for row in refused])),
        "identifiant": [
            *(text for p, here in zip(parts, rows, strict=True) for text in p.received.take(here).to_pylist()),
            *blank,
        ],
        **{
            name: _category(*_numbered(column.spellings, _raw(parts, name, rows), blank))
            for name, column in known.items()
        },
        "texte": pd.Categorical([EMPTY] * len(motif) + [row.text for row in refused]),
    }
    order = np.lexsort((line, file))
    return pd.DataFrame(out).astype({"identifiant": "str"}).iloc[order].reset_index(drop=True)


def _raw(parts: list[Coded], name: str, rows: list[np.ndarray]) -> np.ndarray:
    """The spellings of a column in some rows of each part; the empty one where the file lacks the column."""
    nothing = np.zeros(0, dtype=np.uint8)
    found = [
        part.columns[name][here] if name in part.columns else np.zeros(len(here), dtype=np.uint8)
        for part, here in zip(parts, rows, strict=True)
    ]
    return np.concatenate([nothing, *found])


def _numbered(words: list[str], codes: np.ndarray, others: list[str]) -> tuple[np.ndarray, list[str]]:
    """Codes into words, followed by other words given as they are."""
    more = sorted(set(others) - set(words))
    place = {word: number for number, word in enumerate([*words, *more])} if others else {}
    return np.concatenate([codes.astype(np.int64), [place[word] for word in others]]).astype(np.int64), [*words, *more]


def _category(codes: np.ndarray, words: list[str]) -> pd.Categorical:
    """A categorical column whose categories are the words used, sorted, however they were numbered."""
    used = np.unique(codes)
    names = sorted({words[place] for place in used.tolist()})
    place = {name: number for number, name in enumerate(names)}
    new = np.zeros(len(words), dtype=np.int64)
    new[used] = [place[words[number]] for number in used.tolist()]
    return pd.Categorical.from_codes(new[codes], categories=pd.Index(names, dtype="str"))
