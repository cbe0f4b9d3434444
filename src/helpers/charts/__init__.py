"""Charts from finished frames: drawing, title, reading, source, alt text and data, always together."""

from helpers.charts.comparisons import ecarts, foret
from helpers.charts.flows import rubans
from helpers.charts.maps import contour_du_nord, noms_de_lieux
from helpers.charts.marks import bornes, dites, palette, valeurs
from helpers.charts.publish import publier
from helpers.charts.theme import style
from helpers.palette import (
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
    text_on,
)
