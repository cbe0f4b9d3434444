"""What the auditor knows and a reader does not: the exact counts, by association and collège, and of the network."""

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from helpers.auditor.cells import Cell
from helpers.schema import FROM_RECORDS

# Who is followed by whom: (association, UAI), either of them empty when it is not known.
Pair = tuple[str, str]
Question = tuple[str, str, str, str]
_QUESTION = ["indicateur", "modalite", "croise_avec", "modalite_croisee"]


def is_of_persons(table: pd.DataFrame) -> pd.Series:
    """Which rows (schema ``indicateurs``) count persons of records: the others are public already."""
    return table["source"].isin(FROM_RECORDS) & table["unite"].eq("personnes") & table["effectif_min"].notna()


@dataclass(frozen=True)
class Truth:
    """The exact counts of every year; ``atoms`` has a row a pair of association and collège and a cell.

    ``atoms``: ``annee``, ``association``, ``uai``, ``indicateur``, ``modalite``, ``croise_avec``, ``modalite_croisee``,
    ``effectif``, only counts that are not 0. ``network`` has the schema ``indicateurs``, and ``shared``, if any, the
    schema ``recouvrements``: the persons of two years.

    >>> cellules = {"indicateur": "accompagnements", "modalite": "", "croise_avec": "", "modalite_croisee": ""}
    >>> comptes = pd.DataFrame([{"annee": 2021, "association": "A", "uai": "0590001A", **cellules, "effectif": 12}])
    >>> vrai = auditor.Truth(comptes, store.load(2020, "indicateurs"))
    >>> vrai.years, vrai.by_pair(2021)["A", "0590001A"]
    ([2021], Counter({('accompagnements', '', '', ''): 12}))
    """

    atoms: pd.DataFrame
    network: pd.DataFrame
    shared: pd.DataFrame | None = None

    @property
    def years(self) -> list[int]:
        """The years counted from records."""
        return sorted(int(year) for year in self.atoms["annee"].unique())

    def by_pair(self, year: int) -> dict[Pair, Counter]:
        """For each association and collège, the persons of each question."""
        rows = self.atoms[self.atoms["annee"].eq(year)]
        texts = rows[["association", "uai", *_QUESTION]].fillna("").astype(str)
        found: dict[Pair, Counter] = {}
        for (association, uai, *question), count in zip(
            texts.itertuples(index=False, name=None), rows["effectif"], strict=True
        ):
            found.setdefault((association, uai), Counter())[tuple(question)] += int(count)
        return dict(sorted(found.items()))

    def of_network(self, year: int) -> dict[Cell, int]:
        """The persons of each cell of the network, in every perimeter."""
        rows = self.network[self.network["annee"].eq(year) & is_of_persons(self.network)]
        rows = rows[rows["site_type"].eq("reseau")]
        texts = rows[["perimetre", *_QUESTION]].fillna("").astype(str)
        return {
            Cell(year, perimeter, "reseau", "", *question): int(count)
            for (perimeter, *question), count in zip(
                texts.itertuples(index=False, name=None), rows["effectif_min"], strict=True
            )
        }

    def of_both(self, years: tuple[int, int], cell: list[str]) -> tuple[int, int, int, int | None] | None:
        """Of the persons of two years: how many, who answers so in the second, in the first, and in both if known.

        ``cell`` is a perimeter, an indicator and a modality; None when nothing is known of it.
        """
        if self.shared is None:
            return None
        rows = self.shared[self.shared["population"].eq("personnes_communes")]
        asked = dict(
            zip(("annee", "annee_anterieure", "perimetre", "indicateur", "modalite"), (*years, *cell), strict=True)
        )
        for name, value in asked.items():
            rows = rows[rows[name].eq(value)]
        if rows.empty:
            return None
        base, now, before, both = rows[["base", "effectif", "effectif_anterieur", "effectif_deux_fois"]].iloc[0]
        return int(base), int(now), int(before), None if pd.isna(both) else int(both)
