"""French for readers: numbers, agreement, sentences and fragments built from figures (Jinja texts in ``texts/``)."""

from helpers.wording.formats import (
    coefficient,
    day,
    interval,
    is_rounded,
    month,
    number,
    percent,
    plural,
    points,
    scientific,
    share,
    signed,
    trimmed,
)
from helpers.wording.marks import Html, precision_mark, synthetic_mark
from helpers.wording.measures import probability, subject
from helpers.wording.sentences import fragment, plain, say

__all__ = [
    "Html",
    "coefficient",
    "day",
    "fragment",
    "interval",
    "is_rounded",
    "month",
    "number",
    "percent",
    "plain",
    "plural",
    "points",
    "precision_mark",
    "probability",
    "say",
    "scientific",
    "share",
    "signed",
    "subject",
    "synthetic_mark",
    "trimmed",
]
