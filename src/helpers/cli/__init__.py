"""The ``alses`` command: reads the command line, runs the verb, prints what happened in French.

Exit codes: 0 done, 1 the program failed, 2 the request or the data cannot be used, 130 interrupted.
"""

import argparse
import os
import signal
import sys

from helpers import paths
from helpers.cli import codings, messages, raw_files, reports, tools
from helpers.cli.messages import INTACT, examples, filled, print_error, print_message, rows, width
from helpers.cli.verbs import Verb, option
from helpers.paths import COMMAND
from helpers.typography import french_spaces

# The verbs in the order of the help.
VERBS: dict[str, Verb] = {
    each.name: each
    for each in (
        reports.run,
        reports.share,
        tools.lab,
        raw_files.new_year,
        raw_files.check,
        codings.import_coding,
        codings.export_coding,
        codings.pseudonymise,
        raw_files.simulate,
        reports.status,
        reports.verify,
        tools.doctor,
        tools.test,
        tools.generate,
    )
}

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


def _layout(prog: str) -> argparse.HelpFormatter:
    return argparse.RawDescriptionHelpFormatter(prog, width=width())


class _Parser(argparse.ArgumentParser):
    """A parser that exits with 2 after one French sentence, which proposes what is near to a mistyped option."""

    def __init__(self, prog: str, **texts: str) -> None:
        argparse._ = lambda text: FRENCH.get(text, text)
        # No abbreviation: what « --o » means would change with the next option.
        super().__init__(prog=prog, formatter_class=_layout, add_help=False, allow_abbrev=False, **texts)
        self.add_argument("-h", "--help", action="help", help="affiche cette aide")

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
        """The options; stops at the first word that is none."""
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
        rows("verbes", tuple((verb.name, verb.summary) for verb in VERBS.values())),
        rows("options", OPTIONS),
        examples(EXAMPLES),
        rows("codes de sortie", EXIT_CODES),
    ]
    return french_spaces("\n".join(parts))


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of a verb, which is in ``verb``; exits after the help, the version or a sentence on what is wrong."""
    name, *rest = arguments
    if name.startswith("-"):
        parser = _Parser(COMMAND)
        parser.format_help = main_help
        parser.add_argument("--version", action="store_true")
        if parser.read(arguments).version:
            print_message(f"alses {_version()}")
            parser.exit()
        parser.error("il manque : VERBE")
    if name not in VERBS:
        _Parser(COMMAND).refuse_unknown("verbe inconnu", name, list(VERBS))
    # Only the parser of this verb is made: those of all the others take longer than reading the options.
    verb = VERBS[name]
    parser = _Parser(f"{COMMAND} {name}", description=filled(verb.description), epilog=examples(verb.examples))
    for names, settings in (*verb.options, option("--debug", "en cas d’échec, montre aussi le détail technique")):
        parser.add_argument(*names, **settings)
    options = parser.read(rest)
    options.verb = name
    return options


def _version() -> str:
    """Of the project's file, for the package may not be installed yet."""
    import tomllib

    return tomllib.loads((paths.repository() / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


# --- The command ---


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _end_as_by_ctrl_c() -> None:
    """A window that is closed and a program that is ended leave no temporary file and no browser behind either."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number and signal.getsignal(number) == signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, _interrupt)


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
        return VERBS[options.verb].act(options)
    except KeyboardInterrupt:
        print_error(f"\nInterrompu. {INTACT}")
        return 130
    except BrokenPipeError:  # as in « status | head »: who was reading has left, and there is nobody to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if options.debug:
            messages.print_traceback(error)
        return messages.explain(error, arguments, getattr(options, "year", None))
