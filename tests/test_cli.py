"""The command: what is asked is understood or refused in French; what goes wrong is one sentence and an exit code."""

import pytest

from helpers import cli, pipeline
from helpers.pipeline import BusyError, NotebookFailure
from helpers.publish import PublicationError
from helpers.schema import DataError

YEAR = "une année en quatre chiffres est attendue, reçu\u00a0: "


@pytest.mark.parametrize(("arguments", "sentence"), [
    ([], "il manque\u00a0: VERBE\nAide\u00a0: python3 alses.py --help\n"),
    (["run"], "il manque\u00a0: --year\nAide\u00a0: python3 alses.py run --help\n"),
    (["run", "--year"], "option --year\u00a0: une valeur est attendue\n"), (["run", "--year", "20x"], f"option --year\u00a0: {YEAR}20x\n"),
    (["run", "--year", "٢٠٣٢"], f"{YEAR}٢٠٣٢\n"), (["run", "--year", "32"], f"{YEAR}32\n"),
    (["run", "--year", "2032", "--compare-to", "hier"], f"option --compare-to\u00a0: {YEAR}hier\n"),
    (["check", "--year", "2032", "--vite"], "option inconnue\u00a0: --vite\n"), (["runn"], "option VERBE\u00a0: choix inconnu\u00a0: "),
    (["run", "--year", "2032", "--open=oui"], "option --open\u00a0: "),
])
def test_a_request_that_is_not_understood_is_told_in_french(arguments, sentence, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments)
    told = capsys.readouterr().err
    assert (stop.value.code, sentence in told, "ignored" in told) == (2, True, False)


@pytest.mark.parametrize("verb", [[], ["run"], ["check"], ["status"], ["test"], ["generate"]])
def test_the_help_is_in_french(verb, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main([*verb, "--help"])
    shown = capsys.readouterr().out
    assert (stop.value.code, shown[:13], "affiche cette aide" in shown, "arguments" in shown) == (0, "usage\u00a0: alses", True, False)


@pytest.mark.parametrize(("error", "code", "sentence"), [
    (DataError("Fichier absent : x."), 2, "Fichier absent\u00a0: x."), (BusyError("Occupé."), 1, "Occupé."), (PublicationError("Défaut."), 1, "Défaut."),
    (NotebookFailure("Arrêt.", is_input=True), 2, "Arrêt.\nLe rapport précédent, s’il existe, est intact."), (NotebookFailure("Arrêt."), 1, "Arrêt.\n"),
    (PermissionError(13, "denied", "dossier/indicateurs.csv"), 1, "Fermez indicateurs.csv, "), (PermissionError(), 1, "Fermez un fichier, "),
    (OSError(28, "plein"), 1, "(plein)\u00a0: libérez de la place ou vérifiez vos droits."), (KeyboardInterrupt(), 130, "Interrompu. Le rapport précédent"),
])
def test_what_goes_wrong_is_a_sentence_and_an_exit_code(error, code, sentence, monkeypatch, capsys):
    def fail(*_args, **_kwargs):
        raise error

    monkeypatch.setattr(pipeline, "make_report", fail)
    assert cli.main(["run", "--year", "2032"]) == code
    assert sentence in capsys.readouterr().err


def test_a_request_is_read_and_its_report_listed_with_sizes(tmp_path, monkeypatch, capsys):
    asked = []
    (tmp_path / "index.html").write_bytes(b"x" * 1_234_000)
    monkeypatch.setattr(pipeline, "make_report", lambda year, *, compare_to, tell: asked.append((year, compare_to)) or tmp_path)
    assert (cli.main(["run", "--year", "2032"]), cli.main(["run", "--year", "2032", "--compare-to", "2030"])) == (0, 0)
    shown = capsys.readouterr().out
    assert (asked, "1\u202f234 ko" in shown, str(tmp_path / "index.html") in shown) == ([(2032, None), (2032, 2030)], True, True)


@pytest.mark.parametrize(("wrong", "code", "said", "faults"), [
    ("xyz", 0, "les fichiers sont utilisables.", 0), (",part,44", 2, "1 erreur.", 1), (",part,5", 2, "3 erreurs.", 3),
])
def test_check_lists_every_fault(data_root, wrong, code, said, faults, capsys):
    path = data_root / "data/raw/2032/chiffres_publies.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(wrong, ",part,1000"), encoding="utf-8")
    assert cli.main(["check", "--year", "2032"]) == code
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("est impossible")) == (f"2032\u00a0: {said}\n", faults)


def test_check_of_a_year_without_data_is_a_sentence(data_root, capsys):
    assert cli.main(["check", "--year", "2030"]) == 2
    assert capsys.readouterr().err.startswith("Aucune donnée pour 2030\u202f; années présentes\u00a0: 2031, 2032.")


def test_status_shows_the_years_their_files_and_reports(data_root, capsys):
    (data_root / "reports/2031").mkdir(parents=True)
    (data_root / "reports/2031/index.html").touch()
    assert cli.main(["status"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("2031\u00a0: chiffres_publies\u202f; rapport\u00a0: ")
    assert first.replace("\\", "/").endswith("reports/2031/index.html")
    assert second == "2032\u00a0: chiffres_publies, prises_de_poste, reunions, enonces, affirmations, remarques\u202f; rapport\u00a0: pas encore fait"


def test_status_of_an_empty_project_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ALSES_DATA_ROOT", str(tmp_path))
    assert cli.main(["status"]) == 0
    assert capsys.readouterr().out == "Aucune année dans data/raw. Déposez-y un dossier par année.\n"
