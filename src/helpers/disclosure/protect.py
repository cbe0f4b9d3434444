"""One year protected as a whole: the network, the associations and the collèges, in one rounding."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.disclosure.crossed import Pair, open_crossings, parts_of
from helpers.disclosure.family import Family, Turned
from helpers.disclosure.network import Cell, base_of, is_counted, open_cells
from helpers.disclosure.rounding import draws, round_counts
from helpers.disclosure.rows import protect_rows, spread_of
from helpers.disclosure.sites import site_rows
from helpers.schema import FEWEST_FOR_REPORT, FEWEST_FOR_SHARE, ROUNDING_BASE, DataError, catalogue, typed

# How many have each column of the export filled.
_FILLED = "colonne_remplie"


@dataclass(frozen=True)
class Protected:
    """The protected indicators (schema ``indicateurs``); whether counts had to go two bases away.

    >>> disclosure.Protected(store.load(2020, "indicateurs"), is_wide=False).is_wide
    False
    """

    indicators: pd.DataFrame
    is_wide: bool


def protect(
    indicators: pd.DataFrame,
    counts: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    key: bytes,
    also: Iterable[Cell | Pair | Turned] = (),
) -> Protected:
    """What may be shown of a year, at every level: counts of persons rounded together, all the rest as it was.

    ``indicators`` (schema ``indicateurs``) are those of the network, exact; ``counts`` (schema ``comptes_par_site``)
    are the exact counts of each site; ``sites`` (columns of `disclosure.list_sites`) those that get a report. ``key``
    decides between roundings that are as near: the same bytes give the same rounding, which nobody can redo without
    them. ``also`` are what an audit asks for: figures and crossings of the network to round as well, counts to round
    up or down. A crossing whose sites are not counted is then left out.

    Raises
    ------
    DataError
        when no rounding keeps every sum, even two bases away.

    >>> lignes = pd.DataFrame({"identifiant": [f"F{rang}" for rang in range(40)], "suivi_par": "alses"})
    >>> lignes = lignes.assign(association="AAPI", uai="0592714E", sexe=["filles"] * 27 + ["garcons"] * 13)
    >>> personnes = records.Persons.of(2021, lignes)
    >>> exacts = indicators.count_persons(personnes, source="export", reference="export")
    >>> comptes = indicators.count_sites(personnes)
    >>> protege = disclosure.protect(exacts, comptes, disclosure.list_sites(comptes), key=b"cle").indicators
    >>> vus = protege[protege["indicateur"].eq("sexe") & protege["perimetre"].eq("alses")]
    >>> vus[["site_type", "modalite", "effectif_min", "effectif_max"]].values.tolist()[:3]
    [['reseau', 'filles', 27, 27], ['reseau', 'garcons', 13, 13], ['reseau', 'non_renseigne', 0, 0]]
    """
    if counts.empty:
        return Protected(indicators, is_wide=False)
    indicators = without_few(indicators)
    asked = set(also)
    opened = open_cells(indicators, asked)
    crossings = open_crossings(indicators, opened, asked)
    family = Family.of(counts, indicators, opened)
    parts = parts_of(crossings, family)
    for places in parts.values():
        family.keep_near(places)
    for each in asked:
        if isinstance(each, Turned):
            family.turn(each)
    rounded, is_wide = _round(family, key)
    shown = {cell: int(rounded[places].sum()) for cell, places in (family.opened | parts).items()}
    spread = spread_of(is_wide=is_wide)
    network = _network(indicators, shown, pairs=set(map(_pair, crossings.itertuples())), spread=spread)
    own = site_rows(family.atoms.assign(arrondi=rounded[: len(family.atoms)]), sites, network, spread=spread)
    return Protected(typed(pd.concat([network, own], ignore_index=True), "indicateurs"), is_wide)


def _pair(row) -> Pair:
    return (row.indicateur, row.croise_avec)


def without_few(indicators: pd.DataFrame) -> pd.DataFrame:
    """The rows (schema ``indicateurs``); a population of fewer than eleven persons is left out."""
    own = indicators[is_counted(indicators)]
    sizes = own[own["indicateur"].eq("accompagnements")].set_index("perimetre")["effectif_min"]
    few = sizes[sizes.between(1, FEWEST_FOR_REPORT - 1)].index
    return indicators.drop(index=own.index[own["perimetre"].isin(few)])


def _round(family: Family, key: bytes) -> tuple[np.ndarray, bool]:
    for is_wide in (False, True):
        drawn = draws(family.names, key)
        rounded = round_counts(family.counts, family.sums, base=ROUNDING_BASE, drawn=drawn, is_wide=is_wide)
        if rounded is not None:
            return rounded, is_wide
    raise DataError(
        "Aucun arrondi ne garde toutes les sommes de cette année : elle ne peut pas être publiée telle quelle."
    )


def _network(indicators: pd.DataFrame, shown: dict, *, pairs: set[Pair], spread: int) -> pd.DataFrame:
    """The figures of the network: those that are rounded, or whose base is, say what a reader may know of them."""
    rows = indicators.reset_index(drop=True)
    own = rows[is_counted(rows)]
    names = [_names(row) for row in own.itertuples()]
    own = own.assign(
        effectif_arrondi=pd.array([shown.get(cell) for cell, _ in names], dtype="Int64"),
        base_arrondie=pd.array([shown.get(base) for _, base in names], dtype="Int64"),
    )
    is_bare = (own["base_max"] < FEWEST_FOR_SHARE).fillna(False)
    own.loc[is_bare, ["part_min_pct", "part_max_pct"]] = pd.NA
    is_told = own["effectif_arrondi"].notna() | own["base_arrondie"].notna()
    # A crossing that should be rounded and cannot be, for no site counts it, is left out.
    in_pairs = [(row.indicateur, row.croise_avec) in pairs for row in own.itertuples()]
    is_left_out = pd.Series(in_pairs, index=own.index, dtype=bool) & own["effectif_arrondi"].isna()
    # A column filled by nearly all says again how many gave no answer: rounded apart, each would narrow the other. So
    # would a base of its own that is rounded: those who come by the collège.
    has_own_base = own["modalite"].isin(list(catalogue().indicators[_FILLED].own_bases))
    is_told_apart = own["effectif_arrondi"].notna() | (has_own_base & own["base_arrondie"].notna())
    is_left_out |= own["indicateur"].eq(_FILLED) & is_told_apart
    own = own[~is_left_out]
    kept = is_told[own.index]
    parts = [rows[~is_counted(rows)], own[~kept], protect_rows(own[kept], spread=spread)]
    return pd.concat([part for part in parts if len(part)]).sort_index()


def _names(row) -> tuple[tuple, tuple | None]:
    """The cell of a row and that of its base, as what is rounded is named."""
    cell = (row.perimetre, row.indicateur, row.modalite)
    if not row.croise_avec:
        return cell, base_of(cell)
    cross = (row.croise_avec, row.modalite_croisee)
    return (*cell, *cross), cross
