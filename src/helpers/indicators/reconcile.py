"""Printed figures beside the same, counted again in the records."""

from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from helpers.facts import decimals_of
from helpers.indicators import motives
from helpers.indicators.controls import NEAR_POINTS, NEAR_RATIO
from helpers.indicators.figures import cell_of
from helpers.indicators.rows import Cell
from helpers.schema import FROM_RECORDS, catalogue, columns, typed

AGREES, DIFFERS, AMBIGUOUS, UNKNOWN = "concorde", "differe", "ambigu", "non_recomptable"
# Of a difference, or of a count: the smallest and the largest that it may be.
Ends = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Counted:
    """What is known to compare with: the counts of the year by cell, and the rows of the earlier year by cell."""

    counts: dict[Cell, tuple[int, int | None]]
    earlier: dict[Cell, object]

    def knows(self, perimeter: str) -> bool:
        """Whether the records tell who is in a perimeter."""
        return any(cell[1] == perimeter for cell in self.counts)


def reconcile(figures: pd.DataFrame, counted: pd.DataFrame, earlier: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """One row a figure printed of the persons of the year, beside its count in the records (schema ``rapprochements``).

    ``figures`` has the schema ``chiffres_publies``, ``counted`` and ``earlier`` (the table of the year before, printed
    or counted) the schema ``indicateurs``. A count agrees when it is the same, a share when it rounds to the printed
    one, whichever way a tie goes; « près de » and « plus de » as in `indicators.check_figures`; a difference when the
    two years may make it. A share whose base is not written stays ambigu: the reason says which base would make it
    true. What the records cannot tell is non_recomptable. Empty when ``counted`` holds nothing from records.

    >>> chiffres = store.read_raw(2020, "chiffres_publies").query("indicateur == 'sexe' & perimetre == 'alses'")
    >>> lignes = pd.DataFrame({"identifiant": list("ABCDE"), "suivi_par": "alses"})
    >>> personnes = records.Persons.of(2020, lignes.assign(sexe=["filles"] * 2 + ["garcons"] * 3))
    >>> comptes = indicators.count_persons(personnes, source="export", reference="export de la base, 2020")
    >>> trouve = indicators.reconcile(chiffres, comptes, store.load(2019, "indicateurs"), year=2020)
    >>> trouve[["modalite", "valeur", "effectif", "recompte", "accord"]]
      modalite  valeur  effectif  recompte   accord
    0  garcons    58.0         3      60.0  differe
    1   filles    42.0         2      40.0  differe
    """
    plain = counted[counted["source"].isin(FROM_RECORDS) & counted["croise_avec"].eq("") & counted["annee"].eq(year)]
    counts = {cell_of(row): (int(row.effectif_min), _or_none(row.base_min)) for row in plain.itertuples()}
    before = earlier[earlier["annee"].eq(year - 1) & earlier["croise_avec"].eq("")]
    known = Counted(counts, {cell_of(row): row for row in before.itertuples()})
    own = figures[figures["annee"].eq(year) & figures["perimetre"].isin(_of_persons())]
    rows = [{**figure._asdict(), **_answer(figure, known)} for figure in own.itertuples() if counts]
    return typed(pd.DataFrame(rows, columns=columns("rapprochements")), "rapprochements")


def _of_persons() -> set[str]:
    return {name for entry in catalogue().indicators.values() for name in entry.counted_in} - {"donnees"}


def _or_none(value) -> int | None:
    return None if pd.isna(value) else int(value)


def _answer(figure, known: Counted) -> dict:
    cell = cell_of(figure)
    if not known.knows(cell[1]):
        return _unknown(motives.PERIMETER)
    if cell not in known.counts:
        return _unknown(motives.INDICATOR)
    count, base = known.counts[cell]
    if figure.mesure == "part" and not base:
        return _unknown(motives.NOBODY) | {"effectif": count, "base": base}
    if figure.base:
        return _ambiguous(figure, cell, known)
    if figure.mesure == "ecart":
        return _difference(figure, cell, known)
    again = Fraction(100 * count, base) if figure.mesure == "part" else Fraction(count)
    return {"effectif": count, "base": base} | _judged(figure, again, _agrees(figure, again))


def _unknown(motive: str) -> dict:
    return {"accord": UNKNOWN, "motif": motive}


def _judged(figure, again: Fraction, agrees: bool) -> dict:
    gap = again - _printed(figure)
    return {
        "recompte": float(again),
        "ecart": float(gap),
        "accord": AGREES if agrees else DIFFERS,
        "motif": motives.of_value(figure, again, gap, agrees=agrees),
    }


def _printed(figure) -> Fraction:
    return Fraction(str(figure.valeur))


def _half(figure) -> Fraction:
    """Half of the last printed decimal: what a rounding hides on each side."""
    return Fraction(1, 2 * 10 ** decimals_of(figure.valeur))


def _agrees(figure, again: Fraction) -> bool:
    printed, is_share = _printed(figure), figure.mesure == "part"
    if figure.operateur == "plus_de":
        return again > printed
    if figure.operateur == "pres_de":
        return abs(again - printed) <= (Fraction(str(NEAR_POINTS)) if is_share else Fraction(str(NEAR_RATIO)) * printed)
    return abs(again - printed) <= (_half(figure) if is_share else 0)


def _difference(figure, cell: Cell, known: Counted) -> dict:
    """A printed difference with the year before, which is known by its bounds."""
    row = known.earlier.get((cell[0] - 1, *cell[1:]))
    count, base = known.counts[cell]
    is_share = figure.unite == "points"
    before = None if row is None or (is_share and not base) else _earlier(row, is_share=is_share)
    if before is None:
        return _unknown(motives.EARLIER) | {"effectif": count, "base": base}
    now = Fraction(100 * count, base) if is_share else Fraction(count)
    ends = now - before[1], now - before[0]
    # The difference was printed from two rounded shares; the bounds of a printed one already hold its rounding.
    hidden = (_half(figure) * (2 if before[0] == before[1] else 1)) if is_share else Fraction(0)
    agrees = ends[0] - hidden <= _printed(figure) <= ends[1] + hidden
    if ends[0] == ends[1]:
        return {"effectif": count, "base": base} | _judged(figure, ends[0], agrees)
    answer = {"accord": AGREES if agrees else DIFFERS, "motif": motives.of_bounds(figure, ends, agrees=agrees)}
    return {"effectif": count, "base": base} | answer


def _earlier(row, *, is_share: bool) -> Ends | None:
    """The bounds of the earlier year's share, in per cent, or count; None when they are not known."""
    ends = (row.part_min_pct, row.part_max_pct) if is_share else (row.effectif_min, row.effectif_max)
    if is_share and not (pd.isna(row.effectif_min) or pd.isna(row.base_min)) and row.base_min == row.base_max:
        return tuple(Fraction(100 * int(end), int(row.base_min)) for end in (row.effectif_min, row.effectif_max))
    return None if any(pd.isna(end) for end in ends) else tuple(Fraction(str(end)) for end in ends)


def _ambiguous(figure, cell: Cell, known: Counted) -> dict:
    """A share whose base is not written: each base that it may have is tried."""
    tried = [(name, part, whole) for name, part, whole in _bases(cell, known) if whole]
    true = [each for each in tried if _agrees(figure, Fraction(100 * each[1], each[2]))]
    _, part, whole = (true or tried)[0]
    again = Fraction(100 * part, whole)
    return {
        "effectif": part,
        "base": whole,
        "recompte": float(again),
        "ecart": float(again - _printed(figure)),
        "accord": AMBIGUOUS,
        "motif": motives.of_base(figure, true, [each for each in tried if each not in true]),
    }


def _bases(cell: Cell, known: Counted) -> list[tuple[str, int, int]]:
    """Name, count and base of each reading: persons, those who answered, and the answers given if there are several."""
    entry, (count, base) = catalogue().indicators[cell[2]], known.counts[cell]

    def of(modality: str) -> int:
        return known.counts.get((*cell[:3], modality), (0, None))[0]

    readings = [("persons", count, base)]
    silent = of("non_renseigne")
    if silent:
        readings.append(("answering", count, base - silent))
    if entry.choice == "multiple":
        cited = sum(of(name) for name in entry.modalities)
        readings.append(("answers", sum(of(name) for name in entry.members_of(cell[3])), cited))
    return readings
