"""The written documents: links that lead somewhere, commands that exist, one version."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from generate import data_dictionary
from helpers import cli, schema

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


def commands(path: Path) -> list[str]:
    """Every command of a document, in order: lines of blocks and pieces of code in the text."""
    lines = [line.strip("` ") for code in CODE.findall(read(path)) for line in code.splitlines()]
    return [line for line in lines if COMMAND.match(line)]


def verbs(lines: list[str]) -> list[str]:
    """What the lines give to ``alses.py``."""
    return [line.partition("alses.py ")[2].strip() for line in lines if "alses.py " in line]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_to_files_that_a_clone_has_pictures_have_a_text_and_commands_exist(path):
    links = [link for link in LINK.findall(CODE.sub("", read(path))) if not link[2].startswith(("https:", "mailto:"))]
    targets = [(path.parent / target).resolve() for _, _, target in links]
    assert [target for target in targets if not target.is_file()] == []
    inside = [target.relative_to(ROOT).as_posix() for target in targets]
    assert [target for target in inside if target.startswith(MACHINE_MADE) and not target.endswith("README.md")] == []
    assert [target for mark, text, target in links if mark and not text.strip()] == []
    for arguments in verbs(commands(path)):
        if arguments != "--help":  # argparse answers it by stopping
            assert cli.parse(arguments.split())


def test_the_two_commands_are_those_that_other_machines_run_and_both_readmes_have_the_same():
    workflow = yaml.safe_load(read(ROOT / ".github" / "workflows" / "tests.yml"))
    steps = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    documented = verbs(FENCE.findall(read(READMES[0]))[0].splitlines())
    assert documented == verbs(steps) == ["run --year 2020", "test"]
    assert commands(READMES[0]) == commands(READMES[1])
    assert verbs(read(ROOT / ".ci" / "run").splitlines()) == ["status", "test", "test"]  # the first installs, the last is of another Python


def test_the_dictionary_is_up_to_date_and_has_every_table_column_and_rule():
    """On failure: python3 alses.py generate."""
    assert (text := read(ROOT / "docs" / "data-dictionary.md")) == data_dictionary()
    text = text.replace("\u00a0", " ").replace("\u202f", " ")
    for name in schema.table_names():
        section = text.partition(f"### `{name}` : ")[2].partition("\n### ")[0]
        assert [column for column in schema.columns(name) if f"\n| `{column}` | " not in section] == [], name
        assert f"`{name}`" in text.partition("\n## ")[0], name
    line = "| `ips_2022_23` | nombre | points d’indice | Indice de position sociale, rentrée 2022. | au moins 30 ; au plus 200 |"
    assert f"\n{line}\n" in text


def test_the_version_and_the_licence_are_everywhere_the_same():
    project = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]
    card = yaml.safe_load(read(ROOT / "CITATION.cff"))
    assert (card["version"], card["license"]) == (project["version"], project["license"])
    assert re.findall(r"^## (\d\S+)", read(ROOT / "CHANGELOG.md"), re.MULTILINE)[0] == project["version"]
    assert read(ROOT / "LICENSE").startswith(f"{project['license']} License\n")
