"""The words around a figure that agree with it: its unit, who is counted, what its share says."""

from datetime import date

from markupsafe import Markup

from helpers.facts import BESIDE, USUAL, Fact, in_site, name_answer
from helpers.schema import catalogue
from helpers.wording.formats import month, plural
from helpers.wording.marks import say_base, say_share


def say_base_unit(fact: Fact) -> str:
    """What the base counts, agreeing with it: « personnes », « invitations »."""
    entry = catalogue().indicators[fact.key.split("/")[2]]
    return agree_with_base(fact, *(entry.base_words or catalogue().units[fact.unit]))


def say_unit(fact: Fact) -> str:
    """The unit that agrees with the count."""
    return agree(fact, *catalogue().units[fact.unit])


def agree(fact: Fact, one: str, many: str) -> str:
    """The word that agrees with the count, by its largest possible value."""
    return plural(fact.counts[1] if fact.counts else 2, one, many)


def agree_with_base(fact: Fact, one: str, many: str) -> str:
    """The word that agrees with the base, by its largest possible value."""
    return plural(fact.base[1] if fact.base else 2, one, many)


def clause(fact: Fact) -> Markup:
    """What a share says, in the words of the catalogue: « 42 % sont des filles ».

    >>> print(wording.plain(clause(facts.Facts(store.load(2020, "indicateurs"), year=2020)("alses/sexe/filles"))))
    42 % sont des filles
    """
    entry = catalogue().indicators[fact.key.split("/")[2]]
    return Markup(entry.finding).format(part=say_share(fact), modalite=fact.label)


def population(fact: Fact) -> str:
    """Who the base of a figure is: the catalogue's words for the indicator, else those of its perimeter; and where.

    >>> population(facts.Facts(store.load(2020, "indicateurs"), year=2020)("alses/orienteur/enseignants"))
    'élèves orientés par le collège'
    """
    _, perimeter, indicator, _ = fact.key.split("/", 3)
    return people(indicator, perimeter, fact.place)


def people(indicator: str, perimeter: str, place: str = "") -> str:
    """Who the base of an indicator is, in a population: of one site (a name of `facts.name_site`), or of the network.

    >>> people("sexe", "alses"), people("sexe", "alses", "association AAPI")
    ('personnes suivies par un ALSES', 'personnes suivies par un ALSES de l’association AAPI')
    >>> people("orienteur", "alses", "association AAPI")
    'élèves orientés par le collège et suivis par l’association AAPI'
    >>> people("orienteur", "alses", "collège Bel-Air"), people("orienteur", "alses_reseau")
    ('élèves orientés par le collège', 'élèves orientés par le collège, dans tout le réseau')
    """
    own, perimeters = catalogue().indicators[indicator].population, catalogue().perimeters
    if own is None:
        label = perimeters[perimeter].label
        return f"{label} {in_site(place)}" if place and perimeter == USUAL else label
    if perimeter == BESIDE:
        return f"{own}, dans {perimeters[BESIDE].short}"
    # What is said of « le collège » is said of the collège of the page.
    is_of_association = perimeter == USUAL and place and not place.startswith("collège")
    return f"{own} et suivis par l’{place}" if is_of_association else own


def name(fact: Fact) -> str:
    """The answer that a figure counts, said without its population: « filles », « place des parents (associés) ».

    >>> name(facts.Facts(store.load(2020, "indicateurs"), year=2020)("alses/sexe/filles"))
    'filles'
    """
    _, _, indicator, modality = fact.key.split("/", 3)
    return name_answer(indicator, modality, USUAL)


def say_whole(fact: Fact) -> Markup:
    """The base of a figure and who it is: « 2 233 personnes suivies par un ALSES », « 1 personne »."""
    is_one = bool(fact.base) and fact.base[1] <= 1
    return Markup("{} {}").format(say_base(fact), say_base_unit(fact) if is_one else population(fact))


def month_mark(value: date) -> Markup:
    """The month in letters, as ``<time>``: « janvier 2020 »."""
    return Markup('<time datetime="{}">{}</time>').format(f"{value:%Y-%m}", month(value))
