"""The long table of comparisons: every value of the reference, and what happens at the edges."""

import math
from itertools import product

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest

import two_exports
from helpers.analysis import comparisons, share_tests, shares
from helpers.analysis.comparisons import reach
from helpers.indicators.comparisons import Comparisons, stepped_down
from helpers.indicators.constraints import row, share_bounds, table
from helpers.indicators.lookup import with_shares
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
GIRLS, REFERRED = "annees/alses/sexe/filles", "annees/alses/origine/college"
CAPEP = "reponses/postes/equipe_sur_le_quartier/non/association"


def decimals(text: str) -> int:
    return len(text.partition(".")[2])


def test_what_the_bounds_say_and_how_far_it_reaches():
    said = {each.key.removeprefix("comparaisons/"): (each.finding, each.count_finding, each.reach) for each in FOUND.of("annees") + FOUND.of("reste")}
    assert said[GIRLS] == ("hausse", "hausse", "non_concluante")
    # Beyond chance if nobody is alike (0.0110, corrected), and no longer with a weak likeness within posts (0.13).
    assert said[REFERRED] == ("baisse", "hausse", "selon_ressemblance") and FOUND(REFERRED).fragile_from == "faible"
    assert FOUND(REFERRED)["p_holm"].high == pytest.approx(0.0110, abs=5e-5) and FOUND(REFERRED)["p_holm_faible"].high == pytest.approx(0.128, abs=5e-4)
    assert said["annees/alses/origine/hors_college"] == ("", "hausse", "")
    assert FOUND(CAPEP).reach == "non_concluante"


@pytest.mark.parametrize("kind", ["reste", "volume", "emboitee"])
def test_what_differs_by_construction_or_within_posts_is_not_tested(kind):
    assert FOUND.of(kind)
    assert {(each.reach, name) for each in FOUND.of(kind) for name in ("", *each.measures) if name.startswith("p_")} == set()


def test_attendance_is_described_elsewhere_and_compared_nowhere():
    # One person may be counted at two meetings: neither Fisher's test nor an interval of independent persons holds.
    rows = [exactly(2020, "participants", name, n, base, perimeter="reunions", unit="participants") for name, n, base in [("nouveaux", 19, 21), ("nord", 9, 19)]]
    made = comparisons.build_comparisons(table(rows), BEFORE.head(0), CONTROLS.head(0), year=2020, compare_to=None)
    assert set(made["comparaison"]) == {"page"}


def test_a_verdict_does_not_change_with_what_else_is_on_the_page():
    alone = [rows[rows["indicateur"].isin(["origine", "accompagnements", "postes"])] for rows in (NOW, BEFORE)]
    found = Comparisons(comparisons.build_comparisons(*alone, CONTROLS.head(0), year=2020, compare_to=2019))(REFERRED)
    assert found["p_holm"] == FOUND(REFERRED)["p_holm"] and found.reach == "selon_ressemblance"
    assert found["p_holm"].high == pytest.approx(8 * found["p_valeur"].high)


@pytest.mark.parametrize(("weak", "strong", "said"), [
    (0.05, 0.9, "non_concluante"), (0.049, 0.05, "selon_ressemblance"), (0.049, 0.049, "concluante"), (0.049, None, "concluante"),
])
def test_a_reach_takes_in_the_strongest_likeness_that_may_be(weak, strong, said):
    corrected = {"p_holm": (0.001, 0.001, weak)} | ({} if strong is None else {"p_holm_fort": (0.001, 0.001, strong)})
    assert (reach(corrected), reach({})) == (said, "")


def test_each_year_has_the_design_effect_of_its_own_posts():
    # Of thirty and of fifty persons a post, 0.1 of likeness: 1 + 29 x 0.1 and 1 + 49 x 0.1.
    assert share_tests.designs_of(0.1, (30, 50)) == pytest.approx((3.9, 5.9))
    assert share_tests.designs_of(0.1, (1, 0.5)) == (1, 1)
    pair = shares.Pair(*(np.array([each]) for each in (1027, 2233, 963, 1852)))
    likeness = share_tests.likeness_limit(pair, sizes=(30, 50))[0]
    at_it = share_tests.two_sided_p(pair, designs=share_tests.designs_of(likeness, (30, 50)))[0]
    assert at_it == pytest.approx(0.05 / 8)


@pytest.mark.parametrize(("share", "reach"), [(75, "concluante"), (57, "non_concluante")])
def test_the_least_favourable_count_decides(share, reach):
    # At 57 % the central counts give p under 0.05, the extreme ones do not.
    now, before = table([printed(2020, "sexe", "filles", share, 900)]), table([printed(2019, "sexe", "filles", 50, 900)])
    found = Comparisons(comparisons.build_comparisons(now, before, CONTROLS.head(0), year=2020, compare_to=2019))(GIRLS)
    assert found["p_holm"].value < 0.05 and (found["p_holm"].high < 0.05) == (reach == "concluante")
    assert found.reach == reach


@pytest.mark.parametrize("ps", [(0.3,), (0.01, 0.04, 0.03, 0.005), (0.02, 0.02, 0.9, 0.0, 1.0), tuple(np.random.default_rng(7).random(40) ** 4)])
def test_holm_is_that_of_statsmodels_to_the_last_bit(ps):
    assert stepped_down(ps, family=len(ps)) == multipletests(ps, method="holm")[1].tolist()
    # Tests of the family that are not made count as the greatest p.
    assert stepped_down(ps, family=len(ps) + 3) == multipletests([*ps, 1.0, 1.0, 1.0], method="holm")[1][: len(ps)].tolist()


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


def test_a_printed_share_is_read_with_its_central_count_and_its_rounding():
    rows = with_shares(table([printed(2020, "sexe", "filles", 42, 2233), exactly(2020, "nouvel_accompagnement", "oui", 1206, 2233)]))
    girls, new = map(shares.side_of, rows.itertuples())
    assert girls == shares.Side((927, 949), (2233, 2233), 42.0, (41.5, 42.5)) and girls.central() == (938, 2233)
    assert new.central() == (1206, 2233) and [array.tolist() for array in new.cells()] == [[1206], [2233]]


def test_a_sweep_of_wide_intervals_equals_the_loop():
    sides = [shares.Side((20, 23), (50, 50), 43.0, (40.0, 46.0)), shares.Side((10, 14), (40, 40))]
    found = shares.sweep(measured, shares.central_pair(*sides), shares.compatible_pairs(*sides))
    every = list(product(range(20, 24), range(10, 15)))
    gaps = [100 * (k / 50 - n / 40) for k, n in every]
    ps = [proportions_ztest([k, n], [50, 40])[1] for k, n in every]
    assert found["ecart"] == pytest.approx((100 * (22 / 50 - 12 / 40), min(gaps), max(gaps)))
    assert found["p_valeur"][1:] == pytest.approx((min(ps), max(ps)))


def test_a_sweep_of_the_rest_equals_the_loop():
    part, all_of_them = shares.Side((6, 7), (10, 10)), shares.Side((18, 21), (38, 40), 50.0, (49.0, 51.0))
    found = shares.sweep(measured, shares.central_rest(part, all_of_them), shares.compatible_rests(part, all_of_them))
    every = [(k, n - k, base - 10) for base, n, k in product((38, 39, 40), range(18, 22), (6, 7)) if 0.49 * base <= n <= 0.51 * base]
    rest = [100 * n / base for _, n, base in every]
    gaps = [100 * (k / 10 - n / base) for k, n, base in every]
    assert found["part_reference"][1:] == pytest.approx((min(rest), max(rest)))
    assert found["ecart"][1:] == pytest.approx((min(gaps), max(gaps)))


def test_blocks_change_nothing(monkeypatch):
    sides = [shares.Side((20, 40), (50, 52)), shares.Side((10, 30), (40, 40))]
    at_once = shares.sweep(measured, shares.central_pair(*sides), shares.compatible_pairs(*sides))
    monkeypatch.setattr(shares, "BLOCK", 7)
    assert shares.sweep(measured, shares.central_pair(*sides), shares.compatible_pairs(*sides)) == at_once


WIDE = shares.Side((0, 900), (500, 530), 42.0, (41.5, 42.5))


@pytest.mark.parametrize(("sides", "sweep_of"), [
    ((WIDE, shares.Side((0, 900), (400, 420), 40.0, (39.5, 40.5))), shares.compatible_pairs), ((WIDE, shares.Side((0, 900), (400, 420), 42.0, (41.5, 42.5))), shares.compatible_pairs),
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


def test_a_base_known_only_from_five_to_fifty_thousand_is_swept_with_few_pairs():
    wide = [shares.Side((0, 50_000), (5_000, 50_000), share, (share - 0.5, share + 0.5)) for share in (52.0, 60.0)]
    swept = list(shares.compatible_pairs(*wide))
    assert sum(block.count.size for block in swept) < shares.MOST_PAIRS
    gaps = [100 * (block.count / block.base - block.count_ref / block.base_ref) for block in swept]
    assert (min(map(min, gaps)), max(map(max, gaps))) == pytest.approx((-9, -7))


# --- edges -----------------------------------------------------------------------------------------------------------


def test_without_an_earlier_year_the_year_alone_is_compared():
    alone = comparisons.build_comparisons(NOW, BEFORE.head(0), CONTROLS, year=2020, compare_to=None)
    kinds = set(alone["comparaison"].str.split("/").str[0])
    assert kinds == {"reste", "emboitee", "reponses", "page"}
    assert alone["comparee_a"].isna().all()


def test_empty_tables_give_a_page_without_comparison():
    empty = comparisons.build_comparisons(NOW.head(0), BEFORE.head(0), CONTROLS.head(0), year=2020, compare_to=None)
    assert empty["comparaison"].eq("page").all()
    assert empty.set_index("mesure")["valeur"].to_dict() == {"nombre_de_tests": 0, "seuil": 0.05, "ecart_stable": 1, "tests_annees": 8, "tests_reponses": 1}


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


def test_a_pair_of_answers_is_told_over_every_overlap():
    # Of eight, six and four: at least two gave both answers, at most four. Then 4 + 2, and 2 + 0, changed.
    found = comparisons.measures(6, 4, 8)
    widest, narrowest = (100 * ((changed / 8 - 0.25**2) / 8) ** 0.5 for changed in (6, 2))
    assert found["ecart_type"] == pytest.approx((widest, narrowest, widest))
    assert found["ic_bas"] == pytest.approx([25 - 1.959964 * each for each in (widest, widest, narrowest)])
    assert "rapport" not in comparisons.measures(6, 0, 8)


def test_answers_that_records_cross_suppose_nothing():
    # Two asked for it and worked on it: four came to it, two left it.
    found = comparisons.measures(6, 4, 20, both=2)
    assert found["ecart_type"] == pytest.approx((100 * (4 + 2 - 2**2 / 20) ** 0.5 / 20,) * 3)
    cell = {"unit": "personnes", "precision": "exact", "reference": "", "counts": (6, 6), "base": (20, 20)}
    asked = {**cell, "counts": (4, 4)}
    rows = [row((2032, "alses", "objectif", "mobilite"), **cell), row((2032, "alses", "demande_initiale", "mobilite"), **asked)]
    crossed = row((2032, "alses", "objectif", "mobilite"), **{**cell, "counts": (2, 2), "base": (4, 4)}, cross=("demande_initiale", "mobilite"))
    (apart,), (together,) = (list(comparisons.nested(table(each), year=2032)) for each in (rows, [*rows, crossed]))
    assert together.measures == found and apart.measures["ic_bas"][1] < apart.measures["ic_bas"][2]
    assert "réponses croisées" in together.spelled("ecart_type")[1] and "réponses croisées" not in apart.spelled("ecart_type")[1]


def test_the_whole_that_cannot_hold_its_part_is_not_compared():
    rows = [exactly(2020, "sexe", "garcons", 50, 60), exactly(2020, "sexe", "garcons", 40, 80, perimeter="prevention_specialisee")]
    made = comparisons.build_comparisons(table(rows), BEFORE.head(0), CONTROLS.head(0), year=2020, compare_to=None)
    assert set(made["comparaison"]) == {"page"}
    assert apply_schema(made, "comparaisons").equals(made)
