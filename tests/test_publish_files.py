"""What stands around the pages: index, manifest, and the colours of the sheet."""

import hashlib
import json
import re

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_markdown_cell, new_notebook

from helpers.report import manifest
from helpers.report.checks import check_pages
from helpers.report.index import SiteEntry, write_index, write_sites
from helpers.report.manifest import write_manifest
from helpers.report.notebook import export_page
from helpers.report.page import TEMPLATES, Page

PAGES = [Page("01_clean", "Nettoyer", "01_clean.html"), Page("02_describe", "Décrire", "02_describe.html")]


def index_context(**changes):
    summary = {
        "name": "02_describe", "question": "Qui sont les jeunes ?", "description": "Chiffres de l’année.",
        "findings": ['<p><a href="#fig-1">42 %</a></p>'],
    }  # fmt: skip
    files = [{"href": "indicateurs.csv", "description": "Les nombres."}, {"href": "manifest.json", "description": "Les empreintes."}]
    context = {
        "title": "Que sait-on des ALSES en 2020 ?", "subtitle": "année 2020", "alert": "",
        "holdings": "<p>Ce rapport part de chiffres imprimés.</p>", "intro": "Qui sont les ALSES.", "pages": PAGES,
        "summaries": [summary | changes.pop("summary", {})], "files": files,
        "opening": ["<p>Deux fois plus d’ALSES.</p>"], "evidence": ["<p>Ce qui a changé.</p>"], "glossary": [{"term": "Base", "meaning": "Le total d’une part."}],
        "document": "Note de synthèse 2020", "foot": "<p>Fichiers lus</p>",
    }  # fmt: skip
    return context | changes


def index_of(folder, **changes) -> BeautifulSoup:
    write_index(folder, context=index_context(**changes))
    return BeautifulSoup((folder / "index.html").read_text(encoding="utf-8"), "html.parser")


def test_index_says_the_answer_first_and_leads_on(tmp_path):
    (tmp_path / "indicateurs.csv").write_bytes(b"x" * 12_340)
    page = index_of(tmp_path, alert='<p class="encart synthetique">Données synthétiques.</p>')
    told = page.main.get_text(" ")
    said = ["Données synthétiques", "Qui sont les ALSES", "Deux fois plus", "42", "Ce qui a changé", "Que trouve-t-on", "chiffres imprimés"]
    assert sorted(said, key=told.index) == said
    assert [fold.text for fold in page.select("summary")][-3:] == [
        "Glossaire", "Les chiffres, à ouvrir dans un tableur ou un programme", "Comment citer ce rapport",
    ]  # fmt: skip
    assert page.h1.find_next_sibling()["class"] == ["encart", "synthetique"]
    assert page.select_one(".detail a")["href"] == "02_describe.html"
    assert page.select_one(".glossaire dt").text == "Base"
    assert page.find("a", string="42\u202f%")["href"] == "02_describe.html#fig-1"
    assert [size.text for size in page.select(".taille")] == ["(12,3\u00a0ko)"]
    assert page.select_one('nav.pages [aria-current="page"]').text == "Accueil"


def test_index_leaves_out_what_there_is_not(tmp_path):
    page = index_of(tmp_path, summary={"findings": []}, opening=[], evidence=[], glossary=[])
    assert not page.select(".constats, .ouverture")
    assert [fold.text for fold in page.main.select("summary")] == ["Les chiffres, à ouvrir dans un tableur ou un programme", "Comment citer ce rapport"]


def test_a_whole_report_passes_its_own_checks(tmp_path):
    notebook = new_notebook(cells=[new_markdown_cell('# Filles\n\n## Combien ?\n\n<p id="fig-1">42 %</p>')])
    for page in PAGES:
        html = export_page(notebook, name=page.name, pages=PAGES, foot="", subtitle="année 2020")
        (tmp_path / page.href).write_text(html, encoding="utf-8")
    (tmp_path / "indicateurs.csv").write_text("a\n", encoding="utf-8")
    index_of(tmp_path)
    assert check_pages(tmp_path) == []


def test_the_list_of_sites_leads_to_each_or_says_why_it_has_no_report(tmp_path):
    sites = [
        SiteEntry(name="AAPI", kind="association", association="", folder="", is_small=True, size=None),
        SiteEntry(name="Collège <b>", kind="college", association="AAPI", folder="colleges/x", is_small=False, size=25),
    ]
    write_sites(tmp_path, sites, pages=[Page("sites", "Sites", "sites.html")], subtitle="Année 2021", least=11)
    text = (tmp_path / "sites.html").read_text(encoding="utf-8")
    page = BeautifulSoup(text, "html.parser")
    assert "moins de 11" in page.main.text and page.select_one("main b") is None
    assert [link["href"] for link in page.main.find_all("a") if "colleges" in link["href"]] == ["colleges/x/fiche.html"]


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
