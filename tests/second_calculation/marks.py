"""The numbers that a page marks (``<data>``), read and compared with those that were calculated again."""

import re
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup

from marks import marks_of
from second_calculation import audit, comparisons
from second_calculation.rows import Key, Row, Rows


class Mark(NamedTuple):
    """A marked number: which figure it is of, which measure of it, its value, and what the reader sees."""

    name: str
    measure: str
    value: float
    text: str = ""


def marked(page: Path) -> list[Mark]:
    """The marked numbers of a page, in order."""
    found = marks_of(BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser"))
    return [Mark(mark["data-cle"], mark["data-mesure"], float(mark["value"]), mark.get_text().strip()) for mark in found]


def key_in(text: str) -> Key:
    """The figure that a mark names: « 2020/alses/sexe/filles », « …/theme_enonce/x/nature_enonce=tension »."""
    year, perimeter, indicator, modality, *cross = text.split("/", 4)
    crossed_with, _, crossed = cross[0].partition("=") if cross else ("", "", "")
    return Key(int(year), perimeter, indicator, modality, crossed_with, crossed)


def _share(row: Row) -> Fraction:
    return row.share if row.share is not None else _share_bounds(row)[0]


def _share_bounds(row: Row) -> tuple[Fraction, Fraction]:
    if row.counts and row.base:
        return 100 * row.ends[0], 100 * row.ends[1]
    half = Fraction(1, 2 * 10**row.decimals)
    return max(Fraction(0), row.share - half), min(Fraction(100), row.share + half)


def value_of(measure: str, row: Row) -> Fraction:
    """What a mark must say, from a row that was calculated again."""
    return {
        "effectif_min": lambda: row.counts[0],
        "effectif_max": lambda: row.counts[1],
        "base_min": lambda: row.base[0],
        "base_max": lambda: row.base[1],
        "effectif_arrondi": lambda: row.rounded,
        "base_arrondie": lambda: row.rounded_base,
        "part": lambda: _share(row),
        "part_min": lambda: _share_bounds(row)[0],
        "part_max": lambda: _share_bounds(row)[1],
    }[measure]()


def _in_comparisons(id: str, measure: str, compared: dict[str, comparisons.Comparison]) -> float:
    name, end = re.fullmatch(r"(.*?)(_min|_max)?", measure).groups()
    value, least, greatest = compared[id].measures[name]
    return {None: value, "_min": least, "_max": greatest}[end]


def disagreements(marks: list[Mark], again: Rows, compared: dict[str, comparisons.Comparison], *, rounded: frozenset[str] = frozenset()) -> list[str]:
    """The marks whose value is not that of the second calculation, or which name nothing that it knows.

    The comparisons of figures that are ``rounded`` are not calculated again: those of exact counts are.
    """
    found = []
    for name, measure, said, _ in marks:
        if name.startswith("comparaisons/") and comparisons.is_of(name.removeprefix("comparaisons/"), rounded):
            continue
        try:
            if name.startswith("comparaisons/"):
                value = _in_comparisons(name.removeprefix("comparaisons/"), measure, compared)
                is_same = comparisons.same(measure, said, value)
            else:
                value = value_of(measure, again[key_in(name)])
                is_same = abs(said - value) <= 1e-6
        except KeyError as missing:
            if name.split("/")[2] in audit.BY_HAND:  # of the true note alone; `differences` tells if one is missing there
                continue
            found.append(f"{name}, {measure}: {said} is marked, {missing} is not calculated")
            continue
        if not is_same:
            found.append(f"{name}, {measure}: {said} is marked, {float(value)} calculated")
    return found
