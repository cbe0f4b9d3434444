"""``alses run --watch``: the report made again each time that something it is made from changes."""

import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from helpers import paths
from helpers.cli.say import complain, tell

# Seconds: between two looks, and without any change before a run, for a program may write a file in several goes.
LOOK_S, QUIET_S = 0.15, 0.05

# What changed, by file: its date and size; what this process loaded can only be loaded again by another one.
_Seen = dict[Path, tuple[int, int]]


def _look(*folders: Path) -> _Seen:
    seen = {}
    for folder in folders:
        for path in folder.rglob("*"):
            if path.name.startswith((".", "~")) or path.suffix == ".pyc":
                continue
            try:
                state = path.stat()
            except OSError:
                continue  # gone between the two looks
            if path.is_file():
                seen[path] = (state.st_mtime_ns, state.st_size)
    return seen


def _code() -> _Seen:
    return _look(paths.repository() / "src" / "helpers")


def _inputs() -> _Seen:
    return _look(paths.data_root() / "data" / "raw", paths.repository() / "notebooks")


def _begin_again() -> None:
    """This command anew, in this very process where the system allows it: the code it loaded is no longer true."""
    again = [word for word in sys.argv[1:] if word != "--force"]
    command = [sys.executable, "-P", "-m", "helpers.cli", *again]
    if os.name == "nt":
        import subprocess

        sys.exit(subprocess.call(command))
    os.execv(sys.executable, command)


def keep_making(options: Namespace, make: Callable[[Namespace], object]) -> int:
    """Makes the report, then again after each change, until Ctrl-C; a failure is told, and the watch goes on."""
    from helpers.cli.failure import explain

    code, inputs = _code(), _inputs()
    while True:
        try:
            make(options)
        except Exception as error:
            explain(error, sys.argv[1:], options.year)
        options.force = False
        tell("\nEn attente d’un changement (Ctrl-C pour finir)…")
        try:
            inputs = _wait(code, inputs)
        except KeyboardInterrupt:
            complain("\nFin.")
            return 0


def _wait(code: _Seen, inputs: _Seen) -> _Seen:
    """The inputs as they are once one has changed; begins again where the code has."""
    while True:
        time.sleep(LOOK_S)
        if _code() != code:
            _begin_again()
        now = _inputs()
        if now != inputs:
            time.sleep(QUIET_S)
            if _inputs() == now:
                return now
