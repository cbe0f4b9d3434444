"""Figures of the new posts, one dot a post: seniority, local teams, the collèges among others."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import compose
from helpers.charts.words import nothing, words
from helpers.facts import Facts
from helpers.schema import catalogue
from helpers.tables import table
from helpers.wording import Html, number, plural, say

tell = partial(say, "figures_describe")

# As in `indicators.counts`: below this seniority, the post may be the very one that is described.
CERTAIN_FROM_YEARS = 1.0


def _years(value: float) -> str:
    """« aucune », « 0,5 an », « 17 ans »."""
    shown = number(value, 0 if float(value).is_integer() else 1)
    return f"{shown} {plural(value, 'an', 'ans')}" if value else "aucune"


def _posts(count: int) -> str:
    return f"{number(count)} {plural(count, 'poste', 'postes')}"


def show_seniority(rows: pd.DataFrame, facts: Facts) -> Html:
    """How long the holders have worked, as printed (columns of `describe.seniority`)."""
    if rows.empty:
        return nothing("l’ancienneté des nouveaux ALSES n’est pas décrite pour cette année")
    shown = rows.assign(annees=[_years(value) for value in rows["annees"]])
    strips = [
        (name, [f"{row.annees} : {_posts(row.postes)}" for row in own.itertuples()])
        for name, own in shown.groupby("experience", sort=False)
    ]
    field = facts("postes/experience_prevention/non")
    titles = {"experience": "Expérience", "annees": "Ancienneté", "postes": "Postes", "colleges": "Collèges"}
    return compose(
        draw.seniority(rows, certain_from=CERTAIN_FROM_YEARS),
        id="anciennete",
        title=tell("seniority_title", field=field, role=facts("postes/premiere_prise_de_poste/oui")),
        subtitle=tell("seniority_subtitle"),
        reading=tell("seniority_reading", unsure=facts("postes/premiere_prise_de_poste/incertain")),
        source=words(
            "source", population="nouvelles prises de poste", references=field.reference if field else "calcul"
        ),
        alt=tell("seniority_alt", strips=strips).text,
        table=table(shown, caption="Ancienneté imprimée, par nombre d’années", titles=titles),
    )


def show_teams(rows: pd.DataFrame, facts: Facts) -> Html:
    """The posts with and without a local team, by association (columns of `describe.teams`)."""
    without = facts("postes/equipe_sur_le_quartier/non")
    if rows.empty or without is None:
        return nothing("les équipes de quartier ne sont pas décrites pour cette année")
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
        draw.teams(rows),
        id="equipes",
        title=tell("teams_title", without=without, most=most if stands_out else None, association=first),
        subtitle=tell("teams_subtitle"),
        reading=tell("teams_reading", fact=most, association=first) if most else "",
        source=words("source", population="nouvelles prises de poste", references=without.reference),
        alt=tell("teams_alt", rows=alt).text,
        table=table(
            rows,
            caption="Équipe sur le quartier, par association",
            titles={"association": "Association", "postes": "Postes", **titles},
        ),
    )


def show_context(rows: pd.DataFrame, landmarks: pd.DataFrame, facts: Facts) -> Html:
    """The collèges of the posts on the scale of their index (columns of `describe.social_context`).

    ``landmarks`` has ``libelle``, ``valeur`` and ``champ``, as `describe.landmarks` gives them.
    """
    if rows.empty:
        return nothing("l’indice de position sociale des collèges des postes n’est pas connu")
    low, above = (facts(f"postes/ips_du_college/{name}") for name in ("premier_quartile", "au_dessus"))
    status = catalogue().indicators["type_education_prioritaire"]
    named = rows.assign(poste=rows["college"].str.removeprefix("Collège ") + " (" + rows["association"] + ")")
    shown = named.assign(
        indice=[number(value, 1) for value in named["ips"]],
        classement=named["type_education_prioritaire"].map(status.label_of),
    )
    marks = landmarks.assign(poste=landmarks["libelle"], indice=landmarks["valeur"].map(index_text))
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
        draw.context(named, landmarks),
        id="indice-social",
        title=tell("context_title", low=low, field=field),
        subtitle=tell("context_subtitle"),
        reading=tell("context_reading", above=above),
        source=tell("context_source", reference=low.reference if low else "registre des collèges", field=field),
        alt=tell("context_alt", rows=[f"{row.poste}, {row.indice}" for row in both.itertuples()]).text,
        table=table(both, caption="Indice de position sociale et élèves des collèges des postes", titles=titles),
    )


def index_text(value: float) -> str:
    """An index with the decimals that it has, two at most.

    >>> index_text(88.75), index_text(79.5), index_text(95)
    ('88,75', '79,5', '95')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")
