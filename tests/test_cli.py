"""The command: what is asked is understood or refused in French; what goes wrong is one sentence and an exit code."""

import csv
import errno
import json
import os
import re
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace

import papermill
import pytest

import generate
from conftest import plain
from helpers import cli, data, paths, schema
from helpers.cli import VERBS, messages, tools
from helpers.errors import BusyError, DataError, NotebookFailure, PublicationError
from helpers.paths import COMMAND
from helpers.run import report
from helpers.typography import french_spaces

YEAR = "une année en quatre chiffres est attendue, reçu : "


# --- a request that is not understood --------------------------------------------------------------------------------


@pytest.mark.parametrize(("arguments", "sentence"), [
    ("run", f"il manque : --year\nAide : {COMMAND} run --help\n"),
    ("run --year", "--year : une valeur est attendue\n"), ("share ٢٠٣٢", f"ANNÉE : {YEAR}٢٠٣٢\n"),
    ("run --year 2032 --open=oui", "--open : valeur inattendue : 'oui'\n"), ("run --year 2032 --by ville", "--by : choix inconnu : 'ville' (au choix : "),
    ("run --year 2032 --jobs 0", "--jobs : un nombre entier à partir de 1 est attendu, reçu : 0\n"),
    ("run --yaer 2032", f"option inconnue : --yaer ; vouliez-vous dire « --year » ?\nAide : {COMMAND} run --help\n"),
    ("check --year 2032 --xyzxyz=3", "option inconnue : --xyzxyz ; au choix : --accept, --adopt, --debug, --help, --shared, --year.\n"),
    ("status -x", f"option inconnue : -x\nAide : {COMMAND} status --help\n"), ("run --year 2032 2031", "argument en trop : 2031\n"),
    ("runn", f"verbe inconnu : runn ; vouliez-vous dire « run » ?\nAide : {COMMAND} --help\n"),
    ("simulate --year 2033 --persons -5", "--persons : un nombre entier, sans signe ni espace, est attendu, reçu : -5\n"),
    ("lab --port 80", "--port : un port de 1024 à 65535 est attendu, reçu : 80\n"),
    ("2020", f"verbe inconnu : 2020 ; au choix : {', '.join(VERBS)}.\n"), ("--verzion", "vouliez-vous dire « --version »"),
])  # fmt: skip
def test_a_request_that_is_not_understood_is_one_french_sentence_and_code_2(arguments, sentence, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments.split())
    error = plain(capsys.readouterr().err)
    assert (stop.value.code, sentence in error, error.count("\n")) == (2, True, 2)
    assert re.findall("ignored|argument --|invalid|choose|unrecognized|required", error) == []


# --- the help --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_the_help_is_in_french_and_fits_the_terminal(verb, capsys, monkeypatch):
    for columns, widest in ((60, 60), (80, 80), (200, 80)):
        monkeypatch.setenv("COLUMNS", str(columns))
        with pytest.raises(SystemExit) as stop:
            cli.main([*verb.split(), "--help"])
        text = capsys.readouterr().out
        assert stop.value.code == 0 and text.startswith(f"usage\u00a0: {COMMAND}") and text == french_spaces(text)
        assert "affiche cette aide" in text and "\nexemples\u00a0:\n" in text
        assert re.findall("show this|arguments:|options:|positional|usage:|and exit", text) == []
        assert [line for line in text.splitlines() if len(line) > widest and COMMAND not in line] == []  # a command is never cut


@pytest.mark.parametrize("verb", VERBS)
def test_an_example_is_a_command_that_the_parser_takes(verb):
    for example, purpose in cli.find_verb(verb).examples:
        assert cli.parse(re.split(r" 2?> ", example)[0].split()) and purpose


# --- what goes wrong -------------------------------------------------------------------------------------------------

INTACT = "Le rapport précédent, s’il existe, est intact."


@pytest.fixture(autouse=True)
def no_forkserver(monkeypatch):
    """It would load every library in vain."""
    monkeypatch.setattr("helpers.kernels.fork.start", lambda: None)


@pytest.fixture
def fail(data_root, monkeypatch):
    """Makes ``run`` fail with an error; gives the exit code."""

    def with_error(error, *options) -> int:
        def make_report(*_args, **_kwargs):
            raise error

        monkeypatch.setattr(report, "make_report", make_report)
        return cli.main(["run", "--year", "2032", *options])

    with_error.log = data_root / "data/processed/2032/execution/erreur.log"
    return with_error


@pytest.mark.parametrize(("error", "code", "sentence"), [
    (DataError("Fichier absent : x."), 2, "Fichier absent : x.\n"), (NotebookFailure("Arrêt.", is_input=True), 2, f"Arrêt.\n{INTACT}\n"),
    (KeyboardInterrupt(), 130, f"\nInterrompu. {INTACT}\n"),
])  # fmt: skip
def test_what_the_reader_must_change_is_a_sentence_without_a_log(error, code, sentence, fail, capsys):
    assert fail(error) == code
    assert plain(capsys.readouterr().err) == sentence
    assert not fail.log.exists()


@pytest.mark.parametrize(("error", "sentence"), [
    (BusyError("Occupé."), "Occupé.\n"), (PublicationError("Défaut."), "Défaut.\n"), (NotebookFailure("Arrêt."), f"Arrêt.\n{INTACT}\n"),
    (PermissionError(), "Fermez un fichier, ouvert dans un autre programme ou protégé en écriture, puis relancez.\n"),
    (OSError(errno.ENOSPC, "No space left"), "Le disque est plein : libérez de la place, puis relancez.\n"),
    (OSError(errno.EIO, "Input/output error"), f"Le disque a refusé (erreur {errno.EIO}) : libérez de la place ou vérifiez vos droits, puis relancez.\n"),
    (ModuleNotFoundError("No module named 'scipy.stats'", name="scipy.stats"), "Une bibliothèque manque ou ne se charge pas (scipy) : supprimez le dossier .venv, puis relancez.\n"),
])  # fmt: skip
def test_what_stops_the_program_is_a_sentence_and_a_log(error, sentence, fail, capsys):
    assert fail(error) == 1
    assert plain(capsys.readouterr().err) == f"{sentence}Détail technique : data/processed/2032/execution/erreur.log\n"
    assert f"{type(error).__name__}" in fail.log.read_text(encoding="utf-8")


def test_a_protected_file_and_a_protected_folder_are_told_apart(fail, data_root, capsys):
    (data_root / "reports/2032").mkdir(parents=True)
    (data_root / "reports/2032/index.html").touch()
    for path, sentence in (("reports/2032/index.html", "Fermez index.html, ouvert"), ("reports/2033", "Impossible d’écrire dans « reports »"), ("autre", "Impossible d’écrire dans le dossier du projet, protégé")):
        assert fail(PermissionError(errno.EACCES, "denied", str(data_root / path))) == 1
        assert plain(capsys.readouterr().err).startswith(sentence)


@pytest.mark.parametrize(("closed", "named"), [("data/raw/2032/reunions.csv", "« data/raw/2032/reunions.csv »"), ("data/raw", "« data/raw »"), ("", "le dossier du projet")])
def test_what_a_user_may_not_read_is_one_sentence_though_no_log_can_be_kept(fail, data_root, monkeypatch, capsys, closed, named):
    monkeypatch.setattr("os.access", lambda path, mode: Path(path) != data_root / closed)
    monkeypatch.setattr(messages, "_places", lambda year: [])
    assert fail(PermissionError(errno.EACCES, "denied", str(data_root / "data/raw/2032/reunions.csv"))) == 1
    assert plain(capsys.readouterr().err) == f"Votre compte n’a pas le droit de lire {named} : demandez-le à qui a déposé ces fichiers, puis relancez.\n"


def test_a_fault_of_ours_is_a_sentence_the_path_of_a_log_and_how_to_report_it(fail, capsys):
    assert fail(ValueError("valeur"), "--debug") == 1
    error = plain(capsys.readouterr().err)
    assert error.startswith("Traceback") and error.endswith(
        f"Erreur imprévue (ValueError) : c’est un défaut du programme. {INTACT}\nDétail technique : data/processed/2032/execution/erreur.log\n"
        f"Pour le signaler, envoyez ce fichier et ce qu’affiche « {COMMAND} doctor » à qui vous a remis le projet.\n"
    )
    log = fail.log.read_text(encoding="utf-8")
    assert log.startswith("alses run --year 2032 --debug\n")
    assert "Traceback" in log and "ValueError: valeur" in log and "Python 3." in log


MARIE = PureWindowsPath("C:\\", "Users", "marie")


@pytest.mark.parametrize("written", [str(MARIE), str(MARIE).replace("\\", "\\\\"), MARIE.as_posix()])
def test_a_log_has_no_colour_codes_and_names_no_home_however_python_writes_it(fail, monkeypatch, written):
    monkeypatch.setattr(Path, "home", lambda: MARIE)
    assert fail(ValueError(f"\x1b[31mlu\x1b[0m dans {written}, {paths.data_root()}/raw")) == 1
    assert "ValueError: lu dans ~, données/raw" in fail.log.read_text(encoding="utf-8")


@pytest.mark.parametrize("error", [
    KeyError("Camille Exemple"),
    papermill.exceptions.PapermillExecutionError(0, 1, "code", "KeyError", "'Camille Exemple'", ["KeyError: 'Camille Exemple'"]),
])  # fmt: skip
@pytest.mark.parametrize("is_closed", [False, True])
def test_a_log_quotes_no_row_where_there_are_or_may_be_exports(error, is_closed, fail, monkeypatch):
    def refused():
        raise PermissionError(errno.EACCES, "denied", "data/raw")

    if is_closed:  # nobody may look whether there are some
        monkeypatch.setattr("helpers.paths.years", refused)
        monkeypatch.setattr("helpers.paths.exported_years", refused)
    else:
        (paths.raw(2032) / "accompagnements.csv").write_text("identifiant\n1\n", encoding="utf-8")
    assert fail(error) == 1
    log = (paths.data_root() / "data/processed/erreur.log" if is_closed else fail.log).read_text(encoding="utf-8")
    assert "Exemple" not in log and "paroles de l’erreur tues" in log and "Traceback" in log


# --- the verbs -------------------------------------------------------------------------------------------------------


def test_a_report_is_listed_with_sizes_opened_if_asked_and_the_former_log_removed(data_root, monkeypatch, capsys):
    calls, opened, folder = [], [], data_root / "reports/2032"
    folder.mkdir(parents=True)
    (folder / "index.html").write_bytes(b"x" * 1_234_000)
    log = data_root / "data/processed/2032/execution/erreur.log"
    log.parent.mkdir(parents=True)
    log.write_text("alses run --year 2032\n", encoding="utf-8")
    monkeypatch.setattr(report, "make_report", lambda year, *, compare_to, **_: calls.append((year, compare_to)) or folder)
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert (cli.main(["run", "--year", "2032"]), opened, log.exists()) == (0, [], False)
    assert cli.main(["run", "--year", "2032", "--compare-to", "2030", "--open"]) == 0
    out = capsys.readouterr().out
    assert (calls, "1\u202f234 ko" in out, str(folder / "index.html") in out) == ([(2032, None), (2032, 2030)], True, True)
    assert opened == [(folder / "index.html").as_uri()]


@pytest.mark.parametrize(("wrong", "code", "sentence", "faults"), [
    ("xyz", 0, "les fichiers sont utilisables.", 0), (",part,5", 2, "3 erreurs.", 3),
])  # fmt: skip
def test_check_lists_every_fault(data_root, wrong, code, sentence, faults, capsys):
    path = data_root / "data/raw/2032/chiffres_publies.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(wrong, ",part,1000"), encoding="utf-8")
    assert cli.main(["check", "--year", "2032"]) == code
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("est impossible")) == (f"2032\u00a0: {sentence}\n", faults)


def status(capsys) -> str:
    assert cli.main(["status"]) == 0
    return plain(capsys.readouterr().out)


def test_status_shows_the_years_their_files_and_what_to_do(data_root, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    path = data_root / "data/raw/2032/chiffres_publies.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",part,44", ",part,1000"), encoding="utf-8")
    (data_root / "data/processed/2032/execution").mkdir(parents=True)
    (data_root / "data/processed/2032/execution/erreur.log").touch()
    (data_root / "reports/.en-cours-2032").mkdir(parents=True)
    text = status(capsys)
    assert text.startswith(f"2031\n  fichiers  chiffres_publies (4 lignes)\n  contrôle  utilisables\n  rapport   pas encore fait : {COMMAND} run --year 2031\n2032\n")
    assert f"\n  contrôle  1 erreur : {COMMAND} check --year 2032\n" in text
    assert "\n  échec     le dernier essai a échoué ; détail :\n            data/processed/2032/execution/erreur.log\n" in text
    assert text.endswith("Fabrication interrompue ou en cours : reports/.en-cours-2032 (le prochain « run » remet de l’ordre)\n")
    assert max(map(len, text.splitlines()[:-1])) <= 80


@pytest.mark.parametrize(("state", "code", "last"), [("à noter", 0, "Tout ce qui est nécessaire est là."), ("MANQUE", 1, "À réparer : disque.")])
def test_doctor_shows_each_check_with_its_remedy_and_answers_by_its_exit_code(state, code, last, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(tools, "CHECKS", {"disque": lambda: tools.Finding(state, "1 Go", "libérez de la place")})
    assert cli.main(["doctor"]) == code
    assert plain(capsys.readouterr().out) == f"{state:<9}disque         1 Go\n{'→':>25} libérez de la place\n\n{last}\n"


def test_generate_shows_the_public_data_of_the_repository_whatever_lies_beside_them(tmp_path, monkeypatch):
    """An export, its card, a coding and minutes that somebody dropped there stay out; nothing is written beside the data."""
    for name in ("reunions.csv", "Accompagnements 2020.xlsx", "carte_export.json", "codages/reunions/passages.csv", "comptes_rendus/a.docx"):
        path = tmp_path / "data/raw/2020" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    seen, root = [], os.environ.get(paths.DATA_ROOT_VARIABLE)
    monkeypatch.setattr(report, "make_report", lambda year, **_: paths.raw(year))
    monkeypatch.setattr("helpers.report.index.write_example", lambda raw, example: seen.append((sorted(path.name for path in raw.iterdir()), example)))
    generate.make_example(tmp_path)
    assert seen == [(["reunions.csv"], tmp_path / "docs/exemple")]
    assert os.environ.get(paths.DATA_ROOT_VARIABLE) == root and [path.name for path in tmp_path.iterdir()] == ["data"]


# --- the folder of a year that begins --------------------------------------------------------------------------------

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
    assert card["associations_attendues"] == data.reading.expected_associations(2033) == []
    assert [each["path"] for each in card["resources"]] == ["chiffres_publies.csv", "prises_de_poste.csv", "reunions.csv", "enonces.csv"]


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
