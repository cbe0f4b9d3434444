"""What in a text may tell who somebody is: addresses, numbers, dates. Names are beyond it: a person reads before."""

import re
import unicodedata

_MONTHS = "janv|f.{1,2}vr|mars|avr|mai|juin|juil|ao.{1,2}t|sept|oct|nov|d.{1,2}c"
# Wide on purpose: a quotation too few costs a choice, a quotation too many costs somebody's secret.
_MARKS = re.compile(
    "|".join(
        (
            r"[\w.+-]+\s*(?:@|[(\[]\s*(?:at|arobase)\s*[)\]]|\sarobase\s)\s*[\w.-]+",  # mail
            r"(?:https?://|www\.)\S+",
            # Nine digits or more, whatever stands between: telephone, INE, social security, file number. Two years have
            # eight, and a comma parts two figures.
            r"\+?\d(?:[^\w\n,;:]{0,3}\d){8,}(?:[^\w\n,;:]{0,2}[A-Za-z]{1,2}\b)?",
            r"\b\d{1,4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{2,4}\b",  # 12/03/2007, 2007-03-12
            rf"\b\d{{1,2}}(?:\s?er)?\s+(?:{_MONTHS})\w*\W{{0,3}}\s+\d{{2,4}}\b",
            r"\bn[ée]\u0301?e?s?\s+(?:le|en)(?:\s+[^\s,;.:]+){1,3}",  # née le douze mars
        )
    ),
    re.IGNORECASE,
)


def _plain(text: str) -> str:
    """The text with full-width signs made plain, as long as it was."""
    plain = (unicodedata.normalize("NFKC", sign) for sign in text)
    return "".join(one if len(one) == 1 else sign for one, sign in zip(plain, text, strict=True))


def is_personal(text: str) -> bool:
    """Whether a text holds a mail, an address of the web, a long number or a full date.

    >>> is_personal("Appelez le 06 12 34 56 78."), is_personal("17 collèges en 2020")
    (True, False)
    """
    return bool(_MARKS.search(_plain(text)))


def masked(text: str) -> str:
    """The text, as long as it was, with « • » in place of each sign of what `is_personal` finds.

    >>> masked("écrire à a@b.fr")
    'écrire à ••••••'
    """
    out = list(text)
    for found in _MARKS.finditer(_plain(text)):
        out[found.start() : found.end()] = "•" * (found.end() - found.start())
    return "".join(out)
