"""In a fork, the cells of notebooks without a kernel: IPython runs them, and their outputs go back by a pipe."""

import gc
import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing.connection import Connection
from pathlib import Path

from ipykernel.ipkernel import IPythonKernel
from ipykernel.jsonutil import encode_images, json_clean
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from helpers import provenance
from helpers.kernels import fork

# A drawing makes many objects, and looking for cycles among them as often as usual takes a tenth of its time.
_GARBAGE = 50_000

# Outputs of the cell that runs, as nbformat holds them.
outputs: list[dict] = []


def _show(kind: str, data: dict, metadata: dict | None, **more) -> None:
    data = json_clean(encode_images(data))
    outputs.append({"output_type": kind, "data": data, "metadata": json_clean(metadata or {}), **more})


class _Publisher(DisplayPublisher):
    def publish(self, data, metadata=None, **_) -> None:
        _show("display_data", data, metadata)


class _Hook(DisplayHook):
    """The value of the last expression, as an output instead of a line of text."""

    def write_format_data(self, format_dict, md_dict=None) -> None:
        _show("execute_result", format_dict, md_dict, execution_count=self.prompt_count)

    def write_output_prompt(self) -> None:
        """No prompt."""

    def finish_displayhook(self) -> None:
        """No empty line."""


class _Shell(InteractiveShell):
    def _showtraceback(self, etype, evalue, stb) -> None:
        outputs.append(
            {"output_type": "error", "ename": etype.__name__, "evalue": str(evalue), "traceback": [*map(str, stb)]}
        )


class _Stream(io.TextIOBase):
    """What a cell prints, as outputs; lines that follow each other are one."""

    def __init__(self, name: str) -> None:
        self.name = name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if outputs and outputs[-1].get("name") == self.name:
            outputs[-1]["text"] += text
        elif text:
            outputs.append({"output_type": "stream", "name": self.name, "text": text})
        return len(text)


def serve(channel: Connection, root: str, folder: str, env: dict[str, str]) -> None:
    """Runs each source that comes, and gives its outputs and its number, until the other side closes.

    None ends a notebook, and is answered by the files that it read and wrote. What modules keep in memory (the tables
    that were read, the measures of texts) serves the next one, which finds no name of the one before. ``root`` is the
    data root of all of them.
    """
    fork.own_state(folder, env)
    gc.set_threshold(_GARBAGE)
    sys.stdin = io.StringIO()
    _Shell.displayhook_class, _Shell.display_pub_class = _Hook, _Publisher
    shell = _Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    provenance.see(Path(root), allowed=Path(root))
    channel.send(dict(IPythonKernel.language_info))
    with redirect_stdout(_Stream("stdout")), redirect_stderr(_Stream("stderr")):
        while True:
            try:
                source = channel.recv()
            except EOFError:
                return
            if source is None:
                channel.send(provenance.files_seen())
                shell.reset()
                if "matplotlib.pyplot" in sys.modules:
                    sys.modules["matplotlib.pyplot"].close("all")
                continue
            outputs.clear()
            number = shell.run_cell(source, store_history=True).execution_count
            channel.send((outputs, number))
