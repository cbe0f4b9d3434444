"""One notebook through Papermill, and the proof that it really ran."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from jupyter_client.manager import KernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from helpers import paths
from helpers.freshness import in_kernel
from helpers.pipeline.errors import NotebookFailure
from helpers.pipeline.source import check_source
from helpers.pipeline.stopped import CELL_TIMEOUT_S, failure, find_fault
from helpers.store.whole import whole

# Whatever Papermill, nbclient and the kernel raise when a notebook stops; a disk's refusal is said by the command.
_STOPS = (PapermillExecutionError, DeadKernelError, CellTimeoutError, RuntimeError, ValueError)

START_TIMEOUT_S = 120


def _quiet() -> None:
    # Papermill and the kernel speak English on stderr; what matters is in our message.
    for name in ("papermill", "traitlets", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # Encrypts the local traffic between kernel and runner, and removes the warning that it is not.
    if "transport_encryption" in KernelManager.class_traits():
        KernelManager.transport_encryption.default_value = "auto"


def _settle(notebook: NotebookNode) -> NotebookNode:
    """Takes out what changes from one run to the next though nothing else does: dates, durations, invented names."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        for own in ("papermill", "execution"):
            cell.metadata.pop(own, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "parametres-du-rapport"
    return notebook


def _keep(notebook: NotebookNode, destination: Path) -> None:
    with whole(destination) as beside:
        nbformat.write(notebook, beside)


class _Opened:
    """The notebook that Papermill works on, from the moment when its kernel is ready."""

    notebook: NotebookNode | None = None

    def set(self, *, notebook: NotebookNode) -> None:
        self.notebook = notebook


def _run(name: str, parameters: dict, seen: Path, opened: _Opened, cell_done: Callable[[], None]) -> NotebookNode:
    return papermill.execute_notebook(
        paths.notebook(name),
        None,  # kept by us, whole
        parameters=parameters,
        kernel_name="python3",
        language="python",
        progress_bar=False,
        start_timeout=START_TIMEOUT_S,
        execution_timeout=CELL_TIMEOUT_S,
        # What follows Papermill hands over to nbclient. The kernel's own folder: Papermill would change that of the
        # whole process, and other notebooks run beside.
        resources={"metadata": {"path": str(paths.repository() / "notebooks")}},
        extra_arguments=in_kernel.arguments(seen),
        # No half-second wait for a kernel that has nothing to save.
        shutdown_kernel="immediate",
        on_notebook_start=opened.set,
        on_cell_executed=lambda **_: cell_done(),
    )


def _started_run(
    name: str, parameters: dict, seen: Path, opened: _Opened, cell_done: Callable[[], None]
) -> NotebookNode:
    """As `_run`; a kernel that could not even start is tried once more: another program may have taken its port."""
    try:
        return _run(name, parameters, seen, opened, cell_done)
    except _STOPS:
        if opened.notebook is not None:
            raise
    try:
        return _run(name, parameters, seen, opened, cell_done)
    except _STOPS as error:
        if opened.notebook is not None:
            raise
        raise NotebookFailure(
            f"{name} n’a pas démarré : {error}. Relancez ; si cela persiste, redémarrez l’ordinateur."
        ) from error


@dataclass(frozen=True)
class Executed:
    """A notebook proved complete, and the files that it read and wrote."""

    notebook: NotebookNode
    read: list[Path]
    written: list[Path]


def execute(
    name: str, parameters: dict, destination: Path, *, cell_done: Callable[[], None] = lambda: None
) -> Executed:
    """The executed notebook, proved complete; it is kept in ``destination``, as it was left if it stops.

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
    seen, opened = destination.with_name(f".{name}.lectures"), _Opened()
    try:
        notebook = _settle(_started_run(name, parameters, seen, opened, cell_done))
        _keep(notebook, destination)
        fault = find_fault(notebook)
        read, written = in_kernel.read_back(seen) if not fault else ([], [])
    except _STOPS as error:
        # Only 01 reads persons.
        is_private = name == "01_clean" and bool(paths.exported_years())
        told = failure(name, opened.notebook, paths.relative(destination), error, may_name=not is_private)
        _keep(opened.notebook, destination)
        raise told from error
    finally:
        seen.unlink(missing_ok=True)
    if fault:
        kept = paths.relative(destination)
        raise NotebookFailure(f"{name} n’a pas été exécuté en entier : {fault}. Notebook gardé : {kept}.")
    return Executed(notebook, read, written)
