"""The written documents: links that lead somewhere, commands that exist, one version."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from helpers.cli import parser
from helpers.documents import data_dictionary

ROOT = Path(__file__).resolve().parents[1]
READMES = [ROOT / "README.md", ROOT / "README.fr.md"]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("data/**/README.md"), *ROOT.glob("reports/*.md")])

# Absent from a fresh clone: only the page that says so may be linked.
MACHINE_MADE = ("reports", "data/processed", "data/releases")

CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
FENCE = re.compile(r"^```\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)]+)\)")
COMMAND = re.compile(r"^(?:python3|py|conda|alses|uv|\.venv\S+) .+$")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def links(path: Path) -> list[tuple[str, str, str]]:
    """Mark (``!`` for a picture), text and target of each link that stays in the project."""
    found = LINK.findall(CODE.sub("", read(path)))
    return [link for link in found if not link[2].startswith(("https:", "mailto:"))]


def commands(path: Path) -> list[str]:
    """Every command of a document, in order: lines of blocks and pieces of code in the text."""
    lines = [line.strip("` ") for code in CODE.findall(read(path)) for line in code.splitlines()]
    return [line for line in lines if COMMAND.match(line)]


def verbs(lines: list[str]) -> list[str]:
    """What the lines give to ``alses.py``."""
    return [line.partition("alses.py ")[2].strip() for line in lines if "alses.py " in line]


def project() -> dict:
    return tomllib.loads(read(ROOT / "pyproject.toml"))["project"]


# --- links and commands ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_a_link_leads_to_a_file(path):
    assert [target for _, _, target in links(path) if not (path.parent / target).is_file()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_no_link_leads_to_what_a_machine_makes(path):
    targets = {(path.parent / target).resolve().relative_to(ROOT).as_posix() for _, _, target in links(path)}
    assert [target for target in targets if target.startswith(MACHINE_MADE) and not target.endswith("README.md")] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_a_picture_has_a_text(path):
    assert [target for mark, text, target in links(path) if mark and not text.strip()] == []


def test_the_two_commands_are_those_that_other_machines_run():
    workflow = yaml.safe_load(read(ROOT / ".github" / "workflows" / "tests.yml"))
    steps = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    documented = verbs(FENCE.findall(read(READMES[0]))[0].splitlines())
    assert documented == verbs(steps) == ["run --year 2020", "test"]
    assert verbs(read(ROOT / ".ci" / "run").splitlines()) == ["status", "test", "test"]  # the first installs, the last is of another Python


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_a_documented_command_exists(path):
    for arguments in verbs(commands(path)):
        if arguments != "--help":  # argparse answers it by stopping
            assert parser.build_parser().parse_args(arguments.split())


def test_the_log_of_raw_files_names_each_table_and_each_name_let_in():
    text = read(ROOT / "data" / "raw" / "README.md")
    tables = sorted(path.relative_to(ROOT / "data" / "raw").as_posix() for path in ROOT.glob("data/raw/[0-9r]*/*.csv"))
    assert sorted(re.findall(r"^\| `(\S+)` \|", text, re.MULTILINE)) == [name for name in tables if "accompagnements" not in name]
    let_in = re.findall(r"^!/data/raw/\[.*\]/(\S+)$", read(ROOT / ".gitignore"), re.MULTILINE)
    assert let_in and [name for name in let_in if f"`{name}`" not in text] == []


# --- the two identity cards ------------------------------------------------------------------------------------------


def test_both_readmes_have_the_same_commands():
    english, french = map(commands, READMES)
    assert english == french and len(english) >= 6


# --- what is generated, cited, released ------------------------------------------------------------------------------


def test_the_dictionary_is_that_of_the_catalogue_and_the_schemas():
    assert read(ROOT / "docs" / "data-dictionary.md") == data_dictionary()


def test_the_citation_is_that_of_this_version():
    card = yaml.safe_load(read(ROOT / "CITATION.cff"))
    assert {"cff-version", "message", "title", "authors"} <= set(card)
    assert (card["version"], card["license"]) == (project()["version"], project()["license"])


def test_the_latest_release_of_the_changes_is_this_version():
    assert re.findall(r"^## (\d\S+)", read(ROOT / "CHANGELOG.md"), re.MULTILINE)[0] == project()["version"]


def test_the_licence_is_that_of_the_package():
    assert read(ROOT / "LICENSE").startswith(f"{project()['license']} License\n")
