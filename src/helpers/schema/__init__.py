"""What does a column mean, what may it contain? The catalogue of indicators and the Table Schemas, as Python objects.

Both are files of the package (``catalogue.toml``, ``schemas/*.json``): this module reads nothing else.
"""

from helpers.schema.catalogue import FOLDED, Catalogue, Group, Indicator, Perimeter, catalogue, read_catalogue
from helpers.schema.tables import columns, optional_columns, table_names, table_schema, typed, unfolded
from helpers.schema.uai import control_letter
from helpers.schema.vocabulary import (
    CERTAIN_FROM_YEARS,
    COUNT_FINDINGS,
    FEWEST_CORRECTED_ROWS,
    FEWEST_FOR_CROSSING,
    FEWEST_FOR_REPORT,
    FEWEST_FOR_SHARE,
    FEWEST_PERSONS,
    FINDINGS,
    FROM_RECORDS,
    NEAR_UNANIMOUS_PCT,
    OUTLOOK,
    PRECISION_WORDS,
    PRECISIONS,
    ROUNDING_BASE,
    SYNTHETIC,
    SYNTHETIC_MEANING,
    UNANIMOUS_BELOW,
    UNSAID,
    VERDICTS,
    DataError,
)

__all__ = [
    "CERTAIN_FROM_YEARS",
    "COUNT_FINDINGS",
    "FEWEST_CORRECTED_ROWS",
    "FEWEST_FOR_CROSSING",
    "FEWEST_FOR_REPORT",
    "FEWEST_FOR_SHARE",
    "FEWEST_PERSONS",
    "FINDINGS",
    "FOLDED",
    "FROM_RECORDS",
    "NEAR_UNANIMOUS_PCT",
    "OUTLOOK",
    "PRECISIONS",
    "PRECISION_WORDS",
    "ROUNDING_BASE",
    "SYNTHETIC",
    "SYNTHETIC_MEANING",
    "UNANIMOUS_BELOW",
    "UNSAID",
    "VERDICTS",
    "Catalogue",
    "DataError",
    "Group",
    "Indicator",
    "Perimeter",
    "catalogue",
    "columns",
    "control_letter",
    "optional_columns",
    "read_catalogue",
    "table_names",
    "table_schema",
    "typed",
    "unfolded",
]
