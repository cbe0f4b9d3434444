"""The browser of this computer that can print a page: Chromium, Chrome or Edge. Standard library only."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# A browser to use rather than those that are looked for: its name, or its path.
BROWSER_VARIABLE = "ALSES_BROWSER"

_COMMANDS = (
    "chromium chromium-browser google-chrome google-chrome-stable microsoft-edge microsoft-edge-stable chrome msedge"
).split()
_MAC = ("Google Chrome", "Chromium", "Microsoft Edge")
_WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "Chromium/Application/chrome.exe",
)


class BrowserError(Exception):
    """The browser that was asked for is not there: its text is one French sentence that says what to do."""


def _places() -> Iterator[Path]:
    """Where browsers are that no command name reaches."""
    folders = [Path("/Applications")]
    with suppress(RuntimeError):  # a user whom the computer does not know has no home
        folders.append(Path.home() / "Applications")
    for folder in folders:
        yield from (folder / f"{name}.app" / "Contents" / "MacOS" / name for name in _MAC)
    for variable in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData"):
        if os.environ.get(variable):
            yield from (Path(os.environ[variable]) / place for place in _WINDOWS)


def find_browser() -> Path | None:
    """Chromium, Chrome or Edge, whichever is found first; None when there is none.

    Raises
    ------
    BrowserError
        when ``ALSES_BROWSER`` names a program that does not exist.

    >>> navigateur = browser.find_browser()
    >>> navigateur is None or navigateur.is_file()
    True
    """
    chosen = os.environ.get(BROWSER_VARIABLE)
    if chosen:
        found = shutil.which(chosen)
        if found is None:
            raise BrowserError(f"{BROWSER_VARIABLE} désigne un programme introuvable : corrigez-la ou effacez-la.")
        return Path(found)
    commands = (shutil.which(name) for name in _COMMANDS)
    return next((Path(command) for command in commands if command), None) or next(
        (place for place in _places() if place.is_file()), None
    )
