"""The export of a year as received: its files, their columns, and the changes made by reading them."""

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import combinations
from pathlib import Path

from helpers import paths
from helpers.clean.answers import read_spellings
from helpers.clean.records import ReceivedRecords
from helpers.data.reading import read_export_card, simulated_exports
from helpers.data.readings import read_reference_for
from helpers.data.statistical_files import READERS, read_statistical, refusal
from helpers.data.text_files import open_text
from helpers.data.titles import TABLE, OpenedFile, Titles, known_titles, refuse_file
from helpers.data.workbooks import open_frame, open_parquet, open_workbook
from helpers.schema import DataError, columns
from helpers.system import sha256_of

_SUFFIXES = {
    **dict.fromkeys((".csv", ".txt", ".tsv"), "text"),
    **dict.fromkeys((".xlsx", ".xlsm", ".ods", ".xls"), "workbook"),
    ".parquet": "parquet",
    **dict.fromkeys(READERS, "statistical"),
}
_ZIP, _PARQUET, _OLE = b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|meta|head)", re.IGNORECASE)
_OTHERS = {
    b"%PDF": "un PDF",
    b"{\\rtf": "un document RTF",
    b"\x1f\x8b": "une archive gzip",
    b"7z\xbc\xaf": "une archive 7z",
}
_RECEIVED = ".csv, .xlsx, .ods, .parquet, .sav ou .dta"


def kind_of(path: Path) -> str:
    """``text``, ``workbook``, ``parquet`` or ``statistical``, by content and extension; else why it cannot be read."""
    wanted = _SUFFIXES.get(path.suffix.lower())
    if wanted is None:
        return f"{refusal(path) or 'ce format n’est pas lu ; enregistrez la table en ' + _RECEIVED}."
    with path.open("rb") as file:
        begin = file.read(512)
    if not begin.strip(b"\xef\xbb\xbf \t\r\n"):
        return "le fichier est vide ; refaites l’export, ou retirez ce fichier."
    if begin.startswith(_OLE):
        return "workbook"
    if wanted == "statistical":
        return wanted
    if _MARKUP.match(begin):
        return "c’est une page web sous un autre nom ; ouvrez-la dans un tableur et enregistrez-la au format .xlsx."
    for mark, name in _OTHERS.items():
        if begin.startswith(mark):
            return f"c’est {name} sous un autre nom ; enregistrez la table en {_RECEIVED}."
    kind = "workbook" if begin.startswith(_ZIP) else "parquet" if begin.startswith(_PARQUET) else "text"
    if kind == wanted:
        return kind
    names = {
        "workbook": "un classeur ou une archive ; renommez-le en .xlsx ou .ods",
        "parquet": "un fichier Parquet ; renommez-le en .parquet",
        "text": "ni un classeur ni un Parquet ; si c’est un texte, renommez-le en .csv, sinon refaites l’export",
    }
    return f"son extension ne dit pas ce qu’il est : {names[kind]}."


def copies(year: int, files: list[Path]) -> list[str]:
    """Files with the same bytes as another one of the year, or as the export of another year, even one that is gone."""
    sizes = {path: path.stat().st_size for path in files}

    def is_same(path: Path, size: int, checksum: Callable[[], str]) -> bool:
        """Whether a file has this size and this checksum; one that cannot be read is told when it is opened."""
        with suppress(OSError):
            return sizes[path] == size > 0 and sha256_of(path) == checksum()
        return False

    faults = [
        f"{paths.relative(second)} est la copie de {first.name} ; retirez l’un des deux."
        for first, second in combinations(files, 2)
        if is_same(second, sizes[first], partial(sha256_of, first))
    ]
    for other in (each for each in paths.prepared_years() if each != year):
        theirs = [
            (f"est l’export de {other}", each.stat().st_size, partial(sha256_of, each)) for each in paths.exports(other)
        ]
        with suppress(DataError):  # a card that cannot be read is told by its own year
            theirs += [
                (f"était l’export de {other} ({name})", entry["bytes"], partial(entry["hash"].removeprefix, "sha256:"))
                for name, entry in read_export_card(other).items()
                if not (paths.raw(other) / name).is_file()
            ]
        faults += [
            f"{paths.relative(path)} {what}, à l’identique ; déposez celui de {year}."
            for path in files
            if (what := next((what for what, *state in theirs if is_same(path, *state)), ""))
        ]
    return faults


def _open_statistical(path: Path, known: Titles) -> OpenedFile:
    return open_frame(path, read_statistical(path, known.columns), known)


_OPENERS = {
    "text": open_text,
    "workbook": open_workbook,
    "parquet": open_parquet,
    "statistical": _open_statistical,
}


def _open(path: Path, known: Titles) -> OpenedFile:
    shown = paths.relative(path)
    try:
        kind = kind_of(path)
        return _OPENERS[kind](path, known) if kind in _OPENERS else refuse_file(f"{shown} : {kind}")
    except DataError as fault:
        return OpenedFile(faults=[fault])
    except OSError:
        return refuse_file(f"Impossible de lire {shown} : fermez-le s’il est ouvert, ou vérifiez vos droits.")
    except MemoryError:
        return refuse_file(
            f"{shown} est trop gros pour la mémoire de cette machine : enregistrez-le au format CSV UTF-8."
        )


def _known(year: int) -> tuple[Titles, list[str]]:
    """The titles of the export of a year, and what is wrong with their table."""
    spellings = read_spellings(read_reference_for(year, "modalites"))
    return known_titles(read_reference_for(year, "entetes"), spellings, year)


def is_overlooked(path: Path) -> bool:
    """Whether a file that is not read, because of its name, has the titles of an export."""
    if path.suffix.lower() not in _SUFFIXES or not path.is_file():
        return False
    try:
        return _open(path, _known(int(path.parent.name))[0]).is_of_persons
    except DataError:  # of a reference table, which is told with the others
        return False


def receive(year: int) -> ReceivedRecords:
    """The records received for a year, not yet cleaned; nothing without an export.

    ``faults`` holds every fault of every file, as French sentences without any value of a person; a year with a fault
    cannot be used. A simulation (``accompagnements_synthetique.csv``, or ``synthetic`` in ``carte_export.json``) is
    marked as such. Titles are those of the schema ``accompagnements`` and of the reference table ``entetes``.
    """
    files = paths.exports(year)
    if not files:
        return ReceivedRecords(year)
    try:
        known, sentences = _known(year)
    except DataError as fault:
        return ReceivedRecords(year, faults=[fault])
    simulated = simulated_exports(year)
    if simulated and len(simulated) < len(files):
        folder, names = paths.relative(paths.raw(year)), ", ".join(path.name for path in simulated)
        sentences.append(f"{folder} : {names} est une simulation, à côté d’un export reçu ; retirez-la.")
    sentences += copies(year, files)
    opened = [_open(path, known) for path in files]
    present = {name for each in opened for name in each.columns}
    return ReceivedRecords(
        year,
        tables=[table for each in opened for table in each.tables],
        columns=[name for name in columns(TABLE) if name in present],
        faults=[*map(DataError, sentences), *(fault for each in opened for fault in each.faults)],
        changes=[change for each in opened for change in each.changes],
        unread=[title for each in opened for title in each.unread],
        is_synthetic=bool(simulated),
    )
