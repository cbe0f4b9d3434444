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
# Once records cross both answers, nothing is supposed.
_CROSSED = {
    "p_valeur": "McNemar exact : statsmodels mcnemar, réponses croisées personne par personne",
    "ecart_type": "écart-type de l’écart, réponses croisées personne par personne",
}
_CROSSED_INTERVAL = ("points", "loi normale, réponses croisées personne par personne : scipy norm")


def nested(now: pd.DataFrame, *, year: int) -> Iterator[Found]:
    """Objective against request, for each theme whose two counts and base are known to the unit."""
    every = known(now, year)
    rows, twice = network(every), _given_twice(every)
    rows = rows[rows["perimetre"].eq("alses") & rows["precision"].eq("exact")]
    # A theme is one that a person may ask for: neither a group of them, nor an answer that was not given.
    rows = rows[rows["modalite"].isin(list(catalogue().indicators["objectif"].modalities))]
    asked, worked = (rows[rows["indicateur"] == name] for name in ("demande_initiale", "objectif"))
    pairs = worked.merge(asked, on=["modalite", "base_min"], suffixes=("_objectif", "_demande"), validate="1:1")
    for row in pairs.itertuples():
        both = twice.get(row.modalite)
        found = measures(int(row.effectif_min_objectif), int(row.effectif_min_demande), int(row.base_min), both=both)
        label = f"{catalogue().indicators['objectif'].label_of(row.modalite)} : objectif et demande initiale"
        says = finding(*found["ecart"][1:], stable_within=STABLE_POINTS)
        id = f"emboitee/alses/{row.modalite}"
        ways, interval = (_METHODS, _INTERVAL) if both is None else (_METHODS | _CROSSED, _CROSSED_INTERVAL)
        label = label[:1].upper() + label[1:]
        yield Found(id, label, says, found, tested="p_valeur", interval=interval, methods=ways)


def _given_twice(rows: pd.DataFrame) -> dict[str, int]:
    """By theme, who asked for it and worked on it, where records show that crossing."""
    rows = rows[rows["perimetre"].eq("alses") & rows["indicateur"].eq("objectif")]
    rows = rows[rows["croise_avec"].eq("demande_initiale") & rows["modalite"].eq(rows["modalite_croisee"])]
    return {row.modalite: int(row.effectif_min) for row in rows.itertuples()}


def measures(worked: int, asked: int, base: int, *, both: int | None = None) -> dict[str, Measure]:
    """Counts, shares, difference with its interval, ratio, and McNemar's p over every overlap of both answers.

    The fewer persons gave both answers, the more changed either way, and the larger p: its extremes are those of the
    least and of the greatest overlap. The deviation is that of the greatest, as a request that is worked on stays one.
    ``both`` is how many gave both answers, when records tell it: nothing is supposed then.
    """
    gap = worked - asked
    overlaps = (max(0, worked + asked - base), min(worked, asked)) if both is None else (both, both)
    worst, best = (float(mcnemar([[n, asked - n], [worked - n, 0]], exact=True).pvalue) for n in overlaps)
    changed = worked + asked - 2 * overlaps[1]
    deviation = np.sqrt(max(0.0, changed - gap**2 / base)) / base
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
