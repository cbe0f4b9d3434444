"""Whole invented networks, protected and attacked: no small count is found, nothing moves far."""

import pandas as pd
import pytest

from conftest import ALL
from helpers import indicators
from helpers.clean import records
from helpers.disclosure import intruder_model, intruder_test, rounding
from helpers.disclosure.release import protect_from_attack
from helpers.simulate import years

# Persons, collèges, associations, seed: a few classes, where the first rounding does not pass; many others, then whole
# networks and two years, where there is time.
SMALL = [(40, 2, 1, 1), *([(20, 2, 1, 3), (75, 5, 3, 2), (90, 5, 2, 4)] if ALL else [])]
LARGE = [
    (90, 4, 2, 2),
    (200, 5, 2, 3),
    (260, 8, 3, 1),
    (2500, 45, 12, 1),
    *((400, 12, 4, seed) for seed in range(2, 8)),
]
NETWORKS = [*((each, 1) for each in SMALL), *((each, 2) for each in LARGE if ALL)]


@pytest.fixture(scope="module", params=NETWORKS, ids=lambda given: "-".join(map(str, given[0])))
def protected(request):
    """Exact values of the network, exact counts of sites and protected values, of one year or two."""
    (persons, colleges, associations, seed), count = request.param
    places, exact, counts, shown, before = {"colleges": colleges, "associations": associations}, [], [], [], None
    for rank in range(count):
        # Part of the persons are in both years.
        size = int(0.9 * persons) if rank < count - 1 else persons
        year = 2022 - count + rank
        before = years.invent(year, size, seed=seed + rank, earlier=before, **places)
        people = records.Persons.of(year, before)
        own, sites = (
            indicators.count_persons(people, source="export", reference="export"),
            indicators.count_sites(people),
        )
        made = protect_from_attack(own, sites, rounding.list_sites(sites), key=b"cle de test")
        for tables, table in zip((exact, counts, shown), (own, sites, made), strict=True):
            tables.append(table)
    return tuple(pd.concat(each, ignore_index=True) for each in (exact, counts, shown))


def test_no_small_count_is_exact_and_each_keeps_five_values(protected):
    exact, counts, shown = protected
    found = intruder_test.try_tables(shown, intruder_model.Truth(counts, exact))
    assert {state: each["exact"] for state, each in found.counts.items()} == dict.fromkeys(intruder_model.SCENARIOS, 0)
    assert found.counts["rien"]["mince"] == 0 and found.counts["rien"]["bon"] > (50 if ALL else 100)
    assert found.is_good


def test_no_count_moves_by_a_base_and_no_share_of_the_network_by_half_a_point(protected):
    exact, counts, shown = protected
    cell = ["annee", "indicateur", "modalite", "croise_avec", "modalite_croisee"]
    for level, column in (("association", "association"), ("college", "uai")):
        rows = shown[shown["site_type"].eq(level)]
        true = counts.groupby([*cell, column])["effectif"].sum()
        both = rows.join(true.rename("vrai"), on=[*cell, "site"])
        assert len(both) and (both["effectif_arrondi"] - both["vrai"].fillna(0)).abs().max() <= 4
    keys = ["annee", "perimetre", *cell[1:]]
    network = shown[shown["site_type"].eq("reseau")].merge(exact, on=keys, suffixes=("", "_vrai"), validate="1:1")
    rounded = network[network["effectif_arrondi"].notna()]
    # Of a large network, no count may need to be rounded.
    assert rounded.empty or (rounded["effectif_arrondi"] - rounded["effectif_min_vrai"]).abs().max() <= 4
    told = rounded[rounded["part_imprimee_pct"].notna() & rounded["base_max_vrai"].ge(800)]
    true_share = 100 * told["effectif_min_vrai"] / told["base_min_vrai"]
    assert told.empty or (told["part_imprimee_pct"] - true_share).abs().max() <= 0.5
