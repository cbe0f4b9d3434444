"""The indicator table of a year from printed figures and counts, with calculations to redo by hand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from helpers.indicators.constraints import (
    HYPOTHESIS,
    Cell,
    Conflict,
    Constraint,
    System,
    base_cell,
    bounds,
    build_system,
    cell_of,
    contradictions,
    determines,
    is_feasible,
    left_to_print,
    ratio_bounds,
    row,
    single,
    table,
)
from helpers.indicators.lookup import cite, decimals_of, merge_references
from helpers.schema import catalogue

# --- Deductions, as calculations that a reader can redo by hand ---
# Forward chaining over the equations of a `System` without rounding: a cell is known once all the others of an equation
# are. A calculation is a neutral text (decimal points, ``+ - * /``, ``%``), written in French by `text`.

WHOLE = "100 %"


@dataclass(frozen=True)
class Step:
    """A calculation, its precedence (0 atom, 1 product, 2 sum), and its sources (figure ids or cells)."""

    text: str
    level: int = 0
    sources: frozenset = frozenset()

    @property
    def cost(self) -> tuple[bool, int]:
        """Sort key: counts before shares, then the fewest sources."""
        return "%" in self.text, len(self.sources)

    def inside(self, level: int) -> str:
        """The text as an operand of this precedence, in brackets if needed."""
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
    """The sum of some calculations less others."""
    sources = frozenset().union(*(step.sources for step in [*plus, *minus]))
    if len(plus) == 1 and not minus:
        return plus[0]
    text = " + ".join(step.inside(2) for step in plus) + "".join(f" - {step.inside(1)}" for step in minus)
    return Step(text, 2, sources)


def _solved(unknown: Cell, equation: Constraint, known: Known) -> Step | None:
    """The last unknown of an equation; None when there is nothing to add."""
    own, plus, minus = equation.coefficients[unknown], [], []
    for cell, weight in equation.coefficients.items():
        if cell != unknown:
            (minus if weight * own > 0 else plus).append(known[cell])
    constant = equation.low / own
    if constant:
        step = Step(f"{abs(constant):.10g}", 0, frozenset([equation.source]))
        (plus if constant > 0 else minus).append(step)
    return _sum(plus, minus) if plus else None


def _by_complement(equation: Constraint, shares: list[tuple], known: Known) -> tuple | None:
    """A whole whose parts are all known or shares of itself: ``known parts / (100 % - shares)``."""
    unknown = [cell for cell in equation.coefficients if cell not in known]
    wholes = [cell for cell in unknown if equation.coefficients[cell] < 0]
    of_whole = {part: share for part, whole, share in shares if [whole] == wholes}
    parts = [cell for cell in unknown if cell not in wholes]
    known_parts = [known[cell] for cell in equation.coefficients if cell in known]
    if len(wholes) != 1 or equation.low or not (parts and known_parts) or not set(parts) <= set(of_whole):
        return None
    return wholes[0], quotient(_sum(known_parts, []), _sum([Step(WHOLE)], [of_whole[cell] for cell in parts]))


def _merged(equations: list[Constraint]) -> list[Constraint]:
    """Sums in which a group replaces its members, which need not be known apart."""
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
    """The cells that each equation makes known."""
    for part, whole, share in shares:
        if whole in known and part not in known:
            is_whole = known[whole].text == WHOLE
            sources = share.sources | known[whole].sources
            yield part, share if is_whole else Step(f"{share.text} * {known[whole].inside(1)}", 1, sources)
        elif part in known and whole not in known:
            yield whole, quotient(known[part], share)
    for equation in equations:
        unknown = [cell for cell in equation.coefficients if cell not in known]
        if len(unknown) == 1 and (step := _solved(unknown[0], equation, known)):
            yield unknown[0], step
        elif len(unknown) > 1 and (found := _by_complement(equation, shares, known)):
            yield found


def derive(target: Cell, system: System, *, leaf: Leaf, whole: Cell | None = None) -> Step | None:
    """The shortest calculation of a cell in a system; None when no chain of equations leads to it.

    ``leaf`` writes a counted cell. With ``whole``, that cell is 100 % and only shares are used.
    """
    near = system.around([target])
    fixed = [c for c in near.constraints if c.centre is None and c.low == c.high]
    known: Known = {} if whole is None else {whole: Step(WHOLE)}
    for equation in fixed if whole is None else ():
        (cell, *others) = equation.coefficients
        if not others:
            printed = Step(f"{equation.low:.10g}", 0, frozenset([equation.source]))
            known[cell] = leaf(cell, equation.low) if equation.source is None else printed
    sums = [c for c in fixed if len(c.coefficients) > 1 and (whole is None or c.low == 0)]
    for _ in range(2):  # a question may be split into two groups: « 4e ou 3e » and « 6e, 5e ou autre »
        sums += _merged(sums)
    shares = {}
    for constraint in near.constraints:
        if constraint.centre is not None:  # part = share x whole
            (part, _), (base, share) = constraint.centre.items()
            shares[part, base] = Step(f"{round(-100 * share, 10):g} %", 0, frozenset([constraint.source]))
    while target not in known:
        new: Known = {}
        for cell, step in _news(sums, [(*cells, share) for cells, share in shares.items()], known):
            if cell not in new or step.cost < new[cell].cost:
                new[cell] = step
        if not new:
            return None
        known |= new
    return known[target]


# --- The leaves of a calculation: printed figures and counts of the received tables, with their lines ---

# The rows counted, by unit: singular, plural.
ROWS = {"postes": ("ligne", "lignes"), "enonces": ("énoncé", "énoncés")}


def named(text: str, unit: str, count: float) -> str:
    """The count with the name of its rows, if any.

    >>> named("6", "postes", 6), named("41", "participants", 41)
    ('6 lignes', '41')
    """
    return f"{text} {ROWS[unit][int(count > 1)]}" if unit in ROWS else text


@dataclass(frozen=True)
class Origins:
    """References by figure id and by counted cell (``cited``); counts of cells and of meetings."""

    cited: dict[str | Cell, str]
    counts: dict[Cell, list[int]]
    meetings: dict[Cell, list[int]]

    @classmethod
    def of(cls, figures: pd.DataFrame, counted: pd.DataFrame) -> "Origins":
        """The origins of printed figures and counted tables."""
        cited: dict = {figure.id: cite(figure.document, [figure.ligne]) for figure in figures.itertuples()}
        found: dict[str, dict[Cell, list[int]]] = {"": {}, "reunion": {}}
        for fact in counted[counted["croise_avec"].isin(list(found))].itertuples():
            found[fact.croise_avec].setdefault(cell_of(fact), []).append(fact.effectif_min)
            if not fact.croise_avec:
                cited[cell_of(fact)] = fact.reference
        return cls(cited, found[""], found["reunion"])

    def lines(self, sources: frozenset) -> str:
        """The lines of these sources: « Note, l. 67–83, 206 »."""
        return merge_references(reference for source, reference in self.cited.items() if source in sources)

    def leaf(self, *, in_detail: bool) -> Leaf:
        """Writes a counted cell: ``6 lignes``; in detail, its sum: ``7 + 12``, ``(8 + 7) lignes``."""

        def write(cell: Cell, value: float) -> Step:
            unit, sources = catalogue().indicators[cell[2]].unit, frozenset([cell])
            parts = self._added(cell) if in_detail else []
            if len(parts) < 2:
                return Step(named(f"{value:.10g}", unit, value), 0, sources)
            text = " + ".join(map(str, parts))
            return Step(named(f"({text})", unit, value), 0, sources) if unit in ROWS else Step(text, 2, sources)

        return write

    def _added(self, cell: Cell) -> list[int]:
        """The terms of a count: the meetings, else the members of a group, in catalogue order."""
        cells = [(*cell[:3], member) for member in catalogue().indicators[cell[2]].members_of(cell[3])]
        meetings = [count for each in cells for count in self.meetings.get(each, [])]
        return meetings or [count for each in cells for count in self.counts.get(each, [])]


# --- The indicator table of a year ---

# The columns by which printed figures are duplicates.
_SAME = ["annee", "perimetre", "indicateur", "modalite"]


def consistent_system(figures: pd.DataFrame, counted: pd.DataFrame) -> tuple[System, list[Conflict]]:
    """The system without contradictory printed figures, and the contradictions.

    Catalogue assumptions that the figures refute are dropped too.
    """
    system = build_system(figures, counted)
    found = contradictions(without_assumptions(system), spared=figures.loc[figures["modalite"].eq(""), "id"])
    system = system.without(set().union(*(conflict.culprits for conflict in found)))
    is_kept = not assumptions_in(system) or is_feasible(system)
    return (system if is_kept else without_assumptions(system)), found


def assumptions_in(system: System) -> set[str]:
    """The sources of the catalogue assumptions that the system uses."""
    return {c.source for c in system.constraints if c.source and c.source.startswith(HYPOTHESIS)}


def without_assumptions(system: System) -> System:
    """The system with what is printed and counted alone."""
    return system.without(assumptions_in(system))


def build_indicators(figures: pd.DataFrame, counted: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """The indicators of a year (schema ``indicateurs``): counted rows as they are, printed and deduced ones bounded.

    ``figures`` (schema ``chiffres_publies``) may hold the earlier year, which printed differences tie to this one. A
    value is ``deduit`` when the printed ones would determine it without rounding; its reference cites every line of the
    calculation. The same number under another name (the pupils, a population and an answer) is printed. An undetermined
    modality is ``non_publie``, without bounds; so is ``contradictoire``. Catalogue assumptions are not used: they may
    explain a printed figure, never make one. ``counted`` comes from `count_year` and `count_persons`; what records
    count is no longer read in print (`left_to_print`).

    >>> chiffres = data.read_raw(2020, "chiffres_publies").query("perimetre == 'alses' & indicateur != 'objectif'")
    >>> rows = indicators.build_indicators(chiffres, data.load(2020, "indicateurs").head(0), year=2020)
    >>> rows.loc[rows["indicateur"].eq("sexe"), ["modalite", "effectif_min", "effectif_max", "precision"]]
      modalite  effectif_min  effectif_max        precision
    2   filles           927           949  arrondi_imprime
    3  garcons          1284          1306  arrondi_imprime
    """
    figures = left_to_print(figures, counted)
    system, conflicts = consistent_system(figures, counted)
    contradicted = set().union(*(conflict.culprits for conflict in conflicts))
    own = list(figures[figures["annee"] == year].itertuples())
    known_from = _Deduction(figures, Origins.of(figures, counted), without_assumptions(system))
    known = {cell_of(fact) for fact in counted[counted["croise_avec"] == ""].itertuples()}
    cells = dict.fromkeys([cell_of(figure) for figure in own if figure.mesure != "ecart"])
    cells |= dict.fromkeys(cell for cell in known_from.system.cells() if cell[0] == year)
    rows = [
        _bounded(cell, own, known_from, contradicted)
        for cell in cells
        if cell not in known and not catalogue().indicators[cell[2]].ratio
    ]
    printed = table([*rows, *_printed_gaps(own, contradicted)])
    both = pd.concat([printed, counted], ignore_index=True)
    return _in_reading_order(both)


def _printed_gaps(own: list, contradicted: set[str]) -> list[dict]:
    """Printed differences of a whole population with the year before, as indicators of their own."""
    said: dict = {}
    for figure in own:
        is_total = figure.mesure == "ecart" and figure.unite != "points" and figure.indicateur == "accompagnements"
        if is_total and figure.operateur == "=" and figure.base == "" and figure.id not in contradicted:
            cell = (*cell_of(figure)[:2], "variation_annuelle", "")
            said.setdefault(cell, single(cell, int(figure.valeur), cite(figure.document, [figure.ligne])))
    return list(said.values())


def _in_reading_order(indicators: pd.DataFrame) -> pd.DataFrame:
    """The rows in the order of the catalogue: perimeter, indicator, modalities, then groups."""
    entries = catalogue()
    perimeters, names = list(entries.perimeters), list(entries.indicators)

    def place(row) -> tuple:
        entry = entries.indicators[row.indicateur]
        modalities = [*entry.modalities, *entry.recorded, *entry.groups]
        modality = modalities.index(row.modalite) if row.modalite in modalities else len(modalities)
        return perimeters.index(row.perimetre), names.index(row.indicateur), row.croise_avec, modality

    places = pd.Series([place(row) for row in indicators.itertuples()], dtype="object")
    return indicators.iloc[places.sort_values(kind="stable").index].reset_index(drop=True)


def _interval(cell: Cell | None, system: System) -> tuple[int, int] | None:
    if cell is None or not determines(system, {cell: 1.0}):
        return None
    low, high = bounds(system, {cell: 1.0})
    return None if high is None else (low, high)


@dataclass(frozen=True)
class _Deduction:
    """Printed figures, their origins, and their system."""

    figures: pd.DataFrame
    origins: Origins
    system: System

    def of(self, cell: Cell) -> Step:
        """The calculation of a cell; without a chain of equations, the figures it needs."""
        found = derive(cell, self.system, leaf=self.origins.leaf(in_detail=False))
        return found or Step("", 2, self._needed(cell))

    def _needed(self, cell: Cell) -> frozenset:
        """A minimal set of printed figures that determine a cell (deletion filter)."""
        near = self.system.around([cell])
        needed = dict.fromkeys(each.source for each in near.constraints if each.source)
        for source in [*needed]:
            if determines(near.without([source]), {cell: 1.0}):
                near = near.without([source])
                del needed[source]
        return frozenset(needed)

    def lines(self, step: Step) -> str:
        """The lines of a calculation, with those of duplicates."""
        rows = self.figures
        used = rows[rows["id"].isin([source for source in step.sources if isinstance(source, str)])]
        same = rows.merge(used[[*_SAME, "mesure"]].drop_duplicates(), on=[*_SAME, "mesure"], validate="m:1")
        return self.origins.lines(step.sources | frozenset(same["id"]))

    def is_printed(self, step: Step) -> bool:
        """Whether the calculation is a printed count alone."""
        counts = self.figures.loc[self.figures["mesure"].eq("effectif"), "id"]
        return step.level == 0 and len(step.sources) == 1 and step.sources <= set(counts)


def _bounded(cell: Cell, figures: list, known_from: _Deduction, contradicted: set[str]) -> dict:
    entry, system = catalogue().indicators[cell[2]], known_from.system
    printed = [
        figure for figure in figures if figure.operateur == "=" and cell_of(figure) == cell and figure.mesure != "ecart"
    ]
    shares = [figure for figure in printed if figure.mesure == "part"]
    share = float(shares[0].valeur) if shares else None
    is_ambiguous = bool(shares and shares[0].base)
    is_contradicted = any(figure.id in contradicted for figure in printed)
    interval = None if is_contradicted else _interval(cell, system)
    whole = base_cell(cell, entry)
    base = None if is_contradicted or is_ambiguous else _interval(whole, system)
    precision, reference = _precision(printed, share, interval), _cited(printed)
    if precision == "deduit":
        step = known_from.of(cell)
        is_said = known_from.is_printed(step)
        precision = "exact" if is_said else precision
        reference = known_from.lines(step) if is_said else f"déduit ({known_from.lines(step)})"
    # With an exact base, the bounds of the share are those of the count.
    is_moving = interval is not None and base is not None and base[0] < base[1]
    ends = ratio_bounds(system, cell, whole) if is_moving else None
    return row(
        cell,
        entry.unit,
        counts=interval,
        base=base,
        share=share,
        decimals=None if share is None else decimals_of(share),
        ends=ends and tuple(float(100 * end) for end in ends),
        precision="contradictoire" if is_contradicted else precision,
        reference=reference,
    )


def _precision(printed: list, share: float | None, interval: tuple | None) -> str:
    if any(figure.mesure == "effectif" for figure in printed):
        return "exact"
    if share is not None:
        return "arrondi_imprime"
    return "non_publie" if interval is None else "deduit"


def _cited(figures: list) -> str:
    lines: dict[str, list[int]] = {}
    for figure in figures:
        lines.setdefault(figure.document, []).append(figure.ligne)
    return " ; ".join(cite(document, found) for document, found in lines.items())
