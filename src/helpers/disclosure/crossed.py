"""Crossings of the network: exact as long as their margins are, else the sum of what is rounded in associations."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from helpers.disclosure.network import Cell, is_counted
from helpers.schema import FOLDED, catalogue

# indicator, indicator that it is crossed with.
Pair = tuple[str, str]


def _is_rounded(cell: tuple) -> bool:
    return all(catalogue().indicators[name].is_by_site for name in cell) and all(
        catalogue().indicators[name].choice == "unique" for name in cell
    )


def open_crossings(indicators: pd.DataFrame, opened: set[Cell], asked: Iterable) -> pd.DataFrame:
    """The rows of the crossings that an exact figure would betray, or that an audit asks for (schema ``indicateurs``).

    One is betrayed when an answer to one of its questions is rounded: its cells add up to that answer.

    >>> disclosure.open_crossings(store.load(2020, "indicateurs"), set(), set()).empty
    True
    """
    rows = indicators[is_counted(indicators) & indicators["croise_avec"].ne("")]
    rounded = {(perimeter, name) for perimeter, name, _ in opened}
    is_open = [
        (row.perimetre, row.indicateur) in rounded
        or (row.perimetre, row.croise_avec) in rounded
        or (row.indicateur, row.croise_avec) in asked
        for row in rows.itertuples()
    ]
    return rows[is_open]


def parts_of(crossings: pd.DataFrame, family) -> dict[tuple, np.ndarray]:
    """Of each cell of these crossings, and of each of their bases, the places of the counts that it adds up.

    A crossing that associations do not count has none. Keys: perimeter, indicator, modality, crossed indicator and
    modality; for a base, the last two alone.
    """
    found: dict[tuple, np.ndarray] = {}
    for row in crossings.itertuples():
        if not _is_rounded((row.indicateur, row.croise_avec)):
            continue
        cross = (row.croise_avec, row.modalite_croisee)
        crossed = row.modalite_croisee.split(FOLDED)
        found[row.perimetre, row.indicateur, row.modalite, *cross] = family.crossed(
            row.indicateur, row.modalite.split(FOLDED), row.croise_avec, crossed
        )
        found[cross] = family.plain(row.croise_avec, crossed)
    return found
