"""Is this computer ready: each check is alone, whatever breaks is one line, and nothing tells whose computer it is."""

import getpass
import json
import os
import platform
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import pytest

from helpers import paths
from helpers.cli import diagnosis
from helpers.cli.diagnosis import GOOD, MISSING, NOTE
from helpers.system import BROWSER_VARIABLE


def test_this_computer_is_ready_in_a_few_seconds_and_its_owner_is_not_told():
    """For real: libraries loaded, a kernel started. 2 to 4 s on two cores at work."""
    started = time.perf_counter()
    found = diagnosis.diagnose()
    assert time.perf_counter() - started < 20
    assert [each.label for each in found] == list(diagnosis.CHECKS)
    assert [each for each in found if each.state == MISSING] == []
    text = "\n".join(f"{each.text} {each.remedy}" for each in found)
    known = {str(Path.home()), str(paths.repository()), str(paths.repository().parent), platform.node()} - {""}
    assert [word for word in known if word in text] == []
    assert getpass.getuser() == "root" or getpass.getuser() not in text


def test_it_needs_no_library():
    """In a Python without site-packages: missing pieces are lines, the exit code says so, nothing is a traceback."""
    given = {**os.environ, "PYTHONPATH": str(paths.repository() / "src"), "PYTHONUTF8": "1"}
    script = "import sys; sys.path = [p for p in sys.path if 'site-packages' not in p]\n"
    # Other programs, which have theirs: the test above starts them.
    script += "from helpers.cli import diagnosis; diagnosis._IMPORT = diagnosis._KERNEL = 'raise SystemExit(1)'\n"
    script += "from helpers import cli; sys.exit(cli.main(['doctor']))"
    done = subprocess.run([sys.executable, "-S", "-c", script], env=given, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "MANQUE   bibliothèques  absentes" in done.stdout and "À réparer" in done.stdout


def test_a_check_that_breaks_is_a_line(monkeypatch):
    monkeypatch.setattr(diagnosis, "CHECKS", {"a": lambda: 1 / 0, "b": lambda: diagnosis.Finding("b", GOOD, "")})
    first, second = diagnosis.diagnose()
    assert (first.label, first.state, first.text) == ("a", MISSING, "contrôle impossible (ZeroDivisionError)")
    assert second.state == GOOD


# --- libraries -------------------------------------------------------------------------------------------------------


@pytest.fixture
def installed(monkeypatch):
    """The versions that this Python is said to hold, those of the lock to begin with."""
    versions = {name: min(diagnosis._locked()[name.lower()]) for name in diagnosis._wanted()}
    monkeypatch.setattr(diagnosis, "_installed", versions.get)
    return versions


def test_the_libraries_of_the_lock_are_good(installed):
    found = diagnosis.versions()
    assert (found.state, found.text.startswith(f"les {len(installed)} du verrou, dont pandas {installed['pandas']}")) == (GOOD, True)


def test_another_version_is_to_be_noted_and_an_absent_library_to_be_repaired(installed):
    expected, installed["pandas"] = installed["pandas"], "1.0"
    found = diagnosis.versions()
    assert (found.state, found.text) == (NOTE, f"autres versions : pandas 1.0 (attendue : {expected})")
    del installed["tqdm"]
    found = diagnosis.versions()
    assert (found.state, found.text) == (MISSING, "absentes : tqdm")
    assert found.remedy.endswith("qui installe ce qui manque")


def test_the_lock_is_read_with_every_version_of_a_library_that_differs_between_pythons():
    locked = diagnosis._locked()
    assert len(locked) > 100
    assert len(locked["numpy"]) > 1


@pytest.mark.parametrize(("script", "state", "text"), [
    ("print('{}')", GOOD, "13 bibliothèques sur 13"),
    ("print('bruit'); print('{\"pandas\": \"ValueError\", \"tqdm\": null}')", MISSING, "là, mais ne se chargent pas : pandas (ValueError)"),
    ("print('{\"tqdm\": null}')", MISSING, "12 bibliothèques sur 13"),
    ("import os; os._exit(3)", MISSING, "Python s’arrête en les chargeant (code 3)"),
])
def test_a_library_that_breaks_or_brings_python_down_is_a_line(script, state, text, monkeypatch):
    monkeypatch.setattr(diagnosis, "_IMPORT", script)
    assert (diagnosis.loading().state, diagnosis.loading().text) == (state, text)


def test_a_broken_pandas_is_told_for_real(tmp_path, monkeypatch):
    (tmp_path / "pandas.py").write_text("raise ValueError('numpy.dtype size changed')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.setattr(diagnosis, "LOADED", ["json", "pandas", "absente"])
    done = diagnosis.loading()
    assert (done.state, done.text) == (MISSING, "là, mais ne se chargent pas : pandas (ValueError)")


@pytest.mark.parametrize("script", ["raise SystemExit(1)", "print('3')", "import os; os._exit(9)"])
def test_a_kernel_that_does_not_answer_is_told(script, monkeypatch):
    monkeypatch.setattr(diagnosis, "_KERNEL", script)
    assert diagnosis.kernel().state == MISSING


def test_a_kernel_that_hangs_is_told(monkeypatch):
    monkeypatch.setattr(diagnosis, "_KERNEL", "import time; time.sleep(60)")
    monkeypatch.setattr(diagnosis, "_TIMEOUT_S", 0.2)
    monkeypatch.setattr(diagnosis, "CHECKS", {"noyau Jupyter": diagnosis.kernel})
    assert diagnosis.diagnose()[0].text == "contrôle impossible (TimeoutExpired)"


def test_the_language_of_jupyterlab_is_told(monkeypatch):
    versions = {"jupyterlab": "4.6", diagnosis.LANGUAGE_PACK: "4.5"}
    monkeypatch.setattr(diagnosis, "_installed", lambda name: versions.get(name))
    assert diagnosis.language().text == "4.6, en français"
    del versions[diagnosis.LANGUAGE_PACK]
    assert (diagnosis.language().state, diagnosis.language().text) == (NOTE, "4.6, sans traduction française")
    del versions["jupyterlab"]
    assert diagnosis.language().text == "absent"


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


@pytest.mark.parametrize(("folder", "said"), [
    ("OneDrive - Une association/alses", "synchronisé par OneDrive"), ("Dropbox/alses", "synchronisé par Dropbox"),
    ("Library/Mobile Documents/alses", "synchronisé par iCloud"), ("Documents/alses", "sur cet ordinateur"),
])
def test_a_synchronised_folder_is_noted_without_telling_its_path(folder, said, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "repository", lambda: tmp_path / folder)
    monkeypatch.setattr(diagnosis, "_network", lambda _: False)
    found = diagnosis.place()
    assert found.text == f"« alses », {said}"
    assert (found.state == NOTE, bool(found.remedy)) == ((said != "sur cet ordinateur"),) * 2


@pytest.mark.skipif(os.name == "nt", reason="les montages de Linux")
@pytest.mark.parametrize(("kind", "shared"), [("cifs", True), ("nfs4", True), ("fuse.sshfs", True), ("ext4", False), ("tmpfs", False)])
def test_a_network_share_is_told_by_the_innermost_mount(kind, shared, monkeypatch):
    mounts = f"/dev/a / ext4 rw 0 0\nserveur /mnt/partage\\040commun {kind} rw 0 0\n"
    monkeypatch.setattr(Path, "is_file", lambda _: True)
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: mounts)
    assert diagnosis._network(Path("/mnt/partage commun/alses")) is shared
    assert diagnosis._network(Path("/mnt/ailleurs")) is False


@pytest.mark.parametrize(("length", "state"), [(80, GOOD), (120, NOTE)])
def test_a_path_too_long_for_windows_is_noted(length, state, monkeypatch):
    monkeypatch.setattr(diagnosis, "os", SimpleNamespace(name="nt"))
    monkeypatch.setattr(diagnosis, "_network", lambda _: False)
    monkeypatch.setattr(paths, "repository", lambda: Path("x" * length))
    assert diagnosis.place().state == state


def test_a_folder_that_refuses_is_named_and_one_that_is_not_there_yet_is_tried_by_its_parent(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path))
    assert diagnosis.writing().state == GOOD
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(diagnosis.tempfile, "TemporaryFile", lambda dir: (_ for _ in ()).throw(PermissionError()))
    found = diagnosis.writing()
    assert (found.state, found.text) == (MISSING, "refusée dans data/processed, reports")


@pytest.mark.parametrize(("free", "state"), [(99_000_000, MISSING), (1_000_000_000, NOTE), (2_000_000_000, GOOD)])
def test_a_full_disk_is_told(free, state, monkeypatch):
    monkeypatch.setattr(diagnosis.shutil, "disk_usage", lambda _: namedtuple("Usage", "free")(free))
    assert diagnosis.disk().state == state


@pytest.mark.parametrize("error", [FileNotFoundError(), subprocess.TimeoutExpired("git", 10), subprocess.CalledProcessError(1, "git")])
def test_git_is_optional(error, monkeypatch):
    monkeypatch.setattr(diagnosis.subprocess, "run", lambda *_, **__: (_ for _ in ()).throw(error))
    assert (diagnosis.git().state, diagnosis.git().text) == (NOTE, "absent")


def test_a_terminal_that_loses_accents_is_noted(monkeypatch):
    monkeypatch.setattr(diagnosis, "sys", SimpleNamespace(stdout=SimpleNamespace(encoding="cp850"), getfilesystemencoding=lambda: "utf-8"))
    assert (diagnosis.encoding().state, "terminal cp850" in diagnosis.encoding().text) == (NOTE, True)


def test_the_years_are_told(data_root, tmp_path, monkeypatch):
    assert diagnosis.years().text == "2031, 2032"
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path / "vide"))
    assert (diagnosis.years().state, diagnosis.years().remedy) == (MISSING, "déposez-y un dossier par année")


def test_every_finding_can_be_pasted():
    """Words and not signs, on one line each."""
    found = [check() for label, check in diagnosis.CHECKS.items() if label not in ("chargement", "noyau Jupyter")]
    assert {each.state for each in found} <= {"bien", "à noter", "MANQUE"}
    assert json.dumps([each.text for each in found]).count("\\n") == 0


def test_the_browser_of_the_pdf_is_told_and_its_absence_is_no_fault(monkeypatch):
    monkeypatch.setenv(BROWSER_VARIABLE, sys.executable)
    assert diagnosis.browser() == diagnosis.Finding("navigateur", GOOD, Path(sys.executable).stem)
    monkeypatch.setattr(diagnosis, "find_browser", lambda: None)
    assert (diagnosis.browser().state, diagnosis.browser().remedy) == (NOTE, "facultatif : sans Chromium, Chrome ni Edge, le PDF s’imprime à la main depuis la page")


def test_a_browser_that_is_named_and_absent_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv(BROWSER_VARIABLE, str(tmp_path / "rien"))
    assert (diagnosis.browser().state, diagnosis.browser().remedy) == (MISSING, "corrigez-la")
