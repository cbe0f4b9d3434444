"""The words of each theme as a table, or what a corpus lacks for them to be sought."""

from functools import partial

import pandas as pd

from helpers.tables.codings import fold
from helpers.tables.frame import Group, headings, lay_out
from helpers.wording import Html, number, probability, say

# The analysis of `codings.gates` that this table shows.
ANALYSIS = "mots_par_theme"
# Rows past which the table stands under its caption: five themes of six words are read at a glance.
MOST_WORDS = 30
# Words that are told, the surest: past that, nobody reads on.
MOST_TOLD = 100

_say = partial(say, "figures_codings")


def words_table(mots: pd.DataFrame, seuils: pd.DataFrame, *, caption: str) -> Html:
    """The words kept of each theme, the surest first; else what the corpus lacks; nothing without a corpus.

    ``mots`` has the columns of `codings.words_by_code` and ``libelle`` (of the theme), of words kept or tested;
    ``seuils`` has the columns of `codings.gates`.

    >>> seuil = {"analyse": "mots_par_theme", "condition": "mots", "sens": "au_moins", "demande": 10000}
    >>> seuils = pd.DataFrame([seuil | {"trouve": 4200, "est_passe": False}])
    >>> print(tables.words_table(pd.DataFrame(), seuils, caption="Mots des thèmes").text)
    Mots des thèmes Ce qu’il faut Demandé Trouvé Écart Mots de comptes rendus ou de verbatims au moins 10 000 4 200 il
    en manque 5 800 Les mots propres à chaque thème ne sont pas calculés. 4 200 mots de comptes rendus ou de
    verbatims sur 10 000 demandés : il en manque 5 800.
    """
    asked = seuils[seuils["analyse"] == ANALYSIS] if len(seuils) else seuils
    if mots.empty and len(asked) and not asked["est_passe"].all():
        return _gates(asked, caption)
    if mots.empty:
        return _say("words_untested") if len(asked) else Html("", "")
    kept = mots[mots["est_retenu"].astype(bool)]
    if kept.empty:
        return _say("words_none", tests=int(mots["couples"].max()), units=int(mots["unites_toutes"].max()))
    return _kept(kept, caption, tests=int(mots["couples"].max()))


def _gates(asked: pd.DataFrame, caption: str) -> Html:
    ways = {"au_moins": "au moins", "au_plus": "au plus"}
    rows = list(asked.itertuples())
    cells = [
        [
            _say("condition", name=row.condition),
            f"{ways[row.sens]} {number(row.demande)}",
            number(row.trouve),
            _say("verdict", row=row),
        ]
        for row in rows
    ]
    titles = headings("Ce qu’il faut", "Demandé", "Trouvé", "Écart", numbers=["Demandé", "Trouvé"])
    return lay_out(caption, titles, cells, note=_say("gates_note", rows=[row for row in rows if not row.est_passe]))


def _kept(kept: pd.DataFrame, caption: str, *, tests: int) -> Html:
    """The words kept, theme by theme, those with the smallest q first; apart, those that the theme holds less."""
    groups: dict[tuple[str, bool], Group] = {}
    told = kept.sort_values("q_valeur", kind="stable").head(MOST_TOLD)
    for row in told.itertuples():
        title = f"{row.libelle} ({number(row.unites_theme)} unités)"
        is_less = bool(row.est_sous_employe)
        title += ", moins souvent qu’attendu" if is_less else ""
        counts = [number(row.unites), number(row.attendu, 1), *map(number, (row.unites_lemme, row.documents))]
        own = groups.setdefault((row.theme, is_less), Group(title, []))
        own.rows.append([row.lemme, *counts, probability(row.q_valeur)])
    numbers = ["Unités du thème", "Attendu", "Unités de tous les thèmes", "Documents", "q"]
    first, has_less = next(told.itertuples()), bool(told["est_sous_employe"].astype(bool).any())
    note = _say("words_note", first=first, tests=tests, told=len(told), all=len(kept), has_less=has_less)
    made = lay_out(caption, headings("Mot", *numbers, numbers=numbers), list(groups.values()), note=note)
    return fold(made, caption) if len(kept) > MOST_WORDS else made
