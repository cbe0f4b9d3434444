"""Which years are here, and in what state? Reads only, and says what it cannot read instead of stopping."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from helpers import checks, paths, store
from helpers.schema import DataError

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Report:
    """A published report: when it was made (None when it does not say), its size, and why it is stale, if it is.

    >>> inventory.Report(pd.Timestamp(2021, 2, 1), 1_019_354, ["2020/reunions.csv a changé depuis"]).reasons
    ['2020/reunions.csv a changé depuis']
    """

    made: datetime | None
    size_bytes: int
    reasons: list[str]


@dataclass(frozen=True)
class Year:
    """A year: rows of each raw table that is there (None: unreadable), how many faults they have, its report if any.

    >>> annee = inventory.Year(2021, rows={"reunions": 8, "enonces": None}, faults=1, report=None)
    >>> [table for table, lignes in annee.rows.items() if lignes is None]
    ['enonces']
    """

    year: int
    rows: dict[str, int | None]
    faults: int
    report: Report | None


def _rows(path: Path) -> int | None:
    try:
        return store.count_rows(path)
    except DataError:
        return None


def _shown(path: str) -> str:
    return path.removeprefix("data/raw/")


def _changes(manifest: dict) -> list[str]:
    """What is no longer as the report read it, a sentence a file."""
    then = {entry["path"]: entry["sha256"] for entry in manifest["inputs"]}
    year, compared = manifest["parameters"]["year"], manifest["parameters"]["compare_to"]
    files = store.input_files([year] if compared is None else [compared, year])
    now = {paths.relative(path): store.fingerprint(path) for path in files}
    reasons = [f"{_shown(name)} a changé depuis" for name in sorted(then) if now.get(name, then[name]) != then[name]]
    reasons += [f"{_shown(name)} n’est plus là" for name in sorted(then.keys() - now.keys())]
    reasons += [f"{_shown(name)} est arrivé depuis" for name in sorted(now.keys() - then.keys())]
    if compared is None and (earlier := paths.earlier_year(year)):
        reasons.append(f"il peut maintenant être comparé à {earlier}")
    return reasons


def _touched(manifest: dict, folder: Path) -> list[str]:
    """What is no longer in the report as it was published, a sentence a file."""
    reasons = []
    for output in manifest["outputs"]:
        path = folder / output["path"]
        if not path.is_file():
            reasons.append(f"{output['path']} manque dans le rapport")
        elif store.fingerprint(path) != output["sha256"]:
            reasons.append(f"{output['path']} n’est plus tel qu’il a été publié")
    return reasons


def _report(folder: Path) -> Report | None:
    if not folder.is_dir():
        return None
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        made = datetime.fromisoformat(manifest["tampon"]["produit_le"]).astimezone()
        return Report(made, size, _touched(manifest, folder) + _changes(manifest))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return Report(None, size, [f"{MANIFEST} manque ou n’est pas lisible : on ne sait pas de quoi il est fait"])


def _reported_years() -> list[int]:
    folder = paths.reports()
    found = folder.iterdir() if folder.is_dir() else []
    return [int(child.name) for child in found if child.is_dir() and paths.is_year(child.name)]


def _year(year: int) -> Year:
    tables = {name: paths.raw_table(year, name) for name in paths.RAW_TABLES}
    rows = {name: _rows(path) for name, path in tables.items() if path.is_file()}
    return Year(year, rows, len(checks.faults(year)) if rows else 0, _report(paths.reports() / str(year)))


def take_inventory() -> list[Year]:
    """Every year that has raw files or a report, in order; what cannot be read is said, and stops nothing.

    >>> for annee in inventory.take_inventory():
    ...     print(annee.year, sum(annee.rows.values()), annee.faults, annee.report is not None)
    2019 5 0 False
    2020 146 0 True
    """
    return [_year(year) for year in sorted({*paths.years(), *_reported_years()})]


def leftovers() -> list[Path]:
    """What runs left behind when they were cut: half-made or set-aside reports, which the next run tidies up.

    >>> inventory.leftovers()
    []
    """
    folder = paths.reports()
    found = [*folder.glob(".en-cours-*"), *folder.glob("*.ancien")] if folder.is_dir() else []
    return sorted(found)
