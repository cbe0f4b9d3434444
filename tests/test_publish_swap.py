"""Whatever happens during the swap, one of the two reports is there, whole; and one program at a time works on a year.

Here by two renames, as on Windows; `test_kill_points` attacks the whole publication, on Linux in one step too.
"""

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from helpers import paths, system
from helpers.report.page import BusyError, PublicationError
from helpers.report.publication import atomic_replace, recover_reports, year_lock

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


@pytest.mark.parametrize(("function", "kth"), [("rename", 1), ("rename", 2), ("rename", 3), ("unlink", 1), ("unlink", 3)])
def test_a_kill_leaves_one_whole_report(monkeypatch, reports, function, kth):
    """Before the k-th call of a function of os."""
    real, calls = getattr(os, function), []

    def dying(*arguments, **options):
        calls.append(1)
        if len(calls) == kth:
            raise Killed
        real(*arguments, **options)

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(os, function, dying)
        atomic_replace(reports / ".en-cours-2020", reports / "2020")
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


@pytest.mark.parametrize(("folders", "kept"), [
    ({"2020.ancien": OLD}, OLD), ({"2020.ancien": OLD, "2020": NEW}, NEW), ({"2020.ancien": OLD, ".en-cours-2020": NEW}, OLD),
    ({"2020": OLD, ".en-cours-2020": NEW, ".en-cours-2020-b2": {"index.html": "inachevé"}}, OLD),
])  # fmt: skip
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


def test_an_old_report_that_cannot_be_deleted_waits_for_the_next_start(reports, held, monkeypatch):
    held(reports / "2020.ancien", "index.html")
    atomic_replace(reports / ".en-cours-2020", reports / "2020")
    assert content(reports / "2020") == NEW
    monkeypatch.undo()
    recover_reports(reports / "2020")
    assert names(reports) == ["2020"]


# --- one at a time, a year at a time -----------------------------------------------------------------------------------

# Takes its turn, says so, and stays until it is told to leave, or killed.
HOLDER = """
import sys
from helpers.report.sharing import year_lock
with year_lock([int(year) for year in sys.argv[1:]], what="alses run --year 2020"):
    print("tient", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def locks(tmp_path, monkeypatch) -> Path:
    """Where the locks of a project without any year are."""
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path))
    return tmp_path / "data" / "processed"


@pytest.fixture
def hold():
    """Starts a program that holds years; it ends with the test."""
    started = []

    def start(*years: int) -> subprocess.Popen:
        given = [sys.executable, "-c", HOLDER, *map(str, years)]
        holder = subprocess.Popen(given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(holder)
        assert holder.stdout.readline() == "tient\n"
        return holder

    yield start
    for holder in started:
        holder.communicate()


def refusal(*years: int) -> str:
    with pytest.raises(BusyError) as caught, year_lock(years, what="alses share 2020"):
        pytest.fail("two at once")
    return str(caught.value)


def left(locks: Path) -> list[str]:
    return sorted(path.name for path in locks.iterdir() if path.suffix == ".json")


def test_the_one_who_holds_the_year_is_named_and_other_years_go_on(locks, hold):
    holder = hold(2019, 2020)
    since = datetime.fromisoformat(json.loads((locks / ".verrou-2020.json").read_text(encoding="utf-8"))["depuis"])
    who = f"(processus {holder.pid}, « alses run --year 2020 », depuis {since:%H h %M})"
    assert refusal(2020, 2021) == f"Un autre programme travaille sur l’année 2020 {who} : attendez sa fin, puis relancez."
    assert refusal(2021, 2019).startswith("Un autre programme travaille sur l’année 2019 (")
    assert "l’année 2020 (" in refusal(2018, 2020)  # what was taken before the refusal is given back: 2018 is free
    with year_lock([2018, 2021], what="alses run --year 2021"):  # nor is 2021 kept by who was refused
        assert left(locks) == [f".verrou-{year}.json" for year in (2018, 2019, 2020, 2021)]
    holder.communicate()
    with year_lock([2019, 2020], what="alses run --year 2020"):
        pass
    assert left(locks) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows ne connaît pas ce signal")
def test_a_lock_whose_holder_was_killed_is_free_at_once_and_its_card_names_nobody(locks, hold):
    killed = hold(2020)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    stale = (locks / ".verrou-2020.json").read_text(encoding="utf-8")
    with year_lock([2020], what="alses run --year 2020"):
        (locks / ".verrou-2020.json").write_text(stale, encoding="utf-8")
        assert refusal(2020) == "Un autre programme travaille sur l’année 2020 : attendez sa fin, puis relancez."
    assert left(locks) == []
