"""Only what something changed for runs again, and the reason is printed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from conftest import ALL, FOUND, MINI, REPOSITORY, long
from helpers import paths, provenance

CODE = "the code of the pages and of the protection"
TASKS = ["01_clean 2031", "01_clean 2032", "02_describe 2032", "03_compare 2032", "04_themes 2032"]


def shorten(notebook: Path) -> None:
    """Leaves what makes the tables, and the provenance: what is tried is what decides that it runs."""
    whole = nbformat.read(notebook, as_version=4)
    first = next(rank for rank, each in enumerate(whole.cells) if each.source.startswith("## "))
    kept = {"preparation", "provenance"}
    needed = (each for each in whole.cells[first:] if kept & {*each.metadata.get("tags", [])} or each.source.startswith("tout = "))
    whole.cells = [*whole.cells[:first], *needed]
    nbformat.write(whole, notebook)


def make_steps(workshop) -> dict:
    """What happened after each change, in a copy of the code, the notebooks and the invented data."""
    root = workshop.folder / "pas à pas"
    for part in ("src", "notebooks"):
        shutil.copytree(REPOSITORY / part, root / part, ignore=shutil.ignore_patterns("__pycache__", "brouillons", "1*.ipynb"))
    for notebook in (root / "notebooks").glob("0[1-4]_*.ipynb"):
        shorten(notebook)
    shutil.copytree(MINI / "data" / "raw", root / "data" / "raw")
    shutil.copytree(REPOSITORY / "requirements", root / "requirements")
    path = f"{root / 'src'}{os.pathsep}{Path(__file__).parent}"
    script = str(Path(__file__).with_name("incremental_steps.py"))
    done = workshop.run(root, script, PYTHONPATH=path, **{paths.OWN_NOTEBOOKS_VARIABLE: "1"})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])  # a cell may print


BESIDE = {"step by step": make_steps} if ALL else {}
pytestmark = long


@pytest.fixture(scope="module")
def steps(workshop) -> dict:
    return workshop.take("step by step")


def test_nothing_changed_is_known_at_once_and_nothing_is_written_unless_it_is_forced(steps):
    assert steps["first"]["ran"] == TASKS and not any(" a changé" in line for line in steps["first"]["said"])
    assert steps["nothing"] == {"ran": [], "said": [], "written": [], "was_current": True, "fault": ""}
    assert steps["a file that came and went"]["was_current"] and steps["forced"]["ran"] == TASKS


@pytest.mark.parametrize(("change", "ran", "cause"), [
    ("a notebook", ["03_compare 2032"], "notebooks/03_compare.ipynb a changé"),
    ("a raw file", [name for name in TASKS if name != "01_clean 2031"], "2032/reunions.csv a changé"),
    ("the lock", TASKS, "requirements/report.lock a changé"), ("a version before", TASKS, "version antérieure du programme"),
])  # fmt: skip
def test_a_change_runs_what_depends_on_it_and_says_why(steps, change, ran, cause):
    assert steps[change]["ran"] == ran
    told = [line for line in steps[change]["said"] if cause in line]
    assert len(told) == len(ran)
    assert all(any(f"{name.replace(' ', '  ')} :" in line for line in told) for name in ran)


def test_two_notebooks_that_changed_for_two_reasons_say_each_its_own(steps):
    change = steps["a module of one notebook and a module of another"]
    told = [line.split("  ")[1:] for line in change["said"] if " a changé" in line]
    assert change["ran"] == ["03_compare 2032", "04_themes 2032"]
    assert sorted(told) == [
        ["03_compare", "2032 : src/helpers/analysis/comparisons.py a changé"], ["04_themes", "2032 : src/helpers/analysis/themes.py a changé"],
    ]  # fmt: skip


@pytest.mark.parametrize(("change", "written"), [
    ("the look of the pages", {"reports/2032/01_clean.html", "reports/2032/index.html"}),
    (CODE, {f"data/processed/2032/execution/{name}.page.json" for name in ("01_clean", "04_themes")}),
    (CODE, {f"data/processed/{year}/execution/protection.json" for year in (2031, 2032)}),
    ("another question, and a page that was touched", {"reports/2032/04_themes.html"}),
])  # fmt: skip
def test_what_no_notebook_depends_on_is_made_again_alone(steps, change, written):
    assert steps[change]["ran"] == []
    assert written <= set(steps[change]["written"])


@pytest.mark.parametrize("change", ["a module of one notebook and a module of another", CODE, "forced"])
def test_what_leaves_the_report_as_it_was_leaves_its_files_alone(steps, change):
    assert not [path for path in steps[change]["written"] if path.startswith("reports/")]


def test_a_kernel_that_notes_its_files_is_refused_those_of_persons_all_the_same(tmp_path):
    root = tmp_path / "data/processed/diffusion"
    root.mkdir(parents=True)
    (tmp_path / "data/personnes.csv").touch()
    command = (
        "import sys; from pathlib import Path; from helpers import provenance; root = Path(sys.argv[1]); provenance.begin();"
        "provenance.refuse_persons(root, allowed=root / '.liste'); open(root.parents[1] / 'personnes.csv')"
    )
    done = subprocess.run([sys.executable, "-c", command, str(root)], capture_output=True, encoding="utf-8", env={**os.environ, **FOUND})
    assert "DataError: Un notebook du rapport ne lit que des comptes protégés" in done.stderr


def test_a_file_that_is_a_link_to_another_place_has_its_name_in_the_project(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path / "projet"))
    export, elsewhere = tmp_path / "projet/data/raw/2032/accompagnements.csv", tmp_path / "commun.csv"
    export.parent.mkdir(parents=True)
    elsewhere.write_text("a", encoding="utf-8")
    export.symlink_to(elsewhere)
    kept = provenance.record({}, [export])
    assert (list(kept.files), provenance.why_stale(kept)) == (["data/raw/2032/accompagnements.csv"], [])
    elsewhere.write_text("b", encoding="utf-8")
    assert list(map(str, provenance.why_stale(kept))) == ["2032/export de la base de 2032, fichier 1 a changé"]


def test_two_reports_of_a_year_have_a_record_each(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path))
    for is_synthetic in (True, False):
        folder, asked = paths.report(2032, is_synthetic=is_synthetic), provenance.asked(2032, None, ["college"])
        folder.mkdir(parents=True)
        (folder / "index.html").touch()
        kept = provenance.record(asked, [], products=[folder / "index.html"])
        provenance.remember(kept, provenance.report_record(2032, is_synthetic=is_synthetic))
        assert provenance.current_report(2032, None, ["college"]) == folder
        assert provenance.read_report_record(2032, is_synthetic=is_synthetic) == kept
    (folder / "index.html").write_text("autre", encoding="utf-8")
    assert provenance.current_report(2032, None, ["college"]) == paths.report(2032, is_synthetic=True)
    assert provenance.current_report(2032, None) is None
    assert provenance.kept_sites(2032) == ["college"] and provenance.kept_sites(2031) == []
