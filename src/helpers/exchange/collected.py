"""A project put together from a file, each passage compared with its text as it comes."""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace

from helpers.exchange.faults import fault
from helpers.exchange.model import KINDS, MOST_CODES, Code, Document, Passage, Project
from helpers.exchange.names import MOST_DEPTH, check_label
from helpers.exchange.told import Told

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
