"""The names of a year, and the mark that each one gets everywhere: those of a list, and those that follow a title."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from helpers.pseudonyms.marks import birth_dates, identifiers, mails
from helpers.typography import fold

# Marks are single characters that no text has until all is replaced: nothing of a mark is then taken for a name.
_FIRST_MARK, _LAST_MARK = 0xF0000, 0xFFFFD
# Characters that are not seen, and cut a name or a number in two.
_UNSEEN = re.compile(f"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff{chr(_FIRST_MARK)}-{chr(_LAST_MARK)}]")
_SPACE = r"[^\S\n]{1,3}"
_ONE = (
    r"[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|MONSIEUR|MADAME|MADEMOISELLE|M\.|M|Mr\.?|[Mm]me\.?|MME\.?|[Mm]lle\.?|MLLE\.?"
    r"|Dr\.?|[Dd]octeur"
)
_MANY = r"MM\.?|[Mm]essieurs|[Mm]esdames|[Mm]mes\.?|[Mm]lles\.?|[Mm]esdemoiselles"
_TITLE = re.compile(rf"(?<!\w)(?:(?P<many>{_MANY})|{_ONE})(?:{_SPACE}|(?<=\.)(?=\w))")
_WORD = re.compile(r"[^\W\d_](?:\w|['’ʼ‐‑-](?=\w))*\.?")
_PARTICLE = re.compile(r"(?:(?:de|du|des|da|di|dos|ben|bin|el|al|van|von|der|den)[^\S\n]{1,3}|[dlDL]['’ʼ])")
_AND = re.compile(r"\s{0,3}(?:,|\bet\b|&)\s{0,3}")
_MOST_WORDS = 4
# Who is called by a function is not named.
_ROLES = set(
    "principal principale adjoint adjointe cpe proviseur directeur directrice president presidente maire "
    "inspecteur inspectrice infirmier infirmiere gestionnaire as alses x".split()
)
# Shorter words are in every text: they are replaced after a title only.
_SHORTEST = 3


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def _key(name: str) -> str:
    return fold(name) or name.casefold()


@cache
def _alike(letter: str) -> str:
    """What a letter may be in another spelling: with or without its accent, small or capital."""
    base = unicodedata.normalize("NFKD", letter)[0].casefold()
    if base == "œ":
        return "(?:[œŒ]|[oO][eE])"
    every = (chr(code) for code in range(0x41, 0x250))
    alike = {each for each in every if unicodedata.normalize("NFKD", each)[0].casefold() == base}
    return f"[{re.escape(''.join(sorted(alike | {letter, letter.swapcase()})))}]"


def _pattern(name: str) -> str:
    parts = re.split(r"[\s'’ʼ‐‑-]+", _clean(name).strip())
    return r"[\s'’ʼ‐‑-]{1,3}".join("".join(map(_alike, part)) for part in parts)


def _words(name: str) -> list[str]:
    """The words of a name without its particles; the last one tells two spellings of it."""
    return [word for word in _WORD.findall(_PARTICLE.sub("", name)) if word[0].isupper()] or [name]


def _name_at(text: str, start: int) -> int:
    """Where the name that starts there ends; ``start`` itself when none does: its words have a capital."""
    end, place = start, start
    for _ in range(_MOST_WORDS):
        while particle := _PARTICLE.match(text, place):
            place = particle.end()
        word = _WORD.match(text, place)
        if not word or not word[0][0].isupper() or (end == start and fold(word[0]) in _ROLES):
            break
        is_initial = len(word[0]) == 2 and word[0].endswith(".")
        end = word.end() - (word[0].endswith(".") and not is_initial)
        space = re.compile(_SPACE).match(text, end)
        if not space:
            break
        place = space.end()
    return end


def _titled(text: str) -> Iterator[tuple[int, int]]:
    """Where the names that follow a title are; after a plural, several, joined by commas and « et »."""
    after = 0
    for title in _TITLE.finditer(text):
        start = title.end()
        while start >= after and (end := _name_at(text, start)) > start:
            yield start, end
            after = end
            more = _AND.match(text, end) if title["many"] else None
            if not more:
                break
            start = more.end()


class Pseudonyms:
    """What stands for each name of a year, the same in all its texts; `counts` says how many were replaced, by kind.

    ``texts`` are those of the year: a name that follows a title in one of them is replaced in the others too, title or
    not. ``listed`` gives names and what replaces them, or ``""`` for the next « [nom 1] ».

    >>> textes = ["Mme Élodie Vasseur ouvre.", "VASSEUR répond à Zoé ; zoe@exemple.fr"]
    >>> noms = pseudonyms.Pseudonyms(textes, {"Zoé": "[élève A]"}, year=2021)
    >>> [noms.replace(texte) for texte in textes], noms.counts["nom"]
    (['Mme [nom 1] ouvre.', '[nom 1] répond à [élève A] ; [courriel]'], 3)
    """

    def __init__(self, texts: Iterable[str], listed: Mapping[str, str], *, year: int) -> None:
        self.counts: Counter[str] = Counter()
        self._year = year
        self._marks: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._numbers = 0
        self._listed = {_key(_clean(name)) for name in listed}
        known = list(listed)
        for name, mark in listed.items():
            self._names[_key(_clean(name))] = mark or self._next()
        for text in map(_clean, texts):
            for start, end in _titled(text):
                known += self._learn(text[start:end])
        patterns = sorted({_pattern(name) for name in known}, key=len, reverse=True)
        joined = "|".join(patterns) or r"(?!)"
        self._everywhere = re.compile(rf"(?<![^\W\d_])(?:{joined})(?![^\W\d_])")

    def _next(self) -> str:
        self._numbers += 1
        return f"[nom {self._numbers}]"

    def _learn(self, name: str) -> list[str]:
        """Gives a mark to a name after a title, by its last word, and tells what of it is to be replaced elsewhere."""
        words = _words(name)
        last = _key(words[-1])
        mark = self._names.get(_key(name)) or self._names.get(last) or self._next()
        out = [each for each in (name, *words) if len(_key(each)) >= _SHORTEST]
        for each in (name, *words):
            self._names.setdefault(_key(each), mark)
        return out

    def replace(self, text: str) -> str:
        """The text, composed (NFC), with a mark for each thing that is recognised.

        >>> pseudonyms.Pseudonyms([], {}, year=2021).replace("Joindre le 06.12.34.56.78.")
        'Joindre le [téléphone].'
        """
        text = mails(_clean(text), self._count)
        text = birth_dates(identifiers(text, self._count), self._year, self._count)
        text = self._everywhere.sub(lambda found: self._named(found[0]), text)
        out, place = [], 0
        for start, end in _titled(text):
            out += [text[place:start], self._named(text[start:end])]
            place = end
        text = "".join([*out, text[place:]])
        return text.translate({ord(sign): mark for mark, sign in self._marks.items()})

    def _count(self, kind: str) -> str:
        self.counts[kind] += 1
        return self._sign(f"[{kind}]")

    def _named(self, found: str) -> str:
        key = _key(found)
        if key not in self._listed and not any(map(str.isupper, found)):
            return found
        self.counts["nom"] += 1
        last = _key(_words(found)[-1])
        return self._sign(self._names.get(key) or self._names[last])

    def _sign(self, mark: str) -> str:
        return self._marks.setdefault(mark, chr(_FIRST_MARK + len(self._marks)))
