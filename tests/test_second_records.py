"""Every count of records equals a second, independent calculation (see `second_calculation.records`)."""

from collections import Counter

import pytest

import second_calculation as calculation
from helpers import indicators
from helpers.clean.records import Persons
from made_persons import made
from second_calculation import exactly_rows, records

YEAR, BEFORE = 2021, 2020


@pytest.fixture(scope="module", params=[(40, 1), (300, 2)], ids=str)
def counted(request, tmp_path_factory):
    """The persons of two years, and the same read from their files."""
    size, seed = request.param
    folder = tmp_path_factory.mktemp("exports")
    tables = {year: made(year, size, seed=seed + year) for year in (BEFORE, YEAR)}
    for year, table in tables.items():
        table.to_csv(folder / f"{year}.csv", index=False, encoding="utf-8")
    persons = {year: Persons.of(year, table) for year, table in tables.items()}
    return persons, folder, {year: records.populations(records.read_export(folder / f"{year}.csv", year))["alses"] for year in tables}


def test_every_count_and_cross_tabulation_of_records_is_found_again(counted):
    persons, folder, again = counted
    said = exactly_rows(indicators.count_persons(persons[YEAR], source="export", reference="export"))
    crossed = {key: records.crossed(again[YEAR], key) for key in said if key.crossed_with}
    assert calculation.differences(said, records.recompute_export(folder / f"{YEAR}.csv", YEAR) | crossed) == []
    # Whoever gives an answer to one question gives one to the other: columns are whole.
    whole = {key._replace(modality=""): row.base[0] for key, row in said.items() if key.crossed_with in ("sexe", "niveau")}
    sums = Counter()
    for key, row in said.items():
        sums[key._replace(modality="")] += row.counts[0]
    assert {key: sums[key] for key in whole} == whole


def test_every_overlap_is_found_again(counted):
    persons, folder, again = counted
    table = indicators.count_overlaps(persons[YEAR], {BEFORE: persons[BEFORE]}, source="export")
    table.to_csv(folder / "recouvrements.csv", index=False)
    said = records.read_overlaps(folder / "recouvrements.csv", BEFORE)
    assert len({population for population, *_ in said}) >= 2
    for key, row in said.items():
        true = records.overlap_of(again[YEAR], again[BEFORE], *key)
        assert row == true or row == true._replace(twice=None), key
