"""Numbers as a French page writes them: « 2 233 », « −6,9 », « 42 % », with what they count."""

import re
from dataclasses import dataclass

_SPACES = "\u202f\u00a0 "
_NUMBER = re.compile(
    rf"(?<![\w.,])([+−-]?)(\d{{1,3}}(?:[\u202f\u00a0]\d{{3}})+|\d+)(?:,(\d+))?(?![\w]|[.,]\d)([{_SPACES}]?%)?"
)
_PERSONS = re.compile(
    rf"^[{_SPACES}]*(personnes?|collégiens?|élèves?|jeunes|filles?|garçons?|accompagnements?|pupilles?|enfants?)\b"
)
_POINTS = re.compile(rf"^[{_SPACES}]*points?\b")
# « moins de 5 % », « plus de 95 % », « à 5 près » : said of a whole, they are no count.
_SAID_BEFORE = re.compile(rf"((moins|plus) d[e’']|confiance à)[{_SPACES}]*$")
_YEARS = range(1990, 2101)


@dataclass(frozen=True)
class Number:
    """A number of a text: its value, its decimals, and whether it is a share, counts persons, or says a limit."""

    text: str
    value: float
    decimals: int
    is_share: bool
    is_points: bool
    is_persons: bool
    is_limit: bool
    start: int
    end: int

    @property
    def is_year(self) -> bool:
        """Whether it can only be a year."""
        return not self.decimals and not self.is_share and len(self.text) == 4 and self.value in _YEARS

    def is_rounding_of(self, value: float) -> bool:
        """Whether it may be a value, written with its decimals, whatever its sign."""
        return abs(abs(self.value) - abs(value)) <= 0.5 * 10.0**-self.decimals + 1e-6


def numbers_in(text: str) -> list[Number]:
    """Every number of a text but those inside words (« 4e », « UPE2A ») or of several parts (« 3.11.7 »)."""
    found = []
    for match in _NUMBER.finditer(text):
        sign, whole, decimals, share = match.groups()
        digits = re.sub(r"\D", "", whole)
        value = float(f"{digits}.{decimals or 0}") * (-1 if sign in ("−", "-") else 1)
        after = text[match.end() :]
        found.append(
            Number(
                whole,
                value,
                len(decimals or ""),
                bool(share),
                bool(_POINTS.match(after)),
                bool(_PERSONS.match(after)),
                bool(_SAID_BEFORE.search(text[: match.start()])),
                match.start(),
                match.end(),
            )
        )
    return found
