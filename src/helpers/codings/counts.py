"""Positions of coded segments, words and lemmas, and the counts of codes, documents and co-occurring codes."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise, product
from typing import NamedTuple

import pandas as pd

from helpers.codings.model import GROUPS, KINDS, Document, Passage, Project, ancestors, code_labels

# --- Spans of text and their overlaps ---
# The document, then the text and the rank of a passage without position.
Zone = tuple[str, str, int]


class Span(NamedTuple):
    """A span of a document, in code points."""

    zone: Zone
    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        return self.zone == other.zone and self.start < other.end and other.start < self.end


def span_of(passage: Passage) -> Span:
    if passage.start is None:
        return Span((passage.document, passage.text, passage.rank), 0, len(passage.text))
    return Span((passage.document, "", 0), passage.start, passage.end)


def text_at(texts: dict[str, str], at: Span) -> str:
    """The text of a span; ``texts`` are those of the documents."""
    document, own_text, _ = at.zone
    return (own_text or texts[document])[at.start : at.end]


def texts_of(project: Project) -> dict[str, str]:
    return {document.name: document.text for document in project.documents}


def merge_spans(places: Iterable[Span]) -> list[Span]:
    """The union of the spans: those that overlap become one, those that only touch stay two."""
    out: list[Span] = []
    for each in sorted(set(places)):
        if out and out[-1].overlaps(each):
            out[-1] = out[-1]._replace(end=max(out[-1].end, each.end))
        else:
            out.append(each)
    return out


def spans_by_code(passages: Iterable[Passage]) -> dict[str, list[Span]]:
    """The spans of text under each code, overlapping ones counted once whoever coded them."""
    out: dict[str, list[Span]] = defaultdict(list)
    for passage in passages:
        out[passage.code].append(span_of(passage))
    return {code: merge_spans(spans) for code, spans in out.items()}


def coded_by(project: Project, coder: str) -> Project:
    return Project(project.codes, project.documents, tuple(each for each in project.passages if each.coder == coder))


# --- Words and lemmas, whatever the Unicode form of accents and apostrophes ---
# A letter or a digit with its combining accents.
_SIGN = r"[^\W_][\u0300-\u036f]*"
_APOSTROPHES = "'\u2019\u02bc"
# As word processors count them: « l’équipe » and « sous-préfet » are one word each.
_WORD = re.compile(rf"(?:{_SIGN})+(?:[{_APOSTROPHES}\u2010\u2011-](?:{_SIGN})+)*")
# Elided words: « l’équipe » is read as « équipe ».
_ELIDED = re.compile(rf"(?:jusqu|lorsqu|puisqu|quoiqu|qu|[cdjlmnst])[{_APOSTROPHES}]", re.IGNORECASE)
# Pronouns after the verb: « dit-il » is read as « dit ».
_ENCLITIC = re.compile("-(?:t-)?(?:ils?|elles?|on|je|tu|nous|vous|ce|ci|là|la|les?|lui|leur|moi|toi|y|en)$")
_STRAIGHT = str.maketrans({"\u2019": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-"})


class Word(NamedTuple):
    """A word in lower case and NFC, without an elided article before or a pronoun after."""

    start: int
    end: int
    form: str


def word_count(text: str) -> int:
    """The number of words, as a word processor counts them."""
    return sum(1 for _ in _WORD.finditer(text))


def words(text: str) -> Iterator[Word]:
    """The words of a text with their positions, in code points; numbers are left out."""
    for match in _WORD.finditer(text):
        elided = _ELIDED.match(match[0])
        start = match.start() + (elided.end() if elided else 0)
        form = text[start : match.end()].lower()
        # Most words need neither, and each costs as much as the rest.
        form = form if form.isascii() else unicodedata.normalize("NFC", form).translate(_STRAIGHT)
        form = _ENCLITIC.sub("", form) if "-" in form else form
        if not form.replace("-", "").isdigit():
            yield Word(start, match.end(), form)


@cache
def lemma(form: str) -> str:
    """The dictionary form of a word of `words`.

    >>> lemma("équipes"), lemma("partenariats"), lemma("ont")
    ('équipe', 'partenariat', 'avoir')
    """
    from simplemma import lemmatize  # it loads a dictionary

    # Greedy mode would turn « parentalité » into a verb.
    return lemmatize(form, lang="fr")


# --- Segments: what a lexical classification compares, as long as those of IRaMuTeQ and rainette ---
# Words, some 40: a sentence that ends from the first number on ends a segment, which never has more than the second.
_LEAST, _MOST = 30, 50
_STOP = re.compile(r"[.!?…;\n]")


def segments_of(text: str) -> list[str]:
    """The text cut in pieces of some 40 words, at the end of a sentence where there is one; a short rest is not cut."""
    spans = [match.span() for match in _WORD.finditer(text)]
    starts = [0]
    for rank, (_, end) in enumerate(spans[:-1], 1):
        start = spans[rank][0]
        least = _LEAST if _STOP.search(text[end:start]) else _MOST
        if rank - starts[-1] >= least and len(spans) - rank >= _LEAST / 2:
            starts.append(rank)
    bounds = [spans[rank][0] for rank in starts[1:]] if spans else []
    pieces = zip([0, *bounds], [*bounds, len(text)], strict=True)
    return [text[start:end].strip() for start, end in pieces] if spans else []


# --- Pieces: a text cut wherever a passage begins or ends ---
# Two coders who mean the same sentence rarely stop at the same comma: the rest at the edge is no judgement.
SHORTEST_UNIT = 3


class Unit(NamedTuple):
    """A piece of text, and the codes that each coding applied to all of it."""

    place: Span
    text: str
    codes: tuple[frozenset[str], ...]


def pieces(codings: Sequence[Iterable[Passage]]) -> Iterator[tuple[Span, list[set[tuple[str, Span]]]]]:
    """The pieces of text that one of the codings coded, and the codes of each coding over it, with their spans."""
    edges = defaultdict(lambda: defaultdict(set))
    for coder, passages in enumerate(codings):
        for passage in passages:
            at = span_of(passage)
            for edge in (at.start, at.end) if at.start < at.end else ():
                edges[at.zone][edge].add((coder, (passage.code, at)))
    for zone in sorted(edges):
        over = [set() for _ in codings]
        for start, end in pairwise(sorted(edges[zone])):
            for coder, coded in edges[zone][start]:  # it is met where it begins, then where it ends
                over[coder] ^= {coded}
            if any(over):
                yield Span(zone, start, end), over


def units(codings: Sequence[Iterable[Passage]], texts: dict[str, str]) -> list[Unit]:
    """The pieces that are units of judgement, by document name and position.

    Those of fewer than `SHORTEST_UNIT` words are left out, unless they are a whole passage.
    """
    whole, out = {span_of(each) for passages in codings for each in passages}, []
    for at, over in pieces(codings):
        text = text_at(texts, at)
        if at in whole or word_count(text) >= SHORTEST_UNIT:
            out.append(Unit(at, text, tuple(frozenset(code for code, _ in coded) for coded in over)))
    return out


# --- The corpus, by kind of document ---
# The attribute of a document that names its meeting.
MEETING = "reunion"
UNKNOWN, ALL = "inconnue", "ensemble"
SAID, MINUTES, SYNTHESIS = KINDS


def meetings_of(documents: Iterable[Document]) -> set[str]:
    return {value for document in documents for name, value in document.attributes if name == MEETING and value}


def corpus_card(project: Project) -> pd.DataFrame:
    """The corpus: one row per kind of document, then ``ensemble``; ``inconnue`` only where some document has no kind.

    Columns: ``nature``; ``documents``; ``sans_texte``, those with coded segments only; ``reunions``, the values of the
    attribute ``reunion``; ``mots``; ``mots_codes``, under at least one code; ``passages``; ``codeurs`` with a name.
    """
    kinds = [*KINDS, UNKNOWN] if any(not document.kind for document in project.documents) else KINDS
    rows = []
    for kind in (*kinds, ALL):
        documents = [each for each in project.documents if kind in (each.kind or UNKNOWN, ALL)]
        texts = {each.name: each.text for each in documents}
        passages = [each for each in project.passages if each.document in texts]
        row = {
            "nature": kind,
            "documents": len(documents),
            "sans_texte": list(texts.values()).count(""),
            "reunions": len(meetings_of(documents)),
            "mots": sum(map(word_count, texts.values())),
            "mots_codes": sum(word_count(text_at(texts, at)) for at in merge_spans(map(span_of, passages))),
            "passages": len(passages),
            "codeurs": len({each.coder for each in passages} - {""}),
        }
        rows.append(row)
    return pd.DataFrame(rows)


# Fewer documents may be those of one meeting, or of one person.
FEWEST_IN_GROUP = 3


def spoken(project: Project) -> list[Document]:
    """The documents that are of one meeting, with their text."""
    return [each for each in project.documents if each.text and each.kind != SYNTHESIS]


def groups_of(project: Project) -> Iterator[dict[str, list[Document]]]:
    """For each attribute that two groups of enough documents have, these groups."""
    for attribute in GROUPS:
        groups = defaultdict(list)
        for document in spoken(project):
            if value := dict(document.attributes).get(attribute):
                groups[f"{attribute} : {value}"].append(document)
        shown = {name: groups[name] for name in sorted(groups) if len(groups[name]) >= FEWEST_IN_GROUP}
        if len(shown) > 1:
            yield shown


# --- Codes: their use, overall and by meeting, and those that are applied to the same text ---
# A single document cannot be compared.
FEWEST_DOCUMENTS = 2


def code_counts(project: Project) -> pd.DataFrame:
    """Use of each code: one row per code of the project, unused ones too, parents first.

    Columns: ``code`` (path), ``libelle``, ``profondeur`` (0 without parent), ``passages``; ``extraits``, spans of text
    (`spans_by_code`); ``extraits_branche``, those of the code and its descendants; ``documents``, ``codeurs`` (those
    with a name), and ``mots`` of the spans.
    """
    texts, own = texts_of(project), spans_by_code(project.passages)
    branch = spans_by_code(replace(each, code=above) for each in project.passages for above in ancestors(each.code))
    rows = []
    for path in (code.path for code in project.codes):
        labels, spans = code_labels(path), own.get(path, [])
        passages = [each for each in project.passages if each.code == path]
        counts = len(passages), len(spans), len(branch.get(path, [])), len({each.document for each in passages})
        coders, size = {each.coder for each in passages} - {""}, sum(word_count(text_at(texts, at)) for at in spans)
        rows.append((path, labels[-1], len(labels) - 1, *counts, len(coders), size))
    columns = "code libelle profondeur passages extraits extraits_branche documents codeurs mots".split()
    return pd.DataFrame(rows, columns=columns)


def code_by_document(project: Project, *, attribute: str = "") -> pd.DataFrame:
    """Cross-tabulation of codes and documents, or values of an attribute (``reunion``): one row per pair, zeros too.

    Columns: ``code``, ``groupe``, ``extraits`` (as in `code_counts`), ``total`` of the code over the groups; largest
    total first, then by name; groups in document order. Left out: ``synthese`` documents, which are not of one meeting,
    and documents without the attribute. Empty with fewer than two groups.
    """
    documents = [each for each in project.documents if each.kind != SYNTHESIS]
    groups = {each.name: dict(each.attributes).get(attribute, "") if attribute else each.name for each in documents}
    names = list(dict.fromkeys(filter(None, groups.values())))
    columns = ["code", "groupe", "extraits", "total"]
    if len(names) < FEWEST_DOCUMENTS:
        return pd.DataFrame(columns=columns)
    spans = [(code, at) for code, each in spans_by_code(project.passages).items() for at in each]
    counts = Counter((code, group) for code, at in spans if (group := groups.get(at.zone[0])))
    totals = Counter(code for code, _ in counts.elements())
    ordered = sorted(totals, key=lambda code: (-totals[code], code))
    rows = [(code, name, counts[code, name], totals[code]) for code in ordered for name in names]
    return pd.DataFrame(rows, columns=columns)


def cooccurrences(project: Project) -> pd.DataFrame:
    """The pairs of codes that co-occur: one row per pair, the most frequent first, then by book order.

    Two codes co-occur where passages of one document, by one coder, share a character; passages without position where
    their text is the same. Columns: ``code``, ``autre_code`` (in book order); ``rencontres``, the pairs of overlapping
    spans, once whoever coded them; ``documents``; ``signes_communs`` and ``signes``, the characters under both and
    under either, coder by coder; ``jaccard``, their ratio. A code and its descendant are a pair too.
    """
    ranks = {code.path: rank for rank, code in enumerate(project.codes)}
    met, shared, covered = defaultdict(set), Counter(), Counter()
    for coder in {each.coder for each in project.passages}:
        for at, (over,) in pieces([coded_by(project, coder).passages]):
            size, spans = at.end - at.start, defaultdict(set)
            for code, span in over:
                spans[code].add(span)
            covered.update(dict.fromkeys(spans, size))
            for pair in combinations(sorted(spans, key=ranks.__getitem__), 2):
                met[pair].update(product(*(spans[code] for code in pair)))
                shared[pair] += size
    rows = []
    for pair in sorted(met, key=lambda pair: (-len(met[pair]), ranks[pair[0]], ranks[pair[1]])):
        either = covered[pair[0]] + covered[pair[1]] - shared[pair]
        documents = {one.zone[0] for one, _ in met[pair]}
        rows.append((*pair, len(met[pair]), len(documents), shared[pair], either, shared[pair] / either))
    columns = ["code", "autre_code", "rencontres", "documents", "signes_communs", "signes", "jaccard"]
    return pd.DataFrame(rows, columns=columns)


# --- The corpus size that each analysis needs ---
# On the synthesis of 2020 (1,218 words), no word passed the correction, and classes were no more stable than chance.
FEWEST_WORDS = 10_000
FEWEST_MEETINGS = 6
FEWEST_UNITS = 20
FEWEST_THEMES = 2
FEWEST_CODERS = 2
FEWEST_SEGMENTS = 200
WORDS_BY_CODE, CLASSES = "mots_par_theme", "classes"


def analysis_requirements(project: Project) -> pd.DataFrame:
    """What each analysis requires of the corpus, and what there is: one row per condition.

    Columns: ``analyse``; ``condition``, what is counted; ``est_plafond``, whether ``demande`` is a most; ``trouve``;
    ``est_passe``. Meetings are the values of the attribute ``reunion``, or the documents where none has it.
    ``sans_parole`` documents are a synthesis, or of unknown kind.
    """
    spoken = [document for document in project.documents if document.kind in (SAID, MINUTES)]
    silent = len(project.documents) - len(spoken)
    coders = len({each.coder for each in project.passages} - {""})
    countable = sum(document.kind != SYNTHESIS for document in project.documents)
    themes = Counter(theme for unit in coded_units(project) for theme in themes_of_unit(unit))
    rich = sum(count >= FEWEST_UNITS for count in themes.values())
    lexical = [
        ("mots", False, FEWEST_WORDS, sum(word_count(document.text) for document in spoken)),
        ("reunions", False, FEWEST_MEETINGS, len(meetings_of(spoken)) or len(spoken)),
        ("documents_sans_parole", True, 0, silent),
    ]
    rows = [
        ("code_par_document", "documents", False, FEWEST_DOCUMENTS, countable),
        ("accord", "codeurs", False, FEWEST_CODERS, coders),
        ("pour_mille_mots", "documents_sans_parole", True, 0, silent),
        *((WORDS_BY_CODE, *condition) for condition in lexical),
        (WORDS_BY_CODE, f"themes_de_{FEWEST_UNITS}_unites", False, FEWEST_THEMES, rich),
        *((CLASSES, *condition) for condition in lexical),
        (CLASSES, "segments", False, FEWEST_SEGMENTS, sum(len(segments_of(document.text)) for document in spoken)),
    ]
    table = pd.DataFrame(rows, columns=["analyse", "condition", "est_plafond", "demande", "trouve"])
    passed = (table["trouve"] >= table["demande"]).mask(table["est_plafond"], table["trouve"] <= table["demande"])
    return table.assign(est_passe=passed)


def coded_units(project: Project) -> list[Unit]:
    """The coded units of a project, whoever coded them, each with all its codes."""
    return units([project.passages], texts_of(project))


def themes_of_unit(unit: Unit) -> set[str]:
    """The themes of a unit: its codes without parent, or the roots of the others."""
    return {ancestors(code)[0] for code in unit.codes[0]}
