"""Figures from finished frames: title, subtitle, image, reading, source, alt text and data, always together."""

from helpers.charts.activity import show_breakdowns, show_differences, show_requests_and_goals
from helpers.charts.audit import show_verdicts
from helpers.charts.figure import Figures
from helpers.charts.network import show_attendance, show_conditions, show_starts
from helpers.charts.statements import show_actors, show_beside, show_matrix, show_scales

__all__ = [
    "Figures",
    "show_actors",
    "show_attendance",
    "show_beside",
    "show_breakdowns",
    "show_conditions",
    "show_differences",
    "show_matrix",
    "show_requests_and_goals",
    "show_scales",
    "show_starts",
    "show_verdicts",
]
