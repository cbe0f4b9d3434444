"""How far is the run: a bar on a terminal, plain lines anywhere else, and nothing left of the bar at the end."""

import os
import re
import select
import shlex
import struct
import subprocess
import sys
import time

import pytest

from helpers.cli import messages

# A run without notebooks nor libraries: what the pipeline tells, at the speed of a test, then a full disk.
RUN = """
import sys, time
from types import ModuleType, SimpleNamespace
from helpers import cli

def Step(notebook, year, done, total):
    return SimpleNamespace(notebook=notebook, year=year, done=done, total=total)

def make_report(year, *, tell, show, **_):
    show(Step("", 2032, 0, 40))
    tell("Rapport Année 2032")
    for done in range(40):
        show(Step("01_clean" if done < 20 else "02_describe", 2032, done, 40))
        if done == 20:
            tell("  01_clean  2032  0,1 s")
        if done == 30:
            END
        time.sleep(0.01)
    show(Step("", 2032, 40, 40))
    raise OSError(28, "No space left")

for name in ("helpers.run.report", "helpers.kernels.fork"):
    sys.modules[name] = ModuleType(name)
sys.modules["helpers.run.report"].make_report = make_report
sys.modules["helpers.kernels.fork"].start = lambda: None
sys.exit(cli.main(["run", "--year", "2032"]))
"""


def run(end: str) -> list[str]:
    return [sys.executable, "-c", RUN.replace("END", end)]


def on_a_terminal(command: list[str], *, columns: int, until: str = "", then: bytes = b"") -> tuple[int, str]:
    """The exit code of the command and all that it writes to a terminal that wide; ``then`` is typed after ``until``."""
    pty, fcntl, termios = (pytest.importorskip(name, reason="pas de pseudo-terminal sur ce système") for name in ("pty", "fcntl", "termios"))
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24 if columns else 0, columns, 0, 0))

    def take_the_terminal():
        os.setsid()
        fcntl.ioctl(inner, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, preexec_fn=take_the_terminal, env={**os.environ, "TERM": "xterm", "PYTHONUTF8": "1"})
    os.close(inner)
    shown, typed, end = b"", False, time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([outer], [], [], 0.1)[0]:
            try:
                part = os.read(outer, 65536)
            except OSError:  # how Linux says that nobody is at the other end any more
                break
            if not part:
                break
            shown += part
        if then and not typed and until.encode() in shown:
            typed = bool(os.write(outer, then))
    os.close(outer)
    return process.wait(timeout=10), shown.decode("utf-8")


def screen(shown: str) -> list[str]:
    """The lines that a person sees at the end: a return to the start of the line writes over what is there."""
    lines = []
    for line in shown.split("\n"):
        cells: list[str] = []
        for part in line.split("\r"):
            cells[: len(part)] = part
        lines.append("".join(cells).rstrip())
    return lines


END = ["Le disque est plein\u00a0: libérez de la place, puis relancez.", "Détail technique\u00a0: data/processed/2032/execution/erreur.log"]


def test_a_terminal_shows_the_notebook_the_count_and_the_times_then_nothing_of_the_bar(data_root):
    code, shown = on_a_terminal(run("pass"), columns=80)
    frames = re.split("[\r\n]", shown)
    assert code == 1
    assert "contrôle des fichiers" in shown and "préparation" in shown and "mise en page" in shown
    assert any(re.fullmatch(r"01_clean 2032 █+░+ 15/40 cellules · 00:0\d · reste 00:0\d", frame) for frame in frames)
    assert any(re.fullmatch(r"01_clean 2032 █*░+ 5/40 cellules · 00:0\d", frame) for frame in frames)  # too early to tell
    assert any(frame.startswith("02_describe 2032 █") for frame in frames)
    assert [frame for frame in frames if len(frame) > 80] == []
    assert re.findall("it/s|cell |Executing|\x1b", shown) == []
    assert screen(shown)[:4] == ["Rapport Année 2032", "  01_clean  2032  0,1 s", *END]


@pytest.mark.parametrize("columns", [44, 0])
def test_a_narrow_terminal_and_one_of_unknown_size_keep_the_lines(data_root, columns):
    _, shown = on_a_terminal(run("raise PermissionError()"), columns=columns)
    assert [frame for frame in re.split("[\r\n]", shown) if len(frame) > columns > 0 and "█" in frame] == []
    lines = screen(shown)
    assert [line.rpartition("  ")[2].strip() for line in lines[:2]] == ["Rapport Année 2032", "0,1 s"]
    assert lines[2].startswith("Fermez un fichier, ouvert dans un autre programme")


def test_ctrl_c_wipes_the_bar(data_root):
    code, shown = on_a_terminal(run("time.sleep(30)"), columns=80, until="30/40", then=b"\x03")
    assert code == 130
    left = [line for line in screen(shown) if "█" in line or "cellules" in line]
    assert left == []
    assert "Interrompu. Le rapport précédent, s’il existe, est intact." in screen(shown)


@pytest.mark.parametrize("where", ["both", "output", "errors"])
def test_what_goes_to_a_file_has_one_line_a_notebook_and_no_control_character(data_root, where):
    """Also when only one of the two goes to a terminal: the other would be full of the bar, or mixed with it."""
    pipe = subprocess.PIPE
    if where == "both":
        done = subprocess.run(run("pass"), stdout=pipe, stderr=pipe, check=False)
        written, told = done.stdout, done.stderr.decode()
    else:
        redirect = f"{'1' if where == 'output' else '2'}> sortie.txt"
        shell = f'cd {shlex.quote(str(data_root))} && {shlex.quote(sys.executable)} -c "$SCRIPT" {redirect}'
        os.environ["SCRIPT"] = RUN.replace("END", "pass")
        try:
            told = on_a_terminal(["/bin/sh", "-c", shell], columns=80)[1].replace("\r\n", "\n")
        finally:
            del os.environ["SCRIPT"]
        written = (data_root / "sortie.txt").read_bytes()
        written, told = (written, told) if where == "output" else (told.encode(), written.decode())
    assert written.decode() == "Rapport Année 2032\n  01_clean  2032  0,1 s\n"
    assert told.splitlines()[:2] == END
    assert re.findall("[\r\x1b█]", told) == []


def test_a_terminal_that_cannot_redraw_gets_plain_lines(monkeypatch):
    for stream in ("stdout", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "dumb")
    assert not messages.is_terminal()
    monkeypatch.setenv("TERM", "xterm")
    assert messages.is_terminal()
