"""Answers that the same persons gave together, counted in individual records: nothing is drawn without them."""

import math
from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.crossed import NOTHING, entries_of, named, population_of, sayable
from helpers.charts.figure import compose
from helpers.charts.words import bases, crossing, source
from helpers.tables import crossing_table
from helpers.wording import Html


def show_pairs(cells: pd.DataFrame, pairs: pd.DataFrame) -> Html:
    """How many persons have both of two answers, as a heat table.

    ``cells`` has the columns of `describe.crossed`, ``pairs`` those of `describe.pairs`, which are the same. Nothing
    at all for a year without records.

    >>> chiffres = store.load(2020, "indicateurs")
    >>> themes_croises = describe.crossed(chiffres, "objectif", "objectif", year=2020)
    >>> charts.show_pairs(themes_croises, describe.pairs(chiffres, "objectif", year=2020)).text
    ''
    """
    if pairs.empty:
        return NOTHING
    (entry, _), who, year = entries_of(cells), population_of(cells), int(cells["annee"].iloc[0])
    said = sayable(pairs)
    keys = ["modalite", "modalite_croisee"]
    once = cells[pd.MultiIndex.from_frame(cells[keys]).isin(pd.MultiIndex.from_frame(pairs[keys]))]
    first = named(next(said.head(1).itertuples()))
    return compose(
        partial(draw.together, cells),
        id=f"{entry.id}-ensemble",
        title=crossing(
            "pairs_title", pair=first, is_tied=said["effectif_min"].eq(said["effectif_min"].max()).sum() > 1
        ),
        subtitle=crossing("pairs_subtitle", population=who, year=year),
        reading=crossing("pairs_reading", pair=first),
        notes=[crossing("absent_pair")] if len(pairs) < math.comb(cells["modalite"].nunique(), 2) else [],
        base=bases([(first[1], f"« {first[0]} »")]),
        source=source(who, pairs["reference"].head(1)),
        alt=crossing("pairs_alt", pairs=[named(row) for row in pairs.head(5).itertuples()]).text,
        table=crossing_table(once, caption=f"{entry.label} : chaque paire une fois, en personnes, {year}"),
    )
