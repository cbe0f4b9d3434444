"""Numbers and dates as French readers write them (CLDR data through babel): decimal comma, narrow no-break spaces."""

import math
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from helpers.typography import NARROW, WIDE

FRENCH = Locale("fr")
MISSING = "pas de donnée"
# Points that a share printed without decimal hides on each side; the rest is for the arithmetic of binary numbers.
ROUNDING = 0.5 + 1e-9


def _rounded(value: float, decimals: int) -> Decimal:
    # Half away from zero, as people round; Python's round() takes 2.5 to 2.
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + 0


def number(value: float | None, decimals: int = 0) -> str:
    """The number with its decimals, or « pas de donnée ».

    >>> wording.number(2233), wording.number(-6.94, 1), wording.number(2.5), wording.number(None)
    ('2\\u202f233', '−6,9', '3', 'pas de donnée')
    """
    try:
        is_missing = math.isnan(float(value))
    except TypeError:  # None, or the missing value of pandas
        is_missing = True
    if is_missing:
        return MISSING
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(_rounded(value, decimals), format=pattern, locale=FRENCH).replace("-", "−")


def percent(value: float | None, decimals: int = 0) -> str:
    """The share, given in per cent.

    >>> wording.percent(42), wording.percent(12.55, 1)
    ('42\\u202f%', '12,6\\u202f%')
    """
    text = number(value, decimals)
    return text if text == MISSING else f"{text}{NARROW}%"


def coefficient(value: float | None) -> str:
    """A measure of agreement, with two decimals; one below 1 is never written 1, which says that all agree.

    >>> wording.coefficient(0.996), wording.coefficient(1), wording.coefficient(-0.124)
    ('0,99', '1,00', '−0,12')
    """
    return number(min(value, 0.99) if value is not None and 0.99 < value < 1 else value, 2)


def is_rounded(value: float, low: float, high: float) -> bool:
    """Whether a share is known only as the whole number that it was rounded to: it then has no decimal to show.

    >>> [wording.is_rounded(*part) for part in ((42.006, 41.5, 42.5), (43.4, 42.6, 44.2), (54.01, 54.01, 54.01))]
    [True, False, False]
    """
    if value != value:  # only its ends are known
        return False
    printed = round(value)
    return low < high and all(abs(end - printed) <= ROUNDING for end in (low, high))


def trimmed(value: float | None, decimals: int) -> str:
    """The number with the decimals that it has, at most these.

    >>> wording.trimmed(88.75, 2), wording.trimmed(79.5, 2), wording.trimmed(100, 2)
    ('88,75', '79,5', '100')
    """
    text = number(value, decimals)
    return text.rstrip("0").rstrip(",") if "," in text else text


def share(value: float | None, decimals: int, bounds: tuple[float, float]) -> str:
    """A share as it was printed or counted, else its bounds.

    >>> wording.share(42, 0, (41.5, 42.5)), wording.share(None, 0, (40, 75))
    ('42\\u202f%', '40,0 à 75,0\\u202f%')
    """
    text = percent(value, int(decimals))
    return f"{number(bounds[0], 1)} à {percent(bounds[1], 1)}" if text == MISSING else text


def signed(value: float, decimals: int = 0) -> str:
    """The number with its sign, plus or minus.

    >>> wording.signed(381), wording.signed(-6.0, 1), wording.signed(0)
    ('+381', '−6,0', '0')
    """
    text = number(value, decimals)
    return f"+{text}" if _rounded(value, decimals) > 0 else text


def points(value: float, decimals: int = 1) -> str:
    """A difference of shares, with its sign and its unit.

    >>> wording.points(-6.0), wording.points(1.02)
    ('−6,0\\xa0points', '+1,0\\xa0point')
    """
    return f"{signed(value, decimals)}{WIDE}{plural(abs(_rounded(value, decimals)), 'point', 'points')}"


def scientific(value: float) -> str:
    """A small number with two figures that count, as a power of ten below a thousandth.

    >>> [wording.scientific(p) for p in (0.197, 0.0025, 0.00013, 0.0)]
    ['0,197', '0,0025', '1,3\\xa0×\\xa010⁻⁴', '0']
    """
    if value == 0 or value >= 0.001:
        return number(value, 3 if value >= 0.01 else 4) if value else "0"
    digits, power = f"{value:.1e}".split("e-")
    raised = str(int(power)).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits.replace('.', ',')}{WIDE}×{WIDE}10⁻{raised}"


def interval(low: float, high: float, decimals: int = 0) -> str:
    """One number when both ends are equal, else « 927 à 949 ».

    >>> wording.interval(927, 949), wording.interval(5, 5)
    ('927 à 949', '5')
    """
    first, last = number(low, decimals), number(high, decimals)
    return first if first == last else f"{first} à {last}"


def plural(count: float, one: str, many: str) -> str:
    """The word that agrees with the count, by the French rule: 0 and 1,5 are singular.

    >>> wording.plural(0, "élève", "élèves"), wording.plural(2, "élève", "élèves")
    ('élève', 'élèves')
    """
    return one if FRENCH.plural_form(abs(count)) == "one" else many


def counted(count: float, one: str, many: str) -> str:
    """A count and its word, on one line.

    >>> counted(1, "extrait", "extraits"), counted(1200, "mot", "mots")
    ('1\\xa0extrait', '1\\u202f200\\xa0mots')
    """
    return f"{number(count)}{WIDE}{plural(count, one, many)}"


def day(value: date) -> str:
    """The date in letters.

    >>> wording.day(pd.Timestamp(2020, 12, 1)), wording.day(pd.Timestamp(2020, 3, 9))
    ('1er décembre 2020', '9 mars 2020')
    """
    text = format_date(value, "d MMMM y", locale=FRENCH)
    return text.replace("1 ", "1er ", 1) if value.day == 1 else text


def month(value: date) -> str:
    """The month in letters.

    >>> wording.month(pd.Timestamp(2020, 1, 1))
    'janvier 2020'
    """
    return format_date(value, "MMMM y", locale=FRENCH)
