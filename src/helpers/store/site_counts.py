"""The exact counts of each site, on this machine only: the protection reads them, and nothing that leaves."""

from pathlib import Path

import pandas as pd

from helpers.schema import columns, typed
from helpers.store.private import SITES, folder_of
from helpers.store.whole import whole


def save_site_counts(year: int, counts: pd.DataFrame) -> Path:
    """The private file where the exact counts of each site now are (schema ``comptes_par_site``): none without any.

    >>> paths.relative(store.save_site_counts(2020, store.load_site_counts(2020)))
    'data/processed/2020/prive/comptes_par_site.csv'
    """
    path = folder_of(year) / SITES
    if counts.empty:
        path.unlink(missing_ok=True)
        return path
    with whole(path) as beside:
        beside.write_text(counts.to_csv(index=False, lineterminator="\n"), encoding="utf-8", newline="")
    return path


def load_site_counts(year: int) -> pd.DataFrame:
    """The exact counts of each site (schema ``comptes_par_site``), for the protection alone; empty without an export.

    >>> store.load_site_counts(2020).empty
    True
    """
    path = folder_of(year) / SITES
    if not path.is_file():
        return typed(pd.DataFrame(columns=columns("comptes_par_site"), dtype="str"), "comptes_par_site")
    return typed(pd.read_csv(path, dtype="str", keep_default_na=False), "comptes_par_site")
