"""What a report is made of: one task a notebook and a year or a site, and which must come before which."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers import freshness, paths
from helpers.freshness import Cause, Record
from helpers.parameters import NOTEBOOKS, Parameters
from helpers.pipeline.source import read_source

FIRST, PROTECTION = "01_clean", "protection"


@dataclass(frozen=True)
class Task:
    """A notebook to run with these parameters, on the raw files of these years, after these other tasks.

    `PROTECTION` stands for a notebook where a year's counts are protected: 01 comes before it, the others after it.
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
        """The kind of site and the site; of the whole network, both are empty."""
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
        """Where what it was made from is kept."""
        return self.executed.with_suffix(".json")

    @property
    def folders(self) -> list[Path]:
        """The folders where a file that arrives would change it."""
        with paths.rooted(self.root):
            codings = [paths.codings_folder(year) for year in self.years] if self.notebook == FIRST else []
            return [*(paths.raw(year) for year in self.years), paths.reference(), *codings]


def tasks_of(choice: Parameters) -> list[Task]:
    """The tasks of a report, those that others wait for first, then the longest first.

    >>> from helpers.pipeline import tasks
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
    cleaned = [Task(FIRST, {"year": year}, tuple(paths.read_with(year))) for year in reversed(choice.series)]
    return [*cleaned, *_protections(choice), *shown_tasks(choice, [name for name in NOTEBOOKS if name != FIRST])]


def _protections(choice: Parameters) -> list[Task]:
    """One a year, each after those of earlier years: what two years share is known to both."""
    return [
        Task(PROTECTION, {"year": year}, (year,), (f"{FIRST} {year}", *_keys(range(min(choice.series), year), choice)))
        for year in choice.series
    ]


def _keys(years: Iterable[int], choice: Parameters) -> tuple[str, ...]:
    return tuple(f"{PROTECTION} {year}" for year in choice.series if year in years)


def shown_tasks(choice: Parameters, names: Iterable[str]) -> list[Task]:
    """The tasks of these notebooks, for the network or the site of the parameters."""
    return [Task(name, choice.of(name), tuple(choice.series), _keys(choice.series, choice)) for name in names]


def _is_behind(path: Path, task: Task) -> bool:
    """Whether a file that was read can change the result: to know which years have data, all are looked at."""
    for root in (paths.shareable(), paths.data_root()):
        raw = root / "data" / "raw"
        if path.is_relative_to(raw):
            year = path.relative_to(raw).parts[0]
            return not paths.is_year(year) or int(year) in task.years
    return True


def record_of(task: Task, read: list[Path], written: list[Path], *, started: float) -> Record | None:
    """What an executed task was made from; None when something behind it was changed meanwhile: it is not known then.

    ``started`` is when it began, as the disk counts time (seconds since 1970).
    """
    files = [path for path in read if _is_behind(path, task)]
    code = _code_behind(task)
    if _changed_after(files, started) or _changed_after(code, freshness.LOADED_AT):
        return None
    products = [*written, task.executed]
    return freshness.record(task.parameters, [*files, *code], folders=task.folders, products=products)


def _code_behind(task: Task) -> list[Path]:
    lock = paths.repository() / "requirements" / "report.lock"
    if task.notebook == PROTECTION:
        return [*freshness.modules_behind(["from helpers import protection"]), lock]
    cells = read_source(task.notebook).cells
    modules = freshness.modules_behind([cell.source for cell in cells if cell.cell_type == "code"])
    return [*modules, paths.notebook(task.notebook), lock]


def _changed_after(files: list[Path], moment: float) -> bool:
    return any(path.is_file() and path.stat().st_mtime > moment for path in files)


def causes_of(task: Task) -> list[Cause] | None:
    """Why a task must be done again: nothing when it need not, None when it was never done."""
    kept = freshness.read_record(task.record)
    return None if kept is None else freshness.changes_since(kept, task.parameters)
