"""The files of an export: where they are, and the name under which one may be told outside of this computer."""

import re
from pathlib import Path

from helpers.paths.folders import raw, relative

# The export of the departmental database: the names of its files begin so, in capitals or not.
EXPORT = "accompagnement"
# The name that the simulation gives, of which nothing is to be learnt.
SIMULATED = "accompagnements_synthetique"

_PUBLIC = re.compile(r"export de la base de (\d{4}), fichier \d+")


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


def public_name(path: Path) -> str:
    """How a page or a manifest names a file: by its path in the project; a file of an export by its rank only.

    Who exports writes what he likes in the name of a file: a person, a school, a worker.

    >>> paths.public_name(paths.raw_table(2020, "reunions"))
    'data/raw/2020/reunions.csv'
    >>> paths.public_name(paths.raw(2021) / "accompagnements_de_Zoe.xlsx")
    'export de la base de 2021, fichier 1'
    """
    name, year = path.name, path.parent.name
    if not name.casefold().startswith(EXPORT) or name == f"{SIMULATED}.csv" or not re.fullmatch(r"\d{4}", year):
        return relative(path)
    rank = sum(other.name < name for other in exports_in(path.parent)) + 1
    return f"export de la base de {year}, fichier {rank}"


def exported_in(name: str) -> int | None:
    """The year of the export that `public_name` named so; None for any other name.

    >>> paths.exported_in("export de la base de 2021, fichier 2"), paths.exported_in("data/raw/2021/reunions.csv")
    (2021, None)
    """
    found = _PUBLIC.fullmatch(name)
    return int(found[1]) if found else None
