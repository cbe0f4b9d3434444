"""Statements coded by theme (04): matrices and lists. The codes are the researchers'; none is invented here.

counted  how many, by theme, actor, scale, nature
read     lists to read
"""

from helpers.themes.counted import associations, by_nature, leading, together
from helpers.themes.read import answers, linked, listing, outlook, uses

__all__ = [
    "answers",
    "associations",
    "by_nature",
    "leading",
    "linked",
    "listing",
    "outlook",
    "together",
    "uses",
]
