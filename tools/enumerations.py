"""Prints the test files whose enumerations `.ci/run` takes: those of what changed since the last version.

A version is the commit that wrote it in pyproject.toml. A test file belongs to the rooms that it imports, itself or
through modules of tests that it names; `conftest` to those that read a report. All files are taken for the commit of a
version, where the last one is unknown (a shallow clone, no git), or when something changed that every room rests on.
"""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").glob("*.py"))}
ENUMERATED = re.compile(r"ALSES_ENUMERATIONS|conftest import .*\b(?:ALL|long|some)\b")
IMPORTED = re.compile(r"^ *(?:from|import) (.+)$", re.MULTILINE)
# Rooms of one file that all others rest on, data that all read, libraries.
EVERYWHERE = re.compile(
    r"src/helpers/((__init__|parameters|paths|provenance|schema)\.py|catalogue\.toml|schemas/)|data/raw/|requirements/|pyproject\.toml"
)
# A test file that reads a report that is made for it: by `conftest` and, without kernels, by `in_process`.
LONG = re.compile(r"\b(?:real|mini|sites|synthetic)_root\b|BESIDE|def .*\bpublished\b")
# Folders that hold no module: the room that reads them.
READ_BY = {"texts": "text", "page": "report"}
# The rooms that the numbers of a report come from, which `second_calculation` judges and therefore never imports.
NUMBERS = {"clean", "data", "indicators", "analysis", "disclosure"}
# What a report that a test file reads was made by.
MAKERS = NUMBERS | set("conftest in_process text charts report run 01_clean 02_describe 03_compare 04_themes".split())


def changed_files(root: Path = ROOT) -> list[str] | None:
    """The paths that differ from the last version; None where it is unknown, or is the commit in hand."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=root, capture_output=True, encoding="utf-8", check=True
        ).stdout.strip()

    try:
        version = git("log", "-1", "--format=%H", "-G^version = ", "--", "pyproject.toml")
        is_shallow = git("rev-parse", "--is-shallow-repository") == "true"
        if is_shallow or version in ("", git("rev-parse", "HEAD")):
            return None
        return git("diff", "--name-only", version).splitlines()
    except (OSError, subprocess.CalledProcessError):
        return None


def subject(path: str) -> str:
    """The room of a path of the package, else the name of its file: a module of tests, a notebook, a bench."""
    if path.startswith("src/helpers/"):
        room = Path(path.split("/")[2]).stem
        return READ_BY.get(room, room)
    return Path(path).stem if path.endswith((".py", ".ipynb")) else path


def subjects(name: str) -> set[str]:
    """What a test file is about: what it imports, and the same of each module of tests that it imports or runs."""
    waiting, words = [name], {name}
    if LONG.search(TESTS[name]):
        words |= MAKERS
    while waiting:
        text = TESTS[waiting.pop()]
        named = set(re.findall(r"\w+", " ".join(IMPORTED.findall(text)))) | set(re.findall(r"(\w+)\.py\b", text))
        named.discard("conftest")
        waiting += (named & set(TESTS)) - words
        words |= named
    return words | NUMBERS if "second_calculation" in words else words


def enumerated(changed: list[str] | None) -> list[str]:
    """The test files to run with ``ALSES_ENUMERATIONS=toutes``."""
    files = [name for name, text in TESTS.items() if name.startswith("test_") and ENUMERATED.search(text)]
    if changed is not None and not any(map(EVERYWHERE.match, changed)):
        about = set(map(subject, changed))
        files = [name for name in files if about & subjects(name)]
    return [f"tests/{name}.py" for name in files]


if __name__ == "__main__":
    for file in enumerated(changed_files()):
        print(file)
