"""The years that have data, and their files."""

import re
from pathlib import Path

from helpers.paths.exports import exports, private_files
from helpers.paths.folders import data_root, raw

# What makes a folder of data/raw a year: at least one of these, or an export. The order is that of the messages.
RAW_TABLES = ("chiffres_publies", "prises_de_poste", "reunions", "enonces", "affirmations", "remarques")
EXPORT_TABLES = ("entetes", "modalites")  # how exports are written: nothing else is read with them
REFERENCE_TABLES = ("colleges", "associations", "alias", "themes", "reperes", "glossaire", *EXPORT_TABLES)

# In a data root that holds aggregates only: what 01 read of a year, the export that is not there included.
ENTRIES = "entrees.json"

# What a line of a table may hold that is no value: separators, quotes, spaces, the mark of UTF-8.
_NO_VALUE = b' \t,;"\xef\xbb\xbf'
# A line of column names in plain text: anything else that stands alone is a fault, to be told.
_SEVERAL_NAMES = re.compile(rb"^[^\0]*[,;\t][^\0]*$")


def is_year(name: str) -> bool:
    """Whether the name of a folder is a year: four plain digits, as the command takes it; 0201 is a slip for 2010.

    >>> [name for name in ("2020", "0201", "20201", "٢٠٢٠", "2020 bis") if paths.is_year(name)]
    ['2020']
    """
    return name.isascii() and name.isdecimal() and len(name) == 4 and name[0] != "0"


def has_rows(path: Path) -> bool:
    """Whether a raw table may have been filled: one that holds only the names of its columns has not.

    >>> paths.has_rows(paths.raw_table(2020, "reunions")), paths.has_rows(paths.raw_table(2019, "reunions"))
    (True, False)
    """
    if not path.is_file():
        return False
    lines = [line for line in path.read_bytes().splitlines() if line.strip(_NO_VALUE)]
    return not (len(lines) == 1 and _SEVERAL_NAMES.search(lines[0]))


def has_data(year: int) -> bool:
    """Whether a year has something to be read: a raw table with rows, an export or a coding.

    >>> paths.has_data(2020), paths.has_data(2018)
    (True, False)
    """
    return _has_rows(year) or _has_private(year)


def told_entries(year: int) -> dict | None:
    """What a data root of aggregates tells of what 01 read: ``entrees``, ``export``, ``recu``; None in any other.

    >>> paths.told_entries(2020) is None
    True
    """
    import json  # most verbs ask nothing of it, and the help must be immediate

    path = raw(year) / ENTRIES
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def has_export(year: int) -> bool:
    """Whether the year has an export, here or where its aggregates come from.

    >>> paths.has_export(2020)
    False
    """
    return bool(exports(year)) or bool((told_entries(year) or {}).get("export"))


def _has_rows(year: int) -> bool:
    return any(has_rows(raw(year) / f"{table}.csv") for table in RAW_TABLES)


def _has_private(year: int) -> bool:
    """Whether the year has an export or a coding, here or where its aggregates come from."""
    return bool(private_files(year)) or bool((told_entries(year) or {}).get("entrees"))


def prepared_years() -> list[int]:
    """The years that have a folder in data/raw with a table, even without any row, an export or a coding; in order.

    >>> paths.prepared_years()
    [2019, 2020]
    """
    folder = data_root() / "data" / "raw"
    found = [child for child in folder.iterdir() if child.is_dir()] if folder.is_dir() else []
    years_found = sorted(int(child.name) for child in found if is_year(child.name))
    return [
        year
        for year in years_found
        if _has_private(year) or any((raw(year) / f"{table}.csv").is_file() for table in RAW_TABLES)
    ]


def years() -> list[int]:
    """The years that have something to be read, in order.

    >>> paths.years()
    [2019, 2020]
    """
    return [year for year in prepared_years() if has_data(year)]


def exported_years() -> list[int]:
    """The years that have an export, in order.

    >>> paths.exported_years()
    []
    """
    return [year for year in years() if has_export(year)]


def earlier_year(year: int) -> int | None:
    """The latest year before this one that has figures or persons, or None: a coding alone has nothing to compare.

    >>> paths.earlier_year(2025), paths.earlier_year(2019)
    (2020, None)
    """
    return max((known for known in years() if known < year and (_has_rows(known) or has_export(known))), default=None)


def previous_year(year: int) -> int | None:
    """The year just before, if it has data: the one that a printed difference speaks of.

    >>> paths.previous_year(2020), paths.previous_year(2025)
    (2019, None)
    """
    return year - 1 if year - 1 in years() else None


def read_with(year: int) -> list[int]:
    """The years whose raw files 01 reads for a year: the one before, if it has data, and itself.

    With an export, the earlier years that have one as well: the persons of both are known by it.

    >>> paths.read_with(2020), paths.read_with(2019)
    ([2019, 2020], [2019])
    """
    shared = {each for each in exported_years() if each < year} if has_export(year) else set()
    return sorted({year, *shared, *filter(None, [previous_year(year)])})
