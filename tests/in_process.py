"""A report made without kernels: the cells run in this process, where the libraries are already loaded.

`draw_nothing` spares it its drawings as well, a third of the work that is left.
"""

import ast
import threading
from collections.abc import Callable
from pathlib import Path

import nbformat
from IPython.core.formatters import DisplayFormatter

from helpers import paths, provenance
from helpers.charts import figure
from helpers.run.execution import Executed


def run_notebook(name: str, parameters: dict) -> nbformat.NotebookNode:
    """The notebook with what each cell displays, its cells executed one after the other."""
    notebook, names, formatter = nbformat.read(paths.notebook(name), as_version=4), {}, DisplayFormatter()
    for rank, cell in enumerate(cell for cell in notebook.cells if cell.cell_type == "code"):
        tree, cell.execution_count = ast.parse(cell.source), rank + 1
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, cell.id, "exec"), names)
        if last is not None:
            shown = eval(compile(ast.Expression(last.value), cell.id, "eval"), names)
            data, metadata = formatter.format(shown)
            cell.outputs = [nbformat.v4.new_output("display_data", data=data, metadata=metadata)]
        if "parameters" in cell.metadata.get("tags", []):
            names |= parameters
    return notebook


class _OfThread(set):
    """What one thread opens: the others are the runner's, which looks at every file and makes pages meanwhile."""

    owner: int | None = None

    def add(self, name) -> None:
        if threading.get_ident() == self.owner:
            super().add(name)


def draw_nothing(put: Callable = setattr) -> None:
    """Every figure keeps its words, its table and an empty image: nothing is laid out, for nobody looks at it.

    ``put`` is what changes a module: that of monkeypatch, in a process that runs other tests.
    """
    put(figure, "on", lambda *_: None)
    put(figure, "to_svg", lambda _: "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>")


# What notes the files outside of these notebooks: the same whichever of them ends first, and however it ends.
NOTED = provenance._read, provenance._written


def execute(name: str, parameters: dict, destination: Path, *, root=None, **_: object) -> Executed:
    """In place of the pipeline's own: an error of a cell is raised as it is."""
    provenance.begin()
    provenance._read, provenance._written = _OfThread(), _OfThread()
    provenance._read.owner = provenance._written.owner = threading.get_ident()
    try:
        with paths.rooted(root or paths.data_root()):
            notebook = run_notebook(name, parameters)
        destination.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, destination)
        return Executed(notebook, *provenance.seen(paths.data_root() / "data", paths.repository() / "src" / "helpers"))
    finally:
        provenance._read, provenance._written = NOTED
