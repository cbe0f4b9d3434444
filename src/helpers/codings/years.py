"""Two years' codings: codes kept, appeared and vanished; how often, where texts can be compared."""

import pandas as pd

from helpers.codings.corpus import MINUTES, SAID
from helpers.codings.places import by_code, merged, place
from helpers.codings.words import word_count
from helpers.exchange import Project

STATES = {(True, True): "garde", (True, False): "apparu", (False, True): "disparu"}
# A synthesis keeps what its author chose: how often it names a thing is no rate. Minutes shorten what verbatims hold.
_COUNTABLE = (SAID, MINUTES)


def year_to_year(now: Project, before: Project) -> pd.DataFrame:
    """What becomes of each code used one year or the other: one row a code, in the order of this year's book.

    Columns: ``code``; ``etat`` (``garde``, ``apparu``, ``disparu``: used, not only listed in the book); ``extraits``
    and ``extraits_avant``, pieces of text, those that overlap counting once; ``mots`` and ``mots_avant`` of the year's
    texts (the same for each code); ``pour_mille_mots`` and ``pour_mille_mots_avant``, pieces for 1,000 of these words:
    missing unless all documents of both years have their text and are of one kind, ``verbatim`` or ``compte_rendu``. A
    code renamed has vanished and appeared: nothing is guessed.

    >>> texte = exchange.Document("r1", "Un bureau.", kind="compte_rendu")
    >>> livre = (exchange.Code("Lieux"), exchange.Code("Aide"))
    >>> avant, cette_annee = (
    ...     exchange.Project(livre, (texte,), (exchange.Passage("r1", 0, 10, texte.text, code.path),)) for code in livre
    ... )
    >>> codings.year_to_year(cette_annee, avant)[["code", "etat", "extraits", "pour_mille_mots"]]
        code     etat  extraits  pour_mille_mots
    0  Lieux  disparu         0              0.0
    1   Aide   apparu         1            500.0
    """
    counts, counts_before = _counts(now), _counts(before)
    size, size_before = _size(now), _size(before)
    is_rated = _kinds(now) == _kinds(before) and len(_kinds(now)) == 1 and _kinds(now) <= set(_COUNTABLE)
    is_rated = is_rated and all(document.text for each in (now, before) for document in each.documents)
    rows = []
    for path in dict.fromkeys(code.path for project in (now, before) for code in project.codes):
        count, count_before = counts.get(path, 0), counts_before.get(path, 0)
        if count or count_before:
            rates = [
                1000 * each / n if is_rated and n else None for each, n in ((count, size), (count_before, size_before))
            ]
            rows.append((path, STATES[count > 0, count_before > 0], count, count_before, size, size_before, *rates))
    columns = ["code", "etat", "extraits", "extraits_avant", "mots", "mots_avant"]
    frame = pd.DataFrame(rows, columns=[*columns, "pour_mille_mots", "pour_mille_mots_avant"])
    return frame.astype({"pour_mille_mots": "float64", "pour_mille_mots_avant": "float64"})


def _counts(project: Project) -> dict[str, int]:
    return {code: len(merged(map(place, passages))) for code, passages in by_code(project.passages).items()}


def _size(project: Project) -> int:
    return sum(word_count(document.text) for document in project.documents)


def _kinds(project: Project) -> set[str]:
    return {document.kind for document in project.documents}
