"""Where is it? The folders of the project and its tables, and nothing else.

The data live in the *data root*: the repository, unless the environment variable ``ALSES_DATA_ROOT`` names another
folder (tests, and later a run that must see aggregates only). Notebooks always come from the repository.
"""

import os
from pathlib import Path

DATA_ROOT_VARIABLE = "ALSES_DATA_ROOT"

# What makes a folder of data/raw a year: at least one of these. The order is that of the messages.
RAW_TABLES = ("chiffres_publies", "prises_de_poste", "reunions", "enonces", "affirmations", "remarques")
REFERENCE_TABLES = ("colleges", "associations", "alias", "themes", "reperes", "glossaire")


def repository() -> Path:
    """The folder that holds pyproject.toml and notebooks/."""
    return Path(__file__).resolve().parents[2]


def data_root() -> Path:
    """The folder that holds data/ and reports/."""
    chosen = os.environ.get(DATA_ROOT_VARIABLE)
    return Path(chosen).resolve() if chosen else repository()


def pin_data_root() -> None:
    """Makes a relative data root absolute, so that it means the same in a kernel, which runs in another folder."""
    if os.environ.get(DATA_ROOT_VARIABLE):
        os.environ[DATA_ROOT_VARIABLE] = str(data_root())


def notebook(name: str) -> Path:
    """The source of a notebook, by its name without extension."""
    return repository() / "notebooks" / f"{name}.ipynb"


def drafts() -> Path:
    """The folder of a reader's own notebooks; git ignores it."""
    return repository() / "notebooks" / "brouillons"


def raw(year: int) -> Path:
    """The read-only folder of a year's raw files."""
    return data_root() / "data" / "raw" / str(year)


def raw_table(year: int, name: str) -> Path:
    """The raw file of a table of a year, there or not."""
    return raw(year) / f"{name}.csv"


def reference() -> Path:
    """The folder of the public reference tables."""
    return data_root() / "data" / "raw" / "reference"


def processed(year: int) -> Path:
    """The machine-made folder of a year's clean tables."""
    return data_root() / "data" / "processed" / str(year)


def executed(year: int) -> Path:
    """The folder of the notebooks as they were executed for a year's report."""
    return processed(year) / "execution"


def workbench() -> Path:
    """The folder where JupyterLab keeps what a reader chose in its menus; it may be deleted at any time."""
    return data_root() / "data" / "processed" / ".atelier"


def reports() -> Path:
    """The folder that holds one folder a year."""
    return data_root() / "reports"


def years() -> list[int]:
    """The years that have at least one raw table, in order."""
    folder = data_root() / "data" / "raw"
    found = [child for child in folder.iterdir() if child.is_dir()] if folder.is_dir() else []
    return sorted(
        int(child.name)
        for child in found
        if child.name.isdecimal() and any((child / f"{table}.csv").is_file() for table in RAW_TABLES)
    )


def earlier_year(year: int) -> int | None:
    """The latest year before this one that has data, or None."""
    return max((known for known in years() if known < year), default=None)


def previous_year(year: int) -> int | None:
    """The year just before, if it has data: the one that a printed difference speaks of."""
    return year - 1 if year - 1 in years() else None


def read_with(year: int) -> list[int]:
    """The years whose raw files 01 reads for a year: the one before, if it has data, and itself."""
    return [each for each in (previous_year(year), year) if each is not None]


def relative(path: Path) -> str:
    """The path as messages and manifests show it: from the data root, with forward slashes."""
    path = Path(path)
    root = data_root()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
