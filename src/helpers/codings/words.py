"""Words of a text, and their lemmas: accents composed or not, apostrophes straight or curly, all read alike."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

# A letter or a digit with the accents that follow it when they are not composed.
_SIGN = r"[^\W_][\u0300-\u036f]*"
_APOSTROPHES = "'\u2019\u02bc"
# As a word processor counts them: « l’équipe » and « sous-préfet » are one word each.
_WORD = re.compile(rf"(?:{_SIGN})+(?:[{_APOSTROPHES}\u2010\u2011-](?:{_SIGN})+)*")
# What elides before a vowel, so that « l’équipe » is read as « équipe ».
_ELIDED = re.compile(rf"(?:jusqu|lorsqu|puisqu|quoiqu|qu|[cdjlmnst])[{_APOSTROPHES}]", re.IGNORECASE)
# Pronouns after their verb: « dit-il » is read as « dit ».
_ENCLITIC = re.compile("-(?:t-)?(?:ils?|elles?|on|je|tu|nous|vous|ce|ci|là|la|les?|lui|leur|moi|toi|y|en)$")
# Apostrophes and hyphens in one spelling.
_STRAIGHT = str.maketrans({"\u2019": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-"})


class Word(NamedTuple):
    """A word as it is read: without what elides before it nor the pronoun after, in lower case, accents composed."""

    start: int
    end: int
    form: str


def word_count(text: str) -> int:
    """How many words a text has, as a word processor counts them: « l’équipe » is one, punctuation none.

    >>> word_count("L’équipe, aujourd’hui : 3 e\\u0301le\\u0300ves !")
    4
    """
    return sum(1 for _ in _WORD.finditer(text))


def words(text: str) -> Iterator[Word]:
    """The words of a text with their places, in code points; numbers are left out.

    >>> [word.form for word in words("L'e\\u0301quipe dit-elle aujourd’hui")]
    ['équipe', 'dit', "aujourd'hui"]
    """
    for found in _WORD.finditer(text):
        elided = _ELIDED.match(found[0])
        start = found.start() + (elided.end() if elided else 0)
        form = text[start : found.end()].lower()
        # Most words are plain letters already: each of these costs as much as the rest.
        form = form if form.isascii() else unicodedata.normalize("NFC", form).translate(_STRAIGHT)
        form = _ENCLITIC.sub("", form) if "-" in form else form
        if not form.replace("-", "").isdigit():
            yield Word(start, found.end(), form)


@cache
def lemma(form: str) -> str:
    """The dictionary form of a word of `words`.

    >>> lemma("équipes"), lemma("partenariats"), lemma("ont")
    ('équipe', 'partenariat', 'avoir')
    """
    # It opens its dictionary, which only those who read lemmas need.
    from simplemma import lemmatize

    # Not greedy: that would make « parentalité » a verb.
    return lemmatize(form, lang="fr")
