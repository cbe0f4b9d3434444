"""What the page is about: its key figures, the populations it counts, and what the document does not give."""

from dataclasses import dataclass

import pandas as pd

from helpers.facts import among, is_of_site, network
from helpers.schema import UNSAID, Indicator, catalogue

# The cards of the page and of the index, in order; a figure that a year does not publish is left out.
KEY_FIGURES = {
    "alses/accompagnements/": "personnes suivies par un ALSES",
    "alses/nouvel_accompagnement/oui": "de personnes dont l’accompagnement a été ouvert dans l’année",
    "alses/sexe/filles": "de filles",
    "alses/origine/college": "de personnes orientées par le collège",
    "alses/niveau/4e_3e": "d’élèves de 4e ou 3e",
    "alses/parents_associes/oui": "de personnes dont les parents sont associés",
    "postes/nouveaux_postes/": "nouveaux postes décrits",
    "reunions/participants/groupes_alses": "de présences aux réunions des groupes d’ALSES",
}

# The populations that the pages count, from the network to the statements; those of other years are left out.
PERIMETERS = {
    "reseau_alses/postes/": "ALSES annoncés pour le réseau",
    "reseau_alses/nouveaux_colleges/": "collèges entrés lors des deux derniers déploiements",
    "postes/nouveaux_postes/": "postes décrits un à un dans le tableau",
    "postes/eleves_inscrits/": "élèves inscrits dans les collèges des postes décrits",
    "reunions/participants/journee_nouveaux": "présents à la journée des nouveaux ALSES",
    "reunions/invites/nouveaux": "invités du groupe des nouveaux ALSES",
    "reunions/invites/groupes_alses": "invités des groupes d’ALSES",
    "reunions/participants/groupes_alses": "présences aux réunions des groupes d’ALSES",
    "reseau_alses/associations_nommees/": "associations nommées",
    "enonces/enonces/": "énoncés codés de la synthèse",
    "alses/accompagnements/": "personnes suivies par un ALSES",
    "alses/colleges_suivis/": "collèges où au moins une personne est suivie par un ALSES",
    "alses/associations_suivantes/": "associations qui suivent au moins une personne",
    "prevention_specialisee/situation/collegien": "collégiens suivis par toute la prévention spécialisée",
    "prevention_specialisee/accompagnements/": "personnes suivies par toute la prévention spécialisée",
}


@dataclass(frozen=True)
class Silence:
    """What the document does not give of an indicator: modalities without a figure, and those only known together.

    >>> describe.silences(store.load(2020, "indicateurs"), "niveaux", year=2020)[0].grouped
    (('4e ou 3e', ('4e', '3e')), ('6e, 5e ou autre', ('6e', '5e', 'SEGPA, ULIS, UPE2A')))
    """

    label: str
    missing: tuple[str, ...]
    grouped: tuple[tuple[str, tuple[str, ...]], ...]


def silences(indicators: pd.DataFrame, name: str, *, year: int) -> list[Silence]:
    """What a topic leaves unpublished, one an indicator drawn by modality, for each population it is known of.

    ``indicators`` has the schema ``indicateurs``. An indicator of which the year publishes nothing has every modality
    missing. A site has no silence: what is counted below the network is chosen once for all.

    >>> manques = describe.silences(store.load(2020, "indicateurs"), "niveaux", year=2020)
    >>> [(manque.label, manque.missing, len(manque.grouped)) for manque in manques]
    [('Niveau de classe', (), 2)]
    """
    if is_of_site(indicators):
        return []
    rows = network(indicators)
    rows = rows[(rows["annee"] == year) & ~rows["precision"].isin(UNSAID)]
    found = []
    for entry in catalogue().of_topic(name):
        if entry.form != "barres" or entry.is_of_records:
            continue
        own = rows[rows["indicateur"] == entry.id]
        for perimeter, published in own.groupby("perimetre", sort=False) if len(own) else [("", own)]:
            silence = _silence(entry, set(published["modalite"]), perimeter)
            found += [silence] if silence.missing or silence.grouped else []
    return found


def _silence(entry: Indicator, published: set[str], perimeter: str) -> Silence:
    missing = [name for name in entry.modalities if name not in published]
    grouped = []
    for name, group in entry.groups.items() if entry.choice == "unique" else ():
        members = [member for member in group.members if member in missing]
        if name in published and members:
            grouped.append((group.label, tuple(map(entry.label_of, members))))
            missing = [member for member in missing if member not in members]
    label = among(entry.label, entry.id, perimeter) if perimeter else entry.label
    return Silence(label, tuple(map(entry.label_of, missing)), tuple(grouped))


def definitions(indicators: pd.DataFrame, *, year: int, of_site: bool = False) -> pd.DataFrame:
    """The indicators that the year publishes, in catalogue order: ``indicateur``, ``definition``, ``base`` (words).

    ``indicators`` has the schema ``indicateurs``. ``of_site``: those of a site, none for the network; else the reverse,
    as they stand at two places of the page.

    >>> describe.definitions(store.load(2020, "indicateurs"), year=2020)["indicateur"].head(2).to_list()
    ['ALSES annoncés', 'Nouveaux collèges']
    """
    rows = indicators[(indicators["annee"] == year) & ~indicators["precision"].isin(UNSAID)]
    rows = rows if is_of_site(indicators) == of_site else rows.iloc[:0]
    entries = catalogue()
    used = [entry for entry in entries.indicators.values() if entry.id in set(rows["indicateur"])]
    told = [
        {"indicateur": entry.label, "definition": entry.definition, "base": _base_of(entry)}
        for entry in used
        if entry.topic not in ("donnees", "enonces")
    ]
    return pd.DataFrame(told, columns=["indicateur", "definition", "base"])


def _base_of(entry: Indicator) -> str:
    if entry.base is None:
        return ""
    name, _, modality = entry.base.partition("/")
    base = catalogue().indicators[name]
    return base.title_of("" if modality == "*" else modality) + (", même groupe" if modality == "*" else "")
