"""Two questions crossed, so that no cell lets one to four persons be seen.

Until a release is protected as a whole, a crossing is folded: the smallest answers of its longer side are counted
together until every cell is empty or holds five persons at least. A crossing that cannot be folded so is left out, and
so is a pair of objectives whose persons, or whose persons with only one of the two, would be so few.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from helpers.indicators.answers import Answers
from helpers.schema import FOLDED

# From one to this number of persons, a cell could be recognised (docs/decisions).
MOST_HIDDEN = 4


@dataclass(frozen=True)
class Crossed:
    """A cell: how many give ``modality`` among the ``base`` who give ``crossed``."""

    modality: str
    crossed: str
    count: int
    base: int


def is_small(counts: np.ndarray) -> np.ndarray:
    """Which counts would show one to four persons."""
    return (counts > 0) & (counts <= MOST_HIDDEN)


def cross(answers: Answers, other: Answers) -> list[Crossed]:
    """Every cell that may be shown; none when the questions are not asked of the same persons, or none may be shown."""
    if answers.base != other.base:
        return []
    width = len(other.labels)
    joint = np.bincount(answers.codes.astype(np.intp) * width + other.codes, minlength=len(answers.labels) * width)
    counts = answers.incidence().T @ joint.reshape(-1, width) @ other.incidence()
    bases = other.of_labels() @ other.incidence()
    if other.entry.choice == "multiple":
        return list(_pairs(answers, other, counts, bases))
    if answers.entry.choice == "unique" and len(answers.modalities()) > len(other.modalities()):
        rows = fold(counts.T, answers.modalities())
        return [] if rows is None else list(_cells(rows[0].T, bases, rows[1], other.modalities()))
    return list(_by_column(answers, other, counts, bases))


def _by_column(answers: Answers, other: Answers, counts: np.ndarray, bases: np.ndarray) -> Iterator[Crossed]:
    """The crossing folded on its crossed side. Who has an answer and who has not are both cells.

    An overlapping answer may be left out without telling the others: the rarest go first, and those that only records
    have, until the rest can be folded.
    """
    rows = answers.modalities()
    may_leave_out = answers.entry.choice == "multiple"
    if may_leave_out:
        rows = sorted(answers.entry.modalities, key=lambda name: -counts[rows.index(name)].sum())
    places = [answers.modalities().index(name) for name in rows]
    while places:
        kept = counts[places]
        columns = fold(np.vstack([kept, bases - kept]), other.modalities())
        if columns is not None:
            cells, names = columns
            yield from _cells(cells[: len(kept)], cells[0] + cells[len(kept)], rows[: len(kept)], names)
        places = places[:-1] if columns is None and may_leave_out else []


def _cells(counts: np.ndarray, bases: np.ndarray, rows: list[str], columns: list[str]) -> Iterator[Crossed]:
    for place, crossed in enumerate(columns):
        for modality, count in zip(rows, counts[:, place].tolist(), strict=True):
            if bases[place] and counts[rows.index(modality)].any():
                yield Crossed(modality, crossed, count, int(bases[place]))


def fold(cells: np.ndarray, names: list[str]) -> tuple[np.ndarray, list[str]] | None:
    """The table with columns added together until no cell is small, and their names; None if fewer than two are left.

    The smallest column that holds a small cell is added to the smallest other one.

    >>> fold(np.array([[9, 2, 6], [8, 7, 5]]), ["6e", "5e", "4e"])
    (array([[ 9,  8],
           [ 8, 12]]), ['6e', '5e+4e'])
    """
    columns = [(name, column) for name, column in zip(names, cells.T, strict=True) if column.any()]
    while len(columns) > 1 and any(is_small(column).any() for _, column in columns):
        by_size = sorted(range(len(columns)), key=lambda place: int(columns[place][1].sum()))
        small = next(place for place in by_size if is_small(columns[place][1]).any())
        other = next(place for place in by_size if place != small)
        first, last = sorted((small, other))
        name, column = columns.pop(last)
        columns[first] = (columns[first][0] + FOLDED + name, columns[first][1] + column)
    if len(columns) < 2:
        return None
    return np.column_stack([column for _, column in columns]), [name for name, _ in columns]


def _pairs(answers: Answers, other: Answers, counts: np.ndarray, bases: np.ndarray) -> Iterator[Crossed]:
    """Two overlapping questions, pair by pair: each pair is a table of its own, with four cells."""
    own, persons = answers.of_labels() @ answers.incidence(), answers.base
    for column, crossed in enumerate(other.modalities()):
        for place, modality in enumerate(answers.modalities()):
            both = int(counts[place, column])
            cells = np.array(
                [both, own[place] - both, bases[column] - both, persons - own[place] - bases[column] + both]
            )
            is_itself = answers.entry.id == other.entry.id and modality == crossed
            if both and not is_itself and not is_small(cells).any():
                yield Crossed(modality, crossed, both, int(bases[column]))
