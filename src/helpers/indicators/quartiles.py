"""How long follow-ups last: quartiles of those that ended in the year, and of what the others have lasted so far."""

import numpy as np

from helpers.indicators.derived import months_spent
from helpers.indicators.groups import Group
from helpers.schema import FEWEST_PERSONS

# Each indicator, and whether its follow-ups ended in the year.
LENGTHS = {"duree_terminee": True, "duree_en_cours": False}
# Below it, a quarter of the persons would be so few that one could be recognised.
LEAST_PERSONS = 4 * FEWEST_PERSONS


def quartiles_of(group: Group, indicator: str) -> list[int]:
    """The three quartiles in complete months, each the duration of a person; none with too few persons.

    A follow-up that goes on, or whose end was not written, has only lasted until the last day of the year: it is never
    mixed with those that ended. One whose start is not known is left out.
    """
    labels, year = group.persons.labels["date_fin"], str(group.persons.year)
    is_asked = np.array([label.startswith(year) == LENGTHS[indicator] for label in labels], dtype=bool)
    months = months_spent(group)
    months = months[is_asked[group.codes("date_fin")] & (months >= 0)]
    if len(months) < LEAST_PERSONS:
        return []
    reached = np.cumsum(np.bincount(months))
    # The least duration that a quarter, a half, three quarters of the persons do not exceed.
    return [int(np.searchsorted(reached, quarter * reached[-1] / 4)) for quarter in (1, 2, 3)]
