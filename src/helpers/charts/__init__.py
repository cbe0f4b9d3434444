"""Figures from finished frames: title, subtitle, image, reading, source, alt text and data, always together."""

from helpers.charts.activity import show_differences, show_requests_and_goals
from helpers.charts.figure import Figures
from helpers.charts.meetings import show_associations, show_calendar
from helpers.charts.nested import show_entries, show_volume
from helpers.charts.network import show_attendance, show_conditions, show_matrix, show_starts
from helpers.charts.posts import show_context, show_seniority, show_teams
from helpers.charts.topics import show_breakdowns

__all__ = [
    "Figures",
    "show_associations",
    "show_attendance",
    "show_breakdowns",
    "show_calendar",
    "show_conditions",
    "show_context",
    "show_differences",
    "show_entries",
    "show_matrix",
    "show_requests_and_goals",
    "show_seniority",
    "show_starts",
    "show_teams",
    "show_volume",
]
