"""Figures of the persons followed: by modality, from request to objective."""

from functools import partial

import pandas as pd

from helpers.charts import draw
from helpers.charts.figure import compose
from helpers.charts.palette import colour_of
from helpers.charts.words import bases, nothing, place_of, source, words
from helpers.facts import PROTECTED, USUAL, Fact, Facts, fact_of
from helpers.schema import FROM_RECORDS, catalogue
from helpers.tables import breakdown_table, table
from helpers.wording import Html
from helpers.wording.agreement import people

# Per cent of the base from which a figure says how many did not answer.
UNANSWERED_PCT = 5


def known(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without the missing answers that nobody gave, or so few that they round to none: no bar says that."""
    is_none = rows["effectif_max"].eq(0) | rows["effectif_arrondi"].eq(0)
    return rows[~(_is_unanswered(rows) & is_none.fillna(False))]


def drawable(rows: pd.DataFrame) -> pd.DataFrame:
    """The modalities whose share is bounded on a known base."""
    return known(rows[rows["part_min_pct"].notna() & rows["base_min"].notna()])


def _is_unanswered(rows: pd.DataFrame) -> pd.Series:
    """Which modalities only records have: they say that a question has no answer."""
    recorded = catalogue().indicators[rows["indicateur"].iloc[0]].recorded if len(rows) else {}
    return rows["modalite"].isin(list(recorded))


def answers(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without those who gave no answer."""
    return rows[~_is_unanswered(rows)]


def is_rounded_somewhere(rows: pd.DataFrame) -> bool:
    """Whether a share may be a rounding: those counted in records are only to protect persons."""
    return not (rows["source"].isin(FROM_RECORDS) & rows["precision"].ne(PROTECTED)).all()


def leading(rows: pd.DataFrame) -> Fact | None:
    """The largest share that is printed or counted on a known base: what the title says."""
    said = rows[rows["part_pct"].notna() & rows["base_min"].notna() & rows["precision"].ne("deduit")]
    said = answers(said)
    return None if said.empty else fact_of(said.sort_values("part_pct", ascending=False, kind="stable").iloc[0])


def in_place(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows in reading order, a group where the first of its members would stand."""
    entry = catalogue().indicators[rows["indicateur"].iloc[0]] if len(rows) else None
    modalities = list(entry.modalities) if entry else []
    firsts = [entry.groups[name].members[0] if name in entry.groups else name for name in rows["modalite"]]
    places = [modalities.index(name) if name in modalities else len(modalities) for name in firsts]
    return rows.iloc[pd.Series(places, dtype="int").sort_values(kind="stable").index]


def in_accord(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with ``part_decimales`` such that a share that was deduced has no more than the ones it completes."""
    printed = rows.loc[rows["part_imprimee_pct"].notna(), "part_decimales"]
    most = rows["part_decimales"] if printed.empty else rows["part_decimales"].clip(upper=printed.max())
    return rows.assign(part_decimales=most.where(rows["precision"].eq("deduit"), rows["part_decimales"]))


def _contradicted(rows: pd.DataFrame) -> list[Html]:
    """What the bars do not show because other figures contradict it; what is not published has its own box."""
    labels = list(rows.loc[rows["precision"] == "contradictoire", "libelle"])
    return [words("contradicted", labels=labels)] if labels else []


def unanswered(rows: pd.DataFrame) -> list[Html]:
    """How many gave no answer, when they are many."""
    many = rows[_is_unanswered(rows) & (rows["part_min_pct"] > UNANSWERED_PCT).fillna(False)]
    return [words("unanswered", facts=[fact_of(row) for row in many.itertuples()])] if len(many) else []


def rounded(rows: pd.DataFrame) -> list[Html]:
    """Which counts of the network are rounded to protect persons; a site says once that all of its own are."""
    labels = list(rows.loc[rows["effectif_arrondi"].notna(), "libelle"])
    return [words("protected", labels=labels)] if labels and not place_of(rows) else []


def show_breakdown(rows: pd.DataFrame, *, told: tuple[str, ...] = ()) -> Html | None:
    """One indicator as bars (columns of `describe.breakdown`); None when the catalogue draws it otherwise.

    ``told`` are the modalities that the figure before shows: if one is the most frequent, the title says the next.
    """
    entry, year, rows = catalogue().indicators[rows["indicateur"].iloc[0]], int(rows["annee"].iloc[0]), in_accord(rows)
    drawn = in_place(drawable(rows))
    first, second = leading(drawn), leading(drawn[~drawn["modalite"].isin(told)])
    if entry.form != "barres" or first is None:
        return None
    most = second if second and first.key.split("/")[3] in told else first
    perimeter = catalogue().perimeters[rows["perimetre"].iloc[0]]
    who = people(entry.id, perimeter.id, place_of(rows))
    return compose(
        partial(draw.bars, drawn, [colour_of(entry.id, name) for name in drawn["modalite"]]),
        id=f"{perimeter.id}-{entry.id}",
        title=words("breakdown_title", fact=most, is_next=most is not first),
        subtitle=words(
            "breakdown_subtitle",
            population=who,
            year=year,
            has_rounding=is_rounded_somewhere(drawn),
            has_deduced="deduit" in set(drawn["precision"]),
        ),
        reading=words("breakdown_reading", fact=most, year=year),
        notes=[*_contradicted(rows), *rounded(drawn), *unanswered(rows)],
        base=bases([(most, who)]),
        source=source(who, drawn["reference"]),
        alt=words("breakdown_alt", entry=entry, facts=[fact_of(row) for row in drawn.itertuples()], year=year).text,
        table=breakdown_table(rows, caption=f"{entry.label}, {who}, {year}"),
    )


def show_requests_and_goals(rows: pd.DataFrame, facts: Facts) -> Html:
    """Request against objective for the themes that publish both (columns of `describe.requests_and_goals`).

    A box when no theme publishes both.

    >>> chiffres = store.load(2020, "indicateurs")
    >>> paires = describe.requests_and_goals(chiffres, year=2020)
    >>> print(charts.show_requests_and_goals(paires, facts.Facts(chiffres, year=2020)).text)
    Difficultés familiales : la demande initiale de 43 personnes, un objectif travaillé avec 916
    Haltères de la demande à l’objectif : difficultés familiales, de 1,9 % à 41 % ; santé, addiction, de 0,6 % à
    7,2 % ; mobilité, de 0,8 % à 7,0 % ; aides administratives, de 1,5 % à 6,4 %.
    """
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
        partial(draw.dumbbell, rows),
        id="demandes-objectifs",
        title=words("goals_title", asked=pairs[0][0], worked=pairs[0][1]),
        subtitle=words("goals_subtitle", year=facts.year),
        reading=words("goals_reading", asked=pairs[0][0], worked=pairs[0][1]),
        base=bases([(pairs[0][0], catalogue().perimeters[USUAL].label)]),
        source=source(catalogue().perimeters[USUAL].label, (fact.reference for pair in pairs for fact in pair)),
        alt=words("goals_alt", pairs=pairs).text,
        table=table(rows, caption="Demandes initiales et objectifs travaillés", titles=titles),
    )
