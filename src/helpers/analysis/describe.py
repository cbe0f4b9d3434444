"""The tables of the year (02): what to show, of which population, in which order."""

import math
from dataclasses import dataclass

import pandas as pd

from helpers.indicators.comparisons import LEVEL, stepped_down
from helpers.indicators.lookup import BESIDE, USUAL, Fact, Facts, among, is_of_site, uncrossed, with_shares
from helpers.schema import FROM_RECORDS, UNSAID, Indicator, catalogue

# --- Key values, populations, and what the document does not give ---


def unpublished(indicators: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """What the year leaves unsaid of the persons followed: ``question``, ``ensemble`` (answers counted together only),
    ``absent`` (no number at all), in words.

    Questions drawn as bars that a document could print, of every population that answers them, then the
    cross-tabulations that records allow and that protection holds back. Empty for a site, whose size alone decides.
    """
    found = [] if is_of_site(indicators) else [*_silences(indicators, year), *_held_back(indicators, year)]
    return pd.DataFrame(found, columns=["question", "ensemble", "absent"])


def _silences(indicators: pd.DataFrame, year: int) -> list[tuple[str, str, str]]:
    rows = uncrossed(indicators)
    rows = rows[(rows["annee"] == year) & ~rows["precision"].isin(UNSAID)]
    found = []
    for entry in catalogue().indicators.values():
        if entry.form != "barres" or entry.is_of_records or entry.unit != "personnes":
            continue
        own = rows[rows["indicateur"] == entry.id]
        for perimeter, published in own.groupby("perimetre", sort=False) if len(own) else [("alses", own)]:
            missing = [name for name in entry.modalities if name not in set(published["modalite"])]
            together = []
            for name, group in entry.groups.items() if entry.choice == "unique" else ():
                members = [member for member in group.members if member in missing]
                if name in set(published["modalite"]) and members:
                    together.append(" + ".join(map(entry.label_of, members)))
                    missing = [member for member in missing if member not in members]
            said = (" ; ".join(together), ", ".join(map(entry.label_of, missing)))
            found += [(among(entry.label, entry.id, perimeter), *said)] if any(said) else []
    return found


def _held_back(indicators: pd.DataFrame, year: int) -> list[tuple[str, str, str]]:
    rows = indicators[(indicators["annee"] == year) & indicators["source"].isin(FROM_RECORDS)]
    counted = set(rows.loc[rows["croise_avec"].eq(""), "indicateur"])
    shown, entries = set(zip(rows["indicateur"], rows["croise_avec"], strict=True)), catalogue().indicators
    return [
        (
            entry.label,
            "",
            f"selon\u00a0: {entries[other].label[:1].lower()}{entries[other].label[1:]} (trop peu de personnes)",
        )
        for entry in entries.values()
        for other in entry.crossed_with
        if {entry.id, other} <= counted and (entry.id, other) not in shown
    ]


# --- The shares of a site beside those of the network ---

# One share per question, in the order of the page: chosen beforehand, whatever the values.
_SHARES = (
    "nouvel_accompagnement/oui",
    "sexe/filles",
    "origine/college",
    "niveau/4e_3e",
    "demande_initiale/scolaire",
    "objectif/difficultes_familiales",
    "parents_associes/oui",
    "duree/12_mois_ou_plus",
)


@dataclass(frozen=True)
class ComparisonWithNetwork:
    """A share of a site beside the network's, and the chance of so wide a gap, corrected for the shares of the page."""

    own: Fact
    network: Fact
    chance: float

    @property
    def finding(self) -> str:
        """au_dessus or au_dessous only if neither rounding nor chance can explain the gap, else comparable."""
        (low, high), (least, most) = self.own.share_bounds, self.network.share_bounds
        if self.chance >= LEVEL:
            return "comparable"
        return "au_dessus" if low > most else "au_dessous" if high < least else "comparable"


def comparisons_with_network(figures: Facts) -> list[ComparisonWithNetwork]:
    """The published shares of a site, each with the network's; none for the network.

    Chance is that of a two-sided hypergeometric draw of the site's persons from those of the network, the greatest over
    the counts that rounding allows, with Holm's correction.
    """
    pairs = [(figures(f"{USUAL}/{path}"), figures(f"{BESIDE}/{path}")) for path in _SHARES]
    said = [pair for pair in pairs if all(fact and fact.share is not None and fact.share_bounds for fact in pair)]
    chances = [_chance(*pair) for pair in said]
    return [
        ComparisonWithNetwork(*pair, chance=chance)
        for pair, chance in zip(said, stepped_down(chances, family=len(chances)), strict=True)
    ]


def _chance(own: Fact, network: Fact) -> float:
    """The greatest two-sided probability over the counts that a reader may suppose."""
    (few, many), (least, most) = own.counts, own.base
    (given_low, given_high), (whole_low, whole_high) = network.counts, network.base
    if own.share > network.share:
        return min(1.0, 2 * _at_least(few, most, given_high, whole_low))
    return min(1.0, 2 * _at_least(least - many, least, whole_high - given_low, whole_high))


def _at_least(count: int, drawn: int, given: int, whole: int) -> float:
    """The probability that at least ``count`` of the drawn persons are among those given."""
    drawn, given = min(drawn, whole), min(given, whole)
    ways = sum(math.comb(given, k) * math.comb(whole - given, drawn - k) for k in range(max(count, 0), drawn + 1))
    return ways / math.comb(whole, drawn)


# --- The persons followed ---


def breakdown(
    indicators: pd.DataFrame, indicator: str, *, year: int, perimeter: str = "alses", site: str = ""
) -> pd.DataFrame:
    """The modalities of one indicator, in reading order, with their shares; cross-tabulations are left out.

    ``site`` is an association or the UAI of a collège; empty, the whole network. A group is dropped when each of its
    members is published. The schema ``indicateurs``, the columns of `indicators.with_shares`, and ``libelle``. Raises
    KeyError for an indicator that the catalogue does not have.

    >>> parts = breakdown(data.load(2020, "indicateurs"), "sexe", year=2020)
    >>> parts[["libelle", "effectif_min", "effectif_max", "base_min", "part_pct"]]
       libelle  effectif_min  effectif_max  base_min  part_pct
    0   filles           927           949      2233      42.0
    1  garçons          1284          1306      2233      58.0
    """
    entry = catalogue().indicators[indicator]
    rows = uncrossed(indicators, site)
    own = rows[(rows["indicateur"] == indicator) & (rows["annee"] == year) & (rows["perimetre"] == perimeter)]
    return _useful(with_shares(own), entry)


def _useful(rows: pd.DataFrame, entry: Indicator) -> pd.DataFrame:
    """The rows of one indicator and one perimeter with their labels, without the groups whose members are published."""
    published = set(rows.loc[~rows["precision"].isin(UNSAID), "modalite"])
    useless = [name for name, group in entry.groups.items() if set(group.members) <= published]
    kept = rows[~rows["modalite"].isin(useless)] if useless else rows
    return kept.assign(libelle=kept["modalite"].map(entry.label_of)).reset_index(drop=True)


def topic(indicators: pd.DataFrame, name: str, *, year: int) -> list[pd.DataFrame]:
    """One breakdown for each indicator of a topic and each perimeter that publishes something of it.

    Each has the columns of `breakdown`. An indicator added to the catalogue appears here without a line of
    code. Topics are those of `catalogue`; of an unknown one there is nothing.
    """
    entries = {entry.id: entry for entry in catalogue().of_topic(name)}
    own = uncrossed(indicators)
    # The shares of the whole topic at once: they are expensive, and most pairs have no row.
    rows = with_shares(own[(own["annee"] == year) & own["indicateur"].isin(list(entries))])
    said = rows.loc[~rows["precision"].isin(UNSAID), ["indicateur", "perimetre"]]
    published, parts = set(said.itertuples(index=False, name=None)), rows.groupby(["indicateur", "perimetre"])
    return [
        _useful(parts.get_group((entry.id, perimeter)), entry)
        for entry in entries.values()
        for perimeter in catalogue().perimeters
        if (entry.id, perimeter) in published
    ]


def requests_and_goals(indicators: pd.DataFrame, *, year: int, perimeter: str = "alses") -> pd.DataFrame:
    """The themes whose request and objective are both known exactly, most frequent objective first.

    Columns: ``modalite``, ``libelle``, ``demande_pct``, ``objectif_pct``, ``demande_effectif``, ``objectif_effectif``,
    ``base`` (persons).

    >>> paires = requests_and_goals(data.load(2020, "indicateurs"), year=2020)
    >>> paires[["libelle", "demande_effectif", "objectif_effectif", "base"]].head(1)
                      libelle  demande_effectif  objectif_effectif  base
    0  difficultés familiales                43                916  2233
    """
    asked, worked = (
        breakdown(indicators, name, year=year, perimeter=perimeter).set_index("modalite")
        for name in ("demande_initiale", "objectif")
    )
    columns = ["effectif_min", "effectif_max", "part_pct", "libelle", "base_min"]
    # A bounded count has no single dot: it stays in its own chart.
    asked, worked = (
        rows[(rows["effectif_min"] == rows["effectif_max"]) & rows["part_pct"].notna()] for rows in (asked, worked)
    )
    both = (
        asked[columns]
        .merge(worked[columns], left_index=True, right_index=True, suffixes=("_d", "_o"), validate="1:1")
        .dropna(subset=["effectif_min_d", "effectif_min_o"])
    )
    # Missing answers come last, and only if there are any.
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


def remaining_breakdowns(parts: list[pd.DataFrame], pairs: pd.DataFrame) -> list[pd.DataFrame]:
    """The breakdowns that say more than the ``pairs`` of `requests_and_goals`, which have their own chart; all for a
    site.
    """
    if any(rows["perimetre"].eq(BESIDE).any() for rows in parts):
        return parts  # of a site, each question stands beside the network's
    shown = set() if pairs.empty else {*pairs["modalite"], *catalogue().indicators["objectif"].recorded}
    bounded = [set(rows.loc[rows["part_min_pct"].notna() & rows["base_min"].notna(), "modalite"]) for rows in parts]
    return [rows for rows, names in zip(parts, bounded, strict=True) if names - shown]
