"""What links the numbers of a release: perimeters, crossings, old and new collèges, silences, and what a reader knows."""

import pandas as pd
import pytest

from auditor_cases import COLUMNS, YEAR
from helpers.disclosure import intruder_model, intruder_test

NUMBERS = ["effectif_min", "effectif_max", "base_min", "base_max", "effectif_arrondi", "base_arrondie"]
SHARES = ["part_imprimee_pct", "decimales", "part_min_pct", "part_max_pct"]


def cell(question: str, count, *, site: str = "", perimeter: str = "alses", year: int = YEAR) -> dict:
    """A row: « indicateur/modalite » or « indicateur/modalite/croise/modalite »; a pair of ends is a protected count."""
    indicator, modality, crossed, other = (*question.split("/"), "", "", "")[:4]
    low, high = count if isinstance(count, tuple) else (count, count)
    kind = "reseau" if not site else "college" if site.startswith("059") else "association"
    found = {"annee": year, "perimetre": perimeter, "site_type": kind, "site": site, "indicateur": indicator}
    found |= {"modalite": modality, "croise_avec": crossed, "modalite_croisee": other, "unite": "personnes"}
    found |= dict.fromkeys([*NUMBERS, *SHARES]) | {"effectif_min": low, "effectif_max": high, "source": "export"}
    rounded = isinstance(count, tuple)
    return found | {"precision": "arrondi_secret" if rounded else "exact", "effectif_arrondi": high - 4 if rounded else None}


def atom(association: str, uai: str, counts: dict[str, int], *, year: int = YEAR) -> pd.DataFrame:
    questions = {name: (*name.split("/"), "", "", "")[:4] for name in counts}
    return pd.DataFrame([(year, association, uai, *questions[name], count) for name, count in counts.items()], columns=COLUMNS)


def attacked(rows: list[dict], atoms: list[pd.DataFrame], *, network: list[dict] | None = None, **options):
    """The audit of some rows; the exact network is theirs unless given."""
    table = pd.DataFrame(rows)
    top = pd.DataFrame(network) if network else table[table["site_type"].eq("reseau")]
    return intruder_test.attack(table, intruder_model.Truth(pd.concat(atoms, ignore_index=True), top), **options)


def told(found, state: str = "rien") -> dict[tuple[str, str], tuple[float, float]]:
    """The cells that are found, exact or thin, and their ends."""
    return {
        (each.cell.site or each.cell.perimetre, each.cell.modalite): (each.low, each.high)
        for each in found.findings
        if each.cell is not None and each.state == state
    }


SIZES = {"accompagnements/": 40, "sexe/filles": 25, "sexe/garcons": 15}


def test_the_persons_of_others_are_the_difference_of_two_perimeters():
    own = [cell(name, count) for name, count in SIZES.items()]
    others = {"accompagnements/": 60, "sexe/filles": 42, "sexe/garcons": 18}
    wide = [cell(name, count, perimeter="prevention_specialisee") for name, count in others.items()]
    found = attacked([*own, *wide], [atom("A", "0590001A", SIZES)], states=["rien"])
    assert told(found) == {("hors_alses", "garcons"): (3, 3)} and not found.is_good


def test_a_single_small_answer_of_the_network_is_what_the_others_leave_of_the_base():
    counts = {"accompagnements/": 40, "sexe/filles": 25, "sexe/garcons": 12, "sexe/non_renseigne": 3}
    rows = [cell(name, (0, 4) if count == 3 else count) for name, count in counts.items()]
    rows[-1]["effectif_arrondi"] = 0
    exact = [cell(name, count) for name, count in counts.items()]
    found = attacked(rows, [atom("A", "0590001A", counts), atom("A", "", {})], network=exact, states=["rien"])
    assert told(found) == {("0590001A", "non_renseigne"): (3, 3)}
    assert {each.modalite for each in found.findings[0].told_by} >= {"filles", "garcons"}
    assert "Sexe : filles, 25" in found.sentence.replace("\u202f", " ").replace("\xa0", " ")


def test_a_crossing_of_an_association_is_bound_by_its_answers():
    counts = {"accompagnements/": 40, "sexe/filles": 25, "sexe/garcons": 15, "niveau/6e": 20, "niveau/5e": 20}
    crossed = {"niveau/6e/sexe/filles": 18, "niveau/5e/sexe/filles": 7, "niveau/6e/sexe/garcons": 2, "niveau/5e/sexe/garcons": 13}
    top = [cell(name, count) for name, count in (counts | crossed).items()]
    kept = [row for row in top if row["croise_avec"] == "" or row["effectif_min"] > 4]
    shown = [cell("niveau/6e/sexe/filles", (16, 24), site="A"), cell("niveau/5e/sexe/garcons", (11, 19), site="A")]
    pairs = [atom("A", "0590001A", counts | crossed)]
    found = attacked([*kept, *shown], pairs, network=top, states=["rien"])
    # 6e less girls in 6e, both exact for the network, are the boys.
    assert told(found)["A", "6e"] == (2, 2)
    # Folded, the network tells no more than its margins; the association alone leaves enough.
    alone = attacked([row for row in kept if not row["croise_avec"]] + shown, pairs, network=top, states=["rien"])
    assert all(ends[0] < ends[1] for ends in told(alone).values())


SITE = {"accompagnements/": 21, "sexe/filles": 18, "sexe/garcons": 3}
REST = {"accompagnements/": 30, "sexe/filles": 14, "sexe/garcons": 16}


def site_rows() -> list[dict]:
    top = [cell(name, SITE[name] + REST[name]) for name in SITE]
    own = [cell("accompagnements/", (16, 24), site="0590001A"), cell("sexe/filles", (16, 24), site="0590001A")]
    return [*top, *own, {**cell("sexe/garcons", (0, 4), site="0590001A"), "effectif_arrondi": 0}]


def test_a_reader_who_knows_more_leaves_fewer_values():
    found = attacked(site_rows(), [atom("A", "0590001A", SITE), atom("B", "0590002B", REST)])
    assert found.counts["rien"] == {"bon": 1, "mince": 0, "exact": 0} and found.is_good
    # One pupil known is a boy: the answer that is the rarest.
    assert told(found, "une_personne_par_college") == {("0590001A", "garcons"): (1, 4)}


def test_an_answer_without_a_row_where_the_question_is_answered_is_somebody_or_nobody():
    rows = [row for row in site_rows() if row["site"] == "" or row["modalite"] != "garcons"]
    rows[-2] |= {"effectif_min": 21, "effectif_max": 21}
    rows[-1] |= {"effectif_min": 17, "effectif_max": 25}
    found = attacked(rows, [atom("A", "0590001A", SITE), atom("B", "0590002B", REST)], states=["rien"])
    assert told(found) == {("0590001A", "garcons"): (1, 4)}


@pytest.mark.parametrize("size, is_small", [(10, True), (11, False)])
def test_a_site_without_a_report_is_known_to_be_small_when_it_is(size, is_small):
    from helpers.disclosure.intruder_relations import model_of, rows_of

    rows = pd.DataFrame([*site_rows(), cell("accompagnements/", (26, 34), site="0590002B")])
    atoms = pd.concat([atom("A", "0590001A", SITE), atom("B", "0590002B", REST), atom("B", "0590003C", {"accompagnements/": size})])
    model = model_of(intruder_model.Truth(atoms, rows[rows["site_type"].eq("reseau")]), rows_of(rows, YEAR), YEAR)
    (place,) = model.system.sums[intruder_model.Cell(YEAR, "alses", "college", "0590003C", "accompagnements")]
    assert (model.system.low[place], model.system.high[place]) == (1, 10 if is_small else float("inf"))


@pytest.mark.parametrize("shows_association, ends", [(True, (1, 10)), (False, (0, float("inf")))])
def test_the_list_of_sites_is_known_where_one_of_them_has_a_report(shows_association, ends):
    from helpers.disclosure.intruder_relations import model_of, rows_of

    rows = pd.DataFrame([cell("accompagnements/", 15), *([cell("accompagnements/", (6, 14), site="A")] if shows_association else [])])
    atoms = pd.concat([atom("A", "0590001A", {"accompagnements/": 7}), atom("A", "0590002B", {"accompagnements/": 8})])
    model = model_of(intruder_model.Truth(atoms, rows[rows["site_type"].eq("reseau")]), rows_of(rows, YEAR), YEAR)
    (place,) = model.system.sums[intruder_model.Cell(YEAR, "alses", "college", "0590001A", "accompagnements")]
    assert (model.system.low[place], model.system.high[place]) == ends


def test_new_colleges_are_a_sum_that_the_comparison_tells():
    earlier = [cell(name, count, year=YEAR - 1) for name, count in REST.items()]
    pairs = [atom("A", "0590001A", SITE), atom("B", "0590002B", REST), atom("B", "0590002B", REST, year=YEAR - 1)]
    measures = {"base_nouveaux": 21, "part_nouveaux": 100 * 3 / 21}
    compared = pd.DataFrame(
        [("annees/alses/sexe/garcons", YEAR, YEAR - 1, name, value) for name, value in measures.items()],
        columns=["comparaison", "annee", "comparee_a", "mesure", "valeur"],
    )
    rows = [*site_rows(), *earlier]
    assert attacked(rows, pairs, states=["rien"]).is_good
    found = attacked(rows, pairs, states=["rien"], comparisons=compared)
    assert told(found) == {("0590001A", "garcons"): (3, 3)}


def test_the_base_of_a_share_tells_the_size_of_a_site():
    top = [cell(name, SITE[name] + REST[name]) for name in SITE]
    pairs = [atom("A", "0590001A", SITE), atom("B", "0590002B", REST)]
    shown = {**cell("sexe/filles", (18, 18), site="0590001A"), "effectif_arrondi": None}
    found = attacked([*top, shown, cell("sexe/garcons", (0, 8), site="0590001A")], pairs, states=["rien"])
    assert told(found) == {}
    based = [shown | {"base_min": 21, "base_max": 21}, cell("sexe/garcons", (0, 8), site="0590001A")]
    assert told(attacked([*top, *based], pairs, states=["rien"])) == {("0590001A", "garcons"): (3, 3)}


def test_the_size_of_a_college_alone_may_tell_an_answer():
    top = [cell(name, SITE[name] + REST[name]) for name in SITE]
    own = [cell("accompagnements/", (16, 24), site="0590001A"), cell("sexe/garcons", (0, 8), site="0590001A")]
    own.append(cell("sexe/filles", (18, 18), site="0590001A") | {"precision": "exact"})
    found = attacked([*top, *own], [atom("A", "0590001A", SITE), atom("B", "0590002B", REST)])
    assert told(found) == {} and told(found, "totaux_des_colleges") == {("0590001A", "garcons"): (3, 3)}
    assert not found.is_good


def test_the_row_of_the_network_is_known_and_not_judged_when_a_reader_has_it():
    small = {"accompagnements/": 33, "sexe/filles": 30, "sexe/garcons": 3}
    exact = [cell("accompagnements/", 54), cell("sexe/filles", 48), cell("sexe/garcons", 3), cell("sexe/non_renseigne", 3)]
    rows = [cell("accompagnements/", (16, 24), site="0590001A"), cell("sexe/garcons", (1, 9), site="0590001A")]
    pairs = [atom("A", "0590001A", SITE), atom("B", "0590002B", {**small, "sexe/garcons": 0, "sexe/non_renseigne": 3})]
    found = attacked(rows, pairs, network=exact, states=["ligne_du_reseau"])
    known = told(found, "ligne_du_reseau")
    assert known["0590001A", "garcons"] == (1, 3) and {site for site, _ in known} <= {"0590001A", "0590002B"}


def test_what_a_state_supposes_is_not_what_the_release_tells():
    # One collège alone is the network: who knows the row of one knows the other, whatever is published.
    counts = {"accompagnements/": 40, "sexe/filles": 37, "sexe/garcons": 3}
    rows = [cell("accompagnements/", (36, 44), site="0590001A"), cell("sexe/garcons", (0, 4), site="0590001A")]
    exact = [cell(name, count) for name, count in counts.items()]
    found = attacked(rows, [atom("A", "0590001A", counts)], network=exact, states=["ligne_du_reseau"])
    assert told(found, "ligne_du_reseau") == {} and found.is_good
    # Two collèges, and a published count that says in which of them the three are: the release tells it.
    pairs = [atom("A", "0590001A", counts), atom("B", "0590002B", {"accompagnements/": 20, "sexe/filles": 20})]
    both = [cell("accompagnements/", 60), cell("sexe/filles", 57), cell("sexe/garcons", 3)]
    sites = [*rows, cell("accompagnements/", (16, 24), site="0590002B"), cell("sexe/filles", (20, 20), site="0590002B") | {"precision": "exact"}]
    sites.append(cell("sexe/garcons", (0, 0), site="0590002B") | {"precision": "exact"})
    found = attacked([*sites], pairs, network=both, states=["ligne_du_reseau"])
    assert told(found, "ligne_du_reseau") == {("0590001A", "garcons"): (3, 3)}


def test_the_persons_of_no_known_college_are_counted_by_who_knows_every_college_and_their_answers_are_judged():
    there, elsewhere = {"accompagnements/": 21, "sexe/filles": 21}, {"accompagnements/": 3, "sexe/garcons": 3}
    top = [cell("accompagnements/", 24), cell("sexe/filles", 21)]
    own = [cell("accompagnements/", (16, 24), site="0590001A"), cell("sexe/filles", (16, 24), site="0590001A")]
    found = attacked([*top, *own], [atom("A", "0590001A", there), atom("A", "", elsewhere)], network=[*top, cell("sexe/garcons", 3)])
    known = told(found, "totaux_des_colleges")
    assert {modality for _, modality in known} == {"garcons"} and set(known.values()) == {(3, 3)}


def test_one_pupil_is_known_in_a_college_without_a_report_too():
    pairs = [atom(name, f"059000{rank}{name}", {"accompagnements/": 4, "sexe/filles": 3, "sexe/garcons": 1}) for rank, name in enumerate("ABCD")]
    top = [cell("accompagnements/", 16), cell("sexe/filles", 12), cell("sexe/garcons", (0, 4)) | {"effectif_arrondi": 0}]
    exact = [*top[:2], cell("sexe/garcons", 4)]
    found = attacked(top, pairs, network=exact, states=["une_personne_par_college"])
    # Four at most in all, one known in each of four collèges.
    assert ("alses", "garcons") in told(found, "une_personne_par_college") and not found.is_good


FILLED = {"accompagnements/": 40, "colonne_remplie/sexe": 37, "sexe/filles": 20, "sexe/garcons": 17, "sexe/non_renseigne": 3}
NUMBERED = {"accompagnements/": 40, "objectif/non_renseigne": 3, "objectif/scolarite": 30, "objectif/mobilite": 20, "nombre_d_objectifs/1": 37, "nombre_d_objectifs/non_renseigne": 3}


@pytest.mark.parametrize(
    ("counts", "telling", "betrayed"),
    [(FILLED, "colonne_remplie/sexe", "sexe/non_renseigne"), (NUMBERED, "nombre_d_objectifs/1", "objectif/non_renseigne")],
)
def test_what_another_question_says_again_is_a_relation(counts, telling, betrayed):
    shown = {name: (0, 4) if count == 3 else count for name, count in counts.items() if not name.startswith("sexe/") or count == 3}
    rows = [{**cell(name, count), "effectif_arrondi": 0 if isinstance(count, tuple) else None} for name, count in shown.items()]
    exact = [cell(name, count) for name, count in counts.items()]
    pairs = [atom("A", "0590001A", {name: count for name, count in counts.items() if "colonne" not in name}), atom("A", "", {})]
    found = told(attacked(rows, pairs, network=exact, states=["rien"]))
    assert found[next(site for site, _ in found), betrayed.split("/")[1]] == (3, 3)
    without = [row for row in rows if f"{row['indicateur']}/{row['modalite']}" != telling]
    assert (3, 3) not in told(attacked(without, pairs, network=exact, states=["rien"])).values()


# --- the persons of both years ---------------------------------------------------------------------------------------


def compared(correlation: tuple[float, float], *, shared: int = 50) -> pd.DataFrame:
    measures = {"personnes_communes": (shared, shared), "correlation": correlation}
    rows = [("annees/alses/sexe/filles", YEAR, YEAR - 1, name, *ends) for name, ends in measures.items()]
    return pd.DataFrame(rows, columns=["comparaison", "annee", "comparee_a", "mesure", "valeur_min", "valeur_max"]).assign(valeur=0.0)


def of_both(both: int, now: int, before: int, ends=None, *, shared: int = 50):
    """The audit of two years of a hundred, sixty girls each, whose shared persons have that table."""
    from helpers.analysis.years import phi

    counts = {"accompagnements/": 100, "sexe/filles": 60, "sexe/garcons": 40}
    rows = [cell(name, count, year=year) for year in (YEAR - 1, YEAR) for name, count in counts.items()]
    told_of = ends or (phi(both, now, before, shared),) * 2
    pairs = [atom("A", "0590001A", counts, year=year) for year in (YEAR - 1, YEAR)]
    return attacked(rows, pairs, states=["rien"], comparisons=compared(told_of, shared=shared))


def test_the_correlation_of_the_persons_of_both_years_is_a_count():
    assert of_both(20, 27, 28).is_good  # 20, 7, 8, 15: none is small
    found = of_both(26, 29, 29)
    assert not found.is_good and "des deux années" in found.sentence and "annees/alses/sexe/filles" in found.sentence
    assert any(each.low == each.high == 3 for each in found.findings)


def test_a_correlation_given_with_five_possible_counts_tells_none():
    from helpers.analysis.years import _possible, phi

    ends = [phi(both, 29, 29, 50) for both in _possible(26, 29, 29, 50)]
    assert len(ends) == 5 and of_both(26, 29, 29, (min(ends), max(ends))).is_good


def test_how_many_are_in_both_years_tells_who_is_in_one():
    found = of_both(58, 60, 59, (0.9, 1.0), shared=97)
    assert any(each.cell is None and "seule : 3" in each.sentence.replace("\xa0", " ").replace("\u202f", " ") for each in found.findings)
