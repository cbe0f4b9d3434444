"""Counts of persons: every base and every count that the printed figures allow, tried one by one."""

from collections.abc import Collection, Iterator
from fractions import Fraction
from functools import cache
from itertools import product
from typing import NamedTuple

from second_calculation.rows import Key, Raw, Row, Rows, ends, exactly, family

# The answers to each question that the file gives and the note prints, and the groups that are counted together.
YES_NO = ["oui", "non"]
OBJECTIVES = [
    "scolarite", "exclusion_scolaire", "besoin_de_parler", "loisirs_culture_vacances", "difficultes_familiales",
    "sante_addiction", "mobilite", "aides_administratives", "autre",
]  # fmt: skip
GIVEN = {
    "situation": ["collegien", "lyceen", "autre"],
    "suivi_par": ["alses", "autre_educateur"],
    "sexe": ["filles", "garcons"],
    "nouvel_accompagnement": YES_NO,
    "origine": ["college", "travail_de_rue", "bouche_a_oreille", "demarche_personnelle", "famille", "partenaire", "autre"],
    "orienteur": ["direction_vie_scolaire", "enseignants", "assistants_service_social", "autre"],
    "niveau": ["6e", "5e", "4e", "3e", "autre"],
    "demande_initiale": OBJECTIVES,
    "objectif": OBJECTIVES,
    "parents_associes": YES_NO,
}
GROUPS = {
    ("situation", "hors_college"): ["lyceen", "autre"], ("origine", "hors_college"): GIVEN["origine"][1:],
    ("niveau", "4e_3e"): ["4e", "3e"], ("niveau", "6e_5e_autre"): ["6e", "5e", "autre"],
    ("demande_initiale", "scolaire"): OBJECTIVES[:2], ("objectif", "scolaire"): OBJECTIVES[:2],
}  # fmt: skip


def _partitions(indicator: str) -> list[list[str]]:
    """The ways in which the answers add up to their base: one by one, or those of a group together."""
    group_of = {member: group for (name, group), members in GROUPS.items() if name == indicator for member in members}
    return [GIVEN[indicator], list(dict.fromkeys(group_of.get(answer, answer) for answer in GIVEN[indicator]))]


# Of objectives a person has several: nothing adds up, and a group is known only if it is printed.
PARTITIONS = {indicator: _partitions(indicator) for indicator in GIVEN if indicator != "objectif"}
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


def _answer(printed: Printed, pairs: Collection[tuple[int, int]], base: tuple | None) -> Row:
    """A row, from every count that may be, each with its base."""
    counts, shares = {n for n, _ in pairs}, {Fraction(n, whole) for n, whole in pairs}
    if printed.count is not None:
        precision = "exact"
    elif printed.share is not None:
        precision = "arrondi_imprime"
    else:
        precision = "deduit" if counts else "non_publie"
    base = None if printed.is_ambiguous else base
    return Row("personnes", ends(counts), base, printed.share, printed.decimals, precision, ends(shares))


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
            row = _answer(printed, [(size, size) for size in sizes_of(raw, year, perimeter)], None)
            rows[Key(year, perimeter, "accompagnements")] = row._replace(joint=None)
    return rows


@family(*PARTITIONS)
def single_answers(raw: Raw, year: int) -> Rows:
    """Answers of which each person gives one: counts over every way of sharing the base out."""
    rows = {}
    for perimeter, (indicator, partitions) in product(("alses", "collegiens", "prevention_specialisee"), PARTITIONS.items()):
        if not is_told(raw, year, perimeter, indicator):
            continue
        printed, bases = printed_of(raw, year, perimeter, indicator), ends(bases_of(raw, year, perimeter, indicator))
        pairs: dict[str, set[tuple[int, int]]] = {name: set() for parts in partitions for name in parts}
        for split, base in splits(raw, year, perimeter, indicator):
            for name, n in split.items():
                pairs[name].add((n, base))
        for name, own in pairs.items():
            rows[Key(year, perimeter, indicator, name)] = _answer(printed.get(name, Printed()), own, bases)
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
            rows[Key(year, perimeter, "objectif", name)] = _answer(own, pairs, ends(sizes))
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
