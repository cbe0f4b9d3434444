"""The associations and the collèges of a year: which get a report, and their protected figures."""

import pandas as pd

from helpers.disclosure.additive import CELL
from helpers.disclosure.family import OF_SITES
from helpers.disclosure.rows import protect_rows
from helpers.schema import FEWEST_FOR_CROSSING, FEWEST_FOR_REPORT, catalogue

SITE_COLUMNS = ["site_type", "site", "association", "est_publie"]
_LEVELS = {"association": "association", "college": "uai"}


def list_sites(counts: pd.DataFrame) -> pd.DataFrame:
    """Every association, then every collège, of a year (schema ``comptes_par_site``).

    Columns: ``site_type`` (association or college), ``site`` (name or UAI), ``association`` of a collège (that of most
    of its persons), ``est_publie``: whether it has the eleven persons that a report takes.

    >>> lieux = {"association": ["AAPI", "AAPI", ""], "uai": ["0592714E", "", "0593686L"], "effectif": [12, 3, 4]}
    >>> comptes = pd.DataFrame({**lieux, "indicateur": "accompagnements", "modalite": ""})
    >>> disclosure.list_sites(comptes)[["site", "association", "est_publie"]].values.tolist()
    [['AAPI', '', True], ['0592714E', 'AAPI', True], ['0593686L', '', False]]
    """
    sizes = counts[counts["indicateur"].eq("accompagnements")]
    tables = [pd.DataFrame(columns=SITE_COLUMNS)]
    for site_type, level in _LEVELS.items():
        own = sizes[sizes[level].ne("")]
        found = own.groupby(level)["effectif"].sum()
        in_order = own.sort_values(["effectif", "association"], ascending=[False, True])
        main = in_order.groupby(level)["association"].first()
        rows = pd.DataFrame({"site_type": site_type, "site": found.index, "est_publie": found >= FEWEST_FOR_REPORT})
        tables.append(rows.assign(association=main if site_type == "college" else "")[SITE_COLUMNS])
    return pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)


def site_rows(atoms: pd.DataFrame, sites: pd.DataFrame, network: pd.DataFrame, *, spread: int) -> pd.DataFrame:
    """The protected figures of the sites that get a report (schema ``indicateurs``).

    ``atoms`` are rounded (``arrondi``). A site has every answer that the network has, even if nobody there gives it:
    that nobody does is not told apart from a few. Questions are crossed for associations of thirty persons or more.
    """
    published = sites[sites["est_publie"].astype(bool)]
    known = network[network["perimetre"].eq(OF_SITES) & network["site_type"].eq("reseau")]
    found = [network.iloc[:0]]
    for site_type, level in _LEVELS.items():
        own = atoms[atoms[level].isin(published.loc[published["site_type"].eq(site_type), "site"])]
        shown = own.groupby([level, *CELL])["arrondi"].sum()
        for site in own[level].unique():
            found.append(_rows(site_type, site, shown[site].to_dict(), known))
    rows = pd.concat(found, ignore_index=True)
    return protect_rows(rows, spread=spread) if len(rows) else rows


def _rows(site_type: str, site: str, shown: dict[tuple, int], known: pd.DataFrame) -> pd.DataFrame:
    """The figures of one site before what a reader knows of them is worked out."""
    is_plain = known["croise_avec"].eq("")
    is_by_site = known["indicateur"].map(lambda name: catalogue().indicators[name].is_by_site)
    rows = known[is_plain & is_by_site].assign(site_type=site_type, site=site)
    cells = zip(*(rows[name] for name in CELL), strict=True)
    bases = (_base(name, "", "") for name in rows["indicateur"])
    rows = rows.assign(
        effectif_arrondi=[shown.get(cell, 0) for cell in cells],
        base_arrondie=[None if base is None else shown.get(base, 0) for base in bases],
    )
    size = shown.get(("accompagnements", "", "", ""), 0)
    if site_type != "association" or size < FEWEST_FOR_CROSSING:
        return rows
    return pd.concat([rows, _crossed_rows(rows, shown)], ignore_index=True)


def _base(name: str, cross: str, crossed: str) -> tuple[str, str, str, str] | None:
    if cross:
        return (cross, crossed, "", "")
    base = catalogue().indicators[name].base
    return None if base is None else (*(base.partition("/")[::2]), "", "")


def _crossed_rows(rows: pd.DataFrame, shown: dict[tuple, int]) -> pd.DataFrame:
    """The crossings of one association: every pair of answers that the network has."""
    answers = {name: own for name, own in rows.groupby("indicateur", sort=False)}
    found = [rows.iloc[:0]]
    for name, own in answers.items():
        entry = catalogue().indicators[name]
        own = own[~own["modalite"].isin(list(entry.groups))]
        for other in entry.crossed_with:
            second = catalogue().indicators[other]
            if other not in answers or not entry.choice == second.choice == "unique":
                continue
            for crossed in answers[other]["modalite"]:
                if crossed not in second.groups:
                    cells = [shown.get((name, modality, other, crossed), 0) for modality in own["modalite"]]
                    cross = {"croise_avec": other, "modalite_croisee": crossed}
                    base = shown.get((other, crossed, "", ""), 0)
                    found.append(own.assign(**cross, effectif_arrondi=cells, base_arrondie=base))
    return pd.concat(found, ignore_index=True)
