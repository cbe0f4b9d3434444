"""Where the shares of a site stand beside those of the network, from what the rounding of its numbers allows."""

from dataclasses import dataclass

from helpers.facts import BESIDE, USUAL, Fact, Facts

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
    """A share of a site, that of the network, and ``finding``: au_dessus, au_dessous, or comparable.

    >>> filles = facts.Facts(store.load(2020, "indicateurs"), year=2020)("alses/sexe/filles")
    >>> describe.Standing(filles, filles).finding
    'comparable'
    """

    own: Fact
    network: Fact

    @property
    def finding(self) -> str:
        """Above or below only if every share that the rounding allows to the site is; else comparable."""
        (low, high), (least, most) = self.own.share_bounds, self.network.share_bounds
        return "au_dessus" if low > most else "au_dessous" if high < least else "comparable"


def standings(figures: Facts) -> list[Standing]:
    """The shares of a site that are said, each with the network's; none on the page of the network.

    >>> describe.standings(facts.Facts(store.load(2020, "indicateurs"), year=2020))
    []
    """
    pairs = [(figures(f"{USUAL}/{path}"), figures(f"{BESIDE}/{path}")) for path in _SHARES]
    said = [pair for pair in pairs if all(fact and fact.share is not None and fact.share_bounds for fact in pair)]
    return [Standing(*pair) for pair in said]
