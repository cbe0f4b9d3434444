"""What a person reads in the terminal: answers on standard output, complaints on standard error."""

import sys

from helpers.typography import french_spaces


def tell(text: object) -> None:
    """Writes an answer."""
    print(french_spaces(str(text)), flush=True)


def complain(text: object) -> None:
    """Writes what went wrong."""
    print(french_spaces(str(text)), file=sys.stderr, flush=True)
