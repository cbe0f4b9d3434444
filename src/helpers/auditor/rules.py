"""Is each published row what the protection says it is? What its rule does not explain comes from elsewhere."""

from collections.abc import Iterator

import pandas as pd

from helpers.auditor.cells import NETWORK
from helpers.auditor.published import PLACE, cell_of

# What protected counts are multiples of, and how far the true one may be: one base, or two when one was not enough.
BASE = 5
SHIFTS = (BASE - 1, 2 * BASE - 1)
# Under this base, a share of persons is not shown.
FEWEST_FOR_SHARE = 20
PROTECTED = "arrondi_secret"


def breaches(rows: pd.DataFrame) -> Iterator[tuple[object, str]]:
    """For each number of a row that no rule explains: its cell, and the sentence that says so.

    ``rows`` come from `published.rows_of`; a protected row has ``effectif_arrondi`` and ``base_arrondie``.
    """
    for row in rows.itertuples():
        cell, place = cell_of(row), getattr(row, PLACE)
        for fault in _faults(row):
            yield cell, f"{place} : {cell.title} : {fault}"


def _faults(row) -> Iterator[str]:
    if row.precision != PROTECTED:
        if row.site_type != NETWORK:
            yield "un nombre exact, au niveau d’un site"
        yield from _exact_share(row)
        return
    rounded_base = row.base_arrondie
    # Of the network, a count may be exact beside a rounded base; nowhere may both be.
    if not (row.site_type == NETWORK and _is_exact(row.effectif_arrondi, row.effectif_min, row.effectif_max)):
        yield from _rounded("effectif", row.effectif_arrondi, row.effectif_min, row.effectif_max, most=row.base_max)
    elif pd.isna(rounded_base):
        yield "un nombre exact dit protégé"
    if pd.notna(row.base_min) and not _is_exact(rounded_base, row.base_min, row.base_max):
        yield from _rounded("base", rounded_base, row.base_min, row.base_max)
    yield from _protected_share(row)


def _is_exact(shown, low, high) -> bool:
    return pd.isna(shown) and low == high


def _rounded(name: str, shown, low, high, *, most: float = float("nan")) -> Iterator[str]:
    """``most`` is a count that it cannot exceed, if that is known."""
    if pd.isna(shown) or shown % BASE:
        yield f"{name} qui n’est pas un multiple de {BASE}"
        return
    ends = [(max(0, shown - shift), shown + shift) for shift in SHIFTS]
    if (low, high) not in [*ends, *((least, min(end, most)) for least, end in ends if not pd.isna(most))]:
        yield f"{name} dont les bornes ne sont pas celles de l’arrondi"


def _exact_share(row) -> Iterator[str]:
    """A share of an exact count on an exact base tells nothing more, if it is theirs."""
    if (
        row.effectif_min != row.effectif_max
        or row.base_min != row.base_max
        or pd.isna(row.base_min)
        or not row.base_min
    ):
        return
    share = 100 * row.effectif_min / row.base_min
    for value in (row.part_min_pct, row.part_max_pct):
        if pd.notna(value) and abs(value - share) > 1e-6:
            yield "une part qui n’est pas celle de l’effectif"
            return
    if pd.notna(row.part_imprimee_pct) and not _is_near(row.part_imprimee_pct, share, row.decimales):
        yield "une part qui n’est pas celle de l’effectif"


def _protected_share(row) -> Iterator[str]:
    base = row.base_min if pd.isna(row.base_arrondie) else row.base_arrondie
    shown = row.effectif_min if pd.isna(row.effectif_arrondi) else row.effectif_arrondi
    if pd.isna(base):
        if pd.notna(row.part_imprimee_pct):
            yield "une part sans base"
        return
    if pd.notna(row.part_imprimee_pct):
        if base < FEWEST_FOR_SHARE:
            yield f"une part sur une base de moins de {FEWEST_FOR_SHARE}"
        elif not _is_near(row.part_imprimee_pct, min(100, 100 * shown / base), row.decimales):
            yield "une part qui n’est pas celle des nombres arrondis"
    counts, bases = (row.effectif_min, row.effectif_max, shown), (row.base_min, row.base_max, base)
    possible = [min(100, 100 * count / whole) for count in counts for whole in (*bases, count) if whole]
    for value in (row.part_min_pct, row.part_max_pct):
        if pd.notna(value) and not any(abs(value - each) < 1e-6 for each in [*possible, 0, 100]):
            yield "une borne de part que les nombres arrondis n’expliquent pas"


def _is_near(shown: float, share: float, decimals) -> bool:
    return abs(shown - share) <= 0.5 * 10.0 ** -int(0 if pd.isna(decimals) else decimals) + 1e-9
