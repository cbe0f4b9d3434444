"""The one command of a bare machine: makes ``.venv`` from the lock when needed, then hands over to ``helpers.cli``."""
# Standard library only. It must parse on Python 3.8, so that an old Python gets a sentence and not a traceback. Every
# command starts here and must start at once: what only an installation needs (pathlib included) is imported there.

from __future__ import annotations

import hashlib
import os
import sys

ROOT = os.path.dirname(os.path.realpath(__file__))
OLDEST, TOO_NEW = (3, 11), (3, 15)  # requires-python of pyproject.toml; a test keeps them equal
STAMP, LOG, LOCK = "installation.txt", "installation.log", ".venv.verrou"
# What a report needs; what the tests need besides, of which .venv keeps a copy once it is installed.
PACKAGES, TEST_PACKAGES, TEST_STAMP = "requirements/report.lock", "requirements/test.lock", "test.lock"
# The environment that still works, while another one is made in its place, then while it is deleted.
ASIDE, DOOMED = ".venv.ancien", ".venv.perime"
# No source distribution: to build one, pip fetches tools that no hash covers.
LOCKED = ("--only-binary=:all:", "--require-hashes", "-r")
# Verbs that only read run with the former libraries when the new ones cannot be installed.
READING = {"status", "verify"}
# What needs no library, and is most wanted when there is none installed.
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


def of_venv(root: str, name: str) -> str:
    """The path of a file of ``.venv``."""
    return os.path.join(root, ".venv", name)


def python_of(root: str) -> str:
    """The interpreter of the project's own environment, there or not."""
    return of_venv(root, os.path.join("Scripts", "python.exe") if os.name == "nt" else os.path.join("bin", "python"))


def outer_python(root: str) -> str:
    """The interpreter that may make or remake ``.venv``: never the one inside it."""
    inside = os.path.realpath(sys.prefix) == os.path.realpath(of_venv(root, ""))
    return getattr(sys, "_base_executable", sys.executable) if inside else sys.executable


def is_held(root: str) -> bool:
    """Whether the running Python has this very package and its libraries (conda, or an environment made by hand)."""
    if outer_python(root) != sys.executable and os.path.isfile(of_venv(root, STAMP)):
        return False  # we run in our own .venv: its stamp decides
    from importlib.machinery import PathFinder  # importlib.util takes a tenth of a whole start to load

    found = PathFinder.find_spec("helpers")
    source = os.path.realpath(os.path.join(root, "src", ""))
    ours = found and found.origin and os.path.realpath(found.origin).startswith(os.path.join(source, ""))
    return bool(ours) and PathFinder.find_spec("papermill") is not None


def read(path: str) -> bytes:
    """The bytes of a file."""
    with open(path, "rb") as file:
        return file.read()


def write_stamp(root: str, text: str) -> None:
    """Writes what the next start compares."""
    with open(of_venv(root, STAMP), "w", encoding="utf-8") as file:
        file.write(text)


def tag_of(root: str) -> str:
    """The Python of ``.venv``, as ``cpython-313``, without starting it: by the name of its file (Windows and some Macs
    have the same for all: there by what ``.venv`` was made with); OSError if it is gone."""
    python = os.path.realpath(python_of(root))
    version = os.path.basename(python)[len("python"):].split(".")
    if os.name == "nt" or not (len(version) == 2 and version[1].isdigit()):
        lines = read(of_venv(root, "pyvenv.cfg")).decode(errors="replace").splitlines()
        settings = dict(line.split(" = ", 1) for line in lines if " = " in line)
        version = settings["version"].split(".")
        python = os.path.join(settings["home"], "python.exe") if os.name == "nt" else python
    os.stat(python)
    return f"cpython-{version[0]}{version[1]}"


def expected_stamp(root: str) -> str:
    """Three words: what calls for a rebuild when it changes (Python, place), for an update (files), and the Python."""
    tag = tag_of(root)
    # The place counts because scripts and the link to src/ name it: a copied folder would run the other one's code.
    place = hashlib.sha256(f"{tag} {root}".encode()).hexdigest()
    files = b"".join(read(os.path.join(root, name)) for name in (PACKAGES, "pyproject.toml"))
    return f"{place} {hashlib.sha256(files).hexdigest()} {tag}"


def condition(root: str) -> str:
    """``ready``, ``stale`` (an update is enough), ``moved`` (complete, under another path) or ``absent`` (missing,
    broken, half-made)."""
    try:
        place, files, tag, *_ = read(of_venv(root, STAMP)).decode().split()  # up to 0.9, a fourth word
        expected = expected_stamp(root).split()
    except (OSError, ValueError, LookupError):
        return "absent"
    if place != expected[0]:
        return "moved" if [files, tag] == expected[1:] else "absent"
    return "ready" if files == expected[1] else "stale"


def run(command: list[str], root: str) -> tuple[int, str]:
    """The exit code and the output of a step of the installation; the output is added to the log."""
    import subprocess

    os.makedirs(of_venv(root, ""), exist_ok=True)
    with open(of_venv(root, LOG), "ab+") as output:
        start = output.seek(0, os.SEEK_END)
        # close_fds: on POSIX the child inherits the lock, so that a pip that outlives its killed parent still holds it.
        # PIP_USER: a personal setting "user = true" would make pip refuse to install in .venv.
        code = subprocess.run(
            command, cwd=root, env={**os.environ, "PIP_USER": "0"}, close_fds=os.name == "nt",
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False,
        ).returncode  # fmt: skip
        output.seek(start)
        return code, output.read().decode("utf-8", errors="replace")


def works(root: str) -> bool:
    """Whether the libraries of ``.venv`` load."""
    import subprocess

    if not os.path.exists(python_of(root)):
        return False
    code = f"import sys; sys.path.insert(0, {os.path.join(root, 'src')!r}); import papermill, helpers.cli"
    return subprocess.run([python_of(root), "-Pc", code], capture_output=True, check=False).returncode == 0


def set_aside(root: str) -> None:
    """Keeps a working ``.venv`` until its replacement works; a broken one is left to `create`."""
    if works(root):
        os.rename(os.path.join(root, ".venv"), os.path.join(root, ASIDE))


def put_back(root: str) -> None:
    """Restores the environment that was set aside, with the log of what failed."""
    import shutil

    aside = os.path.join(root, ASIDE)
    if os.path.exists(aside):
        if os.path.exists(of_venv(root, LOG)):
            os.replace(of_venv(root, LOG), os.path.join(aside, LOG))
        shutil.rmtree(of_venv(root, ""), ignore_errors=True)
        os.rename(aside, os.path.join(root, ".venv"))


def discard(root: str) -> None:
    """Deletes what was set aside; renamed first, so that a half-deleted one is never restored."""
    import shutil

    aside, doomed = os.path.join(root, ASIDE), os.path.join(root, DOOMED)
    shutil.rmtree(doomed, ignore_errors=True)
    if os.path.exists(aside):
        os.rename(aside, doomed)
        shutil.rmtree(doomed, ignore_errors=True)


def resettle(root: str) -> bool:
    """Makes an environment whose folder was moved work again, without the network; False if it does not.

    Its scripts and the link to src/ get the new path; the launchers of Windows, which nothing here uses, keep the old.
    """
    import shutil

    print("Le dossier du projet a changé de place\u00a0: l’environnement le suit…", file=sys.stderr, flush=True)
    words = read(of_venv(root, "pyvenv.cfg")).decode(errors="replace").partition(" -m venv ")[2].splitlines()
    old = words[0] if words else ""
    while old.startswith("--"):  # options of venv
        old = old.partition(" ")[2]
    scripts = os.path.dirname(python_of(root))
    # The settings, which hold the old path, come last: if we are killed before, the next start still finds it.
    for path in [*(os.path.join(scripts, name) for name in os.listdir(scripts)), of_venv(root, "pyvenv.cfg")]:
        if old and os.path.isfile(path) and not os.path.islink(path) and not path.endswith(".exe"):
            text, beside = read(path), f"{path}.partiel"
            if old.encode() in text:
                shutil.copy2(path, beside)  # with the right to be run
                with open(beside, "wb") as file:
                    file.write(text.replace(old.encode(), os.path.join(root, ".venv").encode()))
                os.replace(beside, path)
    package = ["install", "--no-input", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "-e", "."]
    if run([*pip_of(root), *package], root)[0]:
        return False
    link_relatively(root)
    return works(root)


def link_relatively(root: str) -> None:
    """Makes the link to src/ a relative path.

    Python 3.11 reads it in the encoding of the terminal, and would not start where that cannot express the name of the
    project's folder (an accent under LC_ALL=C).
    """
    import glob

    source = os.path.join(root, "src")
    for link in glob.glob(os.path.join(glob.escape(of_venv(root, "")), "**", "__editable__*.pth"), recursive=True):
        with open(link, "w", encoding="ascii") as file:
            file.write(os.path.relpath(source, os.path.dirname(link)) + "\n")


def create(root: str) -> None:
    """Makes a new, empty ``.venv``, with pip if this Python can provide it; exits with a sentence without venv."""
    import shutil

    for option in ([], ["--without-pip"]):  # Debian without python3-venv fails at pip, and leaves a half-made folder
        if os.path.exists(of_venv(root, "")):
            shutil.rmtree(of_venv(root, ""))
        if run([outer_python(root), "-m", "venv", *option, ".venv"], root)[0] == 0:
            return
    sys.exit(f"Il manque le module venv à ce Python. {ADVICE} Puis relancez.")


def pip_of(root: str) -> list[str]:
    """The pip that installs into ``.venv``: its own, else the running Python's; exits with a sentence if there is none."""
    own, outer = [python_of(root), "-m", "pip"], [outer_python(root), "-m", "pip"]
    if run([*own, "--version"], root)[0] == 0:
        return own
    if run([*outer, "--version"], root)[0] == 0:
        return [*outer, "--python", python_of(root)]
    sys.exit(f"Il manque pip à ce Python. {ADVICE} Puis relancez.")


def install(root: str) -> None:
    """Makes or updates ``.venv`` if need be; exits with the likely cause and the end of the log when it fails.

    A working environment is deleted only once its replacement works: however this ends, one of the two is there.
    """
    # After a kill, both may be there: the former one is worth more than one that is not finished.
    (put_back if condition(root) == "absent" else discard)(root)
    state = condition(root)
    if state == "moved" and resettle(root):
        write_stamp(root, expected_stamp(root))
        state = "ready"
    if state != "ready":  # another start may have just made it
        try:
            build(root, state)
        except BaseException:
            put_back(root)
            raise
    discard(root)


def build(root: str, state: str) -> None:
    """Makes ``.venv`` again, with the working one set aside, or updates it in place when it is only ``stale``."""
    cost = " (une à trois minutes, 1 Go\u202f; le détail va dans .venv/installation.log)"
    what, cost = ("Mise à jour", "") if state == "stale" else ("Installation", cost)
    print(f"{what} de l’environnement{cost}…", file=sys.stderr, flush=True)
    if state != "stale":
        set_aside(root)
        create(root)
    write_stamp(root, "en cours")  # whoever finds this rebuilds
    pip = pip_of(root)
    add(root, pip, *LOCKED, PACKAGES)
    add(root, pip, "--no-deps", "--no-build-isolation", "-e", ".")
    link_relatively(root)
    # pip compiles what it copies, but this package stays where it is; a fault in it will show when it is used.
    run([python_of(root), "-m", "compileall", "-q", "src"], root)
    write_stamp(root, expected_stamp(root))
    print("Environnement prêt.", file=sys.stderr, flush=True)


def add(root: str, pip: list[str], *what: str) -> None:
    """Installs into ``.venv``; exits with the likely cause and the end of the log when it fails."""
    options = ["--compile", "--no-input", "--progress-bar=off", "--disable-pip-version-check"]
    code, text = run([*pip, "install", *options, *what], root)
    if code:
        cause = next((CAUSES[mark] for mark in CAUSES if mark in text), "la cause se lit ci-dessous")
        end = "\n".join(text.splitlines()[-12:])
        sys.exit(f"L’installation a échoué\u00a0: {cause}. Puis relancez.\nFin de .venv/{LOG}\u00a0:\n{end}")


def lacks_tests(root: str) -> bool:
    """Whether what the tests need was never installed, or from another lock."""
    stamp = of_venv(root, TEST_STAMP)
    return not os.path.exists(stamp) or read(stamp) != read(os.path.join(root, TEST_PACKAGES))


def add_tests(root: str) -> None:
    """Adds what the tests need to ``.venv``."""
    import shutil

    if lacks_tests(root):  # another start may have just added it
        print("Ajout de ce que demandent les tests (100 Mo)…", file=sys.stderr, flush=True)
        add(root, pip_of(root), *LOCKED, TEST_PACKAGES)
        shutil.copyfile(os.path.join(root, TEST_PACKAGES), of_venv(root, TEST_STAMP))


def alone(root: str):
    """The lock file, once we hold it: one installation at a time; the others wait, and say so."""
    import importlib
    import time

    file, waits = open(os.path.join(root, LOCK), "a"), False
    os.set_inheritable(file.fileno(), True)
    system = importlib.import_module("msvcrt" if os.name == "nt" else "fcntl")
    while True:
        try:  # the system releases the lock when the process ends, however it ends
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
    """Becomes ``helpers.cli``, whose exit code and signals are then this process's own; on Windows, waits for it."""
    # -P: a file of the user's folder that is named like a library must not be imported in its place.
    command = [python, "-P", "-m", "helpers.cli", *arguments]
    if os.name == "nt":  # there, exec starts another process, and the terminal does not wait for it
        return wait_for(command)
    os.execv(python, command)


def wait_for(command: list[str]) -> int:
    """The exit code of a command; Ctrl-C reaches it by itself, and we wait until it has tidied up."""
    import signal
    import subprocess

    process = subprocess.Popen(command)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    interrupted = False
    while True:
        try:
            code = process.wait()
            return 130 if interrupted else code if code >= 0 else 128 - code
        except KeyboardInterrupt:
            interrupted = True


def main(arguments: list[str], root: str = ROOT) -> int:
    """The exit code of the command: that of ``helpers.cli``, 2 for a wrong Python, 130 after Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    if not OLDEST <= sys.version_info[:2] < TOO_NEW:
        print(f"Il faut Python 3.11 à 3.14 (python.org), et celui-ci est le {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    # Children inherit both: UTF-8 everywhere, and bytecode is kept (without it each run is 2.8 times slower).
    os.environ["PYTHONUTF8"] = "1"
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if is_held(root):
        return hand_over(sys.executable, arguments)
    if condition(root) != "ready":
        if not arguments or BARE & set(arguments):
            os.environ["PYTHONPATH"] = os.path.join(root, "src")
            own = python_of(root)  # half-made or out of date, it is the one that doctor must look at
            return hand_over(own if os.path.exists(own) else sys.executable, arguments)
        try:
            with alone(root):
                install(root)
        except (SystemExit, OSError) as refusal:
            if arguments[0] not in READING or not works(root):
                raise
            print(f"{refusal}\nL’environnement précédent sert encore pour lire.", file=sys.stderr, flush=True)
            os.environ["PYTHONPATH"] = os.path.join(root, "src")
    if arguments[:1] == ["test"] and not BARE & set(arguments) and lacks_tests(root):
        with alone(root):
            add_tests(root)
    return hand_over(python_of(root), arguments)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("Installation interrompue\u202f; la même commande la recommencera.", file=sys.stderr)
        sys.exit(130)
    except OSError as error:
        sys.exit(f"{error.filename or error} est protégé ou ouvert ailleurs\u00a0: fermez JupyterLab, puis relancez.")
