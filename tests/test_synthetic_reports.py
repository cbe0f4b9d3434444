"""The reports of simulated exports, whole: every number found again from the exports alone, and what each page shows.

The second calculation (`second_calculation`) reads the simulated CSV files with the standard library and nothing else.
"""

import csv
import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

import second_calculation as calculation
from second_calculation import Key, comparisons, records
from second_calculation.marks import disagreements, key_in, marked

PAGES = ["index", "01_clean", "02_describe", "03_compare", "04_themes"]
# Each report, the year it is compared with and the years of its series.
YEARS = {2020: (2019, 2020), 2021: (2019, 2020, 2021)}
PLAIN = str.maketrans({"\u202f": " ", "\u00a0": " "})


@pytest.fixture(scope="module", params=YEARS)
def year(request) -> int:
    return request.param


@pytest.fixture(scope="module")
def raw(synthetic_root) -> Path:
    return synthetic_root / "data" / "raw"


@pytest.fixture(scope="module")
def report(synthetic_root, year) -> Path:
    return synthetic_root / "reports" / f"{year}-synthetique"


@cache
def figures(raw: Path, year: int) -> calculation.Rows:
    return calculation.with_protected(calculation.recompute(raw, *YEARS[year]), said_of(raw, year))


@cache
def said_of(raw: Path, year: int) -> calculation.Rows:
    return calculation.published(raw.parents[1] / "reports" / f"{year}-synthetique" / "indicateurs.csv")


def rounded(raw: Path, year: int) -> frozenset[str]:
    return frozenset(calculation.protected_paths(said_of(raw, year)))


@cache
def compared(raw: Path, year: int) -> dict[str, comparisons.Comparison]:
    printed = calculation.Raw(raw).table(year, "chiffres_publies")
    known = comparisons.known_of(raw, year, year - 1)
    return comparisons.compare(figures(raw, year), year, year - 1, printed=printed, known=known)


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


def section(path: Path, heading: str) -> Tag:
    """The heading that is this question, and all that follows it up to the next one of its level."""
    title = next(each for each in page(path).find_all("h2") if text_of(each).startswith(heading))
    return title.find_parent("section") or title.parent


# --- the release -------------------------------------------------------------------------------------------------------


def test_the_reports_are_apart_and_whole(synthetic_root):
    assert sorted(folder.name for folder in (synthetic_root / "reports").iterdir() if folder.is_dir()) == [
        "2020-synthetique",
        "2021-synthetique",
    ]
    for year in YEARS:
        folder = synthetic_root / "reports" / f"{year}-synthetique"
        assert {f"{name}.html" for name in PAGES} < {path.name for path in folder.iterdir()}
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["synthetique"] is True


@pytest.mark.parametrize("name", PAGES)
def test_each_page_says_first_that_its_data_are_synthetic(report, name):
    shown = page(report / f"{name}.html")
    banner = shown.find(string=lambda text: text.translate(PLAIN).strip().startswith("Données synthétiques"))
    assert banner is not None
    before = [each for each in banner.find_all_previous(["h2", "data", "figure", "table"])]
    assert before == []


def test_every_indicator_is_found_again_row_for_row(report, raw, year):
    said = calculation.published(report / "indicateurs.csv")
    assert calculation.differences(said, figures(raw, year)) == []
    assert {key.year for key in said} == set(YEARS[year])
    assert len(said) > 800


def test_every_comparison_is_found_again_measure_for_measure(report, raw, year):
    said = comparisons.published(report / "comparaisons.csv")
    assert comparisons.differences(said, compared(raw, year), rounded=rounded(raw, year)) == []
    assert {id.split("/")[0] for id in said} >= {"annees", "details", "reste", "volume", "emboitee", "page"}


@pytest.mark.parametrize("name", PAGES)
def test_every_marked_number_is_found_again(report, raw, year, name):
    marks = marked(report / f"{name}.html")
    assert disagreements(marks, figures(raw, year), compared(raw, year), rounded=rounded(raw, year)) == []
    assert marks


def test_the_persons_of_an_invented_year_are_as_many_as_asked_and_their_rows_add_up(synthetic_root, raw):
    said = calculation.published(synthetic_root / "reports" / "2021-synthetique" / "indicateurs.csv")
    assert len(followed(raw, 2021)) == 2500
    for year in YEARS[2021]:
        lines = {
            name: said[Key(year, "donnees", "lignes_export", name)].counts[0]
            for name in ("lues", "gardees", "rejetees")
        }
        with (raw / str(year) / "accompagnements_synthetique.csv").open(encoding="utf-8") as file:
            assert lines["lues"] == sum(1 for _ in file) - 1
        assert lines["lues"] == lines["gardees"] + lines["rejetees"] > 2500


# --- 01: printed figures beside their recount --------------------------------------------------------------------------


def test_every_printed_figure_of_persons_reconciles(synthetic_root):
    path = synthetic_root / "data" / "processed" / "2020" / "rapprochements.csv"
    with path.open(encoding="utf-8", newline="") as file:
        outcomes = Counter(row["accord"] for row in csv.DictReader(file))
    assert outcomes == {"concorde": 32, "ambigu": 1}
    shown = page(synthetic_root / "reports" / "2020-synthetique" / "01_clean.html")
    (table,) = (
        each
        for each in shown.find_all("table")
        if text_of(each.caption or each) == "Chiffres imprimés et chiffres recomptés"
    )
    assert len(table.find("tbody").find_all("tr")) == 33


# --- 02: the portrait --------------------------------------------------------------------------------------------------

# What page 02 shows, answer by answer: question, what it is crossed with, and the answers that are left to tables.
SHOWN = [
    ("sexe", ""), ("nouvel_accompagnement", ""), ("orienteur", ""), ("origine", ""), ("niveau", ""), ("age", ""),
    ("parents_associes", ""), ("nombre_d_objectifs", ""), ("mois_d_ouverture", ""), ("duree", ""), ("colonne_remplie", ""),
    ("niveau", "sexe"), ("nouvel_accompagnement", "niveau"), ("parents_associes", "niveau"),
    ("objectif", "demande_initiale"), ("objectif", "objectif"),
]  # fmt: skip
# A group of answers is a sum of what is shown; of a crossed yes or no, « yes » is; a crossing says what it leaves out.
GROUPS = {("origine", "hors_college"), *((name, group) for name, group in records.GROUPS)}


@pytest.mark.parametrize(("indicator", "crossed_with"), SHOWN, ids=lambda name: name or "seul")
def test_page_02_shows_every_answer(report, raw, year, indicator, crossed_with):
    due = {
        key
        for key in figures(raw, year)
        if (key.year, key.perimeter, key.indicator, key.crossed_with) == (year, "alses", indicator, crossed_with)
        and (indicator, key.modality) not in GROUPS
        and not (crossed_with == "niveau" and key.modality != "oui")
        and not (crossed_with in ("niveau", "sexe") and {key.modality, key.crossed} & set(records.ONLY_RECORDED))
    }
    told = {key_in(mark.name) for mark in marked(report / "02_describe.html")}
    if crossed_with == indicator:  # each pair once
        due, told = (
            {frozenset((key.modality, key.crossed)) for key in keys if key.crossed_with == indicator}
            for keys in (due, told)
        )
    assert due and due - told == set()


def test_requests_and_objectives_stand_side_by_side(report, raw, year):
    (table,) = (
        each
        for each in page(report / "02_describe.html").find_all("table")
        if each.caption and text_of(each.caption).startswith("Demandes initiales et objectifs travaillés")
    )
    shown = text_of(table).replace(" ", "")
    persons = records.read_export(raw / str(year) / "accompagnements_synthetique.csv", year)
    own = records.populations(persons)["alses"]
    for indicator in ("demande_initiale", "objectif"):
        for answer in records.OBJECTIVES:
            assert str(records.giving(own, indicator, answer)) in shown


# --- 03: the comparison ------------------------------------------------------------------------------------------------


def measure(report: Path, id: str, name: str) -> float:
    (row,) = (row for row in comparisons.published(report / "comparaisons.csv")[id] if row["mesure"] == name)
    return comparisons.number(row["valeur"])


def test_the_persons_of_both_years_are_those_whose_identifier_comes_back(report, raw, year):
    both = {row["identifiant"] for row in followed(raw, year)} & {row["identifiant"] for row in followed(raw, year - 1)}
    assert measure(report, "page", "personnes_communes") == len(both) > 500
    shown = {mark.value for mark in marked(report / "03_compare.html") if mark.measure == "personnes_communes"}
    assert shown == {len(both)}


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


def test_the_likeness_inside_colleges_is_shown(report):
    likeness = {mark.name for mark in marked(report / "03_compare.html") if mark.measure.startswith("ressemblance")}
    assert {"comparaisons/annees/alses/sexe/filles", "comparaisons/annees/alses/origine/college"} <= likeness


@pytest.mark.parametrize("path", sorted(comparisons.HEADLINED))
def test_three_years_make_a_series(synthetic_root, raw, path):
    (table,) = (
        each
        for each in page(synthetic_root / "reports" / "2021-synthetique" / "03_compare.html").find_all("table")
        if each.caption and text_of(each.caption) == "Parts, de 2019 à 2021"
    )
    again = figures(raw, 2021)
    shares = [100 * again[Key(year, *path.split("/"))].ends[0] for year in YEARS[2021]]
    written = [f"{float(share):.1f}".replace(".", ",") for share in shares]
    cells = [[text_of(cell) for cell in line.find_all(["th", "td"])] for line in table.find("tbody").find_all("tr")]
    by_answer: dict[str, list] = {}
    for answer, when, share, *_ in cells:
        by_answer.setdefault(answer, []).append((when, share))
    course = [(str(year), f"{share} %") for year, share in zip(YEARS[2021], written, strict=True)]
    assert list(by_answer.values()).count(course) == 1


def test_two_printed_or_counted_years_make_no_series(synthetic_root):
    shown = page(synthetic_root / "reports" / "2020-synthetique" / "03_compare.html")
    assert shown.find(id="fig-series") is None
