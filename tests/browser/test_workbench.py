"""JupyterLab as the reader's command starts it, on a copy of the project: its form, its recipes and a notebook."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from browser.chromium import Watch
from browser.test_axe import examined, said
from conftest import REPOSITORY, plain

# What a reader has; neither the environment nor what was made.
LEFT_OUT = (".git", ".venv", "reports", "releases", "__pycache__", ".*_cache", ".ipynb_checkpoints", "*.egg-info")
START_S, RUN_S, STOP_S = 90, 120, 30

OPEN = ".jp-NotebookPanel:not(.lm-mod-hidden)"
# The toolbar names the kernel and its circle is still. Before, the menu runs nothing; the circle is also still for a
# moment before there is any kernel.
READY = f"{OPEN} .jp-NotebookPanel-toolbar:has(.jp-KernelName:has-text('Python')) .jp-Notebook-ExecutionIndicator[data-status='idle']"
# The prompts of the cells that hold code, and what they show. A cell that waits or runs has a star.
SEEN = """(place) => {
  const panel = document.querySelector(place);
  const all = (place) => [...panel.querySelectorAll(place)];
  return {
    prompts: all(".jp-CodeCell .jp-InputArea-prompt").map((one) => one.textContent.replace(/[\\[\\]:]/g, "").trim()),
    errors: all("[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']")
      .map((one) => one.textContent),
    figures: all(".jp-OutputArea-output figure").length,
    pictures: all(".jp-OutputArea-output figure svg").filter((one) => !one.closest("details:not([open])"))
      .map((one) => one.getBoundingClientRect().width),
  };
}"""
MAKE_MS = 180_000


def _address(command: subprocess.Popen, journal: Path) -> str:
    """The address that the command gives once the server answers."""
    until = time.monotonic() + START_S
    while time.monotonic() < until and command.poll() is None:
        if found := re.search(r"^ +(http://localhost:\S+)\n", journal.read_text(encoding="utf-8"), re.MULTILINE):
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab n’a pas démarré\u00a0:\n{journal.read_text(encoding='utf-8')[-3000:]}")


def _stop(command: subprocess.Popen) -> None:
    """The command ends well when asked to, and so does all it started: kernels have sessions of their own."""
    itself = psutil.Process(command.pid)
    tree = [itself, *itself.children(recursive=True)]
    command.terminate()
    try:
        code = command.wait(STOP_S)
    finally:
        _, living = psutil.wait_procs(tree, timeout=5)
        for process in living:
            process.kill()
    assert (code, living) == (0, [])


@pytest.fixture(scope="module")
def laboratory(reports, tmp_path_factory) -> Iterator[SimpleNamespace]:
    """What ``alses lab`` starts where the report of 2020 was made: the project, its address, the file of what it opens.

    The project is as a reader has it, in a folder that tries what folders are called.
    """
    root, folder = tmp_path_factory.mktemp("atelier") / "L’été à l'école", tmp_path_factory.mktemp("jupyter")
    shutil.copytree(REPOSITORY, root, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for name in ("data/processed", "reports"):
        shutil.copytree(reports["2020"].parents[1] / name, root / name, dirs_exist_ok=True)
    opened, script, journal = folder / "ouvert.txt", folder / "navigateur.py", folder / "journal.txt"
    # In place of the computer's browser: the address is written down.
    script.write_text("import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.argv[2], encoding='utf-8')", encoding="utf-8")
    own = {"PYTHONPATH": str(root / "src"), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "BROWSER": f'"{sys.executable}" "{script}" "{opened}" %s'}
    environment = {name: value for name, value in os.environ.items() if name != "ALSES_DATA_ROOT"} | own
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    verb = [sys.executable, "-P", "-m", "helpers.cli", "lab", "--no-browser", "--port", str(port)]
    with journal.open("wb") as output:
        command = subprocess.Popen(verb, cwd=root, env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        try:
            yield SimpleNamespace(root=root, address=_address(command, journal), opened=opened)
        finally:
            if command.poll() is None:
                _stop(command)


@pytest.fixture(scope="module")
def welcome(browser, laboratory):
    """A window as large as a desk's screen on that address, once all cells of the welcome notebook have run.

    At the end, it must have asked for nothing but of that JupyterLab.
    """
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="fr-FR")
    server = laboratory.address.partition("/lab/")[0]
    own = (server, server.replace("http:", "ws:"), "blob:", "data:", "about:blank")
    watch, page = Watch(context, own), context.new_page()
    page.goto(laboratory.address)
    shown = run_all(page)
    assert (shown["errors"], [place.isdigit() for place in shown["prompts"]]) == ([], [True] * 5)
    page.get_by_label("Année du rapport").wait_for()
    yield page
    asked = list(watch.asked)
    context.close()
    assert [address for address in asked if not address.startswith(own)] == [] and len(asked) > 10


def run_all(page) -> dict[str, list]:
    """Asks the menu to run every cell of the notebook in sight; what is `SEEN` once none has anything left to do."""
    page.locator(READY).wait_for(timeout=START_S * 1000)
    page.locator(".lm-MenuBar-itemLabel", has_text="Exécution").click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Exécuter toutes les cellules$")).click()
    until = time.monotonic() + RUN_S
    while time.monotonic() < until:
        shown = page.evaluate(SEEN, OPEN)
        if "*" not in shown["prompts"] and any(shown["prompts"]):
            return shown
        page.wait_for_timeout(100)
    raise AssertionError(f"{page.title()} n’a pas fini\u00a0: {shown['prompts']}")


def save(page) -> None:
    """Ctrl+S, and the wait until the server has written."""
    with page.expect_response(lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url) as answer:
        page.keyboard.press("Control+s")
    assert answer.value.ok


def chosen(page, label: str, value: str) -> None:
    """Chooses in a list of the recipes by what a person reads there, and waits until they follow."""
    code = page.locator(".alses-code")
    before = code.inner_text()
    place = page.get_by_label(label, exact=True)
    index = [plain(text) for text in place.locator("option").all_inner_texts()].index(value)
    if place.evaluate("list => list.selectedIndex") == index:
        return
    place.select_option(index=index)
    page.wait_for_function("([place, before]) => document.querySelector(place).innerText !== before", arg=[".alses-code", before])


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


def test_the_form_runs_the_command_and_leads_to_the_report(welcome, laboratory):
    """It finds the report up to date: what the form starts is that of `test_workbench`, without a browser."""
    welcome.get_by_label("Année du rapport").select_option("2020")
    welcome.get_by_role("button", name="Faire le rapport").click()
    welcome.get_by_role("status").get_by_text("C’est fait.").wait_for(timeout=MAKE_MS)
    welcome.get_by_role("button", name="Ouvrir le rapport").click()
    welcome.get_by_role("status").get_by_text("Le rapport s’ouvre").wait_for()
    assert laboratory.opened.read_text(encoding="utf-8") == (laboratory.root / "reports/2020/index.html").as_uri()


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


# --- the notebooks -------------------------------------------------------------------------------------------------


def test_a_notebook_run_by_hand_shows_the_figures_of_its_page_and_saves_none(welcome, laboratory, reports):
    name = "02_describe"  # which has the most figures
    notebook = f"notebooks/{name}.ipynb"
    welcome.locator("#jp-main-dock-panel .lm-TabBar-tab", has_text="00_accueil").click()
    welcome.locator(f"{OPEN} .jp-MarkdownOutput a[href*='{name}']").click()
    welcome.locator("#jp-main-dock-panel .lm-mod-current", has_text=name).wait_for()
    shown = run_all(welcome)
    assert shown["errors"] == [] and [place for place in shown["prompts"] if not place.isdigit()] == []
    published = (reports["2020"] / f"{name}.html").read_text(encoding="utf-8")
    # One that only the index or a slide has is shown where it is made; of the drawings of a figure, the wide one only.
    assert shown["figures"] == len(re.findall("<figure", published)) + 1
    assert [width > 0 for width in shown["pictures"]] == [True, False] * (len(shown["pictures"]) // 2)
    before = (laboratory.root / notebook).stat().st_mtime_ns
    save(welcome)
    assert (laboratory.root / notebook).stat().st_mtime_ns > before
    assert '"output_type"' not in (laboratory.root / notebook).read_text(encoding="utf-8")
