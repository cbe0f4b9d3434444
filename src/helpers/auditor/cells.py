"""What is attacked: the cells of the table of indicators, and what a published place tells of one."""

from typing import NamedTuple

from helpers.schema import catalogue

NETWORK, ASSOCIATION, COLLEGE = "reseau", "association", "college"
# What is left of a site, or of the network, when what is known below it is taken away.
REST, PART = "reste", "partie"
# Who is accompanied by somebody else: never counted, but the difference of two counted perimeters.
OTHERS = "hors_alses"
# The size of a site: every question leans on it.
SIZE = "accompagnements"


class Cell(NamedTuple):
    """A cell of the table of indicators, named by its columns.

    >>> auditor.Cell(2021, "alses", "reseau", "", "sexe", "filles").title
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
        """The cell without its year, its perimeter and its site."""
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
    """Whether a cell is a number of persons in no known collège: what the sites leave, and no site."""
    return cell.indicateur == SIZE and cell.site_type == REST


class Known(NamedTuple):
    """What one published place tells of a cell: its ends (the largest may be infinite), and the place."""

    cell: Cell
    low: float
    high: float
    place: str

    @property
    def text(self) -> str:
        """The same in French: « indicateurs.csv : réseau, 2021, Sexe : filles, 120 »."""
        if self.low == self.high:
            value = f"{self.low:.0f}"
        else:
            value = f"{self.low:.0f} au moins" if self.high == float("inf") else f"de {self.low:.0f} à {self.high:.0f}"
        return f"{self.place} : {self.cell.title}, {value}"
