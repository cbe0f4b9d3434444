"""How far is the run: a bar on a terminal, plain lines anywhere else, and nothing left of the bar at the end."""

import io
import os
import re
from types import SimpleNamespace

import pytest

from helpers import cli
from helpers.cli import messages
from helpers.run import report

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
    """Runs ``run`` up to this end, on a terminal this wide: the exit code, and all that the terminal got."""

    def on_a_terminal(end: BaseException, columns: int) -> tuple[int, str]:
        terminal = io.StringIO()
        terminal.fileno = lambda: 2
        monkeypatch.setattr("helpers.kernels.fork.start", lambda: None)  # it would load every library in vain
        monkeypatch.setattr(report, "make_report", show_all(end))
        monkeypatch.setattr(messages, "is_terminal", lambda: True)
        size = os.terminal_size((columns + 1, 24))  # tqdm leaves the last one free
        monkeypatch.setattr("os.get_terminal_size", lambda *_: size)
        for stream in ("sys.stdout", "sys.stderr"):
            monkeypatch.setattr(stream, terminal)
        return cli.main(["run", "--year", "2032"]), terminal.getvalue()

    return on_a_terminal


def left_of(shown: str) -> str:
    """What a person sees at the end: a return to the start of the line writes over what is there."""
    lines = []
    for line in shown.split("\n"):
        cells: list[str] = []
        for part in line.split("\r"):
            cells[: len(part)] = part
        lines.append("".join(cells).rstrip())
    return "\n".join(lines)


def test_a_terminal_shows_the_notebook_the_count_and_the_times_then_nothing_of_the_bar(run):
    code, shown = run(FULL, 80)
    frames = re.split("[\r\n]", shown)
    assert code == 1 and "contrôle des fichiers" in shown and "mise en page" in shown
    assert any(re.fullmatch(r"01_clean 2032 █+░+ 15/40 cellules · 00:0\d · reste 00:0\d", frame) for frame in frames)
    assert any(re.fullmatch(r"01_clean 2032 █*░+ 5/40 cellules · 00:0\d", frame) for frame in frames)  # too early to tell
    assert re.findall("it/s|cell |Executing|\x1b", shown) == []
    assert left_of(shown).startswith("\n".join(["Rapport Année 2032", "  01_clean  2032  0,1 s", *END]))


def test_ctrl_c_wipes_the_bar_and_no_line_is_wider_than_the_terminal(run):
    code, shown = run(KeyboardInterrupt(), 44)
    assert [frame for frame in re.split("[\r\n]", shown) if "█" in frame and len(frame) > 44] == []
    assert code == 130 and "█" not in left_of(shown) and "cellules" not in left_of(shown)


def test_what_goes_to_a_file_has_one_line_a_notebook_and_no_control_character(data_root, monkeypatch, capsys):
    monkeypatch.setattr("helpers.kernels.fork.start", lambda: None)
    monkeypatch.setattr(report, "make_report", show_all(FULL))
    assert cli.main(["run", "--year", "2032"]) == 1
    out, error = capsys.readouterr()
    assert out == "Rapport Année 2032\n  01_clean  2032  0,1 s\n"
    assert error.splitlines() == END


@pytest.mark.parametrize(("out", "err", "term", "is_drawn"), [
    (True, True, "xterm", True), (True, True, "dumb", False), (False, True, "xterm", False),
])
def test_a_bar_needs_a_terminal_for_both_outputs_that_can_redraw_a_line(monkeypatch, out, err, term, is_drawn):
    """If one of the two goes to a file, it would be full of the bar, or mixed with it."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: out, raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: err, raising=False)
    monkeypatch.setenv("TERM", term)
    assert messages.is_terminal() == is_drawn
