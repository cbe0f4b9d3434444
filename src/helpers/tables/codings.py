"""What the codings of a year count, as tables: the corpus, codes that meet, agreement, two years."""

from functools import partial

import pandas as pd

from helpers.tables.frame import Group, headings, lay_out
from helpers.typography import NARROW
from helpers.wording import Html, coefficient, fragment, number, plain, say
from helpers.wording.formats import MISSING

# Rows past which a table stands under its caption until it is opened.
MOST_ROWS = 10
# Pairs of a table: sixty codes make more of them than a page may weigh.
MOST_PAIRS = 100

_ALL = "ensemble"
_KINDS = {
    "verbatim": "Verbatims",
    "compte_rendu": "Comptes rendus",
    "synthese": "Synthèses",
    "inconnue": "Nature non dite",
    _ALL: "Ensemble",
}
_STATES = {"garde": "Codes des deux années", "apparu": "Codes apparus", "disparu": "Codes disparus"}

_say = partial(say, "figures_codings")


def fold(made: Html, caption: str) -> Html:
    """The table under its caption until it is opened."""
    text = fragment("folded.html.j2", summary=caption, content=made)
    return Html(text, plain(text))


def _written(value: float, decimals: int, unit: str = "") -> str:
    """A number with its unit; a dash when it is missing."""
    return _dashed(number(value, decimals), unit)


def _dashed(text: str, unit: str = "") -> str:
    return "—" if text == MISSING else f"{text}{unit}"


def corpus_table(corpus: pd.DataFrame, *, caption: str) -> Html:
    """The corpus card: documents, meetings, words and those coded, passages and coders, by kind of document.

    The columns of `codings.corpus`; kinds without document are left out, and nothing is shown when there is none at
    all. Where a text is missing, the share of words that is coded is not said.

    >>> comptes = {"documents": [2, 2], "sans_texte": [0, 0], "reunions": [2, 2], "mots": [900, 900]}
    >>> codes = {"mots_codes": [300, 300], "passages": [12, 12], "codeurs": [1, 1]}
    >>> corpus = pd.DataFrame({"nature": ["compte_rendu", "ensemble"]} | comptes | codes)
    >>> print(tables.corpus_table(corpus, caption="Le corpus").text)
    Le corpus Nature Documents Réunions Mots Mots codés Passages Codeurs Comptes rendus 2 2 900 300 (33 %) 12 1
    Codés : 300 mots sur 900, 33 %. Un texte sous deux codes, ou codé par deux ...
    """
    shown = corpus[corpus["documents"] > 0] if len(corpus) else corpus
    if shown.empty:
        return Html("", "")
    # A stable order, whatever that of the frame: the total is last.
    rows = sorted(shown.itertuples(), key=lambda row: row.nature == _ALL)
    # One kind alone is the whole.
    rows = rows[:1] if len(rows) == 2 else rows
    has_gaps = bool(shown["sans_texte"].any())
    cells = [
        [
            _KINDS.get(row.nature, row.nature),
            number(row.documents),
            *([number(row.sans_texte)] if has_gaps else []),
            number(row.reunions) if row.reunions else "—",
            number(row.mots),
            _say("coded", row=row),
            *map(number, (row.passages, row.codeurs)),
        ]
        for row in rows
    ]
    numbers = ["Documents", *(["dont sans texte"] if has_gaps else []), "Réunions", "Mots", "Mots codés", "Passages"]
    titles = headings("Nature", *numbers, "Codeurs", numbers=[*numbers, "Codeurs"])
    return lay_out(caption, titles, cells, note=_say("corpus_note", all=rows[-1]))


def cooccurrences_table(paires: pd.DataFrame, *, caption: str) -> Html:
    """The `MOST_PAIRS` pairs of codes that meet most, folded past `MOST_ROWS`; nothing without any.

    The columns of `codings.cooccurrences`, with ``libelle`` and ``autre_libelle``: how many times, in how many
    documents, signs of text under both and under either, and the first in per cent of the second.

    >>> paire = {"code": "lieux", "libelle": "Lieux", "autre_code": "aide", "autre_libelle": "Aide", "rencontres": 7}
    >>> signes = {"documents": 4, "signes_communs": 90, "signes": 300, "jaccard": 0.3}
    >>> print(tables.cooccurrences_table(pd.DataFrame([paire | signes]), caption="Paires").text)
    Paires Code Autre code Rencontres Documents Signes communs Signes de l’un ou de l’autre Part commune Lieux Aide 7
    4 90 300 30,0 % Rencontres : paires de passages qui se recouvrent, posés par une même personne. Part ...
    """
    if paires.empty:
        return Html("", "")
    made = pairs_cells(paires, caption=caption)
    return fold(made, caption) if len(paires) > MOST_ROWS else made


def pairs_cells(paires: pd.DataFrame, *, caption: str) -> Html:
    """The table of `cooccurrences_table`, open, for the data of a figure; the `MOST_PAIRS` most met."""
    cells = [
        [
            row.libelle,
            row.autre_libelle,
            *map(number, (row.rencontres, row.documents, row.signes_communs, row.signes)),
            _written(100 * row.jaccard, 1, f"{NARROW}%"),
        ]
        for row in paires.head(MOST_PAIRS).itertuples()
    ]
    numbers = ["Rencontres", "Documents", "Signes communs", "Signes de l’un ou de l’autre", "Part commune"]
    titles = headings("Code", "Autre code", *numbers, numbers=numbers)
    return lay_out(caption, titles, cells, note=_say("pairs_note", shown=len(cells), all=len(paires)))


def meetings_cells(counts: pd.DataFrame, *, caption: str) -> Html:
    """Passages of each code (the index) by meeting (the columns), with the total of each, for the data of a figure."""
    cells = [
        [name, *map(number, row), number(sum(row))] for name, row in zip(counts.index, counts.to_numpy(), strict=True)
    ]
    numbers = [*counts.columns, "Ensemble"]
    return lay_out(caption, headings("Code", *numbers, numbers=numbers), cells, kind="matrice")


def agreement_cells(accord: pd.DataFrame, *, caption: str) -> Html:
    """The counts, the agreement and its measures code by code (columns of `codings.agreement`, with ``libelle``)."""
    cells = [
        [
            row.libelle,
            *map(number, (row.les_deux, row.premier_seul, row.second_seul, row.aucun)),
            *(_written(value, 1, f"{NARROW}%") for value in (row.accord_pct, row.accord_positif_pct)),
            *(_dashed(coefficient(value)) for value in (row.kappa, row.alpha, row.alpha_bas, row.alpha_haut)),
        ]
        for row in accord.itertuples()
    ]
    counts = ["Les deux", "Premier seul", "Second seul", "Aucun des deux"]
    numbers = [*counts, "Accord", "Accord positif", "Kappa", "Alpha", "Intervalle, de", "à"]
    return lay_out(caption, headings("Code", *numbers, numbers=numbers), cells)


def years_table(annees: pd.DataFrame, *, caption: str) -> Html:
    """The codes kept, appeared and vanished since the year before, with their pieces; nothing without any.

    The columns of `codings.year_to_year`, with ``libelle`` and ``annee_avant``; pieces for 1,000 words where these can
    be compared, else why not.

    >>> extraits = {"etat": ["garde"], "annee_avant": [2019], "extraits": [9], "extraits_avant": [6]}
    >>> mots = {"mots": [1000], "mots_avant": [2000], "pour_mille_mots": [9.0], "pour_mille_mots_avant": [3.0]}
    >>> annees = pd.DataFrame({"code": ["lieux"], "libelle": ["Lieux"]} | extraits | mots)
    >>> print(tables.years_table(annees, caption="Deux années").text)
    Deux années Code Extraits en 2019 Extraits cette année Pour 1 000 mots en 2019 Pour 1 000 mots cette année Codes des
    deux années (1) Lieux 6 9 3,0 9,0 n = 2 000 mots en 2019, 1 000 cette année. ...
    """
    if annees.empty:
        return Html("", "")
    rates = ["pour_mille_mots_avant", "pour_mille_mots"]
    rates, first = rates if annees[rates].notna().any(axis=None) else [], next(annees.itertuples())
    groups = {state: Group(title, []) for state, title in _STATES.items()}
    for row in annees.itertuples():
        counts = map(number, (row.extraits_avant, row.extraits))
        groups[row.etat].rows.append([row.libelle, *counts, *(_written(getattr(row, name), 1) for name in rates)])
    when = [f"en {first.annee_avant}", "cette année"]
    numbers = [*(f"Extraits {year}" for year in when), *(f"Pour 1\u202f000 mots {year}" for year in when[: len(rates)])]
    shown = [Group(f"{each.title} ({number(len(each.rows))})", each.rows) for each in groups.values() if each.rows]
    note = _say("years_rated" if rates else "years_bare", row=first)
    return lay_out(caption, headings("Code", *numbers, numbers=numbers), shown, note=note)
