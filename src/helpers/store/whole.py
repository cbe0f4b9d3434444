"""A file, or a folder, is there whole or as it was: written beside, under a name of its own, then put in place."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from helpers import system

# What a program that was killed left beside is removed once nobody can be writing it any more: the program of that
# number is gone, or, where that cannot be asked or the number serves another, an hour has passed.
_LEFT_SECONDS = 3600


def _is_left(beside: Path) -> bool:
    number = beside.name.rsplit(".", 2)[1]
    is_gone = number.isdecimal() and not system.is_alive(int(number))
    return is_gone or time.time() - beside.stat().st_mtime > _LEFT_SECONDS


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """The path to write to, which takes the place of ``path`` if the block succeeds; the folder is made if need be.

    Two programs at work on one file write to two paths: the last one that ends is right, neither is mixed. What took
    the place is on the disk: a power cut leaves it whole too.

    >>> import pathlib, tempfile
    >>> from helpers.store.whole import whole
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     with whole(pathlib.Path(dossier, "carte.json")) as beside:
    ...         _ = beside.write_text("{}", encoding="utf-8")
    ...     print([fichier.name for fichier in pathlib.Path(dossier).iterdir()])
    ['carte.json']
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{path.name}.*.partiel"):
        with suppress(OSError):  # another program may have renamed it, or hold it
            if _is_left(left):
                left.unlink()
    beside = path.with_name(f".{path.name}.{os.getpid()}.partiel")
    try:
        yield beside
        system.settle(beside)
        beside.replace(path)
    finally:
        with suppress(OSError):  # what went wrong before is what is to be told
            beside.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """The empty folder to fill, which takes the place of ``path`` and of what it held if the block succeeds.

    Where a system cannot give two folders each other's name, the former one is set aside for an instant: what a program
    killed then left is put back by the next one.

    >>> import pathlib, tempfile
    >>> from helpers.store.whole import whole_folder
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     with whole_folder(pathlib.Path(dossier, "codage")) as beside:
    ...         _ = (beside / "passages.csv").write_text("", encoding="utf-8")
    ...     print([fichier.name for fichier in pathlib.Path(dossier, "codage").iterdir()])
    ['passages.csv']
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    mend_folder(path)
    beside, former = (path.with_name(f".{path.name}.{os.getpid()}.{end}") for end in ("partiel", "ancien"))
    try:
        beside.mkdir()
        yield beside
        system.settle_tree(beside)
        if not path.exists():
            beside.rename(path)
        elif not system.exchange(beside, path):
            path.rename(former)
            beside.rename(path)
        system.settle(path.parent)
    finally:
        if former.exists() and not path.exists():
            former.rename(path)
        for left in (beside, former):
            shutil.rmtree(left, ignore_errors=True)


def mend_folder(path: Path) -> None:
    """Puts back a folder that a killed program had set aside, and removes what it had begun."""
    for left in [*path.parent.glob(f".{path.name}.*.ancien"), *path.parent.glob(f".{path.name}.*.partiel")]:
        with suppress(OSError):  # another program may have moved it
            if not _is_left(left):
                continue
            if left.suffix == ".ancien" and not path.exists():
                left.rename(path)
            else:
                shutil.rmtree(left)
