"""What holds between the answers of one place: they make up their base or stay within it; groups hold members."""

from helpers.auditor.cells import Cell
from helpers.auditor.system import System, Terms, added
from helpers.schema import Indicator, catalogue

_ENDLESS = float("inf")


def base_of(cell: Cell, system: System) -> Terms | None:
    """The sum of unknowns that is the base of a cell, if the year counts it."""
    base = catalogue().indicators[cell.indicateur].base_of(cell.modalite)
    if not base:
        return None
    indicator, _, modality = base.partition("/")
    return system.sums.get(cell._replace(indicateur=indicator, modalite=modality, croise_avec="", modalite_croisee=""))


def relate(system: System, size: Cell) -> None:
    """Writes the relations of every question at the place (and perimeter) of a size; names the groups."""
    for entry in catalogue().indicators.values():
        names = [*entry.modalities, *entry.recorded]
        cells = [size._replace(indicateur=entry.id, modalite=name) for name in names]
        known = {cell.modalite: system.sums[cell] for cell in cells if cell in system.sums}
        if known and entry.choice in ("unique", "multiple"):
            _relate_base(system, entry, known, cells[0])
            _relate_groups(system, entry, known, cells[0])


def _relate_base(system: System, entry: Indicator, known: dict[str, Terms], cell: Cell) -> None:
    base = base_of(cell, system)
    where = cell._replace(modalite="").title
    if base is None:
        return
    if entry.choice == "unique":
        system.require([*known.values()], base, (0, 0), f"{where} : les réponses s’ajoutent à la base")
        return
    system.require([*known.values()], base, (0, _ENDLESS), f"{where} : chacun donne une réponse au moins")
    for name, terms in known.items():
        own = base_of(cell._replace(modalite=name), system)
        if own is not None:
            system.require([terms], own, (-_ENDLESS, 0), f"{where} : une réponse ne dépasse pas la base")


def _relate_groups(system: System, entry: Indicator, known: dict[str, Terms], cell: Cell) -> None:
    for name, group in entry.groups.items():
        own = cell._replace(modalite=name)
        members = [known[member] for member in group.members if member in known]
        if entry.choice == "unique" and members:
            system.name(own, added(members))
        elif own in system.sums:
            terms, base = system.sums[own], base_of(own, system)
            system.require([terms], added(members), (-_ENDLESS, 0), f"{own.title} : au plus la somme de ses réponses")
            for member in members:
                system.require([terms], member, (0, _ENDLESS), f"{own.title} : au moins chacune de ses réponses")
            if base is not None:
                system.require([terms], base, (-_ENDLESS, 0), f"{own.title} : ne dépasse pas la base")


def relate_objectives(system: System, size: Cell) -> None:
    """How many objectives persons have tells how many there are in all: the network alone tells it."""
    entry = catalogue().indicators["objectif"]
    counted = [*catalogue().indicators["nombre_d_objectifs"].modalities]
    of_number = [size._replace(indicateur="nombre_d_objectifs", modalite=name) for name in counted]
    cited = [size._replace(indicateur="objectif", modalite=name) for name in entry.modalities]
    numbers = [(rank, system.sums[cell]) for rank, cell in enumerate(of_number, start=1) if cell in system.sums]
    themes = [system.sums[cell] for cell in cited if cell in system.sums]
    if numbers and themes:
        least = added({place: rank for place in terms} for rank, terms in numbers)
        why = f"{of_number[0]._replace(modalite='').title} : autant d’objectifs en tout"
        system.require(themes, least, (0, _ENDLESS), why)
        most = {rank: len(entry.modalities) if rank == len(counted) else rank for rank, _ in numbers}
        system.require(
            themes, added({place: most[rank] for place in terms} for rank, terms in numbers), (-_ENDLESS, 0), why
        )
