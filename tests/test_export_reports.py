"""Reports of years with an export that nobody simulated: beside a printed note, and alone.

The second one is made only when ``ALSES_ENUMERATIONS=toutes`` is in the environment.
"""

import csv
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

import second_calculation as calculation
from conftest import ALL, COMMANDS, FOUND, REPOSITORY, ROUNDED_ONCE, UNATTACKED, UNDRAWN, WITHOUT_KERNELS, copy_project
from second_calculation import Key, comparisons
from second_calculation.marks import disagreements, marked

PAGES = ["index", "01_clean", "02_describe", "03_compare", "04_themes"]


def _receive(workshop, root: Path, year: int) -> Path:
    """The project, with the simulated export of a year as if it had been received."""
    simulated = workshop.take("synthetic_root") / "data" / "raw" / str(year) / "accompagnements_synthetique.csv"
    received = root / "data" / "raw" / str(year) / "accompagnements.csv"
    received.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(simulated, received)
    return root


def _report_of(workshop, root: Path, year: int, *, without: str = "") -> Path:
    """The project with the report of a year; without kernels, which other tests start."""
    spared = WITHOUT_KERNELS + ("" if ALL else UNDRAWN + without)
    done = workshop.run(root, "-c", spared + COMMANDS, f"run --jobs 1 --year {year}", **FOUND)
    assert done.returncode == 0, done.stderr
    return root


def run_on_an_export_alone(workshop) -> Path:
    """A project with nothing but an export: no printed value, no post, no meeting, no earlier year."""
    root = workshop.folder / "export seul"
    shutil.copytree(REPOSITORY / "data" / "raw" / "reference", root / "data" / "raw" / "reference")
    return _report_of(workshop, _receive(workshop, root, 2021), 2021)


def run_on_both(workshop) -> Path:
    """The true raw files of 2019 and 2020, and an export of 2020 beside its note."""
    root = _receive(workshop, copy_project(REPOSITORY, workshop.folder / "export et note"), 2020)
    return _report_of(workshop, root, 2020, without=UNATTACKED + ROUNDED_ONCE)  # the other one is attacked


# Whole runs: made beside the other tests.
BESIDE = {"mixed_root": run_on_both, **({"export_root": run_on_an_export_alone} if ALL else {})}
YEARS = {"mixed_root": (2019, 2020), "export_root": (2021,)}


@pytest.fixture(scope="module", params=BESIDE)
def made(request, workshop) -> tuple[Path, calculation.Rows, dict[str, comparisons.Comparison]]:
    """The report of each project, and its values and comparisons calculated again from the raw files."""
    root, years = workshop.take(request.param), YEARS[request.param]
    raw, year = root / "data" / "raw", max(years)
    report = root / "reports" / str(year)
    said = calculation.published(report / "indicateurs.csv")
    again = calculation.with_protected(calculation.recompute(raw, *years), said)
    printed = calculation.Raw(raw).table(year, "chiffres_publies")
    known = comparisons.known_of(raw, year, year - 1)
    compared = comparisons.compare(again, year, year - 1, printed=printed, known=known)
    return report, again, compared


def test_the_report_is_whole_and_true(made):
    report, *_ = made
    assert {f"{name}.html" for name in PAGES} < {path.name for path in report.iterdir()}
    assert "synthetique" not in json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    assert not [name for name in PAGES if "Données synthétiques" in (report / f"{name}.html").read_text(encoding="utf-8")]


def test_every_indicator_and_comparison_is_found_again(made):
    report, again, compared = made
    assert calculation.differences(calculation.published(report / "indicateurs.csv"), again) == []
    rounded = calculation.protected_paths(again)
    assert comparisons.differences(comparisons.published(report / "comparaisons.csv"), compared, rounded=rounded) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_marked_number_is_found_again(made, name):
    report, again, compared = made
    assert disagreements(marked(report / f"{name}.html"), again, compared, rounded=calculation.protected_paths(again)) == []


@pytest.mark.skipif(not ALL, reason="ce rapport n’est fait qu’avec ALSES_ENUMERATIONS=toutes")
def test_a_year_without_another_says_so(workshop):
    report = workshop.take("export_root") / "reports" / "2021"
    assert {id.split("/")[0] for id in comparisons.published(report / "comparaisons.csv")} <= {"reste", "emboitee", "page"}
    assert not any("/annees/" in mark.name for mark in marked(report / "03_compare.html"))


def test_an_export_stands_before_what_is_printed_and_both_are_reconciled(workshop):
    mixed = workshop.take("mixed_root")
    said = calculation.published(mixed / "reports" / "2020" / "indicateurs.csv")
    girls = said[Key(2020, "alses", "sexe", "filles")]
    assert (girls.counts[0] == girls.counts[1], girls.share, girls.precision) == (True, None, "exact")
    assert said[Key(2019, "alses", "sexe", "filles")].precision == "arrondi_imprime"
    assert said[Key(2020, "postes", "nouveaux_postes")].counts == (17, 17)
    with (mixed / "data" / "processed" / "2020" / "rapprochements.csv").open(encoding="utf-8", newline="") as file:
        outcomes = Counter(row["accord"] for row in csv.DictReader(file))
    assert outcomes == {"concorde": 32, "ambigu": 1}
