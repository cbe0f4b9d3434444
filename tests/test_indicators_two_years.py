"""The same persons and collèges in two years, and how alike the persons of a collège are."""


import numpy as np
import pandas as pd
import pytest

from helpers import indicators
from helpers.clean.records import Persons
from helpers.indicators.clusters import intraclass
from helpers.schema import catalogue
from made_persons import made

FEW = {1, 2, 3, 4}
NAMES = ["effectif", "base", "effectif_anterieur", "base_anterieure", "effectif_deux_fois"]


def year(number: int, *blocks: tuple) -> Persons:
    """Persons followed by an ALSES, from (identifiers, answers of all of them); several collèges are taken in turn."""
    rows = [
        {"identifiant": name, "suivi_par": "alses", **{column: each[rank % len(each)] if isinstance(each, tuple) else each for column, each in answers.items()}}
        for names, answers in blocks
        for rank, name in enumerate(names)
    ]
    return Persons.of(number, pd.DataFrame(rows))


def ids(first: int, last: int) -> list[str]:
    return [f"F{rank:03}" for rank in range(first, last)]


def overlaps(now: Persons, before: Persons) -> dict[tuple, list]:
    table = indicators.count_overlaps(now, {before.year: before}, source="export")
    values = table[NAMES].astype("object").where(table[NAMES].notna(), None).to_numpy().tolist()
    return dict(zip(table[["population", "indicateur", "modalite"]].itertuples(index=False, name=None), values, strict=True))


# --- persons -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("now", "before"), [((0, 9), (5, 20)), ((0, 9), (0, 12))], ids=["both years", "one year only"])
def test_one_to_four_persons_of_both_years_or_of_one_only_are_not_told(now, before):
    assert not any(population == "personnes_communes" for population, *_ in overlaps(year(2021, (ids(*now), {})), year(2020, (ids(*before), {}))))


def test_few_changed_answers_leave_the_count_of_both_years_empty():
    before = year(2020, (ids(0, 20), {"sexe": "filles"}), (ids(20, 40), {"sexe": "garcons"}))
    now = year(2021, (ids(0, 18), {"sexe": "filles"}), (ids(18, 40), {"sexe": "garcons"}))
    assert overlaps(now, before)["personnes_communes", "sexe", "filles"] == [18, 40, 20, 40, None]


def test_numbers_that_associations_gave_in_one_of_two_years_only_name_nobody_of_both():
    before, now = year(2020, (ids(0, 40), {"sexe": "filles"})), year(2021, (ids(10, 40), {"sexe": "filles"}))
    numbered = Persons(2021, now.table, is_within=True)
    assert ("personnes_communes", "accompagnements", "") in overlaps(now, before)
    assert not any(population == "personnes_communes" for population, *_ in overlaps(numbered, before))


@pytest.mark.parametrize("size", [30, 300])
def test_no_overlap_shows_or_lets_subtract_one_to_four_persons(size):
    rows = 0
    for seed in range(2):
        now, before = (Persons.of(number, made(number, size, seed=3 * seed + number)) for number in (2021, 2020))
        tables = [indicators.count_persons(each, source="export", reference="").query("perimetre == 'alses' and croise_avec == ''") for each in (now, before)]
        whole = [each.set_index(["indicateur", "modalite"])["effectif_min"].to_dict() for each in tables]
        found = indicators.count_overlaps(now, {2020: before}, source="export")
        # The whole of each year is published as it is: it splits nobody from the others.
        found = found[found["population"].ne("ensemble")]
        rows += len(found)
        for row in found.itertuples():
            cells = {row.effectif, row.effectif_anterieur, row.base - row.effectif, row.base_anterieure - row.effectif_anterieur}
            if not pd.isna(row.effectif_deux_fois):
                both = row.effectif_deux_fois
                cells |= {both, row.effectif - both, row.effectif_anterieur - both, row.base - row.effectif - row.effectif_anterieur + both}
            assert not FEW & cells, row
        for published, count, base in zip(whole, ("effectif", "effectif_anterieur"), ("base", "base_anterieure"), strict=True):
            for indicator, own in found.groupby("indicateur"):
                entry = catalogue().indicators[indicator]
                assert not FEW & {published.get((indicator, name), 0) - each[count].sum() for name, each in own.groupby("modalite")}, own
                if entry.choice == "unique":
                    single = own.loc[own["modalite"].isin([*entry.modalities, *entry.recorded]), count].sum()
                    assert own[base].iloc[0] - single not in FEW, own
    assert rows > 0


@pytest.mark.parametrize(
    ("given", "sizes"),
    [([3], [9]), ([0, 0], [5, 5]), ([5, 5], [5, 5]), ([1, 0, 1], [1, 1, 1]), ([3, 0], [9, 0])],
    ids=["one collège", "nobody", "everybody", "one person each", "an empty collège"],
)
def test_nothing_is_estimated_without_two_colleges_and_two_answers(given, sizes):
    assert intraclass(np.array(given), np.array(sizes)) is None
