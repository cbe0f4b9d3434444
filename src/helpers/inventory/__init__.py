"""Which years are here, and in what state? Reads only, and says what it cannot read instead of stopping.

published  a report: when it was made, why it is stale
taken      the years, and what each has
"""

from helpers.inventory.published import Report
from helpers.inventory.taken import Year, leftovers, take_inventory

__all__ = ["Report", "Year", "leftovers", "take_inventory"]
