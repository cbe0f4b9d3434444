"""Which figures of the whole network are rounded: those of one to four persons, and those that would tell them."""

from collections.abc import Iterable

import pandas as pd

from helpers.schema import FEWEST_PERSONS, FROM_RECORDS, Indicator, catalogue

# perimeter, indicator, modality: one figure of the network.
Cell = tuple[str, str, str]

# Of the answers to a question, so many are rounded if one is: two would often tell each other.
_TOGETHER = 3
# Two answers that are the same persons when records agree with themselves: rounded alike, at every level.
SAME_ANSWERS = (
    (("nombre_d_objectifs", "non_renseigne"), ("objectif", "non_renseigne")),
    (("mois_d_ouverture", "avant"), ("nouvel_accompagnement", "non")),
)
# Who gives the first answer gives the second one too.
WITHIN_ANSWERS = tuple(
    ((name, "non_renseigne"), ("demande_travaillee", "non_renseigne")) for name in ("objectif", "demande_initiale")
)
# Who is in the first is in the second: the difference is a figure of its own.
_INSIDE = ("alses", "prevention_specialisee")


def is_counted(indicators: pd.DataFrame) -> pd.Series:
    """Which rows count persons in records, in the whole network (schema ``indicateurs``); crossings too.

    >>> bool(disclosure.is_counted(store.load(2020, "indicateurs")).any())
    False
    """
    return (
        indicators["source"].isin(FROM_RECORDS)
        & indicators["unite"].eq("personnes")
        & indicators["site_type"].eq("reseau")
    )


def cells_of(rows: pd.DataFrame) -> list[Cell]:
    """The figure of each row: perimeter, indicator, modality."""
    return list(zip(rows["perimetre"], rows["indicateur"], rows["modalite"], strict=True))


def base_of(cell: Cell) -> Cell | None:
    """The figure that the share of another rests on; None for a total."""
    base = catalogue().indicators[cell[1]].base_of(cell[2])
    if base is None:
        return None
    name, _, modality = base.partition("/")
    return (cell[0], name, modality)


def same_cells() -> list[tuple[Cell, Cell]]:
    """Two names of one figure: how many a perimeter counts, and the answer of a wider one that says so; two answers."""
    named = [(each.id, each.count_of) for each in catalogue().perimeters.values() if each.count_of]
    sizes = [((perimeter, "accompagnements", ""), tuple(cell.split("/"))) for perimeter, cell in named]
    return [*sizes, *(((_INSIDE[0], *one), (_INSIDE[0], *other)) for one, other in SAME_ANSWERS)]


def _with_same(opened: set[Cell], counts: dict[Cell, int]) -> set[Cell]:
    """What would be told under its other name is rounded under both."""
    found = set(opened)
    for pair in same_cells() * 2:  # a name may lead to another
        if found & set(pair) and set(pair) <= set(counts) and counts[pair[0]] == counts[pair[1]]:
            found |= set(pair)
    return found


def _is_small(count: int) -> bool:
    return 0 < count < FEWEST_PERSONS


def _small(counts: dict[Cell, int]) -> set[Cell]:
    """One to four persons give an answer, or do not give one that all could; or they alone are not the ALSES'."""
    found = {cell for cell, count in counts.items() if _is_small(count)}
    for cell, count in counts.items():
        base, inside = base_of(cell), (_INSIDE[0], *cell[1:])
        if catalogue().indicators[cell[1]].choice == "multiple" and _is_small(counts[base] - count):
            found.add(cell)
        if cell[0] == _INSIDE[1] and inside in counts and _is_small(count - counts[inside]):
            found.add(cell)
    return found


def _with_neighbours(counts: dict[str, int], opened: set[str], entry: Indicator) -> set[str]:
    """The answers to one question that are rounded together, and the groups that they belong to."""
    answers = set(counts) - set(entry.groups)
    own = opened & answers
    if own and entry.choice == "unique":
        largest = sorted(answers - own, key=lambda name: (-counts[name], name))
        own |= set(largest[: max(0, _TOGETHER - len(own))])
    groups = {name for name, group in entry.groups.items() if name in counts and own & set(group.members)}
    return opened | own | groups


def open_cells(indicators: pd.DataFrame, also: Iterable[Cell] = ()) -> set[Cell]:
    """The figures of the network that are rounded; ``also`` are those that an audit asks for.

    ``indicators`` has the schema ``indicateurs``, exact. Every other figure of the network stays as it was counted.

    >>> lignes = pd.DataFrame({"identifiant": list("ABCDEFGHIJ"), "suivi_par": "alses"})
    >>> personnes = records.Persons.of(2021, lignes.assign(sexe=["filles"] * 8 + ["garcons"] * 2))
    >>> comptes = indicators.count_persons(personnes, source="export", reference="export")
    >>> sorted(cellule[2] for cellule in disclosure.open_cells(comptes) if cellule[1] == "sexe")
    ['filles', 'garcons', 'non_renseigne']
    """
    rows = indicators[is_counted(indicators) & indicators["croise_avec"].eq("")]
    counts = dict(zip(cells_of(rows), rows["effectif_min"].tolist(), strict=True))
    opened = _with_same(_small(counts) | (set(also) & set(counts)), counts)
    questions: dict[tuple[str, str], dict[str, int]] = {}
    for (perimeter, name, modality), count in counts.items():
        questions.setdefault((perimeter, name), {})[modality] = count
    for question, own in questions.items():
        here = {cell[2] for cell in opened if cell[:2] == question}
        found = _with_neighbours(own, here, catalogue().indicators[question[1]])
        opened |= {(*question, modality) for modality in found}
    return _with_same(opened, counts)
