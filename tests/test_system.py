"""What is asked of the operating system, and what is done where it cannot."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import system


def folders(place: Path) -> tuple[Path, Path]:
    for name in ("un", "deux"):
        (place / name).mkdir()
        (place / name / "page.html").write_text(name, encoding="utf-8")
    return place / "un", place / "deux"


def content(folder: Path) -> str:
    return (folder / "page.html").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="un seul pas\u00a0: Linux seulement")
def test_two_folders_change_names_in_one_step_on_linux_only(tmp_path, monkeypatch):
    one, other = folders(tmp_path)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(sys, "platform", "darwin")
        assert not system.swap_folders(one, other) and content(one) == "un"
    assert system.swap_folders(one, other)
    assert (content(one), content(other)) == ("deux", "un")
    with pytest.raises(FileNotFoundError):
        system.swap_folders(one, tmp_path / "trois")
    assert content(one) == "deux"


@pytest.mark.parametrize(("number", "is_told"), [(errno.EINVAL, False), (errno.ENOTSUP, False), (errno.EIO, True), (errno.ENOSPC, True)])
def test_a_disk_that_refuses_is_told_and_one_that_cannot_be_asked_is_let_be(tmp_path, monkeypatch, number, is_told):
    def refuse(_):
        raise OSError(number, "refus")

    folders(tmp_path)
    monkeypatch.setattr(os, "fsync", refuse)
    if is_told:
        with pytest.raises(OSError, match="refus"):
            system.sync_tree(tmp_path)
    else:
        system.sync_tree(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="Windows ne se laisse pas demander")
def test_a_program_that_ended_is_not_alive():
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    assert [system.is_alive(number) for number in (os.getpid(), 1, ended.pid, 0, -5, 10**30)] == [True, True, False, False, False, False]
