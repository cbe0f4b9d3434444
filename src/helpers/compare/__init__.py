"""Comparisons (03): what is observed, from the bounds alone, then how far it reaches, from tests over every count that
the printed figures allow.

years       what both years publish, and the bounds of its differences
compatible  the whole numbers behind printed shares: central ones, and all that are compatible
two_shares  two shares: what is seen, then tests and intervals
robustness  what could make it wrong: overlap, clustering, composition, power, by assumed likeness
pairs       which shares are compared: two years, the ALSES and the rest
groups      answers of the posts
nested      objective against request, in the same persons
found       a comparison before it is a table
headlines   which shares are said and tested, when they are many
overlap     the persons of both years, known by their records
composition old and new collèges apart
spread      how far a difference could move by chance, collège by collège
unanswered  whose answer is missing, each year
beside      all that records tell of a pair of years
corrected   tests and intervals that take that in
tested      the tests of one share of two years
series      three years or more
table       the long table: one row a measure, with Holm's correction and the reach
"""

from helpers.compare.series import series, years_of
from helpers.compare.table import comparisons
from helpers.compare.years import counts, differences, only_once, reliable

__all__ = ["comparisons", "counts", "differences", "only_once", "reliable", "series", "years_of"]
