"""From an executed notebook to a page of the report: nbconvert writes the cells, `layout` what is around them."""

import re
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup

from helpers.publish.layout import INDEX, TEMPLATES, Page, lay_out
from helpers.publish.notebook import arrange_cells, page_title

if TYPE_CHECKING:  # loading it takes a second, and the verbs of the command that make no page need not wait
    from nbconvert.exporters import HTMLExporter
    from nbformat import NotebookNode

DISPLAY_PRIORITY = ["text/html", "image/svg+xml", "image/png", "text/plain"]

# nbconvert writes this English sentence where an image has no alternative text, and so hides the fault from the checks.
_NBCONVERT_ALT = "No description has been provided for this image"


def _exporter() -> "HTMLExporter":
    # Imported here for the same reason as above.
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    config = Config()
    config.NbConvertBase.display_data_priority = DISPLAY_PRIORITY
    return HTMLExporter(
        config=config,
        template_name=TEMPLATES.name,
        extra_template_basedirs=[str(TEMPLATES.parent)],
        exclude_anchor_links=True,
    )


def _body(html: str) -> BeautifulSoup:
    body = BeautifulSoup(html, "html.parser")
    for image in body.find_all("img", alt=_NBCONVERT_ALT):
        del image["alt"]
    return body


def _number(name: str) -> int | None:
    """The number that a notebook's name begins with: that of its figures in the whole report."""
    found = re.match(r"\d+", name)
    return int(found[0]) if found else None


def export_page(
    notebook: "NotebookNode", *, name: str, pages: list[Page], foot: str, subtitle: str, index: str = INDEX
) -> str:
    """The executed notebook as one self-contained HTML page: same notebook, same text.

    ``pages`` are in reading order and hold ``name``; ``foot`` is HTML and stands for the cells tagged ``provenance``;
    ``subtitle`` is plain text, ``index`` the address of the page that leads to this one. Error outputs and stderr are
    left out: a notebook that failed must not come this far.

    Raises
    ------
    PublicationError
        when the notebook has no title.
    ValueError
        when ``name`` is not one of ``pages``.

    >>> import nbformat
    >>> page = publish.Page("04_themes", "Synthèse des réunions", "04_themes.html")
    >>> execute = nbformat.read(paths.executed(2020) / "04_themes.ipynb", as_version=4)
    >>> html = publish.export_page(execute, name=page.name, pages=[page], foot="", subtitle="Année 2020")
    >>> html.count("<figure"), "<script" in html
    (4, False)
    """
    title, arranged, exporter = page_title(notebook), arrange_cells(notebook), _exporter()
    html, presentation, preparation = (
        exporter.from_notebook_node(part)[0] for part in (arranged.body, arranged.presentation, arranged.preparation)
    )
    return lay_out(
        _body(html),
        title=title,
        current=name,
        pages=pages,
        subtitle=subtitle,
        foot=f"{presentation}\n{foot}\n{preparation}",
        number=_number(name),
        index=index,
    )
