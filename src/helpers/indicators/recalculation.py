"""A printed figure recomputed without itself: its bounds, the calculation, and the lines it rests on."""

from dataclasses import dataclass

from helpers.indicators.derivation import Leaf, Step, derive, difference, quotient
from helpers.indicators.figures import cell_of
from helpers.indicators.leaves import ROWS, Origins
from helpers.indicators.ratios import ratio_bounds
from helpers.indicators.rows import Cell, base_cell
from helpers.indicators.system import System, bounds, determines
from helpers.schema import Indicator, catalogue


@dataclass(frozen=True)
class Found:
    """The smallest and largest value in the figure's unit, the calculation (neutral text) and its lines."""

    low: float
    high: float
    text: str
    lines: str


def is_recomputable(figure, rest: System) -> bool:
    """Whether the other data determine the figure's value."""
    return _values(figure, cell_of(figure), rest) is not None


def recompute(figure, rest: System, origins: Origins) -> Found | None:
    """The values that the other data allow, and how they are found; None when these data do not say.

    ``rest`` is the system without the figure.
    """
    value = _values(figure, cell_of(figure), rest)
    if value is None:
        return None
    # Of rows, what was added is said even inside a share: it tells which answers were put together.
    entry = catalogue().indicators[figure.indicateur]
    in_detail = entry.unit in ROWS or (figure.mesure == "effectif" and not entry.ratio)
    step = _calculation(figure, cell_of(figure), rest, origins.leaf(in_detail=in_detail))
    return Found(*value, *((step.text, origins.lines(step.sources)) if step else ("", "")))


def assumed_reading(figure, rest: System, origins: Origins) -> Found | None:
    """What a group with a hypothesis would be without it: its first member alone; None for any other figure."""
    group = catalogue().indicators[figure.indicateur].groups.get(figure.modalite)
    if group is None or group.hypothesis is None:
        return None
    return recompute(figure._replace(modalite=group.members[0]), rest, origins)


def ratio_of(part: Cell, whole: Cell, system: System, *, scale: float, share: float | None = None) -> tuple | None:
    """The smallest and largest ``scale x part / whole``; None when the system does not determine it.

    A printed ``share`` may be determined although neither count is.
    """
    known = all(determines(system, {cell: 1.0}) for cell in (part, whole))
    if not known and (share is None or not determines(system, {part: 1.0, whole: -share})):
        return None
    found = ratio_bounds(system, part, whole)
    return None if found is None else (float(scale * found[0]), float(scale * found[1]))


def _ratio_cells(cell: Cell, entry: Indicator) -> list[Cell]:
    return [(*cell[:2], name, cell[3]) for name in entry.ratio]


def _values(figure, cell: Cell, rest: System) -> tuple[float, float] | None:
    entry = catalogue().indicators[figure.indicateur]
    if entry.ratio:
        return ratio_of(*_ratio_cells(cell, entry), rest, scale=1)
    if figure.mesure == "part":
        return ratio_of(cell, base_cell(cell, entry), rest, scale=100, share=figure.valeur / 100)
    if figure.mesure == "effectif":
        return bounds(rest, {cell: 1.0}) if determines(rest, {cell: 1.0}) else None
    return _difference(figure, cell, rest)


def _before(cell: Cell) -> Cell:
    return (cell[0] - 1, *cell[1:])


def _difference(figure, cell: Cell, rest: System) -> tuple[float, float] | None:
    before = _before(cell)
    if before not in rest.cells():
        return None
    direction = {cell: 1.0, before: -1.0}
    if figure.unite != "points":
        return bounds(rest, direction) if determines(rest, direction) else None
    entry = catalogue().indicators[figure.indicateur]
    now, then = (ratio_of(each, base_cell(each, entry), rest, scale=100) for each in (cell, before))
    return None if now is None or then is None else (now[0] - then[1], now[1] - then[0])


def _share(cell: Cell, entry: Indicator, rest: System, leaf: Leaf) -> Step | None:
    """A share from other shares if they suffice (« 100 % − 42 % »), else from two counts."""
    whole = base_cell(cell, entry)
    from_shares = derive(cell, rest, leaf=leaf, whole=whole)
    if from_shares:
        return from_shares
    part, base = (derive(each, rest, leaf=leaf) for each in (cell, whole))
    return quotient(part, base) if part and base else None


def _calculation(figure, cell: Cell, rest: System, leaf: Leaf) -> Step | None:
    entry = catalogue().indicators[figure.indicateur]
    if entry.ratio:
        steps = [derive(each, rest, leaf=leaf) for each in _ratio_cells(cell, entry)]
        return quotient(*steps) if all(steps) else None
    if figure.mesure == "part":
        return _share(cell, entry, rest, leaf)
    if figure.mesure == "effectif":
        return derive(cell, rest, leaf=leaf)
    both = [
        _share(each, entry, rest, leaf) if figure.unite == "points" else derive(each, rest, leaf=leaf)
        for each in (cell, _before(cell))
    ]
    return difference(*both) if all(both) else None
