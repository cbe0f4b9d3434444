"""What happens when a run fails: the old report stays whole, and a French sentence says where and why."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from conftest import plain
from helpers import cli, parameters, paths
from helpers.provenance import Reason
from helpers.report import publication
from helpers.run import report
from helpers.run.execution import execute, find_fault
from helpers.run.tasks import NotebookFailure, count_cells, perform_all, tasks_of
from small_export import write_export

CELLS = [
    ("markdown", "# Que fait ce notebook ?", []),
    ("code", "year = 2020  # année", ["parameters"]),
    ("markdown", "## Une section", []),
    ("code", "total = year + 1", []),
    ("code", "print(total)", ["provenance"]),
]


def notebook(source: str = CELLS[3][1]) -> nbformat.NotebookNode:
    """A small notebook, whose second cell with code is this one."""
    made = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    for kind, text, tags in CELLS:
        made.cells.append(getattr(nbformat.v4, f"new_{kind}_cell")(text, metadata={"tags": tags}))
    made.cells[3].source = source
    return made


@pytest.fixture
def run_notebook(data_root, monkeypatch):
    """Executes the notebook with that cell, as the pipeline would; gives the kept file back."""
    source, kept = data_root / "essai.ipynb", data_root / "garde" / "essai.ipynb"
    monkeypatch.setattr(paths, "notebook", lambda name: source)

    def run(cell: str = CELLS[3][1]) -> Path:
        nbformat.write(notebook(cell), source)
        execute("essai", {"year": 2032}, kept, cell_done=lambda: run.told.append(1))
        return kept

    run.kept, run.told = kept, []
    return run


def marked(kept: Path) -> str:
    """The one cell that a kept notebook says it stopped at."""
    cells = nbformat.read(kept, as_version=4).cells
    [place] = [place for place, cell in enumerate(cells) if "Arrêt à cette cellule" in cell.source]
    assert not any("papermill" in cell.source for cell in cells)
    return cells[place + 1].source


def test_a_notebook_that_runs_to_its_end_uses_its_parameter_and_writes_nothing_in_the_terminal(run_notebook, capfd):
    kept = nbformat.read(run_notebook(), as_version=4)
    assert capfd.readouterr() == ("", "")
    assert find_fault(kept) is None
    assert kept.cells[-1].outputs[0].text == "2033\n"
    # The parameters as kept, those that Papermill adds, and two more.
    assert len(run_notebook.told) == count_cells("essai") == 4


def test_a_failing_cell_is_named_with_its_section_and_likely_cause_and_marked_in_the_kept_notebook(run_notebook):
    with pytest.raises(NotebookFailure) as failure:
        run_notebook("total = {}['groupe']")
    message = str(failure.value)
    assert "essai s’est arrêté dans la section « Une section »" in message
    assert "KeyError : 'groupe'" in message
    assert "une colonne ou une modalité attendue est absente" in message
    assert "garde/essai.ipynb" in message and str(run_notebook.kept.parent.parent) not in message
    assert (marked(run_notebook.kept), failure.value.is_input) == ("total = {}['groupe']", False)
    assert len(run_notebook.told) == 3  # the failing cell included


def test_a_fault_of_the_data_found_in_a_notebook_is_said_as_it_is_with_its_place(run_notebook):
    with pytest.raises(NotebookFailure) as failure:
        run_notebook("from helpers.schema import DataError\nraise DataError('2032/reunions.csv, ligne 3 : à corriger.')")
    assert str(failure.value).partition(", section « ")[2].partition(" » : ")[2] == "2032/reunions.csv, ligne 3 : à corriger."
    assert failure.value.is_input


def test_a_kernel_that_dies_is_a_failure_with_its_place(run_notebook):
    with pytest.raises(NotebookFailure, match="section « Une section ».*noyau arrêté"):
        run_notebook("import os\nos._exit(1)")
    assert marked(run_notebook.kept) == "import os\nos._exit(1)"


@pytest.mark.parametrize(("place", "change", "fault"), [
    (3, {"execution_count": None}, "n’a pas été exécutée"), (3, {"execution_count": 9}, "dans l’ordre"), (4, {"outputs": []}, "dernière cellule"),
])  # fmt: skip
def test_execution_is_proved_by_the_cells_and_not_by_a_status(place, change, fault):
    done = notebook()
    for rank, cell in enumerate(cell for cell in done.cells if cell.cell_type == "code"):
        cell.update(execution_count=rank + 1, outputs=[nbformat.v4.new_output("stream", text="x")])
    assert find_fault(done) is None
    done.cells[place].update(nbformat.from_dict(change))
    assert fault in find_fault(done)


@pytest.mark.parametrize(("change", "said"), [
    ({"metadata": {"tags": []}}, "une cellule étiquetée « parameters », et une seule"),
    ({"source": "year = 2020\nlast = year - 1"}, "que des valeurs écrites"),
    ({"source": "annee = 2020"}, "doit donner year, et rien d’autre"),
    (None, "notebooks/essai.ipynb manque ou n’est plus lisible"), ("<<<<<<< HEAD", "n’est plus lisible"),
])  # fmt: skip
def test_a_notebook_that_would_not_take_its_parameters_or_cannot_be_read_is_refused(data_root, monkeypatch, change, said):
    source, made = data_root / "essai.ipynb", notebook()
    if isinstance(change, dict):
        made.cells[1].update(nbformat.from_dict(change))
        nbformat.write(made, source)
    elif change is not None:
        source.write_text(change, encoding="utf-8")
    monkeypatch.setattr(paths, "notebook", lambda name: source)
    with pytest.raises(NotebookFailure, match=said):
        execute("essai", {"year": 2032}, data_root / "garde" / "essai.ipynb")


# --- the whole command -----------------------------------------------------------------------------------------------


def forget(root: Path, *names: str) -> None:
    """Removes what is known of the report, and of these notebooks: they are then to be made again."""
    (root / "data/processed/2032/rapport.json").unlink()
    for name in names:
        (root / f"data/processed/2032/execution/{name}.json").unlink()


def state(root: Path) -> dict[str, bytes]:
    files = (path for path in (root / "reports").rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize(("name", "before", "after", "said"), [
    ("reunions", "2032-11-03", "2032-13-03", ["data/raw/2032/reunions.csv, ligne 3", "« date »", "« 2032-13-03 »"]),
    ("enonces", ",accueil,", ",acueil,", ["ligne 2", "« theme »", "« acueil »", "« accueil »"]),
])  # fmt: skip
def test_bad_input_is_one_sentence_and_exit_code_2_and_leaves_the_report(published, capsys, name, before, after, said):
    path = paths.raw_table(2032, name)
    path.write_text(path.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    reports = state(published)
    assert cli.main(["run", "--year", "2032"]) == 2
    message = plain(capsys.readouterr().err)
    assert message.count("\n") == 1 and "Traceback" not in message
    assert [part for part in said if part not in message] == []
    assert state(published) == reports


def test_a_notebook_that_fails_leaves_the_old_report_and_exit_code_1(published, capsys, monkeypatch):
    broken = published / "02_describe.ipynb"
    text = paths.notebook("02_describe").read_text(encoding="utf-8")
    broken.write_text(text.replace("postes.assign(mois=", "postes.assigner(mois="), encoding="utf-8")
    original = paths.notebook
    monkeypatch.setattr(paths, "notebook", lambda name: broken if name == "02_describe" else original(name))
    reports = state(published)
    forget(published, "02_describe")
    assert cli.main(["run", "--year", "2032"]) == 1
    message = capsys.readouterr().err
    assert "02_describe s’est arrêté" in message and "Quand les nouveaux postes ont-ils ouvert" in message
    assert "est intact" in message
    assert state(published) == reports
    assert "postes.assigner(mois=" in marked(published / "data/processed/2032/execution/02_describe.ipynb")


def test_a_page_with_a_defect_is_not_published(published, capsys, monkeypatch):
    monkeypatch.setattr("helpers.report.checks.check_pages", lambda folder: ["02_describe.html : lien mort."])
    reports = state(published)
    forget(published)
    assert cli.main(["run", "--year", "2032"]) == 1
    assert "lien mort" in capsys.readouterr().err and state(published) == reports


def test_two_runs_at_once_are_refused(published, capsys):
    forget(published)
    with publication.year_lock([2031], what="alses run --year 2031"):  # a year that the report of 2032 writes too
        assert cli.main(["run", "--year", "2032"]) == 1
    assert "Un autre programme travaille sur l’année 2031 (processus " in capsys.readouterr().err


# --- years of records --------------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch):
    """Runs nothing and makes one page, so that only what is around is tried: the notebooks run, by name and year."""
    ran = []

    def perform(_, task):
        ran.append((task.notebook, task.year))

    monkeypatch.setattr("helpers.run.report.ReportRun.perform", perform)
    monkeypatch.setattr("helpers.run.report.ReportRun.shown_notebooks", lambda _: {})
    monkeypatch.setattr("helpers.run.report._build", lambda folder, *_: (folder / "index.html").touch())
    monkeypatch.setattr("helpers.report.checks.check_pages", lambda folder: [])
    monkeypatch.setattr("helpers.disclosure.release.keep_release", lambda year: None)
    monkeypatch.setattr("helpers.run.report._require_protected", lambda *_: None)
    return ran


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_task_redone_only_because_of_others_finds_a_worker(data_root, monkeypatch, jobs):
    """After an edit of the catalogue, 01 to 04 have a cause of their own, and the protection has one once 01 has run."""
    changed, ran = Reason("code", "src/helpers/catalogue.toml"), []
    tasks = tasks_of(parameters.check("03_compare", year=2032))

    def causes_of(task):
        follows = Reason("donnees", f"data/processed/{task.year}/indicateurs.csv")
        return [follows] if task.notebook == "protection" else [changed]

    monkeypatch.setattr("helpers.run.tasks.causes_of", causes_of)
    executor = ThreadPoolExecutor(jobs)
    running = threading.Thread(target=perform_all, args=(tasks, lambda task: ran.append(task.key)), kwargs={"executor": executor}, daemon=True)
    running.start()
    running.join(timeout=10)
    executor.shutdown(wait=False, cancel_futures=True)
    assert not running.is_alive(), ran
    assert sorted(ran) == sorted(task.key for task in tasks)


def manifest_of(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_every_year_of_the_series_is_cleaned_before_the_rest_and_is_an_input(data_root, quick):
    write_export(data_root, year=2030)
    write_export(data_root)
    folder = report.make_report(2033, compare_to=2031, tell=lambda _: None)
    years = (2030, 2031, 2032, 2033)
    cleaned, protected = ([quick.index((name, year)) for year in years] for name in ("01_clean", "protection"))
    # Two at a time: a protection may begin before the last year is cleaned, never before its own.
    assert protected == sorted(protected) and all(one < two for one, two in zip(cleaned, protected, strict=True))
    assert sorted(cleaned + protected) == list(range(8))
    assert set(quick[8:]) == {(name, 2033) for name in ("02_describe", "03_compare", "04_themes")}
    assert (folder.name, "synthetique" in manifest_of(folder)) == ("2033", False)
    inputs = {entry["path"] for entry in manifest_of(folder)["inputs"]}
    assert {f"export de la base de {year}, fichier 1" for year in (2030, 2033)} | {"data/raw/2031/chiffres_publies.csv", "data/raw/2032/enonces.csv"} < inputs
    assert not any("prive" in path or "carte_export" in path for path in inputs)


@pytest.mark.parametrize("simulated", [2030, 2033])
def test_a_report_that_rests_on_any_simulated_year_has_its_own_folder_and_says_so(data_root, quick, simulated):
    for year in (2030, 2033):
        write_export(data_root, year=year, name="accompagnements_synthetique.csv" if year == simulated else "accompagnements.csv")
    (data_root / "reports/2033").mkdir(parents=True)
    said = []
    folder = report.make_report(2033, tell=said.append)
    assert (paths.relative(folder), manifest_of(folder)["synthetique"]) == ("reports/2033-synthetique", True)
    assert list((data_root / "reports/2033").iterdir()) == []
    assert f"Données synthétiques : data/raw/{simulated}/accompagnements_synthetique.csv. Le rapport ne décrit personne et ne se cite pas." in said


def test_an_export_with_a_fault_stops_the_run_before_anything_is_made(data_root, quick, capsys):
    write_export(data_root).write_bytes(b"")
    assert cli.main(["run", "--year", "2033"]) == 2
    assert "data/raw/2033/accompagnements.csv" in capsys.readouterr().err
    assert (quick, (data_root / "reports").exists()) == ([], False)


def test_the_command_does_not_prepare_a_simulated_report_to_be_sent(data_root, quick, capsys):
    write_export(data_root, name="accompagnements_synthetique.csv")
    assert cli.main(["run", "--year", "2033", "--pdf"]) == 0
    assert "il ne s’envoie pas" in capsys.readouterr().out
    assert cli.main(["share", "2033"]) == 2
    assert "repose sur des données simulées (reports/2033-synthetique) : il ne s’envoie pas. Retirez la simulation" in plain(capsys.readouterr().err)
    assert sorted(path.name for path in (data_root / "reports").iterdir()) == ["2033-synthetique", "index.html"]
