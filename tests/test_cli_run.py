"""``run``: when there is nothing to do, for several years, while it watches, and how far it is."""

import io
import os
import re
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace

import pytest

from conftest import plain
from helpers import cli, paths, provenance
from helpers.cli import messages, reports
from helpers.report.checks import POLICY
from helpers.run import report
from helpers.schema import DataError


def state(root: Path) -> dict[str, tuple]:
    files = [path for path in root.rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


# --- nothing to do -----------------------------------------------------------------------------------------------------


def test_a_run_that_has_nothing_to_do_writes_nothing(published, capsys):
    before = state(published)
    assert cli.main(["run", "--year", "2032"]) == 0
    told = capsys.readouterr()
    assert (plain(told.out), told.err) == ("Rien n’a changé : reports/2032 est à jour.\n", "")
    assert state(published) == before


@pytest.mark.parametrize(("age", "found"), [(3600, []), (0, ["data/raw/2032/reunions.csv"])], ids=["settled", "just written"])
def test_a_file_is_not_read_again_while_the_disk_says_it_is_the_same_unless_it_had_just_been_written(age, found, tmp_path, monkeypatch):
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path))
    table = tmp_path / "data/raw/2032/reunions.csv"
    table.parent.mkdir(parents=True)
    table.write_bytes(b"a")
    then = (time.time_ns() // 1_000_000_000 - age) * 1_000_000_000  # a disk that only tells whole seconds
    os.utime(table, ns=(then, then))
    kept = provenance.record({}, [table])
    with table.open("r+b") as file:  # the same size, and soon the same date: only reading would tell
        file.write(b"b")
    os.utime(table, ns=(then, then))
    assert [cause.name for cause in provenance.why_stale(kept, {})] == found
    os.utime(table)
    assert [cause.name for cause in provenance.why_stale(kept, {})] == ["data/raw/2032/reunions.csv"]


# --- several years ---------------------------------------------------------------------------------------------------


def test_a_year_that_fails_is_told_and_the_others_are_made(data_root, monkeypatch, capsys):
    monkeypatch.setattr("helpers.kernels.fork.start", lambda: None)  # it would load every library in vain
    made, folder = [], data_root / "reports/2032"
    folder.mkdir(parents=True)

    def make_report(year, **_):
        made.append(year)
        if year == 2031:
            raise DataError("2031/chiffres_publies.csv est vide.")
        return folder

    monkeypatch.setattr(report, "make_report", make_report)
    assert cli.main(["run", "--year", "2031", "--year", "2032", "--year", "2031"]) == 2
    told = capsys.readouterr()
    assert made == [2031, 2032]
    assert "2031/chiffres_publies.csv est vide." in told.err
    assert "Le rapport est prêt" in plain(told.out) and "1 rapport sur 2 en échec." in plain(told.out)


# --- watching --------------------------------------------------------------------------------------------------------


@pytest.fixture
def watched(data_root, monkeypatch):
    """A watch whose report costs nothing: what it does at each making, and the end after three."""
    monkeypatch.setattr(reports, "LOOK_S", 0.01)
    monkeypatch.setattr(reports, "QUIET_S", 0.01)
    made = threading.Semaphore(0)
    count = []

    def make(options):
        count.append(options.force)
        made.release()
        if len(count) == 2:
            raise DataError("reunions.csv est vide.")
        if len(count) == 3:
            raise KeyboardInterrupt
        return data_root, True

    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    monkeypatch.setenv(reports.PORT_VARIABLE, "0")
    monkeypatch.setattr(reports, "_make_if_needed", make)
    return made, count


def test_each_change_of_a_file_makes_the_report_again_and_a_failure_does_not_end_it(data_root, watched, capsys):
    made, count = watched
    raw = data_root / "data/raw/2032"

    def change() -> None:
        for name in ("reunions.csv", "nouveau.csv"):
            made.acquire()
            time.sleep(0.1)  # until the watch looks
            (raw / name).write_text("x", encoding="utf-8")

    changing = threading.Thread(target=change)
    changing.start()
    with pytest.raises(KeyboardInterrupt):
        reports._watch(Namespace(year=2032, force=True, arguments=[]))
    changing.join()
    assert count == [True, False, False]
    told = capsys.readouterr()
    assert told.err.count("reunions.csv est vide.") == 1
    assert plain(told.out).count("En attente d’un changement (Ctrl-C pour finir)…") == 2
    assert told.out.count("http://127.0.0.1:") == 1


def test_the_watched_report_is_shown_on_this_computer_alone_and_reloads(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setenv(reports.PORT_VARIABLE, "0")
    report, page = tmp_path / "2032", f'<meta content="{POLICY}"><body>é</body>'
    (report / "associations").mkdir(parents=True)
    for name in ("2032/index.html", "secret.html"):
        (tmp_path / name).write_text(page, encoding="utf-8")
    shown = Namespace(folder=report, version=1)
    server = reports.serve(shown)

    def ask(path: str, **headers: str) -> str:
        request = urllib.request.Request(server.address + path, headers=headers)
        return urllib.request.urlopen(request, timeout=10).read().decode("utf-8")

    try:
        index = ask("")
        assert index == ask("index.html") and "location.reload()" in index and "é" in index
        assert "script-src" in index and (report / "index.html").read_text(encoding="utf-8") == page
        assert ask("version") == "1"
        shown.version = 2
        assert ask("version") == "2"
        for path in ("../secret.html", "%2e%2e/secret.html", "associations/", "associations", "absent.html"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                ask(path)
        with pytest.raises(urllib.error.HTTPError, match="403"):
            ask("", Host="exemple.fr")
    finally:
        server.shutdown()
        server.server_close()
    # The command that starts again when the code changes keeps the address that the browser has.
    again = reports.serve(shown)
    again.shutdown()
    again.server_close()
    assert (again.address, opened) == (server.address, [server.address])


# --- how far is the run: a bar on a terminal, plain lines anywhere else -----------------------------------------------

FULL = OSError(28, "No space left")
END = ["Le disque est plein\u00a0: libérez de la place, puis relancez.", "Détail technique\u00a0: data/processed/2032/execution/erreur.log"]


def show_all(end: BaseException):
    """What the pipeline tells and shows, at the speed of a test, up to ``end``."""

    def make_report(year, *, tell, show, **_):
        show(SimpleNamespace(notebook="", year=year, done=0, total=40))
        tell("Rapport Année 2032")
        for done in range(40):
            show(SimpleNamespace(notebook="01_clean" if done < 20 else "02_describe", year=year, done=done, total=40))
            if done == 20:
                tell("  01_clean  2032  0,1 s")
        show(SimpleNamespace(notebook="", year=year, done=40, total=40))
        raise end

    return make_report


@pytest.fixture
def run(data_root, monkeypatch):
    """Runs ``run`` up to a full disk, on a terminal: the exit code, and all that the terminal got."""

    def on_a_terminal() -> tuple[int, str]:
        terminal = io.StringIO()
        terminal.fileno = lambda: 2
        monkeypatch.setattr("helpers.kernels.fork.start", lambda: None)  # it would load every library in vain
        monkeypatch.setattr(report, "make_report", show_all(FULL))
        monkeypatch.setattr(messages, "is_terminal", lambda: True)
        size = os.terminal_size((81, 24))  # tqdm leaves the last one free
        monkeypatch.setattr("os.get_terminal_size", lambda *_: size)
        for stream in ("sys.stdout", "sys.stderr"):
            monkeypatch.setattr(stream, terminal)
        return cli.main(["run", "--year", "2032"]), terminal.getvalue()

    return on_a_terminal


def test_a_terminal_shows_the_notebook_the_count_and_the_times_then_nothing_of_the_bar(run):
    code, shown = run()
    frames = re.split("[\r\n]", shown)
    assert code == 1 and "contrôle des fichiers" in shown and "mise en page" in shown
    assert any(re.fullmatch(r"01_clean 2032 █+░+ 15/40 cellules · 00:0\d · reste 00:0\d", frame) for frame in frames)
    assert any(re.fullmatch(r"01_clean 2032 █*░+ 5/40 cellules · 00:0\d", frame) for frame in frames)  # too early to tell
    assert re.findall("it/s|cell |Executing|\x1b", shown) == []
    *_, last, wiped = frames[: frames.index(END[0])]
    assert wiped.isspace() and len(wiped) >= len(last.rstrip()) and max(map(len, frames)) <= 80


def test_what_goes_to_a_file_has_one_line_a_notebook_and_no_control_character(data_root, monkeypatch, capsys):
    monkeypatch.setattr("helpers.kernels.fork.start", lambda: None)
    monkeypatch.setattr(report, "make_report", show_all(FULL))
    assert cli.main(["run", "--year", "2032"]) == 1
    out, error = capsys.readouterr()
    assert out == "Rapport Année 2032\n  01_clean  2032  0,1 s\n"
    assert error.splitlines() == END
