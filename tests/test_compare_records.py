"""Two years counted from records: tests that take in what is known, parts that add up, one share a question."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

import two_exports
from helpers.analysis import comparisons, share_tests
from helpers.analysis import years as of_years
from helpers.analysis.shares import Pair
from helpers.indicators.clusters import standard_error
from helpers.indicators.comparisons import Comparisons
from helpers.indicators.constraints import row, share_bounds, table
from helpers.indicators.lookup import readable
from helpers.schema import apply_schema, columns

FOUND = Comparisons(two_exports.compared())
GIRLS, NEW = FOUND("annees/alses/sexe/filles"), FOUND("annees/alses/nouvel_accompagnement/oui")


def pair(*counts) -> Pair:
    return Pair(*(np.atleast_1d(np.array(each)) for each in counts))


def rows_of(population, *rows, indicator="sexe", modality="filles"):
    """The schema ``recouvrements``: effectif, base, effectif_anterieur, base_anterieure, effectif_deux_fois."""
    names = ("effectif", "base", "effectif_anterieur", "base_anterieure", "effectif_deux_fois")
    head = {"annee": 2032, "annee_anterieure": 2031, "perimetre": "alses", "indicateur": indicator, "modalite": modality, "source": "export"}
    made = [head | {"population": population} | dict(zip(names, each, strict=False)) for each in rows]
    return apply_schema(pd.DataFrame(made, columns=columns("recouvrements")), "recouvrements")


# --- the persons of both years ---------------------------------------------------------------------------------------


def test_the_test_of_persons_in_both_years_is_wrong_five_times_in_a_hundred():
    # Of 300 and 400 persons, 200 are in both years, and six in ten of these keep their answer.
    random = np.random.default_rng(1)
    first, second = random.random((6000, 300)) < 0.4, random.random((6000, 400)) < 0.4
    second[:, :200] = np.where(random.random((6000, 200)) < 0.6, first[:, :200], second[:, :200])
    again = (first[:, :200] & second[:, :200], second[:, :200], first[:, :200])
    shared = np.array([200 * of_years.phi(*each, 200) for each in zip(*(rows.sum(axis=1) for rows in again), strict=True)])
    years = Pair(second.sum(axis=1), np.full(6000, 400), first.sum(axis=1), np.full(6000, 300))
    assert (share_tests.two_sided_p(years, shared=shared) < 0.05).mean() == pytest.approx(0.05, abs=0.01)
    assert (share_tests.two_sided_p(years) < 0.05).mean() < 0.03
    low, high = share_tests.interval(years, shared=shared, designs=(1, 1))
    assert ((low <= 0) & (0 <= high)).mean() == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize(("both", "now", "before", "persons", "expected"), [
    (50, 50, 50, 100, 1.0), (0, 50, 50, 100, -1.0), (25, 50, 50, 100, 0.0), (40, 50, 50, 100, 0.6), (0, 0, 50, 100, 0.0),
])
def test_the_correlation_of_two_answers(both, now, before, persons, expected):
    assert of_years.phi(both, now, before, persons) == pytest.approx(expected)


def test_without_correction_the_interval_is_newcombe_s():
    low, high = share_tests.interval(pair(60, 150, 40, 120), shared=0, designs=(1, 1))
    expected = confint_proportions_2indep(60, 150, 40, 120, method="newcomb", compare="diff")
    assert (low[0], high[0]) == pytest.approx(tuple(100 * each for each in expected))


def test_nothing_is_said_of_a_correlation_of_a_question_not_put_to_all_or_of_another_year():
    assert of_years.overlaps_of(rows_of("personnes_communes", (30, 60, 20, 60, 15), indicator="orienteur", modality="enseignants"), compare_to=2031) == {}
    assert of_years.overlaps_of(rows_of("personnes_communes", (50, 100, 52, 100, 30)), compare_to=2030) == {}


# --- likeness within collèges ----------------------------------------------------------------------------------------


def test_the_test_that_takes_in_the_likeness_is_wrong_five_times_in_a_hundred():
    # Forty collèges of twenty-five persons, each with its own taste for the answer, drawn anew each year.
    random, likeness, draws = np.random.default_rng(2), 0.05, 6000
    spread = (1 - likeness) / likeness
    counts = [random.binomial(25, random.beta(0.4 * spread, 0.6 * spread, (draws, 40))).sum(axis=1) for _ in range(2)]
    years = Pair(counts[0], np.full(draws, 1000), counts[1], np.full(draws, 1000))
    effect = 1 + 24 * likeness
    assert (share_tests.two_sided_p(years, designs=(effect, effect)) < 0.05).mean() == pytest.approx(0.05, abs=0.01)
    assert (share_tests.two_sided_p(years) < 0.05).mean() > 0.12
    low, high = share_tests.interval(years, shared=0, designs=(effect, effect))
    assert ((low <= 0) & (0 <= high)).mean() == pytest.approx(0.95, abs=0.01)


def test_what_is_estimated_takes_the_place_of_what_was_assumed():
    assert "p_grappe" in GIRLS and "p_commun" in GIRLS and "ecart_anciens" in GIRLS
    assert not {"p_grappe_fort", "p_recouvrement", "p_recouvrement_grappe_fort", "part_supplement"} & set(GIRLS.measures)
    # A shared answer narrows; new collèges, full of new follow-ups, make the persons of one collège alike.
    assert GIRLS["p_commun"].value < GIRLS["p_valeur"].value
    assert NEW["p_valeur"].value < 0.001 and NEW["p_grappe"].value > 0.05 and not NEW.is_conclusive


def test_the_test_of_both_years_is_that_of_what_each_college_adds():
    before, now = two_exports.draw()
    gap = now["sexe/filles"].mean() - before["sexe/filles"].mean()
    added = {
        college: (now.loc[now["college"].eq(college), "sexe/filles"] - now["sexe/filles"].mean()).sum() / len(now)
        - (before.loc[before["college"].eq(college), "sexe/filles"] - before["sexe/filles"].mean()).sum() / len(before)
        for college in {*now["college"], *before["college"]}
    }
    error = (sum(each**2 for each in added.values()) * 40 / 39) ** 0.5
    low, high = stats.t.interval(0.95, 39, loc=gap, scale=error)
    measured = {name: GIRLS[name].value for name in ("erreur_type", "p_grappe", "ic_bas", "ic_haut", "colleges")}
    expected = {"erreur_type": 100 * error, "p_grappe": 2 * stats.t(39).sf(gap / error), "ic_bas": 100 * low, "ic_haut": 100 * high, "colleges": 40}
    assert measured == pytest.approx(expected)
    # The interval of the ratio would take in neither the persons of both years nor the likeness.
    assert not {"rapport_ic_bas", "rapport_ic_haut"} & set(GIRLS.measures)


def drawn_in_colleges(draws, *, likeness, kept, colleges=30, seed=4):
    """Given and sizes of both years by collège, a column a draw: half of the persons are in both, two in three unchanged.

    ``kept`` is the chance that a collège keeps its habits; a fifth of them are there one year only.
    """
    random, spread = np.random.default_rng(seed), (1 - likeness) / likeness
    sizes_ref = random.integers(15, 90, colleges)
    sizes = sizes_ref + random.integers(0, 20, colleges)
    sizes_ref[:3], sizes[-3:] = 0, 0
    both = np.minimum(sizes_ref // 2, sizes)
    tastes = [random.beta(0.4 * spread, 0.6 * spread, (colleges, draws)) for _ in range(2)]
    tastes[1] = np.where(random.random((colleges, draws)) < kept, *tastes)
    was = random.binomial(both[:, None], tastes[0])
    stays, leaves = random.binomial(was, 2 / 3), random.binomial(both[:, None] - was, 1 / 3)
    given = stays + random.binomial(was - stays, tastes[1]) + random.binomial(leaves, tastes[1])
    given = given + random.binomial((sizes - both)[:, None], tastes[1])
    given_ref = was + random.binomial((sizes_ref - both)[:, None], tastes[0])
    return tuple(np.insert(each, 0, 0, axis=0) for each in (given, sizes, given_ref, sizes_ref))


@pytest.mark.parametrize(("likeness", "kept"), [(0.001, 0), (0.03, 1), (0.08, 0.5)])
def test_the_test_of_two_exports_is_wrong_five_times_in_a_hundred(likeness, kept):
    given, sizes, given_ref, sizes_ref = drawn = drawn_in_colleges(4000, likeness=likeness, kept=kept)
    gaps = given.sum(axis=0) / sizes.sum() - given_ref.sum(axis=0) / sizes_ref.sum()
    found = standard_error(*drawn)
    assert 0.035 < (np.abs(gaps) > stats.t.isf(0.025, 29) * found).mean() < 0.07
    assert found.mean() == pytest.approx(gaps.std(), rel=0.06)


def test_persons_of_no_known_college_count_one_by_one():
    # 30 of 100 and 40 of 100, without any collège but two that change nothing: the usual standard error.
    found = standard_error(*(np.array(each) for each in ([[30], [0], [0]], [100, 0, 0], [[40], [0], [0]], [100, 0, 0])))
    assert np.isnan(found[0])
    found = standard_error(*(np.array(each) for each in ([[30], [3], [3]], [100, 10, 10], [[40], [4], [4]], [100, 10, 10])))
    assert found[0] == pytest.approx((0.3 * 0.7 + 0.4 * 0.6) ** 0.5 / 120 * 10)


@pytest.mark.parametrize(("given", "tested", "absent"), [
    ("overlaps", "p_grappe", "p_recouvrement"), ("persons", "p_commun", "p_grappe"), ("clusters", "p_grappe", "p_commun"), ("", "p_valeur", "p_commun"),
])
def test_the_test_that_decides_takes_in_what_is_known(given, tested, absent):
    before, now = two_exports.draw()
    known = {"overlaps": two_exports.overlaps(before, now, year=2032, compare_to=2031), "clusters": pd.concat([two_exports.clusters(before, 2031), two_exports.clusters(now, 2032)])}
    if given == "persons":  # too few collèges: nothing says how far the difference moves with them
        known, given = {"overlaps": known["overlaps"].query("population != 'ensemble'")}, "overlaps"
    tables = (two_exports.indicators(now, 2032), two_exports.indicators(before, 2031), two_exports.NO_CONTROLS)
    made = comparisons.build_comparisons(*tables, year=2032, compare_to=2031, **{name: each for name, each in known.items() if name == given})
    found = Comparisons(made)
    ps = {each.key: each[tested].value for each in found.of("annees")}
    assert absent not in found("annees/alses/sexe/filles")
    # Holm's largest correction is of the smallest p, times the eight tests of the question, of which seven are made.
    least, tested_shares = min(ps.values()), [each for each in found.of("annees") if each.is_tested]
    assert len(tested_shares) == 7 and min(each["p_holm"].value for each in tested_shares) == pytest.approx(8 * least)


# --- old and new collèges --------------------------------------------------------------------------------------------


def four(kept, entered=(0, 0, 0, 0), left=(0, 0, 0, 0), unknown=(0, 0, 0, 0)):
    names = (of_years.KEPT, of_years.ENTERED, of_years.LEFT, of_years.UNKNOWN)
    return dict(zip(names, (of_years.Group(*each) for each in (kept, entered, left, unknown)), strict=True))


def test_a_change_is_split_by_hand():
    # Kept: 20 % then 40 %. The new ones, a fifth of the persons, are at 90 %: 1/5 × (90 − 40) = 10 points.
    # Those that left, half of the persons, were at 30 %: 1/2 × (30 − 20) = 5 points, taken away. In all, 25 % to 50 %.
    parts = of_years.decompose(four((160, 400, 20, 100), entered=(90, 100, 0, 0), left=(0, 0, 30, 100)))
    expected = {"ecart_anciens": (1, 5), "apport_nouveaux": (1, 10), "apport_sortis": (-1, 20), "apport_inconnu": (0, 1)}
    assert parts == {name: Fraction(*value) for name, value in expected.items()}
    assert sum(parts.values()) == Fraction(250, 500) - Fraction(50, 200)


def test_the_parts_of_a_change_add_up_to_it_exactly():
    random = np.random.default_rng(3)
    for _ in range(50):
        bases = random.integers(0, 400, 8)
        bases[:2] += 1
        counts = [int(random.integers(0, base + 1)) for base in bases]
        quads = [(counts[n], int(bases[n]), counts[n + 1], int(bases[n + 1])) for n in (0, 2, 4, 6)]
        groups = four(quads[0], (*quads[1][:2], 0, 0), (0, 0, *quads[2][2:]), quads[3])
        count, base, count_ref, base_ref = of_years.of_whole(groups)
        assert sum(of_years.decompose(groups).values()) == Fraction(count, base) - Fraction(count_ref, base_ref)


def test_the_parts_that_are_shown_are_those_of_the_difference_that_is_shown():
    for each in FOUND.of("annees"):
        parts = [each[name].value for name in ("ecart_anciens", "effet_mecanique", "apport_inconnu")]
        assert sum(parts) == pytest.approx(each["ecart"].value, abs=1e-9)
    assert NEW["effet_mecanique"].value > 5 and NEW["ecart_anciens"].value < NEW["ecart"].value


@pytest.mark.parametrize(("cell", "kept"), [(0, True), (1, False), (4, False), (5, True), (36, False), (35, True)])
def test_a_share_is_not_split_when_a_cell_holds_one_to_four_persons(cell, kept):
    rows = pd.concat([rows_of("colleges_anciens", (160, 400, 120, 300)), rows_of("colleges_nouveaux", (cell, 40, None, None))])
    assert ("alses/sexe/filles" in of_years.groups_of(rows, compare_to=2031)) == kept


def test_parts_that_are_not_those_of_the_figures_are_not_shown():
    before, now = two_exports.draw()
    shared = two_exports.overlaps(before, now, year=2032, compare_to=2031)
    wrong = shared.assign(effectif=shared["effectif"].where(shared["population"].ne("colleges_anciens"), shared["effectif"] - 10))
    found = comparisons.build_comparisons(two_exports.indicators(now, 2032), two_exports.indicators(before, 2031), two_exports.NO_CONTROLS, year=2032, compare_to=2031, overlaps=wrong)
    assert not found["mesure"].eq("ecart_anciens").any()


# --- what is said, what is only shown --------------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "is_tested"), [("export", False), ("imprime", True)])
def test_of_records_the_share_that_the_alses_follow_is_told_without_a_test(source, is_tested):
    # Those whom other educators follow are counted at no collège: nothing says how far chance alone moves this share.
    path = "annees/collegiens/suivi_par/alses"
    given = {"unit": "personnes", "precision": "exact", "reference": "L. 1"}
    tables = [
        table([
            {**row((year, "collegiens", "accompagnements", ""), counts=(3000, 3000), **given), "source": source},
            {**row((year, "collegiens", "suivi_par", "alses"), counts=(count, count), base=(3000, 3000), **given), "source": source},
        ])
        for year, count in ((2032, 1500), (2031, 1200))
    ]
    found = Comparisons(comparisons.build_comparisons(*tables, two_exports.NO_CONTROLS, year=2032, compare_to=2031))(path)
    assert found["ecart"].value == pytest.approx(10) and found.finding == "hausse"
    assert found.is_tested is is_tested and any(name.startswith("p_") for name in found.measures) is is_tested


def test_only_the_shares_chosen_beforehand_are_tested():
    tested = [each.path for each in FOUND.of_all() if each.is_tested]
    assert tested == [path for path in of_years.HEADLINED if path != "collegiens/suivi_par/alses"]
    assert [each.path for each in FOUND.of("details")] == [
        "alses/sexe/garcons", "alses/nouvel_accompagnement/non", "alses/parents_associes/non", "alses/age/14", "alses/age/non_renseigne", "alses/origine/non_renseigne",
    ]
    assert not any(name.startswith("p_") for each in FOUND.of("details") for name in each.measures)
    page = FOUND("page")
    assert (page["nombre_de_tests"].value, page["nombre_de_comparaisons"].value, page["personnes_communes"].value) == (7, 13, 480)


def printed(year, size=1500):
    shares = {"sexe/filles": 38, "age/14": 20}
    rows = [row((year, "alses", "accompagnements", ""), "personnes", counts=(size, size), precision="exact", reference="Note, l. 1")]
    for name, share in shares.items():
        cell = (year, "alses", *name.split("/"))
        rows.append(row(cell, "personnes", counts=share_bounds(share, size), base=(size, size), share=share, decimals=0, precision="arrondi_imprime", reference="Note, l. 2"))
    return table(rows)


@pytest.mark.parametrize("is_printed_first", [True, False])
def test_a_printed_share_and_a_count_are_compared_by_their_bounds(is_printed_first):
    before, now = two_exports.draw()
    tables = (two_exports.indicators(now, 2032), printed(2031)) if is_printed_first else (printed(2032), two_exports.indicators(before, 2031))
    found = Comparisons(comparisons.build_comparisons(*tables, two_exports.NO_CONTROLS, year=2032, compare_to=2031))
    girls = found("annees/alses/sexe/filles")
    exact, rounded = ("part", "part_reference") if is_printed_first else ("part_reference", "part")
    assert girls[exact].is_exact and not girls[rounded].is_exact
    assert (girls[rounded].low, girls[rounded].high) == pytest.approx((37.5, 38.5), abs=0.05)
    assert girls["ecart"].high - girls["ecart"].low == pytest.approx(1, abs=0.1)
    assert girls["p_valeur"].low < girls["p_valeur"].value < girls["p_valeur"].high
    assert found("details/alses/age/14") and found("annees/alses/age/14") is None


# --- three years -----------------------------------------------------------------------------------------------------


def three(*shares, decimals=0):
    rows = [
        row((2030 + n, "alses", "sexe", "filles"), "personnes", counts=None, share=share, decimals=decimals, precision="arrondi_imprime", reference="Note, l. 1")
        for n, share in enumerate(shares)
    ]
    return list(of_years.courses(readable(table(rows)))["cours"])


@pytest.mark.parametrize(("shares", "said"), [
    ((40, 42, 44), "augmente d’année en année"), ((44, 42, 40), "diminue d’année en année"), ((40, 40, 40), "reste stable, à un point près"),
    ((40, 44, 40), "ne va pas toujours dans le même sens"), ((40, 41, 44), "a pu changer, mais l’arrondi ne permet pas de dire dans quel sens"),
    ((40, 40, 44), "augmente ou reste stable d’une année à la suivante"), ((44, 40, 40), "diminue ou reste stable d’une année à la suivante"),
])
def test_the_course_of_a_share_is_what_its_bounds_say(shares, said):
    assert three(*shares) == [said]


# --- missing answers -------------------------------------------------------------------------------------------------


def test_missing_answers_are_those_that_say_nothing_and_only_of_records():
    cells = {("sexe", "filles"): 40, ("sexe", "non_renseigne"): 9, ("sexe", "ne_sait_pas"): 1, ("objectif", "non_renseigne"): 5, ("objectif", "ne_sait_pas"): 7}
    rows = [
        row((2032, "alses", *cell), "personnes", counts=(count, count), base=(100, 100), precision="exact", reference="") | {"source": "export"}
        for cell, count in cells.items()
    ]
    assert of_years.unanswered(table(rows), 2032) == {"alses/sexe": 10.0, "alses/objectif": 5.0}
    assert of_years.unanswered(table(rows), 2031) == {} == of_years.unanswered(table(rows).assign(source="imprime"), 2032)
