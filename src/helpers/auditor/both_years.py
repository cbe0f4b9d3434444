"""What the comparison of two years tells of the persons of both: the correlation of their two answers is a count.

It is given with all its decimals. So of every table of whole numbers that has it, a reader keeps those: who answered so
both years, one of the two, or neither, and who else did each year. No program is linear in these; all are tried.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.auditor.cells import NETWORK, Cell
from helpers.auditor.finding import Finding
from helpers.auditor.knowledge import NOTHING
from helpers.auditor.truth import Truth
from helpers.auditor.verdicts import EXACT, FEWEST_VALUES, THIN
from helpers.schema import FEWEST_PERSONS

_SHARED, _CORRELATION = "personnes_communes", "correlation"
# As near as two computations of one correlation are.
_SAME = 1e-12
# The counts of a table, in French.
_NAMES = (
    "celles qui répondent ainsi les deux années",
    "celles qui ne répondent ainsi que la seconde année",
    "celles qui ne répondent ainsi que la première année",
    "celles qui ne répondent ainsi aucune des deux années",
    "celles de la seconde année seule qui répondent ainsi",
    "celles de la seconde année seule qui ne répondent pas ainsi",
    "celles de la première année seule qui répondent ainsi",
    "celles de la première année seule qui ne répondent pas ainsi",
)


def narrowed(truth: Truth, comparisons: pd.DataFrame) -> Iterator[Finding]:
    """The counts of one to four persons that ``comparisons`` (schema ``comparaisons``) leaves fewer than five values.

    Where the truth does not say how many gave an answer both years, a count is small if a reader can tell that it is
    under five, and not that it is nobody's.
    """
    rows = comparisons[comparisons["mesure"].isin([_SHARED, _CORRELATION])]
    for (name, year, before), own in rows.groupby(["comparaison", "annee", "comparee_a"]):
        ends = own.set_index("mesure")[["valeur_min", "valeur_max"]].astype(float)
        years = int(year), int(before)
        if _SHARED in ends.index:
            yield from _of_sizes(truth, str(name), years, int(ends.loc[_SHARED, "valeur_min"]))
        if {_SHARED, _CORRELATION} <= set(ends.index):
            low, high = ends.loc[_CORRELATION]
            yield from _of_answers(truth, str(name), years, int(ends.loc[_SHARED, "valeur_min"]), (low, high))


def _counts(truth: Truth, name: str, years: tuple[int, int]) -> list[tuple[int, int]] | None:
    """For each year, how many give the answer of a comparison and how many do not; None when that is not counted."""
    if name.count("/") != 3:
        return None
    _, perimeter, indicator, modality = name.split("/")
    found = []
    for year in years:
        known = truth.of_network(year)
        cells = [Cell(year, perimeter, NETWORK, "", *of) for of in ((indicator, modality), ("accompagnements", ""))]
        if not set(cells) <= set(known):
            return None
        answer, size = (known[cell] for cell in cells)
        found.append((answer, size - answer))
    return found


def _of_sizes(truth: Truth, name: str, years: tuple[int, int], shared: int) -> Iterator[Finding]:
    counts = _counts(truth, name, years)
    for year, own in zip(years, counts or (), strict=False):
        if 0 < (alone := sum(own) - shared) < FEWEST_PERSONS:
            yield _found(name, f"celles de {year} seule", alone, alone)


def _of_answers(
    truth: Truth, name: str, years: tuple[int, int], shared: int, ends: tuple[float, float]
) -> Iterator[Finding]:
    counts = _counts(truth, name, years)
    if counts is None:
        return
    least, most = np.full(len(_NAMES), np.inf), np.full(len(_NAMES), -np.inf)
    for table in _tables(counts, shared, ends):
        least, most = np.minimum(least, table.min(axis=1)), np.maximum(most, table.max(axis=1))
    for text, low, high, true in zip(_NAMES, least, most, _true(truth, name, years, counts), strict=True):
        if 0 < (high if true is None else true) < FEWEST_PERSONS and high - low + 1 < FEWEST_VALUES:
            yield _found(name, text, low, high)


def _true(truth: Truth, name: str, years: tuple[int, int], counts: list[tuple[int, int]]) -> list[int | None]:
    """The counts of `_NAMES`, as far as the truth knows them."""
    own = truth.of_both(years, name.split("/")[1:])
    if own is None:
        return [None] * len(_NAMES)
    shared, now, before, both = own
    table = [None] * 4 if both is None else [both, now - both, before - both, shared - now - before + both]
    (now_all, now_not), (before_all, before_not) = counts
    return [*table, now_all - now, now_not - shared + now, before_all - before, before_not - shared + before]


def _tables(counts: list[tuple[int, int]], shared: int, ends: tuple[float, float]) -> Iterator[np.ndarray]:
    """The possible tables, a column each (rows: `_NAMES`), by number of those who answer so the second year."""
    (now_all, now_not), (before_all, before_not) = counts
    before = np.arange(max(0, shared - before_not), min(before_all, shared) + 1)
    for now in range(max(0, shared - now_not), min(now_all, shared) + 1):
        spread = np.sqrt(float(now) * (shared - now) * before * (shared - before))
        low, high = ((end * spread + now * before) / shared for end in ends)
        for both, own in _whole(low, high, before):
            kept = _has(both, now, own, shared, ends)
            both, own = both[kept], own[kept]
            if len(both):
                rest = shared - now - own + both
                others = now_all - now, now_not - shared + now, before_all - own, before_not - shared + own
                rows = (both, now - both, own - both, rest, *others)
                yield np.vstack([np.broadcast_to(row, both.shape) for row in rows])


def _whole(low: np.ndarray, high: np.ndarray, before: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The first and the last whole number between each two ends: what lies between cannot reach farther."""
    near = 1e-6
    first, last = np.ceil(low - near), np.floor(high + near)
    kept = first <= last
    for ends in (first, last):
        yield ends[kept].astype(np.int64), before[kept]


def _has(both: np.ndarray, now: int, before: np.ndarray, shared: int, ends: tuple[float, float]) -> np.ndarray:
    """Which tables have no negative count, and the correlation that is told."""
    cells = np.vstack([both, now - both, before - both, shared - now - before + both])
    spread = np.sqrt(float(now) * (shared - now) * before * (shared - before))
    told = np.divide(shared * both - now * before, spread, out=np.zeros(len(both)), where=spread > 0)
    return (cells >= 0).all(axis=0) & (told >= ends[0] - _SAME) & (told <= ends[1] + _SAME)


def _found(name: str, text: str, low: float, high: float) -> Finding:
    value = f"{low:.0f}" if low == high else f"de {low:.0f} à {high:.0f}"
    told = f"comparaisons.csv : {name}, parmi les personnes des deux années, {text} : {value}"
    return Finding(EXACT if low == high else THIN, NOTHING, None, low, high, because=(told,))
