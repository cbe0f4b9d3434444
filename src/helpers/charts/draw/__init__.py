"""Drawings on empty axes, one module a subject: they compute nothing and return the matplotlib figure."""

from helpers.charts.draw.intervals import forest, ratios, shares_with_interval, tests_by_design
from helpers.charts.draw.network import attendance, grid, timeline
from helpers.charts.draw.persons import bars, dumbbell
from helpers.charts.draw.statements import beside, diverging, heat, marks
from helpers.charts.draw.years import composition, stacked_counts, two_shares

__all__ = [
    "attendance",
    "bars",
    "beside",
    "composition",
    "diverging",
    "dumbbell",
    "forest",
    "grid",
    "heat",
    "marks",
    "ratios",
    "shares_with_interval",
    "stacked_counts",
    "tests_by_design",
    "timeline",
    "two_shares",
]
