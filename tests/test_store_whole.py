"""What is kept beside an export is there whole or as it was: killed in the middle, protected folder, two at once."""

import os
import signal
import subprocess
import sys
import time

import pytest

from helpers import data, paths, system
from helpers.schema import DataError
from helpers.system import atomic_write
from small_export import write_export


def freeze() -> None:
    data.freeze_exports(2033, data.read_export(2033).rows)


def left(folder) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith(".partiel")]


def test_a_block_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "carte.json"
    path.write_text("avant", encoding="utf-8")
    with pytest.raises(OSError), atomic_write(path) as beside:
        beside.write_text("moit", encoding="utf-8")
        raise OSError(28, "plein")
    assert [each.read_text(encoding="utf-8") for each in tmp_path.iterdir()] == ["avant"]


def test_what_a_killed_program_left_goes_once_nobody_can_be_writing_it(tmp_path):
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    path, running = tmp_path / "carte.json", os.getppid()
    old, new, gone = (tmp_path / f".{name}.partiel" for name in (f"carte.json.{running}", "carte.json.1", f"carte.json.{ended.pid}"))
    for each in (old, new, gone):
        each.write_text("moit", encoding="utf-8")
    os.utime(old, (time.time() - system._LEFT_SECONDS - 60,) * 2)
    with atomic_write(path) as beside:
        beside.write_text("entier", encoding="utf-8")
    left = {path.name, new.name, gone.name} if os.name == "nt" else {path.name, new.name}
    assert {each.name for each in tmp_path.iterdir()} == left


def test_a_card_that_cannot_be_written_is_one_sentence(data_root, monkeypatch):
    write_export(data_root)

    def refuse(path, *given, **more):
        raise PermissionError(13, "protégé", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.write_text", refuse)
        with pytest.raises(DataError, match=r"^Impossible d’écrire data/raw/2033/carte_export\.json, .* relancez\.$"):
            freeze()
    assert not (paths.raw(2033) / "carte_export.json").exists() and left(paths.raw(2033)) == []
    freeze()
    assert data.is_frozen(2033)


KILLED = """
import os, signal
from pathlib import Path
from helpers import data
written = Path.write_bytes
def half(path, content):
    written(path, content[: len(content) // 2])
    os.kill(os.getpid(), signal.SIGKILL)
rows = data.read_export(2033)
Path.write_bytes = half
data.save_persons(rows.cleaned)
"""
def program(text: str) -> subprocess.CompletedProcess:
    command, environment = [sys.executable, "-c", text], {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(command, check=False, capture_output=True, env=environment)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows ne connaît pas ce signal")
def test_a_program_killed_while_it_writes_leaves_nothing_half_written(data_root):
    path, quarantine = write_export(data_root, *[{}] * 12, {"annee": "2031"}), paths.processed(2033) / "prive/quarantaine.csv"
    assert program(KILLED).returncode == -signal.SIGKILL
    assert not quarantine.exists() and [each.name for each in paths.exports(2033)] == [path.name]
    assert data.faults(2033) == []
    data.save_persons(data.read_export(2033).cleaned)
    assert quarantine.read_text(encoding="utf-8-sig").strip().endswith(";") and len(data.load_records(2033)) == 12
