"""Every measure of the comparisons, with its method, as a folded table."""

from helpers.comparisons import Comparison, Comparisons, Measure
from helpers.schema import catalogue
from helpers.tables.frame import LEDGER, Group, headings, lay_out
from helpers.wording import Html, fragment, is_rounded, number, percent, plain, scientific, signed
from helpers.wording.measures import SHARES, write_part


def measures_table(found: Comparisons, *, caption: str) -> Html:
    """Every measure of the comparisons with its bounds, unit and method, comparison by comparison, folded.

    The ``details``, which `details_table` lists, are in comparaisons.csv alone: they would weigh as much as the page.

    >>> trouve = comparisons.Comparisons(store.load_result(2020, "comparaisons"))
    >>> print(tables.measures_table(trouve, caption="Mesures").text)
    Mesures Mesures Mesure Valeur Bornes Unité Méthode Sexe : filles, 2019 et 2020 Effectif 938 927 à 949 personnes
    imprimé, ou part imprimée × base arrondie à l’unité Base 2 233 exact personnes imprimée ou ...
    """
    titles = headings("Mesure", "Valeur", "Bornes", "Unité", "Méthode", numbers=["Valeur"])
    details = {each.id for each in found.of("details")}
    shown = [each for each in found.of_all() if each.id not in details]
    made = lay_out(caption, titles, [Group(each.label, _measures(each)) for each in shown])
    text = fragment("folded.html.j2", summary=caption, content=made, kind=LEDGER)
    return Html(text, plain(text))


def _told(comparison: Comparison, name: str) -> str:
    """A measure of numbers that are rounded to protect persons: as it is said elsewhere on the page."""
    measure = comparison[name]
    if name in SHARES:
        return write_part(comparison, name)
    if measure.unit == "points":
        return "—" if comparison.is_near_unanimous else signed(measure.value)
    return _value(measure.value, measure, name)


def _measures(comparison: Comparison) -> list[list]:
    kinds, units = catalogue().measures, catalogue().units
    return [
        [
            kinds[name].label,
            _told(comparison, name) if comparison.is_protected else _value(measure.value, measure, name),
            _ends(measure, name),
            units.get(measure.unit, ("", measure.unit))[1].replace("pct", "%") or "—",
            measure.method,
        ]
        for name, measure in comparison.measures.items()
    ]


def _value(value: float | None, measure: Measure, name: str) -> str:
    if value is None:
        return "—"
    if name.startswith("p_"):
        return scientific(value)
    if measure.unit == "pct":
        is_whole = value == measure.value and is_rounded(value, measure.low, measure.high)
        return percent(value, 0 if is_whole else 1)
    if measure.unit:
        return number(value, 1 if measure.unit == "points" else 0)
    return number(value, 2)


def _ends(measure: Measure, name: str) -> str:
    if measure.is_exact:
        return "exact" if measure.value is not None else "—"
    return " à ".join(_value(end, measure, name) for end in (measure.low, measure.high))
