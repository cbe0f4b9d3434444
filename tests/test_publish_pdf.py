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

from helpers.report import sharing
from helpers.report.manifest import read_report
from helpers.report.page import PublicationError
from helpers.report.sharing import single_page
from helpers.system import find_browser
from small_report import write_report

PAGE = '<!DOCTYPE html><html lang="fr"><title>Été</title><h1>Titre</h1><h2>Partie</h2></html>'
GOOD = r"b'%PDF-1.4\n/StructTreeRoot\nstartxref\n9\n%%EOF\n'"

needs_scripts = pytest.mark.skipif(os.name == "nt", reason="un script n’y est pas un programme : navigateurs feints non contrôlés")


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page d’été.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


@pytest.fixture
def feigned(tmp_path):
    """A program that runs these lines, with ``target`` and ``profile`` known to them, in the place of a browser."""

    def make(lines: str) -> Path:
        path = tmp_path / "navigateur"
        values = "{name: value for name, _, value in (a.partition('=') for a in sys.argv)}"
        # Not after « #! » itself: the folder of this Python may have a space in its name.
        started = f"exec {shlex.quote(sys.executable)} {shlex.quote(f'{path}.py')} \"$@\""
        path.write_text(f"#!/bin/sh\n{started}\n", encoding="utf-8")
        Path(f"{path}.py").write_text(f"import os, subprocess, sys, time\noptions = {values}\n"
                        f"target, profile = options['--print-to-pdf'], options['--user-data-dir']\n{lines}\n", encoding="utf-8")  # fmt: skip
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return make


@pytest.fixture(scope="session")
def printed(tmp_path_factory) -> Path:
    """The PDF of a small report, by the browser of this computer."""
    browser = find_browser()
    if browser is None:
        pytest.skip("ni Chromium, ni Chrome, ni Edge sur cet ordinateur : le PDF n’est pas contrôlé")
    folder = tmp_path_factory.mktemp("dossier d’été")
    (folder / "page.html").write_text(single_page(read_report(write_report(folder / "2020"))), encoding="utf-8")
    sharing._print(folder / "page.html", folder / "page.pdf", browser, "0" * 64)
    return folder / "page.pdf"


# --- what can go wrong -----------------------------------------------------------------------------------------------


@needs_scripts
@pytest.mark.parametrize(("lines", "said"), [
    ("sys.exit(3)", "navigateur n’a pas fait le PDF (code 3)"),
    ("pass", "navigateur n’a pas fait le PDF (code 0)"),
    (f"open(target, 'wb').write({GOOD}[:30])", "navigateur n’a pas fait le PDF (code 0)"),
    (f"open(target, 'wb').write({GOOD}.replace(b'/StructTreeRoot', b''))", "navigateur n’a pas fait le PDF (code 0)"),
    (f"open(target, 'wb').write({GOOD}.replace(b'startxref', b''))", "navigateur n’a pas fait le PDF (code 0)"),
])  # fmt: skip
def test_a_browser_that_fails_or_lies_is_told(page, feigned, tmp_path, lines, said):
    with pytest.raises(PublicationError) as error:
        sharing.print_pdf(page, tmp_path / "x.pdf", browser=feigned(lines))
    assert str(error.value).startswith(said) and "nommez un autre navigateur dans ALSES_BROWSER" in str(error.value)


@needs_scripts
def test_what_is_no_program_is_told(page, tmp_path):
    (tmp_path / "x").write_text("", encoding="utf-8")
    with pytest.raises(PublicationError, match="x n’a pas démarré"):
        sharing.print_pdf(page, tmp_path / "x.pdf", browser=tmp_path / "x")


def is_alive(process: int) -> bool:
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True)
    return done.stdout.strip()[:1] not in ("", "Z")


@needs_scripts
def test_a_browser_that_hangs_is_ended_with_its_children(page, feigned, tmp_path):
    if shutil.which("ps") is None:
        pytest.skip("ps absent : les programmes qui restent ne sont pas comptés")
    child = "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    keep = f"open({str(tmp_path / 'ids')!r}, 'w').write(f'{{os.getpid()}} {{child.pid}} {{profile}}')"
    started = time.monotonic()
    with pytest.raises(PublicationError, match="navigateur n’a pas fini le PDF en 3 s"):
        sharing.print_pdf(page, tmp_path / "x.pdf", browser=feigned(f"{child}\n{keep}\ntime.sleep(60)"), timeout=3)
    own, of_child, profile = (tmp_path / "ids").read_text(encoding="utf-8").split()
    time.sleep(0.2)
    assert (is_alive(int(own)), is_alive(int(of_child)), Path(profile).exists()) == (False, False, False)
    assert time.monotonic() - started < 30


@needs_scripts
@pytest.mark.parametrize(("root", "expected"), [(0, True), (1000, False)])
def test_the_sandbox_is_left_for_root_only(page, feigned, tmp_path, monkeypatch, root, expected):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: root)
    keep = f"open({str(tmp_path / 'given')!r}, 'w').write(chr(10).join(sys.argv))"
    sharing.print_pdf(page, tmp_path / "x.pdf", browser=feigned(f"{keep}\nopen(target, 'wb').write({GOOD})"))
    given = (tmp_path / "given").read_text(encoding="utf-8").splitlines()
    assert ("--no-sandbox" in given) == expected
    assert given[-1] == page.as_uri() and "--host-resolver-rules=MAP * ~NOTFOUND" in given


# --- by a true browser -----------------------------------------------------------------------------------------------


def test_the_pdf_is_tagged_and_has_its_outline_and_its_language(printed):
    content = printed.read_bytes()
    assert all(mark in content for mark in (b"/StructTreeRoot", b"/Lang (fr)", b"/Outlines"))
    heading = "Que vaut-il\u202f?".encode("utf-16-be").hex().upper().encode()
    assert heading in content


def test_the_contents_give_the_sheet_of_each_heading(printed):
    sheets = sharing.sheets_of(printed.read_bytes())
    assert (sheets["index"], sheets["01_clean"], sheets["02_describe--combien"]) == (2, 3, 4)
    assert sharing.sheets_of(b"%PDF-1.4\n%%EOF") == {}
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) absent : le sommaire n’est pas relu")
    done = subprocess.run(["pdftotext", "-l", "1", "-layout", printed, "-"], capture_output=True, text=True, encoding="utf-8", check=True)
    assert re.search(r"Combien donc\s*\?\s+4\b", done.stdout) and re.search(r"Que vaut-il\s*\?\s+3\b", done.stdout)
