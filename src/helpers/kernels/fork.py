"""The fork server of the notebooks' kernels, and the kernel managers and provisioner that use it.

A notebook of a short run spends most of its time on imports that the other three need too. Here one process, that of
the standard library's forkserver, imports everything (`zygote`), and each kernel is a fork of it: ready in
milliseconds, its memory shared, its state its own. To Papermill and nbclient it is a kernel like any other.
"""

import atexit
import contextlib
import functools
import multiprocessing
import os
import signal
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import default

# Threads do not survive a fork, and these libraries start some at import unless told not to. Sums by one thread do not
# depend on the number of processors either.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}

# --- In a forked kernel, before its first cell: what an ordinary kernel gets by starting ---


def end_with_the_command(connection: str = "") -> None:
    """Waits for the command to end, however it ends, then kills its kernel with all that it started."""
    multiprocessing.parent_process().join()
    with contextlib.suppress(OSError):
        Path(connection).unlink()
    os.killpg(0, signal.SIGKILL)


def own_state(cwd: str, env: dict[str, str], connection: str = "") -> None:
    """Sets what a new process has of its own: group, end, folder, environment, signals, random seed."""
    os.setsid()
    threading.Thread(target=end_with_the_command, args=(connection,), daemon=True).start()
    os.chdir(cwd)
    os.environ.clear()
    zygote = sys.modules.get("helpers.kernels.zygote")  # absent when another program started the forkserver
    os.environ.update({**(zygote.left if zygote else {}), **env})
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.path[:] = zygote.path if zygote else [entry for entry in sys.path if entry]
    # It may have children, and bears the name that an ordinary process has in logs.
    itself = multiprocessing.current_process()
    itself.daemon, itself.name = False, "MainProcess"
    multiprocessing.set_start_method(None, force=True)
    if "numpy" in sys.modules:
        # Every fork inherits the same state: two kernels would draw the same random numbers.
        sys.modules["numpy"].random.seed()


def run(arguments: list[str], connection: str, cwd: str, env: dict[str, str]) -> None:
    """Runs a kernel; ``arguments`` are those of ``python -m ipykernel_launcher``."""
    own_state(cwd, env, connection)
    from ipykernel import kernelapp

    sys.argv = [str(Path(kernelapp.__file__).parents[1] / "ipykernel_launcher.py"), *arguments]
    # The parent that ipykernel itself watches is the forkserver.
    kernelapp.launch_new_instance([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])


# --- The forkserver of the standard library, and a fork of it for each kernel ---

# Imported by name in the forkserver, before its first fork.
_PRELOAD = ["helpers.kernels.__main__"]
_KERNEL, _KILLER = "alses-kernel", "alses-end"
_RETRY_S = 0.1

# What `fork` raises when the forkserver could not start, or ended.
FAILURES = (OSError, EOFError, multiprocessing.AuthenticationError)

_turn = threading.Lock()
_was_started = threading.Event()


def is_possible() -> bool:
    """Whether this system can fork a kernel: Windows has no fork, and libraries of macOS do not survive one.

    Nor can a daemon of multiprocessing, such as the workers of a cluster: it may not have children.
    """
    has_fork = sys.platform != "darwin" and "forkserver" in multiprocessing.get_all_start_methods()
    return has_fork and not multiprocessing.current_process().daemon


def start() -> None:
    """Starts the forkserver, which loads the libraries, and returns at once; does nothing if it is started already.

    Where it cannot start (a temporary folder whose path is too long for its socket), kernels are ordinary ones.
    """
    if not is_possible():
        return
    from multiprocessing import forkserver

    multiprocessing.get_context("forkserver").set_forkserver_preload(_PRELOAD)
    with contextlib.suppress(*FAILURES):
        forkserver.ensure_running()
        _was_started.set()


def stop() -> None:
    """Ends the forkserver and the kernels that it still has; the next one loads the modules as they are then."""
    # The standard library ends it with this process only: one of its own forks kills it, perhaps before we hear that
    # the fork was made.
    if is_possible() and _was_started.is_set():
        with contextlib.suppress(*FAILURES):
            fork(_end_forkserver, name=_KILLER).join()
        _was_started.clear()


def _end_forkserver() -> None:
    os.kill(os.getppid(), signal.SIGTERM)


@contextlib.contextmanager
def _empty_main() -> Iterator[None]:
    """Replaces ``__main__`` inside the block: each child would run a script without a guard again."""
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def fork(target: Callable, *arguments, name: str = _KERNEL) -> BaseProcess:
    """The process that runs ``target``, forked once the libraries are loaded, for which this waits.

    Raises
    ------
    OSError, EOFError, multiprocessing.AuthenticationError
        when the forkserver could not start, or ended.
    """
    start()
    # A daemon: a command that ends does not wait for a kernel that it left behind.
    process = multiprocessing.get_context("forkserver").Process(target=target, args=arguments, name=name, daemon=True)
    with _turn, _empty_main():
        try:
            process.start()
        except ConnectionRefusedError:
            # The forkserver has just ended, and the system has not said so yet.
            time.sleep(_RETRY_S)
            process.start()
    return process


@contextlib.contextmanager
def beside() -> Iterator[Executor]:
    """An executor of one fork, for what takes no notebook; of one thread where nothing can be forked."""
    start()
    if not _was_started.is_set():
        with ThreadPoolExecutor(1) as executor:
            yield executor
        return
    given = {"initializer": own_state, "initargs": (str(Path.cwd()), dict(os.environ))}
    with ProcessPoolExecutor(1, multiprocessing.get_context("forkserver"), **given) as executor:
        try:
            with _turn, _empty_main():
                executor.submit(int)  # the first task starts the process
            yield executor
        except BaseException:
            executor.shutdown(cancel_futures=True)
            raise


# --- A kernel provisioner of jupyter_client that forks ---

_LAUNCHER = "ipykernel_launcher"


def _end(group: int, connection: str) -> None:
    with contextlib.suppress(OSError):
        os.killpg(group, signal.SIGKILL)
    Path(connection).unlink(missing_ok=True)


class _Process:
    """A process of multiprocessing with the interface of `subprocess.Popen` that jupyter_client uses."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess, connection: str) -> None:
        self._process, self.pid = process, process.pid
        self._code: int | None = None
        # A command that ends before its kernel leaves neither the kernel nor its connection file behind.
        self._end = functools.partial(_end, process.pid, connection)
        atexit.register(self._end)

    def poll(self) -> int | None:
        if self._code is None and self._process.exitcode is not None:
            self._code = self._process.exitcode
            self._process.close()
            atexit.unregister(self._end)
        return self._code

    def wait(self) -> int:
        if self.poll() is None:
            self._process.join()
        return self.poll()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class ForkedProvisioner(LocalProvisioner):
    """Forks the kernel from the process that has the libraries, or starts an ordinary one if it cannot."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """What a client needs to connect to the kernel, which may not listen yet."""
        cwd, env = kwargs.get("cwd") or Path.cwd(), kwargs.get("env") or dict(os.environ)
        start()
        if _LAUNCHER not in cmd or not _was_started.is_set():
            return await super().launch_kernel(cmd, **kwargs)
        arguments, connection = cmd[cmd.index(_LAUNCHER) + 1 :], self.parent.connection_file
        try:
            started = fork(run, arguments, connection, str(cwd), {**env, "JPY_PARENT_PID": str(os.getpid())})
        except FAILURES:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = _Process(started, connection)
        self.pid = self.pgid = started.pid
        self.cwd = cwd
        return self.connection_info


# --- The kernel managers for Papermill: encrypted channels ---


class PlainKernelManager(AsyncKernelManager):
    """Ordinary kernels of this Python, encrypted where the library can."""

    @default("transport_encryption")
    def _encrypt(self) -> str:
        return "auto"

    async def start_kernel(self, **kwargs: Any) -> None:
        """Starts the kernel with one thread for sums, so that they do not depend on the number of processors."""
        env = {**ONE_THREAD, **(kwargs.pop("env", None) or os.environ)}
        await super().start_kernel(env=env, **kwargs)


class ForkedKernelManager(PlainKernelManager):
    """Kernels forked from a process that has loaded the libraries."""

    async def start_kernel(self, **kwargs: Any) -> None:
        """Starts the kernel by a fork, once the libraries are loaded."""
        if self.provisioner is None:
            self.kernel_id = self.kernel_id or str(uuid.uuid4())
            self.provisioner = ForkedProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
        await super().start_kernel(**kwargs)


def manager_class() -> str:
    """What Papermill takes as ``kernel_manager_class``."""
    return f"helpers.kernels.fork.{'ForkedKernelManager' if is_possible() else 'PlainKernelManager'}"
