"""Every public name teaches: its docstring holds an example that runs, and names the columns that go in and come out.

An example of a public name knows what the import cell of a notebook knows, every module of helpers and pandas, so that
it can be pasted there. It reads the true tables of 2019 and 2020, in a copy that it may write to.

No-break spaces: a bare expression shows them as Python does (``\\u202f``), and is compared exactly; what an example
prints is compared with all spaces alike, so that a printed sentence reads here as it does on the page.
"""

import dataclasses
import doctest
import functools
import importlib
import inspect
import pkgutil
import re
import shutil
import socket
import typing
import warnings

import pandas as pd
import pytest

import helpers
from helpers import paths, schema

# They start JupyterLab, or the process that loads the libraries, and end them: there is nothing small to show of it.
UNSHOWN = {"workbench.launch", "kernels.start", "kernels.stop"}

ROOMS = {m.name: importlib.import_module(f"helpers.{m.name}") for m in pkgutil.iter_modules(helpers.__path__)}
NOTEBOOK = {"pd": pd, **ROOMS}
# Importing __main__ would run the command.
MODULES = ["helpers", *(m.name for m in pkgutil.walk_packages(helpers.__path__, "helpers.") if not m.name.endswith("__main__"))]


def public_names() -> dict[str, object]:
    """``module.name`` to what a notebook reaches by it: the functions and classes of ``__all__``, or of the one file."""
    found = {}
    for room, module in ROOMS.items():
        here = [name for name, value in vars(module).items() if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__]
        found |= {f"{room}.{name}": getattr(module, name) for name in getattr(module, "__all__", here)}
    return {name: value for name, value in found.items() if callable(value) and not is_exception(value)}


def is_exception(value: object) -> bool:
    """Whether it is raised, and never called."""
    return inspect.isclass(value) and issubclass(value, Exception)


PUBLIC = public_names()
TAUGHT = [name for name in PUBLIC if name not in UNSHOWN]
RUN_ABOVE = {f"{PUBLIC[name].__module__}.{name.split('.')[1]}" for name in TAUGHT}
# Those of pandas out of the box: a table that fits in them is written alike on any screen.
OPTIONS = ("display.width", 80, "display.max_columns", 20, "display.max_colwidth", 50, "display.precision", 6)


class SpacesAlike(doctest.OutputChecker):
    """Takes the no-break spaces of a printed output for spaces; those that Python shows as ``\\u202f`` are not touched."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        return super().check_output(want, re.sub("[\u00a0\u202f]", " ", got), optionflags)


def outcome(test: doctest.DocTest) -> str:
    """What went wrong in the examples of a docstring; nothing when they are true."""
    said: list[str] = []
    with warnings.catch_warnings(), pd.option_context(*OPTIONS):
        warnings.simplefilter("error")
        doctest.DocTestRunner(SpacesAlike(), optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS).run(test, out=said.append)
    return "".join(said)


def example_of(value: object, name: str) -> doctest.DocTest | None:
    """The example of a public name, in a notebook where everything is imported; None without one."""
    found = doctest.DocTestFinder(recurse=False).find(value, name, module=False, globs=dict(NOTEBOOK))
    return found[0] if found and found[0].examples else None


def frames(value: object) -> list[pd.DataFrame]:
    """The tables in an argument or a result, in a list or a dict too."""
    if isinstance(value, list | tuple | dict):
        return [frame for each in (value.values() if isinstance(value, dict) else value) for frame in frames(each)]
    return [value] if isinstance(value, pd.DataFrame) else []


def handles_frames(value: object) -> bool:
    """Whether its signature speaks of tables; what only holds some says which in words."""
    holds = dataclasses.is_dataclass(value) or typing.is_typeddict(value)
    return not holds and "DataFrame" in str(inspect.signature(value))


def unnamed(columns: set[str], docstring: str) -> set[str]:
    """The columns that a docstring does not name, alone (``year``, ``<nature>_pct``), by their schema, or by a function."""
    text = " ".join(docstring.split())
    named = set(re.findall(r"``([^`]+)``", text))
    named |= {column for table in re.findall(r"schema ``(\w+)``", text) for column in schema.columns(table)}
    patterns = [re.compile(re.sub(r"<[^>]+>", ".+", name)) for name in named if "<" in name]
    others = [PUBLIC[name] for name in re.findall(r"columns of `([\w.]+)`", text)]
    left = {column for column in columns - named if not any(pattern.fullmatch(column) for pattern in patterns)}
    return functools.reduce(lambda still, other: unnamed(still, other.__doc__), others, left)


def written() -> dict[str, int]:
    """When each file of the project's own rooms was last written."""
    rooms = [paths.repository() / room for room in ("data", "docs", "notebooks", "src")]
    return {str(path): path.stat().st_mtime_ns for room in rooms for path in room.rglob("*") if path.suffix != ".pyc" and path.is_file()}


@pytest.fixture(scope="module")
def copied_root(real_root, tmp_path_factory):
    before = written()
    yield shutil.copytree(real_root, tmp_path_factory.mktemp("exemples") / "projet")
    assert written() == before, "an example wrote into the repository"


@pytest.fixture(autouse=True)
def safe_place(copied_root, tmp_path, monkeypatch):
    """Tables in a copy, an empty folder to work in, and no way out."""
    def refuse(*arguments):
        raise AssertionError(f"an example opened a connection: {arguments}")

    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(copied_root))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    yield
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", TAUGHT)
def test_a_public_name_teaches_by_a_true_example_and_names_its_columns(name, monkeypatch):
    value, (room, short), seen = PUBLIC[name], name.split("."), []

    def recorded(*given, **named):
        out = value(*given, **named)
        seen.extend(frames([given, named, out]))
        return out

    example = example_of(value, name)
    assert example, "no example"
    if inspect.isroutine(inspect.unwrap(value)):
        assert any(f"{name}(" in line.source for line in example.examples), "the example does not call it"
    if handles_frames(value):
        monkeypatch.setattr(ROOMS[room], short, recorded)
    assert outcome(example) == ""
    if handles_frames(value):
        assert seen, "the example shows no table"
        assert unnamed({str(column) for frame in seen for column in frame}, value.__doc__) == set()


@pytest.mark.parametrize("name", MODULES)
def test_any_other_example_is_true(name):
    module = importlib.import_module(name)
    found = doctest.DocTestFinder().find(module, globs={**NOTEBOOK, **vars(module)})
    assert "".join(outcome(test) for test in found if test.name not in RUN_ABOVE) == ""


# --- the tests above can fail ------------------------------------------------------------------------------------------


def teacher(rows: pd.DataFrame) -> pd.DataFrame:
    """Twice the persons.

    >>> wording.number(2233)
    '2233'
    """
    return rows


def test_a_wrong_example_a_warning_and_a_connection_are_told():
    assert "Expected:\n    '2233'\nGot:\n    '2\\u202f233'" in outcome(example_of(teacher, "teacher"))
    for line, told in (("import warnings; warnings.warn('old')", "UserWarning: old"), ("import socket; socket.create_connection(('127.0.0.1', 9))", "opened a connection")):
        assert told in outcome(doctest.DocTestParser().get_doctest(f">>> {line}", {}, "line", None, None))


def test_printed_spaces_are_alike_and_shown_ones_are_not():
    line = ">>> print(wording.number(2233))\n2 233\n>>> wording.number(2233)\n'2 233'"
    assert outcome(doctest.DocTestParser().get_doctest(line, dict(NOTEBOOK), "line", None, None)).count("Failed example") == 1


def test_a_docstring_without_example_or_without_its_columns_is_told():
    assert example_of(shutil.copy, "shutil.copy") is None
    assert handles_frames(teacher) and not handles_frames(facts_row := PUBLIC["facts.key_of"]) and example_of(facts_row, "facts.key_of")
    told = "Columns: ``part_pct``, ``<colonne>_avant``, schema ``themes``, and the columns of `facts.with_shares`."
    assert unnamed({"part_pct", "base_avant", "definition", "part_decimales", "avant", "part"}, told) == {"avant", "part"}
    assert frames([[teacher, pd.DataFrame()], {"now": pd.DataFrame()}, 3])[1:] != []


def test_the_names_that_a_notebook_reaches_are_all_looked_at():
    assert {"facts.Facts", "paths.raw", "schema.catalogue", "describe.breakdown"} <= set(TAUGHT)
    assert not {"schema.DataError", "facts.NETWORK", "facts.catalogue", "describe.CONDITIONS", "paths.Path"} & set(PUBLIC)
    assert UNSHOWN <= set(PUBLIC)
