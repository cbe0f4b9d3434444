"""What is counted of a year's codings, in one table that holds no text: what pages may show of them."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from helpers.codings.agreement import agreement
from helpers.codings.coders import two_coders
from helpers.codings.corpus import ALL, MEETING, UNKNOWN, corpus
from helpers.codings.counts import code_by_document, code_counts
from helpers.codings.gates import AT_MOST, gates
from helpers.codings.gathered import count_namesakes, count_twins, gather
from helpers.codings.pairs import cooccurrences
from helpers.codings.places import of_coder
from helpers.codings.shapes import SHAPES
from helpers.codings.specific import words_by_code, worth_telling
from helpers.codings.years import year_to_year
from helpers.exchange import Project, code_labels

_COLUMNS = ["annee", "analyse", "cle", "autre_cle", "mesure", "valeur"]
# The columns that hold a code.
_CODES = ("code", "autre_code", "theme")


def measures(
    now: Mapping[str, Project],
    before: Mapping[str, Project] | None = None,
    *,
    year: int,
    meetings: Sequence[str] = (),
) -> pd.DataFrame:
    """Every count of a year's codings (by their names, under the codes of the book), one row a measure.

    The result has the schema ``codages``; `table_of` gives each table back. Empty without coding. ``before`` are the
    codings of the year before. Of agreement, the two persons who coded the most documents both. It
    holds no text, no name of a document or a person: a meeting is called by its title where it is one of ``meetings``,
    public already, else by its rank.

    >>> texte = exchange.Document("r1", "Bonjour à tous.", kind="verbatim")
    >>> passage = exchange.Passage("r1", 0, 7, "Bonjour", "accueil")
    >>> codage = exchange.Project((exchange.Code("accueil"),), (texte,), (passage,))
    >>> comptes = codings.measures({"Zoé": codage}, year=2021)
    >>> comptes.query("analyse == 'codes'")[["cle", "mesure", "valeur"]].head(2)
           cle      mesure  valeur
    40  accueil  profondeur     0.0
    41  accueil    passages     1.0
    """
    if not now:
        return pd.DataFrame(columns=_COLUMNS)
    project, earlier = gather(now), gather(before or {})
    frames = {
        "corpus": _corpus(now, project),
        "codes": code_counts(project),
        "reunions": _crossed(project, meetings),
        "paires": cooccurrences(project),
        "accord": _agreed(project),
        "annees": year_to_year(project, earlier).assign(annee_avant=str(year - 1)) if before else None,
        "seuils": (asked := gates(project)).assign(est_plafond=asked["sens"] == AT_MOST),
        "mots": worth_telling(words_by_code(project)),
    }
    rows = [row for name, frame in frames.items() if frame is not None for row in _melted(name, frame)]
    return pd.DataFrame([(year, *row) for row in rows], columns=_COLUMNS)


def _melted(name: str, frame: pd.DataFrame) -> Iterator[tuple[str, str, str, str, float]]:
    shape = SHAPES[name]
    for row in frame.to_dict("records"):
        keys = [code_labels(row[key])[-1] if key in _CODES else row[key] for key in shape.keys]
        one, other = [*keys, ""][:2]
        for measure in shape.measures:
            if measure in row and not pd.isna(row[measure]):
                yield name, one, other, measure, float(row[measure])


def _corpus(projects: Mapping[str, Project], project: Project) -> pd.DataFrame:
    """The corpus card, with the codings that hold each kind of document, and what names and texts these share."""
    card = corpus(project)
    for place, kind in card["nature"].items():
        own = {name: _of_kind(each, kind) for name, each in projects.items()}
        card.loc[place, "codages"] = sum(1 for each in own.values() if each.documents)
        card.loc[place, "homonymes"] = count_namesakes(own)
        card.loc[place, "jumeaux"] = count_twins(own)
    return card


def _of_kind(project: Project, kind: str) -> Project:
    """The documents of a kind, nothing of what was coded in them."""
    named = {UNKNOWN: ""}.get(kind, kind)
    return Project((), tuple(each for each in project.documents if kind == ALL or each.kind == named))


def _crossed(project: Project, meetings: Sequence[str]) -> pd.DataFrame:
    """Codes by meeting, or by document where no document says which meeting it tells."""
    crossed, word = code_by_document(project, attribute=MEETING), "réunion"
    if crossed.empty:
        crossed, word = code_by_document(project), "document"
    told = dict.fromkeys(crossed["groupe"])
    public = set(meetings) if word == "réunion" else ()
    names = {name: name if name in public else f"{word} {rank}" for rank, name in enumerate(told, 1)}
    return crossed.assign(groupe=crossed["groupe"].map(names))


def _agreed(project: Project) -> pd.DataFrame | None:
    pair = two_coders(project)
    return agreement(*(of_coder(project, coder) for coder in pair)) if pair else None
