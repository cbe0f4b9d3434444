"""The one command of a bare machine: makes ``.venv`` from the lock when needed, then hands over to ``helpers.cli``."""
# Standard library only, and it must parse on Python 3.8: there an old Python gets a sentence, not a traceback.

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parent
OLDEST, TOO_NEW = (3, 11), (3, 15)  # requires-python of pyproject.toml; a test keeps them equal
STAMP, LOG, LOCK = "installation.txt", "installation.log", ".venv.verrou"
# What needs no library, and is most wanted when there is none.
BARE = {"-h", "--help", "--version", "doctor"}
ADVICE = "Complétez-le (Debian, Ubuntu\u00a0: sudo apt install python3-pip python3-venv\u202f; sinon python.org)."
# What pip writes -> what a reader can do about it; the first match wins.
CAUSES = {
    "DO NOT MATCH THE HASHES": "un paquet reçu n’est pas celui qui était attendu\u202f; essayez un autre réseau",
    "Errno 28": "le disque est plein\u202f; libérez environ 1,5 Go",
    "Long Path": "un chemin est trop long pour Windows\u202f; placez le projet plus haut, par exemple dans C:\\alses",
    "SSLError": "le réseau présente un certificat inconnu\u202f; demandez conseil à votre service informatique",
    "onnection": "le réseau ne répond pas\u202f; vérifiez la connexion à Internet ou le proxy",
    "due to an OSError": "un fichier est protégé ou ouvert ailleurs\u202f; fermez JupyterLab",
    "No matching": "un paquet n’existe pas pour ce Python ou ce système\u202f; essayez Python 3.13 (64 bits)",
}


def python_of(root: Path) -> Path:
    """The interpreter of the project's own environment, there or not."""
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def outer_python(root: Path) -> str:
    """The interpreter that may make or remake ``.venv``: never the one inside it."""
    inside = Path(sys.prefix).resolve() == (root / ".venv").resolve()
    return getattr(sys, "_base_executable", sys.executable) if inside else sys.executable


def is_held(root: Path) -> bool:
    """Whether the running Python holds this very package and its libraries (conda, or an environment made by hand)."""
    if outer_python(root) != sys.executable and (root / ".venv" / STAMP).is_file():
        return False  # we run in our own .venv: its stamp decides
    found = importlib.util.find_spec("helpers")
    ours = found and found.origin and (root / "src").resolve() in Path(found.origin).resolve().parents
    return bool(ours) and importlib.util.find_spec("papermill") is not None


def expected_stamp(root: Path) -> str:
    """Two words: what forces a rebuild when it changes (Python, place), then what an update is enough for (files)."""
    probe = [python_of(root), "-ISc", "import sys; print(sys.implementation.cache_tag)"]
    tag = subprocess.run(probe, capture_output=True, text=True, check=True).stdout.strip()
    # The place counts because scripts and the link to src/ bear it: a copied folder would run the other one's code.
    place = hashlib.sha256(f"{tag} {root}".encode()).hexdigest()
    files = b"".join((root / name).read_bytes() for name in ("requirements.lock", "pyproject.toml"))
    return f"{place} {hashlib.sha256(files).hexdigest()}"


def condition(root: Path) -> str:
    """``ready``, ``stale`` (an update is enough) or ``absent`` (missing, broken, half-made: rebuild)."""
    try:
        found = (root / ".venv" / STAMP).read_text(encoding="utf-8")
        expected = expected_stamp(root)
    except (OSError, subprocess.CalledProcessError):
        return "absent"
    return "ready" if found == expected else "stale" if found.split()[:1] == expected.split()[:1] else "absent"


def run(command: list[str], root: Path) -> tuple[int, str]:
    """The exit code and the output of a step of the installation; the output is added to the log."""
    log = root / ".venv" / LOG
    log.parent.mkdir(exist_ok=True)
    with log.open("ab+") as output:
        start = output.seek(0, os.SEEK_END)
        # close_fds: on POSIX the lock goes along, so that a pip that outlives its killed parent still holds it.
        # PIP_USER: a personal setting "user = true" would make pip refuse to install in .venv.
        code = subprocess.run(
            command, cwd=root, env={**os.environ, "PIP_USER": "0"}, close_fds=os.name == "nt",
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False,
        ).returncode  # fmt: skip
        output.seek(start)
        return code, output.read().decode("utf-8", errors="replace")


def create(root: Path) -> None:
    """A new, empty ``.venv``, with its own pip where this Python can give one; exits with a sentence otherwise."""
    for option in ([], ["--without-pip"]):  # Debian without python3-venv fails at pip, and leaves a half-made folder
        if (root / ".venv").exists():
            shutil.rmtree(root / ".venv")
        if run([outer_python(root), "-m", "venv", *option, ".venv"], root)[0] == 0:
            return
    sys.exit(f"Il manque le module venv à ce Python. {ADVICE} Puis relancez.")


def pip_of(root: Path) -> list[str]:
    """The pip that installs into ``.venv``: its own, else the running Python's; exits with a sentence without any."""
    own, outer = [str(python_of(root)), "-m", "pip"], [outer_python(root), "-m", "pip"]
    if run([*own, "--version"], root)[0] == 0:
        return own
    if run([*outer, "--version"], root)[0] == 0:
        return [*outer, "--python", str(python_of(root))]
    sys.exit(f"Il manque pip à ce Python. {ADVICE} Puis relancez.")


def install(root: Path) -> None:
    """Make or update ``.venv`` if need be; exits with the likely cause and the end of the log when it fails."""
    state = condition(root)
    if state == "ready":  # another start has just made it
        return
    what, cost = ("Mise à jour", "") if state == "stale" else ("Installation", " (une à trois minutes, 1 Go)")
    print(f"{what} de l’environnement{cost}…", file=sys.stderr, flush=True)
    if state == "absent":
        create(root)
    (root / ".venv" / STAMP).write_text("en cours", encoding="utf-8")  # whoever finds this rebuilds
    pip = [*pip_of(root), "install", "--compile", "--no-input", "--progress-bar=off", "--disable-pip-version-check"]
    for rest in (["--require-hashes", "-r", "requirements.lock"], ["--no-deps", "--no-build-isolation", "-e", "."]):
        code, text = run([*pip, *rest], root)
        if code:
            cause = next((CAUSES[mark] for mark in CAUSES if mark in text), "la cause se lit ci-dessous")
            end = "\n".join(text.splitlines()[-12:])
            sys.exit(f"L’installation a échoué\u00a0: {cause}. Puis relancez.\nFin de .venv/{LOG}\u00a0:\n{end}")
    (root / ".venv" / STAMP).write_text(expected_stamp(root), encoding="utf-8")
    print("Environnement prêt.", file=sys.stderr, flush=True)


def alone(root: Path) -> TextIO:
    """The lock file, once it is ours: one installation at a time; the others wait, and say so."""
    file, waits = (root / LOCK).open("a"), False
    os.set_inheritable(file.fileno(), True)
    system = importlib.import_module("msvcrt" if os.name == "nt" else "fcntl")
    while True:
        try:  # the system gives the lock back when the process ends, however it ends
            if os.name == "nt":
                system.locking(file.fileno(), system.LK_NBLCK, 1)
            else:
                system.flock(file, system.LOCK_EX | system.LOCK_NB)
            return file
        except (BlockingIOError, PermissionError):
            if not waits:
                print("Une installation est déjà en cours\u00a0: attente de sa fin…", file=sys.stderr, flush=True)
            waits = True
            time.sleep(0.5)


def hand_over(python: str, arguments: list[str]) -> int:
    """The exit code of ``helpers.cli``; Ctrl-C reaches it by itself, and we wait until it has tidied up."""
    # -P: a file of the reader's folder that is named like a library must not be imported in its place.
    process = subprocess.Popen([python, "-P", "-m", "helpers.cli", *arguments])
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    interrupted = False
    while True:
        try:
            code = process.wait()
            return 130 if interrupted else code if code >= 0 else 128 - code
        except KeyboardInterrupt:
            interrupted = True


def main(arguments: list[str], root: Path = ROOT) -> int:
    """The exit code of the command: that of ``helpers.cli``, 2 for a wrong Python, 130 after Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    if not OLDEST <= sys.version_info[:2] < TOO_NEW:
        print(f"Il faut Python 3.11 à 3.14 (python.org), et celui-ci est le {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    # The children inherit both: French text everywhere, and bytecode kept (without it each run is 2.8 times slower).
    os.environ["PYTHONUTF8"] = "1"
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if is_held(root):
        return hand_over(sys.executable, arguments)
    if condition(root) != "ready":
        if not arguments or BARE & set(arguments):
            os.environ["PYTHONPATH"] = str(root / "src")
            own = python_of(root)  # half-made or out of date, it is the one to look at
            return hand_over(str(own) if own.exists() else sys.executable, arguments)
        with alone(root):
            install(root)
    return hand_over(str(python_of(root)), arguments)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("Installation interrompue\u202f; la même commande la reprendra.", file=sys.stderr)
        sys.exit(130)
    except OSError as error:
        sys.exit(f"{error.filename or error} est protégé ou ouvert ailleurs\u00a0: fermez JupyterLab, puis relancez.")
