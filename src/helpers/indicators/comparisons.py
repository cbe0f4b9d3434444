"""One comparison: find it, read its measures, know what may be said of it. Shared by everything that shows them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.schema import NEAR_UNANIMOUS_PCT, UNANIMOUS_BELOW

# Below it, a p-value is said to exceed what chance does.
LEVEL = 0.05
# Below this number of collèges, what is estimated from one to another is too unsure for a page to leave it unsaid.
FEW_COLLEGES = 10
# How a count was found that is rounded to protect persons: no test is made of it.
ROUNDED = "compté dans les dossiers individuels, puis arrondi pour protéger les personnes"
# A share is told with a warning when more persons than this have no answer, or when their share moves by more.
MOST_UNANSWERED_PCT, MOST_UNANSWERED_CHANGE_PTS = 20.0, 2.0


def stepped_down(ps: Sequence[float], *, family: int) -> list[float]:
    """Holm's corrected p-values: the least times the size of the family, the next times one less…, never decreasing.

    Of the family, the tests that are not made count as the greatest. `multipletests` of statsmodels gives the same, but
    runs the garbage collector at each call: 2.4 s of the 9.5 s of notebook 03, where its kernel is an ordinary one.

    >>> [round(p, 3) for p in indicators.stepped_down((0.01, 0.04, 0.03, 0.005), family=4)]
    [0.03, 0.06, 0.06, 0.02]
    """
    order = np.argsort(ps)
    corrected = np.maximum.accumulate(np.take(ps, order) * (family - np.arange(len(ps)))).clip(max=1)
    return corrected[np.argsort(order)].tolist()


@dataclass(frozen=True)
class Measure:
    """A measure: its value at the central counts, its least and greatest over the compatible ones (None: unknown).

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
    """A comparison ready to be said: what the bounds say (share, count), how far it reaches, its measures by name.

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
        """The figure compared: « alses/sexe/filles », as `indicators.Facts` looks it up."""
        return self.key.split("/", 2)[2]

    @property
    def is_conclusive(self) -> bool:
        """Whether it may be said to exceed what chance does."""
        return self.reach == "concluante"

    @property
    def is_fragile(self) -> bool:
        """Whether it exceeds chance only if the persons of one post do not resemble each other much."""
        return self.reach == "selon_ressemblance"

    @property
    def fragile_from(self) -> str:
        """The least assumed likeness with which it no longer exceeds chance; ``""`` unless it is fragile."""
        corrected = {name.removeprefix("p_holm_"): each for name, each in self.measures.items()}
        names = (name for name in ("faible", "moyen", "fort") if self.is_fragile and corrected[name].high >= LEVEL)
        return next(names, "")

    @property
    def is_protected(self) -> bool:
        """Whether a count of it is rounded to protect persons: it is then told by its bounds, and not tested."""
        counts = (self.measures.get(name) for name in ("effectif", "effectif_reference"))
        return any(each is not None and each.method == ROUNDED for each in counts)

    def bound_of(self, share: str) -> tuple[str, int] | None:
        """« sous » or « sur » and the per cent, of the share of a small group that nearly nobody or everybody has.

        ``share`` is ``part`` or ``part_reference``; said as `indicators.Fact` says it.
        """
        part, base = self.measures.get(share), self.measures.get(share.replace("part", "base"))
        if not self.is_protected or None in (part, base) or base.high >= UNANIMOUS_BELOW or base.is_exact:
            return None
        if round(part.value) <= NEAR_UNANIMOUS_PCT:
            return "sous", NEAR_UNANIMOUS_PCT * (math.floor(part.high / NEAR_UNANIMOUS_PCT) + 1)
        if round(part.value) >= 100 - NEAR_UNANIMOUS_PCT:
            return "sur", NEAR_UNANIMOUS_PCT * (math.ceil(part.low / NEAR_UNANIMOUS_PCT) - 1)
        return None

    @property
    def is_near_unanimous(self) -> bool:
        """Whether one of its shares is said by its bound only: their difference has then no middle to be said."""
        return any(self.bound_of(name) for name in ("part", "part_reference"))

    @property
    def is_short_of_answers(self) -> bool:
        """Whether so many answers are missing, or so many more one year, that the share may move by it."""
        both = [self.measures.get(f"part_sans_reponse{end}") for end in ("", "_reference")]
        known = [each.value for each in both if each is not None and each.value is not None]
        changes = len(known) == len(both) and abs(known[0] - known[1]) > MOST_UNANSWERED_CHANGE_PTS
        return changes or any(share > MOST_UNANSWERED_PCT for share in known)

    @property
    def has_few_colleges(self) -> bool:
        """Whether its test rests on few collèges: it is then wrong more often than it says."""
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
    return None if pd.isna(value) else float(value)


def _comparison(rows: list) -> Comparison:
    first = rows[0]
    return Comparison(
        key=f"comparaisons/{first.comparaison}",
        label=first.libelle,
        finding=first.constat,
        count_finding=first.constat_effectif,
        reach=first.portee,
        measures={
            row.mesure: Measure(
                _number(row.valeur), _number(row.valeur_min), _number(row.valeur_max), row.unite, row.methode
            )
            for row in rows
        },
    )


class Comparisons:
    """Looks comparisons up by id: ``found("annees/alses/sexe/filles")``, None when there is none.

    ``table`` has the schema ``comparaisons``. An id begins with its kind: ``annees``, ``reste``, ``volume``…

    >>> trouve = indicators.Comparisons(data.load_result(2020, "comparaisons"))
    >>> trouve("annees/alses/sexe/filles").finding, [each.id for each in trouve.of("volume")]
    ('hausse', ['accompagnements'])
    """

    def __init__(self, table: pd.DataFrame) -> None:
        grouped: dict[str, list] = {}
        for row in table.itertuples():
            grouped.setdefault(row.comparaison, []).append(row)
        made = map(_comparison, grouped.values())
        self._found = {each.key.removeprefix("comparaisons/"): each for each in made}

    def __call__(self, id: str) -> Comparison | None:
        return self._found.get(id)

    def of(self, kind: str, *, having: str = "") -> list[Comparison]:
        """The comparisons whose id starts with ``kind/``, in the order of the table; those that have a measure."""
        return [
            each for id, each in self._found.items() if id.startswith(f"{kind}/") and (not having or having in each)
        ]

    def of_all(self) -> list[Comparison]:
        """Every comparison, in the order of the table."""
        return list(self._found.values())

    def first(self, kind: str, *, having: str) -> Comparison | None:
        """The first of them, or None."""
        return next(iter(self.of(kind, having=having)), None)
