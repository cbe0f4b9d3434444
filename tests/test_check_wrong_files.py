"""Files that are not what they should be: ``check`` and ``run`` end on code 2, with one French sentence each."""

import io
import zipfile
from functools import cache
from pathlib import Path

import pytest

from export_judge import prepare, secrets_of
from export_mutations import YEAR, mutate
from helpers import cli, paths

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4000
FILE = f"data/raw/{YEAR}/accompagnements"
REJECTED = f"data/processed/{YEAR}/prive/quarantaine.csv"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    prepare(tmp_path / "un projet été", monkeypatch)
    monkeypatch.setattr("helpers.kernels.fork.start", lambda: None)  # it would load every library in vain
    paths.raw(YEAR).mkdir()
    return paths.raw(YEAR)


@cache
def good(form: str = "csv") -> bytes:
    return mutate(1, form=form, chosen=[])[0].content()


def with_cells(rows: int, column: str, text: str) -> bytes:
    """The good export, a cell replaced in its first rows."""
    draft = mutate(1, form="csv", chosen=[])[0]
    for row in draft.rows[:rows]:
        row[column] = text
    return draft.content()


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


SECRETS = secrets_of(mutate(1, form="csv", chosen=[])[2])


def command(capsys, verb: str) -> tuple[int, str, str]:
    code = cli.main([verb, "--year", str(YEAR)])
    shown = capsys.readouterr()
    assert not [secret for secret in SECRETS if secret in shown.out + shown.err]
    return code, *(text.replace("\u202f", " ").replace("\u00a0", " ") for text in (shown.out, shown.err))


WRONG = {
    "an empty file": ({"accompagnements.csv": b""}, f"{FILE}.csv : le fichier est vide ; refaites l’export, ou retirez ce fichier."),
    "only titles": ({"accompagnements.csv": good().split(b"\n")[0] + b"\n"}, f"{FILE}.csv n’a aucune ligne sous ses titres : refaites l’export, ou retirez ce fichier."),
    "a zip": ({"accompagnements.zip": archive(a=b"")}, f"{FILE}.zip : ce format n’est pas lu ; enregistrez la table en .csv, .xlsx, .ods ou .parquet."),
    "a zip named csv": ({"accompagnements.csv": archive(a=b"")}, f"{FILE}.csv : son extension ne dit pas ce qu’il est : un classeur ou une archive ; renommez-le en .xlsx ou .ods."),
    "a zip named xlsx": ({"accompagnements.xlsx": archive(a=b"")}, f"{FILE}.xlsx : ce n’est pas un classeur xlsx ou ods ; enregistrez-le au format .xlsx ou .csv."),
    "a web page named xls": ({"accompagnements.xls": b"<html><table></table></html>"}, f"{FILE}.xls : ce format n’est pas lu ; enregistrez la table en .csv, .xlsx, .ods ou .parquet."),
    "a web page named xlsx": ({"accompagnements.xlsx": b"<html><table></table></html>"}, f"{FILE}.xlsx : c’est une page web sous un autre nom ; ouvrez-la dans un tableur et enregistrez-la au format .xlsx."),
    "an old xls": ({"accompagnements.xls": OLE}, f"{FILE}.xls : ce format n’est pas lu ; enregistrez la table en .csv, .xlsx, .ods ou .parquet."),
    "a password": ({"accompagnements.xlsx": OLE}, f"{FILE}.xlsx : fichier protégé par un mot de passe ou ancien .xls ; enregistrez-le sans mot de passe, en .xlsx."),
    "a parquet cut short": ({"accompagnements.parquet": good("parquet")[:-200]}, f"{FILE}.parquet : ce fichier Parquet est tronqué ou abîmé ; refaites l’export."),
    "NUL bytes": ({"accompagnements.csv": good().replace(b"Horizon", b"Hori\0zon", 1)}, f"{FILE}.csv, ligne 2 : un caractère nul coupe le texte ; ce n’est pas une table en texte : enregistrez-la au format CSV UTF-8."),
    "the same file twice": ({"accompagnements.csv": good(), "accompagnements 2.csv": good()}, f"{FILE}.csv est la copie de accompagnements 2.csv ; retirez l’un des deux."),
    "a folder": ({"accompagnements.csv": good(), "accompagnements 2.csv/Lille.csv": b""}, f"{FILE} 2.csv est un dossier, il n’est pas lu : sortez-en les fichiers de l’export."),
    "another name": ({"accompagnements.csv": good(), "Copie de accompagnements.xlsx": b""}, f"data/raw/{YEAR}/Copie de accompagnements.xlsx n’est pas lu : faites commencer son nom par « accompagnements », ou retirez-le."),
    "one endless line": ({"accompagnements.csv": b"x" * (50 << 20)}, f"{FILE}.csv : aucune ligne de titres parmi les premières ; la première ligne doit porter les intitulés des colonnes (data/raw/reference/entetes.csv dit lesquels sont connus)."),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_file_is_one_sentence_and_code_2(folder, capsys, kind):
    files, sentence = WRONG[kind]
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    for verb, answer in (("check", f"{YEAR} : 1 erreur.\n"), ("run", "")):
        assert command(capsys, verb) == (2, answer, f"{sentence}\n")
    assert not (paths.data_root() / "reports").exists() and not paths.processed(YEAR).exists()


def test_a_file_that_may_not_be_read_is_one_sentence(folder, capsys, monkeypatch):
    (folder / "accompagnements.csv").write_bytes(good())
    opened = Path.open

    def refuse(path, *given, **more):
        if path.name == "accompagnements.csv":
            raise PermissionError(13, "refusé", str(path))
        return opened(path, *given, **more)

    monkeypatch.setattr(Path, "open", refuse)
    for verb in ("check", "run"):
        code, _, err = command(capsys, verb)
        assert (code, err) == (2, f"Impossible de lire {FILE}.csv : fermez-le s’il est ouvert, ou vérifiez vos droits.\n")


def test_locks_are_passed_over(folder, capsys):
    (folder / "accompagnements.csv").write_bytes(good())
    for name in ("~$accompagnements.xlsx", ".~lock.accompagnements.ods#", "._accompagnements.csv"):
        (folder / name).write_bytes(b"\0")
    code, out, err = command(capsys, "check")
    assert (code, err) == (0, "") and "60 lignes lues, 60 gardées, 0 rejetée" in out


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_two_files_with_the_same_persons_are_told(folder, capsys, form):
    """Not the same bytes: a second format, or a line end more."""
    (folder / "accompagnements.csv").write_bytes(good())
    (folder / f"accompagnements_2.{form}").write_bytes(good(form) + (b"\n" if form == "csv" else b""))
    code, _, err = command(capsys, "check")
    assert (code, err) == (
        2,
        f"accompagnements_2.{form} : 60 de ses 60 lignes sont déjà dans un autre fichier de l’année ; gardez un seul des deux, ou demandez un export sans répétition.\n",
    )


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
