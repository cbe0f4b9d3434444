"""How many simulated persons give each answer: the whole counts nearest to what is assumed, within what is printed."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.indicators.figures import HYPOTHESIS, build_system, cell_of
from helpers.indicators.rows import Cell, base_cell, table
from helpers.indicators.system import Constraint, System, contradictions, least
from helpers.schema import DataError, catalogue
from helpers.simulate.assumptions import ALSES, OTHER_PUPILS, OUTSIDE, STRATA, assumptions, shares_in, stray
from helpers.simulate.structure import GOALS, NUMBER, PERIMETERS, SIZE, build, persons_only, readings

# A printed share is aimed at its middle before anything assumed is.
_PRINTED, _ASSUMED = 20.0, 1.0
_FREE = {GOALS, NUMBER}  # whose shares do not add up to one


@dataclass(frozen=True)
class Plan:
    """Persons by stratum, indicator and modality, in a year."""

    year: int
    counts: dict[Cell, int]

    def size(self, stratum: str) -> int:
        """How many persons a stratum has."""
        return self.counts[(self.year, stratum, *SIZE)]

    def of(self, stratum: str, indicator: str) -> dict[str, int]:
        """Persons by modality, in the order of the catalogue."""
        return {c[3]: many for c, many in self.counts.items() if c[1:3] == (stratum, indicator) and c[0] == self.year}


def plan_persons(year: int, persons: int, rng: np.random.Generator) -> Plan:
    """The counts of an invented year where ``persons`` are followed by an ALSES."""
    system = build(_no_figure(), table([]), year=year)
    given = [Constraint({(year, ALSES, *SIZE): 1.0}, persons, persons)]
    return Plan(year, _solve(System([*system.constraints, *given]), year, {}, rng))


def _no_figure() -> pd.DataFrame:
    names = ["id", "annee", "perimetre", "indicateur", "modalite", "mesure", "valeur", "unite", "operateur", "base"]
    return pd.DataFrame({name: pd.Series(dtype="str") for name in names})


def plan_published(figures: pd.DataFrame, *, year: int) -> Plan:
    """The counts that give every printed figure of a year again; ``figures`` may hold the year before as well.

    Raises
    ------
    DataError
        when no figure of the year counts persons, or no persons can give them all.
    """
    kept = persons_only(figures)
    own = kept[kept["annee"].eq(year)]
    if own.empty:
        raise DataError(
            f"data/raw/{year}/chiffres_publies.csv n’a aucun chiffre de personnes suivies : "
            "complétez-le, ou simulez avec --persons."
        )
    system, read = build(kept, table([]), year=year), readings(own, year=year)
    alone = build_system(kept, table([]))
    assumed = {c.source for c in alone.constraints if c.source and c.source.startswith(HYPOTHESIS)}
    conflicts = contradictions(alone.without(assumed))
    if conflicts:
        raise DataError(_told(kept, set().union(*(each.figures for each in conflicts))))
    counts = _solve(System([*system.constraints, *read]), year, _centres(own), None)
    counts = counts or _solve(system, year, _centres(own), None)
    if not counts:
        raise DataError(_told(own, set()))
    return Plan(year, counts)


def _told(printed: pd.DataFrame, figures: set[str]) -> str:
    """What cannot be reproduced: some figures by their lines, or all of them together."""
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


class _Said(NamedTuple):
    """A printed figure, in the middle of its rounding; a share is below one."""

    value: float
    is_share: bool


def _centres(own: pd.DataFrame) -> dict[Cell, _Said]:
    """What was printed of each cell; its count, where both are."""
    said = own[own["operateur"].eq("=") & own["base"].eq("") & own["mesure"].isin(["part", "effectif"])]
    found: dict[Cell, _Said] = {}
    for figure in said.sort_values("mesure", ascending=False, kind="stable").itertuples():
        is_share = figure.mesure == "part"
        found[cell_of(figure)] = _Said(figure.valeur / (100 if is_share else 1), is_share)
    return found


def _solve(system: System, year: int, printed: dict[Cell, _Said], rng: np.random.Generator | None) -> dict[Cell, int]:
    """The nearest counts; nothing when none is possible. Sizes first, for they say what a share is worth."""
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


def _aims(printed: dict[Cell, _Said], sizes: dict[Cell, int], targets: dict) -> dict[Cell, float]:
    """Printed shares as counts: of a size, else of what is aimed at."""
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
    """The assumed shares once the printed ones have theirs: what is left is divided as was assumed."""
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
    """The counts whose distances to the targets add up to the least, each times its weight."""
    away, cost = [], {}
    for cell, (target, weight) in targets.items():
        over, under = ("over", cell), ("under", cell)
        away.append(Constraint({cell: 1.0, over: -1.0, under: 1.0}, round(target), round(target)))
        cost |= {over: weight, under: weight}
    return least(System([*system.constraints, *away]), cost)
