"""Invented collèges and associations, with valid UAI that no establishment bears."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.schema import control_letter
from helpers.simulate.assumptions import OUTSIDE, assumptions

# No département has this number.
_NOWHERE = 999
MOST_COLLEGES, MOST_ASSOCIATIONS = 2000, 200
# How unequal collèges are in numbers followed (standard deviation of the logarithm); a collège that has just entered
# has had less time.
_SPREAD, _NEW = 0.5, 0.6
COLUMNS = ["association", "territoire", "uai", "college"]


@dataclass(frozen=True)
class Places:
    """One row a collège: schema ``accompagnements``, its four columns of places; ``weights`` say who has how many."""

    table: pd.DataFrame
    weights: np.ndarray


def _association(number: int) -> tuple[str, str]:
    return f"Association fictive {number:02d}", f"Territoire fictif {1 + (number - 1) % 4}"


def _college(number: int, association: int) -> tuple[str, str, str, str]:
    digits = f"{_NOWHERE}{number:04d}"
    return (*_association(association), digits + control_letter(digits), f"Collège fictif {number:02d}")


def invent_places(
    rng: np.random.Generator, *, colleges: int, associations: int, earlier: pd.DataFrame | None = None
) -> Places:
    """So many collèges, those of ``earlier`` (columns of places) first; each belongs to one association.

    >>> lieux = invent_places(np.random.default_rng(1), colleges=3, associations=2)
    >>> lieux.table["uai"].tolist(), lieux.table["association"].nunique()
    (['9990001X', '9990002Y', '9990003Z'], 2)
    """
    known = [] if earlier is None else _known(earlier)
    owners = [
        1 + number if number < associations else int(rng.integers(1, associations + 1)) for number in range(colleges)
    ]
    rows = [_college(number + 1, owner) for number, owner in enumerate(owners)]
    old = {row[2]: row for row in known}
    rows = [old.get(row[2], row) for row in rows]
    is_new = np.array([bool(old) and row[2] not in old for row in rows])
    weights = np.exp(rng.normal(0, _SPREAD, colleges)) * np.where(is_new, _NEW, 1.0)
    return Places(pd.DataFrame(rows, columns=COLUMNS), weights / weights.sum())


def _known(earlier: pd.DataFrame) -> list[tuple]:
    seen = earlier.loc[earlier["uai"].ne(""), COLUMNS].drop_duplicates("uai")
    return list(seen.itertuples(index=False, name=None))


def settle(rng: np.random.Generator, places: Places, stratum: str, before: pd.DataFrame, size: int) -> np.ndarray:
    """The collège of each person, as a row of the places; the first persons are those of ``before``.

    Most of these stay in their collège, and with their association if they are in none.
    """
    found = rng.choice(len(places.weights), size=size, p=places.weights)
    rows = _same_association(rng, places, before["association"])
    if stratum != OUTSIDE:
        same = _same_college(places, before)
        stays = (same >= 0) & (rng.random(len(same)) < assumptions()["personnes"]["meme_college"])
        rows = np.where(stays, same, found[: len(before)])
    found[: len(before)] = np.where(rows >= 0, rows, found[: len(before)])
    return found


def _same_college(places: Places, before: pd.DataFrame) -> np.ndarray:
    """The row of each person's collège, by UAI, else by name; -1 where it is no longer there."""
    by_code = pd.Index(places.table["uai"]).get_indexer(before["uai"])
    return np.where(by_code >= 0, by_code, pd.Index(places.table["college"]).get_indexer(before["college"]))


def _same_association(rng: np.random.Generator, places: Places, names: pd.Series) -> np.ndarray:
    """One of the rows of each association; -1 where it is no longer there."""
    rows = {name: each.index.to_numpy() for name, each in places.table.groupby("association")}
    chance = rng.random(len(names))
    return np.array(
        [
            rows[name][int(part * len(rows[name]))] if name in rows else -1
            for name, part in zip(names, chance, strict=True)
        ],
        dtype=int,
    )


def place_columns(rng: np.random.Generator, places: Places, stratum: str, where: np.ndarray) -> pd.DataFrame:
    """The columns of places of each person: no collège for who is in none, and now and then no UAI."""
    out = places.table.iloc[where].reset_index(drop=True)
    blank = rng.random(len(out)) < assumptions()["personnes"]["sans_uai"]
    if stratum == OUTSIDE:
        blank[:] = True
        out["college"] = ""
    out["uai"] = out["uai"].mask(blank, "")
    return out
