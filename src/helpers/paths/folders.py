"""The folders of the project and its tables.

The data live in the *data root*: the repository, unless the environment variable ``ALSES_DATA_ROOT`` names another
folder (tests, and later a run that must see aggregates only). Notebooks always come from the repository.
"""

import os
from pathlib import Path

from helpers.paths.roots import data_root, repository
from helpers.paths.sites import site_folder

# What a person types in the project's folder: the launcher of Windows has another name than elsewhere.
COMMAND = "py alses.py" if os.name == "nt" else "python3 alses.py"

# What the name of a report adds to its year when it rests on simulated records.
SYNTHETIC_SUFFIX = "-synthetique"


def notebook(name: str) -> Path:
    """The source of a notebook, by its name without extension.

    >>> paths.notebook("01_clean").is_file()
    True
    """
    return repository() / "notebooks" / f"{name}.ipynb"


def drafts() -> Path:
    """The folder of a reader's own notebooks; git ignores it.

    >>> paths.drafts().parent == paths.notebook("01_clean").parent, paths.drafts().name
    (True, 'brouillons')
    """
    return repository() / "notebooks" / "brouillons"


def raw(year: int) -> Path:
    """The read-only folder of a year's raw files.

    >>> paths.relative(paths.raw(2020))
    'data/raw/2020'
    """
    return data_root() / "data" / "raw" / str(year)


def raw_table(year: int, name: str) -> Path:
    """The raw file of a table of a year, there or not.

    >>> paths.relative(paths.raw_table(2020, "reunions"))
    'data/raw/2020/reunions.csv'
    """
    return raw(year) / f"{name}.csv"


def codings_folder(year: int) -> Path:
    """The private folder of the codings that were imported for a year, a folder each.

    >>> paths.relative(paths.codings_folder(2021))
    'data/raw/2021/codages'
    """
    return raw(year) / "codages"


def minutes_folder(year: int) -> Path:
    """The private folder of the minutes of a year's meetings.

    >>> paths.relative(paths.minutes_folder(2021))
    'data/raw/2021/comptes_rendus'
    """
    return raw(year) / "comptes_rendus"


def reference() -> Path:
    """The folder of the public reference tables.

    >>> paths.relative(paths.reference())
    'data/raw/reference'
    """
    return data_root() / "data" / "raw" / "reference"


def processed(year: int) -> Path:
    """The machine-made folder of a year's clean tables.

    >>> paths.relative(paths.processed(2020))
    'data/processed/2020'
    """
    return data_root() / "data" / "processed" / str(year)


def executed(year: int, site_type: str = "reseau", site: str = "") -> Path:
    """The folder of the notebooks as they were executed for a year's report, or for that of one of its sites.

    >>> paths.relative(paths.executed(2020)), paths.relative(paths.executed(2020, "college", "0592714E"))
    ('data/processed/2020/execution', 'data/processed/2020/execution/colleges/0592714e')
    """
    folder = processed(year) / "execution"
    return folder / site_folder(site_type, site) if site else folder


def workbench() -> Path:
    """The folder where JupyterLab keeps what a reader chose in its menus; it may be deleted at any time.

    >>> paths.relative(paths.workbench())
    'data/processed/.atelier'
    """
    return data_root() / "data" / "processed" / ".atelier"


def shareable() -> Path:
    """The data root of 02, 03 and 04 when a report is made: aggregates only, persons and exports are outside it.

    >>> paths.relative(paths.shareable())
    'data/processed/diffusion'
    """
    return data_root() / "data" / "processed" / "diffusion"


def is_shareable() -> bool:
    """Whether the data root is that one, of any project.

    >>> paths.is_shareable()
    False
    """
    return data_root().parts[-3:] == ("data", "processed", "diffusion")


def released(year: int) -> Path:
    """The private folder that keeps what was released of a year's records.

    >>> paths.relative(paths.released(2021))
    'data/releases/2021'
    """
    return data_root() / "data" / "releases" / str(year)


def reports() -> Path:
    """The folder that holds one folder a year.

    >>> paths.relative(paths.reports() / "2020")
    'reports/2020'
    """
    return data_root() / "reports"


def report(year: int, *, is_synthetic: bool = False) -> Path:
    """The folder of the report of a year; one that rests on simulated records has another, and never that one.

    >>> [paths.relative(paths.report(2020, is_synthetic=simule)) for simule in (False, True)]
    ['reports/2020', 'reports/2020-synthetique']
    """
    return reports() / (f"{year}{SYNTHETIC_SUFFIX}" if is_synthetic else str(year))


def relative(path: Path) -> str:
    """The path as messages and manifests show it: from the data root, with forward slashes; elsewhere, its name alone.

    >>> paths.relative(paths.data_root() / "reports" / "2020" / "index.html")
    'reports/2020/index.html'
    """
    path = Path(path)
    root = data_root()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
