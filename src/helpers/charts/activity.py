"""Figures of the persons followed: by modality, from request to objective, from year to year."""

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import BLUE, Figures, compose
from helpers.charts.words import nothing, source, words
from helpers.facts import Fact, Facts, Gap, fact_of, merge_references
from helpers.schema import catalogue
from helpers.tables import breakdown_table, table
from helpers.wording import Html

DEDUCED = "#8fbfdc"  # the same blue, paler: a share that was deduced, not printed


def _leading(rows: pd.DataFrame) -> Fact | None:
    """The largest share that is printed or counted on a known base: what the title says."""
    said = rows[rows["part_pct"].notna() & rows["base_min"].notna() & rows["precision"].ne("deduit")]
    return None if said.empty else fact_of(said.sort_values("part_pct", ascending=False, kind="stable").iloc[0])


def show_breakdown(rows: pd.DataFrame) -> Html | None:
    """One indicator as bars (columns of `describe.breakdown`); None when the catalogue draws it otherwise."""
    entry, year = catalogue().indicators[rows["indicateur"].iloc[0]], int(rows["annee"].iloc[0])
    drawn = rows[rows["part_min_pct"].notna() & rows["base_min"].notna()]
    leading = _leading(drawn)
    if entry.form != "barres" or leading is None:
        return None
    hidden = [row.libelle for row in rows.itertuples() if row.Index not in drawn.index]
    perimeter = catalogue().perimeters[rows["perimetre"].iloc[0]].label
    return compose(
        draw.bars(drawn, [DEDUCED if precision == "deduit" else BLUE for precision in drawn["precision"]]),
        id=f"{rows['perimetre'].iloc[0]}-{entry.id}",
        title=words("breakdown_title", entry=entry, fact=leading),
        subtitle=words("breakdown_subtitle", population=perimeter, year=year),
        reading=words("breakdown_reading", fact=leading, year=year),
        notes=[words("unpublished", labels=hidden)] if hidden else [],
        source=source(drawn, perimeter),
        alt=words("breakdown_alt", entry=entry, facts=[fact_of(row) for row in drawn.itertuples()], year=year).text,
        table=breakdown_table(rows, caption=f"{entry.label}, {perimeter}, {year}"),
    )


def show_breakdowns(breakdowns: list[pd.DataFrame]) -> Figures:
    """The figures of a topic, one an indicator and perimeter; a « pas de donnée » box when there is none."""
    figures = [figure for rows in breakdowns if (figure := show_breakdown(rows)) is not None]
    return Figures(figures, empty=nothing("aucune part n’est publiée pour cette année"))


def show_requests_and_goals(rows: pd.DataFrame, facts: Facts) -> Html:
    """Request against objective for the themes that publish both (columns of `describe.requests_and_goals`)."""
    if rows.empty:
        return nothing("aucun thème ne publie à la fois sa demande et son objectif")
    labels = {label: name for name, label in catalogue().indicators["objectif"].modalities.items()}
    pairs = [
        (facts(f"alses/demande_initiale/{labels[label]}"), facts(f"alses/objectif/{labels[label]}"))
        for label in rows["libelle"]
    ]
    titles = {
        "libelle": "Thème",
        "demande_effectif": "Demandes initiales",
        "demande_pct": "Part des demandes",
        "objectif_effectif": "Objectifs travaillés",
        "objectif_pct": "Part des objectifs",
        "base": "Base (personnes)",
    }
    return compose(
        draw.dumbbell(rows),
        id="demandes-objectifs",
        title=words("goals_title", asked=pairs[0][0], worked=pairs[0][1]),
        subtitle=words("goals_subtitle", year=facts.year),
        reading=words("goals_reading", asked=pairs[0][0], worked=pairs[0][1]),
        source=words("source", population="personnes suivies par un ALSES", references=pairs[0][1].reference),
        alt=words("goals_alt", pairs=pairs).text,
        table=table(rows, caption="Demandes initiales et objectifs travaillés", titles=titles),
    )


def show_differences(rows: pd.DataFrame, gaps: list[Gap], *, year: int, compare_to: int) -> Html:
    """Differences of shares with their bounds (columns of `compare.differences`, same order as ``gaps``)."""
    if rows.empty:
        return nothing("aucune part n’est publiée pour les deux années")
    widest = max(gaps, key=lambda gap: max(map(abs, gap.points_bounds)))
    entries = catalogue().indicators
    labelled = rows.assign(etiquette=[f"{entries[row.indicateur].label} :\n{row.libelle}" for row in rows.itertuples()])
    titles = {
        "etiquette": "Part",
        "part_pct_avant": f"{compare_to}",
        "part_pct_apres": f"{year}",
        "ecart_part_pts": "Écart (points)",
        "ecart_part_min_pts": "Écart minimal",
        "ecart_part_max_pts": "Écart maximal",
    }
    references = merge_references(fact.reference for gap in gaps for fact in (gap.before, gap.now))
    return compose(
        draw.differences(labelled),
        id="ecarts",
        title=words("gaps_title", gap=widest),
        subtitle=words("gaps_subtitle", year=year, compare_to=compare_to),
        reading=words("gaps_reading", gap=widest, year=year, compare_to=compare_to),
        source=words("source", population="voir chaque ligne", references=references),
        alt=words("gaps_alt", gaps=gaps).text,
        table=table(labelled, caption=f"Écarts de part, {compare_to} et {year}", titles=titles),
    )
