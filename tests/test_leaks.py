"""Nothing of an export leaves: neither a row, nor the names of its files, nor those of this computer; whatever fails."""

import os
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from conftest import ALL, COMMANDS, FOUND, WITHOUT_KERNELS, Workshop
from helpers import cli, paths
from in_process import execute
from leak_canaries import SEED
from leak_project import YEAR, Project, plant
from leak_scanner import find, find_in, find_patterns


def run_by_the_command(workshop: Workshop) -> tuple[Project, str, int]:
    """The project of canaries, once another user of another machine made its report; what was told, and the seed."""
    project = plant(workshop.folder / "fuites")
    verbs = (f"check --year {YEAR}", f"run --year {YEAR} --jobs {2 if ALL else 1}", f"share {YEAR}", "verify", "status")
    script = ("" if ALL else WITHOUT_KERNELS) + COMMANDS
    done = workshop.run(project.root, "-c", script, *verbs, **project.environment, **FOUND)
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    return project, told, SEED


BESIDE = {"canaries": run_by_the_command}


@pytest.fixture(scope="module")
def made(workshop) -> tuple[Project, str, int]:
    made = workshop.take("canaries")
    print(f"ALSES_GRAINE={made[2]}")
    return made


@pytest.fixture
def project(made, tmp_path, monkeypatch) -> Project:
    """A copy of the project, its report and all, opened by the same user."""
    original, *_ = made
    root = tmp_path / original.root.name
    shutil.copytree(original.root, root)
    for name, value in (original.environment | {paths.DATA_ROOT_VARIABLE: str(root)}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("helpers.run.report.execute", execute)
    return Project(root, set(original.here), set(original.secret))


# What was found in each content: most files are the same after each failure, and in the archive that is sent.
_FOUND: dict[tuple[frozenset[str], bytes], set[str]] = {}


def find_once(sought: frozenset[str], content: bytes) -> set[str]:
    if (sought, content) not in _FOUND:
        _FOUND[sought, content] = find(sought, content)
    return _FOUND[sought, content]


def look(sought: frozenset[str], path: Path) -> set[str]:
    """What a file holds; of an archive, its entries, their names and its comment."""
    if path.suffix != ".zip":
        return find_once(sought, path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entries = [archive.read(name) for name in archive.namelist()]
        beside = archive.comment + "\n".join(archive.namelist()).encode()
    return set().union(*(find_once(sought, content) for content in [beside, *entries]))


def leaks(project: Project, told: str) -> dict[str, set[str]]:
    """What left or was told, by the place: of the reports everything, of this computer what nobody may be told."""
    sought, found = frozenset(project.every), {"terminal": find(project.secret, told.encode())}
    for path in sorted(path for path in project.root.rglob("*") if path.is_file()):
        place = path.relative_to(project.root)
        is_sent = place.parts[0] == "reports"
        if is_sent or (place.parts[:2] == ("data", "processed") and "prive" not in place.parts):
            held = look(sought, path) | find(sought, place.as_posix().encode())
            found[place.as_posix()] = held if is_sent else held & project.secret
    return {place: held for place, held in found.items() if held}


def test_every_kind_of_place_holds_canaries(made):
    project, *_ = made
    assert len(project.every) > 200 and len(project.here) > 15
    planted = [
        path
        for path in (project.root / "data" / "raw" / str(YEAR)).rglob("*")
        if find(project.every, path.name.encode())
    ]
    assert len(planted) == 6


def test_nothing_of_it_is_in_the_report_nor_in_what_was_told(made):
    project, told, _ = made
    assert leaks(project, told) == {}
    assert f"reports/{YEAR}" in told


def test_the_report_was_made_of_the_export_and_sent(made):
    project, *_ = made
    report = project.root / "reports" / str(YEAR)
    shown = (report / "01_clean.html").read_text(encoding="utf-8")
    assert [f"export de la base de {YEAR}, fichier {rank}" in shown for rank in (1, 2, 3)] == [True, True, False]
    assert "moins de 5" in shown and "accompagnements_" not in shown.casefold()
    with zipfile.ZipFile(project.root / "reports" / f"alses_{YEAR}.zip") as archive:
        assert len(archive.namelist()) > 8
    assert (project.root / "reports" / f"alses_{YEAR}.html").is_file()


def test_the_private_folder_alone_holds_the_persons(made):
    project, *_ = made
    private = [path for path in project.root.rglob("*") if path.is_file() and "prive" in path.parts]
    assert find_in(project.secret, private, project.root)


def test_nothing_in_the_report_looks_like_a_person_or_a_computer(made):
    project, *_ = made
    files = [path for path in (project.root / "reports").rglob("*") if path.is_file()]
    assert {path.name: found for path in files if (found := find_patterns(path.read_bytes()))} == {}


def test_a_canary_put_in_the_report_is_seen(project):
    page = project.root / "reports" / str(YEAR) / "04_themes.html"
    secret = sorted(project.secret)[0]
    page.write_text(page.read_text(encoding="utf-8").replace("</main>", f"{secret}</main>"), encoding="utf-8")
    assert leaks(project, f"- {secret} -") == {f"reports/{YEAR}/04_themes.html": {secret}, "terminal": {secret}}


# --- what fails, each on a project whose report is there ---------------------------------------------------------------


def export(project: Project) -> Path:
    [file] = (project.root / "data" / "raw" / str(YEAR)).glob("acc*.csv")
    return file


def refuse(*_, **__):
    raise OSError(28, "No space left on device")


def damage_workbook(project: Project, _) -> None:
    """A file cut short: a bad one beside a good one."""
    [file] = (project.root / "data" / "raw" / str(YEAR)).glob("Acc*.xlsx")
    file.write_bytes(file.read_bytes()[:-400])


def rename_column(project: Project, _) -> None:
    """A column that nobody knows in place of one that is needed."""
    file = export(project)
    name = sorted(project.here)[0]
    file.write_text(file.read_text(encoding="utf-8").replace("suivi_par", f"suivi par {name}", 1), encoding="utf-8")


def fill_with_unknown_answers(project: Project, _) -> None:
    """An answer that no list knows, on every row: the terminal alone says it, so that somebody adds it to the list."""
    file = export(project)
    secret = sorted(each for each in project.secret if each.replace(" ", "").isalpha())[0]
    file.write_text(file.read_text(encoding="utf-8").replace(";collegien;", f";{secret};"), encoding="utf-8")
    project.secret.discard(secret)
    project.here.add(secret)


def change_a_file(project: Project, _) -> None:
    file = export(project)
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def fill_the_disk(project: Project, monkeypatch) -> None:
    """No room any more for the tables that 01 writes."""
    monkeypatch.setattr("helpers.data.processed.atomic_write", refuse)
    touch(project)


def fill_the_private_disk(project: Project, monkeypatch) -> None:
    monkeypatch.setattr("helpers.data.private.atomic_write", refuse)
    touch(project)


def touch(project: Project) -> None:
    """Something that every notebook reads changes."""
    path = project.root / "data" / "raw" / str(YEAR) / "reunions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Visio nord", "Visio du nord"), encoding="utf-8")


def find_a_defect(project: Project, monkeypatch) -> None:
    """The check of pages fails, and so does the publication."""
    monkeypatch.setattr("helpers.report.checks.check_pages", lambda folder: ["01_clean.html : un défaut."])
    (project.root / "reports" / str(YEAR) / "index.html").unlink()


def refuse_to_swap(project: Project, monkeypatch) -> None:
    monkeypatch.setattr("helpers.report.publication.atomic_replace", refuse)
    (project.root / "reports" / str(YEAR) / "index.html").write_text("autre", encoding="utf-8")


def quote_a_row(project: Project, monkeypatch) -> None:
    """The cell that counts persons raises, and says whom."""
    from helpers import indicators

    def count(persons, **_):
        raise ValueError(f"ligne {persons.identifiers.to_pylist()} {persons.labels}")

    monkeypatch.setattr(indicators, "count_persons", count)
    touch(project)


# Each verb in turn; of the failures that another resembles, one in the quick suite.
FAILURES = [
    (fail, ("check", "run")) for fail in (damage_workbook, rename_column, fill_with_unknown_answers, change_a_file)
]
FAILURES += [(fail, ("run",)) for fail in (fill_the_private_disk, refuse_to_swap, quote_a_row)]
FAILURES += [(fail, ("run",)) for fail in (fill_the_disk, find_a_defect) if ALL]


@pytest.mark.parametrize(("fail", "verbs"), FAILURES, ids=lambda given: getattr(given, "__name__", None))
def test_what_fails_tells_nothing_either(project, monkeypatch, capfd, fail, verbs):
    fail(project, monkeypatch)
    codes = [cli.main([verb, "--year", str(YEAR)]) for verb in verbs]
    shown = capfd.readouterr()
    assert leaks(project, shown.out + shown.err) == {}
    assert all(codes) and shown.err and "Traceback" not in shown.err


def test_verifying_finds_the_export_by_its_checksum_whatever_its_name(project, capsys):
    file = export(project)
    moved = file.rename(file.with_name("accompagnements zz.csv"))
    assert cli.main(["verify", str(YEAR)]) == 0
    moved.write_bytes(moved.read_bytes() + b"\n")
    assert cli.main(["verify", str(YEAR)]) == 2
    assert "fichier 2 n’est plus tel que le rapport l’a lu" in capsys.readouterr().err
    for path in paths.exports(YEAR):
        path.unlink()
    assert cli.main(["verify", str(YEAR)]) == 2
    assert "fichier 1 n’est plus là" in capsys.readouterr().err


def test_verifying_finds_private_files_that_were_touched_or_removed(project, capsys):
    folder = project.root / "data" / "processed" / str(YEAR) / "prive"
    for name in ("quarantaine.csv", "accompagnements.parquet", "comptes_par_site.csv"):
        content = (folder / name).read_bytes()
        for damage, told in (((folder / name).unlink, "n’est plus là"), (lambda: None, "l’a écrit")):
            (folder / name).write_bytes(content[:-1] + b"?")
            damage()
            assert cli.main(["verify", str(YEAR)]) == 2
            told_of = capsys.readouterr()
            shown = told_of.err.replace("\u00a0", " ")
            assert f"data/processed/{YEAR}/prive/{name} n’est plus " in shown and told in shown
            assert f"Pour le refaire : {paths.COMMAND} run --year {YEAR}\n" in told_of.out.replace("\u00a0", " ")
        (folder / name).write_bytes(content)


def test_status_and_the_processed_files_never_name_a_file_of_the_export(project, capsys):
    """« status > etat.txt » is sent to who helps; the folder data/processed is copied without a thought."""
    file = export(project)
    names = [path.stem.lower().encode() for path in paths.exports(YEAR)]
    processed = [path for path in (project.root / "data/processed").rglob("*") if path.is_file() and "prive" not in path.parts]
    assert len(names) == 2 and [path.name for path in processed if any(name in path.read_bytes().lower() for name in names)] == []
    file.write_bytes(file.read_bytes() + b"\n")
    (file.parent / "accompagnements zz.csv").write_bytes(b"identifiant;annee\n")
    assert cli.main(["status"]) == 0
    said = " ".join(capsys.readouterr().out.split()).replace("\u00a0", " ")
    assert f"{YEAR}/export de la base de {YEAR}, fichier 2 a changé depuis" in said
    assert "fichier 3 est arrivé depuis" in said
    assert not any(name.decode() in said.lower() for name in [*names, b"accompagnements zz"])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_private_folders_and_keys_open_to_their_owner_alone(project):
    folders = [project.root / "data/processed" / str(YEAR) / "prive", paths.released(YEAR)]
    for path in [path for folder in folders for path in (folder, *folder.iterdir())]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path.name
    assert {"cle.bin", "accompagnements.parquet"} <= {path.name for folder in folders for path in folder.iterdir()}
