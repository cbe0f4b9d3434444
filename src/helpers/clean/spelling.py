"""What a printed cell says: durations and dates."""

import re
from functools import cache, lru_cache

import pandas as pd

from helpers.typography import fold

# The printed forms of a start date, and the precision each one gives.
DATE_FORMS = (("%d-%b-%y", "jour"), ("%d/%m/%Y", "jour"), ("%Y-%m-%d", "jour"), ("%b-%y", "mois"), ("%Y-%m", "mois"))
# The only French abbreviations that dateparser does not know; it also wants no dot before a dash.
MONTHS = {"fevr": "févr", "juill": "juil", "aout": "août"}

_DURATION = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(ans?|mois)$")


def read_duration(text: str) -> float | None:
    """The years that a printed seniority says, ``NON`` being none; None when it says nothing readable.

    >>> [clean.read_duration(texte) for texte in ("1,5 ans", "6 mois", "NON", "longtemps")]
    [1.5, 0.5, 0.0, None]
    """
    if fold(text) == "non":
        return 0.0
    found = _DURATION.match(text.strip().lower())
    if not found:
        return None
    number = float(found[1].replace(",", "."))
    return number / 12 if found[2] == "mois" else number


def _month(word: re.Match) -> str:
    bare = word[0].rstrip(".").lower()
    return MONTHS.get(bare, bare)


@cache
def _dates():
    """The reader of French dates, one form at a time; loaded with the first post, for few years have any."""
    from dateparser.date import DateDataParser

    settings = {"PARSERS": ["custom-formats"], "PREFER_DAY_OF_MONTH": "first"}
    return DateDataParser(languages=["fr"], settings=settings)


# The checks, then the cleaning, ask for each start of the year: some fifty times seventeen texts.
@lru_cache(maxsize=256)
def read_start(text: str) -> tuple[pd.Timestamp, str] | None:
    """The first known day of a printed start and its precision (jour or mois); None when it is no date.

    >>> clean.read_start("13-janv-20"), clean.read_start("oct-19")
    ((Timestamp('2020-01-13 00:00:00'), 'jour'), (Timestamp('2019-10-01 00:00:00'), 'mois'))
    """
    plain = re.sub(r"[^\W\d_]+\.?", _month, text.strip())
    for form, precision in DATE_FORMS:
        found = _dates().get_date_data(plain, [form]).date_obj
        if found:
            return pd.Timestamp(found.date()), precision
    return None
