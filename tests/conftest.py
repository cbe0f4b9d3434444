"""Shared fixtures: an invented project (years 2031 and 2032), and the reports that many tests read.

A report takes ten seconds of a processor or more, so each is made once for all the processes that run the tests, beside
the tests that read none, which come first. Protection is on in all of them. What needs a report of its own, a large
network or many seeds waits for ``ALSES_ENUMERATIONS=toutes``.
"""

import gc
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from filelock import FileLock, Timeout

import helpers.run  # noqa: F401 - before nbformat, whose grammar of addresses it spares every process: 1.5 s
from browser import chromium
from helpers import paths

# Enumerations and large cases, of which the quick suite takes a sample; `.ci/run` asks for them.
ALL = os.environ.get("ALSES_ENUMERATIONS") == "toutes"
# What takes seconds, or a report of its own, where a quicker test tells a newcomer of the same room.
long = pytest.mark.skipif(not ALL, reason="plus long\u00a0: avec ALSES_ENUMERATIONS=toutes")
REPOSITORY = Path(__file__).resolve().parents[1]
MINI = Path(__file__).resolve().parent / "mini"


def some(cases: Iterable, count: int) -> list:
    """The cases, when everything is enumerated, else so many of them from the first to the last."""
    every = list(cases)
    return every if ALL or len(every) <= count else [every[rank * (len(every) - 1) // (count - 1)] for rank in range(count)]


def copy_project(source: Path, destination: Path, *folders: str) -> Path:
    """A data root with the raw files of the source, or these folders of them, without any export dropped there."""
    private = shutil.ignore_patterns("[Aa][Cc][Cc][Oo][Mm][Pp][Aa][Gg][Nn][Ee][Mm][Ee][Nn][Tt]*", "carte_export.json")
    for name in folders or ("",):
        shutil.copytree(source / "data" / "raw" / name, destination / "data" / "raw" / name, ignore=private)
    return destination


def plain(text: str) -> str:
    """The text with plain spaces."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def read_page(path: Path) -> BeautifulSoup:
    """A page, parsed."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def words_of(tag) -> str:
    """What is read in an element of a page, spaces plain and single."""
    return " ".join(plain(tag.get_text(" ")).split())


# A shell that starts the tests in the background has Ctrl-C ignored, children included: those that the tests interrupt
# would never end.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def data_root(tmp_path, monkeypatch) -> Path:
    """A fresh copy of the invented project, set as the data root."""
    root = copy_project(MINI, tmp_path / "projet")
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
    return root


# The notebooks that somebody added to the report are theirs: they turn no test red.
os.environ[paths.OWN_NOTEBOOKS_VARIABLE] = "0"
# Commands run in the environment of before any test changed it.
ENVIRONMENT = dict(os.environ)


class Workshop:
    """Makes long things once for all the processes that run the tests: the first to come makes, the others wait.

    Each process works through what was ordered in a thread beside its tests, one at a time, leaving out what another
    process has begun.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._thread = ThreadPoolExecutor(1)
        self._makers: dict[str, Callable] = {}

    def order(self, name: str, make: Callable, *, is_urgent: bool = True) -> None:
        """Asks for something that `take` will give, made by then if it is not urgent; ``make`` receives the workshop."""
        self._makers[name] = make
        if is_urgent:
            self._thread.submit(self._make_if_free, name)

    def take(self, name: str):
        """What was ordered, once it is made."""
        with self._lock_of(name):
            return self._result(name)

    def run(self, root: Path, *command: str, **environment: str) -> subprocess.CompletedProcess:
        """Runs Python on a data root, as a person types it."""
        variables = {**ENVIRONMENT, paths.DATA_ROOT_VARIABLE: str(root), "PYTHONUTF8": "1", **environment}
        given = {"capture_output": True, "stdin": subprocess.DEVNULL, "encoding": "utf-8"}
        return subprocess.run([sys.executable, *command], env=variables, cwd=REPOSITORY, check=False, **given)

    def close(self) -> None:
        """Starts nothing new; what is being made is made."""
        self._thread.shutdown(cancel_futures=True)

    def _lock_of(self, name: str) -> FileLock:
        return FileLock(self.folder / f"{name}.lock")

    def _make_if_free(self, name: str) -> None:
        try:
            with self._lock_of(name).acquire(blocking=False):
                self._result(name)
        except Timeout:
            pass  # another process makes it

    def _result(self, name: str):
        """What was made; an error in the making is raised in every test that takes it."""
        stored = self.folder / f"{name}.pickle"
        if not stored.exists():
            try:
                outcome = self._makers[name](self), None
            except Exception as error:
                outcome = None, f"{name}\u00a0: {error!r}"
            stored.write_bytes(pickle.dumps(outcome))
        result, fault = pickle.loads(stored.read_bytes())
        assert fault is None, fault
        return result


# Cells run in the process of the command instead of kernels: a fifth less work. One notebook at a time, since the record
# of the files that a notebook opens is that of the process.
WITHOUT_KERNELS = """
from helpers.kernels import fork
from helpers.run import report
from in_process import execute
report.execute, fork.start = execute, lambda: None
"""
# For reports whose drawings no test looks at: a third of the work that is left.
UNDRAWN = "from in_process import draw_nothing\ndraw_nothing()\n"
# Runs commands one after the other in one process, which loads the libraries once.
COMMANDS = "import shlex, sys; from helpers import cli\nfor each in sys.argv[1:]:\n    cli.main(shlex.split(each)) and sys.exit(1)"
# Where scripts find the package and the modules of tests.
FOUND = {"PYTHONPATH": os.pathsep.join(str(REPOSITORY / room) for room in ("src", "tests"))}


def _run(workshop: Workshop, root: Path, *commands: str, without: str = "", **environment: str) -> Path:
    """The data root, once the commands have run on it; ``without`` is a script that spares some of their work."""
    if WITHOUT_KERNELS in without:
        commands = [f"{each} --jobs 1" if each.startswith("run") else each for each in commands]
    done = workshop.run(root, "-c", without + COMMANDS, *commands, **FOUND, **environment)
    assert done.returncode == 0, done.stderr
    return root


# What another person may have on another computer: `test_publish_example` compares the report with the one kept in git.
ELSEWHERE = {
    "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LANG": "tr_TR.UTF-8", "LC_ALL": "C", "COLUMNS": "43",
    "USER": "utilisatrice-temoin", "LOGNAME": "utilisatrice-temoin",
}  # fmt: skip


def _true_report(workshop: Workshop) -> Path:
    root = copy_project(REPOSITORY, workshop.folder / "vrai" / "projet")
    return _run(workshop, root, "run --year 2020", **ELSEWHERE)


def _mini_report(workshop: Workshop) -> Path:
    return _run(workshop, copy_project(MINI, workshop.folder / "mini" / "dossier d’été"), "run --year 2032")


# Two years of a small network of four associations, as many as leave the network exact. Of the second one, a seed whose
# first rounding passes the intruder test: others take five and twice the time.
NETWORK = [
    "simulate --year 2033 --persons 66 --colleges 4 --associations 4 --seed 23",
    "simulate --year 2034 --persons 100 --colleges 5 --associations 4 --seed 9",
]


def _site_reports(workshop: Workshop) -> Path:
    """Drawn where a browser looks at it or everything is enumerated; of the other associations, no page."""
    root = copy_project(MINI, workshop.folder / "sites", "reference")
    without = WITHOUT_KERNELS + ("" if ALL or not chromium.lacking() else UNDRAWN)
    return _run(workshop, root, *NETWORK, "run --year 2034 --by college --site 'Association fictive 01'", without=without)


def _large_reports(workshop: Workshop) -> Path:
    """The true years simulated as printed, then a third one and its report, undrawn."""
    return _run(
        workshop,
        copy_project(REPOSITORY, workshop.folder / "synthétique"),
        "simulate --year 2019 --from-published",
        "simulate --year 2020 --from-published",
        "simulate --year 2021 --persons 2500 --seed 1",
        "run --year 2021 --compare-to 2020",
        without=WITHOUT_KERNELS + UNDRAWN,
    )


# Each report that tests share, and how it is made: the first two by the command with its kernels, as a person types it, the
# others in one process, which does the same for less. One path has a space and an accent.
REPORTS = {
    "real_root": _true_report,
    "mini_root": _mini_report,
    "sites_root": _site_reports,
    **({"synthetic_root": _large_reports} if ALL else {}),
}


@cache
def reports_read_in(path: Path) -> frozenset[str]:
    """The shared reports that a test file names; each browser test looks at two."""
    if path.parent.name == "browser":
        return frozenset({"real_root", "sites_root"})
    return frozenset(re.findall("|".join(REPORTS), path.read_text(encoding="utf-8")))


def _rank(item: pytest.Item) -> tuple[bool, bool]:
    return bool(reports_read_in(item.path)), not item.path.match("browser/test_workbench.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that need no report first, then JupyterLab, which is long; each file stays whole."""
    items.sort(key=_rank)


def pytest_collection_finish() -> None:
    """Libraries and tests stay to the end: garbage collection need not walk through them."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def workshop(request, tmp_path_factory) -> Iterator[Workshop]:
    """Orders the reports that the chosen tests read, then what their files ask for under the name BESIDE."""
    # xdist gives each of its workers a folder of its own inside the one of the run.
    is_alone = "PYTEST_XDIST_WORKER" not in os.environ
    folder = tmp_path_factory.getbasetemp() if is_alone else tmp_path_factory.getbasetemp().parent
    (folder / "atelier").mkdir(exist_ok=True)
    opened = Workshop(folder / "atelier")
    needed = frozenset().union(*(reports_read_in(item.path) for item in request.session.items))
    for name, make in REPORTS.items():
        opened.order(name, make, is_urgent=name in needed)
    for module in dict.fromkeys(item.module for item in request.session.items):
        for name, make in getattr(module, "BESIDE", {}).items():
            opened.order(name, make)
    yield opened
    opened.close()


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
def sites_root(workshop) -> Path:
    """Two simulated years of a small network after ``alses run --year 2034 --by college --site …``."""
    return workshop.take("sites_root")


@pytest.fixture(scope="session")
def synthetic_root(workshop) -> Path:
    """The report of 2021, after two years simulated as printed, when everything is enumerated."""
    return workshop.take("synthetic_root")
