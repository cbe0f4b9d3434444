"""Every count of records equals a second, independent calculation (see `second_calculation.records`)."""

import math

import pytest

import second_calculation as calculation
from helpers import indicators
from helpers.clean.records import Persons
from made_persons import made
from second_calculation import exactly_rows, records

YEAR, BEFORE = 2021, 2020


@pytest.fixture(scope="module", params=[(40, 1), (300, 2)], ids=str)
def counted(request, tmp_path_factory):
    """The persons of two years, and the same counted a second time from their files."""
    size, seed = request.param
    folder = tmp_path_factory.mktemp("exports")
    tables = {year: made(year, size, seed=seed + year) for year in (BEFORE, YEAR)}
    paths = {year: folder / f"{year}.csv" for year in tables}
    for year, table in tables.items():
        table.to_csv(paths[year], index=False, encoding="utf-8")
    persons = {year: Persons.of(year, table) for year, table in tables.items()}
    return persons, records.recompute_export(paths[YEAR], YEAR, {BEFORE: paths[BEFORE]})


def test_every_count_and_crossing_of_records_is_found_again(counted):
    persons, again = counted
    table = indicators.count_persons(persons[YEAR], source="export", reference="export")
    assert calculation.differences(exactly_rows(table), again.rows) == []


def test_every_overlap_is_found_again(counted):
    persons, again = counted
    table = indicators.count_overlaps(persons[YEAR], {BEFORE: persons[BEFORE]}, source="export")
    table = table[table["population"].ne("ensemble")]
    names = ["effectif", "base", "effectif_anterieur", "base_anterieure", "effectif_deux_fois"]
    keys = table[["annee_anterieure", "population", "indicateur", "modalite"]].itertuples(index=False, name=None)
    values = table[names].astype("object").where(table[names].notna(), None).itertuples(index=False, name=None)
    said = {key: tuple(value) for key, value in zip(keys, values, strict=True)}
    assert said == {key: tuple(value) for key, value in again.overlaps.items()}


def test_how_far_every_difference_could_move_is_found_again(counted):
    persons, again = counted
    table = indicators.count_overlaps(persons[YEAR], {BEFORE: persons[BEFORE]}, source="export")
    table = table[table["population"].eq("ensemble")]
    said = {(row.annee_anterieure, row.perimetre, row.indicateur, row.modalite): row for row in table.itertuples()}
    assert said.keys() == again.spreads.keys() != set()
    for key, moves in again.spreads.items():
        assert said[key].colleges == moves.colleges
        assert math.isclose(said[key].erreur_type_pts, moves.error, abs_tol=2e-6)


def test_every_cluster_is_found_again(counted):
    persons, again = counted
    table = indicators.estimate_clusters(persons[YEAR], source="export")
    said = {(row.indicateur, row.modalite): row for row in table.itertuples()}
    assert said.keys() == again.clusters.keys()
    for key, cluster in again.clusters.items():
        row = said[key]
        assert (row.colleges, row.personnes) == (cluster.colleges, cluster.persons)
        ours = (row.personnes_par_college, row.ressemblance, row.effet_de_plan, row.ressemblance_min, row.ressemblance_max)
        for here, there in zip(ours, (cluster.size, cluster.alike, cluster.effect, cluster.low, cluster.high), strict=True):
            assert math.isclose(here, there, rel_tol=1e-9, abs_tol=1e-12)
