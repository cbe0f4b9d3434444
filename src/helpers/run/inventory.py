"""Which years are here, and in what state."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from helpers import data, paths, provenance, system
from helpers.schema import DataError

# --- A published report: when it was made, and why it is stale, if it is ---

MANIFEST, SYNTHETIC = "manifest.json", "synthetique"


@dataclass(frozen=True)
class Report:
    """A published report: when it was made (None when it does not say), its size, and why it is stale, if it is.

    >>> Report(pd.Timestamp(2021, 2, 1), 1_019_354, ["2020/reunions.csv a changé depuis"]).reasons
    ['2020/reunions.csv a changé depuis']
    """

    made: datetime | None
    size_bytes: int
    reasons: list[str]


def _shown(name: str, now: dict[str, Path]) -> str:
    """A file as the person who has it on this computer knows it."""
    return (paths.relative(now[name]) if name in now else name).removeprefix("data/raw/")


def card_of(year: int) -> dict[str, dict]:
    """The card of a year's export; nothing when it cannot be read."""
    try:
        return data.read_export_card(year)
    except DataError:
        return {}


def _named(files: list[Path], then: dict[str, str]) -> dict[str, Path]:
    """The files by the names of the manifest."""
    private = {path: system.fingerprint(path) for path in files if paths.private_year(paths.public_name(path))}
    return {_name_then(path, private, then) if path in private else paths.public_name(path): path for path in files}


def _name_then(path: Path, private: dict[Path, str], then: dict[str, str]) -> str:
    """The name that a private file had: that of its rank if it is as it was, else known by its checksum.

    One that changed has the name of its rank where no other file has it. Two codings may hold the same table.
    """
    name, checksum = paths.public_name(path), private[path]
    if then.get(name) == checksum:
        return name
    known = {each: told for told, each in then.items() if paths.private_year(told)}
    received = card_of(paths.private_year(name)).get(path.name, {}).get("hash", "").removeprefix("sha256:")
    is_free = name in then and then[name] not in private.values()
    return known.get(checksum) or known.get(received) or (name if is_free else paths.relative(path))


def _changes(manifest: dict) -> list[str]:
    """What is no longer as the report read it, a sentence a file."""
    then = {entry["path"]: entry["sha256"] for entry in manifest["inputs"]}
    year, compared = manifest["parameters"]["year"], manifest["parameters"]["compare_to"]
    seen = {year, *_years_in(then)} | ({compared} if compared else set())
    files = data.input_files(sorted(seen))
    if not manifest.get(SYNTHETIC):
        # A true report rests on no simulation: one that came since makes another report.
        simulated = {path for each in seen for path in data.simulated_exports(each)}
        files = [path for path in files if path not in simulated]
    # The spellings of exports come with the first export: it is the one to name.
    spellings = {paths.relative(paths.reference() / f"{name}.csv") for name in paths.EXPORT_TABLES} - then.keys()
    now = _named(files, then)
    changed = [name for name in sorted(then.keys() & now.keys()) if system.fingerprint(now[name]) != then[name]]
    reasons = [f"{_shown(name, now)} a changé depuis" for name in changed]
    reasons += [f"{_shown(name, now)} n’est plus là" for name in sorted(then.keys() - now.keys())]
    reasons += [f"{_shown(name, now)} est arrivé depuis" for name in sorted(now.keys() - then.keys() - spellings)]
    earlier = paths.earlier_year(year) if compared is None else None
    reasons += [f"il peut maintenant être comparé à {earlier}"] if earlier else []
    new = [each for each in paths.years() if each < year and each not in {*seen, earlier}]
    return reasons + [f"l’année {each} est arrivée depuis" for each in new]


def _years_in(files: Collection[str]) -> set[int]:
    """The years whose raw files a report was made from."""
    folders = (PurePosixPath(name).parts[:3] for name in files)
    small = {int(parts[2]) for parts in folders if parts[:2] == ("data", "raw") and paths.is_year(parts[2])}
    return small | {year for name in files if (year := paths.private_year(name))}


def _remade(year: int) -> list[str]:
    """What would change the report though the files received are the same: a notebook, the code, the libraries."""
    kept = provenance.read_record(provenance.report_record(year))
    causes = provenance.changes_since(kept, kept.parameters) if kept else []
    others = [cause for cause in causes if cause.kind in {"notebook", "code", "bibliotheques"}]
    return [provenance.tell_causes(others)] if others else []


def _touched(manifest: dict, folder: Path) -> list[str]:
    """What is no longer in the report as it was published, a sentence a file."""
    reasons = []
    for output in manifest["outputs"]:
        path = folder / output["path"]
        if not path.is_file():
            reasons.append(f"{output['path']} manque dans le rapport")
        elif system.fingerprint(path) != output["sha256"]:
            reasons.append(f"{output['path']} n’est plus tel qu’il a été publié")
    return reasons


def read_report(folder: Path) -> Report | None:
    """The report in a folder, if there is one; what its manifest does not say is not known."""
    if not folder.is_dir():
        return None
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        made = datetime.fromisoformat(manifest["tampon"]["produit_le"]).astimezone()
        return Report(
            made, size, _touched(manifest, folder) + _changes(manifest) + _remade(manifest["parameters"]["year"])
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return Report(None, size, [f"{MANIFEST} manque ou n’est pas lisible : on ne sait pas de quoi il est fait"])


# --- The years that are here, with what each has received and published ---


@dataclass(frozen=True)
class Year:
    """A year: rows of each raw table that is there (None: unreadable), how many faults they have, its report if any.

    ``exports`` gives the rows of each file of its export, by its name (None: not read yet); ``simulated`` is the
    report that rests on simulated records, if any. ``codings`` are the names of its codings.

    >>> annee = Year(2021, rows={"reunions": 8, "enonces": None}, faults=1, report=None)
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
        return data.count_rows(path)
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
    exports, codings = _exports(year), data.codings(year)
    found = len(data.faults(year, trusts_frozen=True)) if rows or exports or codings else 0
    return Year(
        year,
        rows,
        faults=found + len(data.minutes_faults(year)),
        report=read_report(paths.report(year)),
        exports=exports,
        simulated=read_report(paths.report(year, is_synthetic=True)),
        codings=codings,
    )


def take_inventory() -> list[Year]:
    """Every year that has raw files or a report, in order; what cannot be read is said, and stops nothing.

    >>> for annee in take_inventory():
    ...     print(annee.year, sum(annee.rows.values()), annee.faults, annee.report is not None)
    2019 5 0 False
    2020 149 0 True
    """
    return [_year(year) for year in sorted({*paths.prepared_years(), *_reported_years()})]


def leftovers() -> list[Path]:
    """What runs left behind when they were cut: half-made or set-aside reports, which the next run tidies up.

    >>> leftovers()
    []
    """
    folder = paths.reports()
    found = [*folder.glob(".en-cours-*"), *folder.glob("*.ancien")] if folder.is_dir() else []
    return sorted(found)
