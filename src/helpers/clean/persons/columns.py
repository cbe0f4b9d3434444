"""The columns: what each distinct spelling means, found once, as tables from a spelling to a label or a reason."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.clean.persons.answers import closed_reader, several_reader
from helpers.clean.persons.coding import Coded, Vocabulary, smallest
from helpers.clean.persons.days import birth_reader, day_reader, year_reader
from helpers.clean.persons.reasons import PLACES
from helpers.clean.persons.schools import (
    RULE_NAME,
    RULE_NAMESAKE,
    association_finder,
    college_finder,
    name_cells,
    uai_reader,
)
from helpers.clean.persons.spellings import CLOSED, FIELDS, MULTIPLE, Spellings, answers_of
from helpers.clean.persons.text import Cell, key_of, tidy
from helpers.records import EMPTY

NAMES = ("association", "territoire", "college")
# « Total », « Sous-total CAPEP », « Ensemble » : a sum that a spreadsheet wrote under the rows.
TOTAL = r"^\s*(sous[-\s]*)?(total|totaux)\b|^\s*ensemble\s*$"
_TOTAL_KEY = re.compile(r"(sous_?)?(total|totaux)(_.*)?|ensemble")


@dataclass
class Column:
    """The spellings of a column, in the order of their numbers, and what they mean.

    ``codes`` leads from a spelling to its place in ``labels``, ``reasons`` to the reason of a row that holds it.
    """

    name: str
    spellings: list[str]
    cells: list[Cell]
    labels: list[str]
    codes: np.ndarray
    reasons: np.ndarray
    totals: np.ndarray


@dataclass(frozen=True)
class Registers:
    """What spellings are resolved with."""

    spellings: Spellings
    aliases: pd.DataFrame
    associations: pd.DataFrame
    colleges: pd.DataFrame


def count_spellings(parts: list[Coded], name: str, size: int) -> np.ndarray:
    """The rows of each spelling of a column, by its number."""
    out = np.zeros(size, dtype=np.int64)
    for part in parts:
        if name in part.counts:
            np.add.at(out, *part.counts[name])
    return out


def read_columns(
    parts: list[Coded], vocabularies: dict[str, Vocabulary], registers: Registers, year: int
) -> dict[str, Column]:
    """Every column of the schema but ``identifiant``."""
    out = {}
    for name, vocabulary in vocabularies.items():
        spellings = list(vocabulary.numbers)
        if name in NAMES:
            rows = dict(zip(spellings, count_spellings(parts, name, len(spellings)).tolist(), strict=True))
            find = association_finder(registers.aliases, registers.associations) if name == "association" else None
            found = name_cells(name, rows, registers.spellings, find)
            cells = [found[text] for text in spellings]
        else:
            read = _reader(name, registers.spellings, year)
            cells = [read(text) for text in spellings]
        out[name] = _column(name, spellings, cells)
    return out


def _reader(name: str, spellings: Spellings, year: int):
    if name in CLOSED:
        return closed_reader(name, spellings)
    if name in MULTIPLE:
        return several_reader(name, spellings)
    if FIELDS[name]["type"] == "date":
        return day_reader(name, spellings, year)
    return {"annee": year_reader(year), "annee_naissance": birth_reader(spellings, year)}.get(name) or uai_reader(
        spellings
    )


def _column(name: str, spellings: list[str], cells: list[Cell], more: tuple[str, ...] = ()) -> Column:
    labels = in_order(name, {cell.value for cell in cells} | set(more))
    place = {label: number for number, label in enumerate(labels)}
    return Column(
        name,
        spellings,
        cells,
        labels,
        np.array([place[cell.value] for cell in cells], dtype=smallest(len(labels) - 1)),
        np.array([PLACES.get(cell.reason, 0) for cell in cells], dtype=np.uint8),
        np.array([bool(_TOTAL_KEY.fullmatch(key_of(text))) for text in spellings]),
    )


def in_order(name: str, values: set[str]) -> list[str]:
    """Labels, the empty one first: modalities as the catalogue has them, others by themselves."""
    values = values - {EMPTY}
    if name in CLOSED or name in MULTIPLE:
        order = {modality: place for place, modality in enumerate(answers_of(name))}
        return [EMPTY, *sorted(values, key=lambda value: [order[each] for each in value.split(";")])]
    return [EMPTY, *sorted(values)]


def link_colleges(
    columns: dict[str, Column], registers: Registers, parts: list[Coded]
) -> tuple[np.ndarray, list[Cell]]:
    """For each spelling of ``college``, the place of its UAI in the labels of ``uai``, which grow by those found.

    Beside, what was found for each: a cell whose rule says how. A name alone leads nowhere when the export itself gives
    it to another collège: the register does not hold every namesake.
    """
    find = college_finder(registers.aliases, registers.colleges)
    found = [
        find(tidy(text)) if cell.value else Cell(EMPTY)
        for text, cell in zip(columns["college"].spellings, columns["college"].cells, strict=True)
    ]
    contradicted = _contradicted(columns, found, parts)
    found = [
        Cell(EMPTY, RULE_NAMESAKE) if cell.rule == RULE_NAME and cell.value in contradicted else cell for cell in found
    ]
    uai = columns["uai"]
    columns["uai"] = _column("uai", uai.spellings, uai.cells, tuple(cell.value for cell in found))
    place = {label: number for number, label in enumerate(columns["uai"].labels)}
    return np.array([place[cell.value] for cell in found], dtype=columns["uai"].codes.dtype), found


def _contradicted(columns: dict[str, Column], found: list[Cell], parts: list[Coded]) -> set[str]:
    """The UAI that a name alone leads to, where some row gives that name with another UAI."""
    by_name = np.array([cell.rule == RULE_NAME for cell in found])
    uai, out = columns["uai"], set()
    place = {label: number for number, label in enumerate(uai.labels)}
    led_to = np.array([place.get(cell.value, -1) for cell in found], dtype=np.int32)
    for part in parts if by_name.any() else []:
        if "uai" in part.columns and "college" in part.columns:
            names, given = part.columns["college"], uai.codes[part.columns["uai"]]
            other = by_name[names] & (given != 0) & (given != led_to[names])
            out |= {found[name].value for name in np.unique(names[other]).tolist()}
    return out
