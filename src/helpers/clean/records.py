"""Persons followed, one row each: as received, then as cleaned."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.schema import FROM_RECORDS, DataError, columns

# --- What was received of a year: the parts of its files, not yet cleaned ---


@dataclass(frozen=True)
class Change:
    """Something written otherwise while reading or cleaning, on how many rows; ``column`` is empty for a whole file.

    >>> Change("accompagnements.csv", "niveau", "écriture ramenée à la liste", rows=1).rows
    1
    """

    file: str
    column: str
    rule: str
    rows: int


@dataclass(frozen=True)
class Refused:
    """A row that could not be read as a person: its line in the file as a reader sees it, why, and its text (private).

    >>> Refused(line=2235, reason="ligne trop courte : des cases manquent", text="F1;2021").line
    2235
    """

    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class Batch:
    """Some rows of a file, as received: texts under the project's column names, the line of each.

    A column is dictionary-encoded (its distinct spellings, then a code a row) but ``identifiant``, which is plain text.
    A column that the file does not have is absent. An empty cell is ``""``: there is no null.

    >>> import numpy as np, pyarrow as pa
    >>> sexe = pa.array(["Fille", "G", "Fille"]).dictionary_encode()
    >>> lot = Batch({"identifiant": pa.array(["F1", "F2", "F3"]), "sexe": sexe}, lines=np.array([2, 3, 5]))
    >>> len(lot), lot.columns["sexe"].dictionary.to_pylist(), lot.columns["sexe"].indices.to_pylist()
    (3, ['Fille', 'G'], [0, 1, 0])
    """

    columns: dict[str, pa.Array]
    lines: np.ndarray
    refused: list[Refused] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class Part:
    """A piece of a file that can be read by itself, beside the others; ``sheet`` is empty but for a workbook.

    Nothing is read before ``read`` is called, and each call reads anew: it gives a `Batch`.

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
class Received:
    """The records received for a year: no part when there is no export.

    ``columns`` are those of the schema ``accompagnements`` that the files have; ``faults`` is why they cannot be used,
    each a French sentence; ``changes`` what reading the files already wrote otherwise (encoding, title rows, columns
    left out).

    >>> recu = Received(2021, columns=["identifiant", "sexe"], is_synthetic=True)
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
        """Whether the year has no export at all."""
        return not self.parts and not self.faults

    @property
    def source(self) -> str:
        """The source of its figures in the indicator table: ``export`` or ``synthetique``."""
        return FROM_RECORDS[self.is_synthetic]

    @property
    def reference(self) -> str:
        """How its figures are cited."""
        return f"données simulées de {self.year}" if self.is_synthetic else f"export de la base, {self.year}"


# --- Persons kept, column by column ---

# The first label of every column: nothing was given.
EMPTY = ""
# The one column that is kept as text.
IDENTIFIER = "identifiant"


@dataclass(frozen=True)
class Persons:
    """The persons kept of a year, one a row (columns of the schema ``accompagnements``).

    ``codes`` gives, by column, an unsigned integer a person; ``labels``, by column, what each code means, the first
    being `EMPTY`. Labels are modalities of the catalogue, ISO dates, years, names, UAI; those of ``objectifs`` are sets
    of modalities in catalogue order, joined by ``;``. ``identifiers`` is the one column that is kept as text.

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
        """The persons of a small table whose texts are already clean (schema ``accompagnements``).

        A column that is absent, or a missing value, is a column or a cell where nothing was given.
        """
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
        """Who, among some rows, is also among some rows of another year: the rows here and there, in the same order.

        Identifiers are compared as they are: the cleaning wrote them alike, and keeps one row a person.
        """
        here, there = self.identifiers.take(pa.array(rows)), other.identifiers.take(pa.array(others))
        places = pc.index_in(here, value_set=there)
        found = pc.is_valid(places).to_numpy(zero_copy_only=False)
        return rows[found], others[places.drop_null().to_numpy()]


# --- What cleaning gave: who is kept, what was written otherwise, who is not counted and why ---


@dataclass(frozen=True)
class Cleaned:
    """The records of a year once cleaned: rows read = persons kept + rows rejected.

    ``ledger`` has the schema ``normalisations``, ``rejections`` the schema ``rejets``. ``rejected`` is private: one row
    for each that is not counted (``fichier``, ``feuille``, ``ligne``, ``motif``, then what it held). ``faults`` is why
    the records cannot be used at all, each a French sentence without any value of a person.

    A year without export gives nothing; `clean.clean_persons` shows one with rows.

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
