"""The export of a year: read and cleaned once, its faults, and what a check says of it."""

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from helpers import clean, paths, store
from helpers.records import Cleaned, Persons, Received
from helpers.schema import DataError, columns, typed
from helpers.typography import fold


@dataclass(frozen=True)
class Export:
    """The records of a year: as received, then cleaned; ``rows`` gives the rows read in each file, by its name.

    >>> export = checks.read_export(2020)
    >>> export.received.is_empty, export.cleaned.read, export.rows
    (True, 0, {})
    """

    received: Received
    cleaned: Cleaned
    rows: dict[str, int]


def _state(path: Path) -> tuple[str, int, int]:
    state = path.stat()
    return str(path), state.st_size, state.st_mtime_ns


def read_export(year: int) -> Export:
    """The records of a year, cleaned; nothing without an export, or with one that cannot be read.

    They are read once: a second call gives the same, unless one of the files behind them changed.

    Raises
    ------
    DataError
        when a reference table cannot be read.

    >>> len(checks.read_export(2020).cleaned.persons)
    0
    """
    files = paths.exports(year)
    if not files:
        return _read(year)
    tables = [paths.reference() / f"{name}.csv" for name in paths.REFERENCE_TABLES]
    return _read_once(year, tuple(_state(path) for path in (*files, *tables) if path.is_file()))


def read_earlier(year: int) -> dict[int, Persons]:
    """The persons of every earlier year that has an export, by year; nothing for a year that has none itself.

    Raises
    ------
    DataError
        when a reference table cannot be read.

    >>> checks.read_earlier(2020)
    {}
    """
    received = store.receive_earlier(year) if paths.exports(year) else []
    return clean.clean_earlier(received, spellings=store.read_reference("modalites"), **store.read_registers())


@lru_cache(maxsize=1)
def _read_once(year: int, state: tuple) -> Export:
    del state
    return _read(year)


def forget_exports() -> None:
    """Frees the memory of the records that were read last.

    >>> checks.forget_exports()
    """
    _read_once.cache_clear()


def _read(year: int) -> Export:
    received, rows = store.counted(store.receive(year))
    usable = Received(year) if received.faults else received
    cleaned = clean.clean_persons(usable, spellings=store.read_reference("modalites"), **store.read_registers())
    return Export(received, cleaned, rows)


def _missing_associations(year: int, cleaned: Cleaned) -> list[DataError]:
    """Associations that the card expects, and of which no person is kept."""
    persons = cleaned.persons
    codes = persons.codes.get("association", ())
    there = {fold(persons.labels["association"][code]) for code in set(codes)} if len(codes) else set()
    card = paths.relative(paths.raw(year) / "datapackage.json")
    return [
        DataError(
            f"{card} attend l’association « {name} », et l’export n’en a aucune ligne : ajoutez son fichier, "
            "ou retirez-la de « associations_attendues »."
        )
        for name in store.expected_associations(year)
        if fold(name) not in there
    ]


def record_faults(year: int, *, is_cleanable: bool = True) -> list[DataError]:
    """Why the export of a year cannot be used; empty without an export.

    ``is_cleanable`` is false when a reference table has faults: what only cleaning would find is then not looked for.

    >>> checks.record_faults(2020)
    []
    """
    found = store.export_faults(year)
    if not is_cleanable:
        return found + store.receive(year).faults
    export = read_export(year)
    if export.received.is_empty:
        return found
    found += export.received.faults or [*export.cleaned.faults, *_missing_associations(year, export.cleaned)]
    return list({str(fault): fault for fault in found}.values())


def keep_rejected(year: int) -> Path | None:
    """The private file where the rows of a year that are not counted now are; None when there is none, or no room.

    It is written even if the year cannot be used: a fault that counts rows must let somebody see them.

    >>> checks.keep_rejected(2020) is None
    True
    """
    cleaned = read_export(year).cleaned
    if not len(cleaned.rejected):
        return None
    with suppress(OSError):  # a protected folder must not hide the faults
        return store.save_rejected(cleaned)
    return None


@dataclass(frozen=True)
class Account:
    """What became of the rows of an export, and the printed figures that they do not find again.

    ``rejections`` has the schema ``rejets``, ``changes`` the schema ``normalisations``, ``differing`` the schema
    ``rapprochements``.

    >>> compte = checks.account_for(2020)
    >>> compte is None
    True
    """

    read: int
    kept: int
    rejections: pd.DataFrame
    changes: pd.DataFrame
    differing: pd.DataFrame


def account_for(year: int) -> Account | None:
    """The account of a year's export, once it has no fault; None without an export.

    Raises
    ------
    DataError
        when a table cannot be read.

    >>> checks.account_for(2020) is None
    True
    """
    export = read_export(year)
    if export.received.is_empty:
        return None
    cleaned = export.cleaned
    return Account(cleaned.read, len(cleaned.persons), cleaned.rejections, cleaned.ledger, _differing(year, export))


def _figures(year: int) -> pd.DataFrame:
    if store.present(year, "chiffres_publies"):
        return store.read_raw(year, "chiffres_publies")
    return typed(pd.DataFrame(columns=columns("chiffres_publies"), dtype="str"), "chiffres_publies")


def _differing(year: int, export: Export) -> pd.DataFrame:
    # Loaded here: a check of printed tables alone, and « status », do not wait for the solver that it brings.
    from helpers import indicators

    source = {"source": export.received.source, "reference": export.received.reference}
    counted = indicators.count_persons(export.cleaned.persons, **source)
    figures = _figures(year)
    both = pd.concat([store.read_earlier_figures(year), figures], ignore_index=True)
    before = indicators.indicators_before(both, read_earlier(year), year=year)
    found = indicators.reconcile(figures, counted, before, year=year)
    return found[found["accord"] == "differe"]
