"""What something changed for runs again, nothing else does, and it is said why."""

import json
import shutil
from pathlib import Path

import pytest

from conftest import MINI, REPOSITORY

ALL = ["01_clean 2031", "01_clean 2032", "02_describe 2032", "03_compare 2032", "04_themes 2032"]


def make_steps(workshop) -> dict:
    """What happened after each change, in a copy of the code, the notebooks and the invented data."""
    root = workshop.folder / "pas à pas"
    for part in ("src", "notebooks"):
        shutil.copytree(REPOSITORY / part, root / part, ignore=shutil.ignore_patterns("__pycache__", "brouillons"))
    shutil.copytree(MINI / "data" / "raw", root / "data" / "raw")
    shutil.copytree(REPOSITORY / "requirements", root / "requirements")
    path = f"{root / 'src'}:{Path(__file__).parent}"
    done = workshop.run(root, str(Path(__file__).with_name("incremental_steps.py")), PYTHONPATH=path)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


BESIDE = {"step by step": make_steps}


@pytest.fixture(scope="module")
def steps(workshop) -> dict:
    return workshop.take("step by step")


def test_the_first_time_everything_runs_without_a_reason(steps):
    assert steps["first"]["ran"] == ALL
    assert not any(" a changé" in line for line in steps["first"]["said"])


def test_nothing_changed_is_known_at_once_and_nothing_is_written(steps):
    assert steps["nothing"] == {"ran": [], "said": [], "written": [], "was_current": True}


@pytest.mark.parametrize(
    ("change", "ran", "cause"),
    [
        ("a notebook", ["03_compare 2032"], "notebooks/03_compare.ipynb a changé"),
        ("a module of one notebook", ["03_compare 2032"], "src/helpers/analysis/comparisons.py a changé"),
        ("a text of one notebook", ["04_themes 2032"], "src/helpers/texts/themes.j2 a changé"),
        ("a raw file", [name for name in ALL if name != "01_clean 2031"], "2032/reunions.csv a changé"),
        ("a file of the year before", ALL, "2031/datapackage.json a changé"),
        ("the lock", ALL, "requirements/report.lock a changé"),
    ],
)
def test_a_change_runs_what_depends_on_it_and_says_why(steps, change, ran, cause):
    assert steps[change]["ran"] == ran
    told = [line for line in steps[change]["said"] if cause in line]
    assert len(told) == len(ran)
    assert all(any(f"{name.replace(' ', '  ')} :" in line for line in told) for name in ran)


def test_only_the_page_of_the_notebook_that_changed_is_made_again(steps):
    pages = [path for path in steps["a notebook"]["written"] if path.startswith("data/") and path.endswith(".html")]
    assert [path for path in pages if "changements" not in path] == ["data/processed/2032/execution/03_compare.html"]


def test_another_look_makes_the_pages_again_and_runs_nothing(steps):
    look = steps["the look of the pages"]
    assert look["ran"] == []
    assert {"reports/2032/01_clean.html", "reports/2032/index.html"} <= set(look["written"])


def test_what_leaves_the_report_as_it_was_leaves_its_files_alone(steps):
    """A comment in a module, a table deleted then made alike: no file of the report is written."""
    for change in ("a module of one notebook", "a table that was deleted", "another question", "forced"):
        assert not [path for path in steps[change]["written"] if path.startswith("reports/")], change


def test_a_table_that_was_deleted_is_made_again_alone(steps):
    """What it gives is the same as before: the notebooks that read it need not run."""
    assert steps["a table that was deleted"]["ran"] == ["01_clean 2032"]
    assert any("2032/postes.csv n’est plus là" in line for line in steps["a table that was deleted"]["said"])


def test_a_page_that_was_touched_is_put_back_without_running_anything(steps):
    assert steps["a page that was touched"]["ran"] == []
    assert "reports/2032/04_themes.html" in steps["a page that was touched"]["written"]


def test_a_file_that_came_and_went_changes_nothing(steps):
    assert steps["a file that came and went"]["was_current"]


def test_force_runs_everything(steps):
    assert steps["forced"]["ran"] == ALL
