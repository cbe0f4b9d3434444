"""Figures without their marks, as a drawing bears them."""

from helpers.facts import Fact
from helpers.wording.formats import interval, number, percent, share
from helpers.wording.marks import ABOUT, OVER, UNDER


def write_rounded(shown: int | None, ends: tuple[int, int] | None) -> str:
    """A count as a drawing bears it: its bounds, or what is shown of it when it is rounded to protect persons.

    >>> write_rounded(None, (927, 949)), write_rounded(25, (21, 29)), write_rounded(0, (0, 4))
    ('927 à 949', 'environ 25', 'moins de 5')
    """
    if shown is None or ends is None:
        return "" if ends is None else interval(*ends)
    return ABOUT.format(number(shown)) if shown else UNDER.format(number(ends[1] + 1))


def write_share(fact: Fact) -> str:
    """The share as a drawing bears it: « 42 % », « 40,0 à 75,0 % », « moins de 10 % »; nothing when it is not said.

    >>> write_share(facts.Facts(store.load(2020, "indicateurs"), year=2020)("alses/sexe/filles"))
    '42\\u202f%'
    """
    if fact.share_bounds is None:
        return ""
    for bound, words in ((fact.under, UNDER), (fact.over, OVER)):
        if bound is not None:
            return words.format(percent(bound))
    return share(fact.share, fact.decimals, fact.share_bounds)


def write_count(fact: Fact) -> str:
    """The count as a drawing bears it: « 927 à 949 », « environ 25 », « moins de 5 »; nothing when it is not known.

    >>> write_count(facts.Facts(store.load(2020, "indicateurs"), year=2020)("alses/sexe/filles"))
    '927 à 949'
    """
    return write_rounded(fact.rounded, fact.counts)


def write_base(fact: Fact) -> str:
    """The base as a drawing bears it, like `write_count`.

    >>> write_base(facts.Facts(store.load(2020, "indicateurs"), year=2020)("alses/sexe/filles"))
    '2\\u202f233'
    """
    return write_rounded(fact.rounded_base, fact.base)
