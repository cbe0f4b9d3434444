"""Shared fixtures: an invented project (years 2031 and 2032), and the reports that the command makes of it.

The reports that many tests read are made by the command itself, once for all the processes that run the tests, and
beside the tests that need none, which come first: a report takes half a minute and one processor.
"""

import gc
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from helpers import paths

# Everything that is enumerated or large, where the quick suite takes a sample: `.ci/run` says so.
ALL = os.environ.get("ALSES_ENUMERATIONS") == "toutes"
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


class Workshop:
    """Makes long things once for all the processes that run the tests: whoever comes first makes, the others wait.

    Each process makes what nobody has begun, beside its tests and one at a time, in the order in which it was asked.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._thread = ThreadPoolExecutor(1)
        self._makers: dict[str, tuple[Callable, tuple]] = {}
        self._running: list[subprocess.Popen] = []

    def order(self, name: str, make: Callable, *arguments) -> None:
        """Asks for something that `take` will give; ``make`` receives the workshop first."""
        self._makers[name] = make, arguments
        self._thread.submit(self._make_if_free, name)

    def take(self, name: str):
        """What was asked, once it is done."""
        with self._lock_of(name):
            return self._made(name)

    def run(self, root: Path, *command: str, **environment: str) -> subprocess.CompletedProcess:
        """A command of Python on a data root, as a person types it."""
        told = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, "encoding": "utf-8"}
        given = {**ENVIRONMENT, paths.DATA_ROOT_VARIABLE: str(root), "PYTHONUTF8": "1", **environment}
        running = subprocess.Popen([sys.executable, *command], env=given, cwd=REPOSITORY, **told)
        self._running.append(running)
        out, error = running.communicate()
        return subprocess.CompletedProcess(command, running.returncode, out, error)

    def close(self, is_alone: bool) -> None:
        """Makes nothing new; what is in the making is ended, unless another process may be waiting for it."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        for running in self._running if is_alone else ():
            if running.poll() is None:
                running.terminate()
        self._thread.shutdown()

    def _lock_of(self, name: str) -> FileLock:
        return FileLock(self.folder / f"{name}.lock")

    def _make_if_free(self, name: str) -> None:
        try:
            with self._lock_of(name).acquire(blocking=False):
                self._made(name)
        except Timeout:
            pass  # in the making

    def _made(self, name: str):
        """The thing, or what went wrong in its making, which every test that takes it then tells."""
        kept = self.folder / f"{name}.pickle"
        if not kept.exists():
            make, arguments = self._makers[name]
            try:
                made = make(self, *arguments), None
            except Exception as error:
                made = None, f"{name}\u00a0: {error!r}"
            kept.write_bytes(pickle.dumps(made))
        thing, fault = pickle.loads(kept.read_bytes())
        assert fault is None, fault
        return thing


# In place of kernels, this process: a fifth less work. One notebook at a time, for threads share what notes their files.
WITHOUT_KERNELS = """
from helpers.kernels import fork
from helpers.run import report
from in_process import execute
report.execute, fork.start = execute, lambda: None
"""
# Reports of which no test looks at the drawings: a third of the work that is left.
UNDRAWN = "from in_process import draw_nothing\ndraw_nothing()\n"
# The last attack on a whole network takes half a minute: `test_export_reports` has one too, `test_site_reports` makes its
# own, and everything enumerated has all.
UNATTACKED = "import helpers.run.release as release; release._require_protected = lambda *_: None\n"
# Figures are rounded once, and none more because an attack found it: those of `test_export_reports`, of the sites and of
# `test_protection_scale` are. As many attacks as years of a whole network are most of what its reports take.
ROUNDED_ONCE = "from helpers.disclosure import release as attacked\nattacked._refused = lambda *_: []\n"
# The commands that follow, as a person types them.
COMMANDS = "import shlex, sys; from helpers import cli\nfor each in sys.argv[1:]:\n    cli.main(shlex.split(each)) and sys.exit(1)"
# Where scripts find the project and what tests share.
FOUND = {"PYTHONPATH": os.pathsep.join(str(REPOSITORY / room) for room in ("src", "tests"))}


def _run(workshop: Workshop, root: Path, *commands: str, without: str = "") -> Path:
    """The data root, once the commands have run on it, spared something or nothing: in one process, which loads once."""
    script = without + COMMANDS
    if WITHOUT_KERNELS in without:
        commands = [f"{each} --jobs 1" if each.startswith("run") else each for each in commands]
    done = workshop.run(root, "-c", script, *commands, **FOUND)
    assert done.returncode == 0, done.stderr
    return root


def _report_of(workshop: Workshop, source: Path, year: int, place: str) -> Path:
    return _run(workshop, copy_project(source, workshop.folder / place), f"run --year {year}")


def _synthetic_reports(workshop: Workshop) -> Path:
    return _run(
        workshop,
        copy_project(REPOSITORY, workshop.folder / "synthétique"),
        "simulate --year 2019 --from-published",
        "simulate --year 2020 --from-published",
        "simulate --year 2021 --persons 2500 --seed 1",
        "run --year 2020",
        "run --year 2021 --compare-to 2020",
        without="" if ALL else WITHOUT_KERNELS + UNATTACKED + ROUNDED_ONCE,
    )


# Two years of a small network; of a larger one, by kernels, when everything is enumerated: twice the work.
_SITES = [
    "simulate --year 2033 --persons 81 --colleges 4 --associations 2 --seed 2",
    "simulate --year 2034 --persons 90 --colleges 5 --associations 2 --seed 3",
]
_MORE_SITES = [
    "simulate --year 2033 --persons 150 --colleges 7 --associations 2 --seed 2",
    "simulate --year 2034 --persons 170 --colleges 8 --associations 3 --seed 5",
]


def _site_reports(workshop: Workshop) -> Path:
    """Two invented years of a network, with the report of each association and collège of the second."""
    years, root = _MORE_SITES if ALL else _SITES, copy_project(MINI, workshop.folder / "sites")
    report = "run --year 2034 --by association --by college"
    return _run(workshop, root, *years, report, without="" if ALL else WITHOUT_KERNELS + UNDRAWN + UNATTACKED)


# Each report that tests share, and how it is made; one path has a space and an accent.
REPORTS = {
    "mini_root": (_report_of, MINI, 2032, "mini/dossier d’été"),
    "real_root": (_report_of, REPOSITORY, 2020, "vrai/projet"),
    "synthetic_root": (_synthetic_reports,),
    "sites_root": (_site_reports,),
}


@cache
def reports_read_in(path: Path) -> frozenset[str]:
    """The shared reports that a test file names; the tests in a browser look at all."""
    named = re.findall("|".join(REPORTS), path.read_text(encoding="utf-8"))
    return frozenset(REPORTS if path.parent.name == "browser" else named)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that need no report first; each file stays whole, and in its place among its like."""
    items.sort(key=lambda item: bool(reports_read_in(item.path)))


def pytest_collection_finish() -> None:
    """Libraries and tests stay to the end: what looks for garbage need not walk through them a hundred times."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def workshop(request, tmp_path_factory) -> Iterator[Workshop]:
    """The reports that the chosen tests read, in the making; then what their files ask for under the name BESIDE."""
    # xdist gives each of its workers a folder of its own inside the one of the run.
    is_alone = "PYTEST_XDIST_WORKER" not in os.environ
    folder = tmp_path_factory.getbasetemp() if is_alone else tmp_path_factory.getbasetemp().parent
    (folder / "atelier").mkdir(exist_ok=True)
    opened = Workshop(folder / "atelier")
    needed = frozenset().union(*(reports_read_in(item.path) for item in request.session.items))
    for name, report in REPORTS.items():
        if name in needed:
            opened.order(name, *report)
    for module in dict.fromkeys(item.module for item in request.session.items):
        for name, make in getattr(module, "BESIDE", {}).items():
            opened.order(name, make)
    yield opened
    opened.close(is_alone)


@pytest.fixture(scope="session")
def mini_root(workshop) -> Path:
    """The data root of the invented project after ``alses run --year 2032``; its path has a space and an accent."""
    return workshop.take("mini_root")


@pytest.fixture
def published(mini_root, tmp_path, monkeypatch) -> Path:
    """A copy of the published invented project, set as the data root."""
    root = tmp_path / "copie"
    shutil.copytree(mini_root, root)
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
    return root


@pytest.fixture(scope="session")
def real_root(workshop) -> Path:
    """The data root of the true raw files after ``alses run --year 2020``."""
    return workshop.take("real_root")


@pytest.fixture(scope="session")
def synthetic_root(workshop) -> Path:
    """The data root of simulated exports after the reports of 2020 (as printed) and of 2021 (invented), in one series."""
    return workshop.take("synthetic_root")


@pytest.fixture(scope="session")
def sites_root(workshop) -> Path:
    """The data root of the invented project after ``alses run --year 2034 --by association --by college``."""
    return workshop.take("sites_root")
