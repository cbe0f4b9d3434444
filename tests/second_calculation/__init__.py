"""The numbers of a report, calculated a second time: plain Python from the raw CSV files, no helper.

The report tightens its intervals with an integer solver and computes its tests with scipy and statsmodels; here every
base and every count that the printed figures allow is tried, and each formula is written out.

rows         what a figure is, the raw files, the register of families
persons      counts of persons behind printed counts and shares
tables       posts, meetings, statements and their context, counted
records      the persons of an export, one by one
audit        the ledger, doubtful posts and meetings; the verdicts on the true note, given by hand
formulas     intervals, tests, effect sizes (the laws are those of scipy)
comparisons  every comparison of page 03, on every count that is compatible
marks        the numbers that a page marks

``recompute(raw, 2019, 2020)`` gives ``{Key: Row}``. Each family is a function registered under its indicators: an
indicator that is published and has none fails the tests with its name, and is added here.
"""

from fractions import Fraction
from itertools import product
from pathlib import Path

# Each of these registers its families.
from second_calculation import audit, persons, records, tables  # noqa: F401
from second_calculation.rows import FAMILIES, Key, Raw, Row, Rows, exactly, read_csv

# What of a row is published as it is.
PUBLISHED = ("unit", "counts", "base", "share", "decimals", "precision")
# Where a row may come from, by its perimeter or its indicator; the others are printed, or counted in records.
IN_RECORDS = {"export", "synthetique"}
SOURCES = {
    # Statements are coded; where none was received, a printed number of them stands.
    "enonces": {"codage", "imprime"}, "lignes": {"calcul"}, "chiffres_imprimes": {"calcul"}, "coherences": {"calcul"}, "egalites": {"calcul"},
    "ips_du_college": {"reference_publique"}, "eleves_inscrits": {"reference_publique"}, "classement_au_repertoire": {"reference_publique"},
    "lignes_export": IN_RECORDS, "rapprochements": IN_RECORDS,
}  # fmt: skip


def recompute(raw_root: Path, *years: int, said: Rows | None = None) -> Rows:
    """Every figure of these years that the raw files allow; of cross-tabulated records, those that are said."""
    raw = Raw(raw_root)
    rows: Rows = {}
    for year, function in product(years, dict.fromkeys(FAMILIES.values())):
        rows |= function(raw, year)
    of_records = (key for key in said or () if key.crossed_with and key.perimeter == "alses" and raw.export(key.year))
    return rows | {key: records.crossed(records.followed_in(raw, key.year), key) for key in of_records}


def published(path: Path) -> Rows:
    """The rows of a published indicateurs.csv, read as they are."""

    def pair(row: dict, name: str) -> tuple[int, int] | None:
        found = [int(row[f"{name}_{end}"]) if row[f"{name}_{end}"] else None for end in ("min", "max")]
        return None if found == [None, None] else tuple(found)

    rows = {}
    for row in read_csv(path, delimiter=";"):
        if row["site_type"] == "territoire":  # a sum of collèges: `test_site_reports`
            continue
        assert (row["site_type"], row["site"]) == ("reseau", ""), row
        sources = SOURCES.get(row["perimetre"]) or SOURCES.get(row["indicateur"]) or {"imprime", *IN_RECORDS}
        assert row["source"] in sources, row
        names = ("perimetre", "indicateur", "modalite", "croise_avec", "modalite_croisee")
        share = Fraction(row["part_imprimee_pct"].replace(",", ".")) if row["part_imprimee_pct"] else None
        decimals = int(row["decimales"]) if row["decimales"] else None
        key = Key(int(row["annee"]), *(row[name] for name in names))
        assert key not in rows, f"twice: {key}"
        shown = [int(row[name]) if row[name] else None for name in ("effectif_arrondi", "base_arrondie")]
        own = Row(row["unite"], pair(row, "effectif"), pair(row, "base"), share, decimals, row["precision"])
        rows[key] = own._replace(rounded=shown[0], rounded_base=shown[1])
    return rows


def with_protected(again: Rows, said: Rows) -> Rows:
    """The rows calculated again, those that are published rounded being taken as published, once they hold.

    They hold when the exact count and base are within what is published, and the share is that of what is shown.
    """

    def is_left_out(key: Key) -> bool:
        """A column that nearly all have filled may be left out."""
        if key.indicator != "colonne_remplie" or key in said:
            return False
        count, base = again[key].counts[0], again[key].base[0]
        by_college = key._replace(indicator="origine", modality="college")
        is_beside = key.modality == "orienteur" and said[by_college].precision == "arrondi_secret"
        return 0 < count < 5 or 0 < base - count < 5 or is_beside

    out = {key: row for key, row in again.items() if not is_left_out(key)}
    for key, row in said.items():
        if row.precision != "arrondi_secret":
            continue
        true = again[key]
        assert row.counts[0] <= true.counts[0] <= row.counts[1], key
        assert row.rounded is None or (row.rounded % 5 == 0 and abs(row.rounded - true.counts[0]) < 5), key
        assert row.base is None or row.base[0] <= true.base[0] <= row.base[1], key
        count, base = (row.rounded if row.rounded is not None else row.counts[0]), row.rounded_base or (row.base and row.base[0])
        if row.share is not None:
            assert abs(row.share - Fraction(100 * count, base)) <= Fraction(1, 2 * 10**row.decimals), key
        out[key] = row
    return out


def protected_paths(said: Rows) -> set[str]:
    """The figures that are published rounded, as comparisons name them: « alses/sexe/filles »."""
    return {f"{key.perimeter}/{key.indicator}/{key.modality}" for key, row in said.items() if row.precision == "arrondi_secret" and not key.crossed_with}


def exactly_rows(table) -> Rows:
    """The rows of an indicator table that holds nothing but exact counts, as a published file would have them."""
    return {
        Key(
            int(row.annee), row.perimetre, row.indicateur, row.modalite, row.croise_avec, row.modalite_croisee
        ): exactly(row.unite, int(row.effectif_min), None if row.base_min is None else int(row.base_min))
        for row in table.astype("object").where(table.notna(), None).itertuples()
    }


def differences(said: Rows, again: Rows) -> list[str]:
    """What is published and not found again, calculated and not published, or not the same; one line each."""
    found = [f"published, not calculated: {key}" for key in said if key not in again and key.indicator not in audit.BY_HAND]
    found += [f"calculated, not published: {key}" for key in again if key not in said]
    for key in said.keys() & again.keys():
        for name, here, there in zip(PUBLISHED, said[key], again[key], strict=False):
            if here != there:
                found.append(f"{'/'.join(map(str, key))}: {name} {here} is published, {there} calculated")
    return sorted(found)
