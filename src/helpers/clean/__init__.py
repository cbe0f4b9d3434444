"""Raw to tidy (01): the posts of the survey and the persons of the export, with a ledger of every change.

Rows read = rows kept + rows rejected, each rejection with its reason. Nothing is guessed: a spelling is resolved by
plain normalisation, by a public register, or by a reviewed row of ``alias.csv`` or ``modalites.csv``. Otherwise the run
stops for a post, and an answer of a person is kept as one that was not foreseen.
"""

from helpers.clean.persons import clean_earlier, clean_persons
from helpers.clean.posts import CleanPosts, clean_posts, post_faults, summarise_ledger
from helpers.clean.spelling import read_duration, read_start

__all__ = [
    "CleanPosts",
    "clean_earlier",
    "clean_persons",
    "clean_posts",
    "post_faults",
    "read_duration",
    "read_start",
    "summarise_ledger",
]
