"""What can a reader find again in what was published? The attack of a release, from its files alone.

cells      a cell, and what a place tells of it
truth      the exact counts, which a reader does not have
system     unknown counts and the relations between them
solver     linear programs, and the pieces that make them small
verdicts   good, thin or exact
asked      one cell asked for itself
ranges     how many values each cell keeps
explain    which published numbers tell it
questions  answers, groups and bases of one place
twins      two questions that say the same
model      a year: places and their sums
crossed    two questions crossed
overlaps   old and new collèges
both_years persons of both years
published  rows, silences and absent sites
rules      is each row what the protection says?
knowledge  the four states of a reader
finding    what is said of it
attack     tables, every year and state
release    the published files
numbers    numbers as a page writes them
written    what a page says outside its marks
explained  which numbers the tables explain
marked     the marks of a page
pages      the numbers of the pages
audit      a whole release
"""

from helpers.auditor.attack import attack
from helpers.auditor.audit import audit
from helpers.auditor.cells import Cell
from helpers.auditor.finding import Audit, Finding
from helpers.auditor.knowledge import STATES
from helpers.auditor.truth import Truth

__all__ = ["STATES", "Audit", "Cell", "Finding", "Truth", "attack", "audit"]
