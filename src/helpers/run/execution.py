"""One notebook through Papermill, here or on a Dask cluster, and the message when it stops."""

import logging
import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from helpers import paths, provenance, system
from helpers.errors import NotebookFailure
from helpers.kernels import fork
from helpers.parameters import NOTEBOOKS
from helpers.provenance import locate, name_of
from helpers.report.notebook import with_sections
from helpers.run import without_kernel
from helpers.run.tasks import FIRST, Task, check_source, source_for
from helpers.schema import DataError
from helpers.system import atomic_write

# --- Redaction: the words of an error can quote a row of persons ---

HUSHED = "(paroles de l’erreur tues : des exports sont présents)"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# The lines of a traceback that show code and places; all the rest is what a library said.
_PLACE = re.compile(r"\s*(?:-{10,}|\w[\w.]* +Traceback \(most recent|Cell |File |The above exception|During handling)")


def words_of(traceback: list[str]) -> list[str]:
    """The messages in a kernel's traceback, without colours, places or code.

    >>> from helpers.run.execution import words_of
    >>> words_of(["KeyError   Traceback (most recent call last)", "Cell In[1], line 2", "KeyError: 'P1'"])
    ["KeyError: 'P1'"]
    """
    plain = [_COLOURS.sub("", each) for each in traceback]
    return [each for each in plain if each.strip() and not _PLACE.match(each)]


def redact_errors(notebook: NotebookNode) -> None:
    """Remove the words of errors and warnings from an executed notebook; where it stopped stays."""
    for cell in notebook.cells:
        cell_outputs = cell.get("outputs", [])
        for output in cell_outputs:
            if output.output_type == "error":
                words = words_of(output.traceback)
                output.traceback = [each for each in output.traceback if _COLOURS.sub("", each) not in words]
                output.evalue = HUSHED
        if cell_outputs:
            cell.outputs = [each for each in cell_outputs if each.get("name") != "stderr"]


# --- A notebook that stopped: the message, and the mark in it ---

# A cell takes a second; ten minutes is a machine in trouble, not a long computation.
CELL_TIMEOUT_S = 600

# The likely cause of each kind of error, for a reader who does not write code.
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


def _first_error(notebook: NotebookNode) -> tuple[int, NotebookNode] | None:
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return index, output
    return None


def find_fault(notebook: NotebookNode, *, is_own: bool = False) -> str | None:
    """Why the notebook is not fully executed, in French, or None; Papermill's own status is not trusted.

    Every cell with code must have run, in order, without error, down to the one tagged ``provenance``, which must have
    an output; one's own notebook (``is_own``) need not have it.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    counts = [cell.execution_count for cell in code]
    if _first_error(notebook):
        return "une cellule a signalé une erreur"
    if None in counts:
        return f"la cellule {counts.index(None) + 1} n’a pas été exécutée"
    if counts != sorted(set(counts)):
        return "les cellules n’ont pas été exécutées dans l’ordre"
    if is_own:
        return None
    if not code or "provenance" not in code[-1].metadata.get("tags", []) or not code[-1].outputs:
        return "la dernière cellule (provenance) n’a rien produit"
    return None


def _mark(notebook: NotebookNode, reason: str, *, is_hushed: bool = False) -> int:
    """The index of the cell where the notebook stopped, now marked in French; its errors are redacted or not."""
    if is_hushed:
        redact_errors(notebook)
    notebook.cells = [cell for cell in notebook.cells if _TAG not in cell.metadata.get("tags", [])]
    found = _first_error(notebook)
    # A kernel that dies leaves no error, and not always a count: take the last cell that Papermill started.
    started = [i for i, cell in enumerate(notebook.cells) if cell.metadata.get("papermill", {}).get("start_time")]
    place = found[0] if found else started[-1] if started else 0
    note = nbformat.v4.new_markdown_cell(
        f"> **Arrêt à cette cellule.** {reason}", id="arret", metadata={"tags": [_TAG]}
    )
    notebook.cells.insert(place, note)
    return place


def failure(name: str, notebook: NotebookNode, kept_as: str, error: Exception, *, may_name: bool) -> NotebookFailure:
    """The message for a notebook that an error stopped; the place is marked in it.

    ``kept_as`` is where it will be found; ``may_name`` says whether the error may be quoted: it can hold a row of
    persons.
    """
    ename, evalue = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", str(error))
    if isinstance(error, DeadKernelError):
        ename, evalue = "noyau arrêté", "le programme de calcul s’est arrêté de lui-même"
    if isinstance(error, CellTimeoutError):
        ename, evalue = "délai dépassé", f"une cellule a duré plus de {CELL_TIMEOUT_S // 60} minutes"
    error_text = evalue if ename == "DataError" else f"{ename} : {evalue}" if may_name else ename
    place = _mark(notebook, error_text, is_hushed=not may_name)
    cause, section = CAUSES.get(ename, _DEFAULT_CAUSE), [section for section, _ in with_sections(notebook)][place]
    if ename == "DataError":  # of 01, it names a file and a line
        where = "" if name == "01_clean" else f"{name}, section « {section} » : "
        return NotebookFailure(f"{where}{evalue}", is_input=True)
    return NotebookFailure(
        f"{name} s’est arrêté dans la section « {section} », cellule {place + 1} ({error_text}). "
        f"Cause probable : {cause}. Le notebook exécuté est gardé, la cellule y est marquée : {kept_as}."
    )


# --- One notebook through Papermill ---

# What Papermill, nbclient and the kernel raise when a notebook stops; the command reports disk errors.
_STOPS = (PapermillExecutionError, DeadKernelError, CellTimeoutError, RuntimeError, ValueError)

START_TIMEOUT_S = 120


def _quiet() -> None:
    # They write English on stderr; what matters is in our message.
    for name in ("papermill", "traitlets", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _settle(notebook: NotebookNode) -> NotebookNode:
    """Remove what differs between identical runs: dates, durations, random cell ids."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        for own in ("papermill", "execution"):
            cell.metadata.pop(own, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "parametres-du-rapport"
    return notebook


def _keep(notebook: NotebookNode, destination: Path) -> None:
    with atomic_write(destination) as beside:
        nbformat.write(notebook, beside)


class RunStopped(RuntimeError):
    """The run was given up while this notebook was at work."""


class _Course:
    """A notebook going through Papermill: its current state, and whether anybody still waits for it."""

    def __init__(self, cell_done: Callable[[], None], is_given_up: Callable[[], bool]) -> None:
        self.notebook: NotebookNode | None = None
        self._cell_done, self._is_given_up = cell_done, is_given_up

    def check(self) -> None:
        if self._is_given_up():
            raise RunStopped

    def opened(self, *, notebook: NotebookNode) -> None:
        self.notebook = notebook
        self.check()

    def advanced(self, **_: object) -> None:
        self._cell_done()
        self.check()


def _run(name: str, parameters: dict, seen: Path, root: Path, course: _Course) -> NotebookNode:
    course.check()
    # The notebook's own folder: Papermill would change that of the whole process, and other notebooks run beside.
    folder = paths.repository() / "notebooks"
    if parameters.get("site") and fork.is_possible():  # there are many: no kernel is started for them
        own = {"engine_name": without_kernel.NAME, "name": name, "seen": seen, "root": root, "folder": folder}
        own["check"] = course.check
    else:
        own = {
            "kernel_manager_class": fork.manager_class(),
            "start_timeout": START_TIMEOUT_S,
            # From here on, handed over to nbclient.
            "resources": {"metadata": {"path": str(folder)}},
            "extra_arguments": provenance.arguments(seen, root),
            # Saves half a second: the kernel has nothing to write.
            "shutdown_kernel": "immediate",
        }
    return papermill.execute_notebook(
        source_for(name, parameters),
        None,  # written by us, atomically
        parameters=parameters,
        kernel_name="python3",
        language="python",
        progress_bar=False,
        execution_timeout=CELL_TIMEOUT_S,
        on_notebook_start=course.opened,
        on_cell_executed=course.advanced,
        **own,
    )


@dataclass(frozen=True)
class ExecutedNotebook:
    """A fully executed notebook, and the files that it read and wrote."""

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
) -> ExecutedNotebook:
    """The executed notebook, also written to ``destination``, even if it stops.

    ``root`` is the data root that the notebook sees, by default that of this process; files of persons outside it are
    refused to it. ``cell_done`` is called after each of the cells that `count_cells` counts, a failing one included,
    and ``is_given_up`` is asked at each.

    Raises
    ------
    NotebookFailure
        it stopped, or did not run every cell.
    RunStopped
        it was given up.
    """
    _quiet()
    check_source(name, parameters)
    destination.parent.mkdir(parents=True, exist_ok=True)
    destination.unlink(missing_ok=True)
    seen, course = destination.with_name(f".{name}.lectures"), _Course(cell_done, is_given_up)
    try:
        notebook = _settle(_run(name, parameters, seen, root or paths.data_root(), course))
        _keep(notebook, destination)
        fault = find_fault(notebook, is_own=paths.is_own(name))
        read, written = provenance.read_back(seen) if not fault else ([], [])
    except RunStopped:
        raise
    except _STOPS as error:
        if course.notebook is None:
            told = f"{name} n’a pas démarré : {error}. Relancez ; si cela persiste, redémarrez l’ordinateur."
            raise NotebookFailure(told) from error
        # Only 01 reads persons.
        is_private = name == "01_clean" and bool(paths.exported_years())
        stopped = failure(name, course.notebook, paths.relative(destination), error, may_name=not is_private)
        _keep(course.notebook, destination)
        raise stopped from error
    finally:
        seen.unlink(missing_ok=True)
    if fault:
        kept = paths.relative(destination)
        raise NotebookFailure(f"{name} n’a pas été exécuté en entier : {fault}. Notebook gardé : {kept}.")
    return ExecutedNotebook(notebook, read, written)


# --- A Dask cluster, as an executor of the standard library ---

# Protocols that encrypt; Dask then needs the certificates of its own configuration on both sides.
ENCRYPTED = ("tls://", "wss://")
# Tasks of a machine that stops go to the others, this many times.
RETRIES = 2
CONNECT_S = 10


def require_safe(address: str, years: list[int]) -> None:
    """Raise DataError when records of persons would travel unencrypted."""
    exported = [year for year in years if paths.exports(year)]
    if exported and not address.startswith(ENCRYPTED):
        raise DataError(
            f"L’export de {exported[0]} décrit des personnes : il ne part que vers une adresse chiffrée "
            f"(tls://…), et celle-ci ne l’est pas : {address}. Voyez docs/scaling.md."
        )


@contextmanager
def connected(address: str) -> Iterator[Executor]:
    """The cluster at this address; NotebookFailure when Dask is not installed, or nothing answers."""
    try:
        from distributed import Client
    except ImportError:
        raise NotebookFailure(
            "Il manque la bibliothèque Dask : installez-la dans l’environnement du projet "
            "(pip install -r requirements/cluster.lock), puis relancez."
        ) from None
    try:
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise NotebookFailure(
            f"Aucun cluster ne répond à {address} ({type(error).__name__}) : vérifiez l’adresse et les certificats."
        ) from None
    with client, client.get_executor(retries=RETRIES, pure=False) as executor:
        yield executor


# --- A task done on another machine ---
# Only the code is shared: the files that a task may read are sent with it and those it wrote come back, so that no
# common disk is needed. Only the machine that asked keeps or publishes anything.

# The data root belongs to a process: two tasks at once would read each other's files.
_alone = threading.Lock()


@dataclass(frozen=True)
class Sent:
    """A task, the files it may read, by name, and the fingerprint of the code that must run it."""

    notebook: str
    parameters: dict
    files: dict[str, bytes]
    code: str


@dataclass(frozen=True)
class Returned:
    """The file of the executed notebook, the names of the files read, the files written."""

    notebook: bytes
    read: list[str]
    written: dict[str, bytes]


def code_fingerprint() -> str:
    """The checksum of the notebooks and the package."""
    notebooks = map(paths.notebook, (*NOTEBOOKS, *paths.own_notebooks()))
    package = (path for path in (paths.repository() / "src/helpers").rglob("*") if path.suffix != ".pyc")
    states = provenance.states(path for path in (*notebooks, *package) if path.is_file())
    return system.checksum("\n".join(f"{name} {state.sha256}" for name, state in states.items()).encode())


def _files(task: Task, before: Iterable[Task]) -> list[Path]:
    """The raw files of the task's years, the reference tables, and what earlier tasks made.

    A notebook that sees aggregates only is sent its own data root and nothing else.
    """
    if task.notebook != FIRST:
        return sorted(path for path in (task.root / "data").rglob("*") if path.is_file())
    received = [folder / name for folder in task.folders for name in provenance.listing(name_of(folder))]
    made = [locate(name) for each in before for name in provenance.read_record(each.record).products]
    return [*received, *(path for path in made if path.suffix != ".ipynb")]


def prepare(task: Task, before: Iterable[Task]) -> Sent:
    """What to send for a task; ``before`` are the tasks it waited for."""
    files = {name_of(path): path.read_bytes() for path in _files(task, before)}
    return Sent(task.notebook, task.parameters, files, code_fingerprint())


def run_there(sent: Sent) -> Returned:
    """Execute a task on the machine that received it, in a temporary folder.

    Raises
    ------
    NotebookFailure
        as `execute` does, and when that machine has other code than the sender.
    """
    if sent.code != code_fingerprint():
        raise NotebookFailure("Une machine du cluster n’a pas la même version du projet : mettez-la à jour.")
    with _alone, tempfile.TemporaryDirectory(prefix="alses-") as folder:
        known = os.environ.get(paths.DATA_ROOT_VARIABLE)
        os.environ[paths.DATA_ROOT_VARIABLE] = str(Path(folder).resolve())
        try:
            return _run_in(sent)
        finally:
            os.environ.pop(paths.DATA_ROOT_VARIABLE)
            if known is not None:
                os.environ[paths.DATA_ROOT_VARIABLE] = known


def _run_in(sent: Sent) -> Returned:
    for name, content in sent.files.items():
        locate(name).parent.mkdir(parents=True, exist_ok=True)
        locate(name).write_bytes(content)
    task = Task(sent.notebook, sent.parameters, ())
    done = execute(sent.notebook, sent.parameters, task.executed, root=task.root)
    written = {name_of(path): path.read_bytes() for path in done.written}
    return Returned(task.executed.read_bytes(), [name_of(path) for path in done.read], written)


def take_back(task: Task, returned: Returned) -> ExecutedNotebook:
    """Write here what was made elsewhere, as if it had been made here."""
    for name, content in {**returned.written, name_of(task.executed): returned.notebook}.items():
        with atomic_write(locate(name)) as beside:
            beside.write_bytes(content)
    notebook = nbformat.reads(returned.notebook.decode(), as_version=4)
    return ExecutedNotebook(
        notebook, [locate(name) for name in returned.read], [locate(name) for name in returned.written]
    )


def executing_by(submit: Callable, tasks: list[Task]) -> Callable[..., ExecutedNotebook]:
    """A function that executes a task wherever ``submit`` sends it."""
    by_key = {task.key: task for task in tasks}

    def executing(task: Task, **_: object) -> ExecutedNotebook:
        sent = prepare(task, [by_key[key] for key in task.after])
        return take_back(task, submit(run_there, sent).result())

    return executing
