"""One figure of the indicator table: find it, read its share, name it. Shared by everything that shows numbers."""

import re
from dataclasses import dataclass

import pandas as pd

from helpers.schema import UNSAID, catalogue

NETWORK = "reseau"
SYNTHETIC = "synthetique"  # the source of figures counted in simulated records
USUAL = "alses"  # the population of which a label speaks when it names none

# From this base on, one person weighs less than half a point: an exact share is then said with one decimal.
DECIMAL_FROM_BASE = 200


# « Note, l. 67–83, 85 », even if the title itself has a comma or an « l. ».
_CITED = re.compile(r"(.*), l\. (\d[\d–, ]*)")


@dataclass(frozen=True)
class Fact:
    """A figure ready to be said: counts and base as (min, max) or None, share in per cent or None."""

    key: str
    unit: str
    counts: tuple[int, int] | None
    base: tuple[int, int] | None
    share: float | None
    share_bounds: tuple[float, float] | None
    decimals: int
    precision: str
    reference: str
    label: str
    is_synthetic: bool = False

    @property
    def is_known(self) -> bool:
        """Whether the count is known to the unit."""
        return self.counts is not None and self.counts[0] == self.counts[1]


def with_shares(indicators: pd.DataFrame) -> pd.DataFrame:
    """The table with ``part_pct`` (per cent of the base) and ``part_decimales``; no end of a share missing if printed.

    ``part_pct`` is the printed share, else the exact one; it is missing when only bounds are known. Where the base is
    not known, ``part_min_pct`` and ``part_max_pct`` become the ends of the rounding.
    """
    printed = indicators["part_imprimee_pct"].where(indicators["precision"] != "contradictoire")
    half = 0.5 / 10 ** indicators["decimales"].astype("Float64")
    is_exact = (indicators["effectif_min"] == indicators["effectif_max"]) & (
        indicators["base_min"] == indicators["base_max"]
    )
    exact = indicators["part_min_pct"].where(is_exact.fillna(False))
    said = indicators["decimales"].fillna((indicators["base_min"] >= DECIMAL_FROM_BASE).fillna(False).astype("Int64"))
    return indicators.assign(
        part_pct=printed.fillna(exact),
        part_min_pct=indicators["part_min_pct"].fillna((printed - half).clip(lower=0)),
        part_max_pct=indicators["part_max_pct"].fillna((printed + half).clip(upper=100)),
        part_decimales=said,
    )


def network(indicators: pd.DataFrame) -> pd.DataFrame:
    """The rows of the whole network, cross tables left out."""
    return indicators[(indicators["site_type"] == NETWORK) & (indicators["croise_avec"] == "")]


def among(label: str, indicator: str, perimeter: str) -> str:
    """The label of a figure with its population, which is not said of the persons that the ALSES follow.

    >>> among("garçons", "sexe", "prevention_specialisee"), among("garçons", "sexe", "alses")
    ('garçons (toute la prévention spécialisée)', 'garçons')
    """
    entries = catalogue()
    # Only persons are counted in several populations.
    is_plain = perimeter == USUAL or entries.indicators[indicator].unit != "personnes"
    return label if is_plain else f"{label} ({entries.perimeters[perimeter].short})"


def title_of_figure(row) -> str:
    """What a printed figure is, in full: « Sexe : garçons (toute la prévention spécialisée) »."""
    title = catalogue().indicators[row.indicateur].title_of(row.modalite)
    return among(title, row.indicateur, row.perimetre)


def key_of(row) -> str:
    """The name of a figure: ``annee/perimetre/indicateur/modalite``, then ``/croise_avec=modalite`` if crossed."""
    cross = f"/{row.croise_avec}={row.modalite_croisee}" if row.croise_avec else ""
    return f"{row.annee}/{row.perimetre}/{row.indicateur}/{row.modalite}{cross}"


def decimals_of(value: float) -> int:
    """The number of decimals that a value was printed with.

    >>> decimals_of(42.0), decimals_of(41.5)
    (0, 1)
    """
    return len(f"{value:g}".partition(".")[2])


def line_runs(lines) -> str:
    """Line numbers in order, runs joined.

    >>> line_runs([67, 68, 69, 85, 90])
    '67–69, 85, 90'
    """
    runs: list[list[int]] = []
    for line in sorted({int(line) for line in lines}):
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return ", ".join(", ".join(map(str, run)) if len(run) < 3 else f"{run[0]}–{run[-1]}" for run in runs)


def cite(document: str, lines) -> str:
    """A document and its lines.

    >>> cite("Note", [67, 68, 69, 85]), cite("Note", [])
    ('Note, l. 67–69, 85', 'Note')
    """
    shown = line_runs(lines)
    return f"{document}, l. {shown}" if shown else document


def merge_references(references) -> str:
    """Several references as one, the lines of a document together; what was deduced adds nothing.

    >>> merge_references(["Note, l. 50", "Note, l. 114, 118", "déduit (Note, l. 50)"])
    'Note, l. 50, 114, 118'
    """
    lines: dict[str, list[int]] = {}
    for reference in references:
        for part in reference.split(" ; ") if reference and not re.match(r"déduit($| \()", reference) else []:
            cited = _CITED.fullmatch(part)
            document, numbers = cited.groups() if cited else (part, "")
            found = lines.setdefault(document, [])
            for run in filter(None, numbers.split(", ")):
                first, _, last = run.partition("–")
                found += range(int(first), int(last or first) + 1)
    return " ; ".join(cite(document, numbers) for document, numbers in lines.items())


def _pair(low, high) -> tuple | None:
    return None if pd.isna(low) or pd.isna(high) else (low, high)


def fact_of(row) -> Fact:
    """The fact in a row of `with_shares` (a named tuple or a Series)."""
    entry = catalogue().indicators[row.indicateur]
    return Fact(
        key=key_of(row),
        unit=row.unite,
        counts=_pair(row.effectif_min, row.effectif_max),
        base=_pair(row.base_min, row.base_max),
        share=None if pd.isna(row.part_pct) else float(row.part_pct),
        share_bounds=_pair(row.part_min_pct, row.part_max_pct),
        decimals=int(row.part_decimales),
        precision=row.precision,
        reference=row.reference,
        label=entry.label_of(row.modalite),
        is_synthetic=row.source == SYNTHETIC,
    )


class Facts:
    """Looks figures up by path: ``facts("alses/sexe/filles")``, None when the year has none."""

    def __init__(self, indicators: pd.DataFrame, *, year: int) -> None:
        rows = with_shares(indicators)
        rows = rows[(rows["annee"] == year) & (rows["site_type"] == NETWORK)]
        self._found = {key_of(row): fact_of(row) for row in rows.itertuples()}
        self.year = year

    @property
    def has_synthetic(self) -> bool:
        """Whether any figure of the year comes from simulated records."""
        return any(fact.is_synthetic for fact in self._found.values())

    def __call__(self, path: str) -> Fact | None:
        fact = self._found.get(f"{self.year}/{path}")
        return None if fact is None or fact.precision in UNSAID else fact
