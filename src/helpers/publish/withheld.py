"""Page 01 comes before the rounding: what it says exactly of a figure that the report rounds is taken out of it."""

from collections.abc import Collection
from copy import deepcopy
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup

if TYPE_CHECKING:  # loading it takes a second, and the verbs of the command that make no page need not wait
    from nbformat import NotebookNode

# What stands instead: the mark of a protected figure, without a number.
_INSTEAD = '<span class="marque arrondi-secret">protégé</span>'
_NAMES = ("data-cle", "data-protege")


def withhold(notebook: "NotebookNode", keys: Collection[str]) -> "NotebookNode":
    """The executed notebook without what it shows of the figures of these keys (« 2021/alses/sexe/filles »).

    An exact count beside a rounded one would tell both. Whatever names its figure goes: a marked number, or a text that
    tells one (``data-protege``).

    >>> from nbformat import v4
    >>> html = '<p><data data-cle="2021/alses/sexe/filles">12</data></p>'
    >>> montre = v4.new_output("display_data", {"text/html": html})
    >>> notebook = v4.new_notebook(cells=[v4.new_code_cell("1", outputs=[montre])])
    >>> publish.withhold(notebook, {"2021/alses/sexe/filles"}).cells[0].outputs[0].data["text/html"]
    '<p><span class="marque arrondi-secret">protégé</span></p>'
    """
    if not keys:
        return notebook
    out = deepcopy(notebook)
    for cell in out.cells:
        for output in cell.get("outputs", []):
            html = output.get("data", {}).get("text/html", "")
            if any(f'"{key}"' in html for key in keys):
                output.data["text/html"] = _without(html, keys)
                output.data.pop("text/plain", None)
    return out


def _without(html: str, keys: Collection[str]) -> str:
    soup = BeautifulSoup(html, "html.parser")
    for name in _NAMES:
        for node in soup.find_all(attrs={name: lambda key: key in keys}):
            node.replace_with(BeautifulSoup(_INSTEAD, "html.parser"))
    return str(soup)
