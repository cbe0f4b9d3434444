"""The figures of one site, with those of the network beside them; how a site is named."""

import re

import pandas as pd

from helpers.facts.figures import NETWORK, USUAL

# The population of the whole network, on the page of a site: there, « alses » are the persons of the site.
BESIDE = "alses_reseau"

_ASSOCIATION, _COLLEGE = "association", "collège"


def beside_network(own: pd.DataFrame, network: pd.DataFrame) -> pd.DataFrame:
    """The figures that the page of a site shows (schema ``indicateurs``): its own, then the network's beside them.

    ``own`` are the rows of one site, ``network`` those of the whole network. What the network counts and the site does
    not is left out. The network's persons are those of the perimeter ``alses_reseau``; both stand as a network's rows,
    so that everything that shows a network shows a site.

    >>> tous = store.load(2020, "indicateurs")
    >>> chiffres = facts.beside_network(tous.assign(site_type="association", site="AAPI"), tous)
    >>> sorted(set(chiffres["perimetre"])), set(chiffres["site"])
    (['alses', 'alses_reseau'], {''})
    """
    persons = own["perimetre"].eq(USUAL)
    counted = set(own.loc[persons, "indicateur"])
    others = network[
        network["perimetre"].eq(USUAL) & network["indicateur"].isin(counted) & network["croise_avec"].eq("")
    ]
    parts = [own[persons].assign(site_type=NETWORK, site=""), others.assign(perimetre=BESIDE)]
    return pd.concat(parts, ignore_index=True)


def name_site(site_type: str, site: str, colleges: pd.DataFrame) -> str:
    """A site in a reader's words: « association AAPI », « collège Mendès France (Tourcoing) »; ``""`` for the network.

    ``colleges`` has the schema ``colleges``; a collège that it does not have is named by its UAI.

    >>> colleges = store.read_reference("colleges")
    >>> facts.name_site("college", "0592714E", colleges), facts.name_site("association", "AAPI", colleges)
    ('collège Mendès France (Tourcoing)', 'association AAPI')
    >>> facts.name_site("college", "0590001A", colleges), facts.name_site("reseau", "", colleges)
    ('collège 0590001A', '')
    """
    if site_type == NETWORK:
        return ""
    if site_type == _ASSOCIATION:
        return site if site.lower().startswith(_ASSOCIATION) else f"{_ASSOCIATION} {site}"
    known = colleges[colleges["uai"].eq(site)]
    if known.empty:
        return f"{_COLLEGE} {site}"
    name = re.sub(rf"^{_COLLEGE} ", "", known["nom_officiel"].iloc[0], flags=re.IGNORECASE)
    return f"{_COLLEGE} {name} ({known['commune'].iloc[0]})"


def in_site(place: str) -> str:
    """Where something happens: ``place`` is a name that `name_site` gave, ``""`` the network.

    >>> facts.in_site("association AAPI"), facts.in_site("collège Mendès France (Tourcoing)"), facts.in_site("")
    ('de l’association AAPI', 'au collège Mendès France (Tourcoing)', '')
    """
    if not place:
        return ""
    return f"au {place}" if place.startswith(_COLLEGE) else f"de l’{place}"


def named(indicators: pd.DataFrame, place: str) -> pd.DataFrame:
    """The figures of a site (schema ``indicateurs``) with its name as a column ``lieu``; a network's as they are.

    ``place`` is a name that `name_site` gave. The network's figures beside those of the site have no ``lieu``.

    >>> tous = store.load(2020, "indicateurs")
    >>> facts.named(tous, "").equals(tous)
    True
    >>> filles = facts.Facts(facts.named(tous, "association AAPI"), year=2020)("alses/sexe/filles")
    >>> filles.place
    'association AAPI'
    """
    if not place:
        return indicators
    return indicators.assign(lieu=indicators["perimetre"].map({USUAL: place}).fillna(""))


def only_network(table: pd.DataFrame, place: str) -> pd.DataFrame:
    """A table that nobody keeps below the network: its rows for the network, none for a site.

    Any columns; in the example, the schema ``postes``.

    >>> postes = store.load(2020, "postes")
    >>> len(facts.only_network(postes, "")), len(facts.only_network(postes, "association AAPI"))
    (17, 0)
    """
    return table.iloc[:0] if place else table


def is_of_site(indicators: pd.DataFrame) -> bool:
    """Whether these figures (schema ``indicateurs``) are those of a site, with the network's beside them.

    >>> tous = store.load(2020, "indicateurs")
    >>> facts.is_of_site(tous), facts.is_of_site(facts.beside_network(tous, tous))
    (False, True)
    """
    return bool(indicators["perimetre"].eq(BESIDE).any())
