"""Days and years: the day before the month, years in four digits, nothing guessed."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from helpers.clean.persons.answers import RULE_MISSING
from helpers.clean.persons.reasons import Reason
from helpers.clean.persons.spellings import Spellings
from helpers.clean.persons.text import Cell, tidy
from helpers.clean.spelling import read_month
from helpers.records import EMPTY
from helpers.typography import fold

RULE_DAY = "date lue, le jour avant le mois"
RULE_SERIAL = "numéro de jour d’un tableur lu comme une date"
RULE_YEAR = "année lue dans un nombre ou dans une date"

# The age reached in the year. Prévention spécialisée meets children from primary school to young adults: out of these
# bounds the year of birth is a slip of the keyboard.
YOUNGEST_YEARS, OLDEST_YEARS = 5, 25
# Day numbers of a spreadsheet are believed within these years only: elsewhere five digits are something else.
# A workbook that counts from 1904 says so in its file, which is read elsewhere: here a number counts from 1900.
_SERIALS = range((date(2010, 1, 1) - date(1899, 12, 30)).days, (date(2036, 1, 1) - date(1899, 12, 30)).days)
_ORIGIN = date(1899, 12, 30)

_HOUR = r"(?:[T ]+\d{1,2}[:hH]\d{0,2}(?::\d{2})?(?:[.,]\d+)?(?: ?Z| ?[+-]\d{2}:?\d{2})?)?"
_DAY_FIRST = re.compile(rf"(\d{{1,2}})[/. -](\d{{1,2}})[/. -](\d{{4}}){_HOUR}")
_ISO = re.compile(rf"(\d{{4}})[/.-](\d{{1,2}})[/.-](\d{{1,2}}){_HOUR}")
_IN_WORDS = re.compile(rf"(?:[a-z]+ )?(\d{{1,2}})(?:er)? ([a-z]{{3,9}}) (\d{{4}}|\d{{2}}){_HOUR}")
_SHORT = re.compile(rf"\d{{1,2}}[/. -]\d{{1,2}}[/. -]\d{{2}}{_HOUR}")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
_YEAR = re.compile(r"(\d{4})(?:[.,]0+)?")


def _parts(text: str) -> tuple[int, int, int] | None:
    """Year, month and day as written; None when the text has no such form."""
    if found := _ISO.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DAY_FIRST.fullmatch(text):
        return int(found[3]), int(found[2]), int(found[1])
    found = _IN_WORDS.fullmatch(_plain_words(text))
    return (int(found[3]), read_month(found[2]), int(found[1])) if found and len(found[3]) == 4 else None


def _plain_words(text: str) -> str:
    """« 13-févr.-2021 » as « 13 fevr 2021 »."""
    words = text.replace("-", " ").replace(".", " ").split()
    return " ".join(fold(word) if word.isalpha() else word for word in words)


def _is_short(text: str) -> bool:
    in_words = _IN_WORDS.fullmatch(_plain_words(text))
    return bool(_SHORT.fullmatch(text) or (in_words and read_month(in_words[2])))


def read_day(text: str) -> date | Reason:
    """The day that a tidy text says, or why it says none."""
    serial = _SERIAL.fullmatch(text)
    if serial:
        days = int(serial[1])
        return _ORIGIN + timedelta(days=days) if days in _SERIALS else Reason.NO_DAY
    parts = _parts(text)
    if parts is None:
        return Reason.SHORT_YEAR if _is_short(text) else Reason.NO_DAY
    try:
        return date(*parts)
    except ValueError:
        return Reason.NO_DAY


def day_reader(column: str, spellings: Spellings, year: int) -> Callable[[str], Cell]:
    """Reads a date as ``AAAA-MM-JJ``: a start not after the year, an end within it."""
    first, last = date(year, 1, 1), date(year, 12, 31)

    def read(text: str) -> Cell:
        plain = tidy(text)
        if not plain or (spellings.find(column, plain)):
            return Cell(EMPTY, RULE_MISSING if text else "")
        found = read_day(plain)
        if isinstance(found, Reason):
            return Cell(EMPTY, "", found)
        if found > last:
            return Cell(EMPTY, "", Reason.STARTS_LATER if column == "date_debut" else Reason.ENDS_OUTSIDE)
        if found < first and column == "date_fin":
            return Cell(EMPTY, "", Reason.ENDS_OUTSIDE)
        value = found.isoformat()
        rule = RULE_SERIAL if _SERIAL.fullmatch(plain) else RULE_DAY
        return Cell(value, "" if value == text else rule)

    return read


def read_number_of_year(text: str) -> int | None:
    """The year that a tidy text says, alone or in a whole date; None when it says none."""
    if found := _YEAR.fullmatch(text):
        return int(found[1])
    parts = _parts(text)
    return parts[0] if parts else None


def year_reader(year: int) -> Callable[[str], Cell]:
    """Reads the year of the row, which must be the year of the report."""

    def read(text: str) -> Cell:
        plain = tidy(text)
        found = read_number_of_year(plain)
        if found is None:
            return Cell(EMPTY, "", Reason.NO_YEAR)
        if found != year:
            return Cell(EMPTY, "", Reason.OTHER_YEAR)
        return Cell(str(found), "" if str(found) == text else RULE_YEAR)

    return read


def birth_reader(spellings: Spellings, year: int) -> Callable[[str], Cell]:
    """Reads a year of birth that gives an age of prévention spécialisée in the year; of a whole date, only the year."""

    def read(text: str) -> Cell:
        plain = tidy(text)
        if not plain or spellings.find("annee_naissance", plain):
            return Cell(EMPTY, RULE_MISSING if text else "")
        found = read_number_of_year(plain)
        if found is None or not YOUNGEST_YEARS <= year - found <= OLDEST_YEARS:
            return Cell(EMPTY, "", Reason.BIRTH)
        return Cell(str(found), "" if str(found) == text else RULE_YEAR)

    return read
