"""French spaces: no line ever starts with a colon or a percent sign. Standard library only, for pages and messages."""

import re

NARROW = "\u202f"  # narrow no-break space
WIDE = "\u00a0"  # no-break space

_BEFORE_NARROW = re.compile(r"(?<=\S)[ \u00a0\u202f](?=[;!?%»])")
_BEFORE_WIDE = re.compile(r"(?<=\S)[ \u00a0\u202f](?=:(?:\s|$))")
_AFTER_QUOTE = re.compile(r"(?<=«)[ \u00a0\u202f]")
_AFTER_LINE = re.compile(r"(?<=\bl\.)[ ](?=\d)")


def french_spaces(text: str) -> str:
    """The text with no-break spaces where French typography wants them; it adds no space that was not there.

    >>> french_spaces("Bilan : 42 % ; « oui »")
    'Bilan\\xa0: 42\\u202f%\\u202f; «\\u202foui\\u202f»'
    """
    text = _BEFORE_NARROW.sub(NARROW, text)
    text = _BEFORE_WIDE.sub(WIDE, text)
    text = _AFTER_QUOTE.sub(NARROW, text)
    return _AFTER_LINE.sub(WIDE, text)
