"""The command: what is asked is understood or refused in French; what goes wrong is one sentence and an exit code."""

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path, PureWindowsPath

import papermill
import pytest

from helpers import cli, paths
from helpers.cli import messages
from helpers.cli.parser import VERBS, FrenchParser, build_parser
from helpers.paths import COMMAND
from helpers.report.page import BusyError, PublicationError
from helpers.run import report
from helpers.run.tasks import NotebookFailure
from helpers.schema import DataError
from helpers.typography import french_spaces

YEAR = "une année en quatre chiffres est attendue, reçu\u00a0: "
NAMES = [verb.name for verb in VERBS]


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


# --- a request that is not understood --------------------------------------------------------------------------------


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["run"], f"il manque\u00a0: --year\nAide\u00a0: {COMMAND} run --help\n"),
    (["run", "--year"], "option --year\u00a0: une valeur est attendue\n"), (["run", "--year", "20x"], f"option --year\u00a0: {YEAR}20x\n"),
    (["run", "--year", "٢٠٣٢"], f"{YEAR}٢٠٣٢\n"), (["run", "--year", "32"], f"{YEAR}32\n"),
    (["run", "--year", "2032", "--compare-to", "hier"], f"option --compare-to\u00a0: {YEAR}hier\n"),
    (["run", "--year", "2032", "--open=oui"], "option --open\u00a0: "),
    (["run", "--yaer", "2032"], f"option inconnue\u00a0: --yaer\u202f; vouliez-vous dire «\u202f--year\u202f»\u202f?\nAide\u00a0: {COMMAND} run --help\n"),
    (["run", "--ye", "2032"], "option inconnue\u00a0: --ye\u202f; vouliez-vous dire «\u202f--year\u202f»\u202f?"),
    (["check", "--year", "2032", "--xyzxyz=3"], "option inconnue\u00a0: --xyzxyz\u202f; au choix\u00a0: --accept, --debug, --help, --year.\n"),
    (["status", "-x"], f"option inconnue\u00a0: -x\nAide\u00a0: {COMMAND} status --help\n"),
    (["run", "--year", "2032", "2031"], "argument en trop\u00a0: 2031\n"),
    (["runn"], f"verbe inconnu\u00a0: runn\u202f; vouliez-vous dire «\u202frun\u202f»\u202f?\nAide\u00a0: {COMMAND} --help\n"),
    (["2020"], f"verbe inconnu\u00a0: 2020\u202f; au choix\u00a0: {', '.join(NAMES)}.\n"), (["--verzion"], "vouliez-vous dire «\u202f--version\u202f»"),
])
def test_a_request_that_is_not_understood_is_told_in_french_with_what_is_near(arguments, sentence, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments)
    told = capsys.readouterr().err
    assert (stop.value.code, sentence in told, told.count("\n")) == (2, True, 2)
    assert re.findall("ignored|argument --|invalid|choose|unrecognized|required", told) == []


def test_argparse_words_that_no_verb_needs_yet_are_french_too(capsys):
    parser = FrenchParser(prog="essai")
    parser.add_argument("--port", type=int, choices=[1, 2])
    for value, sentence in (("x", "un nombre entier est attendu, reçu\u00a0: 'x'"), ("3", "choix inconnu\u00a0: '3' (au choix\u00a0: 1, 2)")):
        with pytest.raises(SystemExit):
            parser.parse_args(["--port", value])
        # From Python 3.12 on, argparse quotes the choice that it received.
        assert f"option --port\u00a0: {sentence}\n" in capsys.readouterr().err.replace("inconnu\u00a0: 3 ", "inconnu\u00a0: '3' ")


# --- the help --------------------------------------------------------------------------------------------------------


def help_of(arguments, capsys, monkeypatch, columns=80) -> str:
    monkeypatch.setenv("COLUMNS", str(columns))
    with pytest.raises(SystemExit) as stop:
        cli.main([*arguments, "--help"])
    assert stop.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("verb", [[], *([name] for name in NAMES)])
def test_the_help_is_in_french_and_fits_in_80_columns(verb, capsys, monkeypatch):
    shown = help_of(verb, capsys, monkeypatch)
    assert shown.startswith(f"usage\u00a0: {COMMAND}")
    assert "affiche cette aide" in shown and "\nexemples\u00a0:\n" in shown
    assert re.findall("show this|arguments:|options:|positional|usage:|and exit", shown) == []
    assert [line for line in shown.splitlines() if len(line) > 80] == []
    assert shown == french_spaces(shown)


@pytest.mark.parametrize("verb", [[], ["run"]])
def test_the_help_follows_a_narrow_terminal_and_no_further_than_80_columns_a_wide_one(verb, capsys, monkeypatch):
    narrow = help_of(verb, capsys, monkeypatch, 60)
    words = [line for line in narrow.splitlines() if COMMAND not in line]  # a command is never cut
    assert max(map(len, words)) <= 60
    assert max(map(len, help_of(verb, capsys, monkeypatch, 200).splitlines())) <= 80


def test_the_main_help_lists_every_verb_and_every_exit_code(capsys, monkeypatch):
    shown = help_of([], capsys, monkeypatch)
    assert re.findall(r"^  ([\w-]+) ", shown.partition("verbes\u00a0:")[2].partition("options\u00a0:")[0], re.MULTILINE) == NAMES
    assert re.findall(r"^  (\d+) ", shown.partition("codes de sortie\u00a0:")[2], re.MULTILINE) == ["0", "1", "2", "130"]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_an_example_is_a_command_that_the_parser_takes(verb):
    for example, purpose in verb.examples:
        given = re.split(r" 2?> ", example)[0].split()
        assert build_parser().parse_args(given).verb == verb.name
        assert purpose


def test_the_command_alone_shows_the_help_and_asks_for_a_verb(capsys):
    assert cli.main([]) == 2
    assert capsys.readouterr().out.startswith(f"usage\u00a0: {COMMAND} VERBE [options]\n")


def test_the_version_is_that_of_the_project(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["--version"])
    declared = re.search(r'^version = "(.+)"', (paths.repository() / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert (stop.value.code, capsys.readouterr().out) == (0, f"alses {declared[1]}\n")


def test_the_help_is_immediate_and_needs_no_library():
    """In a Python without site-packages, as on a bare machine; 0.05 s here, the bound is for a machine at work."""
    started = time.perf_counter()
    given = {**os.environ, "PYTHONPATH": str(paths.repository() / "src"), "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-S", "-m", "helpers.cli", "run", "--help"], env=given, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr, "--compare-to ANNÉE" in done.stdout) == (0, "", True)
    assert time.perf_counter() - started < 2


# From Python 3.14 on argparse itself loads these, for its colours.
OWN_ARGPARSE = {"dataclasses", "inspect", "typing"} if sys.version_info < (3, 14) else set()


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["run", "--year", "2032"]])
def test_the_help_and_a_request_that_is_read_load_next_to_nothing(arguments):
    """A hundred modules are those of Python itself; each of the heavy ones here takes longer than the whole help."""
    code = (
        "import contextlib, io, sys; from helpers import cli; cli.parser.VERBS[0].act = lambda options: 0\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()): cli.main(sys.argv[1:])\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, encoding="utf-8", check=True)
    loaded = done.stdout.split()
    libraries = {"pandas", "numpy", "papermill", "nbclient", "nbformat", "jinja2", "zmq", "bs4", "pyarrow", "tqdm", "helpers.run.report", "helpers.report.sharing"}
    slow = {"subprocess", "webbrowser", "tempfile", "datetime", "difflib", "json", "asyncio", *OWN_ARGPARSE}
    assert set(loaded) & (libraries | slow) == set()
    assert len(loaded) < 125 + 50 * (not OWN_ARGPARSE)


def test_what_makes_a_report_builds_no_grammar_that_no_notebook_needs():
    """jsonschema builds one at its import if it can, which takes longer than all the rest; others still may."""
    code = "import sys; import helpers.run.report; print({'jsonschema', 'lark', 'rfc3987_syntax'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "{'jsonschema'}\n"


def test_every_size_of_the_installation_is_the_same(capsys, monkeypatch):
    script = (paths.repository() / "alses.py").read_text(encoding="utf-8")
    assert "(une à trois minutes, 1 Go)" in script
    assert "une à trois minutes, 1 Go." in " ".join(plain(help_of([], capsys, monkeypatch)).split())


def test_text_keeps_to_the_right_of_its_head_and_no_path_is_cut(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    assert messages.beside("  x  ", "un mot : puis data/processed/2020/execution-longue/erreur.log") == (
        "  x  un mot\u00a0: puis\n     data/processed/2020/execution-longue/erreur.log"
    )


# --- what goes wrong -------------------------------------------------------------------------------------------------


def test_where_pytest_is_not_installed_a_sentence_says_how_to_have_it(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "pytest", None)
    assert cli.main(["test"]) == 2
    assert "python -m pip install --group test" in capsys.readouterr().err


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


INTACT = "Le rapport précédent, s’il existe, est intact."


@pytest.mark.parametrize(("error", "code", "sentence"), [
    (DataError("Fichier absent : x."), 2, "Fichier absent : x.\n"), (NotebookFailure("Arrêt.", is_input=True), 2, f"Arrêt.\n{INTACT}\n"),
    (KeyboardInterrupt(), 130, f"\nInterrompu. {INTACT}\n"),
])
def test_what_the_reader_must_change_is_a_sentence_without_a_log(error, code, sentence, fail, capsys):
    assert fail(error) == code
    assert plain(capsys.readouterr().err) == sentence
    assert not fail.log.exists()


@pytest.mark.parametrize(("error", "sentence"), [
    (BusyError("Occupé."), "Occupé.\n"), (PublicationError("Défaut."), "Défaut.\n"), (NotebookFailure("Arrêt."), f"Arrêt.\n{INTACT}\n"),
    (PermissionError(), "Fermez un fichier, ouvert dans un autre programme ou protégé en écriture, puis relancez.\n"),
    (OSError(errno.ENOSPC, "No space left"), "Le disque est plein : libérez de la place, puis relancez.\n"),
    (OSError(errno.EROFS, "Read-only"), "Le disque est en lecture seule : copiez le projet dans un dossier à vous, puis relancez.\n"),
    (OSError(errno.EIO, "Input/output error"), f"Le disque a refusé (erreur {errno.EIO}) : libérez de la place ou vérifiez vos droits, puis relancez.\n"),
    (ModuleNotFoundError("No module named 'scipy.stats'", name="scipy.stats"), "Une bibliothèque manque ou ne se charge pas (scipy) : supprimez le dossier .venv, puis relancez.\n"),
])
def test_what_stops_the_program_is_a_sentence_and_a_log(error, sentence, fail, capsys):
    assert fail(error) == 1
    assert plain(capsys.readouterr().err) == f"{sentence}Détail technique : data/processed/2032/execution/erreur.log\n"
    assert f"{type(error).__name__}" in fail.log.read_text(encoding="utf-8")


def test_a_protected_file_and_a_protected_folder_are_told_apart(fail, data_root, capsys):
    for path, said in ((data_root / "reports/2032/index.html", "Fermez index.html, ouvert"), (data_root / "reports/2033", "Impossible d’écrire dans « reports »"), (data_root / "autre", "Impossible d’écrire dans le dossier du projet, protégé")):
        (data_root / "reports/2032").mkdir(parents=True, exist_ok=True)
        (data_root / "reports/2032/index.html").touch()
        assert fail(PermissionError(errno.EACCES, "denied", str(path))) == 1
        assert plain(capsys.readouterr().err).startswith(said)


@pytest.mark.parametrize(("closed", "said"), [("data/raw/2032/reunions.csv", "« data/raw/2032/reunions.csv »"), ("data/raw", "« data/raw »"), ("", "le dossier du projet")])
def test_what_a_user_may_not_read_is_one_sentence_though_no_detail_can_be_kept(fail, data_root, monkeypatch, capsys, closed, said):
    refused = data_root / closed if closed else data_root
    monkeypatch.setattr("os.access", lambda path, mode: Path(path) != refused)
    monkeypatch.setattr("helpers.cli.messages._places", lambda year: [])
    assert fail(PermissionError(errno.EACCES, "denied", str(data_root / "data/raw/2032/reunions.csv"))) == 1
    assert plain(capsys.readouterr().err) == f"Votre compte n’a pas le droit de lire {said} : demandez-le à qui a déposé ces fichiers, puis relancez.\n"


def test_a_log_is_written_though_the_years_may_not_be_looked_at(fail, monkeypatch, tmp_path, capsys):
    def refused():
        raise PermissionError(errno.EACCES, "denied", "data/raw")

    monkeypatch.setattr("helpers.paths.years", refused)
    monkeypatch.setattr("helpers.paths.exported_years", refused)
    assert fail(ValueError("Camille Exemple")) == 1
    kept = (paths.data_root() / "data/processed/erreur.log").read_text(encoding="utf-8")
    assert "Traceback" in kept and "Exemple" not in kept


def test_a_fault_of_ours_is_a_sentence_the_path_of_a_log_and_how_to_report_it(fail, capsys):
    assert fail(ValueError("valeur")) == 1
    shown = capsys.readouterr()
    assert plain(shown.err) == (
        f"Erreur imprévue (ValueError) : c’est un défaut du programme. {INTACT}\nDétail technique : data/processed/2032/execution/erreur.log\n"
        f"Pour le signaler, envoyez ce fichier et ce qu’affiche « {COMMAND} doctor » à qui vous a remis le projet.\n"
    )
    log = fail.log.read_text(encoding="utf-8")
    assert log.startswith("alses run --year 2032\n")
    assert "Traceback" in log and "ValueError: valeur" in log and "Python 3." in log


def test_debug_shows_the_detail_on_the_screen_too(fail, capsys):
    assert fail(ValueError("valeur"), "--debug") == 1
    assert "Traceback" in capsys.readouterr().err
    assert fail.log.is_file()


def test_a_log_has_no_colour_codes_and_no_home(fail, monkeypatch):
    home = str(Path.home())
    assert fail(RuntimeError(f"\x1b[31mrouge\x1b[0m {home}/fichier {paths.data_root()}/raw")) == 1
    log = fail.log.read_text(encoding="utf-8")
    assert "rouge ~/fichier données/raw" in log and "\x1b" not in log
    assert [word for word in (home + os.sep, str(paths.repository()), str(paths.data_root())) if word in log] == []


@pytest.mark.parametrize("error", [KeyError("Camille Exemple"), ValueError("ligne 3", "Camille Exemple"), papermill.exceptions.PapermillExecutionError(0, 1, "code", "KeyError", "'Camille Exemple'", ["KeyError: 'Camille Exemple'"])])
def test_a_log_quotes_no_row_where_there_are_exports(error, fail, data_root):
    (paths.raw(2032) / "accompagnements.csv").write_text("identifiant\n1\n", encoding="utf-8")
    fail(error)
    kept = fail.log.read_text(encoding="utf-8")
    assert "Exemple" not in kept and "paroles de l’erreur tues" in kept and "Traceback" in kept


@pytest.mark.parametrize("written", [str, lambda folder: str(folder).replace("\\", "\\\\"), PureWindowsPath.as_posix])
def test_a_log_names_no_home_of_windows_however_python_writes_it(fail, monkeypatch, written):
    home = PureWindowsPath("C:\\", "Users", "marie")
    monkeypatch.setattr(Path, "home", lambda: home)
    assert fail(ValueError(f"lu dans {written(home)}.")) == 1
    assert "ValueError: lu dans ~." in fail.log.read_text(encoding="utf-8")


@pytest.mark.parametrize("home", [RuntimeError("Could not determine home directory."), Path("/")])
def test_a_user_without_a_home_has_a_log_all_the_same(fail, monkeypatch, home):
    def asked():
        if isinstance(home, Exception):
            raise home
        return home

    monkeypatch.setattr(Path, "home", asked)
    assert fail(ValueError("a/b")) == 1
    assert "ValueError: a/b" in fail.log.read_text(encoding="utf-8")


def test_a_log_that_the_project_refuses_goes_elsewhere(fail, data_root, monkeypatch, tmp_path, capsys):
    (data_root / "data/processed").mkdir(parents=True, exist_ok=True)
    (data_root / "data/processed/2032").write_text("un fichier à la place du dossier")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert fail(ValueError("valeur")) == 1
    assert str(tmp_path / "alses-erreur.log") in capsys.readouterr().err
    assert "ValueError: valeur" in (tmp_path / "alses-erreur.log").read_text(encoding="utf-8")


def test_a_log_that_nothing_takes_is_shown(fail, data_root, monkeypatch, tmp_path, capsys):
    shutil.rmtree(data_root / "data/processed", ignore_errors=True)
    (data_root / "data/processed").write_text("")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent" / "\0"))
    monkeypatch.setattr("helpers.cli.messages._places", lambda year: [data_root / "data/processed/erreur.log"])
    assert fail(ValueError("valeur")) == 1
    assert "ValueError: valeur" in capsys.readouterr().err


def test_an_error_outside_of_a_year_is_kept_beside_the_years(data_root, monkeypatch, capsys):
    monkeypatch.setattr("helpers.run.inventory.take_inventory", lambda: 1 / 0)
    assert cli.main(["status"]) == 1
    assert "Détail technique : data/processed/erreur.log" in plain(capsys.readouterr().err)
    assert "ZeroDivisionError" in (data_root / "data/processed/erreur.log").read_text(encoding="utf-8")


def test_libraries_so_broken_that_our_errors_cannot_be_loaded_are_still_a_sentence(data_root, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "helpers.run.report", None)
    assert cli.main(["run", "--year", "2032"]) == 1
    # Our own module is no library: to remake .venv would change nothing.
    told = capsys.readouterr().err
    assert "Erreur imprévue (ModuleNotFoundError)" in told and "bibliothèque" not in told
    monkeypatch.setattr("helpers.run.inventory.take_inventory", lambda: 1 / 0)
    assert cli.main(["status"]) == 1
    assert "Erreur imprévue (ZeroDivisionError)" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="un tuyau rompu s’y dit autrement")
def test_a_reader_who_leaves_is_not_told_that_the_disk_is_full(data_root):
    process = subprocess.Popen([sys.executable, "-m", "helpers.cli", "status"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == (b"", 1)
    assert not (data_root / "data/processed/erreur.log").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows n’a pas ces signaux")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_window_that_is_closed_ends_the_command_as_ctrl_c_does(data_root, name):
    script = (
        "import sys, time; from helpers import cli; from helpers.run import inventory; sys.argv = ['alses', 'status'];"
        "inventory.take_inventory = lambda: (print('prêt', flush=True), time.sleep(30)); sys.exit(cli.main())"
    )
    # Under nohup these tests would pass on a signal that is ignored, which the command rightly leaves so.
    script = f"import signal; signal.signal(signal.{name}, signal.SIG_DFL); {script}"
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    assert process.stdout.readline() == "prêt\n"
    process.send_signal(getattr(signal, name))
    assert (process.wait(20), plain(process.stderr.read())) == (130, f"\nInterrompu. {INTACT}\n")


# --- the verbs -------------------------------------------------------------------------------------------------------


def test_a_request_is_read_and_its_report_listed_with_sizes_and_the_former_log_removed(data_root, monkeypatch, capsys):
    asked, folder = [], data_root / "reports/2032"
    folder.mkdir(parents=True)
    (folder / "index.html").write_bytes(b"x" * 1_234_000)
    log = data_root / "data/processed/2032/execution/erreur.log"
    log.parent.mkdir(parents=True)
    log.write_text("alses run --year 2032\n", encoding="utf-8")
    monkeypatch.setattr(report, "make_report", lambda year, *, compare_to, **_: asked.append((year, compare_to)) or folder)
    assert (cli.main(["run", "--year", "2032"]), cli.main(["run", "--year", "2032", "--compare-to", "2030"])) == (0, 0)
    shown = capsys.readouterr().out
    assert (asked, "1\u202f234 ko" in shown, str(folder / "index.html") in shown) == ([(2032, None), (2032, 2030)], True, True)
    assert not log.exists()


def test_open_opens_the_report(data_root, monkeypatch):
    opened, folder = [], data_root / "reports/2032"
    folder.mkdir(parents=True)
    monkeypatch.setattr(report, "make_report", lambda *_, **__: folder)
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert cli.main(["run", "--year", "2032", "--open"]) == 0
    assert opened == [(folder / "index.html").as_uri()]


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
    shown = status(capsys)
    assert shown.startswith(f"2031\n  fichiers  chiffres_publies (4 lignes)\n  contrôle  utilisables\n  rapport   pas encore fait : {COMMAND} run --year 2031\n2032\n")
    assert f"\n  contrôle  1 erreur : {COMMAND} check --year 2032\n" in shown
    assert "\n  échec     le dernier essai a échoué ; détail :\n            data/processed/2032/execution/erreur.log\n" in shown
    assert shown.endswith("Fabrication interrompue ou en cours : reports/.en-cours-2032 (le prochain « run » remet de l’ordre)\n")
    assert max(map(len, shown.splitlines()[:-1])) <= 80


def test_status_of_a_report_says_its_date_its_size_and_why_it_is_stale(mini_root, tmp_path, monkeypatch, capsys):
    root = tmp_path / "copie"
    shutil.copytree(mini_root, root)
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(root))
    assert re.search(r"\n  rapport   à jour ; fait le \d\d/\d\d/\d{4} à \d\d h \d\d ; \d,\d Mo\n            reports/2032/index.html\n$", status(capsys))
    with (root / "data/raw/2032/reunions.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    shown = status(capsys)
    assert "\n  rapport   à refaire ; fait le " in shown
    assert shown.endswith("reports/2032/index.html\n            2032/reunions.csv a changé depuis.\n")


def test_status_says_which_files_to_be_sent_are_of_another_report(mini_root, monkeypatch, capsys):
    monkeypatch.setenv(paths.DATA_ROOT_VARIABLE, str(mini_root))
    monkeypatch.setattr("helpers.report.sharing.share_state", lambda year: {"alses_2032.zip": True, "alses_2032.pdf": False} if year == 2032 else {})
    assert f"\n  partage   reports/alses_2032.zip ; à jour\n  partage   reports/alses_2032.pdf ; à refaire : {COMMAND} share 2032\n" in status(capsys)


def test_status_of_an_empty_project_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ALSES_DATA_ROOT", str(tmp_path))
    assert cli.main(["status"]) == 0
    assert capsys.readouterr().out == "Aucune année dans data/raw. Déposez-y un dossier par année.\n"


@pytest.mark.parametrize(("state", "code", "last"), [("bien", 0, "Tout ce qui est nécessaire est là."), ("à noter", 0, "Tout ce qui est nécessaire est là."), ("MANQUE", 1, "À réparer : disque.")])
def test_doctor_tells_each_check_with_its_remedy_and_answers_by_its_exit_code(state, code, last, monkeypatch, capsys):
    from helpers.cli import diagnosis

    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(diagnosis, "CHECKS", {"disque": lambda: diagnosis.Finding("disque", state, "1 Go", "libérez de la place")})
    assert cli.main(["doctor"]) == code
    assert plain(capsys.readouterr().out) == f"{state:<9}disque         1 Go\n{'→':>25} libérez de la place\n\n{last}\n"


def test_numbers_are_written_as_french_writes_them():
    assert [messages.number(each) for each in (0, 999, 6585, 1_000_000, 48.7)] == ["0", "999", "6\u202f585", "1\u202f000\u202f000", "48,7"]
    assert [messages.lines(each) for each in (0, 1, 7374)] == ["0\u00a0ligne", "1\u00a0ligne", "7\u202f374\u00a0lignes"]
    assert (messages.kilobytes(499), messages.kilobytes(1_234_567)) == ("0 ko", "1\u202f235 ko")
