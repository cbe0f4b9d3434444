"""A coding, or two, to tables: counts, meetings of codes, words, agreement. A `Project` in, a table out, no file.

What these tables hold of a text (`contexts`, `disagreements`, the passages themselves) is for those who coded it; what
they count may leave, once protected like the rest.

words       words of a text, and their lemmas
places      where passages are, what overlaps
units       the pieces that codings are compared on
corpus      the corpus card
counts      codes counted; codes by meeting
pairs       codes that meet
personal    what may tell who somebody is
contexts    a word with what stands around it
quotations  what may be quoted
chosen      what a person chose to quote
kappa       agreement on one code, from four counts
agreement   two codings compared
coders      the two persons who can be compared
years       two years compared
gates       what each analysis asks of a corpus
specific    the words of each theme
gathered    the codings of a year as one
shapes      how measures are kept
measures    all that is counted, in one table without text
tabled      each table back from it
"""

from helpers.codings.agreement import agreement, disagreements
from helpers.codings.chosen import chosen, quotable, quoted
from helpers.codings.coders import differences
from helpers.codings.contexts import contexts
from helpers.codings.corpus import corpus
from helpers.codings.counts import code_by_document, code_counts
from helpers.codings.gates import gates
from helpers.codings.gathered import count_namesakes, count_twins, gather
from helpers.codings.measures import measures
from helpers.codings.pairs import cooccurrences
from helpers.codings.places import of_coder
from helpers.codings.quotations import quotations
from helpers.codings.specific import words_by_code
from helpers.codings.tabled import table_of
from helpers.codings.years import year_to_year

__all__ = [
    "agreement",
    "chosen",
    "code_by_document",
    "code_counts",
    "contexts",
    "cooccurrences",
    "corpus",
    "count_namesakes",
    "count_twins",
    "differences",
    "disagreements",
    "gates",
    "gather",
    "measures",
    "of_coder",
    "quotable",
    "quotations",
    "quoted",
    "table_of",
    "words_by_code",
    "year_to_year",
]
