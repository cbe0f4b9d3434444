"""What the forkserver does once: load everything the notebooks import, ready to be forked.

What is done here is shared by all kernels, so nothing here depends on a year, a file of the data or the hour, nothing
starts a thread, and nothing that a kernel must do for itself is done (`child` says what).
"""

import builtins
import contextlib
import gc
import importlib
import os
import signal
import sys
from collections.abc import Iterator
from types import SimpleNamespace

# Where modules are looked for, as the interpreter made it: multiprocessing gives each child that of the command.
path: list[str] = []

# What our notebooks import, and what an ordinary kernel imports before its first cell. matplotlib_inline.backend_inline
# is not here: at its import it hooks into the shell of the kernel, and there is none yet.
_FIRST = ["pandas"]
_KERNEL = ["ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "IPython.core.completer", "sqlite3"]
_OURS = [
    "charts",
    "checks",
    "clean",
    "compare",
    "comparisons",
    "describe",
    "facts",
    "indicators",
    "parameters",
    "store",
    "tables",
    "themes",
    "wording",
]
# Imported where they are needed, by functions of ours.
_LATER = ["scipy.stats", "scipy.optimize", "matplotlib.backends.backend_svg", "matplotlib.backends.backend_agg"]

# Threads do not survive a fork; this one starts some as soon as it is imported. statsmodels takes it when it is there.
_THREADED = "polars"


def _shelter() -> None:
    """This process belongs to no terminal: Ctrl-C stops the command, and the command stops its kernels."""
    with contextlib.suppress(OSError):
        os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Meanwhile, who asks is told that it runs in a kernel: pandas chooses how many columns it shows at its import."""
    builtins.get_ipython = lambda: SimpleNamespace(kernel=True)
    try:
        yield
    finally:
        del builtins.get_ipython


def _load(names: list[str]) -> None:
    for name in names:
        # What cannot be imported is left to the kernel, where the same error will stop the same cell.
        with contextlib.suppress(Exception, SystemExit):
            importlib.import_module(name)


def _trace() -> None:
    """From here on, the files that our modules open are noted for whoever decides what must run again."""
    with contextlib.suppress(ModuleNotFoundError):
        importlib.import_module("helpers.freshness.trace").begin()


def load() -> None:
    """Loads everything, then sets it aside from the collector: a page that nobody writes to is never copied."""
    path[:] = [entry for entry in sys.path if entry]
    _shelter()
    gc.disable()
    # One thread: sums come in one order on every machine, and a fork has nobody to leave behind.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    kept = sys.modules.setdefault(_THREADED, None)
    with _as_in_a_kernel():
        _load(_FIRST)
    _load(_KERNEL)
    _trace()
    _load([f"helpers.{name}" for name in _OURS])
    _load(_LATER)
    if kept is None:
        del sys.modules[_THREADED]
    gc.enable()
    gc.collect()
    gc.freeze()
