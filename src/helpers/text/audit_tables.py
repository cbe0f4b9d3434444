"""The audit and the export as tables."""

import re
from datetime import date

import pandas as pd
from markupsafe import Markup

from helpers.indicators.lookup import Fact, Facts, decimals_of, line_runs, title_of_figure
from helpers.schema import FEWEST_PERSONS, VERDICTS, catalogue
from helpers.text.formats import (
    Html,
    day,
    interval,
    number,
    percent,
    plural,
    points,
    say,
    say_base,
    say_count,
    say_share,
    signed,
)
from helpers.text.tables import Group, headings, lay_out
from helpers.typography import NARROW

# --- The audit ---

# A quotation is kept as it is; dates, school years and numbers are written in French.
_TOKEN = re.compile(r"«[^»]*»|\d{4}-\d{2}-\d{2}|\d{4}-\d{4}|\d+(?:\.\d+)?")
_OF_ROWS = re.compile(r"(.+?) lignes? / (\d+) lignes?")
_SIGNS = {" / ": " ÷ ", " * ": " × ", " x ": " × ", " - ": " − ", " %": f"{NARROW}%"}


def written(text: str) -> str:
    """A calculation in neutral notation, as a French reader writes it.

    >>> written("6 lignes / 17 lignes"), written("41.5 % - 2233 le 2021-01-13")
    ('6 lignes sur 17', '41,5\\u202f% − 2\\u202f233 le 13 janvier 2021')
    """

    def french(found: re.Match) -> str:
        token = found[0]
        if token.startswith("«") or re.fullmatch(r"\d{4}-\d{4}", token):
            return token
        if "-" in token:
            return day(date.fromisoformat(token))
        return number(float(token), len(token.partition(".")[2]))

    pieces = [_OF_ROWS.sub(r"\1 lignes sur \2", piece) for piece in text.split(" ; ")]
    text = " ; ".join(re.sub(r"^1 lignes", "1 ligne", piece) for piece in pieces)
    for sign, shown in _SIGNS.items():
        text = text.replace(sign, shown)
    return _TOKEN.sub(french, text)


def printed_value(row) -> str:
    """A printed value as it is printed: « près de 42 % », « 2 233 personnes », « +3 points »."""
    sign = {"pres_de": "près de ", "plus_de": "plus de "}.get(row.operateur, "")
    decimals = decimals_of(row.valeur)
    if row.mesure == "part":
        return f"{sign}{percent(row.valeur, decimals)}"
    if row.unite == "points":
        return points(row.valeur, decimals)
    unit = plural(row.valeur, *catalogue().units[row.unite])
    value = signed(row.valeur) if row.mesure == "ecart" else number(row.valeur, decimals)
    return f"{sign}{value} {unit}"


def _result(row, low: float, high: float) -> str:
    """The result of a calculation: « = 54,0 % », « : de 927 à 949 »."""
    is_whole = float(low).is_integer() and float(high).is_integer() and row.mesure != "part"
    write = signed if row.mesure == "ecart" else number
    ends = list(dict.fromkeys(write(value, 0 if is_whole else 1) for value in (low, high)))
    unit = f"{NARROW}%" if row.mesure == "part" else " points" if row.unite == "points" else ""
    return f" = {ends[0]}{unit}" if len(ends) == 1 else f" : de {ends[0]} à {ends[1]}{unit}"


def _calculated(row, text: str, low: float, high: float) -> str:
    if pd.isna(low) or pd.isna(high):
        return ""  # nothing limits it: no result to show
    shown, result = written(text), _result(row, low, high)
    # A count read in a table is its own result.
    return shown if re.fullmatch(r"\d+( lignes?| énoncés?)?", text) else f"{shown}{result}" if text else result[3:]


def _calculation(row) -> Markup | str:
    shown = _calculated(row, row.calcul, row.recalcul_min, row.recalcul_max)
    if not shown:
        return "—"
    other = _calculated(row, row.calcul_autrement, row.autrement_min, row.autrement_max)
    shown += f" ; sans l’hypothèse, {other}" if other else ""
    lines = row.lignes_du_calcul.removeprefix(f"{row.document}, ")
    cited = Markup('<span class="note">{}</span>').format(lines) if lines else ""
    return Markup('<span class="recalcul">{} {}</span>').format(shown, cited)


def _grim(row) -> str:
    if pd.isna(row.grim_base_min) or row.grim_base_max == 0:
        return "—"
    base = interval(row.grim_base_min, row.grim_base_max)
    # « Près de 90 % » of 17 claims no exact share: that none exists is no fault.
    none = "impossible" if row.operateur == "=" else "aucun exact"
    return f"{none} sur {base}" if pd.isna(row.grim_min) else f"{interval(row.grim_min, row.grim_max)} sur {base}"


def verdict(name: str) -> Markup:
    """A verdict as a pill."""
    return Markup('<span class="verdict {}">{}</span>').format(name.replace("_", "-"), VERDICTS[name])


def _explained(row) -> Markup:
    """The verdict, with its reason unless it is one of the two usual ones, explained above the table."""
    mark = verdict(row.verdict)
    is_usual = row.verdict in ("confirme", "non_verifiable")
    return mark if is_usual else Markup('{} <span class="motif">{}</span>').format(mark, row.motif)


def controls_table(controls: pd.DataFrame, *, caption: str) -> Html:
    """Every printed value: line, recalculation, counts that a share allows, verdict (schema ``controles``)."""
    if controls.empty:
        return say("figures", "nothing", subject="aucun chiffre imprimé n’a été relevé")
    groups = {}
    for row in controls.itertuples():
        printed = [title_of_figure(row), f"l. {row.ligne}", printed_value(row)]
        cells = [*printed, _calculation(row), _grim(row), _explained(row)]
        groups.setdefault(row.annee, Group(f"Chiffres de {row.annee}", [])).rows.append(cells)
    names = ["Chiffre", "Ligne", "Imprimé", "Recalcul et ses lignes", "Effectifs possibles", "Verdict"]
    return lay_out(caption, headings(*names, numbers=[]), list(groups.values()))


def _lines(text: str) -> str:
    return f"l. {line_runs(text.split(', '))}"


def coherences_table(findings: pd.DataFrame, *, caption: str) -> Html:
    """What was cross-checked: subject, lines, calculation, verdict and reason (schema ``coherences``)."""
    if findings.empty:
        return say("figures", "nothing", subject="rien ne peut être rapproché pour cette année")
    cells = [
        [
            row.sujet,
            _lines(row.lignes),
            written(row.calcul) or "—",
            Markup('{} <span class="motif">{}</span>').format(verdict(row.verdict), row.motif),
        ]
        for row in findings.itertuples()
    ]
    return lay_out(caption, headings("Sujet", "Lignes", "Calcul", "Verdict", numbers=[]), cells)


def _value(fact: Fact) -> Markup:
    """A value with its name: its share if that is what is printed, else its count."""
    title = catalogue().indicators[fact.key.split("/")[2]].title_of(fact.key.split("/")[3])
    if fact.counts is None or (fact.share is not None and fact.precision == "arrondi_imprime"):
        return Markup("{} : {}").format(title, say_share(fact))
    said = Markup("{} : {}").format(title, say_count(fact))
    return said + Markup(" sur {}").format(say_base(fact)) if fact.base and fact.base[0] and fact.is_known else said


def remarks_table(remarks: pd.DataFrame, facts: Facts, *, caption: str) -> Html:
    """Remarks that no calculation can settle, their values, and what the report does (schema ``remarques``)."""
    if remarks.empty:
        return say("figures", "nothing", subject="aucune remarque de relecture n’a été écrite pour cette année")
    cells = []
    for row in remarks.itertuples():
        found = [facts(path) for path in re.split(r" ?; ?", row.indicateurs) if path]
        shown = Markup(" ; ").join(_value(fact) for fact in found if fact)
        told = Markup('{} <span class="note">{}</span>').format(row.constat, shown) if shown else row.constat
        cells.append([row.sujet, _lines(row.lignes), told, row.raison, row.consequence])
    names = ["Sujet", "Lignes", "Ce que dit la relecture", "Pourquoi aucun calcul ne tranche", "Ce que fait le rapport"]
    return lay_out(caption, headings(*names, numbers=[]), cells)


# --- The rows of an export, and the printed values that it recounts ---

# How a printed value and its recount agree: the word, and the class of the verdict that looks alike.
AGREEMENTS = {
    "concorde": ("concorde", "confirme"),
    "differe": ("diffère", "contradictoire"),
    "ambigu": ("ambigu", "ambigu"),
    "non_recomptable": ("non recomptable", "non-verifiable"),
}
_NOTHING = Html("", "")
_ALL_COLUMNS, _NEARLY_ALL = "toutes", "toutes ou presque"
_FEW = [f"moins de {FEWEST_PERSONS}", "—"]
_HIDDEN = f"Moins de {FEWEST_PERSONS} personnes dans l’export : ni leur nombre, ni l’écart ne sont montrés."


def rows_or_few(count: int) -> str:
    """A number of rows, unless it is small enough to reveal a person.

    >>> rows_or_few(0), rows_or_few(4), rows_or_few(1207)
    ('0', 'moins de 5', '1\\u202f207')
    """
    return f"moins de {FEWEST_PERSONS}" if 0 < count < FEWEST_PERSONS else number(count)


def rejections_table(rejections: pd.DataFrame, *, read: int, caption: str) -> Html:
    """The rejected rows of an export, by reason (schema ``rejets``); nothing when none was ``read``."""
    if not read:
        return _NOTHING
    if rejections.empty:
        return say("figures", "empty", text="Aucune ligne de l’export n’a été rejetée.")
    cells = [[row.motif, rows_or_few(row.lignes)] for row in rejections.itertuples()]
    return lay_out(caption, headings("Motif", "Lignes", numbers=["Lignes"]), cells)


def changes_table(changes: pd.DataFrame, *, read: int, kept: int, caption: str) -> Html:
    """What was normalised or ignored in an export, by column and rule (schema ``normalisations``,
    `indicators.sum_changes`).

    A count of as many rows as were ``kept``, or more, is not given: beside those kept, it would count the others.
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
    """A text that quotes the recount of an indicator, with its key."""
    key = f"{row.annee}/{row.perimetre}/{row.indicateur}/{row.modalite}"
    return Markup('<span data-protege="{}">{}</span>').format(key, text)


def _named(row, value: float, *, is_gap: bool = False) -> Markup | str:
    text = _in_unit(row, value, is_gap=is_gap)
    return _protected(row, text) if pd.notna(value) else text


def _named_reason(row) -> Markup:
    return _protected(row, row.motif) if row.motif else Markup("")


def reconciliation_table(reconciled: pd.DataFrame, *, caption: str) -> Html:
    """Printed values beside their recount in the export (schema ``rapprochements``); nothing when empty.

    A recount of 1 to 4 persons is suppressed. The others bear their key (``data-protege``), so that the page of a
    report can hide those that it rounds elsewhere.
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
