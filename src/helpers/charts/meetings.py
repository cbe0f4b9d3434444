"""Figures of the meetings and of the associations that are named."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import compose
from helpers.charts.words import bases, describing, is_tied, nothing, source, words
from helpers.facts import Facts, fact_of
from helpers.schema import catalogue
from helpers.tables import breakdown_table, table
from helpers.wording import Html, day, number, plural

MEETINGS = "réunions du réseau"  # of what these figures speak


def show_calendar(rows: pd.DataFrame, facts: Facts) -> Html:
    """The meetings by date and group, those of the following year apart (columns of `describe.calendar`).

    A box when no meeting is described.

    >>> dates = describe.calendar(store.load(2020, "reunions"), year=2020)
    >>> print(charts.show_calendar(dates, facts.Facts(store.load(2020, "indicateurs"), year=2020)).text)
    Sur 6 réunions des groupes d’ALSES, 3 se sont tenues après la fin de 2020
    Calendrier des réunions : 9 mars 2020, journée des nouveaux ALSES, 17 présents ; 13 novembre 2020, chefs de
    service, 9 présents ; 24 novembre 2020, nouveaux ALSES, 7 ...
    """
    if rows.empty:
        return nothing("aucune réunion n’est décrite pour cette année")
    shown = rows.assign(date=[day(date) for date in rows["date"]])
    present = [facts(f"reunions/participants/{row.groupe}/reunion={row.date:%Y_%m_%d}") for row in rows.itertuples()]
    alt = [
        f"{row.date}, {row.libelle}, {number(row.participants)} {plural(row.participants, 'présent', 'présents')}"
        for row in shown.itertuples()
    ]
    groups = dict(zip(rows["groupe"], rows["libelle"], strict=True))
    by_group = [(facts(f"reunions/reunions/{name}"), label) for name, label in groups.items()]
    held, late = (facts(f"reunions/reunions/groupes_alses{cross}") for cross in ("", "/periode=apres_l_annee"))
    example = int(rows["participants"].argmax())
    reading = {"date": f"{rows['date'].iloc[example]:%Y-%m-%d}", "said": shown["date"].iloc[example]}
    titles = {"date": "Date", "libelle": "Groupe", "participants": "Présents"}
    return compose(
        partial(draw.calendar, rows),
        id="calendrier",
        title=describing("calendar_title", late=late, held=held, year=facts.year),
        subtitle=describing("calendar_subtitle"),
        reading=describing("calendar_reading", fact=present[example], **reading),
        base=bases([(fact, label) for fact, label in by_group if fact] or [(held or late, MEETINGS)]),
        source=source(MEETINGS, (fact.reference for fact in present)),
        alt=describing("calendar_alt", rows=alt).text,
        table=table(shown, caption="Réunions, par date", titles=titles),
    )


def show_attendance(rows: pd.DataFrame) -> Html:
    """Present and invited by group of meetings, in persons (columns of `describe.attendance`).

    A box when no meeting is described.

    >>> print(charts.show_attendance(describe.attendance(store.load(2020, "indicateurs"), year=2020)).text)
    Groupe « nord du département » : 9 présences pour 19 invités, la part la plus faible
    Barres des présences et des invités : journée des nouveaux ALSES, 17 présences, invités non publiés ; nouveaux
    ALSES, 19 présences pour 21 invités ; nord du département, 9 ...
    """
    shown = rows if rows.empty else rows[rows["modalite"].ne("groupes_alses")]
    if shown.empty:
        return nothing("aucune réunion n’est décrite pour cette année")
    facts = [fact_of(row) for row in shown.itertuples()]
    known = [fact for fact in facts if fact.base] or facts
    lowest = min(known, key=lambda fact: fact.share or 0)
    return compose(
        partial(draw.attendance, shown),
        id="presences",
        title=words("attendance_title", lowest=lowest, is_tied=is_tied(lowest.share, [fact.share for fact in known]))
        if lowest.base and len(known) > 1
        else "Les présences aux réunions",
        subtitle=words("attendance_subtitle"),
        reading=words("attendance_reading", fact=known[0]) if known[0].base else "",
        base=bases([(fact, fact.label) for fact in facts]),
        source=source(MEETINGS, shown["reference"]),
        alt=words("attendance_alt", facts=facts).text,
        table=breakdown_table(rows, caption="Présences et invités par groupe"),
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
    """Where each association is named, absences visible (columns of `describe.associations`); a box when none is named.

    >>> tables_lues = (store.load(2020, nom) for nom in ("postes", "reunions", "enonces"))
    >>> presences = describe.associations(*tables_lues, register=store.read_reference("associations"))
    >>> print(charts.show_associations(presences, facts.Facts(store.load(2020, "indicateurs"), year=2020)).text)
    Le document nomme 12 ou 13 associations : 1 a des postes décrits, mais n’est dans aucune liste de réunion ; 4 ou 5
    sont dans une liste sans poste décrit
    Grille des associations : AAE : 0 poste, liste nord du département, 1 énoncé ; AAPI : 1 poste, ...
    """
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
    titles = {"association": "Association", **{name: label[:1].upper() + label[1:] for name, label in headings.items()}}
    return compose(
        partial(draw.associations, grid, headings),
        id="associations",
        title=describing("associations_title", named=named, silent=silent, without=without),
        subtitle=describing("associations_subtitle"),
        reading=describing("associations_reading", fact=only),
        notes=[describing("associations_kept", pairs=parents)] if parents else [],
        base=bases([(named, "associations nommées")]),
        source=source("associations nommées dans le document", [named.reference] if named else []),
        alt=describing("associations_alt", rows=[_said_of(row, listed) for row in grid.itertuples()]).text,
        table=table(shown, caption="Où chaque association est nommée", titles=titles),
    )
