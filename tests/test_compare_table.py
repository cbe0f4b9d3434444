"""The long table of comparisons: every value of the reference, and what happens at the edges."""

import math

import numpy as np
import pandas as pd
import pytest

import two_exports
from helpers.analysis import comparisons, share_tests, shares, years
from helpers.indicators.comparisons import Comparisons
from helpers.indicators.constraints import row, share_bounds, table
from helpers.schema import apply_schema, catalogue, columns


def figure(year, name, modality, counts=None, base=None, *, perimeter="alses", unit="personnes", **more):
    given = {"share": None, "precision": "exact", "reference": "Note, l. 1"} | more
    return row((year, perimeter, name, modality), unit, counts=counts, base=base, decimals=None if given["share"] is None else 0, **given)


def printed(year, name, modality, share, base):
    return figure(year, name, modality, share_bounds(share, base), (base, base), share=share, precision="arrondi_imprime")


def exactly(year, name, modality, count, base=None, **more):
    return figure(year, name, modality, (count, count), None if base is None else (base, base), **more)


def whole(name, modality, share, counts):
    return figure(2020, name, modality, counts, (6522, 6648), share=share, precision="arrondi_imprime", perimeter="prevention_specialisee")


# The figures of the note, typed again: the reference values were found from them.
BEFORE = table([
    exactly(2019, "accompagnements", "", 1852),
    printed(2019, "sexe", "filles", 40, 1852),
    printed(2019, "origine", "college", 52, 1852),
    figure(2019, "origine", "hors_college", (880, 898), (1852, 1852), precision="deduit"),
    exactly(2019, "postes", "", 40, perimeter="reseau_alses", unit="alses"),
])
NOW = table([
    exactly(2020, "accompagnements", "", 2233),
    printed(2020, "sexe", "filles", 42, 2233),
    printed(2020, "sexe", "garcons", 58, 2233),
    printed(2020, "origine", "college", 46, 2233),
    figure(2020, "origine", "hors_college", (1195, 1216), (2233, 2233), precision="deduit"),
    exactly(2020, "nouvel_accompagnement", "oui", 1206, 2233),
    exactly(2020, "nouvel_accompagnement", "non", 1027, 2233, precision="deduit"),
    *(exactly(2020, "demande_initiale", name, n, 2233) for name, n in {"difficultes_familiales": 43, "sante_addiction": 13, "mobilite": 17, "aides_administratives": 33}.items()),
    *(exactly(2020, "objectif", name, n, 2233) for name, n in {"difficultes_familiales": 916, "sante_addiction": 160, "mobilite": 157, "aides_administratives": 144}.items()),
    whole("sexe", "garcons", 60, (3881, 4022)),
    whole("nouvel_accompagnement", "oui", 47, (3033, 3157)),
    *(exactly(2020, "participants", name, n, base, perimeter="reunions", unit="participants") for name, n, base in [("nouveaux", 19, 21), ("nord", 9, 19), ("sud", 13, 15), ("groupes_alses", 41, 55)]),
    exactly(2020, "experience_prevention", "non", 6, 17, perimeter="postes", unit="postes"),
    exactly(2020, "premiere_prise_de_poste", "oui_ou_incertain", 15, 17, perimeter="postes", unit="postes"),
    exactly(2020, "presentation_formelle", "non", 9, 17, perimeter="postes", unit="postes"),
    *(exactly(2020, "equipe_sur_le_quartier", "non", n, base, perimeter="postes", unit="postes", cross=("association", name)) for name, n, base in [("CAPEP", 4, 6), ("BDJ", 1, 3), ("FCP", 1, 8)]),
    exactly(2020, "postes", "", 73, perimeter="reseau_alses", unit="alses"),
])
CONTROLS = pd.DataFrame(
    [(2020, "postes", "experience_prevention", "non", "part"), (2020, "postes", "premiere_prise_de_poste", "oui_ou_incertain", "part"), (2020, "postes", "presentation_formelle", "non", "part")],
    columns=["annee", "perimetre", "indicateur", "modalite", "mesure"],
)
TABLE = comparisons.build_comparisons(NOW, BEFORE, CONTROLS, year=2020, compare_to=2019)
FOUND = Comparisons(TABLE)
REFERRED = "annees/alses/origine/college"


def test_a_verdict_does_not_change_with_what_else_is_on_the_page():
    alone = [rows[rows["indicateur"].isin(["origine", "accompagnements", "postes"])] for rows in (NOW, BEFORE)]
    found = Comparisons(comparisons.build_comparisons(*alone, CONTROLS.head(0), year=2020, compare_to=2019))(REFERRED)
    assert found["p_holm"] == FOUND(REFERRED)["p_holm"] and found.reach == "selon_ressemblance"
    assert found["p_holm"].high == pytest.approx(8 * found["p_valeur"].high)


@pytest.mark.parametrize(("weak", "strong", "said"), [
    (0.05, 0.9, "non_concluante"), (0.049, 0.05, "selon_ressemblance"), (0.049, 0.049, "concluante"), (0.049, None, "concluante"),
])  # fmt: skip
def test_a_reach_takes_in_the_least_favourable_counts_and_the_strongest_likeness(weak, strong, said):
    corrected = {"p_holm": (0.001, 0.001, weak)} | ({} if strong is None else {"p_holm_fort": (0.001, 0.001, strong)})
    assert (comparisons.reach(corrected), comparisons.reach({})) == (said, "")


def test_the_table_follows_its_schema_and_names_each_measure_once():
    assert list(TABLE.columns) == columns("comparaisons")
    assert not TABLE.duplicated(["comparaison", "mesure"]).any()
    assert TABLE["methode"].ne("").all()
    assert set(TABLE["mesure"]) | set(two_exports.compared()["mesure"]) == set(catalogue().measures)
    known = TABLE.dropna(subset=["valeur", "valeur_min", "valeur_max"])
    assert (known["valeur_min"] <= known["valeur"] + 1e-12).all() and (known["valeur"] <= known["valeur_max"] + 1e-12).all()


def measured(pair):
    return shares.described_measures(pair) | shares.tested_measures(pair)


# --- sweeps ----------------------------------------------------------------------------------------------------------


WIDE = shares.Side((0, 900), (500, 530), 42.0, (41.5, 42.5))


@pytest.mark.parametrize(("sides", "sweep_of"), [
    ((WIDE, shares.Side((0, 900), (400, 420), 40.0, (39.5, 40.5))), shares.compatible_pairs),
    ((shares.Side((400, 402), (900, 900)), shares.Side((0, 6000), (5800, 6000), 40.0, (39.5, 40.5))), shares.compatible_rests),
])
def test_some_cells_in_place_of_every_one_move_no_extreme_that_a_page_shows(monkeypatch, sides, sweep_of):
    central = (shares.central_rest if sweep_of is shares.compatible_rests else shares.central_pair)(*sides)
    monkeypatch.setattr(shares, "MOST_PAIRS", 100_000_000)
    every = shares.sweep(measured, central, sweep_of(*sides))
    for name, value in (("MOST_PAIRS", 1), ("KEPT_BASES", 5), ("KEPT_COUNTS", 7)):
        monkeypatch.setattr(shares, name, value)
    some = shares.sweep(measured, central, sweep_of(*sides))
    assert some["ecart"] == pytest.approx(every["ecart"], abs=0.02)
    assert some["p_valeur"] == pytest.approx(every["p_valeur"], abs=0.005)


# --- edges -----------------------------------------------------------------------------------------------------------


def test_without_an_earlier_year_the_year_alone_is_compared():
    alone = comparisons.build_comparisons(NOW, BEFORE.head(0), CONTROLS, year=2020, compare_to=None)
    kinds = set(alone["comparaison"].str.split("/").str[0])
    assert kinds == {"reste", "emboitee", "reponses", "page"}
    assert alone["comparee_a"].isna().all()


@pytest.mark.parametrize(("before", "now", "p"), [(0, 0, 1.0), (100, 100, 1.0), (50, 50, 1.0)])
def test_shares_of_nobody_of_everybody_or_equal_differ_by_nothing(before, now, p):
    pair = shares.Pair(*(np.array([each]) for each in (now, 100, before, 100)))
    found = measured(pair)
    assert (found["ecart"][0], found["p_valeur"][0]) == (0, p)
    assert found["ic_bas"][0] <= 0 <= found["ic_haut"][0]
    assert math.isnan(found["rapport"][0]) == (before == 0)
    assert share_tests.robustness(pair, shared=10, sizes=(30, 30))["p_recouvrement"][0] == 1
    assert "part_supplement" not in share_tests.robustness(pair, shared=None, sizes=(30, 30))


def test_a_share_on_an_unknown_base_has_its_bounds_and_no_test():
    tables = [table([figure(year, "situation", "collegien", share=share, precision="arrondi_imprime", perimeter="prevention_specialisee")]) for year, share in ((2020, 52), (2019, 55))]
    found = Comparisons(comparisons.build_comparisons(*tables, CONTROLS.head(0), year=2020, compare_to=2019))("annees/prevention_specialisee/situation/collegien")
    assert (found.finding, found.reach, list(found.measures)) == ("baisse", "", ["part", "part_reference", "ecart"])
    assert (found["ecart"].value, found["ecart"].low, found["ecart"].high) == (-3, -4, -2)


def test_the_whole_that_cannot_hold_its_part_is_not_compared():
    rows = [exactly(2020, "sexe", "garcons", 50, 60), exactly(2020, "sexe", "garcons", 40, 80, perimeter="prevention_specialisee")]
    made = comparisons.build_comparisons(table(rows), BEFORE.head(0), CONTROLS.head(0), year=2020, compare_to=None)
    assert set(made["comparaison"]) == {"page"}
    assert apply_schema(made, "comparaisons").equals(made)


# --- which figures are compared --------------------------------------------------------------------------------------

EARLIER = table([
    exactly(2031, "accompagnements", "", 100), exactly(2031, "sexe", "filles", 40, 100), exactly(2031, "sexe", "garcons", 60, 100, precision="deduit"),
    figure(2031, "parents_associes", "oui", precision="non_publie"), exactly(2031, "postes", "", 5, perimeter="reseau_alses", unit="postes"),
])  # fmt: skip
LATER = table([
    exactly(2032, "accompagnements", "", 150), exactly(2032, "sexe", "filles", 65, 150), exactly(2032, "parents_associes", "oui", 75, 150),
    exactly(2032, "postes", "", 8, perimeter="reseau_alses", unit="postes"),
])  # fmt: skip


def test_what_the_year_contradicts_of_the_one_before_is_compared_no_more():
    controls = pd.DataFrame(
        [(2031, "alses", "accompagnements", "", "effectif", "contradictoire"), (2032, "alses", "accompagnements", "", "ecart", "contradictoire"), (2031, "alses", "sexe", "filles", "part", "confirme")],
        columns=["annee", "perimetre", "indicateur", "modalite", "mesure", "verdict"],
    )
    kept = years.reliable(pd.concat([EARLIER, table([printed(2031, "origine", "college", 60, 100)])], ignore_index=True), controls, compare_to=2031)
    assert list(kept["precision"]) == ["contradictoire", "exact", "non_publie", "non_publie", "exact", "arrondi_imprime"]
    assert kept["base_min"].isna().all() and kept["effectif_min"].dropna().tolist() == [40, 5] and kept["part_imprimee_pct"].iloc[-1] == 60
    assert years.reliable(EARLIER, controls.head(0), compare_to=2031) is EARLIER


def test_only_figures_of_persons_published_twice_are_compared():
    both = years.differences(LATER, EARLIER, year=2032, compare_to=2031)
    assert list(both["modalite"]) == ["", "filles"] and list(years.totals(both)["modalite"]) == [""]
    assert years.only_once(LATER, EARLIER, year=2032, compare_to=2031) == ["Place des parents"]
    assert years.differences(LATER, EARLIER.head(0), year=2032, compare_to=None).empty


@pytest.mark.parametrize(("low", "high", "said"), [
    (0.1, 2, "hausse"), (1.01, 1.01, "hausse"), (0.5, 1, "stable"), (-1, 1, "stable"), (-2, -0.1, "baisse"), (-2, 0, "indetermine"), (0, 2, "indetermine"),
    (-1, 1.1, "indetermine"), (-1.1, 1, "indetermine"), (None, 1, ""), (1, float("nan"), ""),
])  # fmt: skip
def test_the_bounds_say_up_down_stable_or_nothing(low, high, said):
    assert years.finding(low, high, stable_within=1) == said
