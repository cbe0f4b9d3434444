"""What the forkserver does once: it loads everything that the notebooks import.

All kernels share the result, so nothing here depends on a year, on data or on the time, and nothing starts a thread.
What a kernel must do for itself stands in `fork`.
"""

import builtins
import contextlib
import gc
import importlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace

from helpers import provenance

# sys.path of a new interpreter: multiprocessing gives each child that of the command.
path: list[str] = []
# The variables that libraries set when they are loaded.
left: dict[str, str] = {}

# What our notebooks import, and what an ordinary kernel imports before its first cell; without
# matplotlib_inline.backend_inline, whose import hooks into the shell of the kernel: there is none yet.
_FIRST = ["pandas"]
_KERNEL = [
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "encodings.idna",
    "faulthandler",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "psutil",
    "resource",
    "sqlite3",
    "tornado.platform.asyncio",
]
_OURS = [
    "analysis.comparisons",
    "analysis.describe",
    "analysis.themes",
    "charts",
    "clean",
    "codings",
    "data",
    "indicators",
    "parameters",
    "text",
]
# Imported late, by functions of ours.
_LATER = ["scipy.stats", "scipy.optimize", "matplotlib.backends.backend_svg", "matplotlib.backends.backend_agg"]

# Threads do not survive a fork, and these libraries start some at import unless told not to. polars, which statsmodels
# imports if it is installed, has no such setting and is kept out.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
_BARRED = ("polars",)


def _own_path() -> list[str]:
    """sys.path of a new interpreter; since Python 3.13 the forkserver gets that of the command."""
    entries = sys.path
    if "" not in entries:
        ask = [sys.executable, "-c", "import json, sys; print(json.dumps(sys.path))"]
        entries = json.loads(subprocess.run(ask, check=True, capture_output=True, encoding="utf-8").stdout)
    return [entry for entry in entries if entry]


def _shelter() -> None:
    """Detaches from the terminal: Ctrl-C stops the command, and the command stops its kernels."""
    with contextlib.suppress(OSError):
        os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class _Stream(io.TextIOBase):
    """Replaces ``sys.stdout`` or ``sys.stderr`` while libraries load, when nobody reads them.

    Some libraries keep the stream: in a fork, what they write goes to the notebook.
    """

    encoding = "UTF-8"

    def __init__(self, name: str) -> None:
        self.name = name

    def _current(self) -> io.TextIOBase | None:
        current = getattr(sys, self.name)
        return None if current is self else current

    def write(self, text: str) -> int:
        current = self._current()
        return current.write(text) if current else len(text)

    def flush(self) -> None:
        if current := self._current():
            current.flush()


@contextlib.contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Makes libraries believe that they run in a kernel: pandas chooses at import how it displays tables."""
    builtins.get_ipython = lambda: SimpleNamespace(kernel=True)
    try:
        yield
    finally:
        del builtins.get_ipython


def _load(names: list[str]) -> None:
    for name in names:
        # An import that fails is left to the kernel, where the same error will stop the same cell.
        with contextlib.suppress(Exception, SystemExit):
            importlib.import_module(name)


@contextlib.contextmanager
def _apart() -> Iterator[None]:
    """Silences the terminal, lets no thread start, and keeps the garbage collector from writing to shared pages."""
    settings = {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    os.environ.update({**settings, **ONE_THREAD, **os.environ})
    before = set(os.environ)
    barred = [name for name in _BARRED if sys.modules.setdefault(name, None) is None]
    gc.disable()
    with contextlib.redirect_stdout(_Stream("stdout")), contextlib.redirect_stderr(_Stream("stderr")):
        yield
    left.update((name, value) for name, value in os.environ.items() if name not in before)
    for name in barred:
        del sys.modules[name]
    gc.enable()
    gc.freeze()  # without a last collection: it costs 0.3 s and frees almost nothing


def load() -> None:
    """Loads everything: from then on this process only forks."""
    sys.path[:] = path[:] = _own_path()
    _shelter()
    with _apart():
        with _as_in_a_kernel():
            _load(_FIRST)
        _load(_KERNEL)
        provenance.begin()  # from here on, the files that our modules open are recorded
        _load([f"helpers.{name}" for name in _OURS])
        _load(_LATER)
