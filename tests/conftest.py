"""Shared fixtures: an invented project (years 2031 and 2032), and the reports that the command makes of it."""

import shutil
import signal
from pathlib import Path

import pytest

from helpers import cli, paths

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


def _report_of(source: Path, year: int, root: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
        copy_project(source, root)
        assert cli.main(["run", "--year", str(year)]) == 0
    return root


@pytest.fixture(scope="session")
def mini_root(tmp_path_factory) -> Path:
    """The data root of the invented project after ``alses run --year 2032``; its path has a space and an accent."""
    return _report_of(MINI, 2032, tmp_path_factory.mktemp("mini") / "dossier d’été")


@pytest.fixture(scope="session")
def real_root(tmp_path_factory) -> Path:
    """The data root of the true raw files after ``alses run --year 2020``."""
    return _report_of(REPOSITORY, 2020, tmp_path_factory.mktemp("vrai") / "projet")
