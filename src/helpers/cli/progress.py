"""How far is the run? A bar on a terminal, one plain line a notebook anywhere else."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from helpers.cli.say import tell

# Columns: below, the bar keeps only the count and what is left.
WIDE_FROM = 72
# Before that share of the cells is done an estimate misleads: the notebooks of the start have the slowest cells.
ESTIMATE_FROM = 0.3
# Seconds: what is left is rounded up to this, for no run is known to the second.
ESTIMATE_STEP_S = 5
TICK_S = 1

# Two full blocks that every console's font holds; the eighths of blocks that tqdm prefers are missing from some.
_BLOCKS = "░█"


def duration(seconds: float) -> str:
    """A whole number of seconds in words: « 8 s », « 1 min 05 s ».

    >>> duration(8.2), duration(65)
    ('8 s', '1 min 05 s')
    """
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def time_left(done: int, total: int, elapsed: float) -> str:
    """What is left at the pace so far, rounded up; empty too early to tell, and once every cell is done.

    >>> time_left(50, 100, 12.0), time_left(5, 100, 12.0), time_left(100, 100, 12.0)
    ('15 s', '', '')
    """
    if done >= total or done < total * ESTIMATE_FROM:
        return ""
    left = elapsed / done * (total - done)
    return duration(-(-left // ESTIMATE_STEP_S) * ESTIMATE_STEP_S)


def bar_text(done: int, total: int, elapsed: str, left: str, *, wide: bool) -> str:
    """What stands at the right of the bar; only what matters most on a narrow terminal.

    >>> bar_text(45, 128, "12 s", "25 s", wide=True), bar_text(45, 128, "12 s", "25 s", wide=False)
    ('45/128 cellules · 12 s · reste environ 25 s', '45/128 · reste 25 s')
    """
    if not 0 < done < total:
        return elapsed
    if wide:
        return f"{done}/{total} cellules · {elapsed}" + (f" · reste environ {left}" if left else "")
    return f"{done}/{total}" + (f" · reste {left}" if left else "")


def is_terminal() -> bool:
    """Whether what is written goes to a person's screen, which can redraw a line."""
    return sys.stdout.isatty() and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _bar():
    # Imported here: only a run on a terminal needs it, and the help must be immediate.
    from tqdm import tqdm

    class Bar(tqdm):
        """tqdm with its words in French, chosen for the width that the terminal has now."""

        @property
        def format_dict(self) -> dict:
            shown = super().format_dict
            elapsed, started = shown["elapsed"], getattr(self, "cells_from", None)
            left = "" if started is None else time_left(self.n, self.total, elapsed - started)
            columns = shown["ncols"] or 0  # a console may not know
            text = bar_text(self.n, self.total, duration(elapsed), left, wide=columns >= WIDE_FROM)
            return {**shown, "bar_format": "{desc} {bar} " + text}

    # The total is told by the first step; until then, and while pages are made, there is no count to show.
    return Bar(total=0, desc="contrôle des fichiers", leave=False, dynamic_ncols=True, ascii=_BLOCKS, mininterval=0)


class _Progress:
    """What a run is given: ``tell`` for its lines, ``show`` for each step."""

    def __init__(self, bar=None) -> None:
        self._bar = bar

    def tell(self, text: object) -> None:
        """Writes a line, above the bar if there is one."""
        if self._bar is None:
            tell(text)
        else:
            with self._bar.external_write_mode(file=sys.stdout):
                tell(text)

    def show(self, step) -> None:
        """Redraws the bar for this step of the pipeline."""
        if self._bar is not None:
            self._bar.total, self._bar.n = step.total, step.done
            if step.notebook and not step.done:
                self._bar.cells_from = self._bar.format_dict["elapsed"]
            name = f"{step.notebook} {step.year}" if step.notebook else "mise en page"
            self._bar.set_description_str(name if step.done or step.notebook else "préparation")


@contextmanager
def progress() -> Iterator[_Progress]:
    """What a run is given to say how far it is; on a terminal the bar is wiped at the end, however the run ends."""
    if not is_terminal():
        yield _Progress()
        return
    import threading

    bar, finished = _bar(), threading.Event()
    clock = threading.Thread(target=_tick, args=(bar.refresh, finished.wait), daemon=True)
    clock.start()
    try:
        yield _Progress(bar)
    finally:
        finished.set()
        clock.join()
        bar.close()


def _tick(refresh: Callable[[], object], finished: Callable[[float], bool]) -> None:
    # A cell may last several seconds: without this the time would stand still.
    while not finished(TICK_S):
        refresh()
