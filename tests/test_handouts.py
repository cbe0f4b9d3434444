"""What is taken to a meeting: the sheet and the slides, from cells that notebooks tag."""

import pytest
from bs4 import BeautifulSoup

from helpers.report.index import write_sheet, write_slides
from helpers.report.page import Page
from test_publish import PAGES, code, export, notebook, shown

AROUND = {"title": "Les ALSES en 2032", "subtitle": "Année 2032", "pages": PAGES}


def told(html: str, tag: str):
    return code("x", shown(text_html=html), tags=[tag])


def sheet(folder, *notebooks, **changes) -> BeautifulSoup:
    write_sheet(folder, notebooks, **{**AROUND, **changes})
    return BeautifulSoup((folder / "fiche.html").read_text(encoding="utf-8"), "html.parser")


def test_a_sheet_is_the_tagged_cells_in_its_own_order_and_a_part_nobody_says_leaves(tmp_path):
    asked = [f"<ul><li>q{rank}</li></ul>" for rank in range(4)]
    first = notebook(told(asked[0], "fiche-questions"), told("<p>43</p>", "fiche-chiffres"), told("", "fiche-reunions"))
    second = notebook(told("<p>contexte</p>", "fiche-contexte"), *[told(each, "fiche-questions") for each in asked[1:]])
    main = sheet(tmp_path, first, second).main
    assert [each["class"] for each in main.find_all("section")] == [["fiche-contexte"], ["fiche-chiffres"], ["fiche-questions"]]
    assert [each.text for each in main.find_all("h2")] == ["En chiffres", "Questions pour l’an prochain"]
    assert [each.text for each in main.select("section.fiche-questions > ol > li")] == ["q0", "q1", "q2"]
    assert [link["href"] for link in main.find_all("a")] == [page.href for page in PAGES]


def test_the_sheet_of_a_site_has_its_own_headings_way_back_and_protection(tmp_path):
    own = notebook(told("<p>arrondi</p>", "contenu"), told("<p>t</p>", "fiche-chiffres"), told("<ul><li>q</li></ul>", "fiche-questions"))
    pages = [Page("fiche", "La fiche", "fiche.html"), PAGES[1]]
    page = sheet(tmp_path, own, pages=pages, is_site=True, index="../../sites.html", home="Associations et collèges")
    assert [each.text for each in page.main.find_all("h2")] == ["Ici, et dans tout le réseau", "Questions à discuter"]
    assert page.main.text.index("arrondi") < page.main.text.index("Ici")
    menu = [(link["href"], link.text, link.get("aria-current")) for link in page.select("nav .pages-ouvertes a")]
    assert menu == [("../../sites.html", "Associations et collèges", None), ("fiche.html", "La fiche", "page"), ("02_describe.html", "Décrire", None)]


@pytest.mark.parametrize(("counts", "expected"), [([4, 1, 1], "a0 a1 a2 b0 c0"), ([6, 0, 0], "a0 a1 a2 a3 a4"), ([0, 1, 0], "b0")])
def test_five_slides_take_the_first_figure_of_each_page_before_the_second_of_any(tmp_path, counts, expected):
    figure = '<figure class="figure" id="fig-{0}"><figcaption><p class="figure-titre">{0}</p></figcaption><div class="etroite"></div><p class="base">n = 3</p></figure>'
    books = [notebook(*[told(figure.format(f"{name}{rank}"), "diapo") for rank in range(count)]) for name, count in zip("abc", counts, strict=True)]
    write_slides(tmp_path, books, **AROUND)
    main = BeautifulSoup((tmp_path / "diapos.html").read_text(encoding="utf-8"), "html.parser").main
    assert " ".join(each.text for each in main.select(".diapo figcaption h2")) == expected
    assert len(main.select(".diapo > figure .base")) == len(expected.split()) and not main.select(".etroite")


def test_a_cell_of_the_sheet_is_not_on_its_page_and_a_slide_is():
    page = export(told("<p>fiche</p>", "fiche-chiffres"), told("<p>diapo</p>", "diapo"))
    assert "<p>fiche</p>" not in page and "<p>diapo</p>" in page
