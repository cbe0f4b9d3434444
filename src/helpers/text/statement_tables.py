"""Coded statements, the code book and codings as tables."""

from functools import partial

import pandas as pd
from markupsafe import Markup

from helpers.indicators.lookup import Fact, Facts, statement_anchor, title_of_path
from helpers.schema import catalogue
from helpers.text.formats import MISSING, Html, coefficient, number, plural, probability, say, say_count
from helpers.text.tables import Group, fold, headings, lay_out, table
from helpers.typography import NARROW

# --- The code book ---

_TITLES = {
    "libelle": "Code",
    "definition": "Ce qui en relève",
    "inclure": "On y met",
    "exclure": "On n’y met pas",
    "modifie_le": "Modifié le",
    "enonces": "Énoncés",
    "extraits": "Extraits",
}


def book_table(shown: pd.DataFrame, *, caption: str) -> Html:
    """The codes in use, their meaning and frequency: the columns of `codings.shown` that are there."""
    return table(shown, caption=caption, titles={name: title for name, title in _TITLES.items() if name in shown})


# --- The codings of a year ---

# Beyond, a table is folded.
MOST_ROWS = 10
# Sixty codes make more pairs than a page may weigh.
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


def _written(value: float, decimals: int, unit: str = "") -> str:
    """A number with its unit; a dash when it is missing."""
    return _dashed(number(value, decimals), unit)


def _dashed(text: str, unit: str = "") -> str:
    return "—" if text == MISSING else f"{text}{unit}"


def corpus_table(corpus: pd.DataFrame, *, caption: str) -> Html:
    """The corpus by kind of document (columns of `codings.corpus`); nothing without documents.

    Where a text is missing, the share of words that is coded is not given.
    """
    shown = corpus[corpus["documents"] > 0] if len(corpus) else corpus
    if shown.empty:
        return Html("", "")
    # The total last, whatever the order of the frame.
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
    """The `MOST_PAIRS` most frequent pairs of codes, folded past `MOST_ROWS`; nothing without any.

    The columns of `codings.cooccurrences`, with ``libelle`` and ``autre_libelle``.
    """
    if paires.empty:
        return Html("", "")
    made = pairs_cells(paires, caption=caption)
    return fold(made, caption) if len(paires) > MOST_ROWS else made


def pairs_cells(paires: pd.DataFrame, *, caption: str) -> Html:
    """The table of `cooccurrences_table`, open, for the data of a chart."""
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
    """Segments of each code (the index) by meeting (the columns), with totals, for the data of a chart."""
    cells = [
        [name, *map(number, row), number(sum(row))] for name, row in zip(counts.index, counts.to_numpy(), strict=True)
    ]
    numbers = [*counts.columns, "Ensemble"]
    return lay_out(caption, headings("Code", *numbers, numbers=numbers), cells, kind="matrice")


def agreement_cells(accord: pd.DataFrame, *, caption: str) -> Html:
    """Counts and agreement measures by code (columns of `codings.agreement`, with ``libelle``)."""
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
    """The codes of both years, new and gone since the year before, with their segments; nothing without any.

    The columns of `codings.year_to_year`, with ``libelle`` and ``annee_avant``; rates per 1,000 words where comparable,
    else the reason why not.
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


# --- The words of each theme ---

# The analysis of `codings.gates` that this table shows.
ANALYSIS = "mots_par_theme"
# Beyond, the table is folded: five themes of six words are read at a glance.
MOST_WORDS = 30
# Displayed words, the surest.
MOST_TOLD = 100


def words_table(mots: pd.DataFrame, seuils: pd.DataFrame, *, caption: str) -> Html:
    """The significant words of each theme, else what the corpus lacks; nothing without a corpus.

    ``mots`` has the columns of `codings.words_by_code` and ``libelle``, ``seuils`` those of `codings.gates`.
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
    """The significant words theme by theme, smallest q first; apart, those that the theme uses less."""
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


# --- Coded statements ---

# Below this base a share would look more precise than it is: the count is given instead.
SHARE_FROM_BASE = 100
PAGE = "02_describe.html"
# Beyond, the table is folded.
UNFOLDED_USES = 8


def value_of(fact: Fact | None) -> Html:
    """A value in its shortest words: a count on a base below ``SHARE_FROM_BASE``, else a share, or « pas de donnée ».

    >>> chiffre = indicators.Facts(data.load(2020, "indicateurs"), year=2020)
    >>> cles = ("postes/equipe_sur_le_quartier/non", "collegiens/suivi_par/autre_educateur", "alses/sexe/autre")
    >>> print(" | ".join(text.value_of(chiffre(cle)).text for cle in cles))
    6 sur 17 | 35 % | pas de donnée
    """
    is_small = bool(fact and fact.counts and fact.base and fact.base[1] < SHARE_FROM_BASE)
    return say("figures_themes", "value", fact=fact, is_small=is_small)


def _listed(items: list[Markup]) -> Markup:
    return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(item) for item in items))


def _statement(nature: str, line: int, text: str, *, theme: str = "") -> Markup:
    where = f"{theme}, " if theme else ""
    return Markup("<b>{}</b> ({}l. {}) : {}").format(nature.capitalize(), where, line, text)


def tensions_table(answers: pd.DataFrame, *, caption: str) -> Html:
    """Each tension, its line and its answers (columns of `themes.answers`), « Aucune » if none."""
    if answers.empty:
        return say("figures", "nothing", subject="aucune réponse à une tension n’est codée pour cette année")
    cells = []
    for _, rows in answers.groupby("id", sort=False):
        given = [
            _statement(row.nature, row.ligne_reponse, row.reponse) for row in rows.itertuples() if pd.notna(row.reponse)
        ]
        first = rows.iloc[0]
        cells.append([first["enonce"], f"l. {first['ligne']}", _listed(given) if given else Markup("<b>Aucune</b>")])
    return lay_out(caption, headings("Tension", "Ligne", "Réponses dans la synthèse", numbers=[]), cells)


def _figure(path: str, *, is_shown: bool) -> Markup:
    """The name of a value, target of the links of page 02; it links to the section of page 02 that shows its topic.

    An unpublished value links nowhere: its section may not be on the page.
    """
    title, anchor = title_of_path(path), catalogue().anchors.get(catalogue().indicators[path.split("/")[1]].topic)
    if is_shown and anchor:
        return Markup('<a id="{}" href="{}#{}">{}</a>').format(statement_anchor(path), PAGE, anchor, title)
    return Markup('<span id="{}">{}</span>').format(statement_anchor(path), title)


def beside_table(linked: pd.DataFrame, facts: Facts, *, caption: str) -> Html:
    """Each linked indicator with its value and its statements (columns of `themes.linked`)."""
    if linked.empty:
        return say("figures", "nothing", subject="aucun énoncé n’est lié à un chiffre de cette année")
    cells = []
    for path, rows in linked.groupby("chiffre", sort=False):
        fact = facts(path)
        value = say("figures_themes", "value_and_base", value=value_of(fact), fact=fact)
        said = [_statement(row.nature, row.ligne, row.enonce, theme=row.theme) for row in rows.itertuples()]
        cells.append([_figure(path, is_shown=fact is not None), value, _listed(said)])
    return lay_out(caption, headings("Chiffre de l’année", "Valeur", "Énoncés sur le même sujet", numbers=[]), cells)


def outlook_table(proposed: pd.DataFrame, facts: Facts, *, caption: str) -> Html:
    """The work proposed at each scale, with its statements and tensions (columns of `themes.outlook`)."""
    if proposed.empty:
        return say("figures", "nothing", subject="la synthèse de cette année ne propose pas de suite par échelle")
    entry, cells = catalogue().indicators["echelle_enonce"], []
    for row in proposed.itertuples():
        path = f"enonces/{entry.id}/{row.echelle}"
        counts = [say_count(facts(path)), say_count(facts(f"{path}/nature_enonce=tension"))]
        name = entry.label_of(row.echelle)
        cells.append([f"{name[:1].upper()}{name[1:]}", row.enonce, f"l. {row.ligne}", *counts])
    numbers = ["Énoncés à cette échelle", "dont tensions"]
    return lay_out(caption, headings("Échelle", "Suite proposée", "Ligne", *numbers, numbers=numbers), cells)


def uses_table(uses: pd.DataFrame, facts: Facts, *, word: str) -> Html:
    """Each use of a word in context (columns of `themes.uses`), folded beyond ``UNFOLDED_USES`` rows."""
    if facts("enonces/enonces/") is None:
        return say("figures", "nothing", subject="aucun énoncé n’est codé pour cette année")
    if uses.empty:
        return say("figures_themes", "no_use", word=word)
    count, holding = len(uses), uses["id"].nunique()
    counted = f"{number(count)} {plural(count, 'emploi', 'emplois')}"
    among = f"{number(holding)} {plural(holding, 'énoncé', 'énoncés')}"
    return table(
        uses.assign(ligne="l. " + uses["ligne"].astype("str")),
        caption=f"« {word} » : {counted} dans {among}, quelle que soit sa terminaison",
        titles={"ligne": "Ligne", "avant": "Avant", "mot": "Mot", "apres": "Après"},
        kind="contextes",
        folded=count > UNFOLDED_USES,
    )
