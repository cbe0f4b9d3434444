"""Two years counted from records: tests that take in what is known, parts that add up, one share a question."""

from fractions import Fraction

import pandas as pd
import pytest

import two_exports
from helpers.analysis import comparisons
from helpers.analysis import years as of_years
from helpers.indicators.clusters import KINDS, kinds_of_sites
from helpers.indicators.comparisons import Comparisons
from helpers.indicators.constraints import row, table
from helpers.indicators.lookup import readable
from helpers.schema import apply_schema, columns

FOUND = Comparisons(two_exports.compared())
GIRLS, NEW = FOUND("annees/alses/sexe/filles"), FOUND("annees/alses/nouvel_accompagnement/oui")


def rows_of(population, *rows, indicator="sexe", modality="filles"):
    """The schema ``recouvrements``: effectif, base, effectif_anterieur, base_anterieure, effectif_deux_fois."""
    names = ("effectif", "base", "effectif_anterieur", "base_anterieure", "effectif_deux_fois")
    head = {"annee": 2032, "annee_anterieure": 2031, "perimetre": "alses", "indicateur": indicator, "modalite": modality, "source": "export"}
    made = [head | {"population": population} | dict(zip(names, each, strict=False)) for each in rows]
    return apply_schema(pd.DataFrame(made, columns=columns("recouvrements")), "recouvrements")


# --- likeness within collèges ----------------------------------------------------------------------------------------


def test_what_is_estimated_takes_the_place_of_what_was_assumed():
    assert "p_grappe" in GIRLS and "p_commun" in GIRLS and "ecart_ailleurs" in GIRLS
    assert not {"p_grappe_fort", "p_recouvrement", "p_recouvrement_grappe_fort", "part_supplement"} & set(GIRLS.measures)
    # A shared answer narrows; new collèges, full of new follow-ups, make the persons of one collège alike.
    assert GIRLS["p_commun"].value < GIRLS["p_valeur"].value
    assert NEW["p_valeur"].value < 0.001 and NEW["p_grappe"].value > 0.05 and not NEW.is_conclusive


# --- collèges that entered or left -----------------------------------------------------------------------------------


def groups(others, entered=(0, 0, 0, 0), left=(0, 0, 0, 0)):
    return dict(zip(KINDS, (of_years.Group(*each) for each in (others, entered, left)), strict=True))


def test_a_change_is_split_by_hand():
    # Elsewhere: 20 % then 40 %. The new ones, a fifth of the persons, are at 90 %: 1/5 × (90 − 40) = 10 points.
    # Those that left, half of the persons, were at 30 %: 1/2 × (30 − 20) = 5 points, taken away. In all, 25 % to 50 %.
    parts = of_years.decompose(groups((160, 400, 20, 100), entered=(90, 100, 0, 0), left=(0, 0, 30, 100)))
    assert parts == {"ecart_ailleurs": Fraction(1, 5), "apport_entres": Fraction(1, 10), "apport_sortis": Fraction(-1, 20)}
    assert sum(parts.values()) == Fraction(250, 500) - Fraction(50, 200)


@pytest.mark.parametrize(("cell", "kept"), [(0, True), (1, False), (4, False), (5, True), (36, False), (35, True)])
def test_a_share_is_not_split_when_a_cell_holds_one_to_four_persons(cell, kept):
    kinds = {"ailleurs": (160, 400, 120, 300), "colleges_entres": (cell, 40, 0, 0), "colleges_sortis": (0, 0, 0, 0)}
    rows = pd.concat([rows_of(kind, counts) for kind, counts in kinds.items()])
    assert ("alses/sexe/filles" in of_years.groups_of(rows, compare_to=2031)) == kept


def kinds_of(entered: dict[str, int], *, girls: int = 200, persons: int = 500) -> dict[str, list[int]]:
    """What is told of two years with the old collège A, a small one S without a report, and those that enter."""
    sites = {2032: {"A": 300} | entered, 2031: {"A": 300}}
    shown = {year: pd.DataFrame([
        {"site_type": "college", "perimetre": "alses", "croise_avec": "", "site": uai, "effectif_arrondi": count,
         "indicateur": name, "modalite": answer}
        for uai, size in own.items() for name, answer, count in (("accompagnements", "", size), ("sexe", "filles", size // 10 * 5))
    ]) for year, own in sites.items()}
    whole = rows_of("ensemble", (girls, persons, 180, 400))
    found = kinds_of_sites(whole, shown, {2032: {*sites[2032], "S"}, 2031: {"A", "S"}})
    return dict(zip(found["population"], found[["effectif", "base", "effectif_anterieur", "base_anterieure"]].values.tolist(), strict=True))


def test_what_entered_and_left_is_told_from_their_reports_alone():
    told = {"ailleurs": [130, 360, 180, 400], "colleges_entres": [70, 140, 0, 0], "colleges_sortis": [0, 0, 0, 0]}
    assert kinds_of({"B": 80, "C": 60}) == told
    assert kinds_of({}) == {}  # nothing to tell apart
    assert kinds_of({f"B{rank}": 40 for rank in range(9)}) == {}  # rounding moves the rest by three points
    assert kinds_of({"B": 300}, girls=145) == {}  # more are shown than there are


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
