"""Codings: coded segments of texts, whatever the tool; the code book, analyses, pseudonyms, agreement of coders."""

from helpers.codings.agreement import agreement, count_namesakes, count_twins, differences, disagreements, gates, gather
from helpers.codings.codebook import (
    TO_DEFINE,
    codes_of,
    in_book,
    missing_codes,
    rows_to_add,
    shown,
    themes_of,
    unknown_code,
    used_codes,
)
from helpers.codings.counts import code_by_document, code_counts, cooccurrences, corpus, of_coder
from helpers.codings.measures import contexts, measures, table_of, words_by_code, year_to_year
from helpers.codings.personal_data import chosen, quotable, quotations, quoted
