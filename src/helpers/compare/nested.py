"""Objective against request in the same persons: what was asked at first, what was worked on since."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from helpers.compare.found import Found
from helpers.compare.groups import known
from helpers.compare.two_shares import Measure, exact
from helpers.compare.years import finding
from helpers.facts import network
from helpers.schema import catalogue

_METHODS = {"rapport": "effectif / effectif_reference"}
# Without records, how many gave both answers is not known: from none to all those of the rarer answer.
_OF_ANY_OVERLAP = "toutes les façons possibles de croiser demande et objectif ; valeur : la plus large"
_OF_THE_OVERLAP = "réponses croisées personne par personne"


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
        says = finding(*found["ecart"][1:], stable_within=catalogue().stable_points)
        way = _OF_ANY_OVERLAP if both is None else _OF_THE_OVERLAP
        methods = _METHODS | {"ecart_type": f"écart-type de l’écart, {way}"}
        id, interval = f"emboitee/alses/{row.modalite}", ("points", f"loi normale, {way} : scipy norm")
        yield Found(id, label[:1].upper() + label[1:], says, found, interval=interval, methods=methods)


def _given_twice(rows: pd.DataFrame) -> dict[str, int]:
    """By theme, who asked for it and worked on it, where records show that crossing."""
    rows = rows[rows["perimetre"].eq("alses") & rows["indicateur"].eq("objectif")]
    rows = rows[rows["croise_avec"].eq("demande_initiale") & rows["modalite"].eq(rows["modalite_croisee"])]
    return {row.modalite: int(row.effectif_min) for row in rows.itertuples()}


def measures(worked: int, asked: int, base: int, *, both: int | None = None) -> dict[str, Measure]:
    """Counts, shares, difference in points with its interval, and ratio; no test.

    A person has one request and may have several objectives: objectives are more numerous by construction, and a test
    would say nothing else. ``both`` is how many gave both answers, when records tell it. Else the interval is that of
    every overlap: the fewer persons gave both answers, the more changed either way and the wider it is. Its value is
    the widest, its extremes are those of no overlap and of the greatest.
    """
    gap = (worked - asked) / base
    overlaps = (max(0, worked + asked - base), min(worked, asked)) if both is None else (both, both)
    widest, narrowest = (np.sqrt(max(0.0, (worked + asked - 2 * n) / base - gap**2) / base) for n in overlaps)
    reach, least = (100 * stats.norm.ppf(0.975) * each for each in (widest, narrowest))
    found = {
        "effectif": worked,
        "base": base,
        "part": 100 * worked / base,
        "effectif_reference": asked,
        "base_reference": base,
        "part_reference": 100 * asked / base,
        "ecart": 100 * gap,
    }
    if asked:
        found["rapport"] = worked / asked
    return {name: exact(value) for name, value in found.items()} | {
        "ecart_type": (100 * widest, 100 * narrowest, 100 * widest),
        "ic_bas": (100 * gap - reach, 100 * gap - reach, 100 * gap - least),
        "ic_haut": (100 * gap + reach, 100 * gap + least, 100 * gap + reach),
    }
