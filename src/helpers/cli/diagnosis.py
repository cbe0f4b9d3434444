"""Is this computer ready? Standard library only, so that a broken installation can be diagnosed."""

import json
import locale
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from helpers import paths
from helpers.errors import BrowserError
from helpers.system import BROWSER_VARIABLE, find_browser

# Whether it stands in the way: words, for a colour or a sign gets lost in a mail.
GOOD, NOTE, MISSING = "bien", "à noter", "MANQUE"


class Finding(NamedTuple):
    """What a check found: its state, the words for it, and what to do about it."""

    state: str
    text: str
    remedy: str = ""


# The checks by label, in reading order: that of this module.
CHECKS: dict[str, Callable[[], Finding]] = {}


def check(label: str) -> Callable:
    """Makes the function that follows one of the checks."""
    return lambda function: CHECKS.setdefault(label, function)


# --- Python and its libraries: are they those of the lock, are they whole, does a kernel start? ---

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


def _run(script: str, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-P", "-W", "ignore", "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)


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
    versions: dict[str, set[str]] = {}
    text = (paths.repository() / "requirements" / "report.lock").read_text(encoding="utf-8")
    for name, pinned in re.findall(r"^([\w.-]+)==([^\s;]+)", text, flags=re.MULTILINE):
        versions.setdefault(name.lower(), set()).add(pinned)
    return versions


@check("système")
def system() -> Finding:
    """Which system; any will do."""
    return Finding(GOOD, f"{platform.system()} {platform.release()}, {platform.machine()}")


@check("Python")
def python() -> Finding:
    """Which Python, and whether it is one that the project serves."""
    text = f"{platform.python_version()}, {platform.architecture()[0]}"
    pyproject = tomllib.loads((paths.repository() / "pyproject.toml").read_text(encoding="utf-8"))
    oldest, too_new = re.findall(r"3\.(\d+)", pyproject["project"]["requires-python"])
    if not int(oldest) <= sys.version_info.minor < int(too_new):
        return Finding(MISSING, text, f"installez Python 3.{oldest} à 3.{int(too_new) - 1} (python.org)")
    return Finding(GOOD, text)


@check("environnement")
def environment() -> Finding:
    """Which environment is in use: the project's, conda's, or another."""
    if Path(sys.prefix).resolve() == (paths.repository() / ".venv").resolve():
        return Finding(GOOD, "celui du projet (.venv)")
    if _installed("papermill") is None:
        return Finding(MISSING, "celui du projet (.venv) n’est pas installé", _rebuild())
    if _is_conda():
        return Finding(GOOD, "conda")
    return Finding(NOTE, "un autre que celui du projet (.venv)", f"lancez par « {paths.COMMAND} »")


@check("bibliothèques")
def versions() -> Finding:
    """Which libraries are there, and which are not those of the lock."""
    locked = _locked()
    found = {name: _installed(name) for name in _wanted()}
    absent = [name for name, there in found.items() if there is None]
    if absent:
        return Finding(MISSING, f"absentes : {', '.join(absent)}", _rebuild())
    different = [
        f"{name} {there} (attendue : {' ou '.join(sorted(locked[name.lower()]))})"
        for name, there in found.items()
        if there not in locked.get(name.lower(), {there})
    ]
    if different:
        remedy = f"sans gravité sous conda ; sinon, {_rebuild()}"
        return Finding(NOTE, f"autres versions : {', '.join(different)}", remedy)
    main = ", ".join(f"{name} {found[name]}" for name in MAIN)
    return Finding(GOOD, f"les {len(found)} du verrou, dont {main}")


@check("chargement")
def loading() -> Finding:
    """Whether the libraries really load."""
    done = _run(_IMPORT, *LOADED)
    if done.returncode:
        return Finding(MISSING, f"Python s’arrête en les chargeant (code {done.returncode})", _rebuild())
    failed = json.loads(done.stdout.splitlines()[-1])
    broken = [f"{name} ({error})" for name, error in failed.items() if error]
    if broken:
        return Finding(MISSING, f"là, mais ne se chargent pas : {', '.join(broken)}", _rebuild())
    text = f"{len(LOADED) - len(failed)} bibliothèques sur {len(LOADED)}"
    return Finding(MISSING if failed else GOOD, text)


@check("noyau Jupyter")
def kernel() -> Finding:
    """Whether a notebook can run: starts a kernel, computes 1 + 1 in it, finds the project's code, stops it."""
    done = _run(_KERNEL)
    if done.stdout.split() != ["2", "'helpers'"]:
        return Finding(MISSING, "ne démarre pas, ou ne trouve pas le code du projet", _rebuild())
    return Finding(GOOD, "démarre et calcule")


@check("JupyterLab")
def language() -> Finding:
    """Whether JupyterLab can speak French."""
    there = _installed("jupyterlab")
    if there is None or _installed(LANGUAGE_PACK) is None:
        return Finding(NOTE, f"{there}, sans traduction française" if there else "absent", _rebuild())
    return Finding(GOOD, f"{there}, en français")


# --- The computer and the folder: encoding, disk, rights, browser, git. No name of a person, no absolute path ---

# Bytes: a report weighs 2 MB, an update of the libraries 750 MB beside the old ones.
DISK_NEEDED, DISK_WISHED = 100_000_000, 1_500_000_000
# Characters: Windows stops at 260 by default, and the longest path of .venv takes 160.
WINDOWS_PATH = 90

# A word of the path -> the service that keeps the folder elsewhere.
CLOUDS = {
    "onedrive": "OneDrive",
    "sharepoint": "SharePoint",
    "dropbox": "Dropbox",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "kdrive": "kDrive",
    "seafile": "Seafile",
    "mobile documents": "iCloud",
    "cloudstorage": "un service en ligne",
}
NETWORKS = ("nfs", "cifs", "smb", "sshfs", "davfs", "9p")
_GIT_TIMEOUT_S = 10
_WINDOWS_REMOTE = 4  # DRIVE_REMOTE


@check("encodage")
def encoding() -> Finding:
    """Whether accents survive: what files hold is always UTF-8, their names and the terminal follow the system."""
    names, terminal = sys.getfilesystemencoding().lower(), str(sys.stdout.encoding).lower()
    used = f"noms de fichiers {names}, terminal {terminal}, système {locale.getencoding().lower()}"
    if {names, terminal} != {"utf-8"}:
        return Finding(NOTE, used, f"lancez par « {paths.COMMAND} », qui demande l’UTF-8")
    return Finding(GOOD, used)


def _network(folder: Path) -> bool:
    """Whether the folder is on another computer, as far as the system says."""
    if os.name == "nt":
        import ctypes

        drive = folder.drive
        return drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive + "\\") == _WINDOWS_REMOTE
    mounts = Path("/proc/mounts")
    if not mounts.is_file():
        return False
    entries = [line.split()[1:3] for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines()]
    # The innermost mount is where the folder is.
    around = [(place, kind) for place, kind in entries if folder.is_relative_to(place.replace("\\040", " "))]
    return bool(around) and max(around, key=lambda entry: len(entry[0]))[1].removeprefix("fuse.").startswith(NETWORKS)


@check("dossier")
def place() -> Finding:
    """Whether the folder is on this computer's own disk: a synchronised or shared one locks files being made."""
    root = paths.repository()
    lowered = root.as_posix().lower()
    cloud = next((name for word, name in CLOUDS.items() if word in lowered), None)
    shown = f"« {root.name} »"
    if cloud or _network(root):
        where = f"synchronisé par {cloud}" if cloud else "sur un partage réseau"
        return Finding(NOTE, f"{shown}, {where}", "en cas de lenteur ou de fichier refusé, copiez-le sur le disque")
    if os.name == "nt" and len(str(root)) > WINDOWS_PATH:
        text = f"{shown}, chemin de {len(str(root))} caractères"
        return Finding(NOTE, text, "placez le projet plus haut, par exemple dans C:\\alses")
    return Finding(GOOD, f"{shown}, sur cet ordinateur")


def _refuses(folder: Path) -> bool:
    # A folder that does not exist yet is tried by its parent.
    while not folder.is_dir():
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return False
    except OSError:
        return True


@check("écriture")
def writing() -> Finding:
    """Whether a report can be written."""
    folders = [paths.data_root() / "data" / "processed", paths.reports()]
    refused = [paths.relative(folder) for folder in folders if _refuses(folder)]
    if refused:
        remedy = "copiez le projet dans un dossier à vous, ou demandez le droit d’y écrire"
        return Finding(MISSING, f"refusée dans {', '.join(refused)}", remedy)
    return Finding(GOOD, "possible dans data/processed et reports")


@check("disque")
def disk() -> Finding:
    """Whether there is room."""
    free = shutil.disk_usage(paths.data_root()).free
    text = f"{free / 1e9:.1f} Go libres".replace(".", ",")
    state = MISSING if free < DISK_NEEDED else NOTE if free < DISK_WISHED else GOOD
    return Finding(state, text, "" if state == GOOD else "libérez de la place (1,5 Go pour une mise à jour)")


@check("navigateur")
def browser() -> Finding:
    """Which browser prints the PDF of a report."""
    try:
        found = find_browser()
    except BrowserError:
        return Finding(MISSING, f"{BROWSER_VARIABLE} désigne un programme introuvable", "corrigez-la")
    if found is None:
        remedy = "facultatif : sans Chromium, Chrome ni Edge, le PDF s’imprime à la main depuis la page"
        return Finding(NOTE, "aucun pour le PDF", remedy)
    return Finding(GOOD, found.stem)


@check("git")
def git() -> Finding:
    """Whether git is there: without it a report does not say from which version of the project it is made."""
    try:
        done = subprocess.run(["git", "--version"], capture_output=True, text=True, timeout=_GIT_TIMEOUT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        remedy = "facultatif : sans lui, un rapport ne dit pas de quelle version du projet il vient (git-scm.com)"
        return Finding(NOTE, "absent", remedy)
    return Finding(GOOD, done.stdout.strip().removeprefix("git version "))


@check("années")
def years() -> Finding:
    """Which years have data."""
    found = paths.years()
    if not found:
        return Finding(MISSING, "aucune dans data/raw", "déposez-y un dossier par année")
    return Finding(GOOD, ", ".join(map(str, found)))


def _checked(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:  # whatever a check meets, the others must be shown
        remedy = "envoyez ce diagnostic à qui vous a remis le projet"
        return Finding(MISSING, f"contrôle impossible ({type(error).__name__})", remedy)


def diagnose() -> dict[str, Finding]:
    """What every check finds, by its label. They run side by side: two of them wait for another process."""
    with ThreadPoolExecutor() as pool:
        return dict(zip(CHECKS, pool.map(_checked, CHECKS.values()), strict=True))
