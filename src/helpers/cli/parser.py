"""The command line in French: verbs, options, help, and argparse's own words."""

import argparse

from helpers import paths
from helpers.cli import data_verbs, report_verbs
from helpers.cli.messages import Verb, examples, filled, rows, tell, width
from helpers.paths import COMMAND
from helpers.typography import french_spaces

# --- The verbs of the command, in the order of the help. To add one: its module, with a ``VERB``, and a name
# --- here

VERBS = (
    report_verbs.RUN,
    report_verbs.SHARE,
    data_verbs.LAB,
    data_verbs.NEW_YEAR,
    data_verbs.CHECK,
    data_verbs.IMPORT_CODING,
    data_verbs.EXPORT_CODING,
    data_verbs.SIMULATE,
    report_verbs.STATUS,
    report_verbs.VERIFY,
    data_verbs.DOCTOR,
    data_verbs.TEST,
    data_verbs.GENERATE,
)


# --- The command line in French: verbs, options, help, and argparse's own words ---

DESCRIPTION = (
    "Le rapport annuel sur les ALSES du Nord, des fichiers reçus jusqu’aux pages à partager.\n"
    f"L’aide d’un verbe (options, exemples) : {COMMAND} run --help\n"
    "La première commande installe l’environnement dans .venv : une à trois minutes, 1 Go. Dans un environnement "
    f"activé (conda), « alses » remplace « {COMMAND} »."
)
EXAMPLES = (
    ("run --year 2020", "le rapport de 2020, comparé à l’année précédente"),
    ("run --year 2020 --open", "puis l’ouvrir dans le navigateur"),
    ("check --year 2020", "les erreurs des fichiers, sans rien calculer"),
    ("doctor", "ce qui manque à cet ordinateur, à joindre à un message"),
)
EXIT_CODES = (
    ("0", "c’est fait"),
    ("1", "le programme, l’ordinateur ou un fichier ouvert ailleurs a empêché d’aboutir"),
    ("2", "la demande ou les données ne sont pas utilisables : la phrase dit quoi corriger"),
    ("130", "interrompu (Ctrl-C)"),
)
OPTIONS = (("-h, --help", "affiche cette aide"), ("--version", "affiche la version"))

# What argparse writes -> what a reader reads.
_ERRORS = {
    "the following arguments are required: ": "il manque : ",
    "ignored explicit argument ": "valeur inattendue : ",
    "expected one argument": "une valeur est attendue",
    "invalid int value: ": "un nombre entier est attendu, reçu : ",
    "invalid choice: ": "choix inconnu : ",
    "(choose from ": "(au choix : ",
    "argument --": "option --",
    "argument -": "option -",
    ": une ": " : une ",
    ": un ": " : un ",
    ": choix": " : choix",
    ": valeur": " : valeur",
}
_HELP = {
    "usage: ": "usage : ",
    "positional arguments:": "arguments :",
    "options:": "options :",
}


def _in_french(text: str, words: dict[str, str]) -> str:
    for english, french in words.items():
        text = text.replace(english, french)
    return french_spaces(text)


def _layout(prog: str) -> argparse.HelpFormatter:
    return argparse.RawDescriptionHelpFormatter(prog, width=width())


class _ShowVersion(argparse.Action):
    """Looks the version up only when it is asked; in the project's file, for the package may not be installed yet."""

    def __call__(self, parser, *_):
        import tomllib

        project = tomllib.loads((paths.repository() / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        tell(f"alses {project['version']}")
        parser.exit()


class FrenchParser(argparse.ArgumentParser):
    """argparse with its own words in French; a wrong command line exits with 2, and proposes what is near."""

    def __init__(self, **given) -> None:
        self.names: set[str] = set()
        # No abbreviation: what « --o » means would change with the next option.
        super().__init__(formatter_class=_layout, add_help=False, allow_abbrev=False, **given)
        self.add_argument("-h", "--help", action="help", help="affiche cette aide")

    def add_argument(self, *names, **given) -> argparse.Action:
        """As argparse's; the names are kept, to propose one instead of an unknown one."""
        self.names.update(name for name in names if name.startswith("-"))
        if "help" in given:
            given["help"] = french_spaces(given["help"])
        return super().add_argument(*names, **given)

    def error(self, message: str):
        """Exits with 2 after one French sentence and the way to the help."""
        self.exit(2, _in_french(f"{message}\nAide : {self.prog} --help\n", _ERRORS))

    def refuse_unknown(self, kind: str, given: str, known: list[str]) -> None:
        """Stops when the word given is not one of these."""
        if given not in known:
            from difflib import get_close_matches

            # Without the dashes, which make any two options look alike.
            words = {word.lstrip("-"): word for word in known}
            near = get_close_matches(given.lstrip("-"), words, n=1, cutoff=0.5)
            hint = f"vouliez-vous dire « {words[near[0]]} » ?" if near else f"au choix : {', '.join(known)}."
            self.error(f"{kind} : {given} ; {hint}")

    def refuse_unknown_options(self, arguments: list[str]) -> None:
        """Stops at the first option that this parser does not have."""
        for argument in arguments:
            name = argument.partition("=")[0]
            if name.startswith("--") and name != "--":
                self.refuse_unknown("option inconnue", name, sorted(word for word in self.names if word[:2] == "--"))

    def format_help(self) -> str:
        """The help, in French."""
        return _in_french(super().format_help(), _HELP)


class Command(FrenchParser):
    """The whole command line: looks at the verb first, so that a mistyped one is told as such."""

    def __init__(self, verbs: tuple[Verb, ...]) -> None:
        super().__init__(prog=COMMAND)
        self.add_argument("--version", action=_ShowVersion, nargs=0)
        self.verbs = {verb.name: verb for verb in verbs}

    def format_help(self) -> str:
        """The verbs first, then how they are used and what they answer."""
        parts = [
            f"usage : {COMMAND} VERBE [options]\n",
            f"{filled(DESCRIPTION)}\n",
            rows("verbes", tuple((verb.name, verb.summary) for verb in self.verbs.values())),
            rows("options", OPTIONS),
            examples(EXAMPLES),
            rows("codes de sortie", EXIT_CODES),
        ]
        return french_spaces("\n".join(parts))

    def parse_args(self, args=None, namespace=None):
        """The options of the verb, which is in ``verb``."""
        given = list(args or [])
        is_verb = bool(given) and not given[0].startswith("-")
        if is_verb:
            self.refuse_unknown("verbe inconnu", given[0], list(self.verbs))
        # Only the parser of this verb is made: laying out the help of all ten takes longer than reading the options.
        parser = _parser_of(self.verbs[given[0]]) if is_verb else self
        parser.refuse_unknown_options(given)
        options, extra = parser.parse_known_args(given[1:] if is_verb else given, namespace)
        if extra:
            kind = "option inconnue" if extra[0].startswith("-") else "argument en trop"
            parser.error(f"{kind} : {extra[0]}")
        if not is_verb:
            self.error("il manque : VERBE")
        options.verb = given[0]
        return options


def _parser_of(verb: Verb) -> FrenchParser:
    told = {"description": filled(verb.description), "epilog": examples(verb.examples)}
    parser = FrenchParser(prog=f"{COMMAND} {verb.name}", **told)
    verb.add_options(parser)
    parser.add_argument("--debug", action="store_true", help="en cas d’échec, montre aussi le détail technique")
    return parser


def build_parser() -> Command:
    """The parser of ``alses``: the verb is in ``verb``, its options beside it."""
    return Command(VERBS)
