"""What became of the rows of an export, and of the printed figures that it counts again, as tables."""

import pandas as pd
from markupsafe import Markup

from helpers.facts import line_runs, title_of_figure
from helpers.schema import FEWEST_PERSONS
from helpers.tables.audit import printed_value
from helpers.tables.frame import headings, lay_out
from helpers.wording import Html, number, percent, points, say, signed

# How a printed figure and its count agree: the word, and the class of the verdict that looks alike.
AGREEMENTS = {
    "concorde": ("concorde", "confirme"),
    "differe": ("diffère", "contradictoire"),
    "ambigu": ("ambigu", "ambigu"),
    "non_recomptable": ("non recomptable", "non-verifiable"),
}
_NOTHING = Html("", "")
_ALL_COLUMNS, _NEARLY_ALL = "toutes", "toutes ou presque"
_FEW = [f"moins de {FEWEST_PERSONS}", "—"]
_HIDDEN = "Moins de 5 personnes dans l’export : ni leur nombre, ni l’écart ne sont montrés."


def rows_or_few(count: int) -> str:
    """A number of rows, unless it is so small that it could tell of one person.

    >>> rows_or_few(0), rows_or_few(4), rows_or_few(1207)
    ('0', 'moins de 5', '1\\u202f207')
    """
    return f"moins de {FEWEST_PERSONS}" if 0 < count < FEWEST_PERSONS else number(count)


def rejections_table(rejections: pd.DataFrame, *, read: int, caption: str) -> Html:
    """The rows of an export that are not counted, by reason (schema ``rejets``); nothing when none was ``read``.

    >>> rejets = pd.DataFrame({"motif": ["ligne de total", "identifiant absent"], "lignes": [12, 3]})
    >>> print(tables.rejections_table(rejets, read=2500, caption="Lignes rejetées, par motif").text)
    Lignes rejetées, par motif Motif Lignes ligne de total 12 identifiant absent moins de 5
    """
    if not read:
        return _NOTHING
    if rejections.empty:
        return say("figures", "empty", text="Aucune ligne de l’export n’a été rejetée.")
    cells = [[row.motif, rows_or_few(row.lignes)] for row in rejections.itertuples()]
    return lay_out(caption, headings("Motif", "Lignes", numbers=["Lignes"]), cells)


def changes_table(changes: pd.DataFrame, *, read: int, kept: int, caption: str) -> Html:
    """What was written otherwise or left aside in an export, a row a column and rule; nothing if no row was ``read``.

    ``changes`` (schema ``normalisations``) comes from `indicators.sum_changes`. What touched as many rows as
    were ``kept``, or more, is not counted: beside those kept, it would count those that are not.

    >>> ecrits = {"fichier": "", "colonne": ["sexe", ""], "regle": ["« F » lu filles", "UTF-16"], "lignes": [620, 2500]}
    >>> print(tables.changes_table(pd.DataFrame(ecrits), read=2500, kept=2498, caption="Écritures").text)
    Écritures Colonne Règle Lignes sexe « F » lu filles 620 toutes UTF-16 toutes ou presque
    """
    if not read:
        return _NOTHING
    if changes.empty:
        return say("figures", "empty", text="Rien n’a été écrit autrement : l’export est gardé tel quel.")
    cells = [
        [row.colonne or _ALL_COLUMNS, row.regle, _NEARLY_ALL if row.lignes >= max(kept, 1) else rows_or_few(row.lignes)]
        for row in changes.itertuples()
    ]
    return lay_out(caption, headings("Colonne", "Règle", "Lignes", numbers=["Lignes"]), cells)


def _in_unit(row, value: float, *, is_gap: bool = False) -> str:
    if pd.isna(value):
        return "—"
    if row.unite == "points" or (is_gap and row.mesure == "part"):
        return points(value, 1)
    if row.mesure == "part":
        return percent(value, 1)
    return signed(value) if is_gap or row.mesure == "ecart" else number(value)


def _protected(row, text: str) -> Markup:
    """A text that tells the recount of a figure, with the name of that figure."""
    key = f"{row.annee}/{row.perimetre}/{row.indicateur}/{row.modalite}"
    return Markup('<span data-protege="{}">{}</span>').format(key, text)


def _named(row, value: float, *, is_gap: bool = False) -> Markup | str:
    text = _in_unit(row, value, is_gap=is_gap)
    return _protected(row, text) if pd.notna(value) else text


def _named_reason(row) -> Markup:
    return _protected(row, row.motif) if row.motif else Markup("")


def reconciliation_table(reconciled: pd.DataFrame, *, caption: str) -> Html:
    """Printed figures beside the same, counted again in the export (schema ``rapprochements``); nothing when empty.

    What is printed is public; its count in the export is not when it is of 1 to 4 persons. The others bear the name of
    their figure (``data-protege``): the page of a report hides those that it rounds elsewhere.

    >>> vide = pd.DataFrame(columns=schema.columns("rapprochements"))
    >>> tables.reconciliation_table(vide, caption="Rapprochement").text
    ''
    """
    if reconciled.empty:
        return _NOTHING
    cells = []
    for row in reconciled.itertuples():
        word, look = AGREEMENTS[row.accord]
        is_few = pd.notna(row.effectif) and 0 < row.effectif < FEWEST_PERSONS
        agreement = Markup('<span class="verdict {}">{}</span> <span class="motif">{}</span>')
        cells.append(
            [
                title_of_figure(row),
                f"l. {line_runs([row.ligne])}",
                printed_value(row),
                *(_FEW if is_few else [_named(row, row.recompte), _named(row, row.ecart, is_gap=True)]),
                agreement.format(look, word, _HIDDEN if is_few else _named_reason(row)),
            ]
        )
    names = ["Chiffre", "Ligne", "Imprimé", "Recompté", "Écart", "Accord"]
    return lay_out(caption, headings(*names, numbers=["Recompté", "Écart"]), cells)
