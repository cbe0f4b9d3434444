"""Who may import whom, and what a notebook of the report must hold: its parameters, its provenance."""

import ast
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import helpers
from helpers import parameters

SOURCE = Path(__file__).resolve().parents[1] / "src" / "helpers"
FOLDER = SOURCE.parents[1] / "notebooks"
NOTEBOOKS = [FOLDER / f"{name}.ipynb" for name in parameters.NOTEBOOKS]

# Rooms in order: each imports only rooms above it, and none of what it is told to leave alone.
ROOMS = (
    "errors", "paths", "typography", "palette", "system", "schema", "parameters", "provenance", "codings", "clean", "indicators", "data", "analysis", "text",
    "charts", "disclosure", "report", "kernels", "run", "workbench", "simulate", "cli",
)
# What judges imports nothing of what is judged: neither who protects, nor who counts, describes or compares.
JUDGES = ("intruder_model", "intruder_test")
FOR_JUDGES = {"schema", "typography", "disclosure"}
# Libraries that only one room may import.
RESERVED = {"papermill": {"run"}, "nbconvert": {"report"}, "tqdm": {"cli"}, "sqlite3": {"codings"}, "ipywidgets": {"workbench"}}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return names


def room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def test_the_package_that_runs_is_the_one_beside_these_tests():
    # « helpers » is a common name: another package of that name must not be tested, or run, in its place.
    assert Path(helpers.__file__).resolve().parent == SOURCE


def test_rooms_import_only_rooms_above_them():
    wrong = []
    for path in SOURCE.rglob("*.py"):
        if path.parent == SOURCE and path.name == "__init__.py":
            continue
        names = imported(path)
        used = {name.split(".")[1] for name in names if name.startswith("helpers.")}
        allowed = FOR_JUDGES if path.stem in JUDGES else set(ROOMS[: ROOMS.index(room(path)) + 1])
        wrong += [(path.name, name) for name in used - allowed]
        libraries = {name.split(".")[0] for name in names}
        wrong += [(path.name, name) for name in libraries if room(path) not in RESERVED.get(name, {room(path)})]
    assert wrong == []


def test_the_code_is_linted_and_formatted():
    root = SOURCE.parents[1]
    for command in (["check", "src", "notebooks", "tests", "tools", "bench", "alses.py"], ["format", "--check", "src"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache"], cwd=root, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_parameters_are_literals_that_the_first_cell_checks_and_the_workbench_stays_out(path):
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    (given,), (first, *_) = ([cell.source for cell in code if tag in cell.metadata.get("tags", [])] for tag in ("parameters", "preparation"))
    assert [node.targets[0].id for node in ast.parse(given).body] == list(parameters.NOTEBOOKS[path.stem])
    assert all(isinstance(node.value, ast.Constant) for node in ast.parse(given).body)
    names = ", ".join(f"{name}={name}" for name in parameters.NOTEBOOKS[path.stem])
    assert first.splitlines()[0] == f'choix = parameters.check("{path.stem}", {names})'
    assert not [cell for cell in code if "workbench" in cell.source]
