"""Atomic publication: one writer per year, and a finished report replaces the previous one in one step."""

import errno
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from helpers import paths, system
from helpers.report.page import BusyError, PublicationError

# --- Atomic replacement: a kill at any moment leaves the old report or the new one ---
# On Linux the two folders exchange names in one step. Elsewhere, two renames on one volume, and the next start repairs
# a kill in between; no symbolic link, so that it works on Windows and on a USB stick.

OLD_SUFFIX = ".ancien"
BUILD_PREFIX = ".en-cours-"

# Errors for a folder in use by another program; any other is the disk's own.
_HELD = {errno.EACCES, errno.EPERM, errno.EBUSY, errno.ENOTEMPTY, errno.EEXIST}


def _old(final: Path) -> Path:
    return final.with_name(final.name + OLD_SUFFIX)


def _discard(old: Path) -> None:
    """Remove the old report, renamed as a build first: what has its own name is complete at any moment."""
    doomed = old.with_name(f"{BUILD_PREFIX}{old.name}")
    shutil.rmtree(doomed, ignore_errors=True)
    try:
        old.rename(doomed)
    except OSError:
        return  # in use: the next start tries again
    shutil.rmtree(doomed, ignore_errors=True)


def _held_file(folder: Path) -> Path | None:
    """The first file of the folder that another program locks."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            try:
                path.open("r+b").close()
            except OSError:
                return path
    return None


def _refusal(error: OSError, *folders: Path) -> Exception:
    """The error for a folder that cannot be renamed: which file is in use, or the disk's own error."""
    if error.errno not in _HELD:
        return error
    for folder in folders:
        held = _held_file(folder)
        if held is not None:
            return PublicationError(f"Fermez {held.name}, ouvert dans un autre programme, puis relancez.")
    return PublicationError(
        f"Fermez les fenêtres et les programmes qui utilisent le dossier {folders[-1].name}, puis relancez."
    )


def _mend(final: Path) -> None:
    """Repair an interrupted swap: the old report comes back, or is deleted if the new one is in place."""
    old = _old(final)
    if not old.exists():
        return
    if final.exists():
        _discard(old)
        return
    try:
        old.rename(final)
    except OSError as error:
        raise _refusal(error, old) from error


def recover_reports(final: Path) -> None:
    """Repair an interrupted swap and delete unfinished builds of the report's year; to be called at each start.

    The caller holds the lock of the year; other years are left alone, a program may be at work on them.

    Raises
    ------
    PublicationError
        the old report cannot come back because a file of it is open elsewhere: the message names it.
    """
    year = final.name.removesuffix(paths.SYNTHETIC_SUFFIX)
    for name in (year, f"{year}{paths.SYNTHETIC_SUFFIX}"):
        _mend(final.with_name(name))
    for build in final.parent.glob(f"{BUILD_PREFIX}{year}*"):
        shutil.rmtree(build, ignore_errors=True)


def _by_two_renames(built: Path, final: Path) -> None:
    old = _old(final)
    if final.exists():
        try:
            final.rename(old)
        except OSError as error:
            raise _refusal(error, old, final) from error
    try:
        built.rename(final)
    except OSError as error:
        # If this fails too, the old report is complete under its other name, and the next start repairs it.
        with suppress(OSError):
            old.rename(final)
        raise _refusal(error, built) from error


def atomic_replace(built: Path, final: Path) -> None:
    """Replace the old report by the built one, on the same volume; on failure the old one stays complete.

    An old report that cannot be deleted at once is deleted at the next start.

    Raises
    ------
    PublicationError
        a file of either report is open elsewhere: the message names it.
    OSError
        the disk refuses.
    """
    # Contents reach the disk before names: after a power cut, a name must not lead to empty pages.
    system.sync_tree(built)
    _mend(final)
    if not (final.exists() and system.swap_folders(built, final)):
        _by_two_renames(built, final)
    # The old report stays until the new name is on the disk too.
    system.sync_to_disk(final.parent)
    shutil.rmtree(built, ignore_errors=True)  # after an exchange, the old report is there
    if _old(final).exists():
        _discard(_old(final))


# --- One lock per year, released by the system when a program dies ---
# A card beside each lock says who holds it, for the message alone: it may be missing, torn, or a killed program's.


def _lock(year: int) -> Path:
    return paths.data_root() / "data" / "processed" / f".verrou-{year}"


def _card(year: int) -> Path:
    return _lock(year).with_suffix(".json")


def _write_card(year: int, what: str) -> None:
    card = {"processus": os.getpid(), "commande": what, "depuis": datetime.now().astimezone().isoformat()}
    with suppress(OSError):  # the lock holds without it
        _card(year).write_text(json.dumps(card, ensure_ascii=False), encoding="utf-8")


def _holder(year: int) -> str:
    """Who the card names, if it is readable and this program still runs."""
    try:
        card = json.loads(_card(year).read_text(encoding="utf-8"))
        number, what, since = int(card["processus"]), str(card["commande"]), datetime.fromisoformat(card["depuis"])
        here = since.astimezone()
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return ""
    day = "" if here.date() == datetime.now().astimezone().date() else f"le {here:%d/%m/%Y} à "
    is_alive = system.is_alive(number)
    return f" (processus {number}, « {what} », depuis {day}{here:%H h %M})" if is_alive else ""


@contextmanager
def _hold(year: int, what: str) -> Iterator[None]:
    held = FileLock(_lock(year), timeout=0)
    try:
        held.acquire()
    except Timeout:
        raise BusyError(
            f"Un autre programme travaille sur l’année {year}{_holder(year)} : attendez sa fin, puis relancez."
        ) from None
    try:
        _write_card(year, what)
        yield
    finally:
        with suppress(OSError):
            _card(year).unlink()  # before the release: after it, the card may be that of the next
        held.release()


@contextmanager
def year_lock(years: Iterable[int], *, what: str) -> Iterator[None]:
    """Hold the lock of each of these years while the block runs; ``what`` is the command, quoted by refusals.

    Raises
    ------
    BusyError
        another program holds one of them: nobody waits, and the message says who it is if known.
    """
    _lock(0).parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        # Always in one order: the program that takes the first lock takes the others.
        for year in sorted(set(years)):
            held.enter_context(_hold(year, what))
        yield
