"""The folder of a year that begins: everything it needs, nothing replaced."""

import csv
import json
import re
from types import SimpleNamespace

import pytest

from helpers import cli, data, paths, schema

FILES = ["README.md", "chiffres_publies.csv", "datapackage.json", "enonces.csv", "prises_de_poste.csv", "reunions.csv"]


def said(capsys) -> str:
    return re.sub(r"\s+", " ", capsys.readouterr().out)


def test_the_folder_has_a_log_a_card_and_tables_with_their_columns_and_no_row(data_root):
    assert cli.main(["new-year", "2033"]) == 0
    assert sorted(path.name for path in paths.raw(2033).iterdir()) == FILES
    for name in ("chiffres_publies", "prises_de_poste", "reunions", "enonces"):
        with paths.raw_table(2033, name).open(encoding="utf-8", newline="") as file:
            assert list(csv.reader(file)) == [schema.columns(name)]
    log = (paths.raw(2033) / "README.md").read_text(encoding="utf-8")
    assert "- `enonces.csv` : une ligne est un énoncé de la synthèse des réunions, reformulé et codé.\n\n" in log
    assert log.startswith("# Année 2033\n") and "{" not in log and "check --year 2033" in log


def test_the_card_can_be_read_and_lists_the_tables(data_root):
    assert cli.main(["new-year", "2033"]) == 0
    assert data.read_card(2033) == {"title": "fichiers reçus pour 2033", "source": "fichiers reçus pour 2033", "contexte": ""}
    card = json.loads((paths.raw(2033) / "datapackage.json").read_text(encoding="utf-8"))
    assert card["associations_attendues"] == data.expected_associations(2033) == []
    assert [each["path"] for each in card["resources"]] == ["chiffres_publies.csv", "prises_de_poste.csv", "reunions.csv", "enonces.csv"]


def test_it_says_what_to_put_where_and_that_the_export_never_enters_git(data_root, capsys):
    assert cli.main(["new-year", "2033"]) == 0
    told = said(capsys)
    assert told.startswith("data/raw/2033 est prêt. créés : README.md, datapackage.json, chiffres_publies.csv, ")
    assert "commence par « accompagnements » (.csv, .xlsx, .ods ou .parquet). Il n’entre jamais dans git" in told
    assert "colonnes obligatoires : identifiant, annee, association, suivi_par, situation, niveau, sexe, " in told
    assert "colonnes facultatives : territoire, uai, college, annee_naissance, date_debut, date_fin, orienteur " in told
    assert all(f" {name}.csv {row} " in told for name, row in data.new_tables().items())
    assert "Ce que chaque colonne veut dire : docs/data-dictionary.md " in told.replace("\u00a0", " ")
    assert told.endswith(f"Puis : {paths.COMMAND} check --year 2033 ")


def test_what_is_there_is_left_alone_and_said(data_root, capsys):
    paths.raw(2033).mkdir()
    (paths.raw(2033) / "reunions.csv").write_text("à moi", encoding="utf-8")
    assert cli.main(["new-year", "2033"]) == 0
    assert "énoncés" not in (told := said(capsys)) and "laissés tels quels : reunions.csv À" in told
    assert (paths.raw(2033) / "reunions.csv").read_text(encoding="utf-8") == "à moi"
    assert sorted(path.name for path in paths.raw(2033).iterdir()) == FILES


def test_a_whole_year_is_not_touched(data_root, capsys):
    before = {path: path.read_bytes() for path in paths.raw(2032).iterdir()}
    (paths.raw(2032) / "README.md").write_text("journal", encoding="utf-8")
    assert cli.main(["new-year", "2032"]) == 0
    assert said(capsys).startswith("data/raw/2032 a déjà tous ses fichiers. laissés tels quels : README.md, ")
    assert {path: path.read_bytes() for path in before} == before


def test_a_file_in_the_place_of_the_folder_is_one_sentence(data_root, capsys):
    paths.raw(2033).write_text("", encoding="utf-8")
    assert cli.main(["new-year", "2033"]) == 2
    told = capsys.readouterr().err.replace("\u00a0", " ")
    assert told == "data/raw/2033 est un fichier : renommez-le, un dossier de ce nom est nécessaire.\n"


def test_a_card_that_nobody_filled_in_says_what_was_received(data_root):
    assert cli.main(["new-year", "2033"]) == 0
    for name, title in (("accompagnements_synthetique", "données simulées pour 2033"), ("accompagnements", "export de la base départementale reçu pour 2033")):
        file = paths.raw(2033) / f"{name}.csv"
        file.write_text("identifiant\n", encoding="utf-8")
        assert data.read_card(2033)["title"] == title
        file.unlink()


@pytest.mark.parametrize(("year", "is_made"), [("1999", False), ("2000", True), ("2033", True), ("2034", False), ("2105", False)])
def test_a_year_that_no_report_can_have_makes_no_folder(year, is_made, data_root, capsys, monkeypatch):
    """The data go up to 2032, and the clock says an earlier year: 2033 is the next one."""
    monkeypatch.setattr("datetime.date", type("Earlier", (), {"today": lambda: SimpleNamespace(year=2026)}))
    assert cli.main(["new-year", year]) == (0 if is_made else 2)
    assert paths.raw(int(year)).exists() == is_made
    if not is_made:
        told = re.sub(r"\s+", " ", capsys.readouterr().err)
        assert told == f"{year} ne peut pas être une année de rapport (de 2000 à 2033) : vérifiez l’année, puis relancez, par exemple {paths.COMMAND} new-year 2032 "


@pytest.mark.parametrize("slip", ["0201", "201", "20211", "deux"])
def test_a_slip_in_the_year_makes_no_folder(slip, data_root, capsys):
    before = sorted(paths.raw(2033).parent.iterdir())
    with pytest.raises(SystemExit) as stop:
        cli.main(["new-year", slip])
    assert stop.value.code == 2 and f"une année en quatre chiffres est attendue, reçu : {slip} " in re.sub(r"\s+", " ", capsys.readouterr().err)
    assert sorted(paths.raw(2033).parent.iterdir()) == before
