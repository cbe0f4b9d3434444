"""Charts from finished frames: drawing, title, reading, source, alt text and data, always together."""

from helpers.charts.comparisons import ecarts, foret
from helpers.charts.explored import show_by_group, show_crosstab, show_explored
from helpers.charts.figure import Figures
from helpers.charts.marks import bornes, dites, palette, valeurs
from helpers.charts.persons import show_breakdowns, show_entries, show_requests_and_goals, show_volume
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
    UNANSWERED,
    style,
)
