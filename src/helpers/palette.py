"""The colours of the report, by day and by night: one per modality, safe for the colour-blind.

Light colours serve as names: a rule of the page swaps each for its dark counterpart. Here, and not in `charts`, because
a page that is laid out draws nothing: loading matplotlib takes a second.
"""

INK, GREY, MIDDLE, PALE = "#1b2026", "#55606b", "#8a8f94", "#d3d8dc"
GROUND = "#ffffff"  # of the page, and of what is written on a dark fill
TRACK = "#f0f2f3"  # behind a bar, up to the whole
BLACK = "#111111"  # written on a light fill, by day and by night
BLUE, ORANGE, GREEN = "#0067a5", "#c24f00", "#007f5c"
SKY, PURPLE, AMBER = "#3c97d0", "#9a3a8a", "#b98400"
SHADES = (TRACK, "#dfeaf3", "#c5dbee", "#a3c8e4", "#7fb3da", "#5f9fce", BLUE)  # of a count, from none to the most

# INK and GROUND are those of the page (``style.css``).
DARK = {
    INK: "#e3e7ea",
    GREY: "#a5afb8",
    MIDDLE: "#7d868e",
    PALE: "#3a434b",
    GROUND: "#14181c",
    TRACK: "#20262b",
    BLACK: "#111111",
    BLUE: "#4aa3df",
    ORANGE: "#e8772e",
    GREEN: "#2fae86",
    SKY: "#9fd3f5",
    PURPLE: "#c76bb8",
    AMBER: "#efc665",
    SHADES[1]: "#21313e",
    SHADES[2]: "#23425a",
    SHADES[3]: "#275578",
    SHADES[4]: "#2b6088",
    SHADES[5]: "#2e6b99",
}

BAND = 0.7  # opacity of what a rounding leaves open behind a point: still three times the contrast of the ground

# Unlisted modalities are BLUE; a colour is never the only carrier of a meaning.
COLOURS = {
    "sexe/filles": PURPLE,
    "sexe/garcons": SKY,
    "origine/college": BLUE,
    "origine/hors_college": AMBER,
    "demande_initiale": ORANGE,
    "objectif": BLUE,
    "nouvel_accompagnement/oui": GREEN,
    "nouvel_accompagnement/non": GREY,
    "situation/collegien": MIDDLE,
    "situation/hors_college": PALE,
    "suivi_par/alses": BLUE,
    "suivi_par/autre_educateur": SKY,
    "participants/journee_nouveaux": PURPLE,
    "participants/nouveaux": GREEN,
    "participants/nord": BLUE,
    "participants/sud": ORANGE,
    "participants/chefs_de_service": GREY,
    "nature_enonce/constat": GREY,
    "nature_enonce/tension": ORANGE,
    "nature_enonce/levier": GREEN,
    "nature_enonce/recommandation": BLUE,
}


# Missing answers: the same neutral colour in every chart.
UNANSWERED = ("ne_sait_pas", "non_prevu", "non_renseigne")


def colour_of(indicator: str, modality: str = "") -> str:
    """The colour of a modality, else of its indicator, else the usual blue; what is no answer is grey.

    >>> colour_of("sexe", "filles"), colour_of("demande_initiale", "mobilite"), colour_of("niveau", "6e")
    ('#9a3a8a', '#c24f00', '#0067a5')
    """
    if modality in UNANSWERED:
        return MIDDLE
    return COLOURS.get(f"{indicator}/{modality}", COLOURS.get(indicator, BLUE))


def _luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def text_on(fill: str) -> str:
    """The text colour for a fill: the most legible in the worse of the two themes.

    >>> text_on(BLUE) == GROUND, text_on(PALE) == INK, text_on(GREEN) == GROUND, text_on(AMBER) == BLACK
    (True, True, True, True)
    """
    themes = [lambda colour: colour, DARK.__getitem__]
    return max((GROUND, INK, BLACK), key=lambda text: min(contrast(theme(text), theme(fill)) for theme in themes))


def dark_rules(drawings: str) -> str:
    """The rules that give the house colours of these drawings their values by night; paper stays light."""
    used = [(kind, day) for kind in ("fill", "stroke") for day in DARK if f'{kind}="{day}"' in drawings]
    rules = "".join(f'[{kind}="{day}"]{{{kind}:{DARK[day]}}}' for kind, day in used)
    return f"@media screen and (prefers-color-scheme: dark) {{ {rules} }}\n"
