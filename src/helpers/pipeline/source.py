"""A notebook as it is kept: would it take its parameters, and how many cells has it to run?"""

import ast

import nbformat
from nbformat import NotebookNode

from helpers import paths
from helpers.pipeline.errors import NotebookFailure


def _shown(name: str) -> str:
    return f"notebooks/{paths.notebook(name).name}"


def read_source(name: str) -> NotebookNode:
    """The notebook as it is kept.

    Raises
    ------
    NotebookFailure
        when it is not there, or is not a notebook.
    """
    try:
        return nbformat.read(paths.notebook(name), as_version=4)
    except (OSError, ValueError):
        raise NotebookFailure(f"{_shown(name)} manque ou n’est plus lisible : restaurez-le, puis relancez.") from None


def check_source(name: str, given: dict) -> None:
    """Refuses a notebook that would not take these parameters: Papermill only warns, and runs with its own values.

    Raises
    ------
    NotebookFailure
        when the notebook cannot be read, or its ``parameters`` cell is not what it should be.
    """
    shown = _shown(name)
    cells = [cell for cell in read_source(name).cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise NotebookFailure(f"{shown} doit avoir une cellule étiquetée « parameters », et une seule : restaurez-le.")
    try:
        assigned = [(node.targets[0].id, ast.literal_eval(node.value)) for node in ast.parse(cells[0].source).body]
    except (AttributeError, ValueError, SyntaxError):
        raise NotebookFailure(
            f"{shown} : la cellule « parameters » ne doit contenir que des valeurs écrites."
        ) from None
    if {name for name, _ in assigned} != set(given):
        raise NotebookFailure(f"{shown} : la cellule « parameters » doit donner {', '.join(given)}, et rien d’autre.")


def count_cells(name: str) -> int:
    """How many cells of a notebook a run executes: those with code, and the parameters that Papermill adds.

    Raises
    ------
    NotebookFailure
        when the notebook cannot be read.
    """
    return 1 + sum(cell.cell_type == "code" and bool(cell.source.strip()) for cell in read_source(name).cells)
