"""Rows to indicators (01): what is counted, what is printed, and what both allow one to say.

Every number is an interval. A count has width zero; a share printed ``42 %`` of 2 233 is any count from 927 to 949.
The figures of a year form one system of linear constraints (``system``); solving it tightens the intervals, tells which
unprinted figures follow from printed ones, and finds the printed figures that cannot hold together.

rows           one row of the table, and the counts that a printed share allows
counts         posts, meetings and the ledger, counted; every count of the year
persons        individual records, counted
groups         some of the persons, and how many of them have each code
sites          individual records, counted by association and collège
answers        what each person answered, as codes
derived        what the persons answered to questions that no column asks
quartiles      how long follow-ups last, or have lasted so far
crossings      two questions crossed, no cell too small
before         the year before, printed or counted
reconcile      printed figures beside the same, counted
motives        why they agree or not, in words
ledgers        the rows of an export, and these outcomes, counted
overlaps       the same persons and collèges, two years
hiding         which answers of a split population would show too few persons
clusters       how alike the persons of one collège are
errors         how far a difference of two years could move by chance, collège by collège
context        what stands around the posts: collèges, associations
statements     the coded statements, counted
solver         whole counts that linear constraints allow
system         linear constraints over counts: bounds, what follows, what contradicts
ratios         the ends of a share, both its counts moving together
figures        printed figures and counts to one system
build          the indicator table
derivation     a value as a calculation that a reader can redo
leaves         what a calculation ends on, with its lines
recalculation  a printed figure found again without itself
controls       the verdict on each printed figure
findings       one row of the coherences, and what a page says first
shares         two shares compared by their bounds
sums           parts against the whole, totals of groups
claims         what is affirmed without a figure
survey         the posts against their dates and the register
coherences     all of these findings, and their counts
"""

from helpers.indicators.before import indicators_before
from helpers.indicators.build import build_indicators
from helpers.indicators.clusters import estimate_clusters, estimate_of_sites
from helpers.indicators.coherences import Coherences, check_coherences
from helpers.indicators.controls import check_figures, count_independent, count_verdicts
from helpers.indicators.counts import count_ledger, count_meetings, count_posts, count_year
from helpers.indicators.errors import errors_of_sites
from helpers.indicators.figures import left_to_print
from helpers.indicators.findings import serious
from helpers.indicators.ledgers import count_received, count_reconciled, fold_rejections, sum_changes
from helpers.indicators.overlaps import count_overlaps
from helpers.indicators.persons import count_persons, published_answers
from helpers.indicators.reconcile import reconcile
from helpers.indicators.rows import share_bounds
from helpers.indicators.sites import count_sites
from helpers.indicators.statements import count_statements

__all__ = [
    "Coherences",
    "build_indicators",
    "check_coherences",
    "check_figures",
    "count_independent",
    "count_ledger",
    "count_meetings",
    "count_overlaps",
    "count_persons",
    "count_posts",
    "count_received",
    "count_reconciled",
    "count_sites",
    "count_statements",
    "count_verdicts",
    "count_year",
    "errors_of_sites",
    "estimate_clusters",
    "estimate_of_sites",
    "fold_rejections",
    "indicators_before",
    "left_to_print",
    "published_answers",
    "reconcile",
    "serious",
    "share_bounds",
    "sum_changes",
]
