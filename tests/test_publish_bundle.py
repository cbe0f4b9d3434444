"""The archive: the whole folder, the same bytes each time, readable on Windows, with what to open first."""

import io
import zipfile

import pytest

from helpers.report.manifest import read_report
from helpers.report.sharing import bundle
from small_report import add_file, write_report


@pytest.fixture
def folder(tmp_path):
    return write_report(tmp_path / "dossier d’été" / "2020")


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def test_the_archive_is_the_folder_and_a_word_on_what_to_open(folder):
    archive = opened(bundle(read_report(folder), name="alses_2020"))
    names = [f"alses_2020/{path.name}" for path in sorted(folder.iterdir())]
    assert archive.namelist() == sorted([*names, "alses_2020/LISEZ-MOI.txt"])
    assert all(archive.read(f"alses_2020/{path.name}") == path.read_bytes() for path in folder.iterdir())
    assert archive.testzip() is None


def test_the_bytes_do_not_depend_on_the_day_nor_on_rights(folder, monkeypatch):
    first = bundle(read_report(folder), name="alses_2020")
    (folder / "index.html").chmod(0o600)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert bundle(read_report(folder), name="alses_2020") == first
    entries = opened(first).infolist()
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_DEFLATED}
    assert {(entry.date_time, entry.external_attr, entry.create_system) for entry in entries} == {
        ((1980, 1, 1, 0, 0, 0), 0o100644 << 16, 3)
    }


def test_what_was_dropped_in_the_folder_does_not_leave(folder):
    (folder / "noms.xlsx").write_bytes(b"x")
    assert "alses_2020/noms.xlsx" not in opened(bundle(read_report(folder), name="alses_2020")).namelist()


def test_the_word_reads_with_its_accents_in_any_windows_notepad(folder):
    content = opened(bundle(read_report(folder), name="alses_2020")).read("alses_2020/LISEZ-MOI.txt")
    assert content.startswith("\ufeffLes ALSES en 2020\r\n=================\r\n".encode())
    assert b"\n" not in content.replace(b"\r\n", b"")
    lines = content.decode("utf-8-sig").splitlines()
    assert "2. Ouvrez index.html\u00a0: le rapport se lit dans un navigateur (Firefox, Edge, Chrome, Safari), sans réseau." in lines
    assert "  01_clean.html     Que vaut-il\u202f?" in lines
    assert "  indicateurs.csv   tableau de données, pour un tableur" in lines


def test_names_with_accents_say_that_they_are_in_utf_8(folder):
    add_file(folder, "été & b.csv", b"a")
    archive = opened(bundle(read_report(folder), name="alses_2020"))
    entry = archive.getinfo("alses_2020/été & b.csv")
    assert (entry.flag_bits & 0x800, archive.read(entry)) == (0x800, b"a")
    assert "été & b.csv" in archive.read("alses_2020/LISEZ-MOI.txt").decode("utf-8-sig")
