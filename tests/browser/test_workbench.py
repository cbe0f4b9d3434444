"""JupyterLab opened on a copy of the project: the notebooks, run by hand, show what they should."""

import re
import shutil

import nbformat
import pytest

from browser.laboratory import copy_of_the_project, jupyterlab, run_all

NOTEBOOKS = ["01_clean", "02_describe", "03_compare", "04_themes"]


@pytest.fixture(scope="module")
def project(reports, tmp_path_factory):
    """A copy of the project in which the report of 2020 was made."""
    root = copy_of_the_project(tmp_path_factory.mktemp("atelier"))
    made = reports["2020"].parents[1]
    shutil.copytree(made / "data" / "processed", root / "data" / "processed", dirs_exist_ok=True)
    shutil.copytree(made / "reports", root / "reports")
    return root


@pytest.fixture(scope="module")
def laboratory(project, tmp_path_factory):
    """The address of a JupyterLab on that project."""
    with jupyterlab(project, tmp_path_factory.mktemp("jupyter") / "réglages") as address:
        yield address


@pytest.fixture
def window(browser):
    """A window as large as a desk's screen."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="fr-FR")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_run_by_hand_fails_nowhere_and_shows_the_figures_of_its_page(window, laboratory, reports, name):
    shown = run_all(window, laboratory, name)
    assert shown.errors == []
    assert [place for place in shown.prompts if not place.isdigit()] == []
    published = (reports["2020"] / f"{name}.html").read_text(encoding="utf-8")
    assert shown.figures == len(re.findall("<figure", published)) > 0
    assert len(shown.pictures) >= shown.figures and min(shown.pictures) > 0


def test_a_cell_that_fails_is_seen_and_stops_the_others(window, laboratory, project):
    cells = [nbformat.v4.new_code_cell(source) for source in ("1 / 0", "'jamais'")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), project / "notebooks" / "faute.ipynb")
    shown = run_all(window, laboratory, "faute")
    assert len(shown.errors) == 1 and "ZeroDivisionError" in shown.errors[0]
    assert shown.prompts[1] == "" and shown.figures == 0
