"""What a report is made of: one task a notebook and a year, and which must come before which."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers import freshness, parameters, paths
from helpers.freshness import Cause, Record
from helpers.parameters import Parameters
from helpers.pipeline.source import read_source


@dataclass(frozen=True)
class Task:
    """A notebook to run with these parameters, on the raw files of these years, after these other tasks."""

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
        return f"{self.notebook} {self.year}"

    @property
    def executed(self) -> Path:
        """Where the executed notebook goes."""
        return paths.executed(self.year) / f"{self.notebook}.ipynb"

    @property
    def record(self) -> Path:
        """Where what it was made from is kept."""
        return self.executed.with_suffix(".json")

    @property
    def folders(self) -> list[Path]:
        """The folders where a file that arrives would change it."""
        return [*(paths.raw(year) for year in self.years), paths.reference()]


def tasks_of(choice: Parameters) -> list[Task]:
    """The tasks of a report, those that others wait for first, then the longest first.

    >>> from helpers.pipeline import tasks
    >>> choix = parameters.check("03_compare", year=2020)
    >>> for tache in tasks.tasks_of(choix):
    ...     print(tache.key, "après", ", ".join(tache.after) or "rien")
    01_clean 2020 après rien
    01_clean 2019 après rien
    02_describe 2020 après 01_clean 2020
    03_compare 2020 après 01_clean 2019, 01_clean 2020
    04_themes 2020 après 01_clean 2020
    """
    first, *others = parameters.NOTEBOOKS
    cleaned = [Task(first, {"year": year}, tuple(paths.read_with(year))) for year in reversed(choice.series)]
    made = []
    for name in others:
        # Only a comparison looks at the whole series; the others rest on what 01 read for their year.
        years = choice.series if name == "03_compare" else [choice.year]
        read = sorted({each for year in years for each in paths.read_with(year)})
        made.append(Task(name, choice.of(name), tuple(read), tuple(f"{first} {year}" for year in years)))
    return cleaned + made


def _is_behind(path: Path, task: Task) -> bool:
    """Whether a file that was read can change the result: to know which years have data, all are looked at."""
    raw = paths.data_root() / "data" / "raw"
    year = path.relative_to(raw).parts[0] if path.is_relative_to(raw) else ""
    return not paths.is_year(year) or int(year) in task.years


def record_of(task: Task, read: list[Path], written: list[Path], *, started: float) -> Record | None:
    """What an executed task was made from; None when something behind it was changed meanwhile: it is not known then.

    ``started`` is when it began, as the disk counts time (seconds since 1970).
    """
    files = [path for path in read if _is_behind(path, task)]
    source = read_source(task.notebook)
    code = freshness.modules_behind([cell.source for cell in source.cells if cell.cell_type == "code"])
    code += [paths.notebook(task.notebook), paths.repository() / "requirements.lock"]
    if _changed_after(files, started) or _changed_after(code, freshness.LOADED_AT):
        return None
    products = [*written, task.executed]
    return freshness.record(task.parameters, [*files, *code], folders=task.folders, products=products)


def _changed_after(files: list[Path], moment: float) -> bool:
    return any(path.is_file() and path.stat().st_mtime > moment for path in files)


def causes_of(task: Task) -> list[Cause] | None:
    """Why a task must be done again: nothing when it need not, None when it was never done."""
    kept = freshness.read_record(task.record)
    return None if kept is None else freshness.changes_since(kept, task.parameters)
