"""Coded statements to exact indicators: their themes, natures, scales and actors, and which tension is answered."""

from collections.abc import Iterable

import pandas as pd

from helpers.facts import cite
from helpers.indicators.rows import Cell, single, table
from helpers.schema import CODED, OUTLOOK, Indicator, catalogue, unfolded

# The column that each indicator counts; a column with several values counts a statement once for each.
COLUMNS = {
    "theme_enonce": "theme",
    "nature_enonce": "nature",
    "echelle_enonce": "echelle",
    "acteur_enonce": "acteurs",
    "association_enonce": "associations",
}
# Those that are also counted nature by nature.
CROSSED = ("theme_enonce", "echelle_enonce", "acteur_enonce")


def _members(indicator: Indicator, seen: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Each modality and group with the codes that it stands for; the codes seen, for an open indicator."""
    codes = [*indicator.modalities] or sorted(set(seen))
    return {name: indicator.members_of(name) for name in [*codes, *indicator.groups]}


def _counted(cell: Cell, found: Iterable, *, base: int | None, document: str, cross: tuple = ("", "")) -> dict:
    """The row of some statements (named tuples); one that is there several times counts once."""
    bounds, lines = None if base is None else (base, base), {each.id: each.ligne for each in found}
    return single(cell, len(lines), cite(document, lines.values()), base=bounds, cross=cross)


def _by_code(statements: pd.DataFrame, name: str, *, year: int, document: str) -> list[dict]:
    entry, natures = catalogue().indicators[name], catalogue().indicators["nature_enonce"].modalities
    column, rows = COLUMNS[name], []
    coded = [(getattr(each, column), each) for each in unfolded(statements, column).itertuples()]
    for code, members in _members(entry, (seen for seen, _ in coded)).items():
        found, cell = [each for seen, each in coded if seen in members], (year, "enonces", name, code)
        rows.append(_counted(cell, found, base=len(statements), document=document))
        for nature in natures if name in CROSSED else ():
            cross, some = ("nature_enonce", nature), [each for each in found if each.nature == nature]
            rows.append(_counted(cell, some, base=len(statements), document=document, cross=cross))
    return rows


def _linked(statements: pd.DataFrame, *, year: int, document: str) -> list[dict]:
    """The statements that a figure sheds light on, and the others; the first by the topic of the figure, if any."""
    is_linked = statements["indicateur_lie"].ne("")
    linked, entries = statements[is_linked], catalogue().indicators
    rows = [
        _counted((year, "enonces", "chiffre_lie", code), found.itertuples(), base=len(statements), document=document)
        for code, found in (("oui", linked), ("non", statements[~is_linked]))
    ]
    topics = linked["indicateur_lie"].map(lambda path: entries[path.split("/")[1]].topic)
    for code in entries["rubrique_liee"].modalities if len(linked) else ():
        cell, found = (year, "enonces", "rubrique_liee", code), linked[topics == code].itertuples()
        rows.append(_counted(cell, found, base=len(linked), document=document))
    return rows


def _placed(statements: pd.DataFrame, *, year: int, document: str) -> list[dict]:
    """The statements by the meeting they come from; nothing when no statement says it."""
    if statements["reunion"].eq("").all():
        return []
    known, rows = statements["reunion"].replace("", "inconnue"), []
    for code in catalogue().indicators["reunion_enonce"].modalities:
        cell, found = (year, "enonces", "reunion_enonce", code), statements[known == code].itertuples()
        rows.append(_counted(cell, found, base=len(statements), document=document))
    return rows


def _levels(statements: pd.DataFrame, *, year: int, document: str) -> list[dict]:
    """How many scales the work proposed for what comes next is at; nothing when the code book proposes none."""
    proposed = statements[statements["theme"] == OUTLOOK]
    if proposed.empty:
        return []
    levels = proposed["echelle"].nunique()
    return [single((year, "enonces", "niveaux_proposes", ""), levels, cite(document, proposed["ligne"]))]


def _answered(statements: pd.DataFrame, *, year: int, document: str) -> list[dict]:
    """The tensions by what answers them. Nothing when no answer is coded: an empty column says nothing of them."""
    answers = unfolded(statements, "repond_a")
    if answers.empty:
        return []
    entry, tensions = catalogue().indicators["reponse_tension"], statements[statements["nature"] == "tension"]
    natures = answers.groupby("repond_a")["nature"].agg(set)
    kinds = pd.Series(
        ["les_deux" if len(found) > 1 else found.pop() for found in natures], index=natures.index, dtype="str"
    )
    kind = tensions["id"].map(kinds).fillna("aucune")
    by_kind = {code: tensions[kind.isin(members)].itertuples() for code, members in _members(entry, kind).items()}
    return [
        _counted((year, "enonces", entry.id, code), found, base=len(tensions), document=document)
        for code, found in by_kind.items()
    ]


def count_statements(statements: pd.DataFrame, *, year: int, document: str) -> pd.DataFrame:
    """Exact indicators (schema ``indicateurs``) of the coded statements (schema ``enonces``), each citing its lines.

    Their number; by theme, nature, scale, actor and association; theme, scale and actor by nature (base: every
    statement); by the meeting they come from, and at how many scales what comes next is; those that a figure of the
    year sheds light on, then by the topic of this figure (base: those that have one); the tensions by what answers them
    (base: the tensions). A group of actors counts once a statement that names several of them. Their source is the
    coding, not the document: another person might have coded it otherwise.

    >>> comptes = indicators.count_statements(store.load(2020, "enonces"), year=2020, document="Note")
    >>> comptes[["indicateur", "modalite", "effectif_min", "base_min"]].head(2)
         indicateur              modalite  effectif_min  base_min
    0       enonces                                  46      <NA>
    1  theme_enonce  cadre_du_partenariat            13        46
    """
    if statements.empty:
        return table([])
    rows = [_counted((year, "enonces", "enonces", ""), statements.itertuples(), base=None, document=document)]
    for name in COLUMNS:
        rows += _by_code(statements, name, year=year, document=document)
    rows += _placed(statements, year=year, document=document) + _levels(statements, year=year, document=document)
    rows += _linked(statements, year=year, document=document)
    rows += _answered(statements, year=year, document=document)
    return table(rows, source=CODED)
