"""What was planted in an export is found nowhere but in its private folder: whatever fails, whoever looks."""

from pathlib import Path

import nbformat
import pytest

from export_judge import prepare, secrets_of
from export_mutations import YEAR, mutate
from helpers import cli, data, paths
from helpers.cli import messages
from helpers.run.execution import HUSHED, execute, redact_errors
from helpers.run.tasks import NotebookFailure
from leak_scanner import find, find_in

DRAFT, _, CLEAN = mutate(1, form="csv", chosen=[])
# Names of a column and of a file as well.
SECRETS = sorted(secrets_of(CLEAN) - {"Canari"} | {"Canari-", "date de naissance", "nom du travailleur"})


def found(folder: Path) -> dict[str, set[str]]:
    """What was planted, by the file that holds it; not looked for where it was put, nor in the private folders."""
    places = ((path, path.relative_to(folder).as_posix()) for path in folder.rglob("*"))
    return find_in(
        SECRETS, [path for path, at in places if not at.startswith("data/raw/") and "/prive/" not in at], folder
    )


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    root = tmp_path / "projet"
    prepare(root, monkeypatch)
    paths.raw(YEAR).mkdir()
    (paths.raw(YEAR) / "accompagnements.csv").write_bytes(DRAFT.content())
    return root


# An error that quotes a row, and comes from another that quotes another.
FAILING = """
import sys, warnings
def read(row):
    warnings.warn(f'ligne {row}')
    try:
        return {}[row['observations']]
    except KeyError as error:
        raise ValueError(f"ligne\\n{row['identifiant']} {row['observations']}") from error
import csv
from helpers import paths
rows = (paths.raw(%d) / 'accompagnements.csv').open(encoding='utf-8', newline='')
read(next(csv.DictReader(rows, delimiter=';')))
"""


# A kernel that dies with rows in hand, and with what it warned of.
KILLED = """
import csv, os, warnings
from helpers import paths
with (paths.raw(%d) / 'accompagnements.csv').open(encoding='utf-8', newline='') as file:
    for row in csv.DictReader(file, delimiter=';'):
        warnings.warn(f'ligne {row}')
os.kill(os.getpid(), 9)
"""


def write_notebook(project: Path, monkeypatch, code: str) -> Path:
    """A notebook of one cell in place of every other; where it will be kept once executed."""
    made = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    cells = [("# Titre", []), ("year = 2020", ["parameters"]), (code % YEAR, []), ("print(1)", ["provenance"])]
    for source, tags in cells:
        cell = nbformat.v4.new_markdown_cell(source) if source.startswith("#") else nbformat.v4.new_code_cell(source)
        cell.metadata["tags"] = tags
        made.cells.append(cell)
    source = project / "data" / "raw" / "essai.ipynb"
    nbformat.write(made, source)
    monkeypatch.setattr(paths, "notebook", lambda name: source)
    return paths.executed(YEAR) / "01_clean.ipynb"


def fail(project: Path, monkeypatch, capfd, code: str) -> Path:
    """Runs the code, which fails, and looks for what was planted in files and messages; where the notebook is kept."""
    kept = write_notebook(project, monkeypatch, code)
    with pytest.raises(NotebookFailure) as failure:
        execute("01_clean", {"year": YEAR}, kept)
    assert messages.keep(failure.value, ["run"], YEAR)
    shown = capfd.readouterr()
    assert find(SECRETS, (str(failure.value) + shown.out + shown.err).encode()) == set()
    assert found(project) == {}
    return kept


def test_a_notebook_of_persons_whose_kernel_dies_leaves_nothing_of_them(project, monkeypatch, capfd):
    fail(project, monkeypatch, capfd, KILLED)


def test_a_notebook_of_persons_that_fails_is_kept_without_what_its_errors_say(project, monkeypatch, capfd):
    kept = fail(project, monkeypatch, capfd, FAILING)
    [error] = [output for cell in nbformat.read(kept, as_version=4).cells for output in cell.get("outputs", [])]
    assert (error.ename, error.evalue) == ("ValueError", HUSHED)
    assert sum("Traceback" in line for line in error.traceback) == 2 and any(
        "raise" in line for line in error.traceback
    )
    log = (paths.executed(YEAR) / "erreur.log").read_text(encoding="utf-8")
    assert "ValueError" in log and "paroles de l’erreur tues" in log


@pytest.mark.parametrize("chained", [False, True])
def test_a_check_that_fails_tells_nothing_of_a_row(project, monkeypatch, capsys, chained):
    row = next(iter(CLEAN.values()))

    def refuse(year):
        try:
            raise KeyError(row["observations"])
        except KeyError as error:
            raise ValueError(f"ligne\n{row['identifiant']}") from (error if chained else None)

    monkeypatch.setattr(data, "account_for", refuse)
    assert cli.main(["check", "--year", str(YEAR)]) == 1
    shown = capsys.readouterr()
    assert find(SECRETS, (shown.out + shown.err).encode()) == set()
    assert found(project) == {} and list(project.rglob("erreur.log"))


def test_hushing_leaves_what_was_printed():
    streams = [
        nbformat.v4.new_output("stream", name=name, text=text) for name, text in (("stdout", "12"), ("stderr", "P1"))
    ]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=streams)])
    redact_errors(made)
    assert [output.text for output in made.cells[0].outputs] == ["12"]
