"""Figures from finished frames: title, subtitle, image, reading, source, alt text and data, always together."""

from helpers.charts.activity import show_breakdowns, show_differences, show_requests_and_goals
from helpers.charts.audit import show_verdicts
from helpers.charts.figure import Figures
from helpers.charts.network import show_attendance, show_conditions, show_matrix, show_starts

__all__ = [
    "Figures",
    "show_attendance",
    "show_breakdowns",
    "show_conditions",
    "show_differences",
    "show_matrix",
    "show_requests_and_goals",
    "show_starts",
    "show_verdicts",
]
