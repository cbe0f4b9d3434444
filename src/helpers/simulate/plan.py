"""What is assumed of simulated persons, and the whole counts nearest to it within what is published."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.indicators.constraints import (
    HYPOTHESIS,
    Cell,
    Constraint,
    System,
    base_cell,
    build_system,
    cell_of,
    contradictions,
    least,
    table,
)
from helpers.indicators.lookup import decimals_of
from helpers.schema import DataError, catalogue, columns

# --- Assumptions where nothing is published: ``hypotheses.toml``, which gives the reasons ---

# Three strata: followed by an ALSES, collégien followed by another educator, neither.
ALSES, OTHER_PUPILS, OUTSIDE = STRATA = ("alses", "collegiens_d_un_autre", "hors_college")
UNKNOWN = "non_renseigne"


@cache
def assumptions() -> dict:
    """The content of ``hypotheses.toml``."""
    return tomllib.loads(files("helpers").joinpath("simulate", "hypotheses.toml").read_text(encoding="utf-8"))


def shares_in(stratum: str) -> dict[str, dict[str, float]]:
    """The assumed shares of a stratum, by indicator then modality; outside a collège there is no level."""
    place = ALSES if stratum == ALSES else "ailleurs"
    shares = {name: dict(each[place]) for name, each in assumptions()["parts"].items() if place in each}
    for name in ("niveau",) if stratum == OUTSIDE else ("situation",):
        shares.pop(name, None)
    return shares


def stray(shares: dict[str, float], rng: np.random.Generator, *, is_whole: bool) -> dict[str, float]:
    """Shares as they could be another year; ``is_whole`` if they add up to one."""
    noise = np.exp(rng.normal(0, assumptions()["hasard"]["annees"], len(shares)))
    values = np.array(list(shares.values())) * noise
    values = values / values.sum() if is_whole else np.minimum(values, 0.95)
    return dict(zip(shares, values.tolist(), strict=True))


# --- Constraints on the counts of any set of persons: parts and wholes, strata, objectives ---

# The strata of each perimeter of the catalogue.
PERIMETERS = {"alses": (ALSES,), "collegiens": (ALSES, OTHER_PUPILS), "prevention_specialisee": STRATA}
SIZE = ("accompagnements", "")
GOALS, NUMBER, REQUEST = "objectif", "nombre_d_objectifs", "demande_initiale"
NUMBERS = {"1": 1, "2": 2, "3": 3, "4_ou_plus": 4}  # « or more » is four: nobody has five in a simulated year
_NO_END = float("inf")


def persons_only(figures):
    """The published values that persons can give (schema ``chiffres_publies``)."""
    entries = catalogue().indicators.items()
    counted = [name for name, entry in entries if entry.counted_in and "donnees" not in entry.counted_in]
    return figures[figures["perimetre"].isin(PERIMETERS) & figures["indicateur"].isin(counted)]


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
    # Such numbers of objectives can be dealt to persons, none twice to the same (Gale–Ryser).
    for many in (1, 2, 3):
        most = {each: -min(number, many) for each, number in numbers.items()}
        for some in combinations(goals, many):
            found.append(Constraint({**dict.fromkeys(some, 1.0), **most}, -_NO_END, 0))
    return found


def _of_pair(either: Cell) -> list[Constraint]:
    """Persons with at least one of two objectives: no fewer than have either, no more than have both or any."""
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
    """Perimeters are unions of strata; the sizes of some are answers of others."""
    parts = {
        (year, perimeter, name, modality): [(year, stratum, name, modality) for stratum in PERIMETERS[perimeter]]
        for _, perimeter, name, modality in printed
        if perimeter != ALSES and name not in ("situation", "suivi_par")
    }
    alses, pupils = (year, ALSES, *SIZE), (year, OTHER_PUPILS, *SIZE)
    parts[year, "collegiens", "suivi_par", "alses"] = [alses]
    parts[year, "collegiens", "suivi_par", "autre_educateur"] = [pupils]
    parts[year, "prevention_specialisee", "situation", "collegien"] = [alses, pupils]
    for each in ("lyceen", "autre"):
        parts[year, "prevention_specialisee", "situation", each] = [(year, OUTSIDE, "situation", each)]
    return [Constraint({cell: 1.0, **dict.fromkeys(own, -1.0)}, 0, 0) for cell, own in parts.items()]


def readings(figures, *, year: int) -> list[Constraint]:
    """Shares without a written base, of answers that overlap, read as parts of all the answers cited."""
    constraints = []
    is_read = figures["annee"].eq(year) & figures["base"].ne("") & figures["mesure"].eq("part")
    for figure in figures[is_read].itertuples():
        entry, cell = catalogue().indicators[figure.indicateur], cell_of(figure)
        if entry.choice != "multiple" or figure.operateur != "=":
            continue
        cited = dict.fromkeys([(*cell[:3], each) for each in entry.modalities], 0.0)
        cited |= dict.fromkeys([(*cell[:3], each) for each in entry.members_of(figure.modalite)], 100.0)
        half = 0.5 / 10 ** decimals_of(figure.valeur)
        for end, low, high in ((-half, 0, _NO_END), (half, -_NO_END, 0)):
            line = {each: weight - figure.valeur - end for each, weight in cited.items()}
            constraints.append(Constraint(line, low, high, f"lecture/{figure.id}"))
    return constraints


def build(figures, *, year: int) -> System:
    """The constraints of a year, from its published values and the above."""
    printed = build_system(figures, table([]))
    cells = [cell for cell in printed.cells() if cell[0] == year]
    whole = [(year, perimeter, *SIZE) for perimeter in PERIMETERS]
    own = _of_perimeters(year, list(dict.fromkeys([*cells, *whole])))
    for stratum in STRATA:
        own += _of_stratum(year, stratum)
    groups = catalogue().indicators[GOALS].groups
    for cell in cells:
        own += _of_pair(cell) if cell[1:3] == (ALSES, GOALS) and cell[3] in groups else []
    return System([*printed.constraints, *own])


# --- The plan: the whole counts nearest to the assumptions within what is published ---

# Weights of the distances: a published share is aimed at its middle before anything assumed is.
_PRINTED, _ASSUMED = 20.0, 1.0
_FREE = {GOALS, NUMBER}  # whose shares do not add up to one


@dataclass(frozen=True)
class Plan:
    """Persons by stratum, indicator and modality, in a year."""

    year: int
    counts: dict[Cell, int]

    def size(self, stratum: str) -> int:
        """The persons of a stratum."""
        return self.counts[(self.year, stratum, *SIZE)]

    def of(self, stratum: str, indicator: str) -> dict[str, int]:
        """Persons by modality, in the order of the catalogue."""
        return {c[3]: many for c, many in self.counts.items() if c[1:3] == (stratum, indicator) and c[0] == self.year}


def plan_persons(year: int, persons: int, rng: np.random.Generator) -> Plan:
    """The counts of an invented year with ``persons`` followed by an ALSES."""
    system = build(pd.DataFrame(columns=columns("chiffres_publies"), dtype="str"), year=year)
    given = [Constraint({(year, ALSES, *SIZE): 1.0}, persons, persons)]
    return Plan(year, _solve(System([*system.constraints, *given]), year, {}, rng))


def plan_published(figures: pd.DataFrame, *, year: int) -> Plan:
    """The counts that give every published value of a year again; ``figures`` may hold the year before as well.

    Raises
    ------
    DataError
        when no value of the year counts persons, or no persons can give them all.
    """
    kept = persons_only(figures)
    own = kept[kept["annee"].eq(year)]
    if own.empty:
        raise DataError(
            f"data/raw/{year}/chiffres_publies.csv n’a aucun chiffre de personnes suivies : "
            "complétez-le, ou simulez avec --persons."
        )
    system, read = build(kept, year=year), readings(own, year=year)
    alone = build_system(kept, table([]))
    assumed = {c.source for c in alone.constraints if c.source and c.source.startswith(HYPOTHESIS)}
    conflicts = contradictions(alone.without(assumed))
    if conflicts:
        raise DataError(_impossible(kept, set().union(*(each.figures for each in conflicts))))
    counts = _solve(System([*system.constraints, *read]), year, _centres(own), None)
    counts = counts or _solve(system, year, _centres(own), None)
    if not counts:
        raise DataError(_impossible(own, set()))
    return Plan(year, counts)


def _impossible(printed: pd.DataFrame, figures: set[str]) -> str:
    """A sentence on what cannot be reproduced: some values by their lines, or all of them together."""
    named = printed[printed["id"].isin(figures)]
    lines = ", ".join(map(str, sorted(set(named["ligne"]))))
    years = sorted(set((named if len(named) else printed)["annee"]))
    files = " et ".join(f"data/raw/{year}/chiffres_publies.csv" for year in years)
    which = (
        f"les chiffres des lignes {lines} du document se contredisent" if lines else "ces chiffres sont incompatibles"
    )
    return (
        f"{files} : {which}, aucun ensemble de personnes ne les donne tous ; vérifiez-les, ou simulez avec --persons."
    )


class _Published(NamedTuple):
    """A published value, in the middle of its rounding; a share is below one."""

    value: float
    is_share: bool


def _centres(own: pd.DataFrame) -> dict[Cell, _Published]:
    """The published value of each cell; its count, where both are printed."""
    said = own[own["operateur"].eq("=") & own["base"].eq("") & own["mesure"].isin(["part", "effectif"])]
    centres: dict[Cell, _Published] = {}
    for figure in said.sort_values("mesure", ascending=False, kind="stable").itertuples():
        is_share = figure.mesure == "part"
        centres[cell_of(figure)] = _Published(figure.valeur / (100 if is_share else 1), is_share)
    return centres


def _solve(
    system: System, year: int, printed: dict[Cell, _Published], rng: np.random.Generator | None
) -> dict[Cell, int]:
    """The nearest counts; none when impossible. Sizes come first: they give a share its count."""
    ratios, found = assumptions()["tailles"], {}
    alses, pupils, whole = ((year, name, *SIZE) for name in PERIMETERS)
    for cell, before, ratio in (
        (alses, None, ratios["alses"]),
        (pupils, alses, ratios["collegiens_par_alses"]),
        (whole, pupils, 1 / ratios["collegiens_sur_ensemble"]),
    ):
        target = ratio if before is None else found[before] * ratio
        nearest = _nearest(system, {cell: (target, _ASSUMED)})
        if nearest is None:
            return {}
        found[cell] = nearest[cell]
        system = System([*system.constraints, Constraint({cell: 1.0}, found[cell], found[cell])])
    sizes = {ALSES: found[alses], OTHER_PUPILS: found[pupils] - found[alses], OUTSIDE: found[whole] - found[pupils]}
    targets = {cell: (target, _ASSUMED) for cell, target in _assumed(year, sizes, printed, rng).items()}
    targets |= {cell: (target, _PRINTED) for cell, target in _aims(printed, found, targets).items()}
    return _nearest(system, targets) or {}


def _aims(printed: dict[Cell, _Published], sizes: dict[Cell, int], targets: dict) -> dict[Cell, float]:
    """Published shares as counts: of a size, else of what is aimed at."""
    found: dict[Cell, float] = {}
    shares = {cell: said.value for cell, said in printed.items() if said.is_share}
    bases = {cell: base_cell(cell, catalogue().indicators[cell[2]]) for cell in shares}
    for cell in sorted(shares, key=lambda each: bases[each] not in sizes):
        base = bases[cell]
        found[cell] = shares[cell] * (sizes[base] if base in sizes else found.get(base, targets.get(base, (0, 0))[0]))
    return found


def _assumed(year: int, sizes: dict[str, int], printed: dict, rng: np.random.Generator | None) -> dict[Cell, float]:
    found: dict[Cell, float] = {}
    for stratum in STRATA:
        for name, shares in shares_in(stratum).items():
            if rng is not None:
                shares = stray(shares, rng, is_whole=name not in _FREE)
            if stratum == ALSES and name not in _FREE:
                shares = _beside_printed(shares, name, printed, sizes[ALSES])
            whole = sizes[stratum]
            if name == "orienteur":
                whole = found[(year, stratum, "origine", "college")]
            found |= {(year, stratum, name, modality): share * whole for modality, share in shares.items()}
    return found


def _beside_printed(shares: dict, name: str, printed: dict, size: int) -> dict[str, float]:
    """The assumed shares beside the published ones: what these leave is divided as was assumed."""
    entry, known = catalogue().indicators[name], {}
    for (_, perimeter, indicator, modality), said in printed.items():
        if (perimeter, indicator) != (ALSES, name) or not modality:
            continue
        share = said.value if said.is_share else said.value / max(size, 1)
        members = [each for each in entry.members_of(modality) if each not in known]
        total = sum(shares[each] for each in members) or 1
        known |= {each: share * shares[each] / total for each in members}
    left, rest = max(0.0, 1 - sum(known.values())), sum(v for k, v in shares.items() if k not in known)
    return {each: known.get(each, value * left / rest if rest else 0) for each, value in shares.items()}


def _nearest(system: System, targets: dict[Cell, tuple[float, float]]) -> dict[Cell, int] | None:
    """The counts with the least sum of weighted distances to the targets."""
    away, cost = [], {}
    for cell, (target, weight) in targets.items():
        over, under = ("over", cell), ("under", cell)
        away.append(Constraint({cell: 1.0, over: -1.0, under: 1.0}, round(target), round(target)))
        cost |= {over: weight, under: weight}
    return least(System([*system.constraints, *away]), cost)
