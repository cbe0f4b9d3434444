"""The report of a year: every notebook that has to be run, every page, one publication."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import nbformat
from nbformat import NotebookNode

from helpers import data, parameters, paths, provenance
from helpers.errors import PublicationError
from helpers.kernels import fork
from helpers.parameters import Parameters
from helpers.provenance import Reason
from helpers.report import checks, diff_page, publication
from helpers.report.notebook import suppress_rounded, typed_numbers
from helpers.run.cluster import connected, executing_by, require_safe
from helpers.run.execution import ExecutedNotebook, RunStopped, execute
from helpers.run.release import (
    RunResult,
    is_synthetic,
    make_page,
    place,
    publish_report,
    record_report,
    report_pages,
    report_subtitle,
)
from helpers.run.tasks import (
    FIRST,
    PROTECTION,
    Progress,
    Schedule,
    Site,
    Step,
    Task,
    choose_sites,
    record_of,
    require_records,
    site_tasks,
    tasks_of,
)

# --- One run: its tasks, what is printed about them, and their pages ---


def _site(task: Task) -> str:
    return f"  {task.place[1]}" if task.place[1] else ""


def _execute_here(task: Task, **hooks: Callable) -> ExecutedNotebook:
    return execute(task.notebook, task.parameters, task.executed, root=task.root, **hooks)


class ReportRun:
    """One run: what each task does, and what is printed about it."""

    def __init__(
        self,
        choice: Parameters,
        tell: Callable[[str], None],
        show: Callable[[Step], None],
        *,
        sites: Sequence[str] = (),
    ) -> None:
        self.choice, self.tell, self._asked = choice, tell, sites
        self.tasks = tasks_of(choice)
        self.shown = sorted((task for task in self.tasks if task.is_page_of(choice)), key=lambda task: task.notebook)
        self.report_pages = report_pages((task.notebook for task in self.shown), has_sites=bool(sites))
        self.sites: list[Site] = []
        self._reasons: dict[str, list[Reason]] = {}
        self.count = Progress(self.tasks, show)
        self.executing: Callable[..., ExecutedNotebook] = _execute_here
        self.given_up = Event()
        # Pages are made one at a time, beside the notebooks that still run.
        self._aside, self._pages = ThreadPoolExecutor(1), {}

    def perform(self, task: Task) -> None:
        """Do a task and write its provenance record."""
        began = time.time()
        # Without a record the task is done again, whatever happens now.
        task.record.unlink(missing_ok=True)
        if task.notebook == PROTECTION:
            made, notebook = self._protect(task), None
        else:
            made = self.executing(task, cell_done=self.count.cell_done, is_given_up=self.given_up.is_set)
            notebook = made.notebook
        kept = record_of(task, made.read, made.written, started=began)
        if kept:
            provenance.remember(kept, task.record)
        if task.notebook != PROTECTION or paths.exports(task.year):
            self.tell(f"  {task.notebook}  {task.year}{_site(task)}  {time.time() - began:.1f} s".replace(".", ","))
        self._show(task, notebook)

    def _protect(self, task: Task):
        """Protect a year here, wherever notebooks are run: persons stay on this machine."""
        from helpers.disclosure import release

        if self.given_up.is_set():
            raise RunStopped
        made = release.protect_year(task.year)
        self.count.cell_done()
        if made.told:
            self.tell(f"  {made.told}")
        return made

    def _show(self, task: Task, notebook: NotebookNode | None) -> None:
        if task.notebook == FIRST and task.year == self.choice.year:
            self._first = task, notebook  # its page leaves out what the protection, which comes next, rounds
            return
        if task.notebook == PROTECTION and task.year == self.choice.year:
            task, notebook = self._first
        if task in self.shown or task.place[1]:
            self._pages[task.key] = self._aside.submit(self._page, task, notebook)

    def _page(self, task: Task, notebook: NotebookNode | None) -> NotebookNode:
        """The notebook, once its page is made and checked."""
        notebook = notebook or nbformat.read(task.executed, as_version=4)
        rounded = data.rounded_figures(task.year) if task.notebook == FIRST else []
        notebook = suppress_rounded(notebook, rounded)
        around = {"choice": self.choice, "pages": self.report_pages, "sites": self.sites}
        checks.look_at(make_page(task, notebook, **around, withheld=rounded))
        return notebook

    def start(self, task: Task, reasons: list[Reason]) -> None:
        own = [reason for reason in reasons if not reason.is_consequence]
        if reasons and not own:  # only results of earlier tasks changed: say why those did
            own = [reason for key in task.after for reason in self._reasons.get(key, [])]
        self._reasons[task.key] = own = list(dict.fromkeys(own or reasons))
        if own and (task.notebook != PROTECTION or paths.exports(task.year)):
            self.tell(f"  {task.notebook}  {task.year}{_site(task)} : {provenance.tell_causes(own)}")
        self.count.at_work(task.notebook, task.year)

    def skip(self, task: Task) -> None:
        self.count.skip(task)
        self._show(task, None)

    def execute_all(self, *, jobs: int, is_forced: bool) -> dict[str, NotebookNode]:
        """The executed notebooks of the network's pages, once every page is made.

        Which sites a year has is known once its counts are protected: when some are asked for, that comes first.
        """
        told = {"is_forced": is_forced, "starting": self.start, "skipping": self.skip}
        with ThreadPoolExecutor(jobs) as executor, self._aside:
            try:
                rest, finished = self.tasks, set()
                if self._asked:
                    before = [task for task in self.tasks if task.notebook in (FIRST, PROTECTION)]
                    self._run(Schedule(before, self.perform, executor=executor, **told))
                    finished = {task.key for task in before}
                    rest = [task for task in self.tasks if task not in before] + self._add_sites()
                self._run(Schedule(rest, self.perform, executor=executor, finished=finished, **told))
                return self.shown_notebooks()
            except BaseException:
                self.given_up.set()
                raise

    def _run(self, schedule: Schedule) -> None:
        try:
            schedule.run()
        except BaseException:
            self.given_up.set()
            schedule.give_up()
            fork.stop()  # kernels at work stop at once
            raise

    def _add_sites(self) -> list[Task]:
        """The tasks of the sites asked for."""
        self.sites = choose_sites(self.choice.year, self._asked)
        tasks = [task for site in self.sites for task in site_tasks(self.choice, site)]
        self.tasks += tasks
        self.count.add(tasks)
        return tasks

    def shown_notebooks(self) -> dict[str, NotebookNode]:
        """The notebooks of the network's pages; PublicationError with the faults of all pages."""
        faults = [page.exception() for page in self._pages.values()]
        told = "\n".join(str(fault) for fault in faults if isinstance(fault, PublicationError))
        if told:
            raise PublicationError("\n".join(dict.fromkeys(told.split("\n"))))
        made = {key: page.result() for key, page in self._pages.items()}
        notebooks = {task.notebook: made[task.key] for task in self.shown}
        for name, notebook in notebooks.items():
            for warning in typed_numbers(notebook):
                self.tell(f"  Attention, {name}, {warning}")
        return notebooks

    def execute_elsewhere(self, address: str, *, is_forced: bool) -> dict[str, NotebookNode]:
        """The same on a cluster: here, one thread per task waits for its result."""
        with connected(address) as cluster:
            self.executing = executing_by(cluster.submit, self.tasks)
            return self.execute_all(jobs=len(self.tasks), is_forced=is_forced)


# --- The report of a year: every stale notebook, every page, one publication ---


def _checked(year: int, compare_to: int | None, sites: Sequence[str], scheduler: str | None) -> Parameters:
    """The parameters of a report, once everything it rests on is known to be usable."""
    choice = parameters.check("03_compare", year=year, compare_to=compare_to)
    if scheduler:
        require_safe(scheduler, choice.series)
    require_records(year, sites)
    for each in choice.series:
        data.require_usable(each)
    data.forget_exports()
    return choice


def _announce(choice: Parameters, tell: Callable[[str], None]) -> None:
    tell(f"Rapport {report_subtitle(choice)}")
    if is_synthetic(choice):
        simulated = [paths.relative(path) for year in choice.series for path in data.simulated_exports(year)]
        tell(f"Données synthétiques : {', '.join(simulated)}. Le rapport ne décrit personne et ne se cite pas.")


def make_report(
    year: int,
    *,
    compare_to: int | None = None,
    jobs: int | None = None,
    is_forced: bool = False,
    scheduler: str | None = None,
    sites: Sequence[str] = (),
    tell: Callable[[str], None] = print,
    show: Callable[[Step], None] = lambda _: None,
) -> Path:
    """The folder of the published report. If a run fails, the previous report is kept.

    Only stale notebooks are run (all of them if ``is_forced``), at most ``jobs`` side by side, by default one per
    processor; ``scheduler`` is the address of a Dask cluster that runs them instead. ``sites`` are the reports asked
    for below the network: « association », « college », the name of an association, a UAI. ``tell`` gets one line at a
    time, ``show`` is called before each notebook and after each cell; both may be called from another thread.

    Raises
    ------
    DataError
        a parameter or a file is unusable; nothing has been written.
    NotebookFailure
        a notebook did not run to its end.
    PublicationError
        a page has a defect, or another program holds a file of the old report open.
    BusyError
        another program is at work on one of the years.
    """
    paths.pin_data_root()
    choice = _checked(year, compare_to, sites, scheduler)
    since = provenance.report_causes(year, compare_to, sites, is_synthetic=is_synthetic(choice)) or []
    with publication.year_lock(choice.series, what=f"alses run --year {year}"):
        publication.recover_reports(place(choice))
        _announce(choice, tell)
        making = ReportRun(choice, tell, show, sites=sites)
        if scheduler:
            notebooks = making.execute_elsewhere(scheduler, is_forced=is_forced)
        else:
            notebooks = making.execute_all(jobs=jobs or os.cpu_count() or 1, is_forced=is_forced)
        making.count.at_work("", year)
        made = RunResult(making.tasks, making.shown, notebooks, making.sites, making.report_pages)
        folder = publish_report(made, choice)
        _keep_releases(choice)
        # The manifests of the two reports tell files, parameters and libraries, under names that may leave.
        own = [reason for reason in since if reason.kind in {"code", "notebook"}]
        # Last, so that a run that was cut before leaves something for the next one to do.
        if diff_page.after_release(year, folder, own, tell):
            record_report(made, folder, provenance.asked(year, compare_to, sites))
    return folder


def _keep_releases(choice: Parameters) -> None:
    """Keep what was released of each year that has records: a correction will be compared with it."""
    exported = [year for year in choice.series if paths.exports(year)]
    if exported:
        from helpers.disclosure import release

        for year in exported:
            release.keep_release(year)
