"""A kernel provisioner of jupyter_client that forks."""

import asyncio
import atexit
import contextlib
import functools
import os
import signal
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from helpers.kernels import child
from helpers.kernels.fork import FAILURES, fork, has_environment

_LAUNCHER = "ipykernel_launcher"
# How long to wait for a kernel that was killed; the system needs a few milliseconds.
_DEATH_S = 5.0
_GLANCE_S = 0.002


def _end(group: int, connection: str) -> None:
    with contextlib.suppress(OSError):
        os.killpg(group, signal.SIGKILL)
    Path(connection).unlink(missing_ok=True)


class _Process:
    """A process of multiprocessing, as jupyter_client looks at one of `subprocess`."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess, connection: str) -> None:
        self._process, self.pid = process, process.pid
        self._code: int | None = None
        # A command that ends before its kernel leaves none behind, nor the keys to it.
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
    """Forks the kernel from the process that has the libraries, and starts an ordinary one if that cannot be."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """What a client needs to speak to the kernel, which may not listen yet."""
        cwd, env = kwargs.get("cwd") or Path.cwd(), kwargs.get("env") or dict(os.environ)
        if _LAUNCHER not in cmd or not has_environment(env):
            return await super().launch_kernel(cmd, **kwargs)
        arguments, connection = cmd[cmd.index(_LAUNCHER) + 1 :], self.parent.connection_file
        try:
            started = fork(child.run, arguments, connection, str(cwd), {**env, "JPY_PARENT_PID": str(os.getpid())})
        except FAILURES:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = _Process(started, connection)
        self.pid = self.pgid = started.pid
        self.cwd = cwd
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Ends the kernel; it is gone when this returns, so that nobody waits a tenth of a second to look."""
        await super().kill(restart=restart)
        for _ in range(int(_DEATH_S / _GLANCE_S)):
            if await self.poll() is not None:
                return
            await asyncio.sleep(_GLANCE_S)
