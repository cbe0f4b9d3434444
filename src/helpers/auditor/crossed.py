"""Two questions crossed: cells of an association, or of the network alone, whose sums are the answers to each."""

from collections import Counter

from helpers.auditor.cells import ASSOCIATION, NETWORK, PART, SIZE, Cell
from helpers.auditor.model import ALONE, Model
from helpers.auditor.system import Terms, added
from helpers.schema import FOLDED, Indicator, catalogue

_ENDLESS = float("inf")
Crossing = tuple[str, str]


def add_crossings(model: Model, at_associations: set[Crossing]) -> None:
    """The unknowns of every crossing of the network; by association for those that are published so."""
    pairs = {(cell.indicateur, cell.croise_avec) for cell in model.network if cell.croise_avec}
    for crossing in sorted(pairs | at_associations):
        of_pairs = _by_association(model, crossing) if crossing in at_associations else {}
        places = of_pairs or {(NETWORK, ""): _of_network(model, crossing)}
        units = _units({cell for counts in places.values() for cell in counts}, crossing)
        for (site_type, site), counts in places.items():
            _relate(
                model, [_at(model, crossing, unit, (site_type, site)) for unit in units], counts, at_top=not of_pairs
            )
        if of_pairs:
            for unit in units:
                cells = [_at(model, crossing, unit, place) for place in places]
                model.system.name(
                    _at(model, crossing, unit, (NETWORK, "")), added(model.system.sums[cell] for cell in cells)
                )


def members(entry: Indicator, name: str) -> set[str]:
    """The answers that a published name stands for: folded ones, or those of a group."""
    found = {member for part in name.split(FOLDED) for member in entry.members_of(part)}
    return found


def name_published(model: Model, cell: Cell) -> bool:
    """Names the cell of a published crossing as a sum of the cells it holds; whether the model knows them."""
    sums = model.system.sums
    if cell in sums:
        return True
    entries = catalogue().indicators
    rows, columns = (
        members(entries[cell.indicateur], cell.modalite),
        members(entries[cell.croise_avec], cell.modalite_croisee),
    )
    inside = [
        own
        for own in model.crossed.get((cell.site_type, cell.site, cell.indicateur, cell.croise_avec), [])
        if members(entries[cell.indicateur], own.modalite) <= rows
        and members(entries[cell.croise_avec], own.modalite_croisee) <= columns
    ]
    if inside:
        model.system.name(cell, added(sums[own] for own in inside))
    return bool(inside)


def margin_of(model: Model, cell: Cell, *, crossed: bool) -> Terms | None:
    """Who gives the crossed answer of a cell (or its own), as a sum; None when the year does not count it."""
    indicator, name = (cell.croise_avec, cell.modalite_croisee) if crossed else (cell.indicateur, cell.modalite)
    cells = [
        cell._replace(indicateur=indicator, modalite=member, croise_avec="", modalite_croisee="")
        for member in sorted(members(catalogue().indicators[indicator], name))
    ]
    found = [model.system.sums[own] for own in cells if own in model.system.sums]
    return added(found) if found else None


def _at(model: Model, crossing: Crossing, unit: tuple[str, str], place: tuple[str, str]) -> Cell:
    return Cell(model.year, "alses", *place, crossing[0], unit[0], crossing[1], unit[1])


def _by_association(model: Model, crossing: Crossing) -> dict[tuple[str, str], Counter]:
    found: dict[tuple[str, str], Counter] = {}
    for (association, _), counts in model.pairs.items():
        own = found.setdefault((ASSOCIATION, association) if association else (PART, ALONE), Counter())
        for (indicator, modality, other, crossed), count in counts.items():
            if (indicator, other) == crossing:
                own[modality, crossed] += count
    return found if any(found.values()) else {}


def _of_network(model: Model, crossing: Crossing) -> Counter:
    rows = {cell: count for cell, count in model.network.items() if (cell.indicateur, cell.croise_avec) == crossing}
    return Counter({(cell.modalite, cell.modalite_croisee): count for cell, count in rows.items()})


def _units(cells: set[tuple[str, str]], crossing: Crossing) -> list[tuple[str, str]]:
    """The finest names of both sides: neither a group nor answers added together that also stand alone."""
    entries = [catalogue().indicators[name] for name in crossing]
    kept = []
    for side, entry in enumerate(entries):
        names = {cell[side] for cell in cells}
        fine = {n for n in names if not (n in entry.groups and entry.choice == "unique")}
        kept.append(sorted(n for n in fine if FOLDED not in n or not members(entry, n) & fine))
    return [(row, column) for row in kept[0] for column in kept[1]]


def _relate(model: Model, cells: list[Cell], counts: Counter, *, at_top: bool) -> None:
    """The unknowns of a crossing at one place, within the answers to each question, or adding up to them."""
    system = model.system
    for cell in cells:
        # Of the network, only the cells that are published: a pair that is left out is not known to be empty.
        if not at_top or (cell.modalite, cell.modalite_croisee) in counts:
            system.add(cell, counts[cell.modalite, cell.modalite_croisee])
            model.crossed.setdefault((cell.site_type, cell.site, cell.indicateur, cell.croise_avec), []).append(cell)
    kept = [cell for cell in cells if cell in system.sums]
    for crossed in (True, False):
        by_answer: dict[str, list[Cell]] = {}
        for cell in kept:
            by_answer.setdefault(cell.modalite_croisee if crossed else cell.modalite, []).append(cell)
        for own in by_answer.values():
            _add_up(model, own, crossed=crossed)
    for cell in kept:
        _overlap(model, cell)


def _add_up(model: Model, cells: list[Cell], *, crossed: bool) -> None:
    """Cells of one answer of one side: they make it up when the other side is whole and holds one answer each."""
    system, whole = model.system, margin_of(model, cells[0], crossed=crossed)
    if whole is None:
        return
    other = catalogue().indicators[cells[0].indicateur if crossed else cells[0].croise_avec]
    names = {name for cell in cells for name in members(other, cell.modalite if crossed else cell.modalite_croisee)}
    size = cells[0]._replace(indicateur=other.id, croise_avec="", modalite_croisee="")
    answers = {name for name in [*other.modalities, *other.recorded] if size._replace(modalite=name) in system.sums}
    why = f"{cells[0].title} : les cellules d’un croisement font la réponse"
    parts = [system.sums[cell] for cell in cells]
    if other.choice == "unique":
        system.require(parts, whole, (0 if answers <= names else -_ENDLESS, 0), why)
        return
    for part in parts:
        system.require([part], whole, (-_ENDLESS, 0), why)


def _overlap(model: Model, cell: Cell) -> None:
    """Two answers of which a person may give both: who gives one of them at least is not more than everybody."""
    if catalogue().indicators[cell.croise_avec].choice != "multiple":
        return
    system = model.system
    sides = [margin_of(model, cell, crossed=crossed) for crossed in (True, False)]
    size = system.sums.get(cell._replace(indicateur=SIZE, modalite="", croise_avec="", modalite_croisee=""))
    if None not in sides and size is not None:
        less = added([system.sums[cell], size])
        system.require(sides, less, (-_ENDLESS, 0), f"{cell.title} : l’une ou l’autre, au plus tout le monde")
    twin = cell._replace(modalite=cell.modalite_croisee, modalite_croisee=cell.modalite)
    if cell.indicateur == cell.croise_avec and twin in system.sums and cell < twin:
        system.require(
            [system.sums[cell]], system.sums[twin], (0, 0), f"{cell.title} : le même croisement, lu à l’envers"
        )
