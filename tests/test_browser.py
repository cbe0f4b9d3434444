"""Which browser of this computer prints the PDF: by its command, where systems put it, or the one that is named."""

import shutil
import sys
from pathlib import Path

import pytest

from helpers.system import BROWSER_VARIABLE, BrowserError, find_browser


def test_the_first_command_that_exists_is_taken(monkeypatch):
    monkeypatch.delenv(BROWSER_VARIABLE, raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: f"bin/{name}" if name in ("msedge", "google-chrome") else None)
    assert find_browser() == Path("bin/google-chrome")


@pytest.mark.parametrize("place", ["Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe"])
def test_a_browser_of_windows_is_found_where_it_is_installed(tmp_path, monkeypatch, place):
    monkeypatch.delenv(BROWSER_VARIABLE, raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setenv("ProgramFiles", str(tmp_path / "Program Files"))
    installed = tmp_path / "Program Files" / place
    installed.parent.mkdir(parents=True)
    installed.touch()
    assert find_browser() == installed


def test_a_browser_of_a_mac_is_found_where_it_is_installed(tmp_path, monkeypatch):
    monkeypatch.delenv(BROWSER_VARIABLE, raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    installed = tmp_path / "Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    installed.parent.mkdir(parents=True)
    installed.touch()
    assert find_browser() == installed


def test_a_user_without_a_home_has_no_browser_of_his_own(monkeypatch):
    def unknown():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv(BROWSER_VARIABLE, raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(Path, "home", unknown)
    monkeypatch.setattr(Path, "is_file", lambda path: False)
    assert find_browser() is None


def test_another_browser_may_be_named(tmp_path, monkeypatch):
    monkeypatch.setenv(BROWSER_VARIABLE, sys.executable)
    assert find_browser() == Path(sys.executable)
    monkeypatch.setenv(BROWSER_VARIABLE, str(tmp_path / "rien"))
    with pytest.raises(BrowserError, match="ALSES_BROWSER désigne un programme introuvable"):
        find_browser()
