"""Persons kept, column by column."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

# The first label of every column: nothing was given.
EMPTY = ""


@dataclass(frozen=True)
class Persons:
    """The persons kept of a year, one a row (columns of the schema ``accompagnements``).

    ``codes`` gives, by column, an unsigned integer a person; ``labels``, by column, what each code means, the first
    being `EMPTY`. Labels are modalities of the catalogue, ISO dates, years, names, UAI; those of ``objectifs`` are sets
    of modalities in catalogue order, joined by ``;``. ``identifiers`` is the one column that is kept as text.
    """

    year: int
    codes: dict[str, np.ndarray] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)
    identifiers: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))

    def __len__(self) -> int:
        return len(self.identifiers)

    def having(self, column: str, *labels: str) -> np.ndarray:
        """Whether each person has one of these labels in a column: an array of booleans."""
        wanted = np.array([label in labels for label in self.labels[column]], dtype=bool)
        return wanted[self.codes[column]]
