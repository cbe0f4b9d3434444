"""The computer and the folder: system, encoding, disk, rights, git. No name of a person, no path from the root."""

import locale
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from helpers import paths
from helpers.browser import BROWSER_VARIABLE, BrowserError, find_browser
from helpers.diagnosis.finding import GOOD, MISSING, NOTE, Finding

# Bytes: a report weighs 2 MB, an update of the libraries 750 MB beside the old ones.
DISK_NEEDED, DISK_WISHED = 100_000_000, 1_500_000_000
# Characters: Windows stops at 260 unless told otherwise, and the longest path of .venv takes 160.
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


def system() -> Finding:
    """Which system; any will do."""
    return Finding("système", GOOD, f"{platform.system()} {platform.release()}, {platform.machine()}")


def encoding() -> Finding:
    """Whether accents survive: what files hold is always UTF-8, their names and the terminal follow the system."""
    names, terminal = sys.getfilesystemencoding().lower(), str(sys.stdout.encoding).lower()
    used = f"noms de fichiers {names}, terminal {terminal}, système {locale.getencoding().lower()}"
    if {names, terminal} != {"utf-8"}:
        return Finding("encodage", NOTE, used, f"lancez par « {paths.COMMAND} », qui demande l’UTF-8")
    return Finding("encodage", GOOD, used)


def _network(folder: Path) -> bool:
    """Whether the folder is on another computer, where it can be told."""
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


def place() -> Finding:
    """Whether the folder is on this computer's own disk: a synchronised or shared one locks files being made."""
    root = paths.repository()
    lowered = root.as_posix().lower()
    cloud = next((name for word, name in CLOUDS.items() if word in lowered), None)
    shown = f"« {root.name} »"
    if cloud or _network(root):
        where = f"synchronisé par {cloud}" if cloud else "sur un partage réseau"
        return Finding(
            "dossier", NOTE, f"{shown}, {where}", "en cas de lenteur ou de fichier refusé, copiez-le sur le disque"
        )
    if os.name == "nt" and len(str(root)) > WINDOWS_PATH:
        text = f"{shown}, chemin de {len(str(root))} caractères"
        return Finding("dossier", NOTE, text, "placez le projet plus haut, par exemple dans C:\\alses")
    return Finding("dossier", GOOD, f"{shown}, sur cet ordinateur")


def _refuses(folder: Path) -> bool:
    # The folder may not be there yet: then it is its parent that must let it be made.
    while not folder.is_dir():
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return False
    except OSError:
        return True


def writing() -> Finding:
    """Whether a report can be written."""
    folders = [paths.data_root() / "data" / "processed", paths.reports()]
    refused = [paths.relative(folder) for folder in folders if _refuses(folder)]
    if refused:
        remedy = "copiez le projet dans un dossier à vous, ou demandez le droit d’y écrire"
        return Finding("écriture", MISSING, f"refusée dans {', '.join(refused)}", remedy)
    return Finding("écriture", GOOD, "possible dans data/processed et reports")


def disk() -> Finding:
    """Whether there is room."""
    free = shutil.disk_usage(paths.data_root()).free
    text = f"{free / 1e9:.1f} Go libres".replace(".", ",")
    state = MISSING if free < DISK_NEEDED else NOTE if free < DISK_WISHED else GOOD
    return Finding("disque", state, text, "" if state == GOOD else "libérez de la place (1,5 Go pour une mise à jour)")


def git() -> Finding:
    """Whether git is there: without it a report does not say from which version of the project it is made."""
    try:
        done = subprocess.run(["git", "--version"], capture_output=True, text=True, timeout=_GIT_TIMEOUT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        remedy = "facultatif : sans lui, un rapport ne dit pas de quelle version du projet il vient (git-scm.com)"
        return Finding("git", NOTE, "absent", remedy)
    return Finding("git", GOOD, done.stdout.strip().removeprefix("git version "))


def browser() -> Finding:
    """Which browser prints the PDF of a report."""
    try:
        found = find_browser()
    except BrowserError:
        return Finding("navigateur", MISSING, f"{BROWSER_VARIABLE} désigne un programme introuvable", "corrigez-la")
    if found is None:
        remedy = "facultatif : sans Chromium, Chrome ni Edge, le PDF s’imprime à la main depuis la page"
        return Finding("navigateur", NOTE, "aucun pour le PDF", remedy)
    return Finding("navigateur", GOOD, found.stem)


def years() -> Finding:
    """Which years have data."""
    found = paths.years()
    if not found:
        return Finding("années", MISSING, "aucune dans data/raw", "déposez-y un dossier par année")
    return Finding("années", GOOD, ", ".join(map(str, found)))
