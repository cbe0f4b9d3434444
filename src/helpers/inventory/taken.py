"""The years that are here, with what each has received and published."""

from dataclasses import dataclass, field
from pathlib import Path

from helpers import checks, paths, store
from helpers.inventory.published import Report, card_of, read_report
from helpers.schema import DataError


@dataclass(frozen=True)
class Year:
    """A year: rows of each raw table that is there (None: unreadable), how many faults they have, its report if any.

    ``exports`` gives the rows of each file of its export, by its name (None: not read yet); ``simulated`` is the
    report that rests on simulated records, if any. ``codings`` are the names of its codings.

    >>> annee = inventory.Year(2021, rows={"reunions": 8, "enonces": None}, faults=1, report=None)
    >>> [table for table, lignes in annee.rows.items() if lignes is None]
    ['enonces']
    """

    year: int
    rows: dict[str, int | None]
    faults: int
    report: Report | None
    exports: dict[str, int | None] = field(default_factory=dict)
    simulated: Report | None = None
    codings: list[str] = field(default_factory=list)

    @property
    def has_data(self) -> bool:
        """Whether there is something to be read: a table that holds only the names of its columns is not."""
        return bool(self.exports or self.codings) or any(count != 0 for count in self.rows.values())


def _rows(path: Path) -> int | None:
    try:
        return store.count_rows(path)
    except DataError:
        return None


def _reported_years() -> list[int]:
    folder = paths.reports()
    found = folder.iterdir() if folder.is_dir() else []
    names = [child.name.removesuffix(paths.SYNTHETIC_SUFFIX) for child in found if child.is_dir()]
    return [int(name) for name in names if paths.is_year(name)]


def _exports(year: int) -> dict[str, int | None]:
    known = card_of(year)
    return {path.name: known.get(path.name, {}).get("rows") for path in paths.exports(year)}


def _year(year: int) -> Year:
    tables = {name: paths.raw_table(year, name) for name in paths.RAW_TABLES}
    rows = {name: _rows(path) for name, path in tables.items() if path.is_file()}
    exports, codings = _exports(year), store.codings(year)
    found = len(checks.faults(year, trusts_frozen=True)) if rows or exports or codings else 0
    return Year(
        year,
        rows,
        faults=found + len(store.minutes_faults(year)),
        report=read_report(paths.report(year)),
        exports=exports,
        simulated=read_report(paths.report(year, is_synthetic=True)),
        codings=codings,
    )


def take_inventory() -> list[Year]:
    """Every year that has raw files or a report, in order; what cannot be read is said, and stops nothing.

    >>> for annee in inventory.take_inventory():
    ...     print(annee.year, sum(annee.rows.values()), annee.faults, annee.report is not None)
    2019 5 0 False
    2020 149 0 True
    """
    return [_year(year) for year in sorted({*paths.prepared_years(), *_reported_years()})]


def leftovers() -> list[Path]:
    """What runs left behind when they were cut: half-made or set-aside reports, which the next run tidies up.

    >>> inventory.leftovers()
    []
    """
    folder = paths.reports()
    found = [*folder.glob(".en-cours-*"), *folder.glob("*.ancien")] if folder.is_dir() else []
    return sorted(found)
