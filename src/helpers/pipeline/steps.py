"""How far a run is: what a progress bar is told."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from helpers.pipeline.source import count_cells
from helpers.pipeline.tasks import PROTECTION, Task


@dataclass(frozen=True)
class Step:
    """Where a run stands: the notebook at work (empty once the pages are being made), its year, the cells done.

    >>> etape = pipeline.Step("02_describe", year=2020, done=21, total=84)
    >>> print(f"{etape.notebook} : {etape.done} cellules sur {etape.total}")
    02_describe : 21 cellules sur 84
    """

    notebook: str
    year: int
    done: int
    total: int


class Count:
    """Tells, each time, how far the whole run is; several notebooks may be at work."""

    def __init__(self, tasks: list[Task], show: Callable[[Step], None]) -> None:
        self._cells: dict[str, int] = {}
        self._lock, self._show = Lock(), show
        self.total, self.done = 0, 0
        self.add(tasks)
        self.at_work("", tasks[0].year)

    def add(self, tasks: list[Task]) -> None:
        """Counts tasks that become known while others have been done."""
        cells = {task.key: 1 if task.notebook == PROTECTION else count_cells(task.notebook) for task in tasks}
        self._cells |= cells
        self.total += sum(cells.values())

    def at_work(self, notebook: str, year: int) -> None:
        self.notebook, self.year = notebook, year
        self._show(Step(notebook, year, self.done, self.total))

    def skip(self, task: Task) -> None:
        self.total -= self._cells[task.key]

    def cell_done(self) -> None:
        with self._lock:
            self.done += 1
            self._show(Step(self.notebook, self.year, self.done, self.total))
