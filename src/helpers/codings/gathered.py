"""The codings of a year as one: a text that two of them hold is one document, which two persons coded."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from helpers.exchange import Document, Project

# A document is known by its name and its text; one without text may be another of the same name.
_Known = tuple[str, str, str]


def gather(projects: Mapping[str, Project]) -> Project:
    """Several codings under one code book, by their names, as one: what a year's pages count.

    A document that several codings hold, with the same name and text, is one document; others that share a name are
    told apart by that of their coding. Passages without coder are those of their coding where it shares a document: so
    a second coding made in another file is a second person. So is a coder who has one name in two files for one text:
    tools call everybody « default ».

    Raises
    ------
    DataError
        when two codings have a code of one name under two parents.

    >>> texte = exchange.Document("r1", "Bonjour à tous.", kind="verbatim")
    >>> passage = exchange.Passage("r1", 0, 7, "Bonjour", "Accueil")
    >>> codage = exchange.Project((exchange.Code("Accueil"),), (texte,), (passage,))
    >>> ensemble = codings.gather({"Zoé": codage, "Yann": codage})
    >>> len(ensemble.documents), [passage.coder for passage in ensemble.passages]
    (1, ['Yann', 'Zoé'])
    """
    if len(projects) == 1:
        return next(iter(projects.values()))
    found: dict[_Known, Document] = {}
    holders = defaultdict(set)
    for name, known, document in _documents(projects):
        found[known] = _completed(found[known], document) if known in found else document
        holders[known].add(name)
    names, twice = _named(found), _coders_twice(projects)
    passages = []
    for name, project in projects.items():
        known = {document.name: _key(name, document) for document in project.documents}
        own = name if any(len(holders[each]) > 1 for each in known.values()) else ""
        for each in project.passages:
            coder = f"{each.coder} ({name})" if each.coder in twice else each.coder or own
            passages.append(replace(each, document=names[known[each.document]], coder=coder))
    codes = dict.fromkeys(code for project in projects.values() for code in project.codes)
    documents = tuple(replace(document, name=names[known]) for known, document in found.items())
    return Project(tuple(codes), documents, tuple(passages))


def _coders_twice(projects: Mapping[str, Project]) -> set[str]:
    """The names of coders that two codings give to passages of one document."""
    codings = defaultdict(set)
    for name, project in projects.items():
        known = {document.name: _key(name, document) for document in project.documents}
        for each in project.passages:
            codings[each.coder, known[each.document]].add(name)
    return {coder for (coder, _), names in codings.items() if coder and len(names) > 1}


def count_namesakes(projects: Mapping[str, Project]) -> int:
    """How many names are those of several documents that differ: two versions of one text, or two texts.

    >>> autres = (exchange.Document("r1", "Bonjour."), exchange.Document("r1", "Bonjour à tous."))
    >>> codings.count_namesakes({str(rang): exchange.Project((), (texte,)) for rang, texte in enumerate(autres)})
    1
    """
    known = {key for _, key, _ in _documents(projects)}
    return sum(1 for count in Counter(name for name, _, _ in known).values() if count > 1)


def count_twins(projects: Mapping[str, Project]) -> int:
    """How many texts have several names: perhaps one meeting, which two persons coded under names of their own.

    >>> autres = (exchange.Document("r1", "Bonjour."), exchange.Document("réunion 1", "Bonjour."))
    >>> codings.count_twins({str(rang): exchange.Project((), (texte,)) for rang, texte in enumerate(autres)})
    1
    """
    known = {(name, text) for _, (name, text, _), _ in _documents(projects) if text}
    return sum(1 for count in Counter(text for _, text in known).values() if count > 1)


def _key(coding: str, document: Document) -> _Known:
    return document.name, document.text, "" if document.text else coding


def _documents(projects: Mapping[str, Project]) -> Iterator[tuple[str, _Known, Document]]:
    for name, project in projects.items():
        for document in project.documents:
            yield name, _key(name, document), document


def _completed(first: Document, second: Document) -> Document:
    """What the first says of a document, then what only the second says."""
    attributes = dict(second.attributes) | dict(first.attributes)
    return replace(first, kind=first.kind or second.kind, attributes=tuple(sorted(attributes.items())))


def _named(documents: dict[_Known, Document]) -> dict[_Known, str]:
    """A name for each document, the one that it has unless another has it."""
    times, taken, names = Counter(name for name, _, _ in documents), set(), {}
    for known in documents:
        rank, name = 1, known[0]
        while name in taken or (rank == 1 and times[known[0]] > 1):
            name, rank = f"{known[0]} ({rank})", rank + 1
        taken.add(name)
        names[known] = name
    return names
