"""The report of a year: every notebook that has to be run, every page, one publication."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from helpers import changes, checks, freshness, parameters, paths, publish, store
from helpers.parameters import Parameters
from helpers.pipeline.cluster import require_safe
from helpers.pipeline.front import report_subtitle
from helpers.pipeline.making import Making
from helpers.pipeline.release import Made, is_synthetic, place, publish_report, record_report
from helpers.pipeline.sites import require_records
from helpers.pipeline.steps import Step


def _simulated(choice: Parameters) -> str:
    files = [path for year in choice.series for path in store.simulated_exports(year)]
    return ", ".join(map(paths.relative, files))


def _checked(year: int, compare_to: int | None, sites: Sequence[str], scheduler: str | None) -> Parameters:
    """The parameters of a report, once everything that it would rest on is known to be usable."""
    choice = parameters.check("03_compare", year=year, compare_to=compare_to)
    if scheduler:
        require_safe(scheduler, choice.series)
    require_records(year, sites)
    for each in choice.series:
        checks.require_usable(each)
    checks.forget_exports()
    return choice


def _announce(choice: Parameters, tell: Callable[[str], None]) -> None:
    tell(f"Rapport {report_subtitle(choice)}")
    if is_synthetic(choice):
        tell(f"Données synthétiques : {_simulated(choice)}. Le rapport ne décrit personne et ne se cite pas.")


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
    """The folder of the published report. A run that fails leaves the report that was there, whole.

    Only the notebooks that something changed for are run (all of them if ``is_forced``), at most ``jobs`` side by side:
    as many as there are processors, if it is not said. ``scheduler`` is the address of a Dask cluster that runs them
    instead. ``sites`` are the reports asked for below the network: « association », « college », the name of an
    association, a UAI. ``tell`` is given a line at a time; ``show`` is called before each notebook and after each cell,
    for a progress bar; both may be called from another thread.

    Raises
    ------
    DataError
        for a parameter or a file that cannot be used: nothing has been making.
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
    choice = _checked(year, compare_to, sites, scheduler)
    since = freshness.report_causes(year, compare_to, sites) or []
    with publish.in_turn(choice.series, what=f"alses run --year {year}"):
        publish.recover(place(choice))
        _announce(choice, tell)
        making = Making(choice, tell, show, sites=sites)
        if scheduler:
            notebooks = making.execute_elsewhere(scheduler, is_forced=is_forced)
        else:
            notebooks = making.execute_all(jobs=jobs or os.cpu_count() or 1, is_forced=is_forced)
        making.count.at_work("", year)
        made = Made(making.tasks, making.shown, notebooks, making.sites)
        folder = publish_report(made, choice)
        _keep_releases(choice)
        # Files, parameters and libraries are told by the manifests of the two reports.
        own = [changes.Cause(cause.kind, cause.name) for cause in since if cause.kind in {"code", "notebook"}]
        is_told = changes.after_release(year, folder, own, tell)
        # Last, and only then: a run that was cut before has something left to do, and the next one does it.
        if is_told:
            record_report(made, folder, freshness.asked(year, compare_to, sites))
    return folder


def _keep_releases(choice: Parameters) -> None:
    """Keeps what was released of each year that has records: a correction will be compared with it."""
    exported = [year for year in choice.series if paths.exports(year)]
    if exported:
        from helpers import protection

        for year in exported:
            protection.keep_release(year)
