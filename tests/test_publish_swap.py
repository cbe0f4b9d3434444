"""Whatever happens during the swap, one of the two reports is there, whole.

Here by two renames, as on Windows; tests/test_kill_points.py attacks the whole publication, on Linux in one step too.
"""

import os
from pathlib import Path

import pytest

from helpers import system
from helpers.report.page import PublicationError
from helpers.report.publication import atomic_replace, recover_reports

OLD = {"index.html": "ancien", "indicateurs.csv": "1", "sous/page.html": "ancien"}
NEW = {"index.html": "nouveau", "indicateurs.csv": "2", "sous/page.html": "nouveau"}


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def content(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(autouse=True)
def in_two_steps(monkeypatch):
    monkeypatch.setattr(system, "swap_folders", lambda *_: False)


@pytest.fixture
def reports(tmp_path):
    folder = tmp_path / "rapports d’été"
    write(folder / "2020", OLD)
    write(folder / ".en-cours-2020", NEW)
    return folder


def test_new_report_takes_the_place_of_the_old_if_any(reports):
    atomic_replace(reports / ".en-cours-2020", reports / "2020")
    assert (content(reports / "2020"), names(reports)) == (NEW, ["2020"])
    write(reports / ".en-cours-2021", NEW)
    atomic_replace(reports / ".en-cours-2021", reports / "2021")
    assert (content(reports / "2021"), names(reports)) == (NEW, ["2020", "2021"])


class Killed(BaseException):
    """What no cleaning up of the swap sees, as it would not see a kill."""


def die(monkeypatch, reports, function, kth, moment):
    """The swap, which ends at the k-th call of a function of os, before or after it; whether it came there."""
    real, calls = getattr(os, function), []

    def dying(*arguments, **options):
        calls.append(1)
        if len(calls) == kth and moment == "before":
            raise Killed
        real(*arguments, **options)
        if len(calls) == kth and moment == "after":
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(os, function, dying)
        try:
            atomic_replace(reports / ".en-cours-2020", reports / "2020")
        except Killed:
            return True
    return False


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(("function", "kth"), [("rename", 1), ("rename", 2), ("rename", 3), ("unlink", 1), ("unlink", 3)])
def test_a_kill_leaves_one_whole_report(monkeypatch, reports, function, kth, moment):
    assert die(monkeypatch, reports, function, kth, moment)
    recover_reports(reports / "2020")
    assert content(reports / "2020") in (OLD, NEW)
    assert names(reports) == ["2020"]


def test_every_file_is_on_the_disk_before_any_name_changes(monkeypatch, reports):
    """After a power cut, a name must not lead to empty pages."""
    order, synced, renamed = [], os.fsync, os.rename
    monkeypatch.setattr(os, "fsync", lambda number: order.append("fsync") or synced(number))
    monkeypatch.setattr(os, "rename", lambda *names, **more: order.append("rename") or renamed(*names, **more))
    atomic_replace(reports / ".en-cours-2020", reports / "2020")
    assert order.index("rename") >= len(NEW) + 2 and order[order.index("rename") :].count("rename") == 3  # two folders too


@pytest.mark.parametrize(
    ("folders", "kept"),
    [
        ({"2020.ancien": OLD}, OLD),
        ({"2020.ancien": OLD, "2020": NEW}, NEW),
        ({"2020": NEW}, NEW),
        ({"2020.ancien": OLD, ".en-cours-2020": NEW}, OLD),
        ({"2020": OLD, ".en-cours-2020": NEW, ".en-cours-2020-b2": {"index.html": "inachevé"}}, OLD),
    ],
)
def test_recover_mends_every_interruption(tmp_path, folders, kept):
    for name, files in folders.items():
        write(tmp_path / name, files)
    recover_reports(tmp_path / "2020")
    assert (content(tmp_path / "2020"), names(tmp_path)) == (kept, ["2020"])


def test_recover_leaves_what_is_of_another_year_and_mends_both_reports_of_its_own(tmp_path):
    recover_reports(tmp_path / "reports" / "2020")  # an empty place
    assert names(tmp_path) == []
    others = [".en-cours-2021", ".en-cours-2021-partage-x", "2021.ancien", "2020 copie.ancien"]
    for name in [*others, "2020.ancien", "2020-synthetique.ancien", ".en-cours-2020-synthetique", ".en-cours-2020.ancien"]:
        write(tmp_path / name, OLD)
    recover_reports(tmp_path / "2020")
    assert names(tmp_path) == sorted([*others, "2020", "2020-synthetique"])


@pytest.fixture
def held(monkeypatch):
    """As on Windows: a program holds a file, so its folder cannot be renamed and it cannot be opened for writing."""
    real_open, real_rename = Path.open, Path.rename

    def hold(folder, name):
        def refuse_open(path, mode="r", *rest, **options):
            if path == folder / name and mode != "r":
                raise PermissionError(13, "held", str(path))
            return real_open(path, mode, *rest, **options)

        def refuse_rename(path, target):
            if path == folder:
                raise PermissionError(13, "held", str(path))
            return real_rename(path, target)

        monkeypatch.setattr(Path, "open", refuse_open)
        monkeypatch.setattr(Path, "rename", refuse_rename)

    return hold


@pytest.mark.parametrize(("folder", "name", "said"), [
    ("2020", "indicateurs.csv", r"^Fermez indicateurs\.csv, ouvert dans un autre programme, puis relancez\.$"),
    ("2020", "aucun", "le dossier 2020"), (".en-cours-2020", "index.html", r"Fermez index\.html"),
])  # fmt: skip
def test_a_file_open_elsewhere_is_named_and_both_reports_stay(reports, held, folder, name, said):
    held(reports / folder, name)
    with pytest.raises(PublicationError, match=said):
        atomic_replace(reports / ".en-cours-2020", reports / "2020")
    assert (content(reports / "2020"), content(reports / ".en-cours-2020")) == (OLD, NEW)


def test_a_disk_that_refuses_is_said_as_it_is_and_no_window_is_blamed(reports, monkeypatch):
    def refuse(*_):
        raise OSError(5, "refusé")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="refusé"):
        atomic_replace(reports / ".en-cours-2020", reports / "2020")
    assert content(reports / "2020") == OLD


def test_an_old_report_that_cannot_be_deleted_waits_for_the_next_start(reports, held, monkeypatch):
    held(reports / "2020.ancien", "index.html")
    atomic_replace(reports / ".en-cours-2020", reports / "2020")
    assert content(reports / "2020") == NEW
    monkeypatch.undo()
    recover_reports(reports / "2020")
    assert names(reports) == ["2020"]
