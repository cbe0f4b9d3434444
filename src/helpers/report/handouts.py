"""What is taken to a meeting: a sheet to print, and slides, from cells that the notebooks tag."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup
from markupsafe import Markup

from helpers.report.notebook import extract
from helpers.report.page import INDEX, SHEET, SLIDES, TEMPLATES, Page, lay_out, templates

if TYPE_CHECKING:
    from nbformat import NotebookNode

# The parts of a sheet, in order: the tag of the cells that say it, its heading for the network and for one site.
_PARTS = [
    ("fiche-contexte", "", ""),
    ("fiche-chiffres", "En chiffres", "Ici, et dans tout le réseau"),
    ("fiche-changements", "Qu’est-ce qui a changé, et est-ce sûr ?", "Qu’est-ce qui a changé ?"),
    ("fiche-reunions", "Ce qui s’est dit dans les réunions de l’année", ""),
    ("fiche-questions", "Questions pour l’an prochain", "Questions à discuter"),
]
_ABOVE = ["synthetique", "contenu"]  # what must be known before the first number
_MOST = 3  # questions, one or more from each notebook
SLIDE = "diapo"  # tags a cell whose figure is one
_SLIDES = 5


def _said(notebooks: Sequence["NotebookNode"], tag: str) -> Markup:
    return Markup("\n").join(Markup(html) for notebook in notebooks for html in extract(notebook, tag))


def _questions(html: str) -> Markup:
    """The first questions, as one list."""
    asked = BeautifulSoup(html, "html.parser").find_all("li")[:_MOST]
    return Markup("<ol>{}</ol>").format(Markup().join(Markup(each) for each in asked)) if asked else Markup()


def write_sheet(
    folder: Path,
    notebooks: Sequence["NotebookNode"],
    *,
    title: str,
    subtitle: str,
    pages: list[Page],
    intro: str,
    is_site: bool = False,
    **around: str,
) -> None:
    """Write ``fiche.html``: the essential on one sheet of paper, from the executed notebooks, in this order.

    A part that none of them says is left out. ``around`` is passed to `lay_out` (``index``, ``home``).
    """
    parts = []
    for tag, *headings in _PARTS:
        html = _said(notebooks, tag)
        html = _questions(html) if tag == "fiche-questions" else html
        parts += [(tag, headings[is_site], html)] if html else []
    above = [next((html for notebook in notebooks for html in extract(notebook, tag)), "") for tag in _ABOVE]
    body = (
        templates()
        .get_template("fiche.html.j2")
        .render(title=title, above=[*map(Markup, above)], intro=intro, parts=parts, pages=pages)
    )
    _write(folder / SHEET, body, title=title, subtitle=subtitle, pages=pages, style="fiche.css", **around)


def write_slides(
    folder: Path, notebooks: Sequence["NotebookNode"], *, title: str, subtitle: str, pages: list[Page]
) -> None:
    """Write ``diapos.html``: on each slide a figure tagged ``diapo``, its title as the finding."""
    ranked = []
    for notebook in notebooks:
        shown = BeautifulSoup("".join(extract(notebook, SLIDE)), "html.parser").find_all("figure")
        ranked += enumerate(shown)
    # The first of each notebook before the second of any, then in the order of the pages.
    chosen = sorted(range(len(ranked)), key=lambda place: (ranked[place][0], place))[:_SLIDES]
    figures = [ranked[place][1] for place in sorted(chosen)]
    for figure in figures:
        finding = figure.find(class_="figure-titre")
        finding.name, finding["class"] = "h2", "constat"
        for tag in figure.select(".figure-donnees, .etroite"):
            tag.decompose()
    alert = next((html for notebook in notebooks for html in extract(notebook, "synthetique")), "")
    body = (
        templates()
        .get_template("diapos.html.j2")
        .render(title=title, alert=Markup(alert), figures=[*map(Markup, figures)])
    )
    _write(folder / SLIDES, body, title=title, subtitle=subtitle, pages=pages, style="diapos.css")


def _write(path: Path, body: str, *, style: str, index: str = INDEX, **around) -> None:
    html = lay_out(
        BeautifulSoup(body, "html.parser"),
        current="fiche" if "fiche" in {page.name for page in around["pages"]} else "",
        foot="",
        template="apart.html.j2",
        index=index,
        more_style=(TEMPLATES / style).read_text(encoding="utf-8"),
        **around,
    )
    path.write_text(html, encoding="utf-8", newline="\n")
