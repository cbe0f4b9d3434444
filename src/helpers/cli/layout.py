"""Text laid out for a terminal: lines that fit, words and their meaning in columns."""

import shutil
import textwrap

from helpers.paths import COMMAND
from helpers.typography import NARROW, WIDE, french_spaces

# Columns: a longer line tires, even on a wide screen; below the lower one nothing can be laid out.
WIDEST, NARROWEST = 80, 40


def width() -> int:
    """The columns to write on."""
    return max(NARROWEST, min(shutil.get_terminal_size().columns, WIDEST))


def number(count: float) -> str:
    """A number as French writes it, thousands apart: ``6 585``, ``48,7``."""
    return f"{count:,.10g}".replace(",", NARROW).replace(".", ",")


def lines(count: int) -> str:
    """So many lines of a table."""
    return f"{number(count)}{WIDE}ligne{'s' if count > 1 else ''}"


def kilobytes(count: int) -> str:
    """A number of bytes in thousands."""
    return f"{number(round(count / 1000))} ko"


def filled(text: str) -> str:
    """Each line of the text as a paragraph that fits."""
    return "\n".join(textwrap.fill(french_spaces(line), width()) for line in text.splitlines())


def beside(head: str, text: str) -> str:
    """A text that starts after ``head`` and keeps to its right; what is one word, as a path, is never cut."""
    return textwrap.fill(
        french_spaces(text),
        width(),
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )


def rows(title: str, pairs: tuple[tuple[str, str], ...]) -> str:
    """A title, then words and their meaning in two columns."""
    column = max(len(word) for word, _ in pairs) + 2
    return "\n".join([f"{title} :", *(beside(f"  {word:<{column}}", meaning) for word, meaning in pairs), ""])


def examples(pairs: tuple[tuple[str, str], ...]) -> str:
    """What to type and what for: side by side if every line fits, else the purpose below."""
    commands = [f"  {COMMAND} {command}" for command, _ in pairs]
    column = max(map(len, commands)) + 2
    lines = [f"{command:<{column}}{purpose}" for command, (_, purpose) in zip(commands, pairs, strict=True)]
    if max(map(len, lines)) > width():
        purposes = [beside("      ", purpose) for _, purpose in pairs]
        lines = [f"{command}\n{purpose}" for command, purpose in zip(commands, purposes, strict=True)]
    return french_spaces("\n".join(["exemples :", *lines, ""]))
