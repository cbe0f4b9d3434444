"""Reports of records: every number found again from the exports alone, and what each page shows.

The second calculation (`second_calculation`) reads the simulated CSV files with the standard library and nothing else.
A small network with the other tests; two large reports too when everything is enumerated.
"""

import csv
import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

import second_calculation as calculation
from conftest import ALL
from second_calculation import Key, comparisons, records
from second_calculation.marks import disagreements, key_in, marked

PAGES = ["index", "01_clean", "02_describe", "03_compare", "04_themes"]
SMALL = 2034
# The years of the series of each report, which is compared with the year before.
YEARS = {SMALL: (2033, 2034), **({2020: (2019, 2020), 2021: (2019, 2020, 2021)} if ALL else {})}
IN_ALL = pytest.mark.skipif(not ALL, reason="de grands réseaux\u00a0: avec ALSES_ENUMERATIONS=toutes")
# What is only published of more persons: `test_compare_records` has it on small tables.
LARGE = pytest.mark.parametrize("year", [each for each in YEARS if each != SMALL] or [pytest.param(SMALL, marks=IN_ALL)], indirect=True)
PLAIN = str.maketrans({"\u202f": " ", "\u00a0": " "})


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


@cache
def page(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@cache
def followed(raw: Path, year: int) -> tuple[dict, ...]:
    """The rows of the persons followed by an ALSES, as they stand in the file."""
    with (raw / str(year) / "accompagnements_synthetique.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row for row in csv.DictReader(file, delimiter=";") if row["suivi_par"] == "alses")


def text_of(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").translate(PLAIN).split())


def table_in(path: Path, caption: str) -> Tag:
    """The table of a page whose caption begins so."""
    [table] = [each for each in page(path).find_all("table") if each.caption and text_of(each.caption).startswith(caption)]
    return table


# --- the release -------------------------------------------------------------------------------------------------------


def test_the_report_is_whole_and_apart_from_those_of_real_persons(root, report):
    assert all(folder.name.endswith("-synthetique") for folder in (root / "reports").iterdir() if folder.is_dir())
    assert {f"{name}.html" for name in PAGES} < {path.name for path in report.iterdir()}
    assert json.loads((report / "manifest.json").read_text(encoding="utf-8"))["synthetique"] is True


@pytest.mark.parametrize("name", PAGES)
def test_each_page_says_first_that_its_data_are_synthetic(report, name):
    shown = page(report / f"{name}.html")
    banner = shown.find(string=lambda text: text.translate(PLAIN).strip().startswith("Données synthétiques"))
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


# --- 01: printed figures beside their recount --------------------------------------------------------------------------


@IN_ALL  # `test_export_reports` has a small one
def test_every_printed_figure_of_persons_reconciles(synthetic_root):
    path = synthetic_root / "data" / "processed" / "2020" / "rapprochements.csv"
    with path.open(encoding="utf-8", newline="") as file:
        assert Counter(row["accord"] for row in csv.DictReader(file)) == {"concorde": 32, "ambigu": 1}
    shown = synthetic_root / "reports" / "2020-synthetique" / "01_clean.html"
    table = table_in(shown, "Chiffres imprimés et chiffres recomptés")
    assert len(table.find("tbody").find_all("tr")) == 33


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


def measure(report: Path, id: str, name: str) -> float:
    [row] = [row for row in comparisons.published(report / "comparaisons.csv")[id] if row["mesure"] == name]
    return comparisons.number(row["valeur"])


def test_the_persons_of_both_years_are_those_whose_identifier_comes_back(report, raw, year):
    now, before = ({row["identifiant"] for row in followed(raw, each)} for each in (year, year - 1))
    rounded = 5 * round(len(now & before) / 5)  # like all that two years share
    assert measure(report, "page", "personnes_communes") == rounded > 20
    shown = {mark.value for mark in marked(report / "03_compare.html") if mark.measure == "personnes_communes"}
    assert shown == {rounded}


@LARGE
def test_old_and_new_colleges_are_apart_and_their_parts_make_the_difference(report, raw, year):
    now, before = (Counter(row["uai"] for row in followed(raw, each)) for each in (year, year - 1))
    for counts in (now, before):
        counts.pop("", None)
    id = "annees/alses/sexe/filles"
    assert measure(report, id, "base_anciens") == sum(many for uai, many in now.items() if uai in before)
    assert measure(report, id, "base_nouveaux") == sum(many for uai, many in now.items() if uai not in before)
    parts = ("ecart_anciens", "apport_nouveaux", "apport_sortis", "apport_inconnu")
    assert sum(measure(report, id, name) for name in parts) == pytest.approx(measure(report, id, "ecart"), abs=1e-9)
    mechanical = measure(report, id, "apport_nouveaux") + measure(report, id, "apport_sortis")
    assert measure(report, id, "effet_mecanique") == pytest.approx(mechanical, abs=1e-9)
    marks = {mark.measure for mark in marked(report / "03_compare.html") if mark.name == f"comparaisons/{id}"}
    assert {"ecart_anciens", "apport_nouveaux"} <= marks


@LARGE
def test_the_intraclass_correlation_of_colleges_is_shown(report):
    shown = {mark.name for mark in marked(report / "03_compare.html") if mark.measure.startswith("ressemblance")}
    assert {"comparaisons/annees/alses/sexe/filles", "comparaisons/annees/alses/origine/college"} <= shown


@IN_ALL
@pytest.mark.parametrize("path", sorted(comparisons.HEADLINED))
def test_three_years_make_a_series(synthetic_root, path):
    table = page(synthetic_root / "reports" / "2021-synthetique" / "03_compare.html").find(id="fig-series").find("table")
    again = figures(synthetic_root / "data" / "raw", 2021)
    shares = {str(year): float(100 * again[Key(year, *path.split("/"))].ends[0]) for year in YEARS[2021]}
    by_answer: dict[str, dict[str, str]] = {}
    for line in table.find("tbody").find_all("tr"):
        answer, _, when, *_, share = [text_of(cell) for cell in line.find_all(["th", "td"])]
        by_answer.setdefault(answer, {})[when] = share.removesuffix(" %").replace(",", ".")
    close = [answer for answer, own in by_answer.items() if own.keys() == shares.keys() and all(abs(float(own[year]) - shares[year]) <= (0.05 if "." in own[year] else 0.5) for year in own)]
    assert len(close) == 1


def test_two_years_make_no_series(sites_root):
    shown = page(sites_root / "reports" / f"{SMALL}-synthetique" / "03_compare.html")
    assert shown.find(id="fig-series") is None
