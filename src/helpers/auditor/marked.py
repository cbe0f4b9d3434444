"""The marked numbers of a page: each names its figure and its measure, and must be the published one."""

import math
from collections.abc import Iterator

import pandas as pd

from helpers.auditor.explained import shares_of
from helpers.auditor.numbers import numbers_in
from helpers.auditor.release import BESIDE, Folder
from helpers.schema import FROM_RECORDS

# In the pages of a site, this name is the site, and the network stands beside under another.
_ALSES = "alses"
# A comparison's columns by the end of the measure's name.
_ENDS = {"_min": "valeur_min", "_max": "valeur_max"}
_COMPARISONS = "comparaisons/"
# « moins de 5 % », « plus de 95 % »: said instead of a share this near to nobody or everybody, in steps of as much.
_LIMITS, _STEP_PCT = ("part_sous", "part_sur"), 5


def place_of(perimeter: str, folder: Folder) -> tuple[str, str, str]:
    """The perimeter, type of site and site that a name of perimeter stands for in the pages of a folder."""
    if perimeter == _ALSES:
        return perimeter, folder.site_type, folder.site
    return (_ALSES if perimeter == BESIDE else perimeter), "reseau", ""


class Marked:
    """The published numbers of a folder, by the keys that the marks of its pages bear."""

    def __init__(self, folder: Folder) -> None:
        rows = folder.indicators.fillna({"croise_avec": "", "modalite_croisee": "", "modalite": "", "site": ""})
        self._folder = folder
        self._rows: dict[str, pd.Series] = {}
        for (_, row), share in zip(rows.iterrows(), shares_of(rows), strict=True):
            self._rows[self._name(row)] = row.to_dict() | {"part": share}
        asked = pd.Series(list(zip(rows["annee"].map("{:.0f}".format), rows["indicateur"], strict=True)))
        of_records = rows["source"].isin(FROM_RECORDS).to_numpy()
        self._public = set(asked[~of_records]) - set(asked[of_records])
        table = folder.comparisons
        self._compared = {} if table is None else {(r.comparaison, r.mesure): r for r in table.itertuples()}

    def _name(self, row: pd.Series) -> str:
        crossed = f"/{row.croise_avec}={row.modalite_croisee}" if row.croise_avec else ""
        return f"{row.annee:.0f}/{row.perimetre}/{row.site_type}/{row.site}/{row.indicateur}/{row.modalite}{crossed}"

    def value(self, key: str, measure: str) -> float | None:
        """The published value that a mark names; None when there is none."""
        if key.startswith(_COMPARISONS):
            return self._value_compared(key.removeprefix(_COMPARISONS), measure)
        year, perimeter, rest = (*key.split("/", 2), "", "")[:3]
        row = self._rows.get("/".join([year, *place_of(perimeter, self._folder), rest]))
        value = None if row is None else _limit(row, measure) if measure in _LIMITS else row.get(measure)
        return None if value is None or pd.isna(value) else float(value)

    def _value_compared(self, name: str, measure: str) -> float | None:
        if row := self._compared.get((name, measure)):
            return float(row.valeur)
        row = self._compared.get((name, measure[:-4]))
        return float(getattr(row, _ENDS[measure[-4:]])) if row and measure[-4:] in _ENDS else None

    def _is_public(self, key: str) -> bool:
        """Whether a key speaks of a question that is only printed that year: pages may combine such figures."""
        return tuple(key.split("/")[:3:2]) in self._public

    def faults(self, soup) -> Iterator[str]:
        """The marks that name nothing published, or say another number, in their value or in their text."""
        for node in soup.find_all("data"):
            key, measure, text = _key(node), node.get("data-mesure"), node.get_text()
            if key is None or measure is None:
                yield f"« {text} » : un nombre marqué sans dire lequel"
                continue
            published, said = self.value(key, measure), _number(node.get("value"))
            if published is None and self._is_public(key):
                continue
            if published is None:
                yield f"« {text} » : {key}, {measure}, n’est dans aucun tableau publié"
            elif said is None or abs(said - published) > 1e-6 * max(1, abs(published)):
                yield f"« {text} » : {key}, {measure}, vaut {published:.10g} dans le tableau publié"
            elif not _is_said(text, published):
                yield f"« {text} » n’est pas la valeur marquée, {published:.10g}"


def _limit(row: dict, measure: str) -> float | None:
    """The multiple of five that a share is under, or over, by what a reader knows of it."""
    share, low, high = row["part"], row["part_min_pct"], row["part_max_pct"]
    if pd.isna(share) or pd.isna(low) or pd.isna(high):
        return None
    if measure == _LIMITS[0]:
        return _STEP_PCT * (math.floor(high / _STEP_PCT) + 1) if share <= _STEP_PCT else None
    return _STEP_PCT * (math.ceil(low / _STEP_PCT) - 1) if share >= 100 - _STEP_PCT else None


def _key(node) -> str | None:
    if node.get("data-cle"):
        return node["data-cle"]
    above = node.find_parent(attrs={"data-cle": True})
    return above["data-cle"] if above is not None else None


def _number(text: str | None) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def _is_said(text: str, value: float) -> bool:
    """Whether the text of a mark rounds its value; words, powers of ten and limits say no more than it."""
    found = numbers_in(text)
    if not found or "×" in text or any(number.is_limit for number in found):
        return True
    return any(number.is_rounding_of(value) for number in found) and len(found) == 1
