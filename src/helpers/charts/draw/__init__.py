"""Drawings on empty axes, one module a subject: they compute nothing and return the matplotlib figure."""

from helpers.charts.draw.audit import verdicts
from helpers.charts.draw.crossed import shares
from helpers.charts.draw.explored import counts, crossing
from helpers.charts.draw.intervals import forest, ratios, shares_with_interval, tests_by_design
from helpers.charts.draw.measured import effects, parts, series
from helpers.charts.draw.meetings import associations, attendance, calendar
from helpers.charts.draw.nested import entries, volume
from helpers.charts.draw.persons import bars, dumbbell, populations
from helpers.charts.draw.posts import context, grid, seniority, teams, timeline
from helpers.charts.draw.statements import beside, diverging, heat, marks
from helpers.charts.draw.years import composition, stacked_counts, two_shares

__all__ = [
    "associations",
    "attendance",
    "bars",
    "beside",
    "calendar",
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
    "parts",
    "populations",
    "ratios",
    "seniority",
    "shares",
    "series",
    "shares_with_interval",
    "stacked_counts",
    "teams",
    "tests_by_design",
    "timeline",
    "two_shares",
    "verdicts",
    "volume",
]
