"""Figures of the coded statements: themes, actors and scales by nature, and the figures that stand beside them."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.draw.statements import NATURES
from helpers.charts.figure import compose
from helpers.charts.words import bases, is_tied, nothing, source
from helpers.facts import Fact, Facts
from helpers.schema import catalogue
from helpers.tables import matrix_table, table, value_of
from helpers.wording import Html, say
from helpers.wording.agreement import population

# The two groups of actors that a title sets beside the actor most often named.
GROUPS = {"college": "cote_college", "families": "familles"}
NO_STATEMENT = "aucun énoncé n’est codé pour cette année"

_say = partial(say, "figures_themes")

# What the figures of statements speak of: another person might have cut and coded the synthesis otherwise.
STATEMENTS = "énoncés de la synthèse, codés par une personne"


def _source(facts: Facts) -> Html:
    return source(STATEMENTS, [facts("enonces/enonces/").reference])


def _base(facts: Facts) -> Html:
    return bases([(facts("enonces/enonces/"), "énoncés de la synthèse")])


def _table(counts: pd.DataFrame, row_name: str, *, caption: str) -> Html:
    return matrix_table(counts.set_index("libelle")[list(NATURES)].rename_axis(row_name), caption=caption)


def _rows(counts: pd.DataFrame, facts: Facts, name: str) -> list[tuple[str, Fact]]:
    """Each row's label and figure."""
    return [(row.libelle, facts(f"enonces/{name}/{row.modalite}")) for row in counts.itertuples()]


def _most(rows: list[tuple[str, Fact]]) -> tuple[str, Fact, bool]:
    """The label and figure of the largest row, and whether another has as many."""
    label, most = max(rows, key=lambda row: row[1].counts)
    return label, most, is_tied(most.counts, [fact.counts for _, fact in rows])


def _tensions(facts: Facts, fact: Fact) -> Fact | None:
    return facts(f"{fact.key.partition('/')[2]}/nature_enonce=tension")


def show_matrix(counts: pd.DataFrame, facts: Facts) -> Html:
    """Statements by theme and nature as a heat table, the more statements the darker; a box when none is coded.

    ``counts`` has the columns of `themes.by_nature` with the code book, in statements.

    >>> chiffres, livre = store.load(2020, "indicateurs"), store.read_reference("themes")
    >>> par_theme = themes.by_nature(chiffres, "theme_enonce", year=2020, themes=livre)
    >>> print(charts.show_matrix(par_theme, facts.Facts(chiffres, year=2020)).text)
    « Cadre du partenariat », le thème le plus fourni : 13 énoncés sur 46
    Tableau des énoncés par thème : Prise de poste, 8 ; Cadre du partenariat, 13 ; Place dans l’équipe, 12 ;
    Valorisation du poste, 9 ; Perspectives, 4.
    """
    if counts.empty:
        return nothing(NO_STATEMENT)
    rows = _rows(counts, facts, "theme_enonce")
    label, most, is_tied = _most(rows)
    return compose(
        partial(draw.heat, counts),
        id="themes",
        title=_say("matrix_title", fact=most, label=label, is_tied=is_tied),
        subtitle=_say("matrix_subtitle"),
        reading=_say("matrix_reading", fact=most, label=label),
        base=_base(facts),
        source=_source(facts),
        alt=_say("matrix_alt", rows=rows).text,
        table=_table(counts, "thème", caption="Énoncés par thème et par nature"),
    )


def show_actors(counts: pd.DataFrame, facts: Facts) -> Html:
    """Statements by actor, the most often named first: tensions to the left, answers to the right, the rest apart.

    ``counts`` has the columns of `themes.by_nature`, in statements; a box says so when no statement names an actor.

    >>> chiffres = store.load(2020, "indicateurs")
    >>> par_acteur = themes.by_nature(chiffres, "acteur_enonce", year=2020)
    >>> print(charts.show_actors(par_acteur, facts.Facts(chiffres, year=2020)).text)
    « ALSES » est en jeu dans 33 énoncés sur 46, « le collège et ses professionnels » dans 22, « élèves ou parents »
    dans 3
    Barres divergentes des énoncés par acteur : ALSES, 33 ; équipe de prévention du quartier, 13 ; collège, en ...
    """
    if counts.empty:
        return nothing(NO_STATEMENT if facts("enonces/enonces/") is None else "aucun énoncé ne nomme d’acteur")
    totals = counts[list(NATURES)].sum(axis=1)
    ordered = counts.loc[totals.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)
    rows = _rows(ordered, facts, "acteur_enonce")
    label, most, _ = _most(rows)
    groups = {name: facts(f"enonces/acteur_enonce/{code}") for name, code in GROUPS.items()}
    return compose(
        partial(draw.diverging, ordered),
        id="acteurs",
        title=_say("actors_title", most=most, label=label, **groups),
        subtitle=_say("actors_subtitle"),
        reading=_say("actors_reading", fact=most, tense=_tensions(facts, most), label=label),
        base=_base(facts),
        source=_source(facts),
        alt=_say("actors_alt", rows=rows).text,
        table=_table(ordered, "acteur", caption="Énoncés par acteur et par nature"),
    )


def show_scales(counts: pd.DataFrame, facts: Facts) -> Html:
    """Statements by scale and nature: one mark a statement; a box when none is coded.

    ``counts`` has the columns of `themes.by_nature` for ``echelle_enonce``, in statements.

    >>> chiffres = store.load(2020, "indicateurs")
    >>> par_echelle = themes.by_nature(chiffres, "echelle_enonce", year=2020)
    >>> print(charts.show_scales(par_echelle, facts.Facts(chiffres, year=2020)).text)
    « Le territoire », l’échelle la plus fournie : 16 énoncés sur 46, dont 4 tensions
    Signes des énoncés par échelle : les ALSES, 11 ; l’encadrement, 8 ; le territoire, 16 ; les institutions, 11.
    """
    if counts.empty:
        return nothing(NO_STATEMENT)
    rows = _rows(counts, facts, "echelle_enonce")
    label, most, is_tied = _most(rows)
    return compose(
        partial(draw.marks, counts),
        id="echelles",
        title=_say("scales_title", fact=most, tense=_tensions(facts, most), label=label, is_tied=is_tied),
        subtitle=_say("scales_subtitle"),
        reading=_say("scales_reading", fact=most, label=label),
        base=_base(facts),
        source=_source(facts),
        alt=_say("scales_alt", rows=rows).text,
        table=_table(counts, "échelle", caption="Énoncés par échelle et par nature"),
    )


def _shares(linked: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """The linked figures that have a share, one row each, with the number of statements of each nature beside them."""
    beside = pd.crosstab(linked["chiffre"], linked["nature"]).reindex(columns=list(NATURES), fill_value=0)
    entries, rows = catalogue().indicators, []
    for path in dict.fromkeys(linked["chiffre"]):
        fact, (_, name, modality) = facts(path), path.split("/")
        if fact and fact.share_bounds:
            low, high = fact.share_bounds
            who, title = population(fact), entries[name].title_of(modality)
            said = {"titre": title, "dit": value_of(fact).text, "population": who}
            shares = {"part_pct": fact.share, "part_min_pct": low, "part_max_pct": high}
            rows.append({"chiffre": path, **said, **shares, **beside.loc[path]})
    return pd.DataFrame(rows)


def show_beside(linked: pd.DataFrame, facts: Facts) -> Html:
    """The figures of the year that statements speak of, as shares in per cent, with these statements as marks.

    ``linked`` has the columns of `themes.linked`; a box when no statement is linked to a share of the year.

    >>> lies = themes.linked(store.load(2020, "enonces"), store.read_reference("themes"))
    >>> print(charts.show_beside(lies, facts.Facts(store.load(2020, "indicateurs"), year=2020)).text)
    Sur 46 énoncés, 18 portent sur le même sujet qu’un chiffre de l’année
    Points des chiffres de l’année placés à côté des énoncés : Expérience de la prévention spécialisée : non, 6 sur
    17 ; Première prise de poste d’ALSES : oui ou ...
    """
    rows = _shares(linked, facts) if len(linked) else linked
    if rows.empty:
        return nothing("aucun énoncé n’est lié à une part de cette année")
    first = rows.loc[rows[list(NATURES)].sum(axis=1).idxmax()]
    used = [facts(path) for path in rows["chiffre"]]
    columns = {"titre": "Chiffre", "population": "Population", "dit": "Valeur"}
    return compose(
        partial(draw.beside, rows),
        id="chiffres-et-enonces",
        title=_say("beside_title", fact=facts("enonces/chiffre_lie/oui")),
        subtitle=_say("beside_subtitle"),
        reading=_say("beside_reading", label=first["titre"], value=value_of(facts(first["chiffre"]))),
        base=bases(
            [(facts("enonces/chiffre_lie/oui"), "énoncés de la synthèse"), *((fact, population(fact)) for fact in used)]
        ),
        source=source(f"{STATEMENTS}, liés à une part de l’année", (fact.reference for fact in used)),
        alt=_say("beside_alt", rows=list(zip(rows["titre"], rows["dit"], strict=True))).text,
        table=table(
            rows,
            caption="Parts de l’année et nombre d’énoncés sur le même sujet",
            titles=columns | {nature: f"{nature.capitalize()}s" for nature in NATURES},
        ),
    )
