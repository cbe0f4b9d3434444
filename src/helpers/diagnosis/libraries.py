"""Python and its libraries: are they those of the lock, are they whole, does a kernel start?"""

import json
import platform
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from helpers import paths
from helpers.diagnosis.finding import GOOD, MISSING, NOTE, Finding

LANGUAGE_PACK = "jupyterlab-language-pack-fr-fr"

# What a report loads, by the name that Python imports, with those whose version can change a figure first.
LOADED = (
    "pandas scipy statsmodels matplotlib seaborn papermill nbconvert babel jinja2 bs4 nbformat filelock tqdm"
).split()
MAIN = LOADED[:7]

# Each in a process of its own: a library that brings Python down, or hangs, is then a line and not the end.
_TIMEOUT_S = 60
_IMPORT = """
import importlib, json, sys
broken = {}
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except BaseException as error:
        absent = isinstance(error, ModuleNotFoundError) and error.name == name
        broken[name] = None if absent else type(error).__name__
print(json.dumps(broken))
"""
_KERNEL = """
import sys
from jupyter_client.manager import KernelManager, start_new_kernel
if "transport_encryption" in KernelManager.class_traits():
    KernelManager.transport_encryption.default_value = "auto"
manager, client = start_new_kernel(kernel_name="python3", startup_timeout=40)
try:
    asked = {"sum": "1 + 1", "ours": "__import__('helpers').__name__"}
    reply = client.execute_interactive("", user_expressions=asked, timeout=15)["content"]["user_expressions"]
    print(*(reply[name].get("data", {}).get("text/plain") for name in asked))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
"""


def _rebuild() -> str:
    """How to have the libraries again, in the environment that is in use."""
    if _is_conda():
        return "conda env update -f environment.yml"
    first = "supprimez le dossier .venv, puis " if (paths.repository() / ".venv").is_dir() else ""
    return f"{first}lancez « {paths.COMMAND} status », qui installe ce qui manque"


def _is_conda() -> bool:
    return (Path(sys.prefix) / "conda-meta").is_dir()


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _wanted() -> list[str]:
    """The libraries that the project asks for, without their bounds."""
    text = (paths.repository() / "pyproject.toml").read_text(encoding="utf-8")
    return [re.match(r"[\w.-]+", each)[0] for each in tomllib.loads(text)["project"]["dependencies"]]


def _locked() -> dict[str, set[str]]:
    """The versions of the lock; several for a library that differs from one Python to another."""
    found: dict[str, set[str]] = {}
    text = (paths.repository() / "requirements" / "report.lock").read_text(encoding="utf-8")
    for name, pinned in re.findall(r"^([\w.-]+)==([^\s;]+)", text, flags=re.MULTILINE):
        found.setdefault(name.lower(), set()).add(pinned)
    return found


def python() -> Finding:
    """Which Python, and whether it is one that the project serves."""
    text = f"{platform.python_version()}, {platform.architecture()[0]}"
    pyproject = tomllib.loads((paths.repository() / "pyproject.toml").read_text(encoding="utf-8"))
    oldest, too_new = re.findall(r"3\.(\d+)", pyproject["project"]["requires-python"])
    if not int(oldest) <= sys.version_info.minor < int(too_new):
        return Finding("Python", MISSING, text, f"installez Python 3.{oldest} à 3.{int(too_new) - 1} (python.org)")
    return Finding("Python", GOOD, text)


def environment() -> Finding:
    """Which environment is in use: the project's, conda's, or another."""
    if Path(sys.prefix).resolve() == (paths.repository() / ".venv").resolve():
        return Finding("environnement", GOOD, "celui du projet (.venv)")
    if _installed("papermill") is None:
        return Finding("environnement", MISSING, "celui du projet (.venv) n’est pas installé", _rebuild())
    if _is_conda():
        return Finding("environnement", GOOD, "conda")
    return Finding("environnement", NOTE, "un autre que celui du projet (.venv)", f"lancez par « {paths.COMMAND} »")


def versions() -> Finding:
    """Which libraries are there, and which are not those of the lock."""
    locked = _locked()
    found = {name: _installed(name) for name in _wanted()}
    absent = [name for name, there in found.items() if there is None]
    if absent:
        return Finding("bibliothèques", MISSING, f"absentes : {', '.join(absent)}", _rebuild())
    different = [
        f"{name} {there} (attendue : {' ou '.join(sorted(locked[name.lower()]))})"
        for name, there in found.items()
        if there not in locked.get(name.lower(), {there})
    ]
    if different:
        remedy = f"sans gravité sous conda ; sinon, {_rebuild()}"
        return Finding("bibliothèques", NOTE, f"autres versions : {', '.join(different)}", remedy)
    main = ", ".join(f"{name} {found[name]}" for name in MAIN)
    return Finding("bibliothèques", GOOD, f"les {len(found)} du verrou, dont {main}")


def loading() -> Finding:
    """Whether the libraries really load."""
    command = [sys.executable, "-P", "-W", "ignore", "-c", _IMPORT, *LOADED]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    if done.returncode:
        return Finding("chargement", MISSING, f"Python s’arrête en les chargeant (code {done.returncode})", _rebuild())
    failed = json.loads(done.stdout.splitlines()[-1])
    broken = [f"{name} ({error})" for name, error in failed.items() if error]
    if broken:
        return Finding("chargement", MISSING, f"là, mais ne se chargent pas : {', '.join(broken)}", _rebuild())
    text = f"{len(LOADED) - len(failed)} bibliothèques sur {len(LOADED)}"
    return Finding("chargement", MISSING if failed else GOOD, text)


def kernel() -> Finding:
    """Whether a notebook can run: starts a kernel, computes 1 + 1 in it, finds the project's code, stops it."""
    done = subprocess.run(
        [sys.executable, "-P", "-W", "ignore", "-c", _KERNEL],
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    if done.stdout.split() != ["2", "'helpers'"]:
        return Finding("noyau Jupyter", MISSING, "ne démarre pas, ou ne trouve pas le code du projet", _rebuild())
    return Finding("noyau Jupyter", GOOD, "démarre et calcule")


def language() -> Finding:
    """Whether JupyterLab can speak French."""
    there = _installed("jupyterlab")
    if there is None or _installed(LANGUAGE_PACK) is None:
        return Finding("JupyterLab", NOTE, f"{there}, sans traduction française" if there else "absent", _rebuild())
    return Finding("JupyterLab", GOOD, f"{there}, en français")
