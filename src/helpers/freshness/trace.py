"""Which files did this process read and write? Python tells each opening to an audit hook, whatever library opens."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
# What is imported is known otherwise, and would be most of what is opened.
_CODE = (".py", ".pyc", ".so")
_read: set[str] = set()
_written: set[str] = set()
_begun: list[bool] = []


def begin() -> None:
    """Notes each file opened from now on, in this process and in those forked from it; again does nothing."""
    if not _begun:
        _begun.append(True)
        sys.addaudithook(_note)


@contextmanager
def unnoted() -> Iterator[None]:
    """What is opened meanwhile is not noted: it says nothing of what will be used."""
    kept = set(_read), set(_written)
    yield
    for noted, before in zip((_read, _written), kept, strict=True):
        noted.intersection_update(before)


def _note(event: str, arguments: tuple) -> None:
    if event == "open":
        path, mode, flags = arguments
        if isinstance(path, str | os.PathLike) and not os.fspath(path).endswith(_CODE):
            writes = set(mode) & set("wax+") if mode else (flags or 0) & _WRITING
            (_written if writes else _read).add(os.fspath(path))
    elif event == "os.rename":  # a file that is written beside, then takes its place
        _written.add(os.fspath(arguments[1]))


@lru_cache(maxsize=4096)
def _real(name: str | bytes) -> Path:
    return Path(os.path.realpath(os.fsdecode(name)))


def _inside(names: set[str], roots: tuple[Path, ...]) -> list[Path]:
    # Made absolute here, in the folder where the process still is: the hook must cost nothing.
    paths, folders = {_real(name) for name in list(names)}, [_real(root) for root in roots]
    inside = [path for path in paths if any(path.is_relative_to(folder) for folder in folders)]
    # Hidden: locks, what is being written, and the list that is kept of all this.
    return sorted(path for path in inside if not path.name.startswith(".") and path.is_file())


def seen(*roots: Path) -> tuple[list[Path], list[Path]]:
    """The files inside these folders that were read, then those that were written and are still there.

    A file that was read and written is of the second kind only. Code that was imported is not among them.

    >>> import pathlib, tempfile
    >>> from helpers.freshness import trace
    >>> trace.begin()
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     _ = pathlib.Path(dossier, "un.csv").write_text("a", encoding="utf-8")
    ...     lus, ecrits = trace.seen(pathlib.Path(dossier))
    >>> lus, [chemin.name for chemin in ecrits]
    ([], ['un.csv'])
    """
    written = _inside(_written, roots)
    return sorted(set(_inside(_read, roots)) - set(written)), written
