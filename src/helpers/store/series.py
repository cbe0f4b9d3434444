"""The indicators of every year up to one: what several years say together."""

import pandas as pd

from helpers import paths
from helpers.schema import columns, typed
from helpers.store.processed import load


def load_series(year: int) -> pd.DataFrame:
    """The indicators (schema ``indicateurs``) of every year that has data, up to this one, the oldest first.

    Raises
    ------
    DataError
        as `load` does, when 01 has not run for one of them: a year that lacks would be taken for one without data.

    >>> store.load_series(2020)["annee"].unique().tolist()
    [2019, 2020]
    """
    years = [each for each in paths.years() if each <= year]
    empty = typed(pd.DataFrame(columns=columns("indicateurs"), dtype="str"), "indicateurs")
    tables = [load(each, "indicateurs") for each in years]
    return pd.concat([table for table in tables if len(table)] or [empty], ignore_index=True)
