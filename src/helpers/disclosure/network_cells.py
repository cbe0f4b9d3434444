"""Which cells of the network are rounded with those of its sites: small ones, and those that would give them back."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from helpers.schema import (
    FEWEST_ASSOCIATIONS,
    FEWEST_FOR_REPORT,
    FEWEST_PERSONS,
    FROM_RECORDS,
    SAME_ANSWERS,
    Indicator,
    catalogue,
)

# --- Cells of the network, and their names ---

# perimeter, indicator, modality: one cell of the network.
Cell = tuple[str, str, str]

# The perimeter that sites count.
OF_SITES = "alses"
# Minimum number of cells rounded together in a question (secondary protection).
_TOGETHER = 3
# The first perimeter lies within the second: their difference is a value of its own.
_INSIDE = ("alses", "prevention_specialisee")


def is_counted(indicators: pd.DataFrame) -> pd.Series:
    """Which rows (schema ``indicateurs``) count persons of records in the network, cross-tabulations included."""
    return (
        indicators["source"].isin(FROM_RECORDS)
        & indicators["unite"].eq("personnes")
        & indicators["site_type"].eq("reseau")
    )


def is_of_sites(cell: Cell) -> bool:
    """Whether a cell of the network is the sum of those of the sites."""
    return cell[0] == OF_SITES and catalogue().indicators[cell[1]].is_by_site


def cells_of(rows: pd.DataFrame) -> list[Cell]:
    """The cell of each row: perimeter, indicator, modality."""
    return list(zip(rows["perimetre"], rows["indicateur"], rows["modalite"], strict=True))


def base_of(cell: Cell) -> Cell | None:
    """The cell that the share of another is computed on; None for a total."""
    base = catalogue().indicators[cell[1]].base_of(cell[2])
    return None if base is None else (cell[0], *base.partition("/")[::2])


def same_cells() -> list[tuple[Cell, Cell]]:
    """Pairs of cells with one value: a perimeter's size and the answer of a wider one that gives it; two answers."""
    named = [(each.id, each.count_of) for each in catalogue().perimeters.values() if each.count_of]
    sizes = [((perimeter, "accompagnements", ""), tuple(cell.split("/"))) for perimeter, cell in named]
    return [*sizes, *(((_INSIDE[0], *one), (_INSIDE[0], *other)) for one, other in SAME_ANSWERS)]


def has_few_associations(counts: pd.DataFrame) -> bool:
    """Whether the network is rounded like its sites (``counts``: schema ``comptes_par_site``).

    Who has the records of an association subtracts them from an exact network, and reads the others' as one: of two,
    exactly; of three, as soon as two of them put theirs together. Persons of no known association make one more; what
    is too small for a report hides nobody.
    """
    sizes = counts[counts["indicateur"].eq("accompagnements")].groupby("association")["effectif"].sum()
    return len(sizes) > 1 and int((sizes >= FEWEST_FOR_REPORT).sum()) < FEWEST_ASSOCIATIONS


def cells_of_network(indicators: pd.DataFrame) -> set[Cell]:
    """Every cell of the persons that associations count, cross-tabulations apart."""
    rows = indicators[is_counted(indicators) & indicators["croise_avec"].eq("")]
    return {cell for cell in cells_of(rows) if cell[0] == OF_SITES}


def _with_same(opened: set[Cell], counts: dict[Cell, int]) -> set[Cell]:
    """A cell that is opened under one name is opened under the other."""
    opened = set(opened)
    for pair in same_cells() * 2:  # a name may lead to another
        if opened & set(pair) and set(pair) <= set(counts) and counts[pair[0]] == counts[pair[1]]:
            opened |= set(pair)
    return opened


def _is_small(count: int) -> bool:
    return 0 < count < FEWEST_PERSONS


def _small(counts: dict[Cell, int]) -> set[Cell]:
    """Cells of one to four persons, or whose complement is, among those asked or those not followed by an ALSES."""
    found = {cell for cell, count in counts.items() if _is_small(count)}
    for cell, count in counts.items():
        base, inside = base_of(cell), (_INSIDE[0], *cell[1:])
        if catalogue().indicators[cell[1]].choice == "multiple" and _is_small(counts[base] - count):
            found.add(cell)
        if cell[0] == _INSIDE[1] and inside in counts and _is_small(count - counts[inside]):
            found.add(cell)
    return found | _told_by_several(counts)


def _told_by_several(counts: dict[Cell, int]) -> set[Cell]:
    """Groups of a multiple choice, with their answers, that tell one to four persons who give two of them, or but one;
    the largest number of answers, where the answers in all tell as many persons who give more."""
    found, entries = set(), catalogue().indicators
    for cell, whole in counts.items():
        question, entry = cell[:2], entries[cell[1]]
        if entry.choice == "multiple" and cell[2] in entry.groups:
            members = [each for name in entry.groups[cell[2]].members if (each := (*question, name)) in counts]
            apart = [whole - counts[each] for each in members] + [sum(counts[each] for each in members) - whole]
            found |= {cell, *members} if any(map(_is_small, apart)) else set()
        if cell[1:] == ("nombre_d_objectifs", "4_ou_plus"):
            given = sum(counts.get((cell[0], "objectif", name), 0) for name in entries["objectif"].modalities)
            told = sum(rank * counts.get((*question, name), 0) for rank, name in enumerate(entry.modalities, start=1))
            found |= {cell} if _is_small(given - told) else set()
    return found


def _with_neighbours(counts: dict[str, int], opened: set[str], entry: Indicator) -> set[str]:
    """The answers to one question that are rounded together, and the groups they belong to."""
    answers = set(counts) - set(entry.groups)
    own = opened & answers
    if own and entry.choice == "unique":
        largest = sorted(answers - own, key=lambda name: (-counts[name], name))
        own |= set(largest[: max(0, _TOGETHER - len(own))])
    groups = {name for name, group in entry.groups.items() if name in counts and own & set(group.members)}
    return opened | own | groups


def cells_to_round(indicators: pd.DataFrame, also: Iterable[Cell] = ()) -> set[Cell]:
    """The network cells to round; ``also`` are those that the intruder test asks for. The others stay exact.

    ``indicators`` has the schema ``indicateurs``, exact.
    """
    rows = indicators[is_counted(indicators) & indicators["croise_avec"].eq("")]
    counts = dict(zip(cells_of(rows), rows["effectif_min"].tolist(), strict=True))
    questions: dict[tuple[str, str], dict[str, int]] = {}
    for (perimeter, name, modality), count in counts.items():
        questions.setdefault((perimeter, name), {})[modality] = count
    opened, before = _small(counts) | (set(also) & set(counts)), None
    # An answer rounded because another question says the same needs neighbours too: exact ones would give it back.
    while opened != before:
        before = opened
        opened = _with_same(opened, counts)
        for question, own in questions.items():
            here = {cell[2] for cell in opened if cell[:2] == question}
            found = _with_neighbours(own, here, catalogue().indicators[question[1]])
            opened |= {(*question, modality) for modality in found}
    return opened


# --- Cross-tabulations of the network: exact while their margins are, else sums of rounded associations ---

# indicator, indicator that it is crossed with.
Pair = tuple[str, str]


def is_rounded(names: tuple) -> bool:
    """Whether associations cross-tabulate two indicators."""
    one, other = (catalogue().indicators[name] for name in names)
    return one.is_crossed_by_site(other)


def crosstabs_to_round(indicators: pd.DataFrame, opened: set[Cell], asked: Iterable) -> pd.DataFrame:
    """The rows of the cross-tabulations to round: with a rounded margin, which their cells add up to, or ``asked``."""
    rows = indicators[is_counted(indicators) & indicators["croise_avec"].ne("")]
    rounded = {(perimeter, name) for perimeter, name, _ in opened}
    is_open = [
        (row.perimetre, row.indicateur) in rounded
        or (row.perimetre, row.croise_avec) in rounded
        or (row.indicateur, row.croise_avec) in asked
        for row in rows.itertuples()
    ]
    return rows[np.array(is_open, dtype=bool)]
