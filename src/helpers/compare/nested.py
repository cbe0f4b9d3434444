"""Objective against request in the same persons: what was asked at first, what was worked on since."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from helpers.compare.found import Found
from helpers.compare.groups import known
from helpers.compare.two_shares import Measure, exact
from helpers.compare.years import STABLE_POINTS, finding
from helpers.facts import network
from helpers.schema import catalogue

_METHODS = {
    "p_valeur": "McNemar exact : statsmodels mcnemar ; valeur : pire cas, aucune demande devenue objectif",
    "rapport": "effectif / effectif_reference",
}
_INTERVAL = ("points", "loi normale, une demande restant toujours un objectif : scipy norm")


def nested(now: pd.DataFrame, *, year: int) -> Iterator[Found]:
    """Objective against request, for each theme whose two counts and base are known to the unit."""
    rows = network(known(now, year))
    rows = rows[rows["perimetre"].eq("alses") & rows["precision"].eq("exact")]
    # A theme is one that a person may ask for: neither a group of them, nor an answer that was not given.
    rows = rows[rows["modalite"].isin(list(catalogue().indicators["objectif"].modalities))]
    asked, worked = (rows[rows["indicateur"] == name] for name in ("demande_initiale", "objectif"))
    both = worked.merge(asked, on=["modalite", "base_min"], suffixes=("_objectif", "_demande"), validate="1:1")
    for row in both.itertuples():
        found = measures(int(row.effectif_min_objectif), int(row.effectif_min_demande), int(row.base_min))
        label = f"{catalogue().indicators['objectif'].label_of(row.modalite)} : objectif et demande initiale"
        says = finding(*found["ecart"][1:], stable_within=STABLE_POINTS)
        id = f"emboitee/alses/{row.modalite}"
        yield Found(
            id, label[:1].upper() + label[1:], says, found, tested="p_valeur", interval=_INTERVAL, methods=_METHODS
        )


def measures(worked: int, asked: int, base: int) -> dict[str, Measure]:
    """Counts, shares, difference with its interval, ratio, and McNemar's p over every overlap of both answers.

    The fewer persons gave both answers, the more changed either way, and the larger p: its extremes are those of the
    least and of the greatest overlap. The deviation is that of the greatest, as a request that is worked on stays one.
    """
    gap = worked - asked
    overlaps = max(0, worked + asked - base), min(worked, asked)
    worst, best = (float(mcnemar([[n, asked - n], [worked - n, 0]], exact=True).pvalue) for n in overlaps)
    deviation = np.sqrt(max(0.0, abs(gap) - gap**2 / base)) / base
    reach = stats.norm.ppf(0.975) * deviation
    found = {
        "effectif": worked,
        "base": base,
        "part": 100 * worked / base,
        "effectif_reference": asked,
        "base_reference": base,
        "part_reference": 100 * asked / base,
        "ecart": 100 * gap / base,
        "ecart_type": 100 * deviation,
        "ic_bas": 100 * (gap / base - reach),
        "ic_haut": 100 * (gap / base + reach),
    }
    if asked:
        found["rapport"] = worked / asked
    return {name: exact(value) for name, value in found.items()} | {"p_valeur": (worst, best, worst)}
