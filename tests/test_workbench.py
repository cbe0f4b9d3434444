"""The workbench: it stays on this machine, speaks French, keeps nothing it showed, and does what the command does."""

import base64
import json
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
import webbrowser
from datetime import date
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from tornado.web import HTTPError

from conftest import ALL, long, plain
from helpers import data, paths
from helpers.codings.model import Code, Document, Passage, Project
from helpers.workbench import welcome
from helpers.workbench.form import Form, strip_outputs
from helpers.workbench.welcome import Concordance, Explorer, Quotations, sortable, years_html

LONG_S = 180


# --- saving ----------------------------------------------------------------------------------------------------------


def test_a_saved_notebook_is_the_one_in_git_whatever_was_shown(mini_root):
    source = nbformat.read(paths.notebook("02_describe"), as_version=4)
    content = nbformat.read(mini_root / "data/processed/2032/execution/02_describe.ipynb", as_version=4)
    content.cells = [cell for cell in content.cells if "injected-parameters" not in cell.metadata.get("tags", [])]
    for cell in content.cells:
        cell.metadata.pop("papermill", None)  # Papermill's own, that JupyterLab does not write
        cell.metadata["trusted"] = True
    content.metadata = {**source.metadata, "language_info": {"name": "python", "version": "3.99"}, "widgets": {"x": 1}}
    assert any(cell.get("outputs") for cell in content.cells)
    strip_outputs({"type": "notebook", "content": content}, path="notebooks/02_describe.ipynb", contents_manager=None)
    assert content.metadata == source.metadata
    assert [cell.source for cell in content.cells] == [cell.source for cell in source.cells]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in content.cells)


CELL = {"cell_type": "code", "source": "1", "metadata": {}, "outputs": ["Zoé, 12 ans"], "execution_count": 1}
SHOWN = json.dumps({"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False)


def test_a_notebook_that_is_dropped_on_the_list_of_files_loses_its_outputs_too_and_no_other_file_changes():
    # JupyterLab sends it as any file: coded in base64, or as text from its text editor.
    for form, write, read in (("text", str, str), ("base64", lambda text: base64.b64encode(text.encode()).decode(), lambda text: base64.b64decode(text).decode())):
        model = {"type": "file", "format": form, "content": write(SHOWN)}
        strip_outputs(model, path="notebooks/Essai.IPYNB", contents_manager=None)
        assert "Zoé" not in read(model["content"])
        assert json.loads(read(model["content"]))["cells"][0]["source"] == "1"
    for model in ({"type": "file", "content": "x"}, {"type": "notebook", "content": None}, {"type": "directory"}):
        before = dict(model)
        strip_outputs(model, path="x", contents_manager=None)
        assert model == before


def test_a_draft_keeps_its_outputs_if_one_of_its_cells_asks_for_it_and_no_other_notebook_does():
    for place, tag, is_kept in (("brouillons/", "garder", True), ("brouillons/", "x", False), ("", "garder", False), ("brouillons/../", "garder", False)):
        content = json.loads(SHOWN)
        content["cells"][0]["metadata"] = {"tags": [tag]}
        strip_outputs({"type": "notebook", "content": content}, path=f"notebooks/{place}essai.ipynb")
        assert bool(content["cells"][0]["outputs"]) == is_kept, (place, tag)


@pytest.mark.parametrize("model", [
    {"type": "notebook", "content": {"nbformat": 3, "worksheets": [{"cells": ["Zoé, 12 ans"]}], "metadata": {}}},
    {"type": "file", "format": "text", "content": '{"cells": [{"outputs": "Zoé, 12 ans"}'},
    {"type": "file", "format": "base64", "chunk": 1, "content": "e30="},
])  # fmt: skip
def test_a_notebook_whose_outputs_cannot_be_taken_out_is_refused_in_french(model):
    # On any other error than this one, the server writes what it was given.
    with pytest.raises(HTTPError, match="400.*ses résultats n’ont pas pu être retirés"):
        strip_outputs(model, path="notebooks/essai.ipynb", contents_manager=None)


# --- the server ------------------------------------------------------------------------------------------------------


def ask(address: str, token: str = "", body: dict | None = None) -> dict | str:
    headers = {"Authorization": f"token {token}"} if token else {}
    request = urllib.request.Request(address, body and json.dumps(body).encode(), headers, method="PUT" if body else "GET")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
        text = answer.read().decode()
    return json.loads(text) if "json" in answer.headers["Content-Type"] else text


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab as the command starts it, its first port taken, on data in a folder with a space, an accent and an
    apostrophe: the folder, the ports asked for and taken, the address and its token."""
    root = tmp_path_factory.mktemp("main") / "l'été à Lille"
    root.mkdir()
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", "helpers.cli", "lab", "--no-browser", "--port", str(port)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
            env={**os.environ, "PYTHONUTF8": "1", paths.DATA_ROOT_VARIABLE: str(root)},
        )  # fmt: skip
        try:
            lines, found = [], None
            while not found and (line := process.stdout.readline()):
                lines.append(line)
                found = re.search(r"(http://localhost:(\d+)/)lab/tree/notebooks/00_accueil.ipynb\?token=(\w+)", line)
            assert found, "".join(lines)
            yield root, (port, int(found[2])), found[1], found[3]
        finally:
            process.terminate()
            process.wait(30)


@long
def test_the_lab_takes_another_port_keeps_its_token_speaks_french_and_asks_nobody_for_news_or_extensions(lab):
    *_, (asked, chosen), address, token = lab
    assert chosen != asked
    with pytest.raises(urllib.error.HTTPError, match="403"):
        ask(f"{address}api/contents/notebooks")
    words = ask(f"{address}lab/api/translations/fr_FR", token)["data"]["jupyterlab"]
    assert words["Run All Cells"] == ["Exécuter toutes les cellules"]
    assert ask(f"{address}lab/api/settings/@jupyterlab/translation-extension:plugin", token)["schema"]["properties"]["locale"]["default"] == "fr_FR"
    assert ask(f"{address}lab/api/news", token) == {"news": []} and ask(f"{address}lab/api/update", token) == {"notification": None}
    page = ask(f"{address}lab", token)
    config = json.loads(re.search(r'id="jupyter-config-data" type="application/json">\s*(\{.*?\})\s*</script>', page, re.DOTALL)[1])
    assert config["extensionManager"]["can_install"] is False
    assert set(config["disabledExtensions"]) == {"@jupyterlab/apputils-extension:announcements", "@jupyterlab/extensionmanager-extension"}


@long
def test_what_the_lab_saves_holds_no_output_and_its_own_choices_stay_in_the_project(lab):
    root, *_, address, token = lab
    name = "essai-de-la-suite-de-tests.ipynb"
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("stream", text="Zoé, 12 ans")])])
    try:
        ask(f"{address}api/contents/notebooks/brouillons/{name}", token, {"type": "notebook", "format": "json", "content": made})
        saved = (paths.drafts() / name).read_text(encoding="utf-8")
    finally:
        (paths.drafts() / name).unlink(missing_ok=True)
    assert "Zoé" not in saved and json.loads(saved)["cells"][0]["outputs"] == []
    assert (root / "data/processed/.atelier").is_dir()


# --- years -----------------------------------------------------------------------------------------------------------


def test_the_years_say_their_files_their_faults_and_their_report(published):
    first, second = plain(years_html()).split("</li>")[:2]
    assert "2031" in first and "1 fichier, utilisable<" in first and "Rapport : pas encore fait" in first
    assert "6 fichiers, utilisables" in second and "Rapport : fait, à jour" in second
    # Where the report is, without a link that Jupyter would not follow on.
    assert '<p class="alses-detail">reports/2032/index.html</p>' in second and "index.html" not in first
    assert "href=" not in years_html()
    raw = published / "data/raw/2032/chiffres_publies.csv"
    raw.write_text(raw.read_text(encoding="utf-8").replace(",part,44", ",part,144"), encoding="utf-8")
    second = plain(years_html()).split("</li>")[1]
    for told in ("1 erreur à corriger", "Rapport : à refaire", "chiffres_publies.csv a changé"):
        assert told in second


# --- the form --------------------------------------------------------------------------------------------------------


def test_the_form_checks_the_files_and_tells_each_fault(data_root):
    form = Form()
    form.check.click()
    first = form._process
    form.make.click()  # a second click starts nothing more
    form.wait(LONG_S)
    assert form._process is first and not (data_root / "reports").exists()
    assert (form.check.disabled, form.stop.disabled) == (False, True)
    assert "C’est fait." in form.said.value and "les fichiers sont utilisables" in form.journal.value
    path = data_root / "data/raw/2032/chiffres_publies.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",part,44", ",part,1000"), encoding="utf-8")
    form.adopt.click()
    form.wait(LONG_S)
    assert 'role="alert"' in form.said.value and "quoi corriger" in form.said.value
    assert "Rien de nouveau n’est rempli dans data/raw/2032/a_completer.csv" in form.journal.value
    assert "chiffres_publies.csv, ligne 8" in form.journal.value and "1 erreur à corriger" in plain(form.state.value)


@long
def test_the_form_makes_the_report_of_the_command_and_opens_it(published, monkeypatch):
    """The command finds the report up to date: the form only has to start it, and to tell what it says."""
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    (published / "reports/2032").rename(published / "2032")
    form = Form()
    assert form.report.disabled
    (published / "2032").rename(published / "reports/2032")
    form.make.click()
    form.wait(LONG_S)
    assert "C’est fait." in form.said.value, form.journal.value
    assert "Rien n’a changé : reports/2032 est à jour." in plain(form.journal.value)
    assert "Rapport : fait, à jour" in plain(form.state.value)
    form.report.click()
    assert opened == [(published / "reports/2032/index.html").as_uri()]


def test_the_form_copies_a_notebook_with_the_chosen_year_where_git_does_not_look(data_root, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "drafts", lambda: tmp_path / "brouillons")
    form = Form()
    form.compare_to.value, form.notebook.value = 2031, "03_compare"
    form.copy.click()
    copy = tmp_path / "brouillons/03_compare_2032_2031.ipynb"
    cell = next(each for each in json.loads(copy.read_text(encoding="utf-8"))["cells"] if each["metadata"].get("tags") == ["parameters"])
    assert "".join(cell["source"]).startswith("year = 2032  # ") and "\ncompare_to = 2031  # " in "".join(cell["source"])
    assert "brouillons/03_compare_2032_2031.ipynb" in form.said.value
    copy.write_text("à moi", encoding="utf-8")
    form.copy.click()
    assert copy.read_text(encoding="utf-8") == "à moi"


# --- recipes ---------------------------------------------------------------------------------------------------------


def choices(dropdown) -> list:
    return [value for _, value in dropdown.options]


CHOSEN = ("equipe_sur_le_quartier", "accompagnements", "theme_enonce")


@long
def test_every_choice_of_a_year_shows_what_its_lines_make(published):
    """A question alone is drawn as bars and crossed as a grid; one number is not drawn. `CHOSEN` are one of each."""
    explorer, drawn = Explorer(), set()
    assert explorer.year.value == 2032 and len(choices(explorer.indicator)) > 10
    for indicator in choices(explorer.indicator) if ALL else CHOSEN:
        explorer.indicator.value = indicator
        for crossing in choices(explorer.crossing):
            explorer.crossing.value = crossing
            code, (table,) = explorer.code.value.replace("&quot;", '"'), explorer.table.outputs
            drawn |= {each for each in ("sns.barplot", "sns.heatmap") if each in code}
            assert ("<svg" in explorer.figure.value) == ("sns." in code) == (indicator != "accompagnements" and "sns." in code), (indicator, crossing)
            assert f'"{indicator}"' in code and re.search(r"\d", table["data"]["text/html"])
    assert drawn == {"sns.barplot", "sns.heatmap"} or not ALL
    # A theme bears the name that the code book gives it.
    book, used = data.read_reference("themes"), set(data.load(2032, "enonces")["theme"])
    explorer.indicator.value = "theme_enonce"
    assert "read_reference" in explorer.code.value
    assert all(plain(name) in plain(explorer.figure.value) for name in book.loc[book["theme"].isin(used), "libelle"])


def test_a_year_that_01_has_not_cleaned_says_what_to_do(data_root):
    explorer = Explorer()
    assert "exécutez d’abord 01_clean pour 2032" in explorer.figure.value and "Faire le rapport" in explorer.figure.value
    assert explorer.table.outputs == () and explorer.code.value == "" and explorer.indicator.disabled


# --- tables to sort --------------------------------------------------------------------------------------------------


def test_a_table_to_sort_is_french_and_asks_nothing_of_a_network():
    frame = pd.DataFrame({"Modalité": ["filles", "garçons"], "Part (%)": [41.5, None], "Effectif": [2233, 7]})
    html = sortable(frame).html
    assert all(word in html for word in ("Chercher", r"\"2\\u202f233\"", "41,5", r"\"—\""))
    assert 'NaN\\\\"' not in html.replace("___NaN___", "")
    alone = welcome.table_alone(frame)
    assert not re.search(r"""(src|from|import|url)\s*[=(]?\s*["']?https?:""", alone)
    assert not re.search(r"""<(script|link|img)[^>]*(src|href)=""", sortable(frame).html)


# --- a word in the coded texts ---------------------------------------------------------------------------------------


def code_a_text(text: str) -> None:
    document, end = Document("réunion <1>", text), text.index(".") + 1
    code = Code(data.read_reference("themes")["libelle"].iloc[0])
    passage = Passage(document.name, 0, end, text[:end], code.path)
    data.save_coding(Project((code,), (document,), (passage,)), 2032, "réunions", Path("réunions.qdpx"))


def test_a_word_is_found_in_its_other_forms_with_the_code_over_it(data_root):
    code_a_text("L’équipe du <b>collège</b> est là. Deux équipes viennent ; appelez le 06 12 34 56 78.")
    shown = Concordance()
    assert shown.year.value == 2032 and "Tapez un mot" in shown.said.value
    shown.word.value = "équipe"
    assert "2 emplois de « équipe »" in plain(shown.said.value) and "ne quittent pas ce poste" in shown.said.value
    (table,) = shown.table.outputs
    html = table["data"]["text/html"]
    label = data.read_reference("themes")["libelle"].iloc[0]
    assert "équipes" in html and html.count(label) == html.count("équipes")
    assert "<b>" not in html and "06 12" not in html


def test_a_quotation_is_read_in_its_context_masked_and_dated(data_root):
    code = Code(data.read_reference("themes")["libelle"].iloc[0])
    texts = tuple(Document(f"r{rank}", f"La cour est fermée à Zoé. Réunion {rank}, puis le 06 12 34 56 78.") for rank in range(3))
    passages = tuple(Passage(each.name, 0, 25, each.text[:25], code.path, memo="à discuter") for each in texts)
    data.save_coding(Project((code,), texts, passages), 2032, "réunions", Path("réunions.qdpx"))
    shown = Quotations()
    assert "1 phrase attend une relecture" in plain(shown.said.value) and "à discuter" in shown.context.value
    assert "Réunion 0" in plain(shown.context.value) and "06 12" not in shown.context.value
    shown.text.value = "La cour est ouverte à tous."
    shown.keep.click()
    assert "sans changer un autre mot" in plain(shown.said.value) and not data.quoted_file(2032).exists()
    shown.text.value, shown.day.value = "La cour est fermée à […].", date(2032, 12, 1)
    shown.keep.click()
    (row,) = data.read_quoted(2032).to_dict("records")
    assert row["citation"] == "La cour est fermée à […]." and row["relue_le"] == pd.Timestamp(2032, 12, 1)
    assert data.year_checks.coding_faults(2032) == [] and "Rien n’attend" in plain(shown.said.value)


def test_a_word_that_is_not_found_or_is_none_and_a_damaged_coding_are_one_sentence(data_root):
    assert "import-coding" in Concordance().said.value
    code_a_text("Bonjour. À tous.")
    shown = Concordance()
    for word, told in (("absent", "ne vient dans aucun texte"), ("deux mots", "n’est pas un mot")):
        shown.word.value = word
        assert told in plain(shown.said.value) and shown.table.outputs == ()
    (passages,) = paths.codings_folder(2032).glob("*/passages.csv")
    passages.write_bytes(b"x")
    shown.word.value = "bonjour"
    assert "passages.csv" in shown.said.value and shown.table.outputs == ()
