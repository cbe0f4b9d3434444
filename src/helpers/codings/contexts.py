"""Where a word comes in the texts, with what stands around it."""

from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from helpers.codings.personal import masked
from helpers.codings.places import Place, Zone, place, texts_of
from helpers.codings.words import lemma, words
from helpers.exchange import Project
from helpers.exchange.faults import fault, shown

# Signs on each side: what a line of a page holds.
WIDTH = 60


def contexts(project: Project, word: str, *, width: int = WIDTH) -> pd.DataFrame:
    """Each place where a word comes, whatever its ending: one row a place, in the order of the documents.

    A word is found by its form or by its lemma: « équipe » finds « l’équipes », « être » finds « ont été ». Columns:
    ``document``; ``debut``, in code points (missing where the file gives passages without place); ``avant``, ``mot``,
    ``apres``, of ``width`` signs at most, cut between words; ``codes`` of the passages over it, separated by ``, ``.
    Mails, telephones, numbers and full dates are masked. For the researchers: who said it may be recognised.

    Raises
    ------
    DataError
        for what is not one word.

    >>> texte = exchange.Document("r1", "Toute l’équipe du collège est là.")
    >>> passage = exchange.Passage("r1", 0, 14, "Toute l’équipe", "Accueil")
    >>> codings.contexts(exchange.Project((exchange.Code("Accueil"),), (texte,), (passage,)), "équipes", width=12)
      document  debut    avant     mot       apres    codes
    0       r1      8  Toute l’  équipe  du collège  Accueil
    """
    asked = [each.form for each in words(word)]
    if len(asked) != 1:
        raise fault(f"« {shown(word)} » n’est pas un mot ; donnez-en un seul.")
    wanted, rows = lemma(asked[0]), []
    placed = defaultdict(list)
    for each in project.passages:
        at = place(each)
        placed[at.zone].append((at, each.code))
    for zone, text in _texts(project, set(placed)):
        shown_text, here = masked(text), placed.get(zone, [])
        for found in words(text):
            if found.form == asked[0] or lemma(found.form) == wanted:
                rows.append(_row(Place(zone, found.start, found.end), shown_text, here, width))
    frame = pd.DataFrame(rows, columns=["document", "debut", "avant", "mot", "apres", "codes"])
    return frame.astype({"debut": "Int64"})


def _texts(project: Project, zones: set[Zone]) -> Iterator[tuple[Zone, str]]:
    """The text of each document, then those of its passages without place when it has none."""
    texts = texts_of(project)
    for document, text in texts.items():
        yield (document, ""), text
        if not text:
            yield from ((zone, zone[1]) for zone in sorted(zones) if zone[0] == document and zone[1])


def _row(at: Place, text: str, placed: list[tuple[Place, str]], width: int) -> dict:
    codes = dict.fromkeys(code for each, code in placed if each.start < at.end and at.start < each.end)
    before, after = text[max(0, at.start - width) : at.start], text[at.end : at.end + width]
    # A word that the edge cuts is left out, unless it is the only one.
    if at.start > width:
        before = before.partition(" ")[2] or before
    if at.end + width < len(text):
        after = after.rpartition(" ")[0] or after
    return {
        "document": at.zone[0],
        "debut": None if at.zone[1] else at.start,
        "avant": " ".join(before.split()),
        "mot": text[at.start : at.end],
        "apres": " ".join(after.split()),
        "codes": ", ".join(codes),
    }
