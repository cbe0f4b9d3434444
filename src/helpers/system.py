"""What the operating system is asked beyond Python's own: is a program running, is a file really on the disk."""

import errno
import os
import sys
from pathlib import Path

# What a file system answers that cannot do what was asked, and could never.
_CANNOT = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
_HERE, _BOTH = -100, 2  # AT_FDCWD and RENAME_EXCHANGE, of Linux


def is_alive(number: int) -> bool:
    """Whether a program of this computer has this number; on Windows, where one cannot ask, taken for true.

    >>> import os
    >>> system.is_alive(os.getpid()), system.is_alive(-1)
    (True, False)
    """
    if number <= 0:
        return False
    if os.name == "nt":
        return True  # there, the signal that asks elsewhere ends the program
    try:
        os.kill(number, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True  # of another person
    return True


def settle(*places: Path) -> None:
    """Waits until what these files hold, and the names in these folders, are on the disk: a power cut keeps them.

    Windows settles the names of a folder by itself. A file system that cannot be asked is let be.

    >>> system.settle(paths.raw_table(2020, "reunions"), paths.raw(2020))
    """
    for place in places:
        if os.name == "nt" and place.is_dir():
            continue
        opened = os.open(place, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        try:
            os.fsync(opened)
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
        finally:
            os.close(opened)


def settle_tree(folder: Path) -> None:
    """`settle` for a folder and all that it holds.

    >>> system.settle_tree(paths.raw(2020))
    """
    for inside, _, names in os.walk(folder, topdown=False):
        settle(*(Path(inside) / name for name in sorted(names)), Path(inside))


def exchange(one: Path, other: Path) -> bool:
    """Gives each of two folders the name of the other, in a single step; False where that cannot be done (only Linux).

    Raises
    ------
    OSError
        when the disk refuses: nothing has changed.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     avant, apres = pathlib.Path(dossier, "avant"), pathlib.Path(dossier, "apres")
    ...     avant.mkdir(), apres.mkdir(), (avant / "page.html").touch()
    ...     system.exchange(avant, apres) == (apres / "page.html").exists()
    (None, None, None)
    True
    """
    if sys.platform != "linux":
        return False
    import ctypes

    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _BOTH) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(one))
