"""Files that are not what they should be: ``check`` and ``run`` end on code 2, with one French sentence each."""

from pathlib import Path

import pytest

from conftest import ALL
from export_judge import prepare, secrets_of
from export_mutations import YEAR, mutate
from helpers import cli, paths

FILE = f"data/raw/{YEAR}/accompagnements"
REJECTED = f"data/processed/{YEAR}/prive/quarantaine.csv"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    prepare(tmp_path / "un projet été", monkeypatch)
    paths.raw(YEAR).mkdir()
    return paths.raw(YEAR)


def good(form: str = "csv") -> bytes:
    return mutate(1, form=form, chosen=[])[0].content()


def with_cells(rows: int, column: str, text: str) -> bytes:
    """The good export, a cell replaced in its first rows."""
    draft = mutate(1, form="csv", chosen=[])[0]
    for row in draft.rows[:rows]:
        row[column] = text
    return draft.content()


def command(capsys, verb: str) -> tuple[int, str, str]:
    code = cli.main([verb, "--year", str(YEAR)])
    shown = capsys.readouterr()
    clean = mutate(1, form="csv", chosen=[])[2]
    assert not [secret for secret in secrets_of(clean) if secret in shown.out + shown.err]
    return code, *(text.replace("\u202f", " ").replace("\u00a0", " ") for text in (shown.out, shown.err))


NO_TITLES = "aucune ligne de titres parmi les premières ; la première ligne doit porter les intitulés des colonnes (data/raw/reference/entetes.csv dit lesquels sont connus)."
# Every sentence about a file is tested beside its reading; here, that a command ends on it.
WRONG = {
    "an empty file": ({"accompagnements.csv": b""}, f"{FILE}.csv : le fichier est vide ; refaites l’export, ou retirez ce fichier."),
    "a parquet cut short": ({"accompagnements.parquet": good("parquet")[:-200]}, f"{FILE}.parquet : ce fichier Parquet est tronqué ou abîmé ; refaites l’export."),
    "a folder": ({"accompagnements.csv": good(), "accompagnements 2.csv/Lille.csv": b""}, f"{FILE} 2.csv est un dossier, il n’est pas lu : sortez-en les fichiers de l’export."),
    "another name": ({"accompagnements.csv": good(), "Copie de accompagnements.xlsx": b""}, f"data/raw/{YEAR}/Copie de accompagnements.xlsx n’est pas lu : faites commencer son nom par « accompagnements », ou retirez-le."),
    "one endless line": ({"accompagnements.csv": b"x" * (50 << 20 if ALL else 5 << 20)}, f"{FILE}.csv : {NO_TITLES}"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "verb"), [*((kind, "check") for kind in WRONG), ("an empty file", "run"), ("a folder", "run")])
def test_a_wrong_file_is_one_sentence_and_code_2(folder, capsys, kind, verb):
    files, sentence = WRONG[kind]
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    code, out, err = command(capsys, verb)
    assert (code, err) == (2, f"{sentence}\n")
    assert out == (f"{YEAR} : 1 erreur.\n" if verb == "check" else "")
    assert not (paths.data_root() / "reports").exists() and not paths.processed(YEAR).exists()


def test_a_file_that_may_not_be_read_is_told(folder, capsys, monkeypatch):
    (folder / "accompagnements.csv").write_bytes(good())
    opened = Path.open

    def refuse(path, *given, **more):
        if path.name == "accompagnements.csv":
            raise PermissionError(13, "refusé", str(path))
        return opened(path, *given, **more)

    monkeypatch.setattr(Path, "open", refuse)
    code, _, err = command(capsys, "check")
    assert (code, err) == (2, f"Impossible de lire {FILE}.csv : fermez-le s’il est ouvert, ou vérifiez vos droits.\n")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_two_files_with_the_same_persons_are_told(folder, capsys, form):
    """Not the same bytes: a second format, or a line end more."""
    (folder / "accompagnements.csv").write_bytes(good())
    (folder / f"accompagnements_2.{form}").write_bytes(good(form) + (b"\n" if form == "csv" else b""))
    code, _, err = command(capsys, "check")
    told = "60 de ses 60 lignes sont déjà dans un autre fichier de l’année ; gardez un seul des deux, ou demandez un export sans répétition."
    assert (code, err) == (2, f"accompagnements_2.{form} : {told}\n")


def test_a_person_in_two_files_is_no_fault(folder, capsys):
    rows = good().split(b"\n")
    (folder / "accompagnements_a.csv").write_bytes(b"\n".join(rows[:40]))
    (folder / "accompagnements_b.csv").write_bytes(b"\n".join([rows[0], *rows[36:]]))
    code, out, err = command(capsys, "check")
    assert (code, err) == (0, "") and "64 lignes lues, 60 gardées, 4 rejetées." in out


# --- where the rejected rows are -------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["check", "run"])
def test_rows_that_stop_the_year_are_kept_aside_and_the_place_is_told(folder, capsys, verb):
    (folder / "accompagnements.csv").write_bytes(with_cells(20, "date_debut", "31/02/2031"))
    code, out, err = command(capsys, verb)
    assert code == 2 and "20 lignes sur 60 ne peuvent pas être comptées : date impossible ou illisible (20)" in err
    assert f"Lignes rejetées, telles que reçues, sur ce poste seulement : {REJECTED}\n" in out + err
    kept = (paths.data_root() / REJECTED).read_text(encoding="utf-8-sig")
    assert kept.count("date impossible ou illisible") == kept.count("31/02/2031") == 20
    assert [path.name for path in (paths.processed(YEAR) / "prive").iterdir()] == ["quarantaine.csv"]


def test_rows_that_do_not_stop_the_year_are_kept_aside_as_well(folder, capsys):
    (folder / "accompagnements.csv").write_bytes(with_cells(1, "uai", "faux"))
    code, out, err = command(capsys, "check")
    assert (code, err) == (0, "") and REJECTED in out
    assert (paths.data_root() / REJECTED).read_text(encoding="utf-8-sig").count("faux") == 1


def test_a_protected_folder_hides_no_fault(folder, capsys, monkeypatch):
    def refuse(cleaned):
        raise PermissionError(13, "refusé")

    monkeypatch.setattr("helpers.data.private.save_rejected", refuse)
    (folder / "accompagnements.csv").write_bytes(with_cells(20, "date_debut", "31/02/2031"))
    code, out, err = command(capsys, "check")
    assert code == 2 and "20 lignes sur 60" in err and "quarantaine.csv" not in out + err
