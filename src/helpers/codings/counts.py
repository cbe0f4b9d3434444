"""Where coded segments are, how often codes are used, and which codes meet."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate, islice
from typing import NamedTuple

import pandas as pd

from helpers.codings.model import KINDS, Code, Document, Passage, Project, code_labels, code_path
from helpers.codings.safe_files import unknown

# --- Where passages are: what overlaps, and what several passages cover together ---

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

    >>> texte = model.Document("réunion 1", "Bonjour à tous.")
    >>> passages = [Passage("réunion 1", 0, 7, "Bonjour", "Accueil", coder=qui) for qui in "AB"]
    >>> projet = Project((model.Code("Accueil"),), (texte,), tuple(passages))
    >>> len(codings.of_coder(projet, "A").passages)
    1
    """
    return Project(project.codes, project.documents, tuple(each for each in project.passages if each.coder == coder))


# --- Words of a text, and their lemmas: accents composed or not, apostrophes straight or curly, all read alike

# A letter or a digit with the accents that follow it when they are not composed.
_SIGN = r"[^\W_][\u0300-\u036f]*"
_APOSTROPHES = "'\u2019\u02bc"
# As a word processor counts them: « l’équipe » and « sous-préfet » are one word each.
_WORD = re.compile(rf"(?:{_SIGN})+(?:[{_APOSTROPHES}\u2010\u2011-](?:{_SIGN})+)*")
# What elides before a vowel, so that « l’équipe » is read as « équipe ».
_ELIDED = re.compile(rf"(?:jusqu|lorsqu|puisqu|quoiqu|qu|[cdjlmnst])[{_APOSTROPHES}]", re.IGNORECASE)
# Pronouns after their verb: « dit-il » is read as « dit ».
_ENCLITIC = re.compile("-(?:t-)?(?:ils?|elles?|on|je|tu|nous|vous|ce|ci|là|la|les?|lui|leur|moi|toi|y|en)$")
# Apostrophes and hyphens in one spelling.
_STRAIGHT = str.maketrans({"\u2019": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-"})


class Word(NamedTuple):
    """A word as it is read: without what elides before it nor the pronoun after, in lower case, accents composed."""

    start: int
    end: int
    form: str


def word_count(text: str) -> int:
    """How many words a text has, as a word processor counts them: « l’équipe » is one, punctuation none.

    >>> word_count("L’équipe, aujourd’hui : 3 e\\u0301le\\u0300ves !")
    4
    """
    return sum(1 for _ in _WORD.finditer(text))


def words(text: str) -> Iterator[Word]:
    """The words of a text with their places, in code points; numbers are left out.

    >>> [word.form for word in words("L'e\\u0301quipe dit-elle aujourd’hui")]
    ['équipe', 'dit', "aujourd'hui"]
    """
    for found in _WORD.finditer(text):
        elided = _ELIDED.match(found[0])
        start = found.start() + (elided.end() if elided else 0)
        form = text[start : found.end()].lower()
        # Most words are plain letters already: each of these costs as much as the rest.
        form = form if form.isascii() else unicodedata.normalize("NFC", form).translate(_STRAIGHT)
        form = _ENCLITIC.sub("", form) if "-" in form else form
        if not form.replace("-", "").isdigit():
            yield Word(start, found.end(), form)


@cache
def lemma(form: str) -> str:
    """The dictionary form of a word of `words`.

    >>> lemma("équipes"), lemma("partenariats"), lemma("ont")
    ('équipe', 'partenariat', 'avoir')
    """
    # It opens its dictionary, which only those who read lemmas need.
    from simplemma import lemmatize

    # Not greedy: that would make « parentalité » a verb.
    return lemmatize(form, lang="fr")


# --- The pieces that codings are compared on: a text cut wherever a passage begins or ends, the coded pieces
# --- alone

# Two persons who mean the same sentence rarely stop at the same comma: what is left at the edge is no judgement.
FEWEST_WORDS = 3


class Unit(NamedTuple):
    """A piece of a text, and the codes that each coding put on all of it."""

    place: Place
    text: str
    codes: tuple[frozenset[str], ...]


def units(codings: Sequence[Iterable[Passage]], texts: dict[str, str]) -> list[Unit]:
    """The pieces that at least one of the codings coded, in the order of the documents' names and texts.

    Left out: the pieces of fewer than `FEWEST_WORDS` words, unless they are a whole passage of somebody.

    >>> text = "Le principal a reçu toute l’équipe en septembre."
    >>> first = Passage("r", 0, 48, text, "Accueil")
    >>> second = Passage("r", 20, 48, text[20:], "Équipe")
    >>> [(unit.text, *map(sorted, unit.codes)) for unit in units([[first], [second]], {"r": text})]
    [('Le principal a reçu ', ['Accueil'], []), ('toute l’équipe en septembre.', ['Accueil'], ['Équipe'])]
    """
    edges, whole = defaultdict(lambda: defaultdict(list)), set()
    for coder, passages in enumerate(codings):
        for passage in passages:
            at = place(passage)
            whole.add(at)
            edges[at.zone][at.start].append((coder, passage.code, 1))
            edges[at.zone][at.end].append((coder, passage.code, -1))
    out = []
    for zone in sorted(edges):
        for start, end, codes in _pieces(edges[zone], len(codings)):
            at = Place(zone, start, end)
            text = text_at(texts, at)
            if at in whole or word_count(text) >= FEWEST_WORDS:
                out.append(Unit(at, text, codes))
    return out


def _pieces(edges: dict[int, list], coders: int) -> Iterable[tuple[int, int, tuple[frozenset[str], ...]]]:
    """The coded pieces of one text, from what begins and ends at each place."""
    open_codes = [Counter() for _ in range(coders)]
    stops = sorted(edges)
    for start, end in zip(stops, stops[1:], strict=False):
        for coder, code, step in edges[start]:
            open_codes[coder][code] += step
        codes = tuple(frozenset(code for code, count in each.items() if count > 0) for each in open_codes)
        if any(codes):
            yield start, end, codes


# --- What was coded: documents, words, meetings, passages and coders, by kind of document ---

# The attribute of a document that says which meeting it tells.
MEETING = "reunion"
UNKNOWN, ALL = "inconnue", "ensemble"
SAID, MINUTES, SYNTHESIS = KINDS


def meetings(documents: Iterable[Document]) -> set[str]:
    """The meetings that documents say they tell."""
    return {value for document in documents for name, value in document.attributes if name == MEETING and value}


def corpus(project: Project) -> pd.DataFrame:
    """The corpus card: one row a kind of document, then ``ensemble``; ``inconnue`` only where a file does not say.

    Columns: ``nature`` (``verbatim``, ``compte_rendu``, ``synthese``…); ``documents``; ``sans_texte``, those of which
    the file gives the coded passages alone; ``reunions``, the values of the attribute ``reunion``; ``mots`` of the
    texts, as a word processor counts them; ``mots_codes``, those under a code at least, each once; ``passages``, a
    piece under two codes or by two persons counting twice; ``codeurs``, those with a name.

    >>> texte = Document("r1", "Bonjour à tous.", kind="verbatim", attributes=(("reunion", "nord"),))
    >>> passage = Passage("r1", 0, 7, "Bonjour", "Accueil", coder="A")
    >>> projet = Project((model.Code("Accueil"),), (texte,), (passage,))
    >>> codings.corpus(projet)[["nature", "mots", "mots_codes"]]
             nature  mots  mots_codes
    0      verbatim     3           1
    1  compte_rendu     0           0
    2      synthese     0           0
    3      ensemble     3           1
    """
    kinds = [*KINDS, ""] if any(not document.kind for document in project.documents) else KINDS
    rows = [_row(project, kind or UNKNOWN, [each for each in project.documents if each.kind == kind]) for kind in kinds]
    return pd.DataFrame([*rows, _row(project, ALL, project.documents)])


def _row(project: Project, kind: str, documents: Iterable[Document]) -> dict[str, str | int]:
    names = {document.name for document in documents}
    passages = [each for each in project.passages if each.document in names]
    texts = texts_of(project)
    return {
        "nature": kind,
        "documents": len(names),
        "sans_texte": sum(1 for document in documents if not document.text),
        "reunions": len(meetings(documents)),
        "mots": sum(word_count(document.text) for document in documents),
        "mots_codes": sum(word_count(text_at(texts, at)) for at in merged(map(place, passages))),
        "passages": len(passages),
        "codeurs": len({each.coder for each in passages} - {""}),
    }


# --- How often each code was used, in the whole corpus and meeting by meeting ---

# One document has nothing to be compared with.
FEWEST_DOCUMENTS = 2
_CROSSED = ("code", "groupe", "extraits", "total")


def code_counts(project: Project, book: Iterable[Code] | None = None) -> pd.DataFrame:
    """How often each code was used: one row a code of the book, unused ones too, each parent before its children.

    ``book`` is that of the project when it is not given. Columns: ``code`` (path), ``libelle``, ``profondeur`` (0 for a
    code without parent), ``passages``; ``extraits``, the pieces of text, those that overlap counting once whoever coded
    them; ``extraits_branche``, those of the code and of all below it; ``documents``, ``codeurs`` (those with a name),
    and ``mots`` of the pieces.

    Raises
    ------
    DataError
        for a code of the project that the book does not have, with the nearest one.

    >>> livre = (Code("Lieux"), Code("Bureau", "Lieux"))
    >>> passage = Passage("r1", 0, 9, "Un bureau", "Lieux/Bureau")
    >>> projet = Project(livre, (Document("r1", "Un bureau."),), (passage,))
    >>> codings.code_counts(projet)[["code", "profondeur", "passages", "extraits_branche", "mots"]]
               code  profondeur  passages  extraits_branche  mots
    0         Lieux           0         0                 1     0
    1  Lieux/Bureau           1         1                 1     2
    """
    paths = [code.path for code in (project.codes if book is None else book)]
    found, texts = by_code(project.passages), texts_of(project)
    below = {path: [] for path in paths}
    for path in found:
        if path not in below:
            raise unknown("le code", path, paths)
    for path, passages in found.items():
        for above in lineage(path):
            below.setdefault(above, []).extend(passages)
    rows = [_counts_row(path, found.get(path, []), below[path], texts) for path in paths]
    columns = ["code", "libelle", "profondeur", "passages", "extraits", "extraits_branche", "documents"]
    return pd.DataFrame(rows, columns=[*columns, "codeurs", "mots"])


def _counts_row(
    path: str, passages: list[Passage], below: list[Passage], texts: dict[str, str]
) -> dict[str, str | int]:
    pieces = merged(map(place, passages))
    labels = code_labels(path)
    return {
        "code": path,
        "libelle": labels[-1],
        "profondeur": len(labels) - 1,
        "passages": len(passages),
        "extraits": len(pieces),
        "extraits_branche": len(merged(map(place, below))),
        "documents": len({each.document for each in passages}),
        "codeurs": len({each.coder for each in passages} - {""}),
        "mots": sum(word_count(text_at(texts, at)) for at in pieces),
    }


def code_by_document(project: Project, *, attribute: str = "") -> pd.DataFrame:
    """Codes crossed with documents, or with the values of an attribute such as ``reunion``: one row a pair.

    Columns: ``code``, ``groupe`` (name of the document, or value of the attribute), ``extraits``, the pieces of text,
    those that overlap counting once whoever coded them (zeros too), ``total`` of the code over these groups. Codes with
    the largest total first, then by name; groups in the order of the documents. Left out: documents that are a
    ``synthese``, which says nothing of one meeting; documents without the attribute; codes that the others do not use.
    Empty with fewer than two groups.

    >>> textes = [Document(nom, "Un bureau.") for nom in ("r1", "r2")]
    >>> passages = [Passage(texte.name, 0, 9, "Un bureau", "Lieux") for texte in textes]
    >>> projet = Project((Code("Lieux"),), tuple(textes), tuple(passages))
    >>> codings.code_by_document(projet)
        code groupe  extraits  total
    0  Lieux     r1         1      2
    1  Lieux     r2         1      2
    """
    groups = {
        document.name: dict(document.attributes).get(attribute, "") if attribute else document.name
        for document in project.documents
        if document.kind != SYNTHESIS
    }
    names = list(dict.fromkeys(group for group in groups.values() if group))
    if len(names) < FEWEST_DOCUMENTS:
        return pd.DataFrame(columns=list(_CROSSED))
    counts = Counter(
        (code, groups.get(at.zone[0], ""))
        for code, passages in by_code(project.passages).items()
        for at in merged(map(place, passages))
    )
    totals = Counter()
    for (code, group), count in counts.items():
        totals[code] += count if group else 0
    ordered = sorted((code for code in totals if totals[code]), key=lambda code: (-totals[code], code))
    rows = [(code, name, counts[code, name], totals[code]) for code in ordered for name in names]
    return pd.DataFrame(rows, columns=list(_CROSSED))


# --- Which codes meet: pairs whose passages overlap, when one person put both ---

# A line between two codes says that they go together: seen once or twice, it may be a coder's habit of the day.
FEWEST_DRAWN = 3
Pair = tuple[str, str]


def cooccurrences(project: Project) -> pd.DataFrame:
    """The pairs of codes that meet: one row a pair, the most met first, then by name.

    Two codes meet where passages of one document, by one coder, have a sign of text in common; passages without place
    meet when their text is the same. Columns: ``code``, ``autre_code`` (in the order of the book); ``rencontres``, the
    couples of places that overlap, once whoever coded them; ``documents``; ``signes_communs`` and ``signes``, the
    signs of text under both and under either, in code points, coder by coder; ``jaccard``, the first over the second;
    ``est_trace``: met often enough (`FEWEST_DRAWN`) to be a line of a graph. A code and one that stands below it are a
    pair too.

    >>> lieux = Passage("r1", 0, 9, "Un bureau", "Lieux")
    >>> aide = Passage("r1", 3, 10, "bureau.", "Aide")
    >>> livre = (Code("Lieux"), Code("Aide"))
    >>> projet = Project(livre, (Document("r1", "Un bureau."),), (lieux, aide))
    >>> codings.cooccurrences(projet)[["code", "autre_code", "rencontres", "signes", "jaccard"]]
        code autre_code  rencontres  signes  jaccard
    0  Lieux       Aide           1      10      0.6
    """
    ranks = {code.path: rank for rank, code in enumerate(project.codes)}
    met, shared, covered = defaultdict(set), defaultdict(int), defaultdict(int)
    groups = defaultdict(lambda: defaultdict(set))
    for passage in project.passages:
        at = place(passage)
        groups[passage.coder, at.zone][passage.code].add(at)
    for places in groups.values():
        pieces = {code: merged(each) for code, each in places.items()}
        for code, each in pieces.items():
            covered[code] += sum(at.end - at.start for at in each)
        for pair, one, two in _meetings(places, ranks):
            met[pair].add((one, two))
        for pair, one, two in _meetings(pieces, ranks):
            shared[pair] += min(one.end, two.end) - max(one.start, two.start)
    rows = [_pairs_row(pair, met[pair], shared[pair], covered) for pair in met]
    rows.sort(key=lambda row: (-row["rencontres"], ranks[row["code"]], ranks[row["autre_code"]]))
    columns = ["code", "autre_code", "rencontres", "documents", "signes_communs", "signes", "jaccard", "est_trace"]
    return pd.DataFrame(rows, columns=columns)


def _pairs_row(pair: Pair, met: set, shared: int, covered: dict[str, int]) -> dict:
    either = covered[pair[0]] + covered[pair[1]] - shared
    return {
        "code": pair[0],
        "autre_code": pair[1],
        "rencontres": len(met),
        "documents": len({one.zone[0] for one, _ in met}),
        "signes_communs": shared,
        "signes": either,
        "jaccard": shared / either,
        "est_trace": len(met) >= FEWEST_DRAWN,
    }


def _meetings(places: dict[str, Iterable[Place]], ranks: dict[str, int]) -> Iterator[tuple[Pair, Place, Place]]:
    """The couples of places of one text that overlap, under two codes, these in the order of the book."""
    ordered = sorted((at, ranks[code], code) for code, each in places.items() for at in each if at.end > at.start)
    for first, (one, rank, code) in enumerate(ordered):
        for two, other_rank, other in islice(ordered, first + 1, None):
            # Those that come after begin later still.
            if two.start >= one.end:
                break
            if rank < other_rank:
                yield (code, other), one, two
            elif other_rank < rank:
                yield (other, code), two, one
