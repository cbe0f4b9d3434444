"""The rows: which are not counted, and what is decided from several cells of one row."""

from dataclasses import dataclass

import numpy as np

from helpers.clean.persons.coding import Coded
from helpers.clean.persons.columns import TOTAL, Column
from helpers.clean.persons.identity import is_empty, is_word
from helpers.clean.persons.reasons import PLACES, Reason
from helpers.clean.persons.text import Cell
from helpers.records import Change

RULE_REFERRER = "orienteur effacé : l’origine n’est pas le collège"

# The columns whose cells can exclude a row, in the order in which a row is looked at.
_EXCLUDING = ("annee", "date_debut", "date_fin", "annee_naissance", "uai")


@dataclass(frozen=True)
class Rules:
    """What rows are looked at with: the columns, and the UAI that each spelling of a collège leads to."""

    columns: dict[str, Column]
    college_codes: np.ndarray
    college_cells: list[Cell]


def exclude_rows(part: Coded, rules: Rules) -> np.ndarray:
    """The place of the reason why each row is not counted, 0 if it is; duplicates are found later, across the parts."""
    found = np.zeros(len(part), dtype=np.uint8)
    nobody = is_empty(part.identifiers)
    if nobody.any():
        total = np.zeros(len(part), dtype=bool)
        for name, codes in part.columns.items():
            total |= rules.columns[name].totals[codes]
        found[nobody] = np.where(total[nobody], PLACES[Reason.TOTAL], PLACES[Reason.NOBODY])
    found[is_word(part.identifiers, TOTAL)] = PLACES[Reason.TOTAL]
    for name in _EXCLUDING:
        reasons = rules.columns[name].reasons
        if name in part.columns and reasons.any():
            found = np.where(found == 0, reasons[part.columns[name]], found)
        elif name == "annee" and name not in part.columns:
            found[found == 0] = PLACES[Reason.NO_YEAR]
    found[(found == 0) & _ends_before(part, rules.columns)] = PLACES[Reason.ENDS_BEFORE]
    return found


def _ends_before(part: Coded, columns: dict[str, Column]) -> np.ndarray:
    if "date_debut" not in part.columns or "date_fin" not in part.columns:
        return np.zeros(len(part), dtype=bool)
    # No date is later than any start and earlier than no end: it contradicts nothing.
    start, end = (_days(columns[name], unknown) for name, unknown in (("date_debut", 0), ("date_fin", 2**31 - 1)))
    return end[part.columns["date_fin"]] < start[part.columns["date_debut"]]


def _days(column: Column, unknown: int) -> np.ndarray:
    """A number for each spelling of a date, in the order of time."""
    numbers = [int(cell.value.replace("-", "")) if cell.value else unknown for cell in column.cells]
    return np.array(numbers, dtype=np.int32)


def referrer_is_stray(part: Coded, columns: dict[str, Column]) -> np.ndarray | None:
    """Which rows name a referrer of the collège although they come by another way; None when the column is absent."""
    if "orienteur" not in part.columns:
        return None
    given = columns["orienteur"].codes[part.columns["orienteur"]] != 0
    if "origine" not in part.columns:
        return given
    by_college = np.array([cell.value == "college" for cell in columns["origine"].cells])
    return given & ~by_college[part.columns["origine"]]


def needs_uai(part: Coded, columns: dict[str, Column]) -> np.ndarray | None:
    """Which rows name a collège without its UAI; None when no name is given."""
    if "college" not in part.columns:
        return None
    named = columns["college"].codes[part.columns["college"]] != 0
    if "uai" not in part.columns:
        return named
    uai = columns["uai"]
    empty = (uai.codes == 0) & (uai.reasons == 0)
    return named & empty[part.columns["uai"]]


def count_decisions(part: Coded, rules: Rules) -> list[Change]:
    """What was decided from several cells of a row, by rule: referrers cleared, UAI found by a name or not."""
    out = []
    stray = referrer_is_stray(part, rules.columns)
    if stray is not None and stray.any():
        out.append(Change(part.part.file, "orienteur", RULE_REFERRER, int(stray.sum())))
    named = needs_uai(part, rules.columns)
    if named is not None and named.any():
        rows = np.bincount(part.columns["college"][named], minlength=len(rules.college_cells))
        for number in np.flatnonzero(rows):
            rule = rules.college_cells[number].rule
            out.append(Change(part.part.file, "uai", rule, int(rows[number])))
    return out


def final_codes(part: Coded, name: str, rules: Rules) -> np.ndarray:
    """The place of the label of each row in a column, that of the empty label if the file does not have the column."""
    column = rules.columns[name]
    given = part.columns.get(name)
    codes = np.zeros(len(part), dtype=column.codes.dtype) if given is None else column.codes[given]
    if name == "orienteur" and given is not None:
        codes[referrer_is_stray(part, rules.columns)] = 0
    if name == "uai":
        named = needs_uai(part, rules.columns)
        if named is not None and named.any():
            codes[named] = rules.college_codes[part.columns["college"][named]]
    return codes
