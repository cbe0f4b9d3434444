"""Reports without kernels: the cells run in this process, where the libraries are already loaded."""

import ast
import threading
from collections.abc import Callable
from pathlib import Path

import nbformat
from IPython.core.formatters import DisplayFormatter

from helpers import paths, provenance
from helpers.charts import publish
from helpers.run.execution import ExecutedNotebook
from helpers.run.tasks import source_for


def run_notebook(name: str, parameters: dict) -> nbformat.NotebookNode:
    """The notebook once executed, with what its cells display."""
    notebook, names = source_for(name, parameters), {}
    for rank, cell in enumerate(cell for cell in notebook.cells if cell.cell_type == "code"):
        formatted = [DisplayFormatter().format(each) for each in run_cell(cell, names)]
        cell.outputs = [nbformat.v4.new_output("display_data", data=data, metadata=more) for data, more in formatted]
        cell.execution_count = rank + 1
        if "parameters" in cell.metadata.get("tags", []):
            names |= parameters
    return notebook


def run_cell(cell: nbformat.NotebookNode, names: dict) -> list:
    """What a cell displays: what it gives to ``display``, then its last expression."""
    tree, displayed = ast.parse(cell.source), []
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    names["display"] = displayed.append
    exec(compile(tree, cell.id, "exec"), names)
    if last is not None:
        displayed.append(eval(compile(ast.Expression(last.value), cell.id, "eval"), names))
    return [each for each in displayed if each is not None]


class _OfThread(set):
    """The files that one thread opens; in the others, the runner makes pages and looks at every file meanwhile."""

    owner: int | None = None

    def add(self, name) -> None:
        if threading.get_ident() == self.owner:
            super().add(name)


def draw_nothing(put: Callable = setattr) -> None:
    """Gives every figure an empty image beside its words and its table, and saves a third of the work.

    ``put`` changes a module: ``monkeypatch.setattr`` in a process that runs other tests.
    """
    put(publish, "lay_out", lambda *_, **__: None)
    put(publish, "to_inline", lambda *_, **__: "<svg viewBox='0 0 1 1' role='img' aria-label='—'></svg>")


# The process's own record of files, put back however a notebook ends.
NOTED = provenance._read, provenance._written


def execute(name: str, parameters: dict, destination: Path, *, root=None, **_: object) -> ExecutedNotebook:
    """In place of `helpers.run.execution.execute`; an error of a cell is raised as it is."""
    provenance.begin()
    provenance._read, provenance._written = _OfThread(), _OfThread()
    provenance._read.owner = provenance._written.owner = threading.get_ident()
    try:
        with paths.with_data_root(root or paths.data_root()):
            notebook = run_notebook(name, parameters)
        destination.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, destination)
        return ExecutedNotebook(notebook, *provenance.seen(paths.data_root() / "data", paths.repository() / "src" / "helpers"))
    finally:
        provenance._read, provenance._written = NOTED
