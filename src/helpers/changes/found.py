"""Which figures of two reports differ, matched by their keys."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from helpers.changes.published import COMPARISONS, INDICATORS, Published

# What is said of a figure. Its document and its lines, or the name of a method, may change without it.
SAID = {
    INDICATORS: (
        "unite",
        "effectif_min",
        "effectif_max",
        "base_min",
        "base_max",
        "part_imprimee_pct",
        "part_min_pct",
        "part_max_pct",
        "precision",
        "source",
    ),
    COMPARISONS: ("unite", "valeur", "valeur_min", "valeur_max", "texte"),
}
# What adding the same numbers in another order may leave: no reader would call it a change.
RELATIVE, ABSOLUTE = 1e-9, 1e-12


@dataclass(frozen=True)
class Change:
    """A figure of one of the tables, as it was and as it is; None where the report has none.

    >>> avant, apres = {"effectif_min": 5}, {"effectif_min": 6}
    >>> changes.Change("indicateurs", ("2020", "alses"), avant, apres).has_moved
    True
    """

    table: str
    key: tuple
    before: dict | None
    after: dict | None

    @property
    def row(self) -> dict:
        """The figure as it is, or as it was if it is no more."""
        return self.after or self.before

    @property
    def has_moved(self) -> bool:
        """Whether what both reports say of it differs."""
        names = [name for name in SAID[self.table] if name in self.before and name in self.after]
        return not all(_same(self.before[name], self.after[name]) for name in names)


@dataclass(frozen=True)
class Changes:
    """The figures that moved, those that appeared and those that vanished, in the order of the tables.

    >>> rapport = changes.read_report(paths.report(2020))
    >>> changes.compare_figures(rapport, rapport) == changes.Changes([], [], [])
    True
    """

    moved: list[Change]
    appeared: list[Change]
    vanished: list[Change]

    @property
    def every(self) -> list[Change]:
        """All of them."""
        return [*self.moved, *self.appeared, *self.vanished]


def _same(before: object, after: object) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return math.isclose(before, after, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return before == after


def _of_table(name: str, before: dict[tuple, dict], after: dict[tuple, dict]) -> Iterator[Change]:
    for key in [*after, *(key for key in before if key not in after)]:
        change = Change(name, key, before.get(key), after.get(key))
        if change.before is None or change.after is None or change.has_moved:
            yield change


def compare_figures(before: Published, after: Published) -> Changes:
    """What moved, appeared and vanished between two reports of one year; figures are matched by the keys of tables.

    A measure that comes or goes within a comparison that stays is a move of that comparison.

    >>> rapport = changes.read_report(paths.report(2020))
    >>> changes.compare_figures(rapport, rapport).every
    []
    """
    stay = {id for id, _ in before.rows[COMPARISONS]} & {id for id, _ in after.rows[COMPARISONS]}
    sorted_out = Changes([], [], [])
    for name in SAID:
        for each in _of_table(name, before.rows[name], after.rows[name]):
            is_within = name == COMPARISONS and each.key[0] in stay
            one_side = sorted_out.vanished if each.after is None else sorted_out.appeared
            (sorted_out.moved if is_within or (each.before and each.after) else one_side).append(each)
    return sorted_out
