"""Figures of the network itself: its new posts, its meetings."""

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import compose
from helpers.charts.words import nothing, source, words
from helpers.facts import Fact, Facts, fact_of
from helpers.schema import catalogue
from helpers.tables import breakdown_table, table
from helpers.wording import Html, month


def _is_tied(chosen: Fact, facts: list[Fact], *, share: bool = False) -> bool:
    """Whether another figure has the same count (or share) as the one that a title names."""
    values = [(fact.share if share else fact.counts) for fact in facts]
    return values.count(chosen.share if share else chosen.counts) > 1


def show_starts(months: pd.DataFrame, facts: Facts) -> Html:
    """When the new posts started: one dot a post (columns of `describe.starts`)."""
    if months.empty:
        return nothing("aucune prise de poste n’est décrite pour cette année")
    dates = list(months["mois"])
    counts = [facts(f"postes/mois_de_debut/{date:%Y-%m}") for date in dates]
    most = max(range(len(counts)), key=lambda index: counts[index].counts)
    return compose(
        draw.timeline(months),
        id="debuts",
        title=words("starts_title", most=counts[most], month=dates[most]),
        subtitle=words("starts_subtitle"),
        reading=words("starts_reading", fact=counts[most], month=dates[most]),
        source=words("source", population="nouvelles prises de poste", references=counts[0].reference),
        alt=words("starts_alt", facts=counts, months=dates).text,
        table=table(
            months.assign(mois=[month(date) for date in dates]),
            caption="Prises de poste par mois",
            titles={"mois": "Mois", "postes": "Postes", "colleges": "Collèges"},
        ),
    )


def show_conditions(grid: pd.DataFrame, facts: Facts, *, conditions: tuple[str, ...]) -> Html:
    """What each new post was given: a grid of answers (columns of `describe.conditions_grid`)."""
    if grid.empty:
        return nothing("les conditions de prise de poste ne sont pas décrites pour cette année")
    entries = {name: catalogue().indicators[name] for name in conditions}
    said = [(entry, facts(f"postes/{name}/oui")) for name, entry in entries.items()]
    (worst_entry, worst), (best_entry, best) = (choose(said, key=lambda pair: pair[1].counts) for choose in (min, max))
    named = grid.assign(poste=grid["college"].str.removeprefix("Collège ") + " (" + grid["association"] + ")")
    answers = named.assign(**{name: named[name].map(entry.label_of) for name, entry in entries.items()})
    totals = {entry.id: f"{fact.counts[0]} sur {fact.base[0]}" for entry, fact in said}
    answers = pd.concat([answers, pd.DataFrame([{"poste": "Ensemble, réponses « oui »", **totals}])])
    titles = {"poste": "Poste", **{name: entry.label for name, entry in entries.items()}}
    return compose(
        draw.grid(named, {name: entry.label for name, entry in entries.items()}, totals=totals),
        id="conditions",
        title=words(
            "conditions_title", worst=worst, entry=worst_entry, is_tied=_is_tied(worst, [fact for _, fact in said])
        ),
        subtitle=words("conditions_subtitle"),
        reading=words("conditions_reading", best=best, entry=best_entry),
        source=words("source", population="nouvelles prises de poste", references=best.reference),
        alt=words("conditions_alt", facts=said).text,
        table=table(answers, caption="Conditions de chaque poste", titles=titles),
    )


def show_attendance(rows: pd.DataFrame) -> Html:
    """Present and invited by group of meetings (columns of `describe.attendance`)."""
    shown = rows if rows.empty else rows[rows["modalite"].ne("groupes_alses")]
    if shown.empty:
        return nothing("aucune réunion n’est décrite pour cette année")
    facts = [fact_of(row) for row in shown.itertuples()]
    known = [fact for fact in facts if fact.base] or facts
    lowest = min(known, key=lambda fact: fact.share or 0)
    return compose(
        draw.attendance(shown),
        id="presences",
        title=words("attendance_title", lowest=lowest, is_tied=_is_tied(lowest, known, share=True))
        if lowest.base and len(known) > 1
        else "Les présences aux réunions",
        subtitle=words("attendance_subtitle"),
        reading=words("attendance_reading", fact=known[0]) if known[0].base else "",
        source=source(shown, "réunions du réseau"),
        alt=words("attendance_alt", facts=facts).text,
        table=breakdown_table(rows, caption="Présences et invités par groupe"),
    )
