"""Whole invented networks, protected and attacked: no small count is found, nothing moves far."""

import os

import pandas as pd
import pytest

from helpers import indicators
from helpers.clean import records
from helpers.disclosure import intruder_model, intruder_test, rounding
from helpers.disclosure.release import protect_from_attack
from helpers.simulate import years

ALL = os.environ.get("ALSES_ENUMERATIONS") == "toutes"
# Persons, collèges, associations, seeds: of each kind the first always, in which the attack finds something to protect
# more, five times; the whole network and many others where there is time.
SMALL = [(40, 2, 1, 1), (20, 2, 1, 3), (75, 5, 3, 2), (90, 5, 2, 4), (150, 6, 3, 2)]
NETWORKS = [(90, 4, 2, 2), *([(200, 5, 2, 3), (260, 8, 3, 1), (2500, 45, 12, 1), *((400, 12, 4, seed) for seed in range(2, 8))] if ALL else [])]


def years_of(persons: int, colleges: int, associations: int, seed: int) -> dict[int, records.Persons]:
    """Two years of one network, part of the persons being in both."""
    places = {"colleges": colleges, "associations": associations}
    before = years.invent(2020, int(0.9 * persons), seed=seed, **places)
    after = years.invent(2021, persons, seed=seed + 1, earlier=before, **places)
    return {2020: records.Persons.of(2020, before), 2021: records.Persons.of(2021, after)}


@pytest.fixture(scope="module", params=NETWORKS, ids=lambda given: f"{given[0]} personnes, graine {given[3]}")
def protected(request):
    """Exact figures, exact counts of sites and protected figures of two years."""
    exact, counts, shown = [], [], []
    for persons in years_of(*request.param).values():
        own = indicators.count_persons(persons, source="export", reference="export")
        sites = indicators.count_sites(persons)
        made = protect_from_attack(own, sites, rounding.list_sites(sites), key=b"cle de test")
        assert not made.is_wide
        exact.append(own)
        counts.append(sites)
        shown.append(made.indicators)
    return tuple(pd.concat(each, ignore_index=True) for each in (exact, counts, shown))


def test_no_small_count_is_exact_and_each_keeps_five_values(protected):
    exact, counts, shown = protected
    found = intruder_test.attack(shown, intruder_model.Truth(counts, exact))
    assert {state: each["exact"] for state, each in found.counts.items()} == dict.fromkeys(intruder_model.STATES, 0)
    assert found.counts["rien"]["mince"] == 0 and found.counts["rien"]["bon"] > 100
    assert found.is_good


def test_no_count_moves_by_a_base_and_no_share_of_the_network_by_half_a_point(protected):
    exact, counts, shown = protected
    cell = ["annee", "indicateur", "modalite", "croise_avec", "modalite_croisee"]
    for level, column in (("association", "association"), ("college", "uai")):
        rows = shown[shown["site_type"].eq(level)]
        true = counts.groupby([*cell, column])["effectif"].sum()
        both = rows.assign(site=rows["site"]).join(true.rename("vrai"), on=[*cell, "site"])
        assert len(both) and (both["effectif_arrondi"] - both["vrai"].fillna(0)).abs().max() <= 4
    keys = ["annee", "perimetre", *cell[1:]]
    network = shown[shown["site_type"].eq("reseau")].merge(exact, on=keys, suffixes=("", "_vrai"), validate="1:1")
    rounded = network[network["effectif_arrondi"].notna()]
    assert rounded.empty or (rounded["effectif_arrondi"] - rounded["effectif_min_vrai"]).abs().max() <= 4
    told = rounded[rounded["part_imprimee_pct"].notna() & rounded["base_max_vrai"].ge(800)]
    true_share = 100 * told["effectif_min_vrai"] / told["base_min_vrai"]
    assert told.empty or (told["part_imprimee_pct"] - true_share).abs().max() <= 0.5


@pytest.mark.parametrize("network", SMALL if ALL else SMALL[:1], ids=lambda given: f"{given[0]} personnes, graine {given[3]}")
def test_a_network_of_a_few_classes_can_be_protected_too(network):
    persons, colleges, associations, seed = network
    people = records.Persons.of(2021, years.invent(2021, persons, seed=seed, colleges=colleges, associations=associations))
    exact, counts = indicators.count_persons(people, source="export", reference="export"), indicators.count_sites(people)
    made = protect_from_attack(exact, counts, rounding.list_sites(counts), key=b"cle de test")
    assert intruder_test.attack(made.indicators, intruder_model.Truth(counts, exact)).is_good
