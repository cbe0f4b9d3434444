"""What a file is, whatever its name: the checksum of its bytes."""

import hashlib
from functools import lru_cache
from pathlib import Path

# Bytes. A larger file is an export, read from end to end at each look: while its size and its date stand, so does its
# checksum. A small table is always read again, for two changes can fall in one tick of the clock.
_READ_ONCE_FROM = 1_000_000


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal.

    >>> len(store.fingerprint(paths.raw_table(2020, "reunions")))
    64
    """
    state = path.stat()
    if state.st_size < _READ_ONCE_FROM:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return _fingerprint_of_large(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=64)
def _fingerprint_of_large(path: Path, size: int, modified: int) -> str:
    del size, modified
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
