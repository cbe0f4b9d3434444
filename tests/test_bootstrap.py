"""What alses.py decides, with a fake runner in a temporary folder: nothing is installed, no network."""

import ast
import importlib.util
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "alses.py"

CLI = """\
import os, sys
print(sys.executable, os.environ["PYTHONUTF8"], "PYTHONDONTWRITEBYTECODE" in os.environ, sys.argv[2:])
sys.exit(int(sys.argv[1]))
"""


@pytest.fixture
def alses(monkeypatch):
    """The script as a module; the environment variables that it sets are put back afterwards."""
    monkeypatch.setenv("PYTHONUTF8", "1")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    spec = importlib.util.spec_from_file_location("alses_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def root(tmp_path):
    """A project in a folder with a space and an accent, without an environment."""
    folder = tmp_path / "Données ALSES"
    (folder / "src" / "helpers").mkdir(parents=True)
    (folder / "src" / "helpers" / "__init__.py").touch()
    (folder / "src" / "helpers" / "cli.py").write_text(CLI, encoding="utf-8")
    (folder / "requirements").mkdir()
    (folder / "requirements" / "report.lock").write_text("babel==2.18.0\n", encoding="utf-8")
    (folder / "requirements" / "test.lock").write_text("pytest==9.2.0\n", encoding="utf-8")
    (folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return folder


@pytest.fixture
def steps(alses, monkeypatch):
    """The steps that the script would run, as text; ``steps.fails`` maps a part of one to what it prints in failing."""
    made = SimpleNamespace(commands=[], stamps=[], fails={}, works=False)

    def run(command, root):
        text = " ".join(command)
        made.commands.append(text)
        (root / ".venv").mkdir(exist_ok=True)
        stamp = root / ".venv" / alses.STAMP
        made.stamps.append(stamp.read_text(encoding="utf-8") if stamp.exists() else None)
        return next(((1, output) for part, output in made.fails.items() if part in text), (0, ""))

    monkeypatch.setattr(alses, "run", run)
    monkeypatch.setattr(alses, "python_of", lambda _: sys.executable)  # as if .venv had a sound Python
    monkeypatch.setattr(alses, "works", lambda _: made.works)
    return made


def complete(alses, root):
    """Leave the environment as a finished installation does, with a file of its own in it."""
    (root / ".venv").mkdir()
    (root / ".venv" / "trace").touch()
    (root / ".venv" / "pyvenv.cfg").write_text("version = 3.13\n", encoding="utf-8")
    (root / ".venv" / alses.STAMP).write_text(alses.expected_stamp(root), encoding="utf-8")


def test_it_parses_on_an_old_python_and_its_bounds_are_those_of_the_project(alses):
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 8))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounds = SpecifierSet(project["requires-python"])
    served = {(3, minor) for minor in range(30) if bounds.contains(f"3.{minor}.0")}
    assert served == {(3, minor) for minor in range(30) if alses.OLDEST <= (3, minor) < alses.TOO_NEW}


@pytest.mark.parametrize("version", [(3, 10, 13), (3, 15, 0)])
def test_a_python_out_of_bounds_gets_a_sentence(alses, root, steps, monkeypatch, capsys, version):
    monkeypatch.setattr(sys, "version_info", version)
    assert alses.main(["run"], root) == 2
    assert capsys.readouterr().err.startswith("Il faut Python 3.11 à 3.14")
    assert steps.commands == []


def test_the_state_of_an_environment_is_read_from_its_stamp(alses, root, steps, monkeypatch):
    complete(alses, root)
    stamp, lock = root / ".venv" / alses.STAMP, root / "requirements/report.lock"
    full = stamp.read_text(encoding="utf-8")
    assert alses.condition(root) == "ready"
    for path in (lock, root / "pyproject.toml"):
        before = path.read_bytes()
        path.write_text("autre", encoding="utf-8")
        assert alses.condition(root) == "stale"
        path.write_bytes(before)
    for text in ("", "en cours"):  # half made
        stamp.write_text(text, encoding="utf-8")
        assert alses.condition(root) == "absent"
    stamp.write_text(f"{full} un-mot-de-plus", encoding="utf-8")  # of version 0.9
    assert alses.condition(root) == "ready"
    moved = root.rename(root.with_name("ailleurs"))
    assert alses.condition(moved) == "moved"
    (moved / "requirements/report.lock").write_text("babel==2.18.1\n", encoding="utf-8")
    assert alses.condition(moved) == "absent"
    monkeypatch.setattr(alses, "python_of", lambda root: str(root / ".venv" / "bin" / "python"))  # it is gone
    assert alses.condition(moved) == "absent"


POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows attend la commande, et y demande chaque fois à Python qui il est")


@POSIX
@pytest.mark.parametrize(("name", "is_changed"), [("python3.13", False), ("3.13.2/python3.13", False), ("python3.14", True), ("python3", False)])
def test_a_python_is_known_by_its_name_else_by_what_made_the_environment_and_never_started(alses, root, name, is_changed):
    """Linux and Homebrew change where the link of .venv leads: an update of the same version keeps the libraries."""
    link = root / ".venv/bin/python"
    link.parent.mkdir(parents=True)
    (root / ".venv/pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.13.1\n", encoding="utf-8")
    for each in ("python3.13", name):
        (root / each).parent.mkdir(exist_ok=True)
        (root / each).touch()
    link.symlink_to(root / "python3.13")
    alses.write_stamp(root, alses.expected_stamp(root))
    assert alses.condition(root) == "ready"
    link.unlink()
    link.symlink_to(root / name)
    assert alses.condition(root) == ("absent" if is_changed else "ready")


def test_an_installation_runs_its_steps_in_order_and_stamps_the_last(alses, root, steps):
    """Anew over one that is half made; in place once it only has to be updated."""
    complete(alses, root)
    alses.write_stamp(root, "en cours")
    alses.install(root)
    venv, pip, lock, package, compiled = steps.commands
    assert venv.endswith("-m venv .venv") and pip.endswith("-m pip --version") and compiled.endswith("-m compileall -q src")
    assert "--compile" in lock and lock.endswith("--only-binary=:all: --require-hashes -r requirements/report.lock")
    assert package.endswith("--no-deps --no-build-isolation -e .")
    assert steps.stamps == [None, *["en cours"] * 4] and not (root / ".venv" / "trace").exists()
    assert alses.condition(root) == "ready"
    (root / ".venv" / "trace").touch()
    (root / "requirements/report.lock").write_text("babel==2.18.1\n", encoding="utf-8")
    steps.commands.clear()
    alses.install(root)
    assert [command for command in steps.commands if "venv .venv" in command] == [] and (root / ".venv" / "trace").exists()
    steps.commands.clear()
    alses.install(root)  # made meanwhile by another start
    assert (alses.condition(root), steps.commands) == ("ready", [])


OFFLINE = "WARNING: Retrying after connection broken by\nERROR: No matching distribution"


def outdate(alses, root):
    """As after another Python took the place of the one that made the environment."""
    complete(alses, root)
    stamp = root / ".venv" / alses.STAMP
    stamp.write_text(" ".join(["autre", *stamp.read_text(encoding="utf-8").split()[1:2], "cpython-39"]), encoding="utf-8")


def left(root) -> list[str]:
    """The environments that are there, the former one marked by its trace."""
    return sorted(f"{path.name}, former" if (path / "trace").exists() else path.name for path in root.glob(".venv*"))


def test_what_works_is_there_again_when_what_replaces_it_cannot_be_made(alses, root, steps, monkeypatch):
    outdate(alses, root)
    steps.works, steps.fails = True, {"report.lock": OFFLINE}
    with pytest.raises(SystemExit, match="le réseau ne répond pas"):
        alses.install(root)
    assert left(root) == [".venv, former"]
    with monkeypatch.context() as killed, pytest.raises(SystemExit):  # while pip works: nothing is tidied up
        killed.setattr(alses, "put_back", lambda _: None)
        alses.install(root)
    assert left(root) == [".venv", ".venv.ancien, former"]
    with pytest.raises(SystemExit):
        alses.install(root)
    assert left(root) == [".venv, former"]
    steps.fails = {}
    alses.install(root)
    assert (left(root), alses.condition(root)) == ([".venv"], "ready")


@pytest.mark.parametrize(("verb", "is_read"), [("verify", True), ("status", True), ("run", False)])
def test_what_only_reads_still_runs_when_the_new_one_cannot_be_made(alses, root, steps, monkeypatch, capsys, verb, is_read):
    outdate(alses, root)
    steps.works, steps.fails = True, {"report.lock": OFFLINE}
    monkeypatch.setattr(alses, "hand_over", lambda python, arguments: (arguments, os.environ["PYTHONPATH"]))
    monkeypatch.setenv("PYTHONPATH", "")
    if is_read:
        assert alses.main([verb], root) == ([verb], str(root / "src"))
        assert "le réseau ne répond pas" in (told := capsys.readouterr().err) and "sert encore pour lire" in told
    else:
        with pytest.raises(SystemExit, match="le réseau ne répond pas"):
            alses.main([verb], root)


def test_a_moved_environment_follows_without_the_network(alses, root, steps, monkeypatch):
    """Its scripts bear the new place, and the package is linked anew; nothing is downloaded."""
    complete(alses, root)
    scripts, old = root / "bin", root / ".venv"
    scripts.mkdir()
    (scripts / "jupyter").write_text(f"#!{old}/bin/python\nprint()\n", encoding="utf-8")
    (scripts / "jupyter").chmod(0o755)
    (old / "pyvenv.cfg").write_text(f"version = 3.13\ncommand = python3 -m venv --without-pip {old}\n", encoding="utf-8")
    alses.write_stamp(root, alses.expected_stamp(root))
    moved = root.rename(root.with_name("L'été ailleurs"))
    monkeypatch.setattr(alses, "python_of", lambda root: str(root / "bin" / "python"))
    monkeypatch.setattr(alses, "tag_of", lambda _: sys.implementation.cache_tag)
    steps.works = True
    alses.install(moved)
    assert (moved / "bin" / "jupyter").read_text(encoding="utf-8").startswith(f"#!{moved}/.venv/bin/python\n")
    assert os.access(moved / "bin" / "jupyter", os.X_OK)
    assert [command.partition("-m pip ")[2] for command in steps.commands] == [
        "--version", "install --no-input --disable-pip-version-check --no-deps --no-build-isolation -e .",
    ]  # fmt: skip
    assert (moved / ".venv" / "trace").exists() and alses.condition(moved) == "ready"


def test_without_ensurepip_the_pip_of_the_running_python_installs_and_what_it_lacks_is_named(alses, root, steps, monkeypatch):
    for part, what in (("-m pip --version", "pip"), ("-m venv", "le module venv")):
        steps.fails = {part: "No module named"}
        with pytest.raises(SystemExit, match=f"^Il manque {what} à ce Python. .*sudo apt install python3-pip python3-venv"):
            alses.install(root)
    monkeypatch.setattr(alses, "python_of", lambda _: str(Path(sys.executable).with_name("autre")))
    monkeypatch.setattr(alses, "expected_stamp", lambda *_: "une empreinte")
    steps.fails = {"-m venv .venv": "ensurepip is not available", "autre -m pip": "No module named pip"}
    steps.commands.clear()
    alses.install(root)
    assert [command.endswith("-m venv --without-pip .venv") for command in steps.commands[:2]] == [False, True]
    outer = f"{alses.outer_python(root)} -m pip --python {alses.python_of(root)} install"
    assert [command.startswith(outer) for command in steps.commands[-3:-1]] == [True, True]


@pytest.mark.parametrize(("output", "cause"), [
    (OFFLINE, "le réseau ne répond pas"), ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "n’est pas celui qui était attendu"),
    ("due to an OSError: [Errno 28] No space left", "le disque est plein"), ("due to an OSError: [WinError 32]", "ouvert ailleurs"),
    ("due to an OSError: [Errno 2]\nHINT: Windows Long Path support", "un chemin est trop long"), ("SSLError(SSLCert", "un certificat inconnu"),
    ("ERROR: No matching distribution found for babel", "un paquet n’existe pas pour ce Python"), ("inattendu", "la cause se lit ci-dessous"),
])  # fmt: skip
def test_a_failed_installation_says_why_and_is_to_be_redone(alses, root, steps, output, cause):
    steps.fails = {"report.lock": "début\n" * 100 + output}
    with pytest.raises(SystemExit) as stopped:
        alses.install(root)
    assert stopped.value.code.startswith("L’installation a échoué\u00a0:")
    assert cause in stopped.value.code
    assert stopped.value.code.endswith(output)
    assert len(stopped.value.code.splitlines()) < 20
    assert alses.condition(root) == "absent"


@pytest.mark.parametrize("arguments", [[], ["-h"], ["--help"], ["run", "--help"], ["--version"], ["doctor"]])
def test_what_needs_no_library_installs_nothing(alses, root, steps, monkeypatch, arguments):
    """A half-made environment, if there is one, is what doctor must look at."""
    monkeypatch.setattr(alses, "hand_over", lambda python, arguments: (python, arguments, os.environ["PYTHONPATH"]))
    monkeypatch.setenv("PYTHONPATH", "")
    assert alses.main(arguments, root) == (sys.executable, arguments, str(root / "src"))
    assert steps.commands == []
    assert not (root / ".venv").exists()
    own = root / "python à moitié fait"
    own.touch()
    monkeypatch.setattr(alses, "python_of", lambda _: str(own))
    assert alses.main(arguments, root)[0] == str(own)


def test_an_environment_that_holds_the_package_is_used_as_it_is(root):
    """For real: this Python has the libraries, PYTHONPATH gives it the project's package, as conda's would."""
    (root / "alses.py").write_bytes(SCRIPT.read_bytes())
    given = {**os.environ, "PYTHONPATH": str(root / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(root / "alses.py"), "7", "été", "a b"]
    answer = subprocess.run(command, env=given, capture_output=True, encoding="utf-8", check=False)
    assert answer.returncode == 7
    assert answer.stdout == f"{sys.executable} 1 False ['été', 'a b']\n"
    assert not (root / ".venv").exists()


@pytest.mark.parametrize("lacking", ["helpers", "papermill", "the right folder"])
def test_an_environment_that_lacks_something_is_not_used(alses, root, monkeypatch, lacking):
    place = root.with_name("autre copie") if lacking == "the right folder" else root
    origin = SimpleNamespace(origin=str(place / "src" / "helpers" / "__init__.py"))
    monkeypatch.setattr("importlib.machinery.PathFinder.find_spec", lambda name: None if name == lacking else origin)
    assert not alses.is_held(root)


@pytest.mark.parametrize(("waits", "code"), [([0], 0), ([3], 3), ([-15], 143), ([KeyboardInterrupt, 0], 130)])
def test_windows_passes_the_exit_code_on(alses, monkeypatch, waits, code):
    answers = iter(waits)

    def wait():
        answer = next(answers)
        if answer is KeyboardInterrupt:
            raise answer
        return answer

    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("subprocess.Popen", lambda command: SimpleNamespace(wait=wait, command=command))
    monkeypatch.setattr(alses, "os", SimpleNamespace(name="nt"))
    assert alses.hand_over(sys.executable, ["status"]) == code


def test_a_second_start_waits_and_says_so(alses, root, monkeypatch, capsys):
    first = alses.alone(root)
    monkeypatch.setattr("time.sleep", lambda _: first.close())
    with alses.alone(root) as second:
        assert not second.closed
    assert capsys.readouterr().err == "Une installation est déjà en cours\u00a0: attente de sa fin…\n"


def test_the_link_to_the_sources_can_be_read_in_any_language(alses, tmp_path):
    # Python 3.11 reads it in the language of the terminal, and stops before anything if an accent cannot be read.
    root = tmp_path / "Neuf d'été [1]"
    link = root / ".venv/lib/python3.11/site-packages/__editable__.alses-1.0.pth"
    link.parent.mkdir(parents=True)
    link.write_text(f"{root}/src\n", encoding="utf-8")
    alses.link_relatively(str(root))
    assert link.read_bytes().isascii()
    assert (link.parent / link.read_text(encoding="ascii").strip()).resolve() == root / "src"
