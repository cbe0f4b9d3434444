"""A page as a tagged PDF, printed by the browser of this computer."""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from helpers.browser import BROWSER_VARIABLE
from helpers.publish.errors import PublicationError

# Two seconds are enough for a report; a browser that has just been updated starts slowly.
TIMEOUT_S = 120

_REMEDY = f"mettez-le à jour, ou nommez un autre navigateur dans {BROWSER_VARIABLE}, puis relancez"

_OPTIONS = [
    "--headless",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    # macOS and Linux would ask for the key ring of a profile that lives two seconds
    "--use-mock-keychain",
    "--password-store=basic",
    # nothing leaves, whatever the browser has in mind
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
    "--export-tagged-pdf",
    "--generate-pdf-document-outline",
]


def _end(process: subprocess.Popen) -> None:
    """The browser and its children, ended: none is left to hold the files."""
    if os.name == "nt":
        if process.poll() is None:
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _launch(command: list[str], timeout: float) -> int | None:
    """The exit code of the command, or None when it had to be ended."""
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, start_new_session=True, **quiet)
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end(process)


def _is_whole(path: Path) -> bool:
    """Whether the browser wrote a tagged PDF to its end: some say that all is well and write nothing."""
    content = path.read_bytes() if path.is_file() else b""
    is_ended = content.rstrip().endswith(b"%%EOF") and b"startxref" in content
    return content.startswith(b"%PDF-") and is_ended and b"/StructTreeRoot" in content


def print_pdf(source: Path, target: Path, *, browser: Path, timeout: float = TIMEOUT_S) -> None:
    """Writes the page ``source`` as a tagged PDF with its outline, offline, in a profile that does not outlive it.

    Raises
    ------
    PublicationError
        when the browser cannot start, fails, writes no whole PDF, or is not done in ``timeout`` seconds.
    """
    # As root, which only containers are, Chromium refuses to start with the sandbox that it shows nobody else then.
    is_root = sys.platform == "linux" and os.geteuid() == 0
    with tempfile.TemporaryDirectory(prefix="alses-", ignore_cleanup_errors=True) as profile:
        own = [f"--user-data-dir={profile}", f"--print-to-pdf={target}", *(["--no-sandbox"] if is_root else [])]
        try:
            code = _launch([str(browser), *_OPTIONS, *own, source.as_uri()], timeout)
        except OSError as error:
            raise PublicationError(f"{browser.name} n’a pas démarré ({error.strerror}) : {_REMEDY}.") from error
    if code is None:
        raise PublicationError(f"{browser.name} n’a pas fini le PDF en {timeout:.0f} s : {_REMEDY}.")
    if code != 0 or not _is_whole(target):
        raise PublicationError(f"{browser.name} n’a pas fait le PDF (code {code}) : {_REMEDY}.")
