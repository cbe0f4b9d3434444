"""Which files did this process read and write? Python tells each opening to an audit hook, whatever library opens."""

import os
import sys
from pathlib import Path

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_read: set[str] = set()
_written: set[str] = set()
_begun: list[bool] = []


def begin() -> None:
    """Notes each file opened from now on, in this process and in those forked from it; again does nothing."""
    if not _begun:
        _begun.append(True)
        sys.addaudithook(_note)


def _note(event: str, arguments: tuple) -> None:
    if event == "open":
        path, mode, flags = arguments
        if isinstance(path, str | os.PathLike):
            writes = set(mode) & set("wax+") if mode else (flags or 0) & _WRITING
            (_written if writes else _read).add(os.fspath(path))
    elif event == "os.rename":  # a file that is written beside, then takes its place
        _written.add(os.fspath(arguments[1]))


def _inside(paths: set[str], roots: tuple[Path, ...]) -> list[str]:
    # Made absolute at the end, in the folder where the process still is: the hook must cost nothing.
    whole = {os.path.realpath(os.fsdecode(path)) for path in list(paths)}
    folders = tuple(os.path.join(os.path.realpath(root), "") for root in roots)
    # Hidden: locks, what is being written, and the list that is kept of all this.
    inside = (path for path in whole if path.startswith(folders) and os.path.isfile(path))
    return sorted(path for path in inside if not os.path.basename(path).startswith("."))


def seen(*roots: Path) -> tuple[list[str], list[str]]:
    """The files inside these folders that were read, then those that were written and are still there.

    A file that was read and written is of the second kind only. Code that was imported is not among them.

    >>> import pathlib, tempfile
    >>> from helpers.freshness import trace
    >>> trace.begin()
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     _ = pathlib.Path(dossier, "un.csv").write_text("a", encoding="utf-8")
    ...     lus, ecrits = trace.seen(pathlib.Path(dossier))
    >>> lus, [pathlib.Path(chemin).name for chemin in ecrits]
    ([], ['un.csv'])
    """
    written = _inside(_written, roots)
    code = (".py", ".pyc")
    read = [path for path in _inside(_read, roots) if not path.endswith(code)]
    return sorted(set(read) - set(written)), written
