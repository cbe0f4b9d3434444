"""The forkserver of the standard library, and one process of it for each kernel."""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess

from helpers.kernels import zygote

# Imported by name in the forkserver, before its first fork.
_PRELOAD = ["helpers.kernels.__main__"]
_KERNEL, _KILLER, _FIRST = "alses-kernel", "alses-end", "alses-ready"
_DEATH_S = 0.1

# What `fork` raises when the forkserver could not start, or ended.
FAILURES = (OSError, EOFError, multiprocessing.AuthenticationError)

# Variables that libraries read when they are loaded, by the beginning of their names: the forks cannot read them anew.
_READ_EARLY = ("HOME", "JE_", "LANG", "LC_", "MKL_", "MPL", "OMP_", "OPENBLAS_", "PYTHON", "TZ", "XDG_")

_turn = threading.Lock()
_was_started, _is_loaded = threading.Event(), threading.Event()
_environment: dict[str, str] = {}


def _early(env: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(_READ_EARLY)}


def has_environment(env: dict[str, str]) -> bool:
    """Whether a fork would be in this environment as a new process is: nothing that is read once has changed."""
    start()
    return _was_started.is_set() and _early(env) == {**zygote.ONE_THREAD, **_environment}


def is_possible() -> bool:
    """Whether this system can fork a kernel: Windows has no fork, and macOS has libraries that do not survive it.

    Nor can a process that multiprocessing forbids to have children, as those of a cluster are.

    >>> kernels.is_possible() or kernels.manager_class().endswith("PlainKernelManager")
    True
    """
    has_fork = sys.platform != "darwin" and "forkserver" in multiprocessing.get_all_start_methods()
    return has_fork and not multiprocessing.current_process().daemon


def start() -> None:
    """Starts the forkserver, which loads the libraries by itself, and returns at once.

    Once it is started, or where a fork is not possible, nothing happens; nor where it cannot start, as in a temporary
    folder whose path is too long for its socket: kernels are then ordinary ones.
    """
    if not is_possible():
        return
    from multiprocessing import forkserver

    multiprocessing.get_context("forkserver").set_forkserver_preload(_PRELOAD)
    if not _was_started.is_set():
        _environment.clear()
        _environment.update(_early(os.environ))
    with contextlib.suppress(*FAILURES):
        forkserver.ensure_running()
        _was_started.set()


def stop() -> None:
    """Ends the forkserver, with the kernels it still has; the next one will read the modules as they are then."""
    # The standard library has no public end for it but that of this process: one of its children ends it, which may be
    # done before this process hears that the child was born.
    if is_possible() and _was_started.is_set():
        with contextlib.suppress(*FAILURES):
            fork(_end_forkserver, name=_KILLER).join()
        _was_started.clear()
        _is_loaded.clear()


def wait() -> None:
    """Returns once the libraries are loaded, or could not be: no kernel has been promised anything until then."""
    if not _is_loaded.is_set():
        with contextlib.suppress(*FAILURES):
            fork(os.getpid, name=_FIRST).join()
            _is_loaded.set()


def _end_forkserver() -> None:
    os.kill(os.getppid(), signal.SIGTERM)


@contextlib.contextmanager
def _hidden_main() -> Iterator[None]:
    """Meanwhile, the module that this process runs cannot be told from an empty one.

    Otherwise multiprocessing imports it anew in each child, and a script without guard would start again.
    """
    main = sys.modules["__main__"]
    kept = {name: getattr(main, name) for name in ("__file__", "__spec__") if hasattr(main, name)}
    for name in kept:
        setattr(main, name, None)
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(main, name, value)


def fork(target: Callable, *arguments, name: str = _KERNEL) -> BaseProcess:
    """The process that runs ``target``, forked once the libraries are loaded: this waits for them.

    Raises
    ------
    OSError, EOFError, multiprocessing.AuthenticationError
        when the forkserver could not start, or ended.
    """
    start()
    # A kernel left behind by a command that ends would otherwise be waited for, for ever.
    process = multiprocessing.get_context("forkserver").Process(target=target, args=arguments, name=name, daemon=True)
    with _turn, _hidden_main():
        try:
            process.start()
        except ConnectionRefusedError:
            # It has just ended, and the system has not said so yet.
            time.sleep(_DEATH_S)
            process.start()
    return process
