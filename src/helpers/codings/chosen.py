"""Which quotations may be chosen, and which a person chose."""

import re
import unicodedata
from collections.abc import Mapping

import pandas as pd

from helpers.codings.gathered import gather
from helpers.codings.quotations import quotations
from helpers.exchange import Project, code_labels

_KEPT = ["theme", "citation", "mots", "voix"]


def quotable(projects: Mapping[str, Project]) -> pd.DataFrame:
    """Every quotation of a year's codings (by their names, under the codes of the book) that a person may choose.

    Columns: ``theme`` (short code), ``citation``, ``mots``, ``voix``; those of `quotations` that have no reason not to
    be quoted. In the order of the book, the shortest first; a sentence said twice is one. For the researchers: somebody
    reads each before it is published.

    >>> textes = tuple(exchange.Document(nom, f"On manque de place. Voilà {nom}.") for nom in ("r1", "r2", "r3"))
    >>> passages = tuple(exchange.Passage(texte.name, 0, 19, texte.text[:19], "lieux") for texte in textes)
    >>> codings.quotable({"Zoé": exchange.Project((exchange.Code("lieux"),), textes, passages)})
       theme             citation  mots  voix
    0  lieux  On manque de place.     4     3
    """
    project = gather(projects)
    used = {passage.code for passage in project.passages}
    found = [
        quotations(project, code.path).assign(theme=code_labels(code.path)[-1])
        for code in project.codes
        if code.path in used
    ]
    table = pd.concat([pd.DataFrame(columns=_KEPT), *found])
    table = table[table["citation"] != ""][_KEPT].drop_duplicates(["theme", "citation"])
    return table.astype({"theme": "str", "citation": "str", "mots": "int64", "voix": "int64"}).reset_index(drop=True)


def chosen(ticked: pd.DataFrame, possible: pd.DataFrame) -> pd.DataFrame:
    """What a person chose (schema ``citations``), as codings have it: a row a dated row of ``ticked``, its index kept.

    ``possible`` has the columns of `codings.quotable`. The sentence is looked for by its words: a spreadsheet may have
    changed an apostrophe. One that is not among those possible has no ``voix``: it must not be shown.

    >>> possibles = pd.DataFrame({"theme": ["lieux"], "citation": ["L’eau manque."], "mots": [2], "voix": [3]})
    >>> dates = pd.to_datetime(["2021-06-01", None])
    >>> lues = pd.DataFrame({"theme": ["lieux"] * 2, "citation": ["L'eau  manque", "Rien."], "relue_le": dates})
    >>> codings.chosen(lues, possibles)[["citation", "voix"]]
            citation  voix
    0  L’eau manque.     3
    """
    known = {_key(row.theme, row.citation): row for row in possible.itertuples()}
    dated = ticked[ticked["relue_le"].notna()]
    rows = []
    for row in dated.itertuples():
        found = known.get(_key(row.theme, row.citation))
        rows.append((found.citation, found.mots, found.voix) if found else (row.citation, None, None))
    found = pd.DataFrame(rows, columns=["citation", "mots", "voix"], index=dated.index)
    found = found.astype({"citation": "str", "mots": "Int64", "voix": "Int64"})
    return dated[["theme", "relue_le"]].join(found)[["theme", "citation", "relue_le", "mots", "voix"]]


def quoted(citations: pd.DataFrame, *, book: pd.DataFrame) -> pd.DataFrame:
    """The quotations as a page shows them: ``theme`` (label), ``citation`` between quotation marks, ``voix``.

    Takes the schema ``citations`` and the code book (schema ``themes``); in the order of the book, the shortest first.

    >>> livre = pd.DataFrame({"theme": ["lieux"], "libelle": ["Les lieux"]})
    >>> lues = pd.DataFrame({"theme": ["lieux"], "citation": ["L’eau manque."], "mots": [2], "voix": [3]})
    >>> codings.quoted(lues, book=livre)
           theme           citation  voix
    0  Les lieux  « L’eau manque. »     3
    """
    found = citations.merge(book.reset_index(names="rang")[["rang", "theme", "libelle"]], on="theme", validate="m:1")
    found = found.sort_values(["rang", "mots", "citation"], ignore_index=True)
    said = pd.Series([f"«\u202f{sentence}\u202f»" for sentence in found["citation"]], dtype="str")
    return pd.DataFrame({"theme": found["libelle"], "citation": said, "voix": found["voix"]})


def _key(theme: str, sentence: str) -> tuple[str, str]:
    return theme, " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", sentence).casefold()))
