"""Every published number of the true report, and every count of records, equals a second, independent calculation."""

import ast
import sys
from pathlib import Path

import pytest

import second_calculation as calculation
from helpers import indicators
from helpers.clean.records import Persons
from made_persons import made
from second_calculation import Rows, comparisons, exactly_rows, records
from second_calculation.marks import disagreements, marked

YEAR, BEFORE = 2020, 2019
PAGES = ["index", "01_clean", "02_describe", "03_compare", "04_themes"]
RAW = Path(__file__).resolve().parents[1] / "data" / "raw"


@pytest.fixture(scope="module")
def report(real_root) -> Path:
    return real_root / "reports" / str(YEAR)


@pytest.fixture(scope="module")
def said(report) -> Rows:
    return calculation.published(report / "indicateurs.csv")


@pytest.fixture(scope="module")
def again() -> Rows:
    return calculation.recompute(RAW, BEFORE, YEAR)


@pytest.fixture(scope="module")
def compared(again) -> dict[str, comparisons.Comparison]:
    return comparisons.compare(again, YEAR, BEFORE, printed=calculation.Raw(RAW).table(YEAR, "chiffres_publies"))


@pytest.mark.parametrize("path", sorted(Path(calculation.__file__).parent.glob("*.py")), ids=lambda path: path.stem)
def test_the_second_calculation_uses_nothing_of_the_first(path):
    """The laws of chance are those of scipy, pages are read by BeautifulSoup; what is done with them is not."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        (alias.name if isinstance(node, ast.Import) else node.module).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert names - {"second_calculation", "scipy", "bs4", "marks"} <= sys.stdlib_module_names - {"importlib", "subprocess", "runpy"}


# --- indicators --------------------------------------------------------------------------------------------------------


def test_every_published_indicator_has_a_second_calculation(said):
    assert {key.indicator for key in said} - set(calculation.FAMILIES) == set()


def test_every_published_figure_is_found_again_row_for_row(said, again):
    assert calculation.differences(said, again) == []
    assert sum(row.told is not None for row in said.values()) > 150


def test_every_published_comparison_is_found_again_measure_for_measure(report, compared):
    assert comparisons.differences(comparisons.published(report / "comparaisons.csv"), compared) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_marked_number_of_a_page_is_found_again(report, again, compared, name):
    marks = marked(report / f"{name}.html")
    assert marks
    assert disagreements(marks, again, compared) == []


# --- persons who were made for this -----------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=[(40, 1), (300, 2)], ids=str)
def counted(request, tmp_path_factory):
    """The persons of two years, and the same read from their files."""
    size, seed = request.param
    folder = tmp_path_factory.mktemp("exports")
    tables = {year: made(year, size, seed=seed + year) for year in (2020, 2021)}
    for year, table in tables.items():
        table.to_csv(folder / f"{year}.csv", index=False, encoding="utf-8")
    persons = {year: Persons.of(year, table) for year, table in tables.items()}
    return persons, folder, {year: records.populations(records.read_export(folder / f"{year}.csv", year))["alses"] for year in tables}


def test_every_count_and_cross_tabulation_of_records_is_found_again(counted):
    persons, folder, again = counted
    said = exactly_rows(indicators.count_persons(persons[2021], source="export", reference="export"))
    crossed = {key: records.crossed(again[2021], key) for key in said if key.crossed_with}
    assert calculation.differences(said, records.recompute_export(folder / "2021.csv", 2021) | crossed) == []


def test_every_overlap_is_found_again(counted):
    persons, folder, again = counted
    table = indicators.count_overlaps(persons[2021], {2020: persons[2020]}, source="export")
    table.to_csv(folder / "recouvrements.csv", index=False)
    said = records.read_overlaps(folder / "recouvrements.csv", 2020)
    assert {population for population, *_ in said} == {"personnes_communes"}
    for key, row in said.items():
        true = records.overlap_of(again[2021], again[2020], *key[1:])
        assert row == true or row == true._replace(twice=None), key
