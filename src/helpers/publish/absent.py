"""What leaves the page of a year: the cells that show nothing, with the text that announces them.

The same notebook serves a year that has a note, an export, or both, and no tag says which. A cell shows nothing when
all that it displays is an empty fragment, or the box « Pas de donnée » of figures and tables without rows, which is
read when the notebook runs by hand. Then

- a section (``##``) or a part of one (``###``) leaves whole when none of its cells that display shows anything;
- a text without a heading leaves with the next cell that displays;
- a section of text alone stays.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loading it takes a second, and the verbs of the command that make no page need not wait
    from nbformat import NotebookNode

_HEADING = re.compile(r"^(#{1,3}) ", re.MULTILINE)
# The class is written once, by the macro « nothing » of texts/figures.j2.
_NOTHING = re.compile(r'\s*(?:<p class="[^"]*\bsans-objet\b[^"]*">[^<]*</p>\s*)*')


def says_nothing(html: str | None) -> bool:
    """Whether a display (None: not HTML, which is always something) leaves nothing to read on a page."""
    return html is not None and _NOTHING.fullmatch(html) is not None


def _shows(cell: "NotebookNode") -> bool | None:
    """Whether a cell shows something; None for a cell that displays nothing at all: a text, an assignment."""
    shown = [output.get("data", {}).get("text/html") for output in cell.get("outputs", [])]
    return not all(map(says_nothing, shown)) if shown else None


def _depth(cell: "NotebookNode") -> int:
    """How deep the heading of a text is: 1 for the title, 2 for a section, 3 for a part of one, 0 without any."""
    found = _HEADING.search(cell.source) if cell.cell_type == "markdown" else None
    return len(found[1]) if found else 0


def _under(cells: list["NotebookNode"], place: int) -> list["NotebookNode"]:
    """The cells that the text at this place announces: its section, or the next cell that displays."""
    depth, found = _depth(cells[place]), []
    for cell in cells[place + 1 :]:
        deeper = _depth(cell)
        if (0 < deeper <= depth) if depth else (cell.cell_type == "markdown"):
            break
        found.append(cell)
        if not depth and _shows(cell) is not None:
            break
    return found


def without_object(cells: list["NotebookNode"]) -> set[int]:
    """The places of the cells that leave the page: what shows nothing, with what announces it."""
    left: set[int] = {place for place, cell in enumerate(cells) if _shows(cell) is False}
    for place, cell in enumerate(cells):
        announces = cell.cell_type == "markdown" and _depth(cell) != 1  # a page always has its title
        told = [_shows(each) for each in _under(cells, place)] if announces else []
        if False in told and True not in told:
            left |= set(range(place, place + 1 + (len(told) if _depth(cell) else 0)))
    return left
