"""Where everything is: the two roots, the folders and tables of the project, its years, exports and sites.

>>> [relative(folder) for folder in (raw_table(2020, "reunions"), executed(2020, "college", "0592714E"), report(2020))]
['data/raw/2020/reunions.csv', 'data/processed/2020/execution/colleges/0592714e', 'reports/2020']
"""

import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

# --- The two roots: the repository, and the data root, which may be elsewhere ---

DATA_ROOT_VARIABLE = "ALSES_DATA_ROOT"

# Set by `with_data_root` alone.
_rooted: ContextVar[Path | None] = ContextVar("data_root", default=None)


@cache  # called for each file of a report, and resolving a path reads the disk
def repository() -> Path:
    """The folder that holds pyproject.toml and notebooks/."""
    return Path(__file__).resolve().parents[2]


def data_root() -> Path:
    """The folder that holds data/ and reports/: the repository, unless ``ALSES_DATA_ROOT`` names another."""
    if (root := _rooted.get()) is not None:
        return root
    chosen = os.environ.get(DATA_ROOT_VARIABLE)
    return Path(chosen).resolve() if chosen else repository()


def pin_data_root() -> None:
    """Makes a relative data root absolute, so that it means the same in a kernel, which runs in another folder."""
    if os.environ.get(DATA_ROOT_VARIABLE):
        os.environ[DATA_ROOT_VARIABLE] = str(data_root())


@contextmanager
def with_data_root(root: Path) -> Iterator[None]:
    """Uses another data root inside the block, in this thread alone.

    >>> with with_data_root(shareable()):
    ...     is_shareable()
    True
    """
    token = _rooted.set(root)
    try:
        yield
    finally:
        _rooted.reset(token)


def relative(path: Path) -> str:
    """The path as messages and manifests show it: from the data root, with forward slashes; elsewhere, its name."""
    path, root = Path(path), data_root()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


# --- The folders of the project and its tables. Notebooks always come from the repository, data from the data root ---

# What a person types in the project's folder: the launcher of Windows has another name than elsewhere.
COMMAND = "py alses.py" if os.name == "nt" else "python3 alses.py"

# What the name of a report adds to its year when it rests on simulated records.
SYNTHETIC_SUFFIX = "-synthetique"

# « 0 » leaves a reader's own notebooks out: the tests and the example in git are about the four.
OWN_NOTEBOOKS_VARIABLE = "ALSES_OWN_NOTEBOOKS"

# What `check` could not read, to be explained in a spreadsheet, and what someone explained: private, beside the export.
TO_COMPLETE, READINGS = "a_completer.csv", "lectures.csv"


def notebook(name: str) -> Path:
    """The source of a notebook, by its name without extension."""
    return repository() / "notebooks" / f"{name}.ipynb"


def is_own(name: str) -> bool:
    """Whether a notebook is one that a researcher added to the report: its number is 10 to 19."""
    return re.match(r"1\d_", name) is not None


def own_notebooks() -> list[str]:
    """The notebooks that the report publishes beside the four, by name, in order."""
    if os.environ.get(OWN_NOTEBOOKS_VARIABLE) == "0":
        return []
    return sorted(path.stem for path in (repository() / "notebooks").glob("*.ipynb") if is_own(path.stem))


def drafts() -> Path:
    """The folder of a reader's own notebooks; git ignores it."""
    return repository() / "notebooks" / "brouillons"


def raw(year: int) -> Path:
    """The read-only folder of a year's raw files: ``data/raw/2020``."""
    return data_root() / "data" / "raw" / str(year)


def raw_table(year: int, name: str) -> Path:
    """The raw file of a table of a year, there or not."""
    return raw(year) / f"{name}.csv"


def own_readings(year: int) -> Path:
    """The private file of the spellings that someone explained for a year, there or not."""
    return raw(year) / READINGS


def codings_folder(year: int) -> Path:
    """The private folder of the codings that were imported for a year, a folder each."""
    return raw(year) / "codages"


def minutes_folder(year: int) -> Path:
    """The private folder of the minutes of a year's meetings."""
    return raw(year) / "comptes_rendus"


def reference() -> Path:
    """The folder of the public reference tables."""
    return data_root() / "data" / "raw" / "reference"


def processed(year: int) -> Path:
    """The machine-made folder of a year's clean tables: ``data/processed/2020``."""
    return data_root() / "data" / "processed" / str(year)


def executed(year: int, site_type: str = "reseau", site: str = "") -> Path:
    """The folder of the notebooks as they were executed for a year's report, or for that of one of its sites."""
    folder = processed(year) / "execution"
    return folder / site_folder(site_type, site) if site else folder


def workbench() -> Path:
    """The folder where JupyterLab keeps what a reader chose in its menus; it may be deleted at any time."""
    return data_root() / "data" / "processed" / ".atelier"


def shareable() -> Path:
    """The data root of 02, 03 and 04 when a report is made: aggregates only, persons and exports are outside it."""
    return data_root() / "data" / "processed" / "diffusion"


def is_shareable() -> bool:
    """Whether the data root is that one, of any project."""
    return data_root().parts[-3:] == ("data", "processed", "diffusion")


def released(year: int) -> Path:
    """The private folder that keeps what was released of a year's records."""
    return data_root() / "data" / "releases" / str(year)


def reports() -> Path:
    """The folder that holds one folder a year."""
    return data_root() / "reports"


def report(year: int, *, is_synthetic: bool = False) -> Path:
    """The folder of the report of a year; one that rests on simulated records has another, and never that one."""
    return reports() / (f"{year}{SYNTHETIC_SUFFIX}" if is_synthetic else str(year))


# Names that Windows keeps for its devices.
_DEVICES = r"(con|prn|aux|nul|com\d|lpt\d)"
_LONGEST_SLUG = 40


def slug(name: str) -> str:
    """A name in plain lower case and dashes, safe on any disk; six digits of a checksum keep two names distinct.

    >>> slug("0592714E"), slug("Itinéraires"), slug("AUX")
    ('0592714e', 'itineraires-e99a24', 'aux-1898ed')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    short = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG].strip("-")
    if short and short == name.lower() and not re.fullmatch(_DEVICES, short):
        return short
    import hashlib  # slow to load

    return "-".join(filter(None, [short, hashlib.sha256(name.encode()).hexdigest()[:6]]))


def site_folder(site_type: str, site: str) -> str:
    """The folder of a site, relative to that of its report: ``associations/aapi``."""
    return f"{site_type}s/{slug(site)}"


# --- The private files of a year, its export and its codings, and how a page may name one ---

# The export of the departmental database: the names of its files begin so, in capitals or not.
EXPORT = "accompagnement"
# The name of a simulated export, which may be shown.
SIMULATED = "accompagnements_synthetique"
# The table of the quotations that a person has reviewed, beside the codings.
QUOTED = "citations"

_EXPORT, _CODINGS = "export de la base de", "codages de"


def exports_in(folder: Path) -> list[Path]:
    """The files of an export in a folder, in order: those named ``accompagnements…`` in any format."""
    files = folder.iterdir() if folder.is_dir() else []
    return sorted(path for path in files if path.name.casefold().startswith(EXPORT) and path.is_file())


def exports(year: int) -> list[Path]:
    """The files of a year's export, in order; one in a format that is not read is among them, and refused later."""
    return exports_in(raw(year))


def coding_files(year: int) -> list[Path]:
    """The files that 01 reads of a year's codings, in order: the tables of each, and the quotations chosen."""
    folder = codings_folder(year)
    found = [*folder.glob("*/*.csv"), folder / f"{QUOTED}.csv"]
    return sorted(path for path in found if path.is_file() and not path.parent.name.startswith("."))


def private_files(year: int) -> list[Path]:
    """The files of a year that never leave this computer, and that its report is made from."""
    return [*exports(year), *coding_files(year)]


def public_name(path: Path) -> str:
    """How a page or a manifest names a file: by its path in the project; a private file by its kind and rank only.

    File names are free text and may contain personal data.

    >>> public_name(raw_table(2020, "reunions"))
    'data/raw/2020/reunions.csv'
    >>> public_name(raw(2021) / "accompagnements_de_Zoe.xlsx")
    'export de la base de 2021, fichier 1'
    >>> public_name(codings_folder(2021) / "reunions de Zoe" / "passages.csv")
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

    >>> private_year("export de la base de 2021, fichier 2"), private_year("data/raw/2021/reunions.csv")
    (2021, None)
    """
    found = re.fullmatch(rf"(?:{_EXPORT}|{_CODINGS}) (\d{{4}}), fichier \d+", name)
    return int(found[1]) if found else None


# --- The years that have data, and their files ---

# What makes a folder of data/raw a year: at least one of these, or an export. The order is that of the messages.
RAW_TABLES = ("chiffres_publies", "prises_de_poste", "reunions", "enonces", "affirmations", "remarques")
EXPORT_TABLES = ("entetes", "modalites")  # how exports are written: nothing else is read with them
REFERENCE_TABLES = ("colleges", "associations", "alias", "themes", "reperes", "glossaire", *EXPORT_TABLES)

# In a data root that holds aggregates only: what 01 read of a year, including the export that is not there.
ENTRIES = "entrees.json"

# What a line of a table may hold without any value: separators, quotes, spaces, the UTF-8 mark.
_NO_VALUE = b' \t,;"\xef\xbb\xbf'
# A line of column names in plain text: anything else that stands alone is a fault to report.
_SEVERAL_NAMES = rb"[^\0]*[,;\t][^\0]*"


def is_year(name: str) -> bool:
    """Whether a name is a year: four plain digits; 0201 is a slip of the keyboard.

    >>> [name for name in ("2020", "0201", "20201", "٢٠٢٠", "2020 bis") if is_year(name)]
    ['2020']
    """
    return name.isascii() and name.isdecimal() and len(name) == 4 and name[0] != "0"


def has_rows(path: Path) -> bool:
    """Whether a raw table has something below the names of its columns.

    >>> has_rows(raw_table(2020, "reunions")), has_rows(raw_table(2019, "reunions"))
    (True, False)
    """
    if not path.is_file():
        return False
    lines = [line for line in path.read_bytes().splitlines() if line.strip(_NO_VALUE)]
    return not (len(lines) == 1 and re.fullmatch(_SEVERAL_NAMES, lines[0]))


def told_entries(year: int) -> dict | None:
    """What 01 read, as a data root of aggregates says it: ``entrees``, ``export``, ``recu``; None in any other."""
    import json  # the help does without it, and must be immediate

    path = raw(year) / ENTRIES
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def has_export(year: int) -> bool:
    """Whether the year has an export, here or where its aggregates come from."""
    return bool(exports(year)) or bool((told_entries(year) or {}).get("export"))


def _has_private(year: int) -> bool:
    """Whether the year has an export or a coding, here or where its aggregates come from."""
    return bool(private_files(year)) or bool((told_entries(year) or {}).get("entrees"))


def _has_printed(year: int) -> bool:
    return any(has_rows(raw_table(year, table)) for table in RAW_TABLES)


def prepared_years() -> list[int]:
    """The years that have a folder in data/raw with a table, even without any row, an export or a coding; in order."""
    folders = (data_root() / "data" / "raw").glob("[0-9]*")
    named = sorted(int(folder.name) for folder in folders if is_year(folder.name) and folder.is_dir())
    return [
        year for year in named if any(raw_table(year, table).is_file() for table in RAW_TABLES) or _has_private(year)
    ]


def years() -> list[int]:
    """The years that have something to read, a raw table with rows, an export or a coding; in order."""
    return [year for year in prepared_years() if _has_printed(year) or _has_private(year)]


def exported_years() -> list[int]:
    """The years that have an export, in order."""
    return [year for year in years() if has_export(year)]


def earlier_year(year: int) -> int | None:
    """The latest earlier year that has printed values or records, or None: a coding alone cannot be compared."""
    earlier = [known for known in years() if known < year]
    return max((known for known in earlier if _has_printed(known) or has_export(known)), default=None)


def previous_year(year: int) -> int | None:
    """The year just before, if it has data: the one that a printed difference refers to."""
    return year - 1 if year - 1 in years() else None


def read_with(year: int) -> list[int]:
    """The years whose raw files 01 reads for a year: the one before, if it has data, and itself.

    With an export, also the earlier years that have one: persons are matched across years.

    >>> read_with(2020), read_with(2019)
    ([2019, 2020], [2019])
    """
    shared = {each for each in exported_years() if each < year} if has_export(year) else set()
    return sorted({year, *shared, *filter(None, [previous_year(year)])})
