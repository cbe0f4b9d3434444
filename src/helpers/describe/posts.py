"""The new posts: when they started, what they were given, who holds them and where."""

import pandas as pd

from helpers.describe.people import topic
from helpers.facts import with_shares
from helpers.schema import catalogue

# What a collège and its partners gave the post; the last is a condition of the neighbourhood.
CONDITIONS = ("convention", "projet_annuel", "bureau", "presentation_formelle", "equipe_sur_le_quartier")

# The two seniorities of a post's holder, in the order they are shown.
SENIORITIES = {"anciennete_prev_ans": "en prévention spécialisée", "anciennete_alses_ans": "comme ALSES"}


def answers(indicators: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Every answer about the new posts, one row a modality, with ``question`` (the indicator's label).

    The other columns are the columns of `describe.breakdown`, the base being the posts.

    >>> reponses = describe.answers(store.load(2020, "indicateurs"), year=2020)
    >>> reponses[["question", "libelle", "effectif_min", "base_min"]].head(2)
                    question libelle  effectif_min  base_min
    0  Éducation prioritaire     REP             5        17
    1  Éducation prioritaire    REP+            10        17
    """
    entries = catalogue().indicators
    parts = topic(indicators, "deploiement", year=year)
    asked = [rows for rows in parts if entries[rows["indicateur"].iloc[0]].form == "grille"]
    rows = pd.concat(asked, ignore_index=True) if asked else with_shares(indicators.head(0))
    return rows.assign(question=[entries[name].label for name in rows["indicateur"]])


def conditions_grid(posts: pd.DataFrame) -> pd.DataFrame:
    """One row a post (schema ``postes``), by association then collège, with what it was given.

    Columns: ``association``, ``college``, ``commune``, then those of `CONDITIONS`: oui, non, ne_sait_pas…

    >>> describe.conditions_grid(store.load(2020, "postes"))[["college", "convention", "bureau"]].head(2)
                     college   convention bureau
    0  Collège Mendès France          oui    oui
    1  Collège Eugène Thomas  ne_sait_pas    oui
    """
    return posts.sort_values(["association", "college"])[
        ["association", "college", "commune", *CONDITIONS]
    ].reset_index(drop=True)


def starts(posts: pd.DataFrame) -> pd.DataFrame:
    """New posts by month of start: ``mois`` (first day), ``postes`` (their number), ``colleges`` (names, in order).

    Takes the schema ``postes``.

    >>> describe.starts(store.load(2020, "postes"))[["mois", "postes"]].head(2)
            mois  postes
    0 2019-09-01       3
    1 2019-10-01       1
    """
    months = posts.assign(mois=posts["date_debut"].dt.to_period("M").dt.to_timestamp())
    grouped = months.sort_values(["mois", "college"]).groupby("mois")
    return grouped.agg(postes=("college", "size"), colleges=("college", ", ".join)).reset_index()


def seniority(posts: pd.DataFrame) -> pd.DataFrame:
    """How long the holders (schema ``postes``) have worked, as printed: one row a number of years of each kind.

    Columns: ``experience`` (label of `SENIORITIES`), ``annees`` (0 when the document prints « NON »), ``postes``,
    ``colleges`` (names, in order). Less than one year may be the post itself: it stays a value of its own.

    >>> describe.seniority(store.load(2020, "postes"))[["experience", "annees", "postes"]].head(2)
                      experience  annees  postes
    0  en prévention spécialisée     0.0       6
    1  en prévention spécialisée     0.5       1
    """
    parts = []
    for column, label in SENIORITIES.items() if len(posts) else ():
        named = posts.sort_values(["college"]).groupby(column)["college"]
        counted = named.agg(postes="size", colleges=", ".join).reset_index(names="annees")
        parts.append(counted.assign(experience=label)[["experience", "annees", "postes", "colleges"]])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def teams(posts: pd.DataFrame) -> pd.DataFrame:
    """The local team of each post (schema ``postes``) by association, largest first.

    Columns: ``association``, ``postes``, and the posts of each answer: ``oui``, ``non``, ``autre``.

    >>> describe.teams(store.load(2020, "postes")).head(2)
               association  postes  oui  non  autre
    0                CAPEP       6    2    4      0
    1  AEP Sambre Avesnois       3    3    0      0
    """
    if posts.empty:
        return pd.DataFrame()
    answers_given = list(catalogue().indicators["equipe_sur_le_quartier"].modalities)
    counts = pd.crosstab(posts["association"], posts["equipe_sur_le_quartier"]).reindex(
        columns=answers_given, fill_value=0
    )
    counts.insert(0, "postes", counts.sum(axis=1))
    ordered = counts.reset_index().sort_values(["postes", "association"], ascending=[False, True])
    return ordered.rename_axis(columns=None).reset_index(drop=True)


def social_context(posts: pd.DataFrame, colleges: pd.DataFrame) -> pd.DataFrame:
    """The collège of each post among others, lowest index first; a collège without a published index is left out.

    Takes the schema ``postes`` and the schema ``colleges``. Columns: ``association``, ``college``, ``commune``,
    ``type_education_prioritaire`` (as printed), ``ips``, ``eleves`` (enrolled), both of the register's year, not of the
    report's.

    >>> lieux = describe.social_context(store.load(2020, "postes"), store.read_reference("colleges"))
    >>> lieux[["college", "commune", "ips", "eleves"]].head(2)
                    college   commune   ips  eleves
    0        Collège Turgot    Denain  67.3     400
    1  Collège Jacques Brel  Louvroil  69.0     300
    """
    if posts.empty or colleges.empty:
        return pd.DataFrame()
    known = colleges[["uai", "ips_2022_23", "effectif_2022_23_eleves"]].set_axis(["uai", "ips", "eleves"], axis=1)
    placed = posts.merge(known, on="uai", how="left", validate="m:1").dropna(subset="ips")
    names = ["association", "college", "commune", "type_education_prioritaire", "ips", "eleves"]
    return placed.sort_values(["ips", "college"])[names].reset_index(drop=True)


def landmarks(context: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The values among which the indices are read, lowest first: those of the reference table, and the posts' median.

    ``context`` has the columns of `describe.social_context`, ``known`` the schema ``reperes``. Columns: ``libelle``,
    ``valeur`` (an index), ``champ`` (empty for the posts themselves).

    >>> lieux = describe.social_context(store.load(2020, "postes"), store.read_reference("colleges"))
    >>> describe.landmarks(lieux, store.read_reference("reperes"))[["libelle", "valeur"]]
                     libelle  valeur
    0  médiane de ces postes    73.0
    1       premier quartile    79.5
    2                médiane   88.75
    """
    named = known[known["repere"].str.startswith("ips_")][["libelle", "valeur", "champ"]]
    if context.empty:
        return named.reset_index(drop=True)
    own = {"libelle": "médiane de ces postes", "valeur": float(context["ips"].median()), "champ": ""}
    return pd.concat([named, pd.DataFrame([own])]).sort_values("valeur", ignore_index=True)
