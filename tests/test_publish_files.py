"""What stands around the pages: the index, the list of sites, the sheet and the slides of a meeting, the manifest."""

import hashlib
import json
from types import SimpleNamespace

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from conftest import read_page
from helpers import parameters
from helpers.report import index, manifest
from helpers.report.manifest import write_manifest
from helpers.report.page import Page
from test_publish import PAGES as THREE
from test_publish import code, export, notebook, shown

PAGES = index.PAGES


def told(html: str, tag: str):
    return code("x", shown(text_html=html), tags=[tag])


@pytest.fixture
def index_of(data_root, tmp_path):
    """The index of a report of 2032, whose page 02 has cells tagged for it."""

    def write(**tagged: str) -> BeautifulSoup:
        books = {page.name: notebook(title=f"# {page.title} ?") for page in PAGES}
        cells = [told(html, tag.replace("_", "-")) for tag, html in tagged.items()]
        books["02_describe"] = notebook(*cells, title="# Qui sont les jeunes ?")
        index.write_index(tmp_path, PAGES, books, parameters.check("03_compare", year=2032))
        return read_page(tmp_path / "index.html")

    return write


def test_index_says_the_answer_first_and_leads_on(index_of, tmp_path):
    (tmp_path / "indicateurs.csv").write_bytes(b"x" * 12_340)
    page = index_of(
        synthetique='<p class="encart synthetique">Données synthétiques.</p>', index_contexte="<p>Deux fois plus d’ALSES.</p>",
        index_constat='<p><a href="#fig-1">42 %</a></p>', index_changements="<p>Ce qui a changé.</p>",
        index_contenu="<p>Ce rapport part de chiffres imprimés.</p>",
    )  # fmt: skip
    whole = page.main.get_text(" ")
    said = ["Données synthétiques", "Les ALSES (acteurs", "Deux fois plus", "42", "Ce qui a changé", "Que trouve-t-on", "chiffres imprimés"]
    assert sorted(said, key=whole.index) == said
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


def test_the_list_of_sites_leads_to_each_or_says_why_it_has_no_report(tmp_path, monkeypatch):
    columns = ["nom", "site_type", "site", "association", "dossier", "est_publie"]
    rows = [("AAPI", "association", "AAPI", "", "", False), ("Collège <b>", "college", "x", "AAPI", "colleges/x", True)]
    monkeypatch.setattr(index.data, "export_sites", lambda *_: pd.DataFrame(rows, columns=columns))
    monkeypatch.setattr(index.data, "load_site_sizes", lambda _: {("college", "x"): 25})
    index.write_sites(tmp_path, {"x": "colleges/x"}, [index.SITES_PAGE], SimpleNamespace(year=2021))
    page = read_page(tmp_path / "sites.html")
    assert "moins de 11" in page.main.text and page.select_one("main b") is None
    assert [link["href"] for link in page.main.find_all("a") if "colleges" in link["href"]] == ["colleges/x/fiche.html"]


def test_the_reports_that_stand_beside_each_other_are_listed_outside_all_of_them(tmp_path):
    for name in ("2019/index.html", "2019/02_describe.html", "2020-synthetique/index.html", ".en-cours-2021/index.html", "2022/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    page = read_page(index.write_years(tmp_path))
    assert [heading.text for heading in page.main.find_all("h2")] == ["2020 (données synthétiques)", "2019"]
    assert [link["href"] for link in page.main.find_all("a")] == ["2020-synthetique/index.html", "2019/index.html", "2019/02_describe.html"]


# --- what is taken to a meeting: the sheet and the slides, from cells that notebooks tag ---------------------------------

AROUND = {"title": "Les ALSES en 2032", "subtitle": "Année 2032", "pages": THREE}


def sheet(folder, *notebooks, **changes) -> BeautifulSoup:
    index.write_sheet(folder, notebooks, **{**AROUND, **changes})
    return read_page(folder / "fiche.html")


def test_a_sheet_is_the_tagged_cells_in_its_own_order_and_a_part_nobody_says_leaves(tmp_path):
    asked = [f"<ul><li>q{rank}</li></ul>" for rank in range(4)]
    first = notebook(told(asked[0], "fiche-questions"), told("<p>43</p>", "fiche-chiffres"), told("", "fiche-reunions"))
    second = notebook(told("<p>contexte</p>", "fiche-contexte"), *[told(each, "fiche-questions") for each in asked[1:]])
    main = sheet(tmp_path, first, second).main
    assert [each["class"] for each in main.find_all("section")] == [["fiche-contexte"], ["fiche-chiffres"], ["fiche-questions"]]
    assert [each.text for each in main.find_all("h2")] == ["En chiffres", "Questions pour l’an prochain"]
    assert [each.text for each in main.select("section.fiche-questions > ol > li")] == ["q0", "q1", "q2"]
    assert [link["href"] for link in main.find_all("a")] == [page.href for page in THREE]


def test_the_sheet_of_a_site_has_its_own_headings_way_back_and_protection(tmp_path):
    own = notebook(told("<p>arrondi</p>", "contenu"), told("<p>t</p>", "fiche-chiffres"), told("<ul><li>q</li></ul>", "fiche-questions"))
    pages = [Page("fiche", "La fiche", "fiche.html"), THREE[1]]
    page = sheet(tmp_path, own, pages=pages, is_site=True, index="../../sites.html", home="Associations et collèges")
    assert [each.text for each in page.main.find_all("h2")] == ["Ici, et dans tout le réseau", "Questions à discuter"]
    assert page.main.text.index("arrondi") < page.main.text.index("Ici")
    menu = [(link["href"], link.text, link.get("aria-current")) for link in page.select("nav .pages-ouvertes a")]
    assert menu == [("../../sites.html", "Associations et collèges", None), ("fiche.html", "La fiche", "page"), ("02_describe.html", "Décrire", None)]


@pytest.mark.parametrize(("counts", "expected"), [([4, 1, 1], "a0 a1 a2 b0 c0"), ([6, 0, 0], "a0 a1 a2 a3 a4"), ([0, 1, 0], "b0")])
def test_five_slides_take_the_first_figure_of_each_page_before_the_second_of_any(tmp_path, counts, expected):
    figure = '<figure class="figure" id="fig-{0}"><figcaption><p class="figure-titre">{0}</p></figcaption><div class="etroite"></div><p class="base">n = 3</p></figure>'
    books = [notebook(*[told(figure.format(f"{name}{rank}"), "diapo") for rank in range(count)]) for name, count in zip("abc", counts, strict=True)]
    index.write_slides(tmp_path, books, **AROUND)
    main = read_page(tmp_path / "diapos.html").main
    assert " ".join(each.text for each in main.select(".diapo figcaption h2")) == expected
    assert len(main.select(".diapo > figure .base")) == len(expected.split()) and not main.select(".etroite")


def test_a_cell_of_the_sheet_is_not_on_its_page_and_a_slide_is():
    page = export(told("<p>fiche</p>", "fiche-chiffres"), told("<p>diapo</p>", "diapo"))
    assert "<p>fiche</p>" not in page and "<p>diapo</p>" in page


# --- the manifest -------------------------------------------------------------------------------------------------------


def written(folder):
    write_manifest(folder, inputs=[], parameters={"year": 2020}, versions={}, checks=["liens"])
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


@pytest.mark.parametrize(("answers", "commit", "changes"), [
    ({"rev-parse": "\nabc123\n", "status": ""}, "abc123", False), ({"rev-parse": "\nabc123\n", "status": " M x\n"}, "abc123", True),
    ({"rev-parse": "autre/projet/\nabc123\n", "status": ""}, None, None), ({"rev-parse": None, "status": None}, None, None),
])  # fmt: skip
def test_manifest_names_the_commit_if_there_is_one(tmp_path, monkeypatch, answers, commit, changes):
    monkeypatch.setattr(manifest, "_git", lambda verb, *_: answers[verb])
    stamp = written(tmp_path)["tampon"]
    assert (stamp["commit"], stamp["modifications_locales"]) == (commit, changes)
