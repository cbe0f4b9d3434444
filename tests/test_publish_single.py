"""The single page: every page in it, each link at its place, ids that stay unique, nothing from outside."""

import base64
import re

import pytest
from bs4 import BeautifulSoup

from helpers.report.checks import MAX_SINGLE_BYTES, check_pages
from helpers.report.manifest import read_report
from helpers.report.sharing import single_page
from small_report import DATA, write_report


def page_of(folder) -> BeautifulSoup:
    return BeautifulSoup(single_page(read_report(folder)), "html.parser")


@pytest.fixture
def page(tmp_path):
    return page_of(write_report(tmp_path / "2020"))


def headings(page) -> list[tuple[str, str, str]]:
    return [(tag.name, tag.get("id"), tag.get_text()) for tag in page.main.find_all(re.compile("^h[1-6]$"))]


def test_one_title_then_a_level_for_pages_and_one_for_their_sections(page):
    assert headings(page) == [
        ("h1", "titre", "Les ALSES en 2020"),
        ("h2", "index", "L’essentiel"),
        ("h3", "index--a-retenir", "À retenir"),
        ("h3", "index--provenance", "De quoi cette page est-elle faite ?"),
        ("h2", "01_clean", "Que vaut-il\u202f?"),
        ("h3", "01_clean--a-retenir", "À retenir"),
        ("h4", "01_clean--detail", "Détail"),
        ("h3", "01_clean--provenance", "De quoi cette page est-elle faite ?"),
        ("h2", "02_describe", "Combien\u202f?"),
        ("h3", "02_describe--a-retenir", "À retenir"),
        ("h3", "02_describe--combien", "Combien donc\u202f?"),
        ("h3", "02_describe--provenance", "De quoi cette page est-elle faite ?"),
    ]


def test_the_contents_are_the_pages_and_under_each_its_sections(page):
    links = page.select(".sommaire-ouvert > ol > li > a")
    assert [link["href"] for link in links] == ["#index", "#01_clean", "#02_describe"]
    under = links[2].parent.ol.find_all("a")
    assert [(link["href"], link.get_text()) for link in under] == [
        ("#02_describe--a-retenir", "À retenir"), ("#02_describe--combien", "Combien donc\u202f?"),
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "href"), [
    ("combien", "#02_describe--combien"), ("accueil", "#index"), ("haut", "#02_describe--a-retenir"),
    ("page", "#02_describe"), ("01", "#01_clean--a-retenir"), ("x", "mailto:x@exemple.fr"),
])  # fmt: skip
def test_a_link_leads_to_its_place_in_the_page(page, text, href):
    assert page.main.find("a", string=text)["href"] == href


def test_a_file_is_in_the_link_that_offers_it(page):
    link = page.main.find("a", string="indicateurs.csv")
    kind, _, content = link["href"].partition(";base64,")
    assert (kind, base64.b64decode(content), link["download"]) == ("data:text/csv;charset=utf-8", DATA, "indicateurs.csv")
    assert page.main.find("a", string="manifest.json")["href"].startswith("data:application/json;base64,")
    assert page.find(attrs={"aria-describedby": True})["aria-describedby"] == "02_describe--note 02_describe--combien"


def test_an_inline_drawing_keeps_its_references(tmp_path):
    svg = '<svg role="img" aria-label="x"><clippath id="c"></clippath><g clip-path="url(#c)"><use xlink:href="#c"></use></g></svg>'
    page = page_of(write_report(tmp_path / "2020", index=f"<h1>Titre</h1>{svg}"))
    assert (page.g["clip-path"], page.use["xlink:href"], page.find("clippath")["id"]) == (
        "url(#index--c)", "#index--c", "index--c",
    )  # fmt: skip


def test_ids_that_look_like_those_of_another_page_stay_apart(tmp_path):
    odd = '<h1>Titre</h1><p id="été d’hier">a</p><a href="#%C3%A9t%C3%A9%20d%E2%80%99hier">b</a><p id="02_describe">c</p>'
    folder = write_report(tmp_path / "2020", index=odd)
    (tmp_path / "seule").mkdir()
    (tmp_path / "seule" / "x.html").write_text(single_page(read_report(folder)), encoding="utf-8")
    assert check_pages(tmp_path / "seule", bound=MAX_SINGLE_BYTES) == []


def test_there_is_one_banner_one_style_and_the_policy_of_the_pages(page, tmp_path):
    policy = {"http-equiv": "Content-Security-Policy"}
    published = BeautifulSoup((tmp_path / "2020" / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert page.find("meta", attrs=policy) == published.find("meta", attrs=policy)
    assert [len(page.find_all(name)) for name in ("header", "style", "script", "main")] == [1, 2, 0, 1]
    assert [nav["aria-label"] for nav in page.find_all("nav")] == ["Sommaire"]
    assert page.style.get_text() == published.style.get_text()


# --- the true report -------------------------------------------------------------------------------------------------


def test_the_true_report_passes_the_checks_of_pages_and_holds_all_its_links_files_and_words(real_root, tmp_path):
    published = real_root / "reports" / "2020"
    html = single_page(read_report(published))
    (tmp_path / "alses_2020.html").write_text(html, encoding="utf-8")
    assert check_pages(tmp_path, bound=MAX_SINGLE_BYTES) == []
    assert (tmp_path / "alses_2020.html").stat().st_size < 3_000_000 == MAX_SINGLE_BYTES
    assert str(real_root) not in html and "file://" not in html
    page = BeautifulSoup(html, "html.parser")
    hrefs = [link["href"] for link in page.find_all("a", href=True)]
    assert [href[:60] for href in hrefs if not href.startswith(("#", "data:"))] == []
    assert sum(href.startswith("#") for href in hrefs) > 100
    held = {link["download"]: link["href"].partition(";base64,")[2] for link in page.select("a[download]")}
    assert all(base64.b64decode(held[path.name]) == path.read_bytes() for path in published.glob("*.csv"))

    def words(tag) -> str:
        return re.sub(r"\s+", " ", tag.get_text(" ")).strip()

    whole = words(page.main)
    for path in (published / name for name in read_report(published).pages):
        main = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").select_one("main#contenu")
        main.h1.decompose()
        assert words(main) in whole, path.name
