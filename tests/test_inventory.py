"""Which years are here, in what state: a report is stale when what it was made of changed, and the file is named."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conftest import some
from helpers import data, paths, provenance
from helpers.run import inventory
from small_export import write_export


def reasons(year: int = 2032) -> list[str]:
    return {each.year: each.report for each in inventory.take_inventory()}[year].reasons


def append(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("\n")


def test_a_report_just_made_is_up_to_date_and_says_when_and_how_much_it_weighs(published):
    earlier, year = inventory.take_inventory()
    assert (earlier.year, earlier.rows, earlier.faults, earlier.report) == (2031, {"chiffres_publies": 4}, 0, None)
    assert (year.year, list(year.rows), year.faults, year.report.reasons) == (2032, list(paths.RAW_TABLES), 0, [])
    assert datetime.now(UTC) - year.report.made < timedelta(hours=1)
    assert year.report.size_bytes == sum(path.stat().st_size for path in (published / "reports/2032").iterdir())


@pytest.mark.parametrize("name", ["2032/reunions.csv", "2032/datapackage.json", "2031/chiffres_publies.csv", "reference/themes.csv"])
def test_a_changed_file_is_named_whichever_folder_it_is_in(published, name):
    append(published / "data/raw" / name)
    assert reasons() == [f"{name} a changé depuis"]


def test_a_file_or_a_year_that_came_or_went_is_named(published):
    shutil.copy(published / "data/raw/2032/reunions.csv", published / "data/raw/2031/reunions.csv")
    (published / "data/raw/2032/remarques.csv").unlink()
    write_export(published, year=2029)
    assert reasons() == ["2032/remarques.csv n’est plus là", "2031/reunions.csv est arrivé depuis", "l’année 2029 est arrivée depuis"]


def test_a_table_of_the_project_that_was_touched_is_named_when_nothing_else_changed(published):
    (published / "data/processed/2032/postes.csv").unlink()
    assert reasons() == ["2032/postes.csv n’est plus là"]
    append(published / "data/raw/2032/reunions.csv")
    assert reasons() == ["2032/reunions.csv a changé depuis"]


def test_a_page_that_is_gone_or_was_edited_is_named(published):
    append(published / "reports/2032/index.html")
    (published / "reports/2032/02_describe.html").unlink()
    assert sorted(reasons()) == ["reports/2032/02_describe.html n’est plus là", "reports/2032/index.html a changé depuis"]


UNREADABLE = [None, "[" * 200_000, '{"tampon": {"produit_le": "0001-01-01T00:00:00+14:00"}}', "[]", '{"tampon": null}']


@pytest.mark.parametrize("text", some(UNREADABLE, 2))
@pytest.mark.parametrize("name", ["reports/2032/manifest.json", "data/processed/2032/rapport.json"])
def test_what_cannot_be_read_of_a_report_is_told(published, name, text):
    path = published / name
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    assert reasons() == [f"{name.removeprefix('reports/2032/')} manque ou n’est pas lisible : on ne sait pas de quoi il est fait"]


def test_a_table_that_cannot_be_read_has_no_count_and_faults(data_root):
    (data_root / "data/raw/2032/reunions.csv").write_bytes(b"\0")
    year = inventory.take_inventory()[1]
    assert (year.rows["reunions"], year.faults > 0) == (None, True)


def test_a_report_whose_files_are_gone_is_still_told(published):
    shutil.rmtree(published / "data/raw/2032")
    year = inventory.take_inventory()[-1]
    assert (year.year, year.rows, year.faults) == (2032, {}, 0)
    assert "2032/reunions.csv n’est plus là" in year.report.reasons


def test_what_a_cut_run_left_behind_is_found(published):
    for name in (".en-cours-2032", "2031.ancien"):
        (published / "reports" / name).mkdir()
    assert [path.name for path in inventory.leftovers()] == [".en-cours-2032", "2031.ancien"]


# --- exports and what is simulated -----------------------------------------------------------------------------------


def test_an_export_is_listed_with_its_rows_once_it_was_read(data_root):
    write_export(data_root)
    shown = "export de la base de 2033, fichier 1"
    assert inventory.take_inventory()[-1].exports == {shown: None}
    data.freeze_exports(2033, {"accompagnements.csv": 12})
    year = inventory.take_inventory()[-1]
    assert (year.year, year.rows, year.exports, year.faults, year.has_data) == (2033, {}, {shown: 12}, 0, True)


def test_a_year_that_is_only_prepared_is_listed_and_has_no_data(data_root):
    (data_root / "data/raw/2033").mkdir()
    (data_root / "data/raw/2033/reunions.csv").write_text("date,intitule\n", encoding="utf-8")
    year = inventory.take_inventory()[-1]
    assert (year.rows, year.faults, year.has_data) == ({"reunions": 0}, 0, False)


def test_a_simulation_leaves_the_true_report_as_it_is_and_an_export_makes_it_stale(published):
    path = write_export(published, year=2032, name="accompagnements_synthetique.csv")
    assert reasons() == []
    path.rename(path.with_name("accompagnements.csv"))
    assert reasons() == ["2032/export de la base de 2032, fichier 1 est arrivé depuis"]


def test_a_report_of_simulated_records_is_listed_beside_the_true_one(published):
    write_export(published, year=2032, name="accompagnements_synthetique.csv")
    shutil.copytree(published / "reports/2032", published / "reports/2032-synthetique")
    text = provenance.report_record(2032).read_text(encoding="utf-8").replace("reports/2032/", "reports/2032-synthetique/")
    provenance.report_record(2032, is_synthetic=True).write_text(text, encoding="utf-8")
    year = inventory.take_inventory()[-1]
    assert (year.report.reasons, year.simulated.reasons) == ([], ["2032/accompagnements_synthetique.csv est arrivé depuis"])
