"""Individual records to exact indicators: every count of the catalogue, in every perimeter that the export knows."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.indicators.answers import answers_to
from helpers.indicators.crossings import cross
from helpers.indicators.rows import row, table
from helpers.records import Persons
from helpers.schema import Indicator, catalogue

# Shown even when nobody gave such an answer: that an answer is never missing is worth knowing.
_ALWAYS_SHOWN = "non_renseigne"


def perimeters(persons: Persons) -> dict[str, np.ndarray]:
    """Who is in each perimeter, an array of booleans each; an export of ALSES alone knows no wider one."""
    by_alses = persons.having("suivi_par", "alses")
    if not persons.having("suivi_par", "autre_educateur").any():
        return {"alses": by_alses}
    return {
        "alses": by_alses,
        "collegiens": persons.having("situation", "collegien"),
        "prevention_specialisee": np.ones(len(persons), dtype=bool),
    }


def count_persons(persons: Persons, *, source: str, reference: str) -> pd.DataFrame:
    """Exact indicators (schema ``indicateurs``) of the records of a year, for the network alone.

    Every indicator of the catalogue that counts records, in its perimeters; what nobody answered is ``non_renseigne``
    and belongs to the base. ``source`` is export or synthetique. Crossings whose cells are too small are folded or left
    out (`crossings.cross`). Empty without records.
    """
    if not len(persons):
        return table([])
    rows = []
    for perimeter, inside in perimeters(persons).items():
        for entry in catalogue().indicators.values():
            if perimeter in entry.counted_in:
                rows += _rows(persons, entry, perimeter, inside)
    return table([{**each, "source": source, "reference": reference} for each in rows])


def _rows(persons: Persons, entry: Indicator, perimeter: str, inside: np.ndarray) -> Iterator[dict]:
    if entry.choice == "total":
        yield _exact(persons, entry, perimeter, "", _total(persons, entry, inside))
        return
    answers = answers_to(persons, entry, inside)
    base = (answers.base, answers.base)
    for modality, count in answers.counts().items():
        if count or modality not in entry.recorded or modality == _ALWAYS_SHOWN:
            yield _exact(persons, entry, perimeter, modality, count, base=base)
    for other in entry.crossed_with:
        for cell in cross(answers, answers_to(persons, catalogue().indicators[other], inside)):
            crossed = (other, cell.crossed)
            yield _exact(persons, entry, perimeter, cell.modality, cell.count, base=(cell.base,) * 2, cross=crossed)


def _total(persons: Persons, entry: Indicator, inside: np.ndarray) -> int:
    column = {"colleges_suivis": "uai", "associations_suivantes": "association"}.get(entry.id)
    if column is None:
        return int(inside.sum())
    return int((np.bincount(persons.codes[column][inside], minlength=1)[1:] > 0).sum())


def _exact(persons: Persons, entry: Indicator, perimeter: str, modality: str, count: int, **options) -> dict:
    cell = (persons.year, perimeter, entry.id, modality)
    return row(cell, entry.unit, counts=(count, count), precision="exact", reference="", **options)
