"""The engine that Papermill is given: its kernel starts before its turn, and the notebook is kept whatever happens."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager
from papermill.iorw import write_ipynb
from papermill.log import logger

# Papermill writes the notebook twice a cell, which costs more than all else it does; once in a while is enough to see,
# after a power cut, how far it went.
_KEPT_EVERY_S = 2.0


class KernelEngine(NBClientEngine):
    """Papermill's own engine, with two more arguments to ``execute_notebook``: ``after`` and ``keep``."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        after: Callable[[], object] | None = None,
        keep: Path | None = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        input_path: str | None = None,  # noqa: ARG003  (Papermill gives it, nbclient has no use for it)
        **options: Any,
    ) -> NotebookNode:
        """The executed notebook: once the kernel is ready ``after`` is called, and the cells run when it returns.

        ``after`` may be the ``wait`` of an event or the ``result`` of a future: what it raises ends the kernel and is
        raised here. ``keep`` is where the notebook is written when it stops, and now and then before.
        """
        timeouts = {"startup_timeout": start_timeout, "timeout": execution_timeout}
        kept = _Kept(nb_man, keep)
        client = PapermillNotebookClient(
            nb_man, kernel_name=kernel_name, log=logger, on_cell_start=kept.cell_start, **timeouts, **options
        )
        try:
            with client.setup_kernel():
                if after:
                    after()
                return client.execute(cleanup_kc=False)
        except BaseException:
            kept.write()
            raise


class _Kept:
    """Where the notebook is kept while it runs; nowhere if no path was given."""

    def __init__(self, nb_man: NotebookExecutionManager, path: Path | None) -> None:
        self.nb_man, self.path, self.written = nb_man, path, time.monotonic()

    def cell_start(self, **_: Any) -> None:
        if time.monotonic() - self.written > _KEPT_EVERY_S:
            self.write()

    def write(self) -> None:
        if self.path:
            write_ipynb(self.nb_man.nb, str(self.path))
        self.written = time.monotonic()
