"""Reports of years with an export that nobody simulated: beside what a note prints, and alone; what only exports fill.

The invented project with the other tests (its year is coded too); a large export alone and beside the true note when
everything is enumerated.
"""

import json
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

import second_calculation as calculation
from conftest import ALL, REPOSITORY, WITHOUT_KERNELS, _run, copy_project, read_page
from second_calculation import Key, comparisons
from second_calculation.marks import disagreements, marked
from second_calculation.rows import read_csv
from test_coded_page import make_coded

PAGES = ["index", "01_clean", "02_describe", "03_compare", "04_themes"]


IN_ALL = pytest.mark.skipif(not ALL, reason="de grands exports\u00a0: avec ALSES_ENUMERATIONS=toutes")


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


BESIDE = {"coded": make_coded, **({"export_root": run_on_an_export_alone, "mixed_root": run_on_both} if ALL else {})}

# The second calculation was written for the true notes: the invented one has a coherence more.
NOT_RECALCULATED = re.compile(r"2032/donnees/coherences/")


def unexplained(differences: list[str]) -> list[str]:
    return [each for each in differences if not NOT_RECALCULATED.match(each)]


# Each project, the year of its report and the years of its series.
PROJECTS = [
    pytest.param(("coded", 2032, (2031, 2032)), id="petit export et note"),
    pytest.param(("export_root", 2021, (2021,)), id="export seul", marks=IN_ALL),
    pytest.param(("mixed_root", 2020, (2019, 2020)), id="export et note", marks=IN_ALL),
]


@pytest.fixture(scope="module", params=PROJECTS)
def made(request, workshop) -> tuple[Path, calculation.Rows, dict[str, comparisons.Comparison]]:
    """The report of each project, and its figures and comparisons calculated again from the raw files."""
    name, year, years = request.param
    root = workshop.take(name)
    raw, report = root / "data" / "raw", root / "reports" / str(year)
    said = calculation.published(report / "indicateurs.csv")
    again = calculation.with_protected(calculation.recompute(raw, *years, said=said), said)
    printed = calculation.Raw(raw).table(year, "chiffres_publies")
    known = comparisons.known_of(raw, year, year - 1)
    return report, again, comparisons.compare(again, year, year - 1, printed=printed, known=known, rounded=calculation.protected_paths(said))


def test_the_report_is_whole_and_true(made):
    report, *_ = made
    assert {f"{name}.html" for name in PAGES} < {path.name for path in report.iterdir()}
    assert "synthetique" not in json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    assert not [name for name in PAGES if "Données synthétiques" in read_page(report / f"{name}.html").get_text()]


def test_every_indicator_is_found_again(made):
    report, again, _ = made
    assert unexplained(calculation.differences(calculation.published(report / "indicateurs.csv"), again)) == []


def test_every_comparison_is_found_again(made):
    report, again, compared = made
    said, rounded = comparisons.published(report / "comparaisons.csv"), calculation.protected_paths(again)
    assert unexplained(comparisons.differences(said, compared, rounded=rounded)) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_marked_number_is_found_again(made, name):
    report, again, compared = made
    marks, rounded = marked(report / f"{name}.html"), calculation.protected_paths(again)
    assert unexplained(disagreements(marks, again, compared, rounded=rounded)) == []


@IN_ALL
def test_a_year_without_another_says_so(workshop):
    report = workshop.take("export_root") / "reports" / "2021"
    assert {id.split("/")[0] for id in comparisons.published(report / "comparaisons.csv")} <= {"reste", "emboitee", "page"}
    assert not any("/annees/" in mark.name for mark in marked(report / "03_compare.html"))


# Posts of the note, printed figures of persons that the export gives again, and those that it leaves open.
RECONCILED = [pytest.param("coded", 2032, 5, 15, 1), pytest.param("mixed_root", 2020, 17, 32, 1, marks=IN_ALL)]


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
