"""Reports of records: every number found again from the exports alone, and what each page shows.

The second calculation (`second_calculation`) reads the simulated CSV files with the standard library and nothing else.
A small network with the other tests; a large one of three years too when everything is enumerated.
"""

import json
from functools import cache
from pathlib import Path

import pytest

import second_calculation as calculation
from conftest import ALL, plain, read_page
from second_calculation import comparisons, records
from second_calculation.marks import disagreements, key_in, marked

PAGES = ["index", "01_clean", "02_describe", "03_compare", "04_themes"]
SMALL = 2034
# The years of the series of each report, which is compared with the year before.
YEARS = {SMALL: (2033, 2034), **({2021: (2019, 2020, 2021)} if ALL else {})}
# What is only published of more persons: `test_compare_records` has it on small tables.
IN_ALL = pytest.mark.skipif(not ALL, reason="un grand réseau\u00a0: avec ALSES_ENUMERATIONS=toutes")
LARGE = pytest.mark.parametrize("year", [pytest.param(2021, marks=IN_ALL)], indirect=True)
@pytest.fixture(scope="module", params=YEARS)
def year(request) -> int:
    return request.param


@pytest.fixture(scope="module")
def root(request, year) -> Path:
    return request.getfixturevalue("sites_root" if year == SMALL else "synthetic_root")


@pytest.fixture(scope="module")
def raw(root) -> Path:
    return root / "data" / "raw"


@pytest.fixture(scope="module")
def report(root, year) -> Path:
    return root / "reports" / f"{year}-synthetique"


@cache
def published(raw: Path, year: int) -> calculation.Rows:
    return calculation.published(raw.parents[1] / "reports" / f"{year}-synthetique" / "indicateurs.csv")


@cache
def figures(raw: Path, year: int) -> calculation.Rows:
    return calculation.with_protected(calculation.recompute(raw, *YEARS[year], said=published(raw, year)), published(raw, year))


def rounded(raw: Path, year: int) -> frozenset[str]:
    return frozenset(calculation.protected_paths(published(raw, year)))


@cache
def compared(raw: Path, year: int) -> dict[str, comparisons.Comparison]:
    printed = calculation.Raw(raw).table(year, "chiffres_publies")
    known = comparisons.known_of(raw, year, year - 1)
    return comparisons.compare(figures(raw, year), year, year - 1, printed=printed, known=known, rounded=rounded(raw, year))


# --- the release -------------------------------------------------------------------------------------------------------


def test_the_report_is_whole_and_apart_from_those_of_real_persons(root, report):
    assert all(folder.name.endswith("-synthetique") for folder in (root / "reports").iterdir() if folder.is_dir())
    assert {f"{name}.html" for name in PAGES} < {path.name for path in report.iterdir()}
    assert json.loads((report / "manifest.json").read_text(encoding="utf-8"))["synthetique"] is True


@pytest.mark.parametrize("name", PAGES)
def test_each_page_says_first_that_its_data_are_synthetic(report, name):
    shown = read_page(report / f"{name}.html")
    banner = shown.find(string=lambda text: plain(text).strip().startswith("Données synthétiques"))
    assert banner is not None and banner.find_all_previous(["h2", "data", "figure", "table"]) == []


def test_every_indicator_is_found_again_row_for_row(raw, year):
    said = published(raw, year)
    assert calculation.differences(said, figures(raw, year)) == []
    assert {key.year for key in said} == set(YEARS[year])
    assert len(said) > (300 if year == SMALL else 800)


def test_every_comparison_is_found_again_measure_for_measure(report, raw, year):
    said = comparisons.published(report / "comparaisons.csv")
    assert comparisons.differences(said, compared(raw, year), rounded=rounded(raw, year)) == []
    assert {id.split("/")[0] for id in said} >= {"annees", "details", "reste", "volume", "page"} | ({"emboitee"} if year != SMALL else set())


@pytest.mark.parametrize("name", PAGES)
def test_every_marked_number_is_found_again(report, raw, year, name):
    marks = marked(report / f"{name}.html")
    assert disagreements(marks, figures(raw, year), compared(raw, year), rounded=rounded(raw, year)) == []
    assert marks or name == "04_themes"  # whose year has no statement


# --- 02: the portrait --------------------------------------------------------------------------------------------------

# What page 02 shows, answer by answer: a question, and the one it is cross-tabulated with.
SHOWN = [
    ("sexe", ""), ("nouvel_accompagnement", ""), ("orienteur", ""), ("origine", ""), ("niveau", ""), ("age", ""),
    ("parents_associes", ""), ("nombre_d_objectifs", ""), ("mois_d_ouverture", ""), ("duree", ""), ("demande_initiale", ""), ("objectif", ""),
    ("niveau", "sexe"),
]  # fmt: skip
# Among more persons: no share is published of fewer than twenty.
SHOWN_OF_MANY = [
    ("nouvel_accompagnement", "niveau"), ("parents_associes", "niveau"), ("objectif", "demande_initiale"), ("objectif", "objectif"),
]  # fmt: skip
# A group of answers is a sum of what is shown; of a cross-tabulated yes or no, « yes » is shown.
GROUPS = {("origine", "hors_college"), *((name, group) for name, group in records.GROUPS)}


@pytest.mark.parametrize(("indicator", "crossed_with"), SHOWN, ids=lambda name: name or "seul")
def test_page_02_shows_every_answer(report, raw, year, indicator, crossed_with):
    due = {
        key
        for key in figures(raw, year)
        if (key.year, key.perimeter, key.indicator, key.crossed_with) == (year, "alses", indicator, crossed_with)
        and (indicator, key.modality) not in GROUPS
        and not (crossed_with == "niveau" and key.modality != "oui")
        and not (key.modality == "non_renseigne" and (crossed_with == "sexe" or figures(raw, year)[key].counts == (0, 0)))
    }
    told = {key_in(mark.name) for mark in marked(report / "02_describe.html")}
    if crossed_with == indicator:  # each pair once
        pairs = ({frozenset((key.modality, key.crossed)) for key in keys if key.crossed_with == indicator} for keys in (due, told))
        due, told = pairs
        assert told and told <= due  # the most frequent are drawn; all are in indicateurs.csv
        return
    assert due and due - told == set()


@LARGE
@pytest.mark.parametrize(("indicator", "crossed_with"), SHOWN_OF_MANY)
def test_page_02_shows_every_cross_tabulation_of_many_persons(report, raw, year, indicator, crossed_with):
    test_page_02_shows_every_answer(report, raw, year, indicator, crossed_with)


# --- 03: the comparison ------------------------------------------------------------------------------------------------


@LARGE
def test_page_03_shows_what_two_exports_allow(report):
    shown = {(mark.name.removeprefix("comparaisons/"), mark.measure) for mark in marked(report / "03_compare.html")}
    girls = "annees/alses/sexe/filles"
    assert {("page", "personnes_communes"), (girls, "ecart_ailleurs"), (girls, "apport_entres")} <= shown
    assert any(name == girls and measure.startswith("ressemblance") for name, measure in shown)
