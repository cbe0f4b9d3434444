"""Rows to indicators (01): what is counted, what is printed, and what both allow one to say.

Every number is an interval. A count has width zero; a share printed ``42 %`` of 2 233 is any count from 927 to 949.
The figures of a year form one system of linear constraints (``system``); solving it tightens the intervals, tells which
unprinted figures follow from printed ones, and finds the printed figures that cannot hold together.
"""

from helpers.indicators.build import build_indicators
from helpers.indicators.coherences import Coherences, check_coherences
from helpers.indicators.controls import check_figures, count_verdicts
from helpers.indicators.counts import count_ledger, count_meetings, count_posts, count_year
from helpers.indicators.findings import serious
from helpers.indicators.rows import share_bounds
from helpers.indicators.statements import count_statements

__all__ = [
    "Coherences",
    "build_indicators",
    "check_coherences",
    "check_figures",
    "count_ledger",
    "count_meetings",
    "count_posts",
    "count_statements",
    "count_verdicts",
    "count_year",
    "serious",
    "share_bounds",
]
