"""What a forked kernel does before its first cell: everything that an ordinary one has from its own start."""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from pathlib import Path

from helpers.kernels import zygote


def _end_with_the_command(connection: str) -> None:
    """Waits for the end of the process that asked for this kernel, however it ends, then ends everything here."""
    multiprocessing.parent_process().join()
    with contextlib.suppress(OSError):
        Path(connection).unlink()
    os.killpg(0, signal.SIGKILL)


def _own_state(cwd: str, env: dict[str, str]) -> None:
    """The place, the environment, the signals and the chance of a process of its own."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update({**zygote.left, **env})
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Another part of the command may have started the forkserver, without our libraries.
    sys.path[:] = zygote.path or [entry for entry in sys.path if entry]
    # This process may have children, and its log bears the name that it would have had.
    itself = multiprocessing.current_process()
    itself.daemon, itself.name = False, "MainProcess"
    multiprocessing.set_start_method(None, force=True)
    if "numpy" in sys.modules:
        # Every fork inherits the same state: two kernels would draw the same « random » numbers.
        sys.modules["numpy"].random.seed()


def run(arguments: list[str], connection: str, cwd: str, env: dict[str, str]) -> None:
    """The life of a kernel; ``arguments`` are those of ``python -m ipykernel_launcher``."""
    os.setsid()
    threading.Thread(target=_end_with_the_command, args=(connection,), daemon=True).start()
    _own_state(cwd, env)
    from ipykernel import kernelapp

    sys.argv = [str(Path(kernelapp.__file__).parents[1] / "ipykernel_launcher.py"), *arguments]
    # The forkserver is the parent that the kernel's own watch looks at.
    kernelapp.launch_new_instance([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])
