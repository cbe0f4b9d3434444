"""The PDF: whichever browser is there, tagged, with its outline, title and language; or a sentence and no file."""

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helpers.errors import UserError
from helpers.report import sharing
from helpers.report.manifest import read_report
from helpers.report.page import PublicationError
from helpers.report.sharing import single_page
from helpers.system import BROWSER_VARIABLE, find_browser
from small_report import write_report

GOOD = r"b'%PDF-1.4\n/StructTreeRoot\nstartxref\n9\n%%EOF\n'"

needs_scripts = pytest.mark.skipif(os.name == "nt", reason="un script n’y est pas un programme : navigateurs feints non contrôlés")


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page d’été.html"
    path.write_text('<!DOCTYPE html><html lang="fr"><title>Été</title><h1>Titre</h1></html>', encoding="utf-8")
    return path


@pytest.fixture
def feigned(tmp_path):
    """A program that runs these lines, with ``target`` and ``profile`` known to them, in the place of a browser."""

    def make(lines: str) -> Path:
        path, script = tmp_path / "navigateur", tmp_path / "navigateur.py"
        # Not after « #! » itself: the folder of this Python may have a space in its name.
        path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(script))} "$@"\n', encoding="utf-8")
        given = "options = dict(a.partition('=')[::2] for a in sys.argv)\ntarget, profile = options['--print-to-pdf'], options['--user-data-dir']"
        script.write_text(f"import os, subprocess, sys, time\n{given}\n{lines}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return make


# --- what can go wrong -----------------------------------------------------------------------------------------------


@needs_scripts
@pytest.mark.parametrize(("lines", "code"), [
    ("sys.exit(3)", 3), (f"open(target, 'wb').write({GOOD}[:30])", 0), (f"open(target, 'wb').write({GOOD}.replace(b'/StructTreeRoot', b''))", 0),
])  # fmt: skip
def test_a_browser_that_fails_or_lies_is_told(page, feigned, tmp_path, lines, code):
    with pytest.raises(PublicationError, match=rf"^navigateur n’a pas fait le PDF \(code {code}\).*nommez un autre navigateur dans ALSES_BROWSER"):
        sharing.print_pdf(page, tmp_path / "x.pdf", browser=feigned(lines))


@needs_scripts
def test_what_is_no_program_is_told(page, tmp_path):
    (tmp_path / "x").write_text("", encoding="utf-8")
    with pytest.raises(PublicationError, match="x n’a pas démarré"):
        sharing.print_pdf(page, tmp_path / "x.pdf", browser=tmp_path / "x")


@needs_scripts
@pytest.mark.skipif(shutil.which("ps") is None, reason="ps absent : les programmes qui restent ne sont pas comptés")
def test_a_browser_that_hangs_is_ended_with_its_children(page, feigned, tmp_path):
    child = "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    keep = f"open({str(tmp_path / 'ids')!r}, 'w').write(f'{{os.getpid()}} {{child.pid}} {{profile}}')"
    with pytest.raises(PublicationError, match="navigateur n’a pas fini le PDF en 3 s"):
        sharing.print_pdf(page, tmp_path / "x.pdf", browser=feigned(f"{child}\n{keep}\ntime.sleep(60)"), timeout=3)
    own, of_child, profile = (tmp_path / "ids").read_text(encoding="utf-8").split()
    time.sleep(0.2)
    left = subprocess.run(["ps", "-o", "stat=", "-p", f"{own},{of_child}"], capture_output=True, text=True).stdout
    assert ({state[0] for state in left.split()} <= {"Z"}, Path(profile).exists()) == (True, False)


# --- by a true browser -----------------------------------------------------------------------------------------------


def test_the_pdf_is_tagged_has_its_outline_its_language_and_the_sheet_of_each_heading(tmp_path):
    browser = find_browser()
    if browser is None:
        pytest.skip("ni Chromium, ni Chrome, ni Edge sur cet ordinateur : le PDF n’est pas contrôlé")
    apart = "<style>.titre-page { break-before: page; } h1 + .titre-page { break-before: auto; }</style></head>"
    (tmp_path / "page.html").write_text(single_page(read_report(write_report(tmp_path / "2020"))).replace("</head>", apart), encoding="utf-8")
    sharing._print(tmp_path / "page.html", tmp_path / "page.pdf", browser, "0" * 64)
    content = (tmp_path / "page.pdf").read_bytes()
    heading = "Que vaut-il\u202f?".encode("utf-16-be").hex().upper().encode()
    assert [mark for mark in (b"/StructTreeRoot", b"/Lang (fr)", b"/Outlines", heading) if mark not in content] == []
    sheets = sharing.sheets_of(content)
    assert (sheets["index"], sheets["01_clean"], sheets["02_describe--combien"]) == (2, 3, 4)
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) absent : le sommaire n’est pas relu")
    command = ["pdftotext", "-l", "1", "-layout", tmp_path / "page.pdf", "-"]
    shown = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    assert re.search(r"Combien donc\s*\?\s+4\b", shown) and re.search(r"Que vaut-il\s*\?\s+3\b", shown)


# --- which browser ---------------------------------------------------------------------------------------------------


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A computer without any browser, whose usual folders are in the temporary one."""
    monkeypatch.delenv(BROWSER_VARIABLE, raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: name if Path(name).is_absolute() and Path(name).is_file() else None)
    monkeypatch.setenv("ProgramFiles", str(tmp_path / "Program Files"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    really = Path.is_file
    monkeypatch.setattr(Path, "is_file", lambda path: path.is_relative_to(tmp_path) and really(path))


@pytest.mark.parametrize("place", [
    "Program Files/Google/Chrome/Application/chrome.exe", "Program Files/Microsoft/Edge/Application/msedge.exe",
    "Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
])  # fmt: skip
def test_a_browser_is_found_where_windows_and_macs_install_it(bare, tmp_path, place):
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).touch()
    assert find_browser() == tmp_path / place


def test_a_browser_is_a_command_none_or_the_one_that_is_named(bare, monkeypatch):
    assert find_browser() is None
    monkeypatch.setattr(shutil, "which", lambda name: f"bin/{name}" if name in ("msedge", "google-chrome") else None)
    assert find_browser() == Path("bin/google-chrome")
    monkeypatch.setenv(BROWSER_VARIABLE, "/rien")
    with pytest.raises(UserError, match="ALSES_BROWSER désigne un programme introuvable"):
        find_browser()
