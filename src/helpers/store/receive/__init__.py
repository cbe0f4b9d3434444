"""The export of a year, as received: its files, their rows, what reading them already changed.

Faults never stop the reading: each file gives its parts or its faults, and all are told at once.
"""

from pathlib import Path

from helpers import paths
from helpers.records import Received
from helpers.schema import DataError, columns
from helpers.store.cards import simulated_exports
from helpers.store.raw import read_reference
from helpers.store.receive.files import copies, kind_of, set_faults
from helpers.store.receive.headers import TABLE, known_titles, unknown_columns
from helpers.store.receive.opened import Opened, refused
from helpers.store.receive.parquet import open_parquet
from helpers.store.receive.text import open_text
from helpers.store.receive.workbook import open_workbook

_OPENERS = {"text": open_text, "workbook": open_workbook, "parquet": open_parquet}


def _open(path: Path, known: dict[str, str]) -> Opened:
    shown = paths.relative(path)
    try:
        kind = kind_of(path)
        return _OPENERS[kind](path, known) if kind in _OPENERS else refused(f"{shown} : {kind}")
    except DataError as fault:
        return Opened(faults=[fault])
    except OSError:
        return refused(f"Impossible de lire {shown} : fermez-le s’il est ouvert, ou vérifiez vos droits.")
    except MemoryError:
        return refused(f"{shown} est trop gros pour la mémoire de cette machine : enregistrez-le au format CSV UTF-8.")


def receive(year: int) -> Received:
    """The records received for a year, not yet cleaned; nothing when there is no export.

    Every fault of every file is in ``faults``, as French sentences without any value of a person: a year with a fault
    cannot be used. A simulation (``accompagnements_synthetique.csv``, or ``synthetic`` in ``carte_export.json``) is
    marked as such. Titles are those of the schema ``accompagnements`` and of the reference ``entetes``.

    >>> recu = store.receive(2020)
    >>> recu.is_empty, recu.parts, recu.faults
    (True, [], [])
    """
    files = paths.exports(year)
    if not files:
        return Received(year)
    try:
        titles = read_reference("entetes")
    except DataError as fault:
        return Received(year, faults=[fault])
    known, simulated = known_titles(titles), simulated_exports(year)
    told = [*unknown_columns(titles), *set_faults(year, files, simulated), *copies(year, files)]
    faults = [DataError(sentence) for sentence in told]
    opened = [_open(path, known) for path in files]
    found = {name for each in opened for name in each.columns}
    faults += [fault for each in opened for fault in each.faults]
    return Received(
        year,
        parts=[part for each in opened for part in each.parts],
        columns=[name for name in columns(TABLE) if name in found],
        faults=faults,
        changes=[change for each in opened for change in each.changes],
        is_synthetic=bool(simulated),
    )


def receive_earlier(year: int) -> list[Received]:
    """The records received for every earlier year that has an export, the oldest first.

    >>> store.receive_earlier(2021)
    []
    """
    return [receive(each) for each in paths.exported_years() if each < year]
