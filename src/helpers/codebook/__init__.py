"""Which code of the book is a code of a coding, and what must the book gain to have them all?

A coding calls its codes ``parent/enfant``; the book (schema ``themes``) has a short code, a label and, if it likes, a
parent (docs/decisions/codings.md).

names  which row of the book a code is
rows   the rows that the book must gain
tree   the book as codes, and a coding in them
shown  the book as a page shows it
"""

from helpers.codebook.names import missing_codes, themes_of, unknown_code, used_codes
from helpers.codebook.rows import TO_DEFINE, rows_to_add
from helpers.codebook.shown import shown
from helpers.codebook.tree import codes_of, in_book

__all__ = [
    "TO_DEFINE",
    "codes_of",
    "in_book",
    "missing_codes",
    "rows_to_add",
    "shown",
    "themes_of",
    "unknown_code",
    "used_codes",
]
