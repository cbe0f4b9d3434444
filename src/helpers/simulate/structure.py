"""What any set of persons satisfies, as constraints over counts: parts and wholes, strata, objectives."""

from itertools import combinations

from helpers.facts import decimals_of
from helpers.indicators.figures import build_system, cell_of
from helpers.indicators.rows import Cell
from helpers.indicators.system import Constraint, System
from helpers.schema import catalogue
from helpers.simulate.assumptions import ALSES, OTHER_PUPILS, OUTSIDE, STRATA, UNKNOWN, shares_in

# Whose strata make up each perimeter of the catalogue.
PERIMETERS = {"alses": (ALSES,), "collegiens": (ALSES, OTHER_PUPILS), "prevention_specialisee": STRATA}
SIZE = ("accompagnements", "")
GOALS, NUMBER, REQUEST = "objectif", "nombre_d_objectifs", "demande_initiale"
NUMBERS = {"1": 1, "2": 2, "3": 3, "4_ou_plus": 4}  # « or more » is four: nobody has five in a simulated year
_NO_END = float("inf")


def persons_only(figures):
    """The printed figures that persons can give (schema ``chiffres_publies``)."""
    return figures[figures["perimetre"].isin(PERIMETERS) & figures["indicateur"].isin(_counted())]


def _counted() -> list[str]:
    return [
        name for name, entry in catalogue().indicators.items() if entry.counted_in and "donnees" not in entry.counted_in
    ]


def _of_stratum(year: int, stratum: str) -> list[Constraint]:
    def cell(name: str, modality: str = "") -> Cell:
        return (year, stratum, name, modality)

    found, size = [], cell(*SIZE)
    for name, shares in shares_in(stratum).items():
        if name in (GOALS, NUMBER):
            continue
        whole = cell("origine", "college") if name == "orienteur" else size
        modalities = dict.fromkeys([*catalogue().indicators[name].modalities, *shares])
        found.append(Constraint({**{cell(name, each): 1.0 for each in modalities}, whole: -1.0}, 0, 0))
    goals = [cell(GOALS, each) for each in catalogue().indicators[GOALS].modalities]
    none, numbers = cell(GOALS, UNKNOWN), {cell(NUMBER, name): float(many) for name, many in NUMBERS.items()}
    found.append(Constraint({**dict.fromkeys(numbers, 1.0), none: 1.0, size: -1.0}, 0, 0))
    found.append(Constraint({**numbers, **dict.fromkeys(goals, -1.0)}, 0, 0))
    # Such numbers of objectives can be dealt to persons, none twice to the same (Gale and Ryser).
    for many in (1, 2, 3):
        most = {each: -min(number, many) for each, number in numbers.items()}
        for some in combinations(goals, many):
            found.append(Constraint({**dict.fromkeys(some, 1.0), **most}, -_NO_END, 0))
    return found


def _of_pair(either: Cell) -> list[Constraint]:
    """Persons with at least one of two objectives: no fewer than have either, no more than both and than have any."""
    year, stratum, name, group = either
    pair = [(year, stratum, name, each) for each in catalogue().indicators[name].members_of(group)]
    numbers = {(year, stratum, NUMBER, each): many for each, many in NUMBERS.items()}
    parts, many = dict.fromkeys(pair, 1.0), dict.fromkeys(numbers, -1.0)
    two = {each: weight for each, weight in many.items() if numbers[each] > 1}
    return [
        *(Constraint({part: 1.0, either: -1.0}, -_NO_END, 0) for part in pair),
        Constraint({either: 1.0, **dict.fromkeys(pair, -1.0)}, -_NO_END, 0),
        Constraint({either: 1.0, **many}, -_NO_END, 0),
        Constraint({**parts, either: -1.0, **two}, -_NO_END, 0),
    ]


def _of_perimeters(year: int, printed: list[Cell]) -> list[Constraint]:
    """Perimeters are the strata put together; the sizes of some are what others count."""
    found = []
    for _, perimeter, name, modality in printed:
        if name in ("situation", "suivi_par") or (perimeter == ALSES and name != SIZE[0]):
            continue
        inside = {(year, stratum, name, modality): -1.0 for stratum in PERIMETERS[perimeter]}
        if perimeter != ALSES:
            found.append(Constraint({(year, perimeter, name, modality): 1.0, **inside}, 0, 0))
    sizes = {stratum: (year, stratum, *SIZE) for stratum in STRATA}
    same = {
        (year, "collegiens", "suivi_par", "alses"): (ALSES,),
        (year, "collegiens", "suivi_par", "autre_educateur"): (OTHER_PUPILS,),
        (year, "prevention_specialisee", "situation", "collegien"): (ALSES, OTHER_PUPILS),
    }
    for cell, strata in same.items():
        found.append(Constraint({cell: 1.0, **{sizes[each]: -1.0 for each in strata}}, 0, 0))
    for each in ("lyceen", "autre"):
        cell, own = (year, "prevention_specialisee", "situation", each), (year, OUTSIDE, "situation", each)
        found.append(Constraint({cell: 1.0, own: -1.0}, 0, 0))
    return found


def readings(figures, *, year: int) -> list[Constraint]:
    """Shares whose base is not written, of answers that overlap, read as parts of all the answers cited."""
    found = []
    for figure in figures[
        figures["annee"].eq(year) & figures["base"].ne("") & figures["mesure"].eq("part")
    ].itertuples():
        entry, cell = catalogue().indicators[figure.indicateur], cell_of(figure)
        if entry.choice != "multiple" or figure.operateur != "=":
            continue
        cited = dict.fromkeys([(*cell[:3], each) for each in entry.modalities], 0.0)
        for each in entry.members_of(figure.modalite):
            cited[(*cell[:3], each)] = 100.0
        half = 0.5 / 10 ** decimals_of(figure.valeur)
        for end, low, high in ((-half, 0, _NO_END), (half, -_NO_END, 0)):
            line = {each: weight - figure.valeur - end for each, weight in cited.items()}
            found.append(Constraint(line, low, high, f"lecture/{figure.id}"))
    return found


def build(figures, counted, *, year: int) -> System:
    """Printed figures and the above, for a year; ``counted`` is an empty table of schema ``indicateurs``."""
    printed = build_system(figures, counted)
    cells = [cell for cell in printed.cells() if cell[0] == year]
    whole = [(year, perimeter, *SIZE) for perimeter in PERIMETERS]
    own = _of_perimeters(year, list(dict.fromkeys([*cells, *whole])))
    for stratum in STRATA:
        own += _of_stratum(year, stratum)
    groups = catalogue().indicators[GOALS].groups
    for cell in cells:
        own += _of_pair(cell) if cell[1:3] == (ALSES, GOALS) and cell[3] in groups else []
    return System([*printed.constraints, *own])
