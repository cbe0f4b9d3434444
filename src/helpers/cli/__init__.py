"""The ``alses`` command: reads the command line, runs the verb, prints what happened in French.

A verb is declared beside the function that does its work, in `reports`, `raw_files`, `codings` and `tools`. Only the
module of the verb that is asked for is loaded, and it imports what takes time when it needs it: the help, and a run
that has nothing to do, must be immediate.

Exit codes: 0 done, 1 the program failed, 2 the request or the data cannot be used, 130 interrupted.
"""

import argparse
import os
import signal
import sys
from collections import namedtuple
from collections.abc import Callable
from functools import partial
from importlib import import_module

from helpers import paths
from helpers.cli.messages import INTACT, WIDEST, examples, explain, filled, print_error, print_message, rows, width
from helpers.paths import COMMAND
from helpers.typography import french_spaces

# The verbs in the order of the help, and the module of each.
VERBS = {
    "run": "reports",
    "share": "reports",
    "lab": "tools",
    "new-year": "raw_files",
    "check": "raw_files",
    "import-coding": "codings",
    "export-coding": "codings",
    "pseudonymise": "codings",
    "simulate": "raw_files",
    "status": "reports",
    "verify": "reports",
    "doctor": "tools",
    "test": "tools",
    "generate": "tools",
}

# --- How a verb is declared: what it says of itself, its options, and the function that follows it ---

# ``examples`` are pairs (what follows the command, what it is for); ``act`` takes the options and gives the exit code.
Verb = namedtuple("Verb", "name summary description examples options act")  # a dataclass takes longer to load


def verb(name: str, summary: str, description: str, examples: tuple, *options: tuple) -> Callable[[Callable], Verb]:
    """Makes a verb of the command of the function that follows."""
    return lambda act: Verb(name, summary, description, examples, options, act)


def option(words: str, help: str, **settings) -> tuple:
    """The arguments of ``add_argument``; ``words`` are the name and what its value is called, if it takes one."""
    name, _, metavar = words.partition(" ")
    kind = {"metavar": metavar} if metavar else {"action": "store_true"}
    return (name,), {"help": french_spaces(help), **kind, **settings}


def as_year(value: str) -> int:
    """The year of an option, as argparse's ``type``: four plain digits."""
    if not paths.is_year(value):
        raise argparse.ArgumentTypeError(f"une année en quatre chiffres est attendue, reçu : {value}")
    return int(value)


def _integer(expected: str, lowest: int, highest: int = 10**18) -> Callable[[str], int]:
    def read(value: str) -> int:
        if value.isascii() and value.isdecimal() and len(value) < 19 and lowest <= int(value) <= highest:
            return int(value)
        raise argparse.ArgumentTypeError(f"{expected} est attendu, reçu : {value}")

    return read


as_positive = _integer("un nombre entier à partir de 1", 1)
as_whole = _integer("un nombre entier, sans signe ni espace,", 0)
as_port = _integer("un port de 1024 à 65535", 1024, 65535)


def year_option(help: str) -> tuple:
    """``--year``, which must be given."""
    return option("--year ANNÉE", f"{help} (obligatoire)", type=as_year, required=True)


def year_argument(help: str) -> tuple:
    """The year, as the word after the verb."""
    return option("year ANNÉE", help, type=as_year)


def find_verb(name: str) -> Verb:
    """A verb of `VERBS`, its module loaded."""
    return getattr(import_module(f"helpers.cli.{VERBS[name]}"), name.replace("-", "_"))


# --- The command line: argparse, with its own words in French ---

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

# argparse looks up its own words by gettext, under the name ``_``: these are the ones that our options can call for.
FRENCH = {
    "usage: ": "usage\u00a0: ",
    "positional arguments": "arguments\u00a0",
    "options": "options\u00a0",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s : %(message)s",
    "the following arguments are required: %s": "il manque : %s",
    "expected one argument": "une valeur est attendue",
    "ignored explicit argument %r": "valeur inattendue : %r",
    "invalid choice: %(value)r (choose from %(choices)s)": "choix inconnu : %(value)r (au choix : %(choices)s)",
}


class _Parser(argparse.ArgumentParser):
    """A parser that exits with 2 after one French sentence, which proposes what is near to a mistyped option."""

    def __init__(self, prog: str, verb: Verb | None = None) -> None:
        argparse._ = lambda text: FRENCH.get(text, text)
        # Of a known width, since argparse makes a formatter for each option, and loads `shutil` to ask the terminal.
        layout = partial(argparse.RawDescriptionHelpFormatter, width=WIDEST)
        super().__init__(prog=prog, formatter_class=layout, add_help=False)
        self.add_argument("-h", "--help", action="help", help="affiche cette aide")
        self.verb = verb

    def format_help(self) -> str:
        if self.verb is None:
            return main_help()
        self.formatter_class = partial(argparse.RawDescriptionHelpFormatter, width=width())
        self.description, self.epilog = filled(self.verb.description), examples(self.verb.examples)
        return super().format_help()

    def error(self, message: str):
        self.exit(2, french_spaces(f"{message}\nAide : {self.prog} --help\n"))

    def refuse_unknown(self, kind: str, word: str, known: list[str]) -> None:
        """Stops when the word is not one of these."""
        if word not in known:
            from difflib import get_close_matches

            # Without the dashes, which make any two options look alike.
            words = {each.lstrip("-"): each for each in known}
            near = get_close_matches(word.lstrip("-"), words, n=1, cutoff=0.5)
            hint = f"vouliez-vous dire « {words[near[0]]} » ?" if near else f"au choix : {', '.join(known)}."
            self.error(f"{kind} : {word} ; {hint}")

    def read(self, arguments: list[str]) -> argparse.Namespace:
        """The options; stops at the first word that is none, or the beginning of one: its meaning could change."""
        known = sorted(name for name in self._option_string_actions if name.startswith("--"))
        for name in (argument.partition("=")[0] for argument in arguments):
            if name.startswith("--") and name != "--":
                self.refuse_unknown("option inconnue", name, known)
        options, extra = self.parse_known_args(arguments)
        if extra:
            self.error(f"{'option inconnue' if extra[0].startswith('-') else 'argument en trop'} : {extra[0]}")
        return options


def main_help() -> str:
    """The verbs first, then how they are used and what they answer."""
    parts = [
        f"usage : {COMMAND} VERBE [options]\n",
        f"{filled(DESCRIPTION)}\n",
        rows("verbes", tuple((name, find_verb(name).summary) for name in VERBS)),
        rows("options", OPTIONS),
        examples(EXAMPLES),
        rows("codes de sortie", EXIT_CODES),
    ]
    return french_spaces("\n".join(parts))


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of a verb, with its function; exits after the help, the version or a sentence on what is wrong."""
    name, *rest = arguments
    if name.startswith("-"):
        parser = _Parser(COMMAND)
        parser.add_argument("--version", action="store_true")
        if parser.read(arguments).version:
            import tomllib  # the package may not be installed yet: the project's file tells

            project = tomllib.loads((paths.repository() / "pyproject.toml").read_text(encoding="utf-8"))["project"]
            print_message(f"alses {project['version']}")
            parser.exit()
        parser.error("il manque : VERBE")
    if name not in VERBS:
        _Parser(COMMAND).refuse_unknown("verbe inconnu", name, list(VERBS))
    verb = find_verb(name)
    parser = _Parser(f"{COMMAND} {name}", verb)
    for names, settings in (*verb.options, option("--debug", "en cas d’échec, montre aussi le détail technique")):
        parser.add_argument(*names, **settings)
    options = parser.read(rest)
    options.act, options.arguments = verb.act, arguments
    return options


# --- The command ---


def _end_as_by_ctrl_c() -> None:
    """A window that is closed and a program that is ended leave no temporary file and no browser behind either."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number and signal.getsignal(number) == signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, signal.default_int_handler)


def main(arguments: list[str] | None = None) -> int:
    """The exit code of the command; no traceback is shown, unless ``--debug`` asks for it.

    >>> main(["check", "--year", "2020"])
    2020 : les fichiers sont utilisables.
    0
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if arguments is None:
        _end_as_by_ctrl_c()
        arguments = sys.argv[1:]
    if not arguments:
        print(main_help(), end="")
        return 2
    options = parse(arguments)
    try:
        return options.act(options)
    except KeyboardInterrupt:
        print_error(f"\nInterrompu. {INTACT}")
        return 130
    except BrokenPipeError:  # as in « status | head »: who was reading has left, and there is nobody to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        return explain(error, arguments, getattr(options, "year", None))
