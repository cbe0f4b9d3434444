"""What explains that a printed figure and its count agree or not: one French sentence each."""

from fractions import Fraction

from helpers.facts import decimals_of

PERIMETER = "L’export ne dit pas qui fait partie de cette population."
INDICATOR = "L’export ne permet pas de compter cette réponse."
NOBODY = "L’export ne compte personne dans la base de cette part."
EARLIER = "L’année précédente n’est pas assez connue pour calculer cet écart."

# What each base counts.
_BASES = {
    "persons": "les personnes",
    "answering": "les personnes qui ont répondu",
    "answers": "les réponses citées",
}
_SAME = "L’export redonne exactement ce nombre."
_ROUNDED = "La part recomptée, {again}, s’arrondit à la part imprimée."
_NOT_ROUNDED = "La part recomptée, {again}, ne s’arrondit pas à la part imprimée."
_OTHER = "L’export compte {gap} de {way} que le nombre imprimé."
_NEAR = "« Près de » : la valeur recomptée, {again}, en est {distance}."
_OVER = "« Plus de » : la valeur recomptée, {again}, est {distance}."
_GAP = {True: "L’écart recompté, {again}, est celui qui est imprimé.", False: "L’écart recompté est de {again}."}
_BOUNDS = {
    True: "L’écart recompté est entre {low} et {high} : celui qui est imprimé est possible.",
    False: "L’écart recompté est entre {low} et {high} : celui qui est imprimé est impossible.",
}
_BASE = "La base n’est pas sûre ; la part imprimée est celle que l’on trouve sur {true}{rest}."
_NO_BASE = "La base n’est pas sûre, et aucune ne redonne la part imprimée : {others}."


def french(value: Fraction | float, unit: str = "", *, decimals: int = 2) -> str:
    """A number with a decimal comma, without needless decimals, and its unit.

    >>> french(Fraction(4112, 100), "pct"), french(-6.0, "points"), french(1234, "personnes"), french(1, "personnes")
    ('41,12 %', '−6 points', '1 234 personnes', '1 personne')
    """
    rounded = float(round(Fraction(value), decimals))
    text = f"{rounded:,.{decimals}f}".rstrip("0").rstrip(".").replace(",", " ").replace(".", ",").replace("-", "−")
    many, one = {"pct": ("%", "%"), "points": ("points", "point"), "personnes": ("personnes", "personne")}.get(
        unit, ("", "")
    )
    return f"{text} {many if abs(rounded) >= 2 else one}".rstrip()


def of_value(figure, again: Fraction, gap: Fraction, *, agrees: bool) -> str:
    """Why a value known to the unit agrees or not."""
    said = french(again, figure.unite, decimals=decimals_of(figure.valeur) + 2)
    if figure.mesure == "ecart":
        return _GAP[agrees].format(again=said)
    if figure.operateur == "pres_de":
        return _NEAR.format(again=said, distance="assez proche" if agrees else "trop loin")
    if figure.operateur == "plus_de":
        return _OVER.format(again=said, distance="bien au-dessus" if agrees else "au plus égale")
    if figure.mesure == "part":
        return (_ROUNDED if agrees else _NOT_ROUNDED).format(again=said)
    way = "plus" if gap > 0 else "moins"
    return _SAME if agrees else _OTHER.format(gap=french(abs(gap), figure.unite), way=way)


def of_bounds(figure, ends: tuple[Fraction, Fraction], *, agrees: bool) -> str:
    """Why a difference known by its bounds agrees or not."""
    low, high = (french(end, figure.unite) for end in ends)
    return _BOUNDS[agrees].format(low=low, high=high)


def of_base(figure, true: list[tuple[str, int, int]], others: list[tuple[str, int, int]]) -> str:
    """Which of the bases that a share may have would make it true: name, count and base of each."""

    def told(reading: tuple[str, int, int]) -> str:
        name, part, whole = reading
        share = french(Fraction(100 * part, whole), "pct", decimals=decimals_of(figure.valeur) + 2)
        return f"{_BASES[name]} ({french(part)} sur {french(whole)}, soit {share})"

    if not true:
        return _NO_BASE.format(others=" ; ".join(map(told, others)))
    rest = f", non sur {' ni sur '.join(map(told, others))}" if others else ""
    return _BASE.format(true=" et sur ".join(map(told, true)), rest=rest)
