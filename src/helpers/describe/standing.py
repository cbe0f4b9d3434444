"""Where the shares of a site stand beside those of the network, from what its rounded numbers and chance allow."""

import math
from dataclasses import dataclass

from helpers.comparisons import LEVEL, stepped_down
from helpers.facts import BESIDE, USUAL, Fact, Facts
from helpers.schema import FEWEST_FOR_SHARE

# One share a question, in the order of the page: chosen beforehand, whatever the figures say.
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
class Standing:
    """A share of a site, that of the network, and how often chance alone would put them so far apart.

    ``chance`` is corrected for the shares of the page; ``finding`` is au_dessus, au_dessous, or comparable.

    >>> filles = facts.Facts(store.load(2020, "indicateurs"), year=2020)("alses/sexe/filles")
    >>> describe.Standing(filles, filles, chance=1.0).finding
    'comparable'
    """

    own: Fact
    network: Fact
    chance: float

    @property
    def finding(self) -> str:
        """Above or below only if neither the rounding nor chance is enough to make the difference."""
        (low, high), (least, most) = self.own.share_bounds, self.network.share_bounds
        if self.chance >= LEVEL:
            return "comparable"
        return "au_dessus" if low > most else "au_dessous" if high < least else "comparable"


@dataclass(frozen=True)
class LookedAt:
    """How many sites of a kind have shares, and in how many, at most and on average, chance alone finds a difference.

    >>> describe.LookedAt(sites=45).by_chance
    2.25
    """

    sites: int

    @property
    def by_chance(self) -> float:
        """As many as `LEVEL` of those that are looked at, if all were like the network."""
        return LEVEL * self.sites


def looked_at(sizes: dict[tuple[str, str], int], site_type: str) -> LookedAt:
    """The sites of a kind whose pages say shares; ``sizes`` are those of `store.load_site_sizes`.

    >>> describe.looked_at({("college", "0592714E"): 45, ("college", "0593686L"): 15}, "college").sites
    1
    """
    return LookedAt(sum(kind == site_type and size >= FEWEST_FOR_SHARE for (kind, _), size in sizes.items()))


def standings(figures: Facts) -> list[Standing]:
    """The shares of a site that are said, each with the network's; none on the page of the network.

    The chance of each is that of a hypergeometric draw, both ways: as many persons as the site has, taken from those of
    the network; the greatest over all the counts that the rounding allows, then Holm's correction for these shares.

    >>> describe.standings(facts.Facts(store.load(2020, "indicateurs"), year=2020))
    []
    """
    pairs = [(figures(f"{USUAL}/{path}"), figures(f"{BESIDE}/{path}")) for path in _SHARES]
    said = [pair for pair in pairs if all(fact and fact.share is not None and fact.share_bounds for fact in pair)]
    chances = [_chance(*pair) for pair in said]
    return [
        Standing(*pair, chance=chance)
        for pair, chance in zip(said, stepped_down(chances, family=len(chances)), strict=True)
    ]


def _chance(own: Fact, network: Fact) -> float:
    """The greatest chance of so many or more (or so few or less), twice, over the counts that a reader may think of."""
    (few, many), (least, most) = own.counts, own.base
    (given_low, given_high), (whole_low, whole_high) = network.counts, network.base
    if own.share > network.share:
        return min(1.0, 2 * _at_least(few, most, given_high, whole_low))
    return min(1.0, 2 * _at_least(least - many, least, whole_high - given_low, whole_high))


def _at_least(count: int, drawn: int, given: int, whole: int) -> float:
    """The chance that, of so many persons drawn from the whole, at least ``count`` are among those given."""
    drawn, given = min(drawn, whole), min(given, whole)
    ways = sum(math.comb(given, k) * math.comb(whole - given, drawn - k) for k in range(max(count, 0), drawn + 1))
    return ways / math.comb(whole, drawn)
