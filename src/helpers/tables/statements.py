"""Coded statements as tables: tensions with their answers, figures with the statements beside them, work proposed."""

import pandas as pd
from markupsafe import Markup

from helpers.facts import Fact, Facts, place_beside, title_of_path
from helpers.schema import catalogue
from helpers.tables.frame import headings, lay_out, table
from helpers.wording import Html, number, plural, say
from helpers.wording.marks import say_count

# Below this base a share in per cent would look more precise than it is: the count is said instead.
SHARE_FROM_BASE = 100
PAGE = "02_describe.html"
# More rows than this are folded: they would push what follows out of sight.
UNFOLDED_USES = 8


def value_of(fact: Fact | None) -> Html:
    """A figure in its shortest words: a count on a base below ``SHARE_FROM_BASE``, else a share, or « pas de donnée ».

    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> cles = ("postes/equipe_sur_le_quartier/non", "collegiens/suivi_par/autre_educateur", "alses/sexe/autre")
    >>> print(" | ".join(tables.value_of(chiffre(cle)).text for cle in cles))
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
    """Each tension, its line and what answers it (columns of `themes.answers`); one without answer says « Aucune ».

    A box when ``answers`` is empty.

    >>> reponses = themes.answers(store.load(2020, "enonces")).head(1)
    >>> print(tables.tensions_table(reponses, caption="Les tensions et leurs réponses").text)
    Les tensions et leurs réponses Tension Ligne Réponses dans la synthèse Certains collèges sortent du cadre
    convenu : ils écartent l’ALSES des instances, ne lui donnent pas de bureau, lui dictent son action ou refusent de
    travailler avec lui. l. 162 Aucune
    """
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
    """The name of a figure, where page 02 leads; it leads to the section of page 02 that shows its topic, if one does.

    A figure that the year does not publish leads nowhere: its section may not be on the page.
    """
    title, anchor = title_of_path(path), catalogue().anchors.get(catalogue().indicators[path.split("/")[1]].topic)
    if is_shown and anchor:
        return Markup('<a id="{}" href="{}#{}">{}</a>').format(place_beside(path), PAGE, anchor, title)
    return Markup('<span id="{}">{}</span>').format(place_beside(path), title)


def beside_table(linked: pd.DataFrame, facts: Facts, *, caption: str) -> Html:
    """Each figure with its value and the statements beside it (columns of `themes.linked`); a box when there is none.

    >>> lies = themes.linked(store.load(2020, "enonces"), store.read_reference("themes")).head(1)
    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> print(tables.beside_table(lies, chiffre, caption="Chiffres et énoncés").text)
    Chiffres et énoncés Chiffre de l’année Valeur Énoncés sur le même sujet Expérience de la prévention spécialisée :
    non 6 sur 17 nouvelles prises de poste Constat (Prise de poste, l. 85) : Les nouveaux ALSES ont des parcours très
    inégaux en prévention spécialisée : à peu près un sur trois y fait ses débuts.
    """
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
    """The work proposed at each scale, with the number of statements of every theme there and of tensions among them.

    ``proposed`` has the columns of `themes.outlook`; a box when it is empty.

    >>> suites = themes.outlook(store.load(2020, "enonces")).head(1)
    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> print(tables.outlook_table(suites, chiffre, caption="Suites proposées").text)
    Suites proposées Échelle Suite proposée Ligne Énoncés à cette échelle dont tensions Les institutions Il est
    proposé que le Département, l’Éducation nationale et le réseau de prévention ouvrent un chantier entre
    institutions. l. 191 11 4
    """
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
    """Each use of a word with what stands around it (columns of `themes.uses`); folded beyond ``UNFOLDED_USES`` rows.

    A sentence when the word never comes; a box when the year has no statement.

    >>> emplois = themes.uses(store.load(2020, "enonces"), "rue")
    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> print(tables.uses_table(emplois, chiffre, word="rue").text)
    « rue » : 2 emplois dans 2 énoncés, quelle que soit sa terminaison
    ...
    """
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
