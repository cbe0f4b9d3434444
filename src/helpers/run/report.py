"""The report of a year: every notebook that has to be run, every page, one publication."""

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import nbformat
from nbformat import NotebookNode

from helpers import data, parameters, paths, provenance, text
from helpers.errors import PublicationError
from helpers.kernels import fork
from helpers.parameters import NOTEBOOKS, Parameters
from helpers.provenance import Reason, Record
from helpers.report import checks, diff, manifest, publication
from helpers.report.index import PAGES, SITES_PAGE, write_index, write_sheet, write_sites, write_slides, write_years
from helpers.report.notebook import export_page, extract, page_title, suppress_rounded, typed_numbers
from helpers.report.page import SHEET, SITES, Page, report_subtitle, template_files
from helpers.run import without_kernel
from helpers.run.execution import ExecutedNotebook, RunStopped, connected, execute, executing_by, require_safe
from helpers.run.tasks import (
    FIRST,
    PROTECTION,
    SITE_NOTEBOOKS,
    Progress,
    Site,
    Step,
    Task,
    choose_sites,
    perform_all,
    read_source,
    record_of,
    require_records,
    site_tasks,
    tasks_of,
)
from helpers.typography import french_spaces

# --- The page of an executed notebook, kept beside it: made again only when the notebook or the layout changed ---

# The code behind a page, then behind what is published, as `provenance.modules_behind` reads it.
_PAGE_CODE, _REPORT_CODE = "from helpers.report import notebook", "from helpers.run import report"


def report_pages(names: Iterable[str], *, has_sites: bool = False) -> list[Page]:
    """The pages of a report; those of notebooks added to it, under their own title, come before the checks of 01."""
    own = sorted(name for name in names if name not in NOTEBOOKS)
    titled = [Page(name, french_spaces(page_title(read_source(name), name)), f"{name}.html") for name in own]
    first = next(place for place, page in enumerate(PAGES) if page.name == FIRST)
    return [*PAGES[:first], *titled, *PAGES[first:], *[SITES_PAGE] * has_sites]


def _around(site_type: str, pages: list[Page], choice: Parameters) -> dict:
    """What stands around the pages of the network (no type) or of a site, which has its own menu, and a way back."""
    if not site_type:
        return {"pages": pages, "subtitle": report_subtitle(choice.year, choice.compare_to)}
    own = [page for page in pages if page.name in SITE_NOTEBOOKS[site_type]]
    is_compared = "03_compare" in SITE_NOTEBOOKS[site_type]
    return {
        "pages": [Page("fiche", "La fiche", SHEET), *own],
        "subtitle": report_subtitle(choice.year, choice.compare_to if is_compared else None),
        "index": f"../../{SITES}",
        "home": SITES_PAGE.title,
    }


def _kept_page(task: Task) -> Path:
    """Where the page of a task waits for publication."""
    return task.executed.with_suffix(".html")


def _page_record(task: Task) -> Path:
    return task.executed.with_suffix(".page.json")


def _code_behind(code: str) -> list[Path]:
    return [*provenance.modules_behind([code]), *template_files()]


def _made_from(choice: Parameters, notebooks: list[str]) -> dict:
    shown = notebooks[0] if len(notebooks) == 1 else "03_compare"
    return data.provenance(choice.as_shown(shown), choice.series, notebooks=notebooks)


# --- One run: its tasks, what is printed about them, and their pages ---


def _site(task: Task) -> str:
    return f"  {task.place[1]}" if task.place[1] else ""


def _execute_here(task: Task, **hooks: Callable) -> ExecutedNotebook:
    return execute(task.notebook, task.parameters, task.executed, root=task.root, **hooks)


class ReportRun:
    """One run: what each task does, what is printed about it, and the report that comes out.

    ``shown`` are the tasks of the network's pages, ``pages`` those of the menu, ``notebooks`` the executed ones.
    """

    def __init__(
        self,
        choice: Parameters,
        tell: Callable[[str], None],
        show: Callable[[Step], None] = lambda _: None,
        *,
        sites: Sequence[str] = (),
    ) -> None:
        self.choice, self.tell, self._asked = choice, tell, sites
        self.tasks = tasks_of(choice)
        self.shown = sorted((task for task in self.tasks if task.is_page_of(choice)), key=lambda task: task.notebook)
        self.pages = report_pages((task.notebook for task in self.shown), has_sites=bool(sites))
        self.sites: list[Site] = []
        self.notebooks: dict[str, NotebookNode] = {}
        self.count = Progress(self.tasks, show)
        self.executing: Callable[..., ExecutedNotebook] = _execute_here
        self.given_up = Event()
        self._reasons: dict[str, list[Reason]] = {}
        # Pages are made one at a time, beside the notebooks that still run.
        self._aside, self._made = ThreadPoolExecutor(1), {}
        self._page_code = _code_behind(_PAGE_CODE)

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
            self._made[task.key] = self._aside.submit(self._page, task, notebook)

    def _page(self, task: Task, notebook: NotebookNode | None) -> NotebookNode:
        """The notebook, without what the report rounds, once its page is made if it is stale, and checked."""
        named = next((each.name for each in self.sites if (each.site_type, each.site) == task.place), "")
        around = _around(task.place[0], self.pages, self.choice) | {"place": named}
        rounded = data.rounded_figures(task.year) if task.notebook == FIRST else []
        notebook = suppress_rounded(notebook or nbformat.read(task.executed, as_version=4), rounded)
        path, menu = _kept_page(task), [f"{page.href} {page.title}" for page in around["pages"]]
        given, kept = {**around, "pages": menu, "tus": rounded}, provenance.read_record(_page_record(task))
        if kept is None or provenance.why_stale(kept, given):
            foot = "\n".join(extract(notebook, "provenance"))
            foot = foot or text.provenance(_made_from(self.choice, [task.notebook])).html
            html = export_page(notebook, name=task.notebook, foot=foot, **around)
            path.write_text(html, encoding="utf-8", newline="\n")
            made = provenance.record(given, [task.executed, *self._page_code], products=[path])
            provenance.remember(made, _page_record(task))
        checks.look_at(path)
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

    def execute_all(self, *, jobs: int, is_forced: bool) -> None:
        """Run every stale task; the last pages are then still being made, for which `shown_notebooks` waits.

        Which sites a year has is known once its counts are protected: when some are asked for, that comes first.
        """
        with ThreadPoolExecutor(jobs) as executor:
            try:
                rest, finished = self.tasks, set()
                schedule = {"executor": executor, "is_forced": is_forced, "starting": self.start, "skipping": self.skip}
                if self._asked:
                    before = [task for task in self.tasks if task.notebook in (FIRST, PROTECTION)]
                    self._run(before, **schedule)
                    finished = {task.key for task in before}
                    rest = [task for task in self.tasks if task not in before] + self._add_sites()
                self._run(rest, finished=finished, **schedule)
            except BaseException:
                self.given_up.set()
                raise
            finally:
                without_kernel.stop()
                is_over = self.given_up.is_set()
                self._aside.shutdown(wait=is_over, cancel_futures=is_over)

    def _run(self, tasks: list[Task], **schedule: Any) -> None:
        try:
            perform_all(tasks, self.perform, **schedule)
        except BaseException:
            self.given_up.set()
            fork.stop()  # kernels at work stop at once
            raise

    def _add_sites(self) -> list[Task]:
        """The tasks of the sites asked for."""
        self.sites = choose_sites(self.choice.year, self._asked)
        tasks = [task for site in self.sites for task in site_tasks(self.choice, site)]
        self.tasks += tasks
        self.count.add(tasks)
        return tasks

    def notebook(self, task: Task) -> NotebookNode:
        """What the page of a task was made from."""
        return self._made[task.key].result()

    def shown_notebooks(self) -> dict[str, NotebookNode]:
        """The notebooks of the network's pages; PublicationError with the faults of all pages."""
        faults = [page.exception() for page in self._made.values()]
        told = "\n".join(str(fault) for fault in faults if isinstance(fault, PublicationError))
        if told:
            raise PublicationError("\n".join(dict.fromkeys(told.split("\n"))))
        notebooks = {task.notebook: self.notebook(task) for task in self.shown}
        for name, notebook in notebooks.items():
            for warning in typed_numbers(notebook):
                self.tell(f"  Attention, {name}, {warning}")
        return notebooks


# --- What leaves: pages, tables, index and manifest, published atomically ---

# What a published report has passed, for its manifest.
CHECKS = [
    "cellules exécutées dans l’ordre, sans erreur, jusqu’à la dernière",
    "liens, identifiants, textes de remplacement, titres, tableaux et poids des pages ; aucun appel au réseau",
]


def _is_synthetic(choice: Parameters) -> bool:
    """Whether any year that the report shows rests on simulated records: none of it is then true."""
    return any(data.simulated_exports(year) for year in choice.series)


def _build(folder: Path, made: ReportRun) -> None:
    """Write everything but the manifest in ``folder``."""
    choice = made.choice
    data.require_current(choice.series)
    with paths.with_data_root(paths.shareable()):  # protected counts only
        data.export_indicators(choice.series, folder)
        data.export_comparisons(choice.year, folder)
    with _tables_of_sites(folder, made):
        made.notebooks = made.shown_notebooks()
        for task in made.shown:
            shutil.copyfile(_kept_page(task), folder / _kept_page(task).name)
        for site in made.sites:
            _build_site(folder / site.folder, site, made)
    if SITES_PAGE in made.pages:
        write_sites(folder, {site.site: site.folder for site in made.sites}, made.pages, choice)
    # Sheet and slides take their cells in the order of the menu.
    ordered = [made.notebooks[page.name] for page in made.pages if page.name in made.notebooks]
    around = {"subtitle": report_subtitle(choice.year, choice.compare_to), "pages": made.pages}
    title = f"Les ALSES du Nord en {choice.year}"
    write_sheet(folder, ordered, title=f"{title} : l’essentiel", **around)
    write_slides(folder, ordered, title=f"{title} : les constats", **around)
    write_index(folder, made.pages, made.notebooks, choice)


@contextmanager
def _tables_of_sites(folder: Path, made: ReportRun) -> Iterator[None]:
    """Writes the tables of the sites in another process, while the block does the rest with their folders."""
    if not made.sites:
        yield
        return
    with fork.beside() as other:
        written = []
        for site in made.sites:
            (folder / site.folder).mkdir(parents=True)
            given = made.choice.series, made.choice.year, folder / site.folder, site.site_type, site.site
            is_compared = "03_compare" in SITE_NOTEBOOKS[site.site_type]
            written.append(other.submit(data.export_site, *given, has_comparisons=is_compared))
        yield
        for each in written:
            each.result()


def _build_site(folder: Path, site: Site, made: ReportRun) -> None:
    """Write the sheet and the pages of one association or one collège."""
    tasks = [task for task in made.tasks if task.place == (site.site_type, site.site)]
    for task in tasks:
        shutil.copyfile(_kept_page(task), folder / f"{task.notebook}.html")
    executed = [made.notebook(task) for task in tasks]
    around = _around(site.site_type, made.pages, made.choice)
    write_sheet(folder, executed, title=f"{site.name} en {made.choice.year}", is_site=True, **around)


def _seal(folder: Path, made: ReportRun) -> None:
    """Write the manifest, with the checksum of everything else, once the pages have passed their checks."""
    made_from = _made_from(made.choice, list(made.notebooks))
    inputs = [
        {"path": entry["fichier"], "sha256": entry["sha256"], "bytes": entry["octets"], "rows": entry["lignes"]}
        for entry in made_from["entrees"]
    ]
    manifest.write_manifest(
        folder,
        inputs=inputs,
        parameters=made.choice.of("03_compare"),
        versions=made_from["versions"],
        checks=CHECKS,
        is_synthetic=_is_synthetic(made.choice),
    )


def _publish(made: ReportRun, final: Path, reasons: list[Reason]) -> list[str]:
    """Put the report in place, and give what it changes, in lines; one that would be the same is left as it is."""
    building = paths.reports() / f"{publication.BUILD_PREFIX}{final.name}"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        _build(building, made)
        _require_sound(building)
        _require_protected(building, made.choice)
        _seal(building, made)
        told = diff.explain(final, building, reasons)
        if not manifest.is_same_report(building, final):
            publication.atomic_replace(building, final)
    finally:
        shutil.rmtree(building, ignore_errors=True)  # the disk may be full
    return told


def _require_sound(building: Path) -> None:
    faults = checks.check_pages(building)
    if faults:
        raise PublicationError(
            f"Le rapport n’est pas publié, une page a un défaut ({len(faults)} en tout) : {faults[0]}"
        )


def _require_protected(building: Path, choice: Parameters) -> None:
    """Raise PublicationError when a small count could be found in what is about to leave; only records are attacked."""
    if any(map(paths.exports, choice.series)):
        from helpers.disclosure import release

        found = release.audit_release(building, choice.series)
        if found and not found.is_good:
            raise PublicationError(
                f"Le rapport n’est pas publié, des personnes pourraient y être retrouvées. {found.sentence}"
            )


def _keep_releases(choice: Parameters) -> None:
    """Keep what was released of each year that has records: a correction will be compared with it."""
    for year in [year for year in choice.series if paths.exports(year)]:
        from helpers.disclosure import release

        release.keep_release(year)


def _record(made: ReportRun, folder: Path, asked: dict) -> None:
    """Write the record of the published report, the union of those of its tasks: the next run reads only this one.

    None is left when something behind it changed meanwhile. ``asked`` is what `provenance.asked` gives.
    """
    pages = [task for task in made.tasks if task in made.shown or task.place[1]]
    parts = [
        provenance.read_record(place) for place in [task.record for task in made.tasks] + [*map(_page_record, pages)]
    ]
    place = provenance.report_record(asked["year"], is_synthetic=folder.name.endswith(paths.SYNTHETIC_SUFFIX))
    if None in parts:
        place.unlink(missing_ok=True)
        return
    published = [path for path in folder.rglob("*") if path.is_file()]
    own = provenance.record(asked, _code_behind(_REPORT_CODE), products=published)
    products = {name: provenance.settled(name, each) for part in [*parts, own] for name, each in part.products.items()}
    files = {name: state for part in [*parts, own] for name, state in part.files.items() if name not in products}
    folders = {name: listed for part in parts for name, listed in part.folders.items()}
    provenance.remember(Record(asked, files, folders, own.libraries, products), place)


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
    tell(f"Rapport {report_subtitle(choice.year, choice.compare_to)}")
    if _is_synthetic(choice):
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
    # A simulated report never takes the place of a true one.
    final = paths.report(year, is_synthetic=_is_synthetic(choice))
    with publication.year_lock(choice.series, what=f"alses run --year {year}"):
        reasons = provenance.report_causes(year, compare_to, sites, is_synthetic=_is_synthetic(choice)) or []
        publication.recover_reports(final)
        _announce(choice, tell)
        made = ReportRun(choice, tell, show, sites=sites)
        if scheduler:  # one thread per task waits here for its result
            with connected(scheduler) as cluster:
                made.executing = executing_by(cluster.submit, made.tasks)
                made.execute_all(jobs=len(made.tasks), is_forced=is_forced)
        else:
            made.execute_all(jobs=jobs or os.cpu_count() or 1, is_forced=is_forced)
        made.count.at_work("", year)
        told = _publish(made, final, reasons)
        _keep_releases(choice)
        write_years(paths.reports())
        for line in told:
            tell(line)
        # Last, so that a run that was cut before leaves something for the next one to do.
        _record(made, final, provenance.asked(year, compare_to, sites))
    return final
