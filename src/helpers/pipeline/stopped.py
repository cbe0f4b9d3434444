"""A notebook that stopped, or did not run to its end: what to say of it, and where it is marked."""

import re

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from helpers import paths
from helpers.pipeline.errors import NotebookFailure
from helpers.pipeline.hush import hush

# A cell of this report takes a second; ten minutes is a machine in trouble, not a long computation.
CELL_TIMEOUT_S = 600

# What most often lies behind an error of this kind, said to a reader who does not write code.
CAUSES = {
    "ModuleNotFoundError": f"une bibliothèque manque ; relancez « {paths.COMMAND} run » pour réparer l’environnement",
    "ImportError": "une bibliothèque manque ou ne convient pas ; supprimez le dossier .venv puis relancez",
    "MemoryError": "la mémoire est pleine ; fermez d’autres programmes puis relancez",
    "OSError": "le disque est plein ou ne répond plus ; libérez de la place puis relancez",
    "PermissionError": "un fichier est ouvert dans un autre programme ; fermez-le puis relancez",
    "KeyError": f"une colonne ou une modalité attendue est absente ; voyez « {paths.COMMAND} check »",
    "SyntaxError": "le code de cette cellule est mal écrit ; annulez la dernière modification du notebook",
    "NameError": "un nom employé ici n’a pas été défini plus haut ; exécutez le notebook depuis le début",
}
_DEFAULT_CAUSE = "le notebook ou un module de src/helpers a été modifié, ou les données ont une forme imprévue"
_TAG = "papermill-error-cell-tag"


def _section(cells: list[NotebookNode], index: int) -> str:
    titles = [
        found[1]
        for cell in cells[: index + 1]
        if cell.cell_type == "markdown"
        for found in [re.search(r"^#{1,3}\s+(.+)$", cell.source, flags=re.MULTILINE)]
        if found and _TAG not in cell.metadata.get("tags", [])
    ]
    return titles[-1] if titles else "début"


def _first_error(notebook: NotebookNode) -> tuple[int, NotebookNode] | None:
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return index, output
    return None


def find_fault(notebook: NotebookNode) -> str | None:
    """Why the notebook is not fully executed, in French, or None: Papermill's own status is not asked.

    Every cell with code must have run, in order, without an error output, down to the one tagged ``provenance``, which
    must have shown something.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    counts = [cell.execution_count for cell in code]
    if _first_error(notebook):
        return "une cellule a signalé une erreur"
    if None in counts:
        return f"la cellule {counts.index(None) + 1} n’a pas été exécutée"
    if counts != sorted(set(counts)):
        return "les cellules n’ont pas été exécutées dans l’ordre"
    if not code or "provenance" not in code[-1].metadata.get("tags", []) or not code[-1].outputs:
        return "la dernière cellule (provenance) n’a rien produit"
    return None


def _mark(notebook: NotebookNode, reason: str, *, is_hushed: bool = False) -> int:
    """The place where the notebook stopped, marked in French; what its errors say is taken out or not."""
    if is_hushed:
        hush(notebook)
    notebook.cells = [cell for cell in notebook.cells if _TAG not in cell.metadata.get("tags", [])]
    found = _first_error(notebook)
    # A kernel that dies leaves no error, and not always a count: the last cell that Papermill started is the one.
    started = [i for i, cell in enumerate(notebook.cells) if cell.metadata.get("papermill", {}).get("start_time")]
    place = found[0] if found else started[-1] if started else 0
    note = nbformat.v4.new_markdown_cell(
        f"> **Arrêt à cette cellule.** {reason}", id="arret", metadata={"tags": [_TAG]}
    )
    notebook.cells.insert(place, note)
    return place


def failure(name: str, notebook: NotebookNode, kept_as: str, error: Exception, *, may_name: bool) -> NotebookFailure:
    """What to tell of a notebook that an error stopped; the place is marked in it.

    ``kept_as`` is where it will be found; ``may_name``: whether the error's own words may be said, which can quote a
    row of persons.
    """
    ename, evalue = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", str(error))
    if isinstance(error, DeadKernelError):
        ename, evalue = "noyau arrêté", "le programme de calcul s’est arrêté de lui-même"
    if isinstance(error, CellTimeoutError):
        ename, evalue = "délai dépassé", f"une cellule a duré plus de {CELL_TIMEOUT_S // 60} minutes"
    if ename == "DataError":
        _mark(notebook, evalue, is_hushed=not may_name)
        return NotebookFailure(evalue, is_input=True)
    told = f"{ename} : {evalue}" if may_name else ename
    place = _mark(notebook, told, is_hushed=not may_name)
    cause, section = CAUSES.get(ename, _DEFAULT_CAUSE), _section(notebook.cells, place)
    return NotebookFailure(
        f"{name} s’est arrêté dans la section « {section} », cellule {place + 1} ({told}). "
        f"Cause probable : {cause}. Le notebook exécuté est gardé, la cellule y est marquée : {kept_as}."
    )
