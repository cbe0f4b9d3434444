"""An extension of the kernel that keeps, after each cell, the list of files that the notebook read and wrote.

Loaded by the pipeline alone, through the kernel's own command line: a notebook opened by hand knows nothing of it.
"""

import json
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.freshness import trace

MODULE = __name__


def read_back(list_path: Path) -> tuple[list[Path], list[Path]]:
    """The files read, then those written, as `trace.seen` gives them."""
    read, written = json.loads(list_path.read_text(encoding="utf-8"))
    return [Path(each) for each in read], [Path(each) for each in written]


def arguments(list_path: Path) -> list[str]:
    """What the command line of a kernel must hold for the list to be kept in this file."""
    return [f"--InteractiveShellApp.extra_extensions={MODULE}", f"--FilesSeen.path={list_path}"]


def load_ipython_extension(shell: Any) -> None:
    """What IPython calls when the kernel starts."""
    trace.begin()
    kept = Path(shell.config.FilesSeen.path)

    def keep(_result: Any) -> None:
        roots = paths.data_root() / "data", paths.repository() / "src" / "helpers"
        kept.write_text(json.dumps([list(map(str, each)) for each in trace.seen(*roots)]), encoding="utf-8")

    shell.events.register("post_run_cell", keep)
