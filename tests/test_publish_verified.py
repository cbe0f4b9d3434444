"""A report is read as its manifest seals it; ``alses verify`` names every altered byte, wherever it is."""

import json
import shutil
from pathlib import Path

import pytest

from conftest import plain
from helpers import cli, paths
from helpers.report.manifest import fingerprint_of, manifest_bytes, read_report, seal_manifest, verify
from helpers.report.page import ReportError
from small_report import DATA, write_report


def rewrite(folder: Path, change, *, sealed: bool = False) -> None:
    """Changes the content of the manifest; ``sealed`` as a forger would, seals made anew."""
    there = json.loads((folder / "manifest.json").read_bytes())
    change(there)
    (folder / "manifest.json").write_bytes(manifest_bytes(seal_manifest(there) if sealed else there))


@pytest.fixture
def root(mini_root, tmp_path, monkeypatch) -> Path:
    """A copy of the published invented project, set as the data root."""
    copied = shutil.copytree(mini_root, tmp_path / "dossier d’été")
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(copied))
    return copied


@pytest.fixture
def alone(tmp_path, monkeypatch) -> Path:
    """A small report with no data beside it."""
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path / "projet"))
    return write_report(tmp_path / "recu" / "2020")


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


# --- read, to be shared ------------------------------------------------------------------------------------------------


def test_a_report_is_every_file_that_was_published_and_none_that_was_dropped_there(alone):
    (alone / "sous-dossier").mkdir()
    (alone / "sous-dossier" / "noms des élèves.csv").write_text("x", encoding="utf-8")
    report = read_report(alone)
    assert list(report.files) == ["01_clean.html", "02_describe.html", "index.html", "indicateurs.csv", "manifest.json"]
    assert report.pages == ["index.html", "01_clean.html", "02_describe.html"]
    assert (report.files["indicateurs.csv"], report.name) == (DATA, "2020")
    assert report.strangers == ["sous-dossier/noms des élèves.csv"]


@pytest.mark.parametrize("path", ["../2019/x.csv", "/etc/passwd", "a/../../x", "C:\\x", "a\\b", "..", "", "x:flux", "nul\0"])
def test_a_manifest_cannot_name_a_file_elsewhere(alone, path):
    rewrite(alone, lambda there: there["outputs"].append({"path": path, "sha256": "0" * 64}))
    with pytest.raises(ReportError, match="nomme un fichier hors du rapport 2020"):
        read_report(alone)


@pytest.mark.parametrize("text", ["", "{", "[" * 200_000, "[]", "{}", "\xff", '{"outputs": [{"path": "index.html"}], "parameters": {"year": 2020}}',
                                  '{"outputs": [{"path": 3, "sha256": "x"}], "parameters": {"year": 2020}}'])  # fmt: skip
def test_a_manifest_that_says_nothing_is_refused(alone, text):
    (alone / "manifest.json").write_text(text, encoding="latin-1")
    with pytest.raises(ReportError, match="n’est pas utilisable"):
        read_report(alone)
    assert fingerprint_of(alone) is None


# --- alses verify ------------------------------------------------------------------------------------------------------


def test_a_report_that_nobody_touched_is_as_it_was_published_and_nothing_is_written(root, capsys):
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    assert cli.main(["verify"]) == 0
    first, made = plain(capsys.readouterr().out).splitlines()
    assert first == "reports/2032 : 15 fichiers et 15 fichiers de données, tels qu’ils ont été publiés."
    assert made.startswith("  fait le ")
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_every_altered_byte_of_the_manifest_is_noticed_even_in_a_report_sent_alone(alone, capsys):
    path = alone / "manifest.json"
    before = path.read_bytes()
    assert cli.main(["verify", str(alone)]) == 0
    assert "Les fichiers de données ne sont pas avec ce rapport" in capsys.readouterr().out
    missed = []
    for place in range(0, len(before), 7):
        flip(path, place)
        try:
            said = verify(alone).faults
        except ReportError as error:
            said = [str(error)]
        missed += [] if any(fault.startswith("manifest.json ") for fault in said) else [(place, said)]
        path.write_bytes(before)
    assert missed == [] and len(before) > 1000


def test_all_that_differs_is_named_at_once(root, capsys):
    folder = root / "reports/2032"
    flip(folder / "01_clean.html", 10)
    flip(folder / "indicateurs.csv", 10)
    (folder / "04_themes.html").unlink()
    (folder / "sous-dossier").mkdir()
    for name in ("sous-dossier/notes.txt", ".DS_Store"):
        (folder / name).write_text("x", encoding="utf-8")
    flip(root / "data/raw/2032/enonces.csv", 60)
    (root / "data/raw/2031/chiffres_publies.csv").unlink()
    rewrite(folder, lambda there: there["outputs"].append({"path": "../../secret", "sha256": "0" * 64, "bytes": 1}), sealed=True)
    assert cli.main(["verify"]) == 2
    named = [line.removeprefix("reports/2032 : ") for line in plain(capsys.readouterr().err).splitlines()]
    assert named == [
        "01_clean.html n’est plus tel qu’il a été publié dans le rapport 2032.",
        "04_themes.html manque dans le rapport 2032.",
        "indicateurs.csv n’est plus tel qu’il a été publié dans le rapport 2032.",
        "manifest.json nomme un fichier hors du rapport 2032.",
        "sous-dossier/notes.txt n’est pas du rapport 2032.",
        "data/raw/2031/chiffres_publies.csv n’est plus là.",
        "data/raw/2032/enonces.csv n’est plus tel que le rapport l’a lu.",
    ]


def test_several_reports_are_verified_and_one_that_cannot_be_read_stops_none(root, capsys):
    shutil.copytree(root / "reports/2032", root / "reports/2033")
    (root / "reports/2033/manifest.json").write_text("{", encoding="utf-8")
    flip(root / "reports/2032/index.html", 0)
    (root / "reports/alses_2032.html").touch()
    (root / "reports/.en-cours-2032").mkdir()
    for asked in (["verify"], ["verify", "2032", str(root / "reports/2033")]):
        assert cli.main(asked) == 2
        told = plain(capsys.readouterr().err).splitlines()
        assert told[0].startswith("reports/2032 : index.html n’est plus") and len(told) == 2
        assert told[1].startswith("manifest.json du rapport 2033 n’est pas utilisable : refaites-le ")


@pytest.mark.parametrize(("asked", "said"), [([], "lancez d’abord"), (["2021"], "lancez d’abord"), (["nulle/part"], "donnez le dossier d’un rapport")])
def test_no_report_is_one_sentence_and_exit_code_2(alone, capsys, asked, said):
    assert cli.main(["verify", *asked]) == 2
    told = plain(capsys.readouterr().err)
    assert told.startswith("Aucun rapport dans ") and said in told and told.count("\n") == 1


@pytest.mark.parametrize("change", [{"inputs": 3}, {"inputs": [3]}, {"inputs": [{"sha256": "x"}]}, {"parameters": {"year": "an"}}])
def test_a_manifest_whose_lists_are_not_lists_of_files_is_told(alone, change):
    rewrite(alone, lambda there: there.update(change), sealed=True)
    assert cli.main(["verify", str(alone)]) == 2
