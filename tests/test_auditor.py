"""The intruder test: small tables against enumeration, known examples, releases that must be refused or may leave.

Sixty tables and a mutant in eight in the quick suite; all of them when ``ALSES_ENUMERATIONS=toutes``.
"""

import itertools
import math
import random

import numpy as np
import pandas as pd
import pytest

import auditor_cases as cases
from auditor_cases import SITES, SIZE, exact
from conftest import ALL
from helpers.disclosure import intruder_model, intruder_relations, intruder_test
from helpers.disclosure.intruder_model import EXACT, GOOD, THIN, System, contradicted_values
from helpers.disclosure.intruder_test import Ranges, explain

TABLES = 1000 if ALL else 60


def settled(system: System, asked: list, **options) -> Ranges:
    ranges = Ranges(system, asked, **options)
    ranges.settle()
    return ranges


def masked(counts: dict[str, int], totals: list[str], *, up_to: int) -> Ranges:
    """Cells of which the small ones are hidden, and totals that are published."""
    system = System()
    for name, count in counts.items():
        system.add(name, count, *((1,) if count <= up_to else (count, count, f"{name} = {count}")))
    places = {name: place for place, name in enumerate(counts)}
    for total in totals:
        terms = {places[name]: 1 for name in total}
        system.bound(terms, system.value(terms), system.value(terms), f"total {total}")
    return settled(system, [name for name, count in counts.items() if count <= up_to], to_the_end=True)


def test_the_linked_example_of_eight_numbers_reveals_that_k_is_three():
    counts = dict(zip("ABIJKLMN", (2, 2, 8, 8, 3, 3, 3, 7), strict=True))
    found = masked(counts, ["ABIJ", "KLMN", "ABIJKN", "LM"], up_to=3)
    place = found.asked.index("K")
    assert (found.low[place], found.high[place], found.verdicts[place]) == (3, 3, EXACT)
    assert {"total ABIJ", "total ABIJKN", "N = 7"} <= set(explain(found, place)) or "total LM" in explain(found, place)
    # Each total alone keeps it hidden.
    assert masked(counts, ["ABIJ", "KLMN"], up_to=3).verdicts[place] != EXACT


def test_three_singletons_in_two_rows_are_found():
    counts = dict(zip("ABCDFIJ", (1, 1, 7, 1, 1, 2, 8), strict=True))
    found = masked(counts, ["ABCD", "FIJ", "AF", "DI"], up_to=2)
    values = dict(zip(found.asked, zip(found.low, found.high, strict=True), strict=True))
    assert values == {name: (counts[name],) * 2 for name in "ABDFI"}


def small_table(seed: int) -> tuple[System, list[tuple[dict, int, int]]]:
    """A random table of two or three places and answers, nested, with cells and totals known more or less."""
    pick = random.Random(seed)
    places, answers = pick.choice([2, 3]), pick.choice([2, 3])
    system, limits = System(), []
    for place, answer in itertools.product(range(places), range(answers)):
        count = pick.randint(0, 5)
        ends = [(count, count), (max(0, count - 4), count + 4), (1, 4) if 1 <= count <= 4 else (0, 6)]
        system.add((place, answer), count, *pick.choice(ends))
    lines = [[(place, answer) for answer in range(answers)] for place in range(places)]
    lines += [[(place, answer) for place in range(places)] for answer in range(answers)]
    # Two of three places make an association.
    lines += [[(place, answer) for place in (0, 1)] for answer in range(answers)] if places == 3 else []
    for line in lines:
        terms, width = {place * answers + answer: 1 for place, answer in line}, pick.choice([0, 0, 2, 4])
        count = system.value(terms)
        limits.append((terms, max(0, count - pick.randint(0, width)), count + pick.randint(0, width)))
        system.bound(*limits[-1], "total")
    return system, limits


def enumerated(system: System, limits: list[tuple[dict, int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """The ends of every cell, by trying every table."""
    ranges = [range(int(low), int(min(high, 11)) + 1) for low, high in zip(system.low, system.high, strict=True)]
    tables = np.array(list(itertools.product(*ranges)))
    for terms, low, high in limits:
        sums = tables[:, list(terms)].sum(axis=1)
        tables = tables[(sums >= low) & (sums <= high)]
    return tables.min(axis=0), tables.max(axis=0)


def test_the_ends_are_those_of_an_enumeration():
    tables = ((seed, *small_table(seed)) for seed in itertools.count())

    def is_short(system: System) -> bool:
        ends = zip(system.low, system.high, strict=True)
        return math.prod(int(min(high, 11)) - int(low) + 1 for low, high in ends) <= 40_000

    for seed, system, limits in itertools.islice((each for each in tables if is_short(each[1])), TABLES):
        low, high = enumerated(system, limits)
        found = settled(system, list(system.sums), to_the_end=True)
        wide = high - low >= 4
        assert (found.verdicts == np.where(wide, GOOD, np.where(low == high, EXACT, THIN))).all(), seed
        assert (found.low[~wide] == low[~wide]).all() and (found.high[~wide] == high[~wide]).all(), seed
        assert (settled(system, list(system.sums)).verdicts == found.verdicts).all(), seed


def test_a_number_that_the_truth_contradicts_is_named():
    system = System()
    system.add("A", 3, 4, 9, "indicateurs.csv")
    assert contradicted_values(system) == ["indicateurs.csv"]


# --- a release -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def truth():
    return cases.truth()


@pytest.fixture(scope="module")
def good():
    return cases.table_of(cases.rounded_counts(), rounded=True)


def test_a_true_controlled_rounding_may_leave(truth, good):
    found = intruder_test.attack(good, truth)
    assert found.is_good, found.sentence
    assert {state: counts["exact"] for state, counts in found.counts.items()} == dict.fromkeys(intruder_model.STATES, 0)
    assert found.counts["rien"]["mince"] == 0 and found.counts["rien"]["bon"] >= 10


def test_exact_sites_are_refused_with_the_small_ones_masked_or_not_and_the_equation_is_named(truth):
    table = cases.table_of({site: exact(site) for site in SITES}, rounded=False)
    assert intruder_test.attack(table, truth).counts["rien"]["exact"] >= 10
    is_small = table["effectif_min"].between(1, 4) & table["site_type"].ne("reseau")
    found = intruder_test.attack(table[~is_small], truth, states=["rien"])
    first = next(each for each in found.findings if each.cell is not None)
    assert not found.is_good and first.verdict == EXACT
    assert "On retrouve le nombre exact" in first.sentence and "indicateurs.csv" in first.sentence


def test_rounding_each_number_to_the_nearest_five_is_refused(truth):
    counts = {site: {q: 5 * round(count / 5) for q, count in exact(site).items()} for site in SITES}
    table = cases.table_of(counts, rounded=True).astype({"effectif_min": float, "effectif_max": float})
    # The reader knows that rule: two at most on each side.
    sites, shown = table["site_type"].ne("reseau"), table["effectif_arrondi"].astype(float)
    table.loc[sites, "effectif_min"], table.loc[sites, "effectif_max"] = (shown - 2).clip(lower=0), shown + 2
    found = intruder_test.attack(table, truth)
    assert not found.is_good and found.counts["rien"]["mince"] >= 3


def test_a_small_count_of_the_network_is_refused(truth, good):
    name, added = "parents_associes/oui", pd.DataFrame([cases.cell("parents_associes/oui", 3)])
    atoms = pd.concat([truth.atoms, cases.atom("A", "0590001A", {name: 3})], ignore_index=True)
    network = pd.concat([truth.network, added], ignore_index=True)
    table = pd.concat([good, added], ignore_index=True)
    found = intruder_test.attack(table, intruder_model.Truth(atoms, network), states=["rien"])
    assert not found.is_good and found.findings[0].verdict == EXACT and "vaut 3" in found.sentence


def test_a_rounded_number_is_a_multiple_within_its_distance(truth, good):
    place, ends = good.index[good["precision"].eq("arrondi_secret")][0], ["effectif_min", "effectif_max"]
    # The ends follow the number, or not.
    for columns, shift, told in ((["effectif_arrondi", *ends], 2, "multiple"), (["effectif_min"], 1, "bornes")):
        table = good.astype(dict.fromkeys(["effectif_arrondi", *ends], float))
        table.loc[place, columns] += shift
        assert told in intruder_test.attack(table, truth, states=[]).sentence


def mutants(good):
    """Each protected number replaced by the true one, where they differ: row, column, true value."""
    for place, own in good[good["precision"].eq("arrondi_secret")].iterrows():
        true = exact(own["site"])
        count, base = true[f"{own['indicateur']}/{own['modalite']}"], true[SIZE]
        values = {name: count for name in ("effectif_arrondi", "effectif_min", "effectif_max")}
        values |= {name: base for name in ("base_arrondie", "base_min", "base_max")}
        values |= {"part_imprimee_pct": float(int(100 * count / base + 0.5))}
        values |= {name: 100 * count / base for name in ("part_min_pct", "part_max_pct")}
        yield from ((place, name, value) for name, value in values.items() if abs(own[name] - value) > 1e-9)


def test_every_number_of_the_table_replaced_by_the_true_one_alarms(truth, good):
    tried = list(itertools.islice(mutants(good), 0, None, 1 if ALL else 8))
    silent = []
    for place, column, value in tried:
        table = good.astype({column: float})
        table.loc[place, column] = value
        if intruder_test.attack(table, truth, states=[]).is_good:
            silent.append((place, column, value))
    assert len(tried) >= (150 if ALL else 20) and silent == []


@pytest.mark.parametrize(
    "verdict, state, refused", [(2, "ligne_du_reseau", True), (1, "rien", True), (1, "ligne_du_reseau", False)]
)
def test_exact_refuses_always_and_thin_only_when_nothing_else_is_known(verdict, state, refused):
    cell = intruder_model.Cell(cases.YEAR, "alses", "college", "0590001A", "sexe", "filles")
    findings = [intruder_relations.Finding(*each, cell) for each in ((1, "totaux_des_colleges"), (verdict, state))]
    found = intruder_relations.Audit([]).with_more(findings)
    assert found.is_good is not refused and found.findings[0].is_refused is refused
