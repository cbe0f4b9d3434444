"""The indicator table of a year, from what is printed and what is counted."""

from dataclasses import dataclass

import pandas as pd

from helpers.facts import cite, decimals_of
from helpers.indicators.derivation import Step, derive
from helpers.indicators.figures import HYPOTHESIS, build_system, cell_of, left_to_print
from helpers.indicators.leaves import Origins
from helpers.indicators.ratios import ratio_bounds
from helpers.indicators.rows import Cell, base_cell, row, single, table
from helpers.indicators.system import Conflict, System, bounds, contradictions, determines, is_feasible
from helpers.schema import catalogue

# What tells printed figures that say the same thing.
_SAME = ["annee", "perimetre", "indicateur", "modalite"]


def consistent_system(figures: pd.DataFrame, counted: pd.DataFrame) -> tuple[System, list[Conflict]]:
    """The system without the printed figures that contradict one another, and these contradictions.

    A catalogue assumption that the figures refute is set aside too: it is not a fault of the figures.
    """
    system = build_system(figures, counted)
    assumed = assumptions_in(system)
    found = contradictions(system.without(assumed), spared=figures.loc[figures["modalite"].eq(""), "id"])
    system = system.without(set().union(*(conflict.culprits for conflict in found)))
    return (system if not assumed or is_feasible(system) else system.without(assumed)), found


def assumptions_in(system: System) -> set[str]:
    """The sources of the catalogue assumptions that the system uses."""
    return {c.source for c in system.constraints if c.source and c.source.startswith(HYPOTHESIS)}


def build_indicators(figures: pd.DataFrame, counted: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """The indicators of a year (schema ``indicateurs``): counted rows as they are, printed and deduced ones bounded.

    ``figures`` (schema ``chiffres_publies``) may hold the earlier year as well: a printed difference then ties both. A
    figure is ``deduit`` when the printed ones would leave it a single value if nothing were rounded, and its reference
    then cites every line of that calculation; the same number under another name (the pupils, a population and an
    answer) is printed. A modality that nothing determines is ``non_publie``, without bounds; so is ``contradictoire``,
    whatever was printed for it. No catalogue assumption is used: it may explain a printed figure, it does not make one.
    ``counted`` comes from `count_year` and `count_persons`: what records count, print no longer says (`left_to_print`).

    >>> chiffres = store.read_raw(2020, "chiffres_publies").query("perimetre == 'alses' & indicateur != 'objectif'")
    >>> rows = indicators.build_indicators(chiffres, store.load(2020, "indicateurs").head(0), year=2020)
    >>> rows.loc[rows["indicateur"].eq("sexe"), ["modalite", "effectif_min", "effectif_max", "precision"]]
      modalite  effectif_min  effectif_max        precision
    2   filles           927           949  arrondi_imprime
    3  garcons          1284          1306  arrondi_imprime
    """
    figures = left_to_print(figures, counted)
    system, conflicts = consistent_system(figures, counted)
    system = system.without(assumptions_in(system))
    contradicted = set().union(*(conflict.culprits for conflict in conflicts))
    own = list(figures[figures["annee"] == year].itertuples())
    known_from = _Deduction(figures, Origins.of(figures, counted), system)
    known = {cell_of(fact) for fact in counted[counted["croise_avec"] == ""].itertuples()}
    cells = dict.fromkeys([cell_of(figure) for figure in own if figure.mesure != "ecart"])
    cells |= dict.fromkeys(cell for cell in system.cells() if cell[0] == year)
    rows = [
        _bounded(cell, own, known_from, contradicted) for cell in cells if cell not in known and not _is_ratio(cell)
    ]
    printed = table([*rows, *_printed_gaps(own, contradicted)])
    both = pd.concat([printed, counted], ignore_index=True)
    return _in_reading_order(both)


def _printed_gaps(own: list, contradicted: set[str]) -> list[dict]:
    """The differences of a whole population with the year before, as printed: a figure of their own."""
    said: dict = {}
    for figure in own:
        is_total = figure.mesure == "ecart" and figure.unite != "points" and figure.indicateur == "accompagnements"
        if is_total and figure.operateur == "=" and figure.base == "" and figure.id not in contradicted:
            said.setdefault(figure.perimetre, figure)
    return [
        single(
            (*cell_of(figure)[:2], "variation_annuelle", ""), int(figure.valeur), cite(figure.document, [figure.ligne])
        )
        for figure in said.values()
    ]


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


def _is_ratio(cell: Cell) -> bool:
    return bool(catalogue().indicators[cell[2]].ratio)


def _interval(cell: Cell | None, system: System) -> tuple[int, int] | None:
    if cell is None or not determines(system, {cell: 1.0}):
        return None
    low, high = bounds(system, {cell: 1.0})
    return None if high is None else (low, high)


@dataclass(frozen=True)
class _Deduction:
    """What is printed, where, and the system that it makes."""

    figures: pd.DataFrame
    origins: Origins
    system: System

    def of(self, cell: Cell) -> Step:
        """How a cell follows from what is printed; where no chain of equations leads to it, the figures it needs."""
        found = derive(cell, self.system, leaf=self.origins.leaf(in_detail=False))
        return found or Step("", 2, self._needed(cell))

    def _needed(self, cell: Cell) -> frozenset:
        """Printed figures that determine a cell, none of which can be left out (deletion filter)."""
        near = self.system.around([cell])
        needed = dict.fromkeys(each.source for each in near.constraints if each.source)
        for source in [*needed]:
            if determines(near.without([source]), {cell: 1.0}):
                near = near.without([source])
                del needed[source]
        return frozenset(needed)

    def lines(self, step: Step) -> str:
        """The lines of a calculation; of a figure that is printed twice, both."""
        rows = self.figures
        used = rows[rows["id"].isin([source for source in step.sources if isinstance(source, str)])]
        same = rows.merge(used[[*_SAME, "mesure"]].drop_duplicates(), on=[*_SAME, "mesure"], validate="m:1")
        return self.origins.lines(step.sources | frozenset(same["id"]))

    def is_printed(self, step: Step) -> bool:
        """Whether the calculation is a printed count, and nothing else."""
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
    # With a base known to the unit, the ends of the counts are those of the share.
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


def hypotheses_of(sources: set[str]) -> list[str]:
    """The French text of the catalogue assumptions among these sources."""
    perimeters = catalogue().perimeters
    return [perimeters[s.removeprefix(HYPOTHESIS)].hypothesis for s in sorted(sources) if s.startswith(HYPOTHESIS)]
