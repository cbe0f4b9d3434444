"""What is sent: the archive, and all or nothing beside the report; whether it is still that of the report."""

import io
import re
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from helpers import paths
from helpers.report import sharing
from helpers.report.checks import MAX_SINGLE_BYTES
from helpers.report.manifest import read_report, verify
from helpers.report.page import BusyError, PublicationError, ReportError
from helpers.report.publication import year_lock
from helpers.report.sharing import bundle, share, share_state
from small_report import add_file, write_report

PDF = b"%PDF-1.4\n/StructTreeRoot\nxref\nstartxref\n9\n%%EOF\n"


@pytest.fixture
def reports(tmp_path, monkeypatch):
    root = tmp_path / "dossier d’été"
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
    write_report(root / "reports" / "2020")
    return root / "reports"


@pytest.fixture
def printer(monkeypatch):
    """A browser that prints at once; what it was given to print, in a list."""
    given = []

    def print_pdf(source, target, *, browser):
        given.append(source.read_text(encoding="utf-8"))
        target.write_bytes(PDF)

    monkeypatch.setattr(sharing, "find_browser", lambda: Path("chromium"))
    monkeypatch.setattr(sharing, "print_pdf", print_pdf)
    return given


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


SHARED = ["2020", "alses_2020.html", "alses_2020.zip"]


def test_the_archive_and_the_page_stand_beside_the_report(reports):
    assert share(2020) == [reports / "alses_2020.zip", reports / "alses_2020.html"]
    assert names(reports) == SHARED
    first = {path.name: path.read_bytes() for path in reports.glob("alses_2020.*")}
    share(2020)
    assert {path.name: path.read_bytes() for path in reports.glob("alses_2020.*")} == first


def test_a_run_of_the_year_keeps_a_report_from_being_shared_and_that_of_another_year_does_not(reports):
    said = "^Un autre programme travaille sur l’année 2020 .*« alses run --year 2021 »"
    with year_lock([2020, 2021], what="alses run --year 2021"), pytest.raises(BusyError, match=said):
        share(2020)
    assert names(reports) == ["2020"]
    with year_lock([2021], what="alses run --year 2021"):
        share(2020)
    assert names(reports) == SHARED


def test_the_pdf_is_printed_from_the_page_without_the_files_it_holds(reports, printer):
    assert share(2020, archive=False, pdf=True) == [reports / "alses_2020.html", reports / "alses_2020.pdf"]
    [printed] = printer
    assert "data:text/csv" in (reports / "alses_2020.html").read_text(encoding="utf-8")
    assert "data:" not in re.sub(r"<style.*?</style>|<meta.*?>", "", printed, flags=re.DOTALL) and "indicateurs.csv</a>" in printed
    content = (reports / "alses_2020.pdf").read_bytes()
    assert re.sub(rb"%alses [0-9a-f]{64}\n", b"", content) == PDF != content


def test_the_sheet_and_the_slides_have_a_pdf_of_their_own(reports, printer):
    with pytest.raises(ReportError, match=r"n’a pas de fiche.html .*run --year 2020"):
        share(2020, handouts=["fiche"])
    for name in ("fiche", "diapos"):
        add_file(reports / "2020", f"{name}.html", f"<h1>{name}</h1>".encode())
    made = [path.name for path in share(2020, handouts=["fiche", "diapos"])]
    assert made == ["alses_2020.zip", "alses_2020.html", "alses_2020_fiche.pdf", "alses_2020_diapos.pdf"]
    assert printer == ["<h1>fiche</h1>", "<h1>diapos</h1>"] and all(share_state(2020).values())
    assert "<h1>fiche</h1>" not in (reports / "alses_2020.html").read_text(encoding="utf-8")


def test_without_a_browser_the_rest_is_made_and_one_sentence_says_how_to_print(reports, monkeypatch):
    told = []
    monkeypatch.setattr(sharing, "find_browser", lambda: None)
    share(2020, pdf=True, tell=told.append)
    assert names(reports) == SHARED
    [sentence] = told
    assert "Ouvrez reports/alses_2020.html dans un navigateur, puis Ctrl+P" in sentence
    assert "« Enregistrer au format PDF »" in sentence


def test_a_browser_that_fails_leaves_everything_as_it_was(reports, printer, monkeypatch):
    def fail(_source, target, **_):
        target.write_bytes(b"%PDF")
        raise PublicationError("chromium n’a pas fait le PDF.")

    (reports / "alses_2020.zip").write_bytes(b"old")
    monkeypatch.setattr(sharing, "print_pdf", fail)
    with pytest.raises(PublicationError, match="n’a pas fait"):
        share(2020, pdf=True)
    assert (names(reports), (reports / "alses_2020.zip").read_bytes()) == (["2020", "alses_2020.zip"], b"old")


def test_a_report_of_another_year_or_that_was_touched_is_not_shared(reports):
    (reports / "2020").rename(reports / "2021")
    with pytest.raises(ReportError, match="^Le dossier reports/2021 contient le rapport de 2020"):
        share(2021)
    (reports / "2021").rename(reports / "2020")
    (reports / "2020" / "01_clean.html").write_text("x", encoding="utf-8")
    with pytest.raises(ReportError, match="^01_clean.html "):
        share(2020)
    assert names(reports) == ["2020"]


@pytest.mark.parametrize(("name", "content", "said"), [
    ("indicateurs.csv", b"x" * (MAX_SINGLE_BYTES * 3 // 4 + 1), r"alses_2020.html.: la page pèse \d+.ko, plus que les 3000.ko permis"),
    ("01_clean.html", None, "adresse extérieure .*https://exemple.fr"),
])  # fmt: skip
def test_a_page_too_heavy_or_with_a_defect_is_refused(reports, name, content, said):
    page = (reports / "2020" / "01_clean.html").read_text(encoding="utf-8")
    add_file(reports / "2020", name, content or page.replace("index.html", "https://exemple.fr").encode())
    with pytest.raises(PublicationError, match=said):
        share(2020)
    assert names(reports) == ["2020"]


# --- whether a share is that of its report ---------------------------------------------------------------------------


def test_a_share_is_current_until_its_report_changes_or_it_is_damaged(reports, printer):
    assert share_state(2020) == {} == share_state(1999)
    share(2020, pdf=True)
    assert share_state(2020) == {"alses_2020.zip": True, "alses_2020.html": True, "alses_2020.pdf": True}
    add_file(reports / "2020", "indicateurs.csv", b"annee;effectif\r\n2020;43\r\n")
    assert share_state(2020) == {"alses_2020.zip": False, "alses_2020.html": False, "alses_2020.pdf": False}
    share(2020)
    assert share_state(2020) == {"alses_2020.zip": True, "alses_2020.html": True, "alses_2020.pdf": False}
    archive = reports / "alses_2020.zip"
    archive.write_bytes(archive.read_bytes()[:200])
    assert share_state(2020)["alses_2020.zip"] is False


# --- the archive -------------------------------------------------------------------------------------------------------


def archive_of(reports) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(bundle(read_report(reports / "2020"), name="alses_2020")))


def test_the_archive_is_the_folder_and_a_word_on_what_to_open(reports):
    folder, told = reports / "2020", []
    inside = {f"alses_2020/{path.name}": path.read_bytes() for path in folder.iterdir()}
    (folder / "noms.xlsx").write_bytes(b"x")  # dropped there, it does not leave
    share(2020, tell=told.append)
    assert told == ["noms.xlsx n’est pas du rapport 2020 : laissé de côté."]
    archive = zipfile.ZipFile(reports / "alses_2020.zip")
    assert archive.namelist() == sorted([*inside, "alses_2020/LISEZ-MOI.txt"])
    assert {name: archive.read(name) for name in inside} == inside and archive.testzip() is None


def test_the_archive_shows_the_work_without_its_results(reports):
    ran = new_notebook(cells=[new_code_cell("print(1)", outputs=[new_output("stream", text="42 jeunes")], execution_count=3, metadata={"papermill": {"duration": 2}})])
    ran.metadata["papermill"] = {"input_path": "/chemin/de/quelqu’un"}
    paths.executed(2020).mkdir(parents=True)
    nbformat.write(ran, paths.executed(2020) / "01_clean.ipynb")
    archive = archive_of(reports)
    content = archive.read("alses_2020/notebooks/01_clean.ipynb").decode()
    assert "print(1)" in content and not re.search("42 jeunes|papermill|quelqu", content)
    assert "notebooks/01_clean.ipynb" in archive.read("alses_2020/LISEZ-MOI.txt").decode()
    archive.extractall(reports / "recu")
    assert verify(reports / "recu" / "alses_2020").faults == []


def test_the_bytes_do_not_depend_on_the_day_nor_on_rights(reports, monkeypatch):
    first = bundle(read_report(reports / "2020"), name="alses_2020")
    (reports / "2020" / "index.html").chmod(0o600)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert bundle(read_report(reports / "2020"), name="alses_2020") == first
    assert {(each.date_time, each.external_attr, each.create_system, each.compress_type) for each in archive_of(reports).infolist()} == {
        ((1980, 1, 1, 0, 0, 0), 0o100644 << 16, 3, zipfile.ZIP_DEFLATED)
    }


def test_the_word_reads_in_any_windows_notepad_and_names_with_accents_are_in_utf_8(reports):
    add_file(reports / "2020", "été & b.csv", b"a")
    archive = archive_of(reports)
    content = archive.read("alses_2020/LISEZ-MOI.txt")
    assert content.startswith("\ufeffLes ALSES en 2020\r\n=================\r\n".encode())
    assert b"\n" not in content.replace(b"\r\n", b"")
    lines = content.decode("utf-8-sig").splitlines()
    assert any(line.startswith("2. Ouvrez index.html") for line in lines)
    assert {"  01_clean.html     Que vaut-il\u202f?", "  indicateurs.csv   tableau de données, pour un programme"} < set(lines)
    assert "été & b.csv" in "".join(lines)
    entry = archive.getinfo("alses_2020/été & b.csv")
    assert (entry.flag_bits & 0x800, archive.read(entry)) == (0x800, b"a")
