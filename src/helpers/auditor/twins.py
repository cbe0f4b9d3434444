"""What two questions say of the same persons: columns filled and answers missing, one reading of a date and another."""

from helpers.auditor.cells import NETWORK, Cell
from helpers.auditor.questions import base_of
from helpers.auditor.system import System, Terms, added
from helpers.schema import FOLDED, catalogue

_ENDLESS = float("inf")
_MISSING = "non_renseigne"
# Of the columns of an export, the question that is read in each: who has it filled has an answer.
_READ_IN = {
    "sexe": "sexe",
    "niveau": "niveau",
    "annee_naissance": "age",
    "nouvel_accompagnement": "nouvel_accompagnement",
    "origine": "origine",
    "orienteur": "orienteur",
    "demande_initiale": "demande_initiale",
    "objectifs": "objectif",
    "parents_associes": "parents_associes",
}
# Two answers that are the same persons, when records agree with themselves.
_SAME = (
    (("nombre_d_objectifs", _MISSING), ("objectif", _MISSING)),
    (("mois_d_ouverture", "avant"), ("nouvel_accompagnement", "non")),
)


def relate_twins(system: System, size: Cell) -> None:
    """Writes what two questions say alike at the place of a size; what the records do not bear out is left alone."""

    def find(indicator: str, modality: str) -> Terms | None:
        return system.sums.get(size._replace(indicateur=indicator, modalite=modality))

    where = size.title
    for column, question in _READ_IN.items():
        filled, missing = find("colonne_remplie", column), find(question, _MISSING)
        whole = base_of(size._replace(indicateur="colonne_remplie", modalite=column), system)
        if None not in (whole, filled, missing):
            system.require([filled, missing], whole, (0, 0), f"{where} : {column}, rempli ou non")
    for pair in _SAME:
        one, other = (find(*answer) for answer in pair)
        if None not in (one, other):
            system.require([one], other, (0, 0), f"{where} : {' et '.join(name for name, _ in pair)}, la même réponse")
    missing = [find(name, _MISSING) for name in ("demande_travaillee", "objectif", "demande_initiale")]
    if None not in missing:
        why = f"{where} : demande travaillée, non renseignée quand l’une des deux réponses l’est"
        system.require(missing[1:], missing[0], (0, _ENDLESS), why)
        for each in missing[1:]:
            system.require([missing[0]], each, (0, _ENDLESS), why)


def relate_places(system: System, size: Cell, leaves: dict[tuple[str, str], tuple[str, str]]) -> None:
    """How many have a collège, or an association, filled: those of the known ones, together.

    ``leaves`` gives, for each association and UAI, the type and the name of the smallest place.
    """
    for side, column in enumerate(("association", "uai")):
        filled = system.sums.get(size._replace(indicateur="colonne_remplie", modalite=column))
        own = [size.at(*leaf) for pair, leaf in leaves.items() if pair[side]]
        if filled is not None:
            known = [system.sums[cell] for cell in own if cell in system.sums]
            system.require(known, filled, (0, 0), f"{size.title} : {column}, rempli")


def relate_worked(system: System, size: Cell) -> None:
    """Whose first request became an objective: the pairs of one word in the crossing of both, some of them folded."""
    worked = system.sums.get(size._replace(indicateur="demande_travaillee", modalite="oui"))
    pairs = [
        cell
        for cell in system.sums
        if (cell.indicateur, cell.croise_avec) == ("objectif", "demande_initiale")
        and (cell.site_type, cell.perimetre, cell.annee) == (NETWORK, size.perimetre, size.annee)
    ]
    names = set(catalogue().indicators["objectif"].modalities)
    alike = [cell for cell in pairs if cell.modalite == cell.modalite_croisee and cell.modalite in names]
    mixed = [
        cell
        for cell in pairs
        if cell not in alike and set(cell.modalite.split(FOLDED)) & set(cell.modalite_croisee.split(FOLDED)) & names
    ]
    if worked is None or not pairs:
        return
    why = f"{size.title} : demande travaillée, les paires d’un même mot"
    least = added(system.sums[cell] for cell in alike)
    system.require([worked], least, (0, _ENDLESS), why)
    system.require([system.sums[cell] for cell in (*alike, *mixed)], worked, (0, _ENDLESS), why)
