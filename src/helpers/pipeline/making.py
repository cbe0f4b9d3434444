"""One making of a report: its tasks executed in turn, what is told of them, and their pages."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import nbformat
from nbformat import NotebookNode

from helpers import freshness, kernels, paths, publish, store
from helpers.freshness import Cause
from helpers.parameters import Parameters
from helpers.pipeline.cluster import connected
from helpers.pipeline.elsewhere import executing_by
from helpers.pipeline.execute import Executed, Stopped, execute
from helpers.pipeline.pages import make_page
from helpers.pipeline.schedule import Schedule
from helpers.pipeline.sites import Site, choose_sites, site_tasks
from helpers.pipeline.steps import Count, Step
from helpers.pipeline.tasks import FIRST, PROTECTION, Task, record_of, tasks_of


def _execute_here(task: Task, **hooks: Callable) -> Executed:
    return execute(task.notebook, task.parameters, task.executed, root=task.root, **hooks)


class Making:
    """What each task of a report does, and what is said of it."""

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
        self.sites: list[Site] = []
        self._causes: dict[str, list[Cause]] = {}
        self.count = Count(self.tasks, show)
        self.executing: Callable[..., Executed] = _execute_here
        self.given_up = Event()
        # Pages are made one at a time, beside the notebooks that still run.
        self._aside, self._pages = ThreadPoolExecutor(1), {}

    def perform(self, task: Task) -> None:
        """Does a task, and keeps what it was made from."""
        began = time.time()
        # Without it, the task is to be done again, whatever happens now.
        task.record.unlink(missing_ok=True)
        if task.notebook == PROTECTION:
            self._protect(task, began)
            return
        made = self.executing(task, cell_done=self.count.cell_done, is_given_up=self.given_up.is_set)
        kept = record_of(task, made.read, made.written, started=began)
        if kept:
            freshness.remember(kept, task.record)
        self._tell_done(task, began)
        self._show(task, made.notebook)

    def _protect(self, task: Task, began: float) -> None:
        """Protects a year here, wherever notebooks are run: persons stay on this machine."""
        from helpers import protection

        if self.given_up.is_set():
            raise Stopped
        made = protection.protect_year(task.year)
        kept = record_of(task, made.read, made.written, started=began)
        if kept:
            freshness.remember(kept, task.record)
        self.count.cell_done()
        if made.told:
            self.tell(f"  {made.told}")
        if paths.exports(task.year):
            self._tell_done(task, began)
        self._show(task, None)

    def _tell_done(self, task: Task, began: float) -> None:
        place = f"  {task.place[1]}" if task.place[1] else ""
        self.tell(f"  {task.notebook}  {task.year}{place}  {time.time() - began:.1f} s".replace(".", ","))

    def _show(self, task: Task, notebook: NotebookNode | None) -> None:
        if task.notebook == FIRST and task.year == self.choice.year:
            self._first = task, notebook  # its page says nothing of what the protection, which comes next, rounds
            return
        if task.notebook == PROTECTION and task.year == self.choice.year:
            task, notebook = self._first
        if task in self.shown or task.place[1]:
            self._pages[task.key] = self._aside.submit(self._page, task, notebook)

    def _page(self, task: Task, notebook: NotebookNode | None) -> NotebookNode:
        """The notebook, once its page is made and looked at."""
        notebook = notebook or nbformat.read(task.executed, as_version=4)
        rounded = store.rounded_figures(task.year) if task.notebook == FIRST else []
        notebook = publish.withhold(notebook, rounded)
        publish.look_at(make_page(task, notebook, choice=self.choice, sites=self.sites, withheld=rounded))
        return notebook

    def start(self, task: Task, causes: list[Cause]) -> None:
        causes = self._origins(task, causes)
        if causes and (task.notebook != PROTECTION or paths.exports(task.year)):
            place = f"  {task.place[1]}" if task.place[1] else ""
            self.tell(f"  {task.notebook}  {task.year}{place} : {freshness.tell_causes(causes)}")
        self.count.at_work(task.notebook, task.year)

    def _origins(self, task: Task, causes: list[Cause]) -> list[Cause]:
        """Why a task is done: what changed, or what changed for those before it if only their results did."""
        own = [cause for cause in causes if not freshness.is_consequence(cause)]
        if causes and not own:
            own = [cause for key in task.after for cause in self._causes.get(key, [])]
        self._causes[task.key] = list(dict.fromkeys(own or causes))
        return self._causes[task.key]

    def skip(self, task: Task) -> None:
        self.count.skip(task)
        self._show(task, None)

    def execute_all(self, *, jobs: int, is_forced: bool) -> dict[str, NotebookNode]:
        """The executed notebooks of the network's pages, once every page is made.

        Which sites a year has is known once its counts are protected: if some are asked for, this comes first.
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
            kernels.stop()  # those that still run stop at once, and nobody waits for them
            raise

    def _add_sites(self) -> list[Task]:
        """The tasks of the sites asked for."""
        self.sites = choose_sites(self.choice.year, self._asked)
        tasks = [task for site in self.sites for task in site_tasks(self.choice, site)]
        self.tasks += tasks
        self.count.add(tasks)
        return tasks

    def shown_notebooks(self) -> dict[str, NotebookNode]:
        """The executed notebooks of the network's pages, once every page is made."""
        made = {key: page.result() for key, page in self._pages.items()}
        return {task.notebook: made[task.key] for task in self.shown}

    def execute_elsewhere(self, address: str, *, is_forced: bool) -> dict[str, NotebookNode]:
        """The same on the machines of a cluster: here, a thread a task waits for what comes back."""
        with connected(address) as cluster:
            self.executing = executing_by(cluster.submit, self.tasks)
            return self.execute_all(jobs=len(self.tasks), is_forced=is_forced)
