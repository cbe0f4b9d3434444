"""An extension of the kernel that keeps, after each cell, the list of files that the notebook read and wrote.

Loaded by the pipeline alone, through the kernel's own command line: a notebook opened by hand knows nothing of it.
"""

import json
import logging
import os
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.freshness import guard, trace

MODULE = __name__


def read_back(list_path: Path) -> tuple[list[Path], list[Path]]:
    """The files read, then those written, as `trace.seen` gives them."""
    read, written = json.loads(list_path.read_text(encoding="utf-8"))
    return [Path(each) for each in read], [Path(each) for each in written]


def arguments(list_path: Path, root: Path) -> list[str]:
    """What the command line of a kernel must hold: the list is kept in this file, ``root`` is its data root."""
    extension = f"--InteractiveShellApp.extra_extensions={MODULE}"
    # Its warnings are in English, and say what the run says: that it was stopped.
    quiet = f"--IPKernelApp.log_level={logging.ERROR}"
    return [extension, quiet, f"--FilesSeen.path={list_path}", f"--FilesSeen.root={root}"]


def load_ipython_extension(shell: Any) -> None:
    """What IPython calls when the kernel starts."""
    kept, root = Path(shell.config.FilesSeen.path), Path(shell.config.FilesSeen.root)
    os.environ[paths.DATA_ROOT_VARIABLE] = str(root)
    trace.begin()
    guard.begin(root, allowed=kept)

    def keep(_result: Any) -> None:
        roots = paths.data_root() / "data", paths.repository() / "src" / "helpers"
        kept.write_text(json.dumps([list(map(str, each)) for each in trace.seen(*roots)]), encoding="utf-8")

    shell.events.register("post_run_cell", keep)
