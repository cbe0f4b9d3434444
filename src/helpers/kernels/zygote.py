"""What the forkserver imports once, before its first fork: everything that notebooks use (`load`).

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
from helpers.kernels.fork import ONE_THREAD

# sys.path of a new interpreter: multiprocessing gives each child that of the command.
path: list[str] = []
# The variables that libraries set when they are loaded.
left: dict[str, str] = {}

# What an ordinary kernel imports before its first cell, but for matplotlib_inline.backend_inline: its import hooks into
# the shell of the kernel, and there is none yet.
_KERNEL = ["ipykernel.debugger", "ipykernel.kernelapp", "ipykernel.zmqshell", "IPython.core.debugger"]
_OURS = (
    "analysis.comparisons analysis.describe analysis.themes charts clean codings data indicators parameters text"
).split()
# Imported late, by functions of ours.
_LATER = ["scipy.stats", "scipy.optimize", "matplotlib.backends.backend_svg", "matplotlib.backends.backend_agg"]
# statsmodels imports polars if it is installed, which cannot be told to start no thread.
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
    # A library that keeps the stream of its import writes to nobody in a kernel.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield
    left.update((name, value) for name, value in os.environ.items() if name not in before)
    for name in barred:
        del sys.modules[name]
    gc.enable()
    gc.freeze()  # without a last collection: it costs 0.3 s and frees almost nothing


def load() -> None:
    """Load everything: from then on this process only forks."""
    sys.path[:] = path[:] = _own_path()
    _shelter()
    with _apart():
        with _as_in_a_kernel():
            _load(["pandas"])
        _load(_KERNEL)
        provenance.begin()  # from here on, the files that our modules open are recorded
        _load([f"helpers.{name}" for name in (*_OURS, "kernels.shell")])
        _load(_LATER)
