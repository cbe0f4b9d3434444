"""The ``alses`` command: reads what is asked, calls the others, says in French what happened.

Exit codes: 0 done, 1 the program failed, 2 the request or the data cannot be used, 130 interrupted.
"""

import argparse
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path

from helpers import paths
from helpers.typography import french_spaces

# Everything heavier than this module's imports is imported by the verb that needs it: the help must be immediate.

EXAMPLES = """exemples :
  python3 alses.py run --year 2020              le rapport de 2020, comparé à l’année précédente
  python3 alses.py run --year 2020 --open       puis l’ouvrir dans le navigateur
  python3 alses.py check --year 2021            les erreurs des fichiers de 2021, sans rien calculer
"""


def _tell(text: object) -> None:
    print(french_spaces(str(text)))


def _complain(text: object) -> None:
    print(french_spaces(str(text)), file=sys.stderr)


class FrenchParser(argparse.ArgumentParser):
    """argparse with its own words in French."""

    def error(self, message: str):
        words = {
            "the following arguments are required: ": "il manque : ",
            "unrecognized arguments: ": "option inconnue : ",
            "expected one argument": "une valeur est attendue",
            "invalid choice: ": "choix inconnu : ",
            "(choose from ": "(au choix : ",
            "invalid int value: ": "nombre entier attendu, reçu : ",
            "argument ": "option ",
        }
        for english, french in words.items():
            message = message.replace(english, french)
        verb = f"{self.prog} ".partition(" ")[2]
        self.exit(2, french_spaces(f"{message}\nAide : python3 alses.py {verb}--help\n"))

    def format_help(self) -> str:
        text = super().format_help()
        for english, french in (("usage: ", "usage : "), ("positional arguments:", "verbes :"), ("options:", "options :"),
                                ("show this help message and exit", "affiche cette aide")):
            text = text.replace(english, french)
        return french_spaces(text)


def _year(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) == 4):
        raise argparse.ArgumentTypeError(f"une année en quatre chiffres est attendue, reçu : {value}")
    return int(value)


def build_parser() -> argparse.ArgumentParser:
    """The command line: verbs, options and their French help."""
    parser = FrenchParser(
        prog="alses", description="Le rapport annuel sur les ALSES du Nord.", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERBE")
    run = verbs.add_parser("run", help="fabrique le rapport d’une année dans reports/")
    run.add_argument("--year", type=_year, required=True, metavar="ANNÉE", help="année du rapport")
    run.add_argument("--compare-to", type=_year, metavar="ANNÉE", help="année de comparaison (par défaut : la précédente qui a des données)")
    run.add_argument("--open", action="store_true", help="ouvre le rapport dans le navigateur")
    run.set_defaults(action=_run)
    check = verbs.add_parser("check", help="lit les fichiers d’une année et liste leurs erreurs")
    check.add_argument("--year", type=_year, required=True, metavar="ANNÉE", help="année à contrôler")
    check.set_defaults(action=_check)
    status = verbs.add_parser("status", help="montre les années présentes, leurs fichiers et leurs rapports")
    status.set_defaults(action=_status)
    test = verbs.add_parser("test", help="lance les tests")
    test.set_defaults(action=_test)
    generate = verbs.add_parser("generate", help="récrit environment.yml et docs/data-dictionary.md (développement)")
    generate.set_defaults(action=_generate)
    return parser


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1000:,.0f} ko".replace(",", "\u202f")


def _run(options: argparse.Namespace) -> int:
    from helpers.pipeline import make_report

    folder = make_report(options.year, compare_to=options.compare_to, tell=_tell)
    _tell(f"\nLe rapport est prêt : {paths.relative(folder)}")
    for path in sorted(folder.iterdir()):
        _tell(f"  {path.name:<26}{_size(path):>8}")
    index = folder / "index.html"
    _tell(f"\nPour le lire, ouvrez dans un navigateur : {index}")
    if options.open:
        webbrowser.open(index.as_uri())
    return 0


def _check(options: argparse.Namespace) -> int:
    from helpers import checks
    from helpers.parameters import check_year

    found = checks.faults(check_year(options.year))
    for fault in found:
        _complain(fault)
    _tell(f"{options.year} : {len(found)} erreur{'s' if len(found) > 1 else ''}." if found else f"{options.year} : les fichiers sont utilisables.")
    return 2 if found else 0


def _status(options: argparse.Namespace) -> int:
    del options
    years = paths.years()
    if not years:
        _tell("Aucune année dans data/raw. Déposez-y un dossier par année.")
    for year in years:
        present = [name for name in paths.RAW_TABLES if (paths.raw(year) / f"{name}.csv").is_file()]
        report = paths.reports() / str(year) / "index.html"
        _tell(f"{year} : {', '.join(present)} ; rapport : {report if report.is_file() else 'pas encore fait'}")
    return 0


def _test(options: argparse.Namespace) -> int:
    del options
    import pytest

    return int(pytest.main(["-q", str(paths.repository() / "tests")]))


def _generate(options: argparse.Namespace) -> int:
    del options
    from helpers.dictionary import data_dictionary
    from helpers.environment import conda_environment

    root = paths.repository()
    written = {
        root / "environment.yml": conda_environment((root / "pyproject.toml").read_text(encoding="utf-8")),
        root / "docs" / "data-dictionary.md": data_dictionary(),
    }
    for path, text in written.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        _tell(path.relative_to(root).as_posix())
    return 0


def _answer(action: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    # Imported here: these errors live beside what raises them, and the help must not load any of it.
    from helpers.pipeline import BusyError, NotebookFailure
    from helpers.publish import PublicationError
    from helpers.schema import DataError

    try:
        return action(options)
    except DataError as error:
        _complain(error)
        return 2
    except NotebookFailure as error:
        _complain(f"{error}\nLe rapport précédent, s’il existe, est intact.")
        return 2 if error.is_input else 1
    except (BusyError, PublicationError) as error:
        _complain(error)
        return 1
    except PermissionError as error:
        name = Path(error.filename).name if error.filename else "un fichier"
        _complain(f"Fermez {name}, ouvert dans un autre programme ou protégé en écriture, puis relancez.")
        return 1
    except OSError as error:
        _complain(f"Le disque ne répond pas comme attendu ({error.strerror or error}) : libérez de la place ou vérifiez vos droits.")
        return 1


def main(arguments: list[str] | None = None) -> int:
    """The exit code of the command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = build_parser().parse_args(arguments)
    try:
        return options.action(options) if options.action in (_test, _status) else _answer(options.action, options)
    except KeyboardInterrupt:
        _complain("\nInterrompu. Le rapport précédent, s’il existe, est intact.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
