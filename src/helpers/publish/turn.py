"""One at a time: who writes in reports/ holds the lock of the data, which the system takes back by itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from helpers import paths
from helpers.publish.errors import BusyError


@contextmanager
def in_turn() -> Iterator[None]:
    """Holds the lock of the data while the block runs.

    Raises
    ------
    BusyError
        when another program holds it: nobody waits.

    >>> with publish.in_turn():
    ...     (paths.data_root() / "data" / "processed" / ".verrou").is_file()
    True
    """
    lock = paths.data_root() / "data" / "processed" / ".verrou"
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(lock, timeout=0)
    try:
        held.acquire()
    except Timeout:
        raise BusyError("Un autre traitement est en cours sur ces données : attendez sa fin, puis relancez.") from None
    try:
        yield
    finally:
        held.release()
