"""The year before, printed or counted: what a printed difference speaks of."""

import pandas as pd

from helpers.indicators.build import build_indicators
from helpers.indicators.persons import count_persons
from helpers.indicators.rows import table
from helpers.records import Persons


def indicators_before(figures: pd.DataFrame, earlier: dict[int, Persons], *, year: int) -> pd.DataFrame:
    """The indicators (schema ``indicateurs``) of the year before ``year``: counted in its records, else as printed.

    ``figures`` has the schema ``chiffres_publies`` and holds those of both years; ``earlier`` are the records of
    earlier years (`checks.read_earlier`). Empty when the year prints no difference.

    >>> chiffres = pd.concat([store.read_earlier_figures(2020), store.read_raw(2020, "chiffres_publies")])
    >>> avant = indicators.indicators_before(chiffres, {}, year=2020)
    >>> avant[["annee", "indicateur", "effectif_min"]].head(1)
       annee       indicateur  effectif_min
    0   2019  accompagnements          1852
    """
    if not (figures["annee"].eq(year) & figures["mesure"].eq("ecart")).any():
        return table([])
    persons = earlier.get(year - 1, Persons(year - 1))
    counted = count_persons(persons, source="export", reference=f"export de la base, {year - 1}")
    return build_indicators(figures[figures["annee"].eq(year - 1)], counted, year=year - 1)
