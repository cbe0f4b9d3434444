"""Which sites have a report, and what they are called there: nothing that only an export writes ever leaves."""

import pandas as pd

from helpers import paths, store
from helpers.disclosure import list_sites
from helpers.schema import columns, typed


def name_sites(year: int, counts: pd.DataFrame) -> pd.DataFrame:
    """The sites of a year and their names (schema ``sites``).

    ``counts`` has the schema ``comptes_par_site``. An association that is not in the register is left out: its name is
    free text of the export. A collège that the register does not know is named by its UAI, whose form is checked.
    Simulated records name nobody: all their sites are kept.

    >>> protection.name_sites(2020, store.load_site_counts(2020)).empty
    True
    """
    sites = list_sites(counts).assign(annee=year, nom="", dossier="")
    registered = set(store.read_reference("associations")["association"])
    if store.simulated_exports(year) == paths.exports(year):
        registered |= set(sites.loc[sites["site_type"].eq("association"), "site"])
    is_known = sites["site_type"].eq("college") | sites["site"].isin(registered)
    sites = sites[is_known].assign(association=sites["association"].where(sites["association"].isin(registered), ""))
    return typed(sites.assign(nom=_names(sites))[columns("sites")], "sites").reset_index(drop=True)


def _names(sites: pd.DataFrame) -> pd.Series:
    colleges = store.read_reference("colleges")
    known = {row.uai: f"{row.nom_officiel}, {row.commune}" for row in colleges.itertuples()}
    named = [
        site if kind == "association" else known.get(site, f"Collège {site}")
        for kind, site in zip(sites["site_type"], sites["site"], strict=True)
    ]
    return pd.Series(named, index=sites.index, dtype="object")
