"""Figures of the codes that researchers put on minutes: the book as a tree, and codes by meeting."""

import string
from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import compose
from helpers.charts.words import is_tied
from helpers.tables import table
from helpers.tables.codings import meetings_cells
from helpers.wording import Html, say

# A code of fewer pieces than these, spread over meetings, is a row of ones and zeros: the table has it.
FEWEST_PIECES = 5
# Codes of a drawing: past that, nobody finds a line again, and the page would weigh half of what it may.
MOST_CODES = 30
# Meetings side by side: past that, a narrow sheet cannot write a number of three figures in a cell.
MOST_MEETINGS = 12
# Names of meetings at the head of columns, while they are short and few: their signs, and those of the longest word.
MOST_SIGNS, LONGEST_WORD = 30, 8
# Names that a note lists.
MOST_NAMED = 12

_say = partial(say, "figures_codings")

_COLUMNS = {
    "libelle": "Code",
    "extraits": "Extraits",
    "extraits_branche": "Extraits de la branche",
    "passages": "Passages",
    "documents": "Documents",
    "codeurs": "Codeurs",
    "mots": "Mots",
}


def show_codes(codes: pd.DataFrame) -> Html:
    """The code book as a tree, with the pieces of text under each code and under its branch; nothing when none is used.

    The columns of `codings.code_counts`, and ``parent`` (the code above, or nothing), in the order of the book. A
    branch without any piece is not drawn, but named.

    >>> livre = {"code": ["lieux", "bureau"], "libelle": ["Lieux", "Bureau"], "profondeur": [0, 1]}
    >>> comptes = {"passages": [1, 4], "extraits": [1, 2], "extraits_branche": [3, 2], "documents": [1, 2]}
    >>> codes = pd.DataFrame(livre | comptes | {"codeurs": [1, 2], "mots": [9, 30], "parent": ["", "lieux"]})
    >>> print(charts.show_codes(codes).text)
    « Bureau », le code le plus employé : 2 extraits de 2 documents
    Barres horizontales des extraits par code, en arbre : Lieux, 1 (branche : 3) ; Bureau, 2.
    """
    rows = codes[codes["extraits_branche"] > 0] if len(codes) else codes
    if rows.empty:
        return Html("", "")
    rows = rows.assign(a_dessous=rows["code"].isin(set(rows["parent"])))
    most = next(rows.loc[[rows["extraits"].idxmax()]].itertuples())
    unused = list(codes.loc[codes["extraits_branche"] == 0, "libelle"])
    used = int((codes["extraits"] > 0).sum())
    each = list(rows.itertuples())
    return compose(
        partial(draw.tree, rows),
        id="codages-arbre",
        title=_say("codes_title", most=most, is_tied=is_tied(most.extraits, list(rows["extraits"]))),
        subtitle=_say("codes_subtitle", has_branches=bool(rows["a_dessous"].any())),
        reading=_say("codes_reading", most=most),
        base=_say("codes_base", passages=int(codes["passages"].sum()), used=used, all=len(codes)),
        source=_say("source", field="documents codés de l’année"),
        alt=_say("codes_alt", rows=each).text,
        table=table(codes, caption="Emploi des codes du livre", titles=_COLUMNS),
        notes=[_say("codes_unused", names=unused, most=MOST_NAMED)] if unused else [],
    )


def show_codes_by_meeting(reunions: pd.DataFrame) -> Html:
    """Codes by meeting as a heat table, the most used first; nothing with fewer than two meetings.

    The columns of `codings.code_by_document`, and ``libelle``: ``groupe`` names a meeting, or a document. Codes of
    fewer than ``FEWEST_PIECES`` pieces in all stand in the data alone, and nothing is drawn when all are; past
    ``MOST_MEETINGS``, the meetings with the fewest pieces share a column; the ``MOST_CODES`` most used are drawn.

    >>> comptes = {"code": ["lieux", "lieux"], "groupe": ["nord", "sud"], "extraits": [4, 2], "total": [6, 6]}
    >>> print(charts.show_codes_by_meeting(pd.DataFrame(comptes).assign(libelle="Lieux")).text)
    « Lieux » : 4 extraits dans « nord », la case la plus fournie
    Tableau des extraits par code et par réunion, 2 réunions ; en tout : Lieux, 6.
    """
    known = reunions[reunions["total"] >= FEWEST_PIECES] if len(reunions) else reunions
    if known.empty or known["groupe"].nunique() < 2:
        return Html("", "")
    codes = list(dict.fromkeys(known["code"]))
    drawn = known[known["code"].isin(codes[:MOST_CODES])]
    every, shown = _crossed(reunions), _crossed(drawn)
    merged, heads, letters = _columns(shown)
    most = next(drawn.loc[[drawn["extraits"].idxmax()]].itertuples())
    fewer = shown.shape[1] - merged.shape[1] + 1
    notes = [_say("meetings_letters", pairs=letters)] if letters else []
    notes += [_say("meetings_merged", count=fewer)] if fewer > 1 else []
    notes += [_say("meetings_most", shown=len(shown), all=len(codes))] if len(codes) > len(shown) else []
    if len(every) > len(codes):
        notes.append(_say("meetings_rare", count=len(every) - len(codes), fewest=FEWEST_PIECES))
    return compose(
        partial(draw.codes_by_group, merged.assign(total=merged.sum(axis=1)), [*heads, "total"]),
        id="codages-reunions",
        title=_say("meetings_title", most=most, is_tied=is_tied(most.extraits, list(drawn["extraits"]))),
        subtitle=_say("meetings_subtitle", is_lettered=bool(letters)),
        reading=_say("meetings_reading", most=most),
        base=_say("meetings_base", extraits=int(reunions["extraits"].sum()), groups=shown.shape[1]),
        source=_say(
            "source", field="comptes rendus et verbatims codés, par réunion, ou par document là où il n’en nomme pas"
        ),
        alt=_say("meetings_alt", rows=list(shown.sum(axis=1).items()), groups=shown.shape[1]).text,
        table=meetings_cells(every, caption="Extraits par code et par réunion"),
        notes=notes,
    )


def _crossed(reunions: pd.DataFrame) -> pd.DataFrame:
    """Pieces of text: a row a code, named by its label, which another may share; a column a meeting, in order."""
    ranks, groups = pd.factorize(reunions["code"])[0], list(dict.fromkeys(reunions["groupe"]))
    counts = pd.crosstab(ranks, reunions["groupe"], reunions["extraits"], aggfunc="sum")
    labels = reunions.groupby(ranks)["libelle"].first()
    return counts.reindex(columns=groups).fillna(0).astype(int).set_axis(list(labels), axis=0).rename_axis(columns=None)


def _columns(counts: pd.DataFrame) -> tuple[pd.DataFrame, list[str], list[tuple[str, str]]]:
    """The counts with the columns that are drawn, how these are headed, and what each letter stands for."""
    names = list(counts.columns)
    if len(names) > MOST_MEETINGS:
        kept = set(counts.sum().sort_values(ascending=False, kind="stable").index[: MOST_MEETINGS - 1])
        names = [name for name in names if name in kept]
        others = counts.drop(columns=names).sum(axis=1)
        counts = pd.concat([counts[names], others], axis=1)
    if len(counts.columns) == len(names) and _are_short(names):
        return counts, names, []
    letters = list(zip(string.ascii_uppercase, names, strict=False))
    heads = [letter for letter, _ in letters] + ["autres"] * (len(counts.columns) - len(names))
    return counts, heads, letters


def _are_short(names: list[str]) -> bool:
    """Whether names hold at the head of columns; one with signs that no drawing may hold does not."""
    words = [word for name in names for word in name.split()]
    is_narrow = sum(map(len, names)) <= MOST_SIGNS and max(map(len, words), default=0) <= LONGEST_WORD
    return is_narrow and all(name.isprintable() for name in names)
