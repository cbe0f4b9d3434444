"""Comparisons as tables: what changed and how sure, counts of two years, every measure with its method."""

import pandas as pd
from markupsafe import Markup

from helpers.comparisons import Comparison, Comparisons, Measure
from helpers.schema import COUNT_FINDINGS, FINDINGS, catalogue
from helpers.tables.frame import headings, lay_out
from helpers.wording import Html, fragment, interval, number, percent, plain, points, say, scientific, signed

REACHES = {"concluante": "dépassé", "non_concluante": "possible", "": "sans test"}


def _value(value: float | None, measure: Measure, name: str) -> str:
    if value is None:
        return "—"
    if name.startswith("p_"):
        return scientific(value)
    if measure.unit == "pct":
        return percent(value, 1)
    if measure.unit:
        return number(value, 1 if measure.unit == "points" else 0)
    return number(value, 2)


def _share(comparison: Comparison, measure: str) -> str:
    if measure not in comparison or comparison[measure].value is None:
        return "—"
    return percent(comparison[measure].value, 1)


def _gap(comparison: Comparison, measure: str) -> str:
    """A difference and its bounds, in points or in units."""
    if measure not in comparison or comparison[measure].value is None:
        return "—"
    read = comparison[measure]
    write = points if read.unit == "points" else signed
    if read.is_exact:
        return write(read.value)
    ends = (signed(end, 1 if read.unit == "points" else 0) for end in (read.low, read.high))
    return f"{write(read.value)} ({' à '.join(ends)})"


def _finding(comparison: Comparison) -> str:
    """What the bounds say: two years rise or fall, two groups stand above or below."""
    if not comparison.finding:
        return "—"
    of_two_years = comparison.key.startswith("comparaisons/annees/")
    beside = {} if of_two_years else {"hausse": "au-dessus", "baisse": "au-dessous"}
    return beside.get(comparison.finding, FINDINGS[comparison.finding])


def reach_table(found: Comparisons, *, caption: str) -> Html:
    """One row a comparison: both shares, their difference, what the bounds say, whether it exceeds chance."""
    shown = [
        each
        for kind in ("annees", "reste", "groupes", "emboitee", "reponses")
        for each in found.of(kind, having="ecart")
    ]
    if not shown:
        return say("figures", "nothing", subject="aucune comparaison n’est possible")
    cells = [
        [
            each.label,
            _share(each, "part_reference"),
            _share(each, "part"),
            _gap(each, "ecart"),
            _finding(each),
            REACHES[each.reach],
        ]
        for each in shown
    ]
    numbers = ["Part de référence", "Part", "Écart"]
    return lay_out(caption, headings("Comparaison", *numbers, "Constat", "Hasard", numbers=numbers), cells)


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


def measures_table(found: Comparisons, *, caption: str) -> Html:
    """Every measure of every comparison with its bounds and method, one table a comparison, folded."""
    made = [_measures(each) for each in found.of_all()]
    text = fragment("folded.html.j2", summary=caption, content=Markup("\n").join(Markup(each.html) for each in made))
    return Html(text, plain(text))


def _measures(comparison: Comparison) -> Html:
    kinds = catalogue().measures
    cells = [
        [
            kinds[name].label,
            *(_value(each, measure, name) for each in (measure.value, measure.low, measure.high)),
            measure.unit.replace("pct", "%") or "—",
            measure.method,
        ]
        for name, measure in comparison.measures.items()
    ]
    numbers = ["Valeur", "Au moins", "Au plus"]
    return lay_out(comparison.label, headings("Mesure", *numbers, "Unité", "Méthode", numbers=numbers), cells)
