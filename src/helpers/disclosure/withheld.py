"""What a page may say of the exact counts of a year before they are rounded: all but the figures that will be."""

import pandas as pd

from helpers.disclosure.crossed import open_crossings
from helpers.disclosure.network import base_of, cells_of, is_counted, open_cells

_NUMBERS = ["effectif_min", "effectif_max", "base_min", "base_max", "part_min_pct", "part_max_pct"]


def withhold(indicators: pd.DataFrame) -> pd.DataFrame:
    """The same rows (schema ``indicateurs``), those that the report rounds being ``non_publie``, without a number.

    Page 01 comes before the rounding: it says nothing of them, since an exact count beside a rounded one tells both.

    >>> lignes = pd.DataFrame({"identifiant": list("ABCDEFGHIJ"), "suivi_par": "alses"})
    >>> personnes = records.Persons.of(2021, lignes.assign(sexe=["filles"] * 8 + ["garcons"] * 2))
    >>> comptes = indicators.count_persons(personnes, source="export", reference="export")
    >>> tus = disclosure.withhold(comptes)
    >>> tus.loc[tus["indicateur"].eq("sexe"), "precision"].unique().tolist()
    ['non_publie']
    """
    opened = open_cells(indicators)
    if not opened:
        return indicators
    crossings = set(open_crossings(indicators, opened, ()).index)
    cells = cells_of(indicators)
    is_hidden = pd.Series(
        [
            cell in opened or base_of(cell) in opened or place in crossings
            for place, cell in zip(indicators.index, cells, strict=True)
        ],
        index=indicators.index,
        dtype=bool,
    )
    out = indicators.copy()
    out.loc[is_hidden & is_counted(indicators), _NUMBERS] = pd.NA
    out.loc[is_hidden & is_counted(indicators), "precision"] = "non_publie"
    return out
