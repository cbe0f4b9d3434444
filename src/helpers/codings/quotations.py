"""What may be quoted: passages short enough, of codes that enough persons speak of, without a mark of anybody."""

import pandas as pd

from helpers.codings.corpus import meetings
from helpers.codings.personal import is_personal
from helpers.codings.places import merged, place, text_at, texts_of
from helpers.codings.words import word_count
from helpers.exchange import Document, Project
from helpers.exchange.faults import unknown
from helpers.schema import FEWEST_PERSONS

# The attribute of a document that says whose words it holds, where a document is one person's.
SPEAKER = "locuteur"
# Without it, a document or a meeting gathers several persons: of three, no one knows which said it.
FEWEST_MEETINGS = 3
# Words: two sentences. A longer piece tells a story, by which somebody may be recognised.
LONGEST = 40


def quotations(
    project: Project, code: str, *, longest: int = LONGEST, fewest_speakers: int = FEWEST_PERSONS
) -> pd.DataFrame:
    """The passages of a code, with the text of those that may be quoted: the shortest first, then by their text.

    Columns: ``code``, ``citation`` (empty where it may not be quoted), ``mots``; ``voix``, how many speak under this
    code: the values of the attribute ``locuteur`` when each document has it, otherwise the meetings (attribute
    ``reunion``) or the documents; ``motif``, why not: ``trop_peu_de_voix``, ``marque_personnelle`` (a mail, a
    telephone, a number, a full date), ``trop_longue`` (over ``longest`` words), or nothing. Voices must be
    ``fewest_speakers``, or `FEWEST_MEETINGS` when they are meetings or documents. Passages that overlap are one. No
    document, place nor coder: they would tell who.

    A name cannot be recognised by rule: a person reads each quotation before it is published.

    Raises
    ------
    ValueError
        for fewer speakers than `FEWEST_PERSONS`.
    DataError
        for a code that the project does not have, with the nearest one.

    >>> noms = ("r1", "r2", "r3")
    >>> textes = tuple(exchange.Document(nom, f"On manque de place. Voilà {nom}.") for nom in noms)
    >>> passages = tuple(exchange.Passage(nom, 0, 19, "On manque de place.", "Lieux") for nom in noms)
    >>> projet = exchange.Project((exchange.Code("Lieux"),), textes, passages)
    >>> codings.quotations(projet, "Lieux").head(1)
        code             citation  mots  voix motif
    0  Lieux  On manque de place.     4     3
    """
    if fewest_speakers < FEWEST_PERSONS:
        raise ValueError(f"fewest_speakers: at least {FEWEST_PERSONS}")
    if code not in (paths := [each.path for each in project.codes]):
        raise unknown("le code", code, paths)
    texts = texts_of(project)
    pieces = merged(place(each) for each in project.passages if each.code == code)
    names = {at.zone[0] for at in pieces}
    voices, is_enough = _voices([each for each in project.documents if each.name in names], fewest_speakers)
    rows = []
    for text in (text_at(texts, at) for at in pieces):
        length = word_count(text)
        why = "" if is_enough else "trop_peu_de_voix"
        why = why or ("marque_personnelle" if is_personal(text) else "trop_longue" if length > longest else "")
        rows.append((code, "" if why else " ".join(text.split()), length, voices, why))
    rows.sort(key=lambda row: (row[2], row[1], row[4]))
    return pd.DataFrame(rows, columns=["code", "citation", "mots", "voix", "motif"])


def _voices(documents: list[Document], fewest_speakers: int) -> tuple[int, bool]:
    """How many speak in documents, as far as one can tell, and whether that is enough."""
    said = [dict(document.attributes).get(SPEAKER, "") for document in documents]
    if said and all(said):
        count = len(set(said))
        return count, count >= fewest_speakers
    told = meetings(documents)
    # Two documents may tell one meeting: one that does not say which cannot be told apart from the others.
    # And one text under several names is one document.
    count = len(told) if told else len({document.text or document.name for document in documents})
    return count, count >= FEWEST_MEETINGS
