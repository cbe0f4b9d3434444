"""Counts, printed figures and the system that ties them."""

from fractions import Fraction

import pandas as pd
import pytest

from helpers import indicators
from helpers.indicators.build import consistent_system
from helpers.indicators.constraints import (
    Constraint,
    System,
    determines,
    ratio_bounds,
    share_bounds,
)
from helpers.indicators.documents import count_colleges
from helpers.schema import apply_schema, columns

ALSES = "alses"


def figures(*rows: tuple) -> pd.DataFrame:
    """Printed figures from (year, indicator, modality, measure, value, unit[, operator[, base]]), perimeter alses."""
    names = ["annee", "indicateur", "modalite", "mesure", "valeur", "unite", "operateur", "base"]
    filled = [
        {"id": f"C{row[0]}-{number:02d}", "document": "Note", "ligne": number, "perimetre": ALSES, **dict(zip(names, [*row, *("=", "")[len(row) - 6 :]], strict=True))}
        for number, row in enumerate(rows, start=1)
    ]
    return apply_schema(pd.DataFrame(filled, columns=columns("chiffres_publies")), "chiffres_publies")


TOTAL = (2020, "accompagnements", "", "effectif", 2233, "personnes")
GIRLS = (2020, "sexe", "filles", "part", 42, "pct")
BOYS = (2020, "sexe", "garcons", "part", 58, "pct")
AMBIGUOUS = (2020, "objectif", "scolaire", "part", 30, "pct", "=", "ambigue")
NOTHING = apply_schema(pd.DataFrame(columns=columns("indicateurs")), "indicateurs")


def cell(table: pd.DataFrame, indicator: str, modality: str) -> pd.Series:
    found = table[(table["indicateur"] == indicator) & (table["modalite"] == modality) & (table["perimetre"] == ALSES)]
    assert len(found) == 1
    return found.iloc[0]


def culprits(printed: pd.DataFrame) -> list[set[str]]:
    return [set(conflict.culprits) for conflict in consistent_system(printed, NOTHING)[1]]


# 49.5 % and 50.5 % of 200 are ties: either rounding may have been used.
@pytest.mark.parametrize(("share", "base", "decimals", "expected"), [
    (42, 2233, 0, (927, 949)), (0, 200, 0, (0, 1)), (100, 200, 0, (199, 200)), (50, 200, 0, (99, 101)), (12.5, 1000, 1, (125, 125)),
])  # fmt: skip
def test_a_printed_share_allows_every_count_that_rounds_to_it(share, base, decimals, expected):
    assert share_bounds(share, base, decimals=decimals) == expected


# --- the system ------------------------------------------------------------------------------------------------------


COLLEGE, TEACHERS = (2020, "origine", "college", "part", 46, "pct"), (2020, "orienteur", "enseignants", "part", 22, "pct")
NEW = [(2020, "nouvel_accompagnement", "oui", *each) for each in (("effectif", 3424, "personnes"), ("part", 52, "pct"))]
THREE = [(2020, "accompagnements", "", "effectif", 3, "personnes"), (2020, "sexe", "filles", "part", 33, "pct")]
UNKNOWN = (None, None)


# What is printed; then an answer, the bounds of its count and of its base, and how it is known.
@pytest.mark.parametrize(("printed", "path", "counts", "base", "precision"), [
    ((TOTAL, GIRLS), "sexe/filles", (927, 949), (2233, 2233), "arrondi_imprime"),
    ((TOTAL, GIRLS), "sexe/garcons", (1284, 1306), (2233, 2233), "deduit"),
    (THREE, "sexe/filles", (1, 1), (3, 3), "arrondi_imprime"),
    (THREE, "sexe/garcons", (2, 2), (3, 3), "deduit"),
    ((TOTAL, COLLEGE, TEACHERS), "orienteur/enseignants", (219, 233), (1017, 1038), "arrondi_imprime"),
    (NEW, "accompagnements/", (6522, 6648), UNKNOWN, "deduit"),
    ((TOTAL, COLLEGE), "origine/famille", UNKNOWN, (2233, 2233), "non_publie"),
    ((TOTAL, AMBIGUOUS), "objectif/scolaire", UNKNOWN, UNKNOWN, "arrondi_imprime"),
    # 943 of 2 233 are 42.23 %, 944 are 42.28 %: nothing gives 42.25 %.
    ((TOTAL, (2020, "sexe", "filles", "part", 42.25, "pct")), "sexe/filles", UNKNOWN, UNKNOWN, "contradictoire"),
    # A contradicted total is nobody's base.
    ((TOTAL, (2020, "accompagnements", "", "effectif", 2230, "personnes"), GIRLS), "sexe/filles", UNKNOWN, UNKNOWN, "arrondi_imprime"),
    ((TOTAL, GIRLS, (2020, "sexe", "garcons", "part", 62, "pct")), "sexe/filles", UNKNOWN, UNKNOWN, "contradictoire"),
], ids=["printed", "complement", "whole counts", "their complement", "nested", "base of a count and its share", "undetermined", "unwritten base", "no count", "no total", "refuted"])
def test_a_figure_is_bounded_by_all_that_is_printed(printed, path, counts, base, precision):
    row = cell(indicators.build_indicators(figures(*printed), NOTHING, year=2020), *path.split("/"))
    ends = [None if pd.isna(value) else value for value in row[["effectif_min", "effectif_max", "base_min", "base_max"]]]
    assert (*ends, row["precision"]) == (*counts, *base, precision)


def test_the_objectives_of_a_person_overlap_so_that_their_shares_are_not_a_sum_but_each_is_inside_the_whole():
    shares = [(2020, "objectif", name, "part", value, "pct") for name, value in (("scolarite", 80), ("mobilite", 60))]
    assert culprits(figures(TOTAL, *shares)) == []
    assert culprits(figures(TOTAL, (2020, "objectif", "mobilite", "effectif", 2234, "personnes"))) == [{"C2020-02"}]


def test_a_printed_difference_speaks_of_the_year_before_only():
    printed = figures((2018, "accompagnements", "", "effectif", 1500, "personnes"), (2020, "accompagnements", "", "ecart", 381, "personnes"))
    table = indicators.build_indicators(printed, NOTHING, year=2020)
    assert table.loc[table["indicateur"] == "accompagnements", "effectif_min"].isna().all()
    assert list(indicators.check_figures(printed, NOTHING)["verdict"]) == ["non_verifiable", "non_verifiable"]


@pytest.mark.parametrize("wholes", [range(90, 111), range(2233, 2234), range(5, 13)])
def test_the_ends_of_a_share_are_those_of_every_possible_table(wholes):
    # Printed « 42 % », to the unit: 100 x part / whole from 41.5 to 42.5, whatever the whole.
    low, high = Constraint({"part": 200, "whole": -83}, 0, float("inf")), Constraint({"part": 200, "whole": -85}, float("-inf"), 0)
    system = System([low, high, Constraint({"whole": 1}, min(wholes), max(wholes))])
    found = [Fraction(part, whole) for whole in wholes for part in range(whole + 1) if 83 * whole <= 200 * part <= 85 * whole]
    assert ratio_bounds(system, "part", "whole") == (min(found), max(found))


def test_determined_means_a_single_value_if_nothing_were_rounded():
    system = System([Constraint({"a": 1, "b": 1, "c": 1}, 10, 10), Constraint({"a": 1}, 3.5, 4.5, "p", {"a": 1})])
    assert determines(system, {"b": 1, "c": 1})
    assert not determines(system, {"b": 1})


# --- the control of printed figures ----------------------------------------------------------------------------------


def verdict(printed: pd.DataFrame, position: int, counted: pd.DataFrame = NOTHING) -> str:
    return indicators.check_figures(printed, counted)["verdict"].iloc[position]


@pytest.mark.parametrize(("rows", "expected"), [
    ((GIRLS, BOYS), "confirme"), ((GIRLS,), "non_verifiable"), ((GIRLS, GIRLS), "non_verifiable"), ((AMBIGUOUS,), "ambigu"),
    (((2020, "sexe", "garcons", "part", 60, "pct"), GIRLS), "contradictoire"), (((2020, "accompagnements", "", "effectif", 2230, "personnes"),), "contradictoire"),
], ids=["found again", "alone", "printed twice", "ambiguous base", "excluded by the others", "total printed otherwise"])
def test_a_figure_is_judged_by_all_the_others(rows, expected):
    assert verdict(figures(TOTAL, *rows), 1) == expected


@pytest.mark.parametrize(("operator", "printed", "expected"), [
    ("pres_de", 37.4, "contradictoire"), ("pres_de", 37.5, "confirme"), ("pres_de", 42.5, "confirme"), ("pres_de", 42.6, "contradictoire"),
    ("plus_de", 39.9, "confirme"), ("plus_de", 40, "contradictoire"),
])  # fmt: skip
def test_near_and_more_than_are_checked_at_their_edge(operator, printed, expected):
    rows = figures(
        (2020, "accompagnements", "", "effectif", 1000, "personnes"),
        (2020, "parents_associes", "non", "effectif", 600, "personnes"),
        (2020, "parents_associes", "oui", "part", printed, "pct", operator),
    )
    # 400 of 1 000 are 40 %: « près de » accepts 2.5 points either way, « plus de » nothing at 40.
    assert verdict(rows, 2) == expected


# --- counted tables --------------------------------------------------------------------------------------------------


def posts(*seniorities: float) -> pd.DataFrame:
    answers = {
        "association": "Le Gué", "college": "Collège A", "commune": "B", "uai": "0999901A", "type_education_prioritaire": "rep", "date_debut": "2020-01-01",
        "date_debut_precision": "mois", "equipe_sur_le_quartier": "oui", "convention": "oui", "projet_annuel": "non", "bureau": "oui",
        "presentation_formelle": "non", "anciennete_prev_ans": 0,
    }
    rows = [{**answers, "ligne": 67 + number, "anciennete_alses_ans": years} for number, years in enumerate(seniorities)]
    return apply_schema(pd.DataFrame(rows), "postes")


def counted(table: pd.DataFrame, indicator: str) -> dict[str, int]:
    rows = table[(table["indicateur"] == indicator) & (table["croise_avec"] == "")]
    return dict(zip(rows["modalite"], rows["effectif_min"], strict=True))


def test_a_first_post_is_certain_without_seniority_and_uncertain_below_a_year():
    table = indicators.count_posts(posts(0, 0.5, 0.99, 1.0, 4.5), year=2020, document="Note")
    assert counted(table, "premiere_prise_de_poste") == {"oui": 1, "incertain": 2, "non": 2, "oui_ou_incertain": 3}


# --- assumptions of the catalogue ------------------------------------------------------------------------------------


def pupils(*, total: int, others_pct: float) -> pd.DataFrame:
    rows = figures(
        TOTAL,
        (2020, "situation", "collegien", "effectif", total, "personnes"),
        (2020, "suivi_par", "autre_educateur", "part", others_pct, "pct"),
    )
    return rows.assign(perimetre=[ALSES, "prevention_specialisee", "collegiens"])


def test_an_assumption_explains_a_figure_and_is_named():
    controls = indicators.check_figures(pupils(total=3424, others_pct=35), NOTHING)
    assert controls["verdict"].iloc[2] == "sous_hypothese"
    assert controls["motif"].iloc[2].endswith("toutes les personnes suivies par un ALSES sont des collégiens.")
    assert controls["recalcul_min"].iloc[2] == pytest.approx(34.7839, abs=1e-4)


def test_no_indicator_rests_on_an_assumption():
    table = indicators.build_indicators(pupils(total=3424, others_pct=35), NOTHING, year=2020)
    row = table[(table["indicateur"] == "suivi_par") & (table["modalite"] == "autre_educateur")].iloc[0]
    # 1 191 if every person followed by an ALSES is a pupil; 35 % of 3 424 otherwise.
    assert (row["effectif_min"], row["effectif_max"]) == (1182, 1215)


def test_an_assumption_that_the_figures_refute_is_set_aside_and_blames_no_figure():
    controls = indicators.check_figures(pupils(total=3424, others_pct=60), NOTHING)
    assert set(controls["verdict"]) == {"non_verifiable"}


def test_a_printed_difference_is_an_indicator_unless_it_is_contradicted():
    gap, before = (2020, "accompagnements", "", "ecart", 381, "personnes"), (2019, "accompagnements", "", "effectif", 1800, "personnes")
    told, refuted = (indicators.build_indicators(figures(TOTAL, gap, *more), NOTHING, year=2020) for more in ((), (before,)))
    assert cell(told, "variation_annuelle", "")["effectif_min"] == 381
    assert "variation_annuelle" not in set(refuted["indicateur"])


COLLEGES = pd.DataFrame({
    "uai": ["1", "2", "3", "4"], "ips_2022_23": [79.5, 79.6, 88.8, None], "effectif_2022_23_eleves": [100, 200, 300, None],
    "source_ips": ["DEPP, rentrée 2022-2023 ; joint par l’UAI"] * 4,
})
LANDMARKS = pd.DataFrame({"repere": ["ips_premier_quartile", "ips_mediane"], "valeur": [79.5, 88.75]})


def test_a_college_at_the_quartile_is_at_most_the_quartile_and_one_without_index_is_unknown():
    rows = count_colleges(pd.DataFrame({"uai": ["1", "2", "3", "4"]}), COLLEGES, LANDMARKS, year=2032)
    assert counted(rows, "ips_du_college") == {"premier_quartile": 1, "sous_mediane": 1, "au_dessus": 1, "inconnu": 1}
    assert set(rows["reference"]) == {"DEPP, rentrée 2022-2023"}
    assert counted(rows, "eleves_inscrits") == {}  # one college does not publish them: no partial sum
