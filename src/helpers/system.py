"""What is asked of the computer: atomic writes, checksums, running programs, a browser that prints."""

import errno
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

# --- What the operating system is asked beyond Python's own: is a program running, is a file really on the
# --- disk

# What a file system answers that cannot do what was asked, and could never.
_CANNOT = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
_HERE, _BOTH = -100, 2  # AT_FDCWD and RENAME_EXCHANGE, of Linux


def is_alive(number: int) -> bool:
    """Whether a program of this computer has this number; on Windows, where one cannot ask, taken for true.

    >>> import os
    >>> is_alive(os.getpid()), is_alive(-1)
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

    >>> settle(paths.raw_table(2020, "reunions"), paths.raw(2020))
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

    >>> settle_tree(paths.raw(2020))
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
    ...     exchange(avant, apres) == (apres / "page.html").exists()
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


# --- The browser of this computer that can print a page: Chromium, Chrome or Edge. Standard library only ---

# A browser to use rather than those that are looked for: its name, or its path.
BROWSER_VARIABLE = "ALSES_BROWSER"

_COMMANDS = (
    "chromium chromium-browser google-chrome google-chrome-stable microsoft-edge microsoft-edge-stable chrome msedge"
).split()
_MAC = ("Google Chrome", "Chromium", "Microsoft Edge")
_WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "Chromium/Application/chrome.exe",
)


class BrowserError(Exception):
    """The browser that was asked for is not there: its text is one French sentence that says what to do."""


def _places() -> Iterator[Path]:
    """Where browsers are that no command name reaches."""
    folders = [Path("/Applications")]
    with suppress(RuntimeError):  # a user whom the computer does not know has no home
        folders.append(Path.home() / "Applications")
    for folder in folders:
        yield from (folder / f"{name}.app" / "Contents" / "MacOS" / name for name in _MAC)
    for variable in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData"):
        if os.environ.get(variable):
            yield from (Path(os.environ[variable]) / place for place in _WINDOWS)


def find_browser() -> Path | None:
    """Chromium, Chrome or Edge, whichever is found first; None when there is none.

    Raises
    ------
    BrowserError
        when ``ALSES_BROWSER`` names a program that does not exist.

    >>> navigateur = find_browser()
    >>> navigateur is None or navigateur.is_file()
    True
    """
    chosen = os.environ.get(BROWSER_VARIABLE)
    if chosen:
        found = shutil.which(chosen)
        if found is None:
            raise BrowserError(f"{BROWSER_VARIABLE} désigne un programme introuvable : corrigez-la ou effacez-la.")
        return Path(found)
    commands = (shutil.which(name) for name in _COMMANDS)
    return next((Path(command) for command in commands if command), None) or next(
        (place for place in _places() if place.is_file()), None
    )


# --- What a file is, whatever its name: the checksum of its bytes ---

# Bytes. A larger file is an export, read from end to end at each look: while its size and its date stand, so does its
# checksum. A small table is always read again, for two changes can fall in one tick of the clock.
READ_ONCE_FROM = 1_000_000


def checksum(content: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal.

    >>> len(fingerprint(paths.raw_table(2020, "reunions")))
    64
    """
    state = path.stat()
    if state.st_size < READ_ONCE_FROM:
        return checksum(path.read_bytes())
    return _fingerprint_of_large(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=64)
def _fingerprint_of_large(path: Path, size: int, modified: int) -> str:
    del size, modified
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- A file, or a folder, is there whole or as it was: written beside, under a name of its own, then put in
# --- place

# What a program that was killed left beside is removed once nobody can be writing it any more: the program of that
# number is gone, or, where that cannot be asked or the number serves another, an hour has passed.
_LEFT_SECONDS = 3600


def _is_left(beside: Path) -> bool:
    number = beside.name.rsplit(".", 2)[1]
    is_gone = number.isdecimal() and not is_alive(int(number))
    return is_gone or time.time() - beside.stat().st_mtime > _LEFT_SECONDS


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """The path to write to, which takes the place of ``path`` if the block succeeds; the folder is made if need be.

    Two programs at work on one file write to two paths: the last one that ends is right, neither is mixed. What took
    the place is on the disk: a power cut leaves it whole too.

    >>> import pathlib, tempfile
    >>> from helpers.system import whole
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
        settle(beside)
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
    >>> from helpers.system import whole_folder
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
        settle_tree(beside)
        if not path.exists():
            beside.rename(path)
        elif not exchange(beside, path):
            path.rename(former)
            beside.rename(path)
        settle(path.parent)
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
