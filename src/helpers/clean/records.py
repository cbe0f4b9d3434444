"""Persons followed, one row each: as received, then as cleaned."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.schema import FROM_RECORDS, DataError, columns

# --- Received: the tables of the files of a year ---


@dataclass(frozen=True)
class Change:
    """A change made while reading or cleaning, and its rows; ``column`` is empty for a whole file."""

    file: str
    column: str
    rule: str
    rows: int


class UnreadableRow(NamedTuple):
    """A row that could not be read: its line in the file, why, and its text (private)."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class ReceivedTable:
    """A file, or a sheet of a workbook, as received.

    ``rows`` holds texts under the project's column names: ``identifiant`` as text, the other columns as categories of
    their distinct spellings; an empty cell is ``""``, never missing. Its index is the line (or row) in the file.
    """

    file: str
    sheet: str
    rows: pd.DataFrame
    refused: list[UnreadableRow] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows) + len(self.refused)


@dataclass(frozen=True)
class ReceivedRecords:
    """The records received for a year, or in one of its files; no table without an export.

    ``columns`` are those of the schema ``accompagnements`` in the files; ``faults`` why they are unusable, one French
    sentence each; ``changes`` those of reading; ``unread`` the titles that name no column; ``asides`` the sheets that
    are no list of persons: one may explain the codes of another.
    """

    year: int = 0
    tables: list[ReceivedTable] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    faults: list[DataError] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    is_synthetic: bool = False
    unread: list["Unread"] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)

    def add(self, other: "ReceivedRecords") -> None:
        """Adds what was received in a file, or in a sheet of it."""
        for name in ("tables", "faults", "changes", "unread", "asides"):
            getattr(self, name).extend(getattr(other, name))
        self.columns.extend(name for name in other.columns if name not in self.columns)

    @property
    def is_empty(self) -> bool:
        """Whether the year has no export."""
        return not self.tables and not self.faults

    @property
    def read(self) -> int:
        """The rows read, in all files."""
        return sum(map(len, self.tables))

    @property
    def rows(self) -> dict[str, int]:
        """The rows read in each file, by its name."""
        found: Counter = Counter()
        for table in self.tables:
            found[table.file] += len(table)
        return dict(found)

    @property
    def source(self) -> str:
        """The source of its indicators: ``export`` or ``synthetique``."""
        return FROM_RECORDS[self.is_synthetic]

    @property
    def reference(self) -> str:
        """The reference of its indicators."""
        return f"données simulées de {self.year}" if self.is_synthetic else f"export de la base, {self.year}"


# --- Persons ---

EMPTY = ""
TITLE = "titre"  # The column of `Unread` for a title that names no column
# The one column that is kept as text.
IDENTIFIER = "identifiant"
SEVERAL = ";"
# The columns but the identifier, in the order of the schema.
COLUMNS = [name for name in columns("accompagnements") if name != IDENTIFIER]


@dataclass(frozen=True)
class Persons:
    """The persons of a year, one a row of ``table`` (columns of the schema ``accompagnements``).

    ``identifiant`` is text; the others are categories: modalities of the catalogue, ISO dates, years, names, UAI, and,
    for ``objectifs``, sets of modalities in catalogue order, joined by ``;``; missing where nothing is known.
    `data.load_persons` gives them with their labels, as dates, numbers and lists. ``is_within`` tells whether each
    association numbers its own persons: identifiers then begin with its name. ``absent`` are the columns that the
    export does not have: nobody was asked.

    >>> lignes = pd.DataFrame({"identifiant": ["F1", "F2"], "sexe": ["filles", ""]})
    >>> personnes = Persons.of(2021, lignes)
    >>> len(personnes), personnes.table["sexe"].value_counts().to_dict()
    (2, {'filles': 1})
    """

    year: int
    table: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=columns("accompagnements"), dtype="str").astype(
            dict.fromkeys(columns("accompagnements")[1:], "category")
        )
    )
    is_within: bool = False
    absent: frozenset[str] = frozenset()

    @classmethod
    def of(cls, year: int, rows: pd.DataFrame) -> "Persons":
        """The persons of a small, clean table (schema ``accompagnements``); absent columns and values are missing."""
        texts = rows.reindex(columns=columns("accompagnements")).astype("object")
        table = texts.fillna(EMPTY).astype("str").replace(EMPTY, None).astype("category")
        return cls(year, table.assign(**{IDENTIFIER: rows[IDENTIFIER].astype("str")}).reset_index(drop=True))

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def labels(self) -> dict[str, list[str]]:
        """The meaning of each code of each column; the first is `EMPTY`."""
        return {name: [EMPTY, *self.table[name].cat.categories] for name in self.table if name != IDENTIFIER}

    @cached_property
    def codes(self) -> dict[str, np.ndarray]:
        """The place of each person's label in each column: 0 is nothing known."""
        return {
            name: (self.table[name].cat.codes.to_numpy() + 1).astype(np.min_scalar_type(len(words) - 1), copy=False)
            for name, words in self.labels.items()
        }

    def shared(self, rows: np.ndarray, other: "Persons", others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Those among some rows who are also among rows of another year, by identifier: both rows, in one order.

        Capitals are set aside, unless they tell some of them apart.
        """
        here, there = (pd.Index(of.table[IDENTIFIER].iloc[at]) for of, at in ((self, rows), (other, others)))
        folded = here.str.lower(), there.str.lower()
        if folded[0].is_unique and folded[1].is_unique:
            here, there = folded
        places = there.get_indexer(here)
        return rows[places >= 0], others[places[places >= 0]]


# --- Result of the cleaning ---


@dataclass(frozen=True)
class Unread:
    """A spelling of a column that could not be read: what ``a_completer.csv`` asks for.

    ``count`` is how many cells of ``file`` and ``sheet`` hold it, or are under that title, from ``first_line`` on, and
    ``persons`` how many persons kept do, 0 when nobody can tell persons apart. ``suggestion`` is the nearest answer of
    a closed list, else ``""``. ``is_shown`` tells whether ``value`` may stand in a message or in a page: an answer of a
    closed list that cannot be about a person. ``is_asked`` tells whether the year cannot be used until it is
    understood.
    """

    column: str
    value: str
    file: str
    sheet: str
    first_line: int
    count: int
    persons: int
    suggestion: str = ""
    is_shown: bool = False
    is_asked: bool = False


@dataclass(frozen=True)
class CleanedRecords:
    """The records of a year, cleaned: rows read = persons kept + rows rejected.

    ``ledger`` has the schema ``normalisations``, ``rejections`` the schema ``rejets``. ``rejected`` (private) holds the
    rejected rows (``fichier``, ``feuille``, ``ligne``, ``motif``, then the cells). ``faults`` is why the records are
    unusable, one French sentence each, without any value of a person; ``unread`` what could not be read, by column,
    spelling and file. `clean.clean_persons` shows a year with rows.
    """

    persons: Persons
    ledger: pd.DataFrame
    rejections: pd.DataFrame
    rejected: pd.DataFrame
    read: int = 0
    faults: list[DataError] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
