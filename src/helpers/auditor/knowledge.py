"""What a reader may know beside what is published: four states, from nothing to one pupil in each collège."""

from collections.abc import Iterator

from helpers.auditor.cells import COLLEGE, NETWORK, SIZE, Cell
from helpers.auditor.model import Model

NOTHING, SIZES, TOP, PUPIL = "rien", "totaux_des_colleges", "ligne_du_reseau", "une_personne_par_college"
STATES = {
    NOTHING: "sans rien savoir d’autre",
    SIZES: "en sachant combien de personnes sont suivies dans chaque collège",
    TOP: "en connaissant tous les chiffres exacts du réseau",
    PUPIL: "en connaissant une personne dans chaque collège",
}
_FAR = float("inf")


def known_in(state: str, model: Model) -> Iterator[tuple[Cell, float, float, str]]:
    """The cells that a reader knows in a state: name, ends, and the sentence that says why."""
    find = {SIZES: _sizes, TOP: _top, PUPIL: _pupils}.get(state)
    for cell, low, high in find(model) if find else ():
        yield cell, low, high, f"connaissance supposée : {cell.title}, {low}{'' if high == low else ' au moins'}"


def _sizes(model: Model) -> Iterator[tuple[Cell, int, int]]:
    for site_type, site in model.members:
        size = Cell(model.year, "alses", site_type, site, SIZE)
        if site_type == COLLEGE and size in model.system.sums:
            count = model.system.value(model.system.sums[size])
            yield size, count, count


def _top(model: Model) -> Iterator[tuple[Cell, int, int]]:
    for cell, terms in model.system.sums.items():
        if cell.site_type == NETWORK and (cell in model.network or not cell.croise_avec):
            count = model.system.value(terms)
            yield cell, count, count


def _pupils(model: Model) -> Iterator[tuple[Cell, int, float]]:
    """The most telling pupil of each collège, with a report or not: the one of the rarest answer to every question."""
    rarest: dict[tuple[str, str], tuple[int, Cell]] = {}
    for cell, terms in model.system.sums.items():
        count = model.system.value(terms) if cell.site_type == COLLEGE and not cell.croise_avec else 0
        if count:
            key = (cell.site, cell.indicateur)
            rarest[key] = min(rarest.get(key, (count, cell)), (count, cell))
    yield from ((cell, 1, _FAR) for _, cell in rarest.values())
