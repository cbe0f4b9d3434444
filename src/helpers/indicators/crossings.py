"""Two questions crossed, so that no cell lets one to four persons be seen.

Until a release is protected as a whole, a crossing is folded: the smallest answers of its longer side are counted
together until every cell is empty or holds five persons at least. Its shorter side keeps its answers, or the crossing
would say nothing: only those that no document has (not given, not known) may be counted together there, then with the
last answer. A crossing that cannot be folded so is left out, and so is a pair of objectives whose persons, or whose
persons with only one of the two, would be so few. A reader has the margins too: every cell is shown, or is the
difference of two numbers that were checked alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from helpers.indicators.answers import Answers, joint
from helpers.schema import FEWEST_PERSONS, FOLDED


@dataclass(frozen=True)
class Crossed:
    """A cell: how many give ``modality`` among the ``base`` who give ``crossed``."""

    modality: str
    crossed: str
    count: int
    base: int


def is_small(counts: np.ndarray) -> np.ndarray:
    """Which counts would show one to four persons."""
    return (counts > 0) & (counts < FEWEST_PERSONS)


def cross(answers: Answers, other: Answers) -> list[Crossed]:
    """Every cell that may be shown; none when the questions are not asked of the same persons, or none may be shown."""
    if answers.base != other.base:
        return []
    counts = _together(answers, other)
    if other.entry.choice == "multiple":
        return list(_pairs(answers, other, counts))
    if answers.entry.choice == "multiple":
        return list(_by_column(answers, other, counts))
    if len(answers.modalities()) <= len(other.modalities()):
        return [Crossed(row, column, *pair) for row, column, *pair in _both_sides(answers, other, counts, by="column")]
    return [Crossed(column, row, *pair) for row, column, *pair in _both_sides(other, answers, counts.T, by="row")]


def _together(answers: Answers, other: Answers) -> np.ndarray:
    """Persons by modality of both."""
    if answers.entry.id == other.entry.id:
        return (answers.incidence().T * answers.by_code) @ answers.incidence()
    return answers.incidence().T @ joint(answers, other) @ other.incidence()


def _both_sides(short: Answers, long: Answers, counts: np.ndarray, *, by: str) -> Iterator[tuple[str, str, int, int]]:
    """Row, column, count and base (``by`` which side), where the most answers of documents stand alone."""
    readings = [
        (rows, *folded)
        for rows, kept in _short_sides(short, counts)
        if (folded := fold(kept, long.modalities())) is not None
    ]
    if not readings:
        return

    def worth(reading: tuple) -> tuple[int, int]:
        alone = [name in short.entry.modalities for name in reading[0]]
        return sum(alone) + sum(name in long.entry.modalities for name in reading[2]), len(reading[0])

    rows, cells, columns = max(readings, key=worth)
    for place, column in enumerate(columns):
        for rank, row in enumerate(rows):
            base = cells[:, place].sum() if by == "column" else cells[rank].sum()
            yield row, column, int(cells[rank, place]), int(base)


def _short_sides(short: Answers, counts: np.ndarray) -> Iterator[tuple[list[str], np.ndarray]]:
    """The rows as they are; then those that only records have, together; then these with the last of the others."""
    rows = [(name, row) for name, row in zip(short.modalities(), counts, strict=True) if row.any()]
    first = sum(name not in short.entry.recorded for name, _ in rows)
    yield [name for name, _ in rows], np.array([row for _, row in rows]).reshape(len(rows), counts.shape[1])
    for start in (first, first - 1):
        if 0 < start < len(rows) - 1:
            names = [name for name, _ in rows]
            kept = [row for _, row in rows[:start]]
            folded = sum(row for _, row in rows[start:])
            yield [*names[:start], FOLDED.join(names[start:])], np.array([*kept, folded])


def _by_column(answers: Answers, other: Answers, counts: np.ndarray) -> Iterator[Crossed]:
    """The crossing folded on its crossed side. Who has an answer and who has not are both cells.

    An overlapping answer may be left out without telling the others: those that only records have, then the rarest go,
    until the rest can be folded.
    """
    totals = answers.by_code @ answers.incidence()
    bases = other.by_code @ other.incidence()
    places = [place for place in range(len(answers.entry.modalities)) if totals[place]]
    places.sort(key=lambda place: -totals[place])
    while places:
        kept = counts[places]
        folded = fold(np.vstack([kept, bases - kept]), other.modalities())
        rows = [answers.modalities()[place] for place in places]
        if folded is not None and not is_small(_same_hidden(answers, other, counts, shown=(rows, folded[1]))):
            yield from _cells(folded, rows)
            return
        places.pop()


def _same_hidden(answers: Answers, other: Answers, counts: np.ndarray, *, shown: tuple[list[str], list[str]]) -> int:
    """Who gave one same answer to both questions without it being shown: « demande_travaillee » tells them all."""
    same = [name for name in answers.entry.modalities if name in other.entry.modalities]
    hidden = [name for name in same if name not in shown[0] or name not in shown[1]]
    rows, columns = ([each.modalities().index(name) for name in hidden] for each in (answers, other))
    return int(counts[rows, columns].sum())


def _cells(folded: tuple[np.ndarray, list[str]], rows: list[str]) -> Iterator[Crossed]:
    cells, columns = folded
    for place, crossed in enumerate(columns):
        for rank, modality in enumerate(rows):
            count, others = (int(cells[start + rank, place]) for start in (0, len(rows)))
            yield Crossed(modality, crossed, count, count + others)


def fold(cells: np.ndarray, names: list[str]) -> tuple[np.ndarray, list[str]] | None:
    """The table with columns added together until no cell is small, and their names; None if fewer than two are left.

    The smallest column that holds a small cell is added to the smallest other one.

    >>> fold(np.array([[9, 2, 6], [8, 7, 5]]), ["6e", "5e", "4e"])
    (array([[ 9,  8],
           [ 8, 12]]), ['6e', '5e+4e'])
    """
    columns = [([place], column) for place, column in enumerate(cells.T) if column.any()]
    while len(columns) > 1 and any(is_small(column).any() for _, column in columns):
        by_size = sorted(range(len(columns)), key=lambda rank: int(columns[rank][1].sum()))
        small = next(rank for rank in by_size if is_small(columns[rank][1]).any())
        other = next(rank for rank in by_size if rank != small)
        first, last = sorted((small, other))
        places, column = columns.pop(last)
        columns[first] = (columns[first][0] + places, columns[first][1] + column)
    if len(columns) < 2:
        return None
    folded = [FOLDED.join(names[place] for place in sorted(places)) for places, _ in columns]
    return np.column_stack([column for _, column in columns]), folded


def _pairs(answers: Answers, other: Answers, counts: np.ndarray) -> Iterator[Crossed]:
    """Two overlapping questions, pair by pair: each pair is a table of its own, with four cells."""
    own, bases = answers.by_code @ answers.incidence(), other.by_code @ other.incidence()
    apart = [own[:, None] - counts, bases - counts, answers.base - own[:, None] - bases + counts]
    is_shown = (counts > 0) & ~is_small(np.stack([counts, *apart])).any(axis=0)
    if answers.entry.id == other.entry.id:
        np.fill_diagonal(is_shown, False)
        _hide_more(is_shown, counts)
    for column, crossed in enumerate(other.modalities()):
        for place, modality in enumerate(answers.modalities()):
            if is_shown[place, column]:
                yield Crossed(modality, crossed, int(counts[place, column]), int(bases[column]))


def _hide_more(is_shown: np.ndarray, counts: np.ndarray) -> None:
    """Leaves out the smallest pairs of answers to one question, until the others do not tell those left out.

    How many answers persons give (« nombre_d_objectifs ») tells how many pairs they make: the sum of the pairs left out
    is what is shown taken from it. If all could be small, that sum would tell them, or nearly.
    """
    while is_shown.any():
        hidden = counts[np.triu(~is_shown & (counts > 0), k=1)]
        if hidden.sum() > hidden.size * (FEWEST_PERSONS - 1) or not hidden.size:
            return
        smallest = np.unravel_index(np.where(is_shown, counts, counts.max() + 1).argmin(), counts.shape)
        is_shown[smallest] = is_shown[smallest[::-1]] = False
