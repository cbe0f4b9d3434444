"""Which browser of this computer prints the PDF: a command, a usual folder of the system, or the one that is named."""

import shutil
import sys
from pathlib import Path

import pytest

from helpers.errors import UserError
from helpers.system import BROWSER_VARIABLE, find_browser


@pytest.fixture(autouse=True)
def bare(tmp_path, monkeypatch):
    """A computer without any browser, whose usual folders are in the temporary one."""
    monkeypatch.delenv(BROWSER_VARIABLE, raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: name if Path(name).is_absolute() and Path(name).is_file() else None)
    monkeypatch.setenv("ProgramFiles", str(tmp_path / "Program Files"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)


def test_the_first_command_that_exists_is_taken(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"bin/{name}" if name in ("msedge", "google-chrome") else None)
    assert find_browser() == Path("bin/google-chrome")


@pytest.mark.parametrize(
    "place",
    [
        "Program Files/Google/Chrome/Application/chrome.exe",
        "Program Files/Microsoft/Edge/Application/msedge.exe",
        "Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
)
def test_a_browser_is_found_where_windows_and_macs_install_it(tmp_path, place):
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).touch()
    assert find_browser() == tmp_path / place


def test_a_user_without_a_home_has_no_browser_of_his_own(monkeypatch):
    def unknown():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", unknown)
    monkeypatch.setattr(Path, "is_file", lambda path: False)
    assert find_browser() is None


def test_another_browser_may_be_named(monkeypatch):
    monkeypatch.setenv(BROWSER_VARIABLE, sys.executable)
    assert find_browser() == Path(sys.executable)
    monkeypatch.setenv(BROWSER_VARIABLE, "/rien")
    with pytest.raises(UserError, match="ALSES_BROWSER désigne un programme introuvable"):
        find_browser()
