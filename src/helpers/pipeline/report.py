"""The report of a year: every notebook, every page, one publication."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from helpers import checks, parameters, paths, publish, store
from helpers.parameters import Parameters
from helpers.pipeline.execute import execute
from helpers.pipeline.front import index_context, report_subtitle
from helpers.pipeline.source import count_cells
from helpers.publish import Page, PublicationError

# The file of each page and its name in menus, in reading order.
PAGES = [
    Page("01_clean", "Données reçues", "01_clean.html"),
    Page("02_describe", "Portrait de l’année", "02_describe.html"),
    Page("03_compare", "D’une année à l’autre", "03_compare.html"),
    Page("04_themes", "Synthèse des réunions", "04_themes.html"),
]


# What a published report has passed, as its manifest says it.
CHECKS = [
    "cellules exécutées dans l’ordre, sans erreur, jusqu’à la dernière",
    "liens, identifiants, textes de remplacement, titres, tableaux et poids des pages ; aucun appel au réseau",
]


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


def _runs(choice: Parameters) -> list[tuple[str, dict]]:
    """The notebooks to run and their parameters, in order: 01 for each year of the series, then the others."""
    first, *others = parameters.NOTEBOOKS
    return [(first, {"year": year}) for year in choice.series] + [(name, choice.of(name)) for name in others]


def _is_synthetic(choice: Parameters) -> bool:
    """Whether any year that the report shows rests on simulated records: nothing of it is then true."""
    return any(store.simulated_exports(year) for year in choice.series)


def _simulated(choice: Parameters) -> str:
    files = [path for year in choice.series for path in store.simulated_exports(year)]
    return ", ".join(map(paths.relative, files))


class _Count:
    """Tells, each time, how far the whole run is."""

    def __init__(self, choice: Parameters, show: Callable[[Step], None]) -> None:
        self.total = sum(count_cells(name) for name, _ in _runs(choice))
        self.done, self.show = 0, show
        self.start("", choice.year)

    def start(self, notebook: str, year: int) -> None:
        self.notebook, self.year = notebook, year
        self.show(Step(notebook, year, self.done, self.total))

    def cell_done(self) -> None:
        self.done += 1
        self.show(Step(self.notebook, self.year, self.done, self.total))


def _execute_all(
    choice: Parameters, tell: Callable[[str], None], show: Callable[[Step], None]
) -> dict[str, NotebookNode]:
    done, count = {}, _Count(choice, show)
    for name, values in _runs(choice):
        started = time.perf_counter()
        of_year = values["year"]
        count.start(name, of_year)
        notebook = execute(name, values, paths.executed(of_year) / f"{name}.ipynb", cell_done=count.cell_done)
        tell(f"  {name}  {of_year}  {time.perf_counter() - started:.1f} s".replace(".", ","))
        if of_year == choice.year:
            done[name] = notebook
    count.start("", choice.year)
    return done


def _build(folder: Path, notebooks: dict[str, NotebookNode], choice: Parameters) -> None:
    """Everything that leaves but the manifest, in ``folder``."""
    subtitle = report_subtitle(choice)
    for page in PAGES:
        own_foot = "\n".join(publish.extract(notebooks[page.name], "provenance"))
        html = publish.export_page(notebooks[page.name], name=page.name, pages=PAGES, foot=own_foot, subtitle=subtitle)
        (folder / page.href).write_text(html, encoding="utf-8", newline="\n")
    store.export_indicators(choice.series, folder)
    store.export_comparisons(choice.year, folder)
    publish.write_index(folder, context=index_context(PAGES, notebooks, choice))


def _seal(folder: Path, choice: Parameters) -> None:
    """The manifest, once the pages have passed their checks: it holds the checksum of everything else."""
    made_from = store.provenance(choice.as_shown("03_compare"), choice.series)
    inputs = [
        {"path": entry["fichier"], "sha256": entry["sha256"], "bytes": entry["octets"], "rows": entry["lignes"]}
        for entry in made_from["entrees"]
    ]
    given, versions = choice.of("03_compare"), made_from["versions"]
    publish.write_manifest(
        folder, inputs=inputs, parameters=given, versions=versions, checks=CHECKS, is_synthetic=_is_synthetic(choice)
    )


def _publish(notebooks: dict[str, NotebookNode], choice: Parameters) -> Path:
    final = paths.report(choice.year, is_synthetic=_is_synthetic(choice))
    building = paths.reports() / f".en-cours-{final.name}"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    _build(building, notebooks, choice)
    faults = publish.check_pages(building)
    if faults:
        shutil.rmtree(building)
        raise PublicationError(
            f"Le rapport n’est pas publié, une page a un défaut ({len(faults)} en tout) : {faults[0]}"
        )
    _seal(building, choice)
    publish.swap(building, final)
    return final


def make_report(
    year: int,
    *,
    compare_to: int | None = None,
    tell: Callable[[str], None] = print,
    show: Callable[[Step], None] = lambda _: None,
) -> Path:
    """The folder of the published report. A run that fails leaves the report that was there, whole.

    ``tell`` is given a line at a time; ``show`` is called before each notebook and after each cell, for a progress bar.

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
    for each in choice.series:
        checks.require_usable(each)
    checks.forget_exports()
    with publish.in_turn(choice.series, what=f"alses run --year {year}"):
        publish.recover(paths.report(year, is_synthetic=_is_synthetic(choice)))
        tell(f"Rapport {report_subtitle(choice)}")
        if _is_synthetic(choice):
            tell(f"Données synthétiques : {_simulated(choice)}. Le rapport ne décrit personne et ne se cite pas.")
        return _publish(_execute_all(choice, tell, show), choice)
