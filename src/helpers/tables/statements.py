"""Coded statements as tables: tensions with their answers, figures with the statements beside them, work proposed."""

import pandas as pd
from markupsafe import Markup

from helpers.facts import Fact, Facts
from helpers.schema import catalogue
from helpers.tables.frame import headings, lay_out
from helpers.wording import Html, say
from helpers.wording.marks import say_count

# Below this base a share in per cent would look more precise than it is: the count is said instead.
SHARE_FROM_BASE = 100
PAGE = "02_describe.html"


def value_of(fact: Fact | None) -> Html:
    """A figure in its shortest words: « 9 sur 17 » on a small base, else « 22 % »; « pas de donnée » without any."""
    is_small = bool(fact and fact.counts and fact.base and fact.base[1] < SHARE_FROM_BASE)
    return say("figures_themes", "value", fact=fact, is_small=is_small)


def _listed(items: list[Markup]) -> Markup:
    return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(item) for item in items))


def _statement(nature: str, line: int, text: str, *, theme: str = "") -> Markup:
    where = f"{theme}, " if theme else ""
    return Markup("<b>{}</b> ({}l. {}) : {}").format(nature.capitalize(), where, line, text)


def tensions_table(answers: pd.DataFrame, *, caption: str) -> Html:
    """Each tension, its line and what answers it (rows of `themes.answers`); one without answer says so."""
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


def _section(path: str) -> Markup:
    """The name of a figure, leading to the section of page 02 that shows its topic, when there is one."""
    _, name, modality = path.split("/")
    entry = catalogue().indicators[name]
    title, anchor = entry.title_of(modality), catalogue().anchors.get(entry.topic)
    return Markup('<a href="{}#{}">{}</a>').format(PAGE, anchor, title) if anchor else Markup("{}").format(title)


def beside_table(linked: pd.DataFrame, facts: Facts, *, caption: str) -> Html:
    """Each figure with its value and the statements beside it (rows of `themes.linked`)."""
    if linked.empty:
        return say("figures", "nothing", subject="aucun énoncé n’est lié à un chiffre de cette année")
    cells = []
    for path, rows in linked.groupby("chiffre", sort=False):
        fact = facts(path)
        value = say("figures_themes", "value_and_base", value=value_of(fact), fact=fact)
        said = [_statement(row.nature, row.ligne, row.enonce, theme=row.theme) for row in rows.itertuples()]
        cells.append([_section(path), value, _listed(said)])
    return lay_out(caption, headings("Chiffre de l’année", "Valeur", "Énoncés sur le même sujet", numbers=[]), cells)


def outlook_table(proposed: pd.DataFrame, facts: Facts, *, caption: str) -> Html:
    """The work proposed at each scale, with the statements of every theme there (rows of `themes.outlook`)."""
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
