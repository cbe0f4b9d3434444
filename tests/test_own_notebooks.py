"""A notebook that a researcher adds to the report, numbered 10 to 19: run, checked and published with the four."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbformat import v4, writes

from conftest import MINI, REPOSITORY
from helpers import parameters, paths
from helpers.report.checks import check_pages
from helpers.report.notebook import typed_numbers
from helpers.run.tasks import Task

PARAMETERS = v4.new_code_cell("year = 2020\ncompare_to = None", metadata={"tags": ["parameters"]})
READING = v4.new_code_cell(
    "from helpers import data, parameters\n"
    'choix = parameters.check("10_niveaux", year=year, compare_to=compare_to)\n'
    "niveaux = data.load_indicators(choix.year).query(\"indicateur == 'niveau'\")\n"
    "assert len(data.load_result(choix.year, 'comparaisons'))  # what 03 leaves"
)
TITLE, SECTION = v4.new_markdown_cell("# Quels niveaux ?"), v4.new_markdown_cell("## Mes niveaux")
CAPTIONED = v4.new_code_cell("#| tbl-cap: Les niveaux\nniveaux[['modalite', 'base_min']]")
BARE = v4.new_code_cell("niveaux[['modalite', 'base_min']]")


def notebook(*cells) -> str:
    return writes(v4.new_notebook(cells=list(cells), metadata={"language_info": {"name": "python"}}))


# What notebooks/ holds besides the four at each run.
STEPS = [
    {"10_niveaux": notebook(TITLE, SECTION, BARE)},
    {
        "10_niveaux": notebook(TITLE, PARAMETERS, READING, SECTION, BARE),
        "11_autres": notebook(TITLE, PARAMETERS, READING, BARE),
    },
    {
        "10_niveaux": notebook(TITLE, PARAMETERS, READING, SECTION, CAPTIONED),
        "20_explorer": notebook(v4.new_code_cell("1 / 0")),
        "Sans titre": notebook(v4.new_code_cell("1 / 0")),
    },
    {"11_autres": notebook(TITLE, PARAMETERS, READING, CAPTIONED)},
]
SCRIPT = """
import json, sys
from helpers import paths, provenance
from helpers.run import inventory, report
import in_process
report.execute = in_process.execute
in_process.draw_nothing()
steps, folder = [], paths.repository() / "notebooks"
for notebooks in json.load(sys.stdin):
    for name in paths.own_notebooks():
        paths.notebook(name).unlink()
    for name, text in notebooks.items():
        paths.notebook(name).write_text(text, encoding="utf-8")
    before, fault = inventory.read_report(paths.report(2032)), ""
    try:
        report.make_report(2032, jobs=1, tell=lambda line: None)
    except Exception as error:
        fault = f"{type(error).__name__} {error}"
    files = {path.name: path.read_text(encoding="utf-8") for path in paths.report(2032).glob("*.*")}
    is_current = provenance.current_report(2032, None) is not None
    steps.append({"fault": fault, "files": files, "reasons": before.reasons if before else [], "is_current": is_current})
print(json.dumps(steps))
"""


def make_steps(workshop) -> list[dict]:
    root = workshop.folder / "ajouts"
    for part in ("src", "notebooks"):
        shutil.copytree(REPOSITORY / part, root / part, ignore=shutil.ignore_patterns("__pycache__", "brouillons"))
    shutil.copytree(MINI / "data" / "raw", root / "data" / "raw")
    shutil.copytree(REPOSITORY / "requirements", root / "requirements")
    script = SCRIPT.replace("json.load(sys.stdin)", repr(STEPS))
    found = f"{root / 'src'}:{Path(__file__).parent}"
    done = workshop.run(root, "-c", script, PYTHONPATH=found, **{paths.OWN_NOTEBOOKS_VARIABLE: "1"})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])  # a cell may print


BESIDE = {"added notebooks": make_steps}


@pytest.fixture(scope="module")
def steps(workshop) -> list[dict]:
    return workshop.take("added notebooks")


def test_a_notebook_without_parameters_is_refused_in_one_sentence(steps):
    sentence = (
        "NotebookFailure notebooks/10_niveaux.ipynb doit avoir une cellule étiquetée « parameters », et une seule"
    )
    assert steps[0]["fault"].startswith(sentence) and "un numéro à partir de 20" in steps[0]["fault"]
    assert steps[0]["files"] == {}


def test_what_is_missing_is_told_at_once_for_every_notebook(steps):
    first, second = steps[1]["fault"].removeprefix("PublicationError ").splitlines()
    assert first.startswith("10_niveaux, section « Mes niveaux »") and "« #| tbl-cap: … »" in first
    assert second.startswith("11_autres, section « Quels niveaux ? »")
    assert steps[1]["files"] == {}


def test_it_is_published_in_the_menu_the_contents_and_the_manifest_and_no_other_is(steps):
    files = steps[2]["files"]
    assert steps[2]["fault"] == "" and steps[2]["is_current"]
    pages = {name.removesuffix(".html") for name in files if name.endswith(".html")}
    assert pages == {*parameters.NOTEBOOKS, "10_niveaux", "index"}
    for name in ("02_describe.html", "index.html", "10_niveaux.html"):
        links = BeautifulSoup(files[name], "html.parser").select('.pages-ouvertes a[href="10_niveaux.html"]')
        assert [link.get_text() for link in links] == ["Quels niveaux\u202f?"]
    assert BeautifulSoup(files["index.html"], "html.parser").select('.liste-pages a[href="10_niveaux.html"]')
    assert "10_niveaux.html" in [each["path"] for each in json.loads(files["manifest.json"])["outputs"]]
    page = BeautifulSoup(files["10_niveaux.html"], "html.parser")
    assert page.caption.get_text() == "Les niveaux" and "Comparée à" in page.select_one("footer").get_text()


def test_one_that_came_and_one_that_left_make_the_report_stale_and_are_named(steps):
    told = " ".join(steps[3]["reasons"])
    assert "notebooks/11_autres.ipynb est arrivé" in told and "notebooks/10_niveaux.ipynb n’est plus là" in told
    assert (
        steps[3]["fault"] == "" and "11_autres.html" in steps[3]["files"] and "10_niveaux.html" not in steps[3]["files"]
    )


def test_it_sees_what_a_report_may_show_and_nothing_of_persons(data_root):
    assert Task("10_niveaux", {"year": 2032}, (2032,)).root == paths.shareable()


def test_a_number_typed_in_a_sentence_is_known_with_its_section():
    told = v4.new_output(
        "stream", name="stderr", text="Autre chose\nNombre écrit à la main (12), faux une autre année.\n"
    )
    cells = [v4.new_markdown_cell("## Mes phrases"), v4.new_code_cell("texte(…)", outputs=[told, told])]
    warning = "section « Mes phrases ». Nombre écrit à la main (12), faux une autre année."
    assert list(typed_numbers(v4.new_notebook(cells=cells))) == [warning]


def test_any_notebook_exports_by_itself_in_the_house_style(tmp_path):
    shown = {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><path d='M0 0 L1 1'/></svg>"}
    drawing = v4.new_code_cell("#| fig-cap: Ma courbe\n#| fig-alt: Elle monte.\nplt.plot()", outputs=[v4.new_output("display_data", shown)])
    (tmp_path / "essai.ipynb").write_text(notebook(SECTION, drawing), encoding="utf-8")
    command = [sys.executable, "-m", "nbconvert", "--to", "alses", "essai.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert check_pages(tmp_path) == []
    page = BeautifulSoup((tmp_path / "essai.html").read_text(encoding="utf-8"), "html.parser")
    assert page.h1.get_text() == "essai" and page.select_one(".figure-titre").get_text() == "Figure\u202f1 Ma courbe".replace("\u202f", "\u00a0")
    assert page.select("svg[role=img]") and not page.select("nav.pages, nav.suite, script")
