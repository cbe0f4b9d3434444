"""Who runs, and when: a task starts once those it waits for are done, side by side, and only if it has to be done."""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, wait
from dataclasses import dataclass
from threading import Event

from helpers import freshness
from helpers.freshness import Cause
from helpers.pipeline.tasks import Task, causes_of


@dataclass(frozen=True)
class Turn:
    """A task that is to be done; its cells wait for ``open``: until then its kernel starts, beside the tasks before."""

    task: Task
    causes: list[Cause]
    open: Event


class Schedule:
    """The tasks of a report, each performed if it is no longer as it should be, after those that it waits for.

    ``perform`` is called in the executor with a turn, which may not be open yet; ``starting`` is told each turn that
    opens, with its causes (none for a task that was never done, or is forced), ``skipping`` each task that is still
    good: both in the calling thread. ``finished`` are the keys of tasks done before. ``executor`` takes what it is
    given in order.
    """

    def __init__(
        self,
        tasks: list[Task],
        perform: Callable[[Turn], None],
        *,
        executor: Executor,
        is_forced: bool = False,
        starting: Callable[[Turn], None] = lambda _: None,
        skipping: Callable[[Task], None] = lambda _: None,
        finished: Iterable[str] = (),
    ) -> None:
        self._waiting, self._perform, self._executor = list(tasks), perform, executor
        self._is_forced, self._starting, self._skipping = is_forced, starting, skipping
        self._finished = set(finished)
        self._turns: dict[str, Turn] = {}
        self._running = {}

    def run(self) -> None:
        """Performs them all.

        Raises
        ------
        Exception
            what the first task to fail raised: those that wait are not performed.
        """
        self._prepare(self._waiting)
        while self._waiting or self._running:
            for task in [each for each in self._waiting if set(each.after) <= self._finished]:
                self._waiting.remove(task)
                self._open(task)
            if self._running and not any(set(each.after) <= self._finished for each in self._waiting):
                self._wait()

    def give_up(self) -> None:
        """Ends the wait of every turn: who asks whether the run is given up will know."""
        for future in self._running:
            future.cancel()
        for turn in self._turns.values():
            turn.open.set()

    def _prepare(self, tasks: list[Task]) -> None:
        """Hands over, in order, each task that will be performed whatever those before it make."""
        for task in tasks:
            causes = None if self._is_forced else causes_of(task)
            is_settled = set(task.after) <= self._finished
            if causes is None or any(is_settled or not freshness.is_consequence(cause) for cause in causes):
                turn = Turn(task, causes or [], Event())
                self._turns[task.key] = turn
                self._running[self._executor.submit(self._perform, turn)] = task

    def _open(self, task: Task) -> None:
        if task.key not in self._turns:
            self._prepare([task])  # what came before may have changed it
        turn = self._turns.get(task.key)
        if turn is None:
            self._finished.add(task.key)
            self._skipping(task)
            return
        self._starting(turn)
        turn.open.set()

    def _wait(self) -> None:
        for future in wait(self._running, return_when=FIRST_COMPLETED).done:
            task = self._running.pop(future)
            future.result()
            self._finished.add(task.key)
