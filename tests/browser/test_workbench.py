"""JupyterLab opened by the reader's command: its form, its recipes and the notebooks, by mouse and keyboard."""

import re
import shutil

import nbformat
import pytest

from browser.laboratory import OPEN, SEEN, copy_of_the_project, desk, jupyterlab, opened, run_all, save
from browser.test_axe import examined, said

NOTEBOOKS = ["01_clean", "02_describe", "03_compare", "04_themes"]
MAKE_MS = 180_000
PLAIN = str.maketrans("\u202f\u00a0", "  ")


@pytest.fixture(scope="module")
def laboratory(reports, tmp_path_factory):
    """JupyterLab on a copy of the project in which the tables of 2020 were made, not its report."""
    root = copy_of_the_project(tmp_path_factory.mktemp("atelier"))
    made = reports["2020"].parents[1]
    shutil.copytree(made / "data" / "processed", root / "data" / "processed", dirs_exist_ok=True)
    with jupyterlab(root, tmp_path_factory.mktemp("jupyter")) as laboratory:
        yield laboratory


@pytest.fixture(scope="module")
def welcome(browser, laboratory):
    """The window on the address that the command gives, once all cells of the welcome notebook have run."""
    with desk(browser, laboratory) as page:
        opened(page, laboratory.address)
        shown = run_all(page)
        assert (shown.errors, [place.isdigit() for place in shown.prompts]) == ([], [True] * 5)
        page.get_by_label("Année du rapport").wait_for()
        yield page


def chosen(page, label: str, value: str) -> None:
    """Chooses in a list of the recipes by what a person reads there, and waits until they follow."""
    code = page.locator(".alses-code")
    before = code.inner_text()
    place = page.get_by_label(label, exact=True)
    index = [text.translate(PLAIN) for text in place.locator("option").all_inner_texts()].index(value)
    if place.evaluate("list => list.selectedIndex") == index:
        return
    place.select_option(index=index)
    page.wait_for_function("([place, before]) => document.querySelector(place).innerText !== before", arg=[".alses-code", before])


def make_report(page) -> None:
    """Presses the button, and waits until the report is being made."""
    page.get_by_role("button", name="Faire le rapport").click()
    page.get_by_role("status").get_by_text("En cours").wait_for()
    page.get_by_role("button", name="Arrêter", disabled=False).wait_for()


def rows(page) -> list[list[str]]:
    """The cells of the sortable table, row by row, as they stand."""
    page.locator(f"{OPEN} table.dataTable tbody tr").first.wait_for()
    return page.evaluate("""place => [...document.querySelectorAll(`${place} table.dataTable tbody tr`)]
      .map((row) => [...row.cells].map((cell) => cell.innerText.trim()))""", OPEN)


# --- the welcome notebook ------------------------------------------------------------------------------------------


def test_the_command_opens_a_french_jupyterlab_on_the_welcome_notebook(welcome):
    menus = welcome.locator(".lm-MenuBar-itemLabel").all_inner_texts()
    assert menus == ["Fichier", "Édition", "Affichage", "Exécution", "Noyau", "Onglets", "Paramètres", "Aide"]
    assert welcome.evaluate("document.documentElement.lang") == "fr-FR"
    tabs = welcome.locator("#jp-main-dock-panel .lm-TabBar-tabLabel").all_inner_texts()
    assert tabs == ["00_accueil.ipynb"]
    assert welcome.locator(f"{OPEN} h1").text_content().startswith("Par où commencer")


def test_axe_finds_nothing_in_what_the_welcome_notebook_shows(welcome):
    response = examined(welcome, with_colour=True, within=f"{OPEN} .jp-OutputArea-output")
    assert len(response["passes"]) > 10
    assert said(response["violations"]) == []


def test_the_form_makes_the_report_and_leads_to_it(welcome, laboratory, visit):
    index = laboratory.root / "reports" / "2020" / "index.html"
    assert not index.exists()
    welcome.get_by_label("Année du rapport").select_option("2020")
    assert welcome.get_by_role("button", name="Ouvrir le rapport").is_disabled()
    make_report(welcome)
    welcome.get_by_role("status").get_by_text("C’est fait.").wait_for(timeout=MAKE_MS)
    assert "2020" in visit(index).locator("h1").inner_text()
    assert welcome.get_by_text("reports/2020/index.html").first.is_visible()
    welcome.get_by_role("button", name="Ouvrir le rapport").click()
    welcome.get_by_role("status").get_by_text("Le rapport s’ouvre").wait_for()
    assert laboratory.opened.read_text(encoding="utf-8") == index.as_uri()


# --- recipes -------------------------------------------------------------------------------------------------------


def test_a_recipe_follows_its_lists(welcome):
    before = rows(welcome)
    for label, value, name in (
        ("Indicateur", "Les énoncés de la synthèse — Thème de l’énoncé", "theme_enonce"),
        ("Croisé avec", "Nature de l’énoncé", "nature_enonce"),
    ):
        chosen(welcome, label, value)
        after = rows(welcome)
        assert after != before and f'"{name}"' in welcome.locator(".alses-code").inner_text()
        assert welcome.locator(".alses-atelier figure svg").first.bounding_box()["width"] > 300
        before = after
    assert "sns.heatmap" in welcome.locator(".alses-code").inner_text()


def test_the_lines_of_a_recipe_pasted_in_a_draft_show_the_same(welcome, laboratory):
    chosen(welcome, "Indicateur", "Les demandes et les objectifs — Demande initiale")
    expected = rows(welcome)
    welcome.locator(".alses-code").click()  # selects all of it
    welcome.keyboard.press("Control+c")
    draft = "notebooks/brouillons/essai.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell()], metadata=kernel), laboratory.root / draft)
    page = welcome.context.new_page()
    opened(page, laboratory.place(draft))
    page.locator(f"{OPEN} .jp-CodeCell .cm-content").click()
    page.keyboard.press("Control+v")
    page.keyboard.press("Shift+Enter")
    shown = rows(page)
    assert shown == expected
    assert page.evaluate(SEEN, OPEN)["errors"] == []
    page.close()


# --- the notebooks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_run_by_hand_shows_the_figures_of_its_page_and_saves_none(welcome, laboratory, reports, name):
    notebook = f"notebooks/{name}.ipynb"
    welcome.locator("#jp-main-dock-panel .lm-TabBar-tab", has_text="00_accueil").click()
    welcome.locator(f"{OPEN} .jp-MarkdownOutput a[href*='{name}']").click()
    welcome.locator("#jp-main-dock-panel .lm-mod-current", has_text=name).wait_for()
    shown = run_all(welcome)
    assert shown.errors == []
    assert [place for place in shown.prompts if not place.isdigit()] == []
    published = (reports["2020"] / f"{name}.html").read_text(encoding="utf-8")
    # One that only the index or a slide has is shown where it is made; of the drawings of a figure, the wide one only.
    assert shown.figures == len(re.findall("<figure", published)) + (name in ("02_describe", "03_compare")) > 0
    assert {width > 0 for width in shown.pictures[::2]} == {True} and {width > 0 for width in shown.pictures[1::2]} == {False}
    before = (laboratory.root / notebook).stat().st_mtime_ns
    save(welcome)
    assert (laboratory.root / notebook).stat().st_mtime_ns > before
    assert '"output_type"' not in (laboratory.root / notebook).read_text(encoding="utf-8")
    assert laboratory.git("status", "--porcelain") == ""
