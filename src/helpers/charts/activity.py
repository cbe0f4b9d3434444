"""Figures of the persons followed: by modality, from request to objective."""

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import Figures, compose
from helpers.charts.palette import BLUE, DEDUCED
from helpers.charts.words import nothing, source, words
from helpers.facts import Fact, Facts, fact_of, merge_references
from helpers.schema import catalogue
from helpers.tables import breakdown_table, table
from helpers.wording import Html

USUAL = "alses"  # whom a title speaks of when it does not say


def _leading(rows: pd.DataFrame) -> Fact | None:
    """The largest share that is printed or counted on a known base: what the title says."""
    said = rows[rows["part_pct"].notna() & rows["base_min"].notna() & rows["precision"].ne("deduit")]
    return None if said.empty else fact_of(said.sort_values("part_pct", ascending=False, kind="stable").iloc[0])


def _left_out(rows: pd.DataFrame, drawn: pd.DataFrame) -> list[Html]:
    """What the bars do not show, and why. A share on an unknown base is printed, if not drawn: it has its own box."""
    missing = rows[~rows.index.isin(drawn.index)]
    labels = {
        "unpublished": list(missing.loc[missing["precision"] == "non_publie", "libelle"]),
        "contradicted": list(missing.loc[missing["precision"] == "contradictoire", "libelle"]),
    }
    return [words(name, labels=found) for name, found in labels.items() if found]


def show_breakdown(rows: pd.DataFrame) -> Html | None:
    """One indicator as bars (columns of `describe.breakdown`); None when the catalogue draws it otherwise."""
    entry, year = catalogue().indicators[rows["indicateur"].iloc[0]], int(rows["annee"].iloc[0])
    drawn = rows[rows["part_min_pct"].notna() & rows["base_min"].notna()]
    leading = _leading(drawn)
    if entry.form != "barres" or leading is None:
        return None
    perimeter = catalogue().perimeters[rows["perimetre"].iloc[0]]
    who = entry.population or perimeter.label
    return compose(
        draw.bars(drawn, [DEDUCED if precision == "deduit" else BLUE for precision in drawn["precision"]]),
        id=f"{perimeter.id}-{entry.id}",
        title=words(
            "breakdown_title", entry=entry, fact=leading, perimeter="" if perimeter.id == USUAL else perimeter.short
        ),
        subtitle=words(
            "breakdown_subtitle", population=who, year=year, has_deduced="deduit" in set(drawn["precision"])
        ),
        reading=words("breakdown_reading", fact=leading, year=year),
        notes=_left_out(rows, drawn),
        source=source(drawn, who),
        alt=words("breakdown_alt", entry=entry, facts=[fact_of(row) for row in drawn.itertuples()], year=year).text,
        table=breakdown_table(rows, caption=f"{entry.label}, {who}, {year}"),
    )


def show_breakdowns(breakdowns: list[pd.DataFrame]) -> Figures:
    """The figures of a topic, one an indicator and perimeter; a « pas de donnée » box when there is none."""
    figures = [figure for rows in breakdowns if (figure := show_breakdown(rows)) is not None]
    return Figures(figures, empty=nothing("aucune part n’est publiée pour cette année"))


def show_requests_and_goals(rows: pd.DataFrame, facts: Facts) -> Html:
    """Request against objective for the themes that publish both (columns of `describe.requests_and_goals`)."""
    if rows.empty:
        return nothing("aucun thème ne publie à la fois sa demande et son objectif")
    pairs = [
        (facts(f"{USUAL}/demande_initiale/{name}"), facts(f"{USUAL}/objectif/{name}")) for name in rows["modalite"]
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
        source=words(
            "source",
            population=catalogue().perimeters[USUAL].label,
            references=merge_references(fact.reference for pair in pairs for fact in pair),
        ),
        alt=words("goals_alt", pairs=pairs).text,
        table=table(rows, caption="Demandes initiales et objectifs travaillés", titles=titles),
    )
