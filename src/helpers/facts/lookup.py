"""The figures of one year, looked up by their path."""

import pandas as pd

from helpers.facts.figures import NETWORK, Fact, fact_of, key_of, with_shares
from helpers.schema import UNSAID


class Facts:
    """Looks figures up by path: ``facts("alses/sexe/filles")``, None when the year has none.

    ``indicators`` has the schema ``indicateurs``. What is not published, or contradicted, is not found.

    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> chiffre("alses/sexe/filles").counts, chiffre("alses/niveau/3e")
    ((927, 949), None)
    """

    def __init__(self, indicators: pd.DataFrame, *, year: int) -> None:
        rows = with_shares(indicators[(indicators["annee"] == year) & (indicators["site_type"] == NETWORK)])
        self._found = {key_of(row): fact_of(row) for row in rows.itertuples()}
        self.year = year

    @property
    def place(self) -> str:
        """The site whose figures these are (`facts.name_site`); ``""`` for the network."""
        return next((fact.place for fact in self._found.values() if fact.place), "")

    @property
    def has_crossings(self) -> bool:
        """Whether two answers of the same persons are crossed."""
        return any("=" in key for key in self._found)

    @property
    def has_synthetic(self) -> bool:
        """Whether any figure of the year comes from simulated records."""
        return any(fact.is_synthetic for fact in self._found.values())

    @property
    def has_records(self) -> bool:
        """Whether any figure of the year was counted in individual records, true or simulated."""
        return any(fact.is_of_records for fact in self._found.values())

    def __call__(self, path: str) -> Fact | None:
        fact = self._found.get(f"{self.year}/{path}")
        return None if fact is None or fact.precision in UNSAID else fact
