"""No-break spaces for pages and messages, and plain keys to compare spellings."""

import re
import unicodedata

NARROW = "\u202f"  # narrow no-break space
WIDE = "\u00a0"  # no-break space

_BEFORE_NARROW = re.compile(r"(?<=\S)[ \u00a0\u202f](?=[;!?%»])")
_BEFORE_WIDE = re.compile(r"(?<=\S)[ \u00a0\u202f](?=:(?:\s|$))")
_AFTER_QUOTE = re.compile(r"(?<=«)[ \u00a0\u202f]")
_AFTER_LINE = re.compile(r"(?<=\bl\.)[ ](?=\d)")


def french_spaces(text: str) -> str:
    """Turns spaces into no-break spaces where French typography wants them; adds none.

    >>> french_spaces("Bilan : 42 % ; « oui »")
    'Bilan\\xa0: 42\\u202f%\\u202f; «\\u202foui\\u202f»'
    """
    text = _BEFORE_NARROW.sub(NARROW, text)
    text = _BEFORE_WIDE.sub(WIDE, text)
    text = _AFTER_QUOTE.sub(NARROW, text)
    return _AFTER_LINE.sub(WIDE, text)


def shorten(text: str, *, width: int = 80) -> str:
    """The beginning of a long text, for a message.

    >>> shorten("un mot"), shorten("x" * 100, width=5)
    ('un mot', 'xxxxx…')
    """
    return text if len(text) <= width else f"{text[:width].rstrip()}…"


def fold(text: str) -> str:
    """The text without case, accents or punctuation, words joined by ``_``; a plus sign is a word, for REP+ is not REP.

    >>> fold("Ne Sait Pas"), fold("Condé-sur-l’Escaut"), fold("REP +")
    ('ne_sait_pas', 'conde_sur_l_escaut', 'rep_plus')
    """
    # A curly apostrophe would vanish with the accents: make it a break first.
    spaced = text.casefold().replace("’", "'").replace("+", " plus ").replace("œ", "oe")
    plain = unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


# A spreadsheet runs a text that starts like this, as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def escape_formula(text: str) -> str:
    """The text, quoted if a spreadsheet would run it as a formula; one that looks quoted is quoted again."""
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA_STARTS) else text


def unescape_formula(text: str) -> str:
    """The text without the apostrophe that keeps a spreadsheet from running it.

    >>> unescape_formula("'+Government"), unescape_formula("'été")
    ('+Government', "'été")
    """
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA_STARTS) else text
