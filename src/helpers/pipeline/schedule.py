"""Who runs, and when: a task starts once those it waits for are done, side by side, and only if it has to be done."""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, wait
from dataclasses import dataclass, field

from helpers.freshness import Cause
from helpers.pipeline.tasks import Task, causes_of


@dataclass
class Done:
    """What a schedule did: the tasks that ran, in the order in which they ended, and why each had to."""

    ran: list[Task] = field(default_factory=list)
    causes: dict[str, list[Cause]] = field(default_factory=dict)


def run_tasks(
    tasks: list[Task],
    perform: Callable[[Task], None],
    *,
    executor: Executor,
    is_forced: bool = False,
    starting: Callable[[Task, list[Cause]], None] = lambda *_: None,
    skipping: Callable[[Task], None] = lambda _: None,
) -> Done:
    """Performs each task that is no longer as it should be, after those that it waits for; the first failure stops all.

    ``perform`` is called in the executor; ``starting`` is told each task and the causes (none for one that was never
    done or is forced), ``skipping`` each one that is still good: both in the calling thread.

    Raises
    ------
    Exception
        what the first task to fail raised; those that wait are not started.
    """
    done, finished, running = Done(), set(), {}
    waiting = list(tasks)
    while waiting or running:
        for task in [each for each in waiting if set(each.after) <= finished]:
            waiting.remove(task)
            causes = None if is_forced else causes_of(task)
            if causes is not None and not causes:
                skipping(task)
                finished.add(task.key)
                continue
            done.causes[task.key] = causes or []
            starting(task, causes or [])
            running[executor.submit(perform, task)] = task
        if not running:
            continue  # a task that was skipped may have been waited for
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            task = running.pop(future)
            future.result()
            finished.add(task.key)
            done.ran.append(task)
    return done
