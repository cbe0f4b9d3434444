"""The codings of a year merged into one, texts that nearly are one being aligned word by word."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import PurePath
from typing import NamedTuple

from helpers.codings.model import Document, Passage, Project, free_name
from helpers.typography import fold

# Below nine words in ten, two texts of one name are two versions, or two meetings.
_ALIKE = 0.9
# A segment of which more than half the words are gone means another thing.
_KEPT = 0.5
_TOKEN = re.compile(r"\w[\w\u0300-\u036f]*|[^\w\s]")
_SUFFIX = re.compile(r"\.(?:docx?|odt|rtf|txt|md|pdf|html?)$", re.IGNORECASE)


class Merged(NamedTuple):
    """A project, and what its reader must know of the codings it is made of.

    ``homonymes``, the names of several texts; ``jumeaux``, the texts of several names; ``alignes``, the texts read as
    nearly the same of another coding; ``perdus``, the segments that found no place there.
    """

    project: Project
    counts: dict[str, int]


def merge_codings(projects: Mapping[str, Project]) -> Project:
    """Codings under one code book, by their names, merged into one: what the pages of a year count; see `merge`."""
    return merge(projects).project


def merge(projects: Mapping[str, Project]) -> Merged:
    """Codings under one code book, by their names, merged into one.

    Documents of two codings are one when their names are the same (case, accents and the suffix of a file aside) and
    nine words in ten of the longer are those of the other, in order: the text is that of the first coding, and a
    segment goes to the words that it covers there, or is left out when less than half of them are there. Other
    namesakes get a number; documents of one coding are never merged.

    A passage without coder takes the name of its coding where that shares a document: a second coding made in another
    file is a second person. So is a coder of the same name in two files on one text: tools call everybody « default ».
    """
    # A document is identified by name and text and, where it has no text, by its coding: it may differ from a namesake.
    documents: dict[tuple[str, str, str], Document] = {}
    first: dict[str, Document] = {}
    places, holders, changed = {}, defaultdict(set), 0
    for coding, project in projects.items():
        names = Counter(_plain_name(document.name) for document in project.documents)
        for document in project.documents:
            key, alignment, name = (document.name, document.text, "" if document.text else coding), None, None
            if document.text and names[name := _plain_name(document.name)] == 1:
                same = first.setdefault(name, document)
                found = _Alignment(document.text, same.text) if same.text != document.text else None
                if found is None or found.is_same:
                    key, alignment = (same.name, same.text, ""), found
                    changed += found is not None
            documents[key] = _completed(documents.get(key), replace(document, name=key[0], text=key[1]))
            holders[key].add(coding)
            places[coding, document.name] = key, alignment
    coders = defaultdict(set)
    for coding, project in projects.items():
        for each in project.passages:
            coders[each.coder, places[coding, each.document][0]].add(coding)
    ambiguous = {coder for (coder, _), codings in coders.items() if coder and len(codings) > 1}
    taken, passages = Counter(), []
    names = {key: free_name(key[0], taken) for key in documents}
    for coding, project in projects.items():
        is_shared = any(len(holders[places[coding, each.name][0]]) > 1 for each in project.documents)
        for each in project.passages:
            key, alignment = places[coding, each.document]
            if moved := alignment.carry(each, key[1]) if alignment else each:
                coder = f"{each.coder} ({coding})" if each.coder in ambiguous else each.coder or coding * is_shared
                passages.append(replace(moved, document=names[key], coder=coder))
    codes = dict.fromkeys(code for project in projects.values() for code in project.codes)
    renamed = tuple(replace(document, name=names[key]) for key, document in documents.items())
    counts = {
        "homonymes": _repeated(name for name, _, _ in documents),
        "jumeaux": _repeated(text for _, text, _ in documents if text),
        "alignes": changed,
        "perdus": sum(len(project.passages) for project in projects.values()) - len(passages),
    }
    return Merged(Project(tuple(codes), renamed, tuple(passages)), counts)


def _plain_name(name: str) -> str:
    return fold(_SUFFIX.sub("", PurePath(name).name)) or name


def _repeated(values) -> int:
    return sum(times > 1 for times in Counter(values).values())


def _completed(first: Document | None, second: Document) -> Document:
    """The first document, with the kind and attributes that only the second has."""
    if first is None:
        return second
    attributes = dict(second.attributes) | dict(first.attributes)
    return replace(first, kind=first.kind or second.kind, attributes=tuple(sorted(attributes.items())))


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

    def carry(self, passage: Passage, other: str) -> Passage | None:
        """The passage at its place in the other text; None where too few of its words are there."""
        if passage.start is None:
            return passage
        first, last = bisect_right(self._ends, passage.start), bisect_left(self._starts, passage.end)
        places = [place for place in self._places[first:last] if place >= 0]
        if not places or len(places) < _KEPT * (last - first):
            return None
        # A span that began or ended inside a word still does.
        before = max(0, passage.start - self._starts[first]) if self._places[first] >= 0 else 0
        after = max(0, self._ends[last - 1] - passage.end) if self._places[last - 1] >= 0 else 0
        start, end = self._spans[places[0]][0] + before, self._spans[places[-1]][1] - after
        return replace(passage, start=start, end=end, text=other[start:end]) if start < end else None
