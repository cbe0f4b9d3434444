"""Nothing of an export leaves: neither a row, nor the names of its files, nor those of this computer; whatever fails."""

import base64
import os
import shutil
import stat
from pathlib import Path

import nbformat
import pytest

from conftest import ALL, COMMANDS, FOUND, UNDRAWN, WITHOUT_KERNELS, Workshop, long, some
from helpers import cli, data, indicators, paths
from helpers.cli import messages
from helpers.run import execution
from helpers.run.tasks import NotebookFailure
from in_process import execute
from leak_project import SEED, YEAR, Project, plant
from leak_scanner import find


def run_by_the_command(workshop: Workshop) -> tuple[Project, str, int]:
    """The project of canaries, once another user of another machine made its report; what was told, and the seed."""
    project = plant(workshop.folder / "fuites")
    verbs = (f"check --year {YEAR}", f"run --year {YEAR} --jobs {2 if ALL else 1}", f"share {YEAR}", "verify", "status")
    script = ("" if ALL else WITHOUT_KERNELS + UNDRAWN) + COMMANDS
    done = workshop.run(project.root, "-c", script, *verbs, **project.environment, **FOUND)
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    return project, told, SEED


BESIDE = {"canaries": run_by_the_command} if ALL else {}
pytestmark = long


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


# What was found in each content: most files are the same after each failure.
_FOUND: dict[tuple[frozenset[str], bytes], set[str]] = {}


def find_once(sought: frozenset[str], content: bytes) -> set[str]:
    if (sought, content) not in _FOUND:
        _FOUND[sought, content] = find(sought, content)
    return _FOUND[sought, content]


def leaks(project: Project, told: str) -> dict[str, set[str]]:
    """What left or was told, by the place: of the reports everything, of this computer what nobody may be told."""
    sought, found = frozenset(project.every), {"terminal": find(project.secret, told.encode())}
    for path in sorted(path for path in project.root.rglob("*") if path.is_file()):
        place = path.relative_to(project.root)
        is_sent = place.parts[0] == "reports"
        if is_sent or (place.parts[:2] == ("data", "processed") and "prive" not in place.parts):
            held = find_once(sought, path.read_bytes()) | find(sought, place.as_posix().encode())
            found[place.as_posix()] = held if is_sent else held & project.secret
    return {place: held for place, held in found.items() if held}


def test_nothing_of_it_is_in_the_report_nor_in_what_was_told(made):
    project, told, _ = made
    assert leaks(project, told) == {}
    reports = project.root / "reports"
    shown = (reports / str(YEAR) / "01_clean.html").read_text(encoding="utf-8")
    assert [f"export de la base de {YEAR}, fichier {rank}" in shown for rank in (1, 2, 3)] == [True, True, False]
    assert "moins de 5" in shown and "accompagnements_" not in shown.casefold()
    assert {f"alses_{YEAR}.zip", f"alses_{YEAR}.html"} < {path.name for path in reports.iterdir()}


def test_a_canary_put_in_the_report_is_seen(project):
    page = project.root / "reports" / str(YEAR) / "04_themes.html"
    secrets, text = sorted(project.secret)[:3], page.read_text(encoding="utf-8")
    carried = base64.b64encode(secrets[1].encode()).decode()
    hidden = f"{secrets[0]}<a href='data:text/csv;base64,{carried}'>{''.join(f'&#{ord(each)};' for each in secrets[2])}</a>"
    page.write_text(text.replace("</main>", f"{hidden}</main>"), encoding="utf-8")
    seen = {f"reports/{YEAR}/04_themes.html": set(secrets), "terminal": {secrets[0]}}
    assert leaks(project, f"- {secrets[0]} -") == seen
    private = [path.read_bytes() for path in project.root.rglob("prive/*") if path.is_file()]
    assert any(find(project.secret, content) for content in private)


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


def fill_with_unknown_answers(project: Project, _) -> None:
    """An answer that no list knows, on every row: the terminal alone says it, so that somebody adds it to the list."""
    file = export(project)
    secret = sorted(each for each in project.secret if each.replace(" ", "").isalpha())[0]
    file.write_text(file.read_text(encoding="utf-8").replace(";collegien;", f";{secret};"), encoding="utf-8")
    project.secret.discard(secret)
    project.here.add(secret)


def fill_the_private_disk(project: Project, monkeypatch) -> None:
    monkeypatch.setattr("helpers.data.private.atomic_write", refuse)
    touch(project)


def touch(project: Project) -> None:
    """Something that every notebook reads changes."""
    path = project.root / "data" / "raw" / str(YEAR) / "reunions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Visio nord", "Visio du nord"), encoding="utf-8")


def refuse_to_swap(project: Project, monkeypatch) -> None:
    monkeypatch.setattr("helpers.report.publication.atomic_replace", refuse)
    (project.root / "reports" / str(YEAR) / "index.html").write_text("autre", encoding="utf-8")


def quote_a_row(project: Project, monkeypatch) -> None:
    """The cell that counts persons raises, and says whom; so does the error that it comes from."""

    def count(persons, **_):
        try:
            raise KeyError(*persons.identifiers.to_pylist())
        except KeyError as error:
            raise ValueError(f"ligne\n{persons.identifiers.to_pylist()} {persons.labels}") from error

    monkeypatch.setattr(indicators, "count_persons", count)
    touch(project)


def quote_a_row_in_a_check(project: Project, monkeypatch) -> None:
    monkeypatch.setattr(data, "account_for", lambda year: {}[sorted(project.secret)[0]])


# Each verb in turn.
FAILURES = [(fail, ("check", "run")) for fail in (damage_workbook, fill_with_unknown_answers)]
FAILURES += [(fail, ("run",)) for fail in (fill_the_private_disk, refuse_to_swap, quote_a_row)]
FAILURES += [(quote_a_row_in_a_check, ("check",))]


@pytest.mark.parametrize(("fail", "verbs"), some(FAILURES, 4), ids=lambda given: getattr(given, "__name__", None))
def test_what_fails_tells_nothing_either(project, monkeypatch, capfd, fail, verbs):
    fail(project, monkeypatch)
    codes = [cli.main([verb, "--year", str(YEAR)]) for verb in verbs]
    shown = capfd.readouterr()
    assert leaks(project, shown.out + shown.err) == {}
    assert all(codes) and shown.err and "Traceback" not in shown.err


# A cell of a kernel that warns of a row and prints a number; then an error that quotes a row and comes from another
# that does too, or a kernel that dies with rows in hand.
KERNEL = f"""
import csv, os, warnings
from helpers import paths
[path] = paths.raw({YEAR}).glob('acc*.csv')
row = next(csv.DictReader(path.open(encoding='utf-8', newline=''), delimiter=';'))['identifiant']
warnings.warn(f'ligne {{row}}')
print(12)
"""
FAILING = "\ntry:\n    {}[row]\nexcept KeyError as error:\n    raise ValueError(f'ligne\\n{row}') from error"
KILLED = "\nos.kill(os.getpid(), 9)"


@pytest.mark.parametrize("end", [FAILING, KILLED], ids=["error", "killed"])
def test_a_notebook_of_persons_that_stops_is_kept_without_what_its_errors_say(project, monkeypatch, capfd, end):
    made = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    for code, tag in (("year = 2020", "parameters"), (KERNEL + end, "fin"), ("print(1)", "provenance")):
        made.cells.append(nbformat.v4.new_code_cell(code, metadata={"tags": [tag]}))
    source, kept = project.root / "data" / "raw" / "essai.ipynb", paths.executed(YEAR) / "01_clean.ipynb"
    nbformat.write(made, source)
    monkeypatch.setattr(paths, "notebook", lambda name: source)
    with pytest.raises(NotebookFailure) as failure:
        execution.execute("01_clean", {"year": YEAR}, kept)
    assert messages.keep(failure.value, ["run"], YEAR)
    shown = capfd.readouterr()
    assert leaks(project, str(failure.value) + shown.out + shown.err) == {}
    if end == FAILING:
        outputs = [each for cell in nbformat.read(kept, as_version=4).cells for each in cell.get("outputs", [])]
        assert [each.get("text") or each.evalue for each in outputs] == ["12\n", execution.HUSHED]
        assert sum("Traceback" in line for line in outputs[1].traceback) == 2
        assert "paroles de l’erreur tues" in (paths.executed(YEAR) / "erreur.log").read_text(encoding="utf-8")


# --- what is said of the export's files --------------------------------------------------------------------------------


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
    (folder / "quarantaine.csv").unlink()
    (folder / "accompagnements.parquet").write_bytes(b"?")
    assert cli.main(["verify", str(YEAR)]) == 2
    told = capsys.readouterr()
    shown = told.err.replace("\u00a0", " ")
    assert f"data/processed/{YEAR}/prive/quarantaine.csv n’est plus là" in shown
    assert f"data/processed/{YEAR}/prive/accompagnements.parquet n’est plus tel" in shown and "l’a écrit" in shown
    assert f"Pour le refaire : {paths.COMMAND} run --year {YEAR}\n" in told.out.replace("\u00a0", " ")


def test_status_and_the_processed_files_never_name_a_file_of_the_export(project, capsys):
    """« status > etat.txt » is sent to who helps; the folder data/processed is copied without a thought."""
    file = export(project)
    names = [path.stem.lower() for path in paths.exports(YEAR)]
    processed = [path for path in (project.root / "data/processed").rglob("*") if path.is_file() and "prive" not in path.parts]
    contents = [path.read_bytes().lower() for path in processed]
    assert len(names) == 2 and not any(name.encode() in content for name in names for content in contents)
    file.write_bytes(file.read_bytes() + b"\n")
    (file.parent / "accompagnements zz.csv").write_bytes(b"identifiant;annee\n")
    assert cli.main(["status"]) == 0
    said = " ".join(capsys.readouterr().out.split()).replace("\u00a0", " ")
    assert f"{YEAR}/export de la base de {YEAR}, fichier 2 a changé depuis" in said
    assert "fichier 3 est arrivé depuis" in said
    assert not any(name in said.lower() for name in [*names, "accompagnements zz"])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_private_folders_and_keys_open_to_their_owner_alone(project):
    folders = [project.root / "data/processed" / str(YEAR) / "prive", paths.released(YEAR)]
    for path in [path for folder in folders for path in (folder, *folder.iterdir())]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path.name
    assert {"cle.bin", "accompagnements.parquet"} <= {path.name for folder in folders for path in folder.iterdir()}
