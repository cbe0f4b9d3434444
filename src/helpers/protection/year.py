"""A year's aggregates, protected and attacked, in the data root of 02, 03 and 04."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers import indicators, paths, store
from helpers.protection.attacked import protect_from_attack
from helpers.protection.kept import release_key, require_enough_changes
from helpers.protection.sites import name_sites

# All that 02, 03 and 04 read of a year. What is not named here stays where persons are.
_PUBLIC = ("postes", "reunions", "enonces", "controles", "codages", "citations")
# Both years, and how alike persons are: with the errors and the likeness of what is published of collèges.
_ESTIMATED = ("recouvrements", "grappes")
_WHOLE = "ensemble"


@dataclass(frozen=True)
class Aggregates:
    """The files that were read and those that were written, and what must be told of the protection.

    >>> from helpers.protection.year import Aggregates
    >>> Aggregates(read=[], written=[], told="").told
    ''
    """

    read: list[Path]
    written: list[Path]
    told: str


def protect_year(year: int) -> Aggregates:
    """What 02, 03 and 04 may see of a year, made from the tables of 01 (schema ``indicateurs`` and the others).

    Printed figures, posts, meetings, statements, counts of codings and the quotations that a person chose are public
    and pass as they are. Counts of persons are rounded together, at every level.

    Raises
    ------
    DataError
        when 01 has not run for this year, no rounding can be found, or too few rows changed since the last release.

    >>> paths.relative(protection.protect_year(2020).written[0])
    'data/processed/diffusion/data/raw/2020/chiffres_publies.csv'
    """
    require_enough_changes(year)
    exact, counts = store.load(year, "indicateurs"), store.load_site_counts(year)
    sites = name_sites(year, counts)
    protected = protect_from_attack(exact, counts, sites, key=release_key(year))
    is_network = protected.indicators["site_type"].eq("reseau")
    tables = {name: store.load(year, name) for name in _PUBLIC}
    tables |= {"recouvrements": _shared(year, protected.indicators), "grappes": _alike(year, protected.indicators)}
    tables |= {"indicateurs": protected.indicators[is_network]}
    tables |= {"indicateurs_des_sites": protected.indicators[~is_network], "sites": sites}
    names = [*_PUBLIC, *_ESTIMATED, "indicateurs"]
    folder = paths.processed(year)
    read = [*(folder / f"{name}.csv" for name in names), *store.shareable_inputs(year), *_private_files(year)]
    with paths.rooted(paths.shareable()):
        read += [paths.processed(each) / "indicateurs_des_sites.csv" for each in _years_before(year)]
    told = f"{year} : arrondi à deux multiples près, un seul ne suffisait pas" if protected.is_wide else ""
    return Aggregates(read, store.save_shareable(year, tables), told)


def _rounded(protected: pd.DataFrame) -> set[tuple[str, str, str]]:
    """The figures of the network that are not said exactly: perimeter, indicator, modality."""
    rows = protected[protected["precision"].eq("arrondi_secret") & protected["site_type"].eq("reseau")]
    return set(zip(rows["perimetre"], rows["indicateur"], rows["modalite"], strict=True))


def _rounded_before(year: int) -> set[tuple[str, str, str]]:
    """Those of the earlier years, which are protected first."""
    with paths.rooted(paths.shareable()):
        return set().union(*(_rounded(store.load(each, "indicateurs")) for each in _years_before(year)))


def _years_before(year: int) -> list[int]:
    return [each for each in paths.exported_years() if each < year]


def _of_others(estimates: pd.DataFrame, rounded: set[tuple[str, str, str]]) -> pd.DataFrame:
    """What two years share, but of the figures that are rounded: it is counted exactly."""
    cells = zip(estimates["perimetre"], estimates["indicateur"], estimates["modalite"], strict=True)
    return estimates[pd.Series([cell not in rounded for cell in cells], index=estimates.index, dtype=bool)]


def _shared(year: int, protected: pd.DataFrame) -> pd.DataFrame:
    """What two years share (schema ``recouvrements``), the errors estimated from the protected figures of collèges."""
    rounded = _rounded(protected) | _rounded_before(year)
    exact = _of_others(store.load(year, "recouvrements"), rounded)
    is_whole = exact["population"].eq(_WHOLE)
    with paths.rooted(paths.shareable()):
        sites = {
            each: store.load(each, "indicateurs_des_sites") for each in set(exact.loc[is_whole, "annee_anterieure"])
        }
    errors = indicators.errors_of_sites(exact[is_whole], sites | {year: protected})
    return pd.concat([exact[~is_whole], errors], ignore_index=True)


def _alike(year: int, protected: pd.DataFrame) -> pd.DataFrame:
    """How alike the persons of one collège are (schema ``grappes``), from the protected figures of collèges."""
    exact, rounded = store.load(year, "grappes"), _rounded(protected)
    if exact.empty:
        return exact
    return _of_others(indicators.estimate_of_sites(protected, year=year, source=exact["source"].iloc[0]), rounded)


def _private_files(year: int) -> list[Path]:
    folder = paths.processed(year) / "prive"
    return [path for path in (folder / "comptes_par_site.csv", *paths.exports(year)) if path.is_file()]
