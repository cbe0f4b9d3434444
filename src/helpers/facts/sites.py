"""The figures of one site, with those of the network beside them."""

import pandas as pd

from helpers.facts.figures import NETWORK, USUAL

# The population of the whole network, on the page of a site: there, « alses » are the persons of the site.
BESIDE = "alses_reseau"


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
