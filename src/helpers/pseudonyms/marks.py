"""What looks like a mail, a telephone, a number of a person or a date of birth, whoever it is of."""

import re
from collections.abc import Callable

# A space of any kind, a dot, a dash, a stroke: what people put between the figures of a number.
_GAP = r"[^\S\n]{0,2}[.\-‐‑–/]?[^\S\n]{0,2}"
_PART = r"[^\s@<>()\[\]«»,;:\"]"
_MAIL = re.compile(rf"{_PART}{{1,64}}\s?@\s?{_PART}{{1,200}}\.[^\W\d_]{{2,20}}")
_IDENTIFIERS = (
    # The number of social security, spaced or not, with or without its key.
    re.compile(
        rf"(?<!\d)[12]{_GAP}\d\d{_GAP}[0-9]\d{_GAP}[0-9][0-9AaBb]{_GAP}\d{{3}}{_GAP}\d{{3}}(?:{_GAP}\d\d)?(?!\d)"
    ),
    # The national number of a pupil: nine figures and two letters, ten and one; any longer run is of somebody too.
    re.compile(r"(?<![^\W_])\d{9}(?:\d?[A-Za-z]|[A-Za-z]{2})(?![^\W_])"),
)
_LONG_RUN = re.compile(r"(?<![^\W_])\d{9,}(?![^\W_])")
# Ten figures from 0, however they are set apart; a date and what follows it are no telephone.
_PHONES = (
    re.compile(rf"(?<!\w)(?:\+|00)\d{{1,3}}(?:{_GAP}[()]?{_GAP}\d){{7,12}}(?!\d)"),
    re.compile(rf"\(0\d\)(?:{_GAP}\d){{8}}(?!\d)"),
    re.compile(
        rf"(?<![\w+])(?<!\d[/.\-])(?!\d\d?[/.\-]\d\d?[/.\-](?:19|20)\d\d(?!\d))(?:0|\(0\))(?:{_GAP}\d){{9}}(?!\d)"
    ),
)
_MONTHS = "janv|févr|fevr|mars|avr|mai|juin|juil|août|aout|sept|oct|nov|déc|dec"
_DATE = re.compile(
    rf"(?<!\d)(?:\d{{1,2}}\s?[/.\-]\s?\d{{1,2}}\s?[/.\-]\s?(?P<a>\d{{4}}|\d\d)"
    rf"|(?P<b>\d{{4}})-\d\d-\d\d"
    rf"|\d{{1,2}}(?:er)?\s+(?:{_MONTHS})[^\W\d_]*\.?\s+(?P<c>\d{{4}}))(?!\d)",
    re.IGNORECASE,
)
# « né le », « née en », « née à Lille le », « date de naissance : », « DDN ».
_BORN = re.compile(
    r"\b(?:née?s?|né\(e\)|né[·.\-]e|naissance|naiss\.?|DDN)(?![^\W_])[^\n.;]{0,40}?(?P<when>(?<!\d)\d[^\n;,)]{0,25}\d)",
    re.IGNORECASE,
)
_YEAR_ALONE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# Whoever is in a collège is nine at least: a full date so old is that of a birth, not of a meeting.
_YOUNGEST = 9


def mails(text: str, count: Callable[[str], str]) -> str:
    """The text with each address replaced by what ``count`` gives for its kind.

    >>> pseudonyms.mails("Écrire à z.durand@college.exemple.fr.", "[{}]".format)
    'Écrire à [courriel].'
    """
    return _MAIL.sub(lambda _: count("courriel"), text)


def identifiers(text: str, count: Callable[[str], str]) -> str:
    """The text where numbers of persons, then telephones, are what ``count`` gives for their kind.

    >>> pseudonyms.identifiers("Son INE est 123456789AB, au 06 12 34 56 78.", "[{}]".format)
    'Son INE est [identifiant], au [téléphone].'
    """
    for pattern in _IDENTIFIERS:
        text = pattern.sub(lambda _: count("identifiant"), text)
    for pattern in _PHONES:
        text = pattern.sub(lambda _: count("téléphone"), text)
    return _LONG_RUN.sub(lambda _: count("identifiant"), text)


def birth_dates(text: str, year: int, count: Callable[[str], str]) -> str:
    """The text where a date after « né le » and the like, or one nine years before ``year`` or older, is replaced.

    >>> pseudonyms.birth_dates("Le 12/03/2021, une élève née en 2008.", 2021, "[{}]".format)
    'Le 12/03/2021, une élève née en [date de naissance].'
    """

    def born(found: re.Match) -> str:
        start = found.start("when") - found.start()
        head, tail = found[0][:start], found[0][start:]
        new = _DATE.sub(lambda _: count("date de naissance"), tail, count=1)
        if new == tail:
            new = _YEAR_ALONE.sub(lambda _: count("date de naissance"), tail, count=1)
        return head + new

    def old(found: re.Match) -> str:
        written = found["a"] or found["b"] or found["c"]
        full = int(written) + (0 if len(written) == 4 else 2000 if int(written) + 2000 <= year + 1 else 1900)
        return count("date de naissance") if full <= year - _YOUNGEST else found[0]

    return _DATE.sub(old, _BORN.sub(born, text))
