"""Is the published report still the one that would be made? Asked before anything heavy is loaded."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.freshness.record import Cause, Record, read_record
from helpers.freshness.since import changes_since


def report_record(year: int) -> Path:
    """Where what a year's report was made from is kept.

    >>> paths.relative(freshness.report_record(2020))
    'data/processed/2020/rapport.json'
    """
    return paths.processed(year) / "rapport.json"


def asked(year: int, compare_to: int | None, sites: Iterable[str] = ()) -> dict[str, Any]:
    """What a report depends on beside its files: what was asked, and the years that have data.

    >>> freshness.asked(2020, None)
    {'year': 2020, 'compare_to': None, 'sites': [], 'années': [2019, 2020]}
    """
    years = [each for each in paths.years() if each <= year]
    return {"year": year, "compare_to": compare_to, "sites": sorted(set(sites)), "années": years}


def kept_sites(year: int) -> list[str]:
    """The reports below the network that the last report of a year had, as they were asked for.

    >>> freshness.kept_sites(2018)
    []
    """
    kept = read_record(report_record(year))
    return kept.parameters.get("sites", []) if kept else []


def _folder(kept: Record) -> Path | None:
    names = {name.split("/")[1] for name in kept.products if name.startswith("reports/")}
    return paths.reports() / names.pop() if len(names) == 1 else None


def _is_tidy(folder: Path) -> bool:
    """Whether no run was cut while it put this report in place."""
    left = (f".en-cours-{folder.name}", f"{folder.name}.ancien")
    return not any(path.name.startswith(left) for path in folder.parent.iterdir())


def report_causes(year: int, compare_to: int | None, sites: Iterable[str] = ()) -> list[Cause] | None:
    """Why the report would not be the same if it were made now; None when nothing is known of it.

    >>> freshness.report_causes(2018, None) is None
    True
    """
    kept = read_record(report_record(year))
    return None if kept is None else changes_since(kept, asked(year, compare_to, sites))


def current_report(year: int, compare_to: int | None, sites: Iterable[str] = ()) -> Path | None:
    """The folder of the published report if nothing it was made from has changed, and nothing in it; else None.

    >>> freshness.current_report(2018, None) is None
    True
    """
    kept = read_record(report_record(year))
    folder = kept and _folder(kept)
    if not folder or changes_since(kept, asked(year, compare_to, sites)) or not _is_tidy(folder):
        return None
    return folder
