"""One notebook through Papermill, and the proof that it really ran."""

import logging
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from helpers import kernels, paths
from helpers.pipeline.errors import NotebookFailure
from helpers.pipeline.hush import hush
from helpers.pipeline.source import check_source

# Whatever Papermill, nbclient and the kernel raise when a notebook stops; a disk's refusal is said by the command.
_STOPS = (PapermillExecutionError, DeadKernelError, CellTimeoutError, RuntimeError, ValueError)

# A cell of this report takes a second; ten minutes is a machine in trouble, not a long computation.
CELL_TIMEOUT_S = 600
START_TIMEOUT_S = 120

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


def _quiet() -> None:
    # Papermill and the kernel speak English on stderr; what matters is in our message.
    for name in ("papermill", "traitlets", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


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


def _mark(path: Path, reason: str, *, is_hushed: bool = False) -> NotebookNode:
    """The notebook as it was kept, where it stopped marked in French, what its errors say taken out or not."""
    notebook = nbformat.read(path, as_version=4)
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
    nbformat.write(notebook, path)
    return notebook


def _failure(name: str, path: Path, error: Exception, *, may_name: bool) -> NotebookFailure:
    """What to tell; ``may_name``: whether an error's own words may be said, which can quote a row of persons."""
    if not path.is_file():
        return NotebookFailure(
            f"{name} n’a pas démarré : {error}. Relancez ; si cela persiste, redémarrez l’ordinateur."
        )
    ename, evalue = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", str(error))
    if isinstance(error, DeadKernelError):
        ename, evalue = "noyau arrêté", "le programme de calcul s’est arrêté de lui-même"
    if isinstance(error, CellTimeoutError):
        ename, evalue = "délai dépassé", f"une cellule a duré plus de {CELL_TIMEOUT_S // 60} minutes"
    if ename == "DataError":
        _mark(path, evalue, is_hushed=not may_name)
        return NotebookFailure(evalue, is_input=True)
    told = f"{ename} : {evalue}" if may_name else ename
    notebook = _mark(path, told, is_hushed=not may_name)
    place = next(i for i, cell in enumerate(notebook.cells) if _TAG in cell.metadata.get("tags", []))
    cause, section = CAUSES.get(ename, _DEFAULT_CAUSE), _section(notebook.cells, place)
    return NotebookFailure(
        f"{name} s’est arrêté dans la section « {section} », cellule {place + 1} ({told}). "
        f"Cause probable : {cause}. Le notebook exécuté est gardé, la cellule y est marquée : {paths.relative(path)}."
    )


def _run(name: str, parameters: dict, destination: Path, cell_done: Callable[[], None]) -> None:
    papermill.execute_notebook(
        paths.notebook(name),
        destination,
        parameters=parameters,
        kernel_name="python3",
        language="python",
        progress_bar=False,
        start_timeout=START_TIMEOUT_S,
        execution_timeout=CELL_TIMEOUT_S,
        # Our engine writes the notebook when it stops, and now and then; Papermill's, twice a cell.
        engine_name=kernels.engine_name(),
        keep=destination,
        request_save_on_cell_execute=False,
        # The rest is nbclient's own. Its folder: Papermill would change that of this whole process.
        kernel_manager_class=kernels.manager_class(),
        resources={"metadata": {"path": str(paths.repository() / "notebooks")}},
        # No half-second wait for a kernel that has nothing to save.
        shutdown_kernel="immediate",
        on_cell_executed=lambda **_: cell_done(),
    )


def execute(
    name: str, parameters: dict, destination: Path, *, cell_done: Callable[[], None] = lambda: None
) -> NotebookNode:
    """The executed notebook, proved complete; it is written to ``destination`` whatever happens.

    ``cell_done`` is called after each of the cells that `count_cells` counts, the one that fails included.

    Raises
    ------
    NotebookFailure
        when it stopped, or did not run every cell.
    """
    _quiet()
    check_source(name, parameters)
    destination.parent.mkdir(parents=True, exist_ok=True)
    destination.unlink(missing_ok=True)
    try:
        _run(name, parameters, destination, cell_done)
    except _STOPS as error:
        # Only 01 reads persons.
        is_private = name == "01_clean" and bool(paths.exported_years())
        raise _failure(name, destination, error, may_name=not is_private) from error
    notebook = nbformat.read(destination, as_version=4)
    if fault := find_fault(notebook):
        kept = paths.relative(destination)
        raise NotebookFailure(f"{name} n’a pas été exécuté en entier : {fault}. Notebook gardé : {kept}.")
    return notebook
