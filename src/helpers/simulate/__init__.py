"""Records of persons who do not exist: plausible ones, and ones that give the printed figures again.

assumptions  what is assumed where nothing is printed (``hypotheses.toml``)
structure    what any set of persons satisfies, as constraints over counts
plan         how many give each answer: the counts nearest to the assumptions
allot        counts to persons, exactly
goals        objectives to persons, exactly
places       invented collèges and associations
times        dates and years of birth
returning    who comes back from one year to the next
people       the rows of a stratum, column after column
years        a year of records
"""

from helpers.simulate.years import invent, reproduce

__all__ = ["invent", "reproduce"]
