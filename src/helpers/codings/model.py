"""What a coding is, whatever the tool: codes, documents and coded segments, and how a reader collects them."""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise

from helpers.codings.safe_files import coding_error, unknown_name_error
from helpers.typography import fold, french_spaces

# --- Paths of codes: the labels from the root down, joined ---
_LABEL = re.compile(r"(?:\\[\\/]|[^/])+")


def code_path(name: str, parent: str = "") -> str:
    r"""The identifier of a code, ``parent/child``: one label may stand under two parents.

    A slash inside a label is written ``\/`` and a backslash ``\\``.

    >>> code_path("Élèves", "Relations"), code_path("père/mère")
    ('Relations/Élèves', 'père\\/mère')
    """
    label = name.replace("\\", "\\\\").replace("/", "\\/")
    return f"{parent}/{label}" if parent else label


def code_labels(path: str) -> tuple[str, ...]:
    r"""The labels of a path, from the root down: the inverse of `code_path`."""
    return tuple(re.sub(r"\\([\\/])", r"\1", label) for label in _LABEL.findall(path))


def ancestors(path: str) -> list[str]:
    """The paths from the root down to this code.

    >>> ancestors("Lieux/Bureau")
    ['Lieux', 'Lieux/Bureau']
    """
    return list(accumulate(code_labels(path), lambda above, name: code_path(name, above), initial=""))[1:]


def name_key(name: str) -> str:
    """A name without case and accents; one made of symbols, or in another alphabet, keeps its letters."""
    return fold(name) or " ".join(name.casefold().split())


# --- Codes, documents, coded segments (passages) and the project that holds them ---
KINDS = ("verbatim", "compte_rendu", "synthese")  # "" where the file does not say


@dataclass(frozen=True)
class Code:
    """An entry of a code book; ``parent`` is the path of the code above, ``changed`` the day of the last change.

    A code that is not ``codable`` only holds others: QualCoder and REFI-QDA call it a category.
    """

    name: str
    parent: str = ""
    definition: str = ""
    include: str = ""
    exclude: str = ""
    example: str = ""
    changed: str = ""
    codable: bool = True

    @property
    def path(self) -> str:
        """The identifier that passages refer to."""
        return code_path(self.name, self.parent)

    @classmethod
    def branch(cls, path: str) -> list["Code"]:
        """The codes from the root down to this one, which are known by their path alone."""
        return [cls(code_labels(each)[-1], above) for above, each in pairwise(("", *ancestors(path)))]


@dataclass(frozen=True)
class Document:
    """A coded text; ``kind`` is one of ``KINDS`` or empty, ``attributes`` are (name, value) pairs sorted by name.

    The text is empty where the file holds the coded segments only.
    """

    name: str
    text: str = ""
    kind: str = ""
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def variables(self) -> list[tuple[str, str]]:
        """The nature, where it is known, then the attributes: what other tools hold as variables."""
        return [*([("nature", self.kind)] if self.kind else []), *self.attributes]


@dataclass(frozen=True)
class Passage:
    """A coded segment: ``text`` is ``document.text[start:end]``, in code points, under one code.

    ``start`` and ``end`` are both ``None`` where the file gives no position; ``rank`` then tells apart those of one
    document that have the same text. One span under two codes, or coded by two persons, is two passages.
    """

    document: str
    start: int | None
    end: int | None
    text: str
    code: str
    coder: str = ""
    memo: str = ""
    rank: int = 0


@dataclass(frozen=True)
class Project:
    """A complete coding in canonical order: parents before children, passages in text order, without duplicates.

    ``told`` lists, in French, what the file held and the project does not; ``themes`` gives the row of the code book
    that a code means, by its path, where a person or an import said so. Both are ignored by ``==``. Raises DataError
    for a code without its parent.
    """

    codes: tuple[Code, ...] = ()
    documents: tuple[Document, ...] = ()
    passages: tuple[Passage, ...] = ()
    told: tuple[str, ...] = field(default=(), compare=False)
    themes: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        given = {code.path: rank for rank, code in enumerate(self.codes)}
        for parent in {code.parent for code in self.codes} - {"", *given}:
            raise unknown_name_error("le code parent", parent, given)
        # Each code after its parent, siblings in the order given.
        codes = sorted(self.codes, key=lambda code: [given[path] for path in ancestors(code.path)])
        ranks = {code.path: rank for rank, code in enumerate(codes)}
        documents = {document.name: rank for rank, document in enumerate(self.documents)}

        def order(one: Passage) -> tuple:
            position = (one.start is None, one.start or 0, one.end or 0, one.text, one.rank)
            return (documents[one.document], *position, ranks[one.code], one.coder, one.memo)

        ordered = {"codes": codes, "documents": self.documents, "passages": sorted(set(self.passages), key=order)}
        for name, values in ordered.items():
            object.__setattr__(self, name, tuple(values))


# --- Import messages: what a file holds that is not kept, in French ---
# Further ones are counted.
MOST_LINES = 20


class Warnings:
    """Messages for the person who imports; none quotes what was said in a meeting."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._notes: dict[str, None] = {}

    def left_out(self, what: str, count: int = 1) -> None:
        """Count things that are not kept, by their French plural."""
        self._counts[what] += max(0, count)

    def note(self, sentence: str) -> None:
        self._notes[sentence] = None

    def sentences(self) -> tuple[str, ...]:
        """All messages, those on passages first."""
        messages: list[str] = []
        others = "Passages non gardés, ils ne correspondent pas à leur texte : {} autres.", "Autres remarques : {}."
        for is_unmatched, more in zip((True, False), others, strict=True):
            notes = [each for each in self._notes if is_unmatched_segment(each) == is_unmatched]
            messages += notes[:MOST_LINES]
            messages += [more.format(len(notes) - MOST_LINES)] if len(notes) > MOST_LINES else []
        messages += [f"Non gardé : {what} ({count})." for what, count in self._counts.items() if count]
        return tuple(french_spaces(" ".join(sentence.split())) for sentence in messages)


def is_unmatched_segment(sentence: str) -> bool:
    """Whether a message reports a passage that is not at its position: an error, where the others are information."""
    return sentence.startswith("Passage")


# --- A project under construction ---
# The attributes that compare documents: the group that met, its territory, the kind of person who speaks.
GROUPS = ("groupe", "territoire", "profil")
# Those that analyses use, however a tool spells them: no other reaches a page, since its values may be names.
USED_ATTRIBUTES = ("reunion", "locuteur", *GROUPS)
_KNOWN = {f"{name}{end}": name for name in ("nature", *USED_ATTRIBUTES) for end in ("", "s")}
NAMELESS = "(sans nom)"
# Real code books have three or four levels.
MOST_DEPTH = 50


def free_name(name: str, taken: Counter[str]) -> str:
    """The name, numbered where it is taken; the result is taken too.

    >>> noms = Counter()
    >>> [free_name("note", noms) for _ in range(3)]
    ['note', 'note (2)', 'note (3)']
    """
    free = name
    while free in taken:
        taken[name] += 1
        free = f"{name} ({taken[name]})"
    taken[free] = 1
    return free


@dataclass
class ProjectBuilder:
    """Codes, documents and passages as a file has them.

    Its texts are as stored, its positions in the unit of the tool; the text of a passage is what the file says of it.
    """

    told: Warnings = field(default_factory=Warnings)
    codes: dict[str, Code] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    passages: list[Passage] = field(default_factory=list)
    _taken: dict[str | None, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add_tree(self, tree: Mapping[Hashable, tuple[Hashable | None, Code]]) -> dict[Hashable, str]:
        """Add codes given by key, with the key of their parent, and return the path of each.

        A category and a code of one name under one parent are one code that holds others.
        """
        paths: dict[Hashable, str] = {}

        def add(key: Hashable, depth: int = 1) -> str:
            if key in paths:
                return paths[key]
            parent, code = tree[key]
            if depth + len(code_labels(paths.get(parent, ""))) > MOST_DEPTH:
                problem = f"l’arbre des codes compte plus de {MOST_DEPTH} niveaux, ou des codes sont leur propre parent"
                raise coding_error(f"{problem} ; corrigez-le dans l’outil.")
            is_lost = parent is not None and parent not in tree
            self.told.left_out("parents de codes, qui manquent dans le fichier", is_lost)
            above = "" if parent is None or is_lost else add(parent, depth + 1)
            code = replace(code, name=code.name or NAMELESS, parent=above)
            same = self.codes.get(code.path)
            if same and same.codable != code.codable:
                code = Code(**{part: getattr(same, part) or value for part, value in vars(code).items()})
                both = "Une catégorie et un code portent le même nom : ils sont ici un seul code"
                self.told.note(f"{both}, « {code.name} ».")
            else:
                code = replace(code, name=self._free("Un code", code.name, above))
            self.codes[code.path] = code
            paths[key] = code.path
            return code.path

        for key in tree:
            add(key)
        return paths

    def add_document(self, name: str, text: str, attributes: Mapping[str, str] | None = None) -> str:
        """Add a document and return its name, made unique."""
        given: dict[str, str] = {}
        for label, value in (attributes or {}).items():
            label = _KNOWN.get(fold(label), label)
            if given.setdefault(label, value) != value:
                self.told.note(f"L’attribut « {label} » est donné deux fois pour un document : le premier est gardé.")
        kind = fold(given.pop("nature", ""))
        if kind not in ("", *KINDS):
            self.told.left_out("natures de documents inconnues")
            kind = ""
        name = self._free("Un document", name or NAMELESS, None)
        self.documents[name] = Document(name, text, kind, tuple(sorted(pair for pair in given.items() if pair[0])))
        return name

    def _free(self, what: str, name: str, scope: str | None) -> str:
        """The name, numbered when it is taken in its scope (the path of a parent; None for documents)."""
        free = free_name(name, self._taken[scope])
        if free != name:
            self.told.note(f"{what} porte le nom d’un autre ; il s’appelle ici « {free} ».")
        return free

    def project(self) -> Project:
        """The project, checked and in order; `positions.proved` returns that of a file with texts."""
        self.told.left_out("passages en double", len(self.passages) - len(set(self.passages)))
        codes, documents = tuple(self.codes.values()), tuple(self.documents.values())
        return Project(codes, documents, tuple(self.passages), self.told.sentences())
