"""Charts of the meetings, of the associations, and of the audit."""

from functools import partial

import pandas as pd
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from helpers.charts import theme
from helpers.charts.figure import compose
from helpers.indicators.lookup import Facts, fact_of
from helpers.schema import catalogue
from helpers.text.formats import Html, day, month, number, percent, plural
from helpers.text.tables import breakdown_table, table

# --- Drawings of the meetings and the associations ---

# Inside the frame: excluded from the layout, for speed.
INSIDE = {"ha": "center", "va": "center", "in_layout": False}
MONTHS = {False: 8, True: 5}  # months named under a calendar before they meet, wide and narrow


def calendar_drawing(rows: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """One dot per meeting on the line of its group, hollow once the year is over (columns of `describe.calendar`)."""
    groups = list(dict.fromkeys(rows["groupe"]))
    names = dict(zip(rows["groupe"], rows["libelle"], strict=True))
    figure, axes = theme.canvas(0.8 + theme.room(sheet, row=0.45) * len(groups), sheet)
    axes.hlines(range(len(groups)), *date2num([rows["date"].min(), rows["date"].max()]), color=theme.PALE, linewidth=1)
    for row in rows.itertuples():
        place, colour = (date2num(row.date), groups.index(row.groupe)), theme.colour_of("participants", row.groupe)
        face = theme.GROUND if row.est_apres else colour
        axes.scatter(*place, s=90, facecolor=face, edgecolor=colour, linewidth=2, zorder=3)
        axes.annotate(
            number(row.participants), place, (0, 7), textcoords="offset points", ha="center", fontweight="bold"
        )
    if rows["est_apres"].any():
        end = pd.Timestamp(rows.loc[rows["est_apres"], "date"].min().year, 1, 1)
        axes.axvline(date2num(end), color=theme.GREY, linewidth=1.2, linestyle="--")
        axes.text(date2num(end), -0.75, " année suivante", color=theme.GREY, fontsize=sheet.small, va="bottom")
    first = pd.date_range(rows["date"].min().replace(day=1), rows["date"].max(), freq="MS")
    named = first[:: -(-len(first) // MONTHS[sheet.is_narrow])]
    axes.set_xticks(date2num(named), [month(day).replace(" ", "\n") for day in named])
    theme.name_rows(axes, range(len(groups)), [names[group] for group in groups], sheet, rise=20)
    axes.set_xlim(date2num(rows["date"].min()) - 12, date2num(rows["date"].max()) + 45)
    axes.set_ylim(len(groups) - 0.5, -0.8)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    return figure


def attendance_drawing(rows: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """Present in a bar of the group's colour, invited in an empty one (`describe.attendance`)."""
    figure, axes = theme.canvas(0.2 + theme.room(sheet, rows["libelle"]) * len(rows), sheet)
    places = list(range(len(rows)))[::-1]
    present, invited = rows["effectif_max"].astype(float), rows["base_max"].astype(float)
    axes.barh(places, invited.fillna(0), color=theme.GROUND, edgecolor=theme.GREY, height=theme.thick(sheet))
    axes.barh(
        places,
        present,
        color=[theme.colour_of("participants", name) for name in rows["modalite"]],
        height=theme.thick(sheet),
    )
    for place, row in zip(places, rows.itertuples(), strict=True):
        is_known = not pd.isna(row.base_max)
        share = f" ({percent(row.part_pct, int(row.part_decimales))})" if is_known and not pd.isna(row.part_pct) else ""
        asked = f" sur {number(row.base_max)}{share}" if is_known else " (invités non publiés)"
        end = max(row.effectif_max, row.base_max) if is_known else row.effectif_max
        axes.text(end + 0.4, place, number(row.effectif_max) + asked, va="center", fontweight="bold")
    theme.name_rows(axes, places, rows["libelle"], sheet)
    axes.set_xlim(0, max(present.max(), invited.max()) * (1.7 if sheet.is_narrow else 1.45))
    axes.set_ylim(-0.5, len(rows) - 0.5)
    theme.bare(axes, with_ticks=False)
    return figure


def associations_drawing(grid: pd.DataFrame, headings: dict[str, str], *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """One row per association: posts, meeting lists, statements (columns of `describe.associations`); a dash if
    absent.
    """
    figure, axes = theme.canvas(0.7 + theme.room(sheet, row=0.29) * len(grid), sheet)
    for column, name in enumerate(headings):
        here = [row for row, value in enumerate(grid[name]) if value]
        is_list = name.startswith("reunion_")
        colour = theme.colour_of("participants", name.removeprefix("reunion_")) if is_list else theme.GREY
        axes.plot([column] * len(here), here, "o", markersize=8 if is_list else 14, color=colour)
        for row, value in enumerate(grid[name]):
            if row not in here:
                axes.text(column, row, "–", color=theme.GREY, **INSIDE)
            elif not is_list:
                axes.text(column, row, number(value), color=theme.GROUND, fontweight="bold", **INSIDE)
    theme.name_rows(axes, range(len(grid)), grid["association"], sheet, rise=10)
    names = [name.replace("département", "dépt") if sheet.is_narrow else name for name in headings.values()]
    axes.set_xticks(range(len(names)), theme.folded(names, 11 if sheet.is_narrow else 14), fontsize=sheet.small)
    axes.xaxis.tick_top()
    below = 0.33 if sheet.is_narrow else 0.5  # under the signs, over the name of the next row
    axes.hlines(
        [row + below for row in range(len(grid) - 1)], -0.5, len(headings) - 0.5, color=theme.PALE, linewidth=0.6
    )
    axes.set_xlim(-0.5, len(headings) - 0.5)
    axes.set_ylim(len(grid) - 0.5, -0.9 if sheet.is_narrow else -0.5)
    axes.spines["top"].set_visible(False)
    theme.bare(axes)
    return figure


# --- Charts of the meetings and the associations ---

MEETINGS = "réunions du réseau"  # of what these figures speak


def show_calendar(rows: pd.DataFrame, facts: Facts) -> Html:
    """The meetings by date and group, later ones apart (columns of `describe.calendar`)."""
    if rows.empty:
        return theme.nothing("aucune réunion n’est décrite pour cette année")
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
        partial(calendar_drawing, rows),
        id="calendrier",
        title=theme.describing("calendar_title", late=late, held=held, year=facts.year),
        subtitle=theme.describing("calendar_subtitle"),
        reading=theme.describing("calendar_reading", fact=present[example], **reading),
        base=theme.bases([(fact, label) for fact, label in by_group if fact] or [(held or late, MEETINGS)]),
        source=theme.source(MEETINGS, (fact.reference for fact in present)),
        alt=theme.describing("calendar_alt", rows=alt).text,
        table=table(shown, caption="Réunions, par date", titles=titles),
    )


def show_attendance(rows: pd.DataFrame) -> Html:
    """Present and invited by group of meetings (columns of `describe.attendance`)."""
    shown = rows if rows.empty else rows[rows["modalite"].ne("groupes_alses")]
    if shown.empty:
        return theme.nothing("aucune réunion n’est décrite pour cette année")
    facts = [fact_of(row) for row in shown.itertuples()]
    known = [fact for fact in facts if fact.base] or facts
    lowest = min(known, key=lambda fact: fact.share or 0)
    return compose(
        partial(attendance_drawing, shown),
        id="presences",
        title=theme.words(
            "attendance_title", lowest=lowest, is_tied=theme.is_tied(lowest.share, [fact.share for fact in known])
        )
        if lowest.base and len(known) > 1
        else "Les présences aux réunions",
        subtitle=theme.words("attendance_subtitle"),
        reading=theme.words("attendance_reading", fact=known[0]) if known[0].base else "",
        base=theme.bases([(fact, fact.label) for fact in facts]),
        source=theme.source(MEETINGS, shown["reference"]),
        alt=theme.words("attendance_alt", facts=facts).text,
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
    """Where each association is named, absences visible (columns of `describe.associations`)."""
    if grid.empty:
        return theme.nothing("aucune association n’est nommée pour cette année")
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
        partial(associations_drawing, grid, headings),
        id="associations",
        title=theme.describing("associations_title", named=named, silent=silent, without=without),
        subtitle=theme.describing("associations_subtitle"),
        reading=theme.describing("associations_reading", fact=only),
        notes=[theme.describing("associations_kept", pairs=parents)] if parents else [],
        base=theme.bases([(named, "associations nommées")]),
        source=theme.source("associations nommées dans le document", [named.reference] if named else []),
        alt=theme.describing("associations_alt", rows=[_said_of(row, listed) for row in grid.itertuples()]).text,
        table=table(shown, caption="Où chaque association est nommée", titles=titles),
    )
