"""One comparison of page 03: find it, read its measures, know what may be concluded."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from helpers.indicators.lookup import name_answer, near_unanimous
from helpers.schema import UNANIMOUS_BELOW, catalogue

# Significance level.
LEVEL = 0.05
# Below this number of collèges, a page warns that what is estimated between them is unreliable.
FEW_COLLEGES = 10
# The method of a count rounded to protect persons; it is not tested.
ROUNDED = "compté dans les dossiers individuels, puis arrondi pour protéger les personnes"
# Above these, missing answers (their share, or its change) are reported with the comparison.
MOST_UNANSWERED_PCT, MOST_UNANSWERED_CHANGE_PTS = 20.0, 2.0


def stepped_down(ps: Sequence[float], *, family: int) -> list[float]:
    """Holm's adjusted p-values; the tests of the family that are not made count as the largest.

    `multipletests` of statsmodels gives the same, but runs the garbage collector at each call: 2.4 s of the 9.5 s of
    notebook 03, in an ordinary kernel.

    >>> [round(p, 3) for p in indicators.stepped_down((0.01, 0.04, 0.03, 0.005), family=4)]
    [0.03, 0.06, 0.06, 0.02]
    """
    order = np.argsort(ps)
    corrected = np.maximum.accumulate(np.take(ps, order) * (family - np.arange(len(ps)))).clip(max=1)
    return corrected[np.argsort(order)].tolist()


@dataclass(frozen=True)
class Measure:
    """A measure: its value at the central counts, its extremes over the compatible ones (None: unknown).

    >>> trouve = indicators.Comparisons(data.load_result(2020, "comparaisons"))
    >>> ecart = trouve("annees/alses/sexe/filles")["ecart"]
    >>> round(ecart.value, 1), round(ecart.low, 1), round(ecart.high, 1), ecart.unit, ecart.is_exact
    (2.0, 1.0, 3.0, 'points', False)
    """

    value: float | None
    low: float | None
    high: float | None
    unit: str
    method: str

    @property
    def is_exact(self) -> bool:
        """Whether no rounding moves it."""
        return self.low == self.high


@dataclass(frozen=True)
class Comparison:
    """A comparison: conclusions from the bounds (share, count), from the test (``reach``), measures by name.

    >>> filles = indicators.Comparisons(data.load_result(2020, "comparaisons"))("annees/alses/sexe/filles")
    >>> filles.label, filles.finding, filles.is_conclusive, "p_holm" in filles
    ('Sexe : filles, 2019 et 2020', 'hausse', False, True)
    """

    key: str
    label: str
    finding: str
    count_finding: str
    reach: str
    measures: dict[str, Measure]

    @property
    def id(self) -> str:
        """The last part of the key: the modality, or what stands for it."""
        return self.key.rsplit("/", 1)[1]

    @property
    def path(self) -> str:
        """The path of the value compared: « alses/sexe/filles »."""
        return self.key.split("/", 2)[2]

    @property
    def subject(self) -> str:
        """What is compared, in the words of the catalogue, without the years: « filles »."""
        entries, (_, kind, perimeter, *rest) = catalogue(), self.key.split("/")
        if kind == "emboitee":
            return entries.indicators["objectif"].label_of(rest[-1])
        entry, modality = entries.indicators[rest[0]], rest[1] if len(rest) > 1 else ""
        if kind == "reponses":
            return entry.title_of(modality)
        name = name_answer(entry.id, modality, perimeter)
        return name if modality else f"{name[:1].lower()}{name[1:]}"

    @property
    def verdict(self) -> str:
        """How sure the change is: « net » (beyond rounding and chance), « incertain », « stable », « inconnu » (chance
        was not tested). A count that moves beyond its rounding is « net »: it is counted, not estimated.
        """
        finding = self.finding or self.count_finding
        if finding in ("stable", "indetermine"):
            return {"stable": "stable", "indetermine": "incertain"}[finding]
        if not self.finding:
            return "net" if finding else "inconnu"
        return {"concluante": "net", "": "inconnu"}.get(self.reach, "incertain")

    @property
    def is_conclusive(self) -> bool:
        """Whether it is significant."""
        return self.reach == "concluante"

    @property
    def is_fragile(self) -> bool:
        """Whether it is significant only if the persons of one post are little alike."""
        return self.reach == "selon_ressemblance"

    @property
    def fragile_from(self) -> str:
        """The smallest assumed likeness that makes it non-significant; ``""`` unless it is fragile."""
        corrected = {name.removeprefix("p_holm_"): each for name, each in self.measures.items()}
        names = (name for name in ("faible", "moyen", "fort") if self.is_fragile and corrected[name].high >= LEVEL)
        return next(names, "")

    @property
    def is_protected(self) -> bool:
        """Whether one of its counts is rounded to protect persons: bounds are then given, and no test."""
        counts = (self.measures.get(name) for name in ("effectif", "effectif_reference"))
        return any(each is not None and each.method == ROUNDED for each in counts)

    def bound_of(self, share: str) -> tuple[str, int] | None:
        """« sous » or « sur » and the per cent, for a nearly unanimous share of a small group.

        ``share`` is ``part`` or ``part_reference``; said as `indicators.Fact` says it.
        """
        part, base = self.measures.get(share), self.measures.get(share.replace("part", "base"))
        if not self.is_protected or None in (part, base) or base.high >= UNANIMOUS_BELOW or base.is_exact:
            return None
        return near_unanimous(round(part.value), part.low, part.high)

    @property
    def is_near_unanimous(self) -> bool:
        """Whether one of its shares is given by its bound only: the difference then has no central value."""
        return any(self.bound_of(name) for name in ("part", "part_reference"))

    @property
    def is_short_of_answers(self) -> bool:
        """Whether missing answers, or their change, may explain the difference."""
        both = [self.measures.get(f"part_sans_reponse{end}") for end in ("", "_reference")]
        known = [each.value for each in both if each is not None and each.value is not None]
        changes = len(known) == len(both) and abs(known[0] - known[1]) > MOST_UNANSWERED_CHANGE_PTS
        return changes or any(share > MOST_UNANSWERED_PCT for share in known)

    @property
    def has_few_colleges(self) -> bool:
        """Whether its test rests on few collèges, and is wrong more often than its level."""
        colleges = self.measures.get("colleges")
        return colleges is not None and colleges.value is not None and colleges.value < FEW_COLLEGES

    @property
    def is_tested(self) -> bool:
        """Whether a test was made."""
        return self.reach != ""

    def __contains__(self, measure: str) -> bool:
        return measure in self.measures

    def __getitem__(self, measure: str) -> Measure:
        return self.measures[measure]


def _number(value) -> float | None:
    return None if value is None or value is pd.NA or value != value else float(value)


class Comparisons:
    """Looks comparisons up by id: ``found("annees/alses/sexe/filles")``, None when there is none.

    ``table`` has the schema ``comparaisons``. An id begins with its kind: ``annees``, ``reste``, ``volume``…

    >>> trouve = indicators.Comparisons(data.load_result(2020, "comparaisons"))
    >>> trouve("annees/alses/sexe/filles").finding, [each.id for each in trouve.of("volume")]
    ('hausse', ['accompagnements'])
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self._found: dict[str, Comparison] = {}
        for row in table.itertuples():
            head = (row.libelle, row.constat, row.constat_effectif, row.portee, {})
            own = self._found.setdefault(row.comparaison, Comparison(f"comparaisons/{row.comparaison}", *head))
            values = [_number(each) for each in (row.valeur, row.valeur_min, row.valeur_max)]
            own.measures[row.mesure] = Measure(*values, row.unite, row.methode)

    def __call__(self, id: str) -> Comparison | None:
        return self._found.get(id)

    def of(self, kind: str) -> list[Comparison]:
        """The comparisons of a kind, in order."""
        return [each for id, each in self._found.items() if id.startswith(f"{kind}/")]

    def of_all(self) -> list[Comparison]:
        """Every comparison, in the order of the table."""
        return list(self._found.values())


# --- The same as a row of the tidy frame (`analysis.comparisons.table`) ---

_UNITS = {"points": "_pts", "pct": "_pct"}


def column_of(measure: str, end: str = "") -> str:
    """The column of a measure in the tidy frame, unit last; ``end`` is « min » or « max »."""
    name = {"part_reference": "reference"}.get(measure, measure)
    return f"{name}{end and '_'}{end}{_UNITS.get(catalogue().measures[measure].unit, '')}"


@cache
def _columns() -> list[tuple[str, str, list[str]]]:
    """Each measure, its unit, and its columns in the tidy frame: value, least and greatest."""
    kinds = catalogue().measures.items()
    return [(name, kind.unit, [column_of(name, end) for end in ("", "min", "max")]) for name, kind in kinds]


def comparison_of(row) -> Comparison:
    """The comparison in a row of the tidy frame (of `rows_in`, a named tuple or a Series)."""
    measures, of_interval = {}, "pct" if pd.isna(row.ecart_pts) else "points"  # of a share alone, or of a difference
    for name, usual, columns in _columns():
        found = [_number(getattr(row, column, None)) for column in columns]
        if found != [None] * 3:
            unit = usual or (of_interval if name in ("ic_bas", "ic_haut") else "")
            measures[name] = Measure(*found, unit, ROUNDED if row.protege and name in _COUNTS else "")
    head = (row.libelle, row.constat, row.constat_effectif, row.portee)
    return Comparison(f"comparaisons/{row.comparaison}", *head, measures)


_COUNTS = ("effectif", "effectif_reference", "base", "base_reference")
