"""Charts of the new posts, a dot or a sign a post."""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts import theme
from helpers.charts.figure import compose
from helpers.indicators.lookup import Facts
from helpers.schema import CERTAIN_FROM_YEARS, catalogue
from helpers.text.formats import Html, month, number, plural, trimmed
from helpers.text.tables import table

# --- Drawings of the new posts, one sign per post ---

# Fill by printed status: legible without colour.
FILLS = {"rep_plus": "full", "rep": "left", "non_renseigne": "none"}
# Fill by answer: legible without colour.
DISCS = {"oui": ("full", theme.BLUE), "en_cours": ("left", theme.BLUE), "non": ("none", theme.ORANGE)}
SIGNS = {"ne_sait_pas": "?", "autre": "*"}
HEADING = 11  # characters a line of a column's heading may hold before it meets its neighbour
TICKS = {False: 10, True: 6}  # on a wide and on a narrow sheet, months named under a timeline before they meet
LABEL = 42  # characters a line of a row's label may hold


def timeline_drawing(months: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """One dot per post above the month of its start; columns ``mois``, ``postes``."""
    figure, axes = theme.canvas(2.0, sheet)
    span = pd.date_range(months["mois"].min(), months["mois"].max(), freq="MS")
    place = {first: index for index, first in enumerate(span)}
    for row in months.itertuples():
        axes.scatter([place[row.mois]] * row.postes, range(1, row.postes + 1), s=90, color=theme.BLUE)
        axes.text(place[row.mois], row.postes + 0.75, number(row.postes), ha="center", fontweight="bold")
    step = -(-len(span) // TICKS[sheet.is_narrow])
    axes.set_xticks(range(0, len(span), step), [month(first).replace(" ", "\n") for first in span[::step]])
    axes.set_xlim(-0.6, len(span) - 0.4)
    axes.set_ylim(0, months["postes"].max() + 1.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    return figure


def answers_drawing(axes, given: list[tuple[float, float, str]]) -> None:
    """The sign of each answer (column, row, value): a disc more or less full, or a character."""
    for value, (fill, colour) in DISCS.items():  # all of a kind at once: the marker is then written once
        places = [(column, row) for column, row, answer in given if answer == value]
        style = {"markersize": 8.5, "markerfacecoloralt": theme.GROUND, "markeredgewidth": 1.6}
        if places:
            axes.plot(*zip(*places, strict=True), "o", fillstyle=fill, color=colour, **style)
    for column, row, value in given:
        if value not in DISCS:
            axes.text(column, row, SIGNS[value], ha="center", va="center", fontweight="bold", color=theme.GREY)


def grid_drawing(
    posts: pd.DataFrame, labels: dict[str, str], *, totals: dict[str, str], sheet: theme.Sheet = theme.WIDE
) -> Figure:
    """One row per post, one column per condition, totals below; signs legible without colour."""
    figure, axes = theme.canvas(1.2 + theme.room(sheet, posts["poste"], 0.27) * (len(posts) + 1), sheet)
    last = len(posts) + 0.1
    answers_drawing(
        axes, [(place, row, value) for place, name in enumerate(labels) for row, value in enumerate(posts[name])]
    )
    for column, name in enumerate(labels):
        axes.text(column, last, totals[name], ha="center", va="center", fontweight="bold")
    theme.name_rows(axes, [*range(len(posts)), last], [*posts["poste"], "Réponses « oui »"], sheet, width=LABEL, rise=6)
    axes.set_xticks(range(len(labels)), theme.folded(labels.values(), HEADING), fontsize=sheet.small)
    axes.xaxis.tick_top()
    axes.set_xlim(-0.5, len(labels) - 0.5)
    axes.set_ylim(len(posts) + 0.6, -0.7 if sheet.is_narrow else -0.5)
    below = 0.36 if sheet.is_narrow else 0.5  # a line runs under the signs, over the name of the next row
    axes.axhline(len(posts) - 1 + below, color=theme.GREY, linewidth=1)
    axes.hlines(
        [row + below for row in range(len(posts) - 1)], -0.5, len(labels) - 0.5, color=theme.PALE, linewidth=0.6
    )
    axes.spines["top"].set_visible(False)
    theme.bare(axes)
    return figure


def seniority_drawing(rows: pd.DataFrame, *, certain_from: float, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """One dot per post above its years, one strip per experience; hollow below ``certain_from``
    (`describe.seniority`).
    """
    strips = list(dict.fromkeys(rows["experience"]))
    tallest = int(rows["postes"].max())
    figure, axes = theme.canvas(0.5 + len(strips) * (theme.room(sheet, row=0.4) + 0.13 * tallest), sheet)
    step = tallest + 3 + 2 * sheet.is_narrow
    for row in rows.itertuples():
        ground = (len(strips) - 1 - strips.index(row.experience)) * step
        heights = [ground + 1 + place for place in range(row.postes)]
        colour = theme.ORANGE if row.annees == 0 else theme.BLUE
        face = theme.GROUND if 0 < row.annees < certain_from else colour
        style = {
            "markersize": 4.6 if sheet.is_narrow else 6.5,
            "markerfacecolor": face,
            "markeredgecolor": colour,
            "markeredgewidth": 1.5,
        }
        axes.plot([row.annees] * row.postes, heights, "o", **style)
        axes.text(
            row.annees, heights[-1] + 0.8, number(row.postes), ha="center", fontsize=sheet.small, fontweight="bold"
        )
    grounds = [(len(strips) - 1 - place) * step for place in range(len(strips))]
    axes.hlines(grounds, -0.5, rows["annees"].max() + 0.7, color=theme.GREY, linewidth=0.8)
    rise = tallest + 2 if sheet.is_narrow else 1  # over the tallest heap, or beside its foot
    theme.name_rows(axes, [ground + rise for ground in grounds], strips, sheet, width=16, rise=0)
    step_years = 10 if sheet.is_narrow else 5
    ends = sorted({0.0, *range(step_years, int(rows["annees"].max()) + 1, step_years)})
    axes.set_xticks(ends, ["aucune", *(f"{number(end)} ans" for end in ends[1:])])
    axes.set_xlim(-0.9, rows["annees"].max() + 1)
    axes.set_ylim(-0.6, len(strips) * step - 0.6)
    theme.bare(axes)
    return figure


def teams_drawing(rows: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """One sign per post in the row of its association (columns of `describe.teams`)."""
    figure, axes = theme.canvas(0.2 + theme.room(sheet, row=0.31) * len(rows), sheet)
    given = []
    for place, row in enumerate(rows.itertuples()):
        shown = [name for name in rows.columns[2:] for _ in range(getattr(row, name))]
        given += [(column, place, value) for column, value in enumerate(shown)]
        text = f"{number(row.non)} sur {number(row.postes)} sans équipe" if row.non else ""
        axes.text(len(shown) - 0.4, place, text, va="center", fontweight="bold")
    answers_drawing(axes, given)
    theme.name_rows(axes, range(len(rows)), rows["association"], sheet, rise=7)
    axes.set_xlim(-0.5, rows["postes"].max() + 5 + 1.5 * sheet.is_narrow)
    axes.set_ylim(len(rows) - 0.5, -0.8 if sheet.is_narrow else -0.5)
    theme.bare(axes, with_ticks=False)
    return figure


def context_drawing(rows: pd.DataFrame, landmarks: pd.DataFrame, *, sheet: theme.Sheet = theme.WIDE) -> Figure:
    """One dot per post at the index of its collège, filled by the printed status; a line per landmark.

    Columns of `describe.social_context` with ``poste`` (name); of the landmarks ``libelle``, ``valeur``.
    """
    figure, axes = theme.canvas(1.1 + theme.room(sheet, rows["poste"], 0.25) * len(rows), sheet)
    places = list(range(len(rows)))
    low, high = rows["ips"].min(), max([rows["ips"].max(), *landmarks["valeur"]])
    margin = (high - low) * 0.12 + 1
    axes.hlines(places, low - margin, rows["ips"].astype(float), color=theme.PALE, linewidth=0.8)
    for status, fill in FILLS.items():
        own = [place for place in places if rows["type_education_prioritaire"].iloc[place] == status]
        style = {"color": theme.BLUE, "markersize": 8, "markerfacecoloralt": theme.GROUND, "markeredgewidth": 1.5}
        axes.plot(rows["ips"].iloc[own].astype(float), own, "o", fillstyle=fill, **style)
    for place, value in enumerate(rows["ips"]):
        axes.text(value + margin / 5, place, number(value, 1), va="center", fontsize=sheet.small, bbox=theme.LABEL_BOX)
    for level, mark in enumerate(landmarks.itertuples()):  # at two heights, so that near ones do not meet
        top = -0.9 - 1.7 * (level % 2)
        axes.plot([mark.valeur] * 2, [len(rows) - 0.4, top], color=theme.GREY, linewidth=1.2, linestyle="--", zorder=1)
        said = f"{mark.libelle}\n{trimmed(mark.valeur, 2)}"
        axes.text(mark.valeur, top, said, ha="center", va="bottom", fontsize=sheet.small, color=theme.GREY)
    theme.name_rows(axes, places, rows["poste"], sheet, width=LABEL, rise=5)
    axes.set_xlim(low - margin, high + 1.6 * margin)
    axes.set_ylim(len(rows) - 0.4, -4.6)
    theme.bare(axes, with_ticks=False)
    return figure


# --- Charts of the new posts ---

POSTS = "nouvelles prises de poste"  # of whom these figures speak


def _years(value: float) -> str:
    """« aucune », « 0,5 an », « 17 ans »."""
    return f"{trimmed(value, 1)} {plural(value, 'an', 'ans')}" if value else "aucune"


def _posts(count: int) -> str:
    return f"{number(count)} {plural(count, 'poste', 'postes')}"


def _names(posts: pd.DataFrame) -> pd.Series:
    """« Jean Moulin (AJA) »: a collège may hold the posts of two associations."""
    return posts["college"].str.removeprefix("Collège ") + " (" + posts["association"] + ")"


def show_starts(months: pd.DataFrame, facts: Facts) -> Html:
    """When the new posts started (columns of `describe.starts`)."""
    if months.empty:
        return theme.nothing("aucune prise de poste n’est décrite pour cette année")
    dates = list(months["mois"])
    counts = [facts(f"postes/mois_de_debut/{date:%Y_%m}") for date in dates]
    most = max(range(len(counts)), key=lambda index: counts[index].counts)
    return compose(
        partial(timeline_drawing, months),
        id="debuts",
        title=theme.words("starts_title", most=counts[most], month=dates[most]),
        subtitle=theme.words("starts_subtitle"),
        reading=theme.words("starts_reading", fact=counts[most], month=dates[most]),
        base=theme.bases([(counts[0], POSTS)]),
        source=theme.source(POSTS, [counts[0].reference]),
        alt=theme.words("starts_alt", facts=counts, months=dates).text,
        table=table(
            months.assign(mois=[month(date) for date in dates]),
            caption="Prises de poste par mois",
            titles={"mois": "Mois", "postes": "Postes", "colleges": "Collèges"},
        ),
    )


def show_conditions(grid: pd.DataFrame, facts: Facts, *, conditions: tuple[str, ...]) -> Html:
    """What each new post was given (columns of `describe.conditions_grid`)."""
    if grid.empty:
        return theme.nothing("les conditions de prise de poste ne sont pas décrites pour cette année")
    entries = {name: catalogue().indicators[name] for name in conditions}
    said = [(entry, facts(f"postes/{name}/oui")) for name, entry in entries.items()]
    (worst_entry, worst), (best_entry, best) = (choose(said, key=lambda pair: pair[1].counts) for choose in (min, max))
    named = grid.assign(poste=_names(grid))
    answers = named.assign(**{name: named[name].map(entry.label_of) for name, entry in entries.items()})
    totals = {entry.id: f"{fact.counts[0]} sur {fact.base[0]}" for entry, fact in said}
    answers = pd.concat([answers, pd.DataFrame([{"poste": "Ensemble, réponses « oui »", **totals}])])
    titles = {"poste": "Poste", **{name: entry.label for name, entry in entries.items()}}
    return compose(
        partial(grid_drawing, named, {name: entry.label for name, entry in entries.items()}, totals=totals),
        id="conditions",
        title=theme.words(
            "conditions_title",
            worst=worst,
            entry=worst_entry,
            is_tied=theme.is_tied(worst.counts, [fact.counts for _, fact in said]),
        ),
        subtitle=theme.words("conditions_subtitle"),
        reading=theme.words("conditions_reading", best=best, entry=best_entry),
        base=theme.bases([(best, POSTS)]),
        source=theme.source(POSTS, [best.reference]),
        alt=theme.words("conditions_alt", facts=said).text,
        table=table(answers, caption="Conditions de chaque poste", titles=titles, kind="matrice"),
    )


def show_seniority(rows: pd.DataFrame, facts: Facts) -> Html:
    """Seniority of the holders, in years as printed (columns of `describe.seniority`)."""
    if rows.empty:
        return theme.nothing("l’ancienneté des nouveaux ALSES n’est pas décrite pour cette année")
    shown = rows.assign(annees=[_years(value) for value in rows["annees"]])
    strips = [
        (name, [f"{row.annees} : {_posts(row.postes)}" for row in own.itertuples()])
        for name, own in shown.groupby("experience", sort=False)
    ]
    field = facts("postes/experience_prevention/non")
    titles = {"experience": "Expérience", "annees": "Ancienneté", "postes": "Postes", "colleges": "Collèges"}
    return compose(
        partial(seniority_drawing, rows, certain_from=CERTAIN_FROM_YEARS),
        id="anciennete",
        title=theme.describing("seniority_title", field=field, role=facts("postes/premiere_prise_de_poste/oui")),
        subtitle=theme.describing("seniority_subtitle"),
        reading=theme.describing("seniority_reading", unsure=facts("postes/premiere_prise_de_poste/incertain")),
        base=theme.bases([(field, POSTS)]),
        source=theme.source(POSTS, [field.reference] if field else []),
        alt=theme.describing("seniority_alt", strips=strips).text,
        table=table(shown, caption="Ancienneté imprimée, par nombre d’années", titles=titles),
    )


def show_teams(rows: pd.DataFrame, facts: Facts) -> Html:
    """The posts with and without a local team, by association (columns of `describe.teams`)."""
    without = facts("postes/equipe_sur_le_quartier/non")
    if rows.empty or without is None:
        return theme.nothing("les équipes de quartier ne sont pas décrites pour cette année")
    answers = catalogue().indicators["equipe_sur_le_quartier"].modalities
    ordered = rows.sort_values("non", ascending=False, kind="stable")
    first, crossed = ordered["association"].iloc[0], "postes/equipe_sur_le_quartier/non/association="
    stands_out = int(ordered["non"].iloc[0]) > int(ordered["non"].iloc[1]) if len(rows) > 1 else False
    alt = [
        f"{row.association}, {_posts(row.postes)}, dont {number(row.oui)} avec une équipe et {number(row.non)} sans"
        for row in rows.itertuples()
    ]
    labels = {"oui": "Équipe", "non": "Pas d’équipe"}
    titles = {name: labels.get(name, label[:1].upper() + label[1:]) for name, label in answers.items()}
    most = facts(f"{crossed}{first}")
    return compose(
        partial(teams_drawing, rows),
        id="equipes",
        title=theme.describing("teams_title", without=without, most=most if stands_out else None, association=first),
        subtitle=theme.describing("teams_subtitle"),
        reading=theme.describing("teams_reading", fact=most, association=first) if most else "",
        base=theme.bases([(without, POSTS)]),
        source=theme.source(POSTS, [without.reference]),
        alt=theme.describing("teams_alt", rows=alt).text,
        table=table(
            rows,
            caption="Équipe sur le quartier, par association",
            titles={"association": "Association", "postes": "Postes", **titles},
        ),
    )


def show_context(rows: pd.DataFrame, landmarks: pd.DataFrame, facts: Facts) -> Html:
    """Posts on the scale of the social index (`describe.social_context`, `describe.landmarks`)."""
    if rows.empty:
        return theme.nothing("l’indice de position sociale des collèges des postes n’est pas connu")
    low, above = (facts(f"postes/ips_du_college/{name}") for name in ("premier_quartile", "au_dessus"))
    status = catalogue().indicators["type_education_prioritaire"]
    named = rows.assign(poste=_names(rows))
    shown = named.assign(
        indice=[number(value, 1) for value in named["ips"]],
        classement=named["type_education_prioritaire"].map(status.label_of),
    )
    marks = landmarks.assign(poste=landmarks["libelle"], indice=[trimmed(value, 2) for value in landmarks["valeur"]])
    both = pd.concat([shown, marks], ignore_index=True)
    field = " ; ".join(dict.fromkeys(filter(None, landmarks["champ"])))
    titles = {
        "poste": "Poste",
        "commune": "Commune",
        "classement": "Classement imprimé",
        "indice": "Indice",
        "eleves": "Élèves",
    }
    return compose(
        partial(context_drawing, named, landmarks),
        id="indice-social",
        title=theme.describing("context_title", low=low, field=field),
        subtitle=theme.describing("context_subtitle"),
        reading=theme.describing("context_reading", above=above),
        base=theme.bases([(low, POSTS)]),
        source=theme.describing(
            "context_source", reference=low.reference if low else "registre des collèges", field=field
        ),
        alt=theme.describing("context_alt", rows=[f"{row.poste}, {row.indice}" for row in both.itertuples()]).text,
        table=table(both, caption="Indice de position sociale et élèves des collèges des postes", titles=titles),
    )
