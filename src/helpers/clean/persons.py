"""The records of a year, cleaned."""

import pandas as pd

from helpers.records import Cleaned, Persons, Received
from helpers.schema import columns, typed


def clean_persons(
    received: Received,
    *,
    spellings: pd.DataFrame,
    aliases: pd.DataFrame,
    associations: pd.DataFrame,
    colleges: pd.DataFrame,
) -> Cleaned:
    """The persons kept, and the account of every row read."""
    del spellings, aliases, associations, colleges
    empty = {
        name: typed(pd.DataFrame(columns=columns(name), dtype="str"), name) for name in ("normalisations", "rejets")
    }
    return Cleaned(Persons(received.year), empty["normalisations"], empty["rejets"], pd.DataFrame())


def clean_earlier(received: list[Received], **registers: pd.DataFrame) -> dict[int, Persons]:
    """The persons kept of each of these years."""
    return {each.year: clean_persons(each, **registers).persons for each in received}
