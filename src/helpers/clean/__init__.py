"""Raw to tidy (01): the posts of the survey and the persons of the export, with a ledger of every change."""

from helpers.clean.answers import OUT_OF_YEAR
from helpers.clean.cleaning import clean_persons
from helpers.clean.posts import CleanPosts, clean_posts, post_faults, read_duration, read_start, unread_posts
