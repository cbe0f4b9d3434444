"""The kernel managers that Papermill is given: their kernels speak encrypted, and start without idle waits."""

import os
import time
import uuid
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from traitlets import DottedObjectName, Type, default

from helpers.kernels import fork, zygote
from helpers.kernels.provisioner import ForkedProvisioner

# How long a kernel that has answered may take to say it on the channel of its outputs, which opens a little later.
_ECHO_S = 0.2


class PromptClient(AsyncKernelClient):
    """A client that is ready when the kernel says so on both channels, not after a fixed silence."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Returns once a request has been answered and its end was heard on the channel of outputs.

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
    """Ordinary kernels of this Python, encrypted if they can be."""

    client_class = DottedObjectName("helpers.kernels.manager.PromptClient", config=True)
    client_factory = Type(klass="jupyter_client.asynchronous.AsyncKernelClient", config=True)

    @default("transport_encryption")
    def _encrypt(self) -> str:
        return "auto"

    async def start_kernel(self, **kwargs: Any) -> None:
        """Starts the kernel, or the next one after a restart; its sums come in one order whatever the processors."""
        env = {**zygote.ONE_THREAD, **(kwargs.pop("env", None) or os.environ)}
        await super().start_kernel(env=env, **kwargs)


class ForkedKernelManager(PlainKernelManager):
    """Kernels forked from a process that has loaded the libraries."""

    async def start_kernel(self, **kwargs: Any) -> None:
        """Starts the kernel, or the next one after a restart: forks it, unless that cannot be."""
        # A command killed while the libraries load leaves no connection file: there is none yet.
        fork.wait()
        if self.provisioner is None:
            self.kernel_id = self.kernel_id or str(uuid.uuid4())
            self.provisioner = ForkedProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
        await super().start_kernel(**kwargs)
