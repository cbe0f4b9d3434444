"""Why a row is not counted: said without any value, in the order in which a row is looked at."""

from enum import StrEnum


class Reason(StrEnum):
    """The first that applies is the reason of the row."""

    TOTAL = "ligne de total"
    NOBODY = "identifiant absent"
    NO_YEAR = "année de l’export absente ou illisible"
    OTHER_YEAR = "ligne d’une autre année"
    SHORT_YEAR = "date dont l’année n’a que deux chiffres"
    NO_DAY = "date impossible ou illisible"
    STARTS_LATER = "début après la fin de l’année"
    ENDS_OUTSIDE = "fin hors de l’année"
    ENDS_BEFORE = "fin avant le début"
    BIRTH = "année de naissance impossible"
    BAD_UAI = "UAI mal écrit, ou dont la lettre de contrôle est fausse"
    CONTRADICTORY = "personne présente plusieurs fois, avec des réponses différentes"
    IDENTICAL = "personne présente plusieurs fois, réponses identiques : seule la première ligne est gardée"


# A row holds the place of its reason; 0 is none, so that the row is counted.
PLACES = {reason: place for place, reason in enumerate(Reason, 1)}
