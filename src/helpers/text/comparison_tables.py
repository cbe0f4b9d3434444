"""Frames of comparisons as tables: chosen columns, how many are compared, every measure with its method."""

from collections.abc import Mapping

import pandas as pd
from markupsafe import Markup

from helpers.indicators.comparisons import Comparison, comparison_of
from helpers.indicators.lookup import fact_of, rows_in
from helpers.schema import COUNT_FINDINGS, FINDINGS, catalogue
from helpers.text.formats import (
    CHANCE,
    Html,
    plain,
    say_bases,
    say_bounds,
    say_compared,
    say_measure,
)
from helpers.text.sentences import sentence
from helpers.text.tables import Group, lay_out

# What a frame of several natures is grouped under.
KINDS = {
    "volume": "Nombres de personnes",
    "annees": "D’une année à l’autre",
    "details": "D’une année à l’autre, sans commentaire",
    "reste": "Les ALSES et le reste de la prévention spécialisée",
    "emboitee": "Demande initiale, et objectif travaillé",
    "reponses": "Nouveaux postes",
}


def tableau(frame: pd.DataFrame, columns: Mapping[str, str], *, caption: str, par: str = "", note: str = "") -> Html:
    """Rows of indicators or of comparisons as a table: each column is its title and a sentence about the row.

    ``columns`` are as in `texte`: ``{"Part": "{:part}", "En clair": "la part {:sens}"}``; what is unknown is a dash.
    ``par`` is a column whose values head groups of rows. An empty frame is nothing.
    """
    if frame.empty:
        return Html("", "")
    read, groups = comparison_of if "comparaison" in frame else fact_of, {}
    for row in rows_in(frame):
        told = [sentence(each, read(row)) or "—" for each in columns.values()]
        groups.setdefault(str(getattr(row, par)) if par else "", []).append(told)
    made = [Group(title, rows) for title, rows in groups.items()]
    return lay_out(caption, list(columns), made, numbers=list(columns)[1:], note=note)


def _finding(comparison: Comparison, *, of_counts: bool = False) -> str:
    """What the bounds say: two years rise or fall, two groups stand above or below."""
    if of_counts or not comparison.finding:
        return COUNT_FINDINGS.get(comparison.count_finding, "—")
    if comparison.finding == "stable" and comparison["ecart"].low == 0 == comparison["ecart"].high:
        return "inchangée"
    of_two_years = comparison.key.startswith(("comparaisons/annees/", "comparaisons/details/"))
    beside = {} if of_two_years else {"hausse": "au-dessus", "baisse": "au-dessous"}
    return beside.get(comparison.finding, FINDINGS[comparison.finding])


def comparison_table(frame: pd.DataFrame, *, caption: str, par: str = "", of_counts: bool = False) -> Html:
    """Both shares (or counts) of each comparison, their difference and its bounds, what is observed and how sure.

    ``frame`` has the columns of `analysis.comparisons.table`; ``par`` heads groups of rows (« question »), else their
    nature does where there are several. ``of_counts`` shows counts where both are known.
    """
    if frame.empty:
        return Html("", "")
    found = [comparison_of(row) for row in rows_in(frame)]
    kinds = frame["nature"].map(KINDS)
    heads = frame[par] if par else kinds if len(set(kinds)) > 1 else pd.Series("", index=frame.index)
    of_years = set(frame["nature"]) <= {"annees", "details", "volume"}
    names = [str(frame["comparee_a"].iloc[0]), str(frame["annee"].iloc[0])] if of_years else ["Référence", "Part"]
    numbers = [*names, "Écart", "Bornes de l’écart"]
    groups: dict[str, list[list]] = {}
    for head, each in zip(heads, found, strict=True):
        sides = ("effectif_reference", "effectif") if of_counts else ("avant", "maintenant")
        told = [plain(say_compared(each, name)) for name in ("Libelle", *sides)]  # a mark a cell would weigh a page
        chance = "—" if each.finding == "stable" else CHANCE[each.reach]
        gap = _gap(each, "ecart_effectif" if of_counts or "ecart" not in each else "ecart")
        groups.setdefault(head, []).append([*told, *gap, _finding(each, of_counts=of_counts), chance])
    is_tested = any(each.is_tested for each in found) and not of_counts
    heads = ["Comparaison", *numbers, "Constat", *["Hasard"] * is_tested]
    made = [Group(title, [row[: len(heads)] for row in rows]) for title, rows in groups.items()]
    return lay_out(caption, heads, made, numbers=numbers)


def _gap(comparison: Comparison, name: str) -> tuple[str, str]:
    """A difference and its bounds."""
    if name not in comparison or comparison[name].low is None:
        return "—", "—"
    ends = plain(say_bounds(comparison, name)).removeprefix("entre ").replace(" et ", " à ")
    if comparison.is_protected and name == "ecart":
        return "—" if comparison.is_near_unanimous else plain(say_measure(comparison, name)), ends
    return plain(say_compared(comparison, name)), "—" if comparison[name].is_exact else ends


def bases_of(frame: pd.DataFrame) -> str:
    """How many are compared, each number once: « n = 1 852 (2019) ; 2 233 (2020) »."""
    entries, said = catalogue().perimeters, {}
    for row in rows_in(frame):
        of_years = row.nature in ("annees", "details", "volume")
        wide = "" if row.perimetre == "alses" else f", {entries[row.perimetre].short}"
        sides = (f"{row.comparee_a}{wide}", f"{row.annee}{wide}") if of_years else ("reste", "ALSES")
        for name, who in zip(("base_reference", "base"), sides, strict=True):
            if pd.notna(getattr(row, name)):
                said[f"{plain(say_compared(comparison_of(row), name))} ({who})"] = None
    return Markup("n = {}").format(say_bases(map(Markup, said), frame)) if said else ""
