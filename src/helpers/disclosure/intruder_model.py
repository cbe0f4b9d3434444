"""What an intruder reasons with: unknown counts of persons, and all that logic and published tables say of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.schema import FEWEST_FOR_REPORT, FOLDED, FROM_RECORDS, SAME_ANSWERS, TERRITORY_MARK, catalogue

# --- Cells: the counts of the indicator table, and those that are left when others are subtracted ---

NETWORK, TERRITORY, ASSOCIATION, COLLEGE = "reseau", "territoire", "association", "college"
# What is left of an association once its collèges are subtracted; one association's persons in a shared collège.
REST, PART = "reste", "partie"
# Persons followed by no known association, in a collège or not.
ALONE = "personnes sans association connue"
# The perimeter that sites count; that of everybody; persons of the second who are not of the first.
ALSES, EVERYBODY, OTHERS = "alses", "prevention_specialisee", "hors_alses"
# The size of a place, on which every question rests.
SIZE = "accompagnements"
_MISSING = "non_renseigne"


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

    def asked(self, indicator: str, modality: str = "") -> "Cell":
        """Who gives an answer, at the same place."""
        return Cell(*self[:4], indicator, modality)

    @property
    def title(self) -> str:
        """The cell in French: « collège 0590001A, 2021, Sexe : filles »."""
        entries, perimeter = catalogue().indicators, catalogue().perimeters.get(self.perimetre)
        place = {
            NETWORK: f"réseau ({perimeter.short if perimeter else 'hors des ALSES'})",
            TERRITORY: f"territoire {self.site}",
            ASSOCIATION: f"association {self.site}",
            COLLEGE: f"collège {self.site}",
            REST: f"association {self.site}, hors des collèges connus" if self.site else "sans association ni collège",
            PART: self.site,
        }[self.site_type]
        text = entries[self.indicateur].title_of(self.modalite)
        if self.croise_avec:
            text += f", selon {entries[self.croise_avec].title_of(self.modalite_croisee)}"
        return f"{place}, {self.annee}, {text}"


# --- The truth, which the intruder looks for: exact counts by association and collège, and of the network ---

# (association, UAI), either of them empty when it is not known; a cell without its place.
Pair = tuple[str, str]
_QUESTION = ["indicateur", "modalite", "croise_avec", "modalite_croisee"]


def is_of_persons(table: pd.DataFrame) -> pd.Series:
    """Which rows (schema ``indicateurs``) count persons of records: the others are public."""
    return table["source"].isin(FROM_RECORDS) & table["unite"].eq("personnes") & table["effectif_min"].notna()


@dataclass(frozen=True)
class Truth:
    """The exact counts of every year: by site (schema ``comptes_par_site``) and of the network (``indicateurs``)."""

    sites: pd.DataFrame
    network: pd.DataFrame

    @property
    def years(self) -> list[int]:
        """The years counted from records."""
        return sorted(int(year) for year in self.sites["annee"].unique())

    def by_pair(self, year: int) -> dict[Pair, Counter]:
        """For each association and collège, the persons of each question."""
        rows = self.sites[self.sites["annee"].eq(year)]
        texts = rows[["association", "uai", *_QUESTION]].fillna("").astype(str).itertuples(index=False, name=None)
        counts: dict[Pair, Counter] = {}
        for (association, uai, *question), count in zip(texts, rows["effectif"], strict=True):
            counts.setdefault((association, uai), Counter())[tuple(question)] += int(count)
        return dict(sorted(counts.items()))

    def territories(self, year: int) -> dict[str, list[str]]:
        """The territories that each collège lies in, which everybody can know."""
        rows = self.sites[self.sites["annee"].eq(year)].drop_duplicates("uai")
        if "territoire" not in rows:
            return {}
        return {row.uai: row.territoire.split(TERRITORY_MARK) for row in rows.itertuples() if row.territoire}

    def of_network(self, year: int) -> dict[Cell, int]:
        """The persons of each cell of the network, in every perimeter."""
        rows = self.network[self.network["annee"].eq(year) & is_of_persons(self.network)]
        rows = rows[rows["site_type"].eq(NETWORK)]
        texts = rows[["perimetre", *_QUESTION]].fillna("").astype(str).itertuples(index=False, name=None)
        cells = [Cell(year, perimeter, NETWORK, "", *question) for perimeter, *question in texts]
        return dict(zip(cells, map(int, rows["effectif_min"]), strict=True))


# --- Sums of unknown counts, and relations between them ---

# Place of an unknown: how many times it counts.
Terms = dict[int, int]


def add_up(parts: Iterable[Terms], less: Terms | None = None) -> Terms:
    """The total of sums of unknowns, minus another, without those that cancel out."""
    total: Counter = Counter()
    for terms in parts:
        total.update(terms)
    total.subtract(less or {})
    return {place: weight for place, weight in total.items() if weight}


# Ends of a sum: terms, least, most.
Relation = tuple[Terms, float, float]


@dataclass
class System:
    """Unknown counts, of which the true values are known to the judge alone; cells are sums of them."""

    truth: list[int] = field(default_factory=list)
    cells: dict[Cell, Terms] = field(default_factory=dict)
    # What holds whatever is published, then what published tables say.
    logic: list[Relation] = field(default_factory=list)
    published: list[Relation] = field(default_factory=list)
    # What is published and not true, in French: « indicateurs.csv : réseau, 2021, Sexe : filles, 3 à 5 ».
    contradictions: list[str] = field(default_factory=list)

    def add(self, cell: Cell, count: int) -> None:
        """Adds an unknown, which is a cell."""
        self.cells[cell] = {len(self.truth): 1}
        self.truth.append(count)

    def value(self, terms: Terms) -> int:
        """The true value of a sum."""
        return sum(weight * self.truth[place] for place, weight in terms.items())

    def require(self, parts: Iterable[Terms | None], less: Terms | None, *, least: float = 0, most: float = 0) -> None:
        """Sums minus another lie between two ends (equal by default), if all are counted and records bear it out."""
        sums = [*parts, less]
        if None not in sums and (terms := add_up(sums[:-1], less)) and least <= self.value(terms) <= most:
            self.logic.append((terms, least, most))

    def publish(self, terms: Terms, low: float, high: float, cell: Cell, place: str) -> None:
        """A published place says that a sum lies between two ends."""
        self.published.append((terms, low, high))
        if not low <= self.value(terms) <= high:
            self.contradictions.append(f"{place} : {cell.title}, {low:.0f} à {high:.0f}")


def _leaf(association: str, uai: str) -> tuple[str, str]:
    """The smallest place of a pair; a site that has no other is the same sum under another name."""
    return (PART, f"collège {uai}, association {association or 'inconnue'}") if uai else (REST, association)


# --- The counts of a year as unknowns: the persons of one association in one collège; all others are sums of them ---


class Model(System):
    """A year as a system: its cells at every level, what links them, and what the published rows say.

    ``rows`` are those of `rows_of`; cross-tabulations are counted by association where some are published so.
    """

    def __init__(self, truth: Truth, rows: pd.DataFrame, year: int) -> None:
        super().__init__()
        self.whole = Cell(year, ALSES, NETWORK, "", SIZE)
        self.pairs, self.network = truth.by_pair(year), truth.of_network(year)
        # Territories that no row shows are sums like any other: nobody asks about them.
        is_divided = rows["site_type"].eq(TERRITORY).any()
        self.territories = truth.territories(year) if is_divided else {}
        # The place of each pair, and those that each site is made of.
        self.leaves = {pair: _leaf(*pair) for pair in self.pairs}
        self.sites: dict[tuple[str, str], list[tuple[str, str]]] = {}
        # The unknowns that appear in every question: the sizes of the leaves.
        self.sizes: list[int] = []
        # Of a cross-tabulation at a place, the finest cells.
        self.crossed: dict[tuple[str, str, str, str], list[Cell]] = {}
        self._add_leaves()
        self._add_network()
        self._add_sites()
        _relate_objectives(self)
        for site in [(NETWORK, ""), *self.leaves.values()]:
            _relate_same_persons(self, self.at(*site))
        _relate_places(self)
        _nest_perimeters(self)
        shown = rows[rows["site_type"].eq(ASSOCIATION) & rows["croise_avec"].ne("")]
        _add_crosstabs(self, set(zip(shown["indicateur"], shown["croise_avec"], strict=True)))
        _add_overlaps(self)
        _read_rows(self, rows)

    def at(self, site_type: str, site: str) -> Cell:
        """The size of a place."""
        return self.whole._replace(site_type=site_type, site=site)

    def find(self, place: Cell, indicator: str, modality: str = "") -> Terms | None:
        """Who gives an answer at a place, as a sum; None when the year does not count them."""
        return self.cells.get(place.asked(indicator, modality))

    def base(self, cell: Cell) -> Terms | None:
        """Whom a question is asked of, at the place of a cell."""
        base = catalogue().indicators[cell.indicateur].base_of(cell.modalite)
        return self.find(cell, *base.partition("/")[::2]) if base else None

    def _add_leaves(self) -> None:
        """The unknowns of each pair: the questions that somebody answers, not crossed."""
        entries = catalogue().indicators
        asked = {question for counts in self.pairs.values() for question in counts if not question[2]}
        for pair, leaf in self.leaves.items():
            for question in sorted(asked):
                entry = entries[question[0]]
                if entry.unit == "personnes" and not (entry.choice == "unique" and question[1] in entry.groups):
                    if question[0] == SIZE:
                        self.sizes.append(len(self.truth))
                    self.add(self.at(*leaf).asked(*question[:2]), self.pairs[pair][question])
            self._relate_answers(self.at(*leaf))

    def _add_network(self) -> None:
        """The cells of the network that pairs do not give: other perimeters, questions that sites are not asked."""
        perimeters = {}
        for cell, count in self.network.items():
            entry = catalogue().indicators[cell.indicateur]
            if cell.croise_avec or count == 0 or (entry.choice == "unique" and cell.modalite in entry.groups):
                continue
            if cell.perimetre != ALSES or sum(counts[cell[4:]] for counts in self.pairs.values()) != count:
                self.add(cell, count)
                perimeters[cell.perimetre] = self.whole._replace(perimetre=cell.perimetre)
        self._others = perimeters

    def _add_sites(self) -> None:
        """Territories, associations, collèges and the network, as sums of their leaves."""
        for (association, uai), leaf in self.leaves.items():
            parents = [(NETWORK, ""), (ASSOCIATION, association) if association else (PART, ALONE)]
            parents += [(TERRITORY, each) for each in self.territories.get(uai, [])]
            for site in [*parents, *([(COLLEGE, uai)] if uai else [])]:
                self.sites.setdefault(site, []).append(leaf)
        cells = self.cells
        questions = dict.fromkeys(cell[4:] for cell in cells if cell.perimetre == ALSES)
        for site, leaves in self.sites.items():
            for question in questions:
                own = [cells[cell] for leaf in leaves if (cell := Cell(*self.at(*leaf)[:4], *question)) in cells]
                if own:
                    cells.setdefault(Cell(*self.at(*site)[:4], *question), add_up(own))
        for place in self._others.values():
            self._relate_answers(place)

    def _relate_answers(self, place: Cell) -> None:
        """The answers to each question make up those it is asked of, or stay among them; groups hold their members."""
        for entry in catalogue().indicators.values():
            if entry.choice not in ("unique", "multiple"):
                continue
            is_single = entry.choice == "unique"
            names = {name: self.find(place, entry.id, name) for name in (*entry.modalities, *entry.recorded)}
            answers = {name: terms for name, terms in names.items() if terms is not None}
            if answers:  # who may give several answers gives one at least
                self.require(answers.values(), self.base(place.asked(entry.id)), most=0 if is_single else np.inf)
            for name, group in entry.groups.items():
                cell = place.asked(entry.id, name)
                members = [answers[member] for member in group.members if member in answers]
                if is_single and members:
                    self.cells[cell] = add_up(members)
                elif cell in self.cells:
                    self.require([self.cells[cell]], add_up(members), least=-np.inf)
                    for member in members:
                        self.require([self.cells[cell]], member, most=np.inf)
            for name in () if is_single else (*answers, *entry.groups):
                cell = place.asked(entry.id, name)
                self.require([self.cells.get(cell)], self.base(cell), least=-np.inf)


# --- Two questions about the same persons, places and perimeters ---

# Columns of an export and the question read in each: who has it filled has an answer.
_SAME_NAME = ("sexe", "niveau", "nouvel_accompagnement", "origine", "orienteur", "demande_initiale", "parents_associes")
_READ_IN = {"annee_naissance": "age", "objectifs": "objectif"} | {name: name for name in _SAME_NAME}


def _relate_same_persons(model: Model, place: Cell) -> None:
    """What two questions say alike at a place: a column filled or an answer missing, two readings of one date."""
    require, find = model.require, partial(model.find, place)
    for column, question in _READ_IN.items():
        parts = [find("colonne_remplie", column), find(question, _MISSING)]
        require(parts, model.base(place.asked("colonne_remplie", column)))
    for one, other in SAME_ANSWERS:
        require([find(*one)], find(*other))
    worked, *both = (find(name, _MISSING) for name in ("demande_travaillee", "objectif", "demande_initiale"))
    require(both, worked, most=np.inf)  # unknown where either of the two answers is
    for each in both:
        require([worked], each, most=np.inf)


def _relate_places(model: Model) -> None:
    """Who has a collège, or an association, filled is in a known one."""
    for side, column in enumerate(("association", "uai")):
        known = [model.find(model.at(*leaf), SIZE) for pair, leaf in model.leaves.items() if pair[side]]
        model.require(filter(None, known), model.find(model.whole, "colonne_remplie", column))


def _relate_objectives(model: Model) -> None:
    """The numbers of objectives per person bound the objectives in all; what these leave tells who has five or more."""
    counted, cited = (catalogue().indicators[name].modalities for name in ("nombre_d_objectifs", "objectif"))
    found = [(rank, model.find(model.whole, "nombre_d_objectifs", name)) for rank, name in enumerate(counted, start=1)]
    numbers = [(rank, terms) for rank, terms in found if terms]
    themes = [terms for name in cited if (terms := model.find(model.whole, "objectif", name))]
    if numbers and themes:
        for last, least, most in ((len(counted), 0, np.inf), (len(cited), -np.inf, 0)):
            weights = [(last if rank == len(counted) else rank, terms) for rank, terms in numbers]
            total = add_up({place: weight for place in terms} for weight, terms in weights)
            model.require(themes, total, least=least, most=most)
            if not least:
                cell = model.whole.asked("nombre_d_objectifs", [*counted][-1])._replace(croise_avec="objectif")
                model.cells[cell] = add_up(themes, total)


def _nest_perimeters(model: Model) -> None:
    """Those followed by an ALSES are among everybody: the difference is a cell; a size is an answer of a wider one."""
    cells = model.cells
    for cell in [cell for cell in cells if cell.perimetre == EVERYBODY]:
        if own := cells.get(cell._replace(perimetre=ALSES)):
            cells[cell._replace(perimetre=OTHERS)] = add_up([cells[cell]], own)
            model.require([cells[cell]], own, most=np.inf)
    for perimeter in catalogue().perimeters.values():
        wide, *answer = (perimeter.count_of or "//").split("/")
        size, whole = (model.whole._replace(perimetre=name) for name in (perimeter.id, wide))
        model.require([cells.get(whole.asked(*answer))], cells.get(size))


# --- Cross-tabulations: of each association where they are published so, else of the network ---


def _members(indicator: str, name: str) -> set[str]:
    """The answers behind a published name: folded ones, or those of a group."""
    entry = catalogue().indicators[indicator]
    return {member for part in name.split(FOLDED) for member in entry.members_of(part)}


def _add_crosstabs(model: Model, by_association: set[tuple[str, str]]) -> None:
    """The unknowns of every cross-tabulation; the network's are sums of those of associations where there are some."""
    of_network = {(cell.indicateur, cell.croise_avec) for cell in model.network if cell.croise_avec}
    for crossing in sorted(of_network | by_association):
        tables: dict[tuple[str, str], Counter] = {}
        for (association, _), counts in model.pairs.items() if crossing in by_association else ():
            own = tables.setdefault((ASSOCIATION, association) if association else (PART, ALONE), Counter())
            own.update({(q[1], q[3]): n for q, n in counts.items() if (q[0], q[2]) == crossing})
        is_by_site = any(tables.values())
        if not is_by_site:
            own = {cell: n for cell, n in model.network.items() if (cell.indicateur, cell.croise_avec) == crossing}
            tables = {(NETWORK, ""): Counter({(cell.modalite, cell.modalite_croisee): n for cell, n in own.items()})}
        names = _finest({cell for table in tables.values() for cell in table}, crossing)
        for site, table in tables.items():
            # Of the network, only the published cells: a pair that is left out is not known to be empty.
            kept = names if is_by_site else [each for each in names if each in table]
            cells = [_crossed(model, crossing, each, site) for each in kept]
            for cell, each in zip(cells, kept, strict=True):
                model.add(cell, table[each])
            model.crossed[*site, *crossing] = cells
            _relate_crosstab(model, cells)
        for each in names if is_by_site else ():
            own = [model.cells[_crossed(model, crossing, each, site)] for site in tables]
            model.cells[_crossed(model, crossing, each, (NETWORK, ""))] = add_up(own)
    _relate_worked(model)


def _crossed(model: Model, crossing: tuple[str, str], names: tuple[str, str], site: tuple[str, str]) -> Cell:
    return Cell(*model.at(*site)[:4], crossing[0], names[0], crossing[1], names[1])


def _finest(cells: set[tuple[str, str]], crossing: tuple[str, str]) -> list[tuple[str, str]]:
    """The finest names of both sides: neither groups nor folded answers that also stand alone."""
    sides = []
    for side, indicator in enumerate(crossing):
        entry, names = catalogue().indicators[indicator], {cell[side] for cell in cells}
        names -= set(entry.groups) if entry.choice == "unique" else set()
        sides.append(sorted(n for n in names if FOLDED not in n or not _members(indicator, n) & names))
    return [(row, column) for row in sides[0] for column in sides[1]]


def margin_of(model: Model, cell: Cell, *, crossed: bool) -> Terms | None:
    """Who gives the crossed answer of a cell (or its own); None when the year does not count it."""
    indicator, name = (cell.croise_avec, cell.modalite_croisee) if crossed else (cell.indicateur, cell.modalite)
    parts = [model.find(cell, indicator, member) for member in sorted(_members(indicator, name))]
    return add_up(filter(None, parts)) or None


def _relate_crosstab(model: Model, cells: list[Cell]) -> None:
    """Cells with one answer in common make it up, or stay within it; either of two answers is at most everybody."""
    require, sums, entries = model.require, model.cells, catalogue().indicators
    for crossed in (True, False):
        lines: dict[str, list[Cell]] = {}
        for cell in cells:
            lines.setdefault(cell.modalite_croisee if crossed else cell.modalite, []).append(cell)
        for line in lines.values():
            whole = margin_of(model, line[0], crossed=crossed)
            other = entries[line[0].indicateur if crossed else line[0].croise_avec]
            names = {n for c in line for n in _members(other.id, c.modalite if crossed else c.modalite_croisee)}
            asked = (*other.modalities, *other.recorded)
            is_whole = {name for name in asked if model.find(line[0], other.id, name) is not None} <= names
            parts = [[sums[cell] for cell in line]] if other.choice == "unique" else [[sums[cell]] for cell in line]
            least = 0 if other.choice == "unique" and is_whole else -np.inf
            for each in parts:
                require(each, whole, least=least)
    for cell in cells if cells and entries[cells[0].croise_avec].choice == "multiple" else ():
        sides, size = [margin_of(model, cell, crossed=side) for side in (True, False)], model.find(cell, SIZE)
        require(sides, size and add_up([sums[cell], size]), least=-np.inf)
        twin = cell._replace(modalite=cell.modalite_croisee, modalite_croisee=cell.modalite)
        if cell.indicateur == cell.croise_avec and cell < twin:
            require([sums[cell]], sums.get(twin))


def _relate_worked(model: Model) -> None:
    """Whose first request became an objective: the pairs of one word in their cross-tabulation, some of them folded."""
    worked = model.find(model.whole, "demande_travaillee", "oui")
    pairs = model.crossed.get((NETWORK, "", "objectif", "demande_initiale"), [])
    names, sums = set(catalogue().indicators["objectif"].modalities), model.cells
    alike = [sums[c] for c in pairs if c.modalite == c.modalite_croisee and c.modalite in names]
    mixed = [c for c in pairs if set(c.modalite.split(FOLDED)) & set(c.modalite_croisee.split(FOLDED)) & names]
    if pairs:
        model.require([worked], add_up(alike), most=np.inf)
        model.require([sums[c] for c in mixed], worked, most=np.inf)


def _add_overlaps(model: Model) -> None:
    """Of two answers of a multiple choice and their group in the network: who gives both, and who gives but one."""
    for entry in catalogue().indicators.values():
        for name, group in entry.groups.items() if entry.choice == "multiple" else ():
            whole, *answers = (model.find(model.whole, entry.id, each) for each in (name, *group.members))
            if len(answers) != 2 or None in (whole, *answers):
                continue
            place = model.whole._replace(indicateur=entry.id, croise_avec=entry.id)
            first, second = group.members
            found = {(first, second): add_up(answers, whole)}
            found |= {(first, name): add_up([whole], answers[1]), (second, name): add_up([whole], answers[0])}
            for (one, other), terms in found.items():
                cell = place._replace(modalite=one, modalite_croisee=other)
                model.require([model.cells.setdefault(cell, terms)], terms)


# --- Published rows: ends of cells and of their bases, and what missing rows say ---

_TEXTS = ["perimetre", "site_type", "site", *_QUESTION]
_NUMBERS = ["effectif_min", "effectif_max", "base_min", "base_max", "effectif_arrondi", "base_arrondie"]
_NUMBERS += ["part_imprimee_pct", "decimales", "part_min_pct", "part_max_pct"]
# The column that names the published file of a row; a table that comes before its files has none.
PLACE = "lieu"
# The precision of a count that was rounded.
PROTECTED = "arrondi_secret"


def rows_of(table: pd.DataFrame, year: int) -> pd.DataFrame:
    """The rows of persons of a year (schema ``indicateurs``): texts without missing values, numbers as floats, `PLACE`.

    ``cellule`` holds the cell of each row.
    """
    rows = table[table["annee"].eq(year) & is_of_persons(table)]
    texts = {name: rows[name].fillna("").astype(str) for name in _TEXTS}
    numbers = {
        name: pd.to_numeric(values).astype("Float64").to_numpy("float64", na_value=np.nan)
        for name, values in rows.reindex(columns=_NUMBERS).items()
    }
    cells = [Cell(year, *names) for names in zip(*texts.values(), strict=True)]
    places = rows[PLACE] if PLACE in rows else "indicateurs.csv"
    return rows.assign(**texts, **numbers, cellule=pd.Series(cells, rows.index, dtype=object), **{PLACE: places})


def _read_rows(model: Model, rows: pd.DataFrame) -> None:
    cells, told = model.cells, set(rows["cellule"])
    for row in rows.itertuples():
        cell = row.cellule
        if cell.croise_avec and not _name_crossed(model, cell):
            continue
        base = margin_of(model, cell, crossed=True) if cell.croise_avec else model.base(cell)
        for terms, low, high, of in (
            (cells.get(cell), row.effectif_min, row.effectif_max, ""),
            (base, row.base_min, row.base_max, ", base"),
        ):
            if terms and not (np.isnan(low) and np.isnan(high)):
                ends = 0 if np.isnan(low) else low, np.inf if np.isnan(high) else high
                model.publish(terms, *ends, cell, f"{getattr(row, PLACE)}{of}")
    # Where a question is answered, an answer without a row is nobody's, or suppressed; but few answers are told of a
    # territory, and a column with a base of its own leaves the tables once that base is rounded.
    answered = {cell[:5] for cell in told if not cell.croise_avec}
    rounded, entries = set(rows.loc[rows["precision"].eq(PROTECTED), "cellule"]), catalogue().indicators
    for cell, terms in cells.items():
        own_base = entries[cell.indicateur].own_bases.get(cell.modalite, "")
        is_listed = cell.site_type != TERRITORY and cell.asked(*own_base.partition("/")[::2]) not in rounded
        if is_listed and not cell.croise_avec and cell not in told and cell[:5] in answered:
            model.publish(terms, *((1, np.inf) if model.value(terms) else (0, 0)), cell, "absent des tableaux")
    # Where sites have a report, one without holds somebody, and the list of sites says whether it is small.
    shown = {(cell.site_type, cell.site) for cell in told}
    kinds = {site_type for site_type, _ in shown} - {NETWORK}
    kinds |= {ASSOCIATION, COLLEGE} if kinds - {TERRITORY} else set()
    for site in model.sites:
        size = cells.get(model.at(*site))
        if site[0] in kinds and site not in shown and size:
            most = FEWEST_FOR_REPORT - 1 if model.value(size) < FEWEST_FOR_REPORT else np.inf
            model.publish(size, 1, most, model.at(*site), "sites.csv")


def _name_crossed(model: Model, cell: Cell) -> bool:
    """Names a published cell of a cross-tabulation as a sum of finer ones; whether the model knows them."""
    sums = model.cells
    if cell not in sums:
        rows, columns = _members(cell.indicateur, cell.modalite), _members(cell.croise_avec, cell.modalite_croisee)
        inside = [
            sums[own]
            for own in model.crossed.get((cell.site_type, cell.site, cell.indicateur, cell.croise_avec), [])
            if _members(own.indicateur, own.modalite) <= rows
            and _members(own.croise_avec, own.modalite_croisee) <= columns
        ]
        if inside:
            sums[cell] = add_up(inside)
    return cell in sums
