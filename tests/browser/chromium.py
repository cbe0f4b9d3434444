"""Which Chromium drives the tests, or the reason why none does; and what a page may not do while one looks at it."""

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

COMMANDS = ("chromium", "chromium-browser", "google-chrome")
# Set to « exige » by .ci/run: there, a missing browser is a failure and not a test left out.
VARIABLE = "ALSES_NAVIGATEUR"
LIBRARIES = ("playwright", "axe_playwright_python")
LOCK = "requirements/browser.lock"
PROBES = Path(__file__).with_name("probes.js")


def found() -> str | None:
    """The path of the system's Chromium."""
    return next((path for path in map(shutil.which, COMMANDS) if path), None)


def lacking() -> str:
    """What is missing, as a French sentence; nothing when the tests can run."""
    libraries = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
    if libraries:
        return f"{', '.join(libraries)} absent\u00a0: les pages ne sont pas ouvertes (pip install -r {LOCK})"
    return "" if found() else "Chromium absent\u00a0: les pages ne sont pas ouvertes dans un navigateur"


def require() -> str:
    """The path of Chromium; without it the test is left out, or fails where it is demanded."""
    if reason := lacking():
        (pytest.fail if os.environ.get(VARIABLE) == "exige" else pytest.skip)(reason)
    return found()


def launch_options(executable: str) -> dict:
    """How Chromium starts: without its own sandbox for root only, which has no other way, and without network habits."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    quiet = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return {"executable_path": executable, "args": [*quiet, *(["--no-sandbox"] if is_root else [])]}


class Watch:
    """Writes down what windows ask for and complain of; lets them read what begins as allowed, nothing else."""

    def __init__(self, context, allowed: str | tuple[str, ...] = "file:") -> None:
        self.asked: list[str] = []
        self.complaints: list[str] = []
        context.route(lambda url: not url.startswith(allowed), lambda route: route.abort())
        context.on("request", self._note)
        context.on("page", lambda page: page.on("websocket", lambda socket: self.asked.append(socket.url)))
        # A refusal by the page's security policy is among the console's errors.
        context.on("console", lambda message: self._complain(message.type, message.text))
        context.on("weberror", lambda error: self._complain("error", str(error.error)))

    def taken(self) -> tuple[list[str], list[str]]:
        """What was asked and complained of since the last time."""
        seen, self.asked, self.complaints = (self.asked, self.complaints), [], []
        return seen

    def _note(self, request) -> None:
        opens_a_page = request.is_navigation_request() and request.url.startswith(("file:", "about:blank"))
        if not opens_a_page:
            self.asked.append(request.url)

    def _complain(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(f"{kind}: {text}")
