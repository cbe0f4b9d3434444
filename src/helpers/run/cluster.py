"""Tasks run on a Dask cluster."""

import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat

from helpers import paths, provenance, system
from helpers.parameters import NOTEBOOKS
from helpers.provenance import locate, name_of
from helpers.run.execution import ExecutedNotebook, execute
from helpers.run.tasks import FIRST, NotebookFailure, Task
from helpers.schema import DataError
from helpers.system import atomic_write

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
    destination = task.executed
    done = execute(sent.notebook, sent.parameters, destination, root=task.root)
    written = {name_of(path): path.read_bytes() for path in done.written}
    return Returned(destination.read_bytes(), [name_of(path) for path in done.read], written)


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
