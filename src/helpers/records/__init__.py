"""Persons followed, one row each: as they were received, then as they are kept.

Answers repeat: a column of ten million rows holds some tens of spellings. So a column is kept as small codes into its
distinct spellings, and what is done to a spelling is done once, whatever the number of rows.
"""

from helpers.records.cleaned import Cleaned
from helpers.records.persons import EMPTY, Persons
from helpers.records.received import Batch, Change, Part, Received, Refused

__all__ = ["EMPTY", "Batch", "Change", "Cleaned", "Part", "Persons", "Received", "Refused"]
