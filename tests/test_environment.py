"""environment.yml, pyproject.toml, the locks and what is installed say the same thing."""

import itertools
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from generate import conda_environment
from helpers.provenance import libraries

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
LOCKS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "requirements").iterdir())}

# The systems and Pythons that the lock promises to serve: the variables of markers that differ between them.
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "macos": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def dependencies(lock: str = "report") -> list[Requirement]:
    """What the project asks of a lock."""
    asked = tomllib.loads(PYPROJECT)
    groups = asked["dependency-groups"]
    wanted = asked["project"]["dependencies"] + groups["link"] if lock == "report" else groups[lock]
    return [Requirement(text) for text in wanted]


class Pin(NamedTuple):
    """A package of the lock."""

    name: str
    version: str
    marker: str | None
    hashes: int


@cache
def locked(lock: str = "report") -> list[Pin]:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", "\n" + LOCKS[lock].replace("\\\n", " "))[1:]
    found = [re.match(r"([\w.-]+)==(\S+)\s*(?:;\s*(.*?)\s+(?=--hash))?", block) for block in blocks]
    return [
        Pin(canonicalize_name(one[1]), one[2], one[3], block.count("--hash=sha256:"))
        for one, block in zip(found, blocks, strict=True)
    ]


def test_the_file_is_what_pyproject_gives_and_what_conda_reads():
    """On failure: python3 alses.py generate."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert text == conda_environment(PYPROJECT)
    content = yaml.safe_load(text)
    assert (content["name"], content["channels"]) == ("alses", ["conda-forge"])
    assert content["dependencies"][0] == f"python {tomllib.loads(PYPROJECT)['project']['requires-python']}"
    assert content["dependencies"][-2:] == ["pip", {"pip": ["simplemma>=1.1,<3", "-e ."]}]


def test_each_group_has_its_lock_whose_versions_are_within_the_bounds_that_the_project_asks():
    assert set(LOCKS) == {"report"} | set(tomllib.loads(PYPROJECT)["dependency-groups"]) - {"link"}
    for asked in dependencies():
        versions = [pin.version for pin in locked() if pin.name == canonicalize_name(asked.name)]
        assert versions and [one for one in versions if not asked.specifier.contains(one)] == [], asked


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_has_hashes_and_no_address(lock):
    assert len(locked(lock)) == len(re.findall(r"^[A-Za-z0-9][\w.-]*==", LOCKS[lock], flags=re.MULTILINE)) > 1
    assert [pin.name for pin in locked(lock) if pin.hashes == 0] == []
    assert re.findall(r"://|^-|^\s*--(?!hash=sha256:)", LOCKS[lock], flags=re.MULTILINE) == []


@pytest.mark.parametrize("lock", [lock for lock in LOCKS if lock != "report"])
def test_what_a_lock_shares_with_that_of_a_report_has_the_same_versions(lock):
    """Otherwise what the tests add would change the libraries that reports are made with."""
    known: dict[str, set[str]] = {}
    for pin in locked():
        known.setdefault(pin.name, set()).add(pin.version)
    assert [pin for pin in locked(lock) if pin.version not in known.get(pin.name, {pin.version})] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_each_dependency_once_on_each_system(lock):
    names = [canonicalize_name(one.name) for one in dependencies(lock)]
    for system, python in itertools.product(SYSTEMS.values(), PYTHONS):
        place = {**system, "python_version": python, "python_full_version": f"{python}.9"}
        pins = [pin.name for pin in locked(lock) if pin.marker is None or Marker(pin.marker).evaluate(place)]
        assert {name: pins.count(name) for name in names} == dict.fromkeys(names, 1), place


def test_what_the_tests_add_is_no_reason_to_make_a_report_again():
    noted = {each.rpartition("-")[0] for each in libraries()}
    assert "pandas" in noted and noted & {"pytest", "pytest_xdist", "ruff", "openpyxl", "et_xmlfile", "alses"} == set()
