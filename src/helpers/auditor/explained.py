"""Which numbers the published tables of a folder explain: those shown, and those computed from them alone."""

import re
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from helpers.auditor.numbers import Number
from helpers.auditor.release import Folder
from helpers.auditor.rules import BASE, FEWEST_FOR_SHARE, PROTECTED
from helpers.auditor.written import Text
from helpers.schema import catalogue

# What the pages say of the protection itself, in sentences: the base, the distance, the thresholds.
_OF_THE_RULE = {0, BASE - 1, BASE, 2 * BASE - 1, 11, FEWEST_FOR_SHARE, 30, 95, 100}
# « entre 21 et 29 », « de 21 à 29 » : the ends of what is known, never a count by themselves.
_BETWEEN = re.compile(r"(\d[\d\u202f\u00a0]*)[\u202f\u00a0 ]?%?[\s\u00a0]*(?:et|à|–)[\s\u00a0]*(\d[\d\u202f\u00a0]*)")


def shares_of(rows: pd.DataFrame) -> pd.Series:
    """The share that each row shows: as it is printed, else that of its exact count; missing when there is none."""
    exact = (
        rows["effectif_min"].eq(rows["effectif_max"]) & rows["base_min"].eq(rows["base_max"]) & rows["base_min"].gt(0)
    )
    computed = (100 * rows["effectif_min"] / rows["base_min"]).where(exact & rows["precision"].ne(PROTECTED))
    return rows["part_imprimee_pct"].fillna(computed)


class Shown(NamedTuple):
    """A row as a page may say it: count and base as they are shown, share, ends, and the names of its answers."""

    question: tuple[str, str, str, str]
    names: tuple[str, ...]
    counts: tuple[float, ...]
    pairs: tuple[tuple[float, float], ...]
    share: float
    share_ends: tuple[float, ...]
    is_protected: bool
    site_type: str


def _shown(row, share: float) -> Shown:
    entries = catalogue().indicators
    crossed = entries[row.croise_avec].label_of(row.modalite_croisee).lower() if row.croise_avec in entries else ""
    is_exact = row.precision != PROTECTED and row.effectif_min == row.effectif_max
    count = row.effectif_min if is_exact else row.effectif_arrondi
    base = row.base_min if row.base_min == row.base_max else row.base_arrondie
    return Shown(
        (row.indicateur, row.modalite, row.croise_avec, row.modalite_croisee),
        tuple(name for name in (entries[row.indicateur].label_of(row.modalite).lower(), crossed) if name),
        tuple(value for value in (count, base) if value == value),
        ((row.effectif_min, row.effectif_max), (row.base_min, row.base_max)),
        share,
        (row.part_min_pct, row.part_max_pct),
        row.precision == PROTECTED,
        row.site_type,
    )


class Explained:
    """The numbers that a page of a folder may say."""

    def __init__(self, folder: Folder) -> None:
        rows = folder.indicators.fillna({"croise_avec": "", "modalite_croisee": "", "modalite": "", "site": ""})
        missing = [name for name in ("effectif_arrondi", "base_arrondie") if name not in rows]
        rows = rows.assign(**dict.fromkeys(missing, float("nan")))
        self.rows = [_shown(row, share) for row, share in zip(rows.itertuples(), shares_of(rows), strict=True)]
        table = folder.comparisons
        names = ("valeur", "valeur_min", "valeur_max") if table is not None else ()
        self._compared = sorted({float(value) for name in names for value in table[name].dropna()})
        counts = table[table["unite"].eq("personnes")] if table is not None else None
        self._counts = {abs(float(value)) for name in names for value in counts[name].dropna()}
        self._site_type = folder.site_type
        self._names: dict[int, dict[str, list[Shown]]] = {}
        self._scopes: dict[tuple, list[Shown]] = {}

    def scope(self, keys: frozenset[str]) -> list[Shown]:
        """The rows of the questions that some keys speak of, of the site and of the network; all without a key."""
        asked = frozenset(part for key in keys for part in key.split("/")[2:4] if part in catalogue().indicators)
        places = frozenset(map(self._place, keys))
        if (asked, places) not in self._scopes:
            own = [row for row in self.rows if row.question[0] in asked and ("" in places or row.site_type in places)]
            self._scopes[asked, places] = own or self.rows
        return self._scopes[asked, places]

    def _place(self, key: str) -> str:
        """The type of site that a key speaks of; nothing for a comparison, which may speak of two."""
        if key.startswith("comparaisons/"):
            return ""
        return self._site_type if key.split("/")[1:2] == ["alses"] else "reseau"

    def has(self, number: Number, text: Text, scope: list[Shown]) -> bool:
        """Whether a number of a text is shown, or computed from what is shown, in the rows of its scope."""
        if number.is_limit and number.value % BASE == 0:
            return True
        if text.is_prose and not number.is_share and not number.decimals and number.value in _OF_THE_RULE:
            return True
        # The steps of an axis: a true count that is a multiple is shown as it is already.
        if text.is_drawn and not number.decimals and number.value % BASE == 0:
            return True
        rows = self._named_before(number, text.text, scope)
        if number.is_points:
            return self._is_difference(number, scope)
        if number.is_share or number.decimals:
            return self._is_share(number, rows, text)
        # Under the heading « Part », and beside a mark, a share may stand without its sign.
        if abs(number.value) in self._counts and (not text.keys or any("comparaisons/" in key for key in text.keys)):
            return True
        return _is_count(number, rows, text) or (text.is_cell or text.is_drawn) and self._is_share(number, rows, text)

    def _named_before(self, number: Number, text: str, scope: list[Shown]) -> list[Shown]:
        """The rows whose answer is named just before a number: the nearest name, the longest that ends there."""
        before = text[: number.start].lower()
        ends = [(at + len(name), len(name), name) for name in self._named(scope) if (at := before.rfind(name)) >= 0]
        return self._named(scope)[max(ends)[2]] if ends else scope

    def _named(self, scope: list[Shown]) -> dict[str, list[Shown]]:
        """The rows of a scope by the names of their answers."""
        if id(scope) not in self._names:
            found = self._names[id(scope)] = {}
            for row in scope:
                for name in row.names:
                    found.setdefault(name, []).append(row)
        return self._names[id(scope)]

    def is_of_protected(self, number: Number, text: Text, scope: list[Shown]) -> bool:
        """Whether the answer named just before a number is protected: on a network's page, others are public."""
        rows = self._named_before(number, text.text, scope)
        return rows is not scope and any(row.is_protected for row in rows)

    def _is_share(self, number: Number, rows: list[Shown], text: Text) -> bool:
        # Who gave another answer is the rest of what is shown.
        if any(number.is_rounding_of(row.share) or number.is_rounding_of(100 - row.share) for row in rows):
            return True
        is_end = any(match.start() <= number.start < match.end() for match in _BETWEEN.finditer(text.text))
        # The ends of a printed share are public by themselves.
        ends = [end for row in rows if is_end or not row.is_protected for end in row.share_ends]
        if any(number.is_rounding_of(end) for end in ends):
            return True
        return self._is_difference(number, rows)

    def _is_difference(self, number: Number, rows: list[Shown]) -> bool:
        """A measure of comparaisons.csv, or the difference of two shares of one answer, as they are shown."""
        if any(number.is_rounding_of(value) for value in self._compared):
            return True
        shares: dict[tuple, set[float]] = {}
        for row in rows if number.is_points else ():
            if row.share == row.share:
                shares.setdefault(row.question, set()).add(row.share)
        return any(number.is_rounding_of(a - b) for own in shares.values() for a, b in combinations(own, 2))


def _is_count(number: Number, rows: list[Shown], text: Text) -> bool:
    if any(number.value in (*row.counts, max(row.counts) - min(row.counts)) for row in rows if row.counts):
        return True
    for match in _BETWEEN.finditer(text.text):
        if match.start() <= number.start < match.end():
            ends = tuple(float(re.sub(r"\D", "", part)) for part in match.groups())
            return any(ends in row.pairs for row in rows)
    return False
