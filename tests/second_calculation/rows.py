"""What a figure is, where the raw files are, and the register of what calculates which indicator."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

# What an export counts of each population; another educator must be in it for it to know more than the ALSES'.
COUNTED = {
    "alses": {
        "accompagnements", "sexe", "nouvel_accompagnement", "origine", "orienteur", "niveau", "demande_initiale",
        "objectif", "parents_associes", "age", "nombre_d_objectifs", "demande_travaillee", "mois_d_ouverture", "duree",
        "fin_dans_l_annee", "colleges_suivis", "associations_suivantes", "colonne_remplie",
    },
    "collegiens": {"accompagnements", "suivi_par"},
    "prevention_specialisee": {"accompagnements", "situation", "sexe", "nouvel_accompagnement"},
}  # fmt: skip


class Key(NamedTuple):
    """Which figure: the columns that name a row of indicateurs.csv."""

    year: int
    perimeter: str
    indicator: str
    modality: str = ""
    crossed_with: str = ""
    crossed: str = ""


class Row(NamedTuple):
    """What is published of a figure; counts and bases are (smallest, largest), None when unknown."""

    unit: str
    counts: tuple[int, int] | None
    base: tuple[int, int] | None = None
    share: Fraction | None = None
    decimals: int | None = None
    precision: str = "exact"
    # Smallest and largest count / base over the pairs that hold together, tighter than the ends of both.
    joint: tuple[Fraction, Fraction] | None = None
    # What is shown of a count and of a base that are rounded to protect persons.
    rounded: int | None = None
    rounded_base: int | None = None
    # The ends of its share that are published, in per cent.
    told: tuple[float, float] | None = None

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """Smallest and largest count / base: of the pairs that hold together, or of counts over one known base."""
        if self.joint:
            return self.joint
        return Fraction(self.counts[0], self.base[1]), Fraction(self.counts[1], self.base[0])

    @property
    def share_ends(self) -> tuple[Fraction, Fraction]:
        """The same in per cent; without a count, what the rounding alone allows."""
        if self.counts and self.base:
            return 100 * self.ends[0], 100 * self.ends[1]
        half = Fraction(1, 2 * 10**self.decimals)
        return max(Fraction(0), self.share - half), min(Fraction(100), self.share + half)


Rows = dict[Key, Row]
Family = Callable[["Raw", int], Rows]
FAMILIES: dict[str, Family] = {}


def family(*indicators: str) -> Callable[[Family], Family]:
    """Registers the function that calculates these indicators."""

    def register(function: Family) -> Family:
        FAMILIES.update(dict.fromkeys(indicators, function))
        return function

    return register


def read_csv(path: Path, *, delimiter: str = ",") -> list[dict]:
    """The rows of a file as dictionaries of text; none when it is missing."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@dataclass(frozen=True, eq=False)
class Raw:
    """The raw folder, as it is when it is first read."""

    root: Path

    def received(self, year: int | str, name: str) -> list[dict]:
        """The rows of a raw table; none when it was not received."""
        return read_csv(self.root / str(year) / f"{name}.csv")

    def table(self, year: int | str, name: str) -> list[dict]:
        """The same, without the printed figures that give way to an export of the year."""
        rows = self.received(year, name)
        path = self.export(year) if name == "chiffres_publies" else None
        if path is None:
            return rows
        text = path.read_text(encoding="utf-8-sig")
        known = COUNTED if "autre_educateur" in text else {"alses": COUNTED["alses"]}
        return [row for row in rows if row["indicateur"] not in known.get(row["perimetre"], ())]

    def export(self, year: int | str) -> Path | None:
        """The export of a year, a text file; None without one."""
        return next(iter(sorted((self.root / str(year)).glob("accompagnements*.csv"))), None)

    @cached_property
    def aliases(self) -> dict[tuple[str, str], str]:
        """The reviewed value of a spelling, by column and spelling."""
        return {(row["colonne"], row["graphie"]): row["valeur"] for row in self.table("reference", "alias")}

    @cached_property
    def colleges(self) -> dict[str, dict]:
        """The register of collèges, by UAI."""
        return {row["uai"]: row for row in self.table("reference", "colleges")}

    def printed(self, year: int) -> list[dict]:
        """The figures printed for a year that bound something: « près de » and « plus de » do not."""
        return [row for row in self.table(year, "chiffres_publies") if row["operateur"] == "="]


def exactly(unit: str, count: int, base: int | None = None) -> Row:
    """A figure known to the unit."""
    return Row(unit, (count, count), None if base is None else (base, base))


def ends(values: Iterable) -> tuple | None:
    """The smallest and the largest, or None."""
    values = set(values)
    return (min(values), max(values)) if values else None
