"""How far a difference could move by chance, when both years are known person by person: each collège is one draw."""

from dataclasses import dataclass

import pandas as pd
from scipy import stats

from helpers.compare.robustness import POWER
from helpers.compare.two_shares import Measure, exact
from helpers.comparisons import LEVEL

INTERVAL = "écart ± quantile de Student (collèges − 1 degrés de liberté) × erreur_type"
METHODS = {
    "p_grappe": "écart ÷ erreur_type, loi de Student à (collèges − 1) degrés de liberté",
    "ecart_detectable": "puissance de 80 % à 5 %, avec erreur_type et la loi de Student",
    "colleges": "collèges dont des personnes sont suivies l’une des deux années",
}


@dataclass(frozen=True)
class Spread:
    """Standard error of a difference, in points, in how many collèges, and the counts and bases it is of."""

    error_pts: float
    colleges: int
    counts: tuple[int, int, int, int]

    @property
    def gap_pts(self) -> float:
        """The difference of both shares, in points."""
        count, base, count_ref, base_ref = self.counts
        return 100 * (count / base - count_ref / base_ref)

    def reach(self, chance: float) -> float:
        """The quantile of the difference, in points from its middle, that leaves this chance above."""
        return self.error_pts * float(stats.t.isf(chance, self.colleges - 1))

    def measures(self) -> dict[str, Measure]:
        """The test, the interval that goes with it, and the least change that it would see four times in five."""
        p = 2 * stats.t.sf(abs(self.gap_pts) / self.error_pts, self.colleges - 1)
        around = self.reach(LEVEL / 2)
        found = {
            "p_grappe": p,
            "ic_bas": self.gap_pts - around,
            "ic_haut": self.gap_pts + around,
            "erreur_type": self.error_pts,
            "colleges": self.colleges,
            "ecart_detectable": around + self.reach(1 - POWER),
        }
        return {name: exact(value) for name, value in found.items()}


def spreads_of(overlaps: pd.DataFrame, *, compare_to: int | None) -> dict[str, Spread]:
    """For each share (« alses/sexe/filles »), the spread of its difference with a year (schema ``recouvrements``)."""
    rows = overlaps[overlaps["annee_anterieure"].eq(compare_to) & overlaps["population"].eq("ensemble")]
    rows = rows[rows["erreur_type_pts"].gt(0).to_numpy(dtype=bool, na_value=False)]
    return {
        f"{row.perimetre}/{row.indicateur}/{row.modalite}": Spread(
            float(row.erreur_type_pts),
            int(row.colleges),
            tuple(map(int, (row.effectif, row.base, row.effectif_anterieur, row.base_anterieure))),
        )
        for row in rows.itertuples()
    }
