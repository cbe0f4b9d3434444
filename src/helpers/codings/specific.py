"""The words of each theme: those that its passages hold more often than the other coded passages, or less."""

from collections import Counter
from itertools import product

import numpy as np
import pandas as pd

from helpers.codings.gates import FEWEST_UNITS, WORDS_BY_CODE, coded_units, gates, themes_of
from helpers.codings.units import Unit
from helpers.codings.words import lemma, words
from helpers.exchange import Project

# Five units at least in a cell that is shown, and so in a word that is tested (the gate of a table of counts).
FEWEST_WITH_WORD = 5
# A word of one meeting is the matter of that day.
FEWEST_DOCUMENTS = 2
# The share of false discoveries among the words kept.
LEVEL = 0.05
# Letters: below, a lemma is a tool of grammar or an initial.
_SHORTEST = 3
_GRAMMAR = frozenset(
    "afin ainsi alors après aucun aussi autre avant avec avoir beaucoup bien car cela celui certain cet cette chaque "
    "comme comment contre dans depuis des dire donc dont elle encore entre est eux faire falloir fois hors ici lequel "
    "les leur lors lui mais malgré moins mon même non nos notre nous ont par parce pas pendant peu plus plusieurs "
    "pour pourquoi pouvoir puis quand quel quelque qui quoi rien sans sauf selon ses seul seulement si sien son sont "
    "sous souvent sur tel toujours tout trop très une vers voici voilà vos votre vous être".split()
)


def words_by_code(*projects: Project, depth: int = 1) -> pd.DataFrame:
    """The words of each theme against the other coded passages: one row a theme and lemma tested, the surest first.

    Empty below the gates of `codings.gates` (``mots_par_theme``), where no word can be told from chance. A theme is a
    code without parent, with all below it; ``depth=2`` takes the codes right below. A unit is a coded piece of text,
    cut wherever a passage begins or ends; a word counts once in it, however often it is said. IRaMuTeQ and TXM count
    each occurrence, which gives weight to who repeats a word: their lists are not those of this table.

    Columns: ``theme`` (path), ``lemme``; in units, ``unites`` of the theme that hold it, ``attendu`` if it were as
    frequent as elsewhere, ``unites_theme``, ``unites_lemme``, ``unites_toutes``; ``est_sous_employe``: fewer than
    expected; ``documents`` where the theme's units hold it, or, of a word they hold too little, where any unit does;
    ``p_valeur``, the chance of as many or more, or of as few or fewer, whichever is less, doubled, for the side is read
    on the counts (hypergeometric law: Lafon's specificities); ``q_valeur``, the same corrected for all the tests
    (Benjamini and Hochberg); ``est_retenu``: at most `LEVEL`, in `FEWEST_WITH_WORD` units, or as many expected, and
    `FEWEST_DOCUMENTS` documents at least; ``couples``, how many tests, on every row.

    Left out: words of grammar, words never written in lower case (names, acronyms), lemmas of fewer than
    `FEWEST_WITH_WORD` units and themes of fewer than `FEWEST_UNITS`: chosen by totals, which no test is read on.

    >>> codings.words_by_code(exchange.Project())[["theme", "lemme", "unites", "q_valeur"]].empty
    True
    """
    asked = gates(*projects)
    if not asked.loc[asked["analyse"] == WORDS_BY_CODE, "est_passe"].all():
        return _frame([])
    read = _read(projects, depth)
    in_theme, in_lemma = Counter(), Counter()
    for _, themes, lemmas in read:
        in_theme.update(themes)
        in_lemma.update(lemmas)
    kept = {theme for theme, count in in_theme.items() if count >= FEWEST_UNITS}
    common = {each for each, count in in_lemma.items() if count >= FEWEST_WITH_WORD}
    both, places = Counter(), {}
    for document, themes, lemmas in read:
        for each in lemmas & common:
            places.setdefault(each, set()).add(document)
        for pair in product(themes & kept, lemmas & common):
            both[pair] += 1
            places.setdefault(pair, set()).add(document)
    rows = [
        (theme, each, both[theme, each], in_theme[theme], in_lemma[each], len(read))
        + (len(places.get((theme, each), ())), len(places[each]))
        for theme, each in product(sorted(kept), sorted(common))
    ]
    return _frame(rows)


def worth_telling(tested: pd.DataFrame) -> pd.DataFrame:
    """The words kept, or the surest one where none is: it says how many were tested, and what is no theme's stays here.

    >>> mots = pd.DataFrame({"lemme": ["cour", "midi", "pluie"], "est_retenu": [True, False, False]})
    >>> worth_telling(mots)["lemme"].to_list(), worth_telling(mots[1:])["lemme"].to_list()
    (['cour'], ['midi'])
    """
    return tested[tested["est_retenu"]] if tested["est_retenu"].any() else tested.head(1)


def _frame(rows: list[tuple]) -> pd.DataFrame:
    """The tests of the counts."""
    # Loading it takes a second, which only this table needs.
    from scipy.stats import false_discovery_control, hypergeom

    columns = ["theme", "lemme", "unites", "unites_theme", "unites_lemme", "unites_toutes", "documents", "partout"]
    table = pd.DataFrame(rows, columns=columns)
    n, k, whole = (table[name].to_numpy("int64") for name in ("unites_theme", "unites_lemme", "unites_toutes"))
    found = table["unites"].to_numpy("int64")
    tails = [hypergeom.sf(found - 1, whole, k, n), hypergeom.cdf(found, whole, k, n)] if len(table) else [np.empty(0)]
    p = np.clip(2 * np.minimum.reduce(tails), 0, 1)
    table.insert(3, "attendu", k * n / np.maximum(whole, 1))
    is_less = found < table["attendu"]
    table["documents"] = table["documents"].mask(is_less, table.pop("partout"))
    table = table.assign(est_sous_employe=is_less, p_valeur=p, q_valeur=false_discovery_control(p) if len(p) else p)
    is_common = table["attendu"].where(is_less, found) >= FEWEST_WITH_WORD
    is_kept = (table["q_valeur"] <= LEVEL) & is_common & (table["documents"] >= FEWEST_DOCUMENTS)
    table = table.assign(est_retenu=is_kept, couples=len(table))
    return table.sort_values(["p_valeur", "theme", "lemme"], ignore_index=True)


def _read(projects: tuple[Project, ...], depth: int) -> list[tuple[tuple[int, str], set[str], set[str]]]:
    """Each unit: its document, its themes, its lemmas. Two years may have documents of one name."""
    found = [(rank, unit) for rank, project in enumerate(projects) for unit in coded_units(project)]
    lower = {
        word.form
        for project in projects
        for each in project.documents
        for word in words(each.text)
        if _is_low(word, each.text)
    }
    return [((rank, unit.place.zone[0]), themes_of(unit, depth), _lemmas(unit, lower)) for rank, unit in found]


def _is_low(word: tuple[int, int, str], text: str) -> bool:
    return text[word[0]].islower()


def _lemmas(unit: Unit, lower: set[str]) -> set[str]:
    found = {lemma(word.form) for word in words(unit.text) if word.form in lower}
    return {each for each in found if len(each) >= _SHORTEST and each not in _GRAMMAR}
