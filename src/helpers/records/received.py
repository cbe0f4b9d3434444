"""What was received of a year: the parts of its files, not yet cleaned."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from helpers.schema import FROM_RECORDS, DataError


@dataclass(frozen=True)
class Change:
    """Something written otherwise while reading or cleaning, on how many rows; ``column`` is empty for a whole file.

    >>> records.Change("accompagnements.csv", "niveau", "écriture ramenée à la liste", rows=1).rows
    1
    """

    file: str
    column: str
    rule: str
    rows: int


@dataclass(frozen=True)
class Refused:
    """A row that could not be read as a person: its line in the file as a reader sees it, why, and its text (private).

    >>> records.Refused(line=2235, reason="ligne trop courte : des cases manquent", text="F1;2021").line
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
    >>> lot = records.Batch({"identifiant": pa.array(["F1", "F2", "F3"]), "sexe": sexe}, lines=np.array([2, 3, 5]))
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

    Nothing is read before ``read`` is called, and each call reads anew: it gives a `records.Batch`.

    >>> import numpy as np, pyarrow as pa
    >>> lot = records.Batch({"identifiant": pa.array(["F1", "F2"])}, lines=np.array([2, 3]))
    >>> morceau = records.Part("accompagnements.xlsx", sheet="Export", read=lambda: lot)
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

    >>> recu = records.Received(2021, columns=["identifiant", "sexe"], is_synthetic=True)
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
