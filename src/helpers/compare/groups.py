"""Small groups: attendance by group of meetings, answers of the posts by association."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from helpers.compare.found import WILSON, Found
from helpers.compare.two_shares import Measure, exact
from helpers.compare.years import STABLE_POINTS, finding
from helpers.facts import network, with_shares
from helpers.schema import UNSAID, catalogue

# What is printed of posts is tested between associations for these answers: the only ones a place can explain.
BY_ASSOCIATION = (("equipe_sur_le_quartier", "non"),)


# Tables that are enumerated at most, and tables drawn beyond.
ENUMERATED, DRAWS = 500_000, 99_999


def wilson(count: int, base: int) -> dict[str, Measure]:
    """Count, base, share and its Wilson interval, in per cent."""
    interval = stats.binomtest(count, base).proportion_ci(method="wilson")
    found = {"effectif": count, "base": base, "part": 100 * count / base}
    found |= {"ic_bas": 100 * interval.low, "ic_haut": 100 * interval.high}
    return {name: exact(value) for name, value in found.items()}


def exact_p(counts: np.ndarray, bases: np.ndarray) -> float:
    """Fisher's exact test of several shares: the chance, with these margins, of a table no likelier than the true one.

    Enumerated, since scipy draws tables at random beyond two groups; drawn too, with a fixed seed, when there are more
    tables than a page can wait for.
    """
    if np.prod(np.minimum(bases, counts.sum())[:-1] + 1.0) > ENUMERATED:
        draws = stats.MonteCarloMethod(n_resamples=DRAWS, rng=np.random.default_rng(0))
        return float(stats.fisher_exact([counts, bases - counts], method=draws).pvalue)
    spread = stats.multivariate_hypergeom(m=bases, n=counts.sum())
    tables = np.array(list(_splits(int(counts.sum()), list(map(int, bases)))))
    chances = spread.pmf(tables)
    return float(min(1.0, chances[chances <= spread.pmf(counts) * (1 + 1e-9)].sum()))


def _splits(total: int, rooms: list[int]) -> Iterator[tuple[int, ...]]:
    if len(rooms) == 1:
        yield from [(total,)] if total <= rooms[0] else []
        return
    for first in range(max(0, total - sum(rooms[1:])), min(rooms[0], total) + 1):
        yield from ((first, *others) for others in _splits(total - first, rooms[1:]))


def _against_others(rows: pd.DataFrame, chosen: int) -> dict[str, Measure]:
    """A row against the sum of the others: their share, the difference, Fisher's test, corrected for the choice.

    The row was chosen because it stood out, so its p is multiplied by the number of rows it was chosen among.
    """
    count, base = (int(rows.loc[chosen, name]) for name in ("effectif_min", "base_min"))
    others, all_others = (int(rows[name].sum()) - own for name, own in (("effectif_min", count), ("base_min", base)))
    p = stats.fisher_exact([[count, base - count], [others, all_others - others]]).pvalue
    share, reference = 100 * count / base, 100 * others / all_others
    ends = confint_proportions_2indep(count, base, others, all_others, method="newcomb", compare="diff")
    found = {"effectif_reference": others, "base_reference": all_others, "part_reference": reference}
    found |= {"ecart_ic_bas": 100 * ends[0], "ecart_ic_haut": 100 * ends[1]}
    found |= {"ecart": share - reference, "p_fisher": p, "p_choix": min(1.0, p * len(rows))}
    return {name: exact(value) for name, value in found.items()}


def known(indicators: pd.DataFrame, year: int) -> pd.DataFrame:
    """The figures of the network whose count and base are known to the unit, cross tables included."""
    is_said = indicators["site_type"].eq("reseau") & ~indicators["precision"].isin(UNSAID)
    rows = indicators[(indicators["annee"] == year) & is_said]
    is_exact = (rows["effectif_min"] == rows["effectif_max"]) & (rows["base_min"] == rows["base_max"])
    return with_shares(rows[is_exact.fillna(False) & rows["base_min"].gt(0).fillna(False)])


def _only(rows: pd.DataFrame, *, least: bool) -> int | None:
    """The index of the one group with the least share (or the greatest count); None when two share that place."""
    values = rows["effectif_min"] / rows["base_min"] if least else -rows["effectif_min"]
    first = values[values == values.min()]
    return int(first.index[0]) if len(first) == 1 and len(rows) > 1 else None


def attendance(now: pd.DataFrame, *, year: int) -> Iterator[Found]:
    """Present among invited: all the groups together, each with its interval, the lowest against the others."""
    entry = catalogue().indicators["participants"]
    rows = network(known(now, year))
    rows = rows[rows["indicateur"].eq("participants") & rows["modalite"].isin(list(entry.modalities))]
    rows = rows[rows["effectif_min"] <= rows["base_min"]]
    path, lowest = "groupes/reunions/participants", _only(rows, least=True)
    if len(rows) > 1:
        counts, bases = (rows[name].to_numpy(dtype=int) for name in ("effectif_min", "base_min"))
        test = {"p_exacte": exact(exact_p(counts, bases)), "nombre_de_groupes": exact(len(rows))}
        if 0 < counts.sum() < bases.sum():
            found = stats.chi2_contingency([counts, bases - counts], correction=False)
            test["p_khi2"] = exact(found.pvalue)
        yield Found(path, "Présence aux réunions, tous les groupes", "", test, tested="p_exacte", unit="participants")
    for index, row in rows.iterrows():
        count, base = int(row["effectif_min"]), int(row["base_min"])
        label = f"Présence aux réunions : {entry.label_of(row['modalite'])}"
        found, tested = wilson(count, base), ""
        if index == lowest:
            found, tested = found | _against_others(rows, lowest), "p_choix"
        says = finding(*found["ecart"][1:], stable_within=STABLE_POINTS) if tested else ""
        id = f"{path}/{row['modalite']}"
        yield Found(id, label, says, found, tested=tested, interval=("pct", WILSON), unit="participants")


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
        most = _only(crossed, least=False)
        if most is not None:
            found = {name: exact(crossed.loc[most, f"{name}_min"]) for name in ("effectif", "base")}
            found["part"] = exact(crossed.loc[most, "part_pct"])
            found |= _against_others(crossed, most)
            name = crossed.loc[most, "modalite_croisee"]
            label = f"{entries[indicator].title_of(modality)}, {name} et les autres associations"
            says = finding(*found["ecart"][1:], stable_within=STABLE_POINTS)
            id = f"reponses/postes/{indicator}/{modality}/association"
            yield Found(id, label, says, found, tested="p_choix", unit="postes")
