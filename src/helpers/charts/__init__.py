"""Charts from finished frames: drawing, title, reading, source, alt text and data, always together."""

from helpers.charts.differences import show_clusters, show_forest, show_series
from helpers.charts.explored import show_by_group, show_crosstab, show_explored
from helpers.charts.figure import Figures
from helpers.charts.marks import bornes, palette, valeurs
from helpers.charts.meetings import show_associations, show_attendance, show_calendar, show_verdicts
from helpers.charts.persons import show_breakdowns, show_entries, show_requests_and_goals, show_volume
from helpers.charts.posts import show_conditions, show_context, show_seniority, show_starts, show_teams
from helpers.charts.publish import publier
from helpers.charts.theme import (
    AMBER,
    BLUE,
    GREEN,
    GREY,
    INK,
    MIDDLE,
    ORANGE,
    PALE,
    PURPLE,
    SHADES,
    SKY,
    style,
    text_on,
)
from helpers.charts.years import show_answers, show_composition, show_counts, show_differences, show_nested, show_rest
