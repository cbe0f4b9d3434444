"""Which comparisons are said, and tested, when there are many: chosen once, before any data is seen.

Two notes share some figures, and all are compared. Records give some hundred shares, two full notes some thirty: if
each were tested, some would come out by chance, and a page would say nothing. One share a question is then said and
tested; the others are shown in a table, without a test. The choice is the same whatever the figures say.
"""

import pandas as pd

from helpers.compare.compatible import is_protected
from helpers.comparisons import ROUNDED
from helpers.schema import catalogue

# Figures of these sources are counts of individual records.
RECORDS = ("export", "synthetique")

# One share a question of the note.
HEADLINED = (
    "alses/sexe/filles",
    "alses/nouvel_accompagnement/oui",
    "alses/origine/college",
    "alses/niveau/4e_3e",
    "alses/demande_initiale/scolaire",
    "alses/objectif/difficultes_familiales",
    "alses/parents_associes/oui",
    "collegiens/suivi_par/alses",
)

# Those of the ALSES that have a section beside the rest of prévention spécialisée.
HEADLINED_RESTS = ("nouvel_accompagnement/oui", "sexe/garcons")

# What is printed of posts is tested between associations for these answers: the only ones a place can explain.
BY_ASSOCIATION = (("equipe_sur_le_quartier", "non"),)

# How many tests each question makes at most, whatever a year happens to publish: p is corrected for all of them, so
# that no verdict changes because something else came onto the page.
FAMILIES = {"annees": len(HEADLINED), "reponses": len(BY_ASSOCIATION)}

# Past these a list of findings is no longer read.
MOST_SAID = 12

# What says how well the data are filled in is on page 02.
_NOT_COMPARED = ("donnees",)


def is_counted(indicators: pd.DataFrame) -> bool:
    """Whether a year has figures counted from records."""
    return bool(indicators["source"].isin(RECORDS).any())


def are_many(gaps: pd.DataFrame) -> bool:
    """Whether both years tell more than `MOST_SAID` shares of persons; ``gaps`` are those of `years.differences`."""
    compared = gaps[gaps["modalite"].ne("") & gaps["indicateur"].map(is_compared).astype(bool)]
    return int(compared[["ecart_part_min_pts", "ecart_part_max_pts"]].notna().all(axis=1).sum()) > MOST_SAID


def counted_words(row, **suffixes: str) -> dict[str, str]:
    """How the counts of a comparison were found, when records gave them: its own words in place of the printed ones.

    ``suffixes`` name the two sides in the columns of ``row``: ``now="_apres", reference="_avant"``.
    """
    ends = {"now": "", "reference": "_reference"}
    return {
        f"{name}{ends[side]}": ROUNDED if is_protected(row, suffix) else "compté dans les dossiers individuels"
        for side, suffix in suffixes.items()
        if getattr(row, f"source{suffix}") in RECORDS
        for name in ("effectif", "base")
    }


def is_compared(indicator: str) -> bool:
    """Whether a question is about the persons, not about how the data are filled in."""
    return catalogue().indicators[indicator].topic not in _NOT_COMPARED
