"""The counts of a year as unknowns: one a pair of association and collège and an answer; sites are sums of them."""

from helpers.auditor.cells import ASSOCIATION, COLLEGE, NETWORK, OTHERS, PART, REST, SIZE, Cell
from helpers.auditor.questions import relate, relate_objectives
from helpers.auditor.system import System, added
from helpers.auditor.truth import Pair, Truth
from helpers.auditor.twins import relate_places, relate_twins
from helpers.schema import catalogue

_ALSES = "alses"
# Who is followed by no known association, in a collège or not.
ALONE = "personnes sans association connue"


class Model:
    """A year: its system, whose cells are named by `Cell`; what links a question at one place, and places together."""

    def __init__(self, truth: Truth, year: int) -> None:
        self.year, self.system = year, System()
        # By site type, site and both questions: the finest cells of a crossing (`crossed.add_crossings`).
        self.crossed: dict[tuple[str, str, str, str], list[Cell]] = {}
        # The same system before anything published is read: what a reader knows by reasoning alone.
        self.unread = self.system
        # What each published number says, in French, and the cell that it says it of.
        self.told: dict[str, Cell] = {}
        self.pairs = truth.by_pair(year)
        self.network = truth.of_network(year)
        self.leaves = {pair: self._leaf(pair) for pair in self.pairs}
        self._count_pairs()
        self._count_elsewhere()
        self._name_sites()
        whole = self._cell((SIZE, "", "", ""))
        relate_objectives(self.system, whole)
        for site in [(NETWORK, ""), *self.leaves.values()]:
            relate_twins(self.system, whole.at(*site))
        relate_places(self.system, whole, self.leaves)
        self._nest()

    def _leaf(self, pair: Pair) -> tuple[str, str]:
        """How the smallest place is called: the collège or the association itself when it has no other part."""
        association, uai = pair
        own = [other for other in self.pairs if (other[1] == uai if uai else other[0] == association)]
        if len(own) == 1 and (uai or association):
            return (COLLEGE, uai) if uai else (ASSOCIATION, association)
        return (PART, f"collège {uai}, association {association or 'inconnue'}") if uai else (REST, association)

    def _cell(self, question: tuple, site_type: str = NETWORK, site: str = "", *, perimeter: str = _ALSES) -> Cell:
        return Cell(self.year, perimeter, site_type, site, *question)

    def _count_pairs(self) -> None:
        """The unknowns of each pair, for the questions that are not crossed and that somebody answers."""
        entries = catalogue().indicators
        asked = [q for q in dict.fromkeys(q for counts in self.pairs.values() for q in counts) if not q[2]]
        self.asked = sorted(q for q in asked if entries[q[0]].unit == "personnes")
        for pair, (site_type, site) in self.leaves.items():
            for question in self.asked:
                entry = entries[question[0]]
                if entry.choice == "unique" and question[1] in entry.groups:
                    continue
                place = self.system.add(self._cell(question, site_type, site), self.pairs[pair][question])
                if question[0] == SIZE:
                    self.system.hubs.add(place)
            relate(self.system, self._cell((SIZE, "", "", ""), site_type, site))

    def _count_elsewhere(self) -> None:
        """The cells of the network that no pair tells: other perimeters, questions that are counted for all only."""
        perimeters = []
        for cell, count in self.network.items():
            is_group = cell.modalite in catalogue().indicators[cell.indicateur].groups
            if (
                cell.croise_avec
                or count == 0
                or (is_group and catalogue().indicators[cell.indicateur].choice == "unique")
            ):
                continue
            told = sum(counts[cell.question] for counts in self.pairs.values()) if cell.perimetre == _ALSES else None
            if told != count:
                self.system.add(cell, count)
                perimeters.append(cell.perimetre)
        for perimeter in dict.fromkeys(perimeters):
            if perimeter != _ALSES:
                relate(self.system, self._cell((SIZE, "", "", ""), perimeter=perimeter))

    def _name_sites(self) -> None:
        """Associations, collèges in several associations and the network, as sums of their pairs."""
        sites: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for (association, uai), leaf in self.leaves.items():
            sites.setdefault((NETWORK, ""), []).append(leaf)
            sites.setdefault((ASSOCIATION, association) if association else (PART, ALONE), []).append(leaf)
            if uai:
                sites.setdefault((COLLEGE, uai), []).append(leaf)
        self.members = sites
        names = [cell.question for cell in self.system.sums if cell.perimetre == _ALSES]
        for site, leaves in sites.items():
            for question in dict.fromkeys(names):
                cell = self._cell(question, *site)
                found = [
                    self.system.sums[own] for leaf in leaves if (own := self._cell(question, *leaf)) in self.system.sums
                ]
                if cell not in self.system.sums and found:
                    self.system.name(cell, added(found))

    def _nest(self) -> None:
        """What is told of the ALSES' persons lies inside what is told of everybody; the difference is a cell too."""
        system = self.system
        for cell in [cell for cell in system.sums if cell.perimetre == "prevention_specialisee"]:
            own = cell._replace(perimetre=_ALSES)
            if own in system.sums:
                less = {place: -weight for place, weight in system.sums[own].items()}
                system.name(cell._replace(perimetre=OTHERS), added([system.sums[cell], less]))
                system.require([system.sums[cell]], system.sums[own], (0, float("inf")), f"{own.title}, en fait partie")
        for perimeter in catalogue().perimeters.values():
            if perimeter.count_of is None:
                continue
            wide, indicator, modality = perimeter.count_of.split("/")
            whole = self._cell((indicator, modality, "", ""), perimeter=wide)
            size = self._cell((SIZE, "", "", ""), perimeter=perimeter.id)
            if whole in system.sums and size in system.sums:
                system.require(
                    [system.sums[whole]], system.sums[size], (0, 0), f"{size.title}, une réponse de l’ensemble"
                )
