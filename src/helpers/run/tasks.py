"""The tasks of a report and their order: notebooks, years and sites, run side by side."""

import ast
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, wait
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import nbformat
from nbformat import NotebookNode

from helpers import data, paths, provenance
from helpers.errors import NotebookFailure
from helpers.parameters import NOTEBOOKS, OWN, Parameters
from helpers.provenance import Reason, Record
from helpers.schema import FEWEST_FOR_REPORT, DataError

# --- A notebook as it is kept: its parameters, and how many cells it has to run ---


def _shown(name: str) -> str:
    return f"notebooks/{paths.notebook(name).name}"


def read_source(name: str) -> NotebookNode:
    """The notebook as it is kept; NotebookFailure when it is missing or is not a notebook."""
    try:
        return nbformat.read(paths.notebook(name), as_version=4)
    except (OSError, ValueError):
        raise NotebookFailure(f"{_shown(name)} manque ou n’est plus lisible : restaurez-le, puis relancez.") from None


# On a heading: the section says nothing of one association or collège.
_NETWORK_ALONE = "reseau"


def source_for(name: str, given: dict) -> NotebookNode:
    """The notebook that these parameters run: for a site, without the sections that are about the network alone."""
    notebook, kept, is_left_out = read_source(name), [], False
    if not given.get("site"):
        return notebook
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            is_left_out = _NETWORK_ALONE in cell.metadata.get("tags", [])
        kept += [] if is_left_out else [cell]
    notebook.cells = kept
    return notebook


_UNPUBLISHED = "ou donnez-lui un numéro à partir de 20, qui n’est pas publié"


def _declared(name: str) -> list[str]:
    """What the ``parameters`` cell of a notebook gives values to."""
    shown = _shown(name)
    cells = [cell for cell in read_source(name).cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        is_own = paths.is_own(name)
        remedy = f"écrivez-y « year = … », {_UNPUBLISHED}" if is_own else "restaurez-le"
        told = f"{shown} doit avoir une cellule étiquetée « parameters », et une seule : {remedy}."
        raise NotebookFailure(told, is_input=is_own)
    try:
        assigned = [(node.targets[0].id, ast.literal_eval(node.value)) for node in ast.parse(cells[0].source).body]
    except (AttributeError, ValueError, SyntaxError):
        raise NotebookFailure(
            f"{shown} : la cellule « parameters » ne doit contenir que des valeurs écrites."
        ) from None
    return [name for name, _ in assigned]


def _given(name: str, choice: Parameters) -> dict[str, Any]:
    """The parameters that a notebook gets: one that was added to the report, those of `OWN` that it asks for."""
    if name in NOTEBOOKS:
        return choice.of(name)
    names, fault = _declared(name), ""
    if not re.fullmatch(r"[\w-]+", name, re.ASCII):
        fault = "la page prend le nom du notebook ; n’y mettez ni espace ni accent"
    elif "year" not in names or set(names) - set(OWN):
        fault = "la cellule « parameters » doit donner year, au besoin compare_to ; écrivez le reste dans une autre"
    if fault:
        raise NotebookFailure(f"{_shown(name)} : {fault}, {_UNPUBLISHED}.", is_input=True)
    return {each: getattr(choice, each) for each in names}


def check_source(name: str, given: dict) -> None:
    """Refuse a notebook that would not take these parameters: Papermill only warns, and runs with its own values.

    Raises
    ------
    NotebookFailure
        when the notebook cannot be read, or its ``parameters`` cell is not what it should be.
    """
    if set(_declared(name)) != set(given):
        raise NotebookFailure(
            f"{_shown(name)} : la cellule « parameters » doit donner {', '.join(given)}, et rien d’autre."
        )


def count_cells(name: str, given: dict | None = None) -> int:
    """How many cells a run executes: those with code, and the parameters that Papermill adds."""
    cells = source_for(name, given or {}).cells
    return 1 + sum(cell.cell_type == "code" and bool(cell.source.strip()) for cell in cells)


# --- What a report is made of: one task per notebook and year or site, and which must come before which ---

FIRST, PROTECTION = "01_clean", "protection"
# The code behind a year's protection, as `provenance.modules_behind` reads it; behind a notebook, its cells.
_PROTECTION_CODE = "from helpers.disclosure import release"


@dataclass(frozen=True)
class Task:
    """A notebook to run with these parameters, on the raw files of these years, after these other tasks.

    `PROTECTION` stands in place of a notebook where a year's counts are protected: after 01, before the others.
    """

    notebook: str
    parameters: dict[str, Any]
    years: tuple[int, ...]
    after: tuple[str, ...] = ()

    @property
    def year(self) -> int:
        """The year whose folder keeps what comes out."""
        return self.parameters["year"]

    @property
    def key(self) -> str:
        """A name that no other task of the report has."""
        return " ".join(filter(None, [self.notebook, str(self.year), *self.place]))

    @property
    def place(self) -> tuple[str, str]:
        """The kind of site and the site; both are empty for the whole network."""
        site = self.parameters.get("site", "")
        return (self.parameters["site_type"], site) if site else ("", "")

    def is_page_of(self, choice: Parameters) -> bool:
        """Whether the report has a page of it, about the whole network."""
        return self.year == choice.year and self.notebook != PROTECTION and not self.place[1]

    @property
    def root(self) -> Path:
        """The data root that it sees: only 01 and the protection see persons."""
        return paths.data_root() if self.notebook in (FIRST, PROTECTION) else paths.shareable()

    @property
    def executed(self) -> Path:
        """Where the executed notebook goes."""
        return paths.executed(self.year, *self.place) / f"{self.notebook}.ipynb"

    @property
    def record(self) -> Path:
        """Where its provenance record goes."""
        return self.executed.with_suffix(".json")

    @property
    def folders(self) -> list[Path]:
        """The folders where a new file would change the result."""
        with paths.with_data_root(self.root):
            codings = [paths.codings_folder(year) for year in self.years] if self.notebook == FIRST else []
            return [*(paths.raw(year) for year in self.years), paths.reference(), *codings]


def tasks_of(choice: Parameters) -> list[Task]:
    """The tasks of a report: those that others wait for first, then the longest first, then notebooks added to it.

    >>> from helpers.run import tasks
    >>> choix = parameters.check("03_compare", year=2020)
    >>> for tache in tasks.tasks_of(choix):
    ...     print(tache.key, "après", ", ".join(tache.after) or "rien")
    01_clean 2020 après rien
    01_clean 2019 après rien
    protection 2019 après 01_clean 2019
    protection 2020 après 01_clean 2020, protection 2019
    02_describe 2020 après protection 2019, protection 2020
    03_compare 2020 après protection 2019, protection 2020
    04_themes 2020 après protection 2019, protection 2020
    """
    series = sorted(choice.series)
    cleaned = [Task(FIRST, {"year": year}, tuple(paths.read_with(year))) for year in reversed(choice.series)]
    # A year is protected after earlier years: what two years share is known to both.
    protected = [
        Task(PROTECTION, {"year": year}, (year,), (f"{FIRST} {year}", *_protections(series[: series.index(year)])))
        for year in choice.series
    ]
    four = shown_tasks(choice, [name for name in NOTEBOOKS if name != FIRST])
    keys = tuple(task.key for task in four)  # what they leave may be read
    own = [replace(task, after=task.after + keys) for task in shown_tasks(choice, paths.own_notebooks())]
    return [*cleaned, *protected, *four, *own]


def _protections(years: Iterable[int]) -> tuple[str, ...]:
    return tuple(f"{PROTECTION} {year}" for year in years)


def shown_tasks(choice: Parameters, names: Iterable[str]) -> list[Task]:
    """The tasks of these notebooks, for the network or the site of the parameters."""
    return [Task(name, _given(name, choice), tuple(choice.series), _protections(choice.series)) for name in names]


# --- The provenance record of a task ---


def _is_behind(path: Path, task: Task) -> bool:
    """Whether a file that was read can change the result: every year is probed to know which ones have data."""
    for root in (paths.shareable(), paths.data_root()):
        raw = root / "data" / "raw"
        if path.is_relative_to(raw):
            year = path.relative_to(raw).parts[0]
            return not paths.is_year(year) or int(year) in task.years
    return True


def _code_behind(task: Task) -> list[Path]:
    lock = paths.repository() / "requirements" / "report.lock"
    if task.notebook == PROTECTION:
        return [*provenance.modules_behind([_PROTECTION_CODE]), lock]
    cells = read_source(task.notebook).cells
    modules = provenance.modules_behind([cell.source for cell in cells if cell.cell_type == "code"])
    return [*modules, paths.notebook(task.notebook), lock]


def _changed_after(files: list[Path], moment: float) -> bool:
    return any(path.is_file() and path.stat().st_mtime > moment for path in files)


def record_of(task: Task, read: list[Path], written: list[Path], *, started: float) -> Record | None:
    """The record of an executed task; None when something behind it changed after ``started`` (seconds since 1970)."""
    files, code = [path for path in read if _is_behind(path, task)], _code_behind(task)
    notebook = paths.notebook(task.notebook)  # read when the task starts; the rest is loaded once
    loaded = [path for path in code if path != notebook]
    if _changed_after([*files, notebook], started) or _changed_after(loaded, provenance.LOADED_AT):
        return None
    products = [*written, task.executed]
    return provenance.record(task.parameters, [*files, *code], folders=task.folders, products=products)


def causes_of(task: Task) -> list[Reason] | None:
    """Why a task must be done again: empty when it need not, None when it was never done."""
    kept = provenance.read_record(task.record)
    return None if kept is None else provenance.why_stale(kept, task.parameters)


# --- How far a run is, for a progress bar ---


@dataclass(frozen=True)
class Step:
    """The notebook at work (empty once the pages are being made), its year, the cells done."""

    notebook: str
    year: int
    done: int
    total: int


class Progress:
    """Counts the cells done over the whole run; several notebooks may be at work."""

    def __init__(self, tasks: list[Task], show: Callable[[Step], None]) -> None:
        self._cells: dict[str, int] = {}
        self._lock, self._show = Lock(), show
        self.total, self.done = 0, 0
        self.add(tasks)
        self.at_work("", tasks[0].year)

    def add(self, tasks: list[Task]) -> None:
        """Count tasks that become known while others are done."""
        cells = {
            task.key: 1 if task.notebook == PROTECTION else count_cells(task.notebook, task.parameters)
            for task in tasks
        }
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


# --- The scheduler: a task starts once those it waits for are done, and only if it is stale ---


def perform_all(
    tasks: list[Task],
    perform: Callable[[Task], None],
    *,
    executor: Executor,
    is_forced: bool = False,
    starting: Callable[[Task, list[Reason]], None] = lambda *_: None,
    skipping: Callable[[Task], None] = lambda _: None,
    finished: Iterable[str] = (),
) -> None:
    """Perform each task that is stale, after those that it waits for.

    ``perform`` is called in the executor, which gets a task only once those before it are done: a waiting task holds
    no worker. ``starting`` gets each task about to be performed with its reasons (none for one that was never done, or
    is forced), ``skipping`` each that is up to date, both in the calling thread. ``finished`` are the keys of tasks
    done before. What the first task to fail raised is raised, and those that have not begun are not performed.
    """
    waiting, running, done = list(tasks), {}, set(finished)

    def ready() -> list[Task]:
        return [task for task in waiting if set(task.after) <= done]

    try:
        while waiting or running:
            for task in ready():
                waiting.remove(task)
                reasons = None if is_forced else causes_of(task)  # tasks before it may have changed it
                if reasons == []:
                    done.add(task.key)
                    skipping(task)
                else:
                    starting(task, reasons or [])
                    running[executor.submit(perform, task)] = task.key
            if running and not ready():
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    future.result()
                    done.add(running.pop(future))
    except BaseException:
        for future in running:
            future.cancel()
        raise


# --- The reports of associations and collèges: which are asked for, and the notebooks that make them ---

# Posts, meetings and statements have no site below the network.
SITE_NOTEBOOKS = {"association": ("02_describe", "03_compare"), "college": ("02_describe",)}
# What may be asked for instead of one site.
KINDS = tuple(SITE_NOTEBOOKS)


class Site(NamedTuple):
    """A site that has a report: its kind, its name or UAI, and the name that its pages give it."""

    site_type: str
    site: str
    name: str

    @property
    def folder(self) -> str:
        """Where its pages are, from the folder of the report."""
        return paths.site_folder(self.site_type, self.site)


def choose_sites(year: int, asked: Sequence[str]) -> list[Site]:
    """The sites asked for, in order: a kind (`KINDS`) stands for all of them that have a report.

    Raises
    ------
    DataError
        for a site that the year does not have, or that has too few persons.
    """
    known = data.load_sites(year)
    known = known[known["site_type"].isin(KINDS)]
    published = [
        Site(row.site_type, row.site, row.nom) for row in known[known["est_publie"].fillna(False)].itertuples()
    ]
    for each in asked:
        if each not in KINDS:
            _require(each, year, [site.site for site in published], known["site"].tolist())
    return [site for site in published if site.site_type in asked or site.site in asked]


def _require(asked: str, year: int, published: list[str], known: list[str]) -> None:
    if asked in published:
        return
    if asked in known:
        raise DataError(
            f"« {asked} » compte moins de {FEWEST_FOR_REPORT} personnes suivies en {year} : aucun rapport n’est fait, "
            "elles pourraient être reconnues."
        )
    near = get_close_matches(asked, known, n=1, cutoff=0.5)
    hint = f" Vouliez-vous « {near[0]} » ?" if near else ""
    raise DataError(
        f"« {asked} » n’est ni une association du répertoire ni l’UAI d’un collège où un ALSES suit des personnes en "
        f"{year}.{hint}"
    )


def require_records(year: int, asked: Iterable[str]) -> None:
    """Raise DataError when sites are asked for and the year has only printed figures, of the network alone."""
    if list(asked) and not paths.has_export(year):
        raise DataError(
            f"Pour {year}, il n’y a que des chiffres imprimés pour tout le réseau, sans dossiers individuels : "
            "aucun rapport par association ou par collège ne peut en être tiré."
        )


def site_tasks(choice: Parameters, site: Site) -> list[Task]:
    """The notebooks that make the report of a site."""
    return shown_tasks(replace(choice, site_type=site.site_type, site=site.site), SITE_NOTEBOOKS[site.site_type])
