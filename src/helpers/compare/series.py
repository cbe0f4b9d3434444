"""Three years or more: the course of each share, from its bounds alone."""

from itertools import pairwise

import pandas as pd

from helpers.compare.headlines import HEADLINED
from helpers.compare.years import finding
from helpers.facts import Fact, Facts, Series, name_answer
from helpers.schema import catalogue

# Two years make a difference, which the rest of the page tells.
LEAST_YEARS = 3


def _course(known: list[Fact]) -> str:
    """What consecutive differences allow one to say; of one that never leaves the threshold, stable."""
    within = catalogue().stable_points
    bounds = [fact.share_bounds for fact in known]
    whole = max(high for _, high in bounds) - min(low for low, _ in bounds)
    if whole <= within:
        return "stable"
    steps = {
        finding(after[0] - before[1], after[1] - before[0], stable_within=within) for before, after in pairwise(bounds)
    }
    if steps >= {"hausse", "baisse"}:
        return "va_et_vient"
    if "indetermine" in steps:
        return "indetermine"
    moves = steps - {"stable"}
    name = moves.pop() if moves else "peu"
    return f"{name}_ou_stable" if "stable" in steps else name


def _label(path: str) -> str:
    perimeter, indicator, modality = path.split("/")
    return name_answer(indicator, modality, perimeter)


def series(indicators: pd.DataFrame) -> list[Series]:
    """The shares that three years or more know, one a question (those of `headlines`); none with fewer years.

    ``indicators`` are those of several years (schema ``indicateurs``). A year that a document contradicts is left out.

    >>> compare.series(store.load_series(2020))
    []
    """
    looks = [Facts(indicators, year=int(year)) for year in sorted(indicators["annee"].unique())]
    found = []
    for path in HEADLINED:
        known = [fact for look in looks if (fact := look(path)) and fact.share_bounds is not None]
        if len(known) >= LEAST_YEARS:
            found.append(Series(path, _label(path), _course(known), known))
    return found


def years_of(shares: list[Series]) -> list[int]:
    """The years of these series, in order (``facts.Series``); none without a series.

    >>> compare.years_of(compare.series(store.load_series(2020)))
    []
    """
    return sorted({year for each in shares for year in each.years})
