"""Whatever the seed and however few the persons, two simulated years make a whole report (`test_simulate`: refusals)."""

import json
import shutil
from pathlib import Path

import pytest

import second_calculation as calculation
from conftest import ALL, REPOSITORY
from helpers import cli, paths
from in_process import execute
from second_calculation import comparisons

PAGES = ["index", "01_clean", "02_describe", "03_compare", "04_themes"]


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """A project without any year."""
    shutil.copytree(REPOSITORY / "data" / "raw" / "reference", tmp_path / "data" / "raw" / "reference")
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path))
    monkeypatch.setattr("helpers.run.report.execute", execute)
    return tmp_path


# Too few persons for anything to be said of them. `test_synthetic_reports` has enough for every section.
IN_ALL = pytest.mark.skipif(not ALL, reason="un rapport\u00a0: avec ALSES_ENUMERATIONS=toutes")
NETWORKS = [(3, 5, 2, 1)]


@IN_ALL
@pytest.mark.parametrize("given", NETWORKS, ids=lambda given: "-".join(map(str, given)))
def test_two_simulated_years_make_a_whole_report(root, given):
    persons, seed, colleges, associations = given
    for year in (2021, 2022):
        sizes = f"--persons {persons} --seed {seed} --colleges {colleges} --associations {associations}"
        assert cli.main(["simulate", "--year", str(year), *sizes.split()]) == 0
    assert cli.main(["run", "--year", "2022", "--debug"]) == 0
    report = root / "reports" / "2022-synthetique"
    assert {f"{name}.html" for name in PAGES} < {path.name for path in report.iterdir()}
    assert json.loads((report / "manifest.json").read_text(encoding="utf-8"))["synthetique"] is True
    said = calculation.published(report / "indicateurs.csv")
    again = calculation.recompute(root / "data" / "raw", 2021, 2022)
    assert not any(row.unit == "personnes" and key.perimeter == "alses" for key, row in said.items())
    again = {key: row for key, row in again.items() if key in said}
    assert calculation.differences(said, calculation.with_protected(again, said)) == []
    assert comparisons.published(report / "comparaisons.csv")
