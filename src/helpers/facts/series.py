"""One share over several years."""

from dataclasses import dataclass

from helpers.facts.figures import Fact


@dataclass(frozen=True)
class Series:
    """A share, its figure of each year from the oldest, and what they allow one to say of its course.

    ``finding`` is hausse or baisse (every year), hausse_ou_stable or baisse_ou_stable (never the other way), stable
    (from the first year to the last), peu_ou_stable (from one year to the next), va_et_vient, or indetermine.

    >>> tous = store.load_series(2020)
    >>> filles = [facts.Facts(tous, year=annee)("alses/sexe/filles") for annee in (2019, 2020)]
    >>> parts = facts.Series("alses/sexe/filles", "filles", "hausse", filles)
    >>> parts.years, [fait.share for fait in parts.facts]
    ([2019, 2020], [40.0, 42.0])
    """

    path: str
    label: str
    finding: str
    facts: list[Fact]

    @property
    def years(self) -> list[int]:
        """The years where the share is known."""
        return [int(fact.key.split("/")[0]) for fact in self.facts]
