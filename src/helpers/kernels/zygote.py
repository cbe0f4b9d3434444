"""What the forkserver does once: load everything the notebooks import, ready to be forked.

What is done here is shared by all kernels, so nothing here depends on a year, a file of the data or the hour, nothing
starts a thread, and nothing that a kernel must do for itself is done (`child` says what).
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

# Where modules are looked for, as the interpreter made it: multiprocessing gives each child that of the command.
path: list[str] = []
# The variables that libraries set when they are loaded.
left: dict[str, str] = {}

# What our notebooks import, and what an ordinary kernel imports before its first cell. matplotlib_inline.backend_inline
# is not here: at its import it hooks into the shell of the kernel, and there is none yet.
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
    "analysis.crosstab",
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
# Imported where they are needed, by functions of ours.
_LATER = ["scipy.stats", "scipy.optimize", "matplotlib.backends.backend_svg", "matplotlib.backends.backend_agg"]

# Threads do not survive a fork, and these libraries start some as soon as they are imported: they are told not to, and
# polars, which only statsmodels would take if it were there, is kept out.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
_BARRED = ("polars",)


def _own_path() -> list[str]:
    """Where a new interpreter looks for modules; since Python 3.13 the forkserver is given the path of the command."""
    entries = sys.path
    if "" not in entries:
        ask = [sys.executable, "-c", "import json, sys; print(json.dumps(sys.path))"]
        entries = json.loads(subprocess.run(ask, check=True, capture_output=True, encoding="utf-8").stdout)
    return [entry for entry in entries if entry]


def _shelter() -> None:
    """This process belongs to no terminal: Ctrl-C stops the command, and the command stops its kernels."""
    with contextlib.suppress(OSError):
        os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class _Stream(io.TextIOBase):
    """What stands for ``sys.stdout`` or ``sys.stderr`` while libraries load: nobody hears them then.

    Some keep it for ever: in a fork, what they say goes where the kernel listens.
    """

    encoding = "UTF-8"

    def __init__(self, name: str) -> None:
        self.name = name

    def _heard(self) -> io.TextIOBase | None:
        heard = getattr(sys, self.name)
        return None if heard is self else heard

    def write(self, text: str) -> int:
        heard = self._heard()
        return heard.write(text) if heard else len(text)

    def flush(self) -> None:
        if heard := self._heard():
            heard.flush()


@contextlib.contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Meanwhile, who asks is told that it runs in a kernel: pandas chooses at its import how it will show tables."""
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


def _warm() -> None:
    """What is built once at its first use, from the code alone.

    No letter is drawn: the file of a font stays open, and forks would read it from one common place.
    """
    with contextlib.suppress(Exception), provenance.unnoted():
        importlib.import_module("helpers.text.formats").compile_texts()


@contextlib.contextmanager
def _apart() -> Iterator[None]:
    """Meanwhile nothing is said to the terminal, no thread starts, and the collector lets pages be."""
    told = {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    os.environ.update({**told, **ONE_THREAD, **os.environ})
    before = set(os.environ)
    barred = [name for name in _BARRED if sys.modules.setdefault(name, None) is None]
    gc.disable()
    with contextlib.redirect_stdout(_Stream("stdout")), contextlib.redirect_stderr(_Stream("stderr")):
        yield
    left.update((name, value) for name, value in os.environ.items() if name not in before)
    for name in barred:
        del sys.modules[name]
    gc.enable()
    gc.freeze()  # what is already of no use stays with the rest: to look for it would take a third of a second


def load() -> None:
    """Loads everything: from then on this process only forks."""
    # Nor are modules taken from the folder of the command, as in an ordinary kernel.
    sys.path[:] = path[:] = _own_path()
    _shelter()
    with _apart():
        with _as_in_a_kernel():
            _load(_FIRST)
        _load(_KERNEL)
        provenance.begin()  # from here on, who decides what must run again knows which files our modules open
        _load([f"helpers.{name}" for name in _OURS])
        _load(_LATER)
        _warm()
