"""Where coded segments are in their texts: the unit that a tool counts in, and the proof that each position is right.

The specification of REFI-QDA counts code points, but tools differ, and so do versions of one tool: UTF-16 units (NVivo
for Windows, QualCoder with an emoji, some MAXQDA), a two-character line end for one (ATLAS.ti, according to QualCoder's
source) or the contrary, the byte order mark, the decomposed form of accents. What is done with a position that is not
proved stands in ``docs/decisions/codings.md``.
"""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, product
from typing import NamedTuple

from helpers.codings.model import Passage, Project, ProjectBuilder
from helpers.codings.safe_files import coding_error
from helpers.typography import shorten

# --- Units: the length of each character of a text, as a tool counts it ---
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Unit(NamedTuple):
    """How a tool counts: its characters, each line end for one or two (0: as stored), the byte order mark or not.

    ``shift`` is the position of the first character, where a tool was wrong by one.
    """

    characters: str = "code_points"
    line_end: int = 0
    mark: bool = False
    shift: int = 0


CODE_POINTS, UTF_16, UTF_8 = Unit(), Unit("utf_16"), Unit("utf_8")
# The length of a character, by how a tool counts them.
_LENGTHS = {
    "code_points": lambda _: 1,
    "utf_16": lambda character: 2 if character > "\uffff" else 1,
    "utf_8": lambda character: len(character.encode("utf-8", "surrogatepass")),
    "decomposed": lambda character: len(unicodedata.normalize("NFD", character)),
    "composed": lambda character: 0 if "\u0300" <= character <= "\u036f" else 1,
}
_NOTES = {
    ("characters", "utf_16"): "un emoji pour deux caractères",
    ("characters", "utf_8"): "des octets",
    ("characters", "decomposed"): "une lettre accentuée pour deux caractères",
    ("characters", "composed"): "une lettre et son accent pour un caractère",
    ("line_end", 1): "chaque fin de ligne pour un caractère",
    ("line_end", 2): "chaque fin de ligne pour deux caractères",
    ("mark", True): "la marque qui ouvre le fichier (BOM)",
    ("shift", 1): "un caractère de trop",
    ("shift", -1): "un caractère de moins",
}


# --- Claims: segments as a file gives them, and whether their text agrees ---
# Tools cut the name of a selection near 100 characters, some with an ellipsis.
_CUT = re.compile(r"\s*(?:…|\.\.\.)$")
# A place that is not inside a word; an accent belongs to its letter.
_EDGE = re.compile(r"(?:(?<![^\W_])|(?![^\W_]))(?![\u0300-\u036f])")
# Enough excerpts of a text to know in which unit its positions are.
_TRIED = 200


@dataclass(frozen=True)
class Named(Passage):
    """A claim with the name of a selection in place of its text: how it begins, or anything."""


class Text(NamedTuple):
    stored: str
    claims: list[Passage]


def _is_all(claim: Passage) -> bool:
    """Whether the excerpt is all of the segment; a name is when it is as long."""
    return not isinstance(claim, Named) or len(claim.text) >= claim.end - claim.start


def squashed(text: str) -> str:
    """The words of a text: white space, and what XML refuses, become one space; accents are decomposed."""
    return unicodedata.normalize("NFD", " ".join(ILLEGAL.sub(" ", text).split()))


def _wanted(claim: Passage) -> str:
    """What must be found in the text: a name that is cut, without its ellipsis."""
    return squashed(claim.text if _is_all(claim) else _CUT.sub("", claim.text))


def _agreement(text: str, span: tuple[int, int], claim: Passage) -> int:
    """3 where a segment is its excerpt, 2 where it begins as its name, 1 if white space differs before it, else 0."""
    start, end = span
    if not 0 <= start < end <= len(text):
        return 0
    # White space apart, a segment is no longer than its excerpt: a short one must not cost a whole text.
    segment = text[start : min(end, start + 4 * len(claim.text) + 200)]
    words = squashed(segment)
    is_all = words == squashed(claim.text)
    if not is_all and not (isinstance(claim, Named) and words.startswith(squashed(_CUT.sub("", claim.text)))):
        return 0
    return 2 + is_all if _blanks(segment) == _blanks(claim.text) else 1


def _blanks(text: str) -> int:
    """The number of white-space characters that it begins with."""
    return len(text) - len(text.lstrip())


# --- A text in a unit ---
# A shifted segment is looked for nearby; a long excerpt that stands only once, anywhere.
_NEARBY = 300
_SHORTEST, _LONG = 4, 20
# A line end of two characters is one here; no text holds a null character.
_TWO = "\0"


def _marked(stored: str) -> str:
    return stored.removeprefix("\ufeff").replace("\r\n", _TWO).replace("\r", "\n")


class Offsets:
    """From the offsets of a tool to the code points of a text, in which a line end is one character; and its excerpts,
    found whatever their white space and the form of their accents.

    >>> octets = Offsets("été\\r\\nou", UTF_8)
    >>> octets.text, [octets.point(offset) for offset in (0, 1, 2, 3, 5, 6, 7)]
    ('été\\nou', [0, -1, 1, 2, 3, 3, 4])
    """

    def __init__(self, stored: str, unit: Unit = CODE_POINTS) -> None:
        content = _marked(stored)
        self.text = content.replace(_TWO, "\n")
        self._first = unit.shift + (unit.mark and stored.startswith("\ufeff"))
        lengths = {character: _LENGTHS[unit.characters](character) for character in set(content)}
        lengths |= {"\n": unit.line_end or 1, _TWO: unit.line_end or 2}
        self._ends = list(accumulate(map(lengths.__getitem__, content), initial=0))

    def point(self, offset: int) -> int:
        """The code point at an offset; -1 inside a character or outside the text."""
        # The last of several places where characters count for nothing: after an accent, not before.
        place = bisect_right(self._ends, offset - self._first) - 1
        is_there = place >= 0 and (self._ends[place] == offset - self._first or self.text[place : place + 1] == "\n")
        return place if is_there else -1

    def span(self, claim: Passage) -> tuple[int, int]:
        return self.point(claim.start), self.point(claim.end)

    @cached_property
    def _words(self) -> tuple[str, list[int]]:
        """The squashed text, and the place of each of its characters."""
        signs, places = [], []
        for place, character in enumerate(ILLEGAL.sub(" ", self.text)):
            added = unicodedata.normalize("NFD", character) if not character.isspace() else " "
            if added != " " or (signs and signs[-1] != " "):
                signs += added
                places.extend([place] * len(added))
        return "".join(signs), places

    def common_shift(self, claims: list[Passage]) -> int:
        """By how much most segments are shifted, as those tell whose excerpt stands only once."""
        found = [(claim, places) for claim in claims[:_TRIED] if len(places := self._places(claim, most=2)) == 1]
        shifts = Counter(places[0][0] - claim.start for claim, places in found)
        shift, times = next(iter(shifts.most_common(1)), (0, 0))
        return shift if times > 1 and 2 * times > len(found) else 0

    def find(self, claim: Passage, shift: int) -> tuple[int, int] | None:
        """The nearest place of an excerpt; None if it is far away, or two places are as likely."""
        near = claim.start + shift
        # A short word stands everywhere: it is only looked for where the others say that it is.
        found = self._places(claim, most=1_000, least=1 if shift else _SHORTEST)
        distances = sorted((abs(span[0] - near), span) for span in found)
        if not found or (len(found) > 1 and distances[1][0] < 2 * distances[0][0]):
            return None
        is_only = len(found) == 1 and len(_wanted(claim)) >= _LONG
        return distances[0][1] if distances[0][0] <= _NEARBY or is_only else None

    def _places(self, claim: Passage, *, most: int, least: int = _SHORTEST) -> list[tuple[int, int]]:
        wanted, (words, places) = _wanted(claim), self._words
        blanks = _blanks(claim.text)
        found, at = [], words.find(wanted) if len(wanted) >= least else -1
        while at >= 0 and len(found) < most:
            start, end = places[at], places[at + len(wanted) - 1] + 1
            # The white space that the excerpt begins with belongs to the segment.
            before = self.text[max(0, start - blanks) : start]
            start -= len(before) - len(before.rstrip())
            end = end if _is_all(claim) else start + claim.end - claim.start
            if end <= len(self.text):
                found.append((start, end))
            at = words.find(wanted, at + 1)
        return found


# --- The unit of a project ---
# Random offsets fall between two words one time in three, those of a person nearly always.
_FEWEST_EDGES = 0.75
# Of a file where more are lost, the rest is not trusted either.
MOST_LOST = 0.1
FEWEST_LOST = 5


def _unit_of(texts: list[Text], usual: Unit, *, are_excerpts: bool) -> Unit:
    """The unit in which most segments are at their place; the usual one of the tool unless another is better."""
    coded = [text for text in texts if text.claims]
    # Only the units that make a difference in some text, the likeliest first: ties are decided by order.
    signs = set().union(*(_marked(text.stored) for text in coded))
    characters = [name for name, length in _LENGTHS.items() if name == "code_points" or {*map(length, signs)} - {1}]
    line_ends = [0, *([1] if _TWO in signs else []), *([2] if "\n" in signs else [])]
    marks = [False, True] if any(text.stored.startswith("\ufeff") for text in coded) else [False]
    # Excerpts tell by how much each text is shifted. Whole lines, one early, fit as well one earlier: -1 comes first.
    shifts = (0,) if are_excerpts else (0, -1, 1)
    every = (Unit(*each[::-1]) for each in product(shifts, marks, line_ends, characters))
    score = _excerpts_found if are_excerpts else lambda text, unit: sum(map(sum, _edges(text, unit)))
    scores = {unit: sum(score(text, unit) for text in coded) for unit in dict.fromkeys([usual, *every])}
    best = max(scores, key=scores.__getitem__)
    if are_excerpts:
        tried = sum(min(_TRIED, sum(bool(claim.text) for claim in text.claims)) for text in coded)
        return best if scores[best] > tried else usual
    # One segment that begins inside a word proves nothing.
    best = best if scores[best] > scores[usual] + 4 else usual
    total = 2 * sum(len(text.claims) for text in coded)
    wrong = total - sum(sum(_edges(text, best)[0]) for text in coded)
    if total >= 4 * FEWEST_LOST and wrong > (1 - _FEWEST_EDGES) * total:
        raise coding_error(
            f"{wrong} positions sur {total} coupent un mot ou sortent de leur texte, et le fichier n’a pas d’extraits "
            "pour les corriger ; refaites l’export, ou donnez le projet de QualCoder ou de Taguette lui-même."
        )
    return best


def _excerpts_found(text: Text, unit: Unit) -> int:
    offsets, claims = Offsets(text.stored, unit), [each for each in text.claims if each.text][:_TRIED]
    return sum(_agreement(offsets.text, offsets.span(claim), claim) for claim in claims)


def _edges(text: Text, unit: Unit) -> tuple[list[bool], list[bool]]:
    """For each end of each segment: is it between two words, and where a person puts it, beside a word."""
    offsets, between, beside = Offsets(text.stored, unit), [], []
    for start, end in map(offsets.span, text.claims):
        for place, sign in ((start, start), (end, end - 1)):
            between.append(place >= 0 and bool(_EDGE.match(offsets.text, place)))
            beside.append(between[-1] and not offsets.text[sign : sign + 1].isspace())
    return between, beside


def _are_excerpts(texts: list[Text]) -> bool:
    """Whether this tool stores excerpts: texts always are, names where half of them are somewhere in their text."""
    if any(each.text and not isinstance(each, Named) for text in texts for each in text.claims):
        return True
    tried = [(rank, each) for rank, text in enumerate(texts) for each in text.claims if each.text][:_TRIED]
    contents = {rank: squashed(texts[rank].stored) for rank, _ in tried}
    matches = sum(_wanted(each) in contents[rank] for rank, each in tried)
    return bool(tried) and 2 * matches >= len(tried)


def proved(collected: ProjectBuilder, usual: Unit = CODE_POINTS) -> Project:
    """The project of what was read, each segment where its excerpt proves it to be; ``usual`` is the unit of the tool.

    Raises DataError where no segment, or less than nine in ten, can be found in the texts.
    """
    named = {name: Text(document.text, []) for name, document in collected.documents.items()}
    claims, collected.passages = collected.passages, []
    for each in claims:
        (collected.passages if each.start is None else named[each.document].claims).append(each)
    texts = [*named.values()]
    told, are_excerpts = collected.told, _are_excerpts(texts)
    if not are_excerpts and any(each.text for text in texts for each in text.claims):
        told.note("Les noms des sélections ne sont pas des extraits de leur texte : ils ne prouvent rien.")
    unit = _unit_of(texts, usual, are_excerpts=are_excerpts)
    is_wide = any(max(text.stored, default="") > "\uffff" for text in texts if text.claims)
    for each in unit._asdict().items():
        # What its tool is known for is told where some text has an emoji.
        if each in _NOTES and (each != ("characters", usual.characters) or (unit.characters == "utf_16" and is_wide)):
            told.note(f"Les positions comptent {_NOTES[each]} : elles sont lues ainsi.")
    shifts: list[int] = []
    unproven = open_ended = lost = 0
    for name, text in named.items():
        offsets = Offsets(text.stored, unit)
        content = offsets.text
        collected.documents[name] = replace(collected.documents[name], text=content)
        spans = {claim: offsets.span(claim) for claim in text.claims}
        proofs = {claim: _agreement(content, spans[claim], claim) for claim in spans if are_excerpts and claim.text}
        # Where few are exactly at their place, all may be shifted, some into the white space before them.
        least = int(2 * sum(proof > 1 for proof in proofs.values()) < len(proofs))
        shift = offsets.common_shift([claim for claim, proof in proofs.items() if proof <= least])
        elsewhere = {claim for claim, proof in proofs.items() if proof <= (least if shift else 0)}
        for claim in text.claims:
            start, end = spans[claim]
            if claim in elsewhere:
                was = (start, end) if min(start, end) >= 0 else (claim.start, claim.end)
                start, end = offsets.find(claim, shift) or (-1, -1)
                shifts += [max(abs(start - was[0]), abs(end - was[1]))] if end >= 0 else []
            if 0 <= start < end <= len(content):
                unproven += claim not in proofs
                open_ended += claim in elsewhere and not _is_all(claim)
                at = content[start:end], claim.code, claim.coder, claim.memo
                collected.passages.append(Passage(name, start, end, *at))
            else:
                lost += 1
                # `is_unmatched_segment` recognises the first word.
                place = f"« {shorten(name)} », positions {claim.start} à {claim.end}, code « {shorten(claim.code)} »"
                told.note(f"Passage non gardé, il ne correspond pas à son texte : {place}.")
    total = sum(len(text.claims) for text in texts)
    if lost and (lost == total or (lost >= FEWEST_LOST and lost > MOST_LOST * total)):
        raise coding_error(
            f"{lost} passages sur {total} ne sont pas dans leur texte, ni là où le fichier le dit, ni à côté ; le "
            "texte a changé depuis le codage : refaites l’export depuis l’outil qui l’a fait."
        )
    if shifts:
        low, high = min(shifts), max(shifts)
        by = f"de {low} à {high} caractères" if low < high else f"de {high} caractère{'s' if high > 1 else ''}"
        told.note(f"Déplacés {by}, là où se trouve leur extrait : {len(shifts)} passages.")
        if open_ended and low < high:
            told.note(f"Déplacés sans que leur fin se vérifie, le texte ayant changé : {open_ended} ; relisez-les.")
    if unproven:
        told.note(f"Positions dont seules les bornes se vérifient, faute d’extraits dans le fichier : {unproven}.")
    return collected.project()
