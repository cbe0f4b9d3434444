"""One text in two codings: aligned word by word, whatever its accents and spaces, and its segments carried over."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import PurePath

from helpers.codings.model import Document, Passage, Project
from helpers.typography import fold

# Below nine words in ten, two texts of one name are two versions, or two meetings.
_ALIKE = 0.9
# A segment of which more than half the words are gone means another thing.
_KEPT = 0.5
_TOKEN = re.compile(r"\w[\w\u0300-\u036f]*|[^\w\s]")
_SUFFIX = re.compile(r"\.(?:docx?|odt|rtf|txt|md|pdf|html?)$", re.IGNORECASE)


def align_codings(projects: Mapping[str, Project]) -> dict[str, Project]:
    """Codings by their names, the documents that they share having one name and one text: that of the first coding.

    Two documents are the same when their names are (case, accents and the suffix of a file aside) and nine words in ten
    of the longer are those of the other, in order. A segment of the second goes to the words that it covers in the
    first; one that has less than half of them there is left out, and ``told`` says so. Documents of one coding are
    never merged.
    """
    first: dict[str, Document] = {}
    aligned = {}
    for name, project in projects.items():
        keys = defaultdict(list)
        for document in project.documents:
            keys[_key(document.name)].append(document)
        moves = {}
        for key, documents in keys.items():
            if len(documents) == 1 and documents[0].text:
                same = first.setdefault(key, documents[0])
                if same is not documents[0] and (same.name, same.text) != (documents[0].name, documents[0].text):
                    moves[documents[0].name] = (same, _Alignment(documents[0].text, same.text))
        aligned[name] = _moved(project, {key: move for key, move in moves.items() if move[1].is_same})
    return aligned


def count_aligned(before: Mapping[str, Project], after: Mapping[str, Project]) -> tuple[int, int]:
    """How many texts were read as those of another coding, and how many segments found no place there."""
    texts = [{document.text for document in project.documents} for project in (*before.values(), *after.values())]
    half = len(before)
    changed = sum(len(own - texts[half + rank]) for rank, own in enumerate(texts[:half]))
    return changed, sum(len(before[name].passages) - len(after[name].passages) for name in before)


def _key(name: str) -> str:
    return fold(_SUFFIX.sub("", PurePath(name).name)) or name


def _moved(project: Project, moves: dict[str, tuple[Document, "_Alignment"]]) -> Project:
    if not moves:
        return project
    taken = {document.name for document in project.documents} - set(moves)
    moves = {name: move for name, move in moves.items() if move[0].name not in taken}
    documents = [
        replace(each, name=moves[each.name][0].name, text=moves[each.name][0].text) if each.name in moves else each
        for each in project.documents
    ]
    passages = [_carried(each, *moves[each.document]) if each.document in moves else each for each in project.passages]
    kept = tuple(each for each in passages if each)
    return Project(project.codes, tuple(documents), kept, project.told, project.themes)


def _carried(passage: Passage, document: Document, alignment: "_Alignment") -> Passage | None:
    if passage.start is None:
        return replace(passage, document=document.name)
    found = alignment.carry(passage.start, passage.end)
    if found is None:
        return None
    start, end = found
    return replace(passage, document=document.name, start=start, end=end, text=document.text[start:end])


class _Alignment:
    """The words and marks of one text, each with its place in another."""

    def __init__(self, text: str, other: str) -> None:
        spans, self._spans = ([match.span() for match in _TOKEN.finditer(each)] for each in (text, other))
        words, others = (
            [unicodedata.normalize("NFC", each[start:end]).casefold() for start, end in places]
            for each, places in ((text, spans), (other, self._spans))
        )
        self._starts, self._ends = [start for start, _ in spans], [end for _, end in spans]
        if words == others:
            self._places = list(range(len(words)))
        else:
            self._places = [-1] * len(words)
            for block in SequenceMatcher(None, words, others, autojunk=False).get_matching_blocks():
                self._places[block.a : block.a + block.size] = range(block.b, block.b + block.size)
        matched = sum(place >= 0 for place in self._places)
        self.is_same = matched >= _ALIKE * max(len(words), len(others), 1)

    def carry(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a span of the text is in the other."""
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end)
        places = [place for place in self._places[first:last] if place >= 0]
        if not places or len(places) < _KEPT * (last - first):
            return None
        # A span that began or ended inside a word still does.
        before = max(0, start - self._starts[first]) if self._places[first] >= 0 else 0
        after = max(0, self._ends[last - 1] - end) if self._places[last - 1] >= 0 else 0
        out = self._spans[places[0]][0] + before, self._spans[places[-1]][1] - after
        return out if out[0] < out[1] else None
