"""What JupyterLab writes when a notebook is saved: the text and the code, never what was shown.

Outputs may speak of minors, and notebooks are in git. They stay on the screen until the notebook is closed.
"""

from typing import Any

# What JupyterLab and the kernel add to a notebook that was only opened: kept, it would be a change for git to show.
_ADDED = {"execution", "ExecuteTime", "collapsed"}


def _strip_cell(cell: dict[str, Any]) -> None:
    if cell.get("cell_type") == "code":
        cell["outputs"], cell["execution_count"] = [], None
        # A cell read as trusted was shown; the mark is of no use without its outputs.
        cell["metadata"] = {
            name: value for name, value in cell.get("metadata", {}).items() if name not in {*_ADDED, "trusted"}
        }


def strip_outputs(model: dict[str, Any], **_: Any) -> None:
    """Empties the outputs of a notebook about to be written (a `pre_save_hook` of the Jupyter server).

    Whatever is not a notebook is left alone. What the screen shows is not touched: the browser has its own copy.

    >>> cell = {"cell_type": "code", "source": "1 + 1", "metadata": {}, "outputs": ["2"], "execution_count": 7}
    >>> strip_outputs({"type": "notebook", "content": {"cells": [cell], "metadata": {}}})
    >>> cell["outputs"], cell["execution_count"]
    ([], None)
    """
    if model.get("type") != "notebook" or not model.get("content"):
        return
    content = model["content"]
    for cell in content["cells"]:
        _strip_cell(cell)
    metadata = content["metadata"]
    # The state of the widgets is an output too.
    metadata.pop("widgets", None)
    if metadata.get("language_info", {}).get("name") == "python":
        metadata["language_info"] = {"name": "python"}
