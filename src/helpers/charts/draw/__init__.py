"""Drawings on empty axes, one module a subject: they compute nothing and return the matplotlib figure."""

from helpers.charts.draw.audit import verdicts
from helpers.charts.draw.codings import agreement, codes_by_group, tree
from helpers.charts.draw.crossed import shares
from helpers.charts.draw.explored import counts, crossing
from helpers.charts.draw.intervals import forest, ratios, shares_with_interval, tests_by_design
from helpers.charts.draw.measured import effects, parts, series
from helpers.charts.draw.meetings import associations, attendance, calendar
from helpers.charts.draw.nested import entries, volume
from helpers.charts.draw.network import network
from helpers.charts.draw.persons import bars, dumbbell, populations
from helpers.charts.draw.posts import context, grid, seniority, teams, timeline
from helpers.charts.draw.statements import beside, diverging, heat, marks
from helpers.charts.draw.years import composition, stacked_counts, two_shares

__all__ = [
    "agreement",
    "associations",
    "attendance",
    "bars",
    "beside",
    "calendar",
    "codes_by_group",
    "composition",
    "context",
    "counts",
    "crossing",
    "diverging",
    "dumbbell",
    "effects",
    "entries",
    "forest",
    "grid",
    "heat",
    "marks",
    "network",
    "parts",
    "populations",
    "ratios",
    "seniority",
    "series",
    "shares",
    "shares_with_interval",
    "stacked_counts",
    "teams",
    "tests_by_design",
    "timeline",
    "tree",
    "two_shares",
    "verdicts",
    "volume",
]
