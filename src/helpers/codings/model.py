"""What a coding is, whatever the tool: codes, documents and coded segments, and how a reader collects them."""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace

from helpers.codings.safe_files import coding_error, one_line, unknown_name_error
from helpers.typography import fold, french_spaces, shorten

# --- Paths of codes: the labels from the root down, joined ---

# Taguette allows 200 characters. A longer label is misplaced text, which the path of every child would repeat.
MOST_LABEL = 1_000
MOST_DEPTH = 50
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


def code_path_of(typed: str) -> str:
    if len(typed) > MOST_LABEL * MOST_DEPTH:
        raise coding_error(f"un code s’appelle « {one_line(typed[:MOST_LABEL])} » ; donnez-lui un nom plus court.")
    return "/".join(map(code_path, code_labels(typed)))


def check_label(name: str) -> None:
    """Raise DataError for a label that is empty or too long."""
    if not 0 < len(name) <= MOST_LABEL:
        raise coding_error(
            f"un code s’appelle « {one_line(name)} » ; donnez-lui un nom de 1 à {MOST_LABEL} caractères."
        )


# --- Codes, documents, coded segments (passages) and the project that holds them ---

KINDS = ("verbatim", "compte_rendu", "synthese")  # "" where the file does not say
# Real code books have a few hundred codes at most.
MOST_CODES = 10_000


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


@dataclass(frozen=True)
class Document:
    """A coded text; ``kind`` is one of ``KINDS`` or empty, ``attributes`` are (name, value) pairs sorted by name.

    The text is empty where the file holds the coded segments only.
    """

    name: str
    text: str = ""
    kind: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


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
    for a passage whose code, document or text is not in the project, a code without its parent, or a duplicate name.
    """

    codes: tuple[Code, ...] = ()
    documents: tuple[Document, ...] = ()
    passages: tuple[Passage, ...] = ()
    told: tuple[str, ...] = field(default=(), compare=False)
    themes: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for part in (*self.codes, *self.documents, *self.passages):
            _check_texts(part)
        codes = _in_order(self.codes)
        ranks = {code.path: rank for rank, code in enumerate(codes)}
        documents = {document.name: (rank, document) for rank, document in enumerate(self.documents)}
        if len(documents) < len(self.documents):
            raise coding_error("deux documents ont le même nom ; renommez-en un.")
        for document in self.documents:
            _check_document(document)
        for passage in self.passages:
            _check_passage(passage, ranks, documents)

        def order(one: Passage) -> tuple:
            position = (one.start is None, one.start or 0, one.end or 0, one.text, one.rank)
            return (documents[one.document][0], *position, ranks[one.code], one.coder, one.memo)

        object.__setattr__(self, "codes", codes)
        object.__setattr__(self, "documents", tuple(self.documents))
        object.__setattr__(self, "passages", tuple(sorted(set(self.passages), key=order)))


def _check_texts(part: Code | Document | Passage) -> None:
    texts = [value for each in fields(part) if isinstance(value := getattr(part, each.name), str)]
    texts += [text for pair in getattr(part, "attributes", ()) for text in pair]
    for text in texts:
        if "\0" in text:
            raise coding_error(
                f"« {one_line(texts[0])} » contient un caractère nul ; refaites l’export en texte UTF-8."
            )
        if re.search("[\ud800-\udfff]", text):
            raise coding_error(
                f"« {one_line(texts[0])} » contient un caractère coupé en deux ; refaites l’export en UTF-8."
            )


def _check_document(document: Document) -> None:
    names = [name for name, _ in document.attributes]
    if not document.name:
        raise coding_error("un document n’a pas de nom ; donnez-lui-en un.")
    if document.kind not in ("", *KINDS) or "nature" in names:
        raise coding_error(
            f"la nature de « {one_line(document.name)} » n’est pas connue ; écrivez {', '.join(KINDS)} ou rien."
        )
    if names != sorted(set(names)) or "" in names:
        raise coding_error(
            f"un attribut de « {one_line(document.name)} » est sans nom, ou donné deux fois ; gardez-en un."
        )


def _check_passage(passage: Passage, codes: Iterable[str], documents: dict[str, tuple[int, Document]]) -> None:
    if passage.document not in documents:
        raise unknown_name_error("le document", passage.document, documents)
    if passage.code not in codes:
        raise unknown_name_error("le code", passage.code, codes)
    placed = passage.start, passage.end
    if placed == (None, None):
        return
    text = documents[passage.document][1].text
    if None in placed or not 0 <= placed[0] < placed[1] <= len(text) or text[slice(*placed)] != passage.text:
        where = f"de « {one_line(passage.document)} », positions {placed[0]} à {placed[1]},"
        raise coding_error(f"un passage {where} n’est pas le texte du document ; codez-le de nouveau.")


def _in_order(codes: Iterable[Code]) -> tuple[Code, ...]:
    """The codes in tree order: each after its parent, siblings in the order given."""
    given, below = list(codes), defaultdict(list)
    if len(given) > MOST_CODES:
        raise coding_error(f"le livre compte {len(given)} codes ; {MOST_CODES} au plus.")
    for code in given:
        check_label(code.name)
        below[code.parent].append(code)
    paths = [code.path for code in given]
    twice, times = Counter(paths).most_common(1)[0] if paths else ("", 0)
    if times > 1:
        raise coding_error(f"le code « {one_line(twice)} » est donné deux fois ; gardez-en un.")
    out, left = [], [(code, 1) for code in reversed(below[""])]
    while left:
        code, depth = left.pop()
        if depth > MOST_DEPTH:
            raise coding_error(
                f"le code « {one_line(code.name)} » est au-delà de {MOST_DEPTH} niveaux ; réduisez l’arbre."
            )
        out.append(code)
        left += [(child, depth + 1) for child in reversed(below[code.path])]
    if len(out) < len(given):
        known = {"", *paths}
        lost = next((code.parent for code in given if code.parent not in known), None)
        if lost is not None:
            raise unknown_name_error("le code parent", lost, paths)
        raise coding_error("des codes sont leur propre parent ; corrigez l’arbre.")
    return tuple(out)


# --- The kind of documents, where the file could not say it ---


def documents_without_kind(project: Project) -> list[Document]:
    """The documents whose kind is unknown, in order."""
    return [document for document in project.documents if not document.kind]


def with_document_kind(project: Project, kind: str) -> Project:
    """The project with this kind (one of `KINDS`) for the documents that have none.

    Taguette cannot store it, nor QualCoder without attributes: only the person who imports knows. Raises DataError for
    another kind.
    """
    if kind not in KINDS:
        raise coding_error(f"« {one_line(kind)} » n’est pas une nature de document ; au choix : {', '.join(KINDS)}.")
    return replace(project, documents=tuple(replace(each, kind=each.kind or kind) for each in project.documents))


# --- Import messages: what a file holds that is not kept, in French ---

# Further ones are counted.
MOST_LINES = 20


class Warnings:
    """Messages for the person who imports; none quotes what was said in a meeting."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._unmatched: list[str] = []
        self._notes: dict[str, None] = {}

    def left_out(self, what: str, count: int = 1) -> None:
        """Count things that are not kept, by their French plural."""
        if count > 0:
            self._counts[what] += count

    def note(self, sentence: str) -> None:
        self._notes[sentence] = None

    def unmatched(self, document: str, start: int, end: int, code: str) -> None:
        """Report a passage that is not at its position in the text; it is dropped, never moved."""
        # `is_unmatched_segment` recognises the first word.
        place = f"« {shorten(document)} », positions {start} à {end}, code « {shorten(code)} »"
        self._unmatched.append(f"Passage non gardé, il ne correspond pas à son texte : {place}.")

    def sentences(self) -> tuple[str, ...]:
        """All messages, those on passages first."""
        messages = self._unmatched[:MOST_LINES]
        if (more := len(self._unmatched) - MOST_LINES) > 0:
            messages.append(f"Passages non gardés, ils ne correspondent pas à leur texte : {more} autres.")
        messages += [*self._notes][:MOST_LINES]
        if (more := len(self._notes) - MOST_LINES) > 0:
            messages.append(f"Autres remarques : {more}.")
        messages += [f"Non gardé : {what} ({count})." for what, count in self._counts.items()]
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
# Coded characters, counted once per passage: 50,000 passages of 1,000 characters are 50 million.
MOST_CODED = 200_000_000
NAMELESS = "(sans nom)"


@dataclass
class ProjectBuilder:
    """Codes, documents and passages as a reader meets them; `project` returns the result."""

    told: Warnings = field(default_factory=Warnings)
    codes: dict[str, Code] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    passages: list[Passage] = field(default_factory=list)
    _weight: int = 0
    _taken: dict[tuple[str | None, str], int] = field(default_factory=dict)
    _same: Counter[Passage] = field(default_factory=Counter)

    def add_code(self, code: Code, parent: str) -> str:
        """Add a code under the path of its parent and return its path.

        A category and a code of one name under one parent are one code that holds others.
        """
        # Before the path is built: it repeats the labels above.
        check_label(code.name or NAMELESS)
        if len(self.codes) == MOST_CODES:
            raise coding_error(f"le fichier contient plus de {MOST_CODES} codes ; ce n’est pas un livre de codes.")
        code = replace(code, name=code.name or NAMELESS, parent=parent)
        same = self.codes.get(code.path)
        if same and same.codable != code.codable:
            texts = ("definition", "include", "exclude", "example", "changed")
            both = {name: getattr(same, name) or getattr(code, name) for name in texts}
            self.codes[code.path] = replace(same, codable=True, **both)
            self.told.note(
                f"Une catégorie et un code portent le même nom : ils sont ici un seul code, « {code.name} »."
            )
            return code.path
        code = replace(code, name=self._free(code.name, parent))
        self.codes[code.path] = code
        return code.path

    def add_tree(self, tree: Mapping[Hashable, tuple[Hashable | None, Code]]) -> dict[Hashable, str]:
        """Add codes given by key, with the key of their parent, and return the path of each."""
        below, paths = defaultdict(list), {}
        tree = {key: value for key, value in tree.items() if key is not None}
        for key, (parent, _) in tree.items():
            below[parent if parent in tree else None].append(key)
            if parent is not None and parent not in tree:
                self.told.left_out("parents de codes, qui manquent dans le fichier")
        left = [(key, "", 1) for key in reversed(below[None])]
        while left:
            key, parent, depth = left.pop()
            if depth > MOST_DEPTH:
                raise coding_error(f"l’arbre des codes compte plus de {MOST_DEPTH} niveaux ; réduisez-le.")
            paths[key] = self.add_code(tree[key][1], parent)
            left += [(child, paths[key], depth + 1) for child in reversed(below[key])]
        if len(paths) < len(tree):
            raise coding_error("des codes sont leur propre parent ; corrigez l’arbre des codes dans l’outil.")
        return paths

    def add_document(self, name: str, text: str, attributes: Mapping[str, str] | None = None) -> str:
        """Add a document and return its name, made unique."""
        given: dict[str, str] = {}
        for label, value in (attributes or {}).items():
            label = _KNOWN.get(fold(label), label)
            if given.setdefault(label, value) != value:
                self.told.note(f"L’attribut « {label} » est donné deux fois pour un document : le premier est gardé.")
        kind = fold(given.pop("nature", ""))
        if kind and kind not in KINDS:
            self.told.left_out("natures de documents inconnues")
        name = self._free(name or NAMELESS, None)
        named = tuple(sorted((each, value) for each, value in given.items() if each))
        self.documents[name] = Document(name, text, kind if kind in KINDS else "", named)
        return name

    def _free(self, name: str, scope: str | None) -> str:
        """The name, numbered when it is taken in its scope (the path of a parent; None for documents)."""
        unique = name
        while (scope, unique) in self._taken:
            self._taken[scope, name] += 1
            unique = f"{name} ({self._taken[scope, name]})"
        if unique != name:
            what = "Un document porte" if scope is None else "Un code porte"
            self.told.note(f"{what} le nom d’un autre ; il s’appelle ici « {unique} ».")
        self._taken[scope, unique] = 1
        return unique

    def weigh(self, length: int) -> None:
        """Limit what is copied out of the texts: a small file can refer to a large text a hundred thousand times."""
        self._weight += max(0, length)
        if self._weight > MOST_CODED:
            raise coding_error("les passages se recouvrent au-delà de ce qu’un codage contient ; vérifiez le fichier.")

    def add_unplaced(self, passage: Passage) -> None:
        """Add a passage without position, after those of the same text."""
        key = replace(passage, memo="")
        self.passages.append(replace(passage, rank=self._same[key]))
        self._same[key] += 1

    def project(self, codes: Iterable[Code] | None = None) -> Project:
        """The project, checked and in order; with these codes, where they did not come one by one."""
        self.told.left_out("passages en double", len(self.passages) - len(set(self.passages)))
        documents = tuple(self.documents.values())
        return Project(
            tuple(self.codes.values() if codes is None else codes),
            documents,
            tuple(self.passages),
            self.told.sentences(),
        )
