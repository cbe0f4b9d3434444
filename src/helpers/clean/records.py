"""Persons followed, one row each: as received, then as cleaned."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.schema import FROM_RECORDS, DataError, columns

# --- Received: the parts of the files of a year ---


@dataclass(frozen=True)
class Change:
    """A change made while reading or cleaning, and its rows; ``column`` is empty for a whole file.

    >>> Change("accompagnements.csv", "niveau", "écriture ramenée à la liste", rows=1).rows
    1
    """

    file: str
    column: str
    rule: str
    rows: int


@dataclass(frozen=True)
class UnreadableRow:
    """A row that could not be read: its line in the file, why, and its text (private).

    >>> UnreadableRow(line=2235, reason="ligne trop courte : des cases manquent", text="F1;2021").line
    2235
    """

    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class Batch:
    """Some rows of a file as received: texts under the project's column names, and their lines.

    Columns are dictionary-encoded, but ``identifiant``, which is plain text. An empty cell is ``""``, never null.

    >>> import numpy as np, pyarrow as pa
    >>> sexe = pa.array(["Fille", "G", "Fille"]).dictionary_encode()
    >>> lot = Batch({"identifiant": pa.array(["F1", "F2", "F3"]), "sexe": sexe}, lines=np.array([2, 3, 5]))
    >>> len(lot), lot.columns["sexe"].dictionary.to_pylist(), lot.columns["sexe"].indices.to_pylist()
    (3, ['Fille', 'G'], [0, 1, 0])
    """

    columns: dict[str, pa.Array]
    lines: np.ndarray
    refused: list[UnreadableRow] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class Part:
    """A piece of a file that can be read independently (``read`` gives a `Batch`); ``sheet`` is that of a workbook.

    >>> import numpy as np, pyarrow as pa
    >>> lot = Batch({"identifiant": pa.array(["F1", "F2"])}, lines=np.array([2, 3]))
    >>> morceau = Part("accompagnements.xlsx", sheet="Export", read=lambda: lot)
    >>> len(morceau.read())
    2
    """

    file: str
    sheet: str
    read: Callable[[], Batch]


@dataclass(frozen=True)
class ReceivedRecords:
    """The records received for a year; no part without an export.

    ``columns`` are those of the schema ``accompagnements`` in the files; ``faults`` why they are unusable, one French
    sentence each; ``changes`` those of reading (encoding, title rows, columns left out).

    >>> recu = ReceivedRecords(2021, columns=["identifiant", "sexe"], is_synthetic=True)
    >>> recu.is_empty, recu.source, recu.reference
    (True, 'synthetique', 'données simulées de 2021')
    """

    year: int
    parts: list[Part] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    faults: list[DataError] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    is_synthetic: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the year has no export."""
        return not self.parts and not self.faults

    @property
    def source(self) -> str:
        """The source of its indicators: ``export`` or ``synthetique``."""
        return FROM_RECORDS[self.is_synthetic]

    @property
    def reference(self) -> str:
        """The reference of its indicators."""
        return f"données simulées de {self.year}" if self.is_synthetic else f"export de la base, {self.year}"


@dataclass(frozen=True)
class Unread:
    """A spelling of a column that the cleaning could not read: what ``a_completer.csv`` asks for.

    ``count`` is how many cells of ``file`` and ``sheet`` hold it, from ``first_line`` on, and ``persons`` how many
    persons kept do. ``suggestion`` is the nearest answer of a closed list, else ``""``. ``is_shown`` tells whether
    ``value`` may stand in a message or in a page: an answer of a closed list that cannot be about a person. ``is_asked``
    tells whether the year cannot be used until it is understood.

    >>> Unread("origine", "collgee", "accompagnements.csv", "", first_line=3, count=2, persons=2).suggestion
    ''
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


# --- Persons, column by column ---

# The first label of every column: no answer.
EMPTY = ""
# The one column that is kept as text.
IDENTIFIER = "identifiant"


@dataclass(frozen=True)
class Persons:
    """The persons of a year (columns of the schema ``accompagnements``).

    By column, ``codes`` has an unsigned integer a person and ``labels`` the meaning of each code, the first being
    `EMPTY`: modalities of the catalogue, ISO dates, years, names, UAI; for ``objectifs``, sets of modalities in
    catalogue order, joined by ``;``. ``identifiers`` is kept as text.

    >>> lignes = pd.DataFrame({"identifiant": ["F1", "F2"], "sexe": ["filles", ""]})
    >>> personnes = Persons.of(2021, lignes)
    >>> len(personnes), personnes.labels["sexe"], personnes.codes["sexe"].tolist(), personnes.having("sexe", "filles")
    (2, ['', 'filles'], [1, 0], array([ True, False]))
    """

    year: int
    codes: dict[str, np.ndarray] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)
    identifiers: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))

    @classmethod
    def of(cls, year: int, rows: pd.DataFrame) -> "Persons":
        """The persons of a small, clean table (schema ``accompagnements``); absent columns and values are empty."""
        codes, labels = {}, {}
        for column in columns("accompagnements"):
            if column != IDENTIFIER:
                given = rows[column].fillna(EMPTY) if column in rows else pd.Series(EMPTY, index=rows.index)
                texts = given.astype("str")
                labels[column] = [EMPTY, *sorted(set(texts) - {EMPTY})]
                kind = np.min_scalar_type(len(labels[column]) - 1)
                codes[column] = pd.Categorical(texts, categories=labels[column]).codes.astype(kind)
        return cls(year, codes, labels, pa.array(rows[IDENTIFIER].astype("str").tolist(), pa.string()))

    def __len__(self) -> int:
        return len(self.identifiers)

    def having(self, column: str, *labels: str) -> np.ndarray:
        """Whether each person has one of these labels in a column: an array of booleans."""
        wanted = np.array([label in labels for label in self.labels[column]], dtype=bool)
        return wanted[self.codes[column]]

    def shared(self, rows: np.ndarray, other: "Persons", others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Those among some rows who are also among rows of another year, by identifier: both rows, in one order."""
        here, there = self.identifiers.take(pa.array(rows)), other.identifiers.take(pa.array(others))
        places = pc.index_in(here, value_set=there)
        found = pc.is_valid(places).to_numpy(zero_copy_only=False)
        return rows[found], others[places.drop_null().to_numpy()]


# --- Result of the cleaning ---


@dataclass(frozen=True)
class CleanedRecords:
    """The records of a year, cleaned: rows read = persons kept + rows rejected.

    ``ledger`` has the schema ``normalisations``, ``rejections`` the schema ``rejets``. ``rejected`` (private) holds the
    rejected rows (``fichier``, ``feuille``, ``ligne``, ``motif``, then the cells). ``faults`` is why the records are
    unusable, one French sentence each, without any value of a person; ``unread`` what could not be read, by column, file
    and spelling. `clean.clean_persons` shows a year with rows.

    >>> registres = {"spellings": data.read_reference("modalites"), **data.read_registers()}
    >>> nettoyage = clean.clean_persons(data.receive(2020), **registres)
    >>> nettoyage.read == len(nettoyage.persons) + len(nettoyage.rejected), nettoyage.faults
    (True, [])
    >>> list(nettoyage.rejections), list(nettoyage.rejected)[:4]
    (['motif', 'lignes'], ['fichier', 'feuille', 'ligne', 'motif'])
    """

    persons: Persons
    ledger: pd.DataFrame
    rejections: pd.DataFrame
    rejected: pd.DataFrame
    read: int = 0
    faults: list[DataError] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
