"""From an executed notebook to a page of the report: nbconvert writes the cells, `layout` what is around them."""

import re
from copy import deepcopy
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup

from helpers.publish.errors import PublicationError
from helpers.publish.layout import TEMPLATES, Page, lay_out

if TYPE_CHECKING:  # loading it takes a second, and the verbs of the command that make no page need not wait
    from nbformat import NotebookNode

DISPLAY_PRIORITY = ["text/html", "image/svg+xml", "image/png", "text/plain"]

# nbconvert writes this English sentence where an image has no alternative text, and so hides the fault from the checks.
_NBCONVERT_ALT = "No description has been provided for this image"

# Papermill writes this English comment above the values of a run; the page has a French title there.
_PAPERMILL_TITLE = "# Parameters\n"


def _tags(cell: "NotebookNode") -> list[str]:
    return cell.metadata.get("tags", [])


def page_title(notebook: "NotebookNode") -> str:
    """The text of the notebook's first title of level 1, without its Markdown marks.

    Raises
    ------
    PublicationError
        when no Markdown cell has one.
    """
    for cell in notebook.cells:
        found = re.search(r"^# +(.+?) *#*$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else None
        if found:
            return re.sub(r"[*`]", "", found[1]).strip()
    raise PublicationError(
        "Le notebook n’a pas de titre : commencez sa première cellule de texte par « # » et une question."
    )


def extract(notebook: "NotebookNode", tag: str) -> list[str]:
    """The HTML shown by the cells that bear the tag, in order; other kinds of output are left out."""
    return [
        output.data["text/html"]
        for cell in notebook.cells
        if cell.cell_type == "code" and tag in _tags(cell)
        for output in cell.outputs
        if output.get("data", {}).get("text/html")
    ]


def _gather_parameters(notebook: "NotebookNode") -> "NotebookNode":
    """A copy where one cell holds every parameter, then how the data were prepared: what comes before the answer.

    The values written in the notebook come first, then those of this run, then the cells tagged ``preparation``.
    """
    copy = deepcopy(notebook)
    kinds = ("parameters", "injected-parameters", "preparation")
    written, injected, prepared = ([cell for cell in copy.cells if kind in _tags(cell)] for kind in kinds)
    gathered = [*written, *injected, *prepared]
    if not gathered:
        return copy
    labels = [
        *["Valeurs par défaut du notebook" if injected else ""] * len(written),
        *["Valeurs de ce rapport" if written else ""] * len(injected),
        *["Préparation des données", *[""] * (len(prepared) - 1)][: len(prepared)],
    ]
    holder = gathered[0]
    holder.metadata["parametres_titre"] = "Paramètres et préparation" if prepared else "Paramètres"
    holder.metadata["parametres"] = [
        (label, cell.source.removeprefix(_PAPERMILL_TITLE)) for label, cell in zip(labels, gathered, strict=True)
    ]
    copy.cells = [cell for cell in copy.cells if cell is holder or cell not in gathered]
    return copy


def _says_nothing(cell: "NotebookNode") -> bool:
    """Whether a cell displayed an empty fragment: its code alone would be left on the page."""
    shown = [output.get("data", {}).get("text/html") for output in cell.get("outputs", [])]
    return bool(shown) and all(html == "" for html in shown)


def _without_foot(notebook: "NotebookNode") -> "NotebookNode":
    """A copy without what the foot of the page shows (the cells tagged ``provenance``), nor cells that say nothing."""
    copy = deepcopy(notebook)
    copy.cells = [cell for cell in copy.cells if "provenance" not in _tags(cell) and not _says_nothing(cell)]
    return copy


def _cells(notebook: "NotebookNode") -> BeautifulSoup:
    # Imported here for the same reason as above.
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    config = Config()
    config.NbConvertBase.display_data_priority = DISPLAY_PRIORITY
    exporter = HTMLExporter(
        config=config,
        template_name=TEMPLATES.name,
        extra_template_basedirs=[str(TEMPLATES.parent)],
        exclude_anchor_links=True,
    )
    html, _ = exporter.from_notebook_node(_gather_parameters(_without_foot(notebook)))
    body = BeautifulSoup(html, "html.parser")
    for image in body.find_all("img", alt=_NBCONVERT_ALT):
        del image["alt"]
    return body


def export_page(notebook: "NotebookNode", *, name: str, pages: list[Page], foot: str, subtitle: str) -> str:
    """The executed notebook as one self-contained HTML page: same notebook, same text.

    ``pages`` are in reading order and hold ``name``; ``foot`` is HTML and stands for the cells tagged ``provenance``;
    ``subtitle`` is plain text. Error outputs and
    stderr are left out: a notebook that failed must not come this far.

    Raises
    ------
    PublicationError
        when the notebook has no title.
    ValueError
        when ``name`` is not one of ``pages``.
    """
    return lay_out(
        _cells(notebook), title=page_title(notebook), current=name, pages=pages, subtitle=subtitle, foot=foot
    )
