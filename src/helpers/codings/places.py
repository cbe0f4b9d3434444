"""Where passages are: what overlaps, and what several passages cover together."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from helpers.exchange import Passage, Project, code_labels, code_path

# A file that does not place a passage gives its text only: passages of one text are then taken as one place.
Zone = tuple[str, str]


class Place(NamedTuple):
    """A piece of a document, in code points; ``zone`` is the document, then the text of a passage without place."""

    zone: Zone
    start: int
    end: int


def place(passage: Passage) -> Place:
    """Where a passage is."""
    if passage.start is None:
        return Place((passage.document, passage.text), 0, len(passage.text))
    return Place((passage.document, ""), passage.start, passage.end)


def text_at(texts: dict[str, str], at: Place) -> str:
    """The text of a place; ``texts`` are those of the documents."""
    document, own = at.zone
    return (own or texts[document])[at.start : at.end]


def texts_of(project: Project) -> dict[str, str]:
    """The text of each document."""
    return {document.name: document.text for document in project.documents}


def merged(places: Iterable[Place]) -> list[Place]:
    """The places, those that overlap made one; two that only touch stay two.

    >>> zone = ("réunion 1", "")
    >>> [(each.start, each.end) for each in merged([Place(zone, 0, 4), Place(zone, 3, 9), Place(zone, 9, 12)])]
    [(0, 9), (9, 12)]
    """
    out: list[Place] = []
    for each in sorted(set(places)):
        if out and out[-1].zone == each.zone and each.start < out[-1].end:
            out[-1] = out[-1]._replace(end=max(out[-1].end, each.end))
        else:
            out.append(each)
    return out


def by_code(passages: Iterable[Passage]) -> dict[str, list[Passage]]:
    """The passages of each code that has some."""
    out: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        out[passage.code].append(passage)
    return out


def lineage(path: str) -> list[str]:
    """The paths of the codes from the root down to this one.

    >>> lineage("Lieux/Bureau")
    ['Lieux', 'Lieux/Bureau']
    """
    return list(accumulate(code_labels(path), lambda above, name: code_path(name, above), initial=""))[1:]


def of_coder(project: Project, coder: str) -> Project:
    """What one person coded: the same codes and documents, the passages of that coder alone.

    >>> texte = exchange.Document("réunion 1", "Bonjour à tous.")
    >>> passages = [exchange.Passage("réunion 1", 0, 7, "Bonjour", "Accueil", coder=qui) for qui in "AB"]
    >>> projet = exchange.Project((exchange.Code("Accueil"),), (texte,), tuple(passages))
    >>> len(codings.of_coder(projet, "A").passages)
    1
    """
    return Project(project.codes, project.documents, tuple(each for each in project.passages if each.coder == coder))
