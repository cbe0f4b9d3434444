"""Which years are here, and in what state."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from helpers import data, paths, provenance
from helpers.schema import DataError

# --- A published report: when it was made, and why it is stale, if it is ---

MANIFEST = "manifest.json"
_UNKNOWN = "manque ou n’est pas lisible : on ne sait pas de quoi il est fait"


@dataclass(frozen=True)
class Report:
    """A published report: when it was made (None: unknown), its size, and why it is stale, a sentence each."""

    made: datetime | None
    size_bytes: int
    reasons: list[str]


def _reasons(year: int, *, is_synthetic: bool) -> list[str]:
    """Why a run would not leave the report as it is: what happened to its files, to its data, to the code."""
    kept = provenance.read_report_record(year, is_synthetic=is_synthetic)
    if kept is None:
        return [f"{paths.relative(provenance.report_record(year, is_synthetic=is_synthetic))} {_UNKNOWN}"]
    given = kept.parameters
    reasons = provenance.report_causes(year, given["compare_to"], given.get("sites", ()), is_synthetic=is_synthetic)
    # A true report rests on no simulation: one that came since makes another report.
    simulated = set() if is_synthetic else {path for each in paths.years() for path in data.simulated_exports(each)}
    reasons = [reason for reason in reasons if provenance.locate(reason.name) not in simulated]
    own = [reason for reason in reasons if not reason.is_consequence] or ([] if simulated else reasons)
    code = [reason for reason in own if reason.kind in {"notebook", "code", "bibliotheques"}]
    others = [reason for reason in own if reason not in code and reason.kind != "parametre"]
    told = [str(reason) if reason.verb == "n’est plus là" else f"{reason} depuis" for reason in others]
    new = [each for each in paths.years() if each < year and each not in given["années"]]
    told += [f"l’année {each} est arrivée depuis" for each in new]
    return [*told, *([provenance.tell_causes(code)] if code else [])]


def read_report(folder: Path) -> Report | None:
    """The report in a folder of ``reports/``, if there is one."""
    if not folder.is_dir():
        return None
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        made = datetime.fromisoformat(manifest["tampon"]["produit_le"]).astimezone()
        year = int(folder.name.removesuffix(paths.SYNTHETIC_SUFFIX))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return Report(None, size, [f"{MANIFEST} {_UNKNOWN}"])
    return Report(made, size, _reasons(year, is_synthetic=folder.name.endswith(paths.SYNTHETIC_SUFFIX)))


# --- The years, with what each has received and published ---


@dataclass(frozen=True)
class Year:
    """A year: rows of each raw table (None: unreadable), number of faults, report if any.

    ``exports`` gives the rows of each file of the export (None: not read yet); ``simulated`` is the report on simulated
    records, if any; ``codings`` are names.
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
        """Whether there is something to read: a table with only its header does not count."""
        return bool(self.exports or self.codings) or any(count != 0 for count in self.rows.values())


def _rows(path: Path) -> int | None:
    try:
        return data.count_rows(path)
    except DataError:
        return None


def _reported_years() -> list[int]:
    folder = paths.reports()
    children = folder.iterdir() if folder.is_dir() else []
    names = [child.name.removesuffix(paths.SYNTHETIC_SUFFIX) for child in children if child.is_dir()]
    return [int(name) for name in names if paths.is_year(name)]


def _exports(year: int) -> dict[str, int | None]:
    try:
        known = data.read_export_card(year)
    except DataError:
        known = {}
    return {paths.public_name(path): known.get(path.name, {}).get("rows") for path in paths.exports(year)}


def _year(year: int) -> Year:
    tables = {name: paths.raw_table(year, name) for name in paths.RAW_TABLES}
    rows = {name: _rows(path) for name, path in tables.items() if path.is_file()}
    exports, codings = _exports(year), data.codings(year)
    faults = len(data.faults(year, trusts_frozen=True)) if rows or exports or codings else 0
    return Year(
        year,
        rows,
        faults=faults + len(data.minutes_faults(year)),
        report=read_report(paths.report(year)),
        exports=exports,
        simulated=read_report(paths.report(year, is_synthetic=True)),
        codings=codings,
    )


def take_inventory() -> list[Year]:
    """Every year that has raw files or a report, in order; what cannot be read stops nothing.

    >>> for annee in take_inventory():
    ...     print(annee.year, sum(annee.rows.values()), annee.faults, annee.report is not None)
    2019 5 0 False
    2020 149 0 True
    """
    return [_year(year) for year in sorted({*paths.prepared_years(), *_reported_years()})]


def leftovers() -> list[Path]:
    """Half-made or set-aside reports of runs that were cut; the next run tidies them up."""
    folder = paths.reports()
    return sorted([*folder.glob(".en-cours-*"), *folder.glob("*.ancien")] if folder.is_dir() else [])
