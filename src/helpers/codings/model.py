"""What a coding is, whatever the tool that made it: codes, documents, coded segments; how one is put together."""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace

from helpers.codings.safe_files import fault, shown, unknown
from helpers.typography import french_spaces, shortened

# --- How a code is called: the labels from the root down to it, joined ---

# Taguette allows 200 characters; a longer label is a text put in the wrong place, which the path of each code below
# would repeat.
MOST_LABEL = 1_000
MOST_DEPTH = 50
_LABEL = re.compile(r"(?:\\[\\/]|[^/])+")


def code_path(name: str, parent: str = "") -> str:
    r"""How a code is called everywhere: ``parent/enfant``, so that one label may stand under two parents.

    A stroke inside a label is written ``\/``, and a backslash ``\\``.

    >>> code_path("Élèves", "Relations"), code_path("père/mère")
    ('Relations/Élèves', 'père\\/mère')
    """
    label = name.replace("\\", "\\\\").replace("/", "\\/")
    return f"{parent}/{label}" if parent else label


def code_labels(path: str) -> tuple[str, ...]:
    r"""The labels of a path, from the root down: what `code_path` joined.

    >>> code_labels(r"Relations/père\/mère")
    ('Relations', 'père/mère')
    """
    return tuple(re.sub(r"\\([\\/])", r"\1", label) for label in _LABEL.findall(path))


def code_path_of(typed: str) -> str:
    """A path as a person typed it, in its one spelling."""
    if len(typed) > MOST_LABEL * MOST_DEPTH:
        raise fault(f"un code s’appelle « {shown(typed[:MOST_LABEL])} » ; donnez-lui un nom plus court.")
    return "/".join(map(code_path, code_labels(typed)))


def check_label(name: str) -> None:
    """Refuses a label that is empty, or longer than any."""
    if not 0 < len(name) <= MOST_LABEL:
        raise fault(f"un code s’appelle « {shown(name)} » ; donnez-lui un nom de 1 à {MOST_LABEL} caractères.")


# --- What a coding is, whatever the tool that made it: codes, documents, passages ---

KINDS = ("verbatim", "compte_rendu", "synthese")  # "" where the file does not say
# A code book that people use has some hundreds of codes at most.
MOST_CODES = 10_000


@dataclass(frozen=True)
class Code:
    """One entry of a code book; ``parent`` is the path of the code above, and ``changed`` the day of the last change.

    >>> Code("Élèves", parent="Relations", include="tout élève du collège").path
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

    >>> Document("réunion 1", "Bonjour.", kind="verbatim", attributes=(("lieu", "Lille"),)).kind
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

    >>> Passage("réunion 1", 0, 7, "Bonjour", "Accueil", coder="A").end
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

    >>> texte = Document("réunion 1", "Bonjour à tous.")
    >>> passage = Passage("réunion 1", 0, 7, "Bonjour", "Accueil")
    >>> len(Project((Code("Accueil"),), (texte,), (passage, passage)).passages)
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


# --- What kind of document a coding rests on, when the file that was given could not say it ---


def without_kind(project: Project) -> list[Document]:
    """The documents that do not say whether they are words said, minutes or a synthesis, in their order.

    >>> textes = (Document("réunion 1", kind="verbatim"), Document("réunion 2"))
    >>> [texte.name for texte in without_kind(Project(documents=textes))]
    ['réunion 2']
    """
    return [document for document in project.documents if not document.kind]


def with_kind(project: Project, kind: str) -> Project:
    """The coding whose documents that do not say their kind have this one, of `KINDS`; the others keep theirs.

    Taguette has no room for it, nor QualCoder without attributes: only the person who imports knows.

    Raises
    ------
    DataError
        for a kind that is none of ``KINDS``.

    >>> textes = (Document("réunion 1", kind="verbatim"), Document("réunion 2"))
    >>> codage = with_kind(Project(documents=textes), "compte_rendu")
    >>> [texte.kind for texte in codage.documents]
    ['verbatim', 'compte_rendu']
    """
    if kind not in KINDS:
        raise fault(f"« {shown(kind)} » n’est pas une nature de document ; au choix : {', '.join(KINDS)}.")
    return replace(project, documents=tuple(replace(each, kind=each.kind or kind) for each in project.documents))


# --- What a file holds that is not kept, counted and said in French ---

# Past these the reader goes back to the tool; the count stands for the others.
MOST_LINES = 20


class Told:
    """Sentences for the person who imports, without a word of what was said in a meeting."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._unmatched: list[str] = []
        self._notes: dict[str, None] = {}

    def left_out(self, what: str, count: int = 1) -> None:
        """So many things of a kind, by their plural name, are not kept."""
        if count > 0:
            self._counts[what] += count

    def note(self, sentence: str) -> None:
        """A sentence, once."""
        self._notes[sentence] = None

    def unmatched(self, document: str, start: int, end: int, code: str) -> None:
        """A passage is not at its place in the text: reported, never moved."""
        # `is_unmatched` knows such a sentence by its beginning.
        place = f"« {shortened(document)} », positions {start} à {end}, code « {shortened(code)} »"
        self._unmatched.append(f"Passage non gardé, il ne correspond pas à son texte : {place}.")

    def sentences(self) -> tuple[str, ...]:
        """All that was told, passages first."""
        said = self._unmatched[:MOST_LINES]
        if more := len(self._unmatched) - len(said):
            said.append(f"Passages non gardés, ils ne correspondent pas à leur texte : {more} autres.")
        said += [*self._notes][:MOST_LINES]
        if more := len(self._notes) - MOST_LINES:
            said += [f"Autres remarques : {more}."] if more > 0 else []
        said += [f"Non gardé : {what} ({count})." for what, count in self._counts.items()]
        return tuple(french_spaces(" ".join(sentence.split())) for sentence in said)


def is_unmatched(sentence: str) -> bool:
    """Whether what was told is of a passage that is not at its place: a fault, where the rest is for information.

    >>> is_unmatched("Passage non gardé, il ne correspond pas à son texte.")
    True
    """
    return sentence.startswith("Passage")


# --- A project put together from a file, each passage compared with its text as it comes ---

# Characters under a code, each counted as often as it is coded: 50 000 passages of 1 000 characters are 50 million.
MOST_CODED = 200_000_000
NAMELESS = "(sans nom)"


def same_words(one: str, other: str) -> bool:
    """Whether two texts differ by their white space alone: tools turn line breaks into spaces, XML does so too."""
    return one == other or one.split() == other.split()


@dataclass
class Collected:
    """Codes, documents and passages as a reader finds them; `project` gives the whole."""

    told: Told = field(default_factory=Told)
    codes: list[Code] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    passages: list[Passage] = field(default_factory=list)
    _weight: int = 0
    _taken: dict[tuple[str | None, str], int] = field(default_factory=dict)

    def add_code(self, code: Code, parent: str) -> str:
        """Adds a code under the path of its parent, and tells its own."""
        # Before the path is made, which repeats the labels above.
        check_label(code.name or NAMELESS)
        if len(self.codes) == MOST_CODES:
            raise fault(f"le fichier contient plus de {MOST_CODES} codes ; ce n’est pas un livre de codes.")
        code = replace(code, name=self._free(code.name or NAMELESS, parent), parent=parent)
        self.codes.append(code)
        return code.path

    def add_tree(self, tree: Mapping[Hashable, tuple[Hashable | None, Code]]) -> dict[Hashable, str]:
        """Adds codes given by key with the key of their parent, and tells the path of each."""
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
                raise fault(f"l’arbre des codes compte plus de {MOST_DEPTH} niveaux ; réduisez-le.")
            paths[key] = self.add_code(tree[key][1], parent)
            left += [(child, paths[key], depth + 1) for child in reversed(below[key])]
        if len(paths) < len(tree):
            raise fault("des codes sont leur propre parent ; corrigez l’arbre des codes dans l’outil.")
        return paths

    def add_document(self, name: str, text: str, attributes: Mapping[str, str] | None = None) -> str:
        """Adds a document, and tells the name that it has here."""
        found = dict(attributes or {})
        kind = found.pop("nature", "")
        if kind and kind not in KINDS:
            self.told.left_out("natures de documents inconnues")
        name = self._free(name or NAMELESS, None)
        named = tuple(sorted((each, value) for each, value in found.items() if each))
        self.documents[name] = Document(name, text, kind if kind in KINDS else "", named)
        return name

    def _free(self, name: str, room: str | None) -> str:
        """The name, with a number when it is taken: two things must not become one."""
        wanted = name
        while (room, wanted) in self._taken:
            self._taken[room, name] += 1
            wanted = f"{name} ({self._taken[room, name]})"
        if wanted != name:
            what = "Un document porte" if room is None else "Un code porte"
            self.told.note(f"{what} le nom d’un autre ; il s’appelle ici « {wanted} ».")
        self._taken[room, wanted] = 1
        return wanted

    def weigh(self, length: int) -> None:
        """Counts what is copied out of the texts: a small file can name a large text a hundred thousand times."""
        self._weight += max(0, length)
        if self._weight > MOST_CODED:
            raise fault("les passages se recouvrent au-delà de ce qu’un codage contient ; vérifiez le fichier.")

    def is_at(self, document: str, start: int, end: int, claimed: str | None) -> bool:
        """Whether a passage is in its text, and is what the tool says it is, if it says so."""
        text = self.documents[document].text
        inside = 0 <= start < end <= len(text)
        self.weigh(end - start if inside else 0)
        return inside and (claimed is None or same_words(text[start:end], claimed))

    def add_passage(self, passage: Passage, claimed: str | None) -> None:
        """Adds a passage, its text taken from the document; tells it, and leaves it, when it is not there."""
        document, start, end = passage.document, passage.start, passage.end
        if self.is_at(document, start, end, claimed):
            self.passages.append(replace(passage, text=self.documents[document].text[start:end]))
        else:
            self.told.unmatched(document, start, end, passage.code)

    def project(self) -> Project:
        """The whole, checked and in order."""
        self.told.left_out("passages en double", len(self.passages) - len(set(self.passages)))
        documents = tuple(self.documents.values())
        return Project(tuple(self.codes), documents, tuple(self.passages), self.told.sentences())
