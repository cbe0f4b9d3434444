"""The attack: small tables against enumeration, known examples, and releases that must be refused or may leave.

A hundred tables and a mutant in four with the other tests; all of them when ``ALSES_ENUMERATIONS=toutes``.
"""

import itertools
import math
import os
import random

import numpy as np
import pytest

from auditor_cases import SITES, YEAR, atoms, exact, network, rounded_counts, table_of
from helpers.disclosure import intruder_model, intruder_relations, intruder_test
from helpers.disclosure.intruder_model import EXACT, GOOD, THIN, System, told_apart
from helpers.disclosure.intruder_test import Ranges, explain

ALL = os.environ.get("ALSES_ENUMERATIONS") == "toutes"
TABLES = 1000 if ALL else 100


def masked(counts: dict[str, int], totals: list[str], *, up_to: int, least: int = 1) -> Ranges:
    """Cells of which the small ones are hidden, and totals that are published."""
    system = System()
    for name, count in counts.items():
        if count <= up_to:
            system.add(name, count, least)
        else:
            system.add(name, count, count, count, f"{name} = {count}")
    places = {name: place for place, name in enumerate(counts)}
    for total in totals:
        terms = {places[name]: 1 for name in total}
        system.bound(terms, system.value(terms), system.value(terms), f"total {total}")
    found = Ranges(system, [name for name, count in counts.items() if count <= up_to], to_the_end=True)
    found.settle()
    return found


def test_the_linked_example_of_eight_numbers_tells_that_k_is_three():
    counts = dict(zip("ABIJKLMN", (2, 2, 8, 8, 3, 3, 3, 7), strict=True))
    found = masked(counts, ["ABIJ", "KLMN", "ABIJKN", "LM"], up_to=3)
    place = found.asked.index("K")
    assert (found.low[place], found.high[place], found.verdicts[place]) == (3, 3, EXACT)
    assert {"total ABIJ", "total ABIJKN", "N = 7"} <= set(explain(found, place)) or "total LM" in explain(found, place)
    # Each total alone keeps it hidden.
    assert masked(counts, ["ABIJ", "KLMN"], up_to=3).verdicts[place] != EXACT


def test_three_singletons_in_two_rows_are_found():
    counts = dict(zip("ABCDEFGHIJ", (1, 1, 7, 1, 0, 1, 0, 0, 2, 8), strict=True))
    kept = {name: count for name, count in counts.items() if count}
    found = masked(kept, ["ABCD", "FIJ", "AF", "DI"], up_to=2)
    values = dict(zip(found.asked, zip(found.low, found.high, strict=True), strict=True))
    assert values == {name: (kept[name],) * 2 for name in "ABDFI"}


def small_table(seed: int) -> tuple[System, list[tuple[dict, int, int]]]:
    """A random table of two or three places and answers, nested, cells and totals known more or less."""
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
    assert math.prod(map(len, ranges)) <= 400_000
    tables = np.array(list(itertools.product(*ranges)))
    for terms, low, high in limits:
        sums = tables[:, list(terms)].sum(axis=1)
        tables = tables[(sums >= low) & (sums <= high)]
    return tables.min(axis=0), tables.max(axis=0)


def test_the_ends_are_those_of_an_enumeration():
    seen = 0
    for seed in itertools.count():
        system, limits = small_table(seed)
        size = math.prod(int(min(high, 11)) - int(low) + 1 for low, high in zip(system.low, system.high, strict=True))
        if size > 40_000:
            continue
        low, high = enumerated(system, limits)
        found = Ranges(system, list(system.sums), to_the_end=True)
        found.settle()
        wide = high - low >= 4
        assert (found.verdicts == np.where(wide, GOOD, np.where(low == high, EXACT, THIN))).all(), seed
        assert (found.low[~wide] == low[~wide]).all() and (found.high[~wide] == high[~wide]).all(), seed
        quick = Ranges(system, list(system.sums))
        quick.settle()
        assert (quick.verdicts == found.verdicts).all(), seed
        seen += 1
        if seen == TABLES:
            break


def test_a_number_that_the_truth_belies_is_named():
    system = System()
    system.add("A", 3, 4, 9, "indicateurs.csv")
    assert told_apart(system) == ["indicateurs.csv"]


# --- a release -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def truth():
    return intruder_model.Truth(atoms(), network())


@pytest.fixture(scope="module")
def good():
    return table_of(rounded_counts(), rounded=True)


def test_a_true_controlled_rounding_may_leave(truth, good):
    found = intruder_test.attack(good, truth)
    assert found.is_good, found.sentence
    assert {state: counts["exact"] for state, counts in found.counts.items()} == dict.fromkeys(intruder_model.STATES, 0)
    assert found.counts["rien"]["mince"] == 0 and found.counts["rien"]["bon"] >= 10


def test_exact_sites_are_refused(truth):
    found = intruder_test.attack(table_of({site: exact(site) for site in SITES}, rounded=False), truth)
    assert not found.is_good and found.counts["rien"]["exact"] >= 10


def test_masking_the_small_ones_alone_is_refused_and_the_equation_is_named(truth):
    table = table_of({site: exact(site) for site in SITES}, rounded=False)
    small = table["effectif_min"].between(1, 4) & table["site_type"].ne("reseau")
    found = intruder_test.attack(table[~small], truth, states=["rien"])
    told = [each for each in found.findings if each.cell is not None]
    assert not found.is_good and told[0].verdict == EXACT
    assert "On retrouve le nombre exact" in told[0].sentence and "indicateurs.csv" in told[0].sentence


def test_rounding_each_number_to_the_nearest_five_is_refused(truth):
    counts = {site: {q: 5 * round(count / 5) for q, count in exact(site).items()} for site in SITES}
    table = table_of(counts, rounded=True)
    sites = table["site_type"].ne("reseau")
    # The reader knows that rule: two at most on each side.
    shown = table["effectif_arrondi"].astype(float)
    table["effectif_min"] = table["effectif_min"].astype(float).mask(sites, (shown - 2).clip(lower=0))
    table["effectif_max"] = table["effectif_max"].astype(float).mask(sites, shown + 2)
    found = intruder_test.attack(table, truth)
    assert not found.is_good and found.counts["rien"]["mince"] >= 3


def test_a_small_count_of_the_network_is_refused(truth, good):
    counts, table = atoms(), good.copy()
    counts.loc[len(counts)] = (YEAR, "A", "0590001A", "parents_associes", "oui", "", "", 3)
    added = table.iloc[0].to_dict() | {"indicateur": "parents_associes", "modalite": "oui", "effectif_min": 3, "effectif_max": 3}
    table.loc[len(table)] = added
    whole = network()
    whole.loc[len(whole)] = {name: added[name] for name in whole.columns}
    found = intruder_test.attack(table, intruder_model.Truth(counts, whole), states=["rien"])
    assert not found.is_good and found.findings[0].verdict == EXACT
    assert "vaut 3" in found.sentence


def test_a_rounded_number_is_a_multiple_within_its_distance(truth, good):
    place = good.index[good["precision"].eq("arrondi_secret")][0]
    for column, shift, said in (("effectif_arrondi", 2, "multiple"), ("effectif_min", 1, "bornes")):
        table = good.astype({"effectif_arrondi": float, "effectif_min": float, "effectif_max": float})
        # The ends follow the number, or not.
        for name in {column, "effectif_min", "effectif_max"} if shift == 2 else {column}:
            table.loc[place, name] += shift
        assert said in intruder_test.attack(table, truth, states=[]).sentence


def mutants(good, counts):
    """Each protected number replaced by the true one, where they differ: row, column, true value."""
    for place, own in good[good["precision"].eq("arrondi_secret")].iterrows():
        true = counts[own["site_type"], own["site"]]
        count = true[own["indicateur"], own["modalite"]]
        base = None if own["base_min"] != own["base_min"] else true["accompagnements", ""]
        told = {name: count for name in ("effectif_arrondi", "effectif_min", "effectif_max")}
        if base is not None:
            told |= {name: base for name in ("base_arrondie", "base_min", "base_max")}
            told |= {"part_imprimee_pct": float(int(100 * count / base + 0.5))}
            told |= {name: 100 * count / base for name in ("part_min_pct", "part_max_pct")}
        for name, value in told.items():
            if own[name] == own[name] and abs(own[name] - value) > 1e-9:
                yield place, name, value


def test_every_number_of_the_table_replaced_by_the_true_one_alarms(truth, good):
    counts, seen, silent = {site: exact(site) for site in SITES}, 0, []
    for place, column, value in itertools.islice(mutants(good, counts), 0, None, 1 if ALL else 4):
        table = good.copy()
        table[column] = table[column].astype(float)
        table.loc[place, column] = value
        seen += 1
        if intruder_test.attack(table, truth, states=[]).is_good:
            silent.append((place, column, value))
    assert seen >= (150 if ALL else 40) and silent == []


@pytest.mark.parametrize("verdict, state, refused", [(2, "ligne_du_reseau", True), (1, "rien", True), (1, "ligne_du_reseau", False)])
def test_exact_refuses_always_and_thin_only_when_nothing_else_is_known(verdict, state, refused):
    cell = intruder_model.Cell(YEAR, "alses", "college", "0590001A", "sexe", "filles")
    found = intruder_relations.Audit([]).with_more([intruder_relations.Finding(1, "totaux_des_colleges", cell), intruder_relations.Finding(verdict, state, cell)])
    assert found.is_good is not refused
    assert found.findings[0].is_refused is refused
