"""What a printed cell says: durations and dates."""

import re
from datetime import datetime
from functools import lru_cache

import pandas as pd

from helpers.typography import fold

# The printed forms of a start date, « m » before the number of a month in letters, and the precision each one gives.
DATE_FORMS = (("%d-m%m-%y", "jour"), ("%d/%m/%Y", "jour"), ("%Y-%m-%d", "jour"), ("m%m-%y", "mois"), ("%Y-%m", "mois"))
_MONTHS = ("janv", "fevr", "mars", "avri", "mai", "juin", "juil", "aout", "sept", "octo", "nove", "dece")

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


def read_month(word: str) -> int:
    """The number of a French month, whole or cut to three letters or more, in lower case without accents; 0 for none.

    >>> from helpers.clean import spelling
    >>> [spelling.read_month(mot) for mot in ("fevr", "juillet", "jui", "bientot")]
    [2, 7, 0, 0]
    """
    found = [place for place, name in enumerate(_MONTHS, 1) if name.startswith(word[:4]) and len(word) >= 3]
    return found[0] if len(found) == 1 else 0


# The checks, then the cleaning, ask for each start of the year: some fifty times seventeen texts.
@lru_cache(maxsize=256)
def read_start(text: str) -> tuple[pd.Timestamp, str] | None:
    """The first known day of a printed start and its precision (jour or mois); None when it is no date.

    >>> clean.read_start("13-janv-20"), clean.read_start("oct-19")
    ((Timestamp('2020-01-13 00:00:00'), 'jour'), (Timestamp('2019-10-01 00:00:00'), 'mois'))
    """
    plain = re.sub(r"[^\W\d_]+\.?", lambda word: f"m{read_month(fold(word[0])):02}", text.strip())
    for form, precision in DATE_FORMS:
        try:
            return pd.Timestamp(datetime.strptime(plain, form)), precision
        except ValueError:
            continue
    return None
