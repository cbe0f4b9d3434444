"""A protected count as a row of the indicator table: what is shown, and what any reader then knows."""

import pandas as pd

from helpers.schema import FEWEST_FOR_SHARE, ROUNDING_BASE, columns, typed

# From this base on, a share of the network is said with one decimal, as an exact one is.
_DECIMAL_FROM_BASE = 200


def protect_rows(rows: pd.DataFrame, *, spread: int) -> pd.DataFrame:
    """The rows with what a reader knows of rounded counts (schema ``indicateurs``).

    ``effectif_arrondi`` and ``base_arrondie`` are what is shown; where one is missing, that count is shown exactly,
    from ``effectif_min`` or ``base_min``. ``spread`` is how far a count may be from what is shown. A share is that of
    the two numbers shown, with its ends; none on a base under 20.

    >>> ligne = {"site_type": "college", "effectif_arrondi": 10, "base_arrondie": 50}
    >>> vu = disclosure.protect_rows(pd.DataFrame([ligne]), spread=4)
    >>> vu[["effectif_min", "effectif_max", "base_min", "base_max", "part_imprimee_pct"]].values.tolist()
    [[6, 14, 46, 54, 20.0]]
    """
    out = typed(rows.reindex(columns=columns("indicateurs")), "indicateurs")
    for shown, ends in (("effectif_arrondi", "effectif"), ("base_arrondie", "base")):
        low, high = f"{ends}_min", f"{ends}_max"
        out[low] = (out[shown] - spread).clip(lower=0).fillna(out[low])
        out[high] = (out[shown] + spread).fillna(out[low])
    out["effectif_max"] = out["effectif_max"].mask(
        (out["base_max"] < out["effectif_max"]).fillna(False), out["base_max"]
    )
    count, base = out["effectif_arrondi"].fillna(out["effectif_min"]), out["base_arrondie"].fillna(out["base_min"])
    has_share = (base >= FEWEST_FOR_SHARE).fillna(False)
    is_fine = out["site_type"].eq("reseau") & (base >= _DECIMAL_FROM_BASE).fillna(False)
    share = (100.0 * count / base).clip(upper=100)
    # Half up, as readers round: 12.5 is 13.
    out["part_imprimee_pct"] = ((10 * share + 0.5) // 1 / 10).where(is_fine, (share + 0.5) // 1).where(has_share)
    out["decimales"] = is_fine.astype("Int64").where(has_share)
    out["part_min_pct"] = (100.0 * out["effectif_min"] / out["base_max"]).where(has_share)
    out["part_max_pct"] = (100.0 * out["effectif_max"] / out["base_min"]).clip(upper=100).where(has_share)
    out["precision"] = "arrondi_secret"
    return out


def spread_of(*, is_wide: bool) -> int:
    """How far a count may be from the multiple that is shown, in persons.

    >>> disclosure.spread_of(is_wide=False), disclosure.spread_of(is_wide=True)
    (4, 9)
    """
    return (2 if is_wide else 1) * ROUNDING_BASE - 1
