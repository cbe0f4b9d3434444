"""Answers of the posts: the shares that the document prints, and the association with most posts against the others."""

from collections.abc import Iterator

import pandas as pd
from scipy import stats

from helpers.compare.found import WILSON, Found
from helpers.compare.headlines import BY_ASSOCIATION
from helpers.compare.two_shares import Measure, exact
from helpers.compare.years import finding
from helpers.facts import network, with_shares
from helpers.schema import UNSAID, catalogue


def wilson(count: int, base: int) -> dict[str, Measure]:
    """Count, base, share and its Wilson interval, in per cent."""
    interval = stats.binomtest(count, base).proportion_ci(method="wilson")
    found = {"effectif": count, "base": base, "part": 100 * count / base}
    found |= {"ic_bas": 100 * interval.low, "ic_haut": 100 * interval.high}
    return {name: exact(value) for name, value in found.items()}


def against_others(rows: pd.DataFrame, chosen: int) -> dict[str, Measure]:
    """A row against the sum of the others: both shares, their difference in points, Fisher's test and its interval.

    One method for both, so that they cannot disagree: p is twice the smaller tail of the conditional law, and the
    interval of the odds ratio leaves 2.5 % of the same law on each side. The row was chosen because it stood out, so
    its p is multiplied by the number of rows it was chosen among (``p_choix``).
    """
    count, base = (int(rows.loc[chosen, name]) for name in ("effectif_min", "base_min"))
    others, all_others = (int(rows[name].sum()) - own for name, own in (("effectif_min", count), ("base_min", base)))
    counts = [[count, base - count], [others, all_others - others]]
    p = min(1.0, 2 * min(stats.fisher_exact(counts, alternative=side).pvalue for side in ("less", "greater")))
    odds = stats.contingency.odds_ratio(counts)
    ends = odds.confidence_interval()
    share, reference = 100 * count / base, 100 * others / all_others
    found = {"effectif": count, "base": base, "part": share}
    found |= {"effectif_reference": others, "base_reference": all_others, "part_reference": reference}
    found |= {"ecart": share - reference, "rapport_de_cotes": odds.statistic}
    found |= {"rapport_de_cotes_ic_bas": ends.low, "rapport_de_cotes_ic_haut": ends.high}
    found |= {"p_fisher": p, "p_choix": min(1.0, p * len(rows))}
    return {name: exact(value) for name, value in found.items()}


def known(indicators: pd.DataFrame, year: int) -> pd.DataFrame:
    """The figures of the network whose count and base are known to the unit, cross tables included."""
    is_said = indicators["site_type"].eq("reseau") & ~indicators["precision"].isin(UNSAID)
    rows = indicators[(indicators["annee"] == year) & is_said]
    is_exact = (rows["effectif_min"] == rows["effectif_max"]) & (rows["base_min"] == rows["base_max"])
    return with_shares(rows[is_exact.fillna(False) & rows["base_min"].gt(0).fillna(False)])


def _most(rows: pd.DataFrame) -> int | None:
    """The index of the one row with the greatest count; None when two share that place."""
    counts = rows["effectif_min"]
    first = counts[counts == counts.max()]
    return int(first.index[0]) if len(first) == 1 and len(rows) > 1 else None


def answers(now: pd.DataFrame, controls: pd.DataFrame, *, year: int) -> Iterator[Found]:
    """The shares of posts that the document prints, with their intervals; the association with most posts against all.

    ``controls`` are those of the year: they tell which answers are printed as shares.
    """
    rows = known(now, year)
    rows = rows[rows["perimetre"] == "postes"]
    printed = controls[(controls["annee"] == year) & controls["perimetre"].eq("postes") & controls["mesure"].eq("part")]
    said = set(zip(printed["indicateur"], printed["modalite"], strict=True))
    entries = catalogue().indicators
    for row in network(rows).itertuples():
        if (row.indicateur, row.modalite) in said:
            found = wilson(int(row.effectif_min), int(row.base_min))
            label = f"{entries[row.indicateur].title_of(row.modalite)}, postes décrits"
            id = f"reponses/postes/{row.indicateur}/{row.modalite}"
            yield Found(id, label, "", found, interval=("pct", WILSON), unit="postes")
    for indicator, modality in BY_ASSOCIATION:
        crossed = rows[rows["indicateur"].eq(indicator) & rows["modalite"].eq(modality)]
        crossed = crossed[crossed["croise_avec"] == "association"]
        most = _most(crossed)
        if most is not None:
            found = against_others(crossed, most)
            name = crossed.loc[most, "modalite_croisee"]
            label = f"{entries[indicator].title_of(modality)}, {name} et les autres associations"
            says = finding(*found["ecart"][1:], stable_within=catalogue().stable_points)
            id = f"reponses/postes/{indicator}/{modality}/association"
            yield Found(id, label, says, found, tested="p_choix", unit="postes")
