"""What was coded: documents, words, meetings, passages and coders, by kind of document."""

from collections.abc import Iterable

import pandas as pd

from helpers.codings.places import merged, place, text_at, texts_of
from helpers.codings.words import word_count
from helpers.exchange import KINDS, Document, Project

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

    >>> texte = exchange.Document("r1", "Bonjour à tous.", kind="verbatim", attributes=(("reunion", "nord"),))
    >>> passage = exchange.Passage("r1", 0, 7, "Bonjour", "Accueil", coder="A")
    >>> projet = exchange.Project((exchange.Code("Accueil"),), (texte,), (passage,))
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
