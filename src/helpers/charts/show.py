"""From finished frames to displayed figures: each function chooses the drawing and gives it its words."""

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import BLUE, Figures, compose
from helpers.facts import Fact, Facts, Gap, fact_of, merge_references
from helpers.schema import catalogue
from helpers.tables import breakdown_table, matrix_table, table
from helpers.wording import Html, say

DEDUCED = "#8fbfdc"  # the same blue, paler: a share that was deduced, not printed


def _words(name: str, **values) -> Html:
    return say("figures", name, **values)


def _nothing(subject: str) -> Html:
    return _words("nothing", subject=subject)


def _source(rows: pd.DataFrame, population: str) -> Html:
    return _words("source", population=population, references=merge_references(rows["reference"]) or "calcul")


def _leading(rows: pd.DataFrame) -> Fact | None:
    """The largest share that is printed or counted on a known base: what the title says."""
    said = rows[rows["part_pct"].notna() & rows["base_min"].notna() & rows["precision"].ne("deduit")]
    return None if said.empty else fact_of(said.sort_values("part_pct", ascending=False, kind="stable").iloc[0])


def show_breakdown(rows: pd.DataFrame) -> Html | None:
    """One indicator by modality as bars (columns of `describe.breakdown`); None when the catalogue draws it otherwise."""
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
        title=_words("breakdown_title", entry=entry, fact=leading),
        subtitle=_words("breakdown_subtitle", population=perimeter, year=year),
        reading=_words("breakdown_reading", fact=leading, year=year),
        notes=[_words("unpublished", labels=hidden)] if hidden else [],
        source=_source(drawn, perimeter),
        alt=_words("breakdown_alt", entry=entry, facts=[fact_of(row) for row in drawn.itertuples()], year=year).text,
        table=breakdown_table(rows, caption=f"{entry.label}, {perimeter}, {year}"),
    )


def show_breakdowns(breakdowns: list[pd.DataFrame]) -> Figures:
    """The figures of a topic, one an indicator and perimeter; a « pas de donnée » box when there is none."""
    figures = [figure for rows in breakdowns if (figure := show_breakdown(rows)) is not None]
    return Figures(figures, empty=_nothing("aucune part n’est publiée pour cette année"))


def show_starts(months: pd.DataFrame, facts: Facts) -> Html:
    """When the new posts started: one dot a post (columns of `describe.starts`)."""
    if months.empty:
        return _nothing("aucune prise de poste n’est décrite pour cette année")
    dates = list(months["mois"])
    counts = [facts(f"postes/mois_de_debut/{date:%Y-%m}") for date in dates]
    most = max(range(len(counts)), key=lambda index: counts[index].counts)
    return compose(
        draw.timeline(months), id="debuts",
        title=_words("starts_title", total=facts("postes/nouveaux_postes/"), months=dates), subtitle=_words("starts_subtitle"),
        reading=_words("starts_reading", fact=counts[most], month=dates[most]),
        source=_words("source", population="nouvelles prises de poste", references=counts[0].reference),
        alt=_words("starts_alt", facts=counts, months=dates).text,
        table=table(months, caption="Prises de poste par mois", titles={"mois": "Mois", "postes": "Postes", "colleges": "Collèges"}),
    )


def show_conditions(grid: pd.DataFrame, facts: Facts, *, conditions: tuple[str, ...]) -> Html:
    """What each new post was given: a grid of answers (columns of `describe.conditions_grid`)."""
    if grid.empty:
        return _nothing("les conditions de prise de poste ne sont pas décrites pour cette année")
    entries = {name: catalogue().indicators[name] for name in conditions}
    said = [(entry, facts(f"postes/{name}/oui")) for name, entry in entries.items()]
    (worst_entry, worst), (best_entry, best) = (choose(said, key=lambda pair: pair[1].counts) for choose in (min, max))
    named = grid.assign(poste=grid["college"].str.removeprefix("Collège ") + " (" + grid["association"] + ")")
    answers = named.assign(**{name: named[name].map(entry.label_of) for name, entry in entries.items()})
    titles = {"poste": "Poste", **{name: entry.label for name, entry in entries.items()}}
    return compose(
        draw.grid(named, {name: entry.label for name, entry in entries.items()}), id="conditions",
        title=_words("conditions_title", worst=worst, entry=worst_entry), subtitle=_words("conditions_subtitle"),
        reading=_words("conditions_reading", best=best, entry=best_entry),
        source=_words("source", population="nouvelles prises de poste", references=best.reference),
        alt=_words("conditions_alt", facts=said).text,
        table=table(answers, caption="Conditions de chaque poste", titles=titles),
    )


def show_attendance(rows: pd.DataFrame) -> Html:
    """Present and invited by group of meetings (columns of `describe.attendance`)."""
    if rows.empty:
        return _nothing("aucune réunion n’est décrite pour cette année")
    shown = rows[rows["modalite"].ne("visio_alses")]
    facts = [fact_of(row) for row in shown.itertuples()]
    known = [fact for fact in facts if fact.base] or facts
    lowest = min(known, key=lambda fact: fact.share or 0)
    return compose(
        draw.attendance(shown), id="presences",
        title=_words("attendance_title", lowest=lowest) if lowest.base else "Présences aux réunions", subtitle=_words("attendance_subtitle"),
        reading=_words("attendance_reading", fact=known[0]) if known[0].base else "",
        source=_source(shown, "réunions du réseau"),
        alt=_words("attendance_alt", facts=facts).text,
        table=breakdown_table(rows, caption="Présents et invités par groupe"),
    )


def show_requests_and_goals(rows: pd.DataFrame, facts: Facts) -> Html:
    """Request against objective for the themes that publish both (columns of `describe.requests_and_goals`)."""
    if rows.empty:
        return _nothing("aucun thème ne publie à la fois sa demande et son objectif")
    labels = {label: name for name, label in catalogue().indicators["objectif"].modalities.items()}
    pairs = [(facts(f"alses/demande_initiale/{labels[label]}"), facts(f"alses/objectif/{labels[label]}")) for label in rows["libelle"]]
    titles = {"libelle": "Thème", "demande_effectif": "Demandes initiales", "demande_pct": "Part des demandes",
              "objectif_effectif": "Objectifs travaillés", "objectif_pct": "Part des objectifs", "base": "Base (personnes)"}
    return compose(
        draw.dumbbell(rows), id="demandes-objectifs",
        title=_words("goals_title", asked=pairs[0][0], worked=pairs[0][1]), subtitle=_words("goals_subtitle", year=facts.year),
        reading=_words("goals_reading", asked=pairs[0][0], worked=pairs[0][1]),
        source=_words("source", population="personnes suivies par un ALSES", references=pairs[0][1].reference),
        alt=_words("goals_alt", pairs=pairs).text,
        table=table(rows, caption="Demandes initiales et objectifs travaillés", titles=titles),
    )


def show_differences(rows: pd.DataFrame, gaps: list[Gap], *, year: int, compare_to: int) -> Html:
    """Differences of shares with their bounds (columns of `compare.differences`, same order as ``gaps``)."""
    if rows.empty:
        return _nothing("aucune part n’est publiée pour les deux années")
    widest = max(gaps, key=lambda gap: abs(gap.points or 0))
    entries = catalogue().indicators
    labelled = rows.assign(etiquette=[f"{entries[row.indicateur].label} :\n{row.libelle}" for row in rows.itertuples()])
    titles = {"etiquette": "Part", "part_pct_avant": f"{compare_to}", "part_pct_apres": f"{year}", "ecart_part_pts": "Écart (points)",
              "ecart_part_min_pts": "Écart minimal", "ecart_part_max_pts": "Écart maximal"}
    references = merge_references(fact.reference for gap in gaps for fact in (gap.before, gap.now))
    return compose(
        draw.differences(labelled), id="ecarts",
        title=_words("gaps_title", gap=widest), subtitle=_words("gaps_subtitle", year=year, compare_to=compare_to),
        reading=_words("gaps_reading", gap=widest, year=year, compare_to=compare_to),
        source=_words("source", population="voir chaque ligne", references=references),
        alt=_words("gaps_alt", gaps=gaps).text,
        table=table(labelled, caption=f"Écarts de part, {compare_to} et {year}", titles=titles),
    )


def show_matrix(counts: pd.DataFrame, facts: Facts, *, themes: pd.DataFrame) -> Html:
    """Statements by theme and nature as a heat table (`themes.matrix` with the code book as ``labels``)."""
    if counts.empty:
        return _nothing("aucun énoncé n’est codé pour cette année")
    codes = themes.set_index("libelle")["theme"]
    rows = [(label, facts(f"enonces/theme_enonce/{codes[label]}")) for label in counts.index]
    label, most = max(rows, key=lambda row: row[1].counts)
    return compose(
        draw.heat(counts), id="themes",
        title=_words("matrix_title", label=label, fact=most), subtitle=_words("matrix_subtitle"),
        reading=_words("matrix_reading", label=label, fact=most),
        source=_words("source", population="énoncés de la synthèse", references=most.reference),
        alt=_words("matrix_alt", rows=rows).text,
        table=matrix_table(counts, caption="Énoncés par thème et par nature", keys={}),
    )
