"""Tables from finished frames: caption, units, scopes, notes. One template, so that every table reads alike."""

from helpers.tables.audit import coherences_table, controls_table, remarks_table
from helpers.tables.book import book_table
from helpers.tables.codings import cooccurrences_table, corpus_table, years_table
from helpers.tables.comparisons import details_table, differences_table, reach_table
from helpers.tables.figures import (
    answers_table,
    breakdown_table,
    cards,
    ledger_table,
    perimeters_table,
    populations_table,
)
from helpers.tables.frame import matrix_table, provenance, table
from helpers.tables.measures import measures_table
from helpers.tables.received import changes_table, reconciliation_table, rejections_table
from helpers.tables.records import crossing_table, pairs_table, reading_table
from helpers.tables.sites import site_table
from helpers.tables.statements import beside_table, outlook_table, tensions_table, uses_table, value_of
from helpers.tables.words import words_table

__all__ = [
    "answers_table",
    "beside_table",
    "book_table",
    "breakdown_table",
    "changes_table",
    "cards",
    "coherences_table",
    "controls_table",
    "cooccurrences_table",
    "corpus_table",
    "crossing_table",
    "details_table",
    "differences_table",
    "ledger_table",
    "matrix_table",
    "measures_table",
    "outlook_table",
    "pairs_table",
    "perimeters_table",
    "populations_table",
    "provenance",
    "reach_table",
    "reconciliation_table",
    "rejections_table",
    "reading_table",
    "remarks_table",
    "site_table",
    "table",
    "tensions_table",
    "uses_table",
    "value_of",
    "words_table",
    "years_table",
]
