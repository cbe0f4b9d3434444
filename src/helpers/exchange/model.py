"""What a coding is, whatever the tool that made it: codes, documents, passages."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from helpers.exchange.faults import fault, shown, unknown
from helpers.exchange.names import MOST_DEPTH, check_label, code_path

KINDS = ("verbatim", "compte_rendu", "synthese")  # "" where the file does not say
# A code book that people use has some hundreds of codes at most.
MOST_CODES = 10_000


@dataclass(frozen=True)
class Code:
    """One entry of a code book; ``parent`` is the path of the code above, and ``changed`` the day of the last change.

    >>> exchange.Code("Élèves", parent="Relations", include="tout élève du collège").path
    'Relations/Élèves'
    """

    name: str
    parent: str = ""
    definition: str = ""
    include: str = ""
    exclude: str = ""
    example: str = ""
    changed: str = ""

    @property
    def path(self) -> str:
        """The name that passages use."""
        return code_path(self.name, self.parent)


@dataclass(frozen=True)
class Document:
    """A text that was coded; ``kind`` is one of ``KINDS`` or empty, ``attributes`` are (name, value), sorted by name.

    The text is empty where the file gives the passages alone.

    >>> exchange.Document("réunion 1", "Bonjour.", kind="verbatim", attributes=(("lieu", "Lille"),)).kind
    'verbatim'
    """

    name: str
    text: str = ""
    kind: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Passage:
    """A piece of a document under one code: ``text`` is ``document.text[start:end]``, in code points.

    ``start`` and ``end`` are both ``None`` where the file does not place the passage. The same piece under two codes,
    or by two coders, is two passages.

    >>> exchange.Passage("réunion 1", 0, 7, "Bonjour", "Accueil", coder="A").end
    7
    """

    document: str
    start: int | None
    end: int | None
    text: str
    code: str
    coder: str = ""
    memo: str = ""


@dataclass(frozen=True)
class Project:
    """A whole coding, in one order: codes from parent to child, passages as they come in the documents, none twice.

    ``told`` says in French what the file held that is not here; two projects are equal whatever was told.

    Raises
    ------
    DataError
        for a passage whose code, document or text is not in the project, a code without its parent, a name twice.

    >>> texte = exchange.Document("réunion 1", "Bonjour à tous.")
    >>> passage = exchange.Passage("réunion 1", 0, 7, "Bonjour", "Accueil")
    >>> len(exchange.Project((exchange.Code("Accueil"),), (texte,), (passage, passage)).passages)
    1
    """

    codes: tuple[Code, ...] = ()
    documents: tuple[Document, ...] = ()
    passages: tuple[Passage, ...] = ()
    told: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        """Checks what holds the parts together, and puts them in order."""
        for part in (*self.codes, *self.documents, *self.passages):
            _check_texts(part)
        codes = _in_order(self.codes)
        ranks = {code.path: place for place, code in enumerate(codes)}
        documents = {document.name: (place, document) for place, document in enumerate(self.documents)}
        if len(documents) < len(self.documents):
            raise fault("deux documents ont le même nom ; renommez-en un.")
        for document in self.documents:
            _check_document(document)
        for passage in self.passages:
            _check_passage(passage, ranks, documents)

        def place(one: Passage) -> tuple:
            where = (one.start is None, one.start or 0, one.end or 0, one.text)
            return (documents[one.document][0], *where, ranks[one.code], one.coder, one.memo)

        object.__setattr__(self, "codes", codes)
        object.__setattr__(self, "documents", tuple(self.documents))
        object.__setattr__(self, "passages", tuple(sorted(set(self.passages), key=place)))


def _check_texts(part: Code | Document | Passage) -> None:
    texts = [value for each in fields(part) if isinstance(value := getattr(part, each.name), str)]
    texts += [text for pair in getattr(part, "attributes", ()) for text in pair]
    for text in texts:
        if "\0" in text:
            raise fault(f"« {shown(texts[0])} » contient un caractère nul ; refaites l’export en texte UTF-8.")
        if re.search("[\ud800-\udfff]", text):
            raise fault(f"« {shown(texts[0])} » contient un caractère coupé en deux ; refaites l’export en UTF-8.")


def _check_document(document: Document) -> None:
    names = [name for name, _ in document.attributes]
    if not document.name:
        raise fault("un document n’a pas de nom ; donnez-lui-en un.")
    if document.kind not in ("", *KINDS) or "nature" in names:
        raise fault(f"la nature de « {shown(document.name)} » n’est pas connue ; écrivez {', '.join(KINDS)} ou rien.")
    if names != sorted(set(names)) or "" in names:
        raise fault(f"un attribut de « {shown(document.name)} » est sans nom, ou donné deux fois ; gardez-en un.")


def _check_passage(passage: Passage, codes: Iterable[str], documents: dict[str, tuple[int, Document]]) -> None:
    if passage.document not in documents:
        raise unknown("le document", passage.document, documents)
    if passage.code not in codes:
        raise unknown("le code", passage.code, codes)
    placed = passage.start, passage.end
    if placed == (None, None):
        return
    text = documents[passage.document][1].text
    if None in placed or not 0 <= placed[0] < placed[1] <= len(text) or text[slice(*placed)] != passage.text:
        where = f"de « {shown(passage.document)} », positions {placed[0]} à {placed[1]},"
        raise fault(f"un passage {where} n’est pas le texte du document ; codez-le de nouveau.")


def _in_order(codes: Iterable[Code]) -> tuple[Code, ...]:
    """Each code after its parent, children in the order given."""
    given, below = list(codes), defaultdict(list)
    if len(given) > MOST_CODES:
        raise fault(f"le livre compte {len(given)} codes ; {MOST_CODES} au plus.")
    for code in given:
        check_label(code.name)
        below[code.parent].append(code)
    paths = [code.path for code in given]
    twice, times = Counter(paths).most_common(1)[0] if paths else ("", 0)
    if times > 1:
        raise fault(f"le code « {shown(twice)} » est donné deux fois ; gardez-en un.")
    out, left = [], [(code, 1) for code in reversed(below[""])]
    while left:
        code, depth = left.pop()
        if depth > MOST_DEPTH:
            raise fault(f"le code « {shown(code.name)} » est au-delà de {MOST_DEPTH} niveaux ; réduisez l’arbre.")
        out.append(code)
        left += [(child, depth + 1) for child in reversed(below[code.path])]
    if len(out) < len(given):
        known = {"", *paths}
        lost = next((code.parent for code in given if code.parent not in known), None)
        if lost is not None:
            raise unknown("le code parent", lost, paths)
        raise fault("des codes sont leur propre parent ; corrigez l’arbre.")
    return tuple(out)
