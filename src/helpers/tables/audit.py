"""The audit as tables: printed figures with their calculation, coherences, remarks; neutral writing made French."""

import re
from datetime import date

import pandas as pd
from markupsafe import Markup

from helpers.facts import Fact, Facts, decimals_of, line_runs, title_of_figure
from helpers.schema import VERDICTS, catalogue
from helpers.tables.frame import Group, headings, lay_out
from helpers.typography import NARROW
from helpers.wording import Html, day, interval, number, percent, plural, points, say, signed
from helpers.wording.marks import say_base, say_count, say_share

# A quotation is left as it is; a date, a school year and a number are written for French readers.
_TOKEN = re.compile(r"«[^»]*»|\d{4}-\d{2}-\d{2}|\d{4}-\d{4}|\d+(?:\.\d+)?")
_OF_ROWS = re.compile(r"(.+?) lignes? / (\d+) lignes?")
_SIGNS = {" / ": " ÷ ", " * ": " × ", " x ": " × ", " - ": " − ", " %": f"{NARROW}%"}


def written(text: str) -> str:
    """A calculation in neutral writing as a French reader writes it.

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
    """A printed figure as it is printed: « près de 42 % », « 2 233 personnes », « +3 points »."""
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
    """What a calculation gives: « = 54,0 % », « : de 927 à 949 »."""
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
    """The verdict, and its reason where it is not one of the two usual ones, which the text above the table gives."""
    mark = verdict(row.verdict)
    is_usual = row.verdict in ("confirme", "non_verifiable")
    return mark if is_usual else Markup('{} <span class="motif">{}</span>').format(mark, row.motif)


def controls_table(controls: pd.DataFrame, *, caption: str) -> Html:
    """Every printed figure: line, calculation from the other data, counts that a share allows, verdict and reason.

    ``controls`` has the schema ``controles``; a box when it is empty.

    >>> controles = store.load(2020, "controles").query("indicateur == 'sexe' and annee == 2020").head(1)
    >>> print(tables.controls_table(controles, caption="Contrôle de chaque chiffre imprimé").text)
    Contrôle de chaque chiffre imprimé Chiffre Ligne Imprimé Recalcul et ses lignes Effectifs possibles Verdict
    Chiffres de 2020 Sexe : garçons l. 216 58 % 100 % − 42 % : de 57,5 à 58,5 % l. 219 1 284 à 1 306 sur 2 233 confirmé
    """
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
    """What was compared: subject, lines, calculation, verdict and reason (schema ``coherences``); a box when empty.

    >>> print(tables.coherences_table(store.load(2020, "coherences").tail(1), caption="Recoupements").text)
    Recoupements Sujet Lignes Calcul Verdict Ancienneté d’ALSES et début du poste l. 67–76, 78, 82 12 lignes sur 17
    confirmé L’ancienneté imprimée tient dans le temps écoulé entre le début du poste et l’enquête.
    """
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
    """A figure named and said: its share if that is what is printed, else its count."""
    title = catalogue().indicators[fact.key.split("/")[2]].title_of(fact.key.split("/")[3])
    if fact.counts is None or (fact.share is not None and fact.precision == "arrondi_imprime"):
        return Markup("{} : {}").format(title, say_share(fact))
    said = Markup("{} : {}").format(title, say_count(fact))
    return said + Markup(" sur {}").format(say_base(fact)) if fact.base and fact.base[0] and fact.is_known else said


def remarks_table(remarks: pd.DataFrame, facts: Facts, *, caption: str) -> Html:
    """What a reading states and no calculation can: the remark with its figures, why, and what the report does.

    ``remarks`` has the schema ``remarques``; a box when it is empty.

    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> print(tables.remarks_table(store.read_year(2020).remarks.head(1), chiffre, caption="Remarques").text)
    Remarques Sujet Lignes Ce que dit la relecture Pourquoi aucun calcul ne tranche Ce que fait le rapport Cinq
    nombres qui ne comptent pas la même chose l. 29, 50, 67, 122, 206 Le document compte des ALSES, des collèges
    entrés dans le dispositif, des ...
    """
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
