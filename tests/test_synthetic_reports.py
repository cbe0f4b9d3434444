"""Reports of records: every number found again from the exports alone.

The second calculation (`second_calculation`) reads the simulated CSV files with the standard library and nothing else.
A small network with the other tests; a large one of three years too when everything is enumerated.
"""

import json
from functools import cache
from pathlib import Path

import pytest

import second_calculation as calculation
from conftest import ALL, plain, read_page
from second_calculation import comparisons
from second_calculation.marks import disagreements, marked

PAGES = ["index", "01_clean", "02_describe", "03_compare", "04_themes"]
SMALL = 2034
# The years of the series of each report, which is compared with the year before.
YEARS = {SMALL: (2033, 2034), **({2021: (2019, 2020, 2021)} if ALL else {})}


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
