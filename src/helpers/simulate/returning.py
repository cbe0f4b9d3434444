"""Who comes back from one simulated year to the next, a school year older."""

import numpy as np
import pandas as pd

from helpers.simulate.assumptions import ALSES, OUTSIDE

_NEXT = {"6e": "5e", "5e": "4e", "4e": "3e"}
_LAST = "3e"
_AUTUMN = "-09"


def candidates(earlier: pd.DataFrame, stratum: str) -> pd.DataFrame:
    """Who may still be followed in a stratum: those whose accompaniment has no end, as they now are.

    Who began in autumn is in the same class until summer, and is still said to be: so a class is never full of new
    persons alone. Who was in the last level has left the collège, and may be followed as a lycéen. Schema
    ``accompagnements``.
    """
    still = earlier[earlier["date_fin"].eq("")]
    is_pupil, by_alses = still["situation"].eq("collegien"), still["suivi_par"].eq("alses")
    is_same_year = still["date_debut"].str.slice(0, 7) >= still["annee"].astype("str") + _AUTUMN
    leaves = is_pupil & still["niveau"].eq(_LAST) & ~is_same_year
    if stratum == OUTSIDE:
        found = still[~is_pupil | leaves]
        situation = found["situation"].mask(found["situation"].eq("collegien"), "lyceen")
        return found.assign(situation=situation, niveau="hors_college")
    found = still[is_pupil & ~leaves & (by_alses if stratum == ALSES else ~by_alses)]
    return found.assign(niveau=found["niveau"].mask(~is_same_year, found["niveau"].replace(_NEXT)))


def draw(rng: np.random.Generator, found: pd.DataFrame, many: int, room: dict[str, dict[str, int]]) -> pd.DataFrame:
    """So many of them at most, by chance, as long as there is ``room`` for their answers, by column.

    >>> found = pd.DataFrame({"identifiant": ["a", "b", "c"], "sexe": ["filles", "filles", "garcons"]})
    >>> sorted(draw(np.random.default_rng(1), found, 3, {"sexe": {"filles": 1, "garcons": 5}})["sexe"])
    ['filles', 'garcons']
    """
    left = {column: dict(counts) for column, counts in room.items()}
    answers = found[list(room)].to_numpy().tolist()
    kept = []
    for place in rng.permutation(len(found)).tolist():
        row = list(zip(room, answers[place], strict=True))
        if len(kept) < many and all(left[column].get(answer, 0) > 0 for column, answer in row):
            kept.append(place)
            for column, answer in row:
                left[column][answer] -= 1
    return found.iloc[kept].reset_index(drop=True)


def nobody(columns: list[str]) -> pd.DataFrame:
    """Nobody comes back: no row."""
    return pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
