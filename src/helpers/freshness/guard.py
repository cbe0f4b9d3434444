"""A kernel that sees aggregates only is refused the files of persons: the second net.

The first is that nothing tells it where they are: its data root holds none. Python tells each opening to this hook. A
library that opens files by itself (pyarrow and DuckDB, given a path) does not, and finds only what the first leaves.
"""

import os
import sys
from pathlib import Path

_EVENTS = {"open", "os.listdir", "os.scandir", "sqlite3.connect"}
_begun: list[bool] = []


def begin(root: Path, *, allowed: Path) -> None:
    """Refuses from now on what is under the data of the project and outside ``root``, but for the file ``allowed``.

    Nothing is refused when ``root`` is the project's own; again does nothing.
    """
    if _begun or root.parts[-3:] != ("data", "processed", "diffusion"):
        return
    _begun.append(True)
    data, inside, kept = (os.path.realpath(each) for each in (root.parents[2] / "data", root, allowed))

    def refuse(event: str, arguments: tuple) -> None:
        if event not in _EVENTS or not arguments or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if path.startswith(data + os.sep) and not path.startswith(inside) and path != kept:
            raise PermissionError(
                "Ce notebook ne voit que des nombres protégés : les fichiers de personnes lui sont fermés."
            )

    sys.addaudithook(refuse)
