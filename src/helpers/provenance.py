"""What a result was made from, and whether it is still up to date.

Imported before anything is known to be stale: only light modules of the standard library (neither `dataclasses` nor
`logging`), and patterns are compiled when they are first used.
"""

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from helpers.errors import NO_PERSONS, DataError
from helpers.paths import (
    DATA_ROOT_VARIABLE,
    EXPORT,
    SYNTHETIC_SUFFIX,
    codings_folder,
    data_root,
    exports_in,
    notebook,
    own_notebooks,
    private_year,
    processed,
    public_name,
    report,
    repository,
    years,
)
from helpers.system import atomic_write, sha256_of

# --- Files read and written by this process: an audit hook sees every open, whatever library does it ---

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
# Imports are tracked from source, and would be most of the list.
_CODE = (".py", ".pyc", ".so")
_read: set[str] = set()
_written: set[str] = set()
_traced: list[bool] = []


def begin() -> None:
    """Record every file opened from now on, here and in forked processes; idempotent."""
    if not _traced:
        _traced.append(True)
        sys.addaudithook(_note)


def _note(event: str, arguments: tuple) -> None:
    if event == "open":
        path, mode, flags = arguments
        if isinstance(path, str | os.PathLike) and not os.fspath(path).endswith(_CODE):
            writes = set(mode) & set("wax+") if mode else (flags or 0) & _WRITING
            (_written if writes else _read).add(os.fspath(path))
    elif event == "os.rename" and not os.fsdecode(arguments[1]).endswith(_CODE):  # an atomic write ends with one
        _written.add(os.fsdecode(arguments[1]))


@lru_cache(maxsize=4096)
def _real(name: str | bytes) -> Path:
    return Path(os.path.realpath(os.fsdecode(name)))


def _inside(names: set[str], roots: tuple[Path, ...]) -> list[Path]:
    # Resolved here and not in the hook, which must cost nothing.
    paths, folders = {_real(name) for name in list(names)}, [_real(root) for root in roots]
    inside = [path for path in paths if any(path.is_relative_to(folder) for folder in folders)]
    # Hidden files are locks, partial writes and the trace itself.
    return sorted(path for path in inside if not path.name.startswith(".") and path.is_file())


def seen(*roots: Path) -> tuple[list[Path], list[Path]]:
    """The files under these folders that were read, and those that were written and still exist.

    A file both read and written counts as written. Imported code is in neither list.
    """
    written = _inside(_written, roots)
    return sorted(set(_inside(_read, roots)) - set(written)), written


# --- Second barrier: a kernel that sees aggregates only is refused files of persons ---
# The first is that its data root holds none. Libraries that open files in native code (pyarrow, DuckDB) escape this
# hook, not the first barrier.

_EVENTS = {"open", "os.listdir", "os.scandir", "sqlite3.connect"}
_guarded: list[bool] = []


def refuse_persons(root: Path, *, allowed: Path) -> None:
    """Refuse from now on what is under the project's data and outside ``root``, except the file ``allowed``.

    Nothing is refused when ``root`` is the project's own; idempotent.
    """
    if _guarded or root.parts[-3:] != ("data", "processed", "diffusion"):
        return
    _guarded.append(True)
    data, inside, kept = (os.path.realpath(each) for each in (root.parents[2] / "data", root, allowed))

    def refuse(event: str, arguments: tuple) -> None:
        if event not in _EVENTS or not arguments or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if path.startswith(data + os.sep) and not path.startswith(inside) and path != kept:
            raise DataError(NO_PERSONS)

    sys.addaudithook(refuse)


# --- The modules behind a piece of code: its imports, and theirs, read as text ---

# Parsing would take a hundred times longer, and a false import harms nobody.
_FROM = r"(?m)^\s*from\s+(helpers[\w.]*)\s+import\s+(\([^)]*\)|[^\n#]*)"
_IMPORT = r"(?m)^\s*import\s+(helpers[\w.]*)"
_LIBRARY = r"(?m)^\s*(?:from|import)\s+(\w+)"


def _modules() -> dict[str, Path]:
    """The files of our package by the dotted names of its modules and packages: listed once, not asked for by name."""
    source = repository() / "src"
    named = {path: path.relative_to(source).with_suffix("").parts for path in source.glob("helpers/**/*.py")}
    return {".".join(parts).removesuffix(".__init__"): path for path, parts in named.items()}


def _names(source: str) -> list[str]:
    imported = []
    for module, names in re.findall(_FROM, source):
        imported += [module, *(f"{module}.{name}" for name in re.findall(r"(\w+)(?: +as +\w+)?", names))]
    return imported + re.findall(_IMPORT, source)


@lru_cache(maxsize=1024)
def _imports_of(path: Path, _modified: int, _size: int) -> tuple[list[str], set[str]]:
    """The names that a file imports from our package, and the first names of all its imports."""
    source = path.read_text(encoding="utf-8")
    return _names(source), set(re.findall(_LIBRARY, source))


def _imports(path: Path) -> tuple[list[str], set[str]]:
    state = path.stat()  # the file may change while the process lives
    return _imports_of(path, state.st_mtime_ns, state.st_size)


def modules_behind(sources: Iterable[str]) -> list[Path]:
    """The files of our package that these pieces of code import, directly or not; sorted.

    >>> derriere = modules_behind(["from helpers.analysis import themes"])
    >>> {"themes.py", "schema.py"} <= {chemin.name for chemin in derriere}, "figure.py" in {c.name for c in derriere}
    (True, False)
    """
    waiting = [name for source in sources for name in _names(source)]
    unvisited, modules = _modules(), set()
    while waiting:
        parts = waiting.pop().split(".")
        for name in (".".join(parts[: length + 1]) for length in range(len(parts))):  # packages run too
            if path := unvisited.pop(name, None):
                modules.add(path)
                waiting += _imports(path)[0]
    return sorted(modules)


def libraries_behind(sources: Iterable[str]) -> set[str]:
    """The first names of what these pieces of code, and our modules behind them, import.

    >>> {"pandas", "scipy"} <= libraries_behind(["from helpers.analysis import shares"])
    True
    """
    codes = list(sources)
    names = {name for code in codes for name in re.findall(_LIBRARY, code)}
    return names.union(*(_imports(path)[1] for path in modules_behind(codes)))


# --- The provenance record of a result: files, folders, parameters, libraries, products ---

# Code that changed after this moment is not the code that runs.
LOADED_AT = time.time()
# Format of the file. A record of version 0.8 and 0.9 (1) is read, and is stale.
FORM, _FORMS = 2, (1, 2)


# The tick of a disk's clock: at most that of Windows; on a USB stick, which only tells whole seconds, two seconds.
_TICK_NS, _COARSE_NS = 20_000_000, 2_000_000_000


class State(NamedTuple):
    """A file as it was: SHA-256, then what the disk said of it (0: unknown)."""

    sha256: str
    size: int = 0
    modified: int = 0
    inode: int = 0


class Record(NamedTuple):
    """What a result was made from, and what it is; files are named as `name_of` does.

    ``folders`` holds the listing of each folder, since a file that arrives is a change too. ``libraries`` are those
    installed, with versions; None where they do not matter.
    """

    parameters: dict[str, Any]
    files: dict[str, State]
    folders: dict[str, list[str]] = {}
    libraries: list[str] | None = None
    products: dict[str, State] = {}
    forme: int = FORM


def locate(name: str) -> Path:
    """Where the file of that name is: ``data/…`` and ``reports/…`` are in the data root, the rest in the repository."""
    is_data = name.split("/")[0] in {"data", "reports"}
    return (data_root() if is_data else repository()) / name


def name_of(path: Path) -> str:
    """The name of a file of the project, wherever the project is; ValueError for a file outside it.

    A link in the project that leads elsewhere keeps its name.
    """
    real = Path(os.path.realpath(path))
    for place, root in ((path, data_root()), (real, Path(os.path.realpath(data_root())))):
        if place.is_relative_to(root) and place.relative_to(root).parts[0] in {"data", "reports"}:
            return place.relative_to(root).as_posix()
    return real.relative_to(os.path.realpath(repository())).as_posix()


def state_of(path: Path, known: State | None = None) -> State | None:
    """The file as it is, None if missing; one that the disk says untouched is not read again."""
    try:
        state = path.stat()
        # Two changes can fall in one tick of the clock: a file that is so fresh is read again the next time.
        tick = _COARSE_NS if state.st_mtime_ns % 1_000_000_000 == 0 else _TICK_NS
        modified = state.st_mtime_ns if time.time_ns() - state.st_mtime_ns > tick else 0
        now = (state.st_size, modified, state.st_ino)
        if known and modified and now == (known.size, known.modified, known.inode):
            return known
        return State(sha256_of(path), *now)
    except OSError:
        return None


def settled(name: str, state: State) -> State:
    """A state that was taken as soon as the file was written, taken again if it still holds the same bytes."""
    now = None if state.modified else state_of(locate(name))
    return now if now and now.sha256 == state.sha256 else state


def _entries(folder: Path | os.DirEntry) -> list[os.DirEntry]:
    try:
        return [entry for entry in os.scandir(folder) if not entry.name.startswith((".", "~"))]
    except OSError:
        return []


def listing(name: str) -> list[str]:
    """The files of a folder, without locks and hidden files; of the folder of codings, also « coding/file »."""
    folder = locate(name)
    entries = _entries(folder)
    files = [entry.name for entry in entries if entry.is_file()]
    if folder.name == codings_folder(0).name:
        inside = ((entry, each) for entry in entries if entry.is_dir() for each in _entries(entry))
        files += [f"{entry.name}/{each.name}" for entry, each in inside if each.is_file()]
    return sorted(files)


_DASHES = str.maketrans("_.", "--")


@cache
def _tools() -> frozenset[str]:
    """The libraries, in lower case, that only tests, a cluster or bench/ need."""
    texts = {lock.stem: lock.read_text("utf-8") for lock in (repository() / "requirements").glob("*.lock")}
    names = {
        stem: {line.partition("==")[0] for line in text.split("\n") if "==" in line and line[0] not in " #"}
        for stem, text in texts.items()
    }
    return frozenset().union(*names.values()) - names.get("report", set())


def libraries() -> list[str]:
    """This Python and the libraries installed, as « name-version », except those that no report needs."""
    folders = {Path(os.path.realpath(each)) for each in sys.path if each.endswith("-packages")}
    entries = {entry.name for folder in folders if folder.is_dir() for entry in os.scandir(folder)}
    installed = (each.removesuffix(".dist-info") for each in entries if each.endswith(".dist-info"))
    # Our own version says nothing that our files do not.
    left_out = _tools() | {"alses"}
    used = (each for each in installed if each.rpartition("-")[0].translate(_DASHES).lower() not in left_out)
    return [f"python-{sys.version.split()[0]}", *sorted(used)]


def states(files: Iterable[Path]) -> dict[str, State]:
    """The files as they are, by name, in order; missing ones are left out."""
    named = {name_of(path): state_of(path) for path in files}
    return {name: named[name] for name in sorted(named) if named[name] is not None}


def record(
    parameters: dict[str, Any],
    files: Iterable[Path],
    *,
    folders: Iterable[Path] = (),
    products: Iterable[Path] = (),
) -> Record:
    """The record of a result that was just made from these files as they are now."""
    names = sorted({name_of(folder) for folder in folders})
    return Record(parameters, states(files), {name: listing(name) for name in names}, libraries(), states(products))


def card(parameters: dict[str, Any], files: dict[str, State], products: Iterable[Path]) -> Record:
    """A record with checksums alone: the same tables give the same bytes, whenever they were written."""
    bare = [{name: State(state.sha256) for name, state in each.items()} for each in (files, states(products))]
    return Record(parameters, bare[0], products=bare[1])


_RAW, _PARTS = r"data/raw/\d{4}", ("files", "products")


def dump(kept: Record) -> str:
    """A record as its file holds it: the files of an export, whose names are free text, by their rank."""
    shown = _renamed(kept, public_path)
    parts = {part: {name: state._asdict() for name, state in getattr(shown, part).items()} for part in _PARTS}
    return json.dumps(shown._asdict() | parts, ensure_ascii=False)


def public_path(name: str) -> str:
    """The name of a file, or for a file of an export a name that may be sent.

    >>> public_path("data/raw/2021/accompagnements_de_Zoe.xlsx"), public_path("data/raw/2020/reunions.csv")
    ('data/raw/2021/export de la base de 2021, fichier 1', 'data/raw/2020/reunions.csv')
    """
    folder, _, file = name.rpartition("/")
    is_export = re.fullmatch(_RAW, folder) and file.casefold().startswith(EXPORT)
    shown = public_name(locate(name)) if is_export else ""
    return f"{folder}/{shown}" if private_year(shown) else name  # a simulated export has a name that may be sent


def _received_path(name: str) -> str:
    """The file of today that has the public name of a record; the name itself when there is none."""
    folder, _, file = name.rpartition("/")
    found = exports_in(locate(folder)) if re.fullmatch(_RAW, folder) and private_year(file) else []
    rank = int(file.rpartition(" ")[2]) if found else 0
    return f"{folder}/{found[rank - 1].name}" if 0 < rank <= len(found) else name


def _renamed(kept: Record, rename: Callable[[str], str]) -> Record:
    parts = {part: {rename(name): state for name, state in getattr(kept, part).items()} for part in _PARTS}
    folders = {
        place: [rename(f"{place}/{name}").removeprefix(f"{place}/") for name in names]
        for place, names in kept.folders.items()
    }
    return kept._replace(**parts, folders=folders)


def remember(kept: Record, path: Path) -> None:
    """Write a record, atomically."""
    with atomic_write(path) as beside:
        beside.write_text(dump(kept), encoding="utf-8")


def read_record(path: Path) -> Record | None:
    """The record that was written there; None if there is none, or none that can be used."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["forme"] not in _FORMS:
            return None
        for part in _PARTS:
            kept[part] = {name: State(**state) for name, state in kept[part].items()}
        return _renamed(Record(**kept), _received_path)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


# --- Is it still up to date? The one question, and the reasons in words for the person who waits ---

# Longer lists are not read.
_TOLD = 2


class Reason(NamedTuple):
    """Something that is no longer as it was.

    ``kind`` is ``donnees``, ``code``, ``notebook``, ``parametre``, ``bibliotheques`` or ``produit`` (a result that
    someone else touched); ``name`` is the file, or what changed in words, ``verb`` then being empty.

    >>> print(Reason("donnees", "data/raw/2020/reunions.csv"))
    2020/reunions.csv a changé
    """

    kind: str
    name: str
    verb: str = "a changé"

    def __str__(self) -> str:
        name = public_path(self.name)
        return f"{name.removeprefix('data/raw/').removeprefix('data/processed/')} {self.verb}".strip()

    @property
    def is_consequence(self) -> bool:
        """Whether it only passes on another one: what 01 makes changes because something else did."""
        return self.name.startswith("data/processed/")


def kind_of(name: str) -> str:
    """What a file is, by its name: ``donnees``, ``notebook``, ``code`` or ``bibliotheques`` (the lock)."""
    kinds = {"data/": "donnees", "notebooks/": "notebook", "src/": "code"}
    return next((kind for start, kind in kinds.items() if name.startswith(start)), "bibliotheques")


def changed_files(then: dict[str, State], kind: str | None = None) -> Iterator[Reason]:
    """The files that are gone or no longer hold the same bytes."""
    for name, state in then.items():
        now = state_of(locate(name), state)
        if now is None:
            yield Reason(kind or kind_of(name), name, "n’est plus là")
        elif now.sha256 != state.sha256:
            yield Reason(kind or kind_of(name), name)


def _new_files(then: dict[str, list[str]]) -> Iterator[Reason]:
    for folder, names in then.items():
        for new in sorted(set(listing(folder)) - set(names)):
            yield Reason("donnees", f"{folder}/{new}", "est arrivé")


def _parameters(then: dict, now: dict) -> Iterator[Reason]:
    for name in sorted(then.keys() | now.keys()):
        if then.get(name) != now.get(name):
            yield Reason("parametre", f"{name} : {then.get(name)} → {now.get(name)}", "")


def _libraries(then: list[str]) -> Iterator[Reason]:
    now = set(libraries())
    gone, come = (dict(each.rpartition("-")[::2] for each in side) for side in (set(then) - now, now - set(then)))
    for name in sorted(gone.keys() | come.keys()):
        yield Reason("bibliotheques", f"{name} {gone.get(name, 'absent')} → {come.get(name, 'absent')}", "")


def why_stale(kept: Record, parameters: dict | None = None) -> list[Reason]:
    """What is no longer as the record says; empty when the result is up to date.

    ``parameters`` are those that it would be made with now; without them, those of the record.

    >>> [str(reason) for reason in why_stale(record({"year": 2020}, []), {"year": 2021})]
    ['year : 2020 → 2021']
    """
    return [
        *([] if kept.forme == FORM else [Reason("code", "version antérieure du programme", "")]),
        *_parameters(kept.parameters, kept.parameters if parameters is None else parameters),
        *changed_files(kept.files),
        *_new_files(kept.folders),
        *(_libraries(kept.libraries) if kept.libraries is not None else ()),
        *changed_files(kept.products, "produit"),
    ]


def tell_causes(reasons: list[Reason]) -> str:
    """The first reasons in words, and how many others; consequences are left out unless there is nothing else.

    >>> recu, fait = "data/raw/2020/reunions.csv", "data/processed/2020/indicateurs.csv"
    >>> print(tell_causes([Reason("donnees", fait), Reason("donnees", recu)]))
    2020/reunions.csv a changé
    """
    reasons = [reason for reason in reasons if not reason.is_consequence] or reasons
    rest = len(reasons) - _TOLD
    more = f" (et {rest} autre{'s' if rest > 1 else ''})" if rest > 0 else ""
    return ", ".join(map(str, reasons[:_TOLD])) + more


# --- Is the published report the one that would be made now? Asked before anything heavy is imported ---


def report_record(year: int, *, is_synthetic: bool = False) -> Path:
    """Where the record of a year's report is; a report on simulated records has its own."""
    return processed(year) / f"rapport{SYNTHETIC_SUFFIX if is_synthetic else ''}.json"


def asked(year: int, compare_to: int | None, sites: Iterable[str] = ()) -> dict[str, Any]:
    """What a report depends on besides files: what was asked, and which years have data.

    >>> asked(2020, None)
    {'year': 2020, 'compare_to': None, 'sites': [], 'années': [2019, 2020]}
    """
    before = [each for each in years() if each <= year]
    return {"year": year, "compare_to": compare_to, "sites": sorted(set(sites)), "années": before}


def read_report_record(year: int, *, is_synthetic: bool = False) -> Record | None:
    """The record of that report; None if there is none that can be used."""
    return read_record(report_record(year, is_synthetic=is_synthetic))


def kept_sites(year: int) -> list[str]:
    """The reports below the network that the last report of a year had, as they were asked for."""
    both = (read_report_record(year, is_synthetic=each) for each in (False, True))
    return next((kept.parameters.get("sites", []) for kept in both if kept), [])


def report_causes(
    year: int, compare_to: int | None, sites: Iterable[str] = (), *, is_synthetic: bool = False
) -> list[Reason] | None:
    """Why the report would not be the same if it were made now; None when nothing is known of it.

    A notebook that was added to the report since is a reason too.
    """
    kept = read_report_record(year, is_synthetic=is_synthetic)
    if kept is None:
        return None
    own = (name_of(notebook(name)) for name in own_notebooks())
    new = [Reason("notebook", name, "est arrivé") for name in own if name not in kept.files]
    return [*why_stale(kept, asked(year, compare_to, sites)), *new]


def current_report(year: int, compare_to: int | None, sites: Iterable[str] = ()) -> Path | None:
    """The folder of the published report if it is up to date, its files included, and no run was cut; else None."""
    for is_synthetic in (False, True):  # never both: an export that comes or goes is a reason
        if report_causes(year, compare_to, sites, is_synthetic=is_synthetic) == []:
            folder = report(year, is_synthetic=is_synthetic)
            return (
                None
                if [*folder.parent.glob(f"*{folder.name}.ancien"), *folder.parent.glob(f".en-cours-{year}*")]
                else folder
            )
    return None


# --- Kernel extension: after each cell, saves the list of files that the notebook read and wrote ---
# Loaded on the kernel's command line by a run only: a notebook opened by hand knows nothing of it.


def read_back(list_path: Path) -> list[list[Path]]:
    """The files read, then those written, as `seen` gave them."""
    return [[Path(each) for each in part] for part in json.loads(list_path.read_text(encoding="utf-8"))]


def arguments(list_path: Path, root: Path) -> list[str]:
    """The command line arguments of a kernel that saves its list in this file and has ``root`` as data root."""
    extension = f"--InteractiveShellApp.extra_extensions={__name__}"
    # Its warnings are in English, and only say that it was stopped.
    quiet = "--IPKernelApp.log_level=ERROR"
    return [extension, quiet, f"--FilesSeen.path={list_path}", f"--FilesSeen.root={root}"]


def load_ipython_extension(shell: Any) -> None:
    """What IPython calls when the kernel starts."""
    kept = Path(shell.config.FilesSeen.path)
    see(Path(shell.config.FilesSeen.root), allowed=kept)
    shell.events.register("post_run_cell", lambda _: kept.write_text(json.dumps(files_seen()), encoding="utf-8"))


def see(root: Path, *, allowed: Path) -> None:
    """Give this process a data root, record the files that it opens, and refuse it those of persons elsewhere."""
    os.environ[DATA_ROOT_VARIABLE] = str(root)
    begin()
    refuse_persons(root, allowed=allowed)


def files_seen() -> list[list[str]]:
    """The files of the project that this process read, and those it wrote."""
    return [
        list(map(str, each))
        for each in seen(data_root() / "data", repository() / "src/helpers", repository() / "notebooks")
    ]
