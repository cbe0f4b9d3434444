"""Charts from finished frames: drawing, title, reading, source, alt text and data, always together."""

from helpers.charts.codings import show_agreement, show_codes, show_codes_by_meeting, show_network
from helpers.charts.differences import show_clusters, show_forest, show_series
from helpers.charts.figure import Figures
from helpers.charts.marks import bornes, dites, palette, valeurs
from helpers.charts.meetings import show_verdicts
from helpers.charts.publish import publier
from helpers.charts.statements import show_actors, show_beside, show_matrix, show_scales
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
from helpers.charts.years import show_answers, show_composition, show_counts, show_differences, show_nested, show_rest
