"""The fork server of the notebooks' kernels, and the kernel managers and provisioner that use it.

A notebook of a short run spends most of its time on imports that the other three need too. Here one process, that of
the standard library's forkserver, imports everything (`zygote`), and each kernel is a fork of it: ready in
milliseconds, its memory shared, its state its own. To Papermill and nbclient it is a kernel like any other.
"""

import asyncio
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
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import DottedObjectName, Type, default

from helpers.kernels import zygote

# --- In a forked kernel, before its first cell: what an ordinary kernel gets by starting ---


def _end_with_the_command(connection: str) -> None:
    """Waits for the command to end, however it ends, then kills its kernel with all that it started."""
    multiprocessing.parent_process().join()
    with contextlib.suppress(OSError):
        Path(connection).unlink()
    os.killpg(0, signal.SIGKILL)


def _own_state(cwd: str, env: dict[str, str]) -> None:
    """Sets what a new process has of its own: folder, environment, signals, random seed."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update({**zygote.left, **env})
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Something else in the command may have started the forkserver, without our libraries.
    sys.path[:] = zygote.path or [entry for entry in sys.path if entry]
    # It may have children, and bears the name that an ordinary process has in logs.
    itself = multiprocessing.current_process()
    itself.daemon, itself.name = False, "MainProcess"
    multiprocessing.set_start_method(None, force=True)
    if "numpy" in sys.modules:
        # Every fork inherits the same state: two kernels would draw the same random numbers.
        sys.modules["numpy"].random.seed()


def run(arguments: list[str], connection: str, cwd: str, env: dict[str, str]) -> None:
    """Runs a kernel; ``arguments`` are those of ``python -m ipykernel_launcher``."""
    os.setsid()
    threading.Thread(target=_end_with_the_command, args=(connection,), daemon=True).start()
    _own_state(cwd, env)
    from ipykernel import kernelapp

    sys.argv = [str(Path(kernelapp.__file__).parents[1] / "ipykernel_launcher.py"), *arguments]
    # The parent that ipykernel itself watches is the forkserver.
    kernelapp.launch_new_instance([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])


# --- The forkserver of the standard library, and a fork of it for each kernel ---

# Imported by name in the forkserver, before its first fork.
_PRELOAD = ["helpers.kernels.__main__"]
_KERNEL, _KILLER, _FIRST = "alses-kernel", "alses-end", "alses-ready"
_RETRY_S = 0.1

# What `fork` raises when the forkserver could not start, or ended.
FAILURES = (OSError, EOFError, multiprocessing.AuthenticationError)

# Variables that libraries read once, when they are loaded (prefixes): in a fork it is too late to change them.
_READ_EARLY = ("HOME", "JE_", "LANG", "LC_", "MKL_", "MPL", "OMP_", "OPENBLAS_", "PYTHON", "TZ", "XDG_")

_turn = threading.Lock()
_was_started, _is_loaded = threading.Event(), threading.Event()
_environment: dict[str, str] = {}


def _early(env: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(_READ_EARLY)}


def has_environment(env: dict[str, str]) -> bool:
    """Whether a fork would behave in this environment as a new process: nothing that is read once has changed."""
    start()
    return _was_started.is_set() and _early(env) == {**zygote.ONE_THREAD, **_environment}


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
    if not _was_started.is_set():
        _environment.clear()
        _environment.update(_early(os.environ))
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
        _is_loaded.clear()


def wait() -> None:
    """Returns once the libraries are loaded, or could not be."""
    if not _is_loaded.is_set():
        with contextlib.suppress(*FAILURES):
            fork(os.getpid, name=_FIRST).join()
            _is_loaded.set()


def _end_forkserver() -> None:
    os.kill(os.getppid(), signal.SIGTERM)


@contextlib.contextmanager
def _hidden_main() -> Iterator[None]:
    """Makes ``__main__`` look empty inside the block.

    Otherwise multiprocessing imports it again in each child, and a script without a guard would start again.
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
    """The process that runs ``target``, forked once the libraries are loaded, for which this waits.

    Raises
    ------
    OSError, EOFError, multiprocessing.AuthenticationError
        when the forkserver could not start, or ended.
    """
    start()
    # A daemon: a command that ends does not wait for a kernel that it left behind.
    process = multiprocessing.get_context("forkserver").Process(target=target, args=arguments, name=name, daemon=True)
    with _turn, _hidden_main():
        try:
            process.start()
        except ConnectionRefusedError:
            # The forkserver has just ended, and the system has not said so yet.
            time.sleep(_RETRY_S)
            process.start()
    return process


# --- A kernel provisioner of jupyter_client that forks ---

_LAUNCHER = "ipykernel_launcher"
# Seconds to wait for a kernel that was killed; the system needs a few milliseconds.
_KILL_TIMEOUT_S = 5.0
_POLL_S = 0.002


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
        if _LAUNCHER not in cmd or not has_environment(env):
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

    async def kill(self, restart: bool = False) -> None:
        """Ends the kernel and waits until it is gone: nbclient would poll ten times a second."""
        await super().kill(restart=restart)
        for _ in range(int(_KILL_TIMEOUT_S / _POLL_S)):
            if await self.poll() is not None:
                return
            await asyncio.sleep(_POLL_S)


# --- The kernel managers for Papermill: encrypted channels, and no idle wait at the start ---

# Seconds that a kernel which has answered may take to say so on its output channel, which opens a little later.
_ECHO_S = 0.2


class PromptClient(AsyncKernelClient):
    """A client that is ready when the kernel answers on both channels, not after a fixed silence."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Returns once a request has been answered, and its end announced on the output channel.

        Raises
        ------
        RuntimeError
            when the kernel died, or did not answer within ``timeout`` seconds.
        """
        deadline = time.monotonic() + (timeout or float("inf"))
        while not await self._has_answered():
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _has_answered(self) -> bool:
        asked = self.kernel_info()
        try:
            while (await self.get_shell_msg(timeout=1))["parent_header"].get("msg_id") != asked:
                pass
            while not _is_end_of(asked, await self.get_iopub_msg(timeout=_ECHO_S)):
                pass
        except Empty:
            return False
        return True


def _is_end_of(asked: str, message: dict[str, Any]) -> bool:
    is_idle = message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
    return is_idle and message["parent_header"].get("msg_id") == asked


class PlainKernelManager(AsyncKernelManager):
    """Ordinary kernels of this Python, encrypted where the library can."""

    client_class = DottedObjectName("helpers.kernels.fork.PromptClient", config=True)
    client_factory = Type(klass="jupyter_client.asynchronous.AsyncKernelClient", config=True)

    @default("transport_encryption")
    def _encrypt(self) -> str:
        return "auto"

    async def start_kernel(self, **kwargs: Any) -> None:
        """Starts the kernel with one thread for sums, so that they do not depend on the number of processors."""
        env = {**zygote.ONE_THREAD, **(kwargs.pop("env", None) or os.environ)}
        await super().start_kernel(env=env, **kwargs)


class ForkedKernelManager(PlainKernelManager):
    """Kernels forked from a process that has loaded the libraries."""

    async def start_kernel(self, **kwargs: Any) -> None:
        """Starts the kernel by a fork, once the libraries are loaded."""
        # Waiting here, before there is a connection file, leaves none behind if the command is killed meanwhile.
        wait()
        if self.provisioner is None:
            self.kernel_id = self.kernel_id or str(uuid.uuid4())
            self.provisioner = ForkedProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
        await super().start_kernel(**kwargs)


def manager_class() -> str:
    """What Papermill takes as ``kernel_manager_class``."""
    return f"helpers.kernels.fork.{'ForkedKernelManager' if is_possible() else 'PlainKernelManager'}"
