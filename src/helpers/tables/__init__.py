"""Tables from finished frames: caption, units, scopes, notes. One template, so that every table reads alike."""

from helpers.tables.figures import (
    answers_table,
    breakdown_table,
    cards,
    controls_table,
    differences_table,
    ledger_table,
)
from helpers.tables.frame import matrix_table, provenance, table
from helpers.tables.populations import perimeters_table, populations_table

__all__ = [
    "answers_table",
    "breakdown_table",
    "cards",
    "controls_table",
    "differences_table",
    "ledger_table",
    "matrix_table",
    "perimeters_table",
    "populations_table",
    "provenance",
    "table",
]
