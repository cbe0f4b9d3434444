"""Is this computer ready: each check is alone, whatever breaks is one line, and nothing tells whose computer it is."""

import getpass
import os
import platform
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import pytest

from helpers import paths
from helpers.cli import tools as diagnosis
from helpers.cli.tools import GOOD, MISSING, NOTE, Finding
from helpers.system import BROWSER_VARIABLE


def test_this_computer_is_ready_and_its_owner_is_not_named():
    """For real: libraries loaded, a kernel started; words on one line each, to be pasted into a mail."""
    findings = diagnosis.diagnose()
    assert [label for label, each in findings.items() if each.state == MISSING] == []
    text = "\n".join(f"{each.text} {each.remedy}" for each in findings.values())
    assert text.count("\n") == len(diagnosis.CHECKS) - 1
    known = {str(Path.home()), str(paths.repository()), str(paths.repository().parent), platform.node()} - {""}
    assert [word for word in known if word in text] == []
    assert getpass.getuser() == "root" or getpass.getuser() not in text


def test_it_needs_no_library():
    """In a Python without site-packages: missing pieces are lines, the exit code says so, nothing is a traceback."""
    given = {**os.environ, "PYTHONPATH": str(paths.repository() / "src"), "PYTHONUTF8": "1"}
    script = "import sys; sys.path = [p for p in sys.path if 'site-packages' not in p]\n"
    # Another program, which has its own: the test above starts it.
    script += "from helpers.cli import tools; tools._KERNEL = 'raise SystemExit(1)'\n"
    script += "from helpers import cli; sys.exit(cli.main(['doctor']))"
    done = subprocess.run([sys.executable, "-S", "-c", script], env=given, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "MANQUE   bibliothèques  absentes" in done.stdout and "À réparer" in done.stdout


def test_a_check_that_breaks_or_hangs_is_a_line(monkeypatch):
    monkeypatch.setattr(diagnosis, "_KERNEL", "import time; time.sleep(60)")
    monkeypatch.setattr(diagnosis, "_TIMEOUT_S", 0.2)
    checks = {"a": lambda: 1 / 0, "b": lambda: Finding(GOOD, ""), "c": diagnosis.kernel}
    monkeypatch.setattr(diagnosis, "CHECKS", checks)
    broken = "contrôle impossible (ZeroDivisionError)", "", "contrôle impossible (TimeoutExpired)"
    assert [each[:2] for each in diagnosis.diagnose().values()] == list(zip((MISSING, GOOD, MISSING), broken, strict=True))


# --- libraries -------------------------------------------------------------------------------------------------------


def test_a_library_that_is_absent_or_of_another_version_than_in_the_lock_is_named(monkeypatch):
    locked = diagnosis._locked()
    assert len(locked) > 100 and len(locked["numpy"]) > 1  # one for each Python
    installed = {name: min(locked[name.lower()]) for name in diagnosis._wanted()}
    monkeypatch.setattr(diagnosis, "_installed", installed.get)
    good = diagnosis.versions()
    assert (good.state, good.text.startswith(f"les {len(installed)} du verrou, dont pandas {installed['pandas']}")) == (GOOD, True)
    expected, installed["pandas"] = installed["pandas"], "1.0"
    assert diagnosis.versions()[:2] == (NOTE, f"autres versions : pandas 1.0 (attendue : {expected})")
    del installed["tqdm"]
    state, text, remedy = diagnosis.versions()
    assert (state, text, remedy.endswith("qui installe ce qui manque")) == (MISSING, "absentes : tqdm", True)


@pytest.mark.parametrize(("script", "state", "text"), [
    ("print('bruit'); print('chargées')", GOOD, "démarre et charge les "), ("print('sans tqdm (ModuleNotFoundError)')", MISSING, "démarre, sans tqdm (ModuleNotFoundError)"),
    ("import os; os._exit(3)", MISSING, "ne démarre pas, ou s’arrête en chargeant"),
])  # fmt: skip
def test_a_library_that_is_lacking_or_brings_python_down_is_a_line(script, state, text, monkeypatch):
    monkeypatch.setattr(diagnosis, "_KERNEL", script)
    answer = diagnosis.kernel()
    assert (answer.state, answer.text.startswith(text)) == (state, True)


def test_what_does_not_load_is_named_with_its_error(tmp_path, monkeypatch, capsys):
    (tmp_path / "cassee.py").write_text("raise ValueError('numpy.dtype size changed')", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    exec(diagnosis._IMPORT.format(names=["json", "cassee", "absente"]), {})
    assert capsys.readouterr().out == "sans cassee (ValueError), absente (ModuleNotFoundError)\n"


def test_the_environment_in_use_is_named_with_its_own_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "repository", lambda: tmp_path)
    assert diagnosis.environment().state == NOTE
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    assert (diagnosis.environment().state, "supprimez le dossier .venv" in diagnosis._rebuild()) == (GOOD, True)
    conda = tmp_path / "conda"
    (conda / "conda-meta").mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(conda))
    assert (diagnosis.environment().text, diagnosis._rebuild()) == ("conda", "conda env update -f environment.yml")
    monkeypatch.setattr(diagnosis, "_installed", lambda _: None)
    assert diagnosis.environment().state == MISSING


@pytest.mark.parametrize(("minor", "state"), [(10, MISSING), (11, GOOD), (14, GOOD), (15, MISSING)])
def test_python_must_be_one_that_the_project_serves(minor, state, monkeypatch):
    monkeypatch.setattr(sys, "version_info", SimpleNamespace(major=3, minor=minor))
    assert diagnosis.python().state == state


# --- the machine -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("folder", "where"), [
    ("OneDrive - Une association/alses", "synchronisé (onedrive)"), ("Library/Mobile Documents/alses", "synchronisé (mobile documents)"),
    ("Documents/alses", "sur cet ordinateur"),
])  # fmt: skip
def test_a_synchronised_folder_is_noted_without_its_path(folder, where, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "repository", lambda: tmp_path / folder)
    state, text, remedy = diagnosis.place()
    assert (text, state == NOTE, bool(remedy)) == (f"« alses », {where}", *((where != "sur cet ordinateur"),) * 2)


@pytest.mark.parametrize(("length", "state"), [(90, GOOD), (91, NOTE)])
def test_a_path_too_long_for_windows_is_noted(length, state, monkeypatch):
    monkeypatch.setattr(diagnosis, "os", SimpleNamespace(name="nt"))
    monkeypatch.setattr(diagnosis, "_network", lambda _: False)
    monkeypatch.setattr(paths, "repository", lambda: Path("x" * length))
    assert diagnosis.place().state == state


def test_a_folder_that_refuses_is_named_and_one_that_is_not_there_yet_is_tried_by_its_parent(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path))
    assert (diagnosis.writing().state, list(tmp_path.iterdir())) == (GOOD, [])
    monkeypatch.setattr("tempfile.TemporaryFile", lambda dir: (_ for _ in ()).throw(PermissionError()))
    assert diagnosis.writing()[:2] == (MISSING, "refusée dans data/processed, reports")


@pytest.mark.parametrize(("free", "state"), [(99_000_000, MISSING), (100_000_000, NOTE), (1_500_000_000, GOOD)])
def test_a_full_disk_is_missing_space(free, state, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: namedtuple("Usage", "free")(free))
    assert diagnosis.disk().state == state


def test_the_years_are_listed(data_root, tmp_path, monkeypatch):
    assert diagnosis.years().text == "2031, 2032"
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path / "vide"))
    assert diagnosis.years() == (MISSING, "aucune dans data/raw", "déposez-y un dossier par année")


def test_the_browser_of_the_pdf_is_named_and_its_absence_is_no_fault(tmp_path, monkeypatch):
    monkeypatch.setenv(BROWSER_VARIABLE, sys.executable)
    assert diagnosis.browser() == (GOOD, Path(sys.executable).stem, "")
    monkeypatch.setenv(BROWSER_VARIABLE, str(tmp_path / "rien"))
    assert (diagnosis.browser().state, diagnosis.browser().remedy) == (MISSING, "corrigez-la")
    monkeypatch.setattr("helpers.system.find_browser", lambda: None)
    assert diagnosis.browser().state == NOTE
