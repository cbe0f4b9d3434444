"""The records of a year: every spelling read once, every row kept or not counted for one reason, and the account of it.

Rows read = persons kept + rows rejected. What a spelling means is data (``reference/modalites.csv``, the catalogue, the
registers); what makes a row impossible is one list of reasons.
"""

from helpers.clean.persons.cleaning import clean_earlier, clean_persons

__all__ = ["clean_earlier", "clean_persons"]
