"""What the auditor says: each fault, the gravest first, and whether the release may leave."""

from dataclasses import dataclass, field

from helpers.auditor.cells import Cell
from helpers.auditor.knowledge import NOTHING, STATES
from helpers.auditor.verdicts import EXACT, GOOD, THIN
from helpers.typography import french_spaces

VERDICTS = {GOOD: "bon", THIN: "mince", EXACT: "exact"}
# At most so many published numbers are named: the first ones are enough to find the place.
_NAMED = 8


@dataclass(frozen=True)
class Finding:
    """A cell of one to four persons that a reader can narrow, or a published number that nothing explains.

    ``verdict`` is 2 (exact, or a number that should not be there) or 1 (fewer than five values are left); ``low`` and
    ``high`` are the values left to the cell; ``because`` the published numbers, and what links them, that tell it, in
    French; ``told_by`` the cells of these numbers: one of them must say less.

    >>> cellule = auditor.Cell(2021, "alses", "college", "0590001A", "sexe", "filles")
    >>> constat = auditor.Finding(2, "rien", cellule, 3, 3, ("indicateurs.csv : 3",))
    >>> constat.is_refused, print(constat.sentence)
    On retrouve le nombre exact, sans rien savoir d’autre : collège 0590001A, 2021, Sexe : filles vaut 3. Ce qui le
    révèle : indicateurs.csv : 3.
    (True, None)
    """

    verdict: int
    state: str
    cell: Cell | None
    low: float = 0
    high: float = 0
    because: tuple[str, ...] = ()
    told_by: tuple[Cell, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether this alone stops the release: anything exact, or anything thin for a reader who knows nothing."""
        return self.verdict == EXACT or (self.verdict == THIN and self.state == NOTHING)

    @property
    def sentence(self) -> str:
        """The finding in one French sentence, with the places where the numbers stand."""
        reasons = " ; ".join(self.because[:_NAMED]) + (" …" if len(self.because) > _NAMED else "")
        if self.cell is None:
            return french_spaces(f"{reasons}.")
        if self.verdict == EXACT:
            said = f"On retrouve le nombre exact, {STATES[self.state]} : {self.cell.title} vaut {self.low:.0f}."
        else:
            said = (
                f"On approche trop un petit nombre, {STATES[self.state]} : {self.cell.title} "
                f"vaut de {self.low:.0f} à {self.high:.0f}."
            )
        return french_spaces(f"{said} Ce qui le révèle : {reasons}." if reasons else said)


@dataclass(frozen=True)
class Audit:
    """The findings, the gravest first, and for each state how many cells are good, thin and exact.

    Where the reader knows more than what is published, thin counts the cells that were not shown to be wide: at most.

    >>> auditor.Audit([], {"rien": {"bon": 12}}).is_good
    True
    """

    findings: list[Finding]
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether the release may leave."""
        return not any(finding.is_refused for finding in self.findings)

    @property
    def sentence(self) -> str:
        """The gravest finding, in French; that nothing was found, when it is so."""
        return self.findings[0].sentence if self.findings else "Aucun petit nombre ne se retrouve."

    def with_more(self, findings: list[Finding], counts: dict[str, dict[str, int]] | None = None) -> "Audit":
        """The same audit with other findings and other cells, in order of gravity."""
        merged = {state: dict(values) for state, values in self.counts.items()}
        for state, values in (counts or {}).items():
            own = merged.setdefault(state, {})
            own.update({name: own.get(name, 0) + count for name, count in values.items()})
        states = list(STATES)
        ranked = sorted(
            [*self.findings, *findings],
            key=lambda each: (not each.is_refused, -each.verdict, states.index(each.state), each.high - each.low),
        )
        return Audit(ranked, merged)
