"""The forkserver of the standard library, and one process of it for each kernel."""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess

# Imported by name in the forkserver, before its first fork.
_PRELOAD = ["helpers.kernels.__main__"]
_KERNEL, _KILLER = "alses-kernel", "alses-end"

_turn = threading.Lock()
_was_started = threading.Event()


def start() -> None:
    """Starts the forkserver, which loads the libraries by itself, and returns at once; once started, does nothing.

    >>> if kernels.is_possible():
    ...     kernels.start()
    ...     kernels.stop()
    """
    multiprocessing.get_context("forkserver").set_forkserver_preload(_PRELOAD)
    forkserver.ensure_running()
    _was_started.set()


def stop() -> None:
    """Ends the forkserver, with the kernels it still has; the next one will read the modules as they are then."""
    # The standard library has no public end for it but that of this process: one of its children ends it.
    if _was_started.is_set():
        fork(_end_forkserver, name=_KILLER).join()
        _was_started.clear()


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
    OSError, EOFError
        when the forkserver could not start, or ended.
    """
    start()
    # A kernel left behind by a command that ends would otherwise be waited for, for ever.
    process = multiprocessing.get_context("forkserver").Process(target=target, args=arguments, name=name, daemon=True)
    with _turn, _hidden_main():
        process.start()
    return process
