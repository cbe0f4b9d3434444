"""Every count of a year that is rounded together, and how they add up: sites, network, questions, crossings.

The smallest parts are the *atoms*: the persons of one association in one collège. Collèges, associations and the
network are sums of atoms; so are the answers to a question, which add up to those it is about.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.disclosure.additive import CELL, sums_of
from helpers.disclosure.network import Cell, cells_of, is_counted, same_cells
from helpers.disclosure.rounding import Sums
from helpers.schema import ROUNDING_BASE, catalogue

# The rows of a family: where, what, how many.
ATOM = ["association", "uai", *CELL]
# Instead of a UAI: all the collèges of an association together; two questions are crossed at this level only.
ALL_COLLEGES = "*"
# Where the atoms say at which site of a kind they are.
_COLUMNS = {"association": "association", "college": "uai"}
# Whom sites count.
OF_SITES = "alses"


def is_of_sites(cell: Cell) -> bool:
    """Whether a figure of the network is the sum of those of the sites."""
    return cell[0] == OF_SITES and catalogue().indicators[cell[1]].is_by_site


class Turned(NamedTuple):
    """A count that an audit asks to round up, or down: the answer to a question, at a site or in the network.

    >>> disclosure.Turned("college", "0592714E", "sexe", "filles", is_up=True).modality
    'filles'
    """

    site_type: str
    site: str
    indicator: str
    modality: str
    is_up: bool


@dataclass
class Family:
    """The counts that are rounded together, in order; how they add up; which of them make each opened figure.

    ``counts`` are those of ``atoms``, then the opened figures of the network that sites do not count.
    """

    atoms: pd.DataFrame
    names: list[str]
    counts: np.ndarray
    sums: Sums
    opened: dict[Cell, np.ndarray]

    @classmethod
    def of(cls, counts: pd.DataFrame, indicators: pd.DataFrame, opened: set[Cell]) -> "Family":
        """The family of a year: schema ``comptes_par_site``, then schema ``indicateurs``, both exact."""
        atoms = atoms_of(counts)
        plain = indicators[is_counted(indicators) & indicators["croise_avec"].eq("")]
        known = dict(zip(cells_of(plain), plain["effectif_min"], strict=True))
        alone = sorted(cell for cell in opened if not is_of_sites(cell))
        names = [*atoms[ATOM].agg("\x1f".join, axis=1), *("\x1f".join(cell) for cell in alone)]
        values = np.array([*atoms["effectif"], *(known[cell] for cell in alone)], dtype=np.int64)
        family = cls(atoms, names, values, sums_of(atoms), {})
        family.opened = {cell: np.array([len(atoms) + rank]) for rank, cell in enumerate(alone)}
        family.opened |= {cell: family.plain(cell[1], [cell[2]]) for cell in opened - set(alone)}
        family._keep_together()
        return family

    def plain(self, indicator: str, modalities: list[str]) -> np.ndarray:
        """The places of the counts of these answers, in every site."""
        rows = self.atoms["indicateur"].eq(indicator) & self.atoms["modalite"].isin(modalities)
        return np.flatnonzero(rows & self.atoms["croise_avec"].eq(""))

    def crossed(self, indicator: str, modalities: list[str], other: str, crossed: list[str]) -> np.ndarray:
        """The places of the counts of those who gave these answers to both questions, in every association."""
        rows = self.atoms["indicateur"].eq(indicator) & self.atoms["modalite"].isin(modalities)
        return np.flatnonzero(rows & self.atoms["croise_avec"].eq(other) & self.atoms["modalite_croisee"].isin(crossed))

    def keep_near(self, places: np.ndarray) -> None:
        """The sum of these counts is rounded as one count would be."""
        self.sums.add_rounded(places, int(self.counts[places].sum()), base=ROUNDING_BASE)

    def turn(self, asked: Turned) -> None:
        """The count of this answer at this site is rounded up, or down, as asked."""
        places = self.plain(asked.indicator, [asked.modality])
        if asked.site_type in _COLUMNS:
            places = places[self.atoms[_COLUMNS[asked.site_type]].to_numpy()[places] == asked.site]
        bases, left = divmod(int(self.counts[places].sum()), ROUNDING_BASE)
        end = (bases + (asked.is_up and left > 0)) * ROUNDING_BASE
        self.sums.add(places, least=end, most=end)

    def _keep_together(self) -> None:
        """The opened answers to one question stay near their true number, which the exact ones tell."""
        questions: dict[tuple[str, str], list[int]] = {}
        for cell, places in self.opened.items():
            entry = catalogue().indicators[cell[1]]
            if entry.choice == "unique" and cell[2] not in entry.groups:
                questions.setdefault(cell[:2], []).extend(places)
        for places in questions.values():
            self.keep_near(np.sort(places))
        for one, other in same_cells():
            if one in self.opened and other in self.opened:
                own, theirs = self.opened[one], self.opened[other]
                if self.counts[own].sum() == self.counts[theirs].sum():
                    self.sums.add(own, less=theirs)


def atoms_of(counts: pd.DataFrame) -> pd.DataFrame:
    """The atoms, and for crossings the associations: a row a count, columns `ATOM` and ``effectif``.

    ``counts`` has the schema ``comptes_par_site``.

    >>> cellule = {"indicateur": "niveau", "modalite": "6e", "croise_avec": "sexe", "modalite_croisee": "filles"}
    >>> comptes = pd.DataFrame({"association": "AAPI", "uai": ["0592714E", ""], **cellule, "effectif": [2, 3]})
    >>> disclosure.atoms_of(comptes)[["association", "uai", "effectif"]].values.tolist()
    [['AAPI', '*', 5]]
    """
    crossed = counts["croise_avec"].ne("")
    whole = counts[crossed].groupby(["association", *CELL], as_index=False)["effectif"].sum()
    parts = [counts.loc[~crossed, [*ATOM, "effectif"]], whole.assign(uai=ALL_COLLEGES)[[*ATOM, "effectif"]]]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
