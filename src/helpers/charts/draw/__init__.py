"""Drawings on empty axes, one module a subject: they compute nothing and return the matplotlib figure."""

from helpers.charts.draw.meetings import associations, calendar
from helpers.charts.draw.nested import entries, volume
from helpers.charts.draw.network import attendance, grid, timeline
from helpers.charts.draw.persons import bars, dumbbell
from helpers.charts.draw.populations import populations
from helpers.charts.draw.posts import context, seniority, teams
from helpers.charts.draw.statements import heat
from helpers.charts.draw.years import differences

__all__ = [
    "associations",
    "attendance",
    "bars",
    "calendar",
    "context",
    "differences",
    "dumbbell",
    "entries",
    "grid",
    "heat",
    "populations",
    "seniority",
    "teams",
    "timeline",
    "volume",
]
