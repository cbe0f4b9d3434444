"""The invented project made again after one change at a time; run in a copy of the whole project.

Prints, for each step, what ran, why, and which files changed. Without kernels; a notebook that would make the same again
gives back what it made, since what is tried is what decides that it runs. In the last steps, somebody adds notebooks.
"""

import json
import os
import time
from pathlib import Path

from helpers import parameters, paths, provenance
from helpers.report import page
from helpers.run import (  # before nbformat, whose grammar of addresses it spares us: three seconds
    inventory,
    report,
    tasks,
)

import in_process  # isort: skip
import nbformat  # isort: skip
from nbformat import v4  # isort: skip

YEAR = 2032
ROOT = paths.repository()
steps, ran, made = {}, [], {}

PARAMETERS = v4.new_code_cell("year = 2020\ncompare_to = None", metadata={"tags": ["parameters"]})
READING = v4.new_code_cell(
    "from helpers import data, parameters\n"
    'choix = parameters.check("10_niveaux", year=year, compare_to=compare_to)\n'
    "niveaux = data.load_indicators(choix.year).query(\"indicateur == 'niveau'\")\n"
    "assert len(data.load_result(choix.year, 'comparaisons'))  # what 03 leaves"
)
TITLE, SECTION = v4.new_markdown_cell("# Quels niveaux ?"), v4.new_markdown_cell("## Mes niveaux")
CAPTIONED = v4.new_code_cell("#| tbl-cap: Les niveaux\nniveaux[['modalite', 'base_min']]")
BARE, WRONG = v4.new_code_cell("niveaux[['modalite', 'base_min']]"), v4.new_code_cell("1 / 0")
# What notebooks/ holds besides the four at each of the last steps.
ADDED = [
    {"10_niveaux": [TITLE, SECTION, BARE]},
    {"10_niveaux": [TITLE, PARAMETERS, READING, SECTION, BARE], "11_autres": [TITLE, PARAMETERS, READING, BARE]},
    {"10_niveaux": [TITLE, PARAMETERS, READING, SECTION, CAPTIONED], "20_explorer": [WRONG], "Sans titre": [WRONG]},
    {"11_autres": [TITLE, PARAMETERS, READING, CAPTIONED]},
]


def execute(name, given, destination, **hooks):
    ran.append(f"{name} {given['year']}")
    raw = [path for path in (ROOT / "data/raw").rglob("*.*") if name == "01_clean"]
    key = name, given["year"], paths.notebook(name).read_bytes(), *(path.read_bytes() for path in raw)
    if key not in made or any(provenance.changed_files(made[key][1])):
        executed = in_process.execute(name, given, destination, **hooks)
        made[key] = executed, provenance.states(executed.written)
    nbformat.write(made[key][0].notebook, destination)
    return made[key][0]


def touch(name: str, before: str, after: str) -> None:
    """Changes a text of the project, at a date that is past: it was there before this process read anything."""
    path = ROOT / name
    text = path.read_text(encoding="utf-8")
    assert before in text, name
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    past(path)


def past(path: Path) -> None:
    earlier = time.time() - 3600
    os.utime(path, (earlier, earlier))


def state() -> dict[str, tuple]:
    files = [path for place in ("reports", "data") for path in (ROOT / place).rglob("*") if path.is_file()]
    return {path.relative_to(ROOT).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def step(name: str, *, compare_to: int | None = None, is_forced: bool = False) -> None:
    ran.clear()
    before, said, fault = state(), [], ""
    current = provenance.current_report(YEAR, compare_to)
    try:
        if current is None or is_forced:
            report.make_report(YEAR, compare_to=compare_to, is_forced=is_forced, jobs=1, tell=said.append)
    except Exception as error:
        fault = f"{type(error).__name__} {error}"
    written = sorted(path for path, now in state().items() if before.get(path) != now)
    steps[name] = {"ran": sorted(ran), "said": said, "written": written, "was_current": current is not None, "fault": fault}


def stale() -> dict:
    """Which notebooks would run, and why, without running them."""
    every = [task for task in tasks.tasks_of(parameters.check("03_compare", year=YEAR)) if task.notebook != tasks.PROTECTION]
    told = {task.key: provenance.tell_causes(reasons) for task in every if (reasons := tasks.causes_of(task))}
    return {"ran": sorted(told), "said": [f"{name.replace(' ', '  ')} : {each}" for name, each in told.items()]}


def add_notebooks(name: str, notebooks: dict[str, list]) -> None:
    """A step once these notebooks, and no other, stand beside the four; also why the report is stale, and what it holds."""
    for each in paths.own_notebooks():
        paths.notebook(each).unlink()
    for each, cells in notebooks.items():
        nbformat.write(v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}}), paths.notebook(each))
    reasons = inventory.read_report(paths.report(YEAR)).reasons
    step(name)
    files = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in paths.report(YEAR).glob("*.*")}
    steps[name] |= {"reasons": reasons, "files": files, "is_current": provenance.current_report(YEAR, None) is not None}


if __name__ == "__main__":
    report.execute = execute
    in_process.draw_nothing()
    for path in ROOT.rglob("*"):
        if path.is_file():
            past(path)
    step("first")
    step("nothing")
    touch("notebooks/03_compare.ipynb", "# ", "#  ")
    step("a notebook")
    touch("src/helpers/analysis/comparisons.py", '"""', '"""As ever: ')
    touch("src/helpers/analysis/themes.py", '"""', '"""As ever: ')
    step("a module of one notebook and a module of another")
    touch("src/helpers/page/style.css", "}", "}\n.autre { color: red; }")
    page._sheet.cache_clear()  # another process would read the new one
    step("the look of the pages")
    touch("src/helpers/report/notebook.py", '"""', '"""As ever: ')
    touch("src/helpers/disclosure/rounding.py", '"""', '"""As ever: ')
    step("the code of the pages and of the protection")
    touch("data/raw/2032/reunions.csv", "2032-11-03", "2032-11-04")
    step("a raw file")
    (ROOT / "data/raw/2031/reunions.csv").write_bytes((ROOT / "data/raw/2032/reunions.csv").read_bytes())
    (ROOT / "data/raw/2031/reunions.csv").unlink()
    step("a file that came and went")
    (ROOT / "reports/2032/04_themes.html").write_text("touched", encoding="utf-8")
    step("another question, and a page that was touched", compare_to=2031)
    touch("requirements/report.lock", "==", "== ")
    steps["the lock"] = stale()
    step("forced", is_forced=True)
    for rank, notebooks in enumerate(ADDED):
        add_notebooks(f"added {rank}", notebooks)
    for each in paths.own_notebooks():
        paths.notebook(each).unlink()
    # As version 0.9 left them: another form of cards, and records that are those of these cards.
    cards = list((ROOT / "data/processed").rglob("carte.json"))
    for path in cards:
        path.write_text(json.dumps({"entrees": [], "annees_lues": [], "tables": {}}), encoding="utf-8")
    now = provenance.states(cards)
    for path in (ROOT / "data/processed").rglob("*.json"):
        if kept := provenance.read_record(path):
            parts = ({name: now.get(name, state) for name, state in part.items()} for part in (kept.files, kept.products))
            provenance.remember(kept._replace(**dict(zip(("files", "products"), parts, strict=True)), forme=1), path)
    steps["a version before"] = stale()
    print(json.dumps(steps))
