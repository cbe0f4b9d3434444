"""What a cell says, whatever the program that wrote it: spaces, apostrophes, dashes and accents in one way."""

import re
import unicodedata
from typing import NamedTuple

from helpers.typography import fold

RULE_TEXT = "espaces, apostrophes, tirets et accents écrits d’une seule façon"

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\u202a-\u202e]")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f]+")
_APOSTROPHES = re.compile("['‘`´ʼ′]")
_DASHES = re.compile("[‐‑‒–—−]")
# « 6°3 » is the third class of 6e: without its sign it would read 63.
_DEGREE = re.compile("[°º]")


class Cell(NamedTuple):
    """What a spelling means: its label, the rule that changed it, and why a row that holds it is not counted."""

    value: str
    rule: str = ""
    reason: str = ""


def tidy(text: str) -> str:
    """The text with composed accents, plain single spaces, one apostrophe, one dash, nothing unseen."""
    if text.isascii() and text.isalnum():
        return text
    text = _UNSEEN.sub("", unicodedata.normalize("NFC", text))
    return _DASHES.sub("-", _APOSTROPHES.sub("’", _SPACES.sub(" ", text))).strip()


def key_of(text: str) -> str:
    """What two spellings of one answer share: no case, accent or punctuation, unless it is nothing else (« ? »)."""
    return fold(_DEGREE.sub(" ", text)) or text.strip()
