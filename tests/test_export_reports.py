"""Reports of years of records: every number found again from the raw files alone; what only exports fill.

The second calculation (`second_calculation`) reads the raw files with the standard library and nothing else. A small
simulated network, and an export that nobody simulated beside what a note prints (its year is coded too); when everything
is enumerated, a large network of three years, and a large export alone, then beside the true note.
"""

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

import second_calculation as calculation
from conftest import ALL, REPOSITORY, WITHOUT_KERNELS, _run, copy_project, long, plain, read_page
from second_calculation import Key, comparisons
from second_calculation.marks import disagreements, marked
from second_calculation.rows import read_csv
from test_coded_page import make_coded

PAGES = ["index", "01_clean", "02_describe", "03_compare", "04_themes"]
def _receive(workshop, root: Path, year: int) -> Path:
    """The project, once the simulated export of a year stands in it as one that was received."""
    simulated = workshop.take("synthetic_root") / "data" / "raw" / str(year) / "accompagnements_synthetique.csv"
    received = root / "data" / "raw" / str(year) / "accompagnements.csv"
    received.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(simulated, received)
    return root


def run_on_an_export_alone(workshop) -> Path:
    """A project with nothing but an export: no printed figure, no post, no meeting, no earlier year."""
    root = _receive(workshop, copy_project(REPOSITORY, workshop.folder / "export seul", "reference"), 2021)
    return _run(workshop, root, "run --year 2021", without=WITHOUT_KERNELS)


def run_on_both(workshop) -> Path:
    """The true raw files of 2019 and 2020, and an export of 2020 beside its note."""
    root = _receive(workshop, copy_project(REPOSITORY, workshop.folder / "export et note"), 2020)
    return _run(workshop, root, "run --year 2020", without=WITHOUT_KERNELS)


BESIDE = {"coded": make_coded, "export_root": run_on_an_export_alone, "mixed_root": run_on_both} if ALL else {}

# The second calculation was written for the true notes: the invented one has a coherence more.
NOT_RECALCULATED = re.compile(r"2032/donnees/coherences/")


def unexplained(differences: list[str]) -> list[str]:
    return [each for each in differences if not NOT_RECALCULATED.match(each)]


# Each project, its report, the years of its series, how many figures it has at least, and comparisons that it must have.
SIMULATED = {"annees", "details", "reste", "volume", "page"}
PROJECTS = [
    pytest.param(("sites_root", "2034-synthetique", (2033, 2034), 300, SIMULATED), id="réseau simulé"),
    pytest.param(("coded", "2032", (2031, 2032), 300, {"annees"}), id="petit export et note", marks=long),
    pytest.param(("synthetic_root", "2021-synthetique", (2019, 2020, 2021), 800, SIMULATED | {"emboitee"}), id="grand réseau", marks=long),
    pytest.param(("export_root", "2021", (2021,), 100, {"page"}), id="export seul", marks=long),
    pytest.param(("mixed_root", "2020", (2019, 2020), 300, {"annees"}), id="export et note", marks=long),
]


class Made(NamedTuple):
    """A published report, and its figures and comparisons calculated again from the raw files."""

    report: Path
    years: tuple[int, ...]
    said: calculation.Rows
    again: calculation.Rows
    rounded: set[str]
    compared: dict[str, comparisons.Comparison]
    fewest: int
    kinds: set[str]


@pytest.fixture(scope="module", params=PROJECTS)
def made(request, workshop) -> Made:
    name, folder, years, fewest, kinds = request.param
    root = workshop.take(name)
    raw, report, year = root / "data" / "raw", root / "reports" / folder, years[-1]
    said = calculation.published(report / "indicateurs.csv")
    again, rounded = calculation.with_protected(calculation.recompute(raw, *years, said=said), said), calculation.protected_paths(said)
    printed, known = calculation.Raw(raw).table(year, "chiffres_publies"), comparisons.known_of(raw, year, year - 1)
    compared = comparisons.compare(again, year, year - 1, printed=printed, known=known, rounded=rounded)
    return Made(report, years, said, again, rounded, compared, fewest, kinds)


def test_the_report_is_whole_and_says_first_on_each_page_whether_its_persons_were_made_up(made):
    assert {f"{name}.html" for name in PAGES} < {path.name for path in made.report.iterdir()}
    is_synthetic = made.report.name.endswith("-synthetique")
    assert json.loads((made.report / "manifest.json").read_text(encoding="utf-8")).get("synthetique", False) is is_synthetic
    for name in PAGES:
        banner = read_page(made.report / f"{name}.html").find(string=lambda text: plain(text).strip().startswith("Données synthétiques"))
        assert (banner is not None) == is_synthetic, name
        assert banner is None or banner.find_all_previous(["h2", "data", "figure", "table"]) == [], name


def test_every_indicator_is_found_again(made):
    assert unexplained(calculation.differences(made.said, made.again)) == []
    assert {key.year for key in made.said} == set(made.years) and len(made.said) > made.fewest


def test_every_comparison_is_found_again(made):
    said = comparisons.published(made.report / "comparaisons.csv")
    assert unexplained(comparisons.differences(said, made.compared, rounded=made.rounded)) == []
    assert {id.split("/")[0] for id in said} >= made.kinds


@pytest.mark.parametrize("name", PAGES)
def test_every_marked_number_is_found_again(made, name):
    marks = marked(made.report / f"{name}.html")
    assert unexplained(disagreements(marks, made.again, made.compared, rounded=made.rounded)) == []
    assert marks or name == "04_themes"  # a simulated year has no statement


@long
def test_a_year_without_another_says_so(workshop):
    report = workshop.take("export_root") / "reports" / "2021"
    assert {id.split("/")[0] for id in comparisons.published(report / "comparaisons.csv")} <= {"reste", "emboitee", "page"}
    assert not any("/annees/" in mark.name for mark in marked(report / "03_compare.html"))


# Posts of the note, printed figures of persons that the export gives again, and those that it leaves open.
RECONCILED = [pytest.param("coded", 2032, 5, 15, 1, marks=long), pytest.param("mixed_root", 2020, 17, 32, 1, marks=long)]


@pytest.mark.parametrize(("name", "year", "posts", "agreeing", "ambiguous"), RECONCILED)
def test_an_export_stands_before_what_is_printed_and_both_are_reconciled(workshop, name, year, posts, agreeing, ambiguous):
    root = workshop.take(name)
    said = calculation.published(root / "reports" / str(year) / "indicateurs.csv")
    girls = said[Key(year, "alses", "sexe", "filles")]
    assert (girls.counts[0] == girls.counts[1], girls.share, girls.precision) == (True, None, "exact")
    assert said[Key(year - 1, "alses", "sexe", "filles")].precision == "arrondi_imprime"
    assert said[Key(year, "postes", "nouveaux_postes")].counts == (posts, posts)
    reconciled = read_csv(root / "data" / "processed" / str(year) / "rapprochements.csv")
    assert Counter(row["accord"] for row in reconciled) == Counter(concorde=agreeing, ambigu=ambiguous)


# The sections of page 02 that only an export fills, and those of a document.
TIME, COLUMNS = "combien-de-temps-dure-un-accompagnement", "quelles-colonnes-de-l-export-sont-remplies"
OF_A_NOTE = {"quand-les-nouveaux-postes-ont-ils-ouvert", "qui-est-venu-aux-reunions"}


def test_a_page_has_the_sections_of_what_was_received_and_no_other(mini_root, sites_root):
    note, export = (read_page(path / "02_describe.html") for path in (mini_root / "reports/2032", sites_root / "reports/2034-synthetique"))
    of_note, of_export = ([tag["id"] for tag in shown.select("h2")] for shown in (note, export))
    assert OF_A_NOTE <= set(of_note) and not {TIME, COLUMNS} & set(of_note) and not OF_A_NOTE & set(of_export)
    assert of_export.index("les-parents-sont-ils-associes") < of_export.index(TIME) < of_export.index(COLUMNS) < of_export.index("que-faut-il-garder-en-tete")
    for code in export.select("pre, .highlight"):
        code.decompose()
    assert not re.search("Le document|part imprimée|Pas de donnée", export.find("main").get_text(" "))
