"""What is asked of the computer: running programs, a browser, checksums, atomic writes.

A run that has nothing to do loads this module and must be immediate: what it can do without is imported where used.
"""

import errno
import os
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from helpers.errors import UserError

# --- Programs, and what is really on the disk ---

# What a file system answers when it has no such operation.
_CANNOT = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
_HERE, _BOTH = -100, 2  # AT_FDCWD and RENAME_EXCHANGE, of Linux


def is_alive(number: int) -> bool:
    """Whether a process of this computer has this number; always true on Windows, where one cannot ask."""
    if number <= 0:
        return False
    if os.name == "nt":
        return True  # there, the signal that asks elsewhere ends the process
    try:
        os.kill(number, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True  # another user's
    return True


def sync_to_disk(*places: Path) -> None:
    """Flushes these files, and the names in these folders, to the disk, so that they survive a power cut.

    Windows does it for folders by itself; a file system without this operation is left alone.
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


def sync_tree(folder: Path) -> None:
    """`sync_to_disk` for a folder and all that it holds."""
    for inside, _, names in os.walk(folder, topdown=False):
        sync_to_disk(*(Path(inside) / name for name in sorted(names)), Path(inside))


def swap_folders(one: Path, other: Path) -> bool:
    """Swaps the names of two folders in a single step; False where that cannot be done (anywhere but on Linux).

    Raises OSError when the disk refuses: nothing has changed.
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


# --- A browser that prints a page ---

# The name or the path of the browser to use, rather than those that are looked for.
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


def _places() -> Iterator[Path]:
    """Where browsers are that are not on the PATH."""
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

    Raises UserError when ``ALSES_BROWSER`` names a program that does not exist.
    """
    import shutil

    chosen = os.environ.get(BROWSER_VARIABLE)
    if chosen:
        found = shutil.which(chosen)
        if found is None:
            raise UserError(f"{BROWSER_VARIABLE} désigne un programme introuvable : corrigez-la ou effacez-la.")
        return Path(found)
    commands = (shutil.which(name) for name in _COMMANDS)
    return next((Path(command) for command in commands if command), None) or next(
        (place for place in _places() if place.is_file()), None
    )


# --- Checksums ---

# Bytes. A larger file is an export: a process keeps its checksum while its size and its date stay the same.
READ_ONCE_FROM = 1_000_000


def checksum(content: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    import hashlib  # slow to load, and nothing is hashed where nothing has changed

    return hashlib.sha256(content).hexdigest()


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    state = path.stat()
    if state.st_size < READ_ONCE_FROM:
        return checksum(path.read_bytes())
    return _fingerprint_of_large(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=64)
def _fingerprint_of_large(path: Path, size: int, modified: int) -> str:
    import hashlib

    del size, modified
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- Archives ---


def archive_of(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files, by their paths in it: the same bytes whatever the day and the machine."""
    import io  # slow to load, as the next
    import zipfile

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        for path, data in files.items():
            # The earliest date that a zip may hold; a plain file of Unix, mode 0644.
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
            content.writestr(entry, data, compresslevel=9)
    return archive.getvalue()


# --- Atomic writes: what is written takes shape under a temporary name, then replaces the former file or folder ---

# What a killed program left behind is removed once nobody can be writing it any more: the process of that number is
# gone or, where that cannot be asked or the number serves another, an hour has passed.
_LEFT_SECONDS = 3600


def _is_left(beside: Path) -> bool:
    number = beside.name.rsplit(".", 2)[1]
    is_gone = number.isdecimal() and not is_alive(int(number))
    return is_gone or time.time() - beside.stat().st_mtime > _LEFT_SECONDS


_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600


def make_private(folder: Path) -> Path:
    """The folder, made if need be, which only its owner can open, whatever the umask; Windows has no such mode.

    `atomic_write` makes the files of such a folder private too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if os.name != "nt":
        with suppress(OSError):  # a file system without owners
            folder.chmod(_PRIVATE_FOLDER)
    return folder


def _keep_private(beside: Path) -> None:
    if os.name != "nt" and beside.is_file() and stat.S_IMODE(beside.parent.stat().st_mode) == _PRIVATE_FOLDER:
        with suppress(OSError):
            beside.chmod(_PRIVATE_FILE)


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """The path to write to, which replaces ``path`` if the block succeeds; the folder is made if need be.

    Two programs that write the same file use two paths, so that they never mix: the last one to end wins. The new file
    is flushed to the disk first, so that a power cut leaves one of the two whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{path.name}.*.partiel"):
        with suppress(OSError):  # another program may have renamed it, or hold it
            if _is_left(left):
                left.unlink()
    beside = path.with_name(f".{path.name}.{os.getpid()}.partiel")
    try:
        yield beside
        _keep_private(beside)
        sync_to_disk(beside)
        beside.replace(path)
    finally:
        with suppress(OSError):  # what went wrong before matters more
            beside.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """The empty folder to fill, which replaces ``path`` and what it held if the block succeeds.

    Where a system cannot swap two folders, the former one is set aside for an instant; if the program is killed just
    then, the next one puts it back.
    """
    import shutil

    path.parent.mkdir(parents=True, exist_ok=True)
    recover_folder(path)
    beside, former = (path.with_name(f".{path.name}.{os.getpid()}.{end}") for end in ("partiel", "ancien"))
    try:
        beside.mkdir()
        yield beside
        sync_tree(beside)
        if not path.exists():
            beside.rename(path)
        elif not swap_folders(beside, path):
            path.rename(former)
            beside.rename(path)
        sync_to_disk(path.parent)
    finally:
        if former.exists() and not path.exists():
            former.rename(path)
        for left in (beside, former):
            shutil.rmtree(left, ignore_errors=True)


def recover_folder(path: Path) -> None:
    """Puts back a folder that a killed program had set aside, and removes what it had started to write."""
    import shutil

    for left in [*path.parent.glob(f".{path.name}.*.ancien"), *path.parent.glob(f".{path.name}.*.partiel")]:
        with suppress(OSError):  # another program may have moved it
            if not _is_left(left):
                continue
            if left.suffix == ".ancien" and not path.exists():
                left.rename(path)
            else:
                shutil.rmtree(left)
