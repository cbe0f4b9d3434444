"""An executed notebook in a reader's order: the answer first, the code at the end of its section, the rest in the foot.

A notebook opens on what it takes and how it is set; a page opens on what it found.
"""

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.publish.absent import says_nothing, without_object
from helpers.publish.errors import PublicationError

if TYPE_CHECKING:  # loading it takes a second, and the verbs of the command that make no page need not wait
    from nbformat import NotebookNode

_TITLE = re.compile(r"^# +(.+?) *#*$", re.MULTILINE)
_SECTION = re.compile(r"^## ", re.MULTILINE)

# Papermill writes this English comment above the values of a run; the page has a French title there.
_PAPERMILL_TITLE = "# Parameters\n"
# Code that no fold shows: tools, and plain texts that only depend on what was received.
_UNFOLDED = {"outil", "synthetique", "contenu", "limites"}
_PREPARED = ("parameters", "injected-parameters", "preparation")


def tags_of(cell: "NotebookNode") -> list[str]:
    """The tags of a cell."""
    return cell.metadata.get("tags", [])


def page_title(notebook: "NotebookNode") -> str:
    """The text of the notebook's first title of level 1, without its Markdown marks.

    Raises
    ------
    PublicationError
        when no Markdown cell has one.

    >>> import nbformat
    >>> print(publish.page_title(nbformat.read(paths.notebook("02_describe"), as_version=4)))
    Que font les ALSES, et auprès de qui ?
    """
    for cell in notebook.cells:
        found = _TITLE.search(cell.source) if cell.cell_type == "markdown" else None
        if found:
            return re.sub(r"[*`]", "", found[1]).strip()
    raise PublicationError(
        "Le notebook n’a pas de titre : commencez sa première cellule de texte par « # » et une question."
    )


def extract(notebook: "NotebookNode", tag: str) -> list[str]:
    """The HTML shown by the cells that bear the tag, in order; other kinds of output are left out.

    >>> import nbformat
    >>> execute = nbformat.read(paths.executed(2020) / "02_describe.ipynb", as_version=4)
    >>> print(wording.plain(publish.extract(execute, "a-retenir")[0]))
    En 2020, les ALSES ont suivi 2 233 personnes ; pour 54 % d’entre elles (1 206), l’accompagnement a été ...
    """
    return [
        output.data["text/html"]
        for cell in notebook.cells
        if cell.cell_type == "code" and tag in tags_of(cell)
        for output in cell.outputs
        if not says_nothing(output.get("data", {}).get("text/html", ""))
    ]


@dataclass(frozen=True)
class Arranged:
    """The cells of a page: what is read; for its foot, what the notebook is, and how it was set."""

    body: "NotebookNode"
    presentation: "NotebookNode"
    preparation: "NotebookNode"


def _fold(summary: str, pieces: list[tuple[str, str]]) -> "NotebookNode":
    """A cell that shows nothing but code, folded; each piece is a label (may be empty) and a source."""
    from nbformat.v4 import new_code_cell

    return new_code_cell("", metadata={"calcul_titre": summary, "calcul": pieces})


def _preparation(cells: list["NotebookNode"]) -> list["NotebookNode"]:
    """One fold for every parameter, then how the data were prepared.

    The values written in the notebook come first, then those of this run, then the cells tagged ``preparation``.
    """
    written, injected, prepared = ([cell for cell in cells if kind in tags_of(cell)] for kind in _PREPARED)
    labels = [
        *["Valeurs par défaut du notebook" if injected else ""] * len(written),
        *["Valeurs de ce rapport" if written else ""] * len(injected),
        *["Préparation des données", *[""] * (len(prepared) - 1)][: len(prepared)],
    ]
    sources = [cell.source.removeprefix(_PAPERMILL_TITLE) for cell in (*written, *injected, *prepared)]
    summary = "Paramètres et préparation" if prepared else "Paramètres"
    return [_fold(summary, list(zip(labels, sources, strict=True)))] if sources else []


def _presentation(cells: list["NotebookNode"]) -> list["NotebookNode"]:
    """What the title cell says below its title, taken out of it: what the notebook takes and produces, who wrote it."""
    from nbformat.v4 import new_markdown_cell

    for cell in cells:
        found = _TITLE.search(cell.source) if cell.cell_type == "markdown" else None
        if found:
            told = cell.source[found.end() :].strip()
            cell.source = cell.source[: found.end()]
            return [new_markdown_cell(told)] if told else []
    return []


def _with_folds(cells: list["NotebookNode"]) -> list["NotebookNode"]:
    """The cells, the code of each section gathered in one fold at its end, each piece in order."""
    arranged, pieces, summary = [], [], "Voir le calcul"
    for cell in cells:
        opens = cell.cell_type == "markdown" and _SECTION.search(cell.source)
        if opens:
            arranged += [_fold(summary, pieces)] if pieces else []
            pieces, summary = [], "Voir le calcul de cette section"
        if cell.cell_type == "code" and cell.source.strip() and not _UNFOLDED & set(tags_of(cell)):
            pieces.append(("", cell.source))
        arranged.append(cell)
    return [*arranged, _fold(summary, pieces)] if pieces else arranged


def arrange_cells(notebook: "NotebookNode") -> Arranged:
    """The cells of a page and of its foot; the cells tagged ``provenance`` are left to the caller."""
    cells = deepcopy(notebook.cells)
    left = without_object(cells)
    kept = [cell for place, cell in enumerate(cells) if place not in left and "provenance" not in tags_of(cell)]
    prepared = [cell for cell in kept if set(_PREPARED) & set(tags_of(cell))]
    told = _presentation(kept)
    read = _with_folds([cell for cell in kept if cell not in prepared])
    parts = [deepcopy(notebook) for _ in range(3)]
    for part, cells in zip(parts, (read, told, _preparation(prepared)), strict=True):
        part.cells = cells
    return Arranged(*parts)
