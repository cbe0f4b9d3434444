"""A comparison before it is a table: what was found, each measure with its unit and its method."""

from dataclasses import dataclass, field

from helpers.compare.two_shares import Measure
from helpers.schema import catalogue

NEWCOMBE = "Newcombe : statsmodels confint_proportions_2indep"
WILSON = "Wilson : scipy binomtest"


@dataclass(frozen=True)
class Found:
    """A comparison: what the bounds say of the share and of the count, its measures, and the measure that tests it.

    ``interval`` is the unit and the method of ``ic_bas`` and ``ic_haut``; ``methods`` replaces the usual ones.
    """

    id: str
    label: str
    finding: str
    measures: dict[str, Measure]
    count_finding: str = ""
    tested: str = ""
    interval: tuple[str, str] = ("points", NEWCOMBE)
    methods: dict[str, str] = field(default_factory=dict)
    unit: str = "personnes"

    def spelled(self, measure: str) -> tuple[str, str]:
        """The unit and the method of a measure of this comparison."""
        if measure in ("ic_bas", "ic_haut"):
            return self.interval
        kind = catalogue().measures[measure]
        return self.unit if kind.unit == "personnes" else kind.unit, self.methods.get(measure, kind.method)
