"""Verbs on this computer and on the code: JupyterLab, diagnosis, tests, generated documents.

The diagnosis needs the standard library only, so that a broken installation can be diagnosed.
"""

import os
import re
import sys
from argparse import Namespace
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

from helpers import paths
from helpers.cli import as_port, option, verb
from helpers.cli.messages import beside, print_message
from helpers.errors import DataError, UserError

# --- lab ---

PORT = 8888


@verb(
    "lab",
    "ouvre l’atelier : JupyterLab en français, sur cet ordinateur seulement",
    "Ouvre la page d’accueil de l’atelier : l’état des années, un formulaire pour contrôler une année ou en faire le "
    "rapport, des recettes pour explorer les chiffres, et les quatre notebooks.\n"
    "Rien ne quitte l’ordinateur : pas de mise à jour, pas d’annonce, pas de mesure d’usage. Les résultats affichés ne "
    "sont pas enregistrés dans les notebooks. Ctrl+C arrête l’atelier.",
    (("lab", "ouvre l’atelier dans le navigateur"), ("lab --no-browser", "donne l’adresse à ouvrir soi-même")),
    option("--port PORT", f"port ({PORT} par défaut ; pris : le suivant libre)", type=as_port, default=PORT),
    option("--no-browser", "n’ouvre pas le navigateur, donne l’adresse"),
)
def lab(options: Namespace) -> int:
    from helpers.workbench.form import launch

    return launch(port=options.port, browser=not options.no_browser, tell=print_message)


# --- test, generate: for those who change the code ---

# A process for each processor, but no more than an office computer has memory for (0.5 GB each). A file stays whole
# because its tests share what they prepare; files keep their order because the first ones wait for no report.
PARALLEL = ("-n", "logical", "--maxprocesses", "8", "--dist", "loadfile", "--no-loadscope-reorder")


@verb(
    "test",
    "lance les tests (développement)",
    "Lance tous les tests sur un projet inventé, sans réseau : quelques minutes. N’écrit rien dans data/ ni dans "
    "reports/. La première fois, ajoute à .venv ce que les tests demandent (100 Mo).\n"
    "Code de sortie : 0 si tout passe.",
    (("test", "tous les tests"),),
)
def test(_: Namespace) -> int:
    try:
        import pytest
    except ImportError:  # the environment is not ours to complete: conda's, or one made by hand
        raise DataError(
            "Il manque ce que demandent les tests : tapez « python -m pip install --group test » dans le dossier du "
            "projet, puis relancez."
        ) from None
    return int(pytest.main(["-q", *PARALLEL, str(paths.repository() / "tests")]))


@verb(
    "generate",
    "récrit les fichiers produits à partir du code (développement)",
    "Récrit environment.yml à partir de pyproject.toml, et docs/data-dictionary.md à partir des schémas et du "
    "catalogue, puis fait le rapport de 2020 et le copie dans docs/exemple/. À lancer après avoir modifié le code, un "
    "texte ou les données : une minute.",
    (("generate", "les deux fichiers et le rapport d’exemple"),),
)
def generate(_: Namespace) -> int:
    import runpy

    runpy.run_path(str(paths.repository() / "tools" / "generate.py"), run_name="__main__")
    return 0


# --- doctor ---

# Whether it stands in the way: words, for a colour or a sign gets lost in a mail.
GOOD, NOTE, MISSING = "bien", "à noter", "MANQUE"
# Columns: state, label, then the text.
STATE, CHECKED = 9, 15


@verb(
    "doctor",
    "dit ce qui manque à cet ordinateur, et comment le réparer",
    "Contrôle Python et ses bibliothèques, le démarrage d’un notebook, le dossier du projet, le disque et les années "
    "présentes : une ligne chacun, « bien », « à noter » ou « MANQUE », avec le remède. Le texte se colle dans un "
    "message : il ne dit ni votre nom, ni vos dossiers. N’écrit et n’installe rien.\n"
    "Code de sortie : 0 si rien ne manque, 1 sinon.",
    (("doctor", "le diagnostic"), ("doctor > diagnostic.txt", "le même dans un fichier, à envoyer")),
)
def doctor(_: Namespace) -> int:
    findings = diagnose()
    for label, each in findings.items():
        print_message(beside(f"{each.state:<{STATE}}{label:<{CHECKED}}", each.text))
        if each.remedy:
            print_message(beside(f"{'→ ':>{STATE + CHECKED + 2}}", each.remedy))
    missing = [label for label, each in findings.items() if each.state == MISSING]
    print_message(f"\nÀ réparer : {', '.join(missing)}." if missing else "\nTout ce qui est nécessaire est là.")
    return 1 if missing else 0


# What a check found: its state, the words for it, and what to do about it.
Finding = namedtuple("Finding", "state text remedy", defaults=("",))

# The checks by label, in reading order: that of this module.
CHECKS: dict[str, Callable[[], Finding]] = {}


def diagnose() -> dict[str, Finding]:
    """What every check finds, by its label. They run side by side: two of them wait for another process."""
    from concurrent.futures import ThreadPoolExecutor

    def checked(check: Callable[[], Finding]) -> Finding:
        try:
            return check()
        except Exception as error:  # whatever a check meets, the others must be shown
            remedy = "envoyez ce diagnostic à qui vous a remis le projet"
            return Finding(MISSING, f"contrôle impossible ({type(error).__name__})", remedy)

    with ThreadPoolExecutor() as pool:
        return dict(zip(CHECKS, pool.map(checked, CHECKS.values()), strict=True))


def check(label: str) -> Callable:
    """Makes the function that follows one of the checks."""
    return lambda function: CHECKS.setdefault(label, function)


# --- doctor: Python and its libraries. Are they those of the lock, are they whole, does a kernel start? ---

# What a report loads, by the name that Python imports, with those whose version can change a figure first.
LOADED = (
    "pandas scipy statsmodels matplotlib seaborn papermill nbconvert babel jinja2 bs4 nbformat filelock tqdm helpers"
).split()
MAIN = LOADED[:7]

# Seconds; in a process of its own, so that a library that brings Python down, or hangs, is a line and not the end.
_TIMEOUT_S = 60
_KERNEL = """
import sys
from jupyter_client.manager import KernelManager, start_new_kernel
if "transport_encryption" in KernelManager.class_traits():
    KernelManager.transport_encryption.default_value = "auto"
manager, client = start_new_kernel(kernel_name="python3", startup_timeout=40)
try:
    client.execute_interactive(sys.argv[1], timeout=40)
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
"""
_IMPORT = """
import importlib
broken = []
for name in {names}:
    try:
        importlib.import_module(name)
    except BaseException as error:
        broken.append(f"{{name}} ({{type(error).__name__}})")
print("sans", ", ".join(broken)) if broken else print("chargées")
"""


def _rebuild() -> str:
    """How to have the libraries again, in the environment that is in use."""
    if _is_conda():
        return "conda env update -f environment.yml"
    if _is_installing():
        return "attendez la fin de l’installation en cours, puis relancez doctor"
    first = "supprimez le dossier .venv, puis " if (paths.repository() / ".venv").is_dir() else ""
    return f"{first}lancez « {paths.COMMAND} status », qui installe ce qui manque"


def _is_installing() -> bool:
    """Whether another window holds the lock that ``alses.py`` takes to install."""
    try:
        with (paths.repository() / ".venv.verrou").open("rb") as file:
            if os.name == "nt":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:
        pass
    return False


def _is_conda() -> bool:
    return (Path(sys.prefix) / "conda-meta").is_dir()


def _installed(name: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _project() -> dict:
    import tomllib

    return tomllib.loads((paths.repository() / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@check("Python")
def python() -> Finding:
    """Which Python, on which system, and whether it is one that the project serves."""
    import platform

    text = f"{platform.python_version()}, {platform.architecture()[0]}, {platform.system()} {platform.release()}"
    oldest, too_new = map(int, re.findall(r"3\.(\d+)", _project()["requires-python"]))
    if not oldest <= sys.version_info.minor < too_new:
        return Finding(MISSING, text, f"installez Python 3.{oldest} à 3.{too_new - 1} (python.org)")
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
def libraries() -> Finding:
    """Whether the libraries that the project asks for are there, and which versions can change a figure."""
    names = [re.match(r"[\w.-]+", each)[0] for each in _project()["dependencies"]]
    if absent := [name for name in names if _installed(name) is None]:
        return Finding(MISSING, f"absentes : {', '.join(absent)}", _rebuild())
    return Finding(GOOD, f"les {len(names)}, dont {', '.join(f'{name} {_installed(name)}' for name in MAIN)}")


@check("noyau Jupyter")
def kernel() -> Finding:
    """Whether a notebook can run: starts a kernel, which loads what a report needs, and stops it."""
    import subprocess

    command = [sys.executable, "-P", "-W", "ignore", "-c", _KERNEL, _IMPORT.format(names=LOADED)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    answer = done.stdout.rstrip().rpartition("\n")[2]
    if answer == "chargées":
        return Finding(GOOD, f"démarre et charge les {len(LOADED)} bibliothèques d’un rapport")
    if answer.startswith("sans "):
        return Finding(MISSING, f"démarre, {answer}", _rebuild())
    return Finding(MISSING, "ne démarre pas, ou s’arrête en chargeant les bibliothèques", _rebuild())


# --- doctor: the folder and the computer. No name of a person, no absolute path ---

# Bytes: a report weighs 2 MB, an update of the libraries 750 MB beside the old ones.
DISK_NEEDED, DISK_WISHED = 100_000_000, 1_500_000_000
# Characters: Windows stops at 260 by default, and the longest path of .venv takes 160.
WINDOWS_PATH = 90
_WINDOWS_REMOTE = 4  # DRIVE_REMOTE

# Services that keep a folder elsewhere, as its path names them.
_CLOUDS = r"onedrive|sharepoint|dropbox|google ?drive|nextcloud|owncloud|kdrive|seafile|mobile documents|cloudstorage"


def _network(folder: Path) -> bool:
    """Whether the folder is on another computer, as Windows says; elsewhere this is not asked."""
    if os.name != "nt":
        return False
    import ctypes

    drive = folder.drive
    return drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive + "\\") == _WINDOWS_REMOTE


@check("dossier")
def place() -> Finding:
    """Whether the folder is on this computer's own disk: a synchronised or shared one locks files being made."""
    root = paths.repository()
    cloud = re.search(_CLOUDS, root.as_posix().lower())
    if cloud or _network(root):
        where = f"synchronisé ({cloud[0]})" if cloud else "sur un partage réseau"
        remedy = "en cas de lenteur ou de fichier refusé, copiez-le sur le disque"
        return Finding(NOTE, f"« {root.name} », {where}", remedy)
    if os.name == "nt" and len(str(root)) > WINDOWS_PATH:
        text = f"« {root.name} », chemin de {len(str(root))} caractères"
        return Finding(NOTE, text, "placez le projet plus haut, par exemple dans C:\\alses")
    return Finding(GOOD, f"« {root.name} », sur cet ordinateur")


def _refuses(folder: Path) -> bool:
    import tempfile

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
    import shutil

    free = shutil.disk_usage(paths.data_root()).free
    text = f"{free / 1e9:.1f} Go libres".replace(".", ",")
    state = MISSING if free < DISK_NEEDED else NOTE if free < DISK_WISHED else GOOD
    return Finding(state, text, "" if state == GOOD else "libérez de la place (1,5 Go pour une mise à jour)")


@check("navigateur")
def browser() -> Finding:
    """Which browser prints the PDF of a report."""
    from helpers.system import BROWSER_VARIABLE, find_browser

    try:
        found = find_browser()
    except UserError:
        return Finding(MISSING, f"{BROWSER_VARIABLE} désigne un programme introuvable", "corrigez-la")
    if found is None:
        remedy = "facultatif : sans Chromium, Chrome ni Edge, le PDF s’imprime à la main depuis la page"
        return Finding(NOTE, "aucun pour le PDF", remedy)
    return Finding(GOOD, found.stem)


@check("git")
def git() -> Finding:
    """Whether git is there: without it a report does not say from which version of the project it is made."""
    import subprocess

    try:
        done = subprocess.run(["git", "--version"], capture_output=True, text=True, timeout=_TIMEOUT_S, check=True)
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
