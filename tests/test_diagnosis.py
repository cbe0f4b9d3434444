"""Is this computer ready: each check is alone, whatever breaks is one line, and nothing tells whose computer it is."""

import getpass
import os
import platform
import runpy
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from conftest import long
from helpers import paths
from helpers.cli import tools as diagnosis
from helpers.cli.tools import GOOD, MISSING, NOTE, Finding
from helpers.system import BROWSER_VARIABLE


@long
def test_this_computer_is_ready_and_its_owner_is_not_named():
    """For real: libraries loaded, a kernel started; words on one line each, to be pasted into a mail."""
    findings = diagnosis.diagnose()
    assert [label for label, each in findings.items() if each.state == MISSING] == []
    text = "\n".join(f"{each.text} {each.remedy}" for each in findings.values())
    assert text.count("\n") == len(diagnosis.CHECKS) - 1
    known = {str(Path.home()), str(paths.repository()), str(paths.repository().parent), platform.node()} - {""}
    assert [word for word in known if word in text] == []
    assert getpass.getuser() == "root" or getpass.getuser() not in text


def test_it_needs_no_library_and_neither_does_the_help():
    """In a Python without site-packages: missing pieces are lines, the exit code says so, nothing is a traceback."""
    given = {**os.environ, "PYTHONPATH": str(paths.repository() / "src"), "PYTHONUTF8": "1"}
    script = "import sys; sys.path = [p for p in sys.path if 'site-packages' not in p]\n"
    # Another program, which has its own: the test above starts it.
    script += "from helpers.cli import tools; tools._KERNEL = 'raise SystemExit(1)'\n"
    script += "from helpers import cli\ntry: cli.main(['run', '--help'])\nexcept SystemExit: sys.exit(cli.main(['doctor']))"
    done = subprocess.run([sys.executable, "-S", "-c", script], env=given, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "--year" in done.stdout and "MANQUE   bibliothèques  absentes" in done.stdout and "À réparer" in done.stdout


def test_a_check_that_breaks_or_hangs_is_a_line(monkeypatch):
    monkeypatch.setattr(diagnosis, "_KERNEL", "import time; time.sleep(60)")
    monkeypatch.setattr(diagnosis, "_TIMEOUT_S", 0.2)
    checks = {"a": lambda: 1 / 0, "b": lambda: Finding(GOOD, ""), "c": diagnosis.kernel}
    monkeypatch.setattr(diagnosis, "CHECKS", checks)
    broken = "contrôle impossible (ZeroDivisionError)", "", "contrôle impossible (TimeoutExpired)"
    assert [each[:2] for each in diagnosis.diagnose().values()] == list(zip((MISSING, GOOD, MISSING), broken, strict=True))


@pytest.mark.parametrize(("script", "state", "text"), [
    ("print('bruit'); print('chargées')", GOOD, "démarre et charge les "), ("print('sans tqdm (ModuleNotFoundError)')", MISSING, "démarre, sans tqdm (ModuleNotFoundError)"),
    ("import os; os._exit(3)", MISSING, "ne démarre pas, ou s’arrête en chargeant"),
])  # fmt: skip
def test_a_library_that_is_lacking_or_brings_python_down_is_a_line(script, state, text, monkeypatch):
    monkeypatch.setattr(diagnosis, "_KERNEL", script)
    answer = diagnosis.kernel()
    assert (answer.state, answer.text.startswith(text)) == (state, True)


def test_the_environment_in_use_is_named_with_its_own_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "repository", lambda: tmp_path)
    assert diagnosis.environment().state == NOTE
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    assert (diagnosis.environment().state, "supprimez le dossier .venv" in diagnosis._rebuild()) == (GOOD, True)
    with runpy.run_path(str(Path(__file__).parents[1] / "alses.py"))["alone"](str(tmp_path)):  # in another window
        assert diagnosis._rebuild() == "attendez la fin de l’installation en cours, puis relancez doctor"
    conda = tmp_path / "conda"
    (conda / "conda-meta").mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(conda))
    assert (diagnosis.environment().text, diagnosis._rebuild()) == ("conda", "conda env update -f environment.yml")
    monkeypatch.setattr(diagnosis, "_installed", lambda _: None)
    assert diagnosis.environment().state == MISSING


def test_a_folder_that_refuses_is_named_and_one_that_is_not_there_yet_is_tried_by_its_parent(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path))
    assert (diagnosis.writing().state, list(tmp_path.iterdir())) == (GOOD, [])
    monkeypatch.setattr("tempfile.TemporaryFile", lambda dir: (_ for _ in ()).throw(PermissionError()))
    assert diagnosis.writing()[:2] == (MISSING, "refusée dans data/processed, reports")


@pytest.mark.parametrize(("free", "state"), [(99_000_000, MISSING), (100_000_000, NOTE), (1_500_000_000, GOOD)])
def test_a_full_disk_is_missing_space(free, state, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: namedtuple("Usage", "free")(free))
    assert diagnosis.disk().state == state


def test_the_browser_of_the_pdf_is_named_and_its_absence_is_no_fault(tmp_path, monkeypatch):
    monkeypatch.setenv(BROWSER_VARIABLE, sys.executable)
    assert diagnosis.browser() == (GOOD, Path(sys.executable).stem, "")
    monkeypatch.setenv(BROWSER_VARIABLE, str(tmp_path / "rien"))
    assert (diagnosis.browser().state, diagnosis.browser().remedy) == (MISSING, "corrigez-la")
    monkeypatch.setattr("helpers.system.find_browser", lambda: None)
    assert diagnosis.browser().state == NOTE
