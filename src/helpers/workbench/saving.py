"""What JupyterLab writes when a notebook is saved: the text and the code, never what was shown.

Outputs may speak of minors, and notebooks are in git. They stay on the screen until the notebook is closed.
"""

import base64
import json
from typing import Any

from tornado.web import HTTPError

_REFUSAL = (
    "Notebook refusé : ses résultats n’ont pas pu être retirés. Dans le programme d’où il vient, effacez-les, puis "
    "recommencez."
)

# What JupyterLab and the kernel add to a notebook that was only opened: kept, it would be a change for git to show.
_ADDED = {"execution", "ExecuteTime", "collapsed"}


def _strip_cell(cell: dict[str, Any]) -> None:
    if cell.get("cell_type") == "code":
        cell["outputs"], cell["execution_count"] = [], None
        # A cell read as trusted was shown; the mark is of no use without its outputs.
        cell["metadata"] = {
            name: value for name, value in cell.get("metadata", {}).items() if name not in {*_ADDED, "trusted"}
        }


def _strip(content: dict[str, Any]) -> None:
    for cell in content["cells"]:
        _strip_cell(cell)
    metadata = content["metadata"]
    # The state of the widgets is an output too.
    metadata.pop("widgets", None)
    if metadata.get("language_info", {}).get("name") == "python":
        metadata["language_info"] = {"name": "python"}


def _strip_file(model: dict[str, Any]) -> None:
    """The same for a notebook that comes as a plain file: one that is dropped on the list of files, or edited as text.

    A large one comes in pieces, which cannot be read one by one.
    """
    if "chunk" in model:
        raise ValueError("a piece of a notebook")
    is_coded = model.get("format") == "base64"
    content = json.loads(base64.b64decode(model["content"]) if is_coded else model["content"])
    _strip(content)
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    model["content"] = base64.b64encode(text.encode()).decode() if is_coded else text


def strip_outputs(model: dict[str, Any], path: str = "", **_: Any) -> None:
    """Empties the outputs of a notebook about to be written (a `pre_save_hook` of the Jupyter server).

    Whatever is not a notebook is left alone. What the screen shows is not touched: the browser has its own copy.

    Raises
    ------
    HTTPError
        when it cannot be done: on any other error the server would write the notebook as it came.

    >>> cell = {"cell_type": "code", "source": "1 + 1", "metadata": {}, "outputs": ["2"], "execution_count": 7}
    >>> strip_outputs({"type": "notebook", "content": {"cells": [cell], "metadata": {}}})
    >>> cell["outputs"], cell["execution_count"]
    ([], None)
    """
    if not model.get("content"):
        return
    try:
        if model.get("type") == "notebook":
            _strip(model["content"])
        elif path.lower().endswith(".ipynb"):
            _strip_file(model)
    except Exception as error:
        raise HTTPError(400, _REFUSAL) from error
