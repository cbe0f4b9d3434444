"""What a verb is: its words in the help, its options, what it does. One module a verb; `verbs` lists them."""

import argparse
from argparse import Namespace
from collections.abc import Callable

from helpers import paths


def no_option(parser: argparse.ArgumentParser) -> None:
    """The options of a verb that has none."""
    del parser


class Verb:
    """A verb of the command.

    ``act`` takes the parsed options and gives the exit code; it imports what is heavy, for the help must be immediate.
    ``examples`` are pairs: what follows ``python3 alses.py``, and what it is for.
    """

    # Not a dataclass: what makes one takes longer to load than all the verbs.
    def __init__(
        self,
        name: str,
        summary: str,
        description: str,
        examples: tuple[tuple[str, str], ...],
        act: Callable[[Namespace], int],
        add_options: Callable[[argparse.ArgumentParser], None] = no_option,
    ) -> None:
        self.name, self.summary, self.description = name, summary, description
        self.examples, self.act, self.add_options = examples, act, add_options


def year(value: str) -> int:
    """The year of an option, as argparse's ``type``: four plain digits."""
    if not paths.is_year(value):
        raise argparse.ArgumentTypeError(f"une année en quatre chiffres est attendue, reçu : {value}")
    return int(value)


def positive(value: str) -> int:
    """A whole number from 1 up, as argparse's ``type``."""
    if not (value.isascii() and value.isdecimal() and int(value)):
        raise argparse.ArgumentTypeError(f"un nombre entier à partir de 1 est attendu, reçu : {value}")
    return int(value)
