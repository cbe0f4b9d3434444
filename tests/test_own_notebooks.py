"""A notebook that a researcher adds to the report, numbered 10 to 19: run, checked and published with the four."""

import json

import pytest
from bs4 import BeautifulSoup
from nbconvert.nbconvertapp import NbConvertApp
from nbformat import v4, write

from conftest import ALL, long, read_page
from helpers import parameters, paths
from helpers.report.checks import check_pages
from helpers.report.notebook import typed_numbers
from helpers.run.tasks import Task
from test_incremental import make_steps

BESIDE = {"step by step": make_steps} if ALL else {}


@pytest.fixture(scope="module")
def steps(workshop) -> list[dict]:
    made = workshop.take("step by step")
    return [made[f"added {rank}"] for rank in range(4)]


@long
def test_a_notebook_without_parameters_is_refused_in_one_sentence(steps):
    sentence = "NotebookFailure notebooks/10_niveaux.ipynb doit avoir une cellule étiquetée « parameters », et une seule"
    assert steps[0]["fault"].startswith(sentence) and "un numéro à partir de 20" in steps[0]["fault"]
    assert not [path for path in steps[0]["written"] if path.startswith("reports/")]


@long
def test_what_is_missing_is_told_at_once_for_every_notebook(steps):
    first, second = steps[1]["fault"].removeprefix("PublicationError ").splitlines()
    assert first.startswith("10_niveaux, section « Mes niveaux »") and "« #| tbl-cap: … »" in first
    assert second.startswith("11_autres, section « Quels niveaux ? »")
    assert not [path for path in steps[1]["written"] if path.startswith("reports/")]


@long
def test_it_is_published_in_the_menu_the_contents_and_the_manifest_and_no_other_is(steps):
    files = steps[2]["files"]
    assert steps[2]["fault"] == "" and steps[2]["is_current"]
    pages = {name.removesuffix(".html") for name in files if name.endswith(".html")}
    assert pages == {*parameters.NOTEBOOKS, "10_niveaux", "index", "fiche", "diapos"}
    for name in ("02_describe.html", "index.html", "10_niveaux.html"):
        links = BeautifulSoup(files[name], "html.parser").select('.pages-ouvertes a[href="10_niveaux.html"]')
        assert [link.get_text() for link in links] == ["Quels niveaux\u202f?"]
    assert BeautifulSoup(files["index.html"], "html.parser").select('.liste-pages a[href="10_niveaux.html"]')
    assert "10_niveaux.html" in [each["path"] for each in json.loads(files["manifest.json"])["outputs"]]
    page = BeautifulSoup(files["10_niveaux.html"], "html.parser")
    assert page.caption.get_text() == "Les niveaux" and "Comparée à" in page.select_one("footer").get_text()


@long
def test_one_that_came_and_one_that_left_make_the_report_stale_and_are_named(steps):
    told = " ".join(steps[3]["reasons"])
    assert "notebooks/11_autres.ipynb est arrivé" in told and "notebooks/10_niveaux.ipynb n’est plus là" in told
    assert steps[3]["fault"] == "" and "11_autres.html" in steps[3]["files"] and "10_niveaux.html" not in steps[3]["files"]


def test_it_sees_what_a_report_may_show_and_nothing_of_persons(data_root):
    assert Task("10_niveaux", {"year": 2032}, (2032,)).root == paths.shareable()


def test_a_number_typed_in_a_sentence_is_known_with_its_section():
    told = v4.new_output("stream", name="stderr", text="Autre chose\nNombre écrit à la main (12), faux une autre année.\n")
    cells = [v4.new_markdown_cell("## Mes phrases"), v4.new_code_cell("texte(…)", outputs=[told, told])]
    warning = "section « Mes phrases ». Nombre écrit à la main (12), faux une autre année."
    assert list(typed_numbers(v4.new_notebook(cells=cells))) == [warning]


def test_any_notebook_exports_by_itself_in_the_house_style(tmp_path, monkeypatch):
    shown = {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><path d='M0 0 L1 1'/></svg>"}
    drawing = v4.new_code_cell("#| fig-cap: Ma courbe\n#| fig-alt: Elle monte.\nplt.plot()", outputs=[v4.new_output("display_data", shown)])
    write(v4.new_notebook(cells=[v4.new_markdown_cell("## Ma partie"), drawing]), tmp_path / "essai.ipynb")
    monkeypatch.chdir(tmp_path)
    command = NbConvertApp()
    command.initialize(["--to", "alses", "essai.ipynb"])
    command.start()
    assert check_pages(tmp_path) == []
    page = read_page(tmp_path / "essai.html")
    assert page.h1.get_text() == "essai" and page.select_one(".figure-titre").get_text() == "Figure\u202f1 Ma courbe".replace("\u202f", "\u00a0")
    assert page.select("svg[role=img]") and not page.select("nav.pages, nav.suite, script")
