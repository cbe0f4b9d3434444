"""The export of a year as received: its files, their columns, and the changes made by reading them."""

import re
from pathlib import Path

from helpers import paths
from helpers.clean.answers import read_spellings
from helpers.clean.records import ReceivedRecords
from helpers.data.reading import simulated_exports
from helpers.data.text_files import open_text
from helpers.data.titles import TABLE, Titles, known_titles
from helpers.data.to_complete import read_reference_for
from helpers.data.workbooks import READERS, open_parquet, open_statistical, open_workbook
from helpers.schema import DataError, columns

_TEXTS, _WORKBOOKS, _PARQUET = (".csv", ".txt", ".tsv"), (".xlsx", ".xlsm", ".ods", ".xls"), ".parquet"
_RECEIVED = "enregistrez la table en .csv, .xlsx, .ods, .parquet, .sav ou .dta."
# The command is whole: it is to be copied.
_R = (
    'un fichier R : dans R, write.csv2({}, "accompagnements.csv", row.names = FALSE, na = "", '
    'fileEncoding = "UTF-8") en fait une table ; retirez ensuite le fichier R.'
)
_R_READS = {".rds": 'readRDS("{}")', ".rdata": 'get(load("{}"))', ".rda": 'get(load("{}"))'}
_WORKBOOK_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_MARKUP = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|meta|head)", re.IGNORECASE)


def _open(path: Path, known: Titles) -> ReceivedRecords:
    """The tables of a file, by what it holds rather than by its extension; all that is wrong with it."""
    shown, suffix = paths.relative(path), path.suffix.lower()
    try:
        if suffix in _R_READS:
            raise DataError(f"{shown} : {_R.format(_R_READS[suffix].format(path.name))}")
        if suffix not in (*_TEXTS, *_WORKBOOKS, _PARQUET, *READERS):
            raise DataError(f"{shown} : ce format n’est pas lu ; {_RECEIVED}")
        with path.open("rb") as file:
            begin = file.read(512)
        if not begin.strip(b"\xef\xbb\xbf \t\r\n"):
            raise DataError(f"{shown} : le fichier est vide ; refaites l’export, ou retirez ce fichier.")
        if suffix in READERS:
            return open_statistical(path, known)
        if _MARKUP.match(begin):
            raise DataError(
                f"{shown} : c’est une page web sous un autre nom ; ouvrez-la dans un tableur et enregistrez-la au "
                "format .xlsx."
            )
        if begin.startswith(_WORKBOOK_MARKS):
            return open_workbook(path, known)
        return open_parquet(path, known) if begin.startswith(b"PAR1") else open_text(path, known)
    except DataError as fault:
        return ReceivedRecords(faults=[fault])
    except OSError:
        told = f"Impossible de lire {shown} : fermez-le s’il est ouvert, ou vérifiez vos droits."
    except MemoryError:
        told = f"{shown} est trop gros pour la mémoire de cette machine : enregistrez-le au format CSV UTF-8."
    return ReceivedRecords(faults=[DataError(told)])


def _known(year: int) -> tuple[Titles, list[str]]:
    """The titles of the export of a year, and what is wrong with their table."""
    spellings = read_spellings(read_reference_for(year, "modalites"))
    return known_titles(read_reference_for(year, "entetes"), spellings, year)


def is_overlooked(path: Path) -> bool:
    """Whether a file that is not read, because of its name, has the titles of an export."""
    if path.suffix.lower() not in (*_TEXTS, *_WORKBOOKS, _PARQUET, *READERS) or not path.is_file():
        return False
    try:
        return "identifiant" in _open(path, _known(int(path.parent.name))[0]).columns
    except DataError:  # of a reference table, which is told with the others
        return False


def receive(year: int) -> ReceivedRecords:
    """The records received for a year, not yet cleaned; nothing without an export.

    ``faults`` holds every fault of every file, as French sentences without any value of a person; a year with a fault
    cannot be used. A simulation (``accompagnements_synthetique.csv``, or ``synthetic`` in ``carte_export.json``) is
    marked as such. Titles are those of the schema ``accompagnements`` and of the reference table ``entetes``.
    """
    files, simulated = paths.exports(year), simulated_exports(year)
    out = ReceivedRecords(year, is_synthetic=bool(simulated))
    if not files:
        return out
    try:
        known, sentences = _known(year)
    except DataError as fault:
        return ReceivedRecords(year, faults=[fault])
    if simulated and len(simulated) < len(files):
        folder, names = paths.relative(paths.raw(year)), ", ".join(path.name for path in simulated)
        sentences.append(f"{folder} : {names} est une simulation, à côté d’un export reçu ; retirez-la.")
    out.faults.extend(map(DataError, sentences))
    for path in files:
        out.add(_open(path, known))
    out.columns.sort(key=columns(TABLE).index)
    return out
