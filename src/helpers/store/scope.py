"""The indicators of what a page is about: the whole network, or one of its sites with the network beside."""

from difflib import get_close_matches

import pandas as pd

from helpers import paths
from helpers.facts import NETWORK, beside_network, key_of
from helpers.schema import DataError, columns, typed
from helpers.store.processed import OF_SITES, load

SITES = "sites"


def is_exploring(years: list[int]) -> bool:
    """Whether what is shown comes from records without any protection: in a notebook run by hand, never in a report.

    >>> store.is_exploring([2020])
    False
    """
    return not paths.is_shareable() and any(map(paths.has_export, years))


def load_sites(year: int) -> pd.DataFrame:
    """The associations and collèges of a year (schema ``sites``); none without records, or before a report was made.

    >>> store.load_sites(2020).empty
    True
    """
    with _aggregates():
        if not (paths.processed(year) / f"{SITES}.csv").is_file():
            return typed(pd.DataFrame(columns=columns(SITES), dtype="str"), SITES)
        return load(year, SITES)


def load_site_sizes(year: int) -> dict[tuple[str, str], int]:
    """About how many persons each site that has a report follows, by kind and site: rounded as its pages say it.

    >>> store.load_site_sizes(2020)
    {}
    """
    if load_sites(year).empty:
        return {}
    with _aggregates():
        rows = load(year, OF_SITES)
    rows = rows[rows["indicateur"].eq("accompagnements")]
    return {(row.site_type, row.site): int(row.effectif_arrondi) for row in rows.itertuples()}


def rounded_figures(year: int) -> list[str]:
    """The figures of the network that the report of a year rounds or does not say, by the names that pages give them.

    >>> store.rounded_figures(2020)
    []
    """
    with _aggregates():
        rows = load(year, "indicateurs") if paths.has_export(year) else None
    if rows is None or paths.is_shareable():
        return []
    exact, said = load(year, "indicateurs"), rows[rows["precision"].ne("arrondi_secret")]
    return sorted({key_of(row) for row in exact.itertuples()} - {key_of(row) for row in said.itertuples()})


def _aggregates():
    return paths.rooted(paths.data_root() if paths.is_shareable() else paths.shareable())


def load_indicators(year: int, site_type: str = NETWORK, site: str = "") -> pd.DataFrame:
    """The indicators (schema ``indicateurs``) of the network, or of a site beside it (`facts.beside_network`).

    Those of a site are always protected, and were made with the last report.

    Raises
    ------
    DataError
        as `load` does; for a site that the year does not have, or that has too few persons.

    >>> len(store.load_indicators(2020)) == len(store.load(2020, "indicateurs"))
    True
    """
    if not site:
        return load(year, "indicateurs")
    known = load_sites(year)
    if known.empty:
        raise DataError(
            f"Les comptes de {year} par site sont faits avec le rapport : « {paths.COMMAND} run --year {year} »."
        )
    own = known[known["site_type"].eq(site_type) & known["est_publie"]]
    if site not in set(own["site"]):
        near = get_close_matches(site, own["site"].tolist(), n=1)
        hint = f" Vouliez-vous « {near[0]} » ?" if near else ""
        raise DataError(f"« {site} » n’a pas de rapport en {year} : ni assez de personnes, ni peut-être ce nom.{hint}")
    with _aggregates():
        rows = load(year, OF_SITES)
        network = load(year, "indicateurs")
    return beside_network(rows[rows["site_type"].eq(site_type) & rows["site"].eq(site)], network)


def load_earlier_indicators(year: int | None, site_type: str = NETWORK, site: str = "") -> pd.DataFrame:
    """The indicators (schema ``indicateurs``) of the compared year; empty when there is none to compare with.

    A site that had no report in that year has no row.

    Raises
    ------
    DataError
        as `load` does.

    >>> store.load_earlier_indicators(None).empty
    True
    """
    empty = typed(pd.DataFrame(columns=columns("indicateurs"), dtype="str"), "indicateurs")
    if year is None:
        return empty
    if not site:
        return load(year, "indicateurs")
    known = load_sites(year)
    is_there = known["site_type"].eq(site_type) & known["site"].eq(site) & known["est_publie"].fillna(False)
    return load_indicators(year, site_type, site) if is_there.any() else empty
