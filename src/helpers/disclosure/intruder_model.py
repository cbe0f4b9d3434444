"""The intruder's model: counts as unknowns, linear relations between them, disclosure scenarios."""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.schema import FOLDED, FROM_RECORDS, SAME_ANSWERS, Indicator, catalogue

# --- Verdicts: how many values the feasibility interval of a cell has ---

# From this many possible values on, a reader has learnt little more than that the count is small.
FEWEST_VALUES = 5
GOOD, THIN, EXACT = 0, 1, 2


def verdicts_of(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The verdict on cells from the ends of their feasibility intervals."""
    return np.where(high - low < 1, EXACT, np.where(high - low + 1 < FEWEST_VALUES, THIN, GOOD))


# --- Cells of the indicator table, and what a published place says of one ---

NETWORK, ASSOCIATION, COLLEGE = "reseau", "association", "college"
# What remains of a site, or of the network, once what is known below it is subtracted.
REST, PART = "reste", "partie"
# Persons followed by somebody else: never counted, but the difference of two counted perimeters.
OTHERS = "hors_alses"
# The size of a site, on which every question rests.
SIZE = "accompagnements"


class Cell(NamedTuple):
    """A cell of the table of indicators, named by its columns.

    >>> Cell(2021, "alses", "reseau", "", "sexe", "filles").title
    'réseau (personnes suivies par un ALSES), 2021, Sexe : filles'
    """

    annee: int
    perimetre: str
    site_type: str
    site: str
    indicateur: str
    modalite: str = ""
    croise_avec: str = ""
    modalite_croisee: str = ""

    @property
    def question(self) -> tuple[str, str, str, str]:
        """The cell without year, perimeter and site."""
        return self[4:]

    def at(self, site_type: str, site: str) -> "Cell":
        """The same cell of another site."""
        return self._replace(site_type=site_type, site=site)

    @property
    def title(self) -> str:
        """The cell in French: « collège 0590001A, 2021, Sexe : filles »."""
        entry = catalogue().indicators[self.indicateur]
        text = entry.title_of(self.modalite)
        if self.croise_avec:
            text += f", selon {catalogue().indicators[self.croise_avec].title_of(self.modalite_croisee)}"
        return f"{_place(self)}, {self.annee}, {text}"


def _place(cell: Cell) -> str:
    names = {ASSOCIATION: f"association {cell.site}", COLLEGE: f"collège {cell.site}", PART: cell.site}
    names[REST] = f"association {cell.site}, hors des collèges connus" if cell.site else "sans association ni collège"
    site = names.get(cell.site_type, "réseau")
    if cell.site_type != NETWORK:
        return site
    perimeters = catalogue().perimeters
    return f"{site} ({perimeters[cell.perimetre].short if cell.perimetre in perimeters else 'hors des ALSES'})"


def is_size_elsewhere(cell: Cell) -> bool:
    """Whether a cell counts the persons in no known collège: what sites leave, at no site."""
    return cell.indicateur == SIZE and cell.site_type == REST


class KnownCell(NamedTuple):
    """What one published place says of a cell: its ends (the upper one may be infinite), and the place."""

    cell: Cell
    low: float
    high: float
    place: str

    @property
    def text(self) -> str:
        """In French: « indicateurs.csv : réseau, 2021, Sexe : filles, 120 »."""
        value = f"{self.low:.0f}"
        if self.low != self.high:
            value = f"{value} au moins" if self.high == np.inf else f"de {value} à {self.high:.0f}"
        return f"{self.place} : {self.cell.title}, {value}"


# --- Unknown counts and linear relations, as arrays for a solver ---

Terms = dict[int, int]


class Relation(NamedTuple):
    """``low <= sum(coefficient x unknown) <= high``, and why it holds, in French."""

    terms: Terms
    low: float
    high: float
    why: str


@dataclass
class System:
    """Unknown counts with their ends, and relations; a cell is a sum of unknowns.

    ``truth`` holds the true value of every unknown: all relations must hold for it.
    """

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    truth: list[int] = field(default_factory=list)
    whys: list[str] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    sums: dict[Hashable, Terms] = field(default_factory=dict)
    # Unknowns that appear in every question: once they are fixed, the questions are independent.
    hubs: set[int] = field(default_factory=set)

    def add(self, name: Hashable, truth: int, low: float = 0, high: float = np.inf, why: str = "") -> int:
        """Adds an unknown, which is also a cell of that name, and gives its place."""
        place = len(self.low)
        self.low.append(low)
        self.high.append(high)
        self.truth.append(truth)
        self.whys.append(why)
        self.sums[name] = {place: 1}
        return place

    def name(self, name: Hashable, terms: Terms) -> None:
        """Names a sum of unknowns, so that it can be bounded and queried."""
        self.sums[name] = terms

    def bound(self, terms: Terms, low: float, high: float, why: str) -> None:
        """Keeps a sum between two ends; for an unknown alone, narrows its own."""
        if len(terms) == 1 and set(terms.values()) == {1}:
            (place,) = terms
            if low > self.low[place] or high < self.high[place]:
                self.whys[place] = f"{self.whys[place]} ; {why}" if self.whys[place] else why
            self.low[place], self.high[place] = max(self.low[place], low), min(self.high[place], high)
        elif terms:
            self.relations.append(Relation(terms, low, high, why))

    def require(self, parts: Iterable[Terms], less: Terms, ends: tuple[float, float], why: str) -> None:
        """Keeps a sum, minus another, between two ends, if it is so in truth: a reader relies on nothing else."""
        terms = sum_terms([*parts, {place: -weight for place, weight in less.items()}])
        if ends[0] <= self.value(terms) <= ends[1]:
            self.bound(terms, *ends, why)

    def with_known(self, known: Iterable[tuple[Hashable, float, float, str]]) -> "System":
        """A copy in which the reader also knows these cells (name, low, high, why)."""
        copy = System(
            list(self.low), list(self.high), self.truth, list(self.whys), list(self.relations), self.sums, self.hubs
        )
        for name, low, high, why in known:
            copy.bound(self.sums[name], low, high, why)
        return copy

    @cached_property
    def matrix(self):
        """The relations as a sparse matrix, one row each."""
        return to_sparse_matrix([relation.terms for relation in self.relations], len(self.low))

    @cached_property
    def ends(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The ends of the unknowns, then of the relations."""
        rows = [(relation.low, relation.high) for relation in self.relations]
        low, high = np.array(rows, dtype=float).reshape(-1, 2).T
        return np.array(self.low, dtype=float), np.array(self.high, dtype=float), low, high

    def value(self, terms: Terms) -> int:
        """The true value of a sum."""
        return sum(weight * self.truth[place] for place, weight in terms.items())


def sum_terms(parts: Iterable[Terms]) -> Terms:
    """The total of sums of unknowns, without those that cancel out."""
    total: Counter = Counter()
    for terms in parts:
        total.update(terms)
    return {place: weight for place, weight in total.items() if weight}


def to_sparse_matrix(rows: list[Terms], width: int):
    """Sums of unknowns as a sparse matrix, one row each."""
    from scipy.sparse import csr_array

    places = [place for terms in rows for place in terms]
    weights = [weight for terms in rows for weight in terms.values()]
    starts = np.cumsum([0, *map(len, rows)])
    return csr_array(
        (np.array(weights, dtype=float), np.array(places, dtype=np.int32), starts), shape=(len(rows), width)
    )


def contradicted_values(system: System) -> list[str]:
    """The published numbers that contradict the truth, in French."""
    low, high, below, above = system.ends
    truth = np.array(system.truth, dtype=float)
    sums = system.matrix @ truth
    whys = [system.whys[place] for place in np.flatnonzero((truth < low) | (truth > high))]
    return whys + [system.relations[row].why for row in np.flatnonzero((sums < below) | (sums > above))]


# --- Additivity at one place: answers make up their base or stay within it, groups hold their members ---


def base_of(cell: Cell, system: System) -> Terms | None:
    """The base of a cell as a sum of unknowns; None if the year does not count it."""
    base = catalogue().indicators[cell.indicateur].base_of(cell.modalite)
    if not base:
        return None
    indicator, _, modality = base.partition("/")
    return system.sums.get(cell._replace(indicateur=indicator, modalite=modality, croise_avec="", modalite_croisee=""))


def add_question_relations(system: System, size: Cell) -> None:
    """Adds the relations of every question at the place and perimeter of a size; names the groups."""
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
    system.require([*known.values()], base, (0, np.inf), f"{where} : chacun donne une réponse au moins")
    for name, terms in known.items():
        own = base_of(cell._replace(modalite=name), system)
        if own is not None:
            system.require([terms], own, (-np.inf, 0), f"{where} : une réponse ne dépasse pas la base")


def _relate_groups(system: System, entry: Indicator, known: dict[str, Terms], cell: Cell) -> None:
    for name, group in entry.groups.items():
        own = cell._replace(modalite=name)
        members = [known[member] for member in group.members if member in known]
        if entry.choice == "unique" and members:
            system.name(own, sum_terms(members))
        elif own in system.sums:
            terms, base = system.sums[own], base_of(own, system)
            system.require([terms], sum_terms(members), (-np.inf, 0), f"{own.title} : au plus la somme de ses réponses")
            for member in members:
                system.require([terms], member, (0, np.inf), f"{own.title} : au moins chacune de ses réponses")
            if base is not None:
                system.require([terms], base, (-np.inf, 0), f"{own.title} : ne dépasse pas la base")


def add_objective_relations(system: System, size: Cell) -> None:
    """The numbers of objectives per person bound the objectives in all: only the network has both."""
    entry = catalogue().indicators["objectif"]
    counted = [*catalogue().indicators["nombre_d_objectifs"].modalities]
    of_number = [size._replace(indicateur="nombre_d_objectifs", modalite=name) for name in counted]
    cited = [size._replace(indicateur="objectif", modalite=name) for name in entry.modalities]
    numbers = [(rank, system.sums[cell]) for rank, cell in enumerate(of_number, start=1) if cell in system.sums]
    themes = [system.sums[cell] for cell in cited if cell in system.sums]
    if numbers and themes:
        why = f"{of_number[0]._replace(modalite='').title} : autant d’objectifs en tout"
        most = {rank: len(entry.modalities) if rank == len(counted) else rank for rank, _ in numbers}
        least = sum_terms({place: rank for place in terms} for rank, terms in numbers)
        system.require(themes, least, (0, np.inf), why)
        system.require(
            themes, sum_terms({place: most[rank] for place in terms} for rank, terms in numbers), (-np.inf, 0), why
        )


# --- The truth, which a reader does not know: exact counts by association and collège, and of the network ---

# (association, UAI), either of them empty when it is not known.
Pair = tuple[str, str]
Question = tuple[str, str, str, str]
_QUESTION = ["indicateur", "modalite", "croise_avec", "modalite_croisee"]


def is_of_persons(table: pd.DataFrame) -> pd.Series:
    """Which rows (schema ``indicateurs``) count persons of records: the others are public."""
    return table["source"].isin(FROM_RECORDS) & table["unite"].eq("personnes") & table["effectif_min"].notna()


@dataclass(frozen=True)
class Truth:
    """The exact counts of every year.

    ``atoms`` has one row a pair of association and collège and a cell with a count that is not 0 (``annee``,
    ``association``, ``uai``, ``indicateur``, ``modalite``, ``croise_avec``, ``modalite_croisee``, ``effectif``);
    ``network`` has the schema ``indicateurs``.
    """

    atoms: pd.DataFrame
    network: pd.DataFrame

    @property
    def years(self) -> list[int]:
        """The years counted from records."""
        return sorted(int(year) for year in self.atoms["annee"].unique())

    def by_pair(self, year: int) -> dict[Pair, Counter]:
        """For each association and collège, the persons of each question."""
        rows = self.atoms[self.atoms["annee"].eq(year)]
        texts = rows[["association", "uai", *_QUESTION]].fillna("").astype(str).itertuples(index=False, name=None)
        counts: dict[Pair, Counter] = {}
        for (association, uai, *question), count in zip(texts, rows["effectif"], strict=True):
            counts.setdefault((association, uai), Counter())[tuple(question)] += int(count)
        return dict(sorted(counts.items()))

    def of_network(self, year: int) -> dict[Cell, int]:
        """The persons of each cell of the network, in every perimeter."""
        rows = self.network[self.network["annee"].eq(year) & is_of_persons(self.network)]
        rows = rows[rows["site_type"].eq("reseau")]
        texts = rows[["perimetre", *_QUESTION]].fillna("").astype(str).itertuples(index=False, name=None)
        cells = [Cell(year, perimeter, "reseau", "", *question) for perimeter, *question in texts]
        return dict(zip(cells, map(int, rows["effectif_min"]), strict=True))


# --- Two questions about the same persons: columns filled and answers missing, two readings of a date ---

_MISSING = "non_renseigne"
# Columns of an export and the question read in each: who has it filled has an answer.
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


def add_twin_relations(system: System, size: Cell) -> None:
    """Adds what two questions say alike at the place of a size, where the records bear it out."""

    def find(indicator: str, modality: str) -> Terms | None:
        return system.sums.get(size._replace(indicateur=indicator, modalite=modality))

    where = size.title
    for column, question in _READ_IN.items():
        filled, missing = find("colonne_remplie", column), find(question, _MISSING)
        whole = base_of(size._replace(indicateur="colonne_remplie", modalite=column), system)
        if None not in (whole, filled, missing):
            system.require([filled, missing], whole, (0, 0), f"{where} : {column}, rempli ou non")
    for pair in SAME_ANSWERS:
        one, other = (find(*answer) for answer in pair)
        if None not in (one, other):
            system.require([one], other, (0, 0), f"{where} : {' et '.join(name for name, _ in pair)}, la même réponse")
    missing = [find(name, _MISSING) for name in ("demande_travaillee", "objectif", "demande_initiale")]
    if None not in missing:
        why = f"{where} : demande travaillée, non renseignée quand l’une des deux réponses l’est"
        system.require(missing[1:], missing[0], (0, np.inf), why)
        for each in missing[1:]:
            system.require([missing[0]], each, (0, np.inf), why)


def add_place_relations(system: System, size: Cell, leaves: dict[tuple[str, str], tuple[str, str]]) -> None:
    """Who has a collège, or an association, filled is in a known one.

    ``leaves`` gives the type and name of the smallest place of each association and UAI.
    """
    for side, column in enumerate(("association", "uai")):
        filled = system.sums.get(size._replace(indicateur="colonne_remplie", modalite=column))
        own = [size.at(*leaf) for pair, leaf in leaves.items() if pair[side]]
        if filled is not None:
            known = [system.sums[cell] for cell in own if cell in system.sums]
            system.require(known, filled, (0, 0), f"{size.title} : {column}, rempli")


def add_worked_relations(system: System, size: Cell) -> None:
    """Whose first request became an objective: the pairs of one word in their cross-tabulation, some of them folded."""
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
    least = sum_terms(system.sums[cell] for cell in alike)
    system.require([worked], least, (0, np.inf), why)
    system.require([system.sums[cell] for cell in (*alike, *mixed)], worked, (0, np.inf), why)


# --- The base cells of a year as unknowns, by association and collège; sites are sums of them ---

_ALSES = "alses"
# Persons followed by no known association, in a collège or not.
ALONE = "personnes sans association connue"


class Model:
    """A year as a system whose cells are named by `Cell`, with the additivity constraints within and between places."""

    def __init__(self, truth: Truth, year: int) -> None:
        self.year, self.system = year, System()
        # By site type, site and both questions: the finest cells of a cross-tabulation.
        self.crossed: dict[tuple[str, str, str, str], list[Cell]] = {}
        # The same system before anything published is read: what a reader knows by reasoning alone.
        self.unread = self.system
        # What each published number says, in French, and of which cell.
        self.told: dict[str, Cell] = {}
        self.pairs = truth.by_pair(year)
        self.network = truth.of_network(year)
        self.leaves = {pair: self._leaf(pair) for pair in self.pairs}
        self._count_pairs()
        self._count_elsewhere()
        self._name_sites()
        whole = self._cell((SIZE, "", "", ""))
        add_objective_relations(self.system, whole)
        for site in [(NETWORK, ""), *self.leaves.values()]:
            add_twin_relations(self.system, whole.at(*site))
        add_place_relations(self.system, whole, self.leaves)
        self._nest()

    def learn(self, known: KnownCell, terms: Terms | None = None) -> None:
        """Bounds the cell, or other terms, by what a published place says."""
        self.system.bound(terms or self.system.sums[known.cell], known.low, known.high, known.text)

    def _leaf(self, pair: Pair) -> tuple[str, str]:
        """The name of the smallest place: the collège or association itself when it has no other part."""
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
            add_question_relations(self.system, self._cell((SIZE, "", "", ""), site_type, site))

    def _count_elsewhere(self) -> None:
        """The network cells that no pair gives: other perimeters, questions that are counted for all only."""
        perimeters = []
        for cell, count in self.network.items():
            entry = catalogue().indicators[cell.indicateur]
            if cell.croise_avec or count == 0 or (entry.choice == "unique" and cell.modalite in entry.groups):
                continue
            total = sum(counts[cell.question] for counts in self.pairs.values()) if cell.perimetre == _ALSES else None
            if total != count:
                self.system.add(cell, count)
                perimeters.append(cell.perimetre)
        for perimeter in dict.fromkeys(perimeters):
            if perimeter != _ALSES:
                add_question_relations(self.system, self._cell((SIZE, "", "", ""), perimeter=perimeter))

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
                own = [self._cell(question, *leaf) for leaf in leaves]
                parts = [self.system.sums[part] for part in own if part in self.system.sums]
                if cell not in self.system.sums and parts:
                    self.system.name(cell, sum_terms(parts))

    def _nest(self) -> None:
        """The persons of the ALSES are among everybody's; the difference is a cell too."""
        system = self.system
        for cell in [cell for cell in system.sums if cell.perimetre == "prevention_specialisee"]:
            own = cell._replace(perimetre=_ALSES)
            if own in system.sums:
                less = {place: -weight for place, weight in system.sums[own].items()}
                system.name(cell._replace(perimetre=OTHERS), sum_terms([system.sums[cell], less]))
                system.require([system.sums[cell]], system.sums[own], (0, np.inf), f"{own.title}, en fait partie")
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


# --- Disclosure scenarios: what the intruder knows beside what is published ---

NOTHING, SIZES, TOP, PUPIL = "rien", "totaux_des_colleges", "ligne_du_reseau", "une_personne_par_college"
OWN = "dossiers_d_une_association"
STATES = {
    NOTHING: "sans rien savoir d’autre",
    SIZES: "en sachant combien de personnes sont suivies dans chaque collège",
    TOP: "en connaissant tous les chiffres exacts du réseau",
    PUPIL: "en connaissant une personne dans chaque collège",
    OWN: "en ayant les dossiers d’une association",
}

# A cell that an intruder knows: name, ends, and the French sentence that says why.
Known = tuple[Cell, float, float, str]


def known_in(state: str, model: Model) -> list[list[Known]]:
    """The cells that an intruder knows in a scenario: one list an intruder (each association may be one)."""
    system = model.system
    if state == OWN:
        names = sorted({association for association, _ in model.pairs} - {""})
        known = [_exact(model, _records_of(model, name)) for name in names]
    elif state == PUPIL:
        known = [[(cell, 1, np.inf) for cell in _pupils(model)]]
    else:
        sizes = [Cell(model.year, "alses", *site, SIZE) for site in model.members if site[0] == COLLEGE]
        top = [c for c in system.sums if c.site_type == NETWORK and (c in model.network or not c.croise_avec)]
        known = [_exact(model, {SIZES: sizes, TOP: top}.get(state, []))]
    said = "connaissance supposée : {}, {}{}"
    return [
        [(cell, low, high, said.format(cell.title, low, "" if high == low else " au moins")) for cell, low, high in own]
        for own in known
    ]


def _exact(model: Model, cells: list[Cell]) -> list[tuple[Cell, float, float]]:
    sums = model.system.sums
    return [(cell, *(model.system.value(sums[cell]),) * 2) for cell in cells if cell in sums]


def _records_of(model: Model, association: str) -> list[Cell]:
    """All that an association counts in its own records: as a whole, and in each of its collèges."""
    own = {(ASSOCIATION, association), *(leaf for pair, leaf in model.leaves.items() if pair[0] == association)}
    return [cell for cell in model.system.sums if (cell.site_type, cell.site) in own]


def _pupils(model: Model) -> list[Cell]:
    """The most telling pupil of each collège, with a report or not: of the rarest answer to every question."""
    rarest: dict[tuple[str, str], tuple[int, Cell]] = {}
    for cell, terms in model.system.sums.items():
        count = model.system.value(terms) if cell.site_type == COLLEGE and not cell.croise_avec else 0
        if count:
            key = (cell.site, cell.indicateur)
            rarest[key] = min(rarest.get(key, (count, cell)), (count, cell))
    return [cell for _, cell in rarest.values()]
