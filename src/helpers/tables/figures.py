"""Figures of the indicator table as tables: modalities, answers, controls, differences, cards."""

import pandas as pd
from markupsafe import Markup

from helpers.facts import Fact, Facts, fact_of
from helpers.schema import COUNT_FINDINGS, VERDICTS, catalogue
from helpers.tables.frame import headings, lay_out
from helpers.wording import Html, fragment, interval, number, percent, plain, points, say, signed
from helpers.wording.formats import NARROW
from helpers.wording.marks import precision_mark, say_base, say_count, say_share


def breakdown_table(rows: pd.DataFrame, *, caption: str) -> Html:
    """The modalities of an indicator: count, base, share, how well each is known, and where it is printed."""
    cells = [
        [fact.label, say_count(fact), say_base(fact), say_share(fact), precision_mark(fact.precision), fact.reference]
        for fact in map(fact_of, rows.itertuples())
    ]
    unit = catalogue().units[rows["unite"].iloc[0]][1]
    numbers = [f"Effectif ({unit})", f"Base ({unit})", "Part"]
    return lay_out(caption, headings("Modalité", *numbers, "Précision", "Référence", numbers=numbers), cells)


def answers_table(rows: pd.DataFrame, *, caption: str) -> Html:
    """Several indicators on one base: question, answer, count, base and share (columns of `describe.answers`)."""
    if rows.empty:
        return say("figures", "nothing", subject=f"{caption[:1].lower()}{caption[1:]}")
    cells = [
        [row.question, fact.label, say_count(fact), say_base(fact), say_share(fact)]
        for row in rows.itertuples()
        for fact in [fact_of(row)]
    ]
    numbers = ["Postes", "Base", "Part"]
    return lay_out(caption, headings("Question", "Réponse", *numbers, numbers=numbers), cells)


def _printed(row) -> str:
    sign = {"pres_de": "près de ", "plus_de": "plus de "}.get(row.operateur, "")
    decimals = 0 if float(row.valeur).is_integer() else 1
    if row.mesure == "part":
        return f"{sign}{percent(row.valeur, decimals)}"
    if row.unite == "points":
        return points(row.valeur, decimals)
    return signed(row.valeur) if row.mesure == "ecart" else f"{sign}{number(row.valeur, decimals)}"


def _recomputed(row) -> str:
    if pd.isna(row.recalcul_min):
        return "—"
    decimals = 0 if float(row.recalcul_min).is_integer() and float(row.recalcul_max).is_integer() else 1
    unit = f"{NARROW}%" if row.mesure == "part" else ""
    return f"{interval(row.recalcul_min, row.recalcul_max, decimals)}{unit}"


def _verdict(verdict: str) -> Markup:
    return Markup('<span class="verdict {}">{}</span>').format(verdict.replace("_", "-"), VERDICTS[verdict])


def controls_table(controls: pd.DataFrame, *, caption: str) -> Html:
    """Every printed figure with its line, what the other data give, the verdict and the reason."""
    if controls.empty:
        return say("figures", "nothing", subject="aucun chiffre imprimé n’a été relevé")
    entries, cells = catalogue(), []
    for row in controls.itertuples():
        what, who = entries.indicators[row.indicateur].title_of(row.modalite), entries.perimeters[row.perimetre].label
        found = [_printed(row), _recomputed(row), _verdict(row.verdict), row.motif]
        cells.append([what, who, row.annee, f"l. {row.ligne}", *found])
    names = ["Chiffre", "Périmètre", "Année", "Ligne", "Imprimé", "Recalculé", "Verdict", "Pourquoi"]
    return lay_out(caption, headings(*names, numbers=["Imprimé", "Recalculé"]), cells)


def differences_table(rows: pd.DataFrame, *, year: int, compare_to: int | None) -> Html:
    """Counts of two years with the bounds of their difference (columns of `compare.differences`)."""
    if rows.empty:
        return say("figures", "nothing", subject="aucun effectif n’est connu pour les deux années")
    entries, cells = catalogue(), []
    for row in rows.itertuples():
        what, who = entries.indicators[row.indicateur].title_of(row.modalite), entries.perimeters[row.perimetre].label
        before = interval(row.effectif_min_avant, row.effectif_max_avant)
        now = interval(row.effectif_min_apres, row.effectif_max_apres)
        gap = " à ".join(dict.fromkeys((signed(row.ecart_min), signed(row.ecart_max))))
        cells.append([what, who, before, now, gap, COUNT_FINDINGS[row.constat_effectif]])
    numbers = [str(compare_to), str(year), "Différence"]
    caption = f"Effectifs de {compare_to} et de {year}, et leur différence"
    return lay_out(caption, headings("Nombre de personnes", "Périmètre", *numbers, "Constat", numbers=numbers), cells)


def cards(facts: Facts, figures: dict[str, str]) -> Html:
    """Key figures as cards: share or count, what it is, its base, how well it is known; absent ones are left out."""
    found = [(facts(path), label) for path, label in figures.items()]
    shown = [
        {"value": say_count(fact) if fact.key.endswith("/") else say_share(fact), "label": label, "base": _base(fact)}
        for fact, label in found
        if fact is not None and (fact.key.endswith("/") or fact.share_bounds is not None)
    ]
    text = fragment("cards.html.j2", cards=shown)
    return Html(text, plain(text))


def _base(fact: Fact) -> Markup:
    sign = precision_mark(fact.precision)
    return sign if fact.share is None or fact.base is None else Markup("sur {} {}").format(say_base(fact), sign)
