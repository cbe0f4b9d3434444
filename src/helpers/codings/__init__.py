"""Codings: coded segments of texts, whatever the tool; the code book, analyses, pseudonyms, agreement of coders."""

from helpers.codings.agreement import adjusted_rand, agreement, coder_differences, disagreements, merge_codings
from helpers.codings.codebook import codes_of, displayed_codes, missing_codes, recode_to_book, themes_of, unknown_code
from helpers.codings.counts import (
    analysis_requirements,
    code_by_document,
    code_counts,
    coded_by,
    cooccurrences,
    corpus_card,
)
from helpers.codings.lexicon import contexts, descending_classes, segments, split, words_by_code, words_by_group
from helpers.codings.measures import codes_by_group, measures, table_of, year_to_year
from helpers.codings.personal_data import chosen_quotations, quotable
