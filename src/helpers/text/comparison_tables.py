"""Comparisons as tables: what changed and how sure, every measure with its method."""

import pandas as pd

from helpers.indicators.comparisons import Comparison, Comparisons, Measure
from helpers.indicators.lookup import among
from helpers.schema import COUNT_FINDINGS, DECIMAL_FROM_BASE, FINDINGS, catalogue
from helpers.text.formats import (
    SHARES,
    Html,
    is_rounded,
    number,
    percent,
    say,
    scientific,
    signed,
    subject,
    write_part,
    write_rounded,
)
from helpers.text.tables import LEDGER, Group, aligned, fold, headings, lay_out
from helpers.typography import NARROW

# --- What changed and how sure, counts of two years ---

# The groups of the table of differences, in order.
KINDS = {
    "annees": "D’une année à l’autre",
    "reste": "Personnes suivies par un ALSES, et reste de la prévention spécialisée",
    "emboitee": "Demande initiale, et objectif travaillé",
    "reponses": "Nouveaux postes de l’association qui en décrit le plus, et des autres",
}

REACHES = {
    "concluante": "dépassé",
    "selon_ressemblance": "dépend de la ressemblance dans un poste",
    "non_concluante": "possible",
    "": "sans test",
}


def _share(comparison: Comparison, name: str) -> str:
    """A share in per cent without unknown decimals; its bounds where they do not round to one number."""
    if name not in comparison or comparison[name].value is None:
        return "—"
    if comparison.is_protected:
        return write_part(comparison, name).removesuffix(f"{NARROW}%")
    read, own_base = comparison[name], name.replace("part", "base")
    if read.is_exact and not {own_base, "base"} & set(comparison.measures):
        return number(read.value, 1)
    if read.is_exact:
        base = comparison[own_base if own_base in comparison else "base"]  # two answers of the same persons have one
        return number(read.value, int(base.value >= DECIMAL_FROM_BASE))
    if is_rounded(read.value, read.low, read.high):
        return number(read.value)
    return f"{number(read.low, 1)} à {number(read.high, 1)}"


def _gap(comparison: Comparison) -> list[str]:
    """A difference and its bounds, in points."""
    if "ecart" not in comparison or comparison["ecart"].value is None:
        return ["—", "—"]
    read, decimals = comparison["ecart"], 0 if comparison.is_protected else 1
    ends = "exact" if read.is_exact else f"{signed(read.low, decimals)} à {signed(read.high, decimals)}"
    return ["—" if comparison.is_near_unanimous else signed(read.value, decimals), ends]


def _finding(comparison: Comparison) -> str:
    """What the bounds say: two years rise or fall, two groups stand above or below."""
    if not comparison.finding:
        return "—"
    if comparison.finding == "stable" and comparison["ecart"].low == 0 == comparison["ecart"].high:
        return "inchangée"
    of_two_years = comparison.key.startswith(("comparaisons/annees/", "comparaisons/details/"))
    beside = {} if of_two_years else {"hausse": "au-dessus", "baisse": "au-dessous"}
    return beside.get(comparison.finding, FINDINGS[comparison.finding])


def _name(comparison: Comparison) -> str:
    named = subject(comparison)
    return f"{named[:1].upper()}{named[1:]}"


def reach_table(found: Comparisons, *, caption: str) -> Html:
    """One row per comparison: both shares (%), their difference (points), finding, whether it exceeds chance."""
    shown = [(title, found.of(kind, having="ecart")) for kind, title in KINDS.items()]
    every = [each for _, made in shown for each in made]
    if not every:
        return say("figures", "nothing", subject="aucune comparaison n’est possible")
    # Commas are aligned over all the groups.
    shares = [aligned([_share(each, name) for each in every]) for name in ("part_reference", "part")]
    cells = {
        each.key: [_name(each), before, now, *_gap(each), _finding(each), REACHES[each.reach]]
        for each, before, now in zip(every, *shares, strict=True)
    }
    groups = [Group(title, [cells[each.key] for each in made]) for title, made in shown if made]
    numbers = ["Part de référence (%)", "Part (%)", "Écart (points)", "Bornes de l’écart"]
    titles = headings("Comparaison", *numbers, "Constat", "Hasard", numbers=numbers)
    if all(each.is_protected for each in every):  # none is tested
        titles, groups = titles[:-1], [Group(each.title, [row[:-1] for row in each.rows]) for each in groups]
        return lay_out(caption, titles, groups, note=say("compare", "reach_note_of_site"))
    return lay_out(caption, titles, groups, note=say("compare", "reach_note"))


def details_table(found: Comparisons, *, caption: str) -> Html:
    """The untested shares of two years, in per cent, question by question, folded; nothing without any."""
    shown = [each for each in found.of("details") if "ecart" in each]
    if not shown:
        return Html("", "")
    shares = [aligned([_share(each, name) for each in shown]) for name in ("part_reference", "part")]
    groups: dict[str, Group] = {}
    for each, before, now in zip(shown, *shares, strict=True):
        perimeter, indicator, modality = each.path.split("/")
        entry = catalogue().indicators[indicator]
        title, answer = among(entry.label, indicator, perimeter), entry.label_of(modality)
        cells = [f"{answer[:1].upper()}{answer[1:]}", before, now, *_gap(each), _finding(each)]
        groups.setdefault(title, Group(title, [])).rows.append(cells)
    numbers = ["Part de référence (%)", "Part (%)", "Écart (points)", "Bornes de l’écart"]
    made = lay_out(caption, headings("Réponse", *numbers, "Constat", numbers=numbers), list(groups.values()))
    return fold(made, caption, kind=LEDGER)


def differences_table(rows: pd.DataFrame, *, year: int, compare_to: int | None) -> Html:
    """Counts of two years with the bounds of their difference (columns of `analysis.years.differences`)."""
    if rows.empty:
        return say("figures", "nothing", subject="aucun effectif n’est connu pour les deux années")
    entries, groups = catalogue(), {}
    for row in rows.itertuples():
        what, who = entries.indicators[row.indicateur].title_of(row.modalite), entries.perimeters[row.perimetre].label
        group = groups.setdefault(who, Group(f"{who[:1].upper()}{who[1:]}", []))
        before, now = _count(row, "avant"), _count(row, "apres")
        gap = " à ".join(dict.fromkeys((signed(row.ecart_min), signed(row.ecart_max))))
        group.rows.append([what, before, now, gap, COUNT_FINDINGS[row.constat_effectif]])
    numbers = [str(compare_to), str(year), "Différence"]
    caption = f"Effectifs de {compare_to} et de {year}, et leur différence"
    titles = headings("Nombre de personnes", *numbers, "Constat", numbers=numbers)
    return lay_out(caption, titles, list(groups.values()))


def _count(row, when: str) -> str:
    """A count of one year: as displayed if rounded to protect persons, else its bounds."""
    low, high = (int(getattr(row, f"effectif_{end}_{when}")) for end in ("min", "max"))
    shown = getattr(row, f"effectif_arrondi_{when}", None)
    return write_rounded(None if pd.isna(shown) else int(shown), (low, high))


# --- Every measure of the comparisons, with its method, as a folded table ---


def measures_table(found: Comparisons, *, caption: str) -> Html:
    """Every measure of the comparisons with bounds, unit and method, folded.

    Those of `details_table` are in comparaisons.csv alone: they would weigh as much as the page.
    """
    titles = headings("Mesure", "Valeur", "Bornes", "Unité", "Méthode", numbers=["Valeur"])
    details = {each.id for each in found.of("details")}
    shown = [each for each in found.of_all() if each.id not in details]
    made = lay_out(caption, titles, [Group(each.label, _measures(each)) for each in shown])
    return fold(made, caption, kind=LEDGER)


def _told(comparison: Comparison, name: str) -> str:
    """A measure of protected numbers, as the rest of the page writes it."""
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
