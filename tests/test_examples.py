"""The examples in docstrings are true: each knows what a notebook that imports every room knows, and reads real tables.

No-break spaces: a bare expression shows them as Python does (``\\u202f``), and is compared exactly; what an example
prints is compared with all spaces alike, so that a printed sentence reads here as it does on the page.
"""

import doctest
import importlib
import pkgutil
import re
import shutil
import socket
import warnings
from pathlib import Path

import pandas as pd
import pytest

import helpers
from helpers import paths

# Importing __main__ would run the command.
MODULES = [found.name for found in pkgutil.walk_packages(helpers.__path__, "helpers.") if not found.name.endswith("__main__")]
ROOMS = {found.name: importlib.import_module(f"helpers.{found.name}") for found in pkgutil.iter_modules(helpers.__path__)}
INNER = {name.split(".")[-1]: importlib.import_module(name) for name in MODULES}
# Those of pandas out of the box: a table that fits in them is written alike on any screen.
OPTIONS = ("display.width", 80, "display.max_columns", 20, "display.max_colwidth", 50, "display.precision", 6)


class SpacesAlike(doctest.OutputChecker):
    """Takes the no-break spaces of a printed output for spaces; those that Python shows as ``\\u202f`` are not touched."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        return super().check_output(want, re.sub("[\u00a0\u202f]", " ", got), optionflags)


def outcome(test: doctest.DocTest) -> str:
    """What went wrong in the examples of a docstring; nothing when they are true."""
    output: list[str] = []
    with warnings.catch_warnings(), pd.option_context(*OPTIONS):
        warnings.simplefilter("error")
        doctest.DocTestRunner(SpacesAlike(), optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS).run(test, out=output.append)
    return "".join(output)


@pytest.fixture(scope="module")
def copied(real_root, tmp_path_factory) -> Path:
    """Tables in a copy, which some examples change."""
    return shutil.copytree(real_root, tmp_path_factory.mktemp("exemples") / "projet")


@pytest.fixture(autouse=True)
def safe_place(copied, tmp_path, monkeypatch):
    """An empty folder to work in, and no way out."""

    def refuse(*arguments):
        raise AssertionError(f"an example opened a connection: {arguments}")

    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(copied))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    yield
    assert list(tmp_path.iterdir()) == []


def has_examples(name: str) -> bool:
    return ">>> " in Path(importlib.import_module(name).__file__).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in MODULES if has_examples(name)])
def test_the_examples_of_a_module_are_true(name):
    module = importlib.import_module(name)
    known = {"pd": pd, **INNER, **ROOMS, **vars(module)}
    assert "".join(outcome(test) for test in doctest.DocTestFinder().find(module, globs=known)) == ""
