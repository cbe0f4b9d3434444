"""One colour a modality, the same in the whole report: Okabe–Ito, safe for the colour-blind."""

BLUE, ORANGE, GREEN, GREY, PALE = "#0072b2", "#d55e00", "#009e73", "#595959", "#d9d9d9"
MIDDLE = "#8c8c8c"
TRACK = "#f2f2f2"  # behind a bar, up to the whole
SKY, PURPLE, AMBER = "#56b4e9", "#aa4499", "#b07d00"

# What is not listed here is drawn in BLUE; a colour is never the only carrier of a meaning.
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
    "verdict/confirme": GREEN,
    "verdict/sous_hypothese": SKY,
    "verdict/non_verifiable": PALE,
    "verdict/ambigu": AMBER,
    "verdict/contradictoire": ORANGE,
    "nature_enonce/constat": GREY,
    "nature_enonce/tension": ORANGE,
    "nature_enonce/levier": GREEN,
    "nature_enonce/recommandation": BLUE,
}


def colour_of(indicator: str, modality: str = "") -> str:
    """The colour of a modality, else of its indicator, else the usual blue.

    >>> colour_of("sexe", "filles"), colour_of("demande_initiale", "mobilite"), colour_of("niveau", "6e")
    ('#aa4499', '#d55e00', '#0072b2')
    """
    return COLOURS.get(f"{indicator}/{modality}", COLOURS.get(indicator, BLUE))
