"""Counts of persons: every base and every count that the printed figures allow, tried one by one."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import product
from typing import NamedTuple

from second_calculation.rows import Key, Raw, Row, Rows, ends, exactly, family

# The ways in which each single-choice answer adds up to its base, in the terms that the note may print.
PARTITIONS = {
    "situation": [["collegien", "lyceen", "autre"], ["collegien", "hors_college"]],
    "suivi_par": [["alses", "autre_educateur"]],
    "sexe": [["filles", "garcons"]],
    "nouvel_accompagnement": [["oui", "non"]],
    "origine": [
        ["college", "travail_de_rue", "bouche_a_oreille", "demarche_personnelle", "famille", "partenaire", "autre"],
        ["college", "hors_college"],
    ],
    "orienteur": [["direction_vie_scolaire", "enseignants", "assistants_service_social", "autre"]],
    "niveau": [["6e", "5e", "4e", "3e", "autre"], ["4e_3e", "6e_5e_autre"]],
    "demande_initiale": [
        [
            "scolarite",
            "exclusion_scolaire",
            "besoin_de_parler",
            "loisirs_culture_vacances",
            "difficultes_familiales",
            "sante_addiction",
            "mobilite",
            "aides_administratives",
            "autre",
        ],
        [
            "scolaire",
            "besoin_de_parler",
            "loisirs_culture_vacances",
            "difficultes_familiales",
            "sante_addiction",
            "mobilite",
            "aides_administratives",
            "autre",
        ],
    ],
    "parents_associes": [["oui", "non"]],
}
# Several answers a person: nothing adds up, and a group is known only if it is printed.
OBJECTIVES = PARTITIONS["demande_initiale"][0]
# Whose size is a cell of whom: the ALSES follow some of the collégiens, who are some of the persons of the whole.
INSIDE = {"alses": ("collegiens", "suivi_par"), "collegiens": ("prevention_specialisee", "situation")}
# A larger population than any département's.
LARGEST = 20_000


class Printed(NamedTuple):
    """What is printed of one answer: a count, a share with its decimals, and whether the base of the share is known."""

    count: int | None = None
    share: Fraction | None = None
    decimals: int | None = None
    is_ambiguous: bool = False

    def allows(self, count: int, base: int) -> bool:
        """Whether this count of this base may have been printed so, both ends of the rounding included."""
        if self.count is not None and count != self.count:
            return False
        if self.share is None:
            return True
        over, under = self.share.as_integer_ratio()
        return abs(100 * count * under - over * base) * 2 * 10**self.decimals <= base * under

    def candidates(self, base: int) -> list[int]:
        """Every count of this base that may have been printed so."""
        if self.share is None:
            return [self.count] if self.count <= base else []
        # A count one point away cannot round to the share.
        first, last = (int(base * (self.share + shift) / 100) for shift in (-1, 1))
        return [n for n in range(max(0, first), min(base, last + 1) + 1) if self.allows(n, base)]


@cache
def printed_of(raw: Raw, year: int, perimeter: str, indicator: str) -> dict[str, Printed]:
    """What is printed of each answer of an indicator."""
    found: dict[str, Printed] = {}
    for row in raw.printed(year):
        if (row["perimetre"], row["indicateur"]) != (perimeter, indicator) or row["mesure"] == "ecart":
            continue
        known = found.get(row["modalite"], Printed())
        if row["mesure"] == "effectif":
            found[row["modalite"]] = known._replace(count=int(row["valeur"]))
        else:
            places = len(row["valeur"].partition(".")[2])
            found[row["modalite"]] = known._replace(share=Fraction(row["valeur"]), decimals=places, is_ambiguous=bool(row["base"]))
    return found


@cache
def bases_of(raw: Raw, year: int, perimeter: str, indicator: str) -> list[int]:
    """Every number that the base of an indicator may be; empty when nothing says."""
    if indicator == "orienteur":
        return sorted({counts["college"] for counts, _ in splits(raw, year, perimeter, "origine")})
    return sizes_of(raw, year, perimeter)


@cache
def sizes_of(raw: Raw, year: int, perimeter: str) -> list[int]:
    """Every size that a population may have: printed, counted elsewhere, or tried one by one."""
    said = printed_of(raw, year, perimeter, "accompagnements").get("")
    if said:
        return [said.count]
    if perimeter == "collegiens":
        known = printed_of(raw, year, "prevention_specialisee", "situation").get("collegien")
        return [known.count] if known and known.count is not None else []
    both = [
        printed
        for indicator in PARTITIONS
        for printed in printed_of(raw, year, perimeter, indicator).values()
        if None not in (printed.count, printed.share)
    ]
    return [size for size in range(1, LARGEST) if all(p.allows(p.count, size) for p in both)] if both else []


def splits(raw: Raw, year: int, perimeter: str, indicator: str) -> Iterator[tuple[dict[str, int], int]]:
    """Every way of sharing every base out between the answers that are printed, and the one that is left over."""
    printed = printed_of(raw, year, perimeter, indicator)
    for parts in PARTITIONS[indicator]:
        known, left = [name for name in parts if name in printed], [name for name in parts if name not in printed]
        if len(left) > 1 or not known:
            continue
        for base in bases_of(raw, year, perimeter, indicator):
            for counts in product(*(printed[name].candidates(base) for name in known)):
                rest = base - sum(counts)
                if (left and rest >= 0) or rest == 0:
                    yield dict(zip([*known, *left], [*counts, rest], strict=False)), base


def _answer(unit: str, printed: Printed, counts: set[int], base: tuple | None, shares: set[Fraction]) -> Row:
    if printed.count is not None:
        precision = "exact"
    elif printed.share is not None:
        precision = "arrondi_imprime"
    else:
        precision = "deduit" if counts else "non_publie"
    base = None if printed.is_ambiguous else base
    return Row(unit, ends(counts), base, printed.share, printed.decimals, precision, ends(shares))


def is_told(raw: Raw, year: int, perimeter: str, indicator: str) -> bool:
    """Whether a row is due: something is printed, or it is where the size of a smaller population belongs."""
    if printed_of(raw, year, perimeter, indicator):
        return True
    return any(
        (perimeter, indicator) == place and any(row["perimetre"] in ("alses", part) for row in raw.printed(year)) for part, place in INSIDE.items()
    )


@family("accompagnements")
def populations(raw: Raw, year: int) -> Rows:
    """The size of each population that something is told of."""
    rows = {}
    for perimeter in ("alses", "collegiens", "prevention_specialisee"):
        if any(is_told(raw, year, perimeter, name) for name in [*PARTITIONS, "objectif", "accompagnements"]):
            printed = printed_of(raw, year, perimeter, "accompagnements").get("", Printed())
            if perimeter == "collegiens" and printed == Printed():  # printed as an answer of the whole population
                told = printed_of(raw, year, "prevention_specialisee", "situation").get("collegien", Printed())
                printed = Printed(count=told.count)
            sizes = set(sizes_of(raw, year, perimeter))
            rows[Key(year, perimeter, "accompagnements")] = _answer("personnes", printed, sizes, None, set())
    return rows


@family(*PARTITIONS)
def single_answers(raw: Raw, year: int) -> Rows:
    """Answers of which each person gives one: counts over every way of sharing the base out."""
    rows = {}
    for perimeter, (indicator, partitions) in product(("alses", "collegiens", "prevention_specialisee"), PARTITIONS.items()):
        if not is_told(raw, year, perimeter, indicator):
            continue
        printed = printed_of(raw, year, perimeter, indicator)
        bases = ends(bases_of(raw, year, perimeter, indicator))
        counts: dict[str, set[int]] = {name: set() for parts in partitions for name in parts}
        shares: dict[str, set[Fraction]] = {name: set() for name in counts}
        pairs = {(name, n, base) for split, base in splits(raw, year, perimeter, indicator) for name, n in split.items()}
        for name, n, base in pairs:
            counts[name].add(n)
            shares[name].add(Fraction(n, base))
        for name, found in counts.items():
            row = _answer("personnes", printed.get(name, Printed()), found, bases, shares[name])
            rows[Key(year, perimeter, indicator, name)] = row
    return rows


@family("objectif")
def objectives(raw: Raw, year: int) -> Rows:
    """Answers of which a person gives several: each by itself."""
    rows = {}
    for perimeter in ("alses", "collegiens", "prevention_specialisee"):
        printed = printed_of(raw, year, perimeter, "objectif")
        sizes = sizes_of(raw, year, perimeter)
        for name in dict.fromkeys([*OBJECTIVES, *printed]) if printed else ():
            own = printed.get(name, Printed())
            is_known = own != Printed() and not own.is_ambiguous
            pairs = [(n, base) for base in sizes for n in own.candidates(base)] if is_known else []
            counts, shares = {n for n, _ in pairs}, {Fraction(n, base) for n, base in pairs}
            rows[Key(year, perimeter, "objectif", name)] = _answer("personnes", own, counts, ends(sizes), shares)
    return rows


@family("postes", "nouveaux_colleges", "duree_formation_initiale")
def network(raw: Raw, year: int) -> Rows:
    """What the note says of the network, that nothing else counts."""
    return {
        Key(year, "reseau_alses", row["indicateur"]): exactly(row["unite"], int(row["valeur"]))
        for row in raw.printed(year)
        if row["perimetre"] == "reseau_alses"
    }


@family("variation_annuelle")
def printed_change(raw: Raw, year: int) -> Rows:
    """The difference with the year before, as the note prints it of a whole population."""
    return {
        Key(year, row["perimetre"], "variation_annuelle"): exactly("personnes_d_ecart", int(row["valeur"]))
        for row in raw.printed(year)
        if (row["indicateur"], row["mesure"], row["unite"]) == ("accompagnements", "ecart", "personnes")
    }
