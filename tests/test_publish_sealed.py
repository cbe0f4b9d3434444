"""A report is read as its manifest seals it, or one sentence says what is wrong and what to do."""

import json

import pytest

from helpers import paths
from helpers.report.manifest import fingerprint_of, read_report
from helpers.report.page import ReportError
from small_report import DATA, write_report


@pytest.fixture
def folder(tmp_path):
    return write_report(tmp_path / "2020")


def test_a_report_is_every_file_that_was_published_the_index_first(folder):
    report = read_report(folder)
    assert list(report.files) == ["01_clean.html", "02_describe.html", "index.html", "indicateurs.csv", "manifest.json"]
    assert report.pages == ["index.html", "01_clean.html", "02_describe.html"]
    assert (report.files["indicateurs.csv"], report.name, report.strangers) == (DATA, "2020", [])


def test_a_file_dropped_in_the_folder_is_no_part_of_the_report(folder):
    (folder / "sous-dossier").mkdir()
    (folder / "sous-dossier" / "noms des élèves.csv").write_text("x", encoding="utf-8")
    report = read_report(folder)
    assert (report.strangers, len(report.files)) == (["sous-dossier/noms des élèves.csv"], 5)


def test_no_report_is_told_with_the_remedy(tmp_path):
    with pytest.raises(ReportError, match=rf"^Aucun rapport dans 2021 : lancez d’abord {paths.COMMAND} run --year 2021\.$"):
        read_report(tmp_path / "2021")


def test_the_remedies_name_the_launcher_of_this_system(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(paths, "COMMAND", "py alses.py")
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    for place, remedy in ((tmp_path / "2021", "lancez d’abord py alses.py run --year 2021"), (folder, "refaites-le .py alses.py run --year 2020")):
        with pytest.raises(ReportError, match=remedy):
            read_report(place)


@pytest.mark.parametrize("name", ["02_describe.html", "indicateurs.csv", "index.html"])
def test_an_edited_or_missing_file_is_named(folder, name):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content.replace(b"42", b"43") + b" ")
    with pytest.raises(ReportError, match=f"^{name} n’est plus tel .*refaites-le .{paths.COMMAND} run --year 2020"):
        read_report(folder)
    (folder / name).unlink()
    with pytest.raises(ReportError, match=f"^{name} manque dans le rapport 2020"):
        read_report(folder)


HOSTILE = ["../2019/x.csv", "/etc/passwd", "a/../../x", "C:\\x", "a\\b", "..", "", "x:flux", "nul\0"]


@pytest.mark.parametrize("path", HOSTILE)
def test_a_manifest_cannot_name_a_file_elsewhere(folder, path):
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["outputs"].append({"path": path, "sha256": "0" * 64})
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ReportError, match="nomme un fichier hors du rapport 2020"):
        read_report(folder)


@pytest.mark.parametrize("text", ["", "{", "[" * 200_000, "[]", "{}", "\xff", '{"outputs": [{"path": "index.html"}], "parameters": {"year": 2020}}',
                                  '{"outputs": [{"path": 3, "sha256": "x"}], "parameters": {"year": 2020}}'])  # fmt: skip
def test_a_manifest_that_says_nothing_is_refused(folder, text):
    (folder / "manifest.json").write_text(text, encoding="latin-1")
    with pytest.raises(ReportError, match="n’est pas utilisable"):
        read_report(folder)
    assert fingerprint_of(folder) is None


def test_the_fingerprint_follows_the_report_and_not_its_date(folder):
    before, path = fingerprint_of(folder), folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    manifest["tampon"]["produit_le"] = "2031-01-01T00:00:00+00:00"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert fingerprint_of(folder) == before
    manifest["outputs"][0]["sha256"] = "0" * 64
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert fingerprint_of(folder) not in (before, None)
