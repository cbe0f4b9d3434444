"""Who runs, and when: a task starts once those it waits for are done, side by side, and only if it has to be done."""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, wait

from helpers.freshness import Cause
from helpers.pipeline.tasks import Task, causes_of


class Schedule:
    """The tasks of a report, each performed if it is no longer as it should be, after those that it waits for.

    ``perform`` is called in the executor, which is given a task only once those before it are done: a task that waits
    holds no worker. ``starting`` is told each task that is to be performed, with its causes (none for one that was
    never done, or is forced), ``skipping`` each that is still good: both in the calling thread. ``finished`` are the
    keys of tasks done before.
    """

    def __init__(
        self,
        tasks: list[Task],
        perform: Callable[[Task], None],
        *,
        executor: Executor,
        is_forced: bool = False,
        starting: Callable[[Task, list[Cause]], None] = lambda *_: None,
        skipping: Callable[[Task], None] = lambda _: None,
        finished: Iterable[str] = (),
    ) -> None:
        self._waiting, self._perform, self._executor = list(tasks), perform, executor
        self._is_forced, self._starting, self._skipping = is_forced, starting, skipping
        self._finished = set(finished)
        self._running = {}

    def run(self) -> None:
        """Performs them all.

        Raises
        ------
        Exception
            what the first task to fail raised: those that wait are not performed.
        """
        while self._waiting or self._running:
            for task in [each for each in self._waiting if set(each.after) <= self._finished]:
                self._waiting.remove(task)
                self._begin(task)
            if self._running and not any(set(each.after) <= self._finished for each in self._waiting):
                self._wait()

    def give_up(self) -> None:
        """Performs nothing that has not begun."""
        for future in self._running:
            future.cancel()

    def _begin(self, task: Task) -> None:
        causes = None if self._is_forced else causes_of(task)  # what came before may have changed it
        if causes == []:
            self._finished.add(task.key)
            self._skipping(task)
            return
        self._starting(task, causes or [])
        self._running[self._executor.submit(self._perform, task)] = task

    def _wait(self) -> None:
        for future in wait(self._running, return_when=FIRST_COMPLETED).done:
            task = self._running.pop(future)
            future.result()
            self._finished.add(task.key)
