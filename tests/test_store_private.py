"""Persons on this machine only: saved whole or not at all, and read back as they were."""

import os
import time

import numpy as np
import pandas as pd
import pytest

from helpers import data, paths, system
from helpers.clean import records
from helpers.schema import DataError
from helpers.system import atomic_write
from received_persons import cleaned, rows

LINES = rows({}, {"niveau": "6e", "sexe": "", "date_fin": ""}, {"identifiant": "=1+1", "annee": "2020", "college": "@SOMME(A1)"}, {"identifiant": "é;\"x", "association": ""})


@pytest.fixture
def saved(data_root):
    out = cleaned(LINES)
    return out, data.save_persons(out)


def test_persons_are_read_back_as_they_were(saved):
    out, folder = saved
    again = data.load_records(2021)
    assert paths.relative(folder) == "data/processed/2021/prive"
    pd.testing.assert_frame_equal(again.table, out.persons.table)


def test_persons_are_explored_by_hand(saved):
    found = data.load_persons(2021)
    assert found["identifiant"].tolist() == ["P00001", "P00002", 'é;"x']
    assert found["sexe"].value_counts(sort=False).to_dict() == {"filles": 2, "non renseigné": 1}
    assert found["niveau"].max() == "4e" and found["niveau"].dtype.ordered and found["annee"].sum() == 3 * 2021
    assert str(found["annee_naissance"].dtype) == "Int64" and found["objectifs"].map(len).max() == 2
    assert set(found.explode("objectifs")["objectifs"]) == {"scolarité", "mobilité"}
    assert found["association"].isna().tolist() == [False, False, True]
    assert found["date_fin"].tolist()[:1] == [pd.Timestamp("2021-06-30")] and found["date_fin"].isna().sum() == 1


def test_a_notebook_of_the_report_is_told_why_it_may_not_read_persons_and_what_to_use(saved):
    with paths.with_data_root(paths.shareable()), pytest.raises(DataError, match=r"chiffres\.reponses.*20_explorer"):
        data.load_persons(2021)


def test_the_quarantine_opens_in_a_french_spreadsheet_and_runs_nothing(saved):
    content = (saved[1] / "quarantaine.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbffichier;feuille;ligne;motif;identifiant;")
    row = content.decode("utf-8-sig").splitlines()[1].split(";")
    assert (row[2], row[4], row[9]) == ("4", "'=1+1", "'@SOMME(A1)")


def test_persons_that_are_absent_or_altered_are_told(saved):
    with pytest.raises(DataError, match="exécutez 01_clean pour 2022"):
        data.load_records(2022)
    (saved[1] / "accompagnements.parquet").write_bytes(b"autre")
    with pytest.raises(DataError, match="relancez 01_clean pour 2021"):
        data.load_persons(2021)


def test_a_year_without_a_row_has_no_private_folder_and_loses_the_one_it_had(saved):
    out, folder = saved
    nobody = records.CleanedRecords(records.Persons(2021), *[pd.DataFrame()] * 3)
    data.save_witnesses(2021, [np.array([3.0])])
    assert data.load_witnesses(2021) == [3]
    assert data.save_persons(nobody) == folder and not folder.exists()
    data.save_persons(nobody)
    data.save_witnesses(2021, [])
    assert data.load_witnesses(2021) == [] and not folder.exists()
    with pytest.raises(DataError, match="exécutez 01_clean pour 2021"):
        data.load_records(2021)


def test_a_file_is_written_whole_or_stays_as_it_was_and_what_a_killed_program_left_goes(tmp_path):
    path = tmp_path / "carte.json"
    path.write_text("avant", encoding="utf-8")
    old, new = (tmp_path / f".carte.json.{running}.partiel" for running in (os.getppid(), 1))
    for each in (old, new):
        each.write_text("moit", encoding="utf-8")
    os.utime(old, (time.time() - system._LEFT_SECONDS - 60,) * 2)
    with pytest.raises(OSError), atomic_write(path) as beside:
        beside.write_text("moit", encoding="utf-8")
        raise OSError(28, "plein")
    assert path.read_text(encoding="utf-8") == "avant" and {each.name for each in tmp_path.iterdir()} == {path.name, new.name}


def test_persons_whose_writing_fails_are_those_of_before(saved, monkeypatch):
    def fail(*arguments, **options):
        raise OSError("plein")

    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr(pd.DataFrame, "to_csv", fail)
        data.save_persons(cleaned(rows({})))
    assert len(data.load_records(2021)) == 3
