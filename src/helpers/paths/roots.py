"""The two roots of all folders: the repository, and the data root, which may be elsewhere."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

DATA_ROOT_VARIABLE = "ALSES_DATA_ROOT"

# Set by `rooted` alone.
_rooted: ContextVar[Path | None] = ContextVar("data_root", default=None)


@cache  # asked for each file of a report, and the disk takes its time to answer
def repository() -> Path:
    """The folder that holds pyproject.toml and notebooks/.

    >>> (paths.repository() / "pyproject.toml").is_file()
    True
    """
    return Path(__file__).resolve().parents[3]


def data_root() -> Path:
    """The folder that holds data/ and reports/: the repository, unless ``ALSES_DATA_ROOT`` names another.

    >>> (paths.data_root() / "data" / "raw").is_dir()
    True
    """
    if (root := _rooted.get()) is not None:
        return root
    chosen = os.environ.get(DATA_ROOT_VARIABLE)
    return Path(chosen).resolve() if chosen else repository()


def pin_data_root() -> None:
    """Makes a relative data root absolute, so that it means the same in a kernel, which runs in another folder.

    >>> paths.pin_data_root()
    >>> paths.data_root().is_absolute()
    True
    """
    if os.environ.get(DATA_ROOT_VARIABLE):
        os.environ[DATA_ROOT_VARIABLE] = str(data_root())


@contextmanager
def rooted(root: Path) -> Iterator[None]:
    """Another data root meanwhile, in this thread alone.

    >>> with paths.rooted(paths.shareable()):
    ...     paths.is_shareable()
    True
    """
    kept = _rooted.set(root)
    try:
        yield
    finally:
        _rooted.reset(kept)
