"""Which of our modules are behind a piece of code? Its imports, and theirs, as they are written."""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from helpers import paths

# Read as text: the grammar of Python takes a hundred times longer, and more than is imported harms nobody.
_FROM = re.compile(r"^\s*from\s+(helpers[\w.]*)\s+import\s+(\([^)]*\)|[^\n#]*)", re.MULTILINE)
_IMPORT = re.compile(r"^\s*import\s+(helpers[\w.]*)", re.MULTILINE)
_LIBRARY = re.compile(r"^\s*(?:from|import)\s+(\w+)", re.MULTILINE)


def _file(name: str) -> Path | None:
    """The file of a module of ours, by its dotted name; None for a name that is no module."""
    place = paths.repository() / "src" / Path(*name.split("."))
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

    >>> derriere = freshness.modules_behind(["from helpers import themes"])
    >>> {"counted.py", "vocabulary.py"} <= {chemin.name for chemin in derriere}, "svg.py" in {c.name for c in derriere}
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

    >>> {"pandas", "scipy"} <= freshness.libraries_behind(["from helpers import compare"])
    True
    """
    codes = list(sources)
    found = {name for code in codes for name in _LIBRARY.findall(code)}
    for path in modules_behind(codes):
        state = path.stat()
        found |= _libraries_of(path, state.st_mtime_ns, state.st_size)
    return found
