"""How large a corpus must be before an analysis says something: what is asked, what is there."""

from collections import Counter

import pandas as pd

from helpers.codings.corpus import SYNTHESIS, meetings
from helpers.codings.counts import FEWEST_DOCUMENTS
from helpers.codings.pairs import cooccurrences
from helpers.codings.places import lineage, texts_of
from helpers.codings.units import Unit, units
from helpers.codings.words import word_count
from helpers.exchange import Project

# Tried on the synthesis of 2020 (1,218 words of three themes): of 105 words tested none passed the correction, and the
# classes of a first split were no firmer than chance. Minutes of six to ten meetings, more than 10,000 words, are the
# least that such counts are made on; a class of fewer than 20 pieces does not hold.
FEWEST_WORDS = 10_000
FEWEST_MEETINGS = 6
FEWEST_UNITS = 20
FEWEST_THEMES = 2
FEWEST_CODERS = 2
WORDS_BY_CODE = "mots_par_theme"
AT_LEAST, AT_MOST = "au_moins", "au_plus"


def gates(*projects: Project) -> pd.DataFrame:
    """What each analysis asks of a corpus, and what is there: one row a condition; several codings count together.

    Columns: ``analyse`` (``code_par_document``, ``reseau``, ``accord``, ``pour_mille_mots``, ``mots_par_theme``);
    ``condition``, what is counted; ``sens`` (``au_moins``, ``au_plus``); ``demande``; ``trouve``; ``est_passe``.
    Meetings are the values of the attribute ``reunion``, or the documents without any. A document counts as
    ``sans_parole`` when it is a synthesis, or of a kind that the file does not say.

    >>> seuils = codings.gates(exchange.Project())
    >>> seuils[["analyse", "condition", "demande", "trouve", "est_passe"]].tail(3)
              analyse                condition  demande  trouve  est_passe
    5  mots_par_theme                 reunions        6       0      False
    6  mots_par_theme  documents_sans_parole        0       0       True
    7  mots_par_theme     themes_de_20_unites        2       0      False
    """
    documents = [document for project in projects for document in project.documents]
    spoken = [document for document in documents if document.kind not in ("", SYNTHESIS)]
    silent = len(documents) - len(spoken)
    pairs = sum(int(cooccurrences(project)["est_trace"].sum()) for project in projects)
    coders = max((len({each.coder for each in project.passages} - {""}) for project in projects), default=0)
    crossed = sum(1 for document in documents if document.kind != SYNTHESIS)
    rich = sum(1 for count in _themes(*projects).values() if count >= FEWEST_UNITS)
    rows = [
        ("code_par_document", "documents", AT_LEAST, FEWEST_DOCUMENTS, crossed),
        ("reseau", "paires_tracees", AT_LEAST, 1, pairs),
        ("accord", "codeurs", AT_LEAST, FEWEST_CODERS, coders),
        ("pour_mille_mots", "documents_sans_parole", AT_MOST, 0, silent),
        (WORDS_BY_CODE, "mots", AT_LEAST, FEWEST_WORDS, sum(word_count(document.text) for document in spoken)),
        (WORDS_BY_CODE, "reunions", AT_LEAST, FEWEST_MEETINGS, len(meetings(spoken)) or len(spoken)),
        (WORDS_BY_CODE, "documents_sans_parole", AT_MOST, 0, silent),
        (WORDS_BY_CODE, f"themes_de_{FEWEST_UNITS}_unites", AT_LEAST, FEWEST_THEMES, rich),
    ]
    frame = pd.DataFrame(rows, columns=["analyse", "condition", "sens", "demande", "trouve"])
    is_most = frame["sens"] == AT_MOST
    return frame.assign(
        est_passe=(frame["trouve"] >= frame["demande"]).mask(is_most, frame["trouve"] <= frame["demande"])
    )


def coded_units(project: Project) -> list[Unit]:
    """The coded pieces of a project, whoever coded them, each with all its codes."""
    return units([project.passages], texts_of(project))


def themes_of(unit: Unit, depth: int) -> set[str]:
    """The codes of a unit, or those above them at this depth (1 for a code without parent)."""
    return {lineage(code)[:depth][-1] for code in unit.codes[0]}


def _themes(*projects: Project) -> Counter[str]:
    """How many units each theme has."""
    return Counter(theme for project in projects for unit in coded_units(project) for theme in themes_of(unit, 1))
