"""``alses share`` and ``run --pdf``: what they print, and the exit code of what cannot be shared."""

import pytest

from helpers import cli, paths
from helpers.run import report
from small_report import add_file, write_report


@pytest.fixture
def reports(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(tmp_path))
    folder = write_report(tmp_path / "reports" / "2020")
    monkeypatch.setattr(report, "make_report", lambda year, **_: folder)
    monkeypatch.setattr("helpers.kernels.fork.start", lambda: None)  # it would load every library in vain
    return tmp_path / "reports"


def test_what_is_ready_is_listed_with_its_size(reports, capsys):
    assert cli.main(["share", "2020"]) == 0
    lines = capsys.readouterr().out.split("\n")
    assert [line.split()[0] for line in lines if line.endswith("ko   prêt à envoyer")] == [
        "reports/alses_2020.zip", "reports/alses_2020.html",
    ]  # fmt: skip


def test_what_cannot_be_shared_is_one_sentence_and_exit_code_2(reports, capsys):
    (reports / "2020" / "indicateurs.csv").write_bytes(b"x")
    assert cli.main(["share", "2020"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("indicateurs.csv n’est plus tel qu’il a été publié dans le rapport 2020\u00a0: refaites-le") and told.count("\n") == 1
    assert sorted(path.name for path in reports.iterdir()) == ["2020"]


def test_run_makes_nothing_to_send_unless_asked_and_names_what_no_longer_matches(reports, capsys):
    assert cli.main(["run", "--year", "2020"]) == 0
    assert sorted(path.name for path in reports.iterdir()) == ["2020"]
    assert cli.main(["share", "2020"]) == 0
    add_file(reports / "2020", "indicateurs.csv", b"autre")
    capsys.readouterr()
    assert cli.main(["run", "--year", "2020"]) == 0
    told = "À refaire (share 2020) ou à effacer, d’un autre état du rapport\u00a0: alses_2020.zip, alses_2020.html\n"
    assert told in capsys.readouterr().out
