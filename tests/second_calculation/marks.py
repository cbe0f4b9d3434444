"""The numbers that a page marks (``<data>``), read and compared with those that were calculated again."""

import re
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup

from marks import marks_of
from second_calculation import audit, comparisons
from second_calculation.rows import Key, Rows


class Mark(NamedTuple):
    """A marked number: which figure it is of, which measure of it, its value."""

    name: str
    measure: str
    value: float


def marked(page: Path) -> list[Mark]:
    """The marked numbers of a page, in order."""
    found = marks_of(BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser"))
    return [Mark(mark["data-cle"], mark["data-mesure"], float(mark["value"])) for mark in found]


def key_in(text: str) -> Key:
    """The figure that a mark names: « 2020/alses/sexe/filles », « …/theme_enonce/x/nature_enonce=tension »."""
    year, perimeter, indicator, modality, *cross = text.split("/", 4)
    crossed_with, _, crossed = cross[0].partition("=") if cross else ("", "", "")
    return Key(int(year), perimeter, indicator, modality, crossed_with, crossed)


# What a mark must say, by its measure, from a row that was calculated again.
VALUES = {
    "effectif_min": lambda row: row.counts[0],
    "effectif_max": lambda row: row.counts[1],
    "base_min": lambda row: row.base[0],
    "base_max": lambda row: row.base[1],
    "effectif_arrondi": lambda row: row.rounded,
    "base_arrondie": lambda row: row.rounded_base,
    "part": lambda row: row.share if row.share is not None else row.share_ends[0],
    "part_min": lambda row: row.share_ends[0],
    "part_max": lambda row: row.share_ends[1],
}


def _in_comparison(measures: comparisons.Found, measure: str) -> float:
    """« ecart », « ecart_min » and « ecart_max » are the three of a measure."""
    name, end = re.fullmatch(r"(.*?)(_min|_max)?", measure).groups()
    return measures[name][[None, "_min", "_max"].index(end)]


def disagreements(marks: list[Mark], again: Rows, compared: dict[str, comparisons.Comparison], *, rounded: frozenset[str] = frozenset()) -> list[str]:
    """The marks whose value is not that of the second calculation, or which name nothing that it knows.

    The comparisons of figures that are ``rounded`` are not calculated again: those of exact counts are.
    """
    found = []
    for name, measure, said in marks:
        id = name.removeprefix("comparaisons/")
        try:
            if id == name:
                value = VALUES[measure](again[key_in(name)])
                is_same = abs(said - value) <= 1e-6
            elif comparisons.is_of(id, rounded):
                continue
            else:
                value = _in_comparison(compared[id].measures, measure)
                is_same = comparisons.same(measure, said, value)
        except KeyError as missing:
            # Of the true note alone; `differences` tells if one is missing there.
            if name.split("/")[2] not in audit.BY_HAND:
                found.append(f"{name}, {measure}: {said} is marked, {missing} is not calculated")
            continue
        if not is_same:
            found.append(f"{name}, {measure}: {said} is marked, {float(value)} calculated")
    return found
