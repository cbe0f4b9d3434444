"""What page 02 says that is too hard for a cell: what is not published, and a site beside the network."""

import math
from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate

import pandas as pd

from helpers.indicators.comparisons import LEVEL, stepped_down
from helpers.indicators.lookup import BESIDE, USUAL, Fact, Facts, among, is_of_site, name_answer, uncrossed
from helpers.schema import FROM_RECORDS, UNSAID, catalogue

# --- What the year does not publish of the persons followed ---


def unpublished(indicators: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """What the year leaves unsaid of the persons followed: ``question``, ``ensemble`` (answers counted together only),
    ``absent`` (no number at all), in words.

    The questions that a document could print, of every population that answers them, then the cross-tabulations that
    records allow and that protection holds back. Empty for a site, whose size alone decides.
    """
    found = [] if is_of_site(indicators) else [*_silences(indicators, year), *_held_back(indicators, year)]
    return pd.DataFrame(found, columns=["question", "ensemble", "absent"])


def _silences(indicators: pd.DataFrame, year: int) -> list[tuple[str, str, str]]:
    rows = uncrossed(indicators)
    rows = rows[rows["annee"] == year]
    counted, has_records = set(rows["indicateur"]), rows["source"].isin(FROM_RECORDS).any()
    rows, found = rows[~rows["precision"].isin(UNSAID)], []
    for entry in catalogue().indicators.values():
        is_asked = "alses" in entry.counted_in and entry.choice != "total" and entry.unit == "personnes"
        is_asked &= entry.topic != "donnees"  # the filled columns: no question, and a protected year may leave them out
        if has_records and is_asked and entry.id not in counted:
            reason = "l’export n’a pas cette colonne, ou moins de dix personnes sont concernées"
            found.append((among(entry.label, entry.id, "alses"), "", reason))
            continue
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
    """A share of a site beside the network's, and the chance of so wide a gap, corrected for the shares of the page.

    ``by_chance`` are the shares (per cent) that rounding and chance alone would give it, corrected in the same way.
    """

    own: Fact
    network: Fact
    chance: float
    by_chance: tuple[float, float]

    @property
    def label(self) -> str:
        """What the share counts: « filles »."""
        _, perimeter, indicator, modality = self.own.key.split("/")
        return name_answer(indicator, modality, perimeter)

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
        ComparisonWithNetwork(*pair, chance=chance, by_chance=_by_chance(*pair, level=LEVEL / len(said)))
        for pair, chance in zip(said, stepped_down(chances, family=len(chances)), strict=True)
    ]


def _chance(own: Fact, network: Fact) -> float:
    """The greatest two-sided probability over the counts that a reader may suppose."""
    (few, many), (least, most) = own.counts, own.base
    (given_low, given_high), (whole_low, whole_high) = network.counts, network.base
    if own.share > network.share:
        return min(1.0, 2 * _at_least(few, most, given_high, whole_low))
    return min(1.0, 2 * _at_least(least - many, least, whole_high - given_low, whole_high))


def _by_chance(own: Fact, network: Fact, *, level: float) -> tuple[float, float]:
    """The shares (per cent) that a reader may see of as many persons drawn from the network's, but with this
    probability; what rounding hides of the site's share is added at both ends.
    """
    whole = network.base[1]
    drawn = max(1, min(own.base[0], whole))
    given = round(whole * sum(network.share_bounds) / 200)
    ways = [math.comb(given, k) * math.comb(whole - given, drawn - k) for k in range(drawn + 1)]
    below = [ways_so_far / math.comb(whole, drawn) for ways_so_far in accumulate(ways)]
    low, high = (100 * bisect(below, end) / drawn for end in (level / 2, 1 - level / 2))
    return max(0, low - own.share_bounds[1] + own.share), min(100, high - own.share_bounds[0] + own.share)


def _at_least(count: int, drawn: int, given: int, whole: int) -> float:
    """The probability that at least ``count`` of the drawn persons are among those given."""
    drawn, given = min(drawn, whole), min(given, whole)
    ways = sum(math.comb(given, k) * math.comb(whole - given, drawn - k) for k in range(max(count, 0), drawn + 1))
    return ways / math.comb(whole, drawn)
