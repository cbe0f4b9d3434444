"""The terminal's command, run aside: its lines one by one, its exit code, and its end with the notebook's."""

import atexit
import os
import subprocess
import sys
from collections.abc import Callable
from threading import Thread

from helpers import paths

PATIENCE_S = 5


class Command:
    """One run of ``python -m helpers.cli``: the very program that the terminal runs, so the same lines and results."""

    def __init__(self, arguments: list[str], *, on_line: Callable[[str], None], on_end: Callable[[int], None]) -> None:
        """Starts it; ``on_line`` and ``on_end`` are called from another thread."""
        paths.pin_data_root()
        # Without a buffer, a line is shown when it is said and not at the end.
        environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "helpers.cli", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        # The kernel ends when the notebook is closed: what it started must not go on unseen.
        atexit.register(self.stop)
        self._thread = Thread(target=self._follow, args=(on_line, on_end), daemon=True)
        self._thread.start()

    def _follow(self, on_line: Callable[[str], None], on_end: Callable[[int], None]) -> None:
        for line in self._process.stdout:
            on_line(line.rstrip("\n"))
        code = self._process.wait()
        atexit.unregister(self.stop)
        on_end(code)

    def stop(self) -> None:
        """Ends it, whatever it was doing: the report that was there stays whole."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def wait(self, timeout: float | None = None) -> None:
        """Returns once it has ended and ``on_end`` was called."""
        self._thread.join(timeout)
