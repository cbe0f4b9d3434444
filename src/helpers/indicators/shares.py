"""The share that a claim speaks of, by its bounds, and what two of them say of each other."""

from dataclasses import dataclass

import pandas as pd

from helpers.facts import decimals_of
from helpers.indicators.figures import cell_of
from helpers.indicators.findings import plain, span
from helpers.indicators.recalculation import ratio_of
from helpers.indicators.rows import Cell, base_cell
from helpers.indicators.system import System, bounds
from helpers.schema import catalogue

_NO_BASE = "Rien n’assure de quel total le premier pourcentage est la part."

MOTIVES = {
    "confirme": "Vrai pour toutes les valeurs que les arrondis laissent possibles.",
    "contradictoire": "Faux pour toutes les valeurs que les arrondis laissent possibles.",
    "non_verifiable": "Vrai pour certaines des valeurs que les arrondis laissent possibles, faux pour les autres.",
    "unknown": "Il manque une part publiée d’un côté ou de l’autre.",
    "equal": "Égales à l’arrondi près : l’écart réel reste inconnu.",
    "written": f"{_NO_BASE} L’affirmation est fausse si c’est une part des personnes ; "
    "elle est possible si c’est une part des réponses, plusieurs par personne.",
    "only_written": f"{_NO_BASE} L’affirmation est fausse si c’est une part des personnes ; "
    "rien ne permet de calculer l’autre lecture.",
    "readings": f"{_NO_BASE} L’affirmation est vraie ou fausse selon que c’est une part des personnes "
    "ou une part des réponses.",
}


@dataclass(frozen=True)
class Share:
    """A share in per cent: its bounds, how it is written, its lines; ``cited`` are the bounds of the other reading."""

    low: float
    high: float
    text: str
    lines: tuple[int, ...] = ()
    is_ambiguous: bool = False
    cited: tuple[float, float] | None = None
    cited_text: str = ""


def cell_from(path: str) -> Cell:
    """The cell of ``annee/perimetre/indicateur/modalite``."""
    year, perimeter, indicator, modality = path.split("/")
    return (int(year), perimeter, indicator, modality)


class Shares:
    """Finds the share of a cell: printed, counted, or found from the other figures."""

    def __init__(self, figures: pd.DataFrame, system: System, claims: pd.DataFrame) -> None:
        shares = figures[(figures["mesure"] == "part") & (figures["operateur"] == "=")]
        self._printed = {cell_of(row): row for row in shares.itertuples()}
        self._lines = {cell_of(row): row.ligne for row in figures.itertuples()}
        self._system = system
        means = claims[claims["relation"] == "moyenne"]
        self._means = {cell_from(row.gauche)[:3]: row for row in means.itertuples()}

    def __call__(self, cell: Cell) -> Share | None:
        """The share of a cell; None when nothing gives it."""
        printed = self._printed.get(cell)
        lines = tuple(int(self._lines[each]) for each in [cell] if each in self._lines)
        if printed is not None:
            half = 0.5 / 10 ** decimals_of(printed.valeur)
            low, high = max(0, printed.valeur - half), min(100, printed.valeur + half)
            text = f"{plain(printed.valeur)} %"
            return self._cited(cell, Share(low, high, text, lines, bool(printed.base)), printed.valeur)
        base = base_cell(cell, catalogue().indicators[cell[2]])
        found = None if base is None else ratio_of(cell, base, self._system, scale=100)
        return None if found is None else Share(*found, self._written(cell, base, found), lines)

    def _written(self, cell: Cell, base: Cell, share: tuple[float, float]) -> str:
        """A share that was not printed: the two counts if they are known to the unit, else its bounds."""
        (part, most), (whole, all_of) = (bounds(self._system, {each: 1.0}) for each in (cell, base))
        text = span(*share, " %")
        return f"{part} / {whole} = {text}" if (part, whole) == (most, all_of) else text

    def _cited(self, cell: Cell, share: Share, value: float) -> Share:
        """The same share with its other reading, a part of the answers cited, when their mean number is affirmed."""
        mean = self._means.get(cell[:3]) if share.is_ambiguous else None
        if mean is None:
            return share
        few, many = mean.valeur_min, mean.valeur_max
        ends = (min(100, value * few), min(100, value * many))
        text = f"{plain(value)} % x {span(few, many)} par personne = {span(*ends, ' %')}"
        cited = (min(100.0, share.low * few), min(100.0, share.high * many))
        return Share(share.low, share.high, share.text, share.lines, True, cited, text)


def _tried(relation: str, left: tuple[float, float], right: tuple[float, float]) -> str:
    """The verdict of a relation between two intervals."""
    if relation == "inferieur":
        return _tried("superieur", right, left)
    if relation == "superieur":
        return "confirme" if left[0] > right[1] else "contradictoire" if left[1] <= right[0] else "non_verifiable"
    if left[1] < right[0] or right[1] < left[0]:
        return "contradictoire"
    return "confirme" if left[0] == left[1] == right[0] == right[1] else "non_verifiable"


def compare_shares(relation: str, left: Share, right: Share) -> tuple[str, str]:
    """The verdict of a relation between two shares, and the motive; an ambiguous share is read both ways."""
    verdict = _tried(relation, (left.low, left.high), (right.low, right.high))
    if not (left.is_ambiguous or right.is_ambiguous):
        is_rounded = relation == "egal" and verdict == "non_verifiable"
        return verdict, MOTIVES["equal" if is_rounded else verdict]
    if left.cited is None and right.cited is None:
        return "ambigu", MOTIVES["only_written" if verdict == "contradictoire" else "readings"]
    other = _tried(relation, left.cited or (left.low, left.high), right.cited or (right.low, right.high))
    if other == verdict:
        return verdict, MOTIVES[verdict]
    # What one reading excludes and the other allows is not contradicted.
    return "ambigu", MOTIVES["written" if verdict == "contradictoire" else "readings"]
