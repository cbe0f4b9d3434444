"""Drawings on empty axes, one module a subject: they compute nothing and return the matplotlib figure."""

from helpers.charts.draw.audit import verdicts
from helpers.charts.draw.network import attendance, grid, timeline
from helpers.charts.draw.persons import bars, dumbbell
from helpers.charts.draw.statements import beside, diverging, heat, marks
from helpers.charts.draw.years import differences

__all__ = [
    "attendance",
    "bars",
    "beside",
    "differences",
    "diverging",
    "dumbbell",
    "grid",
    "heat",
    "marks",
    "timeline",
    "verdicts",
]
