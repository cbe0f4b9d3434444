"""Pages of a report, from small executed notebooks."""

import re

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.report.notebook import export_page, page_title
from helpers.report.page import Page, PublicationError
from helpers.text import formats

PAGES = [
    Page("01_clean", "Nettoyer", "01_clean.html"),
    Page("02_describe", "Décrire", "02_describe.html"),
    Page("03_compare", "Comparer", "03_compare.html"),
]
TABLE = '<table><caption>Effectifs</caption><tr><th scope="row">filles</th><td class="nombre">927</td></tr></table>'
MAX_EMPTY_PAGE_BYTES = 55_000  # the page without its content: its font and its style, what every mail pays for


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


def test_page_is_french_self_contained_light_and_asks_nothing():
    page = soup()
    assert page.html["lang"] == "fr"
    assert page.title.text == "Qui sont les jeunes ? – Les ALSES du Nord, année 2020"
    assert "default-src 'none'" in page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert page.find("script") is None and not re.search(r"https?://", str(page))
    assert page.select_one("a.evitement")["href"] == f"#{page.main['id']}"
    assert len(export().encode()) < MAX_EMPTY_PAGE_BYTES


def test_a_cell_that_says_nothing_leaves_no_trace_of_its_code():
    page = soup(code("dire(rien)", shown(text_html="")), code("dire(tout)", shown(text_html="<p>Tout.</p>")), code("calculer()"))
    assert "dire(rien)" not in page.text and "dire(tout)" in page.text and "calculer()" in page.text


NO_DATA = str(formats.say("figures", "nothing", subject="rien"))


@pytest.mark.parametrize(("displayed", "is_left"), [("", False), (NO_DATA, False), (NO_DATA + "<p>Tout.</p>", True), ("<p>Tout.</p>", True)])
def test_a_section_leaves_with_all_that_it_would_have_shown(displayed, is_left):
    section = [new_markdown_cell("## Et ensuite ?\n\nPourquoi."), code("lire()"), code("dire(rien)", shown(text_html="")), code("dire()", shown(text_html=displayed)), new_markdown_cell("Enfin.")]
    page = soup(new_markdown_cell("## Avant ?"), *section, new_markdown_cell("## Après ?\n\nUn texte."))
    titles = [tag["id"] for tag in page.select("h2")]
    assert ("avant" in titles, "apres" in titles, "Un texte." in page.text) == (True, True, True)
    assert ("et-ensuite" in titles, "Pourquoi." in page.text, "lire()" in page.text, "Enfin." in page.text) == (is_left,) * 4


def test_a_part_leaves_alone_and_a_text_leaves_with_the_next_display():
    said, silent = code("dire()", shown(text_html="<p>Tout.</p>")), code("taire()", shown(text_html=NO_DATA))
    page = soup(new_markdown_cell("## Un"), new_markdown_cell("### Rien"), silent, new_markdown_cell("### Deux"), new_markdown_cell("Annonce."), code("taire()", shown(text_html=NO_DATA)), new_markdown_cell("Suite."), said)
    assert [tag.text for tag in page.main.select("h2, h3")][:2] == ["Un", "Deux"]
    assert ("Annonce." in page.text, "Suite." in page.text) == (False, True)


@pytest.mark.parametrize(("name", "links"), [
    ("01_clean", ["index.html", "02_describe.html"]), ("02_describe", ["01_clean.html", "index.html", "03_compare.html"]),
    ("03_compare", ["02_describe.html", "index.html"]),
])  # fmt: skip
def test_page_leads_to_its_neighbours_and_marks_itself(name, links):
    page = soup(name=name)
    assert [link["href"] for link in page.select("nav.suite a")] == links
    # Once in the fold of the phone, once in the open list: the sheet shows one of them.
    assert [link["href"] for link in page.select('nav.pages [aria-current="page"]')] == [f"{name}.html"] * 2


def test_headings_get_unique_readable_ids_and_contents_follow():
    page = soup(
        new_markdown_cell("## D’où viennent-ils ?\n### Œuvre et élèves\n## D’où viennent-ils ?\n## Contenu"),
        code("x", shown(text_html='<p id="d-ou-viennent-ils-2">déjà pris</p>')),
    )
    ids = [heading["id"] for heading in page.main.find_all(["h2", "h3"])]
    assert ids == ["d-ou-viennent-ils", "oeuvre-et-eleves", "d-ou-viennent-ils-3", "contenu-2"]
    assert [link["href"] for link in page.select(".sommaire-ouvert a")] == [f"#{name}" for name in ids]
    assert page.select_one(".sommaire-ouvert ol ol a").text == "Œuvre et élèves"


def test_the_code_of_a_section_is_folded_once_at_its_end_each_piece_in_order():
    one, two = (code(f"mesure({rank})", shown(text_html=f"<p>{rank}</p>")) for rank in (1, 2))
    page = soup(new_markdown_cell("## Un"), one, code("outil()", tags=["outil"]), new_markdown_cell("### Détail"), two, new_markdown_cell("## Deux"))
    [fold] = page.select("main details.calcul")
    assert [pre.text.strip() for pre in fold.find_all("pre")] == ["mesure(1)", "mesure(2)"] and "open" not in fold.attrs
    assert (fold.find_previous("p").text, fold.find_next("h2").text) == ("2", "Deux")


def test_what_presents_the_notebook_goes_to_the_foot():
    title = "# Qui ?\n\n**Prend** les tables → **produit** le portrait.\n\nRédaction : projet."
    html = export_page(notebook(new_markdown_cell("## À retenir"), title=title), name="02_describe", pages=PAGES, foot="<p>Fichiers lus</p>", subtitle="x")
    page = BeautifulSoup(html, "html.parser")
    assert [tag.name for tag in page.main.find_all(True)] == ["h1", "h2"]
    assert [line.text for line in page.footer.find_all("p")] == ["Prend les tables → produit le portrait.", "Rédaction\u00a0: projet.", "Fichiers lus"]


def test_parameters_are_gathered_in_one_fold_of_the_foot():
    page = soup(code("year = 2019", tags=["parameters"]), code("# Parameters\nyear = 2020", tags=["injected-parameters"]))
    assert page.select("main details.calcul") == []
    [fold] = page.select("footer details.calcul")
    assert [pre.text.strip() for pre in fold.find_all("pre")] == ["year = 2019", "year = 2020"]


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


def test_tables_are_boxed_named_and_reachable():
    boxed = f'<div class="table-boite">{TABLE}</div>'
    page = soup(code("a", shown(text_html=TABLE)), code("b", shown(text_html=boxed)), foot=TABLE)
    boxes = page.select("main .table-boite, footer .table-boite")
    assert [(box["role"], box["tabindex"], box["aria-label"]) for box in boxes] == [("group", "0", "Effectifs")] * 3
    assert len(page.select("main [tabindex], footer [tabindex]")) == len(boxes)


def test_a_wide_table_can_stack_its_rows_and_stays_a_table():
    heads = "".join(f"<th scope='col'>{name}</th>" for name in ("a", "b", 'c "1" &lt;/style>'))
    wide = f"<table><caption>C</caption><thead><tr>{heads}</tr></thead><tbody><tr><th scope='row'>x</th><td>1</td><td>2</td></tr></tbody></table>"
    [piled] = soup(code("a", shown(text_html=wide)), code("b", shown(text_html=TABLE))).select("table.pile")
    roles = {(tag.name, tag["role"]) for tag in (piled, *piled.select("tbody, tbody tr, td"))}
    assert roles == {("table", "table"), ("tbody", "rowgroup"), ("tr", "row"), ("td", "cell")}
    # The name of a column can neither end its string nor close the sheet.
    assert piled["style"] == r'--c2:"b";--c3:"c \22 1\22  \3c /style>"'


def test_figures_bear_the_number_of_their_page_then_their_own():
    figure = '<figure><figcaption><p class="figure-titre">Titre</p></figcaption></figure>'
    for name, numbers in (("02_describe", ["Figure\u00a02.1", "Figure\u00a02.2"]), ("annexe", ["Figure\u00a01", "Figure\u00a02"])):
        pages = [*PAGES, Page("annexe", "Annexe", "annexe.html")]
        page = soup(code("a", shown(text_html=figure)), code("b", shown(text_html=figure)), name=name, pages=pages)
        assert [number.text for number in page.select(".numero")] == numbers


def test_what_a_page_cannot_do_without_is_asked_for():
    assert page_title(notebook()) == "Qui sont les jeunes ?"
    with pytest.raises(PublicationError, match="titre"):
        page_title(notebook(title="## Sans titre"))
