"""The rooms hold: who imports whom, how notebooks read, what may stand in each folder."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import helpers
from helpers import parameters, paths

SOURCE = Path(__file__).resolve().parents[1] / "src" / "helpers"
FOLDER = SOURCE.parents[1] / "notebooks"
# The four of the report, then with them the one that welcomes the reader: not in the pipeline, but read like the others.
NOTEBOOKS = [FOLDER / f"{name}.ipynb" for name in parameters.NOTEBOOKS]
WELCOME = FOLDER / "00_accueil.ipynb"
READ = [WELCOME, *NOTEBOOKS]

# What each module may import of ours. Step modules never import each other; what two share moves down.
MAY_IMPORT = {
    "paths": set(),
    "schema": set(),
    "typography": set(),
    "records": {"schema"},
    "freshness": {"paths", "store"},
    "parameters": {"paths", "schema"},
    "store": {"paths", "schema", "freshness", "facts", "typography", "system", "records", "exchange", "pseudonyms"},
    "pseudonyms": {"typography"},
    "codebook": {"schema", "typography", "exchange"},
    "clean": {"schema", "typography", "records"},
    "facts": {"schema"},
    "comparisons": {"schema"},
    "checks": {"paths", "schema", "store", "clean", "typography", "records", "indicators", "exchange", "codebook", "codings"},
    "indicators": {"schema", "facts", "clean", "records"},
    "describe": {"schema", "facts", "comparisons"},
    "compare": {"schema", "facts", "comparisons"},
    "themes": {"schema", "exchange", "codings"},
    "exchange": {"schema", "typography"},
    "codings": {"schema", "exchange"},
    "wording": {"schema", "facts", "comparisons", "typography"},
    "tables": {"schema", "facts", "comparisons", "typography", "wording"},
    "charts": {"schema", "facts", "comparisons", "wording", "tables"},
    "system": set(),
    "browser": set(),
    "disclosure": {"schema"},
    "protection": {"paths", "schema", "store", "records", "indicators", "disclosure", "auditor"},
    "publish": {"paths", "typography", "system", "browser"},
    # Nothing of what it judges: neither who protects, nor who counts, describes or compares.
    "auditor": {"schema", "typography"},
    # Of publish, the page around a body; of tables, the table around cells.
    "changes": {"paths", "schema", "typography", "store", "wording", "tables", "publish"},
    "pipeline": {"kernels", "paths", "schema", "parameters", "checks", "store", "tables", "wording", "publish", "changes", "freshness", "protection"},
    "kernels": {"paths", "freshness"},
    "workbench": {
        "paths",
        "schema",
        "typography",
        "store",
        "inventory",
        "describe",
        "wording",
        "charts",
        "pipeline",
        "exchange",
        "codebook",
        "codings",
    },
    "simulate": {"schema", "facts", "indicators"},
    "environment": set(),
    "dictionary": {"schema", "typography"},
    "inventory": {"paths", "schema", "checks", "store", "freshness"},
    "diagnosis": {"paths", "browser"},
    "cli": {
        "paths",
        "kernels",
        "freshness",
        "browser",
        "typography",
        "schema",
        "parameters",
        "checks",
        "pipeline",
        "protection",
        "publish",
        "inventory",
        "diagnosis",
        "simulate",
        "store",
        "workbench",
        "dictionary",
        "environment",
        "exchange",
        "codebook",
    },
}
# Libraries that only these modules may import.
RESERVED = {
    "matplotlib": {"charts"},
    "seaborn": {"charts"},
    "papermill": {"pipeline"},
    "tqdm": {"cli"},
    "nbconvert": {"publish"},
    "pyarrow": {"store", "clean", "records"},
    "python_calamine": {"store"},
    "babel": {"wording"},
    "scipy": {"indicators", "compare", "simulate", "disclosure", "auditor", "codings"},
    "statsmodels": {"compare"},
    "defusedxml": {"exchange"},
    "sqlite3": {"exchange"},
    "simplemma": {"codings"},
    "ipywidgets": {"workbench"},
    "itables": {"workbench"},
}
PANDAS = {
    "records",
    "disclosure",
    "protection",
    "auditor",
    "schema",
    "store",
    "checks",
    "clean",
    "codebook",
    "simulate",
    "indicators",
    "facts",
    "describe",
    "comparisons",
    "compare",
    "themes",
    "codings",
    "tables",
    "charts",
    "workbench",
}


def modules() -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in SOURCE.rglob("*.py"):
        name = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        if name != "__init__":
            found.setdefault(name, []).append(path)
    return found


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return names


def ours(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imported(path) if name.startswith("helpers.")}


def test_the_package_that_runs_is_the_one_beside_these_tests():
    # « helpers » is a common name: another package of that name must not be tested, or run, in its place.
    assert Path(helpers.__file__).resolve().parent == SOURCE


def test_every_module_is_in_the_map():
    assert set(modules()) == set(MAY_IMPORT)
    text = (SOURCE / "__init__.py").read_text(encoding="utf-8")
    listed = {line.split()[0] for line in text.splitlines() if re.match(r"^[a-z]+ {2,}", line)}
    assert listed == set(MAY_IMPORT)


@pytest.mark.parametrize("name", sorted(MAY_IMPORT))
def test_a_module_imports_only_what_it_may(name):
    used = set().union(*(ours(path) for path in modules()[name])) - {name}
    assert used <= MAY_IMPORT[name]


@pytest.mark.parametrize("name", sorted(MAY_IMPORT))
def test_a_library_stays_in_its_module(name):
    used = {library.split(".")[0] for path in modules()[name] for library in imported(path)}
    assert {library for library in used if name not in RESERVED.get(library, {name})} == set()
    assert "pandas" not in used or name in PANDAS


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_public_functions_say_what_comes_out(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_the_code_is_linted_and_formatted():
    root = SOURCE.parents[1]
    for command in (["check", "src", "notebooks", "tests", "alses.py"], ["format", "--check", "src"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache"], cwd=root, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout


# --- notebooks -------------------------------------------------------------------------------------------------------


def cells(path: Path, kind: str) -> list[dict]:
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def source(cell: dict) -> str:
    return "".join(cell["source"])


def tagged(path: Path, tag: str) -> list[dict]:
    return [cell for cell in cells(path, "code") if tag in cell["metadata"].get("tags", [])]


def test_there_is_one_notebook_a_step_one_that_welcomes_and_nothing_else():
    # A reader's own are in `brouillons`, which git ignores.
    names = {path.name for path in FOLDER.iterdir() if not path.name.startswith(".")} - {paths.drafts().name}
    assert sorted(names) == [path.name for path in READ]


@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_a_notebook_opens_with_a_question_and_what_it_takes_and_produces(path):
    first = source(cells(path, "markdown")[0])
    assert first.splitlines()[0].startswith("# ") and first.splitlines()[0].endswith("?")
    assert "**Prend**" in first and "→ **produit**" in first


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_parameters_are_literals_that_the_contract_knows(path):
    (cell,) = tagged(path, "parameters")
    body = ast.parse(source(cell)).body
    assert [node.targets[0].id for node in body] == list(parameters.NOTEBOOKS[path.stem])
    assert all(isinstance(node.value, ast.Constant) for node in body)
    assert all("#" in line for line in source(cell).splitlines())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_checks_its_parameters_before_anything_else(path):
    names = ", ".join(f"{name}={name}" for name in parameters.NOTEBOOKS[path.stem])
    first = source(tagged(path, "preparation")[0]).splitlines()[0]
    assert first == f'choix = parameters.check("{path.stem}", {names})'


@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_a_notebook_imports_helpers_and_pandas_only(path):
    names = {
        alias.name if isinstance(node, ast.Import) else node.module
        for cell in cells(path, "code")
        for node in ast.walk(ast.parse(source(cell)))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert names <= {"helpers", "pandas"}


@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_a_notebook_tells_and_does_not_compute(path):
    kept = [
        cell
        for cell in cells(path, "code")
        if not cell["metadata"].get("tags") or "parameters" not in cell["metadata"]["tags"]
    ]
    for cell in kept:
        tree = ast.parse(source(cell))
        assert not [
            node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda | ast.For | ast.While)
        ]
        numbers = [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) in (int, float)
        ]
        assert numbers == []
        assert len(source(cell).splitlines()) <= 8


@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_prose_has_no_typed_figure(path):
    for cell in cells(path, "markdown"):
        text = source(cell).replace("novembre 2026", "")
        # The welcome names the command and links to the four: neither is a figure, nor is the rank of a step.
        text = re.sub(r"`[^`]*`|\(\d\d_\w+\.ipynb\)|^\d\. ", "", text, flags=re.MULTILINE) if path == WELCOME else text
        assert re.findall(r"\d+", text) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_ends_with_its_limits_and_its_provenance(path):
    titles = [source(cell).splitlines()[0] for cell in cells(path, "markdown")]
    assert titles[-2:] == ["## Que faut-il garder en tête ?", "## De quoi cette page est-elle faite ?"]
    assert tagged(path, "provenance") == [cells(path, "code")[-1]]


def test_the_welcome_is_apart_from_the_report_and_leads_to_its_notebooks_in_order():
    assert WELCOME.stem not in parameters.NOTEBOOKS and not tagged(WELCOME, "parameters")
    text = "\n".join(source(cell) for cell in cells(WELCOME, "markdown"))
    assert re.findall(r"\((\w+)\.ipynb\)", text) == list(parameters.NOTEBOOKS)
    titles = [line for line in text.splitlines() if line.startswith("#")]
    assert all(line.endswith("?") for line in titles) and titles[-1] == "## Que faut-il garder en tête ?"
    # Whoever opened it otherwise reads what to do before the cell that fails.
    assert "`python3 alses.py lab`" in source(cells(WELCOME, "markdown")[0])
    assert source(cells(WELCOME, "code")[0]) == "from helpers import workbench"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_of_the_report_never_uses_the_workbench(path):
    assert not [cell for cell in cells(path, "code") if "workbench" in source(cell)]
