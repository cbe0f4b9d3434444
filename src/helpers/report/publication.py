"""Atomic publication: one writer at a time, and a finished report replaces the previous one whole."""

import errno
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from helpers import paths, system
from helpers.report.page import BusyError, PublicationError

# --- Whole or nothing: a finished report takes the place of the old one, and a kill at any moment leaves one
# --- of the two
# On Linux both change names in one step. Elsewhere, two renames of whole folders on one volume, and the next start
# mends what fell between them: no symbolic link, so that it holds on Windows and on a USB stick.

OLD_SUFFIX = ".ancien"
BUILD_PREFIX = ".en-cours-"

# What the system answers for a folder that another program uses; any other refusal is the disk's own.
_HELD = {errno.EACCES, errno.EPERM, errno.EBUSY, errno.ENOTEMPTY, errno.EEXIST}


def _old(final: Path) -> Path:
    return final.with_name(final.name + OLD_SUFFIX)


def _discard(old: Path) -> None:
    """Removes the old report. First under the name of a build: what bears its own name is whole at any moment."""
    doomed = old.with_name(f"{BUILD_PREFIX}{old.name}")
    shutil.rmtree(doomed, ignore_errors=True)
    try:
        old.rename(doomed)
    except OSError:
        return  # held by another program: the next start tries again
    shutil.rmtree(doomed, ignore_errors=True)


def _held_file(folder: Path) -> Path | None:
    """The first file of the folder that another program keeps for itself."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            try:
                path.open("r+b").close()
            except OSError:
                return path
    return None


def _refusal(error: OSError, *folders: Path) -> Exception:
    """What to say of a folder that cannot be renamed: which file is held, or else the disk's own error."""
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
    """After a swap that was cut: the old report comes back, or is deleted if the new one is in place."""
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


def recover(final: Path) -> None:
    """Mends a swap that was cut and deletes unfinished builds of the report's year. To be called at each start.

    The caller holds the lock of the year: what belongs to another is left alone, for a program may be at work on it.

    Raises
    ------
    PublicationError
        when the old report cannot come back because a file of it is open elsewhere: the sentence names it.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     pathlib.Path(dossier, "2020.ancien").mkdir()
    ...     recover(pathlib.Path(dossier, "2020"))
    ...     print([place.name for place in pathlib.Path(dossier).iterdir()])
    ['2020']
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
        # Should the way back fail too, the old report is whole under its other name, and the next start mends it.
        with suppress(OSError):
            old.rename(final)
        raise _refusal(error, built) from error


def swap(built: Path, final: Path) -> None:
    """Puts the built report in the place of the old one, which is kept whole if that cannot be done.

    Both folders are on the same volume. An old report that cannot be deleted at once is deleted at the next start.

    Raises
    ------
    PublicationError
        when a file of either report is open elsewhere: the sentence names it.
    OSError
        when the disk refuses: the old report is still there.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     pathlib.Path(dossier, ".en-cours-2020").mkdir()
    ...     swap(pathlib.Path(dossier, ".en-cours-2020"), pathlib.Path(dossier, "2020"))
    ...     print([place.name for place in pathlib.Path(dossier).iterdir()])
    ['2020']
    """
    # A name that is on the disk before what it names would be, after a power cut, that of empty pages.
    system.settle_tree(built)
    _mend(final)
    if not (final.exists() and system.exchange(built, final)):
        _by_two_renames(built, final)
    # Nothing of the old report goes before the new name is on the disk too.
    system.settle(final.parent)
    shutil.rmtree(built, ignore_errors=True)  # after an exchange, the old report is there
    if _old(final).exists():
        _discard(_old(final))


# --- One at a time: who writes a year holds its lock, which the system takes back by itself when a program
# --- dies
# Beside each lock, a card says who holds it. It is for the refusal alone and decides nothing: it may be missing, torn,
# or that of a program that was killed.

# A program that has just taken a lock has not written its card yet: what is read may be that of the one before.
_CARD_WAIT_S, _CARD_TRIES = 0.05, 10


def _lock(year: int) -> Path:
    return paths.data_root() / "data" / "processed" / f".verrou-{year}"


def _card(year: int) -> Path:
    return _lock(year).with_suffix(".json")


def _write_card(year: int, what: str) -> None:
    card = {"processus": os.getpid(), "commande": what, "depuis": datetime.now().astimezone().isoformat()}
    with suppress(OSError):  # without it the lock holds all the same
        _card(year).write_text(json.dumps(card, ensure_ascii=False), encoding="utf-8")


def _since(moment: datetime) -> str:
    here = moment.astimezone()
    day = "" if here.date() == datetime.now().astimezone().date() else f"le {here:%d/%m/%Y} à "
    return f"depuis {day}{here:%H h %M}"


def _told(year: int) -> str | None:
    """Who the card names, if it can be read and that program is still running."""
    try:
        card = json.loads(_card(year).read_text(encoding="utf-8"))
        number, what, since = int(card["processus"]), str(card["commande"]), datetime.fromisoformat(card["depuis"])
        return f"processus {number}, « {what} », {_since(since)}" if system.is_alive(number) else None
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _turn_refusal(year: int) -> BusyError:
    told = _told(year)
    for _ in range(_CARD_TRIES):
        if told:
            break
        time.sleep(_CARD_WAIT_S)
        told = _told(year)
    who = f" ({told})" if told else ""
    return BusyError(f"Un autre programme travaille sur l’année {year}{who} : attendez sa fin, puis relancez.")


@contextmanager
def _hold(year: int, what: str) -> Iterator[None]:
    held = FileLock(_lock(year), timeout=0)
    try:
        held.acquire()
    except Timeout:
        raise _turn_refusal(year) from None
    try:
        _write_card(year, what)
        yield
    finally:
        with suppress(OSError):
            _card(year).unlink()  # while the lock is held: after, it may be that of the next
        held.release()


@contextmanager
def in_turn(years: Iterable[int], *, what: str) -> Iterator[None]:
    """Holds the lock of each of these years while the block runs; ``what`` is the command, as a refusal quotes it.

    Raises
    ------
    BusyError
        when another program holds one of them: nobody waits, and the sentence says who it is if that is known.

    >>> with in_turn([2019, 2020], what="alses run --year 2020"):
    ...     sorted(verrou.name for verrou in (paths.data_root() / "data" / "processed").glob(".verrou-????"))
    ['.verrou-2019', '.verrou-2020']
    """
    _lock(0).parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        # All in one order: of programs that start together, the one that takes the first lock takes the others.
        for year in sorted(set(years)):
            held.enter_context(_hold(year, what))
        yield
