"""How a value follows from the others, as a calculation that a reader can redo by hand.

The equations of a `System` are read without rounding and followed forward: a cell is known as soon as all the others of
one equation are. A calculation is a neutral text (decimal points, ``+ - * /``, ``%``): `tables` writes it in French.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from helpers.indicators.rows import Cell
from helpers.indicators.system import Constraint, System

WHOLE = "100 %"


@dataclass(frozen=True)
class Step:
    """A calculation, how tightly it binds (0 atom, 1 product, 2 sum), and what it rests on (figure ids or cells)."""

    text: str
    level: int = 0
    sources: frozenset = frozenset()

    @property
    def cost(self) -> tuple[bool, int]:
        """How much a reader would rather have another calculation: counts before shares, then the fewest sources."""
        return "%" in self.text, len(self.sources)

    def inside(self, level: int) -> str:
        """The text as an operand: in brackets when it binds less tightly than ``level``."""
        return self.text if self.level <= level else f"({self.text})"


Known = dict[Cell, Step]
Leaf = Callable[[Cell, float], Step]


def quotient(part: Step, whole: Step) -> Step:
    """One calculation divided by another."""
    return Step(f"{part.inside(1)} / {whole.inside(0)}", 1, part.sources | whole.sources)


def difference(first: Step, second: Step) -> Step:
    """One calculation less another."""
    return Step(f"{first.inside(2)} - {second.inside(1)}", 2, first.sources | second.sources)


def _sum(plus: list[Step], minus: list[Step]) -> Step:
    """The sum of some calculations less others; a single one stays itself."""
    sources = frozenset().union(*(step.sources for step in [*plus, *minus]))
    if len(plus) == 1 and not minus:
        return plus[0]
    text = " + ".join(step.inside(2) for step in plus) + "".join(f" - {step.inside(1)}" for step in minus)
    return Step(text, 2, sources)


def _share_of(equation: Constraint) -> tuple[Cell, Cell, str] | None:
    """Part, whole and share of an equation that reads ``part = share x whole``."""
    if equation.centre is None:
        return None
    (part, _), (whole, share) = equation.centre.items()
    return part, whole, f"{round(-100 * share, 10):g} %"


def _solved(unknown: Cell, equation: Constraint, known: Known) -> Step | None:
    """The unknown of an equation whose other cells are known; None when the others give nothing to add."""
    own, plus, minus = equation.coefficients[unknown], [], []
    for cell, weight in equation.coefficients.items():
        if cell != unknown:
            (minus if weight * own > 0 else plus).append(known[cell])
    constant = equation.low / own
    if constant:
        step = Step(f"{abs(constant):.10g}", 0, frozenset([equation.source]))
        (plus if constant > 0 else minus).append(step)
    return _sum(plus, minus) if plus else None


def _by_complement(equation: Constraint, shares: dict[Cell, tuple[Cell, Step]], known: Known) -> tuple | None:
    """A whole whose parts are all known or shares of itself: ``known parts / (100 % - shares)``."""
    unknown = [cell for cell in equation.coefficients if cell not in known]
    wholes = [cell for cell in unknown if equation.coefficients[cell] < 0]
    parts = [cell for cell in unknown if equation.coefficients[cell] > 0]
    known_parts = [known[cell] for cell in equation.coefficients if cell in known]
    if len(wholes) != 1 or equation.low or not (parts and known_parts):
        return None
    if any(shares.get(cell, (None,))[0] != wholes[0] for cell in parts):
        return None
    left = _sum([Step(WHOLE)], [shares[cell][1] for cell in parts])
    return wholes[0], quotient(_sum(known_parts, []), left)


def _merged(equations: list[Constraint]) -> list[Constraint]:
    """Sums in which a group stands for its members: what a document prints together need not be known apart."""
    found = []
    for group in equations:
        (whole, _), *members = group.coefficients.items()
        if group.low or not members or any(weight != -1 for _, weight in members):
            continue
        for total in equations:
            if total is not group and all(total.coefficients.get(cell) == 1 for cell, _ in members):
                rest = {cell: weight for cell, weight in total.coefficients.items() if cell not in dict(members)}
                found.append(Constraint({whole: 1.0, **rest}, 0, 0))
    return found


def _news(equations: list[Constraint], shares: list[tuple], known: Known) -> Iterable[tuple[Cell, Step]]:
    """What each equation adds to what is known."""
    for part, whole, share in shares:
        if whole in known and part not in known and known[whole].text == WHOLE:
            yield part, share
        elif whole in known and part not in known:
            yield part, Step(f"{share.text} * {known[whole].inside(1)}", 1, share.sources | known[whole].sources)
        elif part in known and whole not in known:
            yield whole, quotient(known[part], share)
    by_part = {part: (whole, share) for part, whole, share in shares}
    for equation in equations:
        unknown = [cell for cell in equation.coefficients if cell not in known]
        if len(unknown) == 1 and (step := _solved(unknown[0], equation, known)):
            yield unknown[0], step
        elif len(unknown) > 1 and (found := _by_complement(equation, by_part, known)):
            yield found


def derive(target: Cell, system: System, *, leaf: Leaf, whole: Cell | None = None) -> Step | None:
    """The shortest calculation of a cell from the figures of a system; None when no chain of equations leads to it.

    ``leaf`` says how a counted cell is written. With ``whole``, that cell is 100 % and no count is used: the
    calculation is one of shares.
    """
    near = system.around([target])
    fixed = [c for c in near.constraints if c.centre is None and c.low == c.high]
    known: Known = {} if whole is None else {whole: Step(WHOLE)}
    if whole is None:
        for equation in fixed:
            (cell, *others) = equation.coefficients
            if not others and equation.source is None:
                known[cell] = leaf(cell, equation.low)
            elif not others:
                known[cell] = Step(f"{equation.low:.10g}", 0, frozenset([equation.source]))
    sums = [c for c in fixed if len(c.coefficients) > 1 and (whole is None or c.low == 0)]
    for _ in range(2):  # a question may be parted into two groups: « 4e ou 3e » and « 6e, 5e ou autre »
        sums += _merged(sums)
    shares = {
        (part, base): (part, base, Step(share, 0, frozenset([c.source])))
        for c in near.constraints
        if (found := _share_of(c))
        for part, base, share in [found]
    }
    while target not in known:
        new: Known = {}
        for cell, step in _news(sums, list(shares.values()), known):
            if cell not in new or step.cost < new[cell].cost:
                new[cell] = step
        if not new:
            return None
        known |= new
    return known[target]
