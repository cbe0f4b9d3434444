"""French for readers: numbers, agreement, sentences (Jinja texts in ``texts/``), tables."""

from helpers.text.audit_tables import (
    changes_table,
    coherences_table,
    controls_table,
    reconciliation_table,
    rejections_table,
    remarks_table,
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
from helpers.text.sentences import renvoi, texte
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
    ledger_table,
    matrix_table,
    provenance,
    table,
)
