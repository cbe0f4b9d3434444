"""The command line in French: verbs, options, help, and argparse's own words."""

import argparse

from helpers.typography import french_spaces

EXAMPLES = """exemples :
  python3 alses.py run --year 2020              le rapport de 2020, comparé à l’année précédente
  python3 alses.py run --year 2020 --open       puis l’ouvrir dans le navigateur
  python3 alses.py check --year 2021            les erreurs des fichiers de 2021, sans rien calculer
  python3 alses.py lab                          l’atelier, pour explorer sans écrire de commande
"""

# What argparse writes -> what a reader reads.
_ERRORS = {
    "the following arguments are required: ": "il manque : ",
    "unrecognized arguments: ": "option inconnue : ",
    "ignored explicit argument ": "valeur inattendue : ",
    "expected one argument": "une valeur est attendue",
    "invalid choice: ": "choix inconnu : ",
    "(choose from ": "(au choix : ",
    "argument ": "option ",
    ": une année": " : une année",
    ": un port": " : un port",
    ": une valeur": " : une valeur",
    ": choix": " : choix",
    ": valeur": " : valeur",
}
_HELP = {
    "usage: ": "usage : ",
    "positional arguments:": "verbes :",
    "options:": "options :",
    "show this help message and exit": "affiche cette aide",
}


def _in_french(text: str, words: dict[str, str]) -> str:
    for english, french in words.items():
        text = text.replace(english, french)
    return french_spaces(text)


class FrenchParser(argparse.ArgumentParser):
    """argparse with its own words in French; a wrong command line exits with 2."""

    def error(self, message: str):
        verb = f"{self.prog} ".partition(" ")[2]
        self.exit(2, _in_french(f"{message}\nAide : python3 alses.py {verb}--help\n", _ERRORS))

    def format_help(self) -> str:
        return _in_french(super().format_help(), _HELP)


def _year(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) == 4):
        raise argparse.ArgumentTypeError(f"une année en quatre chiffres est attendue, reçu : {value}")
    return int(value)


def _port(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and 1024 <= int(value) <= 65535):
        raise argparse.ArgumentTypeError(f"un port de 1024 à 65535 est attendu, reçu : {value}")
    return int(value)


def build_parser() -> FrenchParser:
    """The parser of ``alses``: the verb is in ``verb``, its options beside it."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = FrenchParser(
        prog="alses", description="Le rapport annuel sur les ALSES du Nord.", epilog=EXAMPLES, formatter_class=layout
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERBE")
    run = verbs.add_parser("run", help="fabrique le rapport d’une année dans reports/")
    run.add_argument("--year", type=_year, required=True, metavar="ANNÉE", help="année du rapport")
    default = "(par défaut : la précédente qui a des données)"
    run.add_argument("--compare-to", type=_year, metavar="ANNÉE", help=f"année de comparaison {default}")
    run.add_argument("--open", action="store_true", help="ouvre le rapport dans le navigateur")
    check = verbs.add_parser("check", help="lit les fichiers d’une année et liste leurs erreurs")
    check.add_argument("--year", type=_year, required=True, metavar="ANNÉE", help="année à contrôler")
    verbs.add_parser("status", help="montre les années présentes, leurs fichiers et leurs rapports")
    lab = verbs.add_parser("lab", help="ouvre l’atelier : JupyterLab en français, sur cet ordinateur seulement")
    lab.add_argument("--port", type=_port, default=8888, metavar="PORT", help="port (s’il est pris : le suivant libre)")
    lab.add_argument("--no-browser", action="store_true", help="n’ouvre pas le navigateur, donne l’adresse")
    verbs.add_parser("test", help="lance les tests")
    verbs.add_parser("generate", help="récrit environment.yml et docs/data-dictionary.md (développement)")
    return parser
