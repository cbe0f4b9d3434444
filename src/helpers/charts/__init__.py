"""Figures from finished frames: title, subtitle, image, reading, source, alt text and data, always together."""

from helpers.charts.audit import show_verdicts
from helpers.charts.certainty import show_clusters, show_forest
from helpers.charts.figure import Figures
from helpers.charts.groups import show_answers, show_attendance_intervals, show_nested, show_rest
from helpers.charts.meetings import show_associations, show_attendance, show_calendar
from helpers.charts.nested import show_entries, show_volume
from helpers.charts.persons import show_requests_and_goals
from helpers.charts.posts import show_conditions, show_context, show_seniority, show_starts, show_teams
from helpers.charts.statements import show_actors, show_beside, show_matrix, show_scales
from helpers.charts.topics import show_breakdowns
from helpers.charts.years import show_composition, show_counts, show_differences

__all__ = [
    "Figures",
    "show_actors",
    "show_answers",
    "show_associations",
    "show_attendance",
    "show_attendance_intervals",
    "show_beside",
    "show_breakdowns",
    "show_calendar",
    "show_clusters",
    "show_composition",
    "show_conditions",
    "show_context",
    "show_counts",
    "show_differences",
    "show_entries",
    "show_forest",
    "show_matrix",
    "show_nested",
    "show_requests_and_goals",
    "show_rest",
    "show_scales",
    "show_seniority",
    "show_starts",
    "show_teams",
    "show_verdicts",
    "show_volume",
]
