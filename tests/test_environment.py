"""environment.yml, pyproject.toml, the locks and what is installed say the same thing."""

import itertools
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from helpers.documents import CONDA_NAMES, conda_environment, conda_spec
from helpers.provenance import libraries

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
LOCKS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "requirements").iterdir())}
PIP_NAMES = {conda: pip for pip, conda in CONDA_NAMES.items()}

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


def locked(lock: str = "report") -> list[Pin]:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", "\n" + LOCKS[lock].replace("\\\n", " "))[1:]
    found = [re.match(r"([\w.-]+)==(\S+)\s*(?:;\s*(.*?)\s+(?=--hash))?", block) for block in blocks]
    return [
        Pin(canonicalize_name(one[1]), one[2], one[3], block.count("--hash=sha256:"))
        for one, block in zip(found, blocks, strict=True)
    ]


def specs() -> list[Requirement]:
    """The libraries of environment.yml, under pip's names: those of conda, then those that pip brings."""
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    pairs = [entry.partition(" ")[::2] for entry in listed if isinstance(entry, str)]
    by_conda = [PIP_NAMES.get(name, name) + bounds for name, bounds in pairs if name not in ("python", "pip")]
    return [Requirement(text) for text in [*by_conda, *listed[-1]["pip"][:-1]]]


def named(requirement: Requirement) -> str:
    return requirement.name


def test_the_file_is_what_pyproject_gives():
    """On failure: python3 alses.py generate."""
    assert (ROOT / "environment.yml").read_text(encoding="utf-8") == conda_environment(PYPROJECT)


def test_the_file_is_one_that_conda_reads():
    content = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert content["name"] == "alses"
    assert content["channels"] == ["conda-forge"]
    assert content["dependencies"][-2:] == ["pip", {"pip": ["simplemma>=1.1,<3", "-e ."]}]


def test_what_conda_lacks_is_asked_of_pip_only():
    text = conda_environment('[project]\nrequires-python = ">=3.11"\ndependencies = ["scipy>=1", "Simplemma>=1.1, <3"]')
    dependencies = yaml.safe_load(text)["dependencies"]
    assert dependencies == ["python >=3.11", "scipy >=1", "pip", {"pip": ["simplemma>=1.1,<3", "-e ."]}]


def test_every_dependency_is_in_the_file_with_its_bounds():
    wanted = {(one.name, one.specifier) for one in dependencies() if one.name != "setuptools"}
    assert {(one.name, one.specifier) for one in specs()} == wanted


def test_python_is_bounded_in_the_file():
    bounds = tomllib.loads(PYPROJECT)["project"]["requires-python"]
    assert f"\n  - python {bounds}\n" in conda_environment(PYPROJECT)


def test_an_added_dependency_appears():
    text = PYPROJECT.replace("dependencies = [", 'dependencies = [\n    "Python_Calamine>=0.4",', 1)
    assert "\n  - python-calamine >=0.4\n" in conda_environment(text)


@pytest.mark.parametrize(
    ("requirement", "spec"),
    [
        ("matplotlib>=3.9,<3.13", "matplotlib-base >=3.9,<3.13"),
        ("nbconvert >= 7.17.1, < 8", "nbconvert-core >=7.17.1,<8"),
        ("seaborn~=0.13.2", "seaborn-base ~=0.13.2"),
        ("scipy", "scipy"),
    ],
)
def test_names_and_bounds_are_written_as_conda_does(requirement, spec):
    assert conda_spec(requirement) == spec


@pytest.mark.parametrize("text", ["x[all]>=1", "x; os_name == 'nt'", "x @ file:x.whl", "x===1", "x>=1<2", ""])
def test_what_conda_cannot_write_is_refused(text):
    with pytest.raises(ValueError, match="ne peut pas s’écrire pour conda"):
        conda_spec(text)


@pytest.mark.parametrize("spec", specs(), ids=named)
def test_a_spec_accepts_every_version_of_the_lock(spec):
    versions = [pin.version for pin in locked() if pin.name == canonicalize_name(spec.name)]
    assert versions
    assert [one for one in versions if not spec.specifier.contains(one)] == []


@pytest.mark.parametrize("spec", specs(), ids=named)
def test_a_spec_accepts_what_is_installed(spec):
    assert spec.specifier.contains(version(spec.name))


def test_each_group_has_its_lock():
    assert set(LOCKS) == {"report"} | set(tomllib.loads(PYPROJECT)["dependency-groups"]) - {"link"}


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


def test_the_specs_can_be_resolved_together(tmp_path):
    wanted = tmp_path / "specs.in"
    wanted.write_text("\n".join(map(str, specs())), encoding="utf-8")
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header", "--python-version", PYTHONS[0], str(wanted)]
    answer = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if "error sending request" in answer.stderr or "Network connectivity is disabled" in answer.stderr:
        pytest.skip("le réseau ne répond pas\u00a0: les bornes de environment.yml ne sont pas résolues ici")
    assert answer.returncode == 0, answer.stderr
    assert {one.name for one in specs()} <= {line.partition("==")[0] for line in answer.stdout.splitlines()}
