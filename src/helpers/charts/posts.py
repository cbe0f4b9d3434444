"""Figures of the new posts, a dot or a sign a post: starts, conditions, seniority, teams, the collèges among others."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import compose
from helpers.charts.words import bases, describing, is_tied, nothing, source, words
from helpers.facts import Facts
from helpers.schema import CERTAIN_FROM_YEARS, catalogue
from helpers.tables import table
from helpers.wording import Html, month, number, plural, trimmed

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
    """When the new posts started: one dot a post (columns of `describe.starts`); a box when none is described.

    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> print(charts.show_starts(describe.starts(store.load(2020, "postes")), chiffre).text)
    Sur 17 nouveaux postes, 8 ont commencé en janvier 2020 ...
    """
    if months.empty:
        return nothing("aucune prise de poste n’est décrite pour cette année")
    dates = list(months["mois"])
    counts = [facts(f"postes/mois_de_debut/{date:%Y_%m}") for date in dates]
    most = max(range(len(counts)), key=lambda index: counts[index].counts)
    return compose(
        partial(draw.timeline, months),
        id="debuts",
        title=words("starts_title", most=counts[most], month=dates[most]),
        subtitle=words("starts_subtitle"),
        reading=words("starts_reading", fact=counts[most], month=dates[most]),
        base=bases([(counts[0], POSTS)]),
        source=source(POSTS, [counts[0].reference]),
        alt=words("starts_alt", facts=counts, months=dates).text,
        table=table(
            months.assign(mois=[month(date) for date in dates]),
            caption="Prises de poste par mois",
            titles={"mois": "Mois", "postes": "Postes", "colleges": "Collèges"},
        ),
    )


def show_conditions(grid: pd.DataFrame, facts: Facts, *, conditions: tuple[str, ...]) -> Html:
    """What each new post was given: a grid of answers (columns of `describe.conditions_grid`); a box without any.

    >>> grille, chiffres = describe.conditions_grid(store.load(2020, "postes")), store.load(2020, "indicateurs")
    >>> print(charts.show_conditions(grille, facts.Facts(chiffres, year=2020), conditions=describe.CONDITIONS).text)
    « Projet annuel écrit » : oui pour 3 postes sur 17, la condition la moins remplie ...
    """
    if grid.empty:
        return nothing("les conditions de prise de poste ne sont pas décrites pour cette année")
    entries = {name: catalogue().indicators[name] for name in conditions}
    said = [(entry, facts(f"postes/{name}/oui")) for name, entry in entries.items()]
    (worst_entry, worst), (best_entry, best) = (choose(said, key=lambda pair: pair[1].counts) for choose in (min, max))
    named = grid.assign(poste=_names(grid))
    answers = named.assign(**{name: named[name].map(entry.label_of) for name, entry in entries.items()})
    totals = {entry.id: f"{fact.counts[0]} sur {fact.base[0]}" for entry, fact in said}
    answers = pd.concat([answers, pd.DataFrame([{"poste": "Ensemble, réponses « oui »", **totals}])])
    titles = {"poste": "Poste", **{name: entry.label for name, entry in entries.items()}}
    return compose(
        partial(draw.grid, named, {name: entry.label for name, entry in entries.items()}, totals=totals),
        id="conditions",
        title=words(
            "conditions_title",
            worst=worst,
            entry=worst_entry,
            is_tied=is_tied(worst.counts, [fact.counts for _, fact in said]),
        ),
        subtitle=words("conditions_subtitle"),
        reading=words("conditions_reading", best=best, entry=best_entry),
        base=bases([(best, POSTS)]),
        source=source(POSTS, [best.reference]),
        alt=words("conditions_alt", facts=said).text,
        table=table(answers, caption="Conditions de chaque poste", titles=titles, kind="matrice"),
    )


def show_seniority(rows: pd.DataFrame, facts: Facts) -> Html:
    """How long the holders have worked, in years as printed (columns of `describe.seniority`); a box without any.

    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> print(charts.show_seniority(describe.seniority(store.load(2020, "postes")), chiffre).text)
    Sur 17 nouveaux postes, 6 sans ancienneté en prévention spécialisée, 8 sans ancienneté d’ALSES ...
    """
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
        partial(draw.seniority, rows, certain_from=CERTAIN_FROM_YEARS),
        id="anciennete",
        title=describing("seniority_title", field=field, role=facts("postes/premiere_prise_de_poste/oui")),
        subtitle=describing("seniority_subtitle"),
        reading=describing("seniority_reading", unsure=facts("postes/premiere_prise_de_poste/incertain")),
        base=bases([(field, POSTS)]),
        source=source(POSTS, [field.reference] if field else []),
        alt=describing("seniority_alt", strips=strips).text,
        table=table(shown, caption="Ancienneté imprimée, par nombre d’années", titles=titles),
    )


def show_teams(rows: pd.DataFrame, facts: Facts) -> Html:
    """The posts with and without a local team, by association (columns of `describe.teams`); a box without any.

    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> print(charts.show_teams(describe.teams(store.load(2020, "postes")), chiffre).text)
    Sur 17 nouveaux postes, 6 sont sans équipe de prévention sur le quartier, dont 4 sur 6 pour CAPEP ...
    """
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
        partial(draw.teams, rows),
        id="equipes",
        title=describing("teams_title", without=without, most=most if stands_out else None, association=first),
        subtitle=describing("teams_subtitle"),
        reading=describing("teams_reading", fact=most, association=first) if most else "",
        base=bases([(without, POSTS)]),
        source=source(POSTS, [without.reference]),
        alt=describing("teams_alt", rows=alt).text,
        table=table(
            rows,
            caption="Équipe sur le quartier, par association",
            titles={"association": "Association", "postes": "Postes", **titles},
        ),
    )


def show_context(rows: pd.DataFrame, landmarks: pd.DataFrame, facts: Facts) -> Html:
    """Posts on the scale of the social index (columns of `describe.social_context`, columns of `describe.landmarks`).

    >>> lieux = describe.social_context(store.load(2020, "postes"), store.read_reference("colleges"))
    >>> seuils = describe.landmarks(lieux, store.read_reference("reperes"))
    >>> print(charts.show_context(lieux, seuils, facts.Facts(store.load(2020, "indicateurs"), year=2020)).text)
    Sur 17 nouveaux postes, 15 sont dans le quart des collèges publics du Nord où l’indice de position sociale ...
    """
    if rows.empty:
        return nothing("l’indice de position sociale des collèges des postes n’est pas connu")
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
        partial(draw.context, named, landmarks),
        id="indice-social",
        title=describing("context_title", low=low, field=field),
        subtitle=describing("context_subtitle"),
        reading=describing("context_reading", above=above),
        base=bases([(low, POSTS)]),
        source=describing("context_source", reference=low.reference if low else "registre des collèges", field=field),
        alt=describing("context_alt", rows=[f"{row.poste}, {row.indice}" for row in both.itertuples()]).text,
        table=table(both, caption="Indice de position sociale et élèves des collèges des postes", titles=titles),
    )
