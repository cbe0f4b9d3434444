"""What the statements of the synthesis say of a section of page 02: which figures, in how many statements."""

from dataclasses import dataclass

import pandas as pd

from helpers.facts import Fact, Facts
from helpers.schema import catalogue


@dataclass(frozen=True)
class Spoken:
    """The statements on the subject of a section: their number, and the paths of the figures they stand beside.

    >>> enonces = store.load(2020, "enonces")
    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> dits = describe.spoken(enonces, "entrees", facts=chiffre)
    >>> dits.count.counts, dits.figures
    ((3, 3), ('alses/orienteur/assistants_service_social', 'alses/orienteur/enseignants'))
    """

    count: Fact
    figures: tuple[str, ...]


def spoken(statements: pd.DataFrame, topic: str, *, facts: Facts) -> Spoken | None:
    """The statements beside the figures of a topic; None when there is none, or the year publishes none of the figures.

    ``statements`` has the schema ``enonces``; ``topic`` is one of `schema.catalogue`. The figures stand in the order of
    the catalogue. A section whose figures are not published may not be on the page, and is not brought back for this.

    >>> enonces = store.load(2020, "enonces")
    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> describe.spoken(enonces, "parents", facts=chiffre).figures, describe.spoken(enonces, "public", facts=chiffre)
    (('alses/parents_associes/oui',), None)
    """
    places = {entry.id: place for place, entry in enumerate(catalogue().of_topic(topic))}
    named = {path for path in statements["indicateur_lie"] if path and path.split("/")[1] in places}
    figures = tuple(sorted(named, key=lambda path: (places[path.split("/")[1]], path)))
    count = facts(f"enonces/rubrique_liee/{topic}")
    return Spoken(count, figures) if count and any(map(facts, figures)) else None
