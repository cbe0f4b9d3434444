"""One figure of the indicator table: its share, its bounds, its name; and how it is looked up."""

import math
from dataclasses import dataclass

import pandas as pd

from helpers.schema import (
    CODED,
    COMPUTED,
    FROM_RECORDS,
    NEAR_UNANIMOUS_PCT,
    PRINTED,
    SOURCES,
    SYNTHETIC,
    UNANIMOUS_BELOW,
    catalogue,
)

NETWORK = "reseau"
USUAL = "alses"  # the population of which a label speaks when it names none

# The precision of a figure whose count, or base, is rounded to protect persons.
PROTECTED = "arrondi_secret"

# From this base on, one person weighs less than half a point: an exact share is then said with one decimal.
DECIMAL_FROM_BASE = 200


@dataclass(frozen=True)
class Fact:
    """A figure ready to be said: counts and base as (min, max) or None, share in per cent or None.

    ``rounded`` and ``rounded_base`` are what is shown of a count or a base that is rounded to protect persons;
    ``place`` is the site whose figure it is, on the page of a site.

    >>> filles = facts.Facts(store.load(2020, "indicateurs"), year=2020)("alses/sexe/filles")
    >>> filles.counts, filles.base, filles.share, filles.unit, filles.precision
    ((927, 949), (2233, 2233), 42.0, 'personnes', 'arrondi_imprime')
    """

    key: str
    unit: str
    counts: tuple[int, int] | None
    base: tuple[int, int] | None
    share: float | None
    share_bounds: tuple[float, float] | None
    decimals: int
    precision: str
    reference: str
    label: str
    is_synthetic: bool = False
    is_of_records: bool = False
    rounded: int | None = None
    rounded_base: int | None = None
    place: str = ""
    source: str = PRINTED

    @property
    def citation(self) -> str:
        """Its reference, after who made the number when it is not in the document itself.

        >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
        >>> chiffre("enonces/theme_enonce/perspectives").citation
        'codé par une personne, d’après Note de synthèse 2020, l. 191–194'
        """
        is_made = self.source in (CODED, COMPUTED) and self.reference
        return f"{SOURCES[self.source]}, d’après {self.reference}" if is_made else self.reference

    @property
    def is_known(self) -> bool:
        """Whether the count is known to the unit."""
        return self.counts is not None and self.counts[0] == self.counts[1]

    @property
    def under(self) -> int | None:
        """The per cent that the share is under, of a small group of which nearly nobody is shown; None otherwise.

        A multiple of five: five, or the first that what a reader knows allows.
        """
        if not self._is_protected or self.share > NEAR_UNANIMOUS_PCT:
            return None
        return NEAR_UNANIMOUS_PCT * (math.floor(self.share_bounds[1] / NEAR_UNANIMOUS_PCT) + 1)

    @property
    def over(self) -> int | None:
        """The per cent that the share is over, of a small group of which nearly everybody is shown; None otherwise."""
        if not self._is_protected or self.share < 100 - NEAR_UNANIMOUS_PCT:
            return None
        return NEAR_UNANIMOUS_PCT * (math.ceil(self.share_bounds[0] / NEAR_UNANIMOUS_PCT) - 1)

    @property
    def _is_protected(self) -> bool:
        """Whether it is a share of a small group, rounded to protect its persons."""
        is_rounded = self.precision == PROTECTED and None not in (self.share, self.base, self.share_bounds)
        return is_rounded and self.base[1] < UNANIMOUS_BELOW


def with_shares(indicators: pd.DataFrame) -> pd.DataFrame:
    """The table with ``part_pct`` (per cent of the base) and ``part_decimales``; no end of a share missing if printed.

    Takes and keeps the schema ``indicateurs``. ``part_pct`` is the printed share, else the exact one; it is missing
    when only bounds are known. Where the base is not known, ``part_min_pct`` and ``part_max_pct`` become the ends of
    the rounding.

    >>> parts = facts.with_shares(store.load(2020, "indicateurs"))
    >>> parts.loc[parts["indicateur"].eq("sexe"), ["perimetre", "modalite", "part_pct"]].head(2).to_numpy().tolist()
    [['alses', 'filles', 42.0], ['alses', 'garcons', 58.0]]
    """
    printed = indicators["part_imprimee_pct"].where(indicators["precision"] != "contradictoire")
    half = 0.5 / 10 ** indicators["decimales"].astype("Float64")
    is_exact = (indicators["effectif_min"] == indicators["effectif_max"]) & (
        indicators["base_min"] == indicators["base_max"]
    )
    exact = indicators["part_min_pct"].where(is_exact.fillna(False))
    said = indicators["decimales"].fillna((indicators["base_min"] >= DECIMAL_FROM_BASE).fillna(False).astype("Int64"))
    return indicators.assign(
        part_pct=printed.fillna(exact),
        part_min_pct=indicators["part_min_pct"].fillna((printed - half).clip(lower=0)),
        part_max_pct=indicators["part_max_pct"].fillna((printed + half).clip(upper=100)),
        part_decimales=said,
    )


def network(indicators: pd.DataFrame) -> pd.DataFrame:
    """The rows of the whole network (schema ``indicateurs``), cross tables left out.

    >>> tous = store.load(2020, "indicateurs")
    >>> sorted(set(tous["croise_avec"]))[:2], set(facts.network(tous)["croise_avec"])
    (['', 'association'], {''})
    """
    return indicators[(indicators["site_type"] == NETWORK) & (indicators["croise_avec"] == "")]


def at_site(indicators: pd.DataFrame, site: str) -> pd.DataFrame:
    """The rows of one site (schema ``indicateurs``), by its name, cross tables left out; ``""`` is the whole network.

    >>> tous = store.load(2020, "indicateurs")
    >>> facts.at_site(tous, "").equals(facts.network(tous))
    True
    """
    return indicators[(indicators["site"] == site) & (indicators["croise_avec"] == "")]


def among(label: str, indicator: str, perimeter: str) -> str:
    """The label of a figure with its population, which is not said of the persons that the ALSES follow.

    >>> facts.among("garçons", "sexe", "prevention_specialisee"), facts.among("garçons", "sexe", "alses")
    ('garçons (toute la prévention spécialisée)', 'garçons')
    """
    entries = catalogue()
    # Only persons are counted in several populations.
    is_plain = perimeter == USUAL or entries.indicators[indicator].unit != "personnes"
    return label if is_plain else f"{label} ({entries.perimeters[perimeter].short})"


def title_of_figure(row) -> str:
    """What a printed figure is, in full; ``row`` names its perimeter, indicator and modality.

    >>> facts.title_of_figure(store.load(2020, "indicateurs").query("indicateur == 'niveau'").iloc[0])
    'Niveau de classe : 6e'
    """
    title = catalogue().indicators[row.indicateur].title_of(row.modalite)
    return among(title, row.indicateur, row.perimetre)


def key_of(row) -> str:
    """The name of a figure: ``annee/perimetre/indicateur/modalite``, then ``/croise_avec=modalite`` if crossed.

    >>> facts.key_of(store.load(2020, "indicateurs").iloc[2])
    '2020/alses/sexe/filles'
    """
    cross = f"/{row.croise_avec}={row.modalite_croisee}" if row.croise_avec else ""
    return f"{row.annee}/{row.perimetre}/{row.indicateur}/{row.modalite}{cross}"


def decimals_of(value: float) -> int:
    """The number of decimals that a value was printed with.

    >>> facts.decimals_of(42.0), facts.decimals_of(41.5)
    (0, 1)
    """
    return len(f"{value:g}".partition(".")[2])


def _pair(low, high, kind: type) -> tuple | None:
    return None if pd.isna(low) or pd.isna(high) else (kind(low), kind(high))


def _whole(value) -> int | None:
    return None if pd.isna(value) else int(value)


def fact_of(row) -> Fact:
    """The fact in a row of `with_shares` (a named tuple or a Series).

    >>> fait = facts.fact_of(facts.with_shares(store.load(2020, "indicateurs")).iloc[2])
    >>> fait.key, fait.label, fait.share
    ('2020/alses/sexe/filles', 'filles', 42.0)
    """
    entry = catalogue().indicators[row.indicateur]
    return Fact(
        key=key_of(row),
        unit=row.unite,
        counts=_pair(row.effectif_min, row.effectif_max, int),
        base=_pair(row.base_min, row.base_max, int),
        share=None if pd.isna(row.part_pct) else float(row.part_pct),
        share_bounds=_pair(row.part_min_pct, row.part_max_pct, float),
        decimals=int(row.part_decimales),
        precision=row.precision,
        reference=row.reference,
        # A table that names its modalities otherwise (the code book its themes) is followed.
        label=getattr(row, "libelle", entry.label_of(row.modalite)),
        is_synthetic=row.source == SYNTHETIC,
        is_of_records=row.source in FROM_RECORDS,
        rounded=_whole(getattr(row, "effectif_arrondi", None)),
        rounded_base=_whole(getattr(row, "base_arrondie", None)),
        place=getattr(row, "lieu", ""),
        source=row.source,
    )
