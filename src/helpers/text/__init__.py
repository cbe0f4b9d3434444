"""French for readers: numbers, agreement, sentences (Jinja texts in ``texts/``), tables."""

from helpers.text.audit_tables import (
    coherences_in_words,
    controls_in_words,
    findings_in_words,
    ledger_in_words,
    reconciled_in_words,
    remarks_in_words,
    rows_or_few,
)
from helpers.text.comparison_tables import details_table, differences_table, measures_table, reach_table
from helpers.text.formats import (
    Html,
    coefficient,
    day,
    fragment,
    interval,
    is_rounded,
    month,
    number,
    percent,
    plain,
    plural,
    points,
    precision_mark,
    probability,
    say,
    scientific,
    share,
    signed,
    subject,
    synthetic_mark,
    trimmed,
)
from helpers.text.sentences import texte
from helpers.text.statement_tables import (
    beside_table,
    book_table,
    cooccurrences_table,
    corpus_table,
    outlook_table,
    tensions_table,
    uses_table,
    value_of,
    words_table,
    years_table,
)
from helpers.text.tables import (
    answers_table,
    breakdown_table,
    cards,
    crosstab_table,
    matrix_table,
    pairs_table,
    perimeters_table,
    populations_table,
    provenance,
    reading_table,
    site_table,
    table,
)
