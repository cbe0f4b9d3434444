"""Right after a report was published: say what changed since the last one, then keep its figures."""

from collections.abc import Callable, Iterable
from pathlib import Path

from helpers.changes.causes import Cause, causes_between
from helpers.changes.found import compare_figures
from helpers.changes.headline import told
from helpers.changes.kept import is_on_simulated, keep, kept
from helpers.changes.page import page_path, write_page
from helpers.changes.published import UnreadableFigures, read_report


def _lines(year: int, report: Path, causes: Iterable[Cause]) -> list[str]:
    is_synthetic = is_on_simulated(report)
    page = page_path(year, is_synthetic=is_synthetic)
    try:
        before = kept(year, is_synthetic=is_synthetic)
        fault = []
    except UnreadableFigures as error:
        before, fault = None, [f"Rien n’est comparé au rapport précédent : ses chiffres ne se lisent plus ({error})."]
    if before is None:
        page.unlink(missing_ok=True)  # it would speak of another report
        keep(year, report)
        return fault
    after = read_report(report)
    changes, every = compare_figures(before, after), [*causes, *causes_between(before, after)]
    write_page(page, changes, before, after, every, report=report)
    # Last: had the page failed, the next run would say what this one could not.
    keep(year, report)
    return told(changes, before, every, page=page)


def after_release(year: int, report: Path, causes: Iterable[Cause], tell: Callable[[str], None]) -> bool:
    """Whether all could be said: a line at a time, which figures of the report in ``report`` changed, and after what.

    Writes ``changements.html`` and keeps the figures, in ``data/processed/<year>/``. The first report of a year has
    nothing to be compared with: it tells nothing. ``causes`` are what changed since the last published report; what the
    two manifests tell (files, parameters, libraries) is added to them. The report is published: whatever goes wrong
    here is one more line, and is to be tried again by the next run.

    >>> changes.after_release(2020, paths.report(2020), [], print)
    Aucun chiffre n’a changé depuis le rapport du ...
    True
    """
    try:
        for line in _lines(year, report, causes):
            tell(line)
    except Exception as error:  # a report that is out must not be called a failure
        tell(f"Ce qui a changé n’a pas pu être dit ({type(error).__name__}) ; le rapport, lui, est publié.")
        return False
    return True
