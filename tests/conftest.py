"""Shared fixtures: an invented project (years 2031 and 2032), and the reports that the command makes of it.

The two reports that many tests read are made by the command itself, beside the tests that need none, which come first:
a report takes half a minute and one processor, and nobody has only one.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from helpers import paths

REPOSITORY = Path(__file__).resolve().parents[1]
MINI = Path(__file__).resolve().parent / "mini"


def copy_project(source: Path, destination: Path) -> Path:
    """A data root that holds only the raw files of the source; an export that somebody dropped there stays there."""
    private = shutil.ignore_patterns("[Aa][Cc][Cc][Oo][Mm][Pp][Aa][Gg][Nn][Ee][Mm][Ee][Nn][Tt]*", "carte_export.json")
    shutil.copytree(source / "data" / "raw", destination / "data" / "raw", ignore=private)
    return destination


# A script that starts the tests in the background has Ctrl-C ignored, and every child would inherit that: those that the
# tests interrupt would never end.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def data_root(tmp_path, monkeypatch) -> Path:
    """A fresh copy of the invented project, set as the data root."""
    root = copy_project(MINI, tmp_path / "projet")
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
    return root


# The environment of the commands that run beside the tests: the one before any test changed it.
ENVIRONMENT = dict(os.environ)

# Each report that tests share: the project it is made from, its year, and where; one path has a space and an accent.
REPORTS = {"mini_root": (MINI, 2032, "mini/dossier d’été"), "real_root": (REPOSITORY, 2020, "vrai/projet")}


@cache
def reports_read_in(path: Path) -> frozenset[str]:
    """The shared reports that a test file names; the tests in a browser look at both."""
    named = re.findall("|".join(REPORTS), path.read_text(encoding="utf-8"))
    return frozenset(REPORTS if path.parent.name == "browser" else named)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that need no report first; each file stays whole, and in its place among its like."""
    items.sort(key=lambda item: bool(reports_read_in(item.path)))


class Workshop:
    """Does long things beside the tests, one at a time, in the order in which they were asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._thread = ThreadPoolExecutor(1)
        self._promised: dict[str, Future] = {}
        self._running: subprocess.Popen | None = None

    def order(self, name: str, make: Callable, *arguments) -> None:
        """Asks for something that `take` will give; ``make`` receives the workshop first."""
        self._promised[name] = self._thread.submit(make, self, *arguments)

    def take(self, name: str):
        """What was asked, once it is done."""
        return self._promised[name].result()

    def run(self, root: Path, *command: str, **environment: str) -> subprocess.CompletedProcess:
        """A command of Python on a data root, as a person types it."""
        told = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, "encoding": "utf-8"}
        given = {**ENVIRONMENT, paths.DATA_ROOT_VARIABLE: str(root), "PYTHONUTF8": "1", **environment}
        self._running = subprocess.Popen([sys.executable, *command], env=given, cwd=REPOSITORY, **told)
        out, error = self._running.communicate()
        return subprocess.CompletedProcess(command, self._running.returncode, out, error)

    def close(self) -> None:
        """Ends what nobody waits for any more."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._running and self._running.poll() is None:
            self._running.terminate()
        self._thread.shutdown()


def _report_of(workshop: Workshop, source: Path, year: int, place: str) -> Path:
    root = copy_project(source, workshop.folder / place)
    done = workshop.run(root, "-m", "helpers.cli", "run", "--year", str(year))
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture(scope="session", autouse=True)
def workshop(request, tmp_path_factory) -> Iterator[Workshop]:
    """The reports that the chosen tests read, in the making; then what their files ask for under the name BESIDE."""
    opened = Workshop(tmp_path_factory.mktemp("atelier"))
    needed = frozenset().union(*(reports_read_in(item.path) for item in request.session.items))
    for name, report in REPORTS.items():
        if name in needed:
            opened.order(name, _report_of, *report)
    for module in dict.fromkeys(item.module for item in request.session.items):
        for name, make in getattr(module, "BESIDE", {}).items():
            opened.order(name, make)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def mini_root(workshop) -> Path:
    """The data root of the invented project after ``alses run --year 2032``; its path has a space and an accent."""
    return workshop.take("mini_root")


@pytest.fixture(scope="session")
def real_root(workshop) -> Path:
    """The data root of the true raw files after ``alses run --year 2020``."""
    return workshop.take("real_root")
