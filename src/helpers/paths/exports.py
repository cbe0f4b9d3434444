"""The private files of a year, its export and its codings: where they are, and how one may be told elsewhere."""

import re
from pathlib import Path

from helpers.paths.folders import codings_folder, data_root, raw, relative

# The export of the departmental database: the names of its files begin so, in capitals or not.
EXPORT = "accompagnement"
# The name that the simulation gives, of which nothing is to be learnt.
SIMULATED = "accompagnements_synthetique"

# The rows of the quotations that a person has read again, beside the codings.
QUOTED = "citations"

_EXPORT, _CODINGS = "export de la base de", "codages de"
_PUBLIC = re.compile(rf"(?:{_EXPORT}|{_CODINGS}) (\d{{4}}), fichier \d+")


def exports_in(folder: Path) -> list[Path]:
    """The files of an export in a folder, in order: those named ``accompagnements…`` in any format.

    >>> paths.exports_in(paths.raw(2020))
    []
    """
    found = folder.iterdir() if folder.is_dir() else []
    return sorted(path for path in found if path.name.casefold().startswith(EXPORT) and path.is_file())


def exports(year: int) -> list[Path]:
    """The files of a year's export, in order: those named ``accompagnements…`` in any format, but for locks.

    A file of a format that is not read is one of them: `store.receive` says what is wrong with it.

    >>> paths.exports(2020)
    []
    """
    return exports_in(raw(year))


def coding_files(year: int) -> list[Path]:
    """The files that 01 reads of a year's codings, in order: the tables of each, and the quotations chosen.

    >>> paths.coding_files(2020)
    []
    """
    folder = codings_folder(year)
    found = [*folder.glob("*/*.csv"), folder / f"{QUOTED}.csv"]
    return sorted(path for path in found if path.is_file() and not path.parent.name.startswith("."))


def private_files(year: int) -> list[Path]:
    """The files of a year that never leave this computer, and that its report is made from.

    >>> paths.private_files(2020)
    []
    """
    return [*exports(year), *coding_files(year)]


def public_name(path: Path) -> str:
    """How a page or a manifest names a file: by its path in the project; a private file by its kind and rank only.

    Who exports, or codes, writes what he likes in the name of a file: a person, a school, a worker.

    >>> paths.public_name(paths.raw_table(2020, "reunions"))
    'data/raw/2020/reunions.csv'
    >>> paths.public_name(paths.raw(2021) / "accompagnements_de_Zoe.xlsx")
    'export de la base de 2021, fichier 1'
    >>> paths.public_name(paths.codings_folder(2021) / "reunions de Zoe" / "passages.csv")
    'codages de 2021, fichier 1'
    """
    name, year = path.name, path.parent.name
    if name.casefold().startswith(EXPORT) and name != f"{SIMULATED}.csv" and re.fullmatch(r"\d{4}", year):
        return f"{_EXPORT} {year}, fichier {sum(other.name < name for other in exports_in(path.parent)) + 1}"
    place = path.relative_to(data_root()).parts if path.is_relative_to(data_root()) else ()
    if place[:2] == ("data", "raw") and place[3:4] == (codings_folder(0).name,):
        rank = sum(other < path for other in coding_files(int(place[2]))) + 1
        return f"{_CODINGS} {place[2]}, fichier {rank}"
    return relative(path)


def private_year(name: str) -> int | None:
    """The year of the private file that `public_name` named so; None for any other name.

    >>> paths.private_year("export de la base de 2021, fichier 2"), paths.private_year("data/raw/2021/reunions.csv")
    (2021, None)
    """
    found = _PUBLIC.fullmatch(name)
    return int(found[1]) if found else None
