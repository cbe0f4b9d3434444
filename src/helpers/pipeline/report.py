"""The report of a year: every notebook that has to be run, every page, one publication."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock

import nbformat
from nbformat import NotebookNode

from helpers import changes, checks, freshness, kernels, parameters, paths, publish, store
from helpers.freshness import Cause
from helpers.parameters import Parameters
from helpers.pipeline.cluster import connected, require_safe
from helpers.pipeline.elsewhere import executing_by
from helpers.pipeline.execute import Executed, execute
from helpers.pipeline.front import report_subtitle
from helpers.pipeline.pages import make_page
from helpers.pipeline.release import is_synthetic, place, publish_report, record_report
from helpers.pipeline.schedule import Done, run_tasks
from helpers.pipeline.source import count_cells
from helpers.pipeline.tasks import Task, record_of, tasks_of


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


class _Count:
    """Tells, each time, how far the whole run is; several notebooks may be at work."""

    def __init__(self, tasks: list[Task], show: Callable[[Step], None]) -> None:
        self._cells = {task.key: count_cells(task.notebook) for task in tasks}
        self._lock, self._show = Lock(), show
        self.total, self.done = sum(self._cells.values()), 0
        self.at_work("", tasks[0].year)

    def at_work(self, notebook: str, year: int) -> None:
        self.notebook, self.year = notebook, year
        self._show(Step(notebook, year, self.done, self.total))

    def skip(self, task: Task) -> None:
        self.total -= self._cells[task.key]

    def cell_done(self) -> None:
        with self._lock:
            self.done += 1
            self._show(Step(self.notebook, self.year, self.done, self.total))


def _execute_here(task: Task, **hooks: Callable) -> Executed:
    return execute(task.notebook, task.parameters, task.executed, **hooks)


class _Run:
    """One making of a report: what each task does, and what is said of it."""

    def __init__(self, choice: Parameters, tell: Callable[[str], None], show: Callable[[Step], None]) -> None:
        self.choice, self.tell = choice, tell
        self.tasks = tasks_of(choice)
        self.shown = sorted((task for task in self.tasks if task.year == choice.year), key=lambda task: task.notebook)
        self.count = _Count(self.tasks, show)
        self.subtitle = report_subtitle(choice)
        self.executing: Callable[..., Executed] = _execute_here
        self.given_up = Event()
        self._hooks = {"cell_done": self.count.cell_done, "is_given_up": self.given_up.is_set}

    def perform(self, task: Task) -> None:
        """Executes a notebook, keeps what it was made from, and makes its page while others run."""
        began, started = time.perf_counter(), time.time()
        # Without it, the task is to be done again, whatever happens now.
        task.record.unlink(missing_ok=True)
        made = self.executing(task, **self._hooks)
        kept = record_of(task, made.read, made.written, started=started)
        if kept:
            freshness.remember(kept, task.record)
        self.tell(f"  {task.notebook}  {task.year}  {time.perf_counter() - began:.1f} s".replace(".", ","))
        if task in self.shown:
            make_page(task, made.notebook, subtitle=self.subtitle)

    def start(self, task: Task, causes: list[Cause]) -> None:
        if causes:
            self.tell(f"  {task.notebook}  {task.year} : {freshness.tell_causes(causes)}")
        self.count.at_work(task.notebook, task.year)

    def execute_all(self, *, jobs: int, is_forced: bool) -> Done:
        with ThreadPoolExecutor(jobs) as executor:
            try:
                return run_tasks(
                    self.tasks,
                    self.perform,
                    executor=executor,
                    is_forced=is_forced,
                    starting=self.start,
                    skipping=self.count.skip,
                )
            except BaseException:
                self.given_up.set()
                executor.shutdown(wait=False, cancel_futures=True)
                kernels.stop()  # those that still run stop at once, and nobody waits for them
                raise

    def execute_elsewhere(self, address: str, *, is_forced: bool) -> Done:
        """The same on the machines of a cluster: here, a thread a task waits for what comes back."""
        with connected(address) as cluster:
            self.executing = executing_by(cluster.submit, self.tasks)
            return self.execute_all(jobs=len(self.tasks), is_forced=is_forced)

    def notebooks(self) -> dict[str, NotebookNode]:
        """The executed notebooks of the pages, whose pages are made if they were not."""
        found = {task.notebook: nbformat.read(task.executed, as_version=4) for task in self.shown}
        for task in self.shown:
            make_page(task, found[task.notebook], subtitle=self.subtitle)
        return found


def _simulated(choice: Parameters) -> str:
    files = [path for year in choice.series for path in store.simulated_exports(year)]
    return ", ".join(map(paths.relative, files))


def make_report(
    year: int,
    *,
    compare_to: int | None = None,
    jobs: int | None = None,
    is_forced: bool = False,
    scheduler: str | None = None,
    tell: Callable[[str], None] = print,
    show: Callable[[Step], None] = lambda _: None,
) -> Path:
    """The folder of the published report. A run that fails leaves the report that was there, whole.

    Only the notebooks that something changed for are run (all of them if ``is_forced``), at most ``jobs`` side by side:
    as many as there are processors, if it is not said. ``scheduler`` is the address of a Dask cluster that runs them
    instead. ``tell`` is given a line at a time; ``show`` is called before
    each notebook and after each cell, for a progress bar; both may be called from another thread.

    Raises
    ------
    DataError
        for a parameter or a file that cannot be used: nothing has been run.
    NotebookFailure
        for a notebook that did not run to its end.
    PublicationError
        for a page with a defect, or a file of the old report held open by another program.
    BusyError
        when another program is at work on one of the years of the series.

    >>> pipeline.make_report(2018)
    Traceback (most recent call last):
    helpers.schema.vocabulary.DataError: Aucune donnée pour 2018 ; années présentes : 2019, 2020. ...
    """
    paths.pin_data_root()
    choice = parameters.check("03_compare", year=year, compare_to=compare_to)
    if scheduler:
        require_safe(scheduler, choice.series)
    for each in choice.series:
        checks.require_usable(each)
    checks.forget_exports()
    since = freshness.report_causes(year, compare_to) or []
    with publish.in_turn(choice.series, what=f"alses run --year {year}"):
        publish.recover(place(choice))
        tell(f"Rapport {report_subtitle(choice)}")
        if is_synthetic(choice):
            tell(f"Données synthétiques : {_simulated(choice)}. Le rapport ne décrit personne et ne se cite pas.")
        run = _Run(choice, tell, show)
        if scheduler:
            run.execute_elsewhere(scheduler, is_forced=is_forced)
        else:
            run.execute_all(jobs=jobs or os.cpu_count() or 1, is_forced=is_forced)
        run.count.at_work("", year)
        folder = publish_report(run.shown, run.notebooks(), choice)
        # Files, parameters and libraries are told by the manifests of the two reports.
        own = [changes.Cause(cause.kind, cause.name) for cause in since if cause.kind in {"code", "notebook"}]
        is_told = changes.after_release(year, folder, own, tell)
        # Last, and only then: a run that was cut before has something left to do, and the next one does it.
        if is_told:
            record_report(run.tasks, run.shown, folder, year=year, compare_to=compare_to)
    return folder
