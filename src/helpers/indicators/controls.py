"""The control of every printed figure: what do the other data say of it?

Each figure is taken out, its value is recomputed from all the others, and the two are compared.
"""

import pandas as pd

from helpers.indicators.build import assumptions_in, consistent_system, hypotheses_of
from helpers.indicators.figures import cell_of
from helpers.indicators.rows import base_cell, row, table
from helpers.indicators.system import Conflict, System, bounds, determines, ratio_bounds
from helpers.schema import VERDICTS, catalogue, columns, typed

# How far « près de » may be from the recomputed value: half of a five-point step for a share, a tenth for a count.
NEAR_POINTS = 2.5
NEAR_RATIO = 0.10

MOTIVES = {
    "confirme": "Le recalcul à partir des autres données redonne ce chiffre.",
    "non_verifiable": "Aucune autre donnée ne permet de le recalculer.",
    "ambigu": "Le document ne dit pas de quel total ce pourcentage est la part.",
    "recalcul": "Le recalcul à partir des autres données ne redonne pas ce chiffre.",
}


ANSWER = ["verdict", "motif", "recalcul_min", "recalcul_max"]


def check_figures(figures: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """One row a printed figure (schema ``controles``): the values that all the other data allow, and the verdict.

    contradictoire: it cannot hold with other figures; ambigu: its base is not known; non_verifiable: nothing else
    determines it; sous_hypothese: found again only if an assumption of the catalogue holds; confirme: found again.
    """
    system, conflicts = consistent_system(figures, counted)
    rows = [_control(figure, figures, system, conflicts) for figure in figures.itertuples()]
    kept = [name for name in columns("controles") if name in figures]
    return typed(figures[kept].reset_index(drop=True).join(pd.DataFrame(rows, columns=ANSWER)), "controles")


def _control(figure, figures: pd.DataFrame, system: System, conflicts: list[Conflict]) -> dict:
    conflict = next((found for found in conflicts if figure.id in found.culprits), None)
    if conflict:
        others = sorted(figures.loc[figures["id"].isin(conflict.figures - {figure.id}), "ligne"])
        motive = f"Incompatible avec l. {', '.join(map(str, others))}." if others else MOTIVES["recalcul"]
        return _answer("contradictoire", motive, None)
    if figure.base:
        return _answer("ambigu", MOTIVES["ambigu"], None)
    # A figure printed twice does not confirm itself.
    same = [
        other.id for other in figures.itertuples() if (cell_of(other), other.mesure) == (cell_of(figure), figure.mesure)
    ]
    rest = system.without(same)
    value = _recompute(figure, rest)
    if value is None:
        return _answer("non_verifiable", MOTIVES["non_verifiable"], None)
    if not _agrees(figure, value):
        return _answer("contradictoire", MOTIVES["recalcul"], value)
    assumed = _assumptions(figure, rest)
    if assumed:
        return _answer("sous_hypothese", f"Retrouvé sous cette hypothèse : {' ; '.join(assumed)}.", value)
    return _answer("confirme", MOTIVES["confirme"], value)


def _answer(verdict: str, motive: str, value: tuple[float, float] | None) -> dict:
    low, high = value or (None, None)
    return {"verdict": verdict, "motif": motive, "recalcul_min": low, "recalcul_max": high}


def _ratio(part, whole, system: System, *, scale: float, share: float | None = None) -> tuple[float, float] | None:
    known = all(determines(system, {cell: 1.0}) for cell in (part, whole))
    if not known and (share is None or not determines(system, {part: 1.0, whole: -share})):
        return None
    found = ratio_bounds(system, part, whole)
    return None if found is None else (scale * found[0], scale * found[1])


def _recompute(figure, rest: System) -> tuple[float, float] | None:
    """The smallest and largest value, in the figure's unit, that the other data allow; None when they do not say."""
    cell, entry = cell_of(figure), catalogue().indicators[figure.indicateur]
    if entry.ratio:
        part, whole = ((*cell[:2], name, cell[3]) for name in entry.ratio)
        return _ratio(part, whole, rest, scale=1)
    if figure.mesure == "part":
        return _ratio(cell, base_cell(cell, entry), rest, scale=100, share=figure.valeur / 100)
    if figure.mesure == "effectif":
        return bounds(rest, {cell: 1.0}) if determines(rest, {cell: 1.0}) else None
    return _difference(figure, cell, rest)


def _difference(figure, cell, rest: System) -> tuple[float, float] | None:
    before = (cell[0] - 1, *cell[1:])
    if before not in rest.cells():
        return None
    direction = {cell: 1.0, before: -1.0}
    if figure.unite != "points":
        return bounds(rest, direction) if determines(rest, direction) else None
    entry = catalogue().indicators[figure.indicateur]
    now, then = (_ratio(each, base_cell(each, entry), rest, scale=100) for each in (cell, before))
    return None if now is None or then is None else (now[0] - then[1], now[1] - then[0])


def _agrees(figure, value: tuple[float, float]) -> bool:
    low, high = value
    if figure.operateur == "plus_de":
        return low > figure.valeur
    if figure.operateur == "pres_de":
        near = NEAR_POINTS if figure.mesure == "part" else NEAR_RATIO * figure.valeur
        return low - near <= figure.valeur <= high + near
    # A consistent system already holds this figure within its rounding; a difference of shares is not in it.
    return low <= figure.valeur <= high if figure.unite == "points" else True


def _assumptions(figure, rest: System) -> list[str]:
    entry = catalogue().indicators[figure.indicateur]
    own = entry.hypothesis_of(figure.modalite)
    sources = assumptions_in(rest)
    needed = sources if sources and _recompute(figure, rest.without(sources)) is None else set()
    return [*hypotheses_of(needed), *([own] if own else [])]


def count_verdicts(controls: pd.DataFrame, *, year: int, document: str) -> pd.DataFrame:
    """Exact indicators of the control: figures controlled, and how many have each verdict."""
    counts = {"controles": len(controls)} | {name: int((controls["verdict"] == name).sum()) for name in VERDICTS}
    unit = catalogue().indicators["chiffres_imprimes"].unit
    cells = {name: (year, "donnees", "chiffres_imprimes", name) for name in counts}
    return table(
        [
            row(cells[name], unit, counts=(count, count), precision="exact", reference=document)
            for name, count in counts.items()
        ]
    )
