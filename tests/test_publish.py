"""Pages of a report, from small executed notebooks."""

import re

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.publish import Page, PublicationError, export_page, extract, page_title
from helpers.publish.outline import slug

PAGES = [
    Page("01_clean", "Nettoyer", "01_clean.html"),
    Page("02_describe", "Décrire", "02_describe.html"),
    Page("03_compare", "Comparer", "03_compare.html"),
]
TABLE = '<table><caption>Effectifs</caption><tr><th scope="row">filles</th><td class="nombre">927</td></tr></table>'
MAX_EMPTY_PAGE_BYTES = 30_000  # the page without its content: what every mail pays for


def shown(**data):
    return new_output("display_data", data={kind.replace("_", "/", 1): value for kind, value in data.items()})


def code(source, *outputs, tags=()):
    return new_code_cell(source, outputs=list(outputs), execution_count=1, metadata={"tags": list(tags)})


def notebook(*cells, title="# Qui sont les *jeunes* ?"):
    return new_notebook(cells=[new_markdown_cell(title), *cells])


def export(*cells, name="02_describe", **changes):
    given = {"name": name, "pages": PAGES, "foot": "<p>Fichiers lus</p>", "subtitle": "année 2020", **changes}
    return export_page(notebook(*cells), **given)


def soup(*cells, **changes):
    return BeautifulSoup(export(*cells, **changes), "html.parser")


def test_page_is_french_self_contained_and_asks_nothing():
    page = soup()
    assert page.html["lang"] == "fr"
    assert page.title.text == "Qui sont les jeunes ? – Les ALSES du Nord, année 2020"
    assert "default-src 'none'" in page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert page.find("script") is None
    assert not re.search(r"https?://", str(page))
    assert page.select_one("a.evitement")["href"] == f"#{page.main['id']}"


def test_same_notebook_gives_same_bytes():
    cells = [new_markdown_cell("## Un"), code("1 + 1", shown(text_html=TABLE))]
    again = [new_markdown_cell("## Un"), code("1 + 1", shown(text_html=TABLE))]
    assert [cell.id for cell in cells] != [cell.id for cell in again]
    assert export(*cells) == export(*again)


def test_a_cell_that_says_nothing_leaves_no_trace_of_its_code():
    page = soup(code("dire(rien)", shown(text_html="")), code("dire(tout)", shown(text_html="<p>Tout.</p>")), code("calculer()"))
    assert "dire(rien)" not in page.text and "dire(tout)" in page.text and "calculer()" in page.text


def test_empty_page_is_light():
    assert len(export().encode()) < MAX_EMPTY_PAGE_BYTES


@pytest.mark.parametrize(
    ("name", "links"),
    [
        ("01_clean", ["index.html", "02_describe.html"]),
        ("02_describe", ["01_clean.html", "index.html", "03_compare.html"]),
        ("03_compare", ["02_describe.html", "index.html"]),
    ],
)
def test_page_leads_to_its_neighbours_and_marks_itself(name, links):
    page = soup(name=name)
    assert [link["href"] for link in page.select("nav.suite a")] == links
    assert [link["href"] for link in page.select('nav.pages [aria-current="page"]')] == [f"{name}.html"]


def test_unknown_page_is_refused():
    with pytest.raises(ValueError, match="05_autre"):
        export(name="05_autre")


def test_headings_get_unique_readable_ids_and_contents_follow():
    page = soup(
        new_markdown_cell("## D’où viennent-ils ?\n### Œuvre et élèves\n## D’où viennent-ils ?\n## Contenu"),
        code("x", shown(text_html='<p id="d-ou-viennent-ils-2">déjà pris</p>')),
    )
    ids = [heading["id"] for heading in page.main.find_all(["h2", "h3"])]
    assert ids == ["d-ou-viennent-ils", "oeuvre-et-eleves", "d-ou-viennent-ils-3", "contenu-2"]
    assert [link["href"] for link in page.select(".sommaire-ouvert a")] == [f"#{name}" for name in ids]
    assert page.select_one(".sommaire-ouvert ol ol a").text == "Œuvre et élèves"


def test_a_link_written_for_jupyterlab_reaches_the_heading():
    page = soup(new_markdown_cell("[voir](#D’où-viennent-ils-?)\n\n## D’où viennent-ils ?"))
    assert page.find("a", string="voir")["href"] == "#d-ou-viennent-ils"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Années 2019–2020", "annees-2019-2020"), ("« ? »", "section"), ("  À l’École  ", "a-l-ecole")],
)
def test_slug(text, expected):
    assert slug(text) == expected


def test_code_is_folded_after_what_it_shows():
    page = soup(code("mesure(1)", shown(text_html="<p class='phrase'>Réponse</p>")))
    fold = page.select_one("main details.calcul")
    assert fold.summary.text == "Voir le calcul"
    assert "mesure(1)" in fold.pre.text
    assert "open" not in fold.attrs
    assert fold.find_previous("p").text == "Réponse"


def test_parameters_are_gathered_in_one_fold():
    page = soup(
        code("year = 2019", tags=["parameters"]),
        code("# Parameters\nyear = 2020", tags=["injected-parameters"]),
    )
    folds = page.select("main details.calcul")
    assert [fold.summary.text for fold in folds] == ["Paramètres"]
    assert [pre.text.strip() for pre in folds[0].find_all("pre")] == ["year = 2019", "year = 2020"]
    assert [label.text for label in folds[0].find_all("p")] == ["Valeurs par défaut du notebook", "Valeurs de ce rapport"]


def test_tool_cells_errors_and_warnings_stay_inside():
    page = soup(
        code("outillage()", shown(text_html="<p>caché</p>"), tags=["outil"]),
        code("x", new_output("stream", name="stderr", text="avertissement")),
        code("y", new_output("error", ename="KeyError", evalue="panne", traceback=["panne"])),
    )
    assert not re.search("outillage|caché|avertissement|panne", str(page.main))


def test_html_is_preferred_then_pictures_then_text():
    page = soup(
        code("a", shown(text_html="<p>choisi</p>", text_plain="écarté")),
        code("b", new_output("display_data", data={"image/png": "AA", "text/plain": "écarté"}, metadata={"alt": "Un"})),
        code("c", shown(text_plain="<b>brut</b>")),
        code("d", new_output("stream", name="stdout", text="<i>dit</i>")),
    )
    assert "écarté" not in str(page.main)
    assert page.find("img")["alt"] == "Un"
    assert [block.text for block in page.select("pre.texte")] == ["<b>brut</b>", "<i>dit</i>"]


def test_a_picture_without_text_keeps_its_fault():
    assert "alt" not in soup(code("a", shown(text_html='<img src="data:image/png;base64,AA">'))).find("img").attrs


def test_tables_are_boxed_named_and_reachable():
    boxed = f'<div class="table-boite">{TABLE}</div>'
    page = soup(code("a", shown(text_html=TABLE)), code("b", shown(text_html=boxed)), foot=TABLE)
    boxes = page.select("main .table-boite, footer .table-boite")
    assert [(box["role"], box["tabindex"], box["aria-label"]) for box in boxes] == [("group", "0", "Effectifs")] * 3
    assert len(page.select("main [tabindex], footer [tabindex]")) == len(boxes)


def test_plain_text_arguments_cannot_bring_markup():
    page = soup(subtitle="<script>alert(1)</script>", pages=[Page("02_describe", "<b>x</b>", "02_describe.html")])
    assert page.find("script") is None
    assert page.select_one("nav.pages b") is None


def test_title_is_the_first_h1_and_its_absence_is_said():
    assert page_title(notebook()) == "Qui sont les jeunes ?"
    with pytest.raises(PublicationError, match="titre"):
        page_title(notebook(title="## Sans titre"))


def test_extract_takes_the_html_of_tagged_cells_only():
    cells = [
        code("a", shown(text_html="<p>un</p>"), shown(text_plain="non"), tags=["a-retenir"]),
        code("b", shown(text_html="<p>non</p>")),
        code("c", shown(text_html="<p>deux</p>"), tags=["a-retenir", "autre"]),
    ]
    assert extract(notebook(*cells), "a-retenir") == ["<p>un</p>", "<p>deux</p>"]
