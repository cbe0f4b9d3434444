"""The notebooks as a person runs them: opened in their folder, cell after cell, without the pipeline."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import nullcontext

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from coded_year import coded_year, spoken_year
from conftest import ALL, MINI, REPOSITORY, copy_project, long, plain
from helpers import data, paths
from helpers.codings import tables
from helpers.codings.model import Project
from helpers.data import raw
from helpers.kernels import fork
from in_process import run_notebook

# The programs that run a notebook, from the root and from its folder; the last one only, unless all is enumerated.
TYPED = [("nbconvert", ".", "01_clean"), ("nbconvert", "notebooks", "02_describe"), ("papermill", "notebooks", "03_compare"), ("papermill", ".", "04_themes")]


def run_by_hand(name: str, *, is_stopped: bool = False, year: int = 2020) -> nbformat.NotebookNode:
    """The notebook as it is once run, by a kernel that finds the libraries loaded; ``is_stopped``: by an error."""
    notebook = nbformat.read(paths.notebook(name), as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace("year = 2020 ", f"year = {year} ")
    folder = {"metadata": {"path": str(REPOSITORY / "notebooks")}}
    with pytest.raises(CellExecutionError) if is_stopped else nullcontext():
        NotebookClient(notebook, timeout=300, resources=folder, kernel_manager_class=fork.manager_class()).execute()
    return notebook


def shown(notebook: nbformat.NotebookNode) -> dict[str, list]:
    """What each cell displayed, by the name of the cell; a cell that displays nothing is left out."""
    return {
        cell.id: [output.get("data") or output.get("text") for output in cell.outputs]
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.outputs
    }


@pytest.fixture(scope="module")
def reported(real_root, tmp_path_factory):
    """A copy of the true data after their report, in a folder with a space, an accent and an apostrophe."""
    root = tmp_path_factory.mktemp("main") / "l'été à Lille"
    shutil.copytree(real_root, root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
        yield root


@long
@pytest.mark.parametrize(("program", "place", "name"), TYPED if ALL else TYPED[-1:])
def test_a_notebook_run_by_another_program_shows_what_the_report_shows(reported, tmp_path, program, place, name):
    folder, done = REPOSITORY / place, tmp_path / "fait.ipynb"
    source = os.path.relpath(paths.notebook(name), folder)
    words = {"papermill": [source, done, "-k", "python3"], "nbconvert": ["--execute", "--to", "notebook", source, "--output", done]}
    subprocess.run([sys.executable, "-m", program, *words[program]], cwd=folder, check=True, capture_output=True)
    by_program, by_run = (shown(nbformat.read(path, as_version=4)) for path in (done, paths.executed(2020) / f"{name}.ipynb"))
    assert by_program and by_program == by_run


def test_a_notebook_opened_too_early_says_what_to_do_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(copy_project(REPOSITORY, tmp_path / "projet")))
    outputs = [output for cell in run_by_hand("04_themes", is_stopped=True).cells for output in cell.get("outputs", [])]
    sentence = "Les tables nettoyées de 2020 n’existent pas encore : exécutez d’abord 01_clean pour 2020."
    assert [output.traceback for output in outputs if output.output_type == "error"] == [[sentence]]


def test_the_welcome_notebook_runs_and_shows_the_form_and_the_recipes(reported):
    notebook = run_by_hand("00_accueil")
    widgets = [output.data for cell in notebook.cells for output in cell.get("outputs", [])]
    assert len(widgets) == 4
    assert all("application/vnd.jupyter.widget-view+json" in data for data in widgets)
    state = json.dumps(notebook.metadata.widgets, ensure_ascii=False)
    assert "Faire le rapport" in state and "Rapport : fait, à jour".replace(" :", "\u00a0:") in state
    assert "personnes suivies par un ALSES" in state and "Aucun codage dans data/raw" in state


def read_aloud(notebook: nbformat.NotebookNode) -> str:
    data = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(each.get("text/plain", "") for each in data)


def test_persons_are_explored_by_hand_filtered_counted_again_and_drawn(sites_root, monkeypatch):
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(sites_root))
    notebook = run_by_hand("20_explorer", year=2034)
    said = read_aloud(notebook)
    assert "100 personnes sur 294" in said and "inventées" not in said  # `NETWORK` simulates 100 followed by an ALSES
    figures = [cell for cell in notebook.cells for output in cell.get("outputs", []) if "image/svg+xml" in output.get("data", {})]
    assert len(figures) == 5


def test_a_year_without_persons_says_so_and_is_explored_on_invented_ones(reported):
    said = read_aloud(run_by_hand("20_explorer"))
    assert "exécutez 01_clean pour 2020, avec un export. Ce qui suit montre donc des personnes inventées." in said


@long
def test_planted_vocabularies_are_found_as_classes_and_none_where_there_are_none(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(copy_project(MINI, tmp_path / "projet")))
    for year, project in ((2031, spoken_year()), (2032, coded_year())):
        tables.write_csv(Project(documents=project.documents), paths.codings_folder(year) / "réunions")
    found, none = (read_aloud(run_notebook("21_lexique", {"year": year})) for year in (2031, 2032))
    rows = [[int(count) for count in re.findall(r"\d+", row)] for row in re.findall(r"^réunion \d(.*)", found, re.MULTILINE)]
    assert "On lit ci-dessous 3 classes." in found and len(rows) == 8 and all(max(row[:3]) > 0.95 * row[3] for row in rows)
    assert "Aucune classification ne passe ces épreuves" in none and "réunion 8" not in none


def test_forty_six_statements_are_not_classified_and_one_sentence_says_why(reported, monkeypatch):
    said = plain(read_aloud(run_notebook("21_lexique", {"year": 2020})))
    assert "Les 46 énoncés de la synthèse ne se classent pas : il faut au moins 200 segments" in said and "On lit" not in said
    monkeypatch.setattr(data, "load", lambda _, name: raw.empty_table(name))
    said = plain(read_aloud(run_notebook("21_lexique", {"year": 2020})))
    assert "Cette année n’a ni codage ni énoncé : il n’y a rien à classer." in said and "énoncés de la" not in said
