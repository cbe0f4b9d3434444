"""How a verb of the command is declared: what it says of itself, its options, and the function that follows it.

The verbs stand in `reports`, `raw_files`, `codings` and `tools`. Whatever takes time to load is imported by the
verb that needs it: the help must be immediate.
"""

import argparse
from collections import namedtuple
from collections.abc import Callable

from helpers import paths
from helpers.typography import french_spaces

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
