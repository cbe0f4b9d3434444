"""What a calculation ends on: printed figures and the counts of the received tables, with the lines of both."""

from dataclasses import dataclass

import pandas as pd

from helpers.facts import cite, merge_references
from helpers.indicators.derivation import Leaf, Step
from helpers.indicators.figures import cell_of
from helpers.indicators.rows import Cell
from helpers.schema import catalogue

# What a table's count is a number of, when its rows are what was counted: singular, plural.
ROWS = {"postes": ("ligne", "lignes"), "enonces": ("énoncé", "énoncés")}


def named(text: str, unit: str, count: float) -> str:
    """The count with the name of its rows, if the unit has one.

    >>> named("6", "postes", 6), named("41", "participants", 41)
    ('6 lignes', '41')
    """
    return f"{text} {ROWS[unit][int(count > 1)]}" if unit in ROWS else text


@dataclass(frozen=True)
class Origins:
    """Where each number comes from: ``cited`` by figure id and by counted cell, ``counts`` of cells and of meetings."""

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
        """The lines of the documents that these sources stand at: « Note, l. 67–83, 206 »."""
        return merge_references(reference for source, reference in self.cited.items() if source in sources)

    def leaf(self, *, in_detail: bool) -> Leaf:
        """How a counted cell is written: ``6 lignes``; in detail, as it was added: ``7 + 12``, ``(8 + 7) lignes``."""

        def write(cell: Cell, value: float) -> Step:
            unit, sources = catalogue().indicators[cell[2]].unit, frozenset([cell])
            parts = self._added(cell) if in_detail else []
            if len(parts) < 2:
                return Step(named(f"{value:.10g}", unit, value), 0, sources)
            text = " + ".join(map(str, parts))
            return Step(named(f"({text})", unit, value), 0, sources) if unit in ROWS else Step(text, 2, sources)

        return write

    def _added(self, cell: Cell) -> list[int]:
        """What a count adds up: the meetings, else the members of a group, in the order of the catalogue."""
        cells = [(*cell[:3], member) for member in catalogue().indicators[cell[2]].members_of(cell[3])]
        meetings = [count for each in cells for count in self.meetings.get(each, [])]
        return meetings or [count for each in cells for count in self.counts.get(each, [])]
