"""What the figures of comparisons share: labels, colours, columns, sources."""

import pandas as pd

from helpers.charts.palette import colour_of
from helpers.charts.words import source, words
from helpers.comparisons import Comparison
from helpers.facts import USUAL, Facts
from helpers.schema import catalogue
from helpers.wording import Html, points, subject
from helpers.wording.measures import write_part

# Columns of both shares and their difference, as they are read.
SHARES = {
    "etiquette": "Part",
    "reference_pct": "Référence",
    "reference_min_pct": "au moins",
    "reference_max_pct": "au plus",
    "part_pct": "Part comparée",
    "part_min_pct": "au moins ",
    "part_max_pct": "au plus ",
    "ecart_pts": "Écart (points)",
    "ecart_min_pts": "Écart minimal",
    "ecart_max_pts": "Écart maximal",
}


def columns_of(titles: dict[str, str], rows: pd.DataFrame) -> dict[str, str]:
    """The columns to show: without both bounds of a value (``…_min…``, ``…_max…``) when all rows have them so."""
    kept = dict(titles)
    for name in titles:
        low, high = (name.replace("_max", end) for end in ("_min", "_max"))
        value = name.replace("_max", "")
        if "_max" in name and value in rows and rows[low].equals(rows[value]) and rows[high].equals(rows[value]):
            kept = {column: title for column, title in kept.items() if column not in (low, high)}
    return kept


def label(comparison: Comparison) -> str:
    """The subject with a capital, as the label of a row."""
    text = subject(comparison)
    return text[:1].upper() + text[1:]


def colours_of(found: list[Comparison]) -> list[str]:
    """The colour of each one's modality, as on the other pages."""
    return [colour_of(*comparison.path.split("/")[1:3]) for comparison in found]


def ends(comparison: Comparison, measure: str, name: str, unit: str = "") -> dict[str, float]:
    """A measure as three columns: ``name_unit``, ``name_min_unit``, ``name_max_unit``, or without unit."""
    read, unit = comparison[measure], f"_{unit}" if unit else ""
    return {f"{name}{unit}": read.value, f"{name}_min{unit}": read.low, f"{name}_max{unit}": read.high}


def shares_frame(found: list[Comparison]) -> pd.DataFrame:
    """One row a comparison: both shares and their difference, each with its bounds."""
    rows = [
        {
            "etiquette": label(each),
            **ends(each, "part_reference", "reference", "pct"),
            **ends(each, "part", "part", "pct"),
            **ends(each, "ecart", "ecart", "pts"),
            "est_protege": each.is_protected,
        }
        for each in found
    ]
    return pd.DataFrame(rows, columns=[*SHARES, "est_protege"])


def gap_text(comparison: Comparison) -> str:
    """The difference after both shares, as a drawing bears it: « : +2,0 points »; none of a share said by its bound."""
    if comparison.is_near_unanimous:
        return ""
    return f" : {points(comparison['ecart'].value, 0 if comparison.is_protected else 1)}"


# The data of differences whose numbers are rounded to protect persons: both shares as they are said.
SAID = {"etiquette": "Part", "reference": "Référence", "part": "Part comparée"}
SAID |= {"ecart_min_pts": "Écart minimal (points)", "ecart_max_pts": "Écart maximal (points)"}


def said_shares(found: list[Comparison], rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of `shares_frame` with both shares in words (columns ``reference``, ``part``)."""
    words = {column: [share_text(each, name) for each in found] for column, name in _SAID.items()}
    return rows.assign(**words)


_SAID = {"reference": "part_reference", "part": "part"}


def are_protected(found: list[Comparison]) -> bool:
    """Whether the numbers behind some of these differences are rounded to protect persons."""
    return any(each.is_protected for each in found)


def share_text(comparison: Comparison, name: str) -> str:
    """A share in per cent, without a decimal that its rounding does not leave it."""
    return write_part(comparison, name)


def source_of(found: list[Comparison], facts: list[Facts], population: str) -> Html:
    """The documents behind these comparisons: the figure of each year."""
    known = [fact for each in found for look in facts if (fact := look(each.path))]
    return source(population, (fact.reference for fact in known))


def bases_of(kinds: list[tuple[str, Comparison]], compared: dict[str, tuple[str, str]]) -> Html:
    """How many are compared, each number once; ``compared`` names, by kind, the reference and those spoken of."""
    known = {}
    for kind, each in kinds:
        for name, said in zip(("base_reference", "base"), compared[kind], strict=True):
            if name in each and each[name].value is not None:
                known.setdefault((each[name].low, each[name].high, said), (each, name, said))
    return words("bases", facts=[], measures=list(known.values()))


def year_of(year: int | str, perimeter: str) -> str:
    """A year, and of whom it speaks unless it is of those whom the ALSES follow: « 2020, tous les collégiens »."""
    return str(year) if perimeter == USUAL else f"{year}, {catalogue().perimeters[perimeter].short}"


def bases_of_years(found: list[Comparison], years: tuple[int, int]) -> Html:
    """How many are compared, the earlier year first, population by population."""
    kinds = [(each.path.split("/")[0], each) for each in found]
    return bases_of(kinds, {kind: tuple(year_of(year, kind) for year in years) for kind, _ in kinds})


def drawn(found: list[Comparison]) -> list[Comparison]:
    """Those whose two shares and difference are known."""
    needed = ("part", "part_reference", "ecart")
    return [each for each in found if all(name in each and each[name].value is not None for name in needed)]


def are_exact(found: list[Comparison]) -> bool:
    """Whether no rounding moves any of these differences."""
    return all(each["ecart"].is_exact for each in found)


def widest(found: list[Comparison]) -> Comparison:
    """The one whose difference is the greatest, either way."""
    return max(found, key=lambda each: abs(each["ecart"].value))
