"""What a result was made from, and whether it is still up to date. Nothing heavy is imported here."""

import hashlib
import json
import logging
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from helpers import paths as paths_paths
from helpers.paths import DATA_ROOT_VARIABLE, codings_folder, data_root, processed, reports, repository

# --- The names of the files of a folder, as a result is kept with them ---


def files_of(folder: Path) -> list[str]:
    """What `listing` gives of a folder; locks and hidden files are nobody's data."""
    found = _files(folder)
    if folder.name == codings_folder(0).name:
        found += [f"{each.name}/{inside}" for each in _entries(folder) if each.is_dir() for inside in _files(each)]
    return sorted(found)


def _entries(folder: Path | os.DirEntry) -> list[os.DirEntry]:
    try:
        return [entry for entry in os.scandir(folder) if not entry.name.startswith((".", "~"))]
    except OSError:
        return []


def _files(folder: Path | os.DirEntry) -> list[str]:
    return [entry.name for entry in _entries(folder) if entry.is_file()]


# --- Which files did this process read and write? Python tells each opening to an audit hook, whatever library
# --- opens

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
# What is imported is known otherwise, and would be most of what is opened.
_CODE = (".py", ".pyc", ".so")
_read: set[str] = set()
_written: set[str] = set()
_begun: list[bool] = []


def begin() -> None:
    """Notes each file opened from now on, in this process and in those forked from it; again does nothing."""
    if not _begun:
        _begun.append(True)
        sys.addaudithook(_note)


@contextmanager
def unnoted() -> Iterator[None]:
    """What is opened meanwhile is not noted: it says nothing of what will be used."""
    kept = set(_read), set(_written)
    yield
    for noted, before in zip((_read, _written), kept, strict=True):
        noted.intersection_update(before)


def _note(event: str, arguments: tuple) -> None:
    if event == "open":
        path, mode, flags = arguments
        if isinstance(path, str | os.PathLike) and not os.fspath(path).endswith(_CODE):
            writes = set(mode) & set("wax+") if mode else (flags or 0) & _WRITING
            (_written if writes else _read).add(os.fspath(path))
    elif event == "os.rename":  # a file that is written beside, then takes its place
        _written.add(os.fspath(arguments[1]))


@lru_cache(maxsize=4096)
def _real(name: str | bytes) -> Path:
    return Path(os.path.realpath(os.fsdecode(name)))


def _inside(names: set[str], roots: tuple[Path, ...]) -> list[Path]:
    # Made absolute here, in the folder where the process still is: the hook must cost nothing.
    paths, folders = {_real(name) for name in list(names)}, [_real(root) for root in roots]
    inside = [path for path in paths if any(path.is_relative_to(folder) for folder in folders)]
    # Hidden: locks, what is being written, and the list that is kept of all this.
    return sorted(path for path in inside if not path.name.startswith(".") and path.is_file())


def seen(*roots: Path) -> tuple[list[Path], list[Path]]:
    """The files inside these folders that were read, then those that were written and are still there.

    A file that was read and written is of the second kind only. Code that was imported is not among them.

    >>> import pathlib, tempfile
    >>> begin()
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     _ = pathlib.Path(dossier, "un.csv").write_text("a", encoding="utf-8")
    ...     lus, ecrits = seen(pathlib.Path(dossier))
    >>> lus, [chemin.name for chemin in ecrits]
    ([], ['un.csv'])
    """
    written = _inside(_written, roots)
    return sorted(set(_inside(_read, roots)) - set(written)), written


# --- A kernel that sees aggregates only is refused the files of persons: the second net ---
# The first is that nothing tells it where they are: its data root holds none. Python tells each opening to this hook.
# A library that opens files by itself (pyarrow and DuckDB, given a path) does not, and finds only what the first
# leaves.

_EVENTS = {"open", "os.listdir", "os.scandir", "sqlite3.connect"}


def refuse_persons(root: Path, *, allowed: Path) -> None:
    """Refuses from now on what is under the data of the project and outside ``root``, but for the file ``allowed``.

    Nothing is refused when ``root`` is the project's own; again does nothing.
    """
    if _begun or root.parts[-3:] != ("data", "processed", "diffusion"):
        return
    _begun.append(True)
    data, inside, kept = (os.path.realpath(each) for each in (root.parents[2] / "data", root, allowed))

    def refuse(event: str, arguments: tuple) -> None:
        if event not in _EVENTS or not arguments or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if path.startswith(data + os.sep) and not path.startswith(inside) and path != kept:
            raise PermissionError(
                "Ce notebook ne voit que des nombres protégés : les fichiers de personnes lui sont fermés."
            )

    sys.addaudithook(refuse)


# --- Which of our modules are behind a piece of code? Its imports, and theirs, as they are written ---

# Read as text: the grammar of Python takes a hundred times longer, and more than is imported harms nobody.
_FROM = re.compile(r"^\s*from\s+(helpers[\w.]*)\s+import\s+(\([^)]*\)|[^\n#]*)", re.MULTILINE)
_IMPORT = re.compile(r"^\s*import\s+(helpers[\w.]*)", re.MULTILINE)
_LIBRARY = re.compile(r"^\s*(?:from|import)\s+(\w+)", re.MULTILINE)


def _file(name: str) -> Path | None:
    """The file of a module of ours, by its dotted name; None for a name that is no module."""
    place = repository() / "src" / Path(*name.split("."))
    return next((path for path in (place / "__init__.py", place.with_suffix(".py")) if path.is_file()), None)


def _names(source: str) -> list[str]:
    """The dotted names that code imports from our package, at its top or inside a function."""
    found = []
    for module, names in _FROM.findall(source):
        found += [module, *(f"{module}.{name}" for name in re.findall(r"(\w+)(?: +as +\w+)?", names))]
    return found + _IMPORT.findall(source)


@lru_cache(maxsize=512)
def _imports_of(path: Path, modified: int, size: int) -> tuple[str, ...]:
    del modified, size  # the file may change while the process lives
    return tuple(_names(path.read_text(encoding="utf-8")))


def _parents(name: str) -> list[str]:
    """The package of a module, that of the package, and the module: Python runs them all."""
    parts = name.split(".")
    return [".".join(parts[: length + 1]) for length in range(len(parts))]


def modules_behind(sources: Iterable[str]) -> list[Path]:
    """The files of our package that these pieces of code import, with all that those import in turn; sorted.

    >>> derriere = modules_behind(["from helpers.analysis import themes"])
    >>> {"themes.py", "schema.py"} <= {chemin.name for chemin in derriere}, "figure.py" in {c.name for c in derriere}
    (True, False)
    """
    waiting = [name for source in sources for name in _names(source)]
    asked: set[str] = set()
    found: set[Path] = set()
    while waiting:
        for name in _parents(waiting.pop()):
            path = None if name in asked else _file(name)
            asked.add(name)
            if path and path not in found:
                found.add(path)
                state = path.stat()
                waiting += _imports_of(path, state.st_mtime_ns, state.st_size)
    return sorted(found)


@lru_cache(maxsize=512)
def _libraries_of(path: Path, modified: int, size: int) -> frozenset[str]:
    del modified, size
    return frozenset(_LIBRARY.findall(path.read_text(encoding="utf-8")))


def libraries_behind(sources: Iterable[str]) -> set[str]:
    """What these pieces of code import, by its first name, with what the modules of ours behind them import.

    >>> {"pandas", "scipy"} <= libraries_behind(["from helpers.analysis import shares"])
    True
    """
    codes = list(sources)
    found = {name for code in codes for name in _LIBRARY.findall(code)}
    for path in modules_behind(codes):
        state = path.stat()
        found |= _libraries_of(path, state.st_mtime_ns, state.st_size)
    return found


# --- What a result was made from, kept beside it: files, folders, parameters, libraries, and what came out ---

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

    >>> print(Cause("donnees", "data/raw/2020/reunions.csv"))
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

    >>> fichiers = record({}, [paths.raw_table(2020, "reunions")]).files
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

    >>> garde = record({"year": 2020}, [paths.raw_table(2020, "reunions")])
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

    >>> locate("data/raw/2020/reunions.csv") == paths.raw_table(2020, "reunions")
    True
    """
    is_data = name.split("/")[0] in {"data", "reports"}
    return (data_root() if is_data else repository()) / name


def name_of(path: Path) -> str:
    """The name of a file of the project, whatever the folder that holds it.

    Raises
    ------
    ValueError
        when the file is not of the project.

    >>> name_of(paths.raw_table(2020, "reunions")), name_of(paths.notebook("01_clean"))
    ('data/raw/2020/reunions.csv', 'notebooks/01_clean.ipynb')
    """
    path, root = Path(os.path.realpath(path)), Path(os.path.realpath(data_root()))
    if path.is_relative_to(root) and path.relative_to(root).parts[0] in {"data", "reports"}:
        return path.relative_to(root).as_posix()
    return path.relative_to(os.path.realpath(repository())).as_posix()


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

    >>> listing("data/raw/2020")[:2]
    ['README.md', 'affirmations.csv']
    """
    return files_of(locate(name))


@cache
def _tools() -> frozenset[str]:
    """The libraries, by their names in lower case, that only the tests, a cluster or bench/ need."""
    locks = (repository() / "requirements").glob("*.lock")
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

    >>> garde = record({}, [], folders=[paths.raw(2020)])
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
    >>> garde = record({"year": 2020}, [])
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     remember(garde, pathlib.Path(dossier, "garde.json"))
    ...     read_record(pathlib.Path(dossier, "garde.json")) == garde
    True
    """
    from helpers.system import whole  # with pandas behind it: who only asks what changed writes nothing

    with whole(path) as beside:
        beside.write_text(json.dumps({"forme": FORM, **asdict(kept)}, ensure_ascii=False), encoding="utf-8")


def read_record(path: Path) -> Record | None:
    """The record that was kept, or None: there is none, or it cannot be used.

    >>> read_record(paths.processed(2018) / "rapport.json") is None
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


# --- What has changed since: the causes, in an order and in words for the person who waits ---

_NOTEBOOK, _PYTHON = "notebooks/", "src/"
# Beyond, a list is not read.
_TOLD = 2


def kind_of(name: str) -> str:
    """What a file is, by its name: ``donnees``, ``notebook``, ``bibliotheques`` or ``code``."""
    if name.startswith("data/"):
        return "donnees"
    if name.startswith(_NOTEBOOK):
        return "notebook"
    return "code" if name.startswith(_PYTHON) else "bibliotheques"


def _since_files(then: dict[str, State], seen: dict[str, State | None], kind: str | None) -> Iterable[Cause]:
    for name, state in then.items():
        if name not in seen:
            seen[name] = state_of(locate(name), state)
        now = seen[name]
        if now is None:
            yield Cause(kind or kind_of(name), name, "n’est plus là")
        elif now.sha256 != state.sha256:
            yield Cause(kind or kind_of(name), name)


def _folders(then: dict[str, list[str]]) -> Iterable[Cause]:
    for folder, names in then.items():
        for new in sorted(set(listing(folder)) - set(names)):
            yield Cause("donnees", f"{folder}/{new}", "est arrivé")


def _parameters(then: dict, now: dict) -> Iterable[Cause]:
    for name in sorted(then.keys() | now.keys()):
        before, after = then.get(name), now.get(name)
        if before != after:
            yield Cause("parametre", f"{name} : {before} → {after}", "")


def _libraries(then: list[str]) -> Iterable[Cause]:
    now = libraries()
    if now != then:
        gone, come = set(then) - set(now), set(now) - set(then)
        for name in sorted({each.rpartition("-")[0] for each in gone | come}):
            before, after = (
                next((each.rpartition("-")[2] for each in side if each.rpartition("-")[0] == name), "absent")
                for side in (gone, come)
            )
            yield Cause("bibliotheques", f"{name} {before} → {after}", "")


def changes_since(kept: Record, parameters: dict, seen: dict[str, State | None] | None = None) -> list[Cause]:
    """What is no longer as the record says; nothing when the result is still good.

    ``seen`` remembers, from one call to the next, the files that were looked at.

    >>> garde = record({"year": 2020}, [])
    >>> [str(cause) for cause in changes_since(garde, {"year": 2021})]
    ['year : 2020 → 2021']
    """
    seen = {} if seen is None else seen
    return [
        *_parameters(kept.parameters, parameters),
        *_since_files(kept.files, seen, None),
        *_folders(kept.folders),
        *_libraries(kept.libraries),
        *_since_files(kept.products, seen, "produit"),
    ]


def is_consequence(cause: Cause) -> bool:
    """Whether a cause only passes on another one: what 01 makes changes because something else did.

    >>> is_consequence(Cause("donnees", "data/processed/2020/indicateurs.csv"))
    True
    """
    return cause.name.startswith("data/processed/")


def tell_causes(causes: list[Cause]) -> str:
    """The first causes in words, and how many others there are; what follows from one of them is left out.

    >>> recu, fait = "data/raw/2020/reunions.csv", "data/processed/2020/indicateurs.csv"
    >>> print(tell_causes([Cause("donnees", fait), Cause("donnees", recu)]))
    2020/reunions.csv a changé
    """
    causes = [cause for cause in causes if not is_consequence(cause)] or causes
    told = [str(cause) for cause in causes[:_TOLD]]
    rest = len(causes) - len(told)
    return ", ".join(told) + (f" (et {rest} autre{'s' if rest > 1 else ''})" if rest else "")


# --- Is the published report still the one that would be made? Asked before anything heavy is loaded ---


def report_record(year: int) -> Path:
    """Where what a year's report was made from is kept.

    >>> paths.relative(report_record(2020))
    'data/processed/2020/rapport.json'
    """
    return processed(year) / "rapport.json"


def asked(year: int, compare_to: int | None, sites: Iterable[str] = ()) -> dict[str, Any]:
    """What a report depends on beside its files: what was asked, and the years that have data.

    >>> asked(2020, None)
    {'year': 2020, 'compare_to': None, 'sites': [], 'années': [2019, 2020]}
    """
    years = [each for each in paths_paths.years() if each <= year]
    return {"year": year, "compare_to": compare_to, "sites": sorted(set(sites)), "années": years}


def kept_sites(year: int) -> list[str]:
    """The reports below the network that the last report of a year had, as they were asked for.

    >>> kept_sites(2018)
    []
    """
    kept = read_record(report_record(year))
    return kept.parameters.get("sites", []) if kept else []


def _folder(kept: Record) -> Path | None:
    names = {name.split("/")[1] for name in kept.products if name.startswith("reports/")}
    return reports() / names.pop() if len(names) == 1 else None


def _is_tidy(folder: Path) -> bool:
    """Whether no run was cut while it put this report in place."""
    left = (f".en-cours-{folder.name}", f"{folder.name}.ancien")
    return not any(path.name.startswith(left) for path in folder.parent.iterdir())


def report_causes(year: int, compare_to: int | None, sites: Iterable[str] = ()) -> list[Cause] | None:
    """Why the report would not be the same if it were made now; None when nothing is known of it.

    >>> report_causes(2018, None) is None
    True
    """
    kept = read_record(report_record(year))
    return None if kept is None else changes_since(kept, asked(year, compare_to, sites))


def current_report(year: int, compare_to: int | None, sites: Iterable[str] = ()) -> Path | None:
    """The folder of the published report if nothing it was made from has changed, and nothing in it; else None.

    >>> current_report(2018, None) is None
    True
    """
    kept = read_record(report_record(year))
    folder = kept and _folder(kept)
    if not folder or changes_since(kept, asked(year, compare_to, sites)) or not _is_tidy(folder):
        return None
    return folder


# --- An extension of the kernel that keeps, after each cell, the list of files that the notebook read and
# --- wrote
# Loaded by the pipeline alone, through the kernel's own command line: a notebook opened by hand knows nothing of it.

MODULE = __name__


def read_back(list_path: Path) -> tuple[list[Path], list[Path]]:
    """The files read, then those written, as `trace.seen` gives them."""
    read, written = json.loads(list_path.read_text(encoding="utf-8"))
    return [Path(each) for each in read], [Path(each) for each in written]


def arguments(list_path: Path, root: Path) -> list[str]:
    """What the command line of a kernel must hold: the list is kept in this file, ``root`` is its data root."""
    extension = f"--InteractiveShellApp.extra_extensions={MODULE}"
    # Its warnings are in English, and say what the run says: that it was stopped.
    quiet = f"--IPKernelApp.log_level={logging.ERROR}"
    return [extension, quiet, f"--FilesSeen.path={list_path}", f"--FilesSeen.root={root}"]


def load_ipython_extension(shell: Any) -> None:
    """What IPython calls when the kernel starts."""
    kept, root = Path(shell.config.FilesSeen.path), Path(shell.config.FilesSeen.root)
    os.environ[DATA_ROOT_VARIABLE] = str(root)
    begin()
    refuse_persons(root, allowed=kept)

    def keep(_result: Any) -> None:
        roots = data_root() / "data", repository() / "src" / "helpers"
        kept.write_text(json.dumps([list(map(str, each)) for each in seen(*roots)]), encoding="utf-8")

    shell.events.register("post_run_cell", keep)
