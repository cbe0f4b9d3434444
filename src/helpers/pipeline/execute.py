"""One notebook through Papermill, and the proof that it really ran."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from helpers import kernels, paths
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


class Stopped(RuntimeError):
    """The run was given up while this notebook was at work: nobody waits for it any more."""


class _Course:
    """A notebook on its way through Papermill: what it has become, and whether anybody still waits for it."""

    def __init__(self, cell_done: Callable[[], None], is_given_up: Callable[[], bool]) -> None:
        self.notebook: NotebookNode | None = None
        self._cell_done, self._is_given_up = cell_done, is_given_up

    def check(self) -> None:
        if self._is_given_up():
            raise Stopped

    def opened(self, *, notebook: NotebookNode) -> None:
        self.notebook = notebook
        self.check()

    def advanced(self, **_: object) -> None:
        self._cell_done()
        self.check()


def _run(name: str, parameters: dict, arguments: list[str], course: _Course) -> NotebookNode:
    course.check()
    return papermill.execute_notebook(
        paths.notebook(name),
        None,  # kept by us, whole
        parameters=parameters,
        kernel_name="python3",
        kernel_manager_class=kernels.manager_class(),
        language="python",
        progress_bar=False,
        start_timeout=START_TIMEOUT_S,
        execution_timeout=CELL_TIMEOUT_S,
        # What follows Papermill hands over to nbclient. The kernel's own folder: Papermill would change that of the
        # whole process, and other notebooks run beside.
        resources={"metadata": {"path": str(paths.repository() / "notebooks")}},
        extra_arguments=arguments,
        # No half-second wait for a kernel that has nothing to save.
        shutdown_kernel="immediate",
        on_notebook_start=course.opened,
        on_cell_executed=course.advanced,
    )


def _started_run(name: str, parameters: dict, arguments: list[str], course: _Course) -> NotebookNode:
    """As `_run`; a kernel that could not even start is tried once more: another program may have taken its port."""
    try:
        return _run(name, parameters, arguments, course)
    except _STOPS:
        if course.notebook is not None:
            raise
    try:
        return _run(name, parameters, arguments, course)
    except _STOPS as error:
        if course.notebook is not None or isinstance(error, Stopped):
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
    name: str,
    parameters: dict,
    destination: Path,
    *,
    root: Path | None = None,
    cell_done: Callable[[], None] = lambda: None,
    is_given_up: Callable[[], bool] = lambda: False,
) -> Executed:
    """The executed notebook, proved complete; it is kept in ``destination``, as it was left if it stops.

    ``root`` is the data root that the notebook sees, that of this process if it is not said; files of persons that are
    outside it are refused to it. ``cell_done`` is called after each of the cells that `count_cells` counts, the one
    that fails included.
    ``is_given_up`` is asked at each of them.

    Raises
    ------
    NotebookFailure
        when it stopped, or did not run every cell.
    Stopped
        when it was given up.
    """
    _quiet()
    check_source(name, parameters)
    destination.parent.mkdir(parents=True, exist_ok=True)
    destination.unlink(missing_ok=True)
    seen, course = destination.with_name(f".{name}.lectures"), _Course(cell_done, is_given_up)
    try:
        guarded = in_kernel.arguments(seen, root or paths.data_root())
        notebook = _settle(_started_run(name, parameters, guarded, course))
        _keep(notebook, destination)
        fault = find_fault(notebook)
        read, written = in_kernel.read_back(seen) if not fault else ([], [])
    except Stopped:
        raise
    except _STOPS as error:
        # Only 01 reads persons.
        is_private = name == "01_clean" and bool(paths.exported_years())
        told = failure(name, course.notebook, paths.relative(destination), error, may_name=not is_private)
        _keep(course.notebook, destination)
        raise told from error
    finally:
        seen.unlink(missing_ok=True)
    if fault:
        kept = paths.relative(destination)
        raise NotebookFailure(f"{name} n’a pas été exécuté en entier : {fault}. Notebook gardé : {kept}.")
    return Executed(notebook, read, written)
