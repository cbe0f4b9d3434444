"""The intruder test: small tables against enumeration, releases that must be refused or may leave, what links numbers.

Twenty-five tables and a mutant in eight in the quick suite; all of them when ``ALSES_ENUMERATIONS=toutes``.
"""

import itertools
import math
import random
import shutil

import numpy as np
import pandas as pd
import pytest

import intruder_cases as cases
from conftest import ALL, long
from helpers.disclosure import intruder_test
from helpers.disclosure.intruder_model import Cell, Model, System, Truth, add_up, rows_of
from helpers.disclosure.intruder_test import EXACT, Intervals, Program, to_matrix
from intruder_cases import SITES, SIZE, YEAR, atom, attacked, cell, exact

TABLES = 1000 if ALL else 25


def settled(system: System, cells: list, span: int = 4) -> np.ndarray:
    """How far apart the ends of cells are, up to ``span``."""
    sums = to_matrix([system.cells[cell] for cell in cells], len(system.truth))
    found = Intervals(Program(system.truth, system.logic), sums, np.zeros(len(system.truth), dtype=bool), []).settle(span)
    return np.minimum(found.high - found.low, span)


def test_the_linked_example_of_eight_numbers_reveals_that_k_is_three():
    """Counts up to three are hidden; the others and these totals are published."""
    counts, widths = dict(zip("ABIJKLMN", (2, 2, 8, 8, 3, 3, 3, 7), strict=True)), []
    for totals in (["ABIJ", "KLMN", "ABIJKN", "LM"], ["ABIJ", "KLMN"]):
        system = System()
        for name, count in counts.items():
            system.add(name, count)
            system.logic.append((system.cells[name], *((count, count) if count > 3 else (1, np.inf))))
        for total in totals:
            terms = add_up(system.cells[name] for name in total)
            system.logic.append((terms, *[system.value(terms)] * 2))
        widths.append(settled(system, ["K"])[0])
    assert widths[0] == 0 < widths[1]


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
    assert {name: counts["exact"] for name, counts in found.counts.items()} == dict.fromkeys(intruder_test.SCENARIOS, 0)
    assert found.counts["rien"]["mince"] == 0 and found.counts["rien"]["bon"] >= 10


def test_witnesses_spare_the_solver_and_those_that_the_tables_deny_are_not_believed(truth, good, monkeypatch):
    witnesses, solved, push = [], [], Program.push
    thorough = intruder_test.try_tables(good, truth, witnesses=witnesses)
    monkeypatch.setattr(Program, "push", lambda *given, **options: solved.append(1) or push(*given, **options))
    again = intruder_test.try_tables(good, truth, witnesses=[*witnesses], is_brief=True)
    assert again == thorough and not solved
    table = cases.table_of({site: exact(site) for site in SITES}, rounded=False)
    assert intruder_test.try_tables(table, truth, witnesses=witnesses, is_brief=True).counts["rien"]["exact"] >= 10


def test_exact_sites_are_refused_with_the_small_ones_masked_or_not(truth):
    table = cases.table_of({site: exact(site) for site in SITES}, rounded=False)
    assert intruder_test.try_tables(table, truth).counts["rien"]["exact"] >= 10
    is_small = table["effectif_min"].between(1, 4) & table["site_type"].ne("reseau")
    found = intruder_test.try_tables(table[~is_small], truth, scenarios=["rien"])
    first = next(each for each in found.findings if each.cell is not None)
    assert not found.is_good and first.verdict == EXACT
    assert "On retrouve le nombre exact" in first.sentence


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


@long
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


# --- what links the numbers: perimeters, crossings, old and new collèges, missing rows, what a reader knows ------------


def told(found, state: str = "rien") -> dict[tuple[str, str], tuple[float, float]]:
    """The cells that are found, exact or thin, and their ends."""
    return {
        (each.cell.site or each.cell.perimetre, each.cell.modalite): (each.low, each.high)
        for each in found.findings
        if each.cell is not None and each.scenario == state
    }


def cells(counts: dict, **options) -> list[dict]:
    return [cell(name, count, **options) for name, count in counts.items()]


SIZES = {"accompagnements/": 40, "sexe/filles": 25, "sexe/garcons": 15}
SITE = {"accompagnements/": 21, "sexe/filles": 18, "sexe/garcons": 3}
REST = {"accompagnements/": 30, "sexe/filles": 14, "sexe/garcons": 16}
TWO = [atom("A", "0590001A", SITE), atom("B", "0590002B", REST)]
TOP = [cell(name, SITE[name] + REST[name]) for name in SITE]
ONE_SITE = [
    *TOP,
    *cells({"accompagnements/": (16, 24), "sexe/filles": (16, 24), "sexe/garcons": (0, 4)}, site="0590001A"),
]
BOYS, THREE = ("0590001A", "garcons"), (3, 3)


def exactly(question: str, count: int, site: str) -> dict:
    """An exact count at a site, as no protection writes it."""
    return cell(question, (count, count), site=site) | {"precision": "exact"}


# 6e minus girls in 6e, both exact for the network, are the boys.
CROSSED = SIZES | {"niveau/6e": 20, "niveau/5e": 20, "niveau/6e/sexe/filles": 18, "niveau/5e/sexe/filles": 7}
CROSSED |= {"niveau/6e/sexe/garcons": 2, "niveau/5e/sexe/garcons": 13}
LARGE = [row for row in cells(CROSSED) if row["croise_avec"] == "" or row["effectif_min"] > 4]
OF_A = cells({"niveau/6e/sexe/filles": (16, 24), "niveau/5e/sexe/garcons": (11, 19)}, site="A")
OTHERS = cells({"accompagnements/": 60, "sexe/filles": 42, "sexe/garcons": 18}, perimeter="prevention_specialisee")
SILENT = {"accompagnements/": 40, "sexe/filles": 25, "sexe/garcons": 12, "sexe/non_renseigne": 3}
BASED, OTHER = cell("sexe/filles", (18, 18), site="0590001A"), cell("sexe/garcons", (0, 8), site="0590001A")
# One collège alone is the network: who knows the row of one knows the other, whatever is published. Of two, the release
# reveals in which the three boys are.
ALONE = {"accompagnements/": 40, "sexe/filles": 37, "sexe/garcons": 3}
SECOND = atom("B", "0590002B", {"accompagnements/": 20, "sexe/filles": 20})
SHOWN = cells({"accompagnements/": (36, 44), "sexe/garcons": (0, 4)}, site="0590001A")
SHOWN_SECOND = [cell("accompagnements/", (16, 24), site="0590002B")]
SHOWN_SECOND += [exactly("sexe/filles", 20, "0590002B"), exactly("sexe/garcons", 0, "0590002B")]
BOTH = cells({"accompagnements/": 60, "sexe/filles": 57, "sexe/garcons": 3})
# Four at most in all, one boy known in each of four collèges, with a report or not.
FOUR = [atom(name, f"059000{n}{name}", {"accompagnements/": 4, "sexe/filles": 3, "sexe/garcons": 1}) for n, name in enumerate("ABCD")]
TOP_FOUR = cells({"accompagnements/": 16, "sexe/filles": 12})


@pytest.mark.parametrize(
    ("rows", "atoms", "network", "state", "expected"),
    [
        ([*cells(SIZES), *OTHERS], [atom("A", "0590001A", SIZES)], None, "rien", {("hors_alses", "garcons"): THREE}),
        (
            cells(SILENT | {"sexe/non_renseigne": (0, 4)}),
            [atom("A", "0590001A", SILENT), atom("A", "", {})],
            cells(SILENT),
            "rien",
            {("0590001A", "non_renseigne"): THREE},
        ),
        ([*LARGE, *OF_A], [atom("A", "0590001A", CROSSED)], cells(CROSSED), "rien", {("alses", "6e"): (2, 2)}),
        # One of two associations subtracts its own records from the exact network.
        (ONE_SITE, TWO, None, "dossiers_d_une_association", {BOYS: THREE}),
        # An answer without a row where the question is answered is somebody.
        (
            [*TOP, *cells({"accompagnements/": (21, 21), "sexe/filles": (17, 25)}, site="0590001A")],
            TWO,
            None,
            "rien",
            {BOYS: (1, 4)},
        ),
        # The base of a share, or the size of the collège, reveals an answer.
        ([*TOP, BASED, OTHER], TWO, None, "rien", {}),
        ([*TOP, BASED | {"base_min": 21, "base_max": 21}, OTHER], TWO, None, "rien", {BOYS: THREE}),
        ([*TOP, exactly("sexe/filles", 18, "0590001A"), OTHER], TWO, None, "totaux_des_colleges", {BOYS: THREE}),
        ([*TOP, exactly("sexe/filles", 18, "0590001A"), OTHER], TWO, None, "rien", {}),
        (SHOWN, [atom("A", "0590001A", ALONE)], cells(ALONE), "ligne_du_reseau", {}),
        ([*SHOWN, *SHOWN_SECOND], [atom("A", "0590001A", ALONE), SECOND], BOTH, "ligne_du_reseau", {BOYS: THREE}),
        (
            [*TOP_FOUR, cell("sexe/garcons", (0, 4))],
            FOUR,
            [*TOP_FOUR, cell("sexe/garcons", 4)],
            "une_personne_par_college",
            {("alses", "garcons"): (4, 4)} | {(f"059000{n}{name}", "garcons"): (1, 1) for n, name in enumerate("ABCD")},
        ),
    ],
)
def test_what_a_reader_finds(rows, atoms, network, state, expected):
    found = attacked(rows, atoms, network=network, scenarios=[state])
    assert told(found, state) == expected and not (expected and found.is_good)


def test_a_reader_who_knows_more_leaves_fewer_values():
    found = attacked(ONE_SITE, TWO)
    assert found.counts["rien"] == {"bon": 1, "mince": 0, "exact": 0}
    # One pupil known is a boy: the answer that is the rarest.
    assert found.counts["une_personne_par_college"] == {"bon": 0, "mince": 1, "exact": 0}
    assert not found.is_good


LISTED = [*ONE_SITE, cell("accompagnements/", (26, 34), site="0590002B")]
ASSOCIATION = [cell("accompagnements/", 15), cell("accompagnements/", (6, 14), site="A")]
SMALL = [atom("A", "0590003C", {"accompagnements/": 7}), atom("A", "0590002B", {"accompagnements/": 8})]


@pytest.mark.parametrize(
    ("rows", "atoms", "ends"),
    [
        (LISTED, [*TWO, atom("B", "0590003C", {"accompagnements/": 10})], (1, 10)),
        (LISTED, [*TWO, atom("B", "0590003C", {"accompagnements/": 11})], (1, float("inf"))),
        (ASSOCIATION, SMALL, (1, 10)),
        (ASSOCIATION[:1], SMALL, (0, float("inf"))),  # no site is listed
    ],
)
def test_a_site_without_a_report_is_known_to_be_small_where_another_has_one(rows, atoms, ends):
    rows = pd.DataFrame(rows)
    model = Model(Truth(pd.concat(atoms), rows[rows["site_type"].eq("reseau")]), rows_of(rows, YEAR), YEAR)
    terms = model.cells[Cell(YEAR, "alses", "college", "0590003C", "accompagnements")]
    assert [low_high for own, *low_high in model.published if own == terms] == [[*ends]] * (ends[0] > 0)


def test_the_row_of_the_network_is_known_and_not_judged_when_a_reader_has_it():
    whole = cells({"accompagnements/": 54, "sexe/filles": 48, "sexe/garcons": 3, "sexe/non_renseigne": 3})
    rows = cells({"accompagnements/": (16, 24), "sexe/garcons": (1, 9)}, site="0590001A")
    other = {"accompagnements/": 33, "sexe/filles": 30, "sexe/garcons": 0, "sexe/non_renseigne": 3}
    found = attacked(rows, [TWO[0], atom("B", "0590002B", other)], network=whole, scenarios=["ligne_du_reseau"])
    # Three boys in all, one to nine in this collège; the three of unknown sex are not in it.
    assert found.counts["ligne_du_reseau"] == {"bon": 0, "mince": 1, "exact": 1}


def test_the_persons_of_no_known_college_are_counted_by_who_knows_every_college_and_their_answers_are_judged():
    there, elsewhere = {"accompagnements/": 21, "sexe/filles": 21}, {"accompagnements/": 3, "sexe/garcons": 3}
    top = cells({"accompagnements/": 24, "sexe/filles": 21})
    rows = [*top, *cells({"accompagnements/": (16, 24), "sexe/filles": (16, 24)}, site="0590001A")]
    pairs = [atom("A", "0590001A", there), atom("A", "", elsewhere)]
    known = told(attacked(rows, pairs, network=[*top, cell("sexe/garcons", 3)], scenarios=["totaux_des_colleges"]), "totaux_des_colleges")
    assert {modality for _, modality in known} == {"garcons"} and set(known.values()) == {THREE}


FILLED = SILENT | {"colonne_remplie/sexe": 37}
NUMBERED = {"accompagnements/": 40, "objectif/non_renseigne": 3, "objectif/scolarite": 30, "objectif/mobilite": 20}
NUMBERED |= {"nombre_d_objectifs/1": 37, "nombre_d_objectifs/non_renseigne": 3}


@pytest.mark.parametrize(
    ("counts", "telling", "betrayed"),
    [(FILLED, "colonne_remplie/sexe", "sexe"), (NUMBERED, "nombre_d_objectifs/1", "objectif")],
)
def test_what_another_question_says_again_is_a_relation(counts, telling, betrayed):
    is_hidden = [name for name, count in counts.items() if name.startswith("sexe/") and count != 3]
    shown = {name: (0, 4) if count == 3 else count for name, count in counts.items() if name not in is_hidden}
    own = {name: count for name, count in counts.items() if "colonne" not in name}
    pairs, options = [atom("A", "0590001A", own), atom("A", "", {})], {"network": cells(counts), "scenarios": ["rien"]}

    def found_in(names: list[str]) -> set[tuple[str, str]]:
        found = attacked(cells({name: shown[name] for name in names}), pairs, **options).findings
        return {(each.cell.indicateur, each.cell.modalite) for each in found if each.low == each.high == 3}

    assert (betrayed, "non_renseigne") in found_in([*shown])
    assert found_in([name for name in shown if name != telling]) == set()
