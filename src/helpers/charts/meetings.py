"""Figures of the meetings and of the associations that are named."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import compose
from helpers.charts.words import nothing, words
from helpers.facts import Facts, merge_references
from helpers.schema import catalogue
from helpers.tables import table
from helpers.wording import Html, day, number, plural, say

tell = partial(say, "figures_describe")


def show_calendar(rows: pd.DataFrame, facts: Facts) -> Html:
    """The meetings by date and group, those of the following year apart (columns of `describe.calendar`)."""
    if rows.empty:
        return nothing("aucune réunion n’est décrite pour cette année")
    shown = rows.assign(date=[day(date) for date in rows["date"]])
    present = [facts(f"reunions/participants/{row.groupe}/reunion={row.date:%Y-%m-%d}") for row in rows.itertuples()]
    alt = [
        f"{row.date}, {row.libelle}, {number(row.participants)} {plural(row.participants, 'présent', 'présents')}"
        for row in shown.itertuples()
    ]
    held, late = (facts(f"reunions/reunions/groupes_alses{cross}") for cross in ("", "/periode=apres_l_annee"))
    example = int(rows["participants"].argmax())
    reading = {"date": f"{rows['date'].iloc[example]:%Y-%m-%d}", "said": shown["date"].iloc[example]}
    references = merge_references(fact.reference for fact in present)
    titles = {"date": "Date", "libelle": "Groupe", "participants": "Présents"}
    return compose(
        draw.calendar(rows),
        id="calendrier",
        title=tell("calendar_title", late=late, held=held, year=facts.year),
        subtitle=tell("calendar_subtitle"),
        reading=tell("calendar_reading", fact=present[example], **reading),
        source=words("source", population="réunions du réseau", references=references),
        alt=tell("calendar_alt", rows=alt).text,
        table=table(shown, caption="Réunions, par date", titles=titles),
    )


def _said_of(row, listed: dict[str, str]) -> str:
    """One association in words: its posts, the lists that name it, the statements that cite it."""
    lists = [label for name, label in listed.items() if getattr(row, name)]
    return ", ".join(
        [
            f"{row.association} : {number(row.postes)} {plural(row.postes, 'poste', 'postes')}",
            f"liste {' et '.join(lists)}" if lists else "aucune liste",
            f"{number(row.enonces)} {plural(row.enonces, 'énoncé', 'énoncés')}",
        ]
    )


def show_associations(grid: pd.DataFrame, facts: Facts) -> Html:
    """Where each association is named, absences visible (columns of `describe.associations`)."""
    if grid.empty:
        return nothing("aucune association n’est nommée pour cette année")
    labels = catalogue().indicators["participants"].modalities
    listed = {name: labels[name.removeprefix("reunion_")] for name in grid.columns if name.startswith("reunion_")}
    groups = {name: f"réunions : {label}" for name, label in listed.items()}
    headings = {"postes": "postes décrits", **groups, "enonces": "énoncés qui la citent"}
    shown = grid.assign(**{name: grid[name].map({True: "nommée", False: "—"}) for name in listed})
    parents = [(row.association, row.rattachement) for row in grid.itertuples() if row.rattachement]
    named = facts("reseau_alses/associations_nommees/")
    places = ("postes_sans_reunion", "reunions_sans_poste", "synthese_seule")
    found = [facts(f"reseau_alses/presence_associations/{name}") for name in places]
    silent, without, only = (fact if fact and fact.counts[1] else None for fact in found)
    references = named.reference if named else "calcul"
    titles = {"association": "Association", **{name: label[:1].upper() + label[1:] for name, label in headings.items()}}
    return compose(
        draw.associations(grid, headings),
        id="associations",
        title=tell("associations_title", named=named, silent=silent, without=without),
        subtitle=tell("associations_subtitle"),
        reading=tell("associations_reading", fact=only),
        notes=[tell("associations_kept", pairs=parents)] if parents else [],
        source=words("source", population="associations nommées dans le document", references=references),
        alt=tell("associations_alt", rows=[_said_of(row, listed) for row in grid.itertuples()]).text,
        table=table(shown, caption="Où chaque association est nommée", titles=titles),
    )
