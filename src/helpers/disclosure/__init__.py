"""Protects the counts of persons before anything shows them: one rounding for the whole release of a year.

rounding   multiples of a base that add up as the counts do
network    which figures of the network are rounded
additive   what must add up once they are rounded
family     the counts that are rounded together
crossed    crossings of the network
rows       what a reader knows of a rounded count
sites      the figures of associations and collèges
protect    a year, protected
"""

from helpers.disclosure.crossed import open_crossings
from helpers.disclosure.family import Turned, atoms_of
from helpers.disclosure.network import is_counted, open_cells
from helpers.disclosure.protect import Protected, protect
from helpers.disclosure.rows import protect_rows, spread_of
from helpers.disclosure.sites import list_sites

__all__ = [
    "Protected",
    "Turned",
    "atoms_of",
    "is_counted",
    "list_sites",
    "open_cells",
    "open_crossings",
    "protect",
    "protect_rows",
    "spread_of",
]
