"""The persons of both years, known by their records: how their answers of one year go with those of the other."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.compare.two_shares import Measure, exact
from helpers.schema import FEWEST_PERSONS, catalogue


@dataclass(frozen=True)
class Overlap:
    """Persons in both years, and the correlation of their two answers (phi) with the bounds that a reader may know."""

    persons: int
    correlation: Measure

    def shared(self) -> Measure:
        """How many persons with an unchanged answer would weigh as much: persons × phi."""
        return tuple(self.persons * each for each in self.correlation)


def is_hidden(count: int) -> bool:
    """Whether a count shows one to four persons."""
    return 0 < count < FEWEST_PERSONS


def phi(both: int, now: int, before: int, persons: int) -> float:
    """The correlation of two yes-or-no answers of the same persons; 0 when all answer alike in one of the years."""
    spread = now * (persons - now) * before * (persons - before)
    return (persons * both - now * before) / np.sqrt(spread) if spread > 0 else 0.0


def _possible(both: int, now: int, before: int, persons: int) -> list[int]:
    """The counts of « both » that a reader may think of: one, or five in a row where a cell of the table is small.

    None when the table leaves fewer: nothing is then said of it.
    """
    # How each cell of the table moves with « both ».
    cells = [(both, 1), (now - both, -1), (before - both, -1), (persons - now - before + both, 1)]
    way = next((way for cell, way in cells if is_hidden(cell)), None)
    if way is None:
        return [both]
    least, most = max(0, now + before - persons), min(now, before)
    # From the end where the small cell is the smallest: where the five begin does not tell how many it has.
    found = range(least, least + FEWEST_PERSONS) if way > 0 else range(most, most - FEWEST_PERSONS, -1)
    return [value for value in found if most - least + 1 >= FEWEST_PERSONS]


def _correlation(row) -> Measure | None:
    counts = (int(row.effectif), int(row.effectif_anterieur), int(row.base))
    found = sorted(phi(both, *counts) for both in _possible(int(row.effectif_deux_fois), *counts))
    if not found:
        return None
    # The middle of what a reader may know, never the hidden count itself.
    return exact(found[0]) if len(found) == 1 else ((found[0] + found[-1]) / 2, found[0], found[-1])


def _is_of_everybody(row) -> bool:
    """Whether a question is put to all the persons of a year: those of both years are then the same for both."""
    return catalogue().indicators[row.indicateur].base == "accompagnements" and row.base == row.base_anterieure


def overlaps_of(overlaps: pd.DataFrame, *, compare_to: int | None) -> dict[str, Overlap]:
    """For each share (« alses/sexe/filles »), the persons of both years; nothing of a question not put to all.

    ``overlaps`` has the schema ``recouvrements``. With phi their correlation, n the persons of both years, N and N' the
    persons of each, the variance of the difference of two shares is p(1 − p)(1/N + 1/N' − 2 n phi/(N N')): Derrick,
    Dobson-McKittrick, Toher and White (2015), two proportions with partially overlapping samples.
    """
    rows = overlaps[overlaps["annee_anterieure"].eq(compare_to) & overlaps["population"].eq("personnes_communes")]
    rows = rows[rows["modalite"].ne("") & rows["base"].gt(0) & rows["effectif_deux_fois"].notna()]
    return {
        f"{row.perimetre}/{row.indicateur}/{row.modalite}": Overlap(int(row.base), correlation)
        for row in rows.itertuples()
        if _is_of_everybody(row) and (correlation := _correlation(row))
    }


def persons_in_both(overlaps: pd.DataFrame, *, compare_to: int | None) -> dict[str, int]:
    """For each perimeter, the persons of both years; a count of one to four is left out."""
    rows = overlaps[overlaps["annee_anterieure"].eq(compare_to) & overlaps["population"].eq("personnes_communes")]
    rows = rows[rows["modalite"].eq("") & rows["indicateur"].eq("accompagnements")]
    return {row.perimetre: int(row.effectif) for row in rows.itertuples() if not is_hidden(int(row.effectif))}
