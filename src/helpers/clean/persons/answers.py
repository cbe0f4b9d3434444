"""How the answer of a closed list is read, and how several answers in one cell are."""

import re
from collections.abc import Callable

from helpers.clean.persons.spellings import FIELDS, UNFORESEEN, Spellings, answers_of
from helpers.clean.persons.text import Cell, tidy
from helpers.clean.readers import RULE_LISTED
from helpers.records import EMPTY

RULE_MISSING = "case sans réponse : non renseigné"
RULE_UNFORESEEN = "réponse inconnue, gardée comme « non prévue »"
RULE_SEVERAL = "réponses séparées, ramenées à la liste, dans l’ordre du catalogue"
RULE_SEVERAL_UNFORESEEN = "réponses séparées, dont une inconnue gardée comme « non prévue »"

# What separates answers for sure; a comma or a slash may belong to the name of one (« santé, addiction »).
_SURELY = re.compile(r"[;|\n\r]+")
_PERHAPS = re.compile(r"([,/]+)")


def closed_reader(column: str, spellings: Spellings) -> Callable[[str], Cell]:
    """Reads one answer; what no rule knows is kept as an answer that was not foreseen."""

    def read(text: str) -> Cell:
        if not text:
            return Cell(EMPTY)
        plain = tidy(text)
        if not plain:
            return Cell(EMPTY, RULE_MISSING)
        found = spellings.find(column, plain)
        if found is None:
            return Cell(UNFORESEEN, RULE_UNFORESEEN)
        if found.value == text:
            return Cell(text)
        return Cell(found.value, _rule(found.value, found.reason))

    return read


def _rule(value: str, reason: str) -> str:
    rule = RULE_LISTED if value else RULE_MISSING
    return f"{rule} ({reason.rstrip('.')})" if reason else rule


def several_reader(column: str, spellings: Spellings) -> Callable[[str], Cell]:
    """Reads a set of answers: sorted as the catalogue, each once, joined by the separator of the schema."""
    order, joint = list(answers_of(column)), FIELDS[column]["separateur"]

    def read(text: str) -> Cell:
        if not text:
            return Cell(EMPTY)
        found = {value for piece in _SURELY.split(text) for value in _answers(column, piece, spellings)}
        value = joint.join(sorted(found - {EMPTY}, key=order.index))
        if value == text:
            return Cell(text)
        if not value:
            return Cell(EMPTY, RULE_MISSING)
        return Cell(value, RULE_SEVERAL_UNFORESEEN if UNFORESEEN in found else RULE_SEVERAL)

    return read


def _answers(column: str, piece: str, spellings: Spellings) -> list[str]:
    """The answers of a piece: whole if it is one, else the longest runs between commas or slashes that are."""
    tokens = _PERHAPS.split(piece)  # words at even places, what separates them at odd ones
    out, start = [], 0
    while start < len(tokens):
        for stop in range(len(tokens), start, -2):
            plain = tidy("".join(tokens[start:stop]))
            found = spellings.find(column, plain) if plain else None
            if found or not plain or stop == start + 1:
                break
        if plain:
            out.append(found.value if found else UNFORESEEN)
        start = stop + 1
    return out
