"""The persons followed: which figures to show, of which population, in which order."""

import pandas as pd

from helpers.facts import BESIDE, at_site, with_shares
from helpers.schema import UNSAID, Indicator, catalogue


def breakdown(
    indicators: pd.DataFrame, indicator: str, *, year: int, perimeter: str = "alses", site: str = ""
) -> pd.DataFrame:
    """The modalities of one indicator, in reading order, with their shares; groups come after, and only when useful.

    ``site`` is the name of an association or the UAI of a collège; empty, it is the whole network.

    A group is dropped when each of its members is published: it would say nothing more. Cross tables are left out.
    Columns: those of the schema ``indicateurs``, ``part_pct`` and ``part_decimales`` (columns of `facts.with_shares`),
    and ``libelle`` (French label).

    Raises
    ------
    KeyError
        for an indicator that the catalogue does not have.

    >>> parts = describe.breakdown(store.load(2020, "indicateurs"), "sexe", year=2020)
    >>> parts[["libelle", "effectif_min", "effectif_max", "base_min", "part_pct"]]
       libelle  effectif_min  effectif_max  base_min  part_pct
    0   filles           927           949      2233      42.0
    1  garçons          1284          1306      2233      58.0
    """
    entry = catalogue().indicators[indicator]
    own = indicators[(indicators["indicateur"] == indicator) & (indicators["annee"] == year)]
    return _useful(with_shares(at_site(own[own["perimetre"] == perimeter], site)), entry)


def _useful(rows: pd.DataFrame, entry: Indicator) -> pd.DataFrame:
    """The rows of one indicator and one perimeter with their labels, without the groups whose members are published."""
    published = set(rows.loc[~rows["precision"].isin(UNSAID), "modalite"])
    useless = [name for name, group in entry.groups.items() if set(group.members) <= published]
    kept = rows[~rows["modalite"].isin(useless)] if useless else rows
    return kept.assign(libelle=kept["modalite"].map(entry.label_of)).reset_index(drop=True)


def topic(indicators: pd.DataFrame, name: str, *, year: int) -> list[pd.DataFrame]:
    """One breakdown for each indicator of a topic and each perimeter that publishes something of it.

    Each has the columns of `describe.breakdown`. An indicator added to the catalogue appears here without a line of
    code. Topics are those of `schema.catalogue`; of an unknown one there is nothing.

    >>> parts = describe.topic(store.load(2020, "indicateurs"), "public", year=2020)
    >>> [(rows["indicateur"][0], rows["perimetre"][0]) for rows in parts[:2]]
    [('sexe', 'alses'), ('sexe', 'prevention_specialisee')]
    """
    entries = {entry.id: entry for entry in catalogue().of_topic(name)}
    own = indicators[(indicators["annee"] == year) & indicators["indicateur"].isin(list(entries))]
    # The shares of the whole topic at once: they are the dear part, and most pairs have no row.
    rows = with_shares(at_site(own, ""))
    said = rows.loc[~rows["precision"].isin(UNSAID), ["indicateur", "perimetre"]]
    published, parts = set(said.itertuples(index=False, name=None)), rows.groupby(["indicateur", "perimetre"])
    return [
        _useful(parts.get_group((entry.id, perimeter)), entry)
        for entry in entries.values()
        for perimeter in catalogue().perimeters
        if (entry.id, perimeter) in published
    ]


def requests_and_goals(indicators: pd.DataFrame, *, year: int, perimeter: str = "alses") -> pd.DataFrame:
    """The themes whose request and objective are both published with a known base, most frequent objective first.

    Takes the schema ``indicateurs``. Columns: ``modalite``, ``libelle``, ``demande_pct``, ``objectif_pct``,
    ``demande_effectif``, ``objectif_effectif``, ``base`` (persons). A share whose base the document leaves open is
    withheld: it cannot stand beside the other.

    >>> paires = describe.requests_and_goals(store.load(2020, "indicateurs"), year=2020)
    >>> paires[["libelle", "demande_effectif", "objectif_effectif", "base"]].head(1)
                      libelle  demande_effectif  objectif_effectif  base
    0  difficultés familiales                43                916  2233
    """
    asked, worked = (
        breakdown(indicators, name, year=year, perimeter=perimeter).set_index("modalite")
        for name in ("demande_initiale", "objectif")
    )
    columns = ["effectif_min", "effectif_max", "part_pct", "libelle", "base_min"]
    # A count that is only bounded has no single dot: it stays in its own figure, with its bounds.
    asked, worked = (
        rows[(rows["effectif_min"] == rows["effectif_max"]) & rows["part_pct"].notna()] for rows in (asked, worked)
    )
    both = (
        asked[columns]
        .merge(worked[columns], left_index=True, right_index=True, suffixes=("_d", "_o"), validate="1:1")
        .dropna(subset=["effectif_min_d", "effectif_min_o"])
    )
    # Those who gave no answer come last, and only if there are any.
    recorded = list(catalogue().indicators["objectif"].recorded)
    both = both.sort_values("effectif_min_o", ascending=False)
    answered, unanswered = both[~both.index.isin(recorded)], both[both.index.isin(recorded)]
    both = pd.concat([answered, unanswered[unanswered[["effectif_min_d", "effectif_min_o"]].max(axis=1) > 0]])
    return pd.DataFrame(
        {
            "modalite": both.index,
            "libelle": both["libelle_d"],
            "demande_effectif": both["effectif_min_d"],
            "objectif_effectif": both["effectif_min_o"],
            "demande_pct": both["part_pct_d"],
            "objectif_pct": both["part_pct_o"],
            "base": both["base_min_d"],
        }
    ).reset_index(drop=True)


def beyond(parts: list[pd.DataFrame], pairs: pd.DataFrame) -> list[pd.DataFrame]:
    """The breakdowns that say more than the themes of `requests_and_goals`, which have their own figure.

    ``parts`` come from `topic` (columns of `describe.breakdown`), ``pairs`` from `requests_and_goals` (columns of
    `describe.requests_and_goals`). Those of a site are all kept.

    >>> chiffres = store.load(2020, "indicateurs")
    >>> parts = describe.topic(chiffres, "demandes", year=2020)
    >>> paires = describe.requests_and_goals(chiffres, year=2020)
    >>> len(parts), [rows["indicateur"][0] for rows in describe.beyond(parts, paires)]
    (2, ['demande_initiale'])
    """
    if any(rows["perimetre"].eq(BESIDE).any() for rows in parts):
        return parts  # of a site, each question stands beside the network's
    shown = set() if pairs.empty else {*pairs["modalite"], *catalogue().indicators["objectif"].recorded}
    bounded = [set(rows.loc[rows["part_min_pct"].notna() & rows["base_min"].notna(), "modalite"]) for rows in parts]
    return [rows for rows, names in zip(parts, bounded, strict=True) if names - shown]
