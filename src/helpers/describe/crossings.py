"""Two answers of the same persons, counted in individual records: the cells of a crossing, and what is not shown."""

import pandas as pd

from helpers.describe.exploring import crossing
from helpers.describe.people import breakdown
from helpers.facts import is_of_site
from helpers.schema import FOLDED, FROM_RECORDS, Indicator, catalogue


def _place(entry: Indicator, modality: str) -> int:
    """Where a modality stands in reading order; folded ones, where the first of them would."""
    names, first = [*entry.modalities, *entry.recorded], modality.split(FOLDED)[0]
    return names.index(first) if first in names else len(names)


def _in_order(entry: Indicator, modalities: pd.Series) -> list[str]:
    return sorted(modalities.unique(), key=lambda name: _place(entry, name))


def crossed(
    indicators: pd.DataFrame, indicator: str, other: str, *, year: int, perimeter: str = "alses"
) -> pd.DataFrame:
    """Every cell of a crossing counted in records, column by column, in reading order; none without records.

    ``indicators`` has the schema ``indicateurs``. The columns of `describe.crossing`. A cell that is not shown has no
    count and the precision ``non_publie``: nobody is in it, or so few persons that it would let them be recognised.

    >>> describe.crossed(store.load(2020, "indicateurs"), "niveau", "sexe", year=2020).empty
    True
    """
    rows = crossing(indicators, indicator, other, year=year, perimeter=perimeter)
    rows = rows[rows["source"].isin(FROM_RECORDS)]
    if rows.empty:
        return rows
    entry, second = catalogue().indicators[indicator], catalogue().indicators[other]
    names = [_in_order(second, rows["modalite_croisee"]), _in_order(entry, rows["modalite"])]
    grid = pd.MultiIndex.from_product(names, names=["modalite_croisee", "modalite"])
    cells = rows.set_index(["modalite_croisee", "modalite"]).reindex(grid).reset_index()[list(rows.columns)]
    # What the missing cells share with the others.
    alike = ["annee", "perimetre", "site_type", "site", "indicateur", "croise_avec", "unite", "source", "reference"]
    alike += ["lieu"] if "lieu" in rows else []
    return cells.assign(
        **{name: rows[name].iloc[0] for name in alike},
        precision=cells["precision"].fillna("non_publie"),
        part_decimales=cells["part_decimales"].fillna(0),
        libelle=[entry.label_of(name) for name in cells["modalite"]],
        libelle_croise=[second.label_of(name) for name in cells["modalite_croisee"]],
    )


def withheld_crossings(indicators: pd.DataFrame, name: str, *, year: int) -> list[tuple[str, str]]:
    """The crossings of a topic that records allow and that are not shown: the labels of both indicators.

    ``indicators`` has the schema ``indicateurs``. None for a year without records, nor for an indicator that they do
    not count, nor for a site: there, the size alone decides.

    >>> describe.withheld_crossings(store.load(2020, "indicateurs"), "niveaux", year=2020)
    []
    """
    entries = catalogue()
    if is_of_site(indicators):
        return []
    rows = indicators[(indicators["annee"] == year) & indicators["source"].isin(FROM_RECORDS)]
    counted = set(rows.loc[rows["croise_avec"].eq(""), "indicateur"])
    shown = set(zip(rows["indicateur"], rows["croise_avec"], strict=True))
    return [
        (entry.label, entries.indicators[other].label)
        for entry in entries.of_topic(name)
        for other in entry.crossed_with
        if {entry.id, other} <= counted and (entry.id, other) not in shown
    ]


def pairs(indicators: pd.DataFrame, indicator: str, *, year: int, perimeter: str = "alses") -> pd.DataFrame:
    """The modalities of a multiple choice that go together, each pair once, the most frequent first.

    ``indicators`` has the schema ``indicateurs``. The columns of `describe.crossing`; ``effectif_min`` persons have
    both. A pair of which too few persons have both, or only one, is left out.

    >>> describe.pairs(store.load(2020, "indicateurs"), "objectif", year=2020).empty
    True
    """
    cells, entry = crossed(indicators, indicator, indicator, year=year, perimeter=perimeter), catalogue().indicators
    if cells.empty:
        return cells
    first, second = (
        cells[name].map(lambda each: _place(entry[indicator], each)) for name in ("modalite", "modalite_croisee")
    )
    known = cells[(first < second) & cells["effectif_min"].notna()]
    return known.sort_values("effectif_min", ascending=False, kind="stable").reset_index(drop=True)


def completeness(indicators: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """How many persons have each column of the export filled, the emptiest column first; none without an export.

    The emptiest is the one of the least share: a referrer is expected only of who comes by the collège.

    ``indicators`` has the schema ``indicateurs``. The columns of `describe.breakdown`.

    >>> describe.completeness(store.load(2020, "indicateurs"), year=2020).empty
    True
    """
    rows = breakdown(indicators, "colonne_remplie", year=year)
    shares = rows["effectif_min"] / rows["base_min"]
    return rows.loc[shares.sort_values(kind="stable").index].reset_index(drop=True)
