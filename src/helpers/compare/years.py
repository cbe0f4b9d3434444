"""Differences between two years (03): what is observed, from the bounds alone.

The database is exhaustive, so a difference is a fact up to rounding and entry errors: no sampling error is added here.
"""

import pandas as pd

from helpers.compare.headlines import HEADLINED, RECORDS
from helpers.facts import BESIDE, network, with_shares
from helpers.schema import UNSAID, catalogue


def finding(low: float, high: float, *, stable_within: float) -> str:
    """What the bounds of a difference allow one to say: hausse, baisse, stable, indetermine; ``""`` without bounds.

    Stable comes first: a difference that cannot exceed ``stable_within`` is too small to be called a rise or a fall,
    even where its direction is certain, so that a counted share and a printed one are judged alike.

    >>> finding(-6.9, -5.0, stable_within=1), finding(-0.9, 0.9, stable_within=1), finding(-2, 1, stable_within=1)
    ('baisse', 'stable', 'indetermine')
    >>> finding(-0.2, -0.2, stable_within=1), finding(1.1, 1.1, stable_within=1)
    ('stable', 'hausse')
    """
    if pd.isna(low) or pd.isna(high):
        return ""
    if max(abs(low), abs(high)) <= stable_within:
        return "stable"
    if low > 0:
        return "hausse"
    return "baisse" if high < 0 else "indetermine"


# What only documents count: the tables of a year hold nothing of it.
_PRINTED_UNITS = ("personnes", "alses")


def _cells(rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    return list(zip(rows["perimetre"], rows["indicateur"], rows["modalite"], strict=True))


def _base_of(perimeter: str, indicator: str, modality: str) -> tuple[str, str, str] | None:
    base = catalogue().indicators[indicator].base
    name, _, member = (base or "").partition("/")
    return (perimeter, name, modality if member == "*" else member) if base else None


def reliable(before: pd.DataFrame, controls: pd.DataFrame, *, compare_to: int | None) -> pd.DataFrame:
    """The indicators of the earlier year (schema ``indicateurs``) without what the document of the year contradicts.

    Alone, an earlier year may show no contradiction: a printed difference is filed under the year after. What
    ``controls`` (schema ``controles``) finds contradictoire is said no more; a share keeps what is printed, not its
    base; what was deduced may rest on it, and goes.

    >>> avant, controles = store.load(2019, "indicateurs"), store.load(2020, "controles").head(2)
    >>> doute = controles.assign(verdict="contradictoire")
    >>> compare.reliable(avant, doute, compare_to=2019)["precision"].eq("contradictoire").sum().item()
    2
    """
    wrong = controls[controls["verdict"].eq("contradictoire") & controls["mesure"].ne("ecart")]
    cells = set(_cells(wrong[wrong["annee"].eq(compare_to)]))
    if not cells:
        return before
    is_printed = before["unite"].isin(_PRINTED_UNITS)
    is_wrong = is_printed & pd.Series([cell in cells for cell in _cells(before)], index=before.index)
    is_deduced = is_printed & ~is_wrong & before["precision"].eq("deduit")
    rests = is_printed & pd.Series([_base_of(*cell) in cells for cell in _cells(before)], index=before.index)
    no_count = is_wrong | is_deduced | (rests & before["precision"].eq("arrondi_imprime"))
    kept = {name: before[name].mask(no_count) for name in ("effectif_min", "effectif_max")}
    kept |= {name: before[name].mask(is_wrong | is_deduced | rests) for name in ("base_min", "base_max")}
    told = before["precision"].mask(is_wrong, "contradictoire").mask(is_deduced, "non_publie")
    return before.assign(**kept, precision=told)


def published(indicators: pd.DataFrame, year: int | None) -> pd.DataFrame:
    """The figures of persons that a year publishes for the network, with their shares; cross tables left out.

    On the page of a site, its own: the network's, beside them, are said where they are looked up.
    """
    rows = network(indicators)
    rows = rows[rows["perimetre"].ne(BESIDE)]
    said = (rows["annee"] == year) & ~rows["precision"].isin(UNSAID) & (rows["unite"] == "personnes")
    return with_shares(rows[said])


def differences(now: pd.DataFrame, before: pd.DataFrame, *, year: int, compare_to: int | None) -> pd.DataFrame:
    """One row a figure of persons published in both years, in catalogue order.

    ``now`` and ``before`` have the schema ``indicateurs``. Columns: ``perimetre``, ``indicateur``, ``modalite``,
    ``libelle``; the others of `facts.with_shares` for each year (``<colonne>_avant``, ``<colonne>_apres``);
    ``ecart_min``, ``ecart_max`` (persons); ``ecart_part_min_pts``, ``ecart_part_max_pts``, ``ecart_part_pts`` (points;
    the last from the printed or exact shares); ``constat_effectif`` and ``constat_part`` (a key of `schema.FINDINGS`,
    or ``""`` when a bound is not known).

    >>> annees = [store.load(annee, "indicateurs") for annee in (2020, 2019)]
    >>> ecarts = compare.differences(*annees, year=2020, compare_to=2019)
    >>> ecarts.loc[1:2, ["libelle", "ecart_min", "ecart_max", "ecart_part_min_pts", "constat_part"]].round(1)
       libelle  ecart_min  ecart_max  ecart_part_min_pts constat_part
    1   filles        177        217                 1.0       hausse
    2  garçons        164        204                -3.0       baisse
    """
    keys = ["perimetre", "indicateur", "modalite"]
    pairs = published(before, compare_to).merge(
        published(now, year), on=keys, suffixes=("_avant", "_apres"), validate="1:1"
    )
    pairs = pairs.assign(
        libelle=[catalogue().indicators[row.indicateur].label_of(row.modalite) for row in pairs.itertuples()],
        ecart_min=pairs["effectif_min_apres"] - pairs["effectif_max_avant"],
        ecart_max=pairs["effectif_max_apres"] - pairs["effectif_min_avant"],
        # Rounded far below what is shown: the last bit of a subtraction must not decide between up and stable.
        ecart_part_min_pts=(pairs["part_min_pct_apres"] - pairs["part_max_pct_avant"]).round(9),
        ecart_part_max_pts=(pairs["part_max_pct_apres"] - pairs["part_min_pct_avant"]).round(9),
        ecart_part_pts=pairs["part_pct_apres"] - pairs["part_pct_avant"],
    )
    return pairs.assign(
        constat_effectif=[
            finding(low, high, stable_within=0)
            for low, high in zip(pairs["ecart_min"], pairs["ecart_max"], strict=True)
        ],
        constat_part=[
            finding(low, high, stable_within=catalogue().stable_points)
            for low, high in zip(pairs["ecart_part_min_pts"], pairs["ecart_part_max_pts"], strict=True)
        ],
    )


def totals(table: pd.DataFrame) -> pd.DataFrame:
    """The differences of whole populations printed in both years: counts without a modality."""
    printed = table["precision_avant"].ne("deduit") & table["precision_apres"].ne("deduit")
    return table[table["modalite"].eq("") & table["ecart_min"].notna() & printed].reset_index(drop=True)


def counts(table: pd.DataFrame) -> pd.DataFrame:
    """The differences of counts whose bounds are known, deduced ones included.

    When a year is counted from records, those of whole populations and of the shares that the page speaks of.

    Takes and keeps the columns of `compare.differences`.

    >>> annees = [store.load(annee, "indicateurs") for annee in (2020, 2019)]
    >>> ecarts = compare.differences(*annees, year=2020, compare_to=2019)
    >>> len(ecarts), len(compare.counts(ecarts))
    (6, 5)
    """
    known = table.dropna(subset=["ecart_min", "ecart_max"])
    if known[["source_avant", "source_apres"]].isin(RECORDS).any(axis=None):
        paths = known["perimetre"] + "/" + known["indicateur"] + "/" + known["modalite"]
        known = known[known["modalite"].eq("") | paths.isin(HEADLINED)]
    return known.reset_index(drop=True)


def only_once(now: pd.DataFrame, before: pd.DataFrame, *, year: int, compare_to: int | None) -> list[str]:
    """What one of the two years publishes of persons and the other does not, in catalogue order.

    One label an indicator, with its population where it is not that of the ALSES; ``now`` and ``before`` have the
    schema ``indicateurs``.

    >>> annees = [store.load(annee, "indicateurs") for annee in (2020, 2019)]
    >>> compare.only_once(*annees, year=2020, compare_to=2019)[:2]
    ['Nouvel accompagnement', 'Professionnel du collège qui oriente']
    """
    seen = [
        set(zip(rows["perimetre"], rows["indicateur"], strict=True))
        for rows in (published(now, year), published(before, compare_to))
    ]
    entries = catalogue()
    return [
        entry.label if perimeter.id == "alses" else f"{entry.label} ({perimeter.label})"
        for perimeter in entries.perimeters.values()
        for entry in entries.indicators.values()
        if (perimeter.id, entry.id) in seen[0] ^ seen[1] and entry.topic != "donnees"
    ]
