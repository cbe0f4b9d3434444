"""The folder of a year that begins: everything it needs, nothing replaced."""

import csv
import json
import re
from types import SimpleNamespace

import pytest

from helpers import cli, data, paths, schema

FILES = ["README.md", "chiffres_publies.csv", "datapackage.json", "enonces.csv", "prises_de_poste.csv", "reunions.csv"]


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_the_folder_has_a_log_a_card_that_can_be_read_and_tables_with_their_columns_and_no_row(data_root):
    assert cli.main(["new-year", "2033"]) == 0
    assert sorted(path.name for path in paths.raw(2033).iterdir()) == FILES
    for name in ("chiffres_publies", "prises_de_poste", "reunions", "enonces"):
        with paths.raw_table(2033, name).open(encoding="utf-8", newline="") as file:
            assert list(csv.reader(file)) == [schema.columns(name)]
    log = (paths.raw(2033) / "README.md").read_text(encoding="utf-8")
    assert "- `enonces.csv` : une ligne est un énoncé de la synthèse des réunions, reformulé et codé.\n\n" in log
    assert log.startswith("# Année 2033\n") and "{" not in log and "check --year 2033" in log
    assert data.read_card(2033) == {"title": "fichiers reçus pour 2033", "source": "fichiers reçus pour 2033", "contexte": ""}
    card = json.loads((paths.raw(2033) / "datapackage.json").read_text(encoding="utf-8"))
    assert card["associations_attendues"] == data.expected_associations(2033) == []
    assert [each["path"] for each in card["resources"]] == ["chiffres_publies.csv", "prises_de_poste.csv", "reunions.csv", "enonces.csv"]


def test_it_says_what_to_put_where_and_that_the_export_never_enters_git(data_root, capsys):
    assert cli.main(["new-year", "2033"]) == 0
    out = words(capsys.readouterr().out)
    assert out.startswith("data/raw/2033 est prêt. créés : README.md, datapackage.json, chiffres_publies.csv, ")
    assert "commence par « accompagnements » (.csv, .xlsx, .xls, .ods, .parquet, .sav ou .dta). Il n’entre jamais dans git" in out
    assert "colonnes obligatoires : identifiant, annee, association, suivi_par, situation, niveau, sexe, " in out
    assert "colonnes facultatives : territoire, uai, college, annee_naissance, date_debut, date_fin, orienteur " in out
    assert all(f" {name}.csv {row} " in out for name, row in data.new_tables().items())
    assert out.endswith(f"Puis : {paths.COMMAND} check --year 2033 ")


def test_what_is_there_is_left_alone_and_named(data_root, capsys):
    paths.raw(2033).mkdir()
    (paths.raw(2033) / "reunions.csv").write_text("à moi", encoding="utf-8")
    assert cli.main(["new-year", "2033"]) == 0
    assert "laissés tels quels : reunions.csv À" in words(capsys.readouterr().out)
    assert (paths.raw(2033) / "reunions.csv").read_text(encoding="utf-8") == "à moi"
    assert cli.main(["new-year", "2033"]) == 0
    assert words(capsys.readouterr().out).startswith("data/raw/2033 a déjà tous ses fichiers. laissés tels quels : README.md, ")
    assert sorted(path.name for path in paths.raw(2033).iterdir()) == FILES


@pytest.mark.parametrize(("year", "is_made"), [("1999", False), ("2034", False), ("2033", True)])
def test_a_year_that_no_report_can_have_makes_no_folder(year, is_made, data_root, capsys, monkeypatch):
    """The data go up to 2032, and the clock says an earlier year: 2033 is the next one."""
    monkeypatch.setattr("datetime.date", type("Earlier", (), {"today": lambda: SimpleNamespace(year=2026)}))
    assert cli.main(["new-year", year]) == (0 if is_made else 2)
    assert paths.raw(int(year)).exists() == is_made
    if not is_made:
        remedy = f"vérifiez l’année, puis relancez, par exemple {paths.COMMAND} new-year 2032 "
        assert words(capsys.readouterr().err) == f"{year} ne peut pas être une année de rapport (de 2000 à 2033) : {remedy}"
