"""One at a time: who writes a year holds its lock, which the system takes back by itself when a program dies.

Beside each lock, a card says who holds it. It is for the refusal alone and decides nothing: it may be missing, torn, or
that of a program that was killed.
"""

import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from helpers import paths, system
from helpers.publish.errors import BusyError

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


def _refusal(year: int) -> BusyError:
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
        raise _refusal(year) from None
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

    >>> with publish.in_turn([2019, 2020], what="alses run --year 2020"):
    ...     sorted(verrou.name for verrou in (paths.data_root() / "data" / "processed").glob(".verrou-????"))
    ['.verrou-2019', '.verrou-2020']
    """
    _lock(0).parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        # All in one order: of programs that start together, the one that takes the first lock takes the others.
        for year in sorted(set(years)):
            held.enter_context(_hold(year, what))
        yield
