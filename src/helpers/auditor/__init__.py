"""What can a reader find again in what was published? The attack of a release, from its files alone.

cells      a cell, and what a place tells of it
truth      the exact counts, which a reader does not have
system     unknown counts and the relations between them
solver     linear programs, and the pieces that make them small
ranges     how many values each cell keeps
explain    which published numbers tell it
questions  answers, groups and bases of one place
model      a year: places and their sums
crossed    two questions crossed
overlaps   old and new collèges
published  rows, silences and absent sites
rules      is each row what the protection says?
knowledge  the four states of a reader
finding    what is said of it
attack     tables, every year and state
"""

from helpers.auditor.attack import attack
from helpers.auditor.cells import Cell
from helpers.auditor.finding import Audit, Finding
from helpers.auditor.knowledge import STATES
from helpers.auditor.truth import Truth

__all__ = ["STATES", "Audit", "Cell", "Finding", "Truth", "attack"]
