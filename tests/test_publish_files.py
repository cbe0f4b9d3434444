"""What stands around the pages: index, manifest, and the colours of the sheet."""

import hashlib
import json
import re
from types import SimpleNamespace

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_markdown_cell

from helpers import parameters
from helpers.report import index, manifest
from helpers.report.checks import check_pages
from helpers.report.manifest import write_manifest
from helpers.report.notebook import export_page
from helpers.report.page import TEMPLATES
from test_publish import code, notebook, shown

PAGES = index.PAGES


@pytest.fixture
def index_of(data_root, tmp_path):
    """The index of a report of 2032, whose page 02 has cells tagged for it."""

    def write(**tagged: str) -> BeautifulSoup:
        books = {page.name: notebook(title=f"# {page.title} ?") for page in PAGES}
        told = [code("x", shown(text_html=html), tags=[tag.replace("_", "-")]) for tag, html in tagged.items()]
        books["02_describe"] = notebook(*told, title="# Qui sont les jeunes ?")
        index.write_index(tmp_path, PAGES, books, parameters.check("03_compare", year=2032))
        return BeautifulSoup((tmp_path / "index.html").read_text(encoding="utf-8"), "html.parser")

    return write


def test_index_says_the_answer_first_and_leads_on(index_of, tmp_path):
    (tmp_path / "indicateurs.csv").write_bytes(b"x" * 12_340)
    page = index_of(
        synthetique='<p class="encart synthetique">Données synthétiques.</p>', index_contexte="<p>Deux fois plus d’ALSES.</p>",
        index_constat='<p><a href="#fig-1">42 %</a></p>', index_changements="<p>Ce qui a changé.</p>",
        index_contenu="<p>Ce rapport part de chiffres imprimés.</p>",
    )  # fmt: skip
    told = page.main.get_text(" ")
    said = ["Données synthétiques", "Les ALSES (acteurs", "Deux fois plus", "42", "Ce qui a changé", "Que trouve-t-on", "chiffres imprimés"]
    assert sorted(said, key=told.index) == said
    assert [fold.text for fold in page.main.select("summary")] == [
        "Glossaire", "Les chiffres, à ouvrir dans un tableur ou un programme", "Comment citer ce rapport",
    ]  # fmt: skip
    assert page.h1.find_next_sibling()["class"] == ["encart", "synthetique"]
    assert page.select_one(".detail a")["href"] == "02_describe.html"
    assert page.find("a", string="42\u202f%")["href"] == "02_describe.html#fig-1"
    assert [size.text for size in page.select(".taille")] == ["(12,3\u00a0ko)"]
    assert page.select_one('nav.pages [aria-current="page"]').text == "Accueil"


def test_index_leaves_out_what_there_is_not(index_of):
    page = index_of()
    assert not page.select(".constats, .ouverture, .encart") and "sites.csv" not in page.text


def test_a_whole_report_passes_its_own_checks(index_of, tmp_path):
    book = notebook(new_markdown_cell('## Combien ?\n\n<p id="fig-1">42 %</p>'))
    for page in PAGES:
        html = export_page(book, name=page.name, pages=PAGES, foot="", subtitle="année 2020")
        (tmp_path / page.href).write_text(html, encoding="utf-8")
    for name in (*index._FILES, "fiche.html", "diapos.html"):
        (tmp_path / name).touch()
    index_of(index_constat='<p><a href="#fig-1">42 %</a></p>')
    assert [fault for fault in check_pages(tmp_path) if not fault.startswith(("fiche", "diapos"))] == []


def test_the_list_of_sites_leads_to_each_or_says_why_it_has_no_report(tmp_path, monkeypatch):
    columns = ["nom", "site_type", "site", "association", "dossier", "est_publie"]
    rows = [("AAPI", "association", "AAPI", "", "", False), ("Collège <b>", "college", "x", "AAPI", "colleges/x", True)]
    monkeypatch.setattr(index.data, "export_sites", lambda *_: pd.DataFrame(rows, columns=columns))
    monkeypatch.setattr(index.data, "load_site_sizes", lambda _: {("college", "x"): 25})
    index.write_sites(tmp_path, {"x": "colleges/x"}, [index.SITES_PAGE], SimpleNamespace(year=2021))
    page = BeautifulSoup((tmp_path / "sites.html").read_text(encoding="utf-8"), "html.parser")
    assert "moins de 11" in page.main.text and page.select_one("main b") is None
    assert [link["href"] for link in page.main.find_all("a") if "colleges" in link["href"]] == ["colleges/x/fiche.html"]


def test_the_reports_that_stand_beside_each_other_are_listed_outside_all_of_them(tmp_path):
    for name in ("2019/index.html", "2019/02_describe.html", "2020-synthetique/index.html", ".en-cours-2021/index.html", "2022/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    page = BeautifulSoup(index.write_years(tmp_path).read_text(encoding="utf-8"), "html.parser")
    assert [heading.text for heading in page.main.find_all("h2")] == ["2020 (données synthétiques)", "2019"]
    assert [link["href"] for link in page.main.find_all("a")] == ["2020-synthetique/index.html", "2019/index.html", "2019/02_describe.html"]


def written(folder, **changes):
    given = {"inputs": [], "parameters": {"year": 2020}, "versions": {}, "checks": ["liens"], **changes}
    write_manifest(folder, **given)
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_manifest_lists_every_other_file_with_its_checksum(tmp_path):
    (tmp_path / "sous dossier é").mkdir()
    (tmp_path / "sous dossier é" / "b.html").write_bytes(b"deux")
    (tmp_path / "a.csv").write_bytes(b"un")
    written(tmp_path)
    assert written(tmp_path)["outputs"] == [
        {"path": "a.csv", "sha256": hashlib.sha256(b"un").hexdigest(), "bytes": 2},
        {"path": "sous dossier é/b.html", "sha256": hashlib.sha256(b"deux").hexdigest(), "bytes": 4},
    ]


def test_only_the_stamp_of_the_manifest_may_change(tmp_path, monkeypatch):
    first = written(tmp_path)
    monkeypatch.setattr(manifest, "_stamp", lambda: {"produit_le": "autre"})
    second = written(tmp_path)
    assert set(first) == {"inputs", "outputs", "parameters", "versions", "checks", "empreinte", "tampon"}
    assert {**first, "tampon": None} == {**second, "tampon": None}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", first["tampon"]["produit_le"])


@pytest.mark.parametrize(("answers", "commit", "changes"), [
    ({"rev-parse": "\nabc123\n", "status": ""}, "abc123", False), ({"rev-parse": "\nabc123\n", "status": " M x\n"}, "abc123", True),
    ({"rev-parse": "autre/projet/\nabc123\n", "status": ""}, None, None), ({"rev-parse": None, "status": None}, None, None),
])  # fmt: skip
def test_manifest_names_the_commit_if_there_is_one(tmp_path, monkeypatch, answers, commit, changes):
    monkeypatch.setattr(manifest, "_git", lambda verb, *_: answers[verb])
    stamp = written(tmp_path)["tampon"]
    assert (stamp["commit"], stamp["modifications_locales"]) == (commit, changes)


def test_manifest_does_without_git(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert written(tmp_path)["tampon"]["commit"] is None


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["clair", "sombre"])
def test_colours_are_readable(scheme):
    sheet = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)[scheme]))
    inks, grounds = ("encre", "discret", "accent", "vert", "ambre", "rouge", "violet"), ("fond", "surface", "accent-fond")
    pairs = {(ink, ground): sorted(luminance(colours[name]) for name in (ground, ink)) for ink in inks for ground in grounds}
    # WCAG 2.2, level AA, text of any size
    assert [pair for pair, (dark, light) in pairs.items() if (light + 0.05) / (dark + 0.05) < 4.5] == []
