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
from helpers.text.comparison_tables import comparison_table, tableau
from helpers.text.formats import (
    Html,
    day,
    is_rounded,
    listed,
    month,
    number,
    percent,
    plain,
    plural,
    points,
    probability,
    say,
    say_count,
    say_share,
    scientific,
    share_with_bar,
    signed,
    trimmed,
)
from helpers.text.sentences import named_value, renvoi, texte
from helpers.text.tables import (
    provenance,
    repli,
    table,
)
