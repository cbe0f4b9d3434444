"""Papermill's engine for the many pages of sites: forks run the cells of one after another, without any kernel."""

import contextlib
import json
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import Engine, papermill_engines

from helpers.kernels import fork

NAME = "alses-sites"
# How often one asks, while a cell is at work, whether somebody still waits for it.
_POLL_S = 0.2


def _serve(*arguments: Any) -> None:
    from helpers.kernels import shell  # loaded in the fork alone

    shell.serve(*arguments)


class _Worker:
    """A fork that runs notebooks, one at a time."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._channel, theirs = multiprocessing.get_context("forkserver").Pipe()
        given = theirs, str(root), str(folder), dict(os.environ)
        self._process = fork.fork(_serve, *given, name="alses-sites")
        theirs.close()
        self.language: dict | None = None  # told once it has started

    def ask(self, source: str | None) -> None:
        self._channel.send(source)

    def answer(self, check: Callable[[], None], seconds: float, cell: Any = None) -> Any:
        end = time.monotonic() + seconds
        while not self._channel.poll(_POLL_S):
            check()
            if time.monotonic() > end:
                raise CellTimeoutError.error_from_timeout_and_cell("", int(seconds), cell)
        try:
            return self._channel.recv()
        except EOFError:
            raise DeadKernelError("Kernel died") from None

    def end(self) -> None:
        self._channel.close()
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()


# The forks that wait for another notebook, by notebook: one finds what the last one read.
_waiting: dict[tuple, list[_Worker]] = {}


@contextlib.contextmanager
def _worker(*key: Any) -> Iterator[_Worker]:
    """A fork for this notebook, kept for the next one unless something goes wrong."""
    try:
        worker = _waiting.get(key, []).pop()  # at once, whatever the other threads do
    except IndexError:
        worker = _Worker(*key[1:])
    try:
        yield worker
    except BaseException:
        worker.end()
        raise
    _waiting.setdefault(key, []).append(worker)


def stop() -> None:
    """Ends the forks that wait: what they have read may change, and so may the code."""
    while _waiting:
        for worker in _waiting.popitem()[1]:
            worker.end()


class _Failed(Exception):
    """A cell signalled an error, which its outputs tell."""


class SitesEngine(Engine):
    """Runs a notebook in a fork of the process that has the libraries; its outputs are those of a kernel."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **given: Any) -> None:  # noqa: ARG003
        """Executes the cells in order, up to the first error; ``given["check"]`` raises when it is given up."""
        with contextlib.suppress(_Failed), _worker(given["name"], given["root"], given["folder"]) as worker:
            cls._run(nb_man, worker, **given)

    @staticmethod
    def _run(
        nb_man: Any,
        worker: _Worker,
        *,
        seen: Path,
        check: Callable[[], None],
        execution_timeout: float,
        on_notebook_start: Callable[..., None],
        on_cell_executed: Callable[..., None],
        **_: Any,
    ) -> None:
        on_notebook_start(notebook=nb_man.nb)
        worker.language = worker.language or worker.answer(check, execution_timeout)
        nb_man.nb.metadata["language_info"] = worker.language
        for index, cell in enumerate(nb_man.nb.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            nb_man.cell_start(cell, index)
            worker.ask(cell.source)
            outputs, cell.execution_count = worker.answer(check, execution_timeout, cell)
            cell.outputs = [nbformat.from_dict(each) for each in outputs]
            nb_man.cell_complete(cell, cell_index=index)
            on_cell_executed()
            if any(each["output_type"] == "error" for each in outputs):
                nb_man.cell_exception(cell, cell_index=index)
                raise _Failed
        worker.ask(None)
        seen.write_text(json.dumps(worker.answer(check, execution_timeout)), encoding="utf-8")


papermill_engines.register(NAME, SitesEngine)
