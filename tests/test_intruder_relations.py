"""What links the numbers of a release: perimeters, crossings, old and new collèges, missing rows, and what a reader knows."""

import pandas as pd
import pytest

from helpers.disclosure.intruder_model import Cell, Model, Truth, rows_of
from intruder_cases import YEAR, atom, attacked, cell


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


def exactly(question: str, count: int, site: str) -> dict:
    """An exact count at a site, as no protection writes it."""
    return cell(question, (count, count), site=site) | {"precision": "exact"}


def test_the_persons_of_others_are_the_difference_of_two_perimeters():
    others = {"accompagnements/": 60, "sexe/filles": 42, "sexe/garcons": 18}
    rows = [*cells(SIZES), *cells(others, perimeter="prevention_specialisee")]
    found = attacked(rows, [atom("A", "0590001A", SIZES)], scenarios=["rien"])
    assert told(found) == {("hors_alses", "garcons"): (3, 3)} and not found.is_good


def test_a_single_small_answer_of_the_network_is_what_the_others_leave_of_the_base():
    counts = {"accompagnements/": 40, "sexe/filles": 25, "sexe/garcons": 12, "sexe/non_renseigne": 3}
    rows = cells(counts | {"sexe/non_renseigne": (0, 4)})
    found = attacked(rows, [atom("A", "0590001A", counts), atom("A", "", {})], network=cells(counts), scenarios=["rien"])
    assert told(found) == {("0590001A", "non_renseigne"): (3, 3)}


def test_a_crossing_of_an_association_is_bound_by_its_answers():
    counts = SIZES | {"niveau/6e": 20, "niveau/5e": 20, "niveau/6e/sexe/filles": 18, "niveau/5e/sexe/filles": 7}
    counts |= {"niveau/6e/sexe/garcons": 2, "niveau/5e/sexe/garcons": 13}
    top = cells(counts)
    large = [row for row in top if row["croise_avec"] == "" or row["effectif_min"] > 4]
    shown = cells({"niveau/6e/sexe/filles": (16, 24), "niveau/5e/sexe/garcons": (11, 19)}, site="A")
    options = {"network": top, "scenarios": ["rien"]}
    # 6e minus girls in 6e, both exact for the network, are the boys.
    assert told(attacked([*large, *shown], [atom("A", "0590001A", counts)], **options))["A", "6e"] == (2, 2)
    # Folded, the network tells no more than its margins; the association alone leaves enough.
    plain_rows = [row for row in large if not row["croise_avec"]]
    alone = attacked([*plain_rows, *shown], [atom("A", "0590001A", counts)], **options)
    assert all(low < high for low, high in told(alone).values())


def test_a_reader_who_knows_more_leaves_fewer_values():
    found = attacked(ONE_SITE, TWO)
    assert found.counts["rien"] == {"bon": 1, "mince": 0, "exact": 0}
    # One pupil known is a boy: the answer that is the rarest.
    assert found.counts["une_personne_par_college"] == {"bon": 0, "mince": 1, "exact": 0}
    # One of two associations subtracts its own records from the exact network.
    assert told(found, "dossiers_d_une_association") == {("0590001A", "garcons"): (3, 3)} and not found.is_good


def test_an_answer_without_a_row_where_the_question_is_answered_is_somebody_or_nobody():
    rows = [*TOP, *cells({"accompagnements/": (21, 21), "sexe/filles": (17, 25)}, site="0590001A")]
    assert told(attacked(rows, TWO, scenarios=["rien"])) == {("0590001A", "garcons"): (1, 4)}


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
    truth = Truth(pd.concat(atoms), rows[rows["site_type"].eq("reseau")])
    system = Model(truth, rows_of(rows, YEAR), YEAR).system
    terms = system.cells[Cell(YEAR, "alses", "college", "0590003C", "accompagnements")]
    assert [low_high for own, *low_high in system.published if own == terms] == [[*ends]] * (ends[0] > 0)


def test_new_colleges_are_a_sum_that_the_comparison_reveals():
    rows, pairs = [*ONE_SITE, *cells(REST, year=YEAR - 1)], [*TWO, atom("B", "0590002B", REST, year=YEAR - 1)]
    compared = pd.DataFrame({"mesure": ["base_nouveaux", "part_nouveaux"], "valeur": [21, 100 * 3 / 21]})
    compared = compared.assign(comparaison="annees/alses/sexe/garcons", annee=YEAR, comparee_a=YEAR - 1)
    assert attacked(rows, pairs, scenarios=["rien"]).is_good
    found = attacked(rows, pairs, scenarios=["rien"], comparisons=compared)
    assert told(found) == {("0590001A", "garcons"): (3, 3)}


def test_the_base_of_a_share_reveals_the_size_of_a_site():
    shown, others = cell("sexe/filles", (18, 18), site="0590001A"), cell("sexe/garcons", (0, 8), site="0590001A")
    assert told(attacked([*TOP, shown, others], TWO, scenarios=["rien"])) == {}
    based = shown | {"base_min": 21, "base_max": 21}
    assert told(attacked([*TOP, based, others], TWO, scenarios=["rien"])) == {("0590001A", "garcons"): (3, 3)}


def test_the_size_of_a_college_alone_may_reveal_an_answer():
    own = cells({"accompagnements/": (16, 24), "sexe/garcons": (0, 8)}, site="0590001A")
    found = attacked([*TOP, *own, exactly("sexe/filles", 18, "0590001A")], TWO)
    assert told(found) == {} and told(found, "totaux_des_colleges") == {("0590001A", "garcons"): (3, 3)}
    assert not found.is_good


def test_the_row_of_the_network_is_known_and_not_judged_when_a_reader_has_it():
    exact = cells({"accompagnements/": 54, "sexe/filles": 48, "sexe/garcons": 3, "sexe/non_renseigne": 3})
    rows = cells({"accompagnements/": (16, 24), "sexe/garcons": (1, 9)}, site="0590001A")
    other = {"accompagnements/": 33, "sexe/filles": 30, "sexe/garcons": 0, "sexe/non_renseigne": 3}
    found = attacked(rows, [TWO[0], atom("B", "0590002B", other)], network=exact, scenarios=["ligne_du_reseau"])
    # Three boys in all, one to nine in this collège; the three of unknown sex are not in it.
    assert found.counts["ligne_du_reseau"] == {"bon": 0, "mince": 1, "exact": 1}


def test_what_a_scenario_supposes_is_not_what_the_release_reveals():
    # One collège alone is the network: who knows the row of one knows the other, whatever is published.
    counts = {"accompagnements/": 40, "sexe/filles": 37, "sexe/garcons": 3}
    pairs, states = [atom("A", "0590001A", counts)], ["ligne_du_reseau"]
    rows = cells({"accompagnements/": (36, 44), "sexe/garcons": (0, 4)}, site="0590001A")
    found = attacked(rows, pairs, network=cells(counts), scenarios=states)
    assert told(found, *states) == {} and found.is_good
    # Two collèges, and a published count that says in which of them the three are: the release reveals it.
    pairs.append(atom("B", "0590002B", {"accompagnements/": 20, "sexe/filles": 20}))
    both = cells({"accompagnements/": 60, "sexe/filles": 57, "sexe/garcons": 3})
    rows += [cell("accompagnements/", (16, 24), site="0590002B")]
    rows += [exactly("sexe/filles", 20, "0590002B"), exactly("sexe/garcons", 0, "0590002B")]
    found = attacked(rows, pairs, network=both, scenarios=states)
    assert told(found, *states) == {("0590001A", "garcons"): (3, 3)}


def test_the_persons_of_no_known_college_are_counted_by_who_knows_every_college_and_their_answers_are_judged():
    there, elsewhere = {"accompagnements/": 21, "sexe/filles": 21}, {"accompagnements/": 3, "sexe/garcons": 3}
    top = cells({"accompagnements/": 24, "sexe/filles": 21})
    rows = [*top, *cells({"accompagnements/": (16, 24), "sexe/filles": (16, 24)}, site="0590001A")]
    pairs = [atom("A", "0590001A", there), atom("A", "", elsewhere)]
    known = told(attacked(rows, pairs, network=[*top, cell("sexe/garcons", 3)]), "totaux_des_colleges")
    assert {modality for _, modality in known} == {"garcons"} and set(known.values()) == {(3, 3)}


def test_one_pupil_is_known_in_a_college_without_a_report_too():
    counts = {"accompagnements/": 4, "sexe/filles": 3, "sexe/garcons": 1}
    pairs = [atom(name, f"059000{rank}{name}", counts) for rank, name in enumerate("ABCD")]
    top = cells({"accompagnements/": 16, "sexe/filles": 12})
    network, state = [*top, cell("sexe/garcons", 4)], "une_personne_par_college"
    found = attacked([*top, cell("sexe/garcons", (0, 4))], pairs, network=network, scenarios=[state])
    # Four at most in all, one known in each of four collèges.
    assert ("alses", "garcons") in told(found, state) and not found.is_good


FILLED = {
    "accompagnements/": 40,
    "colonne_remplie/sexe": 37,
    "sexe/filles": 20,
    "sexe/garcons": 17,
    "sexe/non_renseigne": 3,
}
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

    def exact(names: list[str]) -> set[tuple[str, str]]:
        found = attacked(cells({name: shown[name] for name in names}), pairs, **options).findings
        return {(each.cell.indicateur, each.cell.modalite) for each in found if each.low == each.high == 3}

    assert (betrayed, "non_renseigne") in exact([*shown])
    assert exact([name for name in shown if name != telling]) == set()
