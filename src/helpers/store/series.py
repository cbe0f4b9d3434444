"""The indicators of every year up to one: what several years say together."""

import pandas as pd

from helpers import paths
from helpers.facts import NETWORK
from helpers.schema import columns, typed
from helpers.store.scope import load_earlier_indicators


def load_series(year: int, site_type: str = NETWORK, site: str = "") -> pd.DataFrame:
    """The indicators of every year that has data, up to this one, the oldest first.

    They are those of the network, or of a site beside it (schema ``indicateurs``; `load_earlier_indicators`).

    Raises
    ------
    DataError
        as `load` does, when 01 has not run for one of them: a year that lacks would be taken for one without data.

    >>> store.load_series(2020)["annee"].unique().tolist()
    [2019, 2020]
    """
    years = [each for each in paths.years() if each <= year]
    empty = typed(pd.DataFrame(columns=columns("indicateurs"), dtype="str"), "indicateurs")
    tables = [load_earlier_indicators(each, site_type, site) for each in years]
    return pd.concat([table for table in tables if len(table)] or [empty], ignore_index=True)
