"""The intruder test: small tables against enumeration, known examples, releases that must be refused or may leave.

Sixty tables and a mutant in eight in the quick suite; all of them when ``ALSES_ENUMERATIONS=toutes``.
"""

import itertools
import math
import random
import shutil

import numpy as np
import pandas as pd
import pytest

import intruder_cases as cases
from conftest import ALL
from helpers import paths
from helpers.disclosure import intruder_model, intruder_test
from helpers.disclosure.intruder_model import System, add_up
from helpers.disclosure.intruder_test import EXACT, Intervals, Program, to_matrix
from intruder_cases import SITES, SIZE, exact

TABLES = 1000 if ALL else 60


def settled(system: System, cells: list, span: int = 4) -> np.ndarray:
    """How far apart the ends of cells are, up to ``span``."""
    sums = to_matrix([system.cells[cell] for cell in cells], len(system.truth))
    found = Intervals(Program(system.truth, system.logic), sums, np.zeros(len(system.truth), dtype=bool)).settle(span)
    return np.minimum(found.high - found.low, span)


def masked(counts: dict[str, int], totals: list[str], *, up_to: int) -> dict[str, int]:
    """The width of the intervals of small cells that are hidden, when the others and totals are published."""
    system, hidden = System(), [name for name, count in counts.items() if count <= up_to]
    for name, count in counts.items():
        system.add(name, count)
        system.logic.append((system.cells[name], *((1, np.inf) if name in hidden else (count, count))))
    for total in totals:
        terms = add_up(system.cells[name] for name in total)
        system.logic.append((terms, *[system.value(terms)] * 2))
    return dict(zip(hidden, settled(system, hidden).tolist(), strict=True))


def test_the_linked_example_of_eight_numbers_reveals_that_k_is_three():
    counts = dict(zip("ABIJKLMN", (2, 2, 8, 8, 3, 3, 3, 7), strict=True))
    assert masked(counts, ["ABIJ", "KLMN", "ABIJKN", "LM"], up_to=3)["K"] == 0
    # Each total alone keeps it hidden.
    assert masked(counts, ["ABIJ", "KLMN"], up_to=3)["K"] > 0


def test_three_singletons_in_two_rows_are_found():
    counts = dict(zip("ABCDFIJ", (1, 1, 7, 1, 1, 2, 8), strict=True))
    assert masked(counts, ["ABCD", "FIJ", "AF", "DI"], up_to=2) == dict.fromkeys("ABDFI", 0)


def small_table(seed: int) -> tuple[System, list[tuple[dict, int, int]]]:
    """A random table of two or three places and answers, nested, with cells and totals known more or less."""
    pick = random.Random(seed)
    places, answers = pick.choice([2, 3]), pick.choice([2, 3])
    system, limits = System(), []
    for place, answer in itertools.product(range(places), range(answers)):
        count = pick.randint(0, 5)
        ends = [(count, count), (max(0, count - 4), count + 4), (1, 4) if 1 <= count <= 4 else (0, 6)]
        system.add((place, answer), count)
        system.logic.append((system.cells[place, answer], *pick.choice(ends)))
    lines = [[(place, answer) for answer in range(answers)] for place in range(places)]
    lines += [[(place, answer) for place in range(places)] for answer in range(answers)]
    # Two of three places make an association.
    lines += [[(place, answer) for place in (0, 1)] for answer in range(answers)] if places == 3 else []
    for line in lines:
        terms, width = {place * answers + answer: 1 for place, answer in line}, pick.choice([0, 0, 2, 4])
        count = system.value(terms)
        limits.append((terms, max(0, count - pick.randint(0, width)), count + pick.randint(0, width)))
        system.logic.append(limits[-1])
    return system, limits


def enumerated(system: System, limits: list[tuple[dict, int, int]]) -> np.ndarray | None:
    """The width of every interval, by trying every table; None where they are too many."""
    ends = [each[1:3] for each in system.logic[: len(system.truth)]]
    ranges = [range(int(low), int(high) + 1) for low, high in ends]
    if math.prod(map(len, ranges)) > 40_000:
        return None
    tables = np.array(list(itertools.product(*ranges)))
    for terms, low, high in limits:
        sums = tables[:, list(terms)].sum(axis=1)
        tables = tables[(sums >= low) & (sums <= high)]
    return np.ptp(tables, axis=0)


def test_the_intervals_are_those_of_an_enumeration():
    tables = ((seed, *small_table(seed)) for seed in itertools.count())
    known = ((seed, system, enumerated(system, limits)) for seed, system, limits in tables)
    for seed, system, true in itertools.islice((each for each in known if each[2] is not None), TABLES):
        for span in (1, 4):
            is_wide = settled(system, list(system.cells), span) >= span
            assert (is_wide == (true >= span)).all(), (seed, span)
        assert ((settled(system, list(system.cells)) == 0) == (true == 0)).all(), seed


# --- a release -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def truth():
    return cases.truth()


@pytest.fixture(scope="module")
def good():
    return cases.table_of(cases.rounded_counts(), rounded=True)


def test_a_true_controlled_rounding_may_leave(truth, good):
    found = intruder_test.try_tables(good, truth)
    assert found.is_good, found.sentence
    assert {name: counts["exact"] for name, counts in found.counts.items()} == dict.fromkeys(intruder_model.SCENARIOS, 0)
    assert found.counts["rien"]["mince"] == 0 and found.counts["rien"]["bon"] >= 10


def test_exact_sites_are_refused_with_the_small_ones_masked_or_not(truth):
    table = cases.table_of({site: exact(site) for site in SITES}, rounded=False)
    assert intruder_test.try_tables(table, truth).counts["rien"]["exact"] >= 10
    is_small = table["effectif_min"].between(1, 4) & table["site_type"].ne("reseau")
    found = intruder_test.try_tables(table[~is_small], truth, scenarios=["rien"])
    first = next(each for each in found.findings if each.cell is not None)
    assert not found.is_good and first.verdict == EXACT
    assert "On retrouve le nombre exact" in first.sentence


def test_rounding_each_number_to_the_nearest_five_is_refused(truth):
    counts = {site: {q: 5 * round(count / 5) for q, count in exact(site).items()} for site in SITES}
    table = cases.table_of(counts, rounded=True).astype({"effectif_min": float, "effectif_max": float})
    # The reader knows that rule: two at most on each side.
    sites, shown = table["site_type"].ne("reseau"), table["effectif_arrondi"].astype(float)
    table.loc[sites, "effectif_min"], table.loc[sites, "effectif_max"] = (shown - 2).clip(lower=0), shown + 2
    found = intruder_test.try_tables(table, truth)
    assert not found.is_good and found.counts["rien"]["mince"] >= 3


def test_a_small_count_of_the_network_is_refused(truth, good):
    name, added = "parents_associes/oui", pd.DataFrame([cases.cell("parents_associes/oui", 3)])
    atoms = pd.concat([truth.sites, cases.atom("A", "0590001A", {name: 3})], ignore_index=True)
    network = pd.concat([truth.network, added], ignore_index=True)
    table = pd.concat([good, added], ignore_index=True)
    found = intruder_test.try_tables(table, intruder_model.Truth(atoms, network), scenarios=["rien"])
    assert not found.is_good and found.findings[0].verdict == EXACT and "vaut 3" in found.sentence


def test_a_rounded_number_is_a_multiple_within_its_distance(truth, good):
    place, ends = good.index[good["precision"].eq("arrondi_secret")][0], ["effectif_min", "effectif_max"]
    # The ends follow the number, or not.
    for columns, shift in ((["effectif_arrondi", *ends], 2), (["effectif_min"], 1)):
        table = good.astype(dict.fromkeys(["effectif_arrondi", *ends], float))
        table.loc[place, columns] += shift
        assert "celui de l’arrondi" in intruder_test.try_tables(table, truth, scenarios=[]).sentence


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
        if intruder_test.try_tables(table, truth, scenarios=[]).is_good:
            silent.append((place, column, value))
    assert len(tried) >= (150 if ALL else 20) and silent == []


# --- its files -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def release(good, tmp_path_factory):
    root, top = tmp_path_factory.mktemp("parution"), good[good["site_type"].eq("reseau")]
    for site in ["", *SITES]:
        path = root / (f"{cases.kind(site)}s/{site}" if site else "") / "indicateurs.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = pd.concat([good[good["site"].eq(site)], top]).drop_duplicates()
        path.write_text(rows.to_csv(index=False, sep=";", decimal=","), encoding="utf-8-sig")
    return root


def test_a_protected_release_may_leave(release, truth):
    found = intruder_test.try_folder(release, truth)
    assert found.is_good, found.sentence
    assert found.counts["rien"]["bon"] >= 10


def test_two_folders_that_say_two_things_of_a_cell_are_refused(release, tmp_path, truth):
    copy = shutil.copytree(release, tmp_path / "copie")
    path = copy / "colleges/0590002B/indicateurs.csv"
    text = path.read_text(encoding="utf-8-sig")
    line = next(each for each in text.splitlines() if ";reseau;" in each and ";garcons;" in each)
    path.write_text(text.replace(line, line.replace(";60", ";59").replace(";53,", ";52,")), encoding="utf-8-sig")
    found = intruder_test.try_folder(copy, truth)
    assert any("contredit" in each.sentence and "colleges/0590002B" in each.sentence for each in found.findings)


def test_a_folder_without_a_table_is_no_release(tmp_path, truth):
    with pytest.raises(FileNotFoundError, match="indicateurs.csv"):
        intruder_test.try_folder(tmp_path, truth)


def test_a_report_of_printed_figures_has_nothing_to_find(truth):
    nothing = intruder_model.Truth(truth.sites.head(0), truth.network.head(0))
    found = intruder_test.try_folder(paths.repository() / "docs" / "exemple", nothing)
    assert found.findings == [] and found.sentence == "Aucun petit nombre ne se retrouve."
