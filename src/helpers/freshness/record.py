"""What a result was made from, kept beside it: files, folders, parameters, libraries, and what came out."""

import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.freshness.inside import files_of

# Bytes. A larger file is read again only when its date, its size or its place on the disk changed; a small one always,
# for two changes can fall in one tick of the clock.
READ_ONCE_FROM = 1_000_000
# When this process began, nearly: code that changed since is not the code that runs.
LOADED_AT = time.time()
# The form of the file: a record in another form is as good as none.
FORM = 1


@dataclass(frozen=True)
class Cause:
    """Something that is no longer as it was: its kind, and what bears its name.

    ``kind`` is ``donnees``, ``code``, ``notebook``, ``parametre``, ``bibliotheques`` or ``produit`` (a result touched
    by another hand).

    >>> print(freshness.Cause("donnees", "data/raw/2020/reunions.csv"))
    2020/reunions.csv a changé
    """

    kind: str
    name: str
    verb: str = "a changé"

    def __str__(self) -> str:
        return f"{self.name.removeprefix('data/raw/').removeprefix('data/processed/')} {self.verb}".strip()


@dataclass(frozen=True)
class State:
    """A file as it was: the SHA-256 of its bytes, then what the disk says of it.

    >>> fichiers = freshness.record({}, [paths.raw_table(2020, "reunions")]).files
    >>> fichiers["data/raw/2020/reunions.csv"].size > 0
    True
    """

    sha256: str
    size: int
    modified: int
    inode: int


@dataclass(frozen=True)
class Record:
    """What a result was made from, and what it is.

    Files are named from the data root (``data/…``, ``reports/…``) or from the repository. ``folders`` holds the names
    that each folder had: a file that arrives is a change as well. ``libraries`` are those installed, with versions.

    >>> garde = freshness.record({"year": 2020}, [paths.raw_table(2020, "reunions")])
    >>> garde.parameters, list(garde.files), garde.products
    ({'year': 2020}, ['data/raw/2020/reunions.csv'], {})
    """

    parameters: dict[str, Any]
    files: dict[str, State]
    folders: dict[str, list[str]]
    libraries: list[str]
    products: dict[str, State] = field(default_factory=dict)


def locate(name: str) -> Path:
    """Where the file of that name is.

    >>> freshness.locate("data/raw/2020/reunions.csv") == paths.raw_table(2020, "reunions")
    True
    """
    is_data = name.split("/")[0] in {"data", "reports"}
    return (paths.data_root() if is_data else paths.repository()) / name


def name_of(path: Path) -> str:
    """The name of a file of the project, whatever the folder that holds it.

    Raises
    ------
    ValueError
        when the file is not of the project.

    >>> freshness.name_of(paths.raw_table(2020, "reunions")), freshness.name_of(paths.notebook("01_clean"))
    ('data/raw/2020/reunions.csv', 'notebooks/01_clean.ipynb')
    """
    path, root = Path(os.path.realpath(path)), Path(os.path.realpath(paths.data_root()))
    if path.is_relative_to(root) and path.relative_to(root).parts[0] in {"data", "reports"}:
        return path.relative_to(root).as_posix()
    return path.relative_to(os.path.realpath(paths.repository())).as_posix()


def state_of(path: Path, known: State | None = None) -> State | None:
    """The file as it is, None when it is not there; a large one that the disk says untouched is not read again."""
    try:
        found = path.stat()
        seen = (found.st_size, found.st_mtime_ns, found.st_ino)
        if known and found.st_size >= READ_ONCE_FROM and seen == (known.size, known.modified, known.inode):
            return known
        with path.open("rb") as file:
            return State(hashlib.file_digest(file, "sha256").hexdigest(), *seen)
    except OSError:
        return None


def listing(name: str) -> list[str]:
    """The names of the files of a folder, in order, and those of the codings in that of codings (« coding/file »).

    >>> freshness.listing("data/raw/2020")[:2]
    ['README.md', 'affirmations.csv']
    """
    return files_of(locate(name))


@cache
def _tools() -> frozenset[str]:
    """The libraries, by their names in lower case, that only the tests, a cluster or bench/ need."""
    locks = (paths.repository() / "requirements").glob("*.lock")
    names = {lock.stem: set(re.findall(r"^[\w.-]+(?===)", lock.read_text("utf-8"), re.MULTILINE)) for lock in locks}
    return frozenset().union(*names.values()) - names.get("report", set())


def libraries() -> list[str]:
    """This Python and the libraries installed, as « name-version », but for those that no report needs."""
    folders = {Path(os.path.realpath(each)) for each in sys.path if each.endswith("-packages")}
    found = {entry.name for folder in folders if folder.is_dir() for entry in os.scandir(folder)}
    installed = (each.removesuffix(".dist-info") for each in found if each.endswith(".dist-info"))
    # Our own version says nothing that our files do not.
    left_out = _tools() | {"alses"}
    kept = (each for each in installed if re.sub(r"[-_.]+", "-", each.rpartition("-")[0]).lower() not in left_out)
    return [f"python-{sys.version.split()[0]}", *sorted(kept)]


def record(
    parameters: dict[str, Any],
    files: Iterable[Path],
    *,
    folders: Iterable[Path] = (),
    products: Iterable[Path] = (),
) -> Record:
    """What is known now of a result: every file as it is; those that are not there are left out.

    >>> garde = freshness.record({}, [], folders=[paths.raw(2020)])
    >>> "reunions.csv" in garde.folders["data/raw/2020"]
    True
    """

    def states(those: Iterable[Path]) -> dict[str, State]:
        named = {name_of(path): state_of(path) for path in those}
        return {name: named[name] for name in sorted(named) if named[name] is not None}

    names = sorted({name_of(folder) for folder in folders})
    return Record(parameters, states(files), {name: listing(name) for name in names}, libraries(), states(products))


def remember(kept: Record, path: Path) -> None:
    """Writes a record, whole or not at all.

    >>> import pathlib, tempfile
    >>> garde = freshness.record({"year": 2020}, [])
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     freshness.remember(garde, pathlib.Path(dossier, "garde.json"))
    ...     freshness.read_record(pathlib.Path(dossier, "garde.json")) == garde
    True
    """
    from helpers.store.whole import whole  # with pandas behind it: who only asks what changed writes nothing

    with whole(path) as beside:
        beside.write_text(json.dumps({"forme": FORM, **asdict(kept)}, ensure_ascii=False), encoding="utf-8")


def read_record(path: Path) -> Record | None:
    """The record that was kept, or None: there is none, or it cannot be used.

    >>> freshness.read_record(paths.processed(2018) / "rapport.json") is None
    True
    """
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept.pop("forme") != FORM:
            return None
        for part in ("files", "products"):
            kept[part] = {name: State(**state) for name, state in kept[part].items()}
        return Record(**kept)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
