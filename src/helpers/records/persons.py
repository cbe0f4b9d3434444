"""Persons kept, column by column."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.schema import columns

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
    >>> personnes = records.Persons.of(2021, lignes)
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
