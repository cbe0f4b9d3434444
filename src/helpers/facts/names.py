"""How an answer is named within a sentence, and a figure by its path."""

import re

from helpers.facts.figures import among
from helpers.schema import catalogue

# Questions whose answers say nothing without them: « associés », or a theme that is asked for and worked on.
_NAMED = ("parents_associes", "demande_initiale", "objectif", "nombre_d_objectifs", "demande_travaillee", "duree")
_NAMED += ("mois_d_ouverture", "fin_dans_l_annee")


def name_answer(indicator: str, modality: str, perimeter: str) -> str:
    """An answer in the words of the catalogue, with its question where it says nothing alone, and its population.

    >>> facts.name_answer("sexe", "filles", "alses"), facts.name_answer("parents_associes", "oui", "alses")
    ('filles', 'place des parents (associés)')
    """
    entry = catalogue().indicators[indicator]
    if not modality:
        return among(entry.label, indicator, perimeter)
    name = entry.label_of(modality)
    if indicator in _NAMED:
        name = f"{entry.label[:1].lower()}{entry.label[1:]} ({name})"
    return among(name, indicator, perimeter)


def title_of_path(path: str) -> str:
    """What is counted by the figure at a path (``perimetre/indicateur/modalite``), in full, whoever is counted.

    >>> facts.title_of_path("postes/bureau/non")
    'Bureau ou local au collège : non'
    """
    _, name, modality = path.split("/")
    return catalogue().indicators[name].title_of(modality)


def place_beside(path: str) -> str:
    """The anchor, in page 04, of the row where a figure stands beside the statements on the same subject.

    >>> facts.place_beside("postes/bureau/non"), facts.place_beside("enonces/association_enonce/Le Gué")
    ('enonces-postes-bureau-non', 'enonces-enonces-association_enonce-Le-Gué')
    """
    return "enonces-" + re.sub(r"[^\w.]", "-", path)
