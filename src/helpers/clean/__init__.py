"""Raw to tidy (01): the posts of the survey, with a ledger of every change.

Rows read = rows kept + rows rejected, each rejection with its reason. Nothing is guessed: a spelling is resolved by
plain normalisation, by the public register, or by a reviewed row of ``alias.csv``; otherwise the run stops.
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
