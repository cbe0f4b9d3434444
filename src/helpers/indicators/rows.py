"""The rows of the indicator table: how one is written, found and bounded."""

import math
from fractions import Fraction

import pandas as pd

from helpers.facts import NETWORK, decimals_of
from helpers.schema import PRINTED, Indicator, catalogue, columns, typed

# year, perimeter, indicator, modality: one figure of the network.
Cell = tuple[int, str, str, str]


def share_bounds(share_pct: float, base: int, *, decimals: int = 0) -> tuple[int, int]:
    """The smallest and largest count that a printed share allows, both ends of the rounding included.

    Which way a tie was rounded is not known, so both are kept.

    >>> indicators.share_bounds(42, 2233), indicators.share_bounds(41.5, 2233, decimals=1)
    ((927, 949), (926, 927))
    """
    half = Fraction(1, 2 * 10**decimals)
    printed = Fraction(str(share_pct))
    low = math.ceil((printed - half) * base / 100)
    return max(0, low), min(base, math.floor((printed + half) * base / 100))


def possible_counts(share_pct: float, base: tuple[int, int]) -> tuple[int, int] | None:
    """The smallest and largest count that a printed share allows on a base known by its bounds; None if none does.

    >>> possible_counts(42, (2233, 2233)), possible_counts(70, (1017, 1038)), possible_counts(36, (17, 17))
    ((927, 949), (707, 731), None)
    """
    decimals, (low, high) = decimals_of(share_pct), base
    # From this base on, two neighbouring counts differ by less than a rounding: one of them always fits.
    sure = 100 * 10**decimals
    tried = {low, high, *range(low, min(high, sure) + 1)}
    found = [pair for each in tried if (pair := share_bounds(share_pct, each, decimals=decimals))[0] <= pair[1]]
    return (min(pair[0] for pair in found), max(pair[1] for pair in found)) if found else None


def base_cell(cell: Cell, indicator: Indicator) -> Cell | None:
    """The cell of the denominator, in the same year and perimeter; None for an indicator without base."""
    year, perimeter, _, own = cell
    base = indicator.base_of(own)
    if base is None:
        return None
    name, _, modality = base.partition("/")
    return (year, perimeter, name, own if modality == "*" else modality)


def row(
    cell: Cell,
    unit: str,
    *,
    counts: tuple | None,
    base: tuple | None = None,
    cross: tuple[str, str] = ("", ""),
    share: float | None = None,
    decimals: int | None = None,
    ends: tuple[float, float] | None = None,
    precision: str,
    reference: str,
) -> dict:
    """One row of the indicator table; ``counts`` and ``base`` are (min, max) or None when unknown.

    ``ends`` are those of the share, in per cent, where they are tighter than the counts' over the base's.
    """
    year, perimeter, indicator, modality = cell
    low, high = counts or (None, None)
    base_low, base_high = base or (None, None)
    if ends is None and counts and base and base_low > 0:
        ends = (100 * low / base_high, 100 * high / base_low)
    share_low, share_high = ends or (None, None)
    return {
        "annee": year,
        "perimetre": perimeter,
        "site_type": NETWORK,
        "site": "",
        "indicateur": indicator,
        "modalite": modality,
        "croise_avec": cross[0],
        "modalite_croisee": cross[1],
        "unite": unit,
        "effectif_min": low,
        "effectif_max": high,
        "base_min": base_low,
        "base_max": base_high,
        "part_imprimee_pct": share,
        "decimales": decimals,
        "part_min_pct": share_low,
        "part_max_pct": share_high,
        "precision": precision,
        "source": PRINTED,
        "reference": reference,
    }


def single(cell: Cell, count: int, reference: str, *, base: tuple | None = None, cross: tuple = ("", "")) -> dict:
    """The row of an exact count, in the unit of its indicator; ``base`` is (min, max)."""
    unit = catalogue().indicators[cell[2]].unit
    return row(cell, unit, counts=(count, count), base=base, cross=cross, precision="exact", reference=reference)


def table(rows: list[dict], *, source: str = "") -> pd.DataFrame:
    """The rows as a typed indicator table; all of them from ``source`` (of `schema.SOURCES`) where it is given."""
    made = rows if not source else [{**each, "source": source} for each in rows]
    return typed(pd.DataFrame(made, columns=columns("indicateurs")), "indicateurs")
