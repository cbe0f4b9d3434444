"""How often each code was used, in the whole corpus and meeting by meeting."""

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from helpers.codings.corpus import SYNTHESIS
from helpers.codings.places import by_code, lineage, merged, place, text_at, texts_of
from helpers.codings.words import word_count
from helpers.exchange import Code, Passage, Project, code_labels
from helpers.exchange.faults import unknown

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

    >>> livre = (exchange.Code("Lieux"), exchange.Code("Bureau", "Lieux"))
    >>> passage = exchange.Passage("r1", 0, 9, "Un bureau", "Lieux/Bureau")
    >>> projet = exchange.Project(livre, (exchange.Document("r1", "Un bureau."),), (passage,))
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
    rows = [_row(path, found.get(path, []), below[path], texts) for path in paths]
    columns = ["code", "libelle", "profondeur", "passages", "extraits", "extraits_branche", "documents"]
    return pd.DataFrame(rows, columns=[*columns, "codeurs", "mots"])


def _row(path: str, passages: list[Passage], below: list[Passage], texts: dict[str, str]) -> dict[str, str | int]:
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

    >>> textes = [exchange.Document(nom, "Un bureau.") for nom in ("r1", "r2")]
    >>> passages = [exchange.Passage(texte.name, 0, 9, "Un bureau", "Lieux") for texte in textes]
    >>> projet = exchange.Project((exchange.Code("Lieux"),), tuple(textes), tuple(passages))
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
