"""How far the difference of two years' shares could move by chance, each collège counting as one draw."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.indicators.answers import answers_to, by_class
from helpers.indicators.clusters import counts_of_sites
from helpers.indicators.groups import Group, tally
from helpers.records import EMPTY
from helpers.schema import catalogue, columns, typed


def standard_error(given: np.ndarray, sizes: np.ndarray, given_ref: np.ndarray, sizes_ref: np.ndarray) -> np.ndarray:
    """The standard error of the difference of two shares, from zero to one: one an answer.

    A row of each array is a collège of either year; the first is the persons of no known collège, who count one by
    one. ``given`` has a column an answer. With p and p' the shares, x of m and x' of m' persons of a collège, N and N'
    all of them, the difference moves with each collège by z = (x − p m)/N − (x' − p' m')/N'; k collèges make the
    variance k/(k − 1) Σ z² (linearisation: Cameron and Miller, 2015; of a change: Berger and Priam, 2016). Both years
    stand in one z: so do the persons of both, and what a collège keeps from one to the other. Missing with fewer than
    two collèges.

    >>> standard_error(*(np.array(each) for each in ([[0], [3], [1]], [0, 4, 4], [[0], [2], [2]], [0, 4, 4]))).round(3)
    array([0.25])
    """
    known = (sizes + sizes_ref)[1:] > 0
    if known.sum() < 2:
        return np.full(given.shape[1], np.nan)
    total, variance = 0.0, 0.0
    for sign, count, size in ((1, given, sizes), (-1, given_ref, sizes_ref)):
        share = count.sum(axis=0) / size.sum()
        total = total + sign * (count - share * size[:, None])[1:] / size.sum()
        # One of them who gives the answer is 1 − p away from the share, another p.
        alone = count[0] * (1 - share) ** 2 + (size[0] - count[0]) * share**2
        variance = variance + alone / size.sum() ** 2
    return np.sqrt(variance + (total**2).sum(axis=0) * known.sum() / (known.sum() - 1))


def errors_of(pair: tuple[Group, Group], questions: tuple[str, ...]) -> Iterator[dict]:
    """For each answer of these questions, put to everybody: both counts, both bases, collèges, error in points.

    Only for modalities and groups of documents; none that nobody, or everybody, gives both years.
    """
    names = [EMPTY, *sorted({label for group in pair for label in group.persons.labels["uai"]} - {EMPTY})]
    places = [
        np.array([names.index(label) for label in group.persons.labels["uai"]], dtype=np.intp).take(group.codes("uai"))
        for group in pair
    ]
    sizes = [tally(place, len(names)) for place in places]
    colleges = int(((sizes[0] + sizes[1])[1:] > 0).sum())
    for name in questions if all(size.sum() for size in sizes) else ():
        entry = catalogue().indicators[name]
        given = [
            by_class(place, len(names), answers_to(group, entry)) for place, group in zip(places, pair, strict=True)
        ]
        errors = standard_error(given[0], sizes[0], given[1], sizes[1])
        answers = [*entry.modalities, *entry.recorded, *entry.groups]
        for modality in [*entry.modalities, *entry.groups]:
            place = answers.index(modality)
            if errors[place] > 0:
                yield {
                    "indicateur": name,
                    "modalite": modality,
                    "effectif": int(given[0][:, place].sum()),
                    "base": int(sizes[0].sum()),
                    "effectif_anterieur": int(given[1][:, place].sum()),
                    "base_anterieure": int(sizes[1].sum()),
                    "colleges": colleges,
                    "erreur_type_pts": round(100 * float(errors[place]), 6),
                }


def errors_of_sites(overlaps: pd.DataFrame, sites: dict[int, pd.DataFrame]) -> pd.DataFrame:
    """The differences of two whole years (schema ``recouvrements``), their error from what is published of collèges.

    ``sites`` are the protected figures (schema ``indicateurs``) of the collèges of each year that get a report. Those
    who are in none of them count one by one. Only the persons of the ALSES are counted by collège, so a difference of
    any others is left out, as is one of which no error can be estimated.

    >>> rien = store.load(2020, "recouvrements")
    >>> indicators.errors_of_sites(rien, {}).empty
    True
    """
    tables, found = {year: counts_of_sites(rows) for year, rows in sites.items()}, []
    for row in overlaps[overlaps["perimetre"].eq("alses")].itertuples():
        years, answer = (row.annee, row.annee_anterieure), (row.indicateur, row.modalite)
        if any(year not in tables or answer not in tables[year] for year in years):
            continue
        names = tables[years[0]].index.union(tables[years[1]].index)
        whole = ((row.effectif, row.base), (row.effectif_anterieur, row.base_anterieure))
        placed = [tables[year].reindex(names, fill_value=0) for year in years]
        given, sizes = zip(
            *(_with_others(each, answer, *all_) for each, all_ in zip(placed, whole, strict=True)), strict=True
        )
        error = standard_error(given[0][:, None], sizes[0], given[1][:, None], sizes[1])[0]
        if error > 0:
            found.append(row._asdict() | {"colleges": len(names), "erreur_type_pts": round(100 * float(error), 6)})
    return typed(pd.DataFrame(found, columns=columns("recouvrements")), "recouvrements")


def _with_others(counts: pd.DataFrame, answer: tuple[str, str], count: int, base: int) -> tuple[np.ndarray, np.ndarray]:
    """Who gives an answer, and of how many: first what these collèges leave of the whole, then each of them."""
    given, sizes = counts[answer].to_numpy(), counts["accompagnements", ""].to_numpy()
    others = max(0, base - sizes.sum())
    left = min(max(0, count - given.sum()), others)
    return np.concatenate([[left], given]), np.concatenate([[others], sizes])
