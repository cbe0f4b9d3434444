"""Where coded segments are in their texts: the unit that a tool counts in, and the proof that each position is right.

The specification of REFI-QDA counts code points, but tools differ, and so do versions of one tool: UTF-16 units (NVivo
for Windows, QualCoder with an emoji, some MAXQDA), a two-character line end for one (ATLAS.ti, according to QualCoder's
source) or the contrary, the byte order mark, the decomposed form of accents. Nothing is believed: the unit kept is the
one in which most stored excerpts are at their position or, where a file holds no excerpt, in which most positions fall
between two words. A segment whose excerpt stands elsewhere is moved there, and reported; one that cannot be found is
dropped, and reported; where many are, the file is refused.
"""

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, product
from typing import NamedTuple

from helpers.codings.model import Passage, ProjectBuilder
from helpers.codings.safe_files import coding_error

# --- Units: the length of each character of a text, as a tool counts it ---

ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile("\r\n?|\n")


class Unit(NamedTuple):
    """How a tool counts: its characters, a line end of two characters for one or two, the byte order mark or not."""

    characters: str = "code_points"
    line_end: str = "as_stored"
    counts_mark: bool = False


CODE_POINTS = Unit()
UTF_16 = Unit("utf_16")
UTF_8 = Unit("utf_8")


def _is_composed_away(character: str) -> bool:
    return "\u0300" <= character <= "\u036f"


_LENGTHS: dict[str, Callable[[str], int]] = {
    "code_points": lambda _: 1,
    "utf_16": lambda character: 2 if character > "\uffff" else 1,
    "utf_8": lambda character: len(character.encode("utf-8", "surrogatepass")),
    "decomposed": lambda character: len(unicodedata.normalize("NFD", character)),
    "composed": lambda character: 0 if _is_composed_away(character) else 1,
}
_NOTES = {
    "utf_16": "Les positions comptent un emoji pour deux caractères : elles sont lues ainsi.",
    "utf_8": "Les positions comptent des octets : elles sont lues ainsi.",
    "decomposed": "Les positions comptent une lettre accentuée pour deux caractères : elles sont lues ainsi.",
    "composed": "Les positions comptent une lettre et son accent pour un caractère : elles sont lues ainsi.",
    "one": "Les positions comptent chaque fin de ligne pour un caractère : elles sont lues ainsi.",
    "two": "Les positions comptent chaque fin de ligne pour deux caractères : elles sont lues ainsi.",
    "mark": "Les positions comptent la marque qui ouvre le fichier (BOM) : elles sont lues ainsi.",
}


class Offsets:
    """From the offsets of a tool to the code points of a text, in which a line end is one character.

    >>> octets = Offsets("été\\r\\nou", UTF_8)
    >>> octets.text, [octets.point(offset) for offset in (0, 1, 2, 3, 5, 6, 7)]
    ('été\\nou', [0, -1, 1, 2, 3, 3, 4])
    """

    def __init__(self, stored: str, unit: Unit = CODE_POINTS) -> None:
        mark, content = stored[:1] == "\ufeff", stored.removeprefix("\ufeff")
        self.text, ends = plain_text(stored), [match[0] for match in _LINE_END.finditer(content)]
        length = _LENGTHS[unit.characters]
        if unit.characters == "code_points" and unit.line_end == "as_stored" and "\r\n" not in ends:
            self._ends = None
        else:
            lengths, rank = [], 0
            for character in self.text:
                if character == "\n":
                    lengths.append({"one": 1, "two": 2}.get(unit.line_end, len(ends[rank])))
                    rank += 1
                else:
                    lengths.append(length(character))
            self._ends = array("q", accumulate(lengths, initial=0))
        self._first = 1 if unit.counts_mark and mark else 0

    def point(self, offset: int) -> int:
        """The code point at an offset; -1 inside a character or outside the text."""
        offset -= self._first
        if self._ends is None:
            return offset if 0 <= offset <= len(self.text) else -1
        place = bisect_left(self._ends, offset)
        if place == len(self._ends) or offset < 0:
            return -1
        if self._ends[place] == offset:
            # Several places where characters count for nothing: after an accent, not before.
            return bisect_right(self._ends, offset) - 1
        return place - 1 if self.text[place - 1] == "\n" else -1


def plain_text(stored: str) -> str:
    """A text as a project holds it: without the byte order mark, each line end one line feed."""
    return _LINE_END.sub("\n", stored.removeprefix("\ufeff"))


def _units(stored: str, first: Unit) -> list[Unit]:
    """The units that can differ in this text, the usual one of the tool first."""
    content = stored.removeprefix("\ufeff")
    characters, line_ends, marks = ["code_points"], ["as_stored"], [False]
    if any(character > "\uffff" for character in content):
        characters.append("utf_16")
    if not content.isascii():
        characters += ["utf_8", "decomposed"]
        characters += ["composed"] if any(map(_is_composed_away, content)) else []
    if "\r\n" in content:
        line_ends.append("one")
    if "\n" in content.replace("\r\n", ""):
        line_ends.append("two")
    if content != stored:
        marks.append(True)
    # The likeliest first: ties are decided by order.
    every = [Unit(character, line_end, mark) for mark, line_end, character in product(marks, line_ends, characters)]
    return [first, *(unit for unit in every if unit != first)]


# --- Claims: what a file says of a segment, and whether its text agrees ---

# Tools cut the name of a selection near 100 characters, some with an ellipsis.
_CUT = re.compile(r"\s*(?:…|\.\.\.)$")
# Enough names to know whether they are excerpts, whatever the size of the project.
_TRIED = 200


@dataclass(frozen=True)
class Claim:
    """A coding in a file: offsets in the unit of its tool; ``excerpt`` is its text, or (a name) how it begins."""

    start: int
    end: int
    code: str
    coder: str = ""
    memo: str = ""
    excerpt: str = ""
    is_whole: bool = True


@dataclass
class Text:
    """A text as it is stored, with the claims of its segments."""

    name: str
    stored: str
    attributes: dict[str, str] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)


def squashed(text: str) -> str:
    """The words of a text: white space, and what XML refuses, become one space; accents are decomposed."""
    return unicodedata.normalize("NFD", " ".join(ILLEGAL.sub(" ", text).split()))


def _wanted(claim: Claim) -> str:
    return squashed(claim.excerpt if claim.is_whole else _CUT.sub("", claim.excerpt))


def _is_complete(claim: Claim) -> bool:
    """Whether an excerpt is all of its segment; a name is when it is as long."""
    return claim.is_whole or len(claim.excerpt) == claim.end - claim.start


def _agrees(text: str, start: int, end: int, claim: Claim) -> bool:
    """Whether a segment is, or begins as, its excerpt says."""
    if not 0 <= start < end <= len(text):
        return False
    # White space apart, a segment is no longer than its excerpt: a short one must not cost a whole text.
    most = 4 * len(claim.excerpt) + 200
    if _is_complete(claim):
        return end - start <= most and squashed(text[start:end]) == _wanted(claim)
    return squashed(text[start : min(end, start + most)]).startswith(_wanted(claim))


def _is_edge(text: str, place: int) -> bool:
    """Whether a place is between two words; an accent belongs to its letter."""
    if not 0 <= place <= len(text) or (place < len(text) and unicodedata.combining(text[place])):
        return False
    return not (text[max(0, place - 1) : place].isalnum() and text[place : place + 1].isalnum())


def _edges(text: str, start: int, end: int) -> tuple[int, int]:
    """How many ends of a segment are between two words, and how many are where a person puts them: beside the words."""
    edges = [_is_edge(text, start), _is_edge(text, end)]
    beside = [edges[0] and not text[start : start + 1].isspace(), edges[1] and not text[end - 1 : end].isspace()]
    return sum(edges), sum(beside)


# --- Placing the segments of a project ---

# Random offsets fall between two words one time in three, those of a person nearly always.
_FEWEST_EDGES = 0.6
# A shifted segment is looked for nearby; a long excerpt that stands only once, anywhere.
_NEARBY = 300
_SHORTEST, _LONG = 4, 20
# Of a file where more are lost, the rest is not trusted either.
MOST_LOST = 0.1
FEWEST_LOST = 5


def add_texts(collected: ProjectBuilder, texts: list[Text], usual: Unit = CODE_POINTS) -> None:
    """Add documents and segments, each where its excerpt proves it to be; ``usual`` is the unit of the tool.

    Raises DataError where no segment, or less than nine in ten, can be found in the texts.
    """
    are_excerpts = _are_excerpts(texts)
    if not are_excerpts and any(each.excerpt for text in texts for each in text.claims):
        collected.told.note("Les noms des sélections ne sont pas des extraits de leur texte : ils ne prouvent rien.")
    chosen = None if are_excerpts else _unit_by_edges(texts, usual)
    placement = _Placement(collected)
    for text in texts:
        unit = chosen or _unit_by_excerpts(text, usual)
        for each in _differing(text, unit) if unit != UTF_8 or unit != usual else ():
            collected.told.note(_NOTES[each])
        placement.add(text, Offsets(text.stored, unit), are_excerpts=are_excerpts)
    placement.finish()


def _differing(text: Text, unit: Unit) -> list[str]:
    """In what the unit of a coded text differs from code points of the text as it is stored."""
    names = [unit.characters, unit.line_end, *(["mark"] if unit.counts_mark else [])]
    is_wide = any(character > "\uffff" for character in text.stored)
    return [each for each in names if each in _NOTES and text.claims and (each != "utf_16" or is_wide)]


def _are_excerpts(texts: list[Text]) -> bool:
    """Whether this tool stores excerpts: texts always are, names where half of them are somewhere in their text."""
    if any(each.excerpt and each.is_whole for text in texts for each in text.claims):
        return True
    tried = [(rank, each) for rank, text in enumerate(texts) for each in text.claims if each.excerpt][:_TRIED]
    contents = {rank: squashed(texts[rank].stored) for rank, _ in tried}
    matches = sum(_wanted(each) in contents[rank] for rank, each in tried)
    return bool(tried) and 2 * matches >= len(tried)


def _unit_by_excerpts(text: Text, usual: Unit) -> Unit:
    claims = [each for each in text.claims if each.excerpt][:_TRIED]
    best, most = usual, -1
    for unit in _units(text.stored, usual):
        offsets = Offsets(text.stored, unit)
        score = sum(_agrees(offsets.text, offsets.point(each.start), offsets.point(each.end), each) for each in claims)
        if score > most:
            best, most = unit, score
        if most == len(claims):
            break
    return best


def _unit_by_edges(texts: list[Text], usual: Unit) -> Unit:
    """The unit of a whole project: without excerpts, one text proves little."""
    coded = [text for text in texts if text.claims]
    possible = dict.fromkeys(unit for text in coded for unit in _units(text.stored, usual))
    counts = {unit: _count_edges(coded, unit) for unit in possible or (usual,)}
    scores = {unit: sum(count) for unit, count in counts.items()}
    best, total = max(scores, key=scores.__getitem__), 2 * sum(len(text.claims) for text in coded)
    # One segment that begins inside a word proves nothing.
    if scores[best] <= scores.get(usual, 0) + 4:
        best = usual
    if total >= 4 * FEWEST_LOST and counts[best][0] < _FEWEST_EDGES * total:
        wrong = total - counts[best][0]
        raise coding_error(
            f"{wrong} positions sur {total} coupent un mot ou sortent de leur texte, et le fichier n’a pas d’extraits "
            "pour les corriger ; refaites l’export, ou donnez le projet de QualCoder ou de Taguette lui-même."
        )
    return best


def _count_edges(texts: list[Text], unit: Unit) -> tuple[int, int]:
    between = beside = 0
    for text in texts:
        offsets = Offsets(text.stored, unit)
        for each in text.claims:
            found = _edges(offsets.text, offsets.point(each.start), offsets.point(each.end))
            between, beside = between + found[0], beside + found[1]
    return between, beside


class _Placement:
    """The segments of a project as they are placed, and what is said of them all."""

    def __init__(self, collected: ProjectBuilder) -> None:
        self._collected = collected
        self._shifts: list[int] = []
        self._unproven = self._lost = self._total = 0

    def add(self, text: Text, offsets: Offsets, *, are_excerpts: bool) -> None:
        collected, content = self._collected, offsets.text
        name, index = collected.add_document(text.name, content, text.attributes), _Index(content)
        spans = [(offsets.point(claim.start), offsets.point(claim.end)) for claim in text.claims]
        are_proven = [
            not (are_excerpts and claim.excerpt) or _agrees(content, *span, claim)
            for claim, span in zip(text.claims, spans, strict=True)
        ]
        elsewhere = [claim for claim, is_proven in zip(text.claims, are_proven, strict=True) if not is_proven]
        shift = index.common_shift(elsewhere)
        for claim, (start, end), is_proven in zip(text.claims, spans, are_proven, strict=True):
            self._total += 1
            is_inside = 0 <= start < end <= len(content)
            collected.weigh(end - start if is_inside else 0)
            if not (are_excerpts and claim.excerpt):
                self._unproven += is_inside
            elif not is_proven:
                found = index.find(claim, shift)
                is_inside = found is not None
                if found:
                    was = (start, end) if start >= 0 and end >= 0 else (claim.start, claim.end)
                    self._shifts.append(max(abs(now - then) for now, then in zip(found, was, strict=True)))
                    start, end = found
            if is_inside:
                at = content[start:end], claim.code, claim.coder, claim.memo
                collected.passages.append(Passage(name, start, end, *at))
            else:
                self._lost += 1
                collected.told.unmatched(name, claim.start, claim.end, claim.code)

    def finish(self) -> None:
        told, kept = self._collected.told, self._total - self._lost
        if self._lost and (not kept or (self._lost >= FEWEST_LOST and self._lost > MOST_LOST * self._total)):
            raise coding_error(
                f"{self._lost} passages sur {self._total} ne sont pas dans leur texte, ni là où le fichier le dit, ni "
                "à côté ; le texte a changé depuis le codage : refaites l’export depuis l’outil qui l’a fait."
            )
        if self._shifts:
            low, high = min(self._shifts), max(self._shifts)
            by = f"de {low} à {high} caractères" if high > low else f"de {high} caractère{'s' if high > 1 else ''}"
            told.note(f"Déplacés {by}, là où se trouve leur extrait : {len(self._shifts)} passages.")
        if self._unproven:
            told.note(
                f"Positions dont seules les bornes se vérifient, faute d’extraits dans le fichier : {self._unproven}."
            )


class _Index:
    """The words of a text, to find an excerpt whatever its white space and the form of its accents."""

    def __init__(self, content: str) -> None:
        self._content = content

    @cached_property
    def _words(self) -> tuple[str, array]:
        """The squashed text, and the place of each of its characters."""
        signs, places = [], array("q")
        for place, character in enumerate(ILLEGAL.sub(" ", self._content)):
            if not character.isspace():
                added = unicodedata.normalize("NFD", character)
            elif signs and signs[-1] != " ":
                added = " "
            else:
                continue
            signs += added
            places.extend([place] * len(added))
        return "".join(signs), places

    def common_shift(self, claims: list[Claim]) -> int:
        """By how much most segments are shifted, as those tell whose excerpt stands only once."""
        found = [(claim, places) for claim in claims[:_TRIED] if len(places := self._places(claim, most=2)) == 1]
        shifts = Counter(places[0][0] - claim.start for claim, places in found)
        shift, times = max(shifts.items(), key=lambda each: each[1], default=(0, 0))
        return shift if times > 1 and 2 * times > len(found) else 0

    def find(self, claim: Claim, shift: int) -> tuple[int, int] | None:
        """The nearest place of an excerpt; None if it is far away, or two places are as likely."""
        near = claim.start + shift
        found = sorted(self._places(claim, most=1_000), key=lambda span: abs(span[0] - near))
        distances = [abs(span[0] - near) for span in found[:2]]
        if not found or (len(found) > 1 and distances[1] < 2 * distances[0]):
            return None
        is_only = len(found) == 1 and len(_wanted(claim)) >= _LONG
        return found[0] if distances[0] <= _NEARBY or is_only else None

    def _places(self, claim: Claim, *, most: int) -> list[tuple[int, int]]:
        wanted, (words, places) = _wanted(claim), self._words
        if len(wanted) < _SHORTEST:
            return []
        blanks = len(claim.excerpt) - len(claim.excerpt.lstrip())
        found, at = [], words.find(wanted)
        while at >= 0 and len(found) < most:
            start, end = places[at], places[at + len(wanted) - 1] + 1
            # The white space that the excerpt begins with belongs to the segment.
            while blanks and start and self._content[start - 1].isspace() and places[at] - start < blanks:
                start -= 1
            end = end if _is_complete(claim) else start + claim.end - claim.start
            if end <= len(self._content):
                found.append((start, end))
            at = words.find(wanted, at + 1)
        return found
